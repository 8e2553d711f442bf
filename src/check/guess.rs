//! Helpful guesses about a sum that fails: transposed digits, swapped neighbours, a total left at 0, a number cut
//! in two.
//!
//! A guess is made only when exactly one such change makes every identity of the table hold. It is said with the
//! failure; data are never changed.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Level};
use crate::format::{Context, Format, Rule, RuleKind, Section, Table};
use crate::number::print;
use crate::report::State;

use super::Subject;

/// The figures of a report with the identities between them, by index in [`Format::cells`].
struct Sheet {
    values: Vec<Option<Decimal>>,
    /// Totals that the file leaves out, with their terms, in the order in which they are computed.
    computed: Vec<(usize, Vec<usize>)>,
    /// Sums that must be equal.
    identities: Vec<(Vec<usize>, Vec<usize>)>,
}

/// One change to the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    /// Another value in a cell.
    Value { at: usize, value: Decimal },
    /// Two cells changed places.
    Swap { first: usize, second: usize },
}

/// Adds the only possible repair to the failures of each table.
pub(super) fn suggest(subject: &Subject<'_>, findings: &mut [Diagnostic]) {
    let is_sum = |finding: &Diagnostic| {
        subject.format().rule(&finding.rule).is_some_and(|rule| {
            matches!(
                rule.kind,
                RuleKind::RowSum { .. } | RuleKind::ColumnSum { .. } | RuleKind::Balance { .. }
            )
        })
    };
    if !findings.iter().any(is_sum) {
        return;
    }
    for table in &subject.format().tables {
        let of_table = |finding: &Diagnostic| {
            is_sum(finding) && finding.path.split('.').next() == Some(table.key.as_str())
        };
        if !findings.iter().any(of_table) {
            continue;
        }
        let Some(words) = only_repair(subject, table) else { continue };
        for finding in findings.iter_mut().filter(|finding| of_table(finding)) {
            let help = finding.help.take().unwrap_or_default();
            finding.help = Some(format!("{help}。{words}"));
        }
    }
}

fn only_repair(subject: &Subject<'_>, table: &Table) -> Option<String> {
    let sheet = Sheet::new(subject, table);
    let suspects = sheet.suspects();
    let mut repairs = Vec::new();
    for change in candidates(subject, table, &sheet, &suspects) {
        if sheet.holds_with(&change) && !repairs.contains(&change) {
            repairs.push(change);
        }
    }
    match repairs.as_slice() {
        [only] => Some(describe(subject.format(), &sheet, only)),
        _ => None,
    }
}

fn describe(format: &Format, sheet: &Sheet, change: &Change) -> String {
    let cell = |at: usize| format.cells()[at].label();
    let value = |at: usize| sheet.values[at].map_or_else(String::new, print);
    match change {
        Change::Value { at, value: new } => format!(
            "如果“{}”由 {} 改为 {}，这张表的勾稽关系就全部成立，请对照原始数据",
            cell(*at),
            value(*at),
            print(*new)
        ),
        Change::Swap { first, second } => format!(
            "如果“{}”的 {} 和“{}”的 {} 对调，这张表的勾稽关系就全部成立，请对照原始数据",
            cell(*first),
            value(*first),
            cell(*second),
            value(*second)
        ),
    }
}

impl Sheet {
    fn new(subject: &Subject<'_>, table: &Table) -> Self {
        let figures = &subject.report.figures;
        let mut sheet = Self {
            values: figures.iter().map(|figure| figure.value()).collect(),
            computed: Vec::new(),
            identities: Vec::new(),
        };
        for rule in &subject.format().rules {
            sheet.add(subject.format(), table, &rule.kind);
        }
        let is_computed = |at: usize| figures[at].state == State::Computed;
        let sums = sheet.identities.iter();
        let by_rows = sums.filter(|(total, _)| total.len() == 1 && is_computed(total[0]));
        sheet.computed = by_rows.map(|(total, terms)| (total[0], terms.clone())).collect();
        // A total over other computed totals comes after them.
        let order = |(_, terms): &(usize, Vec<usize>)| terms.iter().any(|&at| is_computed(at));
        sheet.computed.sort_by_key(order);
        sheet
    }

