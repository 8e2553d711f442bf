//! Changes to a text by ranges of it, made all at once.

use crate::source::Span;

/// Replacements and insertions; those at one place keep the order in which they were asked for.
#[derive(Debug, Default)]
pub(super) struct Patches {
    patches: Vec<(Span, String)>,
}

impl Patches {
    pub(super) fn replace(&mut self, span: Span, text: impl Into<String>) {
        self.patches.push((span, text.into()));
    }

    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// The changed text. Of two changes to the same bytes the first counts.
    pub(super) fn apply(mut self, text: &str) -> String {
        self.patches.sort_by_key(|(span, _)| (span.start, !span.is_empty()));
        let mut changed = String::with_capacity(text.len() + 256);
        let mut done = 0;
        for (span, new) in self.patches {
            if span.start < done {
                continue;
            }
            changed.push_str(&text[done..span.start]);
            // A line put in behind a last line without end.
            let is_line = span.is_empty() && new.ends_with('\n');
            if is_line && !changed.is_empty() && !changed.ends_with('\n') {
                changed.push('\n');
            }
            changed.push_str(&new);
            done = span.end;
        }
        changed.push_str(&text[done..]);
        changed
    }
}
