//! Statements that the file's format has no place for, kept as comments: written, and read again on the way back.

use std::collections::BTreeMap;

use crate::source::Span;

use super::script::{Note, Script};

/// Words between a format's id and the statement as it was.
const WAS: &str = " 格式原为：";
/// How a line begins that waits for a person.
pub(super) const TODO: &str = "# TODO ";

/// Lines of a statement as comments.
pub(super) fn comment(format: &str, lines: &str) -> String {
    let mut text = String::new();
    for (at, line) in lines.lines().enumerate() {
        let line = match (at, line) {
            (0, _) => format!("# {format}{WAS}{line}"),
            (_, "") => "#".to_owned(),
            _ => format!("# {line}"),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// A statement, or a header, that was kept.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Lines of the comments, with those that wait for a person.
    pub(super) span: Span,
    /// The statement as it was, with the end of its last line.
    pub(super) raw: String,
    /// Dotted path of what it sets or opens, in its own format.
    pub(super) path: String,
    pub(super) is_header: bool,
    /// Whether a line behind it waits for a person.
    pub(super) is_open: bool,
    /// Container it stands in, in its own format.
    pub(super) container: String,
}

/// Finds the statements of a format that were kept. `rename` gives the name of a container in that format.
pub(super) fn blocks(
    text: &str,
    script: &Script,
    format: &str,
    rename: impl Fn(&str) -> String,
) -> Vec<Block> {
    let start = format!("# {format}{WAS}");
    let notes = &script.notes;
    let mut blocks = Vec::new();
    // A kept header counts until the next live one.
    let mut opened: BTreeMap<Option<usize>, String> = BTreeMap::new();
    let mut at = 0;
    while let Some(note) = notes.get(at) {
        let Some(first) = text[note.span.clone()].strip_prefix(&start) else {
            at += 1;
            continue;
        };
        let (raw, next) = whole(text, notes, at, first);
        let mut end = notes[next - 1].lines.end;
        let mut after = next;
        let mut is_open = false;
        while let Some(todo) = notes.get(after).filter(|note| note.lines.start == end) {
            if !text[todo.span.clone()].starts_with(TODO) {
                break;
            }
            is_open = true;
            end = todo.lines.end;
            after += 1;
        }
        let container = opened
            .get(&note.header)
            .cloned()
            .unwrap_or_else(|| rename(&script.container(note.header)));
        let inner = Script::read(&raw);
        let is_header = raw.trim_start().starts_with('[');
        let own = match (inner.headers.first(), inner.statements.first()) {
            (Some(_), _) => inner.container(Some(0)),
            (None, Some(statement)) => match container.as_str() {
                "" => statement.path.clone(),
                container => format!("{container}.{}", statement.path),
            },
            (None, None) => String::new(),
        };
        if is_header {
            opened.insert(note.header, own.clone());
        }
        if !own.is_empty() {
            let span = note.lines.start..end;
            blocks.push(Block { span, raw, path: own, is_header, is_open, container });
        }
        at = after;
    }
    blocks
}

/// The statement that begins with a comment, over as many lines as it takes.
fn whole(text: &str, notes: &[Note], at: usize, first: &str) -> (String, usize) {
    let mut raw = format!("{first}\n");
    let mut next = at + 1;
    // A statement of a report has at most a few hundred lines; the bound keeps a torn one from reading on for ever.
    while toml::from_str::<toml::Table>(&raw).is_err() && next - at < 2000 {
        let Some(note) =
            notes.get(next).filter(|note| note.lines.start == notes[next - 1].lines.end)
        else {
            return (format!("{first}\n"), at + 1);
        };
        let line = &text[note.span.clone()];
        raw.push_str(line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line));
        raw.push('\n');
        next += 1;
    }
    (raw, next)
}
