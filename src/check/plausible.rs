//! Figures that the form allows but that cannot well be true together.

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Term};
use crate::format::{Column, Context, Row, Rule, Section, Table};
use crate::number::print;
use crate::report::Agency;

use super::Subject;
use super::sums::span_of_row;

/// Each row of a table is 0 where all figures of the base are. Reported at the row.
pub(super) fn needs_base(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    base: &[String],
    findings: &mut Vec<Diagnostic>,
) {
    let is_zero = |path: &String| subject.report.value(path).is_some_and(|value| value.is_zero());
    let Some(table) = subject.format().table(table) else { return };
    if !base.iter().all(is_zero) {
        return;
    }
    for section in &table.sections {
        let Some(total) = section.total_column() else { continue };
        for row in &section.rows {
            let path = table.path(section, row, &section.columns[total]);
            let Some(value) = subject.report.value(&path) else { continue };
            if value.is_zero() {
                continue;
            }
            let plain = section.columns.iter().filter(|column| !column.total);
            let mut terms: Vec<Term> = plain
                .filter_map(|column| subject.term(&table.path(section, row, column), &column.label))
                .collect();
            let span = match (terms.first(), terms.last()) {
                (Some(Term { span: Some(first), .. }), Some(Term { span: Some(last), .. })) => {
                    Some(first.start..last.end.max(first.end))
                }
                _ => None,
            };
            terms.retain(|term| term.value != "0");
            let label = |path: &str| {
                subject.format().cell(path).map_or_else(String::new, |cell| cell.label())
            };
            terms.extend(base.iter().filter_map(|path| subject.term(path, &label(path))));
            let context = Context::from([
                ("row", row.label.clone()),
                ("table", table.title.clone()),
                ("reported", print(value)),
            ]);
            let path = format!("{}.{}", table.key, row.key);
            let mut found = subject.finding(rule, &path, span, &context);
            found.reported = Some(print(value));
            found.terms = terms;
            findings.push(found);
        }
    }
}

/// The rows of a table whose section has all columns of these keys, with those columns.
pub(super) fn rows_with<'a, const N: usize>(
    table: &'a Table,
    keys: [&'a str; N],
) -> impl Iterator<Item = (&'a Section, &'a Row, [&'a Column; N])> {
    table.sections.iter().flat_map(move |section| {
        let columns = keys.map(|key| section.columns.iter().find(|column| column.key == key));
        let rows: &[Row] = if columns.iter().all(Option::is_some) { &section.rows } else { &[] };
        rows.iter()
            .map(move |row| (section, row, columns.map(|column| column.expect("just checked"))))
    })
}

/// For each row that has the columns: value ≥ bound, where another column is 0.
pub(super) fn at_least(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    keys: [&str; 3],
    findings: &mut Vec<Diagnostic>,
) {
    let Some(table) = subject.format().table(table) else { return };
    for (section, row, columns) in rows_with(table, keys) {
        let paths = columns.map(|column| table.path(section, row, column));
        let [Some(value), Some(bound), Some(other)] =
            [0, 1, 2].map(|at| subject.report.value(&paths[at]))
        else {
            continue;
        };
        if value >= bound || !other.is_zero() {
            continue;
        }
        let context = Context::from([
            ("row", row.label.clone()),
            ("table", table.title.clone()),
            ("reported", print(value)),
            ("computed", print(bound)),
        ]);
        let own = subject.report.figure(&paths[0]).and_then(|f| f.span.clone());
        let span = own.or_else(|| span_of_row(subject, &paths[0]));
        let mut found = subject
            .finding(rule, &paths[0], span, &context)
            .with_values(print(value), print(bound));
        found.terms = [1, 2]
            .into_iter()
            .filter_map(|at| subject.term(&paths[at], &columns[at].label))
            .collect();
        findings.push(found);
    }
}

/// Which agencies a rule is about.
pub(super) struct Name<'a> {
    /// Words of which the name has one, separated by `|`.
    pub(super) words: &'a str,
    /// Words that are taken out of the name first.
    pub(super) ignore: &'a [String],
}

impl Name<'_> {
    fn fits(&self, agency: &str) -> bool {
        let bare = self.ignore.iter().fold(agency.to_owned(), |name, word| name.replace(word, ""));
        self.words.split('|').any(|word| bare.contains(word))
    }

    /// Of a joint report every agency must be of the kind: one that is not may well have what the others lack.
    fn fits_all(&self, agency: &Agency) -> bool {
        !agency.names.is_empty() && agency.names.iter().all(|name| self.fits(&name.value))
    }
}

/// A row is 0 for agencies of certain names.
pub(super) fn agency_zero(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    row: &str,
    name: &Name<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let agency = &subject.report.agency;
    let Some(table) = subject.format().table(table).filter(|_| name.fits_all(agency)) else {
        return;
    };
    for section in &table.sections {
        for row in section.rows.iter().filter(|found| found.key == row) {
            for column in &section.columns {
                let path = table.path(section, row, column);
                let Some(figure) = subject.report.figure(&path) else { continue };
                let Some(value) = figure.value().filter(|value| !value.is_zero()) else { continue };
                let context = Context::from([
                    ("row", row.label.clone()),
                    ("column", column.label.clone()),
                    ("agency", agency.value.clone()),
                    ("reported", print(value)),
                ]);
                let span = figure.span.clone().or_else(|| span_of_row(subject, &path));
                findings.push(
                    subject
                        .finding(rule, &path, span, &context)
                        .with_values(print(value), print(Decimal::ZERO)),
                );
                break;
            }
        }
    }
}
