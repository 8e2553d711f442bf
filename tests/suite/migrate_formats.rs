//! A change of format over a folder: there and back, account, rows and columns of every kind.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use nianbao::generator::{Config, Generator, Input};
use nianbao::migrate::{MigrateError, Migration, Migrator, migrate};
use nianbao::number::Number;
use nianbao::report::State;
use rust_decimal::Decimal;

use crate::factory;
use crate::support::root;

/// The program with the format that the cases add.
static GENERATOR: LazyLock<Generator> = LazyLock::new(|| {
    let templates = Some(root().join("tests/cases/formats"));
    let config = Config { templates, fonts: root().join("fonts"), ..Config::default() };
    Generator::new(&config).expect("the format loads")
});

fn to(text: &str, format: &str) -> Migration {
    migrate(GENERATOR.catalog(), text.as_bytes(), format).expect("a valid file migrates")
}

fn named(text: &str, format: &str) -> String {
    format!("format = \"{format}\"\n{text}")
}

/// The figures of a file by path, without totals.
fn figures(text: &str) -> BTreeMap<String, Decimal> {
    let input =
        Input { path: "a.toml".into(), bytes: text.as_bytes().to_vec(), ..Input::default() };
    let checked = GENERATOR.check(&input);
    let report = checked.report.expect("a report");
    let format = report.format.clone();
    let cells = format.cells().iter().zip(&report.figures);
    let given = cells.filter(|(cell, figure)| {
        !cell.is_computed && matches!(figure.state, State::Given | State::Implied)
    });
    given.filter_map(|(cell, figure)| Some((cell.path.clone(), figure.value()?))).collect()
}

fn sum(figures: &BTreeMap<String, Decimal>, table: &str) -> Decimal {
    let inner = format!("{table}.");
    figures.iter().filter(|(path, _)| path.starts_with(&inner)).map(|(_, value)| *value).sum()
}

/// Numbers that stand in the lines that wait for a person, by what they say was there.
fn waiting(migration: &Migration) -> Decimal {
    let open = migration.account.open.iter().flat_map(|open| &open.figures);
    open.map(|(_, value)| Number::parse(value).expect("a plain figure").value).sum()
}

#[test]
fn two_hundred_reports_go_there_and_back() {
    let migrator = Migrator::new(GENERATOR.catalog(), "2026").expect("the format");
    let back = Migrator::new(GENERATOR.catalog(), "2021").expect("the format");
    let (mut exact, mut open) = (0, 0);
    for seed in 0..200 {
        let old = named(&factory::report(seed, false, None).toml, "2021");
        let before = figures(&old);
        let there = migrator.migrate(old.as_bytes()).expect("it migrates");
        let after = figures(&there.text);
        // What waits is the removed row and the rows with figures in the removed column, and nothing else.
        let must: Vec<&String> = before
            .iter()
            .filter(|(path, value)| {
                let in_row = path.starts_with("requests.not_processed.publication.");
                let in_column = path.starts_with("requests.") && path.ends_with(".welfare");
                !value.is_zero() && (in_row || in_column)
            })
            .map(|(path, _)| path)
            .collect();
        let mut rows: Vec<&str> =
            must.iter().filter_map(|path| path.rsplit_once('.')).map(|(row, _)| row).collect();
        rows.sort_unstable();
        rows.dedup();
        let lines = there.text.lines().filter(|line| line.starts_with("# TODO ")).count();
        assert_eq!(lines, rows.len(), "{seed}: {rows:?}\n{}", there.text);
        assert_eq!(there.account.open.len(), lines);
        // Every figure is counted once, and the sums are equal with what is named.
        assert_eq!(there.account.total(), before.len(), "{seed}: {:?}", there.account);
        for table in &there.account.sums {
            assert_eq!(table.before, table.after + table.left + table.ended, "{seed}: {table:?}");
        }
        assert_eq!(sum(&before, "appeals"), sum(&after, "appeals"));
        assert_eq!(sum(&before, "proactive_disclosure"), sum(&after, "proactive_disclosure"));
        if rows.is_empty() {
            assert_eq!(sum(&before, "requests"), sum(&after, "requests"), "{seed}");
            exact += 1;
        } else {
            assert!(waiting(&there) > Decimal::ZERO);
            open += 1;
        }
        let again = back.migrate(there.text.as_bytes()).expect("it migrates");
        assert_eq!(again.text, old, "{seed}\n{}", there.text);
    }
    assert!(exact > 20 && open > 20, "both kinds are tried: {exact} {open}");
}

