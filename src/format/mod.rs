//! Official formats: one directory of `templates/` each, with those it extends.
//!
//! In: the TOML and Typst files of a directory. Out: a [`Format`], which answers everything that the form decides:
//! parts, tables, labels, rules, years, messages, layout files. Nothing here knows a label or a year.

mod catalog;
mod labels;
mod merge;
mod mistake;
mod model;
mod pasted;
mod rules;
mod survey;
mod texts;

pub use catalog::{Catalog, FormatError, Survey, merged_files, survey_directory};
pub use mistake::{Mistake, nearest, suggestion};
pub use model::{
    Basis, Carry, Cell, Column, FigureKind, Group, Item, ItemKind, Manifest, Orientation, Part,
    Row, Section, SentenceFigure, Table, Years,
};
pub use rules::{Rule, RuleKind};

use std::collections::{BTreeMap, HashMap};

use crate::record::KeyNames;
use crate::template::Messages;

use labels::Labels;
use pasted::Pasted;
use texts::Texts;

/// What a message may mention: names with values, already printed.
pub type Context = BTreeMap<&'static str, String>;

/// One official format, ready for use.
#[derive(Debug)]
pub struct Format {
    /// Identity, years, parts, page.
    pub manifest: Manifest,
    /// The tables of the form, in the order of the form.
    pub tables: Vec<Table>,
    /// The rules, in the order in which they run.
    pub rules: Vec<Rule>,
    /// `mapping.toml` of its own and of the formats that it extends, nearest first: file and text. `migrate`
    /// interprets them.
    pub mappings: Vec<(String, String)>,
    /// Messages of the rules.
    pub messages: Messages,
    /// Template and layout files by path below the format's directory, inherited ones included.
    pub files: BTreeMap<String, String>,
    /// Hash of its files and of those it extends, but for those that change no report.
    pub digest: blake3::Hash,
    /// Where it was read from: `built-in/ID` or a directory.
    pub origin: String,
    texts: Texts,
    labels: Labels,
    pasted: Pasted,
    cells: Vec<Cell>,
    by_path: HashMap<String, usize>,
}

impl Format {
    /// The rules about texts, made ready when they are first asked for.
    pub fn texts(&self) -> &crate::text::Checker {
        self.texts.checker()
    }

    /// The rules about pasted text.
    pub fn pasted(&self) -> &crate::pasted::Rules {
        self.pasted.rules()
    }

    /// Fills a message about pasted text, by `CODE/NAME/message`, `…/label` or `…/help`.
    pub fn pasted_words(&self, name: &str, values: &BTreeMap<&str, &str>) -> String {
        self.pasted.words(name, values)
    }

    /// The level of a message about pasted text, where it differs from its rule's.
    pub fn pasted_level(&self, code: &str, name: &str) -> Option<crate::diagnostic::Level> {
        self.pasted.level(code, name)
    }

    /// Official labels of tables with what people write instead.
    pub fn label_variants(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.labels.variants()
    }

    /// Parts (`overview`) and sections (`overview.requests`) with the words that their headings hold.
    pub fn heading_words(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.labels.words()
    }

    /// Returns the id, such as `2021`.
    pub fn id(&self) -> &str {
        &self.manifest.id
    }

    /// All figures of the form in its order: tables by row, then sentences.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Returns the index in [`Format::cells`] of a dotted path.
    pub fn cell_index(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// Returns the cell of a dotted path.
    pub fn cell(&self, path: &str) -> Option<&Cell> {
        self.cell_index(path).map(|index| &self.cells[index])
    }

    /// Returns the table of a key.
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.key == key)
    }

    /// Returns the first rule of a code.
    pub fn rule(&self, code: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.code == code)
    }

    /// The number of the notice that decrees this format, such as `国办公开办函〔2021〕30号`.
    pub fn notice(&self) -> &str {
        self.manifest.notice()
    }

    /// Official labels with the keys they stand for.
    pub fn key_names(&self) -> KeyNames {
        let rows = self.tables.iter().flat_map(|table| &table.sections).flat_map(|section| {
            let rows = section.rows.iter().map(|row| (row.label.as_str(), last_key(&row.key)));
            let columns =
                section.columns.iter().map(|column| (column.label.as_str(), column.key.as_str()));
            rows.chain(columns)
        });
        let items = self.manifest.parts.iter().flat_map(|part| &part.items).map(|item| {
            let label = if item.heading.is_empty() { &item.label } else { &item.heading };
            (label.as_str(), item.key.as_str())
        });
        let report = [
            ("机关全称", "agency"),
            ("机关名称", "agency"),
            ("报告年度", "year"),
            ("成文日期", "date"),
            ("标题", "title"),
        ];
        let sections = || self.tables.iter().flat_map(|table| &table.sections);
        let rows_of = sections().flat_map(|section| &section.rows).map(|row| last_key(&row.key));
        let columns = sections().flat_map(|section| &section.columns);
        let sentences = self.manifest.parts.iter().flat_map(|part| &part.items);
        let sentences = sentences.flat_map(|item| &item.figures);
        let figures = rows_of
            .chain(columns.map(|column| column.key.as_str()))
            .chain(sentences.map(|figure| figure.key.as_str()))
            .chain(["year", "value"]);
        KeyNames::new(rows.chain(items).chain(report)).with_figures(figures)
    }

    /// Fills a message of the format's data. A template that uses a name without a value shows the mistake in its
    /// place, so that it never hides a finding; a name without template gives an empty text.
    pub fn words(&self, name: &str, context: &impl serde::Serialize) -> String {
        if !self.messages.contains(name) {
            return String::new();
        }
        self.messages.render(name, context).unwrap_or_else(|error| error.to_string())
    }

    fn index(&mut self) {
        self.cells = model::cells(&self.tables, &self.manifest.parts);
        self.by_path =
            self.cells.iter().enumerate().map(|(index, cell)| (cell.path.clone(), index)).collect();
    }
}

fn last_key(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
