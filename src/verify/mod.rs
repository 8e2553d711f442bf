//! Reading finished PDFs back: a clerk's last check before upload, and an auditor's.
//!
//! In: the bytes of a PDF that this program made, the formats, and, when there is one, the report it was made
//! from. Out: a [`Verification`]: which standards the file declares, whether its structure is intact, and whether
//! its figures and texts are those of the report and add up. Figures are found by the tags and places in the
//! file; there is no hidden copy of the data.

mod again;
pub mod attachment;
mod compare;
pub mod figures;
pub mod foreign;
pub mod integrity;
mod look;
pub mod office;
pub mod painted;
pub mod pdf;
mod placement;
pub mod print;
mod redrawn;
pub mod rendered;
pub mod tables;
pub mod texts;

use std::sync::Arc;

use serde::Serialize;

use crate::diagnostic::Level;
use crate::export::Standards;
use crate::generator::{Checked, Generator};
use crate::report::Report;

use figures::Figures;
use look::Look;
use pdf::{Pdf, Unreadable};
use tables::Grid;

/// A report that a PDF is compared with.
struct Original<'a> {
    checked: &'a Checked,
    report: &'a Report,
    document: crate::document::Model,
}

/// What reading a PDF back has shown.
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    /// Title of the document.
    pub title: Option<String>,
    /// Number of pages.
    pub pages: usize,
    /// Standards that it declares, such as `PDF/A-2a`.
    pub standards: Vec<String>,
    /// Whether it is a draft.
    pub draft: bool,
    /// Id of the format whose figures it holds.
    pub format: Option<String>,
    /// Number of figures of the form that were found in their cells.
    pub figures: usize,
    /// Number of figures that the form has.
    pub wanted: usize,
    /// Number of texts that were found, when there was a data file.
    pub texts: Option<usize>,
    /// Whether pages count as colour on a printer.
    pub color_pages: Vec<usize>,
    /// The program that it says made it.
    pub creator: Option<String>,
    /// Whether its pages are those that this program sets.
    pub own_layout: bool,
    /// What looking at its pages has shown, in Chinese.
    pub seen: String,
    /// What could not be decided, in Chinese.
    pub undecided: Vec<String>,
    /// Everything that is not as it should be.
    pub findings: Vec<Finding>,
}

/// What may be said of a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// 核验通过: it is what this program would make.
    Passed,
    /// 数字一致（非本程序版面）: its figures are right, its pages are another program's.
    FiguresOnly,
    /// 核验不通过.
    Failed,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Code: `PDF-FIGURE`, `PDF-LABEL`, `PDF-TEXT`, `PDF-STRUCTURE`, `PDF-STANDARD`, or that of a rule of the form.
    pub rule: String,
    /// How serious it is.
    #[serde(serialize_with = "level_name")]
    pub level: Level,
    /// What is wrong, in Chinese.
    pub message: String,
    /// Page, from 1, where it has one.
    pub page: Option<usize>,
    /// Dotted path of the figure or text; empty for the file as a whole.
    pub path: String,
    /// What the PDF says.
    pub printed: Option<String>,
    /// What it should say.
    pub expected: Option<String>,
    /// Line of the data file that says otherwise, from 1.
    pub line: Option<usize>,
}

impl Verification {
    /// What may be said of it.
    pub fn verdict(&self) -> Verdict {
        match (self.errors(), self.own_layout) {
            (0, true) => Verdict::Passed,
            (0, false) => Verdict::FiguresOnly,
            _ => Verdict::Failed,
        }
    }

    /// Number of findings of level error.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.level == Level::Error).count()
    }

    /// Number of findings of level warning.
    pub fn warnings(&self) -> usize {
        self.findings.iter().filter(|finding| finding.level == Level::Warning).count()
    }
}

impl Finding {
    fn new(rule: &str, level: Level, message: impl Into<String>) -> Self {
        Self {
            rule: rule.to_owned(),
            level,
            message: message.into(),
            page: None,
            path: String::new(),
            printed: None,
            expected: None,
            line: None,
        }
    }

    fn on(mut self, page: Option<usize>) -> Self {
        self.page = page;
        self
    }

    fn at(mut self, path: &str) -> Self {
        self.path = path.to_owned();
        self
    }

    fn values(mut self, printed: impl Into<String>, expected: impl Into<String>) -> Self {
        self.printed = Some(printed.into());
        self.expected = Some(expected.into());
        self
    }
}

/// How a PDF was made, as far as it does not say so itself, and what it is compared with.
#[derive(Clone, Default)]
pub struct Request<'a> {
    /// The report that it should show.
    pub original: Option<&'a Checked>,
    /// The standards that it was made by; those that it declares when none are given.
    pub standards: Option<Standards>,
    /// Whether it is meant to be a draft.
    pub draft: bool,
}

