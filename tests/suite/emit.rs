//! Every output form on the same findings. A case is a file in `tests/cases/emit` with a source, perhaps last
//! year's, and findings whose places are given as a line and a text on it; the snapshots stand beside it.

use std::fs;
use std::path::Path;

use nianbao::diagnostic::{Diagnostic, Level, Origin, Term};
use nianbao::emit::{MessageFormat, Options, ReportFindings, plain, render, width};
use nianbao::format::{Rule, RuleKind};
use nianbao::source::{Source, Span};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    path: String,
    source: String,
    previous: Option<String>,
    format: Option<String>,
    agency: Option<String>,
    year: Option<i32>,
    #[serde(default)]
    deny_warnings: bool,
    #[serde(default)]
    finding: Vec<Finding>,
    /// Further reports that share the source, by path, without findings.
    #[serde(default)]
    clean: Vec<String>,
}

#[derive(Deserialize)]
struct Finding {
    rule: String,
    level: String,
    message: String,
    #[serde(default)]
    path: String,
    at: Place,
    #[serde(default)]
    label: String,
    reported: Option<String>,
    computed: Option<String>,
    help: Option<String>,
    suggestion: Option<String>,
    basis: Option<String>,
    waived: Option<String>,
    #[serde(default)]
    term: Vec<Operand>,
}

#[derive(Deserialize)]
struct Operand {
    path: String,
    label: String,
    value: String,
    at: Option<Place>,
    #[serde(default)]
    previous: bool,
}

/// The first `text` on a line, from the `nth` time that it occurs; to the end of `until`, if given.
#[derive(Deserialize)]
struct Place {
    line: usize,
    text: String,
    #[serde(default)]
    nth: usize,
    until: Option<usize>,
}

impl Place {
    fn span(&self, source: &Source) -> Span {
        let start = source.line_range(self.line).start;
        let found = source.line(self.line).match_indices(&self.text).nth(self.nth);
        let (at, text) =
            found.unwrap_or_else(|| panic!("no {:?} on line {}", self.text, self.line));
        let end =
            self.until.map_or(start + at + text.len(), |line| source.line_range(line).end - 1);
        start + at..end
    }
}

struct Loaded {
    case: Case,
    source: Source,
    previous: Option<Source>,
    diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    fn read(path: &Path) -> Self {
        let case: Case = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let source = Source::new(case.path.clone(), case.source.clone());
        let previous =
            case.previous.as_ref().map(|text| Source::new("去年/2022.toml", text.clone()));
        let diagnostics =
            case.finding.iter().map(|f| diagnostic(f, &source, previous.as_ref())).collect();
        Self { case, source, previous, diagnostics }
    }

    fn render(&self, format: MessageFormat, color: bool) -> String {
        let report = ReportFindings {
            path: &self.case.path,
            source: &self.source,
            previous: self.previous.as_ref(),
            format: self.case.format.as_deref(),
            agency: self.case.agency.as_deref(),
            year: self.case.year,
            diagnostics: &self.diagnostics,
        };
        let clean =
            self.case.clean.iter().map(|path| ReportFindings { path, diagnostics: &[], ..report });
        let reports: Vec<ReportFindings> = std::iter::once(report).chain(clean).collect();
        let rules = rules();
        let rules: Vec<&Rule> = rules.iter().collect();
        let deny_warnings = self.case.deny_warnings;
        render(
            &reports,
            &Options { format, color, deny_warnings, rules: &rules, ..Options::default() },
        )
    }
}

fn diagnostic(finding: &Finding, source: &Source, previous: Option<&Source>) -> Diagnostic {
    let level = Level::parse(&finding.level).expect("a level");
    let span = finding.at.span(source);
    let mut made = Diagnostic::new(&finding.rule, level, &finding.message, &finding.path, span);
    made.label = finding.label.clone();
    made.reported = finding.reported.clone();
    made.computed = finding.computed.clone();
    made.help = finding.help.clone();
    made.suggestion = finding.suggestion.clone();
    made.basis = finding.basis.clone();
    made.waived = finding.waived.clone();
    made.terms = finding.term.iter().map(|term| operand(term, source, previous)).collect();
    made
}

fn operand(term: &Operand, source: &Source, previous: Option<&Source>) -> Term {
    let origin = if term.previous { Origin::Previous } else { Origin::Report };
    let text = if term.previous { previous.expect("last year's file") } else { source };
    Term {
        path: term.path.clone(),
        label: term.label.clone(),
        value: term.value.clone(),
        span: term.at.as_ref().map(|at| at.span(text)),
        origin,
    }
}

fn rules() -> Vec<Rule> {
    let rule = |code: &str, level, title: &str| Rule {
        code: code.to_owned(),
        level,
        kind: RuleKind::Form,
        title: title.to_owned(),
        summary: format!("{title}。"),
        message: String::new(),
        label: String::new(),
        help: String::new(),
        basis: "统一格式".to_owned(),
        example: String::new(),
        repair: String::new(),
    };
    vec![
        rule("MISSING", Level::Error, "缺少必填内容"),
        rule("BLANK", Level::Error, "有空白单元格"),
        rule("T3-ROW-SUM", Level::Error, "表三各行的总计等于六类申请人之和"),
    ]
}

const FORMS: [(MessageFormat, &str); 5] = [
    (MessageFormat::Human, "human"),
    (MessageFormat::Short, "short"),
    (MessageFormat::Json, "json"),
    (MessageFormat::Sarif, "sarif"),
    (MessageFormat::Github, "github"),
];

