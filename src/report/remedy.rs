//! Lines to paste that hold the writer's own figures: nothing is added, dropped or changed but the spelling.

use crate::format::Section;
use crate::record::{BLANK, Node, Value, Written};
use crate::source::{Source, Span};

use super::cells::plain;

/// The line of the file with something else in the place of a value; none for a value over several lines, whose
/// comments would be lost.
pub(super) fn line_with(source: &Source, span: &Span, put: &str) -> Option<String> {
    let position = source.position(span.start);
    let line = source.line(position.line);
    let start = span.start - source.line_range(position.line).start;
    let end = start + span.len();
    let (before, after) = (line.get(..start)?, line.get(end..)?);
    Some(format!("{before}{put}{after}"))
}

/// A row with a blank in every place.
pub(super) fn blank_row(section: &Section) -> String {
    if section.is_scalar() {
        return BLANK.to_owned();
    }
    let blanks: Vec<&str> = plain(section).map(|_| BLANK).collect();
    format!("[{}]", blanks.join(", "))
}

/// The figures of a row of the wrong length in their order, with blanks behind them up to the number of columns;
/// none when there are too many, or something that is no figure.
pub(super) fn padded(items: &[String], section: &Section) -> Option<String> {
    let wanted = plain(section).count();
    if items.len() >= wanted || items.is_empty() {
        return None;
    }
    let blanks = std::iter::repeat_n(BLANK.to_owned(), wanted - items.len());
    let cells: Vec<String> = items.iter().cloned().chain(blanks).collect();
    Some(format!("[{}]", cells.join(", ")))
}

/// The cells of a row as they stand in the file; none when one is no plain value.
pub(super) fn spelled(source: &Source, items: &[Node]) -> Option<Vec<String>> {
    let plain = |node: &Node| {
        let text = source.text().get(node.span.clone())?;
        matches!(node.value, Value::Number(_) | Value::String(_) | Value::Table(_))
            .then(|| text.to_owned())
            .filter(|text| !text.contains('\n'))
    };
    items.iter().map(plain).collect()
}

/// The figures of a row that was written as one text: `"1, 0, 0, 0"`, `"1 0 0 0"`.
pub(super) fn listed(text: &str) -> Option<Vec<String>> {
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let cells: Vec<&str> = match inner.contains([',', '，', '、', '\t']) {
        true => inner.split([',', '，', '、', '\t']).map(str::trim).collect(),
        false => inner.split(' ').collect(),
    };
    // Of spaces side by side nobody knows whether they stand for a blank cell.
    let read = |cell: &&str| match cell.is_empty() {
        true if !inner.contains([',', '，', '、', '\t']) => None,
        true => Some(BLANK.to_owned()),
        false => Written::read(cell).filter(Written::is_count).map(|written| written.digits),
    };
    if cells.len() < 2 { None } else { cells.iter().map(read).collect() }
}
