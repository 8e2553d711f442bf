//! From text to a tree, with all syntax errors.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, KeyNames, Node, Record, Table, Value, syntax};
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::source::Source;

/// Parses a data file. The record holds whatever could be read; the diagnostics (rule `TOML`) say what could
/// not, sorted by position.
pub fn parse(source: &Source, names: &KeyNames) -> (Record, Vec<Diagnostic>) {
    if source.text().len() > limits::DATA_FILE {
        return (
            Record::default(),
            vec![syntax::too_large(source.text().len(), limits::DATA_FILE)],
        );
    }
    let (tree, errors) = DeTable::parse_recoverable(source.text());
    let root = table(tree.get_ref());
    (Record { root }, syntax::diagnose(source, &errors, names))
}

fn table(tree: &DeTable<'_>) -> Table {
    let mut entries: Vec<Entry> = tree
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            node: node(value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    Table { entries }
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let kind = match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => Value::Number(integer(number)),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Datetime(date) => Value::Datetime(*date),
        DeValue::Array(items) => Value::Array(items.iter().map(node).collect()),
        DeValue::Table(inner) => Value::Table(table(inner)),
    };
    Node { value: kind, span: value.span() }
}

/// Keeps decimal integers as written; others (`0x1F`) keep their prefix and are refused as figures later.
fn integer(number: &toml::de::DeInteger<'_>) -> String {
    number.to_string()
}
