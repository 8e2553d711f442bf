//! SARIF 2.1.0: one run with the rules that were used, the results and the waivers as suppressions.

use serde_json::{Map, Value, json};

use super::ReportFindings;
use super::human::in_one_line;
use super::json::help;
use crate::diagnostic::{Diagnostic, Origin, Term};
use crate::format::Rule;
use crate::source::{Source, Span};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What has been found so far; the log is written at once, because it begins with the rules that occur.
#[derive(Debug, Default)]
pub(super) struct Log {
    codes: Vec<String>,
    artifacts: Vec<Value>,
    results: Vec<Value>,
}

impl Log {
    /// Adds the findings of a report.
    pub(super) fn add(&mut self, report: &ReportFindings, rules: &[&Rule]) {
        if self.codes.is_empty() {
            self.codes = rules.iter().map(|rule| rule.code.clone()).collect();
        }
        self.artifacts.push(json!({"location": {"uri": uri(report.path)}}));
        for finding in report.diagnostics {
            let index = self.index(&finding.rule);
            self.results.push(result(report, finding, index));
        }
    }

    fn index(&mut self, code: &str) -> usize {
        self.codes.iter().position(|known| known == code).unwrap_or_else(|| {
            self.codes.push(code.to_owned());
            self.codes.len() - 1
        })
    }

    /// Renders the log with the texts of the rules.
    pub(super) fn render(self, rules: &[&Rule]) -> String {
        let used = self.codes.iter().map(|code| rule(code, rules)).collect::<Vec<_>>();
        let log = json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": "nianbao",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "language": "zh-CN",
                    "rules": used,
                }},
                "language": "zh-CN",
                "columnKind": "unicodeCodePoints",
                "artifacts": self.artifacts,
                "results": self.results,
            }],
        });
        format!("{log:#}\n")
    }
}

fn rule(code: &str, rules: &[&Rule]) -> Value {
    let Some(rule) = rules.iter().find(|rule| rule.code == code) else {
        return json!({"id": code});
    };
    let mut value = json!({
        "id": code,
        "shortDescription": {"text": rule.headline()},
        "fullDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": rule.level.name()},
    });
    if let Some(basis) = rule.ground() {
        value["help"] = json!({"text": format!("依据：{basis}")});
    }
    value
}

fn result(report: &ReportFindings, finding: &Diagnostic, rule_index: usize) -> Value {
    let mut location = location(report.path, report.source, finding.span.as_ref(), true);
    if !finding.path.is_empty() {
        location["logicalLocations"] = json!([{"fullyQualifiedName": finding.path}]);
    }
    let mut value = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.level.name(),
        "message": {"text": message(finding)},
        "locations": [location],
    });
    let related: Vec<Value> =
        finding.terms.iter().filter_map(|term| related(report, term)).collect();
    if !related.is_empty() {
        value["relatedLocations"] = json!(numbered(related));
    }
    if let Some(reason) = &finding.waived {
        value["suppressions"] =
            json!([{"kind": "inSource", "status": "accepted", "justification": reason}]);
    }
    let properties = properties(finding);
    if !properties.is_empty() {
        value["properties"] = Value::Object(properties);
    }
    value
}

fn message(finding: &Diagnostic) -> String {
    let help = help(finding).map(|help| format!("\n怎么改：{help}"));
    in_one_line(finding) + &help.unwrap_or_default()
}

fn related(report: &ReportFindings, term: &Term) -> Option<Value> {
    let span = term.span.as_ref()?;
    let mut value = match term.origin {
        Origin::Report => location(report.path, report.source, Some(span), false),
        Origin::Previous => location(report.previous?.name(), report.previous?, Some(span), false),
    };
    value["message"] = json!({"text": format!("{} {}", term.label, term.value)});
    Some(value)
}

fn numbered(mut locations: Vec<Value>) -> Vec<Value> {
    for (at, location) in locations.iter_mut().enumerate() {
        location["id"] = json!(at + 1);
    }
    locations
}

fn properties(finding: &Diagnostic) -> Map<String, Value> {
    let fields = [
        ("reported", &finding.reported),
        ("computed", &finding.computed),
        ("basis", &finding.basis),
    ];
    let known = fields
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?))));
    known.collect()
}

fn location(path: &str, source: &Source, span: Option<&Span>, with_snippet: bool) -> Value {
    if let Some(origins) = source.origins() {
        let place = origins.of("", span).place;
        return json!({
            "physicalLocation": {"artifactLocation": {"uri": uri(path)}},
            "message": {"text": place},
        });
    }
    let Some(span) = span else {
        return json!({"physicalLocation": {"artifactLocation": {"uri": uri(path)}}});
    };
    let start = source.position(span.start);
    let end = source.position(span.end.max(span.start));
    let mut region = json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    });
    if with_snippet
        && let Some(text) = source.text().get(span.clone()).filter(|text| !text.is_empty())
    {
        region["snippet"] = json!({"text": text});
    }
    json!({"physicalLocation": {"artifactLocation": {"uri": uri(path)}, "region": region}})
}

/// A path as a URI reference: forward slashes, everything but plain ASCII escaped; absolute paths get a scheme.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    } else if path.as_bytes().get(1) == Some(&b':') && cfg!(windows) {
        uri.push_str("file:///");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
