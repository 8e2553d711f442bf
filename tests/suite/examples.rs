//! The example reports build; the reports as published give exactly the findings that they should.

use std::fmt::Write as _;

use nianbao::export::Standards;
use nianbao::generator::{Checked, Input};

use crate::support::{files, generator};

fn lines(checked: &Checked) -> String {
    let mut text = String::new();
    for finding in &checked.diagnostics {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        let (reported, computed) = (value(&finding.reported), value(&finding.computed));
        let place = if finding.path.is_empty() { "-" } else { &finding.path };
        writeln!(text, "{} {} {place} {reported} {computed}", finding.level.name(), finding.rule)
            .expect("writing to a string");
    }
    text
}

#[test]
fn examples_have_no_errors_and_build() {
    for path in files("examples", "toml") {
        let input = Input::read(&path, None).expect("a readable example");
        let checked = generator().check(&input);
        assert_eq!(checked.counts().errors, 0, "{}:\n{}", path.display(), lines(&checked));
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

#[test]
fn published_reports_give_exactly_their_findings() {
    for path in files("tests/cases/published", "toml") {
        let expected =
            std::fs::read_to_string(path.with_extension("expected")).expect("expected findings");
        let input = Input::read(&path, None).expect("a readable case");
        let checked = generator().check(&input);
        assert_eq!(lines(&checked), expected, "{}", path.display());
    }
}
