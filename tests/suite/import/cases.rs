//! The same reports written by many programs (`tests/import/make_files.py`): every figure and paragraph comes in.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use nianbao::import::{self, Imported, Kind};

use crate::support::{generator, root};

/// A report as it was meant: `NAME.json` beside the files `NAME--HOW.EXT`.
#[derive(serde::Deserialize)]
struct Meant {
    agency: String,
    year: i32,
    format: String,
    figures: BTreeMap<String, String>,
    texts: BTreeMap<String, Vec<String>>,
}

/// Files that lost something on the way: they must name it, and must not be wrong.
const LOSSY: [&str; 4] =
    ["b--columns.pdf", "b--chromium.pdf", "d--chromium-untagged.pdf", "d--web.pdf"];

fn files() -> Vec<(PathBuf, Meant)> {
    let folder = root().join("tests/cases/import");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let Some((report, _)) = name.split_once("--") else { continue };
        let meant = fs::read(folder.join(format!("{report}.json"))).expect("what was meant");
        files.push((path, serde_json::from_slice(&meant).expect("JSON of figures and texts")));
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

/// What is wrong with an import: a figure that is another, or is lost without being named.
fn wrong(meant: &Meant, imported: &Imported) -> Vec<String> {
    let named: Vec<&String> =
        imported.findings.iter().flat_map(|f| f.covers.iter().chain([&f.path])).collect();
    let mut wrong = Vec::new();
    for (path, value) in &meant.figures {
        let read = imported.figures.get(path).map(|figure| figure.digits.as_deref());
        let is_right = match read {
            // A sheet keeps numbers without the zeros at their end.
            Some(Some(digits)) => number(digits) == number(value),
            Some(None) => false,
            None => named.contains(&path),
        };
        if !is_right {
            wrong.push(format!("{path}: {value}, read {read:?}"));
        }
    }
    wrong
}

fn number(digits: &str) -> rust_decimal::Decimal {
    digits.parse::<rust_decimal::Decimal>().expect("a number").normalize()
}

fn found(imported: &Imported) -> usize {
    imported.account.tables.iter().map(|table| table.found).sum()
}

#[test]
fn figures_come_in_from_every_program() {
    for (path, meant) in files() {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let bytes = fs::read(&path).expect("a readable file");
        let imported = import::read(&path, &bytes, generator().catalog())
            .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let wrong = wrong(&meant, &imported);
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        if LOSSY.contains(&name) {
            continue;
        }
        if Kind::of(&path) == Some(Kind::Csv) {
            assert!(found(&imported) > 150, "{name}: {}", imported.account);
            continue;
        }
        assert_eq!(imported.format.id(), meant.format, "{name}");
        assert_eq!(found(&imported), meant.figures.len(), "{name}: {}", imported.account);
    }
}

#[test]
fn texts_come_in_whole() {
    for (path, meant) in files() {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let has_texts = matches!(Kind::of(&path), Some(Kind::Docx | Kind::Html | Kind::Pdf));
        if !has_texts || LOSSY.contains(&name) {
            continue;
        }
        let bytes = fs::read(&path).expect("a readable file");
        let imported = import::read(&path, &bytes, generator().catalog()).expect("a report");
        let texts = &imported.texts;
        assert_eq!(
            (texts.agencies.concat(), texts.year),
            (meant.agency, Some(meant.year)),
            "{name}"
        );
        for (field, lines) in &meant.texts {
            let of_field = texts.fields.iter().filter(|known| known.path == *field);
            let read: Vec<&str> = of_field
                .flat_map(|field| field.lines.iter().map(|line| line.text.as_str()))
                .collect();
            assert_eq!(&read, lines, "{name}: {field}");
        }
        assert!(texts.left.is_empty(), "{name}: {:?}", texts.left);
    }
}

#[test]
fn the_data_file_reads_back() {
    for (path, _) in files() {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let bytes = fs::read(&path).expect("a readable file");
        let imported = import::read(&path, &bytes, generator().catalog()).expect("a report");
        let checked = generator().check_imported(&path, &imported, None);
        assert!(!checked.diagnostics.iter().any(|d| d.rule == "TOML"), "{name}: {}", imported.toml);
        let report = checked.report.as_ref().unwrap_or_else(|| panic!("{name}: no report"));
        for (path, figure) in &imported.figures {
            let Some(digits) = &figure.digits else { continue };
            let read = report.figure(path).map(|figure| figure.text.clone());
            assert_eq!(read.as_ref(), Some(digits), "{name}: {path}");
        }
    }
}
