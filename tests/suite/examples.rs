//! The example reports build; the reports as published give exactly the findings that they should.

use nianbao::export::Standards;
use nianbao::generator::Input;

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
