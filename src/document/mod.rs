//! The document model: everything that is printed, in order, as one JSON value for the layout.
//!
//! In: a report, its format and its findings. Out: a [`Document`] whose [`Model`] the layout prints and whose `places` tell where in the data file each printed thing comes from.

mod blocks;
mod draft;
mod grid;
mod model;
mod numbering;
mod title;

use std::collections::{BTreeMap, VecDeque};

use crate::diagnostic::{Diagnostic, Level};
use crate::fonts::{Fonts, Role};
use crate::format::{Item, ItemKind, Part};
use crate::limits;
use crate::report::{Date, Report, Text};
use crate::source::Span;

pub use blocks::{chart_targets, picture_targets};
pub(crate) use draft::replace_unprintable;
pub use model::{
    AttachedFile, Block, ChartBlock, ChartValue, ColumnAlign, FormCell, FormCellKind, FormColumn,
    FormColumnKind, FormSection, FormTable, ListedFinding, ListedRule, Model, PrintedItem,
    PrintedPart, Signature, TextRun,
};
pub use title::break_title;

/// A picture that a text shows.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The path as written in the text.
    pub target: String,
    /// Path in the virtual file system.
    pub file: String,
    /// The bytes; none when the file could not be read.
    pub bytes: Option<Vec<u8>>,
    /// Why it could not be read, in Chinese.
    pub problem: Option<String>,
}

/// What goes into a document.
pub struct Input<'a> {
    /// The report.
    pub report: &'a Report,
    /// Typefaces by role.
    pub fonts: &'a Fonts,
    /// Findings; marked and listed in drafts.
    pub diagnostics: &'a [Diagnostic],
    /// Pictures by the target written in the text.
    pub pictures: &'a [Picture],
    /// The PDF's date when the report has none.
    pub default_date: Date,
    /// Whether to print a draft.
    pub draft: bool,
    /// Whether figures have ids, by which a preview finds them on the page. They look the same without, and typst can
    /// keep the cells of one report for the next.
    pub figure_ids: bool,
}

/// A document ready for the layout.
#[derive(Debug, Clone)]
pub struct Document {
    /// The model.
    pub model: Model,
    /// Where in the data file each element with an `id` comes from.
    pub places: BTreeMap<String, Span>,
}

/// Builds the document model.
pub fn build(input: &Input<'_>) -> Document {
    let mut builder = Builder { input, places: BTreeMap::new(), marks: marks(input) };
    let preface =
        input.report.text("report.preface").map_or_else(Vec::new, |text| builder.blocks(text));
    let parts: Vec<PrintedPart> =
        input.report.format.manifest.parts.iter().map(|part| builder.part(part)).collect();
    let report = input.report;
    let date = report.date.as_ref().map_or(input.default_date, |date| date.value);
    let fonts = Role::ALL.iter().map(|role| (role.key(), input.fonts.families(*role).to_vec()));
    let model = Model {
        title: report.title.value.clone(),
        title_lines: title::lines(report),
        agency: report.agency.value.clone(),
        year: report.year_or_zero(),
        keywords: input.report.format.manifest.keywords.clone(),
        description: format!("{}，{}", report.title.value, input.report.format.notice()),
        date,
        draft: input.draft,
        fonts: fonts.collect(),
        preface,
        parts,
        signature: signature(report),
        findings: if input.draft { listed(input) } else { Vec::new() },
        unlisted: if input.draft { unlisted(input) } else { String::new() },
        attachment: None,
    };
    Document { model, places: builder.places }
}

fn signature(report: &Report) -> Option<Signature> {
    let Date { year, month, day } = report.date.as_ref()?.value;
    let date = format!("{year}年{month}月{day}日");
    Some(Signature { agency: report.agency.value.clone(), date })
}

/// Findings worth acting on: those that count and are more than a note.
fn worth_listing<'a>(input: &'a Input<'_>) -> impl Iterator<Item = &'a Diagnostic> {
    let worth = |finding: &&Diagnostic| finding.counts() && finding.level >= Level::Warning;
    input.diagnostics.iter().filter(worth)
}

/// Findings that a draft shows, numbered in order.
fn shown<'a>(input: &'a Input<'_>) -> impl Iterator<Item = (usize, &'a Diagnostic)> {
    let listed = worth_listing(input).take(limits::DRAFT_FINDINGS).enumerate();
    listed.map(|(index, finding)| (index + 1, finding))
}

fn marks(input: &Input<'_>) -> BTreeMap<String, Vec<usize>> {
    let mut marks: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    if input.draft {
        for (number, finding) in shown(input) {
            marks.entry(finding.path.clone()).or_default().push(number);
        }
    }
    marks
}

/// The findings of a draft by rule, as on the terminal, each rule where its first finding stands.
fn listed(input: &Input<'_>) -> Vec<ListedRule> {
    let place = |path: &str| {
        input.report.format.cell(path).map_or_else(|| path.to_owned(), |cell| cell.label())
    };
    let mut rules: Vec<ListedRule> = Vec::new();
    for (number, finding) in shown(input) {
        let level = finding.level.label();
        let known = rules.iter().position(|rule| rule.rule == finding.rule && rule.level == level);
        let at = known.unwrap_or_else(|| {
            let rule = finding.rule.clone();
            rules.push(ListedRule { rule, level, findings: Vec::new() });
            rules.len() - 1
        });
        rules[at].findings.push(ListedFinding {
            number,
            place: place(&finding.path),
            message: finding.message.clone(),
            help: finding.help.clone().unwrap_or_default(),
        });
    }
    rules
}

