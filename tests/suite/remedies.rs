//! What a finding offers for pasting holds the writer's own figures: applied to the file, none is gone, changed or new.

use std::fs;

use nianbao::diagnostic::Diagnostic;
use nianbao::generator::{Checked, Input};
use proptest::prelude::*;

use crate::support::{generator, root};

fn sample() -> String {
    fs::read_to_string(root().join("templates/2021/sample.toml")).expect("a sample")
}

fn check(text: &str) -> Checked {
    let bytes = text.as_bytes().to_vec();
    generator().check(&Input { path: "report.toml".into(), bytes, ..Input::default() })
}

/// The file with what a finding offers: its first line replaced, or the lines put below it.
fn applied(text: &str, checked: &Checked, finding: &Diagnostic) -> Option<String> {
    if !finding.fix.is_empty() {
        let mut after = text.to_owned();
        let mut edits = finding.fix.clone();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        for edit in edits {
            after.replace_range(edit.span, &edit.text);
        }
        return Some(after);
    }
    let offered = finding.suggestion.as_ref()?;
    let line = finding.line(&checked.source).expect("a place");
    let mut lines: Vec<String> =
        (1..=checked.source.line_count()).map(|at| checked.source.line(at).to_owned()).collect();
    if finding.replaces {
        assert!(!offered.contains('\n'), "one line replaces one line: {offered:?}");
        lines[line - 1].clone_from(offered);
    } else {
        lines.splice(line..line, offered.lines().map(str::to_owned));
    }
    assert!(!text.is_empty());
    Some(lines.join("\n"))
}

/// All numbers in a text, as digits: full-width ones are ordinary, thousands separators and leading zeros do not count.
fn figures(text: &str) -> Vec<String> {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '．' => '.',
        c => c,
    };
    // A date is three numbers whatever stands between them, or nothing does.
    let lines = text.lines().map(|line| match line.starts_with("date") {
        true => {
            let digits = line.chars().filter(char::is_ascii_digit).count();
            let tight = line.chars().zip(line.chars().skip(1));
            let runs = tight.filter(|(a, b)| a.is_ascii_digit() && b.is_ascii_digit()).count();
            let at = line.find(|c: char| c.is_ascii_digit());
            match at {
                Some(at) if digits == 8 && runs == 7 => {
                    let (before, date) = line.split_at(at);
                    format!("{before}{}-{}-{}", &date[..4], &date[4..6], &date[6..])
                }
                _ => line.replace('.', "-"),
            }
        }
        false => line.to_owned(),
    });
    let plain: String =
        lines.flat_map(|line| (line + "\n").chars().map(narrow).collect::<Vec<_>>()).collect();
    let chars: Vec<char> = plain.chars().collect();
    let mut found: Vec<String> = Vec::new();
    let mut number = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let next = chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let in_row =
            chars[..at].iter().rev().take_while(|c| **c != '\n').any(|c| "[【".contains(*c));
        let grouped = c == ','
            && !in_row
            && !number.is_empty()
            && chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count() == 3;
        if c.is_ascii_digit() || (c == '.' && !number.is_empty() && next) {
            number.push(c);
        } else if !grouped && !number.is_empty() {
            found.push(std::mem::take(&mut number));
        }
    }
    found.extend((!number.is_empty()).then_some(number));
    let mut found: Vec<String> = found
        .into_iter()
        .map(|number| match number.trim_start_matches('0') {
            "" => "0".to_owned(),
            rest if rest.starts_with('.') => format!("0{rest}"),
            rest => rest.to_owned(),
        })
        .collect();
    found.sort();
    found
}

/// Holds every offer against the property; returns how many there were.
fn hold(text: &str) -> usize {
    let checked = check(text);
    let mut offers = 0;
    for finding in &checked.diagnostics {
        let Some(after) = applied(text, &checked, finding) else { continue };
        offers += 1;
        let (before, behind) = (figures(text), figures(&after));
        assert_eq!(
            before,
            behind,
            "{} offers {:?} for line {:?} of\n{text}",
            finding.message,
            finding.suggestion,
            checked.source.line(finding.line(&checked.source).expect("a place"))
        );
    }
    offers
}

