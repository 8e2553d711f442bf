//! The data file inside a PDF: it makes the same report again, and holds nothing that was not meant for the public.

use nianbao::export::Standards;
use nianbao::verify::attachment::attachments;
use nianbao::verify::verify;

use crate::paper::input;
use crate::support::{files, generator};

fn archive() -> Standards {
    "a-3a,ua-1".parse().expect("standards")
}

#[test]
fn what_is_taken_out_makes_the_same_report() {
    for path in files("examples", "toml") {
        let text = std::fs::read_to_string(&path).expect("an example");
        let text = format!(
            "{text}\n# 内部说明\n[[waivers]]\nrule = \"TEXT-LAW\"\nwhere = \"\"\nreason = \"内情\"\n"
        );
        let checked = generator().check(&input(&text));
        let plain = generator().typeset(&checked, false).expect("pages");
        let with = generator().typeset_with_data(&checked, false).expect("pages");
        let pdf = with.pdf(&archive()).expect("a PDF");
        let found = verify(generator(), &pdf, Some(&checked)).expect("readable");
        assert!(found.findings.is_empty(), "{:#?}", found.findings);
        assert_eq!(found.standards, ["PDF/A-3a", "PDF/UA-1"]);
        let held = attachments(&pdf).expect("readable");
        assert_eq!(held.len(), 1, "{path:?}");
        assert_eq!(held[0].name, "report.toml");
        let data = String::from_utf8(held[0].bytes.clone()).expect("text");
        assert!(!data.contains("内部说明") && !data.contains("内情"), "{data}");
        let again = generator().check(&input(&data));
        let again = generator().typeset(&again, false).expect("pages");
        let bytes = |typeset: &nianbao::generator::Typeset| {
            typeset.pdf(&Standards::default()).expect("a PDF")
        };
        assert!(bytes(&again) == bytes(&plain), "{path:?}");
        assert_eq!(with.page_count(), plain.page_count());
    }
}

#[test]
fn a_pdf_without_attachments_has_none() {
    let text = std::fs::read_to_string(&files("examples", "toml")[0]).expect("an example");
    let checked = generator().check(&input(&text));
    let pdf = generator().typeset(&checked, false).expect("pages").pdf(&archive()).expect("a PDF");
    assert_eq!(attachments(&pdf).expect("readable"), []);
    assert!(attachments(b"%PDF-1.7 torn").is_err());
}

#[test]
fn standards_that_forbid_files_say_so() {
    let takes = |name: &str| name.parse::<Standards>().expect("a standard").take_files();
    assert!(takes("a-3a,ua-1").is_ok() && takes("a-4f").is_ok() && takes("ua-1").is_ok());
    let message = takes("a-2a,ua-1").err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains("PDF/A-2a") && message.contains("a-3a,ua-1"), "{message}");
}
