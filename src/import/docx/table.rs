//! Tables of a Word document as grids: `gridSpan`, `vMerge`, `hMerge`, `gridBefore`, tables inside cells, and rows
//! that say how wide their cells are but not how many columns they cover.

use crate::import::draft::{Block, Cell, Grid, Place};
use crate::import::limits::{MOST_COLUMNS, MOST_ROWS};
use crate::import::refusal::Refusal;
use crate::import::xml::{Step, Walk};

use super::body::Body;

/// How far the edges of a cell may lie from those of the grid, in twentieths of a point: one millimetre.
const TOLERANCE: usize = 57;

/// What a cell says of itself.
#[derive(Debug, Clone, Default)]
pub(super) struct CellProperties {
    span: usize,
    goes_on_above: bool,
    begins_below: bool,
    goes_on_left: bool,
    width: usize,
    is_deleted: bool,
}

impl CellProperties {
    /// Reads the properties until they end.
    pub(super) fn read(&mut self, walk: &mut Walk) -> Result<(), Refusal> {
        let mut open = 0usize;
        loop {
            match walk.next()? {
                Step::Open(element) => {
                    if element.name == "tcPrChange" {
                        walk.skip()?;
                        continue;
                    }
                    let value = element.get("val").unwrap_or("continue");
                    match element.name.as_str() {
                        "gridSpan" => self.span = element.count("val", 1).clamp(1, MOST_COLUMNS),
                        "vMerge" => {
                            self.goes_on_above = value == "continue";
                            self.begins_below = value == "restart";
                        }
                        "hMerge" => self.goes_on_left = value == "continue",
                        "tcW" if element.get("type").is_none_or(|kind| kind == "dxa") => {
                            self.width = element.count("w", 0);
                        }
                        "cellDel" => self.is_deleted = true,
                        _ => {}
                    }
                    open += 1;
                }
                Step::Close if open == 0 => return Ok(()),
                Step::Close => open -= 1,
                Step::Text(_) => {}
                Step::End => return Ok(()),
            }
        }
    }
}

/// A row as written.
#[derive(Debug, Default)]
struct RawRow {
    before: usize,
    after: usize,
    cells: Vec<RawCell>,
}

#[derive(Debug)]
struct RawCell {
    properties: CellProperties,
    blocks: Vec<Block>,
}

impl Body {
    /// Reads a table. One that only arranges others gives their blocks.
    pub(super) fn table(&mut self, walk: &mut Walk) -> Result<Vec<Block>, Refusal> {
        self.tables += 1;
        let number = self.tables;
        let mut widths: Vec<usize> = Vec::new();
        let mut rows: Vec<RawRow> = Vec::new();
        let mut open = 0usize;
        loop {
            match walk.next()? {
                Step::Open(element) => match element.name.as_str() {
                    "tr" => {
                        let row = self.row(walk, number, rows.len() + 1)?;
                        rows.extend(row);
                        if rows.len() > MOST_ROWS {
                            return Err(Refusal::too_large(format!("表格超过 {MOST_ROWS} 行")));
                        }
                    }
                    "tblPr" | "tblGridChange" | "del" | "moveFrom" | "sdtPr" => walk.skip()?,
                    name => {
                        if name == "gridCol" && widths.len() < MOST_COLUMNS {
                            widths.push(element.count("w", 0));
                        }
                        open += 1;
                    }
                },
                Step::Close if open == 0 => break,
                Step::Close => open -= 1,
                Step::Text(_) => {}
                Step::End => break,
            }
        }
        assemble(rows, &widths, number)
    }

    fn row(
        &mut self,
        walk: &mut Walk,
        table: usize,
        row: usize,
    ) -> Result<Option<RawRow>, Refusal> {
        let mut raw = RawRow::default();
        let mut is_deleted = false;
        let mut open = 0usize;
        let mut in_properties = None;
        loop {
            match walk.next()? {
                Step::Open(element) => match element.name.as_str() {
                    "tc" => {
                        self.count_cell()?;
                        let place = Place::Cell(table, row, raw.cells.len() + 1);
                        let mut properties = CellProperties { span: 1, ..Default::default() };
                        let blocks = self.container(walk, Some(&place), &mut properties)?;
                        if !properties.is_deleted {
                            raw.cells.push(RawCell { properties, blocks });
                        }
                    }
                    "tblPrEx" | "sdtPr" | "trPrChange" => walk.skip()?,
                    name => {
                        open += 1;
                        match name {
                            "trPr" => in_properties = Some(open),
                            "gridBefore" => raw.before = element.count("val", 0).min(MOST_COLUMNS),
                            "gridAfter" => raw.after = element.count("val", 0).min(MOST_COLUMNS),
                            // Inside the properties it says that the row is gone; around cells, that they are.
                            "del" if in_properties.is_some() => is_deleted = true,
                            _ => {}
                        }
                    }
                },
                Step::Close if open == 0 => return Ok((!is_deleted).then_some(raw)),
                Step::Close => {
                    if in_properties == Some(open) {
                        in_properties = None;
                    }
                    open -= 1;
                }
                Step::Text(_) => {}
                Step::End => return Ok(None),
            }
        }
    }
}

