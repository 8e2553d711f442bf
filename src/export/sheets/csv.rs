//! A sheet as CSV: UTF-8 with a byte order mark and lines that end in CRLF, as spreadsheets here expect.

use csv::{Terminator, WriterBuilder};

use super::Sheet;

/// Tells spreadsheets that the text is UTF-8.
const MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Writes a sheet. A cell over several places stands in the first of them.
pub(crate) fn write(sheet: &Sheet) -> Vec<u8> {
    let mut grid = vec![vec![""; sheet.columns.len()]; sheet.rows];
    for cell in &sheet.cells {
        if let Some(place) = grid.get_mut(cell.y).and_then(|row| row.get_mut(cell.x)) {
            *place = &cell.text;
        }
    }
    let mut writer =
        WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(MARK.to_vec());
    let notes = sheet.notes.iter().map(|note| vec![note.as_str()]);
    // A line is left free: what stands right under a table reads as a part of it.
    let free = (!sheet.notes.is_empty()).then(|| vec![""; sheet.columns.len()]);
    for row in grid.into_iter().chain(free).chain(notes) {
        writer.write_record(row).expect("memory takes every byte");
    }
    writer.into_inner().expect("memory takes every byte")
}
