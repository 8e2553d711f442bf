//! One line per finding, `path:line:column: level[CODE]: message`, as editors and `grep` expect it.

use super::human::in_one_line;
use super::wrap::plain;
use super::{Options, Paint, ReportFindings, Tally, verdict};

/// Renders every finding, nothing folded, and one closing line.
pub fn render(reports: &[ReportFindings], options: &Options) -> String {
    let paint = Paint::new(options.color);
    let mut out = String::new();
    for report in reports {
        for finding in report.diagnostics {
            let at = report.source.position(finding.span.start);
            let place = format!("{}:{}:{}", plain(report.path), at.line, at.column);
            let kind = format!("{}[{}]", finding.level.label(), plain(&finding.rule));
            let text = plain(&in_one_line(finding));
            out += &match &finding.waived {
                Some(reason) => paint.faint(&format!(
                    "{place}: 已豁免的{kind}: {text}；豁免理由：{}",
                    plain(reason)
                )),
                None => format!("{place}: {}: {text}", paint.level(finding.level, &kind)),
            };
            out.push('\n');
        }
    }
    let tally = Tally::of(reports, options.deny_warnings);
    let total = super::verdict::total(reports, options);
    out + &total.unwrap_or_else(|| verdict(&tally, options.deny_warnings)) + "\n"
}
