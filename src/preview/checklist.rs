//! The check list: all findings of a report on a page that can be printed, ticked off and signed.

use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use serde_json::json;

use super::state::{place_label, verdict_of};
use crate::diagnostic::{Diagnostic, Level};
use crate::generator::Checked;

/// The page; its name makes minijinja escape everything for HTML.
const NAME: &str = "checklist.html";
const TEMPLATE: &str = include_str!("assets/checklist.html");

#[derive(Serialize)]
struct Entry<'a> {
    level: &'static str,
    level_label: &'static str,
    rule: &'a str,
    line: Option<usize>,
    place: String,
    message: &'a str,
    terms: Vec<String>,
    reported: Option<&'a str>,
    computed: Option<&'a str>,
    help: Option<&'a str>,
    basis: Option<&'a str>,
    waived: Option<&'a str>,
}

/// Renders the check list of a report.
pub(super) fn render(name: &str, checked: &Checked, deny_warnings: bool) -> String {
    let mut environment = Environment::new();
    let entries = |of: fn(&Diagnostic) -> bool| -> Vec<Entry> {
        checked.diagnostics.iter().filter(|found| of(found)).map(|f| entry(checked, f)).collect()
    };
    let context = json!({
        "name": name,
        "agency": checked.agency(),
        "year": checked.year(),
        "verdict": verdict_of(checked, deny_warnings),
        "open": entries(|found| found.counts() && found.level >= Level::Warning),
        "notes": entries(|found| found.counts() && found.level == Level::Note),
        "waived": entries(|found| !found.counts()),
    });
    let rendered = environment
        .add_template(NAME, TEMPLATE)
        .and_then(|()| environment.get_template(NAME)?.render(Value::from(Serde(context))));
    rendered.expect("the template is part of the program and tested")
}

fn entry<'a>(checked: &Checked, found: &'a Diagnostic) -> Entry<'a> {
    Entry {
        level: found.level.name(),
        level_label: found.level.label(),
        rule: &found.rule,
        line: found.line(&checked.source),
        place: place_label(checked, &found.path),
        message: &found.message,
        terms: found.terms.iter().map(|term| format!("{} {}", term.label, term.value)).collect(),
        reported: found.reported.as_deref(),
        computed: found.computed.as_deref(),
        help: found.help.as_deref(),
        basis: found.basis.as_deref(),
        waived: found.waived.as_deref(),
    }
}
