//! What `[report]` says about itself: a date that its year allows, a kind that its agency's name allows.

use crate::diagnostic::Diagnostic;
use crate::format::{Context, Rule};
use crate::report::{Date, Kind};

use super::Subject;

/// Years between a report and its date beyond which the date surely has a wrong year (0024, 2204). Reports of some years
/// ago are put right and published again now and then.
const LATEST: i32 = 10;

/// 成文日期 lies behind the end of the report's year.
pub(super) fn date_early(subject: &Subject<'_>, rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let (Some(date), Some(year)) = (&subject.report.date, &subject.report.year) else { return };
    let first = Date { year: year.value + 1, month: 1, day: 1 };
    let far = date.value.year < year.value - LATEST || date.value.year > year.value + LATEST;
    if date.value >= first && !far {
        return;
    }
    let spoken = |date: &Date| format!("{}年{}月{}日", date.year, date.month, date.day);
    let flag = |is: bool| if is { "1".to_owned() } else { String::new() };
    let context = Context::from([
        ("date", spoken(&date.value)),
        ("year", year.value.to_string()),
        ("next", first.year.to_string()),
        ("first", spoken(&first)),
        ("far", flag(far)),
    ]);
    findings.push(subject.finding(rule, "report.date", date.span.clone(), &context));
}

/// Ends of names, separated by `|`.
pub(super) struct Ends<'a> {
    pub(super) government: &'a str,
    pub(super) department: &'a str,
    /// Of names that may be either.
    pub(super) both: &'a str,
}

/// The kind is one that an agency of this name has.
pub(super) fn agency_kind(
    subject: &Subject<'_>,
    rule: &Rule,
    ends: &Ends<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let agency = &subject.report.agency;
    // A joint report has several names; any of them may decide.
    if agency.names.len() != 1 {
        return;
    }
    let name = agency.value.as_str();
    let has = |ends: &str| ends.split('|').any(|end| !end.is_empty() && name.ends_with(end));
    let wanted = match subject.report.kind {
        _ if has(ends.both) => return,
        Kind::Department if has(ends.government) => "government",
        Kind::Government if has(ends.department) => "department",
        _ => return,
    };
    let is_government = wanted == "government";
    let context = Context::from([
        ("agency", name.to_owned()),
        ("wanted", wanted.to_owned()),
        ("government", if is_government { "1".to_owned() } else { String::new() }),
    ]);
    findings.push(subject.finding(rule, "report.agency", agency.span.clone(), &context));
}