#[test]
fn forms() {
    insta::glob!("../cases/emit", "*.toml", |path| {
        let loaded = Loaded::read(path);
        let name = path.file_stem().unwrap().to_str().unwrap();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.remove_input_file();
        settings.remove_snapshot_suffix();
        settings.bind(|| {
            for (format, form) in FORMS {
                insta::assert_snapshot!(format!("{name}.{form}"), loaded.render(format, false));
            }
        });
    });
}

/// Calls `test` for each case.
fn for_each_case(test: impl Fn(&str, &Loaded)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/emit");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            test(&path.display().to_string(), &Loaded::read(&path));
            seen += 1;
        }
    }
    assert!(seen > 5, "only {seen} cases");
}

#[test]
fn human_lines_fit_eighty_columns() {
    for_each_case(|name, loaded| {
        for line in loaded.render(MessageFormat::Human, false).lines() {
            // Lines to paste and places that an editor opens are never broken.
            let whole = line.starts_with("      ") || line.contains("─ ");
            assert!(whole || width(line) <= 80, "{name}: {} columns: {line}", width(line));
        }
    });
}

#[test]
fn carets_stand_under_what_is_wrong() {
    for_each_case(|name, loaded| {
        let shown = loaded.render(MessageFormat::Human, false);
        let lines: Vec<&str> = shown.lines().collect();
        for finding in loaded.diagnostics.iter().filter(|finding| finding.counts()) {
            let span = finding.span.clone().expect("a place");
            let place = loaded.source.position(span.start);
            let wanted = loaded.source.text()[span].lines().next().unwrap_or("");
            let wanted = plain(wanted);
            let under = |at: usize| under_caret(lines[at], lines.get(at + 1).unwrap_or(&""));
            let number = place.line.to_string();
            let found = (0..lines.len())
                .filter(|&at| lines[at].split('│').next().is_some_and(|head| head.trim() == number))
                .any(|at| {
                    under(at)
                        .iter()
                        .any(|text| !text.is_empty() && wanted.starts_with(text.as_str()))
                });
            let listed = shown.contains(&format!("第 {number} 行:")) || shown.contains("没有列出");
            assert!(found || listed, "{name}: no caret under {wanted:?} of line {number}\n{shown}");
        }
    });
}

/// The texts of a line that stand over runs of `^` in the row below, by display columns.
fn under_caret(line: &str, marks: &str) -> Vec<String> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, char) in marks.char_indices().filter(|(_, char)| *char == '^') {
        let column = width(&marks[..at]);
        match runs.last_mut().filter(|run| run.1 == column) {
            Some(run) => run.1 += width(char.encode_utf8(&mut [0; 4])),
            None => runs.push((column, column + 1)),
        }
    }
    let over = |from: usize, to: usize| {
        let inside = |at: usize| (from..to).contains(&width(&line[..at]));
        line.char_indices()
            .filter(|(at, char)| inside(*at) && *char != '…')
            .map(|(_, char)| char)
            .collect()
    };
    runs.into_iter().map(|(from, to)| over(from, to)).collect()
}

#[test]
fn colour_only_when_asked() {
    for_each_case(|name, loaded| {
        let plain = loaded.render(MessageFormat::Human, false);
        assert!(!plain.contains('\u{1b}'), "{name}");
        let colored = loaded.render(MessageFormat::Human, true);
        assert!(colored.contains('\u{1b}'), "{name}");
        assert_eq!(without_colour(&colored), plain, "{name}: colour changes the text");
    });
}

fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').map_or("", |(_, text)| text))
}

#[test]
fn sarif_is_valid() {
    let schema = include_str!("../data/sarif-schema-2.1.0.json");
    // One pattern of the published schema has a stray bracket, which a strict reader of patterns refuses.
    let schema = schema.replace("|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "|^[a-zA-Z]{2}-[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    for_each_case(|name, loaded| {
        let log: Value = serde_json::from_str(&loaded.render(MessageFormat::Sarif, false)).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&log).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    });
    let broken = serde_json::json!({"version": "2.1.0", "runs": [{"results": []}]});
    assert!(!validator.is_valid(&broken), "the schema lets everything pass");
}

#[test]
fn json_keeps_the_contract() {
    for_each_case(|name, loaded| {
        let document: Value =
            serde_json::from_str(&loaded.render(MessageFormat::Json, false)).unwrap();
        let keys = |value: &Value| {
            value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(keys(&document), "version reports", "{name}");
        for report in document["reports"].as_array().unwrap() {
            assert_eq!(
                keys(report),
                "path format agency year errors warnings notes previous findings",
                "{name}"
            );
            for finding in report["findings"].as_array().unwrap() {
                let wanted = "rule level message where reported computed terms span help basis \
                              waived source";
                assert_eq!(keys(finding), wanted, "{name}");
                assert_eq!(keys(&finding["span"]), "line column end_line end_column", "{name}");
                for term in finding["terms"].as_array().unwrap() {
                    assert_eq!(keys(term), "path value", "{name}");
                    assert!(term["value"].is_string(), "{name}");
                }
            }
        }
    });
}

#[test]
fn github_commands_are_one_line_each() {
    for_each_case(|name, loaded| {
        let shown = loaded.render(MessageFormat::Github, false);
        let commands = shown.lines().filter(|line| line.starts_with("::")).count();
        assert_eq!(commands, loaded.diagnostics.len(), "{name}");
        assert_eq!(shown.lines().count(), commands + 1, "{name}");
    });
}
