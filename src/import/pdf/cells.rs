//! The cells of a ruled table and what stands in them.

use crate::import::draft::{Cell, Grid, Place};
use crate::import::refusal::Refusal;

use super::device::{Glyph, Page};
use super::lines;
use super::paragraphs::PageBody;
use super::ruling::Region;

/// A line that fills its cell to this part was broken by it.
const FULL: f64 = 0.6;

/// Takes the glyphs of a region out of a page and puts them into its cells.
pub(super) fn grid(
    page: &mut Page,
    region: &Region,
    table: usize,
) -> Result<Option<Grid>, Refusal> {
    let (columns, rows) = (region.columns(), region.rows());
    let mut inside: Vec<Glyph> = Vec::new();
    let middle = |glyph: &Glyph| (glyph.x + glyph.width / 2.0, glyph.y - glyph.size * 0.35);
    let mut outside = Vec::new();
    for glyph in std::mem::take(&mut page.glyphs) {
        let (x, y) = middle(&glyph);
        if region.holds(x, y) && !glyph.artifact { inside.push(glyph) } else { outside.push(glyph) }
    }
    page.glyphs = outside;
    if inside.iter().all(|glyph| glyph.text.trim().is_empty()) {
        return Ok(None);
    }
    let owner = merge(region);
    let mut glyphs: Vec<Vec<Glyph>> = vec![Vec::new(); columns * rows];
    for glyph in inside {
        let (x, y) = middle(&glyph);
        let (x, y) = region.cell_at(x, y);
        glyphs[owner[y * columns + x]].push(glyph);
    }
    let mut cells: Vec<Cell> = Vec::new();
    for (at, glyphs) in glyphs.iter().enumerate().filter(|(at, _)| owner[*at] == *at) {
        let members: Vec<(usize, usize)> = (0..columns * rows)
            .filter(|other| owner[*other] == at)
            .map(|other| (other % columns, other / columns))
            .collect();
        let x0 = members.iter().map(|(x, _)| *x).min().unwrap_or(0);
        let x1 = members.iter().map(|(x, _)| x + 1).max().unwrap_or(1);
        let y0 = members.iter().map(|(_, y)| *y).min().unwrap_or(0);
        let y1 = members.iter().map(|(_, y)| y + 1).max().unwrap_or(1);
        let width = region.xs[x1] - region.xs[x0];
        cells.push(Cell {
            x: x0,
            y: y0,
            columns: x1 - x0,
            rows: y1 - y0,
            text: text(glyphs, width),
            has_picture: false,
            place: Place::PageCell(page.number, table, y0 + 1, x0 + 1),
        });
    }
    cells.sort_by_key(|cell| (cell.y, cell.x));
    Grid::of(cells, true).map(Some)
}

/// How far the edges of a table may lie apart on two pages, in points.
const SAME_EDGE: f64 = 2.5;

/// A table that goes on on the next page has the same edges there: both pieces are laid out in the columns of both, as
/// a page may show only cells that cover several.
pub(super) fn align_over_pages(
    pages: &mut [PageBody],
    edges: &[Vec<Vec<f64>>],
) -> Result<(), Refusal> {
    let is_same = |a: f64, b: f64| (a - b).abs() <= SAME_EDGE;
    let mut at = 0;
    while at + 1 < pages.len() {
        let mut end = at + 1;
        let mut all: Vec<f64> = edges[at].last().cloned().unwrap_or_default();
        while end < pages.len() {
            let (Some(above), Some(below)) = (edges[end - 1].last(), edges[end].first()) else {
                break;
            };
            let outer = |edges: &[f64]| Some((*edges.first()?, *edges.last()?));
            let (Some(above), Some(first)) = (outer(above), outer(below)) else { break };
            if !is_same(above.0, first.0) || !is_same(above.1, first.1) {
                break;
            }
            for edge in below {
                if !all.iter().any(|known| is_same(*known, *edge)) {
                    all.push(*edge);
                }
            }
            end += 1;
            // A page with more than one table ends the one that came from above.
            if edges[end - 1].len() > 1 {
                break;
            }
        }
        all.sort_by(f64::total_cmp);
        if end > at + 1 {
            for page in at..end {
                let number = if page == at { edges[page].len() - 1 } else { 0 };
                realign(&mut pages[page].grids[number].1, &edges[page][number], &all)?;
            }
            at = end - 1;
        } else {
            at += 1;
        }
    }
    Ok(())
}

/// Moves the cells of a grid into the columns of other edges.
fn realign(grid: &mut Grid, own: &[f64], all: &[f64]) -> Result<(), Refusal> {
    let place = |edge: f64| all.iter().position(|known| (known - edge).abs() <= SAME_EDGE);
    let mut cells = grid.cells.clone();
    for cell in &mut cells {
        let left = own.get(cell.x).and_then(|edge| place(*edge));
        let right = own.get(cell.x + cell.columns).and_then(|edge| place(*edge));
        let (Some(left), Some(right)) = (left, right) else { return Ok(()) };
        if right <= left {
            return Ok(());
        }
        (cell.x, cell.columns) = (left, right - left);
    }
    *grid = Grid::of(cells, true)?;
    Ok(())
}

/// By place: the place of the upper left one of the cell that holds it.
fn merge(region: &Region) -> Vec<usize> {
    let (columns, rows) = (region.columns(), region.rows());
    let mut owner: Vec<usize> = (0..columns * rows).collect();
    for y in 0..rows {
        for x in 0..columns {
            let at = y * columns + x;
            if x + 1 < columns && !region.divides_right(x, y) {
                join(&mut owner, at, at + 1);
            }
            if y + 1 < rows && !region.divides_below(x, y) {
                join(&mut owner, at, at + columns);
            }
        }
    }
    (0..owner.len()).map(|at| root(&owner, at)).collect()
}

fn root(owner: &[usize], mut at: usize) -> usize {
    while owner[at] != at {
        at = owner[at];
    }
    at
}

fn join(owner: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(owner, a), root(owner, b));
    // The upper left one stays.
    owner[a.max(b)] = a.min(b);
}

/// The text of a cell. A line that fills the cell goes on in the next; so does a word of a label.
fn text(glyphs: &[Glyph], width: f64) -> String {
    let lines = lines::of(glyphs);
    let mut out = String::new();
    let mut is_full = false;
    for line in &lines {
        let text = line.text();
        let text = text.trim();
        if !out.is_empty() && !is_full {
            out.push('\n');
        }
        out.push_str(text);
        is_full = line.right - line.left >= width * FULL;
    }
    out
}
