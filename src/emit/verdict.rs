//! The closing line: may the report be handed in?

use super::ReportFindings;
use crate::diagnostic::Counts;

/// Numbers over several reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Reports looked at.
    pub reports: usize,
    /// Those that may not be handed in.
    pub refused: usize,
    /// Findings of all reports that count.
    pub counts: Counts,
    /// Findings accepted by a waiver.
    pub waived: usize,
}

impl Tally {
    /// Counts one report in.
    pub fn add(&mut self, report: &ReportFindings, deny_warnings: bool) {
        let counts = report.counts();
        self.reports += 1;
        self.refused += usize::from(refuses(&counts, deny_warnings));
        self.counts.errors += counts.errors;
        self.counts.warnings += counts.warnings;
        self.counts.notes += counts.notes;
        self.waived += report.diagnostics.iter().filter(|d| !d.counts()).count();
    }

    /// Whether every report may be handed in.
    pub fn is_accepted(&self) -> bool {
        self.refused == 0
    }

    /// The last line: the verdict on one report, or on how many of several.
    pub(super) fn closing(&self, deny_warnings: bool) -> String {
        let line = verdict(self, deny_warnings);
        match self.reports {
            1 => line,
            all if self.is_accepted() => format!("共 {all} 份，全部{line}"),
            all => format!("共 {all} 份，其中 {} 份{line}", self.refused),
        }
    }
}

fn refuses(counts: &Counts, deny_warnings: bool) -> bool {
    counts.errors > 0 || (deny_warnings && counts.warnings > 0)
}

/// Says 可以报送 or 不可以报送 with the numbers of findings; fit with warnings open is said so.
pub fn verdict(tally: &Tally, deny_warnings: bool) -> String {
    let Counts { errors, warnings, notes } = tally.counts;
    let open = tally.is_accepted() && warnings > 0;
    let mut line = match tally.is_accepted() {
        // Fit, but nobody should take it for clean.
        true if open => format!("可以报送，另有 {warnings} 处提醒未处理"),
        true => format!("可以报送：{errors} 处错误，{warnings} 处提醒"),
        false => format!("不可以报送：{errors} 处错误，{warnings} 处提醒"),
    };
    let mut beside = Vec::new();
    if notes > 0 {
        beside.push(if open {
            format!("提示 {notes} 处")
        } else {
            format!("另有 {notes} 处提示")
        });
    }
    if tally.waived > 0 {
        beside.push(format!("已豁免 {} 处", tally.waived));
    }
    if deny_warnings && errors == 0 && warnings > 0 {
        beside.push("按 --deny warnings，有提醒也不可以报送".to_owned());
    }
    if !beside.is_empty() {
        line.push_str(&format!("（{}）", beside.join("，")));
    }
    line
}
