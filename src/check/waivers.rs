//! Accepted exceptions: a waived finding is kept and shown, but does not count. Errors cannot be waived.

use crate::diagnostic::{self, Diagnostic, Level};
use crate::report::Waiver;

use super::Subject;

pub(super) fn apply(subject: &Subject<'_>, findings: &mut Vec<Diagnostic>) {
    let mut unused = Vec::new();
    let is_whole = !diagnostic::is_damaged(findings);
    for (index, waiver) in subject.report.waivers.iter().enumerate() {
        let mut used = false;
        let mut is_error =
            subject.format().rule(&waiver.rule).is_some_and(|rule| rule.level == Level::Error);
        for finding in findings.iter_mut().filter(|finding| covers(waiver, finding)) {
            // What contradicts the form itself stays wrong for whatever reason.
            if finding.level == Level::Error {
                is_error = true;
            } else {
                finding.waived = Some(waiver.reason.clone());
                used = true;
            }
        }
        if is_error {
            unused.push(waived_error(subject, index, waiver));
        } else if !used && is_whole {
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

/// The finding about a waiver of errors.
fn waived_error(subject: &Subject<'_>, index: usize, waiver: &Waiver) -> Diagnostic {
    let code = "WAIVER-ERROR";
    let rule = subject.format().rule(&waiver.rule);
    let title = rule.map_or_else(String::new, |rule| format!("（{}）", rule.title));
    let message = format!("{}{title}是错误，不能豁免", waiver.rule);
    let path = format!("waivers.{index}");
    let mut finding =
        Diagnostic::new(code, subject.level(code), message, path, waiver.span.clone())
            .with_label("错误不能豁免")
            .with_help("删去这条豁免，按那一处错误的提示改正数据；只有提醒和提示可以豁免");
    finding.basis = subject.format().rule(code).map(|rule| rule.basis.clone());
    finding
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
