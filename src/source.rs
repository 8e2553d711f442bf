//! A named text with a line index.
//!
//! In: the text of one file. Out: line and column of a byte offset and the text of a line, which every
//! message needs. Positions count from 1; columns count Unicode scalar values.

mod origins;

pub use origins::{Elsewhere, Origins};

use std::ops::Range;
use std::sync::Arc;

/// A range of byte offsets into a [`Source`].
pub type Span = Range<usize>;

/// A place in a text as people count: line and column from 1, columns in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in Unicode scalar values.
    pub column: usize,
}

/// A text with the name under which people know it, usually the path of its file.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
    origins: Option<Arc<Origins>>,
}

impl Source {
    /// Indexes the lines of a text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.into(), text, line_starts, origins: None }
    }

    /// Says of which places in another file the text was made.
    pub fn with_origins(self, origins: Arc<Origins>) -> Self {
        Self { origins: Some(origins), ..self }
    }

    /// The places in the file that the text was made of; none for a file that people wrote themselves.
    pub fn origins(&self) -> Option<&Origins> {
        self.origins.as_deref()
    }

    /// The name shown to people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of lines; an empty text has one.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// Returns the place of a byte offset. An offset beyond the end or inside a character is taken as the
    /// nearest character boundary before it.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts[line - 1];
        Position { line, column: self.text[start..offset].chars().count() + 1 }
    }

    /// Returns the text of a line (from 1) without its line end; empty when there is no such line.
    pub fn line(&self, line: usize) -> &str {
        let range = self.line_range(line);
        self.text[range].trim_end_matches(['\n', '\r'])
    }

    /// Returns the byte range of a line (from 1) with its line end; empty when there is no such line.
    pub fn line_range(&self, line: usize) -> Span {
        let Some(&start) = line.checked_sub(1).and_then(|at| self.line_starts.get(at)) else {
            return self.text.len()..self.text.len();
        };
        start..self.line_starts.get(line).copied().unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source::new("a", "一二三\r\n四x\n");
        assert_eq!(source.position(3), Position { line: 1, column: 2 });
        assert_eq!(source.position(14), Position { line: 2, column: 2 });
        assert_eq!(source.position(99), Position { line: 3, column: 1 });
        assert_eq!(source.line(1), "一二三");
        assert_eq!(source.line(9), "");
    }
}
