//! TOML to a tree of values with spans.
//!
//! In: the bytes of a data file. Out: a [`Record`], which is a table of [`Node`]s that know their place, and
//! all syntax errors at once as diagnostics. Numbers stay as they were written; nothing is interpreted here.

mod date;
mod encoding;
mod figures;
mod key_names;
mod parse;
mod rewrite;
mod string;
mod syntax;
mod triple;
mod written;

pub(crate) use date::WrittenDate;
pub use encoding::{Decoded, decode};
pub(crate) use figures::BLANK;
pub use key_names::KeyNames;
pub use parse::parse;
pub use string::StringMap;
pub(crate) use written::Written;

use crate::source::Span;

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What stands there.
    pub value: Value,
    /// Byte range of the value; of a `[table]`, of its header.
    pub span: Span,
}

/// A TOML value; numbers keep their spelling.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string, decoded.
    String(String),
    /// An integer or decimal as written, without `_`.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, time or both, as written.
    Datetime(toml::value::Datetime),
    /// An array.
    Array(Vec<Node>),
    /// A table, inline or under a header.
    Table(Table),
}

impl Value {
    /// The Chinese name of the kind of value, for messages.
    pub fn kind_label(&self) -> &'static str {
        match self {
            Value::String(_) => "文字",
            Value::Number(_) => "数字",
            Value::Boolean(_) => "真假值",
            Value::Datetime(_) => "日期",
            Value::Array(_) => "数组",
            Value::Table(_) => "表",
        }
    }
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, decoded.
    pub key: String,
    /// Place of the key.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

/// Entries in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The entries.
    pub entries: Vec<Entry>,
}

impl Table {
    /// Returns the entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }
}

impl Node {
    /// Returns the table, where it is one.
    pub fn as_table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Returns a string, or the strings of an array joined by 、, as the names of a joint report are; trimmed.
    pub fn joined(&self) -> String {
        match &self.value {
            Value::Array(items) => {
                items.iter().filter_map(Node::as_str).map(str::trim).collect::<Vec<_>>().join("、")
            }
            _ => self.as_str().unwrap_or_default().trim().to_owned(),
        }
    }

    /// Returns the string, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

/// A whole data file as a tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// The top-level table.
    pub root: Table,
}

impl Record {
    /// Returns the entry at a dotted path, such as `requests.refused.state_secret`.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let mut table = &self.root;
        let mut keys = path.split('.').peekable();
        while let Some(key) = keys.next() {
            let entry = table.entry(key)?;
            if keys.peek().is_none() {
                return Some(entry);
            }
            table = entry.node.as_table()?;
        }
        None
    }

    /// Returns the value at a dotted path.
    pub fn get(&self, path: &str) -> Option<&Node> {
        self.entry(path).map(|entry| &entry.node)
    }

    /// Returns the place of the nearest table above a path that the file has, for findings about what is
    /// missing; none when there is none.
    pub fn nearest_span(&self, path: &str) -> Option<Span> {
        let mut path = path;
        while let Some((parent, _)) = path.rsplit_once('.') {
            if let Some(entry) = self.entry(parent) {
                return Some(entry.key_span.clone());
            }
            path = parent;
        }
        self.entry(path).map(|entry| entry.key_span.clone())
    }
}
