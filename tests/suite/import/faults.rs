//! A fault in a table of a Word document is read right or named, never silently wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use nianbao::import::{self, Imported, Place};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::support::{generator, root};

/// What is done to a row of figures.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// A figure becomes another.
    Changed,
    /// The row is gone.
    Removed,
    /// Two cells become one that covers both columns.
    Merged,
    /// A cell is gone, so that those behind it move to the left.
    Shifted,
    /// A cell too many.
    Inserted,
    /// Two figures change places with their heads' order kept.
    Blanked,
    /// A character of the row's label is another.
    Misspelt,
}

const FAULTS: [Fault; 7] = [
    Fault::Changed,
    Fault::Removed,
    Fault::Merged,
    Fault::Shifted,
    Fault::Inserted,
    Fault::Blanked,
    Fault::Misspelt,
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("NIANBAO_IMPORT_FAULTS").ok().and_then(|n| n.parse().ok()).unwrap_or(60),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn seeded_faults_are_read_right_or_named(
        file in 0usize..3,
        fault in 0usize..FAULTS.len(),
        row in any::<prop::sample::Index>(),
        cell in any::<prop::sample::Index>(),
        value in 1000u32..9000,
    ) {
        let file = ["a--merged.docx", "c--merged.docx", "b--plain-headings.docx"][file];
        let original = Document::open(file);
        let before = read(&original.bytes());
        let mut broken = original.clone();
        let changed = broken.break_row(FAULTS[fault], &before, row, cell, value);
        let after = read(&broken.bytes());
        check(&before, &after, &changed)?;
    }
}

fn read(bytes: &[u8]) -> Imported {
    import::read(Path::new("a.docx"), bytes, generator().catalog()).expect("a report")
}

/// Every figure is what it was, or what it was changed to, or named.
fn check(
    before: &Imported,
    after: &Imported,
    changed: &BTreeMap<String, BTreeSet<String>>,
) -> Result<(), TestCaseError> {
    let named: BTreeSet<&String> =
        after.findings.iter().flat_map(|f| f.covers.iter().chain([&f.path])).collect();
    for (path, figure) in &before.figures {
        let was = figure.digits.clone().unwrap_or_default();
        let may_be = |digits: &str| {
            changed.get(path).map_or(digits == was, |values| values.contains(digits))
        };
        match after.figures.get(path) {
            Some(read) => {
                let digits = read.digits.clone().unwrap_or_default();
                // A cell that says something else is a finding of the check.
                let is_said = read.digits.is_none();
                prop_assert!(is_said || may_be(&digits), "{path}: {was} became {digits}");
            }
            None => prop_assert!(named.contains(path), "{path}: {was} is lost without a word"),
        }
    }
    Ok(())
}

/// The parts of a document; its text in pieces that can be changed.
#[derive(Clone)]
struct Document {
    parts: Vec<(String, Vec<u8>)>,
    text: String,
}

