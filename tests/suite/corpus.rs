//! The corpus of sentences (tests/cases/corpus): what a check must find, and where it must be silent.
//!
//! Each case is one whole report. Findings are counted per rule, for the files to develop by and for those held
//! out; precision and recall are printed (`--nocapture`) and may not fall below the target.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use nianbao::diagnostic::{Diagnostic, Level};
use nianbao::generator::{Checked, Input};
use toml::{Table, Value};

use crate::support::{files, generator, root};

const FOLDER: &str = "tests/cases/corpus";
const PRECISION: f64 = 0.98;
const RECALL: f64 = 0.90;

/// Right, wrong and missed findings of a rule.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Score {
    fn add(&mut self, other: Score) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    fn precision(self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    fn recall(self) -> f64 {
        share(self.right, self.right + self.missed)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn load(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).expect("a readable file");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Lays a partial report over another.
fn lay(over: &Table, base: &mut Table) {
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay(above, below),
            _ => drop(base.insert(key.clone(), value.clone())),
        }
    }
}

fn put(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(table.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| Table::new().into());
            put(inner.as_table_mut().expect("a table on the way"), rest, value);
        }
    }
}

fn take(table: &mut Table, path: &str) {
    match path.split_once('.') {
        None => drop(table.remove(path)),
        Some((first, rest)) => {
            if let Some(Value::Table(inner)) = table.get_mut(first) {
                take(inner, rest);
            }
        }
    }
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn part<'a>(table: &'a Table, key: &str) -> Option<&'a Table> {
    table.get(key).and_then(Value::as_table)
}

fn background(name: &str, year: i64) -> Table {
    let format = if year < 2021 { "2019" } else { "2021" };
    load(&root().join(FOLDER).join("background").join(format!("{name}{format}.toml")))
}

/// This year's report of a case, and last year's where the case has one.
fn reports(file: &Table, case: &Table) -> (Table, Option<Table>) {
    let mut over = part(file, "base").cloned().unwrap_or_default();
    lay(&part(case, "set").cloned().unwrap_or_default(), &mut over);
    let year = over["report"]["year"].as_integer().expect("a year");
    let mut report = background("", year);
    lay(&over, &mut report);
    for path in case.get("remove").and_then(Value::as_array).into_iter().flatten() {
        take(&mut report, path.as_str().expect("a path"));
    }
    if !text(case, "field").is_empty() {
        put(&mut report, text(case, "field"), text(case, "text").into());
    }
    let layers: Vec<&Table> =
        [file, case].iter().filter_map(|table| part(table, "previous")).collect();
    let previous = (!layers.is_empty()).then(|| {
        let mut previous = background("previous-", year - 1);
        put(&mut previous, "report.agency", report["report"]["agency"].clone());
        put(&mut previous, "report.year", (year - 1).into());
        layers.into_iter().for_each(|layer| lay(layer, &mut previous));
        previous
    });
    (report, previous)
}

fn check(report: &Table, previous: Option<&Table>) -> Checked {
    let bytes = |table: &Table| toml::to_string(table).expect("a report as TOML").into_bytes();
    let previous = previous.map(|table| (PathBuf::from("previous.toml"), bytes(table)));
    generator().check(&Input {
        path: PathBuf::from("report.toml"),
        bytes: bytes(report),
        previous,
        ..Input::default()
    })
}

fn meets(finding: &Diagnostic, expected: &Table, field: &str, checked: &Checked) -> bool {
    let under =
        finding.span.clone().and_then(|span| checked.source.text().get(span)).unwrap_or_default();
    let starts = |wanted: &str| finding.terms.iter().any(|term| term.path.starts_with(wanted));
    let place = expected.get("where").and_then(Value::as_str).unwrap_or(field);
    text(expected, "rule").split('|').any(|rule| rule == finding.rule)
        && under.contains(text(expected, "figure"))
        && expected
            .get("cell")
            .and_then(Value::as_str)
            .is_none_or(|cell| starts(cell) || finding.rule == "TEXT-SUM")
        && finding.path.starts_with(place)
}

/// Runs all cases of the files whose names begin so; returns the scores and what went wrong.
fn run(prefix: &str) -> (BTreeMap<String, Score>, String) {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut slips = String::new();
    for path in files(FOLDER, "toml") {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !name.starts_with(prefix) {
            continue;
        }
        let file = load(&path);
        for case in file["case"].as_array().expect("cases").iter().filter_map(Value::as_table) {
            let (report, previous) = reports(&file, case);
            let checked = check(&report, previous.as_ref());
            let mut left: Vec<&Table> = case["expect"]
                .as_array()
                .expect("a list")
                .iter()
                .filter_map(Value::as_table)
                .collect();
            for finding in &checked.diagnostics {
                let score = scores.entry(finding.rule.clone()).or_default();
                let met =
                    left.iter().position(|e| meets(finding, e, text(case, "field"), &checked));
                match met {
                    Some(at) => {
                        left.remove(at);
                        score.right += 1;
                    }
                    None => {
                        score.wrong += 1;
                        let why = text(case, "why");
                        writeln!(
                            slips,
                            "{name}: {why}: over: {} {}",
                            finding.rule, finding.message
                        )
                        .expect("text");
                    }
                }
            }
            for expected in left {
                let rule = text(expected, "rule").split('|').next().unwrap_or_default();
                scores.entry(rule.to_owned()).or_default().missed += 1;
                writeln!(slips, "{name}: {}: missed: {expected:?}", text(case, "why"))
                    .expect("text");
            }
        }
    }
    (scores, slips)
}

