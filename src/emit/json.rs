//! The JSON that other tools rely on. Names, order and types are a contract: add, never change.

use serde::Serialize;

use super::ReportFindings;
use crate::diagnostic::{Counts, Diagnostic, Term};
use crate::source::{Source, Span};

/// The version of this form.
pub const VERSION: u32 = 1;

/// One report in the JSON document; other records (of `batch`) hold the same.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    path: &'a str,
    format: Option<&'a str>,
    agency: Option<&'a str>,
    year: Option<i32>,
    errors: usize,
    warnings: usize,
    notes: usize,
    previous: Option<&'a str>,
    findings: Vec<Finding<'a>>,
}

impl<'a> Report<'a> {
    /// The findings.
    pub fn findings(&self) -> &[Finding<'a>] {
        &self.findings
    }
}

/// One finding in JSON.
#[derive(Debug, Serialize)]
pub struct Finding<'a> {
    rule: &'a str,
    level: &'static str,
    message: &'a str,
    #[serde(rename = "where")]
    place: Option<&'a str>,
    reported: Option<&'a str>,
    computed: Option<&'a str>,
    terms: Vec<Operand<'a>>,
    /// None in a file that is no text of lines: `source` says where.
    span: Option<Region>,
    help: Option<String>,
    basis: Option<&'a str>,
    waived: Option<&'a str>,
    source: Option<Elsewhere>,
}

/// A place in a foreign file.
#[derive(Debug, Serialize)]
struct Elsewhere {
    place: String,
    page: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Operand<'a> {
    path: &'a str,
    value: &'a str,
}

/// A span as people count it; the end is the first column behind it.
#[derive(Debug, Serialize)]
struct Region {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// The beginning of the document.
pub(super) fn opening() -> String {
    format!("{{\"version\":{VERSION},\"reports\":[")
}

/// One report in the document's list.
pub(super) fn element(item: &ReportFindings, first: bool) -> String {
    // Strings, numbers and lists of them: there is nothing that could fail.
    let text = serde_json::to_string(&report(item)).expect("findings are plain data");
    if first { text } else { format!(",{text}") }
}

/// The end of the document.
pub(super) fn closing() -> String {
    "]}\n".to_owned()
}

/// Returns the record of one report.
pub fn report<'a>(item: &ReportFindings<'a>) -> Report<'a> {
    let Counts { errors, warnings, notes } = item.counts();
    Report {
        path: item.path,
        format: item.format,
        agency: item.agency,
        year: item.year,
        errors,
        warnings,
        notes,
        previous: item.previous.map(Source::name),
        findings: item.diagnostics.iter().map(|found| finding(found, item.source)).collect(),
    }
}

fn finding<'a>(finding: &'a Diagnostic, source: &Source) -> Finding<'a> {
    Finding {
        rule: &finding.rule,
        level: finding.level.name(),
        message: &finding.message,
        place: Some(finding.path.as_str()).filter(|path| !path.is_empty()),
        reported: finding.reported.as_deref(),
        computed: finding.computed.as_deref(),
        terms: finding.terms.iter().map(operand).collect(),
        span: finding
            .span
            .as_ref()
            .filter(|_| source.origins().is_none())
            .map(|span| region(span, source)),
        help: help(finding),
        basis: finding.basis.as_deref(),
        waived: finding.waived.as_deref(),
        source: source.origins().map(|origins| {
            let place = origins.of(&finding.path, finding.span.as_ref());
            Elsewhere { place: place.place, page: place.page }
        }),
    }
}

/// What to do, with the lines to paste where there are some.
pub(super) fn help(finding: &Diagnostic) -> Option<String> {
    let parts: Vec<&str> =
        [&finding.help, &finding.suggestion].into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

fn operand(term: &Term) -> Operand<'_> {
    Operand { path: &term.path, value: &term.value }
}

fn region(span: &Span, source: &Source) -> Region {
    let start = source.position(span.start);
    let end = source.position(span.end.max(span.start));
    Region { line: start.line, column: start.column, end_line: end.line, end_column: end.column }
}
