//! Comparisons: exact differences, two formats, the PDF and the pages.

use nianbao::diff::{self, Comparison, Side};
use nianbao::export::Standards;
use nianbao::generator::{Checked, Input};
use nianbao::migrate::migrate;

use crate::factory;
use crate::support::{generator, root};

fn check(text: &str) -> Checked {
    let input =
        Input { path: "a.toml".into(), bytes: text.as_bytes().to_vec(), ..Input::default() };
    generator().check(&input)
}

fn compare(first: &Checked, second: &Checked) -> Comparison {
    let side = |name, checked| Side::new(name, checked).expect("a report");
    diff::compare(generator().catalog(), side("甲.toml", first), side("乙.toml", second))
}

fn example() -> String {
    std::fs::read_to_string(root().join("examples/liaocheng-2023.toml")).expect("the example")
}

/// The shown values of a figure: first, second, difference, per cent.
fn figure(comparison: &Comparison, path: &str) -> [String; 4] {
    let json = diff::json(comparison);
    let tables = json["tables"].as_array().expect("tables").clone();
    let figures =
        tables.iter().flat_map(|table| table["figures"].as_array().expect("figures").clone());
    let found = figures.into_iter().find(|figure| figure["path"] == path);
    let found = found.unwrap_or_else(|| panic!("{path} differs: {json}"));
    ["first", "second", "difference", "percent"]
        .map(|name| found[name].as_str().unwrap_or("-").to_owned())
}

#[test]
fn the_same_report_has_no_difference() {
    let report = check(&example());
    let comparison = compare(&report, &report);
    assert!(comparison.is_empty() && comparison.count() == 0);
    assert!(comparison.same > 180, "{}", comparison.same);
    assert!(diff::text(&comparison).contains("个数和全部文字都相同"));
}

#[test]
fn differences_are_exact() {
    let text = example();
    let other = text
        .replace("fees                = 595.353309", "fees                = 595.353310")
        .replace("penalties           = 2 ", "penalties           = 3 ")
        .replace("licensing           = 0 ", "licensing           = 12 ")
        .replace("received        = [11, 0,", "received        = [10, 0,")
        .replace("聚焦", "围绕");
    let comparison = compare(&check(&text), &check(&other));
    assert_eq!(
        figure(&comparison, "proactive_disclosure.fees"),
        ["595.353309", "595.353310", "0.000001", "0"]
    );
    assert_eq!(figure(&comparison, "proactive_disclosure.penalties"), ["2", "3", "1", "50"]);
    assert_eq!(figure(&comparison, "proactive_disclosure.licensing"), ["0", "12", "12", "-"]);
    assert_eq!(figure(&comparison, "requests.received.natural_person"), ["11", "10", "-1", "-9.1"]);
    assert_eq!(figure(&comparison, "requests.received.total"), ["11", "10", "-1", "-9.1"]);
    assert_eq!(comparison.count(), 5, "{}", diff::text(&comparison));
    let shown = diff::text(&comparison);
    assert!(shown.contains("自然人") && shown.contains("-9.1") && shown.contains("+12"), "{shown}");
}

#[test]
fn blank_and_missing_figures_differ_from_zero() {
    let text = example();
    let other = text
        .replace("penalties           = 2 ", "penalties           = \"\" ")
        .replace("compulsory_measures = 0 ", "# 缺 ");
    let comparison = compare(&check(&text), &check(&other));
    assert_eq!(figure(&comparison, "proactive_disclosure.penalties"), ["2", "-", "-", "-"]);
    assert_eq!(
        figure(&comparison, "proactive_disclosure.compulsory_measures"),
        ["0", "-", "-", "-"]
    );
}

#[test]
fn two_formats_are_compared_by_their_mapping() {
    let old = factory::report(9, true, None).toml;
    let new = migrate(generator().catalog(), old.as_bytes(), "2021").expect("migrates").text;
    let (first, second) = (check(&old), check(&new));
    let comparison = compare(&first, &second);
    let paths: Vec<&str> =
        comparison.tables.iter().flat_map(|t| &t.figures).map(|f| f.path.as_str()).collect();
    assert!(
        paths.iter().all(|path| path.starts_with("requests.other")),
        "what was carried is the same: {paths:?}"
    );
    let lone: Vec<&str> = comparison.alone[0].iter().map(|lone| lone.path.as_str()).collect();
    assert!(lone.contains(&"proactive_disclosure.other_services.last_year"), "{lone:?}");
    assert!(comparison.texts.is_empty(), "{:?}", comparison.texts);
    let back = compare(&second, &first);
    assert_eq!(back.same, comparison.same);
}

#[test]
fn the_comparison_is_a_conformant_pdf_and_pages_that_differ_are_drawn() {
    let (first, second) = (
        check(&factory::report(1, false, None).toml),
        check(&factory::report(2, false, None).toml),
    );
    let comparison = compare(&first, &second);
    let pdf = diff::pdf(generator(), &comparison, &Standards::default()).expect("a PDF");
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 5_000);
    let empty = compare(&first, &first);
    diff::pdf(generator(), &empty, &Standards::default()).expect("a PDF without tables");

    let typeset = |checked: &Checked| generator().typeset(checked, false).expect("typeset");
    let (left, right) = (typeset(&first), typeset(&second));
    let pairs = diff::pages(generator(), ["甲.toml", "乙.toml"], &left, &right).expect("pictures");
    assert!(!pairs.is_empty());
    assert!(pairs.iter().all(|pair| pair.png.starts_with(b"\x89PNG")));
    assert!(diff::pages(generator(), ["甲", "乙"], &left, &left).expect("pictures").is_empty());
    // One word on one page: that page alone, as long as nothing moves.
    let text = example();
    let changed = text.replace(
        "reconsideration                  = [1, 0, 0, 0]",
        "reconsideration                  = [0, 1, 0, 0]",
    );
    let pairs =
        diff::pages(generator(), ["甲", "乙"], &typeset(&check(&text)), &typeset(&check(&changed)));
    assert_eq!(pairs.expect("pictures").len(), 1);
}
