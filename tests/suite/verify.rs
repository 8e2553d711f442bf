//! `verify`: what is right passes, what was changed is named, what is no report is refused.

use nianbao::diagnostic::Level;
use nianbao::generator::Input;
use nianbao::verify::figures::{Figures, table_figures};
use nianbao::verify::pdf::{MM_PER_POINT, Pdf, Unreadable};
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
fn figures_are_found_again_in_files_of_every_standard() {
    for (standard, declared) in [
        ("1.4", &[][..]),
        ("1.7", &[]),
        ("2.0", &[]),
        ("a-1b", &["PDF/A-1b"]),
        ("a-1a", &["PDF/A-1a"]),
        ("a-2u", &["PDF/A-2u"]),
        ("a-3b", &["PDF/A-3b"]),
        ("a-4", &["PDF/A-4"]),
        ("ua-1", &["PDF/UA-1"]),
    ] {
        let standards = standard.parse().unwrap_or_else(|_| panic!("{standard}"));
        let bytes = example().typeset.pdf(&standards).expect("a PDF");
        let found = verify(generator(), &bytes, Some(&example().checked)).expect("a readable PDF");
        assert_eq!(
            (found.errors(), found.figures),
            (0, found.wanted),
            "{standard}: {:#?}",
            found.findings
        );
        assert_eq!(found.standards, declared, "{standard}");
    }
}

#[test]
fn a_figure_that_differs_is_named_with_page_and_line() {
    let text = example_text();
    let line = text.lines().position(|line| line.starts_with("fees ")).expect("the fees") + 1;
    let findings = against(&text.replacen("24.83", "24.38", 1));
    let [found] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!(
        (found.rule.as_str(), found.path.as_str()),
        ("PDF-FIGURE", "proactive_disclosure.fees")
    );
    assert_eq!(
        (found.printed.as_deref(), found.expected.as_deref()),
        (Some("24.83"), Some("24.38"))
    );
    assert_eq!(found.line, Some(line));
    assert!(found.page.is_some() && found.message.contains("行政事业性收费"), "{found:?}");
}

#[test]
fn texts_that_differ_are_named() {
    let text = example_text();
    let findings = against(&text.replacen("[problems]", "[problems] # 改", 1));
    assert!(findings.is_empty(), "{findings:#?}");
    let report = example().report();
    let field =
        report.texts.iter().find(|text| text.value.chars().count() > 60).expect("a long text");
    let first: String = field.value.chars().skip(12).take(6).collect();
    let findings = against(&text.replacen(&first, "另一种写法", 1));
    assert!(
        !findings.is_empty() && findings.iter().all(|found| found.rule == "PDF-TEXT"),
        "{findings:#?}"
    );
    assert!(findings.iter().any(|found| found.path == field.path), "{findings:#?}");
}

/// A report with a table, a chart and a picture in its texts.
fn with_boxes(folder: &std::path::Path) -> std::path::PathBuf {
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, 2, 2);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&[200, 30, 30, 30, 200, 30, 30, 30, 200, 9, 9, 9]).expect("pixels");
    writer.finish().expect("an end");
    std::fs::write(folder.join("red.png"), picture).expect("a picture");
    let drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40'><rect width='90' height='40'/></svg>";
    std::fs::write(folder.join("grey.svg"), drawing).expect("a picture");
    let boxes = "\n| 渠道 | 条数 |\n| --- | ---: |\n| 平台 | 376 |\n\n![公开大厅](red.png)\n![示意图](grey.svg)\n";
    let text = example_text().replacen(
        "proactive_disclosure = \"\"\"",
        &format!("proactive_disclosure = \"\"\"{boxes}"),
        1,
    );
    assert!(text.contains("red.png"), "the example has no such field any more");
    let path = folder.join("report.toml");
    std::fs::write(&path, text).expect("a report");
    path
}

#[test]
fn tables_and_pictures_in_texts_are_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = with_boxes(folder.path());
    let paper = Paper::of_file(&path);
    let found = verify(generator(), &paper.bytes, Some(&paper.checked)).expect("a readable PDF");
    assert!(found.findings.is_empty(), "{:#?}", found.findings);
    assert_eq!(
        found.color_pages.len(),
        1,
        "the page with the picture in colour: {:?}",
        found.color_pages
    );
    crate::paper::sound::assert_conformant("pictures", &paper.bytes);
    crate::paper::sound::assert_tidy("pictures", &paper);
    let text = std::fs::read_to_string(&path).expect("the report");
    let changed =
        text.replacen("| 平台 | 376 |", "| 平台 | 367 |", 1).replacen("公开大厅", "办事大厅", 1);
    std::fs::write(&path, changed).expect("a report");
    let changed = Input::read(&path, None).expect("a report");
    let changed = generator().check(&changed);
    let found = verify(generator(), &paper.bytes, Some(&changed)).expect("a readable PDF");
    for word in ["文中的表格", "文中的图", "办事大厅"] {
        assert!(
            found.findings.iter().any(|finding| finding.message.contains(word)),
            "{word}: {:#?}",
            found.findings
        );
    }
}

