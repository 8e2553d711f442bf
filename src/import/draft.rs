//! What every kind of file becomes first: blocks in reading order, each with the place a person can go to.
//!
//! In: nothing but what a reader puts in. Out: a [`Draft`] of paragraphs with bold runs, grids with merged cells and
//! pictures. Nothing here knows the form; nothing here was left out but what is no part of the document.

use std::fmt;
use std::sync::Arc;

use crate::source::Elsewhere;

use super::limits::{MOST_CELLS, MOST_COLUMNS, MOST_ROWS};
use super::refusal::Refusal;

/// A document as blocks.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// In reading order.
    pub blocks: Vec<Block>,
    /// Pictures that blocks refer to by number.
    pub pictures: Vec<Picture>,
    /// What the reader could not read and what a person must know about the file.
    pub remarks: Vec<Remark>,
}

/// A piece of a document.
#[derive(Debug, Clone)]
pub enum Block {
    /// Running text.
    Paragraph(Paragraph),
    /// A table.
    Grid(Grid),
    /// A picture: its number in [`Draft::pictures`] and its place.
    Picture(usize, Place),
}

/// One paragraph.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paragraph {
    /// Its text; a line break inside is `\n`.
    pub runs: Vec<Run>,
    /// Level of a heading by style or tag, from 1.
    pub level: Option<u8>,
    /// Where it stands.
    pub place: Place,
}

/// Text in one weight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Whether it is bold.
    pub bold: bool,
}

/// A picture of the document.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The file, or why it cannot be had.
    pub bytes: Result<Vec<u8>, String>,
    /// What the document says it shows.
    pub alt: String,
}

/// Something a person must know about the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// What it is, in Chinese, without a full stop.
    pub message: String,
    /// Where it is.
    pub place: Place,
    /// Whether a figure or text may be wrong or lost by it.
    pub is_loss: bool,
}

/// Where something stands in a foreign file, as people find it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The file as a whole.
    #[default]
    Whole,
    /// A paragraph, from 1.
    Paragraph(usize),
    /// A cell of a table: table, row and column from 1.
    Cell(usize, usize, usize),
    /// A cell of a sheet: its name, row and column from 1.
    Sheet(Arc<str>, usize, usize),
    /// A line of a text file, from 1.
    Line(usize),
    /// A page, from 1.
    Page(usize),
    /// A cell on a page: page, table, row and column from 1.
    PageCell(usize, usize, usize, usize),
}

impl Place {
    /// The page, from 1, where the file has pages.
    pub fn page(&self) -> Option<usize> {
        match self {
            Self::Page(page) | Self::PageCell(page, ..) => Some(*page),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("全文"),
            Self::Paragraph(number) => write!(f, "第{number}段"),
            Self::Cell(table, row, column) => write!(f, "表{table} 第{row}行第{column}列"),
            Self::Sheet(sheet, row, column) => {
                write!(f, "工作表“{sheet}”!{}{row}", letters(*column))
            }
            Self::Line(line) => write!(f, "第{line}行"),
            Self::Page(page) => write!(f, "第{page}页"),
            Self::PageCell(page, table, row, column) => {
                write!(f, "第{page}页 表{table} 第{row}行第{column}列")
            }
        }
    }
}

impl From<&Place> for Elsewhere {
    fn from(place: &Place) -> Self {
        Self { place: place.to_string(), page: place.page() }
    }
}

/// The name of a sheet's column, from 1: A, B, … Z, AA, ….
fn letters(column: usize) -> String {
    let mut rest = column;
    let mut name = Vec::new();
    while rest > 0 {
        name.push(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0));
        rest = (rest - 1) / 26;
    }
    name.reverse();
    String::from_utf8(name).unwrap_or_default()
}

impl Paragraph {
    /// A paragraph in one weight.
    pub fn plain(text: impl Into<String>, place: Place) -> Self {
        Self { runs: vec![Run { text: text.into(), bold: false }], level: None, place }
    }

