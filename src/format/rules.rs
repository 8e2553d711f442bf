//! `rules.toml`: accounting rules and the facts about every finding, as data.

use serde::Deserialize;

use crate::diagnostic::Level;

/// A rule: its code, how serious it is, what it compares, and its words, as `rules.toml` writes them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Rule {
    /// Code, such as `T3-BALANCE`.
    pub code: String,
    /// Level of its findings.
    #[serde(deserialize_with = "level")]
    pub level: Level,
    /// What it compares.
    #[serde(flatten)]
    pub kind: RuleKind,
    /// The fault in a few words: the headline over many findings of one kind.
    #[serde(default)]
    pub title: String,
    /// What it checks, in a sentence.
    #[serde(default)]
    pub summary: String,
    /// Template of the message.
    #[serde(default)]
    pub message: String,
    /// Template of the text beside the caret.
    #[serde(default)]
    pub label: String,
    /// Template of what to do.
    #[serde(default)]
    pub help: String,
    /// Legal or formal ground; `{{ notice }}` stands for the format's notice until the format is loaded.
    #[serde(default)]
    pub basis: String,
    /// For `explain`: an excerpt that fails.
    #[serde(default)]
    pub example: String,
    /// For `explain`: the same excerpt repaired.
    #[serde(default)]
    pub repair: String,
}

impl Rule {
    /// The title, or what a rule without one says first.
    pub fn headline(&self) -> &str {
        let first = self.summary.split('。').next().unwrap_or(&self.summary);
        if self.title.is_empty() { first } else { &self.title }
    }

    /// The ground, where there is one.
    pub fn ground(&self) -> Option<&str> {
        Some(self.basis.as_str()).filter(|basis| !basis.is_empty())
    }

    /// Whether it is about how the file is written, which is repaired and not waived.
    pub fn is_form(&self) -> bool {
        self.kind == RuleKind::Form
    }
}

fn level<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
    let name = String::deserialize(deserializer)?;
    Level::parse(&name)
        .ok_or_else(|| serde::de::Error::custom("规则的 level 应为 error、warning 或 note"))
}

/// The kinds of rule that the program knows.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RuleKind {
    /// Found by the reader of the file; here only to be described.
    Form,
    /// Found in the texts, by the rules of `rules/*.toml`; here only to be described.
    #[serde(skip)]
    Text,
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
    /// 成文日期 lies after the end of the report's year, and not far from it.
    DateEarly,
    /// The agency's name and its kind agree.
    AgencyKind {
        /// Ends of the names of governments, separated by `|`.
        government: String,
        /// Ends of the names of departments.
        department: String,
        /// Ends of names that may be either.
        both: String,
    },
    /// A row that does not add up would, if two neighbouring figures were one.
    SplitCell {
        /// Key of the table.
        table: String,
    },
    /// For each column: a row equals another row of last year's table.
    PreviousEqual {
        /// Key of the table.
        table: String,
        /// Key of this year's row.
        row: String,
        /// Key of last year's row.
        previous_row: String,
    },
    /// For each row that has the columns: value = last year's value + plus − minus.
    PreviousFlow {
        /// Key of the table.
        table: String,
        /// Key of the column that lasts from year to year.
        value: String,
        /// Key of the column that adds to it.
        plus: String,
        /// Key of the column that takes from it.
        minus: String,
    },
    /// Each row of a table is 0 where all figures of the base are.
    NeedsBase {
        /// Key of the table.
        table: String,
        /// Paths of the base.
        base: Vec<String>,
    },
    /// For each row that has the columns: value ≥ bound, where another column is 0.
    AtLeast {
        /// Key of the table.
        table: String,
        /// Key of the column that must be large enough.
        value: String,
        /// Key of the column that it is compared with.
        bound: String,
        /// Key of the column that must be 0 for the comparison to hold.
        when_zero: String,
    },
    /// A row is 0 for agencies of certain names.
    AgencyZero {
        /// Key of the table.
        table: String,
        /// Key of the row.
        row: String,
        /// Words of which the agency's name has one, separated by `|`.
        agency: String,
        /// Words that are taken out of the name first.
        #[serde(default)]
        ignore: Vec<String>,
    },
}

impl RuleKind {
    /// The table and the rows that a rule names, for checking a format's data.
    pub(super) fn names(&self) -> Option<(&str, Vec<&str>)> {
        match self {
            RuleKind::Form
            | RuleKind::Text
            | RuleKind::FormatYear
            | RuleKind::DateEarly
            | RuleKind::AgencyKind { .. } => None,
            RuleKind::RowSum { table }
            | RuleKind::SplitCell { table }
            | RuleKind::NeedsBase { table, .. }
            | RuleKind::PreviousFlow { table, .. }
            | RuleKind::AtLeast { table, .. } => Some((table, Vec::new())),
            RuleKind::ColumnSum { table, row } | RuleKind::AgencyZero { table, row, .. } => {
                Some((table, vec![row]))
            }
            RuleKind::PreviousEqual { table, row, previous_row } => {
                Some((table, vec![row, previous_row]))
            }
            RuleKind::Balance { table, left, right, subject } => {
                let rows = left.iter().chain(right).chain([subject]);
                Some((table, rows.map(String::as_str).collect()))
            }
        }
    }
}
