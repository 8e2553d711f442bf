//! `rules.toml`: accounting rules and the facts about every finding, as data.

use serde::Deserialize;

use crate::diagnostic::Level;

/// A rule: its code, how serious it is, what it compares, and its words.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Code, such as `T3-BALANCE`.
    pub code: String,
    /// Level of its findings.
    pub level: Level,
    /// What it compares.
    pub kind: RuleKind,
    /// What it checks, in a sentence.
    pub summary: String,
    /// Legal or formal ground, placeholders filled.
    pub basis: String,
    /// For `explain`: an excerpt that fails.
    pub example: String,
    /// For `explain`: the same excerpt repaired.
    pub repair: String,
}

/// The kinds of rule that the program knows.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RuleKind {
    /// Found by the reader of the file; here only to be described.
    Form,
    /// For each row of a table: the columns add up to the total column.
    RowSum {
        /// Key of the table.
        table: String,
    },
    /// For each column of a table: the rows of its group add up to a total row.
    ColumnSum {
        /// Key of the table.
        table: String,
        /// Key of the total row.
        row: String,
    },
    /// For each column of a table: two sums of rows are equal.
    Balance {
        /// Key of the table.
        table: String,
        /// Keys of the rows on the left.
        left: Vec<String>,
        /// Keys of the rows on the right.
        right: Vec<String>,
        /// Key of the row that a failure is reported at.
        subject: String,
    },
    /// The format is the official one of the report's year.
    FormatYear,
}

/// A rule as written.
#[derive(Debug, Deserialize)]
pub(super) struct RawRule {
    pub(super) code: String,
    pub(super) level: String,
    #[serde(flatten)]
    pub(super) kind: RuleKind,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) label: String,
    #[serde(default)]
    pub(super) help: String,
    #[serde(default)]
    pub(super) basis: String,
    #[serde(default)]
    pub(super) example: String,
    #[serde(default)]
    pub(super) repair: String,
}
