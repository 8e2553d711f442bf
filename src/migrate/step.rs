//! One step from a format to another: which rows go where.

use crate::format::{Format, ItemKind};
use crate::record::{self, KeyNames, Record};
use crate::source::Source;

use super::edit::{Editor, Insertion};
use super::mapping::{RowRule, SentenceRule, Step};
use super::value::{Old, Place, rows};
use super::{Change, ChangeKind, MigrateError};

/// Applies a step to a text.
pub(super) fn apply(
    text: &str,
    step: &Step,
    from: &Format,
    to: &Format,
    changes: &mut Vec<Change>,
) -> Result<String, MigrateError> {
    let source = Source::new("", text);
    let (record, _) = record::parse(&source, &KeyNames::default());
    let old = Old { source: &source, record: &record, format: from };
    let mut editor = Editor::new(text, &source, &record)?;
    let (before, after) = (rows(from), rows(to));
    for place in &before {
        if !after.iter().any(|other| other.is_same(place)) && record.get(&place.path()).is_some() {
            editor.comment_out(&place.path(), from.id());
            changes.push(Change {
                kind: ChangeKind::Kept,
                path: place.path(),
                message: place.row.label.clone(),
            });
        }
    }
    let mut sibling: Option<String> = None;
    for place in &after {
        if !before.iter().any(|other| other.is_same(place)) {
            insert(&old, step, place, sibling.as_deref(), &mut editor, changes);
        }
        sibling = Some(place.path());
    }
    for rule in &step.sentence {
        sentence(&record, to, rule, &mut editor, changes);
    }
    Ok(editor.finish())
}

fn insert(
    old: &Old<'_>,
    step: &Step,
    place: &Place<'_>,
    sibling: Option<&str>,
    editor: &mut Editor<'_>,
    changes: &mut Vec<Change>,
) {
    let path = place.path();
    let rule = step.rule(&path);
    // A total that can be computed needs nobody.
    if place.row.sum_of.is_some() && rule.is_none() {
        return;
    }
    let (line, kind) = line(old, rule, place);
    let why = rule
        .map(|rule| rule.why.as_str())
        .filter(|why| !why.is_empty() && kind == ChangeKind::Todo);
    let message = match why {
        Some(why) => format!("{}（{why}）", place.row.label),
        None => place.row.label.clone(),
    };
    changes.push(Change { kind, path: path.clone(), message });
    let group = place.row.under.last().map(|group| place.section.group_label(group).to_owned());
    editor.insert(&Insertion { path: &path, line, sibling, group: group.as_deref() });
}

fn key_of(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(_, key)| key)
}

/// The line of a new row: with its figures, or with what a person must fill in.
fn line(old: &Old<'_>, rule: Option<&RowRule>, place: &Place<'_>) -> (String, ChangeKind) {
    let path = place.path();
    let key = key_of(&path);
    let label = &place.row.label;
    let carried = |value: String| (format!("{key} = {value}  # {label}"), ChangeKind::Carried);
    let split = rule.and_then(|rule| rule.split.as_deref());
    if split.is_some_and(|whole| old.is_zero(whole)) {
        return carried("0".to_owned());
    }
    if let Some(rule) = rule.filter(|rule| !rule.sum.is_empty())
        && let Some(sum) = old.sum(&rule.sum)
    {
        return carried(sum);
    }
    let figures: Vec<Option<String>> = place
        .section
        .columns
        .iter()
        .filter(|column| !column.total)
        .map(|column| {
            let name = if place.section.is_scalar() { "value" } else { &column.key };
            rule?.take.get(name).and_then(|path| old.figure(path))
        })
        .collect();
    let shape = |unknown: &dyn Fn(usize) -> String| {
        let list: Vec<String> = figures
            .iter()
            .enumerate()
            .map(|(at, figure)| figure.clone().unwrap_or_else(|| unknown(at)))
            .collect();
        if place.section.is_scalar() { list.concat() } else { format!("[{}]", list.join(", ")) }
    };
    if figures.iter().all(Option::is_some) {
        return carried(shape(&|_| String::new()));
    }
    let wanted = shape(&|at| {
        let columns = place.section.columns.iter().filter(|column| !column.total);
        columns.map(|column| column.label.clone()).nth(at).unwrap_or_default()
    });
    let wanted = wanted.replace('\n', " ");
    let line = format!("# TODO {key} = {wanted}  # {label}：换成实际数，再删去行首的“# TODO ”");
    (line, ChangeKind::Todo)
}

/// Asks for the figures of a sentence that the new format wants, unless the text tells them.
fn sentence(
    record: &Record,
    to: &Format,
    rule: &SentenceRule,
    editor: &mut Editor<'_>,
    changes: &mut Vec<Change>,
) {
    let Some((part, key)) = rule.key.split_once('.') else { return };
    let found = to.manifest.parts.iter().find(|other| other.key == part);
    let item = found.and_then(|part| {
        part.items.iter().find(|item| item.key == key && item.kind == ItemKind::Sentence)
    });
    let (Some(item), None) = (item, record.get(&rule.key)) else { return };
    let told = record.get(part).is_some_and(|node| mentions(node, &rule.unless));
    if told {
        return;
    }
    let mut lines = vec![format!("{key} = {{}}  # {}", item.label)];
    for figure in &item.figures {
        let unit = figure.unit.as_deref().unwrap_or("");
        let line = format!(
            "# TODO {}：在花括号里写 {} = 数（{unit}），用逗号分开，再删去这一行",
            figure.label, figure.key
        );
        lines.push(line);
        changes.push(Change {
            kind: ChangeKind::Todo,
            path: format!("{}.{}", rule.key, figure.key),
            message: format!("{}（{}）", figure.label, rule.why),
        });
    }
    editor.insert(&Insertion {
        path: &rule.key,
        line: lines.join("\n"),
        sibling: None,
        group: None,
    });
}

fn mentions(node: &record::Node, words: &[String]) -> bool {
    match &node.value {
        record::Value::String(text) => words.iter().any(|word| text.contains(word.as_str())),
        record::Value::Table(table) => {
            table.entries.iter().any(|entry| mentions(&entry.node, words))
        }
        _ => false,
    }
}
