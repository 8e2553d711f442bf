//! What the browser is told of a report, as JSON. The page in the browser shows this and computes nothing.

use serde::Serialize;

use super::session::Shown;
use super::spots::{Region, Spot};
use super::summary::{Health, Summary};
use crate::diagnostic::{Counts, Diagnostic, Level, Origin};
use crate::emit::{ReportFindings, Tally, verdict};
use crate::generator::Checked;
use crate::source::Span;

/// Why the pages on show are not those of the file as it is now.
#[derive(Debug, Clone)]
pub(super) enum Stale {
    /// The file is not there or cannot be read.
    Unreadable(String),
    /// The file cannot be understood; its findings say why.
    NotUnderstood,
    /// Format, fonts or typesetter failed.
    Failed(String),
}

impl Stale {
    fn text(&self) -> String {
        match self {
            Stale::Unreadable(reason) => reason.clone(),
            Stale::NotUnderstood => "数据文件有写法错误，读不懂；改正后页面自动更新".to_owned(),
            Stale::Failed(reason) => reason.clone(),
        }
    }
}

/// Times of the last update, in microseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Timing {
    /// From the notice of the change to the start of work.
    pub(super) wait: u64,
    /// Reading the files.
    pub(super) read: u64,
    /// Checking.
    pub(super) check: u64,
    /// Setting the pages.
    pub(super) typeset: u64,
    /// Comparing pages and finding what can be pointed at.
    pub(super) compare: u64,
}

/// All that goes into a state.
pub(super) struct View<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) path: &'a str,
    pub(super) revision: u64,
    pub(super) checked: Option<&'a Checked>,
    pub(super) shown: Option<&'a Shown>,
    pub(super) stale: Option<&'a Stale>,
    pub(super) notice: Option<&'a str>,
    pub(super) deny_warnings: bool,
    pub(super) timing: Timing,
}

#[derive(Serialize)]
struct State<'a> {
    revision: u64,
    name: &'a str,
    path: &'a str,
    agency: &'a str,
    year: Option<i32>,
    health: Health,
    label: &'a str,
    verdict: String,
    errors: usize,
    warnings: usize,
    notes: usize,
    draft: bool,
    stale: Option<String>,
    notice: Option<&'a str>,
    findings: Vec<Finding<'a>>,
    pages: Vec<PageState<'a>>,
    spots: &'a [Spot],
    timing: Timing,
}

#[derive(Serialize)]
struct PageState<'a> {
    version: &'a str,
    width: f64,
    height: f64,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    level: &'static str,
    level_label: &'static str,
    message: &'a str,
    /// Whether the file cannot be understood because of it.
    blocks: bool,
    place: String,
    region: Option<Region>,
    reported: Option<&'a str>,
    computed: Option<&'a str>,
    terms: Vec<Operand<'a>>,
    help: Option<&'a str>,
    suggestion: Option<&'a str>,
    basis: Option<&'a str>,
    waived: Option<&'a str>,
    /// What it is about on the pages.
    spots: Vec<&'a str>,
}

#[derive(Serialize)]
struct Operand<'a> {
    label: &'a str,
    value: &'a str,
    line: Option<usize>,
    previous: bool,
    spots: Vec<&'a str>,
}

