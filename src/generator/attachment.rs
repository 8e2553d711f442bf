//! The data file as it goes into a PDF: what is printed and nothing else. Comments are notes to oneself, waivers are
//! for the office; neither was meant for the public.

use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, RawString, Table, Value};

use super::Failure;

/// What is not attached.
const PRIVATE: &str = "waivers";

/// The file without comments and waivers; every value stays as it was written.
pub(super) fn bare(text: &str) -> Result<String, Failure> {
    let mut document: DocumentMut = text.parse().map_err(|_| {
        Failure("数据文件还有语法错误，不能附进 PDF；先改正，或去掉 --attach-data".to_owned())
    })?;
    document.remove(PRIVATE);
    let trailing = without_comments(document.trailing().as_str().unwrap_or_default());
    document.set_trailing(trailing);
    table(document.as_table_mut());
    Ok(document.to_string().trim_start().to_owned())
}

fn table(table: &mut Table) {
    decor(table.decor_mut());
    for (mut key, value) in table.iter_mut() {
        decor(key.leaf_decor_mut());
        decor(key.dotted_decor_mut());
        item(value);
    }
}

fn item(found: &mut Item) {
    match found {
        Item::None => {}
        Item::Value(found) => value(found),
        Item::Table(found) => table(found),
        Item::ArrayOfTables(all) => all.iter_mut().for_each(table),
    }
}

fn value(found: &mut Value) {
    decor(found.decor_mut());
    match found {
        Value::Array(found) => array(found),
        Value::InlineTable(found) => inline(found),
        _ => {}
    }
}

fn array(found: &mut Array) {
    let trailing = without_comments(found.trailing().as_str().unwrap_or_default());
    found.set_trailing(trailing);
    found.iter_mut().for_each(value);
}

fn inline(found: &mut InlineTable) {
    for (mut key, held) in found.iter_mut() {
        decor(key.leaf_decor_mut());
        value(held);
    }
}

fn decor(decor: &mut Decor) {
    let bare = |raw: Option<&RawString>| raw.and_then(RawString::as_str).map(without_comments);
    if let Some(prefix) = bare(decor.prefix()) {
        decor.set_prefix(prefix);
    }
    if let Some(suffix) = bare(decor.suffix()) {
        decor.set_suffix(suffix);
    }
}

/// What stands between keys and values is white space and comments: the white space of it, without the lines that
/// held nothing but a comment.
fn without_comments(between: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for (at, line) in between.split('\n').enumerate() {
        let bare = line.split('#').next().unwrap_or_default();
        let is_comment = bare.len() < line.len();
        let is_empty = bare.trim().is_empty();
        // The first line follows a value, the others are lines of their own.
        let is_spare = at > 0 && (is_comment || (is_empty && kept.ends_with(&["", ""])));
        if !is_spare {
            kept.push(if is_comment { bare.trim_end() } else { bare });
        }
    }
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_waivers_go_and_every_value_stays() {
        let text = "#:schema x.json\n# 内部\nformat = \"2021\" # 说明\n\n[report] # 机关\n# 一\n# 二\nagency = '某局#1'\n\
                    [a]\nrow = [ # 行\n  1, # 一\n  # 二\n  { value = 2.50, note = \"# 不是注释\" },\n] # 尾\n\
                    text = \"\"\"\n# 正文\n\n\n一\"\"\"\n[[waivers]]\nrule = \"X\"\nreason = \"内情\"\n\n[b] # 完\nx = 1\n# 末\n";
        let bare = bare(text).expect("valid");
        for gone in ["内部", "说明", "机关", "行", "尾", "内情", "waivers", "末", "schema", "完"]
        {
            assert!(!bare.contains(gone), "{gone} in {bare}");
        }
        let mut wanted: toml::Table = text.parse().expect("valid");
        wanted.remove("waivers");
        assert_eq!(bare.parse::<toml::Table>().expect("valid"), wanted);
        assert!(bare.contains("2.50"), "{bare}");
    }

    #[test]
    fn a_file_that_is_no_toml_is_refused() {
        assert!(super::bare("a = ").is_err_and(|failure| failure.0.contains("语法错误")));
    }
}
