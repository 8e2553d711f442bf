//! Glyphs as lines of text.

use crate::import::draft::Run;

use super::device::{Glyph, Page};

/// How far base lines of one line may lie apart, as a part of the size.
const SAME_LINE: f64 = 0.45;
/// How far a glyph printed twice, to look bold, is moved, as a part of its size.
const TWICE: f64 = 0.12;

/// A line of text.
#[derive(Debug, Clone, Default)]
pub(super) struct TextLine {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) y: f64,
    pub(super) size: f64,
}

/// Takes out glyphs that are printed twice to look bold, and makes the rest bold.
pub(super) fn clean(page: &mut Page) {
    let mut kept: Vec<Glyph> = Vec::with_capacity(page.glyphs.len());
    for glyph in std::mem::take(&mut page.glyphs) {
        let from = kept.len().saturating_sub(400);
        let twin = kept[from..].iter_mut().rev().find(|known| {
            known.text == glyph.text
                && (known.x - glyph.x).abs() <= known.size * TWICE
                && (known.y - glyph.y).abs() <= known.size * TWICE
        });
        match twin {
            Some(known) => known.bold = true,
            None => kept.push(glyph),
        }
    }
    page.glyphs = kept;
}

/// Puts glyphs together that stand on one line, from the top.
pub(super) fn of(glyphs: &[Glyph]) -> Vec<TextLine> {
    let mut sorted: Vec<&Glyph> = glyphs.iter().filter(|glyph| !glyph.artifact).collect();
    sorted.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    let mut lines: Vec<TextLine> = Vec::new();
    for glyph in sorted {
        let fits = |line: &&mut TextLine| {
            (line.y - glyph.y).abs() <= line.size.max(glyph.size) * SAME_LINE
        };
        match lines.last_mut().filter(fits) {
            Some(line) => {
                line.glyphs.push(glyph.clone());
                if glyph.size > line.size {
                    line.size = glyph.size;
                    line.y = glyph.y;
                }
            }
            None => lines.push(TextLine {
                glyphs: vec![glyph.clone()],
                y: glyph.y,
                size: glyph.size,
                ..TextLine::default()
            }),
        }
    }
    for line in &mut lines {
        line.glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
        line.measure();
    }
    lines.retain(|line| !line.text().trim().is_empty());
    lines
}

impl TextLine {
    /// Edges without the spaces at its ends.
    fn measure(&mut self) {
        let said = || self.glyphs.iter().filter(|glyph| !glyph.text.trim().is_empty());
        let left = said().map(|glyph| glyph.x).fold(f64::INFINITY, f64::min);
        let right = said().map(|glyph| glyph.x + glyph.width).fold(0.0, f64::max);
        (self.left, self.right) = (if left.is_finite() { left } else { 0.0 }, right);
    }

    /// Its text.
    pub(super) fn text(&self) -> String {
        self.runs().into_iter().map(|run| run.text).collect()
    }

    /// Its text by weight. A gap is a space only between Latin words: others are set apart by the layout.
    pub(super) fn runs(&self) -> Vec<Run> {
        runs(&self.glyphs)
    }
}

/// Text of glyphs that follow each other in a line.
pub(super) fn runs(glyphs: &[Glyph]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut push = |text: &str, bold: bool| match runs.last_mut().filter(|run| run.bold == bold) {
        Some(run) => run.text.push_str(text),
        None => runs.push(Run { text: text.to_owned(), bold }),
    };
    let mut before: Option<&Glyph> = None;
    for glyph in glyphs {
        if let Some(before) = before {
            let gap = glyph.x - (before.x + before.width);
            let latin = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric());
            let both = latin(&before.text) && latin(&glyph.text);
            if both && gap > glyph.size * 0.15 {
                push(" ", before.bold);
            }
        }
        push(&glyph.text, glyph.bold);
        before = Some(glyph);
    }
    runs
}
