//! The report set again: what is painted must be what this program would paint.
//!
//! In: a PDF and the report it should show. The report is set anew; the same bytes are the same report. Else each page
//! is compared mark by mark and pixel by pixel with the fresh one. Out: differences by page, cell and data line.

use std::collections::BTreeMap;

use super::attachment::attachments;
use super::figures::{Figures, Printed};
use super::painted::{Difference, How, Sheet, Sheets, Unpainted, compare};
use super::pdf::{Bounds, MM_PER_POINT, Pdf};
use super::rendered;
use super::tables::{Grid, squeezed};
use super::texts::expected;
use super::{Finding, Original};
use crate::diagnostic::Level;
use crate::export::Standards;
use crate::generator::Generator;
use crate::limits;

/// Code of findings about what is painted.
const CODE: &str = "PDF-PAINT";
/// Most differences that are told one by one.
const MOST_TOLD: usize = 20;
/// How far from a figure a difference still belongs to its cell, in millimetres, across and down.
const CELL: (f64, f64) = (6.0, 2.2);
/// How far from a line of text a difference still belongs to it, in millimetres.
const LINE: f64 = 4.0;

/// What comparing with a fresh PDF has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Not one byte is different.
    SameBytes,
    /// Every page paints the same.
    Same,
    /// Something is painted otherwise.
    Otherwise,
    /// Every page is painted otherwise as a whole: another program, version or typeface.
    OtherLayout,
    /// The report cannot be set, or a page cannot be read.
    Undecided,
}

/// The report as it should be.
struct Fresh<'a> {
    original: &'a Original<'a>,
    pdf: Pdf,
    figures: Figures,
    sheets: Sheets,
}

/// Sets the report again and compares what is painted.
pub(super) fn compare_with_fresh(
    generator: &Generator,
    original: &Original,
    bytes: &[u8],
    options: (bool, &Standards),
    findings: &mut Vec<Finding>,
) -> Seen {
    let (draft, standards) = options;
    let attached = attachments(bytes).unwrap_or_default();
    let typeset = match attached.is_empty() {
        true => generator.typeset(original.checked, draft),
        false => generator.typeset_with_data(original.checked, draft),
    };
    let fresh = match typeset.and_then(|typeset| typeset.pdf(standards)) {
        Ok(fresh) => fresh,
        Err(failure) => {
            let message = format!("按数据文件重新排版没有成功，画面无法核对：{failure}");
            findings.push(Finding::new(CODE, Level::Error, message));
            return Seen::Undecided;
        }
    };
    if fresh == bytes {
        return Seen::SameBytes;
    }
    if attachments(&fresh).unwrap_or_default() != attached {
        let message = "PDF 里附的数据文件与给出的数据文件不同";
        findings.push(Finding::new("PDF-FOREIGN", Level::Error, message));
    }
    let opened = Sheets::open(fresh.clone()).zip(Sheets::open(bytes.to_vec()));
    let (Some((sheets, found)), Ok(pdf)) = (opened, Pdf::read(&fresh)) else {
        findings.push(Finding::new(CODE, Level::Error, "页面无法解读，画面没有核对"));
        return Seen::Undecided;
    };
    let figures = Figures::locate(&original.report.format, &Grid::all(&pdf));
    let fresh = Fresh { original, pdf, figures, sheets };
    fresh.compare(&found, findings)
}

