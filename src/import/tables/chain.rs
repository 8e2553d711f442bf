//! The labels that lead to each figure of a form.

use crate::format::{Format, Orientation};

use super::labels::{Official, squeezed};

/// The labels by which a figure is known, from the outermost: those beside it and those above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Number of the figure in [`Format::cells`].
    pub figure: usize,
    /// Number of its sub-table, counted through the form.
    pub section: usize,
    /// Labels to its left.
    pub row: Vec<Official>,
    /// Labels above it.
    pub column: Vec<Official>,
}

impl Chain {
    /// The labels of groups, which matter where the nearest ones leave a choice.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &Official> {
        let row = self.row.iter().rev().skip(1);
        row.chain(self.column.iter().rev().skip(1))
    }
}

/// The labels of every figure that stands in a table.
pub(crate) fn chains(format: &Format) -> Vec<Chain> {
    let mut chains = Vec::new();
    let mut number = 0;
    for table in &format.tables {
        for section in &table.sections {
            for row in &section.rows {
                for column in &section.columns {
                    let Some(figure) = format.cell_index(&table.path(section, row, column)) else {
                        continue;
                    };
                    let said = |label: &&str| !label.is_empty();
                    let groups = row.under.iter().map(|key| section.group_label(key));
                    let labels = groups.chain([row.label.as_str()]);
                    let mut rows: Vec<String> = labels.filter(said).map(squeezed).collect();
                    let above = section.head.iter().chain(&column.under).map(String::as_str);
                    let labels = above.chain([column.label.as_str()]);
                    let mut columns: Vec<String> = labels.filter(said).map(squeezed).collect();
                    if table.orientation == Orientation::Columns {
                        columns.splice(0..0, rows.drain(..));
                    }
                    chains.push(Chain { figure, section: number, row: rows, column: columns });
                }
            }
            number += 1;
        }
    }
    chains
}

/// The heads of a sub-table as they are read line by line: what a copy without merged cells keeps of them.
pub(crate) fn reading_order(chains: &[&Chain]) -> Vec<Official> {
    let deepest = chains.iter().map(|chain| chain.column.len()).max().unwrap_or(0);
    let mut labels = Vec::new();
    for level in 0..deepest {
        let mut before: Option<&[Official]> = None;
        for chain in chains {
            let Some(path) = chain.column.get(..=level) else {
                before = None;
                continue;
            };
            if before != Some(path) {
                labels.extend(path.last().cloned());
            }
            before = Some(path);
        }
    }
    labels
}
