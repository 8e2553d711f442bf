//! The texts, tables and pictures of a file, compared with those of a document model.

use super::super::tables::squeezed;
use super::super::texts::{Boxed, Difference, RunningText, boxed, expected};
use super::super::{Finding, Original, compare};
use super::Located;
use crate::diagnostic::Level;
use crate::document::{Block as Printed, ChartBlock, FormCellKind, PrintedItem};
use crate::import::draft::{Block, Cell, Paragraph};
use crate::import::{Draft, Kind};

/// What a file holds besides the figures of the form.
pub(super) struct Contents<'a> {
    kind: Kind,
    draft: &'a Draft,
    paragraphs: Vec<&'a Paragraph>,
    /// Texts of the cells of each table, row by row, those without text left out.
    tables: Vec<Vec<String>>,
}

/// All cells of all tables.
pub(super) fn cells(draft: &Draft) -> impl Iterator<Item = &Cell> {
    draft.blocks.iter().flat_map(|block| match block {
        Block::Grid(grid) => grid.cells.as_slice(),
        _ => &[],
    })
}

impl<'a> Contents<'a> {
    pub(super) fn of(kind: Kind, draft: &'a Draft) -> Self {
        let paragraphs = draft.blocks.iter().filter_map(|block| match block {
            Block::Paragraph(paragraph) => Some(paragraph),
            _ => None,
        });
        let tables = draft.blocks.iter().filter_map(|block| match block {
            Block::Grid(grid) => Some(filled(grid.cells.iter().map(|cell| cell.text.as_str()))),
            _ => None,
        });
        Self { kind, draft, paragraphs: paragraphs.collect(), tables: tables.collect() }
    }

    /// Whether the kind of file holds the texts of a report.
    pub(super) fn has_texts(&self) -> bool {
        !matches!(self.kind, Kind::Xlsx | Kind::Xls | Kind::Ods | Kind::Csv)
    }

    /// Compares the texts with those of the report; returns how many are there.
    pub(super) fn compare(&self, original: &Original<'_>, found: &mut Vec<Located>) -> usize {
        let texts: Vec<String> = self.paragraphs.iter().map(|paragraph| paragraph.text()).collect();
        let mut running = RunningText::of_pieces(texts.iter().map(String::as_str));
        let captions = captions(original);
        let all = expected(&original.document);
        let (title, body): (Vec<_>, Vec<_>) =
            all.iter().partition(|text| text.id == "report.title");
        let mut count = 0;
        for text in &body {
            if text.optional {
                running.allow(&text.text);
            } else if self.expect(&mut running, original, &text.id, &text.text, found) {
                count += 1;
            }
        }
        let body_range = running.explained();
        for text in title {
            count += usize::from(self.expect(&mut running, original, &text.id, &text.text, found));
        }
        self.besides(&running, body_range, &captions, found);
        self.boxes(original, found);
        count
    }

    fn expect(
        &self,
        running: &mut RunningText,
        original: &Original<'_>,
        id: &str,
        text: &str,
        found: &mut Vec<Located>,
    ) -> bool {
        let field = id.split('#').next().unwrap_or(id);
        let (finding, piece) = match running.expect(text) {
            None => return true,
            Some(Difference::Missing) => {
                let message = format!("没有这段文字：“{}”", compare::quoted(text));
                (Finding::new("FILE-TEXT", Level::Error, message), None)
            }
            Some(Difference::Changed { page, printed, expected }) => {
                let message = format!("文字不同：写的是“{printed}”，数据文件是“{expected}”");
                let finding = Finding::new("FILE-TEXT", Level::Error, message);
                (finding.values(printed, expected), Some(page))
            }
        };
        let mut finding = finding.at(field);
        finding.line = original
            .report
            .text(field)
            .map(|text| original.checked.source.position(text.span.start).line);
        found.push(Located { finding, place: piece.map_or(String::new(), |at| self.place(at)) });
        false
    }