#[test]
fn the_command_says_what_it_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (good, data) = (folder.path().join("good.pdf"), root().join("examples/xichang-2024.toml"));
    std::fs::write(&good, &example().bytes).expect("a PDF");
    let other = folder.path().join("other.toml");
    std::fs::write(&other, example_text().replacen("24.83", "24.38", 1)).expect("a report");
    let torn = folder.path().join("torn.pdf");
    std::fs::write(&torn, &example().bytes[..9000]).expect("half a PDF");
    let run = |arguments: &[&std::path::Path], form: &str| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("nianbao"));
        command.env("NIANBAO_FONTS", root().join("fonts")).args([
            "verify",
            "--message-format",
            form,
        ]);
        let output = command.args(arguments).output().expect("a run");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (output.status.code().expect("an exit code"), text)
    };
    let option = std::path::Path::new("--data");
    let (code, out) = run(&[&good, option, &data], "human");
    assert!(code == 0 && out.contains("逐格一致") && out.contains("核验通过"), "{out}");
    let (code, out) = run(&[&good, option, &other], "human");
    assert!(code == 1 && out.contains("24.83") && out.contains("other.toml:"), "{out}");
    let (code, out) = run(&[&good, &torn], "json");
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    // The torn file could not be read: that is no finding about a report.
    assert_eq!((code, json["files"][0]["sound"].as_bool()), (2, Some(true)));
    assert!(
        json["files"][1]["unreadable"].as_str().is_some_and(|reason| reason.contains("不完整")),
        "{out}"
    );
    let (_, out) = run(&[&torn], "sarif");
    let log: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(1));
    let (_, out) = run(&[&good, option, &other], "github");
    assert!(out.starts_with("::error file="), "{out}");
    assert_eq!(run(&[&folder.path().join("none.pdf")], "short").0, 2);
    assert_eq!(run(&[&good, &torn, option, &data], "short").0, 2);
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
    // The marks of a draft change neither figures nor structure.
    let found = verify(generator(), &paper.bytes, Some(&paper.checked)).expect("a readable PDF");
    let others: Vec<&Finding> = found
        .findings
        .iter()
        .filter(|finding| !["PDF-DRAFT", "T3-BALANCE"].contains(&finding.rule.as_str()))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    let broken = paper.checked.diagnostics.iter().find(|found| found.rule == "T3-BALANCE");
    let broken = broken.expect("the sum that fails");
    let format = paper.format();
    let place = |path: &str| {
        let index = format.cell_index(path).expect("a figure");
        Figures::locate(format, &paper.grids).found[&index].place.expect("a place")
    };
    let (page, bounds) = place(&broken.path);
    let (x, y) = bounds.centre();
    let marked = paper.pdf.pages[page - 1].areas.iter().any(|area| {
        let b = area.bounds;
        b.left < x && x < b.right && b.top < y && y < b.bottom && area.paint.components != [1.0]
    });
    assert!(marked, "no mark at {bounds:?} on page {page}");
}

#[test]
fn each_figure_that_differs_is_named_and_no_other() {
    let paper = example();
    for index in table_figures(paper.format()).step_by(9) {
        let mut checked = generator().check(&input(&example_text()));
        let report = checked.report.as_mut().expect("a report");
        report.figures[index].text = "9871".to_owned();
        let found =
            verify(generator(), &paper.bytes, Some(&checked)).expect("a readable PDF").findings;
        let [only] = found.as_slice() else { panic!("{found:#?}") };
        assert_eq!(only.path, paper.format().cells()[index].path);
        assert_eq!(only.expected.as_deref(), Some("9871"));
    }
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
    for word in ["没有结构标签", "没有标明文档语言", "没有找到年度报告的表格"]
    {
        assert!(found.findings.iter().any(|finding| finding.message.contains(word)), "{word}");
    }
}

#[test]
fn what_was_laid_over_a_page_is_noticed() {
    let cells = example().grids.iter().flat_map(|grid| &grid.cells);
    let mut fees = cells.filter(|cell| cell.value == "24.83");
    let (page, bounds) = fees.next().expect("the fees").place.expect("a place");
    let mut document = lopdf::Document::load_mem(&example().bytes).expect("a PDF");
    let id = document.page_iter().nth(page - 1).expect("the page");
    let (x, y) = (bounds.left / MM_PER_POINT, 841.89 - bounds.bottom / MM_PER_POINT);
    let over = format!("/Artifact BMC BT /f0 10 Tf {x} {y} Td <00010002> Tj ET EMC");
    document.add_page_contents(id, over.into_bytes()).expect("content");
    let stamp = lopdf::dictionary! { "Type" => "Annot", "Subtype" => "Stamp" };
    let dictionary = document.get_dictionary_mut(id).expect("the page");
    dictionary.set("Annots", vec![stamp.into()]);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("bytes");
    let found = verify(generator(), &bytes, None).expect("a readable PDF").findings;
    for word in ["批注或图章", "数字 24.83 上面还压着"] {
        let finding = found.iter().find(|finding| finding.message.contains(word));
        assert_eq!(finding.and_then(|finding| finding.page), Some(page), "{word}: {found:#?}");
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
pub(crate) fn foreign(content: &[u8], catalog: &str) -> Vec<u8> {
    let stream =
        [format!("<</Length {}>>stream\n", content.len()).as_bytes(), content, b"\nendstream"]
            .concat();
    let objects: [Vec<u8>; 9] = [
        format!("<</Type/Catalog/Pages 2 0 R {catalog}>>").into_bytes(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<</A 6 0 R>>/Font<</F 9 0 R>>>>>>".to_vec(),
        stream,
        b"<</Type/StructTreeRoot/K 5 0 R/S/P>>".to_vec(),
        b"<</Type/XObject/Subtype/Form/Length 11>>stream\n/A Do /A Do\nendstream".to_vec(),
        b"<</Kids[7 0 R 7 0 R 7 0 R]>>".to_vec(),
        b"<</Title(a)/First 8 0 R/Next 8 0 R>>".to_vec(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 65/Widths[600 600 600 600]>>".to_vec(),
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
    bytes.extend(
        format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1)
            .into_bytes(),
    );
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
