//! A report's line in the list of reports.

use serde::Serialize;

/// How a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Health {
    /// Not looked at yet.
    #[default]
    Unread,
    /// No findings that matter.
    Passed,
    /// Warnings, but no errors.
    Warnings,
    /// Errors; only a draft can be made.
    Errors,
    /// The file is not there or cannot be understood.
    Broken,
}

impl Health {
    /// The word that people see.
    pub(super) fn label(self) -> &'static str {
        match self {
            Health::Unread => "核对中",
            Health::Passed => "通过",
            Health::Warnings => "有提醒",
            Health::Errors | Health::Broken => "有错",
        }
    }
}

/// A report's line in the list.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Summary {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) agency: String,
    pub(super) year: Option<i32>,
    pub(super) health: Health,
    pub(super) label: &'static str,
    pub(super) detail: String,
}

impl Summary {
    /// The line of a report before it was looked at.
    pub(super) fn unread(id: &str, name: &str) -> Self {
        let (id, name) = (id.to_owned(), name.to_owned());
        Self { id, name, label: Health::Unread.label(), ..Self::default() }
    }
}
