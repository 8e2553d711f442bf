//! Formats are data: a new one is a folder and no Rust.

use std::fs;
use std::path::Path;

use nianbao::export::Standards;
use nianbao::generator::{Config, Generator, Input};
use nianbao::verify::pdf::Pdf;

use crate::support::{findings, generator, root};

const FORMAT: &str = r#"
id = "2030"
extends = "2021"
name = "试验格式"
years = { from = 2030 }

[[part]]
key = "other_matters"
heading = "六、其他事项和附则"
"#;

const SCHEMA: &str = r#"
[[table]]
key = "requests"

[[table.section]]
key = "requests"

[[table.section.row]]
key = "other.transferred"
label = "4.移送其他机关办理"
under = ["results", "other"]
after = "other.misc"

[[table.section.row]]
key = "not_processed.publication"
remove = true
"#;

const RULES: &str = r#"
[[rule]]
code = "T4-SUM"
level = "warning"
message = "“{{ row }}”四项相加是 {{ computed }}，不是 {{ reported }}"
"#;

fn new_format(folder: &Path) {
    let folder = folder.join("2030");
    fs::create_dir(&folder).expect("a new folder");
    for (name, text) in [("format.toml", FORMAT), ("schema.toml", SCHEMA), ("rules.toml", RULES)] {
        fs::write(folder.join(name), text).expect("a writable folder");
    }
}

fn sample() -> String {
    let sample = fs::read_to_string(root().join("templates/2021/sample.toml")).expect("a sample");
    sample
        .replace("publication = 0\n", "")
        .replace("misc = 0\n", "misc = 0\ntransferred = [0, 0, 0, 0, 0, 0]\n")
        .replace("year = 2023", "year = 2030")
        .replace("2024-01-18", "2031-01-18")
        .replace("2023年", "2030年")
}

fn input(text: String) -> Input {
    Input { path: "report.toml".into(), bytes: text.into_bytes(), ..Input::default() }
}

/// The text of a PDF without spaces.
fn text_of(pdf: &[u8]) -> String {
    let pdf = Pdf::read(pdf).expect("a readable PDF");
    let runs = pdf.pages.iter().flat_map(|page| &page.runs);
    runs.flat_map(|run| run.text.chars()).filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn a_third_format_needs_no_code() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    new_format(folder.path());
    let config = Config {
        templates: Some(folder.path().to_owned()),
        fonts: root().join("fonts"),
        ..Config::default()
    };
    let generator = Generator::new(&config).expect("the new format loads");

    let checked = generator.check(&input(sample()));
    assert_eq!(checked.format().map(|format| format.id()), Some("2030"));
    assert_eq!(findings(&checked), Vec::<String>::new());

    let typeset = generator.typeset(&checked, false).expect("an official document");
    let pdf = typeset.pdf(&Standards::default()).expect("a conformant PDF");
    let text = text_of(&pdf);
    for label in ["六、其他事项和附则", "4.移送其他机关办理", "3.其他"] {
        assert!(text.contains(label), "{label} stands in the PDF");
    }
    for label in ["六、其他需要报告的事项", "3.要求提供公开出版物"] {
        assert!(!text.contains(label), "{label} is gone");
    }

    let wrong =
        sample().replace("reconsideration = [1, 0, 0, 0, 1]", "reconsideration = [1, 0, 0, 0, 2]");
    let checked = generator.check(&input(wrong));
    assert_eq!(findings(&checked), ["warning T4-SUM appeals.reconsideration.total 2 1"]);
    assert_eq!(checked.diagnostics[0].message, "“行政复议”四项相加是 1，不是 2");
}

#[test]
fn mistakes_in_a_format_name_their_file() {
    for (file, text, wanted) in [
        ("schema.toml", "[[table", "2030/schema.toml"),
        (
            "format.toml",
            "id = \"2031\"\nextends = \"2021\"\nname = \"x\"\nyears = { from = 2030 }\n",
            "不一致",
        ),
        (
            "format.toml",
            "id = \"2030\"\nextends = \"1999\"\nname = \"x\"\nyears = { from = 2030 }\n",
            "1999",
        ),
        (
            "format.toml",
            "id = \"2030\"\nextends = \"2030\"\nname = \"x\"\nyears = { from = 2030 }\n",
            "互相引用",
        ),
        ("rules.toml", "[[rule]]\ncode = \"X\"\nlevel = \"fatal\"\nkind = \"form\"\n", "level"),
        (
            "rules.toml",
            "[[rule]]\ncode = \"X\"\nlevel = \"error\"\nkind = \"row-sum\"\ntable = \"none\"\n",
            "none",
        ),
        (
            "rules.toml",
            "[[rule]]\ncode = \"X\"\nlevel = \"error\"\nkind = \"form\"\nmessage = \"{{ a\"\n",
            "rules.toml",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        new_format(folder.path());
        fs::write(folder.path().join("2030").join(file), text).expect("a writable folder");
        let config = Config {
            templates: Some(folder.path().to_owned()),
            fonts: root().join("fonts"),
            ..Config::default()
        };
        let message = Generator::new(&config).err().map(|failure| failure.to_string());
        let message = message.unwrap_or_else(|| panic!("{text} is refused"));
        assert!(message.contains(wanted), "{message}");
    }
}

#[test]
fn every_format_is_complete() {
    for format in generator().catalog().formats() {
        for rule in &format.rules {
            assert!(!rule.summary.is_empty(), "{} {} has a summary", format.id(), rule.code);
            assert!(!rule.basis.is_empty(), "{} {} has a basis", format.id(), rule.code);
        }
        for file in ["main.typ.j2", "layout.typ", "sample.toml", "PROVENANCE.md"] {
            assert!(format.files.contains_key(file), "{} has {file}", format.id());
        }
    }
}
