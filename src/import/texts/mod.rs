//! Running text sorted into the fields of the data file, by the headings of the report in whatever style they are set.
//!
//! In: the blocks of a draft that are no tables of the form. Out: [`Texts`]: title, agency, year, date, every field's
//! paragraphs, notes of tables, and what has no place, each with its place in the source.

pub(crate) mod chars;
mod ending;
mod heading;
pub(crate) mod join;
mod opening;
mod sort;

use std::collections::BTreeMap;

use super::draft::Place;

pub(crate) use heading::is_enumerated;
pub(crate) use sort::{Item, sort};

/// A line of a text field: a paragraph, heading, picture or table row in the spelling of the data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As the data file spells it, bold included.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// A text field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Field {
    /// Dotted path; of a section that no item of the form stands for, `overview.section`.
    pub path: String,
    /// The heading where it is not the form's own, without its number.
    pub heading: Option<String>,
    /// Whether the heading runs on into its first paragraph.
    pub run_in: bool,
    /// Where the heading, else the text, stands.
    pub place: Place,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// All texts of a report.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// Lines of the title.
    pub title_lines: Vec<Line>,
    /// The title, joined.
    pub title: String,
    /// 机关全称; several of a joint report; none where the file does not say.
    pub agencies: Vec<String>,
    /// 报告年度.
    pub year: Option<i32>,
    /// 成文日期: year, month, day.
    pub date: Option<(i32, u8, u8)>,
    /// Where title and date stand.
    pub places: BTreeMap<String, Place>,
    /// Fields in the order of the file.
    pub fields: Vec<Field>,
    /// Notes under tables by table key.
    pub notes: BTreeMap<String, Vec<Line>>,
    /// Figures of a sentence by path of the figure: as written.
    pub sentences: BTreeMap<String, Line>,
    /// What has no place.
    pub left: Vec<Line>,
    /// Headings of parts that were found.
    pub parts: Vec<String>,
}

impl Texts {
    /// Number of paragraphs in fields and notes.
    pub fn paragraphs(&self) -> usize {
        let fields = self.fields.iter().map(|field| field.lines.len()).sum::<usize>();
        fields + self.notes.values().map(Vec::len).sum::<usize>() + self.sentences.len().min(1)
    }
}