#[test]
fn old_reports_go_to_the_newest_format_in_one_step() {
    for seed in 0..60 {
        let old = named(&factory::report(seed, true, None).toml, "2019");
        let there = to(&old, "2026");
        assert_eq!((there.from.as_str(), there.to.as_str()), ("2019", "2026"));
        assert_eq!(there.account.total(), figures(&old).len());
        for table in &there.account.sums {
            assert_eq!(table.before, table.after + table.left + table.ended, "{seed}: {table:?}");
        }
        assert!(there.text.contains("（一）予以公开") || !old.contains("（一）予以公开"));
        let back = to(&there.text, "2019");
        assert_eq!(back.text, old, "{seed}\n{}", there.text);
    }
}

#[test]
fn what_somebody_changed_is_not_taken_back() {
    let text = factory::report(3, false, None).toml;
    let start = text.find("granted = ").expect("the row");
    let line = text[start..].lines().next().expect("a line").to_owned();
    let old = named(&text.replace(&line, "granted = [1, 0, 0, 2, 0, 0]"), "2021");
    let there = to(&old, "2026").text;
    assert!(there.contains("# 2021 格式原为：granted = [1, 0, 0, 2, 0, 0]\n# TODO granted = [1, 0, 0, 0, 0, 0]  # （一）予以公开（含主动公开）：原“社会公益组织”2（社会公益组织不再单列）"), "{there}");
    // A person writes 3 in one column: nobody knows any more that 2 of them were elsewhere.
    let start = there.find("# TODO granted = ").expect("the line");
    let todo = there[start..].lines().next().expect("a line");
    let filled = there.replace(todo, "granted = [3, 0, 0, 0, 0, 0]");
    let back = to(&filled, "2021").text;
    assert!(back.contains("\ngranted = [3, 0, 0, 0, 0, 0]"), "{back}");
    assert!(!back.contains("\ngranted = [1, 0, 0, 2, 0, 0]"), "{back}");
}

#[test]
fn there_is_no_way_without_a_mapping() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &Path, text: &str| {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    let format = "id = \"2030\"\nextends = \"2021\"\nname = \"x\"\nyears = { from = 2030 }\n";
    write(&folder.path().join("2030/format.toml"), format);
    let load = || {
        let templates = Some(folder.path().to_owned());
        Generator::new(&Config { templates, fonts: root().join("fonts"), ..Config::default() })
            .expect("it loads")
    };
    let text = factory::report(3, false, None).toml;
    let error = migrate(load().catalog(), text.as_bytes(), "2030").expect_err("no mapping");
    assert!(matches!(error, MigrateError::NoWay(..)), "{error}");
    let mapping =
        "[2021-2030]\nfrom = \"2021\"\nto = \"2030\"\nimpossible = \"两种表没有可比的数\"\n";
    write(&folder.path().join("2030/mapping.toml"), mapping);
    let error = migrate(load().catalog(), text.as_bytes(), "2030").expect_err("impossible");
    assert!(error.to_string().contains("两种表没有可比的数"), "{error}");
    let mapping = "[2021-2030]\nfrom = \"2021\"\nto = \"2030\"\nrow = [\n  { from = \"requests.grantd\", to = \"requests.granted\" },\n  { from = \"requests.granted\", t = \"x\" },\n]\n\
                   column = [ { table = \"requests\", from = \"wellfare\", to = \"other\" } ]\n";
    write(&folder.path().join("2030/mapping.toml"), mapping);
    let error =
        migrate(load().catalog(), text.as_bytes(), "2030").expect_err("mistakes").to_string();
    for wanted in [
        "mapping.toml:5:12",
        "是不是 requests.granted？",
        "mapping.toml:6:",
        "没有 t 这个键",
        "mapping.toml:8:",
        "是不是 welfare？",
    ] {
        assert!(error.contains(wanted), "{wanted}: {error}");
    }
}
