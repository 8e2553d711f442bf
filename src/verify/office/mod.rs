//! Reading Word documents, web pages, workbooks and CSV back: whether what was handed in or stands on a website is
//! what the data file says.
//!
//! In: the bytes of a file that this program or another made, and, when there is one, the report it should show. Out:
//! a [`FileVerification`]. The file is read as any foreign report is ([`import`](crate::import)): figures by their labels,
//! texts in reading order, each with the place a person can go to. What stands around a report on a web page is passed
//! over.

mod contents;
pub mod print;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::figures::{Figures, Printed, labels, table_figures};
use super::tables::squeezed;
use super::{Finding, Original, compare};
use crate::diagnostic::Level;
use crate::format::Format;
use crate::generator::{Checked, Generator};
use crate::import::{self, Draft, Imported, ImportedFigure, Kind};
use crate::number::Number;

use contents::Contents;

/// What reading a file back has shown.
#[derive(Debug, Clone, Serialize)]
pub struct FileVerification {
    /// What kind of file it is, for people.
    pub kind: &'static str,
    /// The title that stands in it.
    pub title: Option<String>,
    /// Id of the format whose figures it holds.
    pub format: Option<String>,
    /// Number of figures of the form that were found in their cells.
    pub figures: usize,
    /// Number of figures that the form has.
    pub wanted: usize,
    /// Number of texts that were found, when there was a data file and the file holds texts.
    pub texts: Option<usize>,
    /// Everything that is not as it should be.
    pub findings: Vec<Located>,
}

/// A finding with the place in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Located {
    /// What is wrong.
    #[serde(flatten)]
    pub finding: Finding,
    /// Where, as people find it: `表3 第7行第4列`, `第17段`; empty for the file as a whole.
    pub place: String,
}

impl FileVerification {
    /// Number of findings of level error.
    pub fn errors(&self) -> usize {
        self.count(Level::Error)
    }

    /// Number of findings of level warning.
    pub fn warnings(&self) -> usize {
        self.count(Level::Warning)
    }

    fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|found| found.finding.level == level).count()
    }
}

/// Whether a file is one that is read here, by its name.
pub fn is_office(path: &Path) -> bool {
    Kind::of(path).is_some_and(|kind| kind != Kind::Pdf)
}

/// Reads a file and says everything that is not as it should be; with a report, also what differs from it.
///
/// # Errors
/// Why the file cannot be read, with what to do.
pub fn verify(
    generator: &Generator,
    path: &Path,
    bytes: &[u8],
    original: Option<&Checked>,
) -> Result<FileVerification, String> {
    let kind = Kind::of(path).ok_or("不认得这种文件")?;
    let refused = |refusal: import::Refusal| refusal.to_string();
    let draft = import::draft(kind, bytes).map_err(refused)?;
    let format = original.and_then(|checked| checked.report.as_ref()).map(|r| r.format.clone());
    let options = import::Options {
        format: format.as_ref().map(|format| format.id().to_owned()),
        stem: None,
    };
    let imported =
        import::read_with(path, bytes, generator.catalog(), &options).map_err(refused)?;
    let original = original.and_then(|checked| {
        let report = checked.report.as_ref()?;
        let document = generator.document(checked, false)?.model;
        Some(Original { checked, report, document })
    });
    let format = format.unwrap_or_else(|| Arc::clone(&imported.format));
    let mut figures = figures(&format, &imported, &draft, original.as_ref());
    if let Some(original) = original.as_ref().filter(|_| is_workbook(kind)) {
        as_written(&mut figures, original);
    }
    let contents = Contents::of(kind, &draft);
    let mut findings = Vec::new();
    compare::form(&format, &figures, &mut findings);
    compare::rules(generator, &format, &figures, &mut findings);
    if let Some(original) = &original {
        compare::with_report(original, &figures, &mut findings);
    }
    let places = places(&imported.figures);
    let mut located: Vec<Located> = findings
        .into_iter()
        .map(|finding| {
            let place = places.get(&finding.path).cloned().unwrap_or_default();
            Located { finding: renamed(finding), place }
        })
        .collect();
    located.extend(doubts(kind, &imported));
    let texts = match &original {
        Some(original) if contents.has_texts() => Some(contents.compare(original, &mut located)),
        _ => None,
    };
    Ok(FileVerification {
        kind: label(kind),
        title: Some(imported.texts.title.clone()).filter(|title| !title.is_empty()),
        figures: figures.found.len(),
        wanted: table_figures(&format).count(),
        format: (!figures.found.is_empty()).then(|| format.id().to_owned()),
        texts,
        findings: located,
    })
}

fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Docx => "Word 文档",
        Kind::Xlsx | Kind::Xls | Kind::Ods => "工作簿",
        Kind::Csv => "CSV 表格",
        Kind::Html => "网页",
        Kind::Pdf => "PDF",
        Kind::Txt => "文本",
        Kind::Old => "旧格式的文档",
    }
}

/// The figures as a PDF's are: what stands under the labels of each.
fn figures(
    format: &Format,
    imported: &Imported,
    draft: &Draft,
    original: Option<&Original<'_>>,
) -> Figures {
    let mut figures = Figures::default();
    for index in table_figures(format) {
        let Some(found) = imported.figures.get(&format.cells()[index].path) else { continue };
        figures.found.insert(index, printed(found));
    }
    let mut present: BTreeMap<String, usize> = BTreeMap::new();
    for cell in contents::cells(draft) {
        *present.entry(squeezed(&cell.text)).or_default() += 1;
    }
    // 总计 and its like stand over several groups: as often as on the pages.
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for text in original.into_iter().flat_map(|original| contents::labels(original)) {
        *wanted.entry(text).or_default() += 1;
    }
    for label in labels(format) {
        let least = wanted.get(&label).copied().unwrap_or(1);
        let is_there = present.get(&label).is_some_and(|count| *count >= least);
        if !is_there && !figures.missing_labels.contains(&label) {
            figures.missing_labels.push(label);
        }
    }
    figures
}

fn is_workbook(kind: Kind) -> bool {
    matches!(kind, Kind::Xlsx | Kind::Xls | Kind::Ods)
}

/// A workbook keeps numbers, not their digits: 24.80 is 24.8 there and shown with both decimals.
fn as_written(figures: &mut Figures, original: &Original<'_>) {
    for (index, printed) in &mut figures.found {
        let Some(figure) = original.report.figures.get(*index) else { continue };
        let number = Number::parse(&printed.value).ok();
        if number.is_some_and(|number| Some(number.value) == figure.value()) {
            printed.value.clone_from(&figure.text);
        }
    }
}

fn printed(found: &ImportedFigure) -> Printed {
    let note = found.note.as_deref().map(squeezed).unwrap_or_default();
    let value = found.digits.clone().unwrap_or_else(|| squeezed(&found.text));
    Printed { value, note, place: None, grid: 0, cell: (0, 0) }
}

fn places(figures: &BTreeMap<String, ImportedFigure>) -> BTreeMap<String, String> {
    figures.iter().map(|(path, found)| (path.clone(), found.place.to_string())).collect()
}

/// The findings about figures and texts have names of their own here: the file is no PDF.
fn renamed(finding: Finding) -> Finding {
    match finding.rule.strip_prefix("PDF-") {
        Some(rule) => Finding { rule: format!("FILE-{rule}"), ..finding },
        None => finding,
    }
}

/// What the reader was not sure of. Figures that are missing are named already; pictures of a website lie beside its
/// pages.
fn doubts(kind: Kind, imported: &Imported) -> Vec<Located> {
    let is_doubt = |found: &&import::ImportFinding| {
        let is_known =
            found.rule == "IMPORT-MISSING" || (found.rule == "IMPORT-LOST" && kind == Kind::Html);
        found.level >= Level::Warning && !is_known
    };
    let located = |found: &import::ImportFinding| Located {
        finding: Finding::new(found.rule, found.level, &*found.message).at(&found.path),
        place: found.place.to_string(),
    };
    imported.findings.iter().filter(is_doubt).map(located).collect()
}
