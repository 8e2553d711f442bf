//! Files that attack: each ends soon and in little memory, is named, and takes no other file with it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use nianbao::verify::pdf::{Pdf, Unreadable};
use tempfile::TempDir;

use crate::support::root;

/// What any of these files may take, with room for a slow machine; unbounded, each took minutes or all memory.
const SOON: Duration = Duration::from_secs(20);

fn example() -> String {
    fs::read_to_string(root().join("examples/xichang-2024.toml")).expect("the example")
}

/// The example with a text of its own in a field.
fn with_text(text: &str) -> String {
    let report = example().replacen(
        "proactive_disclosure = \"\"\"\n",
        &format!("proactive_disclosure = \"\"\"\n{text}\n"),
        1,
    );
    assert!(report.contains(text), "the example has no such field any more");
    report
}

fn run(folder: &Path, words: &[&str]) -> Output {
    let started = Instant::now();
    let output = Command::new(cargo_bin("nianbao")).current_dir(folder).args(words).output();
    assert!(started.elapsed() < SOON, "{words:?} took {:?}", started.elapsed());
    output.expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Checks a folder with one hostile data file between two ordinary ones; returns the exit code and what is said.
fn check_among_others(hostile: &str) -> (Option<i32>, String) {
    let folder = TempDir::new().expect("a folder");
    for (name, content) in [("a.toml", &*example()), ("b.toml", hostile), ("c.toml", &*example())] {
        fs::write(folder.path().join(name), content).expect("written");
    }
    let output = run(folder.path(), &["check", ".", "--message-format", "short"]);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("a.toml:") && said.contains("c.toml:"), "others are silent: {said}");
    (output.status.code(), said)
}

#[test]
fn nested_brackets_in_a_text_stop_nobody() {
    for text in ["（".repeat(30_000) + "甲" + &"）".repeat(30_000), "(".repeat(90_000)] {
        let (code, _) = check_among_others(&with_text(&text));
        assert_eq!(code, Some(0));
    }
}

#[test]
fn what_no_report_can_be_is_said_in_a_line() {
    let cases = [
        ("段。\n".repeat(100_000), "正文太长"),
        ("| 甲 | 乙 |\n| --- | --- |\n".to_owned() + &"| 1 | 2 |\n".repeat(10_000), "10002 行"),
        ("其中1件、".repeat(100_000), "正文太长"),
    ];
    for (text, message) in cases {
        let (code, said) = check_among_others(&with_text(&text));
        assert_eq!(code, Some(1), "{message}");
        assert!(said.contains(message), "{message}: {}", &said[..said.len().min(2000)]);
    }
}

#[test]
fn a_million_faulty_lines_are_counted_not_listed() {
    let (code, said) = check_among_others(&(example() + &"=\n".repeat(1_000_000)));
    assert_eq!(code, Some(1));
    assert!(said.contains("没有列出"), "{}", &said[..said.len().min(2000)]);
    assert!(said.len() < 200_000, "{} bytes", said.len());
}

#[test]
fn a_draft_lists_the_first_findings_and_counts_the_others() {
    let folder = TempDir::new().expect("a folder");
    let unknown: String = (0..100_000).map(|n| format!("x{n} = 1\n")).collect();
    fs::write(folder.path().join("a.toml"), unknown + &example()).expect("written");
    let output =
        run(folder.path(), &["build", "--draft", "-q", "--message-format", "short", "a.toml"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let pdf = fs::read(folder.path().join("a.pdf")).expect("a draft");
    let pages = Pdf::read(&pdf).expect("a PDF").pages;
    let printed: String = pages.iter().flat_map(|page| &page.runs).map(|run| &*run.text).collect();
    let printed = printed.replace(char::is_whitespace, "");
    assert!(printed.contains("没有列出") && pages.len() < 60, "{} pages", pages.len());
}

/// A PNG file that claims a size and holds nothing.
fn hollow_png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    drop(encoder.write_header().expect("a head"));
    bytes
}

#[test]
fn a_picture_that_claims_thousands_of_millions_of_pixels_is_a_finding() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("bomb.png"), hollow_png(i32::MAX as u32, 1)).expect("written");
    fs::write(path("wide.png"), hollow_png(60_000, 60_000)).expect("written");
    let nested: String = (1..40)
        .map(|n| format!("<g id='a{n}'><use href='#a{}'/><use href='#a{}'/></g>", n - 1, n - 1))
        .collect();
    let drawing = format!("<svg xmlns='http://www.w3.org/2000/svg'><g id='a0'/>{nested}</svg>");
    fs::write(path("doubling.svg"), drawing).expect("written");
    for picture in ["bomb.png", "wide.png", "doubling.svg"] {
        fs::write(path("a.toml"), with_text(&format!("![图]({picture})"))).expect("written");
        for command in [&["check", "a.toml"][..], &["build", "a.toml"]] {
            let output = run(folder.path(), command);
            let said = text(&output.stdout);
            assert_eq!(output.status.code(), Some(1), "{picture}: {said}{}", text(&output.stderr));
            assert!(said.contains("PICTURE") && said.contains(picture), "{said}");
        }
        let output = run(folder.path(), &["batch", ".", "-o", "out", "--message-format", "json"]);
        assert!(text(&output.stdout).contains("a.toml"), "{}", text(&output.stderr));
        assert!(output.status.code().is_some(), "batch was killed");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_where_a_file_should_be_is_not_waited_for() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("a.toml"), with_text("![图](pipe.png)")).expect("written");
    for name in ["pipe.png", "pipe.toml", "pipe.pdf"] {
        let made = Command::new("mkfifo").arg(folder.path().join(name)).status().expect("mkfifo");
        assert!(made.success());
    }
    for command in [
        &["check", "a.toml"][..],
        &["check", "."],
        &["check", "pipe.toml"],
        &["build", "pipe.toml"],
        &["batch", ".", "-o", "out"],
        &["verify", "pipe.pdf"],
        &["check", "a.toml", "--previous", "pipe.toml"],
    ] {
        assert!(
            run(folder.path(), command).status.code().is_some_and(|code| code > 0),
            "{command:?}"
        );
    }
}

