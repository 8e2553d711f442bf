//! What the files of the built-in formats say: which keys stand where, and of what kind their values are.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// Keys and kinds at one place of a file.
#[derive(Debug, Clone, Default)]
pub(in crate::format) struct Node {
    pub(super) keys: BTreeMap<String, Node>,
    /// The Chinese name of the kind of value; empty at the root.
    pub(super) kind: &'static str,
    /// Whether it is a list of tables that have a key.
    pub(super) is_list: bool,
    /// Short words that stand there, for keys with a choice of few.
    pub(super) words: BTreeSet<String>,
}

/// What is known of all files.
#[derive(Debug, Clone, Default)]
pub(in crate::format) struct Learned {
    files: BTreeMap<String, Node>,
    names: BTreeSet<String>,
}

/// Keys that the built-in formats do not all use, with their place, and a value of the kind they have.
const MORE: &str = r#"
[format]
years = { from = 1, to = 1 }
extends = "x"
[[format.part]]
key = "x"
require = [["x"]]
[[format.part.item]]
key = "x"
kind = "sentence"
optional = true
sentence = "x"
figures = [{ key = "x", label = "x", kind = "count", unit = "x" }]
[[schema.table]]
key = "x"
orientation = "columns"
[[schema.table.section]]
key = "x"
head = "x"
corner = "x"
label_columns = 1
columns = [{ key = "x", label = "x", under = ["x"], kind = "change", unit = "x", total = true }]
[[schema.table.section.group]]
key = "x"
label = "x"
[[schema.table.section.row]]
key = "x"
under = ["x"]
sum_of = "x"
"#;

impl Learned {
    /// Learns a file of a built-in format.
    pub(in crate::format) fn file(&mut self, name: &str, text: &str) {
        self.names.insert(name.to_owned());
        if super::FILES.contains(&name) {
            let table: Table = toml::from_str(text).unwrap_or_default();
            learn(self.files.entry(name.to_owned()).or_default(), &table);
        }
    }

    /// Adds what the built-in formats leave out.
    pub(in crate::format) fn complete(mut self) -> Self {
        let more: Table = toml::from_str(MORE).unwrap_or_default();
        for (name, value) in &more {
            if let Value::Table(table) = value {
                learn(self.files.entry(format!("{name}.toml")).or_default(), table);
            }
        }
        self
    }

    pub(super) fn of(&self, name: &str) -> Option<&Node> {
        self.files.get(name)
    }

    pub(super) fn has_file(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

fn learn(node: &mut Node, table: &Table) {
    for (key, value) in table {
        let inner = node.keys.entry(key.clone()).or_default();
        inner.kind = kind(value);
        match value {
            Value::Table(table) => learn(inner, table),
            Value::Array(items) if items.iter().any(Value::is_table) => {
                inner.is_list = true;
                items.iter().filter_map(Value::as_table).for_each(|item| learn(inner, item));
            }
            Value::String(word) if word.len() <= 20 && word.is_ascii() => {
                inner.words.insert(word.clone());
            }
            _ => {}
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "文字",
        Value::Integer(_) | Value::Float(_) => "数字",
        Value::Boolean(_) => "真假值",
        Value::Datetime(_) => "日期",
        Value::Array(_) => "数组",
        Value::Table(_) => "表",
    }
}
