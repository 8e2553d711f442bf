//! Workflow commands: one annotation per finding beside the line of the file.

use super::ReportFindings;
use super::human::in_one_line;
use super::json::help;
use crate::diagnostic::{Diagnostic, Level};
use crate::harmless::{command_property, command_text};

/// Renders every finding of a report as a command.
pub(super) fn render(report: &ReportFindings) -> String {
    report.diagnostics.iter().map(|finding| command(report, finding)).collect()
}

fn command(report: &ReportFindings, finding: &Diagnostic) -> String {
    let start = report.source.position(finding.span.start);
    let end = report.source.position(finding.span.end.max(finding.span.start));
    let mut properties =
        format!("file={},line={},col={}", command_property(report.path), start.line, start.column);
    if end.line == start.line {
        properties += &format!(",endLine={},endColumn={}", end.line, end.column);
    } else {
        properties += &format!(",endLine={}", end.line);
    }
    let (name, kind) = match (&finding.waived, finding.level) {
        (Some(_), _) => ("notice", "已豁免"),
        (None, Level::Error) => ("error", Level::Error.label()),
        (None, Level::Warning) => ("warning", Level::Warning.label()),
        (None, Level::Note) => ("notice", Level::Note.label()),
    };
    let title = command_property(&format!("{kind}[{}]", finding.rule));
    format!("::{name} {properties},title={title}::{}\n", command_text(&body(finding)))
}

fn body(finding: &Diagnostic) -> String {
    let mut lines = vec![in_one_line(finding)];
    lines.extend(help(finding).map(|help| format!("怎么改：{help}")));
    lines.extend(finding.basis.as_ref().map(|basis| format!("依据：{basis}")));
    lines.extend(finding.waived.as_ref().map(|reason| format!("豁免理由：{reason}")));
    lines.join("\n")
}
