//! The lines of a data file: headers, statements and comments with their places.
//!
//! A file is changed line by line, by ranges of its own text, so that whatever is not named stays to the byte. The
//! tree of values (`record`) knows nothing of comments and of how a key was written; this does.

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

use crate::source::Span;

/// A part of a dotted key.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// As decoded.
    pub(super) name: String,
    /// Place.
    pub(super) span: Span,
}

/// A `[table]` or `[[table]]` line.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) keys: Vec<Key>,
    /// Whether it opens an element of an array.
    pub(super) is_array: bool,
    /// Its whole line with the line's end.
    pub(super) lines: Span,
    /// The comment beside it.
    pub(super) comment: Option<Span>,
}

/// A `key = value` with its whole lines.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    /// Index of the header it stands under; none above the first.
    pub(super) header: Option<usize>,
    /// Its own keys, as written before the `=`.
    pub(super) keys: Vec<Key>,
    /// Dotted path from the root.
    pub(super) path: String,
    pub(super) value: Span,
    /// Its whole lines with the last line's end.
    pub(super) lines: Span,
    /// The comment behind the value.
    pub(super) comment: Option<Span>,
}

/// A comment on a line of its own.
#[derive(Debug, Clone)]
pub(super) struct Note {
    /// Index of the header that it stands under.
    pub(super) header: Option<usize>,
    /// From `#` to the end of the text.
    pub(super) span: Span,
    pub(super) lines: Span,
}

/// A data file by lines.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) headers: Vec<Header>,
    pub(super) statements: Vec<Statement>,
    pub(super) notes: Vec<Note>,
}

impl Script {
    /// Reads a text that is known to be valid TOML.
    pub(super) fn read(text: &str) -> Self {
        let source = Source::new(text);
        let tokens = source.lex().into_vec();
        let mut events: Vec<Event> = Vec::with_capacity(tokens.len());
        parse_document(&tokens, &mut |event: Event| events.push(event), &mut ());
        let mut reader =
            Reader { text, source, script: Self::default(), depth: 0, open: Open::None };
        events.iter().for_each(|event| reader.event(event));
        reader.close();
        reader.script
    }

    /// Dotted path of a header; empty for the root.
    pub(super) fn container(&self, header: Option<usize>) -> String {
        header.map_or_else(String::new, |at| path(&self.headers[at].keys))
    }

    /// The header of a table that is no array.
    pub(super) fn header_of(&self, container: &str) -> Option<usize> {
        self.headers.iter().position(|header| !header.is_array && path(&header.keys) == container)
    }

    /// The statement that sets a path, where it has a line of its own.
    pub(super) fn statement(&self, path: &str) -> Option<&Statement> {
        self.statements.iter().find(|statement| {
            statement.path == path && !statement.header.is_some_and(|at| self.headers[at].is_array)
        })
    }