    fn add(&mut self, format: &Format, table: &Table, kind: &RuleKind) {
        for section in &table.sections {
            match kind {
                RuleKind::RowSum { table: key } if *key == table.key => {
                    self.add_rows(format, table, section)
                }
                RuleKind::ColumnSum { table: key, row } if *key == table.key => {
                    self.add_columns(format, table, section, row);
                }
                RuleKind::Balance { table: key, left, right, .. } if *key == table.key => {
                    self.add_balance(format, table, section, left, right);
                }
                _ => {}
            }
        }
    }

    fn add_rows(&mut self, format: &Format, table: &Table, section: &Section) {
        let Some(total) = section.total_column() else { return };
        for row in &section.rows {
            let at = |column| format.cell_index(&table.path(section, row, column));
            let terms = section.columns.iter().filter(|column| !column.total).filter_map(at);
            if let Some(total) = at(&section.columns[total]) {
                self.identities.push((vec![total], terms.collect()));
            }
        }
    }

    fn add_columns(&mut self, format: &Format, table: &Table, section: &Section, row: &str) {
        let Some(total) = section.rows.iter().find(|found| found.key == row) else { return };
        for column in &section.columns {
            let at = |row| format.cell_index(&table.path(section, row, column));
            let terms = section.summed_rows(total).filter_map(at).collect();
            if let Some(total) = at(total) {
                self.identities.push((vec![total], terms));
            }
        }
    }

    fn add_balance(
        &mut self,
        format: &Format,
        table: &Table,
        section: &Section,
        left: &[String],
        right: &[String],
    ) {
        for column in &section.columns {
            let side = |keys: &[String]| -> Vec<usize> {
                let rows =
                    keys.iter().filter_map(|key| section.rows.iter().find(|row| row.key == *key));
                rows.filter_map(|row| format.cell_index(&table.path(section, row, column)))
                    .collect()
            };
            self.identities.push((side(left), side(right)));
        }
    }

    fn sum(values: &[Option<Decimal>], terms: &[usize]) -> Option<Decimal> {
        terms.iter().try_fold(Decimal::ZERO, |sum, &at| sum.checked_add(values[at]?))
    }

    fn fails(values: &[Option<Decimal>], (left, right): &(Vec<usize>, Vec<usize>)) -> bool {
        match (Self::sum(values, left), Self::sum(values, right)) {
            (Some(left), Some(right)) => left != right,
            _ => false,
        }
    }

    /// The cells of identities that fail; those of computed totals count as well.
    fn suspects(&self) -> BTreeSet<usize> {
        let failing = self.identities.iter().filter(|identity| Self::fails(&self.values, identity));
        let mut suspects: BTreeSet<usize> =
            failing.flat_map(|(left, right)| left.iter().chain(right).copied()).collect();
        for (total, terms) in &self.computed {
            if suspects.contains(total) {
                suspects.extend(terms);
            }
        }
        suspects
    }

    fn holds_with(&self, change: &Change) -> bool {
        let mut values = self.values.clone();
        match change {
            Change::Value { at, value } => values[*at] = Some(*value),
            Change::Swap { first, second } => values.swap(*first, *second),
        }
        for (total, terms) in &self.computed {
            values[*total] = Self::sum(&values, terms);
        }
        !self.identities.iter().any(|identity| Self::fails(&values, identity))
    }
}

/// The changes that people's usual slips would undo.
fn candidates(
    subject: &Subject<'_>,
    table: &Table,
    sheet: &Sheet,
    suspects: &BTreeSet<usize>,
) -> Vec<Change> {
    let figures = &subject.report.figures;
    let is_given = |at: usize| matches!(figures[at].state, State::Given | State::Implied);
    let mut changes = Vec::new();
    for &at in suspects.iter().filter(|&&at| is_given(at)) {
        let Some(value) = sheet.values[at] else { continue };
        changes.extend(transposed(value).into_iter().map(|value| Change::Value { at, value }));
        if value.is_zero() {
            let totals = sheet.identities.iter().filter(|(total, _)| total.as_slice() == [at]);
            let sums = totals.filter_map(|(_, terms)| Sheet::sum(&sheet.values, terms));
            changes.extend(sums.map(|value| Change::Value { at, value }));
        }
    }
    for (first, second) in neighbours(subject.format(), table) {
        let touches = suspects.contains(&first) || suspects.contains(&second);
        let differ = sheet.values[first] != sheet.values[second];
        if touches && differ && is_given(first) && is_given(second) {
            changes.push(Change::Swap { first, second });
        }
    }
    changes
}

