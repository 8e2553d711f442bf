//! Findings counted by rule, instead of listed.

use std::collections::BTreeMap;

use serde_json::json;

use super::wrap::width;
use super::{MessageFormat, Options, ReportFindings, Tally};
use crate::diagnostic::Level;

/// Counts over several reports.
#[derive(Debug, Default)]
pub struct Statistics {
    counts: BTreeMap<(std::cmp::Reverse<Level>, String), Count>,
    tally: Tally,
}

#[derive(Debug, Default)]
struct Count {
    findings: usize,
    reports: usize,
    fixable: usize,
    waived: usize,
}

impl Statistics {
    /// Counts the findings of one report.
    pub fn add(&mut self, report: &ReportFindings, deny_warnings: bool) {
        self.tally.add(report, deny_warnings);
        let mut seen: Vec<&str> = Vec::new();
        for finding in report.diagnostics {
            let key = (std::cmp::Reverse(finding.level), finding.rule.clone());
            let count = self.counts.entry(key).or_default();
            if !finding.counts() {
                count.waived += 1;
                continue;
            }
            count.findings += 1;
            count.fixable += usize::from(!finding.fix.is_empty());
            if !seen.contains(&finding.rule.as_str()) {
                seen.push(&finding.rule);
                count.reports += 1;
            }
        }
    }

    /// The numbers of findings by level and the verdict.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The counts as text, or as one JSON document; the most frequent first within a level.
    pub fn render(&self, options: &Options) -> String {
        let mut rows: Vec<Row<'_>> = self
            .counts
            .iter()
            .map(|((level, code), count)| Row {
                level: level.0,
                code,
                title: options.rule(code).map_or("", |rule| rule.headline()),
                count,
            })
            .collect();
        rows.sort_by_key(|row| {
            (std::cmp::Reverse(row.level), std::cmp::Reverse(row.count.findings), row.code)
        });
        match options.format {
            MessageFormat::Json => self.json(&rows),
            _ => self.text(&rows, options),
        }
    }

    fn text(&self, rows: &[Row<'_>], options: &Options) -> String {
        let code = rows.iter().map(|row| width(row.code)).max().unwrap_or(0);
        let mut out = String::new();
        for row in rows {
            let mut beside = vec![format!("{} 份", row.count.reports)];
            if row.count.fixable > 0 {
                beside.push(format!("可自动改 {} 处", row.count.fixable));
            }
            if row.count.waived > 0 {
                beside.push(format!("已豁免 {} 处", row.count.waived));
            }
            let gap = " ".repeat(code - width(row.code));
            let (level, beside) = (row.level.label(), beside.join("，"));
            out += &format!(
                "{:>6} 处  {level}  {}{gap}  {}（{beside}）\n",
                row.count.findings, row.code, row.title
            );
        }
        if !options.quiet {
            out += &self.tally.closing(options.deny_warnings);
            out.push('\n');
        }
        out
    }

    fn json(&self, rows: &[Row<'_>]) -> String {
        let rows: Vec<serde_json::Value> = rows
            .iter()
            .map(|row| {
                json!({
                    "rule": row.code, "level": row.level.name(), "title": row.title,
                    "count": row.count.findings, "reports": row.count.reports,
                    "fixable": row.count.fixable, "waived": row.count.waived,
                })
            })
            .collect();
        let document = json!({
            "version": 1, "reports": self.tally.reports, "refused": self.tally.refused,
            "errors": self.tally.counts.errors, "warnings": self.tally.counts.warnings,
            "notes": self.tally.counts.notes, "statistics": rows,
        });
        format!("{document:#}\n")
    }
}

/// One rule.
struct Row<'a> {
    level: Level,
    code: &'a str,
    title: &'a str,
    count: &'a Count,
}
