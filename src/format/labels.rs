//! `labels.toml`: how published reports write the labels of tables and the headings of parts.
//!
//! Reading foreign files needs it; checking and setting do not.

use serde::Deserialize;

/// The file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    #[serde(rename = "label", default)]
    labels: Vec<Label>,
    #[serde(rename = "heading", default)]
    headings: Vec<Heading>,
}

/// A label of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    /// The official label.
    key: String,
    /// What people write instead.
    #[serde(default)]
    variants: Vec<String>,
}

/// A heading.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    /// Key of the part, or part and item.
    key: String,
    /// Words of which its heading holds one.
    #[serde(default)]
    words: Vec<String>,
}

impl Labels {
    pub(super) fn variants(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.labels.iter().map(|label| (label.key.as_str(), label.variants.as_slice()))
    }

    pub(super) fn words(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.headings.iter().map(|heading| (heading.key.as_str(), heading.words.as_slice()))
    }
}
