//! The document model: what the layout prints, in order. Its JSON is `data.json`, which `templates/layout` reads.
//!
//! The layout decides nothing about content: it never computes a figure and never contains an official label.
//! Whatever has an `id` is laid out in a `block` or `box` with that id as its Typst label: the frames of the finished
//! document then hold a group with this label, which is how the preview finds it (SVG carries it as `data-typst-label`).
//! `marks` are the numbers of a draft's findings.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::{ChartKind, Date};

/// A whole document.
#[derive(Debug, Clone, Serialize)]
pub struct Model {
    /// The title, whole, for metadata.
    pub title: String,
    /// The title as broken for the page.
    pub title_lines: Vec<String>,
    /// 机关全称; the names of a joint report joined by 、.
    pub agency: String,
    /// The report year; 0 when the file lacks it.
    pub year: i32,
    /// Keywords of the PDF.
    pub keywords: Vec<String>,
    /// Description of the PDF: title and notice.
    pub description: String,
    /// The PDF's date; always there.
    pub date: Date,
    /// Whether 草稿 stands on every page, marks are drawn and findings listed last.
    pub draft: bool,
    /// Families by role, the first choice first.
    pub fonts: BTreeMap<&'static str, Vec<String>>,
    /// Text before part one; may be empty.
    pub preface: Vec<Block>,
    /// The parts in order.
    pub parts: Vec<PrintedPart>,
    /// Agency and date at the end.
    pub signature: Option<Signature>,
    /// The findings that a draft lists, by rule; empty otherwise.
    pub findings: Vec<ListedRule>,
    /// What is said of findings that a draft does not list; empty otherwise.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unlisted: String,
    /// The data file, where it goes into the PDF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<AttachedFile>,
}

impl Model {
    /// The findings that a draft lists, each with its rule, in the order in which they are listed.
    pub fn listed_findings(&self) -> impl Iterator<Item = (&ListedRule, &ListedFinding)> {
        let rules = self.findings.iter();
        rules.flat_map(|rule| rule.findings.iter().map(move |finding| (rule, finding)))
    }
}

/// A file that goes into the PDF.
#[derive(Debug, Clone, Serialize)]
pub struct AttachedFile {
    /// Path in the project, also its name in the PDF.
    pub path: String,
    /// What it is.
    pub description: String,
}

/// A part with its heading.
#[derive(Debug, Clone, Serialize)]
pub struct PrintedPart {
    /// Key of the part in the format.
    pub key: String,
    /// The same, as id.
    pub id: String,
    /// Official heading with its number.
    pub heading: String,
    /// What it prints, in order.
    pub items: Vec<PrintedItem>,
}

/// Something that a part prints.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum PrintedItem {
    /// Blocks under a numbered heading.
    Section {
        /// Path of the text.
        id: String,
        /// The heading with its number.
        heading: String,
        /// Whether the heading runs on into the first block, which is then a paragraph.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        run_in: bool,
        /// Numbers of findings.
        marks: Vec<usize>,
        /// The text.
        blocks: Vec<Block>,
    },
    /// Blocks without a heading.
    Blocks {
        /// Path of the text.
        id: String,
        /// Numbers of findings.
        marks: Vec<usize>,
        /// The text.
        blocks: Vec<Block>,
    },
    /// A table of the form.
    Table(FormTable),
}

/// A table of the form with its notes.
#[derive(Debug, Clone, Serialize)]
pub struct FormTable {
    /// The table's key with `#table` behind it.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Alternative text.
    pub summary: String,
    /// What each column holds, labels first.
    pub columns: Vec<FormColumn>,
    /// Sub-tables, one under the other.
    pub sections: Vec<FormSection>,
    /// Notes below it.
    pub notes: Vec<String>,
}

/// A column of a [`FormTable`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FormColumn {
    /// What it holds.
    pub kind: FormColumnKind,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FormColumnKind {
    /// Labels of rows.
    Label,
    /// Figures.
    Figure,
}

/// A sub-table: head and rows.
#[derive(Debug, Clone, Serialize)]
pub struct FormSection {
    /// Lines of the head.
    pub head: Vec<Vec<FormCell>>,
    /// Rows.
    pub rows: Vec<Vec<FormCell>>,
}

