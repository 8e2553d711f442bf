//! Accounting identities: rows, columns and the balance of a table.
//!
//! Figures are compared as they will be printed, totals that the file leaves out included. An identity with a
//! blank, malformed or missing operand is not evaluated: that cell's own finding stands for it.

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Term};
use crate::format::{Column, Context, Row, Rule, Section, Table};
use crate::number::print;
use crate::source::Span;

use super::Subject;

/// The rows of a balance.
pub(super) struct Sides<'a> {
    pub(super) left: &'a [String],
    pub(super) right: &'a [String],
    /// The row that a failure is reported at.
    pub(super) row: &'a str,
}

/// For each row: the plain columns add up to the total column.
pub(super) fn rows(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(table) = subject.format().table(table) else { return };
    for section in &table.sections {
        let Some(total) = section.total_column() else { continue };
        let total = &section.columns[total];
        for row in &section.rows {
            let plain = section.columns.iter().filter(|column| !column.total);
            let terms =
                plain.map(|column| (table.path(section, row, column), column.label.as_str()));
            let words = Words { table, row: &row.label, column: &total.label, settled: false };
            compare_sum(subject, rule, &table.path(section, row, total), terms, &words, findings);
        }
    }
}

/// For each column: the rows of a group add up to a total row.
pub(super) fn columns(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    row: &str,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(table) = subject.format().table(table) else { return };
    let Some((section, total)) = find_row(table, row) else { return };
    for column in &section.columns {
        let rows = section.summed_rows(total);
        let terms = rows.map(|row| (table.path(section, row, column), row.label.as_str()));
        let settled =
            column.total && agrees_with_plain_figures(subject, table, section, total, column);
        let words = Words { table, row: &total.label, column: &column.label, settled };
        compare_sum(subject, rule, &table.path(section, total, column), terms, &words, findings);
    }
}

/// Whether a total of totals is the sum of the plain figures, so that only totals of single rows are wrong.
fn agrees_with_plain_figures(
    subject: &Subject<'_>,
    table: &Table,
    section: &Section,
    total: &Row,
    column: &Column,
) -> bool {
    let paths: Vec<String> = section
        .summed_rows(total)
        .flat_map(|row| {
            let plain = section.columns.iter().filter(|column| !column.total);
            plain.map(move |column| table.path(section, row, column))
        })
        .collect();
    let reported = subject.report.value(&table.path(section, total, column));
    reported.is_some() && reported == sum(subject, paths.iter().map(String::as_str))
}

fn find_row<'a>(table: &'a Table, key: &str) -> Option<(&'a Section, &'a Row)> {
    table.sections.iter().find_map(|section| {
        section.rows.iter().find(|row| row.key == key).map(|row| (section, row))
    })
}

struct Words<'a> {
    table: &'a Table,
    row: &'a str,
    column: &'a str,
    /// The reported total is right; what it is compared with is not.
    settled: bool,
}

impl Words<'_> {
    fn context(&self, reported: Decimal, computed: Decimal) -> Context {
        Context::from([
            ("table", self.table.title.clone()),
            ("row", self.row.to_owned()),
            ("column", self.column.to_owned()),
            ("reported", print(reported)),
            ("computed", print(computed)),
            ("settled", if self.settled { "1".to_owned() } else { String::new() }),
        ])
    }
}

/// Tells the messages whether the file itself holds a figure (`written`), or it was computed (empty).
fn tell_written(subject: &Subject<'_>, path: &str, context: &mut Context) {
    let figure = subject.report.figure(path);
    let written = figure.is_some_and(|figure| figure.span.is_some());
    context.insert("written", if written { "1".to_owned() } else { String::new() });
}

fn compare_sum<'a>(
    subject: &Subject<'_>,
    rule: &Rule,
    total: &str,
    terms: impl Iterator<Item = (String, &'a str)>,
    words: &Words<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let terms: Vec<(String, &str)> = terms.collect();
    let Some(reported) = subject.report.value(total) else { return };
    let Some(computed) = sum(subject, terms.iter().map(|(path, _)| path.as_str())) else { return };
    if reported == computed {
        return;
    }
    let terms: Vec<Term> =
        terms.iter().filter_map(|(path, label)| subject.term(path, label)).collect();
    let mut context = words.context(reported, computed);
    context.insert("sum", addition(&terms));
    tell_written(subject, total, &mut context);
    let span = span_of(subject, total, &terms);
    let mut found = subject.finding(rule, total, span, &context);
    found.reported = Some(print(reported));
    // A total that is right must not be told to become what wrong totals add up to.
    found.computed = (!words.settled).then(|| print(computed));
    found.terms = terms;
    findings.push(found);
}

