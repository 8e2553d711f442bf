//! `pasted.toml`: the rules about pasted text, as data for `pasted`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use toml::Table;

use crate::diagnostic::Level;
use crate::pasted::Rules;

use super::{Rule, RuleKind};

/// The rules about pasted text of one format.
#[derive(Debug, Default)]
pub(super) struct Pasted {
    /// Words and thresholds by code.
    data: Table,
    rules: OnceLock<Rules>,
    /// Levels of messages that differ from their rule's, by `CODE/NAME`.
    levels: BTreeMap<String, Level>,
}

/// What is said about a code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    level: String,
    title: String,
    summary: String,
    #[serde(default)]
    basis: String,
    #[serde(default)]
    example: String,
    #[serde(default)]
    repair: String,
    /// Texts of a field in which the rule is silent, and such in which it speaks; a test runs them.
    #[serde(default, rename = "right")]
    _right: Vec<String>,
    #[serde(default, rename = "wrong")]
    _wrong: Vec<String>,
    #[serde(default)]
    check: Table,
    #[serde(default)]
    messages: BTreeMap<String, Words>,
}

/// The words of one kind of slip.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    message: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    help: String,
    #[serde(default)]
    level: Option<String>,
}

/// What the data hold besides the checks.
pub(super) struct Described {
    /// The codes as rules.
    pub(super) rules: Vec<Rule>,
    /// Templates by name: `CODE/NAME/message`, `…/label`, `…/help`.
    pub(super) templates: Vec<(String, String)>,
}

impl Pasted {
    /// Takes the merged data. Rules that do not come with the program are read at once.
    ///
    /// # Errors
    /// A message that says what cannot be used.
    pub(super) fn new(
        data: Table,
        notice: &str,
        is_built_in: bool,
    ) -> Result<(Self, Described), String> {
        let mut pasted = Self::default();
        let mut described = Described { rules: Vec::new(), templates: Vec::new() };
        for (code, value) in data {
            let entry: Code =
                value.try_into().map_err(|cause: toml::de::Error| format!("{code}：{cause}"))?;
            let level = |name: &str| {
                Level::parse(name)
                    .ok_or_else(|| format!("规则 {code} 的 level 应为 error、warning 或 note"))
            };
            for (name, words) in entry.messages {
                if let Some(own) = &words.level {
                    pasted.levels.insert(format!("{code}/{name}"), level(own)?);
                }
                for (part, text) in
                    [("message", words.message), ("label", words.label), ("help", words.help)]
                {
                    described.templates.push((format!("{code}/{name}/{part}"), text));
                }
            }
            described.rules.push(Rule {
                level: level(&entry.level)?,
                code: code.clone(),
                kind: RuleKind::Text,
                title: entry.title,
                summary: entry.summary,
                basis: entry.basis.replace("{{ notice }}", notice),
                example: entry.example,
                repair: entry.repair,
            });
            pasted.data.insert(code, toml::Value::Table(entry.check));
        }
        if !is_built_in {
            let rules = pasted.read()?;
            pasted.rules.get_or_init(|| rules);
        }
        Ok((pasted, described))
    }

    fn read(&self) -> Result<Rules, String> {
        self.data.clone().try_into().map_err(|cause: toml::de::Error| cause.to_string())
    }

    pub(super) fn rules(&self) -> &Rules {
        self.rules
            .get_or_init(|| self.read().expect("a test reads the built-in rules about pasted text"))
    }

    /// The level of a message, where it differs from its rule's.
    pub(super) fn level(&self, code: &str, name: &str) -> Option<Level> {
        self.levels.get(&format!("{code}/{name}")).copied()
    }
}
