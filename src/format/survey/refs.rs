//! Names that point to something: groups, tables, rows and columns in the schema, the rules and the manifest.

use std::collections::BTreeMap;

use toml::{Table, Value as Datum};

use crate::record::{Node, Table as Tree, Value};
use crate::source::Span;

use super::super::mistake::{Mistake, suggestion};
use super::Files;

/// The merged tables by the names that others use.
struct Names {
    tables: Vec<String>,
    /// Rows by table.
    rows: BTreeMap<String, Vec<String>>,
    /// Columns by table.
    columns: BTreeMap<String, Vec<String>>,
    /// Paths of rows and figures.
    paths: Vec<String>,
}

pub(super) fn check(
    files: &Files,
    merged: &BTreeMap<&'static str, Table>,
    mistakes: &mut Vec<Mistake>,
) {
    let none = Table::new();
    let table = |name: &str| merged.get(name).unwrap_or(&none);
    let names = Names::new(table("schema.toml"));
    let mut checker = Checker { files, names: &names, mistakes };
    checker.groups(table("schema.toml"));
    checker.rules(table("rules.toml"));
    checker.parts(table("format.toml"));
}

fn entries<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    let items = table.get(key).and_then(Datum::as_array);
    items.into_iter().flatten().filter_map(Datum::as_table)
}

fn word<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Datum::as_str).unwrap_or_default()
}

