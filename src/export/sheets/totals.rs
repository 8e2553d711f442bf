//! Which figures are sums of which: what the format says, where the figures agree with it.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::SheetCell;
use crate::document::FormTable;
use crate::format::{Format, Row, Section, Table};

/// Notes at each total what it sums up. `places` are the numbers of the cells by the path of their figure.
pub(super) fn find(
    cells: &mut [SheetCell],
    places: &HashMap<String, usize>,
    form: &FormTable,
    format: &Format,
) {
    let key = form.id.split('#').next().unwrap_or(&form.id);
    let Some(table) = format.table(key) else { return };
    for section in &table.sections {
        for row in &section.rows {
            for (at, column) in section.columns.iter().enumerate() {
                let terms = terms(table, section, row, at);
                let cell = places.get(&table.path(section, row, column));
                let terms: Option<Vec<usize>> =
                    terms.iter().map(|path| places.get(path).copied()).collect();
                if let (Some(&cell), Some(terms)) = (cell, terms) {
                    note(cells, cell, &terms);
                }
            }
        }
    }
}

/// Paths of what a figure sums up: the other columns of its row, or else the rows of its group.
fn terms(table: &Table, section: &Section, row: &Row, at: usize) -> Vec<String> {
    let column = &section.columns[at];
    if column.total {
        let others = section.columns.iter().filter(|other| !other.total);
        return others.map(|other| table.path(section, row, other)).collect();
    }
    section.summed_rows(row).map(|other| table.path(section, other, column)).collect()
}

/// A total that is not the sum of its terms stays a plain number: no program may change it.
fn note(cells: &mut [SheetCell], total: usize, terms: &[usize]) {
    let value = |at: usize| cells[at].number().map(|number| number.value);
    let sum = terms.iter().try_fold(Decimal::ZERO, |sum, at| sum.checked_add(value(*at)?));
    if !terms.is_empty() && sum.is_some() && sum == value(total) {
        cells[total].terms = terms.iter().map(|at| (cells[*at].x, cells[*at].y)).collect();
    }
}
