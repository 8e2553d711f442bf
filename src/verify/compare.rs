//! What a PDF says against what it should say: the form, the report, the rules.

use std::sync::Arc;

use crate::check::{Subject, check};
use crate::diagnostic::Level;
use crate::format::{Cell, FigureKind, Format, RuleKind};
use crate::generator::Generator;
use crate::number::Number;
use crate::report::{Agency, Figure, Kind, Report, Scope, State, Title};

use super::figures::{Figures, Printed, table_figures};
use super::pdf::Pdf;
use super::tables::{Grid, squeezed};
use super::texts::{Boxed, Difference, RunningText, boxed, expected};
use super::{Finding, Original, is_draft};

/// Most characters of a text that a message quotes.
const QUOTED: usize = 24;

/// Whether every label and every figure of the form is there, once.
pub(super) fn form(format: &Format, figures: &Figures, findings: &mut Vec<Finding>) {
    for label in &figures.missing_labels {
        findings.push(Finding::new(
            "PDF-LABEL",
            Level::Error,
            format!("表格里没有“{label}”这一栏"),
        ));
    }
    for &index in &figures.repeated {
        let cell = &format.cells()[index];
        let message = format!("“{}”在表格里出现了不止一次", label(cell));
        findings.push(Finding::new("PDF-FIGURE", Level::Error, message).at(&cell.path));
    }
    for printed in &figures.strange {
        let page = printed.place.map(|(page, _)| page);
        let message = format!("表格里的“{}”不属于任何一栏：行名或列名不是正式名称", printed.value);
        findings.push(Finding::new("PDF-FIGURE", Level::Error, message).on(page));
    }
    for index in table_figures(format).filter(|index| !figures.found.contains_key(index)) {
        let cell = &format.cells()[index];
        let message = format!("找不到“{}”的数字", label(cell));
        findings.push(Finding::new("PDF-FIGURE", Level::Error, message).at(&cell.path));
    }
}

/// Whether every figure and every note in a cell is that of the report.
pub(super) fn with_report(original: &Original, figures: &Figures, findings: &mut Vec<Finding>) {
    for (&index, printed) in &figures.found {
        let cell = &original.report.format.cells()[index];
        let Some(figure) = original.report.figures.get(index) else { continue };
        let page = printed.place.map(|(page, _)| page);
        let line =
            figure.span.as_ref().map(|span| original.checked.source.position(span.start).line);
        let note = figure.note.as_ref().map(|note| squeezed(&note.value)).unwrap_or_default();
        let (wanted, found) = (squeezed(&figure.text), squeezed(&printed.value));
        let mut report = |message: String, found: &str, wanted: &str| {
            let mut finding = Finding::new("PDF-FIGURE", Level::Error, message)
                .on(page)
                .at(&cell.path)
                .values(found, wanted);
            finding.line = line;
            findings.push(finding);
        };
        let is_whole = format!("{found}{}", printed.note) == format!("{wanted}{note}");
        if !is_whole && found != wanted {
            let origin = if figure.state == State::Computed {
                "按数据文件计算为"
            } else {
                "数据文件是"
            };
            report(
                format!("“{}”印的是{}，{origin}{}", label(cell), shown(&found), shown(&wanted)),
                &found,
                &wanted,
            );
        } else if !is_whole && !printed.note.contains(&note) {
            report(format!("“{}”的注与数据文件不同", label(cell)), &printed.note, &note);
        }
    }
}

/// Whether every text of the report is there and nothing else; returns how many are.
pub(super) fn texts(original: &Original, pdf: &Pdf, findings: &mut Vec<Finding>) -> usize {
    let mut running = RunningText::of(pdf);
    let mut found = 0;
    for text in expected(&original.document) {
        let field = text.id.split('#').next().unwrap_or(&text.id);
        let line = original
            .report
            .text(field)
            .map(|text| original.checked.source.position(text.span.start).line);
        if text.optional {
            running.allow(&text.text);
            continue;
        }
        let finding = match running.expect(&text.text) {
            None => {
                found += 1;
                continue;
            }
            Some(Difference::Missing) => {
                let message = format!("PDF 里没有这段文字：“{}”", quoted(&text.text));
                Finding::new("PDF-TEXT", Level::Error, message)
            }
            Some(Difference::Changed { page, printed, expected }) => {
                let message = format!("文字不同：印的是“{printed}”，数据文件是“{expected}”");
                Finding::new("PDF-TEXT", Level::Error, message)
                    .on(Some(page))
                    .values(printed, expected)
            }
        };
        let mut finding = finding.at(field);
        finding.line = line;
        findings.push(finding);
    }
    // The last page of a draft lists findings, which no data file holds.
    let besides = if is_draft(pdf) { Vec::new() } else { running.unexplained() };
    for (page, text) in besides {
        let message = format!("数据文件里没有这段文字：“{}”", quoted(&text));
        findings.push(Finding::new("PDF-TEXT", Level::Error, message).on(Some(page)));
    }
    found
}

