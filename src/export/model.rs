//! The document model as the writers read it: typed, and no more than they print.
//!
//! In: the JSON value that [`document`](crate::document) makes (its shape stands in `docs/architecture.md`). Out: a
//! [`Model`]. Lengths and places are those of the model: columns and rows from 0.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that is printed, in order.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Model {
    /// The title, whole.
    pub(crate) title: String,
    /// The title as broken for the page.
    pub(crate) title_lines: Vec<String>,
    /// The agency, or several joined by 、.
    pub(crate) agency: String,
    /// The year reported on.
    pub(crate) year: i32,
    /// Keywords for the file's properties.
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    /// Description for the file's properties.
    #[serde(default)]
    pub(crate) description: String,
    /// The day that the file bears as its date.
    pub(crate) date: Day,
    /// Whether it is a draft.
    #[serde(default)]
    pub(crate) draft: bool,
    /// Words of the layout.
    #[serde(default)]
    pub(crate) words: Words,
    /// What stands before part one.
    #[serde(default)]
    pub(crate) preface: Vec<Block>,
    /// The parts.
    pub(crate) parts: Vec<Part>,
    /// Agency and date at the end.
    #[serde(default)]
    pub(crate) signature: Option<Signature>,
    /// Findings of a draft.
    #[serde(default)]
    pub(crate) findings: Vec<Remark>,
}

impl Model {
    /// Reads the document model.
    ///
    /// # Errors
    /// When the value has another shape: a fault of this program.
    pub(crate) fn read(data: &Value) -> Result<Self, serde_json::Error> {
        Self::deserialize(data)
    }

    /// All blocks of all texts, in order.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        let items = self.parts.iter().flat_map(|part| &part.items);
        let inside = items.flat_map(|item| match item {
            Item::Section(text) | Item::Blocks(text) => text.blocks.as_slice(),
            Item::Table(_) => &[],
        });
        self.preface.iter().chain(inside)
    }

    /// Numbers of the findings that have a place in the document.
    pub(crate) fn marks(&self) -> impl Iterator<Item = usize> {
        let of_item = |item: &Item| match item {
            Item::Section(text) | Item::Blocks(text) => text.marks.clone(),
            Item::Table(form) => {
                let sections = form.sections.iter();
                let rows = sections.flat_map(|section| section.head.iter().chain(&section.rows));
                rows.flatten().flat_map(|cell| cell.marks.iter().copied()).collect()
            }
        };
        let items = self.parts.iter().flat_map(|part| &part.items).flat_map(of_item);
        let paragraphs = self.blocks().filter_map(|block| match block {
            Block::Paragraph(paragraph) => Some(paragraph.marks.iter().copied()),
            _ => None,
        });
        items.chain(paragraphs.flatten())
    }

    /// All tables of the form, each with the part that holds it.
    pub(crate) fn forms(&self) -> impl Iterator<Item = (&Part, &Form)> {
        self.parts.iter().flat_map(|part| {
            part.items.iter().filter_map(move |item| match item {
                Item::Table(form) => Some((part, form)),
                _ => None,
            })
        })
    }
}

/// A calendar date.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
pub(crate) struct Day {
    pub(crate) year: i32,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// The layout's own words.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Words {
    /// What stands on every page of a draft.
    pub(crate) draft: String,
    /// What stands before a unit.
    pub(crate) unit: String,
    /// Heading of a draft's findings.
    pub(crate) findings: String,
    /// What a table inside the text is called where it needs a name.
    pub(crate) table: String,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            draft: "草稿".to_owned(),
            unit: "单位：".to_owned(),
            findings: "检查发现的问题".to_owned(),
            table: "表格".to_owned(),
        }
    }
}

/// A part (一、 … 六、).
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Part {
    pub(crate) heading: String,
    pub(crate) items: Vec<Item>,
}

/// What a part holds.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Item {
    /// Paragraphs under a heading.
    Section(TextItem),
    /// Paragraphs.
    Blocks(TextItem),
    /// A table of the form.
    Table(Form),
}

/// Paragraphs, of a section with their heading.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct TextItem {
    #[serde(default)]
    pub(crate) heading: String,
    /// Whether the heading runs on into its first paragraph.
    #[serde(default)]
    pub(crate) run_in: bool,
    /// Numbers of findings.
    #[serde(default)]
    pub(crate) marks: Vec<usize>,
    pub(crate) blocks: Vec<Block>,
}

/// A table of the form.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Form {
    pub(crate) id: String,
    pub(crate) title: String,
    /// What it shows, for those who cannot see it.
    pub(crate) summary: String,
    pub(crate) columns: Vec<FormColumn>,
    pub(crate) sections: Vec<FormSection>,
    #[serde(default)]
    pub(crate) notes: Vec<String>,
}

/// A column of a form.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct FormColumn {
    pub(crate) kind: String,
}

impl FormColumn {
    /// Whether it holds labels, not figures.
    pub(crate) fn is_label(&self) -> bool {
        self.kind == "label"
    }
}

/// A head with its rows.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct FormSection {
    pub(crate) head: Vec<Vec<Cell>>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A cell of a form.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Cell {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) colspan: usize,
    pub(crate) rowspan: usize,
    pub(crate) kind: CellKind,
    pub(crate) text: String,
    /// The note on a figure.
    #[serde(default)]
    pub(crate) note: Option<String>,
    /// Dotted path of a figure.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// Numbers of findings.
    #[serde(default)]
    pub(crate) marks: Vec<usize>,
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CellKind {
    /// Over the labels of the rows.
    Corner,
    /// Head of a sub-table.
    Section,
    /// Head of columns.
    Column,
    /// Label of a row.
    Row,
    /// Label of several rows.
    Group,
    /// A figure.
    Figure,
}

/// A piece of text.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Block {
    Paragraph(Paragraph),
    Heading { text: String },
    Picture(Shown),
    Table(Pipe),
    Chart(Chart),
}

/// A paragraph.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Paragraph {
    #[serde(default)]
    pub(crate) marks: Vec<usize>,
    pub(crate) runs: Vec<Run>,
}

/// Text of one weight.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Run {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) bold: bool,
}

/// A picture.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Shown {
    pub(crate) id: String,
    /// Path in the virtual file system.
    pub(crate) file: String,
    pub(crate) caption: String,
    pub(crate) alt: String,
}

/// A table inside a text.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Pipe {
    pub(crate) id: String,
    pub(crate) header: Vec<Vec<Run>>,
    pub(crate) rows: Vec<Vec<Vec<Run>>>,
    pub(crate) align: Vec<String>,
}

/// A chart.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Chart {
    pub(crate) id: String,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) unit: String,
    pub(crate) alt: String,
    pub(crate) data: Vec<Datum>,
}

impl Chart {
    /// The title with the unit, as it stands over the chart.
    pub(crate) fn caption(&self, words: &Words) -> String {
        if self.unit.is_empty() {
            self.title.clone()
        } else {
            format!("{}（{}{}）", self.title, words.unit, self.unit)
        }
    }
}

/// A figure of a chart.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Datum {
    pub(crate) label: String,
    pub(crate) text: String,
}

/// Agency and date at the end.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Signature {
    pub(crate) agency: String,
    pub(crate) date: String,
}

/// A finding of a draft.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Remark {
    pub(crate) number: usize,
    pub(crate) rule: String,
    pub(crate) place: String,
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) help: String,
}
