//! Accepted exceptions: a waived finding is kept and shown, but does not count.

use crate::diagnostic::{self, Diagnostic};
use crate::report::Waiver;

use super::Subject;

pub(super) fn apply(subject: &Subject<'_>, findings: &mut Vec<Diagnostic>) {
    let mut unused = Vec::new();
    let is_whole = !diagnostic::is_damaged(findings);
    for (index, waiver) in subject.report.waivers.iter().enumerate() {
        let mut used = false;
        for finding in findings.iter_mut().filter(|finding| covers(waiver, finding)) {
            finding.waived = Some(waiver.reason.clone());
            used = true;
        }
        if !used && is_whole {
            unused.push(unused_waiver(subject, index, waiver));
        }
    }
    findings.extend(unused);
}

/// Whether a waiver names a finding: the same rule, and its place or a row, table or field above it.
fn covers(waiver: &Waiver, finding: &Diagnostic) -> bool {
    let inside = finding.path.strip_prefix(waiver.place.as_str());
    waiver.rule == finding.rule
        && (waiver.place.is_empty()
            || inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

fn unused_waiver(subject: &Subject<'_>, index: usize, waiver: &Waiver) -> Diagnostic {
    let place = if waiver.place.is_empty() { "全文" } else { &waiver.place };
    let message = format!("豁免 {}（{place}）没有对应的检查结果", waiver.rule);
    let code = "WAIVER-UNUSED";
    let mut finding = Diagnostic::new(
        code,
        subject.level(code),
        message,
        format!("waivers.{index}"),
        waiver.span.clone(),
    )
    .with_help("问题已经改正的，删去这条豁免；规则代码或 where 写错的，改正");
    finding.basis = subject.format().rule(code).map(|rule| rule.basis.clone());
    finding
}
