//! What differs between two reports: figures table by table with difference and per cent, and texts.
//!
//! In: two checked reports, of one agency or two, of one year or two, in one format or two. Out: a [`Comparison`],
//! and from it text, JSON, a comparison PDF, and pictures of the pages that look different.

mod compare;
mod pages;
mod paper;
mod show;

use rust_decimal::Decimal;

use crate::generator::Checked;
use crate::report::Report;

pub use compare::compare;
pub use pages::{PagePair, pages};
pub use paper::pdf;
pub use show::{json, text};

/// One of the two reports.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The name under which people know it, usually its path.
    pub name: &'a str,
    /// The report.
    pub report: &'a Report,
}

impl<'a> Side<'a> {
    /// Takes a checked file; none when it could not be read as a report.
    pub fn new(name: &'a str, checked: &'a Checked) -> Option<Self> {
        Some(Self { name, report: checked.report.as_ref()? })
    }
}

/// What people are told about a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its name.
    pub name: String,
    /// 机关全称.
    pub agency: String,
    /// 报告年度.
    pub year: Option<i32>,
    /// Id of its format.
    pub format: String,
}

/// Two reports compared.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The two reports.
    pub sides: [Heading; 2],
    /// The tables, and the figures of sentences last, in the order of the form; only those with differences.
    pub tables: Vec<TableDifference>,
    /// Figures, not zero, that only one of the two formats has: for each side.
    pub alone: [Vec<Lone>; 2],
    /// Text fields that differ: path and label.
    pub texts: Vec<(String, String)>,
    /// How many figures are the same.
    pub same: usize,
}

/// A table with different figures.
#[derive(Debug, Clone)]
pub struct TableDifference {
    /// Key of the table.
    pub key: String,
    /// Its title.
    pub title: String,
    /// The figures.
    pub figures: Vec<FigureDifference>,
}

/// A figure that differs.
#[derive(Debug, Clone)]
pub struct FigureDifference {
    /// Dotted path in the second report; in the first it may be another.
    pub path: String,
    /// Official label: row, and column where there are several.
    pub label: String,
    /// What stands there in the first and in the second report; none when blank or missing.
    pub values: [Option<String>; 2],
    /// Second less first.
    pub difference: Option<Decimal>,
    /// The difference in per cent of the first, to a tenth; none when the first is zero.
    pub percent: Option<Decimal>,
}

/// A figure that the other format has no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lone {
    /// Dotted path.
    pub path: String,
    /// Official label.
    pub label: String,
    /// What stands there.
    pub value: String,
}

impl Comparison {
    /// Whether no figure and no text differs.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.texts.is_empty() && self.alone.iter().all(Vec::is_empty)
    }

    /// How many figures differ.
    pub fn count(&self) -> usize {
        self.tables.iter().map(|table| table.figures.len()).sum()
    }
}
