//! The rules about pasted text: cases, the examples of the format's data, silence on clean reports, and `check --fix`.

use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use nianbao::diagnostic::Diagnostic;
use nianbao::fix::fix;
use nianbao::generator::{Checked, Input};
use serde::Deserialize;

use crate::factory::{self, Dice};
use crate::support::{files, generator, root};

/// The codes of these rules.
const CODES: [&str; 8] = [
    "TEXT-TORN",
    "TEXT-CHARS",
    "TEXT-MARKUP",
    "TEXT-TWICE",
    "TEXT-PUNCT",
    "CHART-UNPLACED",
    "CHART-TEXT",
    "SECTION",
];

const FIELD: &str = "overview.platform";

fn sample() -> String {
    fs::read_to_string(root().join("templates/2021/sample.toml")).expect("the sample")
}

fn check(text: &str) -> Checked {
    let input =
        Input { path: "report.toml".into(), bytes: text.as_bytes().to_vec(), ..Input::default() };
    generator().check(&input)
}

fn of_rule<'a>(checked: &'a Checked, rule: &str) -> Vec<&'a Diagnostic> {
    checked.diagnostics.iter().filter(|finding| finding.rule == rule).collect()
}

/// The place of a field in the sample: from its key to the end of its line or text.
fn place(report: &str, field: &str) -> std::ops::Range<usize> {
    let (table, key) = field.split_once('.').expect("a table and a key");
    let from = report.find(&format!("[{table}]\n")).expect("the table");
    let start = from + report[from..].find(&format!("\n{key} = ")).expect("the key") + 1;
    let value = start + key.len() + " = ".len();
    let end = if report[value..].starts_with("\"\"\"") {
        value + 3 + report[value + 3..].find("\"\"\"\n").expect("its end") + 4
    } else {
        value + report[value..].find('\n').expect("a line end") + 1
    };
    start..end
}

fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"\"\"\n{escaped}\n\"\"\"\n")
}

fn with_text(report: &str, field: &str, text: &str) -> String {
    let place = place(report, field);
    let key = field.rsplit('.').next().expect("a key");
    format!("{}{key} = {}{}", &report[..place.start], literal(text), &report[place.end..])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    rule: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    #[serde(default)]
    field: Option<String>,
    text: String,
    #[serde(default)]
    extra: String,
    #[serde(default)]
    without: Vec<String>,
    count: usize,
    #[serde(default)]
    fixed: Option<String>,
}

impl Case {
    fn report(&self, text: &str) -> String {
        let mut report = sample();
        for field in &self.without {
            report.replace_range(place(&report, field), "");
        }
        let field = self.field.as_deref().unwrap_or(FIELD);
        if !text.is_empty() {
            report = with_text(&report, field, text.trim_matches('\n'));
        } else if self.without.len() == 5 {
            report = report
                .replace("[overview]\n", "[overview]\ntext = \"\"\"\n公开供水信息。\n\"\"\"\n");
        }
        format!("{report}\n{}\n", self.extra)
    }
}