    /// Its text without weights.
    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        self.runs.iter().all(|run| run.text.chars().all(is_space))
    }

    /// Adds text, to the last run where the weight is the same.
    pub fn push(&mut self, text: &str, bold: bool) {
        match self.runs.last_mut().filter(|run| run.bold == bold) {
            Some(run) => run.text.push_str(text),
            None if text.is_empty() => {}
            None => self.runs.push(Run { text: text.to_owned(), bold }),
        }
    }
}

/// Whether a character is only room: spaces of all widths and what word processors put between.
pub fn is_space(char: char) -> bool {
    char.is_whitespace()
        || char.is_control()
        || matches!(char, '\u{3000}' | '\u{A0}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{2060}')
}

/// A table as a grid.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// Number of columns.
    pub columns: usize,
    /// Number of rows.
    pub rows: usize,
    /// Its cells in reading order.
    pub cells: Vec<Cell>,
    /// Whether merged cells are known: a text file and a sheet show blanks instead.
    pub has_spans: bool,
    /// Whether the copy dropped merged cells: the cells of a row follow each other, whatever columns they covered.
    pub is_collapsed: bool,
    cover: Vec<u32>,
}

/// One cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// Column of its left edge, from 0.
    pub x: usize,
    /// Row of its upper edge, from 0.
    pub y: usize,
    /// Number of columns it covers.
    pub columns: usize,
    /// Number of rows it covers.
    pub rows: usize,
    /// Its text, lines and paragraphs divided by `\n`.
    pub text: String,
    /// Whether it shows a picture.
    pub has_picture: bool,
    /// Where it stands.
    pub place: Place,
}

const NO_CELL: u32 = u32::MAX;

impl Grid {
    /// Lays out cells whose places are known. Where two overlap, the first has the place.
    ///
    /// # Errors
    /// When the table is larger than any report's.
    pub fn of(cells: Vec<Cell>, has_spans: bool) -> Result<Self, Refusal> {
        let columns = cells.iter().map(|cell| cell.x + cell.columns).max().unwrap_or(0);
        let rows = cells.iter().map(|cell| cell.y + cell.rows).max().unwrap_or(0);
        if columns > MOST_COLUMNS || rows > MOST_ROWS || columns * rows > MOST_CELLS {
            return Err(Refusal::too_large(format!("有一张表格有 {rows} 行 {columns} 列")));
        }
        let mut grid = Self {
            columns,
            rows,
            has_spans,
            is_collapsed: false,
            cover: vec![NO_CELL; columns * rows],
            cells,
        };
        for (number, cell) in grid.cells.iter().enumerate() {
            for y in cell.y..cell.y + cell.rows {
                for x in cell.x..cell.x + cell.columns {
                    let slot = &mut grid.cover[y * columns + x];
                    if *slot == NO_CELL {
                        *slot = u32::try_from(number).unwrap_or(NO_CELL);
                    }
                }
            }
        }
        Ok(grid)
    }

    /// The number of the cell that covers a place.
    pub fn number_at(&self, x: usize, y: usize) -> Option<usize> {
        let slot = (x < self.columns && y < self.rows).then(|| self.cover[y * self.columns + x])?;
        (slot != NO_CELL).then_some(slot as usize)
    }

    /// The cell that covers a place.
    pub fn at(&self, x: usize, y: usize) -> Option<&Cell> {
        self.number_at(x, y).map(|number| &self.cells[number])
    }

    /// The cells that touch a row, from the left, each once.
    pub fn row(&self, y: usize) -> Vec<usize> {
        let mut cells: Vec<usize> =
            (0..self.columns).filter_map(|x| self.number_at(x, y)).collect();
        cells.dedup();
        cells
    }

    /// The right edge of the last cell of a row.
    pub fn row_end(&self, y: usize) -> usize {
        (0..self.columns).rev().find(|x| self.number_at(*x, y).is_some()).map_or(0, |x| x + 1)
    }