/// Whether every table, picture and chart inside the texts is there.
pub(super) fn boxes(original: &Original, pdf: &Pdf, grids: &[Grid], findings: &mut Vec<Finding>) {
    let tables: Vec<Vec<&str>> = grids
        .iter()
        .map(|grid| grid.cells.iter().map(|cell| cell.text.as_str()).collect())
        .collect();
    let figures = pdf.tree.iter().flat_map(|tree| {
        tree.with_role("Figure")
            .filter_map(|at| tree.elements[at].alternative.as_deref().map(squeezed))
    });
    let figures: Vec<String> = figures.collect();
    for wanted in boxed(&original.document) {
        let (field, message) = match &wanted {
            Boxed::Table(field, cells) if !tables.iter().any(|table| table == cells) => {
                let start = cells
                    .iter()
                    .filter(|cell| !cell.is_empty())
                    .take(3)
                    .cloned()
                    .collect::<Vec<_>>();
                (field, format!("文中的表格与数据文件不同或者没有：“{}…”", start.join("、")))
            }
            Boxed::Picture(field, alternative) if !figures.contains(&squeezed(alternative)) => {
                (field, format!("文中的图与数据文件不同或者没有：“{}”", quoted(alternative)))
            }
            _ => continue,
        };
        findings.push(Finding::new("PDF-TEXT", Level::Error, message).at(field));
    }
}

/// Whether the figures are figures and obey the accounting rules of the form.
pub(super) fn rules(
    generator: &Generator,
    format: &Arc<Format>,
    figures: &Figures,
    findings: &mut Vec<Finding>,
) {
    for (&index, printed) in &figures.found {
        let cell = &format.cells()[index];
        let page = printed.place.map(|(page, _)| page);
        if printed.value.is_empty() {
            let message = format!("“{}”是空白：没有的应填 0", label(cell));
            findings.push(Finding::new("BLANK", Level::Error, message).on(page).at(&cell.path));
        } else if number(cell, printed).is_none() {
            let message = format!("“{}”不是合理的数字：{}", label(cell), printed.value);
            findings.push(Finding::new("NUMBER", Level::Error, message).on(page).at(&cell.path));
        }
    }
    let report = report(format, figures);
    let (catalog, fonts) = (generator.catalog(), generator.fonts());
    let subject = Subject { report: &report, file: None, catalog, fonts, previous: None };
    let is_accounting = |code: &str| {
        let kind = format.rule(code).map(|rule| &rule.kind);
        matches!(
            kind,
            Some(RuleKind::RowSum { .. } | RuleKind::ColumnSum { .. } | RuleKind::Balance { .. })
        )
    };
    for broken in
        check(&subject, Vec::new()).into_iter().filter(|broken| is_accounting(&broken.rule))
    {
        let printed = format.cell_index(&broken.path).and_then(|index| figures.found.get(&index));
        let page = printed.and_then(|printed| printed.place).map(|(page, _)| page);
        let mut finding =
            Finding::new(&broken.rule, broken.level, broken.message).on(page).at(&broken.path);
        (finding.printed, finding.expected) = (broken.reported, broken.computed);
        findings.push(finding);
    }
}

/// A report that has nothing but the figures of a PDF.
fn report(format: &Arc<Format>, figures: &Figures) -> Report {
    let read = |(index, cell): (usize, &Cell)| {
        let number = figures.found.get(&index).and_then(|printed| number(cell, printed));
        number.map_or(Figure::empty(State::Blank, None), |number| {
            Figure::of(number, State::Given, None)
        })
    };
    Report {
        format: Arc::clone(format),
        agency: Agency::default(),
        year: None,
        kind: Kind::default(),
        scope: Scope::default(),
        title: Title::default(),
        date: None,
        texts: Vec::new(),
        figures: format.cells().iter().enumerate().map(read).collect(),
        table_notes: Vec::new(),
        charts: Vec::new(),
        waivers: Vec::new(),
        named_format: None,
    }
}

/// The figure that a cell says, when it is one that the form allows there.
fn number(cell: &Cell, printed: &Printed) -> Option<Number> {
    let value = printed.value.replace('−', "-");
    let digits = match cell.kind {
        FigureKind::Money => value.trim_end_matches(|c: char| !c.is_ascii_digit()),
        _ => &value,
    };
    let number = Number::parse(digits).ok()?;
    let is_allowed = match cell.kind {
        FigureKind::Count => number.is_whole() && !number.value.is_sign_negative(),
        FigureKind::Change => number.is_whole(),
        FigureKind::Amount | FigureKind::Money => !number.value.is_sign_negative(),
    };
    is_allowed.then_some(number)
}

pub(super) fn label(cell: &Cell) -> String {
    cell.label()
}

fn shown(value: &str) -> String {
    if value.is_empty() { "空白".to_owned() } else { format!(" {value}") }
}

pub(super) fn quoted(text: &str) -> String {
    let text = squeezed(text);
    let mut start: String = text.chars().take(QUOTED).collect();
    if text.chars().count() > QUOTED {
        start.push('…');
    }
    start
}
