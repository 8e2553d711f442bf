//! Lines put together to paragraphs, over columns and pages, without page numbers and running heads.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::import::draft::{Block, Grid, Paragraph, Place};
use crate::import::texts::is_enumerated;
use crate::import::texts::join::{append, goes_on};

use super::lines::TextLine;

/// Part of a page at its top and bottom where page numbers and running heads stand.
const MARGIN: f64 = 0.13;
/// Pages on which a line must stand at one height to be a running head.
const REPEATED: usize = 3;
/// How far a first line is moved in, as a part of the size, at least.
const INDENT: f64 = 1.2;
/// A line that ends this far before the edge is the last of its paragraph, as a part of the size.
const SHORT: f64 = 1.6;
/// Lines further apart than this many times the usual distance belong to two paragraphs.
const APART: f64 = 1.45;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\s—–\-―─·.]*(?:第\s*)?\d{1,3}(?:\s*页)?(?:\s*[/／,，]?\s*共?\s*\d{1,3}\s*页?)?[\s—–\-―─·.]*$")
        .expect("a constant pattern")
});

/// A page with its lines and its tables and pictures by their upper edges.
#[derive(Debug)]
pub(super) struct PageBody {
    pub(super) number: usize,
    pub(super) height: f64,
    pub(super) lines: Vec<TextLine>,
    pub(super) grids: Vec<(f64, Grid)>,
    pub(super) pictures: Vec<(f64, usize)>,
}

/// Takes out page numbers and lines that stand on every page.
pub(super) fn drop_margins(pages: &mut [PageBody]) {
    let mut seen: BTreeMap<(String, i64), usize> = BTreeMap::new();
    let key = |line: &TextLine, height: f64| {
        let in_margin = line.y < height * MARGIN || line.y > height * (1.0 - MARGIN);
        let text: String = line.text().chars().filter(|c| !c.is_ascii_digit()).collect();
        in_margin.then(|| (text, (line.y / 4.0).round() as i64))
    };
    for page in pages.iter() {
        for line in &page.lines {
            if let Some(key) = key(line, page.height) {
                *seen.entry(key).or_default() += 1;
            }
        }
    }
    for page in pages {
        let height = page.height;
        page.lines.retain(|line| {
            let Some(key) = key(line, height) else { return true };
            let is_number = NUMBER.is_match(&line.text());
            let repeats = seen.get(&key).is_some_and(|count| *count >= REPEATED);
            !is_number && !repeats
        });
    }
}

/// What a page shows, from the top.
enum Piece {
    Line(TextLine),
    Grid(Grid),
    Picture(usize),
}

/// The edges of the text of a document.
struct Measure {
    left: f64,
    right: f64,
    pitch: f64,
}

/// Puts pages together.
pub(super) fn blocks(pages: Vec<PageBody>) -> Vec<Block> {
    let measure = measure(&pages);
    let mut blocks: Vec<Block> = Vec::new();
    let mut last: Option<TextLine> = None;
    for page in pages {
        let place = Place::Page(page.number);
        let mut is_first = true;
        let mut pieces: Vec<(f64, Piece)> = page
            .lines
            .into_iter()
            .map(|line| (line.y - line.size * 0.9, Piece::Line(line)))
            .collect();
        pieces.extend(page.grids.into_iter().map(|(top, grid)| (top, Piece::Grid(grid))));
        pieces.extend(page.pictures.into_iter().map(|(top, number)| (top, Piece::Picture(number))));
        pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, piece) in pieces {
            match piece {
                Piece::Grid(grid) => {
                    blocks.push(Block::Grid(grid));
                    last = None;
                }
                Piece::Picture(number) => {
                    blocks.push(Block::Picture(number, place.clone()));
                    last = None;
                }
                Piece::Line(line) => {
                    let next = paragraph(&line, &place);
                    let joins =
                        last.as_ref().is_some_and(|before| measure.is_one(before, &line, is_first));
                    match blocks.last_mut() {
                        Some(Block::Paragraph(open)) if joins && may_go_on(open, &line) => {
                            append(open, next);
                        }
                        _ => blocks.push(Block::Paragraph(next)),
                    }
                    last = Some(line);
                    is_first = false;
                }
            }
        }
    }
    blocks
}

fn paragraph(line: &TextLine, place: &Place) -> Paragraph {
    Paragraph { runs: line.runs(), level: None, place: place.clone() }
}

/// A new item begins a paragraph even where its line is not moved in.
fn may_go_on(open: &Paragraph, line: &TextLine) -> bool {
    let text = line.text();
    goes_on(&open.text(), &text) || !(is_enumerated(&text) || open.text().ends_with("报告"))
}

/// The edges and the distance of lines, by the lines that are most.
fn measure(pages: &[PageBody]) -> Measure {
    let lines = || pages.iter().flat_map(|page| &page.lines);
    let most = |values: Vec<f64>| {
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        values
            .iter()
            .for_each(|value| *counts.entry((value / 2.0).round() as i64).or_default() += 1);
        let best = counts.into_iter().max_by_key(|(_, count)| *count);
        best.map_or(0.0, |(value, _)| value as f64 * 2.0)
    };
    let long = || lines().filter(|line| line.text().chars().count() > 15);
    let left = most(long().map(|line| line.left).collect());
    let right = most(long().map(|line| line.right).collect());
    let widest = long().map(|line| line.right).fold(0.0, f64::max);
    let pitch = pages.iter().flat_map(|page| {
        page.lines.windows(2).map(|pair| pair[1].y - pair[0].y).filter(|d| *d > 4.0 && *d < 80.0)
    });
    let pitch = most(pitch.collect());
    Measure {
        left,
        right: right.max(widest.min(right + 12.0)),
        pitch: if pitch > 0.0 { pitch } else { 28.0 },
    }
}

impl Measure {
    /// Whether a line goes on in the next.
    fn is_one(&self, line: &TextLine, next: &TextLine, over_pages: bool) -> bool {
        let size = next.size.max(1.0);
        let is_moved_in = next.left > self.left + size * INDENT;
        let is_short = line.right < self.right - line.size * SHORT;
        let is_apart = !over_pages && next.y - line.y > self.pitch.max(size) * APART;
        let other_size = (line.size - next.size).abs() > size * 0.12;
        !is_moved_in && !is_short && !is_apart && !other_size
    }
}
