//! Rows of plain cells, as sheets and text files have them, as grids and paragraphs.
//!
//! A row whose only text is a sentence or a heading is no part of a table.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::{Block, Cell, Grid, Paragraph, Place, is_space};
use super::limits::{MOST_CELLS, MOST_COLUMNS};
use super::refusal::Refusal;

/// A text of more characters than this that stands alone in its row is a paragraph.
const LONGEST_CELL: usize = 60;

static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:[一二三四五六]、|[（(][一二三四五六七八九]{1,2}[）)]).{2,38}$|年度报告|^\s*注[:：]").expect("a constant pattern")
});
/// Rows of table three that are headings by their number alone.
static ROW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"申请数量|办理结果|继续办理|予以公开|部分公开|不予公开|无法提供|不予处理|其他处理|总计",
    )
    .expect("a constant pattern")
});

/// A cell with its place in a sheet of rows.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) text: String,
}

/// Divides cells into paragraphs and grids. `place` is told row and column from 0.
pub(super) fn blocks(
    cells: Vec<Plain>,
    place: &dyn Fn(usize, usize) -> Place,
) -> Result<Vec<Block>, Refusal> {
    let height = cells.iter().map(|cell| cell.y + 1).max().unwrap_or(0);
    let width = cells.iter().map(|cell| cell.x + cell.columns).max().unwrap_or(0);
    if width > MOST_COLUMNS || height.saturating_mul(width) > MOST_CELLS * 8 {
        return Err(Refusal::too_large(format!("表格有 {height} 行 {width} 列")));
    }
    let mut by_row: Vec<Vec<Plain>> = vec![Vec::new(); height];
    for cell in cells {
        let y = cell.y;
        by_row[y].push(cell);
    }
    let mut blocks = Vec::new();
    let mut open: Vec<Plain> = Vec::new();
    for row in by_row {
        let said: Vec<&Plain> = row.iter().filter(|c| !c.text.chars().all(is_space)).collect();
        let covered = open.iter().any(|c| row.first().is_some_and(|first| c.y + c.rows > first.y));
        match said.as_slice() {
            [] => open.extend(row),
            [only] if !covered && is_running(&only.text) => {
                close(&mut open, &mut blocks, place)?;
                let mut paragraph = Paragraph::plain(only.text.clone(), place(only.y, only.x));
                paragraph.level = None;
                blocks.push(Block::Paragraph(paragraph));
            }
            _ => open.extend(row),
        }
    }
    close(&mut open, &mut blocks, place)?;
    Ok(blocks)
}

fn is_running(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() > LONGEST_CELL || (HEADING.is_match(text) && !ROW.is_match(text))
}

/// Makes a grid of rows; blank places become blank cells.
fn close(
    open: &mut Vec<Plain>,
    blocks: &mut Vec<Block>,
    place: &dyn Fn(usize, usize) -> Place,
) -> Result<(), Refusal> {
    let cells = std::mem::take(open);
    let said = |cell: &&Plain| !cell.text.chars().all(is_space);
    let Some(top) = cells.iter().filter(said).map(|cell| cell.y).min() else { return Ok(()) };
    let bottom = cells.iter().filter(said).map(|cell| cell.y + cell.rows).max().unwrap_or(top);
    let left = cells.iter().filter(said).map(|cell| cell.x).min().unwrap_or(0);
    let right = cells.iter().filter(said).map(|cell| cell.x + cell.columns).max().unwrap_or(left);
    if (bottom - top) * (right - left) > MOST_CELLS {
        return Err(Refusal::too_large(format!("表格有 {} 行 {} 列", bottom - top, right - left)));
    }
    let mut taken = vec![false; (bottom - top) * (right - left)];
    let mut out: Vec<Cell> = Vec::new();
    let inside =
        |cell: &&Plain| cell.y >= top && cell.y < bottom && cell.x >= left && cell.x < right;
    for cell in cells.iter().filter(inside) {
        let (columns, rows) = (cell.columns.min(right - cell.x), cell.rows.min(bottom - cell.y));
        for y in cell.y..cell.y + rows {
            for x in cell.x..cell.x + columns {
                taken[(y - top) * (right - left) + x - left] = true;
            }
        }
        out.push(Cell {
            x: cell.x - left,
            y: cell.y - top,
            columns,
            rows,
            text: cell.text.clone(),
            has_picture: false,
            place: place(cell.y, cell.x),
        });
    }
    for (at, _) in taken.iter().enumerate().filter(|(_, taken)| !**taken) {
        let (y, x) = (at / (right - left), at % (right - left));
        let place = place(y + top, x + left);
        out.push(Cell { x, y, columns: 1, rows: 1, place, ..Cell::default() });
    }
    out.sort_by_key(|cell| (cell.y, cell.x));
    blocks.push(Block::Grid(Grid::of(out, false)?));
    Ok(())
}
