//! Tables as grids: every cell with its place, every figure with the heads that say what it is.
//!
//! In: the `Table` elements of a tagged PDF. Out: [`Grid`], rows × columns as the table was written, whatever
//! number of pages it covers: the heads that later pages repeat are decoration, not content.

use std::collections::HashMap;

use super::pdf::structure::Tree;
use super::pdf::{Bounds, Pdf, Run};

/// Most rows and columns of a table that are laid out.
const MOST_ROWS: usize = 2_000;
/// Most columns.
const MOST_COLUMNS: usize = 100;
/// Most heads of one cell. A figure of table three has seven.
const MOST_HEADS: usize = 64;
/// How much smaller than the figure a note is set, at least.
const NOTE_SIZE: f64 = 0.97;

/// One table.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Number of its element in the tree.
    pub element: usize,
    /// Its description for those who do not see it.
    pub summary: Option<String>,
    /// Number of columns.
    pub columns: usize,
    /// Number of rows.
    pub rows: usize,
    /// Its cells in reading order.
    pub cells: Vec<Cell>,
    places: Vec<Option<usize>>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Column of its left edge, from 0.
    pub x: usize,
    /// Row of its upper edge, from 0.
    pub y: usize,
    /// Number of columns it covers.
    pub columns: usize,
    /// Number of rows it covers.
    pub rows: usize,
    /// What it is.
    pub kind: CellKind,
    /// Its text, without the spaces and breaks of the layout.
    pub text: String,
    /// The text of its first lines in the size of the figure; what is smaller or follows is its note.
    pub value: String,
    /// The note below or behind the figure.
    pub note: String,
    /// Page on which it begins, from 1, and the box around its text there.
    pub place: Option<(usize, Bounds)>,
    /// Number of its element in the tree.
    pub element: usize,
    /// Numbers of the cells that the file names as its heads, and of theirs.
    pub named_heads: Vec<usize>,
}

/// What a cell is for its row and column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Content.
    Data,
    /// Head of the columns below.
    ColumnHead,
    /// Head of the rows to its right.
    RowHead,
    /// Head of both.
    BothHead,
}

impl Grid {
    /// All tables of a document, in reading order.
    pub fn all(pdf: &Pdf) -> Vec<Self> {
        let Some(tree) = &pdf.tree else { return Vec::new() };
        tree.with_role("Table").map(|element| Self::read(pdf, tree, element)).collect()
    }

    /// The cell that covers a place.
    pub fn at(&self, x: usize, y: usize) -> Option<&Cell> {
        let place = (x < self.columns && y < self.rows).then(|| y * self.columns + x)?;
        self.places[place].map(|number| &self.cells[number])
    }

    /// The heads over a cell, from the outermost: the nearest block of head cells above it in its column.
    pub fn column_heads(&self, cell: &Cell) -> Vec<&Cell> {
        let above = (0..cell.y).rev().filter_map(|y| self.at(cell.x, y));
        let heads = above.skip_while(|above| !above.kind.is_column_head());
        distinct(heads.take_while(|above| above.kind.is_column_head()))
    }

    /// The heads to the left of a cell, from the outermost. Without any that is tagged as one, all cells to the
    /// left of the first figure.
    pub fn row_heads(&self, cell: &Cell) -> Vec<&Cell> {
        let left = || (0..cell.x).rev().filter_map(|x| self.at(x, cell.y));
        let tagged = distinct(left().filter(|left| left.kind.is_row_head()));
        if !tagged.is_empty() {
            return tagged;
        }
        distinct(left().filter(|left| !is_figure(&left.text)))
    }

    /// The data cells, each with the heads that say what it is.
    pub fn figures(&self) -> impl Iterator<Item = (&Cell, Vec<&Cell>, Vec<&Cell>)> {
        let data = self.cells.iter().filter(|cell| cell.kind == CellKind::Data);
        data.map(|cell| (cell, self.row_heads(cell), self.column_heads(cell)))
    }

    fn read(pdf: &Pdf, tree: &Tree, element: usize) -> Self {
        let mut grid = Self {
            element,
            summary: tree.elements[element].summary.clone(),
            columns: 0,
            rows: 0,
            cells: Vec::new(),
            places: Vec::new(),
        };
        let rows: Vec<usize> = rows(tree, element);
        let mut taken: Vec<Vec<Option<usize>>> = Vec::new();
        for (y, row) in rows.into_iter().take(MOST_ROWS).enumerate() {
            for element in tree.element_kids(row) {
                if matches!(tree.elements[element].role.as_str(), "TH" | "TD") {
                    place_cell(&mut taken, y, grid.cells.len(), |x| cell(pdf, tree, element, x, y))
                        .into_iter()
                        .for_each(|cell| grid.cells.push(cell));
                }
            }
            grid.rows = y + 1;
        }
        taken.truncate(grid.rows);
        grid.columns = taken.iter().map(Vec::len).max().unwrap_or(0);
        let columns = grid.columns;
        grid.places = taken
            .into_iter()
            .flat_map(|mut row| {
                row.resize(columns, None);
                row
            })
            .collect();
        grid.places.resize(grid.columns * grid.rows, None);
        grid.guess_scopes(tree);
        grid.name_heads(tree);
        grid
    }

    /// Before PDF 1.5 a head cannot say what it heads: beside content it is the row, else the columns below.
    fn guess_scopes(&mut self, tree: &Tree) {
        for number in 0..self.cells.len() {
            let cell = &self.cells[number];
            if cell.kind == CellKind::ColumnHead && tree.elements[cell.element].cell.scope.is_none()
            {
                let mut row = (0..self.columns).filter_map(|x| self.at(x, cell.y));
                if row.any(|other| other.kind == CellKind::Data) {
                    self.cells[number].kind = CellKind::RowHead;
                }
            }
        }
    }