/// For each column: the rows on the left add up to those on the right.
pub(super) fn balance(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    sides: &Sides<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(table) = subject.format().table(table) else { return };
    let Some((section, row)) = find_row(table, sides.row) else { return };
    for column in &section.columns {
        findings.extend(unbalanced(subject, rule, (table, section, row, column), sides));
    }
}

fn unbalanced(
    subject: &Subject<'_>,
    rule: &Rule,
    (table, section, row, column): (&Table, &Section, &Row, &Column),
    sides: &Sides<'_>,
) -> Option<Diagnostic> {
    let terms_of = |keys: &[String]| -> Option<Vec<Term>> {
        keys.iter()
            .map(|key| {
                let (_, row) = find_row(table, key)?;
                subject.term(&table.path(section, row, column), &row.label)
            })
            .collect()
    };
    let (left, right) = (terms_of(sides.left)?, terms_of(sides.right)?);
    let left_sum = sum(subject, left.iter().map(|term| term.path.as_str()))?;
    let right_sum = sum(subject, right.iter().map(|term| term.path.as_str()))?;
    if left_sum == right_sum {
        return None;
    }
    let path = table.path(section, row, column);
    let reported = subject.report.value(&path)?;
    let on_left = left.iter().any(|term| term.path == path);
    let difference = if on_left { right_sum - left_sum } else { left_sum - right_sum };
    let computed = reported.checked_add(difference)?;
    let words = Words { table, row: &row.label, column: &column.label, settled: false };
    let mut context = words.context(reported, computed);
    context.insert("left", plain_addition(&left));
    context.insert("right", plain_addition(&right));
    tell_written(subject, &path, &mut context);
    context.insert("left_sum", print(left_sum));
    context.insert("right_sum", print(right_sum));
    let terms: Vec<Term> = left.into_iter().chain(right).collect();
    let span = span_of(subject, &path, &terms);
    let mut found =
        subject.finding(rule, &path, span, &context).with_values(print(reported), print(computed));
    found.terms = terms;
    Some(found)
}

fn sum<'a>(subject: &Subject<'_>, paths: impl Iterator<Item = &'a str>) -> Option<Decimal> {
    paths
        .map(|path| subject.report.value(path))
        .try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value?))
}

/// `6 + 2`: the operands that are not 0, or `0`.
fn addition(terms: &[Term]) -> String {
    let values: Vec<&str> =
        terms.iter().map(|term| term.value.as_str()).filter(|value| *value != "0").collect();
    if values.is_empty() { "0".to_owned() } else { values.join(" + ") }
}

/// `12 + 0`: all operands, for identities that have few.
fn plain_addition(terms: &[Term]) -> String {
    terms.iter().map(|term| term.value.as_str()).collect::<Vec<_>>().join(" + ")
}

/// The place of a figure; of a computed one, that of the first operand that the file holds and that is not 0; where
/// all operands are computed too, that of the first operand's row.
fn span_of(subject: &Subject<'_>, path: &str, terms: &[Term]) -> Option<Span> {
    let own = subject.report.figure(path).and_then(|figure| figure.span.clone());
    let operand = || {
        let with_place = || terms.iter().filter(|term| term.span.is_some());
        let first = with_place().find(|term| term.value != "0").or_else(|| with_place().next());
        first.and_then(|term| term.span.clone())
    };
    let row = || terms.iter().find_map(|term| span_of_row(subject, &term.path));
    own.or_else(operand).or_else(row)
}

/// The place of the first figure that the file holds in the row of a path.
pub(super) fn span_of_row(subject: &Subject<'_>, path: &str) -> Option<Span> {
    let row = &subject.format().cell(path)?.row_path;
    let cells = subject.format().cells().iter().zip(&subject.report.figures);
    let mut places = cells.filter(|(cell, _)| cell.row_path == *row);
    places.find_map(|(_, figure)| figure.span.clone())
}
