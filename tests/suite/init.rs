//! New data files: complete, and clean once the texts are written.

use std::sync::Arc;

use nianbao::diagnostic::Diagnostic;
use nianbao::format::{Catalog, Format};
use nianbao::init::{Request, render};
use nianbao::migrate::Bridge;
use nianbao::record;
use nianbao::report::{self, Report};
use nianbao::source::Source;

fn read(text: &str, format: &Arc<Format>) -> (Report, Vec<Diagnostic>) {
    let source = Source::new("report.toml", text);
    let (record, mut findings) = record::parse(&source, &format.key_names());
    let (report, more) = report::read(&source, &record, format);
    findings.extend(more);
    (report, findings)
}

/// Writes something into every empty text.
fn filled(text: &str) -> String {
    text.replace("= \"\"\"\n\"\"\"", "= \"\"\"\n已按要求完成。\n\"\"\"")
}

fn fresh(format: &Format) -> String {
    render(&Request {
        format,
        year: format.manifest.years.from,
        agency: Some("某市\"某\\局"),
        previous: None,
        bridge: None,
    })
}

#[test]
fn only_texts_are_left_to_write() {
    for format in Catalog::load(None).unwrap().formats() {
        let text = fresh(format);
        let (_, findings) = read(&text, format);
        assert!(!findings.is_empty(), "{}: empty texts pass in silence", format.id());
        assert!(findings.iter().all(|finding| finding.rule == "MISSING"), "{findings:#?}");
        let (report, findings) = read(&filled(&text), format);
        assert_eq!(findings, [], "{}", format.id());
        assert_eq!(report.agency.value, "某市\"某\\局");
    }
}

#[test]
fn every_field_stands_in_the_file_with_its_label() {
    for format in Catalog::load(None).unwrap().formats() {
        let text = fresh(format);
        for cell in format.cells() {
            for label in cell.row_labels.iter().filter(|label| !label.starts_with("三、")) {
                assert!(text.contains(label.as_str()), "{}: {label}", format.id());
            }
        }
        for item in format.manifest.parts.iter().flat_map(|part| &part.items) {
            assert!(
                text.contains(&format!("{} = ", item.key))
                    || text.contains(&format!("[{}]", item.key))
            );
        }
        for key in ["agency", "year", "kind", "scope", "date", "title", "preface"] {
            assert!(text.contains(&format!("{key} ")), "{key}");
        }
    }
}

#[test]
fn a_missing_agency_is_a_finding() {
    let catalog = Catalog::load(None).unwrap();
    let format = catalog.get("2021").unwrap();
    let text = render(&Request { format, year: 2025, agency: None, previous: None, bridge: None });
    let (_, findings) = read(&filled(&text), format);
    assert_eq!(findings.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["report.agency"]);
}

#[test]
fn last_year_fills_in_what_it_determines() {
    let catalog = Catalog::load(None).unwrap();
    let format = catalog.get("2021").unwrap();
    let last = filled(&fresh(format))
        .replace("kind   = \"department\"", "kind   = \"government\"")
        .replace("scope  = \"own\"", "scope  = \"jurisdiction\"")
        .replace("carried_forward = [0, 0, 0, 0, 0, 0]", "carried_forward = [3, 0, 1, 0, 0, 0]")
        .replace("normative_documents = [0, 0, 0]", "normative_documents = [2, 1, 17]");
    let (report, findings) = read(&last, format);
    assert_eq!(findings, []);
    let previous = Some((&report, "去年.toml"));
    let text = render(&Request { format, year: 2022, agency: None, previous, bridge: None });
    assert!(text.contains("carried_over    = [3, 0, 1, 0, 0, 0]"), "{text}");
    assert!(text.contains("normative_documents = [0, 0, 17]"), "{text}");
    assert!(text.contains("kind   = \"government\""), "{text}");
    assert!(text.contains("scope  = \"jurisdiction\""), "{text}");
    assert!(text.contains("去年.toml"), "{text}");
    let (report, _) = read(&text, format);
    assert_eq!(report.agency.value, "某市\"某\\局");
}

#[test]
fn a_file_of_the_form_before_carries_what_both_have() {
    let catalog = Catalog::load(None).unwrap();
    let (old, new) = (catalog.get("2019").unwrap(), catalog.get("2021").unwrap());
    let last = filled(&fresh(old))
        .replace("carried_forward = [0, 0, 0, 0, 0, 0]", "carried_forward = [0, 2, 0, 0, 0, 0]")
        .replace("normative_documents = [0, 0, 0]", "normative_documents = [5, 5, 40]");
    let (report, findings) = read(&last, old);
    assert_eq!(findings, []);
    let text = render(&Request {
        format: new,
        year: 2021,
        agency: None,
        previous: Some((&report, "2020")),
        bridge: Some(&Bridge::new(&catalog, old, new).unwrap()),
    });
    assert!(text.contains("carried_over    = [0, 2, 0, 0, 0, 0]"), "{text}");
    assert!(
        text.contains("normative_documents = [0, 0, 0]"),
        "the old total is another figure: {text}"
    );
}
