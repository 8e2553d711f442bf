//! `pasted.toml`: the rules about pasted text, as data for `pasted`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use toml::Table;

use crate::diagnostic::Level;
use crate::pasted::Rules;
use crate::template::Messages;

use super::{Rule, RuleKind};

/// The rules about pasted text of one format.
#[derive(Debug, Default)]
pub(super) struct Pasted {
    /// Words and thresholds by code.
    data: Table,
    rules: OnceLock<Rules>,
    /// Levels of messages that differ from their rule's, by `CODE/NAME`.
    levels: BTreeMap<String, Level>,
    /// Templates by `CODE/NAME/message`, `…/label`, `…/help`; compiled when the first slip is found, which in most
    /// runs is never.
    templates: Vec<(String, String)>,
    messages: OnceLock<Messages>,
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

impl Pasted {
    /// Takes the merged data. Rules that do not come with the program are read at once.
    ///
    /// # Errors
    /// A message that says what cannot be used.
    pub(super) fn new(
        data: Table,
        notice: &str,
        is_built_in: bool,
    ) -> Result<(Self, Vec<Rule>), String> {
        let mut pasted = Self::default();
        let mut rules = Vec::new();
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
                    pasted.templates.push((format!("{code}/{name}/{part}"), text));
                }
            }
            rules.push(Rule {
                level: level(&entry.level)?,
                code: code.clone(),
                kind: RuleKind::Text,
                message: String::new(),
                label: String::new(),
                help: String::new(),
                title: entry.title,
                summary: entry.summary,
                basis: entry.basis.replace("{{ notice }}", notice),
                example: entry.example,
                repair: entry.repair,
            });
            pasted.data.insert(code, toml::Value::Table(entry.check));
        }
        if !is_built_in {
            let (read, messages) = (pasted.read()?, pasted.compile()?);
            pasted.rules.get_or_init(|| read);
            pasted.messages.get_or_init(|| messages);
        }
        Ok((pasted, rules))
    }

    fn read(&self) -> Result<Rules, String> {
        self.data.clone().try_into().map_err(|cause: toml::de::Error| cause.to_string())
    }

    fn compile(&self) -> Result<Messages, String> {
        let mut messages = Messages::default();
        for (name, text) in &self.templates {
            messages.add(name, text).map_err(|cause| cause.to_string())?;
        }
        Ok(messages)
    }

    /// Fills a message; a template that cannot be filled shows the mistake in its place.
    pub(super) fn words(&self, name: &str, values: &BTreeMap<&str, &str>) -> String {
        let messages = self.messages.get_or_init(|| {
            self.compile().expect("a test reads the built-in rules about pasted text")
        });
        match messages.contains(name) {
            true => messages.render(name, values).unwrap_or_else(|error| error.to_string()),
            false => String::new(),
        }
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
