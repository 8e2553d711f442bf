//! Tables without ruling lines: lines of text whose pieces stand in columns.
//!
//! In: the lines of a page. Out: grids made of neighbouring lines that are divided by wide gaps, with a column for
//! each run of pieces that overlap. The lines that went into grids are taken out.

use crate::import::draft::{Cell, Grid, Place};
use crate::import::refusal::Refusal;

use super::device::Glyph;
use super::lines::{self, TextLine};

/// A gap from which on two pieces are two cells, as a part of the size.
const GAP: f64 = 0.9;
/// Fewest lines of a table.
const LEAST_LINES: usize = 2;
/// Fewest pieces that a line of a table has, in some line.
const LEAST_PIECES: usize = 3;
/// Lines of a table lie no further apart than this many times their size.
const PITCH: f64 = 4.5;

/// A piece of a line.
#[derive(Debug, Clone)]
struct Piece {
    left: f64,
    right: f64,
    text: String,
}

/// A grid with its upper and lower edge.
pub(super) type Found = (f64, f64, Grid);

/// Takes tables out of the lines of a page.
pub(super) fn grids(
    lines: &mut Vec<TextLine>,
    page: usize,
    tables: &mut usize,
) -> Result<Vec<Found>, Refusal> {
    let pieces: Vec<Vec<Piece>> = lines.iter().map(pieces).collect();
    let mut found = Vec::new();
    let mut taken = vec![false; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let end = run_end(lines, &pieces, at);
        let is_table = end - at >= LEAST_LINES
            && pieces[at..end].iter().any(|pieces| pieces.len() >= LEAST_PIECES);
        if is_table {
            *tables += 1;
            let grid = grid(&pieces[at..end], page, *tables)?;
            found.push((lines[at].y - lines[at].size, lines[end - 1].y, grid));
            taken[at..end].fill(true);
        }
        at = end.max(at + 1);
    }
    let mut taken = taken.into_iter();
    lines.retain(|_| !taken.next().unwrap_or(false));
    Ok(found)
}

/// The line behind the last of a table that begins at a line: lines with several pieces, and between them such with
/// one, as heads over all columns and labels on two lines have them.
fn run_end(lines: &[TextLine], pieces: &[Vec<Piece>], start: usize) -> usize {
    if pieces[start].len() < 2 {
        return start;
    }
    let mut end = start + 1;
    let mut last = start;
    while end < lines.len() {
        let is_near =
            lines[end].y - lines[end - 1].y <= lines[end].size.max(lines[end - 1].size) * PITCH;
        let is_short = lines[end].text().chars().count() <= 24;
        if !is_near || (pieces[end].len() < 2 && (!is_short || end - last > 2)) {
            break;
        }
        if pieces[end].len() >= 2 {
            last = end;
        }
        end += 1;
    }
    last + 1
}

fn pieces(line: &TextLine) -> Vec<Piece> {
    let mut pieces: Vec<Vec<Glyph>> = Vec::new();
    for glyph in line.glyphs.iter().filter(|glyph| !glyph.text.trim().is_empty()) {
        let goes_on = pieces.last_mut().filter(|piece| {
            piece.last().is_some_and(|last| glyph.x - (last.x + last.width) < glyph.size * GAP)
        });
        match goes_on {
            Some(piece) => piece.push(glyph.clone()),
            None => pieces.push(vec![glyph.clone()]),
        }
    }
    let piece = |glyphs: &Vec<Glyph>| Piece {
        left: glyphs.first().map_or(0.0, |glyph| glyph.x),
        right: glyphs.last().map_or(0.0, |glyph| glyph.x + glyph.width),
        text: lines::runs(glyphs).into_iter().map(|run| run.text).collect(),
    };
    pieces.iter().map(piece).collect()
}

/// Lays pieces out in columns: each column is what overlaps the pieces of the lines with most of them.
fn grid(lines: &[Vec<Piece>], page: usize, table: usize) -> Result<Grid, Refusal> {
    let most = lines.iter().map(Vec::len).max().unwrap_or(1);
    let mut columns: Vec<(f64, f64)> = Vec::new();
    for line in lines.iter().filter(|line| line.len() == most) {
        for (at, piece) in line.iter().enumerate() {
            match columns.get_mut(at) {
                Some(column) => {
                    column.0 = column.0.min(piece.left);
                    column.1 = column.1.max(piece.right);
                }
                None => columns.push((piece.left, piece.right)),
            }
        }
    }
    let mut cells = Vec::new();
    for (y, line) in lines.iter().enumerate() {
        for piece in line {
            let overlaps = |column: &(f64, f64)| {
                let shared = piece.right.min(column.1) - piece.left.max(column.0);
                let middle = (piece.left + piece.right) / 2.0;
                shared > 0.0 || (middle >= column.0 && middle <= column.1)
            };
            let first = columns.iter().position(overlaps);
            let last = columns.iter().rposition(overlaps);
            let (Some(x), Some(end)) = (first, last) else { continue };
            cells.push(Cell {
                x,
                y,
                columns: end - x + 1,
                rows: 1,
                text: piece.text.clone(),
                has_picture: false,
                place: Place::PageCell(page, table, y + 1, x + 1),
            });
        }
    }
    Grid::of(cells, false)
}