/// Lines of the sample and what people make of them. Each stands for a kind.
#[test]
fn no_offer_changes_a_figure() {
    let lines: [(&str, &[&str]); 6] = [
        (
            "licensing = 63",
            &[
                "licensing = 63件",
                "licensing = （63）",
                "licensing = 63；",
                "licensing = 63,,",
                "licensing = 63%",
                "licensing = \"63件\"",
                "licensing = ６３",
                "licensing = 1,063",
                "licensing = \"1,063件\"",
                "licensing =",
                "licensing =   # 63 在去年",
                "licensing = —",
                "licensing = 无",
                "licensing = 63件  # 含 5 件变更",
                "licensing = 063",
                "licensing = 63 件",
                "licensing = 约63",
                "licensing = [63, 5]",
                "licensing = 63..5",
                "许可 = 63",
                "行政许可 = 63件",
                "licensing = 2024-01-05",
                "licensing = O",
                "",
            ],
        ),
        (
            "normative_documents = [2, 1, 9]",
            &[
                "normative_documents = [2, 9]",
                "normative_documents = [2, 1, 9, 4, 5]",
                "normative_documents = \"2, 1, 9\"",
                "normative_documents = \"2 1 9\"",
                "normative_documents = [2\t\t9]",
                "normative_documents = [2, , 9]",
                "normative_documents = [2 1 9]",
                "normative_documents = [2  1 9]",
                "normative_documents = [2件, 1件, 9件]",
                "normative_documents = 12",
                "normative_documents = [2，1、9]",
                "normative_documents = [2, 1, —]",
                "normative_documents = [2, 1, \"/\"]",
                "normative_documents = 2, 1, 9",
                "normative_documents = [\n  2,  # 一\n  9,\n]",
                "normative_documents = [1,063, 2, 9]",
                "normative_documents = { issued = \"2件\", repealed = 1, in_force = 9 }",
                "normative_documents = [{ value = \"2件\", note = \"其中3件\" }, 1, 9]",
            ],
        ),
        (
            "fees = 24.83",
            &[
                "fees = \"24.83万元\"",
                "fees = 24.83万元",
                "fees = \"5000元\"",
                "fees = 5000元",
                "fees = \"0.5亿元\"",
                "fees = \"5千元\"",
                "fees = 12,345.67",
                "fees = \"２４.８３\"",
                "fees = 24,83",
                "fees = .5",
                "fees = 24.83。",
            ],
        ),
        (
            "reconsideration = [1, 0, 0, 0, 1]",
            &[
                "reconsideration = [1\t\t0\t0\t1]",
                "reconsideration = [1, , 0, 0, 1]",
                "reconsideration = [1, 0, 0]",
                "reconsideration = [1 0 0 0 1]",
                "reconsideration = \"[1, 0, 0, 0, 1]\"",
                "reconsideration = [1, 0, 0, 0, 1",
                "reconsideration = [, 1, 0, 0, 1]",
                "reconsideration = [1, 0, 0, 0, 1]]",
                "reconsideration = 1 0 0 0 1",
                "",
                "reconsideration = [\"1件\", \"\", 0, 0]",
            ],
        ),
        (
            "date = 2024-01-18",
            &[
                "date = 2024-1-18",
                "date = 2024/01/18",
                "date = 2024.1.18",
                "date = 2024年1月18日",
                "date = \"2024年1月18日\"",
                "date = 20240118",
                "date = 2024-02-30",
                "date = 10:00:00",
                "date = 18/1/2024",
                "date =",
                "date = \"\"",
            ],
        ),
        (
            "information_fees = { notices = 0, charged = 0, collected = 0 }",
            &[
                "information_fees = 0",
                "information_fees = { notices = 3 }",
                "information_fees = { notices = 3件, charged = 0, collected = 0 }",
                "information_fees = \"无\"",
                "information_fees = { notices = \"3件\", charged = \"60元\", collected = 0 }",
            ],
        ),
    ];
    let sample = sample();
    let mut offers = 0;
    for (line, spellings) in lines {
        assert_eq!(sample.matches(line).count(), 1, "{line}");
        for spelling in spellings {
            let text = sample.replace(line, spelling);
            let checked = check(&text);
            let errors = checked.counts().errors;
            assert!(
                errors > 0 || !checked.diagnostics.is_empty() || spelling.is_empty(),
                "{spelling}"
            );
            offers += hold(&text);
        }
    }
    assert!(offers >= 50, "{offers}");
}

