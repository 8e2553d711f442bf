//! The figures of a form, found again in the tables of a PDF by the labels they stand under.
//!
//! In: grids and a format. Out: for each figure of the form where it stands and what it says. A figure is known
//! by its labels alone, never by its place in a list: a row that moved or a column that is missing does not
//! shift the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::format::{Format, Orientation};

use super::pdf::Bounds;
use super::tables::{Cell, Grid, squeezed};

/// Endings of a label that only says that its group goes on from the page before.
const CONTINUED: [&str; 4] = ["（续）", "(续)", "（续表）", "续"];

/// A figure as it stands in the PDF.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// What stands there, without spaces; empty for an empty cell.
    pub value: String,
    /// The note in the cell.
    pub note: String,
    /// Its page, from 1, and the box around its text, unless the cell is empty.
    pub place: Option<(usize, Bounds)>,
    /// Number of its table in the document, from 0.
    pub grid: usize,
    /// Column and row in that table, from 0.
    pub cell: (usize, usize),
}

/// All figures of a form as far as a PDF has them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// By the number of the figure in [`Format::cells`].
    pub found: BTreeMap<usize, Printed>,
    /// Figures that stand in more than one cell.
    pub repeated: BTreeSet<usize>,
    /// Cells under labels that the form does not have, in tables that hold figures of the form.
    pub strange: Vec<Printed>,
    /// Official labels that no table has, squeezed.
    pub missing_labels: Vec<String>,
}

impl Figures {
    /// Finds the figures of a form.
    pub fn locate(format: &Format, grids: &[Grid]) -> Self {
        let chains = chains(format);
        let mut figures = Self::default();
        for (number, grid) in grids.iter().enumerate() {
            let mut strange = Vec::new();
            let before = figures.found.len();
            for (cell, rows, columns) in grid.figures() {
                let labels: BTreeSet<String> =
                    rows.iter().chain(&columns).map(|head| label(head)).collect();
                let printed = printed(number, cell);
                match figure(&chains, &labels) {
                    Some(index) if figures.found.contains_key(&index) => {
                        figures.repeated.insert(index);
                    }
                    Some(index) => {
                        figures.found.insert(index, printed);
                    }
                    None => strange.push(printed),
                }
            }
            if figures.found.len() > before {
                figures.strange.extend(strange);
            }
        }
        figures.missing_labels = missing_labels(format, grids);
        figures
    }

    /// The format whose figures a PDF holds: the one of which most are found, the first among equals.
    pub fn recognise(formats: &[Arc<Format>], grids: &[Grid]) -> Option<(Arc<Format>, Self)> {
        let located =
            formats.iter().map(|format| (Arc::clone(format), Self::locate(format, grids)));
        let share = |(format, figures): &(Arc<Format>, Self)| {
            let wanted = table_figures(format).count().max(1);
            figures.found.len() * 1000 / wanted
        };
        let best = located.max_by_key(|candidate| (share(candidate), candidate.1.found.len()))?;
        (!best.1.found.is_empty()).then_some(best)
    }
}

/// Numbers of the figures that stand in tables, in the form's order.
pub fn table_figures(format: &Format) -> impl Iterator<Item = usize> + '_ {
    let in_table = |table: &str| format.tables.iter().any(|known| known.key == table);
    format
        .cells()
        .iter()
        .enumerate()
        .filter(move |(_, cell)| in_table(&cell.table))
        .map(|(at, _)| at)
}

/// The labels by which a figure is known, from the outermost: those of its row and those of its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Number of the figure in [`Format::cells`].
    pub figure: usize,
    /// Labels to its left, squeezed.
    pub row: Vec<String>,
    /// Labels above it, squeezed.
    pub column: Vec<String>,
}

/// The labels of every figure that stands in a table.
pub fn chains(format: &Format) -> Vec<Chain> {
    let mut chains = Vec::new();
    for table in &format.tables {
        for section in &table.sections {
            for row in &section.rows {
                for column in &section.columns {
                    let Some(figure) = format.cell_index(&table.path(section, row, column)) else {
                        continue;
                    };
                    let groups = row.under.iter().map(|key| section.group_label(key));
                    let mut rows: Vec<String> = groups
                        .chain([row.label.as_str()])
                        .filter(|l| !l.is_empty())
                        .map(squeezed)
                        .collect();
                    let above = section.head.iter().chain(&column.under).map(String::as_str);
                    let mut columns: Vec<String> = above
                        .chain([column.label.as_str()])
                        .filter(|l| !l.is_empty())
                        .map(squeezed)
                        .collect();
                    if table.orientation == Orientation::Columns {
                        columns.splice(0..0, rows.drain(..));
                    }
                    chains.push(Chain { figure, row: rows, column: columns });
                }
            }
        }
    }
    chains
}

/// The figure all of whose labels are among these: the one with most labels, unless two have as many.
pub fn figure(chains: &[Chain], labels: &BTreeSet<String>) -> Option<usize> {
    let fits =
        |chain: &&Chain| chain.row.iter().chain(&chain.column).all(|label| labels.contains(label));
    let weight = |chain: &Chain| chain.row.len() + chain.column.len();
    let best = chains.iter().filter(fits).max_by_key(|chain| weight(chain))?;
    let rivals = chains.iter().filter(fits).filter(|chain| weight(chain) == weight(best)).count();
    (rivals == 1).then_some(best.figure)
}

fn label(cell: &Cell) -> String {
    plain_label(&cell.text)
}

/// A label without spaces and without the note that its group goes on from the page before.
pub fn plain_label(text: &str) -> String {
    let text = squeezed(text);
    let whole = CONTINUED.iter().find_map(|ending| text.strip_suffix(ending));
    whole.map_or_else(|| text.clone(), str::to_owned)
}

fn printed(grid: usize, cell: &Cell) -> Printed {
    Printed {
        value: cell.value.clone(),
        note: cell.note.clone(),
        place: cell.place,
        grid,
        cell: (cell.x, cell.y),
    }
}

fn missing_labels(format: &Format, grids: &[Grid]) -> Vec<String> {
    let present: BTreeSet<String> = grids.iter().flat_map(|grid| &grid.cells).map(label).collect();
    let mut missing = Vec::new();
    for wanted in labels(format) {
        if !present.contains(&wanted) && !missing.contains(&wanted) {
            missing.push(wanted);
        }
    }
    missing
}

/// Every official label of the tables of a form, squeezed, in its order.
pub fn labels(format: &Format) -> impl Iterator<Item = String> + '_ {
    let sections = format.tables.iter().flat_map(|table| &table.sections);
    let of_section = |section: &crate::format::Section| -> Vec<String> {
        let outer = section.head.iter().chain(&section.corner).cloned();
        let columns = section
            .columns
            .iter()
            .flat_map(|column| column.under.iter().cloned().chain([column.label.clone()]));
        let groups = section.groups.iter().map(|group| group.label.clone());
        let rows = section.rows.iter().map(|row| row.label.clone());
        outer.chain(columns).chain(groups).chain(rows).collect()
    };
    sections.flat_map(of_section).map(|label| squeezed(&label)).filter(|label| !label.is_empty())
}
