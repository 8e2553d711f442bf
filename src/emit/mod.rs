//! Findings as text: for people, for editors, for other programs.
//!
//! In: what was found in each report. Out: a string in one of five forms, one file each: [`human`] explains,
//! [`short`] is one line per finding, [`json`] is the contract with other tools, [`sarif`] and [`github`] are
//! what code hosts read. Nothing is printed here.

mod cluster;
pub mod github;
pub mod human;
pub mod json;
pub mod sarif;
pub mod short;
mod snippet;
mod style;
mod verdict;
mod wrap;

use crate::diagnostic::{Counts, Diagnostic, Level};
use crate::source::Source;

pub use style::Paint;
pub use verdict::{Tally, verdict};
pub use wrap::{plain, width, wrap};

/// The forms in which findings can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum MessageFormat {
    /// Excerpts of the file with carets, operands, remedy and basis.
    #[default]
    Human,
    /// One line per finding, as compilers print them.
    Short,
    /// One JSON document.
    Json,
    /// One SARIF 2.1.0 log.
    Sarif,
    /// Workflow commands that GitHub turns into annotations.
    Github,
}

impl MessageFormat {
    /// Whether the form is one document for a program to read, with nothing else beside it.
    pub fn is_document(self) -> bool {
        matches!(self, MessageFormat::Json | MessageFormat::Sarif)
    }
}

/// What was found in one report.
#[derive(Debug, Clone, Copy)]
pub struct ReportFindings<'a> {
    /// The path as it was given.
    pub path: &'a str,
    /// The text that the spans point into.
    pub source: &'a Source,
    /// Last year's text, for operands that lie there.
    pub previous: Option<&'a Source>,
    /// Id of the format that the report was checked by.
    pub format: Option<&'a str>,
    /// The agency's name, when the file gives it.
    pub agency: Option<&'a str>,
    /// The report's year, when the file gives it.
    pub year: Option<i32>,
    /// The findings in the order of the file.
    pub diagnostics: &'a [Diagnostic],
}

impl ReportFindings<'_> {
    fn counts(&self) -> Counts {
        Counts::of(self.diagnostics)
    }
}

/// What people are told about a rule besides its findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// The code, such as `T3-ROW-SUM`.
    pub code: String,
    /// The level of its findings, unless one says otherwise.
    pub level: Level,
    /// What it checks, in a few words: the headline over many findings of one kind.
    pub title: String,
    /// What it checks, in full.
    pub description: String,
    /// The legal or formal ground.
    pub basis: Option<String>,
}

/// How findings are to be rendered.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The form.
    pub format: MessageFormat,
    /// Whether the human form uses terminal colours.
    pub color: bool,
    /// Columns of the terminal; lines of prose are broken there.
    pub width: usize,
    /// Whether warnings count as much as errors.
    pub deny_warnings: bool,
    /// Texts of the rules that may occur.
    pub rules: &'a [RuleText],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            format: MessageFormat::Human,
            color: false,
            width: 80,
            deny_warnings: false,
            rules: &[],
        }
    }
}

impl Options<'_> {
    fn rule(&self, code: &str) -> Option<&RuleText> {
        self.rules.iter().find(|rule| rule.code == code)
    }
}

/// Renders the findings of all reports, with what closes them in this form.
pub fn render(reports: &[ReportFindings], options: &Options) -> String {
    match options.format {
        MessageFormat::Human => human::render(reports, options),
        MessageFormat::Short => short::render(reports, options),
        MessageFormat::Json => json::render(reports),
        MessageFormat::Sarif => sarif::render(reports, options.rules),
        MessageFormat::Github => github::render(reports, options),
    }
}
