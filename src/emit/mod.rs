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
mod statistics;
mod style;
mod verdict;
mod wrap;

use crate::diagnostic::{Counts, Diagnostic};
use crate::format::Rule;
use crate::generator::Checked;
use crate::source::Source;

pub use statistics::Statistics;
pub use style::Paint;
pub use verdict::{Tally, verdict};
pub use wrap::{width, wrap};

pub use crate::harmless::plain;

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

impl<'a> ReportFindings<'a> {
    /// What was found in a checked report that came from `path`.
    pub fn of(path: &'a str, checked: &'a Checked) -> Self {
        Self {
            path,
            source: &checked.source,
            previous: checked.previous.as_ref(),
            format: checked.format().map(|format| format.id()),
            agency: Some(checked.agency()).filter(|agency| !agency.is_empty()),
            year: checked.year(),
            diagnostics: &checked.diagnostics,
        }
    }

    fn counts(&self) -> Counts {
        Counts::of(self.diagnostics)
    }
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
    /// Whether only findings are rendered, without closing lines.
    pub quiet: bool,
    /// The rules that may occur.
    pub rules: &'a [&'a Rule],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            format: MessageFormat::Human,
            color: false,
            width: 80,
            deny_warnings: false,
            quiet: false,
            rules: &[],
        }
    }
}

impl Options<'_> {
    fn rule(&self, code: &str) -> Option<&Rule> {
        self.rules.iter().copied().find(|rule| rule.code == code)
    }
}

/// Renders the findings of all reports, with what closes them in this form.
pub fn render(reports: &[ReportFindings], options: &Options) -> String {
    let mut emitter = Emitter::new(*options, reports.len() > 1);
    let mut out = emitter.begin();
    for report in reports {
        out += &emitter.report(report);
    }
    out + &emitter.end()
}

/// Renders report after report, so that thousands need not be kept: what [`Emitter::begin`],
/// [`Emitter::report`] and [`Emitter::end`] return, one behind the other, is the whole text.
#[derive(Debug)]
pub struct Emitter<'a> {
    options: Options<'a>,
    several: bool,
    tally: Tally,
    log: sarif::Log,
}

impl<'a> Emitter<'a> {
    /// Starts; `several` reports are closed by a line each and one for all.
    pub fn new(options: Options<'a>, several: bool) -> Self {
        Self { options, several, tally: Tally::default(), log: sarif::Log::default() }
    }

    /// What stands before the first report.
    pub fn begin(&mut self) -> String {
        match self.options.format {
            MessageFormat::Json => json::opening(),
            _ => String::new(),
        }
    }

    /// The text of one report.
    pub fn report(&mut self, report: &ReportFindings) -> String {
        let first = self.tally.reports == 0;
        self.tally.add(report, self.options.deny_warnings);
        match self.options.format {
            MessageFormat::Human => human::render(report, &self.options, self.several),
            MessageFormat::Short => short::render(report, &self.options),
            MessageFormat::Json => json::element(report, first),
            MessageFormat::Sarif => {
                self.log.add(report, self.options.rules);
                String::new()
            }
            MessageFormat::Github => github::render(report),
        }
    }

    /// What stands behind the last report.
    pub fn end(self) -> String {
        match self.options.format {
            MessageFormat::Json => json::closing(),
            MessageFormat::Sarif => self.log.render(self.options.rules),
            MessageFormat::Human if !self.several || self.options.quiet => String::new(),
            _ if self.options.quiet => String::new(),
            _ => self.tally.closing(self.options.deny_warnings) + "\n",
        }
    }

    /// The numbers so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}