    /// The statement inside whose inline table a path is set.
    pub(super) fn around(&self, path: &str) -> Option<&Statement> {
        self.statements.iter().find(|statement| {
            path.strip_prefix(statement.path.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

/// Joins keys with dots.
pub(super) fn path(keys: &[Key]) -> String {
    keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>().join(".")
}

/// What the reader is in.
enum Open {
    None,
    Header { keys: Vec<Key>, is_array: bool, start: usize, end: usize, comment: Option<Span> },
    Statement { keys: Vec<Key>, start: usize, value: Option<Span>, comment: Option<Span> },
}

struct Reader<'a> {
    text: &'a str,
    source: Source<'a>,
    script: Script,
    /// Depth of arrays and inline tables.
    depth: usize,
    open: Open,
}

impl Reader<'_> {
    fn event(&mut self, event: &Event) {
        let span = event.span().start()..event.span().end();
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                self.close();
                self.open = Open::Header {
                    keys: Vec::new(),
                    is_array: event.kind() == EventKind::ArrayTableOpen,
                    start: span.start,
                    end: span.end,
                    comment: None,
                };
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                if let Open::Header { end, .. } = &mut self.open {
                    *end = span.end;
                }
            }
            EventKind::SimpleKey if self.depth == 0 => self.key(event, span),
            EventKind::ArrayOpen | EventKind::InlineTableOpen => {
                self.depth += 1;
                self.value(span);
            }
            EventKind::ArrayClose | EventKind::InlineTableClose => {
                self.value(span);
                self.depth = self.depth.saturating_sub(1);
            }
            EventKind::Scalar => self.value(span),
            EventKind::Comment if self.depth == 0 => self.comment(span),
            EventKind::Newline if self.depth == 0 => self.close(),
            _ => {}
        }
    }

    fn key(&mut self, event: &Event, span: Span) {
        let mut name = std::borrow::Cow::Borrowed("");
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut name, &mut ());
        }
        let key = Key { name: name.into_owned(), span: span.clone() };
        match &mut self.open {
            Open::Header { keys, .. } | Open::Statement { keys, value: None, .. } => keys.push(key),
            _ => {
                self.close();
                let statement = Open::Statement {
                    keys: vec![key],
                    start: span.start,
                    value: None,
                    comment: None,
                };
                self.open = statement;
            }
        }
    }

    fn value(&mut self, span: Span) {
        if let Open::Statement { value, .. } = &mut self.open {
            match value {
                Some(whole) => whole.end = whole.end.max(span.end),
                None => *value = Some(span),
            }
        }
    }

    fn comment(&mut self, span: Span) {
        match &mut self.open {
            Open::Header { comment, .. } | Open::Statement { comment, value: Some(_), .. } => {
                *comment = Some(span);
            }
            _ => {
                let header = self.script.headers.len().checked_sub(1);
                let lines = self.lines(&span);
                self.script.notes.push(Note { header, span, lines });
            }
        }
    }

    /// Ends what is open.
    fn close(&mut self) {
        match std::mem::replace(&mut self.open, Open::None) {
            Open::Header { keys, is_array, start, end, comment } => {
                let lines = self.lines(&(start..end));
                self.script.headers.push(Header { keys, is_array, lines, comment });
            }
            Open::Statement { keys, start, value: Some(value), comment } => {
                let header = self.script.headers.len().checked_sub(1);
                let container = self.script.container(header);
                let own = path(&keys);
                let path = if container.is_empty() { own } else { format!("{container}.{own}") };
                let lines = self.lines(&(start..value.end));
                self.script.statements.push(Statement {
                    header,
                    keys,
                    path,
                    value,
                    lines,
                    comment,
                });
            }
            _ => {}
        }
    }

    /// The whole lines of a range, with the end of the last.
    fn lines(&self, span: &Span) -> Span {
        let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[span.end..].find('\n').map_or(self.text.len(), |at| span.end + at + 1);
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_with_their_comments() {
        let text = "#:schema x\nformat = \"2021\"\n\n[a]  # A\n# one\n  b.c = [1, # in\n 2] # two\n[[w]]\nx = { y = 1 }";
        let script = Script::read(text);
        let paths: Vec<&str> = script.statements.iter().map(|s| s.path.as_str()).collect();
        assert_eq!(paths, ["format", "a.b.c", "w.x"]);
        let statement = script.statement("a.b.c").expect("it is there");
        assert_eq!(&text[statement.lines.clone()], "  b.c = [1, # in\n 2] # two\n");
        assert_eq!(&text[statement.value.clone()], "[1, # in\n 2]");
        assert_eq!(statement.comment.clone().map(|span| &text[span]), Some("# two"));
        assert_eq!(script.headers[0].comment.clone().map(|span| &text[span]), Some("# A"));
        let notes: Vec<&str> = script.notes.iter().map(|note| &text[note.span.clone()]).collect();
        assert_eq!(notes, ["#:schema x", "# one"]);
        assert!(script.statement("w.x").is_none() && script.around("a.b.c.d").is_some());
        assert_eq!(&text[script.statements[2].lines.clone()], "x = { y = 1 }");
    }
}
