//! A report against the rules of its format.
//!
//! In: a [`Report`] with its [`Format`], the fonts' coverage, and last year's report where there is one. Out: findings.
//! What a rule compares and what it says is the format's data; here stands how each kind of rule is evaluated.

mod form_year;
mod glyphs;
mod guess;
mod kinds;
mod pasted;
mod plausible;
mod previous;
pub(crate) mod size;
mod sums;
mod texts;
mod waivers;

use crate::diagnostic::{self, Diagnostic, Level, Origin, Term};
use crate::fonts::Fonts;
use crate::format::{Catalog, Context, Format, Rule, RuleKind};
use crate::record::Record;
use crate::report::Report;
use crate::source::{Source, Span};

/// Everything a rule may look at.
pub struct Subject<'a> {
    /// The report.
    pub report: &'a Report,
    /// The data file that it was read from; none for a report that comes from elsewhere, whose texts were never pasted.
    pub file: Option<DataFile<'a>>,
    /// All formats, for the question which one a year should have.
    pub catalog: &'a Catalog,
    /// The typefaces, for characters that none has.
    pub fonts: &'a Fonts,
    /// Last year's report of the same agency.
    pub previous: Option<&'a Report>,
}

/// A data file as read.
#[derive(Clone, Copy)]
pub struct DataFile<'a> {
    /// Its text.
    pub source: &'a Source,
    /// The same as a tree, with every text as written.
    pub record: &'a Record,
}

impl Subject<'_> {
    /// The format of the report.
    fn format(&self) -> &Format {
        &self.report.format
    }

    /// Starts the finding of a rule with its message, label, help and basis filled from `context`.
    fn finding(
        &self,
        rule: &Rule,
        path: &str,
        span: impl Into<Option<Span>>,
        context: &Context,
    ) -> Diagnostic {
        let words = |name: &str| self.format().words(&format!("{}/{name}", rule.code), context);
        let mut finding = Diagnostic::new(&rule.code, rule.level, words("message"), path, span);
        finding.label = words("label");
        finding.help = Some(words("help")).filter(|help| !help.is_empty());
        finding.basis = Some(rule.basis.clone()).filter(|basis| !basis.is_empty());
        finding
    }

    /// A figure of the report as an operand.
    fn term(&self, path: &str, label: &str) -> Option<Term> {
        let figure = self.report.figure(path)?;
        Some(Term {
            path: path.to_owned(),
            label: label.to_owned(),
            value: figure.number.as_ref()?.digits.clone(),
            span: figure.span.clone(),
            origin: Origin::Report,
        })
    }

    /// The level of a code by the format's data, for findings that are made in this module.
    fn level(&self, code: &str) -> Level {
        self.format().rule(code).map_or(Level::Error, |rule| rule.level)
    }
}

/// Runs every rule over a report. `found` holds what reading it has found already; the result is sorted by place
/// and has waivers applied.
pub fn check(subject: &Subject<'_>, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut findings = found;
    for finding in &mut findings {
        describe(subject.format(), finding);
    }
    for rule in &subject.format().rules {
        run(subject, rule, &mut findings);
    }
    match size::excess(subject.report) {
        None => texts::check(subject, &mut findings),
        Some(finding) => findings.push(finding),
    }
    guess::suggest(subject, &mut findings);
    glyphs::check(subject, &mut findings);
    pasted::check(subject, &mut findings);
    waivers::apply(subject, &mut findings);
    diagnostic::sort(&mut findings);
    findings
}

fn run(subject: &Subject<'_>, rule: &Rule, findings: &mut Vec<Diagnostic>) {
    match &rule.kind {
        RuleKind::Form | RuleKind::Text => {}
        RuleKind::RowSum { table } => sums::rows(subject, rule, table, findings),
        RuleKind::ColumnSum { table, row } => sums::columns(subject, rule, table, row, findings),
        RuleKind::Balance { table, left, right, subject: row } => {
            sums::balance(subject, rule, table, &sums::Sides { left, right, row }, findings);
        }
        RuleKind::FormatYear => form_year::check(subject, rule, findings),
        RuleKind::DateEarly => kinds::date_early(subject, rule, findings),
        RuleKind::AgencyKind { government, department, both } => {
            let ends = kinds::Ends { government, department, both };
            kinds::agency_kind(subject, rule, &ends, findings);
        }
        RuleKind::SplitCell { table } => guess::split_cells(subject, rule, table, findings),
        RuleKind::PreviousEqual { table, row, previous_row } => {
            previous::equal(subject, rule, table, [row, previous_row], findings);
        }
        RuleKind::PreviousFlow { table, value, plus, minus } => {
            previous::flow(subject, rule, table, [value, plus, minus], findings);
        }
        RuleKind::NeedsBase { table, base } => {
            plausible::needs_base(subject, rule, table, base, findings);
        }
        RuleKind::AtLeast { table, value, bound, when_zero } => {
            plausible::at_least(subject, rule, table, [value, bound, when_zero], findings);
        }
        RuleKind::AgencyZero { table, row, agency, ignore } => {
            let name = plausible::Name { words: agency, ignore };
            plausible::agency_zero(subject, rule, table, row, &name, findings);
        }
    }
}

/// Gives a finding of the reader the level and basis that the format's data state for its code.
fn describe(format: &Format, finding: &mut Diagnostic) {
    let Some(rule) = format.rule(&finding.rule) else { return };
    finding.level = rule.level;
    if finding.basis.is_none() && !rule.basis.is_empty() {
        finding.basis = Some(rule.basis.clone());
    }
}