impl Fresh<'_> {
    fn compare(&self, found: &Sheets, findings: &mut Vec<Finding>) -> Seen {
        let before = findings.len();
        let mut strange_pages = 0;
        if found.count() != self.sheets.count() {
            let message =
                format!("有 {} 页，按数据文件应有 {} 页", found.count(), self.sheets.count());
            findings.push(Finding::new(CODE, Level::Error, message));
        }
        for page in 0..self.sheets.count().min(found.count()) {
            if findings.len() - before >= MOST_TOLD {
                let more = "还有别的页画得不同，没有一一列出";
                findings.push(Finding::new(CODE, Level::Error, more));
                break;
            }
            let what = match self.page(found, page, findings) {
                Ok(is_strange) => {
                    strange_pages += usize::from(is_strange);
                    continue;
                }
                Err(Unpainted::Exhausting) => "要画的东西多得不合理",
                Err(Unpainted::Broken) => "无法解读",
            };
            let message = format!("这一页{what}，画面没有核对");
            findings.push(Finding::new(CODE, Level::Error, message).on(Some(page + 1)));
        }
        match findings.len() == before {
            true => Seen::Same,
            false if strange_pages == self.sheets.count() => Seen::OtherLayout,
            false => Seen::Otherwise,
        }
    }

    fn page(
        &self,
        found: &Sheets,
        page: usize,
        findings: &mut Vec<Finding>,
    ) -> Result<bool, Unpainted> {
        let on = |message: &str| Finding::new(CODE, Level::Error, message).on(Some(page + 1));
        if self.sheets.frame(page) != found.frame(page) {
            findings.push(on("页面的大小、裁切范围或方向与应有的不同：有内容可能看不到"));
            return Ok(false);
        }
        let (wanted, sheet) = (self.sheets.sheet(page)?, found.sheet(page)?);
        let differences = compare(&wanted, &sheet);
        if !differences.is_empty() {
            return Ok(self.tell(page, &(wanted, sheet), differences, findings));
        }
        if page >= limits::DRAWN_PAGES {
            return Ok(false);
        }
        // Only now: a page that paints the same as ours is drawn in reasonable time.
        let draw = |sheets| rendered::draw(sheets, page, rendered::DENSITY);
        let (Some(wanted), Some(picture)) = (draw(&self.sheets), draw(found)) else {
            return Err(Unpainted::Broken);
        };
        let differences = rendered::compare(&wanted, &picture)
            .into_iter()
            .map(|bounds| Difference { how: How::Paint, bounds, text: String::new() });
        let same = (
            Sheet { frame: [0.0; 9], marks: Vec::new() },
            Sheet { frame: [0.0; 9], marks: Vec::new() },
        );
        let differences: Vec<Difference> = differences.collect();
        if !differences.is_empty() {
            self.tell(page, &same, differences, findings);
        }
        Ok(false)
    }

    /// Puts the differences of a page into words, one finding for each cell or line; says whether the whole page is
    /// strange.
    fn tell(
        &self,
        page: usize,
        (wanted, found): &(Sheet, Sheet),
        differences: Vec<Difference>,
        findings: &mut Vec<Finding>,
    ) -> bool {
        if differences.len() * 2 > wanted.marks.len().max(found.marks.len()).max(40) {
            let message =
                "整页画得都与按数据文件排出的不同：可能由别的版本、别的字体生成，或者被改过";
            let more = self.strange_fonts(found);
            findings.push(
                Finding::new(CODE, Level::Error, format!("{message}{more}")).on(Some(page + 1)),
            );
            return true;
        }
        let mut places: BTreeMap<Place, Vec<Difference>> = BTreeMap::new();
        for difference in differences {
            for place in self.places(page, &difference) {
                places.entry(place).or_default().push(difference.clone());
            }
        }
        for (place, differences) in places.into_iter().take(MOST_TOLD) {
            findings.push(self.finding(page, place, &differences));
        }
        false
    }

    /// What to look at first when a whole page is different.
    fn strange_fonts(&self, found: &Sheet) -> &'static str {
        if found.marks.iter().all(|mark| mark.points.is_empty()) {
            "；这一页什么也没有画"
        } else {
            "；生成时用了 --fonts、--templates 的，核验时也要加上；旧版本生成的请用本版重新生成"
        }
    }

    /// The cells that a difference touches, else the line of text it is next to, else nowhere.
    fn places(&self, page: usize, difference: &Difference) -> Vec<Place> {
        let [left, top, right, bottom] = difference.bounds.map(|n| f64::from(n) * MM_PER_POINT);
        let area = Bounds { left, top, right, bottom };
        let near = |printed: &Printed| {
            let (number, b) = printed.place?;
            let across = b.left - CELL.0 < area.right && b.right + CELL.0 > area.left;
            let down = b.top - CELL.1 < area.bottom && b.bottom + CELL.1 > area.top;
            (number == page + 1 && across && down).then(|| distance(&area, &b))
        };
        let mut cells: Vec<(f64, usize)> = self
            .figures
            .found
            .iter()
            .filter_map(|(&index, printed)| Some((near(printed)?, index)))
            .collect();
        cells.sort_by(|a, b| a.0.total_cmp(&b.0));
        // A digit is near one figure; a box over the table covers many.
        let covered = cells.iter().filter(|(distance, _)| *distance == 0.0).count().clamp(1, 6);
        if !cells.is_empty() {
            return cells.into_iter().take(covered).map(|(_, index)| Place::Cell(index)).collect();
        }
        let runs = self.pdf.pages[page].runs.iter().enumerate();
        let line = runs
            .map(|(at, run)| (distance(&area, &run.bounds()), at))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(distance, _)| *distance < LINE);
        vec![line.map_or(Place::Nowhere, |(_, at)| Place::Line(at))]
    }

    fn finding(&self, page: usize, place: Place, differences: &[Difference]) -> Finding {
        let what = in_words(differences);
        let finding =
            |message: String| Finding::new(CODE, Level::Error, message).on(Some(page + 1));
        let source = &self.original.checked.source;
        match place {
            Place::Cell(index) => {
                let cell = &self.original.report.format.cells()[index];
                let figure = self.original.report.figures.get(index);
                let text = figure.map(|figure| figure.text.clone()).unwrap_or_default();
                let label = super::compare::label(cell);
                let mut finding =
                    finding(format!("“{label}”应当画出“{text}”，{what}")).at(&cell.path);
                finding.expected = Some(text);
                let span = figure.and_then(|figure| figure.span.as_ref());
                finding.line = span.map(|span| source.position(span.start).line);
                finding
            }
            Place::Line(at) => {
                let text = self.pdf.pages[page].runs[at].text.clone();
                let field = self.field(&text);
                let start: String = text.chars().take(20).collect();
                let mut finding = finding(format!("在“{start}”这一处，{what}"));
                if let Some(field) = field {
                    let report = self.original.report;
                    let text = report.text(&field);
                    finding.line = text.map(|text| source.position(text.span.start).line);
                    finding = finding.at(&field);
                }
                finding
            }
            Place::Nowhere => finding(format!("页面空白处{what}")),
        }
    }

    /// The field of the data file that a piece of text comes from.
    fn field(&self, text: &str) -> Option<String> {
        let piece = squeezed(text);
        let texts = expected(&self.original.document);
        let text = texts.iter().find(|text| squeezed(&text.text).contains(&piece))?;
        Some(text.id.split('#').next().unwrap_or_default().to_owned())
    }
}

/// Where something is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Cell(usize),
    Line(usize),
    Nowhere,
}

/// How far two boxes are apart; 0 when they touch.
pub(super) fn distance(a: &Bounds, b: &Bounds) -> f64 {
    let across = (b.left - a.right).max(a.left - b.right).max(0.0);
    let down = (b.top - a.bottom).max(a.top - b.bottom).max(0.0);
    across.hypot(down)
}

fn in_words(differences: &[Difference]) -> String {
    let has = |how: How| differences.iter().any(|difference| difference.how == how);
    let mut words = Vec::new();
    match (has(How::Missing), has(How::Added)) {
        (true, true) => words.push("画的是别的字形，或者挪了位置、改了大小"),
        (true, false) => words.push("却没有画出来"),
        (false, true) => words.push("多画了东西（盖住、添上或在旁边）"),
        (false, false) => {}
    }
    if has(How::Paint) {
        words.push("颜色或深浅不对");
    }
    if has(How::Cover) {
        words.push("被裁掉、遮住或设成了透明");
    }
    if has(How::Order) {
        words.push("先后次序不对，会被盖住");
    }
    words.join("，")
}
