//! Our own PDF comes in as the data file that it was made of.

use std::path::Path;

use nianbao::export::Standards;
use nianbao::format::Format;
use nianbao::generator::{Checked, Input};
use nianbao::import;
use nianbao::report::Report;

use crate::factory;
use crate::support::generator;

/// Reports that are made; an environment variable makes them more.
fn count() -> u64 {
    std::env::var("NIANBAO_IMPORT_ROUND_TRIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(2)
}

#[test]
fn examples_come_back_from_their_pdf() {
    for name in ["linwei-2023", "xiangshan-2020", "xichang-2024"] {
        let path = crate::support::root().join(format!("examples/{name}.toml"));
        let bytes = std::fs::read(&path).expect("an example");
        back(name, &generator().check(&Input::assemble(&path, bytes, None)));
    }
}

#[test]
fn made_up_reports_come_back_from_their_pdf() {
    for seed in 0..count() {
        for old in [false, true] {
            let sample = factory::report(seed, old, None);
            let input = Input {
                path: Path::new(&sample.path).to_owned(),
                bytes: sample.toml.into_bytes(),
                ..Input::default()
            };
            back(&format!("seed {seed} {old}"), &generator().check(&input));
        }
    }
}

fn back(name: &str, checked: &Checked) {
    let pdf = generator()
        .typeset(checked, false)
        .and_then(|typeset| typeset.pdf(&Standards::default()))
        .expect("a document");
    let path = Path::new("report.pdf");
    let imported = import::read(path, &pdf, generator().catalog())
        .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    let again = generator().check_imported(path, &imported, None);
    let report = checked.report.as_ref().unwrap_or_else(|| panic!("{name}: no report"));
    let format = &report.format;
    let read = again.report.as_ref().unwrap_or_else(|| panic!("{name}: nothing came in"));
    assert_eq!(again.format().map(|f| f.id()), Some(format.id()), "{name}");
    figures(name, format, report, read);
    texts(name, report, read);
    let notes = |report: &Report| -> Vec<String> {
        report.table_notes.iter().map(|note| paper_text(&note.printed())).collect()
    };
    assert_eq!(notes(read), notes(report), "{name}");
    assert_eq!(
        (&read.agency.value, &read.title.value),
        (&report.agency.value, &report.title.value)
    );
    assert_eq!(
        read.date.as_ref().map(|d| d.value),
        report.date.as_ref().map(|d| d.value),
        "{name}"
    );
}

fn figures(name: &str, format: &Format, report: &Report, read: &Report) {
    for (at, cell) in format.cells().iter().enumerate() {
        let (one, other) = (&report.figures[at], &read.figures[at]);
        assert_eq!(other.text, one.text, "{name}: {}", cell.path);
        let note =
            |figure: &nianbao::report::Figure| figure.note.as_ref().map(|n| paper_text(&n.value));
        assert_eq!(note(other), note(one), "{name}: {}", cell.path);
    }
}

fn texts(name: &str, report: &Report, read: &Report) {
    let said = |report: &Report| -> Vec<(String, String, Vec<String>)> {
        let texts = report.texts.iter().filter(|text| !text.is_blank());
        texts
            .map(|text| {
                let heading = text.heading.as_ref().map(|h| h.value.clone()).unwrap_or_default();
                let lines = text.value.lines().map(paper_text).filter(|line| !line.is_empty());
                (text.path.clone(), heading, lines.collect())
            })
            .collect()
    };
    assert_eq!(said(read), said(report), "{name}");
}

/// A text without what paper does not show: spaces at the ends.
fn paper_text(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{3000}').to_owned()
}