/// Reads a PDF and says everything that is not as it should be; with a report, also what differs from it.
///
/// # Errors
/// A file that is no whole, readable, unprotected PDF.
pub fn verify(
    generator: &Generator,
    bytes: &[u8],
    original: Option<&Checked>,
) -> Result<Verification, Unreadable> {
    verify_as(generator, bytes, &Request { original, ..Request::default() })
}

/// The same for a PDF that was made in another way than by default.
///
/// # Errors
/// As [`verify`].
pub fn verify_as(
    generator: &Generator,
    bytes: &[u8],
    request: &Request<'_>,
) -> Result<Verification, Unreadable> {
    let pdf = Pdf::read(bytes)?;
    let grids = Grid::all(&pdf);
    let original = request.original.and_then(|checked| {
        let report = checked.report.as_ref()?;
        let document = generator.document(checked, is_draft(&pdf))?.model;
        Some(Original { checked, report, document })
    });
    let located = match &original {
        Some(original) => Some((
            Arc::clone(&original.report.format),
            Figures::locate(&original.report.format, &grids),
        )),
        None => Figures::recognise(generator.catalog().formats(), &grids),
    };
    let mut findings = structure(&pdf, &grids, request.draft);
    let mut texts = None;
    match &located {
        None => findings.push(Finding::new(
            "PDF-FIGURE",
            Level::Error,
            "没有找到年度报告的表格：这份 PDF 不是本程序生成的，或者结构标签已经丢失",
        )),
        Some((format, figures)) => {
            compare::form(format, figures, &mut findings);
            compare::rules(generator, format, figures, &mut findings);
            if let Some(original) = &original {
                compare::with_report(original, figures, &mut findings);
                texts = Some(compare::texts(original, &pdf, &mut findings));
                compare::boxes(original, &pdf, &grids, &mut findings);
            }
        }
    }
    let known = located.as_ref().map(|(format, figures)| (format.as_ref(), figures));
    let look = Look { generator, bytes, pdf: &pdf, grids: &grids, figures: known };
    let seen = look.at(original.as_ref(), request, &mut findings);
    findings.sort_by_key(|finding| (finding.page.is_some(), finding.page));
    let mut verification = Verification {
        title: pdf.title.clone().or_else(|| pdf.xmp.as_ref()?.title.clone()),
        pages: pdf.pages.len(),
        standards: pdf.xmp.as_ref().map(|xmp| xmp.standards()).unwrap_or_default(),
        draft: is_draft(&pdf),
        figures: located.as_ref().map_or(0, |(_, figures)| figures.found.len()),
        wanted: located.as_ref().map_or(0, |(format, _)| figures::table_figures(format).count()),
        format: located.map(|(format, _)| format.id().to_owned()),
        texts,
        color_pages: color_pages(&pdf),
        creator: pdf.creator.clone(),
        own_layout: seen.own_layout,
        seen: seen.words,
        undecided: seen.undecided,
        findings,
    };
    look::cut(&mut verification);
    Ok(verification)
}

fn structure(pdf: &Pdf, grids: &[Grid], draft: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let standards = pdf.xmp.as_ref().map(|xmp| xmp.standards()).unwrap_or_default();
    if !standards.iter().any(|standard| standard.starts_with("PDF/A")) {
        findings.push(Finding::new(
            "PDF-STANDARD",
            Level::Warning,
            "没有声明 PDF/A：不宜作为长期保存的档案",
        ));
    }
    if !standards.iter().any(|standard| standard.starts_with("PDF/UA")) {
        findings.push(Finding::new(
            "PDF-STANDARD",
            Level::Warning,
            "没有声明 PDF/UA：没有保证无障碍阅读",
        ));
    }
    if draft && !is_draft(pdf) {
        findings.push(Finding::new(
            "PDF-DRAFT",
            Level::Error,
            "这不是草稿；核验正式文件请去掉 --draft",
        ));
    }
    if is_draft(pdf) && !draft {
        findings.push(Finding::new(
            "PDF-DRAFT",
            Level::Error,
            "这是草稿：每页都有“草稿”字样，不能公布",
        ));
    }
    for intruder in &pdf.intruders {
        let finding = Finding::new("PDF-FOREIGN", Level::Error, intruder.message.clone());
        findings.push(finding.on(intruder.page));
    }
    for flaw in integrity::inspect(pdf, grids) {
        findings.push(Finding::new("PDF-STRUCTURE", Level::Error, flaw.message).on(flaw.page));
    }
    findings
}

fn is_draft(pdf: &Pdf) -> bool {
    !pdf.pages.is_empty()
        && pdf.pages.iter().all(|page| page.runs.iter().any(integrity::is_draft_mark))
}

/// Pages, from 1, with anything but grey on them.
fn color_pages(pdf: &Pdf) -> Vec<usize> {
    let is_colored = |page: &&pdf::Page| {
        page.paints.iter().any(|(_, paint)| !paint.is_grey())
            || page.images.iter().any(|image| !image.is_grey)
    };
    pdf.pages.iter().filter(is_colored).map(|page| page.number).collect()
}

fn level_name<S: serde::Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.name())
}
