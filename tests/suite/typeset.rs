//! From a document model to files: the layouts compile, the PDF is what it declares, and the same on every run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nianbao::export::{self, Identity, Standards};
use nianbao::fonts::Fonts;
use nianbao::format::{Catalog, Format};
use nianbao::report::Date;
use nianbao::world::{Layout, Project, Typesetter, Worker};
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn typesetter() -> Typesetter {
    Typesetter::new(Fonts::load(&root().join("fonts"), None).expect("the shipped fonts load"))
}

fn layouts() -> Vec<(String, Arc<Layout>)> {
    let catalog = Catalog::load(None).expect("the formats load");
    let layout = |format: &Arc<Format>| {
        (format.id().to_owned(), Arc::new(Layout::of(format).expect("a layout")))
    };
    catalog.formats().iter().map(layout).collect()
}

fn project(layout: &Arc<Layout>, document: &str) -> Project {
    let path = root().join("tests/cases/documents").join(document);
    Project::new(layout.clone(), std::fs::read(path).expect("the case is there"))
}

fn identity() -> Identity {
    let date = Date { year: 2024, month: 1, day: 22 };
    Identity { agency: "某市某局".to_owned(), year: 2023, date }
}

fn pdf(typesetter: &Typesetter, project: &Project, standards: &Standards) -> Vec<u8> {
    let document = typesetter.typeset(project).unwrap_or_else(|error| panic!("{error}"));
    export::pdf(&document, &identity(), standards).unwrap_or_else(|error| panic!("{error}"))
}

/// Holds a PDF to a profile of the validator.
fn conforms(pdf: &[u8], profile: ValidationProfile, what: &str) {
    let report = validate_pdf_bytes(pdf, &ValidationOptions::default().profile(profile))
        .expect("a readable PDF");
    assert!(report.failures.is_empty(), "{what}: {:#?}", report.failures);
}

#[test]
fn every_format_makes_an_archival_accessible_pdf() {
    let typesetter = typesetter();
    for (format, layout) in layouts() {
        let pdf = pdf(&typesetter, &project(&layout, "plain.json"), &Standards::default());
        conforms(&pdf, ValidationProfile::PdfA2a, &format);
        conforms(&pdf, ValidationProfile::PdfUa1, &format);
    }
}

#[test]
fn the_same_bytes_on_every_run_and_thread() {
    let layouts = layouts();
    let layout = &layouts[0].1;
    let standards = Standards::default();
    let first = pdf(&typesetter(), &project(layout, "plain.json"), &standards);
    assert_eq!(first, pdf(&typesetter(), &project(layout, "plain.json"), &standards), "again");
    let shared = typesetter();
    let make = || {
        let worker = Worker::new().expect("a thread");
        worker.run(|| pdf(&shared, &project(layout, "plain.json"), &standards))
    };
    let threads: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..4).map(|_| scope.spawn(make)).collect();
        started.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(threads.iter().all(|bytes| *bytes == first), "on four threads");
}

/// Each standard is met and declared, or the message says what to choose instead.
#[test]
fn every_standard_is_declared_or_refused_with_a_remedy() {
    let typesetter = typesetter();
    let layouts = layouts();
    let document = typesetter.typeset(&project(&layouts[0].1, "plain.json")).expect("a document");
    for name in Standards::names() {
        let standards: Standards = name.parse().expect("a known standard");
        match export::pdf(&document, &identity(), &standards) {
            Ok(pdf) => declares(&pdf, name),
            Err(error) => panic!("{name}: {error}"),
        }
    }
}

fn declares(pdf: &[u8], name: &str) {
    let profile = match name {
        "a-1a" => ValidationProfile::PdfA1a,
        "a-1b" => ValidationProfile::PdfA1b,
        "a-2a" => ValidationProfile::PdfA2a,
        "a-2b" => ValidationProfile::PdfA2b,
        "a-2u" => ValidationProfile::PdfA2u,
        "a-3a" => ValidationProfile::PdfA3a,
        "a-3b" => ValidationProfile::PdfA3b,
        "a-3u" => ValidationProfile::PdfA3u,
        "ua-1" => ValidationProfile::PdfUa1,
        _ => return,
    };
    conforms(pdf, profile, name);
}

/// The validator is no rubber stamp: it rejects the same pages when no standard was asked for.
#[test]
fn the_validator_rejects_what_does_not_conform() {
    let layouts = layouts();
    let standards: Standards = "1.7".parse().expect("a known standard");
    let pdf = pdf(&typesetter(), &project(&layouts[0].1, "plain.json"), &standards);
    for profile in [ValidationProfile::PdfA2a, ValidationProfile::PdfUa1] {
        let options = ValidationOptions::default().profile(profile);
        let report = validate_pdf_bytes(&pdf, &options).expect("a readable PDF");
        assert!(!report.failures.is_empty());
    }
}
