//! The official labels in a file's comments: those of the new format in the place of the old ones.
//!
//! Only a comment that is, or begins with, the label of what it stands beside or above is touched; what people wrote
//! themselves stays.

use super::grid::{Grid, one_line};
use super::patch::Patches;
use super::plan::Plan;
use super::script::Script;

/// Changes the labels in the comments of a file whose rows are in the new form already.
pub(super) fn rename(text: &str, plan: &Plan) -> String {
    let script = Script::read(text);
    let mut patches = Patches::default();
    for statement in &script.statements {
        let Some(comment) = statement.comment.clone() else { continue };
        let Some(line) = plan.new.line(&statement.path) else { continue };
        let Some(old) = plan.heirs.iter().position(|heir| *heir == Some(line)) else { continue };
        let pair = (plan.old.lines[old].label.clone(), plan.new.lines[line].label.clone());
        if let Some(new) = exchanged(&text[comment.clone()], &[pair], true) {
            patches.replace(comment, new);
        }
    }
    let pairs = pairs(plan);
    for comment in script.headers.iter().filter_map(|header| header.comment.clone()) {
        if let Some(new) = exchanged(&text[comment.clone()], &pairs, false) {
            patches.replace(comment, new);
        }
    }
    for note in &script.notes {
        let line = &text[note.span.clone()];
        if line.starts_with(super::kept::TODO) || line.contains("格式原为：") {
            continue;
        }
        let new =
            exchanged(line, &pairs, false).or_else(|| columns(line, note.lines.end, &script, plan));
        if let Some(new) = new {
            patches.replace(note.span.clone(), new);
        }
    }
    patches.apply(text)
}

/// Labels above rows that have another wording: headings, groups, heads of sub-tables, names of formats and notices.
fn pairs(plan: &Plan) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut add = |old: &str, new: &str| {
        let (old, new) = (one_line(old), one_line(new));
        let is_known = pairs.iter().any(|(known, _)| *known == old);
        if old != new && !old.is_empty() && !new.is_empty() && !is_known {
            pairs.push((old, new));
        }
    };
    for part in &plan.from.manifest.parts {
        let key = plan.tables.get(&part.key).unwrap_or(&part.key);
        let new = plan.to.manifest.parts.iter().find(|other| other.key == *key);
        let Some(new) = new else { continue };
        add(&part.heading, &new.heading);
        for item in &part.items {
            let path = format!("{}.{}", part.key, item.key);
            let renamed = plan.texts.get(&path).and_then(|end| end.as_ref().ok());
            let own =
                renamed.map_or(item.key.as_str(), |path| path.rsplit('.').next().unwrap_or(path));
            if let Some(other) = new.items.iter().find(|other| other.key == own) {
                add(&item.label, &other.label);
            }
        }
    }
    for (line, heir) in plan.heirs.iter().enumerate() {
        let Some(heir) = heir else { continue };
        let (old, new) = (&plan.old.lines[line], &plan.new.lines[*heir]);
        if let (Some(old), Some(new)) = (&old.group, &new.group) {
            add(old, new);
        }
        if let (Some(old), Some(new)) = (head(plan, line, true), head(plan, *heir, false)) {
            add(&old, &new);
        }
    }
    pairs
}

/// The head of the sub-table of a row.
fn head(plan: &Plan, line: usize, is_old: bool) -> Option<String> {
    let (format, grid) = if is_old { (&plan.from, &plan.old) } else { (&plan.to, &plan.new) };
    let line = &grid.lines[line];
    let table = format.table(&line.table)?;
    table.sections.iter().find(|section| section.key == line.section)?.head.clone()
}

/// A comment with the new label, where it holds the old one: at its beginning, or between signs that are no words.
fn exchanged(comment: &str, pairs: &[(String, String)], begins: bool) -> Option<String> {
    let mark =
        comment.len() - comment.trim_start_matches(['#', '=', ' ', '·', '—', '-', '\t']).len();
    let (signs, rest) = comment.split_at(mark);
    let (_, new, behind) = pairs
        .iter()
        .filter_map(|(old, new)| {
            let (old, new) = (one_line(old), one_line(new));
            let behind = rest.strip_prefix(old.as_str())?;
            // The comment has the new label already, or goes on as another word.
            let is_new = new.len() > old.len() && rest.starts_with(new.as_str());
            let ends = behind
                .chars()
                .next()
                .is_none_or(|next| !next.is_alphanumeric() || begins && old.chars().count() > 3);
            (!is_new && ends && old != new).then_some((old.len(), new, behind))
        })
        .max_by_key(|(length, ..)| *length)?;
    Some(format!("{signs}{new}{behind}"))
}

/// A comment that lists the columns of the rows below it, with the columns of the new form.
fn columns(comment: &str, end: usize, script: &Script, plan: &Plan) -> Option<String> {
    let below = script.statements.iter().find(|statement| statement.lines.start >= end)?;
    let line = plan.new.line(&below.path)?;
    let old = plan.heirs.iter().position(|heir| *heir == Some(line))?;
    let list = |grid: &Grid, line: usize| {
        let labels = grid.plain(line).map(|slot| grid.slots[slot].label.clone());
        labels.collect::<Vec<_>>().join("、")
    };
    let (before, after) = (list(&plan.old, old), list(&plan.new, line));
    let changed = comment.replacen(&before, &after, 1);
    (before != after && before.contains('、') && changed != comment).then_some(changed)
}
