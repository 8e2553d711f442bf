//! A record read by a format: every field and every figure of the form, typed, with its place.
//!
//! In: a [`Record`](crate::record::Record) and a [`Format`](crate::format::Format). Out: a [`Report`] as complete
//! as the file allows, and findings about everything that is missing, unknown or of the wrong kind.

mod cells;
mod charts;
mod expect;
mod fields;
mod keys;
mod read;
mod remedy;
mod texts;
mod totals;

pub use charts::{Chart, ChartKind};
pub use fields::YEARS;
pub(crate) use keys::BESIDE;
pub use read::read;

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::format::Format;
use crate::number::Number;
use crate::record::StringMap;
use crate::source::Span;

/// A report as read.
#[derive(Debug, Clone)]
pub struct Report {
    /// The format that it was read by: what its figures and texts mean.
    pub format: Arc<Format>,
    /// 机关全称; empty when the file lacks it.
    pub agency: Agency,
    /// 报告年度; none when the file lacks it.
    pub year: Option<Spanned<i32>>,
    /// Whose report it is.
    pub kind: Kind,
    /// What the tables count.
    pub scope: Scope,
    /// Title: as given, else by the format's template.
    pub title: Title,
    /// 成文日期.
    pub date: Option<Spanned<Date>>,
    /// Texts in the order in which they are printed, the preface (`report.preface`) first.
    pub texts: Vec<Text>,
    /// Figures, one for each of [`Format::cells`], in the same order.
    pub figures: Vec<Figure>,
    /// Notes under tables, by table key.
    pub table_notes: Vec<TableNote>,
    /// Charts by name.
    pub charts: Vec<Chart>,
    /// Accepted exceptions.
    pub waivers: Vec<Waiver>,
    /// The `format` that the file names.
    pub named_format: Option<Spanned<String>>,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Byte range in the source.
    pub span: Span,
}

/// The title of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title {
    /// Its text.
    pub value: String,
    /// Byte range of the title that the file gives, else of the agency that it was made from; none without either.
    pub span: Option<Span>,
    /// Whether the file gives it.
    pub is_given: bool,
}

/// Who reports: one agency, or several together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agency {
    /// The name; the names of a joint report joined by 、.
    pub value: String,
    /// Byte range in the source, of a joint report the whole list; none when the file lacks it.
    pub span: Option<Span>,
    /// The names one by one, in order.
    pub names: Vec<Spanned<String>>,
}

impl Agency {
    /// The agency of a report that names one.
    pub fn one(name: Spanned<String>) -> Self {
        Self { value: name.value.clone(), span: Some(name.span.clone()), names: vec![name] }
    }

    /// The agencies of a joint report; `span` is the place of the whole list.
    pub fn joint(names: Vec<Spanned<String>>, span: Span) -> Self {
        let value = names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join("、");
        Self { value, span: Some(span), names }
    }
}

/// Whose report it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// A department.
    #[default]
    Department,
    /// A government, which also reports 工作考核、社会评议、责任追究.
    Government,
}

/// What the tables count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// 本级.
    #[default]
    Own,
    /// 全域.
    Jurisdiction,
}

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Date {
    /// Year.
    pub year: i32,
    /// Month, 1–12.
    pub month: u8,
    /// Day, 1–31.
    pub day: u8,
}

/// A text field.
#[derive(Debug, Clone)]
pub struct Text {
    /// Dotted path, such as `overview.requests`; of a section that the file adds, with its number from 0
    /// (`overview.section.0`).
    pub path: String,
    /// The heading that the file gives.
    pub heading: Option<Spanned<String>>,
    /// Whether the heading runs on into the first paragraph.
    pub run_in: bool,
    /// Whether it stands under a numbered heading.
    pub is_section: bool,
    /// Where it begins in the source: its key or header.
    pub place: Span,
    /// The text as decoded, one paragraph a line.
    pub value: String,
    /// Byte range of the string in the source, quotes included.
    pub span: Span,
    /// Offsets of the value in the source.
    pub map: StringMap,
}

impl Text {
    /// Whether it is a section that the file adds to those of the form.
    pub fn is_added(&self) -> bool {
        self.is_section && self.path.contains(".section.")
    }

    /// Whether there is nothing to print.
    pub fn is_blank(&self) -> bool {
        self.value.trim().is_empty()
    }
}

/// A note under a table.
#[derive(Debug, Clone)]
pub struct TableNote {
    /// Key of the table.
    pub table: String,
    /// The note; of several, each has its number from 0 in its path (`requests.note.0`).
    pub text: Text,
}

impl TableNote {
    /// The note as it is printed: on one line, however the file breaks it.
    pub fn printed(&self) -> String {
        fields::one_line(&self.text.value)
    }
}

/// An accepted exception.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// Rule code.
    pub rule: String,
    /// Path, or a beginning of one; empty for every place.
    pub place: String,
    /// The reason.
    pub reason: String,
    /// Its place.
    pub span: Span,
}

/// How a figure came to its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The file gives it.
    Given,
    /// A shorthand (`0` for a row, an unnamed column) gives it.
    Implied,
    /// A total that the file leaves out.
    Computed,
    /// A blank cell.
    Blank,
    /// Something that is no figure.
    Malformed,
    /// The file lacks its row.
    Missing,
    /// An optional figure that the file leaves out.
    Absent,
}

/// One figure.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The value; none when blank, malformed, missing or absent.
    pub number: Option<Number>,
    /// What is printed.
    pub text: String,
    /// Note printed in the cell.
    pub note: Option<Spanned<String>>,
    /// Its place; of an implied figure, the row's value.
    pub span: Option<Span>,
    /// How it came to its value.
    pub state: State,
}

impl Figure {
    pub(crate) fn empty(state: State, span: Option<Span>) -> Self {
        Self { number: None, text: String::new(), note: None, span, state }
    }

    pub(crate) fn of(number: Number, state: State, span: Option<Span>) -> Self {
        Self { text: number.digits.clone(), number: Some(number), note: None, span, state }
    }

    /// The exact value.
    pub fn value(&self) -> Option<Decimal> {
        self.number.as_ref().map(|number| number.value)
    }
}

impl Report {
    /// Returns the figure of a dotted path.
    pub fn figure(&self, path: &str) -> Option<&Figure> {
        self.figures.get(self.format.cell_index(path)?)
    }

    /// Returns the value of a dotted path.
    pub fn value(&self, path: &str) -> Option<Decimal> {
        self.figure(path)?.value()
    }

    /// Returns the text of a dotted path, notes under tables included.
    pub fn text(&self, path: &str) -> Option<&Text> {
        self.all_texts().find(|text| text.path == path)
    }

    /// All texts, and after them the notes under tables.
    pub fn all_texts(&self) -> impl Iterator<Item = &Text> {
        self.texts.iter().chain(self.table_notes.iter().map(|note| &note.text))
    }

    /// The sections of a part, in the order in which they are printed.
    pub fn sections<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a Text> {
        let is_of = move |text: &&Text| {
            text.path.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'))
        };
        self.texts.iter().filter(|text| text.is_section).filter(is_of)
    }

    /// The report year, or 0 when the file lacks it.
    pub fn year_or_zero(&self) -> i32 {
        self.year.as_ref().map_or(0, |year| year.value)
    }
}
