//! The figures of a data file as they are written, so that they are carried digit for digit and with their notes.

use rust_decimal::Decimal;

use crate::number::{self, Number};
use crate::record::{Node, Record, Value};
use crate::source::Span;

use super::grid::Grid;
use super::plan::Inflow;

/// One figure as written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Its spelling, such as `12` or `{ value = 22, note = "…" }`.
    pub(super) text: String,
    /// Its exact value; none where it is no plain number.
    pub(super) value: Option<Decimal>,
    /// Whether it says more than its value.
    pub(super) has_note: bool,
}

impl Written {
    pub(super) fn zero() -> Self {
        Self { text: "0".to_owned(), value: Some(Decimal::ZERO), has_note: false }
    }

    /// Whether it is 0 and says nothing else.
    pub(super) fn is_nothing(&self) -> bool {
        !self.has_note && self.value.is_some_and(|value| value.is_zero())
    }

    /// For people: value and note.
    pub(super) fn shown(&self) -> String {
        self.text.clone()
    }
}

/// How a row is written.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// The file does not have it.
    Missing,
    /// A bare `0`.
    Zero,
    /// `[1, 2, …]`: places of the items.
    Array(Vec<Span>),
    /// `{ column = 1, … }`: places of the keys with the index of the figure.
    Keyed(Vec<(Span, usize)>),
    /// The one figure of a row with one column.
    Scalar,
    /// Something that is no row of this form.
    Odd,
}

/// A row of the old file.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) shape: Shape,
    /// Place of the value.
    pub(super) span: Span,
    /// By figure of the row; none where it is not written and not implied.
    pub(super) cells: Vec<Option<Written>>,
}

impl Row {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.shape, Shape::Missing)
    }
}

/// All rows of a file by the form it is in.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
}

impl Rows {
    pub(super) fn read(text: &str, record: &Record, grid: &Grid) -> Self {
        let rows = (0..grid.lines.len()).map(|line| read(text, record, grid, line)).collect();
        Self { rows }
    }

    /// A figure as written.
    pub(super) fn cell<'a>(&'a self, grid: &Grid, slot: usize) -> Option<&'a Written> {
        let line = grid.slots[slot].line;
        let at = grid.lines[line].slots.iter().position(|own| *own == slot)?;
        self.rows[line].cells.get(at)?.as_ref()
    }

    pub(super) fn lookup(&self, grid: &Grid, slot: usize) -> Found {
        let row = &self.rows[grid.slots[slot].line];
        match (self.cell(grid, slot), &row.shape) {
            (Some(cell), _) => Found::Written(cell.clone()),
            (None, Shape::Odd) => Found::Odd,
            (None, Shape::Missing) => Found::Missing,
            (None, _) => Found::Omitted,
        }
    }
}

/// What a file has for a figure.
#[derive(Debug, Clone)]
pub(super) enum Found {
    Written(Written),
    /// A total that is left to the program, or an optional figure.
    Omitted,
    /// The row is not there.
    Missing,
    /// The row is there and cannot be read.
    Odd,
}

fn read(text: &str, record: &Record, grid: &Grid, line: usize) -> Row {
    let slots = &grid.lines[line].slots;
    let none = || vec![None; slots.len()];
    let Some(node) = record.get(&grid.lines[line].path) else {
        return Row { shape: Shape::Missing, span: 0..0, cells: none() };
    };
    let (shape, cells) = if grid.is_scalar(line) {
        scalar(text, grid, slots[0], node)
    } else {
        row(text, grid, line, node)
    };
    Row { shape, span: node.span.clone(), cells }
}

fn scalar(text: &str, grid: &Grid, slot: usize, node: &Node) -> (Shape, Vec<Option<Written>>) {
    let inner = match &node.value {
        Value::Array(items) if items.len() == 1 => &items[0],
        Value::Array(_) => return (Shape::Odd, vec![None]),
        Value::Table(entries) => match entries.get(&grid.slots[slot].column) {
            Some(inner) if entries.entries.len() == 1 => inner,
            None if entries.get("value").is_some() => node,
            _ => return (Shape::Odd, vec![None]),
        },
        _ => node,
    };
    (Shape::Scalar, vec![Some(written(text, inner))])
}