    /// Text that the data file does not have. Around a report on a web page stands the site's own.
    fn besides(
        &self,
        running: &RunningText,
        body: Option<(usize, usize)>,
        captions: &[String],
        found: &mut Vec<Located>,
    ) {
        for (piece, text) in running.unexplained() {
            let is_inside = body.is_some_and(|(first, last)| first <= piece && piece <= last);
            let is_around = self.kind == Kind::Html && !is_inside;
            if is_around || captions.contains(&text) {
                continue;
            }
            let message = format!("数据文件里没有这段文字：“{}”", compare::quoted(&text));
            let finding = Finding::new("FILE-TEXT", Level::Error, message);
            found.push(Located { finding, place: self.place(piece) });
        }
    }

    /// Whether every table, picture and chart inside the texts is there.
    fn boxes(&self, original: &Original<'_>, found: &mut Vec<Located>) {
        let shown: Vec<String> =
            self.draft.pictures.iter().map(|picture| squeezed(&picture.alt)).collect();
        let mut miss = |field: &str, message: String| {
            let finding = Finding::new("FILE-TEXT", Level::Error, message).at(field);
            found.push(Located { finding, place: String::new() });
        };
        for wanted in boxed(&original.document) {
            match &wanted {
                Boxed::Table(field, cells) => {
                    let cells = filled(cells.iter().map(String::as_str));
                    if !self.tables.contains(&cells) {
                        let start: Vec<String> = cells.iter().take(3).cloned().collect();
                        let start = start.join("、");
                        miss(field, format!("文中的表格与数据文件不同或者没有：“{start}…”"));
                    }
                }
                Boxed::Picture(field, alternative) if !shown.contains(&squeezed(alternative)) => {
                    let what = compare::quoted(alternative);
                    miss(field, format!("文中的图与数据文件不同或者没有：“{what}”"));
                }
                Boxed::Picture(..) => {}
            }
        }
        if self.kind == Kind::Html {
            for chart in charts(original) {
                let figures = chart.data.iter().flat_map(|datum| [&datum.label, &datum.text]);
                if !self.tables.contains(&filled(figures.map(String::as_str))) {
                    let what = compare::quoted(&chart.title);
                    miss(&chart.id, format!("图的数据与数据文件不同或者没有：“{what}”"));
                }
            }
        }
    }

    fn place(&self, piece: usize) -> String {
        let paragraph = piece.checked_sub(1).and_then(|at| self.paragraphs.get(at));
        paragraph.map_or(String::new(), |paragraph| paragraph.place.to_string())
    }
}

fn filled<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    texts.map(squeezed).filter(|text| !text.is_empty()).collect()
}

/// Names of the tables and titles of charts, which stand over them once more in files that need such a line.
fn captions(original: &Original<'_>) -> Vec<String> {
    let items = original.document.parts.iter().flat_map(|part| &part.items);
    let forms = items.filter_map(|item| match item {
        PrintedItem::Table(form) => Some(squeezed(&form.title)),
        _ => None,
    });
    let charts = charts(original).map(|chart| squeezed(&crate::export::chart_caption(chart)));
    forms.chain(charts).collect()
}

/// The labels of the form as the pages have them, each as often as it stands there.
pub(super) fn labels<'a>(original: &'a Original<'_>) -> impl Iterator<Item = String> + 'a {
    let items = original.document.parts.iter().flat_map(|part| &part.items);
    let sections = items.flat_map(|item| match item {
        PrintedItem::Table(form) => form.sections.as_slice(),
        _ => &[],
    });
    let cells = sections.flat_map(|section| section.head.iter().chain(&section.rows)).flatten();
    cells.filter(|cell| cell.kind != FormCellKind::Figure).map(|cell| squeezed(&cell.text))
}

fn charts<'a>(original: &'a Original<'_>) -> impl Iterator<Item = &'a ChartBlock> {
    let model = &original.document;
    let items = model.parts.iter().flat_map(|part| &part.items);
    let blocks = items.flat_map(|item| match item {
        PrintedItem::Section { blocks, .. } | PrintedItem::Blocks { blocks, .. } => {
            blocks.as_slice()
        }
        PrintedItem::Table(_) => &[],
    });
    model.preface.iter().chain(blocks).filter_map(|block| match block {
        Printed::Chart(chart) => Some(chart),
        _ => None,
    })
}