#[test]
fn cases_speak_and_are_silent() {
    let mut wrong = Vec::new();
    for path in files("tests/cases/pasted", "toml") {
        let text = fs::read_to_string(&path).expect("a readable case");
        let cases: Cases =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &cases.case {
            let report = case.report(&case.text);
            let checked = check(&report);
            let found = of_rule(&checked, &cases.rule);
            let others: Vec<&str> = checked
                .diagnostics
                .iter()
                .map(|finding| finding.rule.as_str())
                .filter(|rule| ["TOML", "UNKNOWN-KEY", "TYPE"].contains(rule))
                .collect();
            if found.len() != case.count || !others.is_empty() {
                let messages: Vec<&str> = found.iter().map(|f| f.message.as_str()).collect();
                wrong.push(format!("{} “{}”: {messages:?} {others:?}", cases.rule, case.about));
            }
            if let Some(fixed) = &case.fixed {
                let text = fix(generator(), Path::new("report.toml"), &report);
                let text = text.map_or(report, |fixed| fixed.text);
                if text != case.report(fixed) {
                    wrong.push(format!("{} “{}” fixed:\n{text}", cases.rule, case.about));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The examples that stand with the rules in the format's data.
#[test]
fn examples_of_the_data_hold() {
    let text = fs::read_to_string(root().join("templates/2019/pasted.toml")).expect("the data");
    let data: toml::Table = toml::from_str(&text).expect("TOML");
    let mut wrong = Vec::new();
    let mut count = 0;
    for (code, entry) in &data {
        for (name, speaks) in [("right", false), ("wrong", true)] {
            let texts = entry.get(name).and_then(toml::Value::as_array);
            for text in texts.into_iter().flatten().filter_map(toml::Value::as_str) {
                let checked = check(&with_text(&sample(), FIELD, text));
                let found = !of_rule(&checked, code).is_empty();
                count += 1;
                if found != speaks {
                    wrong.push(format!("{code} {name}: {text:?}"));
                }
            }
        }
    }
    assert!(count > 50, "{count} examples");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn clean_reports_are_silent() {
    let mut wrong = Vec::new();
    for seed in 0..400 {
        let sample = factory::report(seed, seed % 5 == 4, None);
        let checked = check(&sample.toml);
        for finding in &checked.diagnostics {
            // Two sections may draw the same sentence by chance: it does stand twice then.
            let line = checked.source.line(finding.line(&checked.source).expect("a place"));
            let is_twice = finding.rule == "TEXT-TWICE" && sample.toml.matches(line).count() > 1;
            if CODES.contains(&finding.rule.as_str()) && !is_twice {
                wrong.push(format!("{seed} {} {} {}", finding.rule, finding.path, finding.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One way in which pasting harms a line, and whether mending gives exactly the line again.
type Harm = (&'static str, fn(&str, &mut Dice) -> Option<String>, bool);

fn at(line: &str, dice: &mut Dice) -> Option<usize> {
    let places: Vec<usize> = line.char_indices().skip(1).map(|(at, _)| at).collect();
    (places.len() > 8).then(|| *dice.pick(&places))
}

/// A place between two hanzi that belong to no number.
fn between_hanzi(line: &str, dice: &mut Dice) -> Option<usize> {
    let is_plain = |c: char| {
        ('\u{4E00}'..='\u{9FFF}').contains(&c) && !"一二三四五六七八九十百千万亿零两".contains(c)
    };
    let chars: Vec<(usize, char)> = line.char_indices().collect();
    let places: Vec<usize> = chars
        .windows(2)
        .filter(|pair| is_plain(pair[0].1) && is_plain(pair[1].1))
        .map(|pair| pair[1].0)
        .collect();
    (!places.is_empty()).then(|| *dice.pick(&places))
}

fn put(line: &str, at: usize, what: &str) -> String {
    format!("{}{what}{}", &line[..at], &line[at..])
}

const HARMS: [Harm; 7] = [
    ("zero width", |line, dice| at(line, dice).map(|at| put(line, at, "\u{200B}")), true),
    (
        "radical",
        |line, _| {
            let pairs = [
                ('水', '⽔'),
                ('一', '⼀'),
                ('人', '⼈'),
                ('行', '⾏'),
                ('大', '⼤'),
                ('工', '⼯'),
                ('用', '⽤'),
            ];
            let (from, to) = pairs.iter().find(|(from, _)| line.contains(*from))?;
            Some(line.replace(*from, &to.to_string()))
        },
        true,
    ),
    ("stop", |line, _| line.ends_with('。').then(|| format!("{line}。")), true),
    ("entity", |line, dice| between_hanzi(line, dice).map(|at| put(line, at, "&nbsp;")), true),
    (
        "tag",
        |line, dice| between_hanzi(line, dice).map(|at| put(line, at, "<span lang=\"zh\">")),
        true,
    ),
    ("break", |line, dice| between_hanzi(line, dice).map(|at| put(line, at, "<br>")), false),
    ("tear", |line, dice| between_hanzi(line, dice).map(|at| put(line, at, "\n")), false),
];

/// Harms some lines of the texts of a report; whether the harm can be undone to the letter.
fn harmed(report: &str, dice: &mut Dice) -> (String, bool) {
    let mut inside = false;
    let mut exact = true;
    let mut lines = Vec::new();
    for line in report.lines() {
        let marks = line.matches("\"\"\"").count();
        let is_text = inside && marks == 0 && !line.starts_with("![") && line.len() > 60;
        if is_text && dice.below(3) == 0 {
            let (_, harm, is_exact) = dice.pick(&HARMS);
            if let Some(harmed) = harm(line, dice) {
                exact &= is_exact;
                lines.push(harmed.replace('"', "\\\""));
                continue;
            }
        }
        inside ^= marks % 2 == 1;
        lines.push(line.to_owned());
    }
    (lines.join("\n") + "\n", exact)
}

/// Every value that is no text, as the file spells it, and the digits of all texts.
fn figures(report: &str) -> (Vec<String>, Vec<String>) {
    let mut inside = false;
    let (mut cells, mut digits) = (Vec::new(), Vec::new());
    for line in report.lines() {
        let marks = line.matches("\"\"\"").count();
        if inside || marks > 0 {
            // A character that takes no room may stand inside a figure.
            let line = line.replace('\u{200B}', "");
            let runs = line.split(|c: char| !c.is_ascii_digit());
            digits.extend(runs.filter(|run| !run.is_empty()).map(str::to_owned));
        } else {
            cells.push(line.to_owned());
        }
        inside ^= marks % 2 == 1;
    }
    digits.sort();
    (cells, digits)
}

fn count(default: u64) -> u64 {
    std::env::var("NIANBAO_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn fixing_mends_what_is_certain_and_nothing_else() {
    let mut mended = 0;
    for seed in 0..count(120) {
        let mut dice = Dice::new(seed);
        let clean = factory::report(seed, seed % 5 == 4, None).toml;
        let (harmed, exact) = harmed(&clean, &mut dice);
        let path = Path::new("report.toml");
        let Some(fixed) = fix(generator(), path, &harmed) else {
            assert!(!exact || harmed == clean, "{seed}: nothing mended\n{harmed}");
            continue;
        };
        mended += fixed.done.len();
        assert_eq!(figures(&fixed.text), figures(&harmed), "{seed}");
        assert_eq!(fix(generator(), path, &fixed.text), None, "{seed}: mended twice");
        let checked = check(&fixed.text);
        let open = checked.diagnostics.iter().find(|finding| !finding.fix.is_empty());
        assert!(open.is_none(), "{seed}: {open:#?}\n{}", fixed.text);
        if exact {
            assert_eq!(fixed.text, clean, "{seed}");
        }
    }
    assert!(mended > 100, "{mended} remedies");
}

/// Runs the program in a folder.
fn run(folder: &Path, words: &[&str], input: &str) -> (i32, String, String) {
    use std::io::Write as _;
    let mut child = Command::new(cargo_bin("nianbao"))
        .args(words)
        .current_dir(folder)
        .env("NIANBAO_FONTS", root().join("fonts"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("a code"), text(output.stdout), text(output.stderr))
}

#[test]
fn the_file_keeps_every_other_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("报告.toml");
    let report = with_text(&sample(), FIELD, "供⽔专栏按⽚区查询。。\n&nbsp;停水通知当天公布。");
    let report = format!("\u{FEFF}# 说明：⼀、保留\r\n{}", report.replace('\n', "\r\n"));
    fs::write(&path, &report).expect("written");
    let (code, _, told) = run(folder.path(), &["check", "--fix", "报告.toml"], "");
    assert_eq!(code, 0, "{told}");
    let fixed = fs::read_to_string(&path).expect("there");
    let wanted = report.replace("供⽔", "供水").replace("按⽚", "按片").replace("。。", "。");
    assert_eq!(fixed, wanted.replace("&nbsp;", ""));
    assert!(told.contains("自动改正 3 处") && told.contains("[TEXT-CHARS]"), "{told}");
    let (_, _, again) = run(folder.path(), &["check", "--fix", "报告.toml"], "");
    assert!(again.contains("没有可以自动改正的问题"), "{again}");
    assert_eq!(fs::read_to_string(&path).expect("there"), fixed);
    assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 1, "nothing left over");
}

#[test]
fn standard_input_statistics_and_an_output_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let report = with_text(&sample(), FIELD, "供⽔专栏按⽚区查询。\n<b>停水</b>通知当天公布。");
    let (code, out, _) = run(path, &["check", "-", "--message-format", "short"], &report);
    assert_eq!(code, 0);
    assert!(out.starts_with("-:") && out.contains("TEXT-CHARS"), "{out}");
    assert!(out.contains("可以报送，另有 2 处提醒未处理"), "{out}");
    let (code, _, told) = run(path, &["check", "--fix", "-"], &report);
    assert_eq!(code, 2, "{told}");

    fs::write(path.join("a.toml"), &report).expect("written");
    // Another agency: two files of one agency and year are a finding of their own.
    let other = sample().replace("云河市水务局", "云河市民政局");
    fs::write(path.join("b.toml"), other).expect("written");
    let (code, out, _) = run(path, &["check", "--statistics", "."], "");
    assert_eq!(code, 0, "{out}");
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].contains("1 处") && lines[0].contains("可自动改 1 处"), "{out}");
    assert!(
        out.contains("TEXT-MARKUP") && out.contains("共 2 份，全部可以报送，另有 2 处提醒未处理"),
        "{out}"
    );
    let words = ["check", "--statistics", "--message-format", "json", "."];
    let counted: serde_json::Value = serde_json::from_str(&run(path, &words, "").1).expect("JSON");
    assert_eq!(counted["warnings"], 2);
    assert_eq!(counted["statistics"][0]["count"], 1);

    let words = ["check", "--output-file", "结果.txt", "a.toml"];
    let (code, out, _) = run(path, &words, "");
    assert_eq!(code, 0);
    assert_eq!(out.trim(), "可以报送，另有 2 处提醒未处理；检查结果写在 结果.txt");
    let written = fs::read_to_string(path.join("结果.txt")).expect("there");
    assert!(written.contains("提醒[TEXT-CHARS]") && !written.contains('\u{1b}'), "{written}");
    let (code, _, told) = run(path, &["check", "--output-file", "a.toml", "a.toml"], "");
    assert_eq!(code, 2, "{told}");
    assert_eq!(fs::read_to_string(path.join("a.toml")).expect("there"), report);
}

/// The time of every rule grows with the text, also on texts made to be nasty.
#[test]
fn long_nasty_texts_are_checked_in_time() {
    let pieces = [
        "<",
        "&",
        "“",
        "（",
        "**",
        "|",
        "\t",
        "[x](",
        "鍏",
        "å",
        "，、",
        "一\n",
        "⼀",
        "|a|\n",
        "#\n",
        "![",
        "</",
        "同一段文字出现了很多很多次\n",
    ];
    for piece in pieces {
        let text = piece.repeat(200_000 / piece.len());
        let report = with_text(&sample(), FIELD, &text);
        let start = std::time::Instant::now();
        check(&report);
        assert!(start.elapsed().as_secs() < 20, "{piece:?}: {:?}", start.elapsed());
    }
}
