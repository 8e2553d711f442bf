//! The kinds of check, one to a file.
//!
//! A kind reads its data from a `[[check]]` of a format's rules, looks at the fields of a report through [`Page`] and
//! puts what it finds on the [`Desk`]. A new kind is a file and a line in [`KINDS`]. Kinds run in the order of that list:
//! a figure that already contradicts a table is not questioned again as a total or a share.

use serde::de::DeserializeOwned;

use super::data::Head;
use super::desk::{Desk, Page};
use super::figures::Figures;
use super::pattern::{Pattern, PatternError, Words};
use super::reading::Lexicon;

mod agency;
mod compare;
mod deadline;
mod doubled;
mod enumeration;
mod frame;
mod growth;
mod kin;
mod law;
mod length;
mod list;
mod required;
mod share;
mod similarity;
mod wording;
mod year;

/// One check, ready for use.
pub(crate) trait Check: std::fmt::Debug + Send + Sync {
    /// Key, code and own messages.
    fn head(&self) -> &Head;

    /// Patterns over the plain view, which a gate opens.
    fn patterns(&mut self) -> Vec<&mut Pattern> {
        Vec::new()
    }

    /// Looks at a field; the title given in the file is one too.
    fn page(&self, _page: &Page<'_>, _desk: &mut Desk<'_>) {}

    /// Looks at the report as a whole.
    fn whole(&self, _pages: &[Page<'_>], _desk: &mut Desk<'_>) {}
}

/// What checks are made with.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'a> {
    /// Word lists that patterns name.
    pub(crate) words: Words<'a>,
    /// The words of the language.
    pub(crate) lexicon: &'a Lexicon,
    /// Figures of the form by name.
    pub(crate) figures: &'a Figures,
}

type Make = fn(toml::Table, Tools<'_>) -> Result<Box<dyn Check>, PatternError>;

/// All kinds, in the order in which they run.
const KINDS: &[(&str, Make)] = &[
    ("frame", frame::make),
    ("list", list::make),
    ("share", share::make),
    ("growth", growth::make),
    ("year", year::make),
    ("wording", wording::make),
    ("law", law::make),
    ("doubled", doubled::make),
    ("enumeration", enumeration::make),
    ("agency", agency::make),
    ("kin", kin::make),
    ("length", length::make),
    ("required", required::make),
    ("compare", compare::make),
    ("deadline", deadline::make),
    ("similarity", similarity::make),
];

/// Makes a check of its data; the number is its kind's place in the order.
///
/// # Errors
/// The kind is unknown or the data cannot be used.
pub(crate) fn make(
    mut data: toml::Table,
    tools: Tools<'_>,
) -> Result<(usize, Box<dyn Check>), PatternError> {
    let kind = data.remove("kind").and_then(|kind| kind.as_str().map(str::to_owned));
    let kind = kind.unwrap_or_default();
    let key = data.get("key").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let Some(order) = KINDS.iter().position(|(name, _)| *name == kind) else {
        return Err(PatternError(format!("{key}: no kind `{kind}`")));
    };
    let check = KINDS[order].1(data, tools).map_err(|e| PatternError(format!("{key}: {}", e.0)))?;
    Ok((order, check))
}

/// Takes what every check has out of its data and reads the rest.
///
/// # Errors
/// A key is missing, unknown or of the wrong type.
fn read<T: DeserializeOwned>(mut data: toml::Table) -> Result<(Head, T), PatternError> {
    let head = Head::take(&mut data)?;
    let data = data.try_into().map_err(|e: toml::de::Error| PatternError(e.to_string()))?;
    Ok((head, data))
}
