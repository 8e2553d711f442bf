//! Migration: what carries is carried, what does not is asked for or kept, and nothing else is found afterwards.

use std::collections::BTreeMap;
use std::fs;

use nianbao::diagnostic::Diagnostic;
use nianbao::generator::Input;
use nianbao::migrate::{ChangeKind, MigrateError, Migration, migrate};

use crate::factory;
use crate::support::{generator, root};

fn to(text: &str, format: &str) -> Migration {
    migrate(generator().catalog(), text.as_bytes(), format).expect("a valid file migrates")
}

fn findings(text: &str) -> Vec<Diagnostic> {
    let input =
        Input { path: "a.toml".into(), bytes: text.as_bytes().to_vec(), ..Input::default() };
    let findings = generator().check(&input).diagnostics;
    findings.into_iter().filter(Diagnostic::counts).collect()
}

/// Findings by rule and path, with their number.
fn counted(text: &str) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings(text) {
        *counts.entry((finding.rule, finding.path)).or_insert(0) += 1;
    }
    counts
}

/// What is found after and was not found before.
fn new_findings(before: &str, after: &str) -> Vec<(String, String)> {
    let known = counted(before);
    counted(after)
        .into_iter()
        .filter(|(key, _)| !known.contains_key(key))
        .map(|(key, _)| key)
        .collect()
}

fn todo_lines(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with("# TODO ")).count()
}

fn example() -> String {
    fs::read_to_string(root().join("examples/xiangshan-2020.toml")).expect("the example")
}

/// Every comment and every text of the old file stands in the new one.
fn assert_nothing_is_lost(old: &str, new: &str) {
    for line in old.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let kept = new.contains(line)
            || line.starts_with("#:schema")
            || line.starts_with("format ")
            // Labels in comments are those of the new format.
            || line.starts_with("# 其余三格依次是：")
            || line.starts_with('[');
        assert!(kept, "lost: {line}\n{new}");
    }
}

#[test]
fn each_todo_line_is_a_missing_finding_and_there_is_no_other() {
    let mut texts: Vec<String> =
        (0..40).map(|seed| factory::report(seed, true, None).toml).collect();
    texts.push(example());
    for old in &texts {
        let migration = to(old, "2021");
        let new = new_findings(old, &migration.text);
        assert!(new.iter().all(|(rule, _)| rule == "MISSING"), "{new:?}\n{}", migration.text);
        assert_eq!(new.len(), todo_lines(&migration.text), "{new:?}\n{}", migration.text);
        let told =
            migration.changes.iter().filter(|change| change.kind == ChangeKind::Todo).count();
        assert_eq!(told, new.len());
        assert_nothing_is_lost(old, &migration.text);
    }
}

#[test]
fn decisions_and_tables_three_and_four_are_carried() {
    let old = example().replace(
        "penalties           = [9, 0, 0]",
        "penalties           = [9, 0, { value = 7, note = \"其中移送1件\" }]",
    );
    let new = to(&old, "2021").text;
    assert!(
        new.contains("\npenalties = { value = 7, note = \"其中移送1件\" }  # 行政处罚\n"),
        "{new}"
    );
    assert!(new.contains("\n# 2019 格式原为：penalties           = [9, 0, {"), "{new}");
    assert!(
        new.contains("\n# 2019 格式原为：procurement         = [0, 0]     # 政府集中采购\n"),
        "{new}"
    );
    assert!(new.contains("\n# TODO fees = 本年收费金额（单位：万元）  # 行政事业性收费"), "{new}");
    // A row of zeros can be split without a person.
    assert!(new.contains("[requests.other]  # （六）其他处理\nnot_corrected = 0"), "{new}");
    assert!(new.starts_with("#:schema ./nianbao-2021.schema.json\n"), "{new}");
    assert!(
        new.contains("information_fees = {}  # 信息处理费\n# TODO 发出收费通知的件数"),
        "{new}"
    );
    assert!(new.contains("\n\n[[waivers]]\nrule = \"FORMAT-YEAR\"\n"), "{new}");
    let table = new.find("[requests.other]").expect("the new table");
    assert!(new.find("[requests.not_processed]").is_some_and(|at| at < table));
    assert!(new.find("[appeals]").is_some_and(|at| at > table));
}