    /// Follows the names that cells give as their heads, and those of the heads in turn.
    fn name_heads(&mut self, tree: &Tree) {
        let named = self.cells.iter().enumerate().rev();
        let numbers: HashMap<&[u8], usize> = named
            .filter_map(|(at, cell)| Some((tree.elements[cell.element].id.as_deref()?, at)))
            .collect();
        let direct: Vec<Vec<usize>> = self
            .cells
            .iter()
            .map(|cell| {
                tree.elements[cell.element]
                    .cell
                    .heads
                    .iter()
                    .filter_map(|id| numbers.get(id.as_slice()).copied())
                    .take(MOST_HEADS)
                    .collect()
            })
            .collect();
        for (number, cell) in self.cells.iter_mut().enumerate() {
            let mut waiting = direct[number].clone();
            while let Some(head) = waiting.pop() {
                let is_full = cell.named_heads.len() >= MOST_HEADS;
                if !is_full && !cell.named_heads.contains(&head) {
                    cell.named_heads.push(head);
                    waiting.extend(&direct[head]);
                }
            }
            cell.named_heads.sort_unstable();
        }
    }
}

impl CellKind {
    /// Whether it heads the columns below.
    pub fn is_column_head(self) -> bool {
        matches!(self, Self::ColumnHead | Self::BothHead)
    }

    /// Whether it heads the rows to its right.
    pub fn is_row_head(self) -> bool {
        matches!(self, Self::RowHead | Self::BothHead)
    }
}

/// A text without the spaces and breaks that a layout puts into it.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200B}' && *c != '\u{00AD}').collect()
}

/// Whether a text is a figure: digits with at most a sign and a decimal point.
pub fn is_figure(text: &str) -> bool {
    let text = squeezed(text);
    let digits = text.strip_prefix(['-', '−', '+']).unwrap_or(&text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(decimals)
}

/// The rows of a table, through its groups but not into tables within its cells.
fn rows(tree: &Tree, table: usize) -> Vec<usize> {
    let mut rows = Vec::new();
    let mut waiting = tree.element_kids(table);
    waiting.reverse();
    while let Some(element) = waiting.pop() {
        match tree.elements[element].role.as_str() {
            "TR" => rows.push(element),
            "Table" | "Caption" => {}
            // A group of rows; before PDF 1.5 its role has no name.
            _ => waiting.extend(tree.element_kids(element).into_iter().rev()),
        }
    }
    rows
}

/// Finds the first free place of a row, makes the cell there and takes all that it covers.
fn place_cell(
    taken: &mut Vec<Vec<Option<usize>>>,
    y: usize,
    number: usize,
    make: impl FnOnce(usize) -> Cell,
) -> Option<Cell> {
    taken.resize(taken.len().max(y + 1), Vec::new());
    let x = taken[y].iter().position(Option::is_none).unwrap_or(taken[y].len());
    if x >= MOST_COLUMNS {
        return None;
    }
    let mut cell = make(x);
    cell.columns = cell.columns.clamp(1, MOST_COLUMNS - x);
    cell.rows = cell.rows.clamp(1, MOST_ROWS);
    let (right, bottom) = (x + cell.columns, (y + cell.rows).min(MOST_ROWS));
    taken.resize(taken.len().max(bottom), Vec::new());
    for row in &mut taken[y..bottom] {
        row.resize(row.len().max(right), None);
        row[x..right].iter_mut().for_each(|place| *place = place.or(Some(number)));
    }
    Some(cell)
}

fn cell(pdf: &Pdf, tree: &Tree, element: usize, x: usize, y: usize) -> Cell {
    let tagged = &tree.elements[element];
    let runs = tree.runs(element, pdf);
    let (value, note) = value_and_note(&runs);
    Cell {
        x,
        y,
        columns: tagged.cell.columns,
        rows: tagged.cell.rows,
        kind: match (tagged.role.as_str(), tagged.cell.scope.as_deref()) {
            ("TH", Some("Row")) => CellKind::RowHead,
            ("TH", Some("Both")) => CellKind::BothHead,
            ("TH", _) => CellKind::ColumnHead,
            _ => CellKind::Data,
        },
        text: squeezed(&runs.iter().map(|(_, run)| run.text.as_str()).collect::<String>()),
        value,
        note,
        place: tree.place(element, pdf).map(|(page, bounds)| (page + 1, bounds)),
        element,
        named_heads: Vec::new(),
    }
}

/// Parts a cell's text where the type grows smaller: a figure, then the note on it.
fn value_and_note(runs: &[(usize, &Run)]) -> (String, String) {
    let size = runs.first().map_or(0.0, |(_, run)| run.size);
    let split = runs.iter().position(|(_, run)| run.size < size * NOTE_SIZE).unwrap_or(runs.len());
    let text = |runs: &[(usize, &Run)]| {
        squeezed(&runs.iter().map(|(_, run)| run.text.as_str()).collect::<String>())
    };
    (text(&runs[..split]), text(&runs[split..]))
}

/// Cells from the nearest outwards, turned round, each once.
fn distinct<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<&'a Cell> {
    let mut found: Vec<&Cell> = Vec::new();
    for cell in cells {
        if !found.iter().any(|known| known.element == cell.element) {
            found.push(cell);
        }
    }
    found.reverse();
    found
}
