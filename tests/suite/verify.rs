//! `verify`: what is right passes, what was changed is named, what is no report is refused.

use nianbao::diagnostic::Level;
use nianbao::verify::pdf::{Pdf, Unreadable};
use nianbao::verify::tables::Grid;
use nianbao::verify::{Finding, verify};
use proptest::prelude::*;

use crate::paper::{Paper, examples, input};
use crate::support::{generator, root};

fn example() -> &'static Paper {
    &examples()["xichang-2024"]
}

fn example_text() -> String {
    std::fs::read_to_string(root().join("examples/xichang-2024.toml")).expect("the example")
}

/// Verifies the example's PDF against a data file.
fn against(text: &str) -> Vec<Finding> {
    let checked = generator().check(&input(text));
    verify(generator(), &example().bytes, Some(&checked)).expect("a readable PDF").findings
}

#[test]
fn the_examples_pass_without_their_data_files() {
    for (name, paper) in examples() {
        let found = verify(generator(), &paper.bytes, None).expect("a readable PDF");
        assert!(found.findings.is_empty(), "{name}: {:#?}", found.findings);
        assert_eq!(found.format.as_deref(), Some(paper.format().id()), "{name}");
        assert_eq!((found.figures, found.pages), (found.wanted, paper.pdf.pages.len()), "{name}");
        assert_eq!(found.standards, ["PDF/A-2a", "PDF/UA-1"], "{name}");
    }
}

#[test]
fn a_figure_that_differs_is_named_with_page_and_line() {
    let text = example_text();
    let line = text.lines().position(|line| line.starts_with("fees ")).expect("the fees") + 1;
    let findings = against(&text.replacen("24.83", "24.38", 1));
    let [found] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((found.rule.as_str(), found.path.as_str()), ("PDF-FIGURE", "proactive_disclosure.fees"));
    assert_eq!((found.printed.as_deref(), found.expected.as_deref()), (Some("24.83"), Some("24.38")));
    assert_eq!(found.line, Some(line));
    assert!(found.page.is_some() && found.message.contains("行政事业性收费"), "{found:?}");
}

#[test]
fn texts_that_differ_are_named() {
    let text = example_text();
    let findings = against(&text.replacen("[problems]", "[problems] # 改", 1));
    assert!(findings.is_empty(), "{findings:#?}");
    let report = example().report();
    let field = report.texts.iter().find(|text| text.value.chars().count() > 60).expect("a long text");
    let first: String = field.value.chars().skip(12).take(6).collect();
    let findings = against(&text.replacen(&first, "另一种写法", 1));
    assert!(!findings.is_empty() && findings.iter().all(|found| found.rule == "PDF-TEXT"), "{findings:#?}");
    assert!(findings.iter().any(|found| found.path == field.path), "{findings:#?}");
}

#[test]
fn a_draft_with_a_wrong_sum_fails_by_itself() {
    let text = example_text();
    let wrong = text.replacen("total           = ", "total = ", 1);
    let at = wrong.find("carried_forward").expect("the row");
    let end = at + wrong[at..].find('\n').expect("a line end");
    let wrong = format!("{}carried_forward = [5, 0, 0, 0, 0, 0]{}", &wrong[..at], &wrong[end..]);
    let paper = Paper::draft(&wrong);
    let found = verify(generator(), &paper.bytes, None).expect("a readable PDF");
    assert!(found.draft);
    let rules: Vec<&str> = found.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert!(rules.contains(&"PDF-DRAFT") && rules.contains(&"T3-BALANCE"), "{rules:?}");
}

#[test]
fn a_pdf_that_lost_its_tags_is_no_report_any_more() {
    let mut document = lopdf::Document::load_mem(&example().bytes).expect("a PDF");
    let catalog = document.catalog_mut().expect("a catalog");
    catalog.remove(b"StructTreeRoot");
    catalog.remove(b"Lang");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("bytes");
    let found = verify(generator(), &bytes, None).expect("a readable PDF");
    assert!(found.errors() >= 3, "{:#?}", found.findings);
    for word in ["没有结构标签", "没有标明文档语言", "没有找到年度报告的表格"] {
        assert!(found.findings.iter().any(|finding| finding.message.contains(word)), "{word}");
    }
}

