//! What a data file says about its own format: the key `format`, the schema for editors, the waiver for an
//! unofficial format.

use toml_edit::{DocumentMut, InlineTable, Item, Value};

use crate::format::Format;
use crate::record::{self, KeyNames};
use crate::source::Source;

use super::{Change, ChangeKind, MigrateError};

/// The rule that a file in a format other than its year's offends.
const RULE: &str = "FORMAT-YEAR";

/// Makes a file name its new format. When the format is not the official one of the year, the file says so and
/// carries a waiver, since the change is wanted.
pub(super) fn rename(
    text: &str,
    from: &Format,
    to: &Format,
    is_official: bool,
    changes: &mut Vec<Change>,
) -> Result<String, MigrateError> {
    let schema = |id: &str| format!("nianbao-{id}.schema.json");
    let mut text = match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("#:schema") => {
            format!("{}\n{rest}", first.replace(&schema(from.id()), &schema(to.id())))
        }
        _ => text.to_owned(),
    };
    let mut document = text
        .parse::<DocumentMut>()
        .map_err(|error| MigrateError::Malformed(1, error.message().to_owned()))?;
    let is_named = document.get("format").is_some();
    if let Some(value) = document.get_mut("format").and_then(Item::as_value_mut) {
        let decor = value.decor().clone();
        *value = Value::from(to.id());
        *value.decor_mut() = decor;
    }
    let waiver = set_waiver(&mut document, from, to, is_official, changes);
    text = document.to_string() + &waiver;
    if !is_named && !is_official {
        text = insert_format(&text, to.id());
    }
    if is_named || !is_official {
        changes.push(Change {
            kind: ChangeKind::Format,
            path: "format".to_owned(),
            message: format!("format = \"{}\"", to.id()),
        });
    }
    Ok(text)
}

/// Puts the key before the first statement.
fn insert_format(text: &str, id: &str) -> String {
    let source = Source::new("", text);
    let (record, _) = record::parse(&source, &KeyNames::default());
    let first = record.root.entries.iter().map(|entry| entry.key_span.start).min().unwrap_or(0);
    let start = source.line_range(source.position(first).line).start;
    let (head, rest) = text.split_at(start);
    format!("{head}format = \"{id}\"\n\n{rest}")
}

/// Adds the waiver, or takes it away. Returns lines to put at the end of the file.
fn set_waiver(
    document: &mut DocumentMut,
    from: &Format,
    to: &Format,
    is_official: bool,
    changes: &mut Vec<Change>,
) -> String {
    let is_ours =
        |table: &dyn toml_edit::TableLike| table.get("rule").and_then(Item::as_str) == Some(RULE);
    let known = match document.get("waivers") {
        Some(Item::ArrayOfTables(tables)) => tables.iter().position(|table| is_ours(table)),
        Some(Item::Value(Value::Array(items))) => {
            items.iter().position(|item| item.as_inline_table().is_some_and(|table| is_ours(table)))
        }
        _ => None,
    };
    let change =
        |message: String| Change { kind: ChangeKind::Format, path: "waivers".to_owned(), message };
    match (known, is_official) {
        (Some(at), true) => {
            match document.get_mut("waivers") {
                Some(Item::ArrayOfTables(tables)) => drop(tables.remove(at)),
                Some(Item::Value(Value::Array(items))) => drop(items.remove(at)),
                _ => {}
            }
            changes.push(change(format!("删去对 {RULE} 的豁免：已经是该年度的格式")));
            String::new()
        }
        (None, false) => {
            changes.push(change(format!("加上对 {RULE} 的豁免：不是该年度的法定格式")));
            add_waiver(document, &format!("由 {} 格式改写为 {} 格式", from.id(), to.id()))
        }
        _ => String::new(),
    }
}

/// Puts the waiver into the file's list. Tables of their own are put in by the caller, at the very end, behind
/// comments that belong to what stands before.
fn add_waiver(document: &mut DocumentMut, reason: &str) -> String {
    let pairs = [("rule", RULE), ("where", "format"), ("reason", reason)];
    if let Some(Item::Value(Value::Array(items))) = document.get_mut("waivers") {
        items.push(pairs.into_iter().collect::<InlineTable>());
        return String::new();
    }
    let lines = pairs.map(|(key, value)| format!("{key} = {}\n", Value::from(value)));
    format!("\n[[waivers]]\n{}", lines.concat())
}
