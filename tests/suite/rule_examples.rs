//! The examples that stand in the rules themselves, and what a later format may say.
//!
//! `right` and `wrong` of a check are sentences for `sample.toml`: with the first the check is silent, with each of the
//! second it speaks.

use std::fs;
use std::path::PathBuf;

use nianbao::generator::Input;
use toml::{Table, Value};

use crate::support::{generator, root};

fn load(path: &str) -> Table {
    let text = fs::read_to_string(root().join(path)).unwrap_or_default();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rule files of a format, by code.
fn rules(format: &str) -> Vec<(String, Table)> {
    let folder = root().join("templates").join(format).join("rules");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder of rules")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let code = |path: &PathBuf| path.file_stem().and_then(|s| s.to_str()).unwrap_or("").to_owned();
    files
        .iter()
        .map(|path| (code(path), load(&format!("templates/{format}/rules/{}.toml", code(path)))))
        .collect()
}

fn checks(file: &Table) -> Vec<&Table> {
    let list = file.get("check").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_table).collect()
}

/// How often a code is reported when a sentence stands in a field of the format's sample.
fn findings(format: &str, field: &str, sentence: &str, code: &str) -> usize {
    let mut report = load(&format!("templates/{format}/sample.toml"));
    let (section, key) = field.split_once('.').expect("section and key");
    let table = report[section].as_table_mut().expect("a section");
    table.insert(key.to_owned(), sentence.into());
    let bytes = toml::to_string(&report).expect("TOML").into_bytes();
    let path = PathBuf::from("report.toml");
    let checked = generator().check(&Input {
        path,
        bytes,
        previous: None,
        neighbourhood: Default::default(),
        pictures: Vec::new(),
    });
    let reported = checked.diagnostics.iter();
    reported.filter(|finding| finding.rule == code && finding.path.starts_with(field)).count()
}

#[test]
fn examples_of_rules_hold() {
    let mut tried = 0;
    for format in ["2019", "2021"] {
        for (code, file) in rules(format) {
            for check in checks(&file) {
                let field = check.get("example_field").and_then(Value::as_str);
                let field = field.unwrap_or("overview.management");
                for (kind, wanted) in [("right", false), ("wrong", true)] {
                    let list = check.get(kind).and_then(Value::as_array);
                    for sentence in list.into_iter().flatten().filter_map(Value::as_str) {
                        tried += 1;
                        let found = findings(format, field, sentence, &code) > 0;
                        assert_eq!(found, wanted, "{format} {code} {kind}: {sentence}");
                    }
                }
            }
        }
    }
    assert!(tried > 20, "only {tried} examples");
}

/// Paths at which two tables say the same.
fn repeated(own: &Table, base: &Table, path: &str, found: &mut Vec<String>) {
    for (key, value) in own {
        let here = format!("{path}.{key}");
        match (value, base.get(key)) {
            (Value::Table(own), Some(Value::Table(base))) => repeated(own, base, &here, found),
            (Value::Array(own), Some(Value::Array(base))) if key == "check" => {
                let named = |check: &Value| check.get("key").cloned();
                for check in own {
                    let other = base.iter().find(|other| named(other) == named(check));
                    if let (Some(own), Some(base)) =
                        (check.as_table(), other.and_then(Value::as_table))
                    {
                        let mut own = own.clone();
                        own.remove("key");
                        repeated(&own, base, &here, found);
                    }
                }
            }
            (own, Some(base)) if own == base => found.push(here),
            _ => {}
        }
    }
}

#[test]
fn a_later_format_repeats_nothing_that_it_inherits() {
    let mut found = Vec::new();
    for file in ["words.toml", "figures.toml"] {
        let (own, base) =
            (load(&format!("templates/2021/{file}")), load(&format!("templates/2019/{file}")));
        repeated(&own, &base, file, &mut found);
    }
    let base = rules("2019");
    for (code, own) in rules("2021") {
        if let Some((_, base)) = base.iter().find(|(known, _)| *known == code) {
            repeated(&own, base, &code, &mut found);
        }
    }
    assert!(found.is_empty(), "{found:?}");
}