#[test]
fn a_row_that_falls_apart_needs_a_person() {
    let old = example().replace("other           = 0 ", "other           = [3, 0, 0, 0, 0, 1] ");
    assert!(old.contains("[3, 0, 0, 0, 0, 1]"));
    let migration = to(&old, "2021");
    for key in ["not_corrected", "fee_unpaid", "misc"] {
        // What is 0 in the whole is 0 in each part.
        let line = format!("# TODO {key} = [自然人, 0, 0, 0, 0, 其他]  # ");
        assert!(migration.text.contains(&line), "{}", migration.text);
    }
    assert!(migration.text.contains("# 2019 格式原为：other           = [3, 0, 0, 0, 0, 1]"));
    let new = new_findings(&old, &migration.text);
    assert!(new.iter().all(|(rule, _)| rule == "MISSING"), "{new:?}");
}

#[test]
fn the_way_back_adds_up_what_was_split() {
    let old = factory::report(3, false, None).toml;
    let migration = to(&old, "2019");
    let new = new_findings(&old, &migration.text);
    assert!(new.iter().all(|(rule, _)| rule == "MISSING"), "{new:?}\n{}", migration.text);
    assert_eq!(new.len(), todo_lines(&migration.text), "{new:?}\n{}", migration.text);
    assert_nothing_is_lost(&old, &migration.text);
    assert!(
        migration.text.contains("# TODO licensing = [上一年项目数量, 本年增/减, "),
        "{}",
        migration.text
    );
    assert!(!migration.text.contains("\n[requests.other]"), "{}", migration.text);
    // Back again: what 2019 has no place for is a comment, the totals of table three are the same.
    let back = to(&migration.text, "2021");
    assert!(
        !back.text.contains("FORMAT-YEAR"),
        "the waiver is gone with its ground\n{}",
        back.text
    );
}

#[test]
fn spellings_of_tables_do_not_matter() {
    let text = example();
    let start = text.find("[proactive_disclosure]").expect("the table");
    let end = text.find("# 三、").expect("the next part");
    let inline = "[proactive_disclosure]\nregulations = { public_total = 1 }\nnormative_documents = [\n  1, # 一\n  2,\n  3,\n]\n\
                  licensing = { decisions = 5, last_year = 2 }\nother_services = 0\npenalties = 0\ncompulsory_measures = [0, -1, 3]\n\
                  fees = 0\nprocurement = [1, \"12.5万元\"]\n\n";
    let spelled = format!("{}{inline}{}", &text[..start], &text[end..]);
    let migration = to(&spelled, "2021");
    for line in [
        "licensing = 5  #",
        "penalties = 0  #",
        "compulsory_measures = 3  #",
        "#   1, # 一",
        "\"12.5万元\"]",
    ] {
        assert!(migration.text.contains(line), "{line}\n{}", migration.text);
    }
    let new = new_findings(&spelled, &migration.text);
    assert!(new.iter().all(|(rule, _)| rule == "MISSING"), "{new:?}\n{}", migration.text);

    let crlf = text.replace('\n', "\r\n");
    let migrated = to(&crlf, "2021").text;
    assert!(!migrated.replace("\r\n", "").contains('\n'), "line ends stay what they were");
    assert_eq!(migrated.replace("\r\n", "\n"), to(&text, "2021").text);
}

#[test]
fn waivers_stay_and_one_is_added() {
    let spelled = [
        "\n[[waivers]]\nrule = \"TEXT-SUM\"\nwhere = \"overview\"\nreason = \"一信息归入多类\"\n",
        "",
    ];
    for waivers in spelled {
        let old = format!("{}{waivers}", example());
        let migrated = to(&old, "2021").text;
        let new = new_findings(&old, &migrated);
        assert!(new.iter().all(|(rule, _)| rule == "MISSING"), "{new:?}\n{migrated}");
        assert_eq!(migrated.contains("一信息归入多类"), !waivers.is_empty());
    }
    let inline =
        "waivers = [{ rule = \"TEXT-SUM\", where = \"overview\", reason = \"一信息归入多类\" }]\n";
    let old = format!("{inline}{}", example());
    let migrated = to(&old, "2021").text;
    assert!(new_findings(&old, &migrated).iter().all(|(rule, _)| rule == "MISSING"), "{migrated}");
    assert!(migrated.contains("FORMAT-YEAR"));
}

#[test]
fn what_cannot_be_migrated_says_why() {
    let catalog = generator().catalog();
    let error = |text: &str, to: &str| {
        migrate(catalog, text.as_bytes(), to).expect_err("refused").to_string()
    };
    assert!(error(&example(), "2019").contains("已经是 2019 格式"));
    assert!(error(&example(), "1999").contains("没有“1999”这个格式"));
    assert!(error("a = [1，2]", "2021").contains("第 1 行"));
    assert!(matches!(migrate(catalog, b"\xC4\xEA = 1", "2021"), Err(MigrateError::Malformed(..))));
}
