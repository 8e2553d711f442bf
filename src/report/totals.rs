//! Totals that a file leaves out.

use rust_decimal::Decimal;

use crate::format::{Format, Section, Table};
use crate::number::Number;

use super::{Figure, State};

/// Computes every total that the file leaves out, as long as no term is blank, malformed or missing.
pub(super) fn compute(format: &Format, figures: &mut [Figure]) {
    for table in &format.tables {
        for section in &table.sections {
            sum_rows(format, table, section, figures);
            sum_columns(format, table, section, figures);
        }
    }
}

/// Fills the total rows' plain columns, then their total column.
fn sum_rows(format: &Format, table: &Table, section: &Section, figures: &mut [Figure]) {
    for total in section.rows.iter().filter(|row| row.sum_of.is_some()) {
        for column in section.columns.iter().filter(|column| !column.total) {
            let Some(at) = format.cell_index(&table.path(section, total, column)) else { continue };
            let terms = section.summed_rows(total).map(|row| table.path(section, row, column));
            fill(format, figures, at, terms);
        }
    }
}

fn sum_columns(format: &Format, table: &Table, section: &Section, figures: &mut [Figure]) {
    let Some(total) = section.total_column() else { return };
    for row in &section.rows {
        let Some(at) = format.cell_index(&table.path(section, row, &section.columns[total])) else {
            continue;
        };
        let columns = section.columns.iter().filter(|column| !column.total);
        let terms = columns.map(|column| table.path(section, row, column));
        fill(format, figures, at, terms);
    }
}

fn fill(format: &Format, figures: &mut [Figure], at: usize, terms: impl Iterator<Item = String>) {
    if figures[at].state != State::Computed || figures[at].number.is_some() {
        return;
    }
    let sum: Option<Decimal> = terms
        .map(|path| format.cell_index(&path).and_then(|index| figures[index].value()))
        .try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value?));
    if let Some(sum) = sum {
        figures[at] = Figure::of(Number::from(sum), State::Computed, None);
    }
}