impl Document {
    fn open(name: &str) -> Self {
        let bytes = std::fs::read(root().join("tests/cases/import").join(name)).expect("a case");
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a document");
        let mut parts = Vec::new();
        let mut text = String::new();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).expect("a part");
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("its bytes");
            let name = part.name().expect("a name in UTF-8").into_owned();
            if name == "word/document.xml" {
                text = String::from_utf8(bytes).expect("UTF-8");
            } else {
                parts.push((name, bytes));
            }
        }
        Self { parts, text }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        let text = ("word/document.xml".to_owned(), self.text.clone().into_bytes());
        for (name, bytes) in self.parts.iter().chain([&text]) {
            writer.start_file(name.as_str(), options).expect("a part");
            writer.write_all(bytes).expect("its bytes");
        }
        writer.finish().expect("a file").into_inner()
    }

    /// Breaks a row of figures; returns what its figures may be now.
    fn break_row(
        &mut self,
        fault: Fault,
        before: &Imported,
        row: prop::sample::Index,
        cell: prop::sample::Index,
        value: u32,
    ) -> BTreeMap<String, BTreeSet<String>> {
        // Rows by table and number, each with its figures from the left.
        let mut rows: BTreeMap<(usize, usize), Vec<(usize, String)>> = BTreeMap::new();
        for (path, figure) in &before.figures {
            if let Place::Cell(table, row, column) = figure.place {
                rows.entry((table, row)).or_default().push((column, path.clone()));
            }
        }
        rows.values_mut().for_each(|figures| figures.sort());
        let keys: Vec<_> = rows.keys().copied().collect();
        let key = *row.get(&keys);
        let figures = &rows[&key];
        let at = cell.index(figures.len());
        let path = figures[at].1.clone();
        let (start, end) = span(&self.text, "<w:tbl>", "</w:tbl>", key.0 - 1);
        let table = self.text[start..end].to_owned();
        let (from, to) = span(&table, "<w:tr>", "</w:tr>", key.1 - 1);
        let old = table[from..to].to_owned();
        let cells = pieces(&old, "<w:tc>", "</w:tc>");
        // The figures are the last cells of their row.
        let first = cells.len() - figures.len();
        let cut = |cells: &[String]| {
            let head = &old[..old.find("<w:tc>").expect("a cell")];
            format!("{head}{}</w:tr>", cells.concat())
        };
        let mut cells = cells;
        let mut changed = BTreeMap::new();
        let new = match fault {
            Fault::Changed => {
                cells[first + at] = with_text(&cells[first + at], &value.to_string());
                changed.insert(path, BTreeSet::from([value.to_string()]));
                cut(&cells)
            }
            Fault::Removed => String::new(),
            Fault::Merged if at + 1 < figures.len() => {
                cells.remove(first + at + 1);
                cells[first + at] =
                    cells[first + at].replacen("<w:tcPr>", "<w:tcPr><w:gridSpan w:val=\"2\"/>", 1);
                cut(&cells)
            }
            Fault::Shifted | Fault::Merged => {
                cells.remove(first + at);
                cut(&cells)
            }
            Fault::Inserted => {
                let cell = with_text(&cells[first + at], "0");
                cells.insert(first + at, cell);
                cut(&cells)
            }
            Fault::Blanked => {
                cells[first + at] = with_text(&cells[first + at], "");
                cut(&cells)
            }
            Fault::Misspelt => {
                if first > 0 {
                    cells[first - 1] = misspelt(&cells[first - 1]);
                }
                cut(&cells)
            }
        };
        let table = format!("{}{new}{}", &table[..from], &table[to..]);
        self.text.replace_range(start..end, &table);
        changed
    }
}

/// Where the `number`th element stands.
fn span(text: &str, open: &str, close: &str, number: usize) -> (usize, usize) {
    let start = text.match_indices(open).nth(number).expect("as many elements").0;
    let end = start + text[start..].find(close).expect("its end") + close.len();
    (start, end)
}

fn pieces(text: &str, open: &str, close: &str) -> Vec<String> {
    let count = text.matches(open).count();
    (0..count).map(|at| span(text, open, close, at)).map(|(a, b)| text[a..b].to_owned()).collect()
}

fn with_text(cell: &str, text: &str) -> String {
    let start = cell.find("<w:t>").expect("text") + 5;
    let end = cell.find("</w:t>").expect("its end");
    format!("{}{text}{}", &cell[..start], &cell[end..])
}

/// The label with another character in its middle.
fn misspelt(cell: &str) -> String {
    let Some(start) = cell.find("<w:t>") else { return cell.to_owned() };
    let end = cell.find("</w:t>").expect("its end");
    let mut label: Vec<char> = cell[start + 5..end].chars().collect();
    let middle = label.len() / 2;
    if let Some(char) = label.get_mut(middle) {
        *char = '囗';
    }
    with_text(cell, &label.into_iter().collect::<String>())
}
