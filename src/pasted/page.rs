//! What the rules about pasted text look at: every text of a data file, its charts and its sections.

use std::ops::Range;

use rust_decimal::Decimal;

use super::Change;
use crate::text::line::{self, Image};

/// Lines shown as they should read; of more, no one reads them all.
const MOST_LINES: usize = 4;

/// What a text is to the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Paragraphs.
    Body,
    /// The title.
    Title,
    /// The agency's name.
    Agency,
    /// The heading of a section.
    Heading,
    /// A note under a table or in a cell.
    Note,
    /// A word of a chart.
    Label,
}

impl Shape {
    /// Whether it is printed as one line.
    pub fn is_line(self) -> bool {
        self != Shape::Body
    }
}

/// What a line of a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Blank,
    Heading,
    Image(Image<'a>),
    /// A line of a pipe table.
    Row,
    Paragraph,
}

/// A line of a body without the spaces around it.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub(super) start: usize,
    pub(super) text: &'a str,
    pub(super) kind: Kind<'a>,
}

impl Line<'_> {
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// A text of the data file.
#[derive(Debug)]
pub struct Passage<'a> {
    /// Dotted path of its field.
    pub path: String,
    /// What it is.
    pub shape: Shape,
    /// The text as decoded.
    pub text: &'a str,
    /// The lines of a body; none of another text.
    pub(super) lines: Vec<Line<'a>>,
}

impl<'a> Passage<'a> {
    /// Reads a text.
    pub fn new(path: impl Into<String>, shape: Shape, text: &'a str) -> Self {
        let lines = if shape == Shape::Body { read(text) } else { Vec::new() };
        Self { path: path.into(), shape, text, lines }
    }

    /// The lines that changes touch, as they read afterwards; none when they are too many or nothing is left.
    pub(super) fn corrected(&self, changes: &[Change]) -> Option<String> {
        let first = changes.iter().map(|change| change.range.start).min()?;
        let last = changes.iter().map(|change| change.range.end).max()?;
        let start = self.text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[last..].find('\n').map_or(self.text.len(), |at| last + at);
        let mut sorted: Vec<&Change> = changes.iter().collect();
        sorted.sort_by_key(|change| (change.range.start, change.range.end));
        let (mut out, mut at) = (String::new(), start);
        for change in sorted {
            if change.range.start < at {
                continue;
            }
            out += &self.text[at..change.range.start];
            out += &change.put;
            at = change.range.end;
        }
        out += &self.text[at..end];
        let lines: Vec<&str> = out.lines().filter(|line| !line.trim().is_empty()).collect();
        (!lines.is_empty() && lines.len() <= MOST_LINES).then(|| lines.join("\n"))
    }
}

fn read(text: &str) -> Vec<Line<'_>> {
    let raw: Vec<(usize, &str)> = line::lines(text).collect();
    let mut lines = Vec::with_capacity(raw.len());
    let mut table = 0;
    for (at, &(start, whole)) in raw.iter().enumerate() {
        let trimmed = line::trim(whole);
        let start = start + (whole.len() - whole.trim_start_matches(is_space).len());
        if table == 0 {
            table = line::table_rows(&raw[at..]);
        }
        let kind = match () {
            () if trimmed.is_empty() => Kind::Blank,
            () if table > 0 => Kind::Row,
            () if line::heading(whole).is_some() => Kind::Heading,
            () => line::image(whole).map_or(Kind::Paragraph, Kind::Image),
        };
        table = table.saturating_sub(1);
        let start = if trimmed.is_empty() { start - (start - raw[at].0) } else { start };
        lines.push(Line { start, text: trimmed, kind });
    }
    lines
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{3000}' || c == '\u{A0}'
}

/// A figure of a chart.
#[derive(Debug, Clone)]
pub struct Datum<'a> {
    /// Its label.
    pub label: &'a str,
    /// Its value.
    pub value: Decimal,
}

/// A chart of the data file.
#[derive(Debug, Clone)]
pub struct Chart<'a> {
    /// Its name.
    pub name: &'a str,
    /// Unit of its figures.
    pub unit: &'a str,
    /// Its figures.
    pub data: Vec<Datum<'a>>,
}

/// A section that the form provides for.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    /// Dotted path of its text.
    pub path: String,
    /// Key of its part.
    pub part: &'a str,
    /// Official heading of its part.
    pub part_heading: &'a str,
    /// The heading that the form gives it; empty for a text without a heading.
    pub heading: &'a str,
    /// The heading that the file gives it.
    pub own_heading: Option<&'a str>,
    /// Whether the file holds it.
    pub is_given: bool,
    /// Whether it holds nothing to print.
    pub is_blank: bool,
}

/// All texts of a data file.
#[derive(Debug, Default)]
pub struct Page<'a> {
    /// The texts in the order of the file.
    pub passages: Vec<Passage<'a>>,
    /// The charts.
    pub charts: Vec<Chart<'a>>,
    /// The sections of the form, and further headings of the file.
    pub sections: Vec<Section<'a>>,
    /// Paths of figures that are printed as a sentence.
    pub sentences: Vec<String>,
}

impl<'a> Page<'a> {
    /// The bodies with their index.
    pub(super) fn bodies(&self) -> impl Iterator<Item = (usize, &Passage<'a>)> {
        self.passages.iter().enumerate().filter(|(_, passage)| passage.shape == Shape::Body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_body() {
        let text = "　　一段\n\n### 小标题\n| a |\n|---|\n| 1 |\n![图](a.png)\n";
        let passage = Passage::new("a.b", Shape::Body, text);
        let kinds: Vec<char> = passage
            .lines
            .iter()
            .map(|line| match line.kind {
                Kind::Blank => '.',
                Kind::Heading => '#',
                Kind::Image(_) => '!',
                Kind::Row => '|',
                Kind::Paragraph => 'p',
            })
            .collect();
        assert_eq!(kinds, ['p', '.', '#', '|', '|', '|', '!', '.']);
        assert!(passage.lines.iter().all(|line| text[line.range()] == *line.text));
        let put = Change { passage: 0, range: 6..9, put: "两".to_owned() };
        assert_eq!(passage.corrected(&[put]).as_deref(), Some("　　两段"));
    }
}
