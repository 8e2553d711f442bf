//! This year's figures against last year's report of the same agency, in whichever format that is.

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Origin, Term};
use crate::format::{Context, Rule, Table};
use crate::number::print;
use crate::report::Report;

use super::Subject;
use super::plausible::rows_with;
use super::sums::span_of_row;

/// Last year's figure as an operand; none when its format has no such figure.
fn previous_term(previous: &Report, path: &str) -> Option<Term> {
    let cell = previous.format.cell(path)?;
    let figure = previous.figure(path)?;
    Some(Term {
        path: path.to_owned(),
        label: format!("{} 年度 {}", previous.year_or_zero(), cell.label()),
        value: figure.number.as_ref()?.digits.clone(),
        span: figure.span.clone(),
        origin: Origin::Previous,
    })
}

/// The place of a figure; of a computed one, that of its row.
fn place(subject: &Subject<'_>, path: &str) -> Option<crate::source::Span> {
    let figure = subject.report.figure(path);
    figure.and_then(|figure| figure.span.clone()).or_else(|| span_of_row(subject, path))
}

/// For each column: a row equals another row of last year's table.
pub(super) fn equal(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    [row, previous_row]: [&str; 2],
    findings: &mut Vec<Diagnostic>,
) {
    let Some(previous) = subject.previous else { return };
    let Some(table) = subject.format().table(table) else { return };
    for section in &table.sections {
        let Some(row) = section.rows.iter().find(|found| found.key == row) else { continue };
        let mut apart = Decimal::ZERO;
        for column in &section.columns {
            let path = table.path(section, row, column);
            let before = format!("{}.{previous_row}.{}", table.key, column.key);
            let Some(reported) = subject.report.value(&path) else { continue };
            let Some(expected) = previous.value(&before) else { continue };
            let difference = reported.checked_sub(expected).unwrap_or_default();
            // A total that is off by what its terms are off has the same cause as they.
            if reported == expected || (column.total && !apart.is_zero() && difference == apart) {
                continue;
            }
            apart = apart.checked_add(difference).unwrap_or_default();
            let context = Context::from([
                ("row", row.label.clone()),
                ("column", column.label.clone()),
                ("reported", print(reported)),
                ("computed", print(expected)),
                ("previous_year", previous.year_or_zero().to_string()),
            ]);
            let mut found = subject
                .finding(rule, &path, place(subject, &path), &context)
                .with_values(print(reported), print(expected));
            found.terms.extend(previous_term(previous, &before));
            findings.push(found);
        }
    }
}

/// For each row that has the columns: value = last year's value + plus − minus.
pub(super) fn flow(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    keys: [&str; 3],
    findings: &mut Vec<Diagnostic>,
) {
    let Some(previous) = subject.previous else { return };
    let Some(table) = subject.format().table(table) else { return };
    for (section, row, columns) in rows_with(table, keys) {
        let paths = columns.map(|column| table.path(section, row, column));
        findings.extend(broken_flow(subject, rule, previous, (table, &row.label), &paths));
    }
}

fn broken_flow(
    subject: &Subject<'_>,
    rule: &Rule,
    previous: &Report,
    (table, label): (&Table, &str),
    paths: &[String; 3],
) -> Option<Diagnostic> {
    let value = |at: usize| subject.report.value(&paths[at]);
    let (reported, plus, minus) = (value(0)?, value(1)?, value(2)?);
    let before = previous.value(&paths[0])?;
    let computed = before.checked_add(plus)?.checked_sub(minus)?;
    if reported == computed {
        return None;
    }
    let context = Context::from([
        ("row", label.to_owned()),
        ("table", table.title.clone()),
        ("reported", print(reported)),
        ("computed", print(computed)),
        ("before", print(before)),
        ("plus", print(plus)),
        ("minus", print(minus)),
    ]);
    let mut found = subject
        .finding(rule, &paths[0], place(subject, &paths[0]), &context)
        .with_values(print(reported), print(computed));
    let label =
        |path: &str| subject.format().cell(path).map_or_else(String::new, |cell| cell.label());
    found.terms = paths[1..].iter().filter_map(|path| subject.term(path, &label(path))).collect();
    found.terms.insert(0, previous_term(previous, &paths[0])?);
    Some(found)
}
