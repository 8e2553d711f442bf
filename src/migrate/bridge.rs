//! Last year's figures in the terms of this year's form, where the two are in different formats.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::format::{Catalog, Format};
use crate::number;
use crate::report::Report;

use super::figures::{Found, Made, Written, evaluate};
use super::plan::Plan;
use super::{MigrateError, plan};

/// The way from last year's format to this year's.
#[derive(Debug)]
pub struct Bridge {
    plan: Plan,
}

/// A row of this year's form with last year's figures.
#[derive(Debug, Clone, Default)]
pub struct Brought {
    /// By column key: the figure, where last year's report gives it.
    pub cells: Vec<(String, Option<Decimal>)>,
    /// Figures that are not 0 and have no place: label and value.
    pub lost: Vec<(String, String)>,
    /// Why.
    pub why: String,
}

impl Bridge {
    /// The bridge by the mapping of the formats; where there is none, by keys alone.
    ///
    /// # Errors
    /// When a mapping is wrong.
    pub fn new(
        catalog: &Catalog,
        from: &Arc<Format>,
        to: &Arc<Format>,
    ) -> Result<Self, MigrateError> {
        match plan(catalog, from, to) {
            Ok(plan) => Ok(Self { plan }),
            Err(MigrateError::NoWay(..) | MigrateError::Impossible(..)) => {
                Ok(Self { plan: Plan::new(from, to, None) })
            }
            Err(error) => Err(error),
        }
    }

    fn find(&self, report: &Report, old: usize) -> Found {
        let figure = self.plan.from.cell_index(&self.plan.old.slots[old].path);
        let figure = figure.and_then(|at| report.figures.get(at));
        match figure.and_then(|figure| Some((figure, figure.value()?))) {
            Some((_, value)) => Found::Written(Written {
                text: number::print(value),
                value: Some(value),
                has_note: false,
            }),
            None => Found::Missing,
        }
    }

    fn value(&self, report: &Report, slot: usize) -> Made {
        evaluate(&self.plan.inflows[slot], false, |old| self.find(report, old))
    }

    /// A figure of this year's form with last year's value.
    pub fn figure(&self, report: &Report, path: &str) -> Option<Decimal> {
        match self.value(report, self.plan.new.slot(path)?) {
            Made::Known(cell, _) => cell.value,
            _ => None,
        }
    }

    /// A row of this year's form with last year's figures.
    pub fn row(&self, report: &Report, path: &str) -> Option<Brought> {
        let line = self.plan.new.line(path)?;
        let mut brought = Brought::default();
        let mut lost: Vec<usize> = Vec::new();
        for slot in self.plan.new.plain(line) {
            let made = self.value(report, slot);
            let value = match &made {
                Made::Known(cell, _) => cell.value,
                _ => None,
            };
            if matches!(made, Made::Person) {
                lost.extend(self.plan.inflows[slot].terms.iter().map(|term| term.old));
                brought.why.clone_from(&self.plan.inflows[slot].why);
            }
            brought.cells.push((self.plan.new.slots[slot].column.clone(), value));
        }
        for (old, heir) in
            self.plan.heirs.iter().enumerate().filter(|(_, heir)| **heir == Some(line))
        {
            let _ = heir;
            for slot in self.plan.old.plain(old) {
                if let Some(gone) = self.plan.fates[slot].gone.as_ref().filter(|gone| !gone.ends) {
                    lost.push(slot);
                    brought.why.clone_from(&gone.why);
                }
            }
        }
        lost.dedup();
        for slot in lost {
            if let Found::Written(cell) = self.find(report, slot)
                && !cell.is_nothing()
            {
                brought.lost.push((self.plan.old.label(slot), cell.text));
            }
        }
        Some(brought)
    }
}
