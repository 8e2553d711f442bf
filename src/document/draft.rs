//! What a draft prints for characters that no font has: 〓, so that a draft can always be made and the place is seen.

use serde_json::Value;

use crate::fonts::{Fonts, Role};

/// The geta mark, which stands for a missing type in Chinese and Japanese printing.
const GETA: char = '〓';

/// Keys of the document model whose strings are no text on the page.
const NO_TEXT: [&str; 9] = ["fonts", "file", "id", "kind", "type", "key", "align", "level", "rule"];

/// Replaces what cannot be printed in every text of the document model, as the layout reads it.
pub(crate) fn replace_unprintable(fonts: &Fonts, data: &mut Value) {
    walk(fonts, data, Role::Fangsong);
}

fn walk(fonts: &Fonts, value: &mut Value, role: Role) {
    match value {
        Value::String(text) => {
            if let Some(printable) = printable(fonts, role, text) {
                *text = printable;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(fonts, item, role)),
        Value::Object(entries) => {
            let is_table = entries.get("type").is_some_and(|kind| kind == "table");
            for (key, inner) in
                entries.iter_mut().filter(|(key, _)| !NO_TEXT.contains(&key.as_str()))
            {
                let role = match key.as_str() {
                    "title" | "title_lines" if !is_table => Role::Xiaobiaosong,
                    "heading" => Role::Kaiti,
                    "caption" | "notes" | "note" | "header" | "rows" | "head" => Role::Songti,
                    _ => role,
                };
                walk(fonts, inner, role);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text with 〓 for what the role cannot print; none when it can print all.
fn printable(fonts: &Fonts, role: Role, text: &str) -> Option<String> {
    let lacking = fonts.lacking(role, text);
    if lacking.is_empty() {
        return None;
    }
    let mut printable = String::with_capacity(text.len());
    let mut from = 0;
    for lack in lacking {
        printable.push_str(&text[from..lack.offset]);
        printable.push(GETA);
        from = lack.offset + lack.char.len_utf8();
    }
    printable.push_str(&text[from..]);
    // What is left of a cluster may be in the way of another face.
    Some(printable)
}