impl View<'_> {
    /// The report's line in the list.
    pub(super) fn summary(&self) -> Summary {
        let health = self.health();
        let detail = match (self.stale, self.checked) {
            (Some(Stale::Unreadable(reason)), _) => reason.clone(),
            (_, Some(checked)) => amounts(checked.counts()),
            _ => String::new(),
        };
        Summary {
            id: self.id.to_owned(),
            name: self.name.to_owned(),
            agency: self.checked.map_or("", Checked::agency).to_owned(),
            year: self.checked.and_then(Checked::year),
            health,
            label: health.label(),
            detail,
        }
    }

    /// The state as JSON.
    pub(super) fn render(&self) -> String {
        let counts = self.checked.map(Checked::counts).unwrap_or_default();
        let health = self.health();
        let state = State {
            revision: self.revision,
            name: self.name,
            path: self.path,
            agency: self.checked.map_or("", Checked::agency),
            year: self.checked.and_then(Checked::year),
            health,
            label: health.label(),
            verdict: self
                .checked
                .map_or_else(String::new, |checked| verdict_of(checked, self.deny_warnings)),
            errors: counts.errors,
            warnings: counts.warnings,
            notes: counts.notes,
            draft: self.shown.is_some_and(|shown| shown.draft),
            stale: self.stale.map(Stale::text),
            notice: self.notice,
            findings: self.findings(),
            pages: self.shown.map_or_else(Vec::new, pages),
            spots: self.shown.map_or(&[], |shown| &shown.spots),
            timing: self.timing,
        };
        // Strings, numbers and lists of them: there is nothing that could fail.
        serde_json::to_string(&state).expect("a state is plain data")
    }

    fn health(&self) -> Health {
        let Some(checked) = self.checked else { return Health::Broken };
        if matches!(self.stale, Some(Stale::Unreadable(_) | Stale::NotUnderstood)) {
            return Health::Broken;
        }
        let counts = checked.counts();
        match (counts.errors, counts.warnings) {
            (0, 0) => Health::Passed,
            (0, _) => Health::Warnings,
            _ => Health::Errors,
        }
    }

    fn findings(&self) -> Vec<Finding<'_>> {
        let Some(checked) = self.checked else { return Vec::new() };
        checked.diagnostics.iter().map(|finding| self.finding(checked, finding)).collect()
    }

    fn finding<'a>(&'a self, checked: &Checked, finding: &'a Diagnostic) -> Finding<'a> {
        Finding {
            rule: &finding.rule,
            level: finding.level.name(),
            level_label: finding.level.label(),
            message: &finding.message,
            blocks: blocks(finding),
            place: place_label(checked, &finding.path),
            region: finding.span.as_ref().map(|span| Region::of(&checked.source, span)),
            reported: finding.reported.as_deref(),
            computed: finding.computed.as_deref(),
            terms: finding
                .terms
                .iter()
                .map(|term| {
                    let previous = term.origin == Origin::Previous;
                    let source =
                        if previous { checked.previous.as_ref() } else { Some(&checked.source) };
                    let span = term.span.as_ref();
                    Operand {
                        label: &term.label,
                        value: &term.value,
                        line: span
                            .zip(source)
                            .map(|(span, source)| source.position(span.start).line),
                        previous,
                        spots: if previous { Vec::new() } else { self.spots(&term.path, span) },
                    }
                })
                .collect(),
            help: finding.help.as_deref(),
            suggestion: finding.suggestion.as_deref(),
            basis: finding.basis.as_deref(),
            waived: finding.waived.as_deref(),
            spots: self.spots(&finding.path, finding.span.as_ref()),
        }
    }

    /// What a path stands for on the pages: the paragraph of a field, the cell, the cells of a row, else what
    /// contains it.
    fn spots(&self, path: &str, span: Option<&Span>) -> Vec<&str> {
        let Some(shown) = self.shown else { return Vec::new() };
        let find = |wanted: &dyn Fn(&Spot) -> bool| -> Vec<&str> {
            let mut ids: Vec<&str> = shown
                .spots
                .iter()
                .filter(|spot| wanted(spot))
                .map(|spot| spot.id.as_str())
                .collect();
            ids.dedup();
            ids
        };
        if path.is_empty() {
            return Vec::new();
        }
        let inside = |spot: &Spot| {
            span.is_some_and(|span| spot.span.start <= span.start && span.start < spot.span.end)
        };
        let (paragraph, row) = (format!("{path}#"), format!("{path}."));
        let mut found = find(&|spot| spot.id.starts_with(&paragraph) && inside(spot));
        if found.is_empty() {
            found = find(&|spot| spot.id == path);
        }
        if found.is_empty() {
            found = find(&|spot| spot.id.starts_with(&row) || spot.id.starts_with(&paragraph));
        }
        let mut path = path;
        while found.is_empty() {
            let Some((parent, _)) = path.rsplit_once('.') else { break };
            found = find(&|spot| spot.id == parent);
            path = parent;
        }
        found
    }
}

/// The label by which people find a path on the form.
pub(super) fn place_label(checked: &Checked, path: &str) -> String {
    let Some(format) = checked.format() else { return String::new() };
    if let Some(cell) = format.cell(path) {
        return cell.label();
    }
    let row = format.cells().iter().find(|cell| cell.row_path == path);
    row.and_then(|cell| cell.row_labels.last()).cloned().unwrap_or_default()
}

/// Whether a file cannot be understood because of a finding: its notation or its encoding is wrong.
pub(super) fn blocks(finding: &Diagnostic) -> bool {
    finding.counts()
        && finding.level == Level::Error
        && ["TOML", "ENCODING"].contains(&finding.rule.as_str())
}

/// 可以报送 or 不可以报送, with the numbers of findings.
pub(super) fn verdict_of(checked: &Checked, deny_warnings: bool) -> String {
    let findings = ReportFindings {
        path: checked.source.name(),
        source: &checked.source,
        previous: None,
        format: None,
        agency: None,
        year: None,
        diagnostics: &checked.diagnostics,
    };
    let mut tally = Tally::default();
    tally.add(&findings, deny_warnings);
    verdict(&tally, deny_warnings)
}

fn amounts(counts: Counts) -> String {
    let all = [(counts.errors, "处错误"), (counts.warnings, "处提醒"), (counts.notes, "处提示")];
    let parts: Vec<String> = all
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    if parts.is_empty() { "没有问题".to_owned() } else { parts.join("，") }
}

fn pages(shown: &Shown) -> Vec<PageState<'_>> {
    let pages = shown.pages.iter();
    pages
        .map(|page| PageState { version: &page.version, width: page.size.0, height: page.size.1 })
        .collect()
}

/// Whether a file cannot be understood well enough to set it.
pub(super) fn is_broken(checked: &Checked) -> bool {
    checked.report.is_none() || checked.diagnostics.iter().any(blocks)
}

/// What stands in the way, each with its line.
pub(super) fn reasons(checked: &Checked, least: Level) -> Vec<String> {
    let errors = checked.diagnostics.iter().filter(|found| found.counts() && found.level >= least);
    errors
        .map(|found| {
            let line = found.line(&checked.source);
            let place = line.map_or_else(|| "全文".to_owned(), |line| format!("第 {line} 行"));
            format!("{place}：{}", found.message)
        })
        .collect()
}
