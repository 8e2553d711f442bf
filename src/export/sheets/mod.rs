//! The figures as tables for spreadsheets: a sheet for each table of the form, and one for each sentence of figures.
//!
//! In: the document model with the ids of its figures, the format. Out: [`Sheet`]s in official order, which
//! [`xlsx`] and [`csv`] write.

pub(super) mod csv;
mod totals;
pub(super) mod xlsx;

use std::collections::HashMap;

use super::model::{forms, is_label};
use crate::document::{FormCell, FormCellKind, FormTable, Model, PrintedPart};
use crate::format::{Format, ItemKind};
use crate::number::Number;
use crate::report::{Report, State};

/// A table of figures with its labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    /// Short name: of the file and of the sheet.
    pub(crate) name: String,
    /// What it is called on paper.
    pub(crate) title: String,
    /// Share of each column in the width.
    pub(crate) columns: Vec<f64>,
    pub(crate) rows: usize,
    pub(crate) cells: Vec<SheetCell>,
    /// Notes on cells and under the table.
    pub(crate) notes: Vec<String>,
}

/// A cell of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SheetCell {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) colspan: usize,
    pub(crate) rowspan: usize,
    pub(crate) text: String,
    pub(crate) is_figure: bool,
    /// Of a total: the places (x, y) of what it sums up, when they do add up to it.
    pub(crate) terms: Vec<(usize, usize)>,
}

impl SheetCell {
    /// The exact value of a figure.
    pub(crate) fn number(&self) -> Option<Number> {
        if self.is_figure { Number::parse(&self.text).ok() } else { None }
    }
}

/// A sentence of the form with figures, such as 信息处理费.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SentenceFigures {
    label: String,
    /// Label, figure and unit of each.
    figures: Vec<(String, String, String)>,
}

/// The figures of a report that stand in sentences.
pub(crate) fn sentences(report: &Report, format: &Format) -> Vec<SentenceFigures> {
    let mut sentences = Vec::new();
    for part in &format.manifest.parts {
        for item in part.items.iter().filter(|item| item.kind == ItemKind::Sentence) {
            let figures: Vec<_> = item
                .figures
                .iter()
                .filter_map(|figure| {
                    let path = format!("{}.{}.{}", part.key, item.key, figure.key);
                    let found = report.figures.get(format.cell_index(&path)?)?;
                    let unit = figure.unit.clone().unwrap_or_default();
                    (found.state != State::Absent)
                        .then(|| (figure.label.clone(), found.text.clone(), unit))
                })
                .collect();
            if !figures.is_empty() {
                sentences.push(SentenceFigures { label: item.label.clone(), figures });
            }
        }
    }
    sentences
}

/// All sheets of a report.
pub(crate) fn sheets(model: &Model, format: &Format, sentences: &[SentenceFigures]) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    for (part, form) in forms(model) {
        let name = unused(&sheets, table_name(part, form));
        sheets.push(of_form(name, form, format));
    }
    for sentence in sentences {
        let name = unused(&sheets, plain(&sentence.label));
        sheets.push(of_sentence(name, sentence));
    }
    sheets
}

/// 表二 for the table of part 二、; else its title.
fn table_name(part: &PrintedPart, form: &FormTable) -> String {
    let number = part.heading.split_once('、').map(|(number, _)| number);
    match number.filter(|number| !number.is_empty() && number.chars().count() <= 3) {
        Some(number) => plain(&format!("表{number}")),
        None => plain(&form.title),
    }
}

/// A name as file names and names of sheets may be.
fn plain(name: &str) -> String {
    let allowed = |c: char| if c.is_control() || "[]/\\:*?\"<>|'".contains(c) { '_' } else { c };
    let name: String = name.chars().map(allowed).take(25).collect();
    if name.trim().is_empty() { "表".to_owned() } else { name }
}

fn unused(sheets: &[Sheet], name: String) -> String {
    let is_free = |name: &str| sheets.iter().all(|sheet| sheet.name != name);
    let numbered = (2..).map(|number| format!("{name}之{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or(name)
}

fn of_form(name: String, form: &FormTable, format: &Format) -> Sheet {
    let mut cells = Vec::new();
    let mut notes = Vec::new();
    let mut places = HashMap::new();
    let mut top = 0;
    for section in &form.sections {
        for rows in [&section.head, &section.rows] {
            let first = rows.first().and_then(|row| row.first()).map_or(0, |cell| cell.y);
            for cell in rows.iter().flatten() {
                let y = top + cell.y - first;
                if let Some(id) = &cell.id {
                    places.insert(id.clone(), cells.len());
                }
                cells.push(sheet_cell(cell, y));
                if let (Some(note), Some(id)) = (&cell.note, &cell.id) {
                    let label = format.cell(id).map(|cell| cell.label()).unwrap_or_default();
                    notes.push(format!("“{label}”的说明：{note}"));
                }
            }
            top += rows.len();
        }
    }
    totals::find(&mut cells, &places, form, format);
    // A text may begin like a formula; behind a word it cannot be taken for one.
    let under = form.notes.iter().map(|note| match note.strip_prefix(['注', '（']) {
        Some(_) => note.clone(),
        None => format!("注：{note}"),
    });
    notes.extend(under);
    let columns =
        form.columns.iter().map(|column| if is_label(column) { 2.0 } else { 1.0 }).collect();
    Sheet { name, title: form.title.clone(), columns, rows: top, cells, notes }
}

fn sheet_cell(cell: &FormCell, y: usize) -> SheetCell {
    SheetCell {
        x: cell.x,
        y,
        colspan: cell.colspan,
        rowspan: cell.rowspan,
        text: cell.text.clone(),
        is_figure: cell.kind == FormCellKind::Figure,
        terms: Vec::new(),
    }
}

fn of_sentence(name: String, sentence: &SentenceFigures) -> Sheet {
    let cell = |x: usize, y: usize, text: &str, is_figure: bool| SheetCell {
        x,
        y,
        colspan: 1,
        rowspan: 1,
        text: text.to_owned(),
        is_figure,
        terms: Vec::new(),
    };
    let head = ["项目", "数量", "单位"];
    let mut cells: Vec<SheetCell> =
        head.iter().enumerate().map(|(x, text)| cell(x, 0, text, false)).collect();
    for (row, (label, figure, unit)) in sentence.figures.iter().enumerate() {
        let y = row + 1;
        cells.push(cell(0, y, label, false));
        cells.push(cell(1, y, figure, true));
        cells.push(cell(2, y, unit, false));
    }
    let rows = sentence.figures.len() + 1;
    let title = sentence.label.clone();
    Sheet { name, title, columns: vec![2.0, 1.0, 1.0], rows, cells, notes: Vec::new() }
}
