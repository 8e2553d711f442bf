//! A document that somebody edited, brought back into the data file that it was made of.
//!
//! In: the report of a data file and that of an [`Imported`] document. Out: [`Change`]s, figure by figure and text by
//! text, each with the piece of the data file that it replaces. [`apply`] writes those that are accepted; everything
//! else in the file stays to the byte.

use crate::format::Cell;
use crate::import::Imported;
use crate::report::{Figure, Report, State, Text};
use crate::source::Span;

/// Something that the document says otherwise than the data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Dotted path of the figure or field, by which it is accepted.
    pub path: String,
    /// What people call it.
    pub label: String,
    /// What the data file says.
    pub old: String,
    /// What the document says.
    pub new: String,
    /// Where the document says it.
    pub place: String,
    /// How the file is changed; none where a person must do it, with the reason.
    pub edit: Result<Edit, &'static str>,
}

/// A piece of the data file and what comes in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A value of its own.
    Value(Span, String),
    /// A cell of a row that the file writes in short (`granted = 0`): the row's value, the number of the cell, all cells.
    InRow(Span, usize, Vec<String>),
}

/// Finds what is different. Figures and texts that the document does not show are no changes.
pub fn changes(report: &Report, read: &Report, imported: &Imported) -> Vec<Change> {
    let mut changes = Vec::new();
    figures(report, read, imported, &mut changes);
    for text in read.all_texts().filter(|text| !text.is_blank()) {
        texts(report, text, imported, &mut changes);
    }
    named(report, read, imported, &mut changes);
    changes
}

fn place(imported: &Imported, path: &str, span: &Span) -> String {
    imported.places.of(path, Some(span)).place
}

fn figures(report: &Report, read: &Report, imported: &Imported, changes: &mut Vec<Change>) {
    let format = &report.format;
    let cells: Vec<(usize, &Cell)> = format.cells().iter().enumerate().collect();
    for row in cells.chunk_by(|a, b| a.1.row_path == b.1.row_path) {
        for (at, (index, cell)) in row.iter().enumerate() {
            let (old, new) = (&report.figures[*index], &read.figures[*index]);
            let is_read =
                new.number.is_some() && matches!(new.state, State::Given | State::Implied);
            if !is_read || new.value() == old.value() {
                continue;
            }
            changes.push(Change {
                path: cell.path.clone(),
                label: cell.label(),
                old: shown(old),
                new: new.text.clone(),
                place: place(imported, &cell.path, &(0..0)),
                edit: edit_of(report, row, at, &new.text),
            });
        }
    }
}

fn shown(figure: &Figure) -> String {
    match figure.state {
        State::Missing | State::Absent => "（没有）".to_owned(),
        State::Blank => "（空白）".to_owned(),
        _ => figure.text.clone(),
    }
}

/// How a figure of a row is written into the file.
fn edit_of(
    report: &Report,
    row: &[(usize, &Cell)],
    at: usize,
    new: &str,
) -> Result<Edit, &'static str> {
    let figure = &report.figures[row[at].0];
    match (figure.state, &figure.span) {
        (State::Given | State::Blank | State::Malformed, Some(span)) => {
            Ok(Edit::Value(span.clone(), new.to_owned()))
        }
        (State::Implied, Some(span)) => {
            let mut cells: Vec<String> = Vec::new();
            for (index, cell) in row {
                let figure = &report.figures[*index];
                // A total that the file leaves out stays left out.
                if figure.state == State::Computed && cell.is_computed {
                    continue;
                }
                cells.push(figure.text.clone());
            }
            Ok(Edit::InRow(span.clone(), at, cells))
        }
        (State::Computed, _) => Err("合计由程序算出，改了各格就会跟着变"),
        _ => Err("数据文件里没有这一格，请手工加上"),
    }
}

