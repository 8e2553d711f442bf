//! The rules about texts as a format's data states them.
//!
//! A format's `words.toml`, `figures.toml` and `rules/*.toml`, laid over those of the format it extends, make up one
//! [`RuleFile`]. Every check has a `key`, by which a later format changes or removes it; its `kind` says how the rest is
//! read ([`super::kinds`]).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::figures::FigureData;
use super::pattern::PatternError;
use super::reading::WordData;

/// All that a format says about texts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The vocabulary: role → value → words.
    #[serde(default)]
    pub(crate) words: WordData,
    /// Word lists that patterns name as `{name}`.
    #[serde(default)]
    pub(crate) lists: BTreeMap<String, String>,
    /// Figures of the form that texts are compared with.
    #[serde(default)]
    pub(crate) figures: BTreeMap<String, FigureData>,
    /// Level, messages and ground of each rule code.
    #[serde(default)]
    pub(crate) codes: BTreeMap<String, CodeData>,
    /// The checks.
    #[serde(default, rename = "check")]
    pub(crate) checks: Vec<toml::Table>,
}

/// Level, messages and ground of a rule code.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeData {
    /// `error`, `warning`, `note`.
    pub level: String,
    /// The rule in a few words.
    pub title: String,
    /// Headline, a template.
    pub message: String,
    /// What stands beside the caret, a template.
    #[serde(default)]
    pub label: Option<String>,
    /// What to do, a template.
    #[serde(default)]
    pub help: Option<String>,
    /// The ground.
    #[serde(default)]
    pub basis: Option<String>,
    /// What the rule checks.
    pub summary: String,
    /// For `explain`: an excerpt that fails.
    pub example: String,
    /// For `explain`: the same excerpt repaired.
    pub repair: String,
}

/// What every check has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Head {
    /// The name under which a later format changes it.
    pub(crate) key: String,
    /// Rule code: that of its file.
    pub(crate) code: String,
    /// Replaces the code's headline.
    #[serde(default)]
    pub(crate) message: Option<String>,
    /// Replaces the code's remedy.
    #[serde(default)]
    pub(crate) help: Option<String>,
}

impl Head {
    /// Takes the head out of a check's data. Examples (`right`, `wrong`, `example_field`) are for the tests.
    ///
    /// # Errors
    /// A key is missing or no text.
    pub(crate) fn take(data: &mut toml::Table) -> Result<Self, PatternError> {
        for example in ["right", "wrong", "example_field"] {
            data.remove(example);
        }
        let mut text = |name: &str| match data.remove(name) {
            Some(toml::Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(PatternError(format!("`{name}` is no text"))),
            None => Ok(None),
        };
        let missing = |name: &str| PatternError(format!("`{name}` is missing"));
        Ok(Self {
            key: text("key")?.ok_or_else(|| missing("key"))?,
            code: text("code")?.ok_or_else(|| missing("code"))?,
            message: text("message")?,
            help: text("help")?,
        })
    }
}

/// Every field.
pub(crate) fn all_fields() -> Vec<String> {
    vec!["*".to_owned()]
}

/// Names of the agency: words beside which they stand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgencyData {
    /// How names end.
    pub(crate) endings: Vec<String>,
    /// Offices of an agency, behind its name.
    pub(crate) offices: Vec<String>,
    /// Names that every agency may use of itself.
    pub(crate) own: Vec<String>,
    /// Words before a name that are no part of it.
    pub(crate) leads: Vec<String>,
    /// What an agency does: behind its name as the subject of a clause.
    pub(crate) verbs: Vec<String>,
    /// What a superior or another agency does.
    pub(crate) silent_after: Vec<String>,
    /// Words with which a text quotes others' reports.
    pub(crate) quoting: Vec<String>,
    /// Words of names that are no agency's.
    pub(crate) general: Vec<String>,
    /// Characters that a short form may leave out.
    pub(crate) harmless: Vec<char>,
}