#[test]
fn what_is_no_whole_pdf_is_refused_with_a_reason() {
    let bytes = &example().bytes;
    let refused = |bytes: &[u8]| verify(generator(), bytes, None).expect_err("refused").to_string();
    assert_eq!(Pdf::read(b"").err(), Some(Unreadable::Empty));
    assert!(refused(b"[report]\nyear = 2023\n").contains("不是 PDF"));
    assert!(refused(&bytes[..bytes.len() / 2]).contains("不完整"));
    assert!(refused(&[&bytes[..bytes.len() / 2], b"\n%%EOF\n"].concat()).contains("损坏"));
    assert!(refused(&encrypted(bytes)).contains("密码"));
    assert!(refused(b"%PDF-1.7\n%%EOF").contains("损坏"));
}

fn encrypted(bytes: &[u8]) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(bytes).expect("a PDF");
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "user",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).expect("a key");
    document.encrypt(&state).expect("encrypted");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("bytes");
    bytes
}

#[test]
fn a_foreign_pdf_is_read_and_called_so() {
    let bytes = foreign(b"BT /F 12 Tf (Hello) Tj ET", "");
    let found = verify(generator(), &bytes, None).expect("a readable PDF");
    assert_eq!((found.pages, found.figures, found.format.as_deref()), (1, 0, None));
    assert!(found.findings.iter().all(|finding| !finding.message.is_empty()));
    assert!(found.findings.iter().any(|finding| finding.level == Level::Error));
}

#[test]
fn hostile_structures_end() {
    // A tree that holds itself, page labels and bookmarks without end, forms within themselves, deep nesting.
    let own = "/StructTreeRoot 5 0 R /PageLabels 7 0 R /Outlines 8 0 R";
    let bytes = foreign(b"/A Do /A Do", own);
    assert_eq!(Pdf::read(&bytes).err(), Some(Unreadable::Exhausting));
    let bytes = foreign(b"q Q", own);
    let pdf = Pdf::read(&bytes).expect("a readable PDF");
    assert!(Grid::all(&pdf).is_empty() && pdf.bookmarks.len() < 3);
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000], b" TJ".to_vec()].concat();
    assert!(Pdf::read(&foreign(&deep, "")).is_err());
}

/// A small PDF by hand: one page with this content, these entries in its catalog, and objects that hold themselves.
fn foreign(content: &[u8], catalog: &str) -> Vec<u8> {
    let stream = [format!("<</Length {}>>stream\n", content.len()).as_bytes(), content, b"\nendstream"].concat();
    let objects: [Vec<u8>; 8] = [
        format!("<</Type/Catalog/Pages 2 0 R {catalog}>>").into_bytes(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<</A 6 0 R>>>>>>".to_vec(),
        stream,
        b"<</Type/StructTreeRoot/K 5 0 R/S/P>>".to_vec(),
        b"<</Type/XObject/Subtype/Form/Length 11>>stream\n/A Do /A Do\nendstream".to_vec(),
        b"<</Kids[7 0 R 7 0 R 7 0 R]>>".to_vec(),
        b"<</Title(a)/First 8 0 R/Next 8 0 R>>".to_vec(),
    ];
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", at + 1).into_bytes());
        bytes.extend([object.as_slice(), b"\nendobj\n"].concat());
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for offset in offsets {
        bytes.extend(format!("{offset:010} 00000 n \n").into_bytes());
    }
    bytes.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).into_bytes());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_never_panics(
        cut in prop::option::of(0.0f64..1.0),
        flips in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..40),
        closed in any::<bool>(),
    ) {
        let mut bytes = example().bytes.clone();
        for (place, value) in flips {
            let at = (place * bytes.len() as f64) as usize;
            bytes[at] ^= value;
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        if closed {
            bytes.extend(b"\n%%EOF\n");
        }
        match verify(generator(), &bytes, Some(&example().checked)) {
            Ok(found) => prop_assert!(found.findings.iter().all(|finding| !finding.message.is_empty())),
            Err(reason) => prop_assert!(!reason.to_string().is_empty()),
        }
    }
}