/// What a draft says of the findings that it does not list; empty when it lists all.
fn unlisted(input: &Input<'_>) -> String {
    match worth_listing(input).skip(limits::DRAFT_FINDINGS).count() {
        0 => String::new(),
        more => format!(
            "另有 {more} 处没有列出；改正以上各处后再生成草稿，或用 nianbao check 查看全部。"
        ),
    }
}

struct Builder<'a> {
    input: &'a Input<'a>,
    places: BTreeMap<String, Span>,
    marks: BTreeMap<String, Vec<usize>>,
}

impl Builder<'_> {
    fn part(&mut self, part: &Part) -> PrintedPart {
        let mut items = Vec::new();
        let report = self.input.report;
        let mut sections: VecDeque<&Text> = report.sections(&part.key).collect();
        let mut number = numbering::Sections::default();
        let last = part.items.iter().rposition(|item| item.kind == ItemKind::Section);
        for (at, item) in part.items.iter().enumerate() {
            let path = format!("{}.{}", part.key, item.key);
            match item.kind {
                ItemKind::Table => {
                    items.extend(self.loose(&format!("{}.before", item.key)));
                    items.extend(self.table(&item.key).map(PrintedItem::Table));
                    items.extend(self.loose(&format!("{}.after", item.key)));
                }
                ItemKind::Sentence => items.extend(self.sentence(&path, item)),
                ItemKind::Text => items.extend(self.loose(&path)),
                // Sections come in the report's order; those that no item of the form stands for, where its last one is.
                ItemKind::Section => {
                    let is_next = |text: &Text| text.path == path || last == Some(at);
                    while let Some(text) = sections.front().copied().filter(|text| is_next(text)) {
                        sections.pop_front();
                        // A heading over nothing is never printed; `SECTION` or `TEXT-EMPTY` tells of it.
                        if text.is_blank() {
                            continue;
                        }
                        items.push(self.section(part, text, &mut number));
                    }
                }
            }
        }
        PrintedPart {
            key: part.key.clone(),
            id: part.key.clone(),
            heading: part.heading.clone(),
            items,
        }
    }

    /// A text without a heading; nothing when there is none.
    fn loose(&mut self, path: &str) -> Option<PrintedItem> {
        let text = self.input.report.text(path).filter(|text| !text.is_blank())?;
        Some(self.group(text, None))
    }

    fn section(
        &mut self,
        part: &Part,
        text: &Text,
        number: &mut numbering::Sections,
    ) -> PrintedItem {
        let key = text.path.rsplit('.').next().unwrap_or_default();
        let item = part.items.iter().find(|item| item.key == key);
        let default = item.map_or("", |item| item.heading.as_str());
        let heading = text.heading.as_ref().map_or(default, |heading| &heading.value);
        self.group(text, Some(number.heading(heading)))
    }

    fn group(&mut self, text: &Text, heading: Option<String>) -> PrintedItem {
        let id = text.path.clone();
        let place = text.heading.as_ref().map_or(&text.span, |heading| &heading.span);
        self.places.insert(id.clone(), place.clone());
        let marks = self.marks_at(&id);
        let blocks = self.blocks(text);
        let Some(heading) = heading else { return PrintedItem::Blocks { id, marks, blocks } };
        let run_in = text.run_in && matches!(blocks.first(), Some(Block::Paragraph { .. }));
        let heading = if run_in { numbering::closed(&heading) } else { heading };
        PrintedItem::Section { id, heading, run_in, marks, blocks }
    }

    /// Prints figures as a sentence; nothing when the file leaves them out.
    fn sentence(&mut self, path: &str, item: &Item) -> Option<PrintedItem> {
        let format = &self.input.report.format;
        let mut context: BTreeMap<&str, String> = BTreeMap::new();
        let mut place = None;
        for figure in &item.figures {
            let cell = self.input.report.figure(&format!("{path}.{}", figure.key))?;
            if cell.number.is_none() && !self.input.draft {
                return None;
            }
            place = place.or_else(|| cell.span.clone());
            context.insert(&figure.key, cell.text.clone());
        }
        let place = place?;
        let text = format.words(path, &context);
        let id = format!("{path}#0");
        self.places.insert(id.clone(), place);
        let marks: Vec<usize> = item
            .figures
            .iter()
            .flat_map(|figure| self.marks_at(&format!("{path}.{}", figure.key)))
            .collect();
        let paragraph = Block::Paragraph { id, marks, runs: vec![TextRun { text, bold: false }] };
        Some(PrintedItem::Blocks {
            id: path.to_owned(),
            marks: Vec::new(),
            blocks: vec![paragraph],
        })
    }

    fn marks_at(&self, path: &str) -> Vec<usize> {
        self.marks.get(path).cloned().unwrap_or_default()
    }
}