fn words(table: &Table, key: &str) -> Vec<String> {
    match table.get(key) {
        Some(Datum::String(word)) => vec![word.clone()],
        Some(Datum::Array(items)) => {
            items.iter().filter_map(Datum::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

impl Names {
    fn new(schema: &Table) -> Self {
        let mut names = Self {
            tables: Vec::new(),
            rows: BTreeMap::new(),
            columns: BTreeMap::new(),
            paths: Vec::new(),
        };
        for table in entries(schema, "table") {
            let key = word(table, "key").to_owned();
            let (mut rows, mut columns) = (Vec::new(), Vec::new());
            for section in entries(table, "section") {
                let own: Vec<String> = entries(section, "columns")
                    .map(|column| word(column, "key").to_owned())
                    .collect();
                for row in entries(section, "row") {
                    let row = word(row, "key").to_owned();
                    names.paths.push(format!("{key}.{row}"));
                    names.paths.extend(own.iter().map(|column| format!("{key}.{row}.{column}")));
                    rows.push(row);
                }
                columns.extend(own);
            }
            names.rows.insert(key.clone(), rows);
            names.columns.insert(key.clone(), columns);
            names.tables.push(key);
        }
        names
    }
}

struct Checker<'a> {
    files: &'a Files,
    names: &'a Names,
    mistakes: &'a mut Vec<Mistake>,
}

impl Checker<'_> {
    /// Reports a name that points nowhere: where the format itself writes it, else where it took away what is meant.
    fn wrong(&mut self, file: &str, at: Option<Span>, removed: Option<&str>, message: String) {
        let own = self.files.get(file);
        if let (Some((source, _)), Some(span)) = (own, at) {
            self.mistakes.push(Mistake::at(source, &span, message));
            return;
        }
        let schema = self.files.get("schema.toml");
        let place = removed.and_then(|key| removal(&schema?.1.root, key));
        let (source, span) = match (schema, place, own) {
            (Some((source, _)), Some(span), _) => (source, span),
            (_, _, Some((source, _))) | (Some((source, _)), ..) => (source, 0..0),
            _ => return,
        };
        self.mistakes.push(Mistake::at(source, &span, message));
    }

    fn groups(&mut self, schema: &Table) {
        for table in entries(schema, "table") {
            for section in entries(table, "section") {
                let groups: Vec<&str> =
                    entries(section, "group").map(|group| word(group, "key")).collect();
                for row in entries(section, "row") {
                    let key = word(row, "key").to_owned();
                    let used = words(row, "under").into_iter().map(|group| ("under", group));
                    let used =
                        used.chain(words(row, "sum_of").into_iter().map(|group| ("sum_of", group)));
                    for (what, group) in used.filter(|(_, group)| !groups.contains(&group.as_str()))
                    {
                        let like = suggestion(&group, groups.iter().copied());
                        let place = self.find("schema.toml", &key, &group);
                        let message = format!("行 {key} 的 {what} 用了没有的组 {group}{like}");
                        self.wrong("schema.toml", place, Some(&group), message);
                    }
                }
                if section.get("columns").and_then(Datum::as_array).is_none_or(Vec::is_empty) {
                    let key = word(section, "key");
                    let place = self.find("schema.toml", key, key);
                    let message = format!("表 {} 的 {key} 没有列", word(table, "key"));
                    self.wrong("schema.toml", place, None, message);
                }
            }
        }
    }

    fn rules(&mut self, rules: &Table) {
        for rule in entries(rules, "rule") {
            let (code, table) = (word(rule, "code").to_owned(), word(rule, "table").to_owned());
            if table.is_empty() {
                continue;
            }
            let tables: Vec<&str> = self.names.tables.iter().map(String::as_str).collect();
            if !tables.contains(&table.as_str()) {
                let like = suggestion(&table, tables);
                let place = self.find("rules.toml", &code, &table);
                let message = format!("规则 {code} 用了没有的表 {table}{like}");
                self.wrong("rules.toml", place, Some(&table), message);
                continue;
            }
            let kind = word(rule, "kind").to_owned();
            let columns: &[&str] = match kind.as_str() {
                "previous-flow" => &["value", "plus", "minus"],
                "at-least" => &["value", "bound", "when_zero"],
                _ => &[],
            };
            for key in ["row", "previous_row", "subject", "left", "right"] {
                let known = self.names.rows.get(&table).cloned().unwrap_or_default();
                self.used(rule, key, &known, &format!("表 {table} 没有的行"));
            }
            for key in columns {
                let known = self.names.columns.get(&table).cloned().unwrap_or_default();
                self.used(rule, key, &known, &format!("表 {table} 没有的栏"));
            }
            let known = self.names.paths.clone();
            self.used(rule, "base", &known, "没有的数");
        }
    }

    fn used(&mut self, rule: &Table, key: &str, known: &[String], what: &str) {
        let code = word(rule, "code").to_owned();
        for name in words(rule, key).into_iter().filter(|name| !known.contains(name)) {
            let like = suggestion(&name, known.iter().map(String::as_str).collect::<Vec<_>>());
            let place = self.find("rules.toml", &code, &name);
            let is_own = place.is_some();
            let mut message = format!("规则 {code} 的 {key} 用了{what} {name}{like}");
            if !is_own {
                message = format!(
                    "规则 {code}（沿用的）的 {key} 要用 {name}，这里没有了；在 rules.toml 里改写这条规则，或用 remove = true 删去"
                );
            }
            self.wrong("rules.toml", place, Some(name.split('.').nth(1).unwrap_or(&name)), message);
        }
    }

    fn parts(&mut self, format: &Table) {
        for part in entries(format, "part") {
            for item in entries(part, "item").filter(|item| word(item, "kind") == "table") {
                let key = word(item, "key").to_owned();
                if !self.names.tables.contains(&key) {
                    let place = self.find("format.toml", word(part, "key"), &key);
                    let message = format!("“{}”要用的表 {key} 没有了", word(part, "heading"));
                    self.wrong("format.toml", place, Some(&key), message);
                }
            }
        }
        // `from` is a row or figure of last year's form, which may be another.
        for carry in entries(format, "carry") {
            let path = word(carry, "to").to_owned();
            if !self.names.paths.contains(&path) {
                let known: Vec<&str> = self.names.paths.iter().map(String::as_str).collect();
                let like = suggestion(&path, known);
                let place = self.find("format.toml", word(carry, "key"), &path);
                let is_own = place.is_some();
                let what = if is_own { "" } else { "（沿用的）" };
                let message =
                    format!("carry {}{what}的 to 指的 {path} 没有{like}", word(carry, "key"));
                self.wrong("format.toml", place, path.split('.').nth(1), message);
            }
        }
    }

    /// Where a file of the format itself writes a name, within the entry of a key.
    fn find(&self, file: &str, entry: &str, name: &str) -> Option<Span> {
        let (_, record) = self.files.get(file)?;
        find(&record.root, entry, name)
    }
}

/// The value of a name inside the entry of a list that has a key.
fn find(table: &Tree, entry: &str, name: &str) -> Option<Span> {
    let own = table.get("key").or_else(|| table.get("code")).and_then(Node::as_str);
    if own == Some(entry) {
        return table.entries.iter().find_map(|entry| string(&entry.node, name));
    }
    table.entries.iter().find_map(|child| match &child.node.value {
        Value::Table(inner) => find(inner, entry, name),
        Value::Array(items) => {
            items.iter().filter_map(Node::as_table).find_map(|inner| find(inner, entry, name))
        }
        _ => None,
    })
}

fn string(node: &Node, name: &str) -> Option<Span> {
    match &node.value {
        Value::String(text) if text == name => Some(node.span.clone()),
        Value::Array(items) => items.iter().find_map(|item| string(item, name)),
        _ => None,
    }
}

/// Where a file takes an entry away.
fn removal(table: &Tree, key: &str) -> Option<Span> {
    let own = table.get("key").filter(|node| {
        node.as_str().is_some_and(|own| {
            own == key || own.strip_suffix(key).is_some_and(|rest| rest.ends_with('.'))
        })
    });
    if let (Some(node), Some(_)) = (own, table.get("remove")) {
        return Some(node.span.clone());
    }
    table.entries.iter().find_map(|child| match &child.node.value {
        Value::Table(inner) => removal(inner, key),
        Value::Array(items) => {
            items.iter().filter_map(Node::as_table).find_map(|inner| removal(inner, key))
        }
        _ => None,
    })
}
