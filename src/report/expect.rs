//! Which keys a data file may have, by format; everything else is a finding with the nearest known key.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Level};
use crate::format::{Format, ItemKind};
use crate::record::{Entry, Record, Table, Value};

use super::keys::{BESIDE, ORDER, SECTION};

/// What is expected under a key.
pub(super) enum Expect {
    /// A table with these keys.
    Keys(BTreeMap<String, Expect>),
    /// Something whose inside is checked where it is read.
    Value,
}

/// Builds the tree of known keys.
pub(super) fn tree(format: &Format) -> BTreeMap<String, Expect> {
    let mut root = BTreeMap::new();
    root.insert("format".to_owned(), Expect::Value);
    for key in ["agency", "year", "kind", "scope", "title", "date", "preface"] {
        insert(&mut root, &format!("report.{key}"));
    }
    for name in ["charts", "waivers"] {
        root.insert(name.to_owned(), Expect::Value);
    }
    for part in &format.manifest.parts {
        if part.sections {
            insert(&mut root, &format!("{}.{SECTION}", part.key));
            insert(&mut root, &format!("{}.{ORDER}", part.key));
        }
        for item in &part.items {
            match item.kind {
                ItemKind::Table => insert_table(&mut root, format, &item.key),
                _ => insert(&mut root, &format!("{}.{}", part.key, item.key)),
            }
        }
    }
    root
}

fn insert_table(root: &mut BTreeMap<String, Expect>, format: &Format, key: &str) {
    insert(root, &format!("{key}.note"));
    for (name, _) in BESIDE {
        insert(root, &format!("{key}.{name}"));
    }
    let Some(table) = format.table(key) else { return };
    for row in table.sections.iter().flat_map(|section| &section.rows) {
        insert(root, &format!("{key}.{}", row.key));
    }
}

fn insert(keys: &mut BTreeMap<String, Expect>, path: &str) {
    match path.split_once('.') {
        None => {
            keys.entry(path.to_owned()).or_insert(Expect::Value);
        }
        Some((first, rest)) => {
            let entry =
                keys.entry(first.to_owned()).or_insert_with(|| Expect::Keys(BTreeMap::new()));
            if let Expect::Keys(inner) = entry {
                insert(inner, rest);
            }
        }
    }
}

/// Reports unknown keys and tables that are no tables. An unknown key that was meant for one that is missing stands
/// for both: the finding about the missing one goes.
pub(super) fn check(record: &Record, format: &Format, findings: &mut Vec<Diagnostic>) {
    let tree = tree(format);
    let mut meant = Vec::new();
    walk(&record.root, &tree, "", &mut Walk { format, findings, meant: &mut meant });
    findings.retain(|finding| finding.rule != "MISSING" || !meant.contains(&finding.path));
}

struct Walk<'a> {
    format: &'a Format,
    findings: &'a mut Vec<Diagnostic>,
    /// Paths that unknown keys were probably meant for.
    meant: &'a mut Vec<String>,
}

fn walk(table: &Table, known: &BTreeMap<String, Expect>, path: &str, walked: &mut Walk<'_>) {
    for entry in &table.entries {
        let inner_path = join(path, &entry.key);
        match (known.get(&entry.key), &entry.node.value) {
            (None, _) => {
                let keys: Vec<&str> = known.keys().map(String::as_str).collect();
                let nearest = nearest(&entry.key, &keys, walked.format);
                walked.meant.extend(nearest.map(|key| join(path, key)));
                let finding = unknown(entry, &inner_path, known.keys(), walked.format);
                walked.findings.push(finding);
            }
            (Some(Expect::Keys(inner)), Value::Table(table)) => {
                walk(table, inner, &inner_path, walked);
            }
            (Some(Expect::Keys(inner)), other) => {
                let keys: Vec<&str> = inner.keys().map(String::as_str).collect();
                let message =
                    format!("{inner_path} 应当是一组项目，这里写成了{}", other.kind_label());
                let help = format!("写成 [{inner_path}] 表，下面分行写：{}", keys.join("、"));
                walked.findings.push(
                    Diagnostic::new(
                        "TYPE",
                        Level::Error,
                        message,
                        inner_path,
                        entry.node.span.clone(),
                    )
                    .with_help(help),
                );
            }
            (Some(Expect::Value), _) => {}
        }
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The finding for an unknown key.
pub(super) fn unknown<'a>(
    entry: &Entry,
    path: &str,
    known: impl Iterator<Item = &'a String>,
    format: &Format,
) -> Diagnostic {
    let known: Vec<&str> = known.map(String::as_str).collect();
    let finding = Diagnostic::new(
        "UNKNOWN-KEY",
        Level::Error,
        format!("{} 格式没有“{}”这一项", format.id(), entry.key),
        path,
        entry.key_span.clone(),
    );
    match nearest(&entry.key, &known, format) {
        Some(key) => finding
            .with_label(format!("是不是 {key}？"))
            .with_help(format!("如果想写的是 {key}，把键名改成 {key}；否则删去这一行")),
        None => finding
            .with_label("没有这个键")
            .with_help(format!("这里可以用的键有：{}", known.join("、"))),
    }
}

/// The known key most like a wrong one: by its Chinese label, else by spelling.
fn nearest<'a>(key: &'a str, known: &[&'a str], format: &'a Format) -> Option<&'a str> {
    if !key.is_ascii() {
        let names = format.key_names();
        let found = names.key(key)?.to_owned();
        return known.iter().find(|known| **known == found).copied();
    }
    known
        .iter()
        .map(|known| (strsim::osa_distance(key, known), *known))
        .filter(|(distance, known)| *distance <= (known.len().max(key.len()) / 3).max(1))
        .min()
        .map(|(_, known)| known)
}
