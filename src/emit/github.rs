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
    let properties = properties(report, finding);
    let (name, kind) = match (&finding.waived, finding.level) {
        (Some(_), _) => ("notice", "已豁免"),
        (None, Level::Error) => ("error", Level::Error.label()),
        (None, Level::Warning) => ("warning", Level::Warning.label()),
        (None, Level::Note) => ("notice", Level::Note.label()),
    };
    let title = command_property(&format!("{kind}[{}]", finding.rule));
    format!("::{name} {properties},title={title}::{}\n", command_text(&body(report, finding)))
}

/// The file and, in a text of lines, the place.
fn properties(report: &ReportFindings, finding: &Diagnostic) -> String {
    let file = format!("file={}", command_property(report.path));
    let Some(span) = finding.span.as_ref().filter(|_| report.source.origins().is_none()) else {
        return file;
    };
    let start = report.source.position(span.start);
    let end = report.source.position(span.end.max(span.start));
    let place = format!("{file},line={},col={}", start.line, start.column);
    if end.line == start.line {
        format!("{place},endLine={},endColumn={}", end.line, end.column)
    } else {
        format!("{place},endLine={}", end.line)
    }
}

fn body(report: &ReportFindings, finding: &Diagnostic) -> String {
    let origins = report.source.origins();
    let place = origins.map(|origins| origins.of(&finding.path, finding.span.as_ref()).place);
    let mut lines = vec![match place {
        Some(place) => format!("{place}：{}", in_one_line(finding)),
        None => in_one_line(finding),
    }];
    lines.extend(help(finding).map(|help| format!("怎么改：{help}")));
    lines.extend(finding.basis.as_ref().map(|basis| format!("依据：{basis}")));
    lines.extend(finding.waived.as_ref().map(|reason| format!("豁免理由：{reason}")));
    lines.join("\n")
}
