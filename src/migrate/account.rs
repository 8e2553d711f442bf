//! What became of each figure of a file.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::number;
use crate::record::{self, KeyNames};
use crate::source::Source;

use super::figures::Rows;
use super::grid::Grid;

/// How many figures went where, and the sums of the tables before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Figures that stand in the new form as they were.
    pub carried: usize,
    /// Figures that were added to others.
    pub summed: usize,
    /// Figures that a person must place, or whose row waits for a person.
    pub left: usize,
    /// Figures that are not 0 and that the new form no longer counts: kept as comments.
    pub ended: usize,
    /// Zeros that need no place.
    pub zeros: usize,
    /// Figures that were taken back from comments of an earlier change of format.
    pub restored: usize,
    /// Sums by table, where the old or the new form has it.
    pub sums: Vec<TableSum>,
    /// What a person must do.
    pub open: Vec<Open>,
}

/// The sum of a table's figures without its totals, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSum {
    /// Title of the table.
    pub title: String,
    /// In the old form; exact.
    pub before: Decimal,
    /// In the new form.
    pub after: Decimal,
    /// What the new form should have by the mapping, counted figure by figure.
    pub expected: Decimal,
    /// In figures of the old table that wait for a person.
    pub left: Decimal,
    /// In figures of the old table that the new form no longer counts.
    pub ended: Decimal,
}

impl TableSum {
    /// The sums for people.
    pub fn told(&self) -> String {
        let (before, after) = (shown(self.before), shown(self.after));
        if self.before == self.after {
            return format!("{} {before}，前后相等", self.title);
        }
        let mut named = Vec::new();
        for (word, part) in [("留给人", self.left), ("不再统计", self.ended)] {
            if !part.is_zero() {
                named.push(format!("{word} {}", shown(part)));
            }
        }
        let rest = self.before - self.after - self.left - self.ended;
        if !rest.is_zero() {
            let moved = if rest.is_sign_positive() {
                "移到别的表"
            } else {
                "从注释取回或别的表并入"
            };
            named.push(format!("{moved} {}", shown(rest.abs())));
        }
        format!("{} {before} → {after}（{}）", self.title, named.join("，"))
    }

    /// Whether the finished file has what the mapping gives.
    pub fn agrees(&self) -> bool {
        self.after == self.expected
    }
}

/// Something that a person must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Path of the row or figure: of the new form, or of the old one where it has no place.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Figures of the old form that are concerned, with their labels; empty for what is new.
    pub figures: Vec<(String, String)>,
    /// Why.
    pub why: String,
}

impl Account {
    /// Adds what became of another file's figures; sums are added by title.
    pub fn add(&mut self, other: &Account) {
        self.carried += other.carried;
        self.summed += other.summed;
        self.left += other.left;
        self.ended += other.ended;
        self.zeros += other.zeros;
        self.restored += other.restored;
        self.open.extend(other.open.iter().cloned());
        for sum in &other.sums {
            match self.sums.iter_mut().find(|known| known.title == sum.title) {
                Some(known) => {
                    for (own, more) in [
                        (&mut known.before, sum.before),
                        (&mut known.after, sum.after),
                        (&mut known.expected, sum.expected),
                        (&mut known.left, sum.left),
                        (&mut known.ended, sum.ended),
                    ] {
                        *own = own.checked_add(more).unwrap_or(*own);
                    }
                }
                None => self.sums.push(sum.clone()),
            }
        }
    }

    /// The account in one line: `175 个数：照搬 170、留给人 5`.
    pub fn told(&self) -> String {
        let parts = [
            ("照搬", self.carried),
            ("相加", self.summed),
            ("从注释取回", self.restored),
            ("为 0 不用安排", self.zeros),
            ("不再统计", self.ended),
            ("留给人", self.left),
        ];
        let told = parts.iter().filter(|(_, count)| *count > 0);
        let told: Vec<String> = told.map(|(word, count)| format!("{word} {count}")).collect();
        format!("{} 个数：{}", self.total(), told.join("、"))
    }

    /// The sums of the tables before and after, each with what its difference is.
    pub fn sums(&self) -> Vec<String> {
        self.sums
            .iter()
            .filter(|sum| !(sum.before.is_zero() && sum.after.is_zero()))
            .map(TableSum::told)
            .collect()
    }

    /// How many figures of the old file there are.
    pub fn total(&self) -> usize {
        self.carried + self.summed + self.left + self.ended + self.zeros + self.restored
    }
}

/// The sums of a text's tables without totals, by key.
pub(super) fn sums(text: &str, grid: &Grid) -> BTreeMap<String, Decimal> {
    let source = Source::new("", text);
    let (record, _) = record::parse(&source, &KeyNames::default());
    let rows = Rows::read(text, &record, grid);
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (at, line) in grid.lines.iter().enumerate().filter(|(_, line)| !line.is_sum) {
        let sum = sums.entry(line.table.clone()).or_default();
        for slot in grid.plain(at) {
            let value = rows.cell(grid, slot).and_then(|cell| cell.value).unwrap_or_default();
            *sum = sum.checked_add(value).unwrap_or(*sum);
        }
    }
    sums
}

/// A sum for people.
pub(crate) fn shown(sum: Decimal) -> String {
    number::print(sum)
}