/// A whole number with two neighbouring digits exchanged, each way.
fn transposed(value: Decimal) -> Vec<Decimal> {
    let digits = print(value);
    if digits.len() < 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let exchange = |at: usize| {
        let mut bytes = digits.clone().into_bytes();
        bytes.swap(at, at + 1);
        String::from_utf8(bytes).ok()?.parse::<Decimal>().ok()
    };
    (0..digits.len() - 1).filter_map(exchange).filter(|other| *other != value).collect()
}

/// Pairs of cells side by side or one above the other.
fn neighbours(format: &Format, table: &Table) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for section in &table.sections {
        let at = |row: usize, column: usize| {
            let (row, column) = (section.rows.get(row)?, section.columns.get(column)?);
            format.cell_index(&table.path(section, row, column))
        };
        for row in 0..section.rows.len() {
            for column in 0..section.columns.len() {
                let Some(here) = at(row, column) else { continue };
                pairs.extend(at(row, column + 1).map(|right| (here, right)));
                pairs.extend(at(row + 1, column).map(|below| (here, below)));
            }
        }
    }
    pairs
}

/// Notes rows that would add up if two neighbouring figures were one.
pub(super) fn split_cells(
    subject: &Subject<'_>,
    rule: &Rule,
    table: &str,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(table) = subject.format().table(table) else { return };
    let mut notes = Vec::new();
    for section in &table.sections {
        let Some(total) = section.total_column() else { continue };
        for row in &section.rows {
            let path = table.path(section, row, &section.columns[total]);
            let fails =
                |finding: &Diagnostic| finding.path == path && finding.level == Level::Error;
            if !findings.iter().any(fails) {
                continue;
            }
            let cells: Vec<usize> = section
                .columns
                .iter()
                .filter_map(|column| format_index(subject, table, section, row, column))
                .collect();
            if let Some((first, second)) = split_pair(subject, &cells) {
                let text = |at: usize| subject.report.figures[at].text.clone();
                let context = Context::from([
                    ("row", row.label.clone()),
                    ("first", text(first)),
                    ("second", text(second)),
                    ("joined", format!("{}{}", text(first), text(second))),
                ]);
                let span = |at: usize| subject.report.figures[at].span.clone();
                let span = span(first).zip(span(second)).map(|(a, b)| a.start..b.end);
                let path = &subject.format().cells()[first].path;
                notes.push(subject.finding(rule, path, span, &context));
            }
        }
    }
    findings.extend(notes);
}

fn format_index(
    subject: &Subject<'_>,
    table: &Table,
    section: &Section,
    row: &crate::format::Row,
    column: &crate::format::Column,
) -> Option<usize> {
    subject.format().cell_index(&table.path(section, row, column))
}

/// The only pair of neighbours that makes a row (its last cell the total) add up when written as one number.
fn split_pair(subject: &Subject<'_>, cells: &[usize]) -> Option<(usize, usize)> {
    let figures = &subject.report.figures;
    if cells.iter().any(|&at| figures[at].state != State::Given) {
        return None;
    }
    let values: Option<Vec<Decimal>> = cells.iter().map(|&at| figures[at].value()).collect();
    let values = values?;
    let (total, plain) = values.split_last()?;
    let sum: Decimal = plain.iter().sum();
    let joins = |at: usize| {
        let joined = format!("{}{}", figures[cells[at]].text, figures[cells[at + 1]].text);
        let joined = joined.parse::<Decimal>().ok()?;
        let repaired = sum - plain[at] - plain[at + 1] + joined;
        (repaired == *total && !plain[at].is_zero()).then_some((cells[at], cells[at + 1]))
    };
    let mut pairs = (0..plain.len().saturating_sub(1)).filter_map(joins);
    let first = pairs.next()?;
    pairs.next().is_none().then_some(first)
}
