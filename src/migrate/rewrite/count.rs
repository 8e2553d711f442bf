//! What became of each figure, and the sums read back from the finished text.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::number::Number;
use crate::record::{self, KeyNames};
use crate::source::Source;

use super::super::account::{TableSum, sums};
use super::super::figures::{Rows, Written};
use super::Rewriter;

/// Sums by table: of the new form what comes in, of the old one what waits and what is no longer counted.
#[derive(Default)]
pub(super) struct Sums {
    expected: BTreeMap<String, Decimal>,
    left: BTreeMap<String, Decimal>,
    ended: BTreeMap<String, Decimal>,
}

impl Rewriter<'_> {
    /// Counts what became of each figure.
    pub(super) fn count(&mut self) {
        let grid = self.old();
        for line in (0..grid.lines.len()).filter(|line| !grid.lines[*line].is_sum) {
            for slot in grid.plain(line) {
                if let Some(cell) = self.rows.cell(grid, slot).cloned() {
                    self.count_figure(line, slot, &cell);
                }
            }
        }
        let new = self.form();
        for (slot, inflow) in new.slots.iter().zip(&self.plan.inflows) {
            let line = &new.lines[slot.line];
            let stands =
                self.ends.contains_key(&line.path) && !self.waits[slot.line] && !line.is_sum;
            if let (true, Some(value), true) = (inflow.terms.is_empty(), &inflow.value, stands)
                && !self.restored.contains_key(&slot.line)
            {
                let value = Number::parse(value).map_or(Decimal::ZERO, |number| number.value);
                add(&mut self.sums.expected, &line.table, value);
            }
        }
    }

    pub(super) fn count_figure(&mut self, line: usize, slot: usize, cell: &Written) {
        let fate = &self.plan.fates[slot];
        let targets: Vec<usize> =
            fate.targets.iter().map(|slot| self.form().slots[*slot].line).collect();
        let value = cell.value.unwrap_or_default();
        let table = &self.old().lines[line].table;
        let is_restored = targets.iter().any(|target| self.restored.contains_key(target));
        let waits = targets.iter().any(|target| self.waits[*target])
            || self.plan.heirs[line].is_some_and(|heir| self.waits[heir]);
        let account = &mut self.account;
        match &fate.gone {
            _ if is_restored => account.restored += 1,
            Some(_) if targets.is_empty() && cell.is_nothing() => account.zeros += 1,
            Some(gone) if targets.is_empty() && gone.ends => {
                account.ended += 1;
                add(&mut self.sums.ended, table, value);
            }
            Some(_) if targets.is_empty() => {
                account.left += 1;
                add(&mut self.sums.left, table, value);
            }
            _ if waits => {
                account.left += 1;
                add(&mut self.sums.left, table, value);
            }
            _ => {
                let is_sum = targets.iter().any(|target| self.added_up[*target]);
                account.summed += usize::from(is_sum);
                account.carried += usize::from(!is_sum);
                if let Some(target) = targets.first() {
                    add(&mut self.sums.expected, &self.plan.new.lines[*target].table, value);
                }
            }
        }
    }

    /// The sums of both texts by table of the new form, with those of tables that are gone.
    pub(super) fn table_sums(&self, after: &str, mut counted: Sums) -> Vec<TableSum> {
        let (old, new) = (sums(self.text, self.old()), sums(after, self.form()));
        let source = Source::new("", after);
        let (record, _) = record::parse(&source, &KeyNames::default());
        let rows = Rows::read(after, &record, self.form());
        for line in self.restored.keys().filter(|line| !self.form().lines[**line].is_sum) {
            for slot in self.form().plain(*line) {
                let value = rows.cell(self.form(), slot).and_then(|cell| cell.value);
                let table = &self.form().lines[*line].table;
                add(&mut counted.expected, table, value.unwrap_or_default());
            }
        }
        let title = |format: &crate::format::Format, key: &str| {
            format.table(key).map(|table| table.title.clone())
        };
        let mut all: Vec<TableSum> = Vec::new();
        for key in self.old().table_keys() {
            let name = self.plan.tables.get(&key).unwrap_or(&key);
            let value = |sums: &BTreeMap<String, Decimal>, key: &str| {
                sums.get(key).copied().unwrap_or_default()
            };
            let found = title(&self.plan.to, name).or_else(|| title(&self.plan.from, &key));
            all.push(TableSum {
                title: found.unwrap_or_else(|| key.clone()),
                before: value(&old, &key),
                after: value(&new, name),
                expected: value(&counted.expected, name),
                left: value(&counted.left, &key),
                ended: value(&counted.ended, &key),
            });
        }
        let mapped = |key: &String| {
            self.old()
                .table_keys()
                .iter()
                .any(|old| self.plan.tables.get(old).unwrap_or(old) == key)
        };
        for key in self.form().table_keys().into_iter().filter(|key| !mapped(key)) {
            all.push(TableSum {
                title: title(&self.plan.to, &key).unwrap_or_else(|| key.clone()),
                before: Decimal::ZERO,
                after: new.get(&key).copied().unwrap_or_default(),
                expected: counted.expected.get(&key).copied().unwrap_or_default(),
                left: Decimal::ZERO,
                ended: Decimal::ZERO,
            });
        }
        all
    }
}

fn add(sums: &mut BTreeMap<String, Decimal>, table: &str, value: Decimal) {
    let sum = sums.entry(table.to_owned()).or_default();
    // Figures have at most 18 digits, a decimal 28: it takes ten thousand million of them to overflow.
    *sum = sum.checked_add(value).unwrap_or(*sum);
}