/// A cell of a [`FormTable`].
#[derive(Debug, Clone, Serialize)]
pub struct FormCell {
    /// Column of its left edge, from 0.
    pub x: usize,
    /// Line of its upper edge within its `head` or `rows`, from 0.
    pub y: usize,
    /// Columns that it takes.
    pub colspan: usize,
    /// Lines that it takes.
    pub rowspan: usize,
    /// What it is.
    pub kind: FormCellKind,
    /// What stands in it; a blank figure of a draft has an empty text.
    pub text: String,
    /// Lines of a group's label, broken between words; empty for other cells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Note printed in it.
    pub note: Option<String>,
    /// Path of the figure. Figures have one only when the report is set for the preview
    /// (`Generator::typeset_findable`): without, typst can keep their cells for the next report.
    pub id: Option<String>,
    /// Numbers of findings.
    pub marks: Vec<usize>,
}

/// What a [`FormCell`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FormCellKind {
    /// The corner over the labels of rows.
    Corner,
    /// The head of a sub-table (第二十条第（一）项).
    Section,
    /// The head of a column.
    Column,
    /// The label beside a row.
    Row,
    /// A label over several rows (三、本年度办理结果; （三）不予公开).
    Group,
    /// A figure.
    Figure,
}

/// A block of a text.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// Path of the text with the number of the block: `overview.requests#0`.
        id: String,
        /// Numbers of findings.
        marks: Vec<usize>,
        /// Its text.
        runs: Vec<TextRun>,
    },
    /// A heading of the third level.
    Heading {
        /// As of a paragraph.
        id: String,
        /// Its text.
        text: String,
        /// Numbers of findings, where no section heading carries them.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        marks: Vec<usize>,
    },
    /// A picture.
    Picture {
        /// As of a paragraph.
        id: String,
        /// Path in the project, such as `/pictures/0.png`.
        file: String,
        /// Caption; may be empty.
        caption: String,
        /// Alternative text.
        alt: String,
    },
    /// A pipe table.
    Table {
        /// As of a paragraph.
        id: String,
        /// Cells of the head.
        header: Vec<Vec<TextRun>>,
        /// Cells of the rows; all rows are as wide as the head.
        rows: Vec<Vec<Vec<TextRun>>>,
        /// How each column is set.
        align: Vec<ColumnAlign>,
    },
    /// A chart.
    Chart(ChartBlock),
}

/// A chart in a text.
#[derive(Debug, Clone, Serialize)]
pub struct ChartBlock {
    /// As of a paragraph.
    pub id: String,
    /// What is drawn.
    pub kind: ChartKind,
    /// Title over it.
    pub title: String,
    /// Unit of the figures; may be empty.
    pub unit: String,
    /// Alternative text: kind and all figures.
    pub alt: String,
    /// Figures in order.
    pub data: Vec<ChartValue>,
}

/// A figure of a chart.
#[derive(Debug, Clone, Serialize)]
pub struct ChartValue {
    /// Its label.
    pub label: String,
    /// The exact decimal.
    pub value: String,
    /// What is printed.
    pub text: String,
    /// Its fraction of the largest value, for drawing: six decimal places.
    pub share: serde_json::Number,
}

/// A piece of a paragraph in one face.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextRun {
    /// Its text.
    pub text: String,
    /// Whether it is bold.
    pub bold: bool,
}

/// How a column of a pipe table is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnAlign {
    /// To the left.
    Left,
    /// In the middle.
    Center,
    /// To the right.
    Right,
}

/// Agency and date at the end of the report.
#[derive(Debug, Clone, Serialize)]
pub struct Signature {
    /// 机关全称.
    pub agency: String,
    /// 成文日期 in words: 2024年1月22日.
    pub date: String,
}

/// The findings of one rule and level that a draft lists.
#[derive(Debug, Clone, Serialize)]
pub struct ListedRule {
    /// Rule code.
    pub rule: String,
    /// The level as people call it: 错误, 提醒.
    pub level: &'static str,
    /// Its findings, in the order of the file.
    pub findings: Vec<ListedFinding>,
}

/// A finding that a draft lists.
#[derive(Debug, Clone, Serialize)]
pub struct ListedFinding {
    /// Its number, as marked on the pages.
    pub number: usize,
    /// The cell's label, else the path.
    pub place: String,
    /// Headline.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}
