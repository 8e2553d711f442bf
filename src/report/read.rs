//! Puts a report together from its record.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Level};
use crate::format::{Context, Format, ItemKind};
use crate::record::Record;
use crate::source::Source;

use super::cells::Cells;
use super::expect::{self, join};
use super::fields::Fields;
use super::{Agency, Figure, Report, Spanned, Title, charts, totals};

/// Reads a record by a format. Findings are complete but unsorted.
pub fn read(source: &Source, record: &Record, format: &Arc<Format>) -> (Report, Vec<Diagnostic>) {
    let mut fields = Fields { source, record, findings: Vec::new() };
    let named_format = fields.line("format", "格式", None);
    let agency = fields.agency();
    let year = fields.year();
    let given_title = fields.line("report.title", "标题", None);
    let title = match given_title {
        Some(Spanned { value, span }) => Title { value, span: Some(span), is_given: true },
        None => default_title(format, &agency, year.as_ref()),
    };
    let mut report = Report {
        format: Arc::clone(format),
        kind: fields.kind(),
        scope: fields.scope(),
        date: fields.date(),
        texts: fields.texts(format),
        table_notes: fields.table_notes(format),
        waivers: fields.waivers(),
        figures: Vec::new(),
        charts: Vec::new(),
        agency,
        year,
        title,
        named_format,
    };
    let mut findings = fields.findings;
    findings.extend(overlong_title(&report));
    report.charts = charts::read(record, &mut findings);
    let mut cells = Cells { format, source, record, findings, headed: Vec::new() };
    report.figures = figures(&mut cells, format);
    totals::compute(format, &mut report.figures);
    let mut findings = cells.findings;
    expect::check(record, format, &mut findings);
    (report, findings)
}

/// Most characters of a title: the longest real one has some 60. More is a paragraph pasted into the wrong place.
const LONGEST_TITLE: usize = 100;

fn overlong_title(report: &Report) -> Option<Diagnostic> {
    let length = report.title.value.chars().count();
    if length <= LONGEST_TITLE {
        return None;
    }
    let (path, what) = match report.title.is_given {
        true => ("report.title", "标题"),
        false => ("report.agency", "由机关全称合成的标题"),
    };
    let message = format!("{what}有 {length} 个字，太长了（最多 {LONGEST_TITLE} 个字）");
    let help = match report.title.is_given {
        true => "核对是否把正文粘贴到了标题里；标题一般不用写，由机关全称和年度合成",
        false => "核对机关全称里是否粘贴了别的文字",
    };
    let span = report.title.span.clone();
    Some(Diagnostic::new("TYPE", Level::Error, message, path, span).with_help(help))
}

fn default_title(format: &Format, agency: &Agency, year: Option<&Spanned<i32>>) -> Title {
    let year = year.map_or_else(String::new, |year| year.value.to_string());
    let context = Context::from([("agency", agency.value.clone()), ("year", year)]);
    let value = format.words("title", &context);
    Title { value, span: agency.span.clone(), is_given: false }
}

/// Reads all figures in the order of [`Format::cells`].
fn figures(cells: &mut Cells<'_>, format: &Format) -> Vec<Figure> {
    let mut figures = Vec::with_capacity(format.cells().len());
    for table in &format.tables {
        for section in &table.sections {
            for row in &section.rows {
                figures.extend(cells.row(table, section, row));
            }
        }
    }
    for part in &format.manifest.parts {
        for item in part.items.iter().filter(|item| item.kind == ItemKind::Sentence) {
            let keys: Vec<String> = item.figures.iter().map(|figure| figure.key.clone()).collect();
            figures.extend(cells.sentence(&join(&part.key, &item.key), &keys));
        }
    }
    figures
}
