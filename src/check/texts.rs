//! The texts of a report against its figures and last year's: findings of `text` with their places in the file.

use rust_decimal::Decimal;

use crate::diagnostic::{self, Diagnostic, Level, Term};
use crate::number::print;
use crate::report::{Kind, Report, Scope, State};
use crate::source::Span;
use crate::text::ordinary::ordinary_text;
use crate::text::{Facts, Field, Finding, Operand, Origin, Place, Subject as Texts};

use super::Subject;

/// Runs the rules about texts. Without the report's year no text can be judged.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Diagnostic>) {
    let report = subject.report;
    let Some(year) = &report.year else { return };
    let agencies: Vec<_> =
        report.agency.names.iter().map(|name| ordinary_text(&name.value)).collect();
    let texts = Texts {
        agencies: agencies.iter().map(|name| name.as_ref()).collect(),
        title: report.title.is_given.then_some(report.title.value.as_str()),
        year: year.value,
        kind: match report.kind {
            Kind::Department => "department",
            Kind::Government => "government",
        },
        scope: match report.scope {
            Scope::Own => "own",
            Scope::Jurisdiction => "jurisdiction",
        },
        date: report.date.as_ref().map(|date| (date.value.year, date.value.month, date.value.day)),
        fields: fields(report),
        previous_fields: previous_fields(subject),
        facts: &Figures(subject),
    };
    let found = subject.format().texts().check(&texts);
    let mut found: Vec<Diagnostic> =
        found.into_iter().filter_map(|finding| place(subject, finding)).collect();
    found.retain(|finding| !is_missing(&finding.path, findings));
    if diagnostic::is_damaged(findings) {
        // What is not found in such a file may stand in a line that could not be read.
        found.retain(|finding| finding.reported.is_some());
    }
    findings.append(&mut found);
}

/// Whether a text is reported as missing already: that it is empty is the same mistake.
fn is_missing(path: &str, findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.rule == "MISSING" && finding.path == path)
}

/// The figures of both years.
struct Figures<'a>(&'a Subject<'a>);

impl Facts for Figures<'_> {
    fn figure(&self, path: &str) -> Option<Decimal> {
        self.0.report.value(path)
    }

    fn is_given(&self, path: &str) -> bool {
        let figure = self.0.report.figure(path);
        figure.is_some_and(|figure| figure.state != State::Absent)
    }

    fn rows(&self, group: &str) -> Vec<String> {
        let mut rows: Vec<String> = Vec::new();
        for cell in self.0.format().cells() {
            let inside =
                cell.row_path.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'));
            if inside && !rows.contains(&cell.row_path) {
                rows.push(cell.row_path.clone());
            }
        }
        rows
    }

    fn previous(&self, path: &str) -> Option<Decimal> {
        let previous = self.0.previous?;
        previous.value(path)
    }
}

fn fields(report: &Report) -> Vec<Field<'_>> {
    report.all_texts().map(|text| Field { path: &text.path, text: &text.value }).collect()
}

/// Last year's texts; a file of another year than the one before says nothing about copying.
fn previous_fields<'a>(subject: &Subject<'a>) -> Vec<Field<'a>> {
    subject.previous.map_or_else(Vec::new, fields)
}

/// Puts a finding in its place in the file; none when the file lacks the place, which is a finding of its own.
fn place(subject: &Subject<'_>, finding: Finding) -> Option<Diagnostic> {
    let span = span(subject, &finding.place)?;
    let level = Level::parse(&finding.level).unwrap_or(Level::Warning);
    let path = finding.place.path().to_owned();
    let terms = finding.operands.iter().filter_map(|operand| term(subject, operand)).collect();
    Some(Diagnostic {
        label: finding.label,
        reported: finding.reported,
        computed: finding.computed,
        terms,
        help: finding.help,
        basis: finding.basis,
        ..Diagnostic::new(&finding.code, level, finding.message, path, span)
    })
}

fn span(subject: &Subject<'_>, place: &Place) -> Option<Span> {
    let report = subject.report;
    match place {
        Place::Text { field, .. } if field == "report.title" => report.title.span.clone(),
        Place::Text { field, range } => match report.text(field) {
            Some(text) if range.is_empty() || *range == (0..text.value.len()) => {
                Some(first_line(&text.value).map_or(text.span.clone(), |line| text.map.span(&line)))
            }
            Some(text) => Some(text.map.span(range)),
            None => None,
        },
        Place::Value { path } if path == "report.date" => {
            report.date.as_ref().map(|date| date.span.clone())
        }
        Place::Value { path } => {
            report.figure(path)?.span.clone().or_else(|| row_span(subject, path))
        }
    }
}

/// The place of a row, for a total that the file leaves out.
fn row_span(subject: &Subject<'_>, path: &str) -> Option<Span> {
    let row = &subject.format().cell(path)?.row_path;
    let cells = subject.format().cells().iter().filter(|cell| cell.row_path == *row);
    let spans = cells.filter_map(|cell| subject.report.figure(&cell.path)?.span.clone());
    spans.reduce(|all, span| all.start.min(span.start)..all.end.max(span.end))
}

/// The first line that says something, for a finding about a text as a whole.
fn first_line(text: &str) -> Option<Span> {
    let line = text.lines().find(|line| line.chars().any(char::is_alphanumeric))?;
    let line = line.trim();
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    Some(start..start + line.len())
}

fn term(subject: &Subject<'_>, operand: &Operand) -> Option<Term> {
    let previous = match operand.origin {
        Origin::Report => None,
        Origin::Previous => Some(subject.previous?),
    };
    let report = previous.unwrap_or(subject.report);
    let cell = report.format.cell(&operand.path)?;
    let label = match previous {
        None => cell.label(),
        Some(_) => format!("{} 年度 {}", report.year_or_zero(), cell.label()),
    };
    Some(Term {
        path: operand.path.clone(),
        label,
        value: print(operand.value),
        span: report.figure(&operand.path)?.span.clone(),
        origin: match operand.origin {
            Origin::Report => diagnostic::Origin::Report,
            Origin::Previous => diagnostic::Origin::Previous,
        },
    })
}