/// A line that is pasted as offered is either right, or the next check says what is still to be decided: never the same
/// finding again, never a quotation mark on and off.
#[test]
fn offers_lead_out_of_circles() {
    let sample = sample();
    for (line, spelling) in [
        ("licensing = 63", "licensing = 63件"),
        ("licensing = 63", "licensing = “63”"),
        ("licensing = 63", "licensing = \"63件\""),
        ("licensing = 63", "licensing = 六十三"),
        ("licensing = 63", "licensing = —"),
        ("licensing = 63", "licensing ="),
        ("year = 2023", "year = 2023年"),
        ("year = 2023", "year = \"2023年度\""),
        ("date = 2024-01-18", "date = 2024年1月18日"),
        ("date = 2024-01-18", "date = \"2024年1月18日\""),
        ("agency = \"云河市水务局\"", "agency = 云河市水务局  # 全称"),
        ("agency = \"云河市水务局\"", "agency = “云河市水务局”"),
        ("reconsideration = [1, 0, 0, 0, 1]", "reconsideration = [1, 0, 0]"),
        ("reconsideration = [1, 0, 0, 0, 1]", "reconsideration = \"1, 0, 0, 0, 1\""),
        ("reconsideration = [1, 0, 0, 0, 1]", "reconsideration = [1\t\t0\t0\t1]"),
        ("normative_documents = [2, 1, 9]\n", ""),
    ] {
        let mut text = sample.replacen(line, spelling, 1);
        let mut said: Vec<String> = Vec::new();
        for _ in 0..6 {
            let checked = check(&text);
            let Some(finding) = checked.diagnostics.iter().find(|f| f.suggestion.is_some()) else {
                break;
            };
            assert!(!said.contains(&finding.message), "{spelling}: {} again", finding.message);
            said.push(finding.message.clone());
            text = applied(&text, &checked, finding).expect("an offer");
        }
        let checked = check(&text);
        let open: Vec<&str> = checked
            .diagnostics
            .iter()
            .filter(|f| f.rule != "BLANK")
            .map(|f| f.message.as_str())
            .collect();
        assert_eq!(open, Vec::<&str>::new(), "{spelling} ends at\n{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rows as a spreadsheet, a word processor or a tired person leaves them.
    #[test]
    fn no_offer_changes_a_figure_of_a_row(
        cells in prop::collection::vec(
            prop_oneof![
                4 => (0u32..2000).prop_map(|n| n.to_string()),
                1 => Just(String::new()),
                1 => (0u32..99).prop_map(|n| format!("{n}件")),
                1 => (0u32..99).prop_map(|n| format!("\"{n}\"")),
                1 => prop_oneof![Just("—"), Just("/"), Just("无"), Just("\"\""), Just("O")].prop_map(str::to_owned),
                1 => (0u32..9).prop_map(|n| format!("０{n}")),
            ],
            0..9,
        ),
        separator in prop_oneof![Just(", "), Just(","), Just("，"), Just("\t"), Just(" "), Just("  "), Just("、"), Just(" , ")],
        brackets in prop_oneof![Just(("[", "]")), Just(("", "")), Just(("\"", "\"")), Just(("[", "")), Just(("【", "】")), Just(("[", ",]"))],
        comment in prop_oneof![Just(""), Just("  # 复议"), Just("# 7 件")],
        row in prop_oneof![
            Just("reconsideration = [1, 0, 0, 0, 1]"), Just("normative_documents = [2, 1, 9]"), Just("licensing = 63"), Just("fees = 24.83"),
        ],
    ) {
        let key = row.split(" = ").next().expect("a key");
        let line = format!("{key} = {}{}{}{comment}", brackets.0, cells.join(separator), brackets.1);
        hold(&sample().replace(row, &line));
    }
}
