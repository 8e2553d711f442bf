//! The example reports build; the reports as published give exactly the findings that they should.

use nianbao::export::Standards;
use nianbao::generator::{Input, Typeset};
use typst::layout::{Frame, FrameItem};

use crate::support::{files, findings, generator};

#[test]
fn examples_have_no_errors_and_build() {
    for path in files("examples", "toml") {
        let input = Input::read(&path, None).expect("a readable example");
        let checked = generator().check(&input);
        assert_eq!(checked.counts().errors, 0, "{}: {:?}", path.display(), findings(&checked));
        let typeset = generator().typeset(&checked, false).expect("an official document");
        let pdf = typeset.pdf(&Standards::default()).expect("a conformant PDF");
        assert!(pdf.starts_with(b"%PDF-"), "{}", path.display());
        let folder = std::env::var_os("NIANBAO_KEEP_PDF");
        if let Some(folder) = folder {
            let name = path.with_extension("pdf");
            let name = name.file_name().expect("a file name");
            std::fs::write(std::path::Path::new(&folder).join(name), &pdf)
                .expect("a writable folder");
        }
    }
}

/// What the preview finds figures by must not show on paper.
#[test]
fn findable_figures_change_no_byte() {
    for path in files("examples", "toml") {
        let checked = generator().check(&Input::read(&path, None).expect("a readable example"));
        for draft in [false, true] {
            let paper = generator().typeset(&checked, draft).expect("a document");
            let screen = generator().typeset_findable(&checked, draft).expect("a document");
            let pdf = |typeset: &Typeset| typeset.pdf(&Standards::default()).expect("a PDF");
            assert!(pdf(&paper) == pdf(&screen), "{} {draft}", path.display());
            let labels = |typeset: &Typeset| labels(typeset, "requests.received.natural_person");
            assert_eq!((labels(&paper), labels(&screen)), (0, 1), "{}", path.display());
        }
    }
}

/// How many groups of a document have this label.
fn labels(typeset: &Typeset, label: &str) -> usize {
    fn count(frame: &Frame, label: &str) -> usize {
        let groups = frame.items().filter_map(|(_, item)| match item {
            FrameItem::Group(group) => Some(group),
            _ => None,
        });
        groups
            .map(|group| {
                let own = group.label.is_some_and(|own| own.resolve().as_str() == label);
                usize::from(own) + count(&group.frame, label)
            })
            .sum()
    }
    typeset.document.pages().iter().map(|page| count(&page.frame, label)).sum()
}

#[test]
fn published_reports_give_exactly_their_findings() {
    for path in files("tests/cases/published", "toml") {
        let expected =
            std::fs::read_to_string(path.with_extension("expected")).expect("expected findings");
        let input = Input::read(&path, None).expect("a readable case");
        let checked = generator().check(&input);
        let expected: Vec<&str> = expected.lines().collect();
        assert_eq!(findings(&checked), expected, "{}", path.display());
    }
}
