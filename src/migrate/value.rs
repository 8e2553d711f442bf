//! Values of the old file as they are written, so that they are carried digit for digit and with their notes.

use rust_decimal::Decimal;

use crate::format::{Format, Row, Section, Table};
use crate::number::{self, Number};
use crate::record::{Node, Record, Value};
use crate::source::Source;

/// The old file.
pub(super) struct Old<'a> {
    pub(super) source: &'a Source,
    pub(super) record: &'a Record,
    pub(super) format: &'a Format,
}

/// A row of a format with what it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) table: &'a Table,
    pub(super) section: &'a Section,
    pub(super) row: &'a Row,
}

impl Place<'_> {
    /// Path of the row.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.table.key, self.row.key)
    }

    /// Whether a row of another format has the same path and the same columns.
    pub(super) fn is_same(&self, other: &Place<'_>) -> bool {
        let keys = |place: &Place<'_>| -> Vec<String> {
            place.section.columns.iter().map(|column| column.key.clone()).collect()
        };
        self.path() == other.path() && keys(self) == keys(other)
    }
}

/// All rows of a format in its order.
pub(super) fn rows(format: &Format) -> Vec<Place<'_>> {
    let mut rows = Vec::new();
    for table in &format.tables {
        for section in &table.sections {
            rows.extend(section.rows.iter().map(|row| Place { table, section, row }));
        }
    }
    rows
}

impl<'a> Old<'a> {
    fn place(&self, path: &str) -> Option<Place<'a>> {
        rows(self.format).into_iter().find(|place| place.path() == path)
    }

    /// The text of a figure, such as `12` or `{ value = 22, note = "…" }`.
    pub(super) fn figure(&self, path: &str) -> Option<String> {
        if let Some(place) = self.place(path).filter(|place| place.section.is_scalar()) {
            let node = self.record.get(path)?;
            return match &node.value {
                Value::Array(items) if items.len() == 1 => self.text(&items[0]),
                Value::Table(entries) => {
                    let inner = entries.get(&place.section.columns[0].key);
                    self.text(inner.unwrap_or(node))
                }
                _ => self.text(node),
            };
        }
        let (row, column) = path.rsplit_once('.')?;
        let place = self.place(row)?;
        let at = place.section.columns.iter().position(|other| other.key == column)?;
        self.cells(&place)?.into_iter().nth(at)
    }

    /// The texts of the figures of a row, one for each column; a total that is not given is left out.
    fn cells(&self, place: &Place<'_>) -> Option<Vec<String>> {
        let node = self.record.get(&place.path())?;
        let columns = &place.section.columns;
        let plain = columns.iter().filter(|column| !column.total).count();
        match &node.value {
            Value::Number(zero) if is_zero(zero) => Some(vec!["0".to_owned(); plain]),
            Value::Array(items) if (plain..=columns.len()).contains(&items.len()) => {
                items.iter().map(|item| self.text(item)).collect()
            }
            Value::Table(entries) => {
                let known = |key: &str| columns.iter().any(|column| column.key == key);
                if !entries.entries.iter().all(|entry| known(&entry.key)) {
                    return None;
                }
                let given = columns.iter().filter(|c| !c.total || entries.get(&c.key).is_some());
                given
                    .map(|column| match entries.get(&column.key) {
                        Some(node) => self.text(node),
                        None => Some("0".to_owned()),
                    })
                    .collect()
            }
            _ => None,
        }
    }

    fn text(&self, node: &Node) -> Option<String> {
        self.source.text().get(node.span.clone()).map(str::to_owned)
    }

    /// The exact values of a row without its total; none when one of them is no plain number.
    pub(super) fn values(&self, path: &str) -> Option<Vec<Decimal>> {
        let place = self.place(path)?;
        let cells = self.cells(&place)?;
        let plain = place.section.columns.iter().filter(|column| !column.total).count();
        cells
            .iter()
            .take(plain)
            .map(|cell| Number::parse(cell).ok().map(|number| number.value))
            .collect()
    }

    /// Whether a row is there and holds nothing but zeros.
    pub(super) fn is_zero(&self, path: &str) -> bool {
        self.values(path).is_some_and(|values| values.iter().all(Decimal::is_zero))
    }

    /// The column by column sum of rows as a row.
    pub(super) fn sum(&self, paths: &[String]) -> Option<String> {
        let rows: Vec<Vec<Decimal>> =
            paths.iter().map(|path| self.values(path)).collect::<Option<_>>()?;
        let mut sums = rows.first()?.clone();
        for row in &rows[1..] {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum = sum.checked_add(*value)?;
            }
        }
        if sums.iter().all(Decimal::is_zero) {
            return Some("0".to_owned());
        }
        let sums: Vec<String> = sums.into_iter().map(number::print).collect();
        Some(format!("[{}]", sums.join(", ")))
    }
}

fn is_zero(spelling: &str) -> bool {
    Number::parse(spelling).is_ok_and(|number| number.value.is_zero())
}