/// A PDF of numbered objects; the first is the catalog, the second the page tree with object 3 as its page.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", at + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    let end = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    bytes.extend(end.bytes());
    bytes
}

fn deflated(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut stream = lopdf::Stream::new(lopdf::Dictionary::new(), content.to_vec());
    stream.compress().expect("compressed");
    let packed = stream.content;
    let length = packed.len();
    let mut object =
        format!("<< {dictionary} /Filter /FlateDecode /Length {length} >>\nstream\n").into_bytes();
    object.extend(packed);
    object.extend(b"\nendstream");
    object
}

fn page_of(contents: &str, resources: &str, more: Vec<Vec<u8>>) -> Vec<u8> {
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} /Resources {resources} >>"
    );
    let head = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        page,
    ];
    pdf(&head.into_iter().map(String::into_bytes).chain(more).collect::<Vec<_>>())
}

#[test]
fn pdfs_that_unfold_without_end_are_refused_soon() {
    let ten_megabytes = b"0 0 m 9 9 l S\n".repeat(800_000);
    let named_often = page_of(
        &format!("[{}]", "4 0 R ".repeat(100)),
        "<< >>",
        vec![deflated("", &ten_megabytes)],
    );
    let operators = page_of("4 0 R", "<< >>", vec![deflated("", &b"q Q\n".repeat(4_000_000))]);
    // Made by hand, as a fuzzer would keep it.
    let doubling = fs::read(root().join("fuzz/seeds/verify/doubling-forms.pdf")).expect("kept");
    for (name, bytes) in
        [("named often", named_often), ("operators", operators), ("doubling forms", doubling)]
    {
        assert!(bytes.len() < 200_000, "{name}: {} bytes", bytes.len());
        let started = Instant::now();
        let result = Pdf::read(&bytes);
        assert_eq!(result.err(), Some(Unreadable::Exhausting), "{name}");
        assert!(started.elapsed() < SOON, "{name}: {:?}", started.elapsed());
    }
}

#[test]
fn maps_to_very_long_texts_are_cut_short() {
    let long = "0041".repeat(50_000);
    let map = format!("1 beginbfrange <0000> <FFFF> <{long}> endbfrange");
    let font =
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /ToUnicode 6 0 R /DescendantFonts [] >>";
    let shown = format!("BT /F 9 Tf <{}> Tj ET", "0001".repeat(50_000));
    let bytes = page_of(
        "4 0 R",
        "<< /Font << /F 5 0 R >> >>",
        vec![
            deflated("", shown.as_bytes()),
            font.as_bytes().to_vec(),
            deflated("", map.as_bytes()),
        ],
    );
    let read = Pdf::read(&bytes).expect("a readable PDF");
    let length: usize = read.pages[0].runs.iter().map(|run| run.text.len()).sum();
    assert!(length < 1_000_000, "{length} bytes of text");
}

#[test]
fn what_a_file_says_cannot_act_on_a_terminal_or_a_build_server() {
    let folder = TempDir::new().expect("a folder");
    let nasty = "\u{1B}]52;c;eA==\u{7}\u{202E}\u{9B}2J::error::x ##[error]x";
    let utf16: String = nasty.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let name = "::error file=x,line=1::\u{1B}[2J\u{202E}.pdf";
    let mut bytes = page_of("4 0 R", "<< >>", vec![deflated("", b"")]);
    let info = format!("/Root 1 0 R /Info << /Title <FEFF{utf16}> >>");
    bytes = replaced(&bytes, b"/Root 1 0 R", info.as_bytes());
    fs::write(folder.path().join(name), bytes).expect("written");
    fs::write(folder.path().join(name.replace(".pdf", ".toml")), example()).expect("written");
    for form in ["human", "short", "json", "sarif", "github"] {
        for command in [&["verify", name][..], &["check", "."]] {
            let output = run(folder.path(), &[command, &["--message-format", form]].concat());
            let said = text(&output.stdout) + &text(&output.stderr);
            let acts = |c: char| c != '\n' && nianbao::harmless::is_hidden(c);
            assert!(!said.contains(acts), "{form} {command:?}: {said:?}");
            assert!(!said.contains("##["), "{form} {command:?}: {said:?}");
            let is_order = |line: &str| line.trim_start().starts_with("::error file=x");
            assert!(!said.lines().any(is_order), "{form} {command:?}: {said}");
        }
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|part| part == from).expect("what to replace");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}
