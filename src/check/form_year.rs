//! Whether the format is the official one of the report's year.

use crate::diagnostic::Diagnostic;
use crate::format::{Context, Rule};

use super::Subject;

pub(super) fn check(subject: &Subject<'_>, rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let Some(year) = &subject.report.year else { return };
    if subject.format().manifest.years.contains(year.value) {
        return;
    }
    let expected =
        subject.catalog.for_year(year.value).map_or("（没有）", |format| format.id());
    let context = Context::from([
        ("year", year.value.to_string()),
        ("expected", expected.to_owned()),
        ("reported", subject.format().id().to_owned()),
    ]);
    let named = subject.report.named_format.as_ref();
    let (path, span) = match named {
        Some(named) => ("format", named.span.clone()),
        None => ("report.year", year.span.clone()),
    };
    findings.push(
        subject.finding(rule, path, span, &context).with_values(subject.format().id(), expected),
    );
}
