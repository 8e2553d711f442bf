//! `text_rules.toml`: the rules about texts, as data for `text`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use toml::Table;

use crate::diagnostic::Level;
use crate::text::data::CodeData;
use crate::text::{Checker, RuleFile};

use super::{Rule, RuleKind};

/// The rules about texts of one format.
#[derive(Debug)]
pub(super) struct Texts {
    data: Table,
    checker: OnceLock<Checker>,
}

impl Texts {
    /// Takes the merged data and describes its codes as rules. Rules that do not come with the program are read at
    /// once, so that a mistake in them is known before any report is checked.
    ///
    /// # Errors
    /// A message that says what cannot be used.
    pub(super) fn new(
        mut data: Table,
        notice: &str,
        is_built_in: bool,
    ) -> Result<(Self, Vec<Rule>), String> {
        if let Some(codes) = data.get_mut("codes").and_then(toml::Value::as_table_mut) {
            codes.iter_mut().for_each(|(_, code)| fill_basis(code, notice));
        }
        let codes = data.get("codes").cloned().unwrap_or_else(|| Table::new().into());
        let codes: BTreeMap<String, CodeData> =
            codes.try_into().map_err(|cause: toml::de::Error| cause.to_string())?;
        let rules =
            codes.into_iter().map(|(code, data)| rule(code, data)).collect::<Result<_, _>>()?;
        let texts = Self { data, checker: OnceLock::new() };
        if !is_built_in {
            let checker = texts.read()?;
            texts.checker.get_or_init(|| checker);
        }
        Ok((texts, rules))
    }

    fn read(&self) -> Result<Checker, String> {
        let file: RuleFile =
            self.data.clone().try_into().map_err(|cause: toml::de::Error| cause.to_string())?;
        Checker::new(file).map_err(|cause| cause.to_string())
    }

    pub(super) fn checker(&self) -> &Checker {
        self.checker
            .get_or_init(|| self.read().expect("a test reads the built-in rules about texts"))
    }
}

fn fill_basis(code: &mut toml::Value, notice: &str) {
    if let Some(toml::Value::String(basis)) =
        code.as_table_mut().and_then(|code| code.get_mut("basis"))
    {
        *basis = basis.replace("{{ notice }}", notice);
    }
}

fn rule(code: String, data: CodeData) -> Result<Rule, String> {
    let level = Level::parse(&data.level);
    Ok(Rule {
        level: level.ok_or_else(|| format!("规则 {code} 的 level 应为 error、warning 或 note"))?,
        code,
        kind: RuleKind::Text,
        message: String::new(),
        label: String::new(),
        help: String::new(),
        title: data.title,
        summary: data.summary,
        basis: data.basis.unwrap_or_default(),
        example: data.example,
        repair: data.repair,
    })
}
