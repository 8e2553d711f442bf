//! One line per finding, `path:line:column: level[CODE]: message`, as editors and `grep` expect it.

use super::human::in_one_line;
use super::{Options, Paint, ReportFindings};
use crate::diagnostic::Diagnostic;
use crate::harmless::plain;

/// Renders every finding of a report, nothing folded.
pub(super) fn render(report: &ReportFindings, options: &Options) -> String {
    let paint = Paint::new(options.color);
    let mut out = String::new();
    for finding in report.diagnostics {
        let place = place(report, finding);
        let kind = format!("{}[{}]", finding.level.label(), plain(&finding.rule));
        let text = plain(&in_one_line(finding));
        out += &match &finding.waived {
            Some(reason) => {
                let line = format!("{place}: 已豁免的{kind}: {text}；豁免理由：{}", plain(reason));
                paint.faint(&line)
            }
            None => format!("{place}: {}: {text}", paint.level(finding.level, &kind)),
        };
        out.push('\n');
    }
    out
}

fn place(report: &ReportFindings, finding: &Diagnostic) -> String {
    if let Some(origins) = report.source.origins() {
        let place = origins.of(&finding.path, finding.span.as_ref()).place;
        return format!("{}: {place}", plain(report.path));
    }
    let Some(span) = &finding.span else { return plain(report.path) };
    let at = report.source.position(span.start);
    format!("{}:{}:{}", plain(report.path), at.line, at.column)
}
