use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::fonts::Fonts;
use crate::report::Date;
use crate::world::{Layout, Project, Typesetter};

const MAIN: &str = r##"
#set document(title: "标题", author: "机关", date: auto)
#set text(font: ("FandolFang GB", "Noto Serif SC"), lang: "zh", region: "CN", fallback: false)
#set page(numbering: "1")
= 一、总体情况
正文
#table(columns: 2, table.header([列], [数]), [行], [1])
#pagebreak()
== （一）主动公开
第二页
"##;

fn typesetter() -> Typesetter {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    Typesetter::new(Fonts::load(&folder, None).expect("the shipped fonts load"))
}

fn report(main: &str) -> Project {
    let layout = Layout::new([("main.typ".to_owned(), main.to_owned())]).expect("valid paths");
    Project::new(Arc::new(layout), b"{}".to_vec())
}

fn document(main: &str) -> typst_layout::PagedDocument {
    typesetter().typeset(&report(main)).expect("a document")
}

fn identity() -> Identity {
    let date = Date { year: 2024, month: 1, day: 22 };
    Identity { agency: "某市某局".to_owned(), year: 2023, date }
}

fn standards(text: &str) -> Standards {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn standards_are_read_as_people_write_them() {
    assert_eq!(Standards::default().name(), "a-2a,ua-1");
    assert_eq!(standards("PDF/A-2a， UA1").labels(), ["PDF/A-2a", "PDF/UA-1"]);
    assert_eq!(standards("ua-1,1.7,ua-1").name(), "ua-1,1.7");
    let message = |text: &str| text.parse::<Standards>().err().map(|error| error.to_string());
    assert_eq!(
        message("a-2a,a-3a").as_deref(),
        Some("PDF/A-2a 和 PDF/A-3a 不能同时使用：PDF/A 标准只能选一个")
    );
    assert_eq!(
        message("a-4,ua-1").as_deref(),
        Some(
            "PDF/A-4 和 PDF/UA-1 不能同时使用：PDF/A-4 要求 PDF 2.0，PDF/UA-1 要求 PDF 1.4–1.7；请去掉其中一个"
        )
    );
    assert!(message("1.4,1.7").is_some_and(|text| text.contains("PDF 版本只能选一个")));
    assert!(message("a-9").is_some_and(|text| text.contains("没有“a-9”") && text.contains("a-2a")));
    assert!(message(" , ").is_some_and(|text| text.contains("没有给出")));
}

/// Our table of versions agrees with typst's: what we let through typst accepts, what we refuse it refuses.
#[test]
fn combinations_agree_with_typst() {
    for one in standard::all() {
        for other in standard::all() {
            let ours = format!("{},{}", one.0, other.0).parse::<Standards>();
            let theirs = typst_pdf::PdfStandards::new(&[one.1, other.1]);
            let same = one.0 == other.0;
            assert!(same || ours.is_ok() == theirs.is_ok(), "{},{}", one.0, other.0);
            assert!(!matches!(ours, Err(StandardsError::Refused(..))), "{},{}", one.0, other.0);
        }
    }
}

#[test]
fn the_same_bytes_every_time() {
    let first = pdf(&document(MAIN), &identity(), &Standards::default()).expect("a PDF");
    let again = pdf(&document(MAIN), &identity(), &Standards::default()).expect("a PDF");
    assert_eq!(first, again);
    let text = String::from_utf8_lossy(&first);
    assert!(text.contains("nianbao ") && text.contains("2024-01-22T00:00:00+08:00"));
    let other = Identity { year: 2022, ..identity() };
    assert_ne!(first, pdf(&document(MAIN), &other, &Standards::default()).expect("a PDF"));
}

#[test]
fn every_standard_declares_itself_or_says_why_not() {
    let document = document(MAIN);
    for name in Standards::names() {
        let standards = standards(name);
        let bytes = match pdf(&document, &identity(), &standards) {
            Ok(bytes) => bytes,
            Err(error) => panic!("{name}: {error}"),
        };
        let text = String::from_utf8_lossy(&bytes);
        let declared = match name.split_once('-') {
            Some(("a", level)) => text.contains(&format!("<pdfaid:part>{}<", &level[..1])),
            Some(_) => text.contains("<pdfuaid:part>1<"),
            None => text.starts_with(&format!("%PDF-{name}")),
        };
        assert!(declared, "{name}");
    }
}

#[test]
fn what_a_standard_forbids_is_said_in_chinese() {
    let error = |main: &str, name: &str| {
        let result = pdf(&document(main), &identity(), &standards(name));
        result.err().unwrap_or_else(|| panic!("{name} is satisfied")).to_string()
    };
    let clear = format!("{MAIN}\n#rect(fill: black.transparentize(50%))");
    assert!(error(&clear, "a-1b").contains("透明"), "{}", error(&clear, "a-1b"));
    let footer = error(MAIN, "ua-1,1.4");
    assert!(footer.contains("页脚标记") && footer.contains("改为 1.7"), "{footer}");
    let archive = error(MAIN, "a-1a,ua-1");
    assert!(archive.contains("请改用 a-2a,ua-1"), "{archive}");
    let glyph = error(
        "#set document(title: \"x\")\n#set text(font: \"FandolFang GB\", fallback: false)\n= 龘",
        "a-2a",
    );
    assert!(glyph.contains("有字符没有字体"), "{glyph}");
}

#[test]
fn an_impossible_date_is_an_error() {
    let date = Date { year: 2024, month: 2, day: 30 };
    let result = pdf(&document(MAIN), &Identity { date, ..identity() }, &Standards::default());
    assert!(result.err().is_some_and(|error| error.to_string().contains("2 月 30 日")));
}

#[test]
fn pages_become_pictures() {
    let document = document(MAIN);
    let picture = png(&document, 1, 0.5).expect("a picture");
    assert_eq!(&picture[1..4], b"PNG");
    assert!(svg(&document, 0).expect("a picture").starts_with("<svg"));
    assert!(png(&document, 2, 1.0).is_err_and(|error| error.to_string().contains("没有第 3 页")));
    for density in [0.0, -1.0, 11.0, f32::NAN, f32::INFINITY] {
        assert!(png(&document, 0, density).is_err(), "{density}");
    }
}

#[test]
fn the_project_says_how_to_compile_it() {
    let mut report = report(MAIN);
    report.add_picture("0.svg", b"<svg/>".to_vec()).expect("a plain name");
    let files = project(&report, &["/a b/fonts".to_owned()], &Standards::default());
    let paths: Vec<_> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["main.typ", "data.json", "pictures/0.svg", "说明.txt"]);
    let readme = String::from_utf8_lossy(&files[3].1);
    assert!(
        readme
            .contains("--font-path \"/a b/fonts\" --features a11y-extras --pdf-standard a-2a,ua-1")
    );
}