fn texts(report: &Report, new: &Text, imported: &Imported, changes: &mut Vec<Change>) {
    let Some(old) = report.text(&new.path) else {
        changes.push(Change {
            path: new.path.clone(),
            label: "文字".to_owned(),
            old: "（没有）".to_owned(),
            new: new.value.trim().to_owned(),
            place: place(imported, &new.path, &new.span),
            edit: Err("数据文件里没有这一项，请手工加上"),
        });
        return;
    };
    let was: Vec<&str> = lines(&old.value);
    let now = with_pictures(&lines(&new.value), &was);
    if was != now {
        changes.push(Change {
            path: new.path.clone(),
            label: "文字".to_owned(),
            old: was.join("\n"),
            new: now.join("\n"),
            place: place(imported, &new.path, &new.span),
            edit: Ok(Edit::Value(old.span.clone(), multiline(&now))),
        });
    }
    if let (Some(was), Some(now)) = (&old.heading, &new.heading)
        && was.value != now.value
    {
        changes.push(Change {
            path: format!("{}.heading", new.path),
            label: "小标题".to_owned(),
            old: was.value.clone(),
            new: now.value.clone(),
            place: place(imported, &new.path, &now.span),
            edit: Ok(Edit::Value(was.span.clone(), quoted(&now.value))),
        });
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Lines of a document with the pictures and charts of the data file: the document names them in its own way.
fn with_pictures<'a>(new: &[&'a str], old: &[&'a str]) -> Vec<&'a str> {
    let mut pictures = old.iter().filter(|line| line.starts_with("![")).copied();
    let keep = |line: &&'a str| match line.starts_with("![") {
        true => pictures.next().unwrap_or(line),
        false => line,
    };
    new.iter().map(keep).collect()
}

/// Title, date and the name of the agency.
fn named(report: &Report, read: &Report, imported: &Imported, changes: &mut Vec<Change>) {
    let mut add = |path: &str, label: &str, old: &str, new: &str, edit| {
        if !new.is_empty() && old != new {
            changes.push(Change {
                path: path.to_owned(),
                label: label.to_owned(),
                old: old.to_owned(),
                new: new.to_owned(),
                place: place(imported, path, &(0..0)),
                edit,
            });
        }
    };
    let names = &report.agency.names;
    let agency = match names.as_slice() {
        [one] => Ok(Edit::Value(one.span.clone(), quoted(&read.agency.value))),
        _ => Err("联合报告的机关请手工改"),
    };
    add("report.agency", "机关全称", &report.agency.value, &read.agency.value, agency);
    let given = report.title.span.as_ref().filter(|_| report.title.is_given);
    let title = match given {
        Some(span) => Ok(Edit::Value(span.clone(), quoted(&read.title.value))),
        None => Err("标题由机关全称和年度合成；要另写标题，在 [report] 下加 title"),
    };
    let same_agency = report.agency.value == read.agency.value;
    if same_agency || report.title.is_given {
        add("report.title", "标题", &report.title.value, &read.title.value, title);
    }
    if let (Some(old), Some(new)) = (&report.date, &read.date) {
        let date = |date: &crate::report::Date| {
            format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
        };
        let edit = Ok(Edit::Value(old.span.clone(), date(&new.value)));
        add("report.date", "成文日期", &date(&old.value), &date(&new.value), edit);
    }
}

/// Writes accepted changes into the text of the data file.
pub fn apply(text: &str, accepted: &[&Change]) -> String {
    let mut pieces: Vec<(Span, String)> = Vec::new();
    let mut rows: Vec<(Span, Vec<String>)> = Vec::new();
    for change in accepted {
        match &change.edit {
            Ok(Edit::Value(span, value)) => pieces.push((span.clone(), value.clone())),
            Ok(Edit::InRow(span, at, cells)) => {
                let row = match rows.iter_mut().find(|(known, _)| known == span) {
                    Some(row) => row,
                    None => {
                        rows.push((span.clone(), cells.clone()));
                        rows.last_mut().expect("it was just put in")
                    }
                };
                if let Some(cell) = row.1.get_mut(*at) {
                    cell.clone_from(&change.new);
                }
            }
            Err(_) => {}
        }
    }
    pieces.extend(rows.into_iter().map(|(span, cells)| {
        let value =
            if cells.len() == 1 { cells.concat() } else { format!("[{}]", cells.join(", ")) };
        (span, value)
    }));
    pieces.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut out = text.to_owned();
    let mut end = usize::MAX;
    for (span, value) in pieces {
        // Two changes of one piece cannot both be written; the first in the file's order is.
        if span.end <= end && span.end <= out.len() {
            out.replace_range(span.clone(), &value);
            end = span.start;
        }
    }
    out
}

fn quoted(text: &str) -> String {
    let one_line = text.split(char::is_control).collect::<Vec<_>>().join(" ");
    format!("\"{}\"", one_line.replace('\\', "\\\\").replace('"', "\\\""))
}

fn multiline(lines: &[&str]) -> String {
    let escape = |line: &&str| line.replace('\\', "\\\\").replace("\"\"\"", "\"\"\\\"");
    let body: Vec<String> = lines.iter().map(escape).collect();
    format!("\"\"\"\n{}\n\"\"\"", body.join("\n"))
}
