//! Files made to break a reader are refused with their reason, and soon.

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use nianbao::import::{self, Refusal};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::generator;

/// No file may take longer; the machine may be busy.
const LONGEST: Duration = Duration::from_secs(20);

fn refusal(name: &str, bytes: &[u8]) -> Refusal {
    let begun = Instant::now();
    let read = import::read(Path::new(name), bytes, generator().catalog());
    assert!(begun.elapsed() < LONGEST, "{name}: {:?}", begun.elapsed());
    read.map(|imported| imported.account).expect_err(name)
}

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a part");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("a file").into_inner()
}

fn document(body: &str) -> Vec<u8> {
    let text = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    package(&[("word/document.xml", text.as_bytes())])
}

#[test]
fn a_part_that_unfolds_without_end_is_refused() {
    let zeros = vec![b' '; 80 << 20];
    let bytes = package(&[("word/document.xml", &zeros)]);
    assert!(bytes.len() < 1 << 20);
    assert!(refusal("bomb.docx", &bytes).reason.contains("解压"), "{}", refusal("b.docx", &bytes));
    let sheet = package(&[
        ("xl/worksheets/sheet1.xml", &zeros),
        ("xl/a.xml", &zeros),
        ("xl/b.xml", &zeros),
    ]);
    assert!(refusal("bomb.xlsx", &sheet).reason.contains("解压"));
}

#[test]
fn deep_and_growing_xml_is_refused() {
    let deep = "<w:a>".repeat(5_000) + &"</w:a>".repeat(5_000);
    assert!(refusal("deep.docx", &document(&deep)).reason.contains("嵌套"));
    let nested = "<w:tbl><w:tr><w:tc>".repeat(400) + &"</w:tc></w:tr></w:tbl>".repeat(400);
    assert!(refusal("nested.docx", &document(&nested)).reason.contains("嵌套"));
    let laughs = "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w:document><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>";
    let bytes = package(&[("word/document.xml", laughs.as_bytes())]);
    assert!(refusal("laughs.docx", &bytes).reason.contains("文档类型"));
    assert!(
        refusal("entity.docx", &document("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"))
            .reason
            .contains("实体")
    );
}

#[test]
fn tables_of_a_million_cells_are_refused() {
    let row = "<w:tr>".to_owned() + &"<w:tc><w:p/></w:tc>".repeat(500) + "</w:tr>";
    let table = format!("<w:tbl>{}</w:tbl>", row.repeat(2_000));
    assert!(refusal("cells.docx", &document(&table)).reason.contains("格"));
    let page =
        format!("<table>{}</table>", format!("<tr>{}</tr>", "<td>1".repeat(500)).repeat(2_000));
    assert!(refusal("cells.html", page.as_bytes()).reason.contains("格"));
    let wide = "<table><tr><td colspan=1000000 rowspan=1000000>1</td><td>2</td></tr></table>";
    refusal("wide.html", wide.as_bytes());
    let lines = "1,".repeat(400) + "\n";
    assert!(refusal("cells.csv", lines.repeat(2_500).as_bytes()).reason.contains("格"));
}

#[test]
fn encrypted_and_old_files_say_what_to_do() {
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.resize(2_048, 0);
    assert!(refusal("old.docx", &bytes).help.contains("另存为"));
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert!(refusal("secret.docx", &bytes).reason.contains("密码"));
    assert!(refusal("old.doc", b"x").help.contains("docx"));
}

#[test]
fn torn_files_are_refused_wherever_they_are_torn() {
    for name in ["a--merged.docx", "a--sheets.xlsx", "a--weasyprint.pdf"] {
        let path = crate::support::root().join("tests/cases/import").join(name);
        let whole = std::fs::read(path).expect("a case");
        for part in [1usize, 10, 50, 90, 99] {
            let torn = &whole[..whole.len() * part / 100];
            // A PDF without its end may still show its pages; then every figure must be there or named.
            let begun = Instant::now();
            let read = import::read(Path::new(name), torn, generator().catalog());
            assert!(begun.elapsed() < LONGEST, "{name} {part}");
            if let Ok(imported) = read {
                assert!(name.ends_with("pdf"), "{name} {part}: {}", imported.account);
            }
        }
    }
}

#[test]
fn pages_with_tags_without_end_are_refused() {
    let open = "<div>".repeat(300_000);
    assert!(refusal("open.html", open.as_bytes()).reason.contains("标签"));
    let bold = "<b>".repeat(100_000);
    refusal("bold.html", bold.as_bytes());
    refusal("empty.html", b"   ");
    refusal("none.txt", "没有表格的一段话。".as_bytes());
}

#[test]
fn pdf_streams_that_unfold_without_end_are_refused() {
    // A stream of 200 MB of zeros, deflated.
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0u8; 1 << 20];
    for _ in 0..200 {
        encoder.write_all(&zeros).expect("deflates");
    }
    let data = encoder.finish().expect("deflates");
    let mut pdf =
        format!("%PDF-1.7\n1 0 obj\n<</Filter /FlateDecode /Length {}>>\nstream\n", data.len())
            .into_bytes();
    pdf.extend(&data);
    pdf.extend(b"\nendstream\nendobj\ntrailer <</Root 1 0 R>>\n");
    assert!(refusal("bomb.pdf", &pdf).reason.contains("解压"));
    assert!(refusal("none.pdf", b"hello").reason.contains("PDF"));
}