fn row(text: &str, grid: &Grid, line: usize, node: &Node) -> (Shape, Vec<Option<Written>>) {
    let slots = &grid.lines[line].slots;
    let is_sentence = grid.lines[line].is_sentence;
    let plain = grid.plain(line).count();
    let odd = (Shape::Odd, vec![None; slots.len()]);
    match &node.value {
        Value::Number(zero) if is_zero(zero) && !is_sentence => {
            (Shape::Zero, vec![Some(Written::zero()); slots.len()])
        }
        Value::Array(items) if !is_sentence && items.len() == slots.len() => {
            let cells = items.iter().map(|item| Some(written(text, item))).collect();
            (Shape::Array(items.iter().map(|item| item.span.clone()).collect()), cells)
        }
        Value::Array(items) if !is_sentence && items.len() == plain => {
            let mut items_left = items.iter();
            let cells = slots.iter().map(|slot| match grid.slots[*slot].is_total {
                true => None,
                false => items_left.next().map(|item| written(text, item)),
            });
            let cells = cells.collect();
            (Shape::Array(items.iter().map(|item| item.span.clone()).collect()), cells)
        }
        Value::Table(entries) => {
            let find = |key: &str| slots.iter().position(|slot| grid.slots[*slot].column == key);
            let mut places = Vec::new();
            for entry in &entries.entries {
                let Some(at) = find(&entry.key) else { return odd };
                places.push((entry.key_span.clone(), slots[at]));
            }
            let cells = slots.iter().map(|slot| match entries.get(&grid.slots[*slot].column) {
                Some(node) => Some(written(text, node)),
                None if grid.slots[*slot].is_total || is_sentence => None,
                None => Some(Written::zero()),
            });
            (Shape::Keyed(places), cells.collect())
        }
        _ => odd,
    }
}

fn written(text: &str, node: &Node) -> Written {
    let spelled = text.get(node.span.clone()).unwrap_or_default().to_owned();
    let (value, has_note) = match &node.value {
        Value::Table(entries) => (entries.get("value").and_then(number_of), true),
        _ => (number_of(node), false),
    };
    Written { text: spelled, value, has_note }
}

fn number_of(node: &Node) -> Option<Decimal> {
    match &node.value {
        Value::Number(spelling) => Number::parse(spelling).ok().map(|number| number.value),
        _ => None,
    }
}

fn is_zero(spelling: &str) -> bool {
    Number::parse(spelling).is_ok_and(|number| number.value.is_zero())
}

/// What a new figure comes to.
#[derive(Debug, Clone)]
pub(super) enum Made {
    /// Its spelling, and whether it is the sum of several that are not 0.
    Known(Written, bool),
    /// A total left to the program.
    Omitted,
    /// Nothing it could be made of is in the file.
    Missing,
    /// A person must say it.
    Person,
}

/// Makes a new figure of old ones.
pub(super) fn evaluate(inflow: &Inflow, is_computed: bool, find: impl Fn(usize) -> Found) -> Made {
    if inflow.terms.is_empty() {
        return match &inflow.value {
            Some(value) => {
                let number = Number::parse(value).ok().map(|number| number.value);
                Made::Known(Written { text: value.clone(), value: number, has_note: false }, false)
            }
            None if is_computed => Made::Omitted,
            None => Made::Person,
        };
    }
    let found: Vec<(Found, bool)> =
        inflow.terms.iter().map(|term| (find(term.old), term.is_part)).collect();
    if found.iter().all(|(found, _)| matches!(found, Found::Missing)) {
        return Made::Missing;
    }
    if found.iter().any(|(found, _)| matches!(found, Found::Omitted)) {
        return Made::Omitted;
    }
    let mut cells = Vec::new();
    for (found, is_part) in found {
        let Found::Written(cell) = found else { return Made::Person };
        if is_part && !cell.is_nothing() {
            return Made::Person;
        }
        cells.push(cell);
    }
    sum(&cells)
}

fn sum(cells: &[Written]) -> Made {
    let speaking: Vec<&Written> = cells.iter().filter(|cell| !cell.is_nothing()).collect();
    match speaking.as_slice() {
        // The spelling of a lone 0 stays; several are one.
        [] if cells.len() == 1 => Made::Known(cells[0].clone(), false),
        [] => Made::Known(Written::zero(), false),
        [one] => Made::Known((*one).clone(), false),
        several => {
            if several.iter().any(|cell| cell.has_note) {
                return Made::Person;
            }
            let total =
                several.iter().try_fold(Decimal::ZERO, |sum, cell| sum.checked_add(cell.value?));
            let Some(total) = total else { return Made::Person };
            let text = number::print(total);
            Made::Known(Written { text, value: Some(total), has_note: false }, true)
        }
    }
}