/// Lays out the rows; tables inside cells follow, or stand for one that only arranges them.
fn assemble(rows: Vec<RawRow>, widths: &[usize], number: usize) -> Result<Vec<Block>, Refusal> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut inner: Vec<Block> = Vec::new();
    let mut flowing: Vec<Block> = Vec::new();
    let mut has_tables = false;
    // By column: the cell that the next row may continue.
    let mut above: Vec<Option<usize>> = Vec::new();
    for (y, row) in rows.into_iter().enumerate() {
        let starts = starts(&row, widths);
        let mut here: Vec<Option<usize>> = Vec::new();
        let mut last: Option<usize> = None;
        for (raw, (x, span)) in row.cells.into_iter().zip(starts) {
            let (text, has_picture) = content(&raw.blocks);
            has_tables |= raw.blocks.iter().any(|block| matches!(block, Block::Grid(_)));
            let continued = match last {
                Some(left) if raw.properties.goes_on_left => {
                    cells[left].columns += span;
                    Some(left)
                }
                _ if raw.properties.goes_on_above => above
                    .get(x)
                    .copied()
                    .flatten()
                    .filter(|up| cells[*up].x == x && cells[*up].columns == span),
                _ => None,
            };
            let at = continued.unwrap_or_else(|| {
                let place = Place::Cell(number, y + 1, x + 1);
                cells.push(Cell { x, y, columns: span, rows: 1, place, ..Cell::default() });
                cells.len() - 1
            });
            cells[at].rows = y + 1 - cells[at].y;
            cells[at].has_picture |= has_picture;
            if !text.is_empty() {
                if !cells[at].text.is_empty() {
                    cells[at].text.push('\n');
                }
                cells[at].text.push_str(&text);
            }
            let opens = raw.properties.begins_below || raw.properties.goes_on_above;
            here.resize(here.len().max(x + span), None);
            here[x..x + span].fill(opens.then_some(at));
            last = Some(at);
            let grids = raw.blocks.iter().filter(|block| matches!(block, Block::Grid(_)));
            inner.extend(grids.cloned());
            flowing.extend(raw.blocks);
        }
        above = here;
    }
    let grid = Grid::of(cells, true)?;
    let arranges = grid.cells.len() <= 2 || (has_tables && grid.cells.len() <= 8);
    if arranges {
        return Ok(flowing);
    }
    Ok(std::iter::once(Block::Grid(grid)).chain(inner).collect())
}

/// First column and number of columns of each cell of a row. A row that leaves out `gridSpan` but gives the widths
/// of its cells takes the columns of the grid that lie under them.
fn starts(row: &RawRow, widths: &[usize]) -> Vec<(usize, usize)> {
    let total: usize =
        row.before + row.cells.iter().map(|cell| cell.properties.span).sum::<usize>();
    let is_short = total + row.after < widths.len();
    let all_one = row.cells.iter().all(|cell| cell.properties.span == 1);
    if is_short
        && all_one
        && let Some(starts) = by_width(row, widths)
    {
        return starts;
    }
    let mut x = row.before;
    let span = |cell: &RawCell| {
        let at = x;
        x += cell.properties.span;
        (at, cell.properties.span)
    };
    row.cells.iter().map(span).collect()
}

fn by_width(row: &RawRow, widths: &[usize]) -> Option<Vec<(usize, usize)>> {
    let mut edges = vec![0usize];
    for width in widths {
        edges.push(edges.last().copied().unwrap_or(0) + width);
    }
    let mut right = *edges.get(row.before)?;
    let mut starts = Vec::new();
    let mut x = row.before;
    for cell in &row.cells {
        if cell.properties.width == 0 {
            return None;
        }
        right += cell.properties.width;
        let end = edges.iter().position(|edge| edge.abs_diff(right) <= TOLERANCE)?;
        if end <= x {
            return None;
        }
        starts.push((x, end - x));
        x = end;
    }
    (x + row.after == widths.len()).then_some(starts)
}

/// The text of a cell, its paragraphs divided by line breaks, and whether it shows a picture.
fn content(blocks: &[Block]) -> (String, bool) {
    let mut text = String::new();
    let mut has_picture = false;
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&paragraph.text());
            }
            Block::Picture(..) => has_picture = true,
            Block::Grid(_) => {}
        }
    }
    (text, has_picture)
}