/// Prints the scores and returns those of all rules together.
fn total(name: &str, scores: &BTreeMap<String, Score>) -> Score {
    let mut all = Score::default();
    println!("{name}: rule, right, wrong, missed, precision, recall");
    let line = |rule: &str, score: Score| {
        let Score { right, wrong, missed } = score;
        let (precision, recall) = (score.precision(), score.recall());
        println!("{rule:18} {right:4} {wrong:3} {missed:3}  {precision:.3} {recall:.3}");
    };
    for (rule, score) in scores {
        line(rule, *score);
        all.add(*score);
    }
    line("all", all);
    all
}

fn is_weak(score: Score) -> bool {
    score.precision() < PRECISION || score.recall() < RECALL
}

/// The sets by who wrote them and when, with what they say of the rules.
const SETS: [(&str, &str); 4] = [
    ("dev-", "边写规则边用的句子"),
    ("held-", "写旧规则时留出的句子"),
    ("fresh-2026-11-29", "2026-11-29 改写正文规则之前写的句子，每种十句，写后不改"),
    ("after-2026-11-29", "改写之后、看到结果之前写的新说法"),
];

/// Precision and recall by rule on each set, as `docs/corpus.zh.md` has them.
fn table() -> String {
    let mut page = String::from(
        "<!-- Generated by `NIANBAO_WRITE_DOCS=1 cargo test --release --test suite corpus::`; do not edit. -->\n\n\
         # 正文规则在语料上的准确率和召回率\n\n\
         句子都是编的，在 `tests/cases/corpus`。“对”是该提醒也提醒了，“多”是不该提醒而提醒，“漏”是该提醒而没有提醒。\n",
    );
    for (prefix, what) in SETS {
        let (scores, _) = run(prefix);
        writeln!(page, "\n## {}*：{what}\n", prefix).expect("text");
        page.push_str(
            "| 代码 | 对 | 多 | 漏 | 准确率 | 召回率 |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        let mut all = Score::default();
        let mut line = |rule: &str, score: Score| {
            let Score { right, wrong, missed } = score;
            let (precision, recall) = (score.precision(), score.recall());
            writeln!(
                page,
                "| {rule} | {right} | {wrong} | {missed} | {precision:.3} | {recall:.3} |"
            )
            .expect("text");
        };
        for (rule, score) in &scores {
            line(rule, *score);
            all.add(*score);
        }
        line("合计", all);
    }
    page
}

#[test]
fn the_table_in_the_docs_has_every_set() {
    let path = root().join("docs/corpus.zh.md");
    if std::env::var_os("NIANBAO_WRITE_DOCS").is_some() {
        std::fs::write(&path, table()).expect("a writable file");
    }
    let written =
        std::fs::read_to_string(&path).expect("the first line of corpus.rs's table says how");
    for (prefix, what) in SETS {
        assert!(
            written.contains(&format!("## {prefix}*：{what}")),
            "docs/corpus.zh.md lacks {prefix}"
        );
    }
}

#[test]
fn sentences_written_before_the_code_are_judged_right() {
    let (scores, slips) = run("fresh-");
    let mut all = Score::default();
    scores.values().for_each(|score| all.add(*score));
    println!("{slips}");
    assert!(all.precision() >= 0.95 && all.recall() >= 0.90, "{all:?}\n{slips}");
    let weak: Vec<&String> =
        scores.iter().filter(|(_, score)| score.precision() < 0.9).map(|(rule, _)| rule).collect();
    assert!(weak.is_empty(), "cry wolf: {weak:?}\n{slips}");
}

#[test]
fn sentences_are_judged_as_people_judge_them() {
    let (develop, slips) = run("dev-");
    let (held, _) = run("held-");
    let mut all = total("to develop by", &develop);
    print!("{slips}");
    all.add(total("held out", &held));
    let (precision, recall) = (all.precision(), all.recall());
    println!("together: precision {precision:.3}, recall {recall:.3}");
    let weak: Vec<&String> =
        develop.iter().filter(|(_, score)| is_weak(**score)).map(|(rule, _)| rule).collect();
    assert!(weak.is_empty(), "below the target: {weak:?}\n{slips}");
    assert!(!is_weak(all), "together: precision {precision:.3}, recall {recall:.3}");
}

#[test]
fn text_rules_name_codes_with_levels() {
    for format in generator().catalog().formats() {
        for (code, data) in format.texts().codes() {
            assert!(Level::parse(&data.level).is_some(), "{code}");
            assert!(format.rule(code).is_some(), "{code} is described");
        }
    }
}
