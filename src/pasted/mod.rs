//! Text that was pasted: what a word processor, a PDF or a web page leaves behind.
//!
//! In: every text of a data file ([`Page`]) and the words and thresholds of the format ([`Rules`]). Out: [`Slip`]s, each with its
//! place in a text, the line as it should read, and the edits that mend it where they are certain. Nothing here knows
//! of files or TOML; `check` brings the two together.
//!
//! Each rule stands in a file of its own and implements [`Rule`]; a new one touches its file, [`Rules`] and
//! [`Rules::all`].

mod chars;
mod charts;
mod marks;
mod misread;
mod page;
mod punct;
mod sections;
mod shape;
mod tables;
mod torn;
mod twice;
mod web;

use std::ops::Range;

use serde::Deserialize;

pub use shape::number_length;
pub use web::strip as without_web_marks;

pub use page::{Chart, Datum, Page, Passage, Section, Shape};

/// A rule about pasted text.
trait Rule {
    /// Adds what it finds.
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>);
}

/// Where a slip points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A byte range in a passage, by its index.
    Text(usize, Range<usize>),
    /// A chart by its index, or one of its figures.
    Chart(usize, Option<usize>),
    /// A section by its index.
    Section(usize),
}

/// A piece of a passage and what should stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Index of the passage.
    pub passage: usize,
    /// Bytes of its text.
    pub range: Range<usize>,
    /// What should stand there.
    pub put: String,
}

/// Something that pasting left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Rule code.
    pub code: &'static str,
    /// Name of its message among those of the rule.
    pub name: &'static str,
    /// Where it is.
    pub place: Place,
    /// Values for the message.
    pub values: Vec<(&'static str, String)>,
    /// The lines as they should read.
    pub corrected: Option<String>,
    /// What mends it, where that is certain.
    pub changes: Vec<Change>,
    /// All bytes of the passage that it is about: other rules leave them alone.
    covers: Range<usize>,
}

impl Slip {
    fn new(code: &'static str, name: &'static str, place: Place) -> Self {
        let covers = match &place {
            Place::Text(_, range) => range.clone(),
            _ => 0..0,
        };
        Self { code, name, place, values: Vec::new(), corrected: None, changes: Vec::new(), covers }
    }

    /// The lines of a passage that it makes unreadable as paragraphs: a tear, a table, a picture.
    fn piece_of(&self, passage: usize) -> Option<Range<usize>> {
        let here = matches!(&self.place, Place::Text(at, _) if *at == passage);
        let whole = self.code == "TEXT-TORN"
            || ["table", "image"].iter().any(|word| self.name.starts_with(word));
        (here && whole).then(|| self.covers.clone())
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// Shows the lines that the changes touch as they should read, and makes them the fix when they are `certain`.
    fn mended(mut self, passage: &Passage<'_>, changes: Vec<Change>, certain: bool) -> Self {
        self.corrected = passage.corrected(&changes);
        if certain {
            self.changes = changes;
        }
        self
    }
}

/// The words and thresholds of all rules, as a format's `pasted.toml` states them by code. A rule that a format leaves out
/// is not run.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    #[serde(rename = "TEXT-TORN")]
    torn: Option<torn::Torn>,
    #[serde(rename = "TEXT-CHARS")]
    chars: Option<chars::Chars>,
    #[serde(rename = "TEXT-MARKUP")]
    markup: Option<Markup>,
    #[serde(rename = "TEXT-TWICE")]
    twice: Option<twice::Twice>,
    #[serde(rename = "TEXT-PUNCT")]
    punct: Option<punct::Punct>,
    #[serde(rename = "CHART-UNPLACED")]
    unplaced: Option<charts::Unplaced>,
    #[serde(rename = "CHART-TEXT")]
    chart_text: Option<charts::Contradicted>,
    #[serde(rename = "SECTION")]
    sections: Option<sections::Sections>,
}

/// The three kinds of `TEXT-MARKUP`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Markup {
    web: web::Web,
    marks: marks::Marks,
    tables: tables::Tables,
}

impl Rules {
    fn all(&self) -> Vec<&dyn Rule> {
        fn part<'a, T: Rule + 'a>(rule: Option<&'a T>) -> Option<&'a dyn Rule> {
            rule.map(|rule| rule as &dyn Rule)
        }
        let markup = self.markup.as_ref();
        [
            part(self.chars.as_ref()),
            part(self.torn.as_ref()),
            part(markup.map(|markup| &markup.web)),
            part(markup.map(|markup| &markup.marks)),
            part(markup.map(|markup| &markup.tables)),
            part(self.twice.as_ref()),
            part(self.punct.as_ref()),
            part(self.unplaced.as_ref()),
            part(self.chart_text.as_ref()),
            part(self.sections.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Runs every rule.
    pub fn check(&self, page: &Page<'_>) -> Vec<Slip> {
        let mut slips = Vec::new();
        for rule in self.all() {
            rule.check(page, &mut slips);
        }
        slips
    }
}