    /// Puts the rows of another grid of as many columns under this one, moved to the right by some columns.
    pub fn append(&mut self, other: Self, shift: usize) -> Result<(), Refusal> {
        let rows = self.rows;
        let mut cells = std::mem::take(&mut self.cells);
        cells.extend(other.cells.into_iter().map(|cell| Cell {
            x: cell.x + shift,
            y: cell.y + rows,
            ..cell
        }));
        let is_collapsed = self.is_collapsed;
        *self = Self { is_collapsed, ..Self::of(cells, self.has_spans)? };
        Ok(())
    }

    /// The grid with rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        let cells = self.cells.iter().map(|cell| Cell {
            x: cell.y,
            y: cell.x,
            columns: cell.rows,
            rows: cell.columns,
            ..cell.clone()
        });
        // It has as many cells as this one, which was allowed.
        Self::of(cells.collect(), self.has_spans).unwrap_or_default()
    }
}

/// Lays out cells row by row as browsers do: each takes the next free place.
#[derive(Debug, Default)]
pub struct Rows {
    cells: Vec<Cell>,
    /// By column: the first row that is free again.
    free_from: Vec<usize>,
    y: usize,
    x: usize,
    begun: bool,
}

impl Rows {
    /// Begins the next row.
    pub fn next_row(&mut self) {
        if self.begun {
            self.y += 1;
        }
        self.begun = true;
        self.x = 0;
    }

    /// The row, from 0, that cells are put into.
    pub fn y(&self) -> usize {
        self.y
    }

    /// Leaves places free.
    pub fn skip(&mut self, columns: usize) {
        self.x += columns.min(MOST_COLUMNS);
    }

    /// Puts a cell into the next free place; `place` is told row and column from 1.
    ///
    /// # Errors
    /// When the table is larger than any report's.
    pub fn put(
        &mut self,
        columns: usize,
        rows: usize,
        place: impl FnOnce(usize, usize) -> Place,
    ) -> Result<&mut Cell, Refusal> {
        let (columns, rows) = (columns.clamp(1, MOST_COLUMNS), rows.clamp(1, MOST_ROWS));
        while self.free_from.get(self.x).is_some_and(|row| *row > self.y) {
            self.x += 1;
        }
        let end = self.x + columns;
        if end > MOST_COLUMNS || self.y >= MOST_ROWS || self.cells.len() >= MOST_CELLS {
            return Err(Refusal::too_large("有一张表格的行、列太多".to_owned()));
        }
        if self.free_from.len() < end {
            self.free_from.resize(end, 0);
        }
        self.free_from[self.x..end].fill(self.y + rows);
        let place = place(self.y + 1, self.x + 1);
        self.cells.push(Cell { x: self.x, y: self.y, columns, rows, place, ..Cell::default() });
        self.x = end;
        Ok(self.cells.last_mut().expect("it was just put in"))
    }

    /// The finished grid. Cells that reach below the last row are cut off there.
    ///
    /// # Errors
    /// When the table is larger than any report's.
    pub fn finish(mut self, has_spans: bool) -> Result<Grid, Refusal> {
        let rows = if self.begun { self.y + 1 } else { 0 };
        for cell in &mut self.cells {
            cell.rows = cell.rows.min(rows.saturating_sub(cell.y)).max(1);
        }
        Grid::of(self.cells, has_spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_names_of_sheets() {
        assert_eq!([1, 26, 27, 702, 703].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn cells_take_the_next_free_place() {
        let mut rows = Rows::default();
        let whole = |_, _| Place::Whole;
        rows.next_row();
        rows.put(1, 2, whole).expect("room").text = "甲".into();
        rows.put(1, 1, whole).expect("room").text = "乙".into();
        rows.next_row();
        rows.put(1, 1, whole).expect("room").text = "丙".into();
        let grid = rows.finish(true).expect("small");
        assert_eq!(grid.at(0, 1).map(|cell| cell.text.as_str()), Some("甲"));
        assert_eq!(grid.at(1, 1).map(|cell| cell.text.as_str()), Some("丙"));
    }
}
