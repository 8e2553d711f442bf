//! `words.toml`, `figures.toml` and `rules/*.toml`: the rules about texts, as data for `text`.
//!
//! The files of one folder become one table, which is merged with that of the format it extends: a later format states
//! only what differs, in files of the same names.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use toml::Table;

use crate::diagnostic::Level;
use crate::text::data::CodeData;
use crate::text::{Checker, RuleFile};

use super::{Rule, RuleKind};

/// What messages call the files together.
pub(super) const NAME: &str = "rules";

/// What a rule's file says of its code; the rest is checks and word lists.
const OF_CODE: [&str; 9] =
    ["level", "title", "summary", "message", "label", "help", "basis", "example", "repair"];

/// Whether a file of a format is one of these.
pub(super) fn is_part(name: &str) -> bool {
    matches!(name, "words.toml" | "figures.toml" | "text_rules.toml") || name.starts_with("rules/")
}

/// Reads the files of one folder into one table.
///
/// # Errors
/// The file at fault and what is wrong with it.
pub(super) fn of_folder(files: &BTreeMap<String, String>) -> Result<Table, (String, String)> {
    let mut all = Table::new();
    if files.contains_key("text_rules.toml") {
        let message = "正文规则现在一个代码一个文件，放在 rules/ 里，词表在 words.toml：请按 templates/README.md 改写";
        return Err(("text_rules.toml".to_owned(), message.to_owned()));
    }
    for (name, text) in files.iter().filter(|(name, _)| is_part(name) && name.ends_with(".toml")) {
        let fault = |message: String| (name.clone(), message);
        let table: Table = toml::from_str(text).map_err(|cause| fault(cause.to_string()))?;
        match name.strip_prefix("rules/").and_then(|file| file.strip_suffix(".toml")) {
            Some(code) => add_code(&mut all, code, table).map_err(fault)?,
            None if name == "words.toml" => drop(all.insert("words".to_owned(), table.into())),
            None => all.extend(table),
        }
    }
    Ok(all)
}

/// The files that the merged table is written as: the way back of [`of_folder`].
pub(super) fn to_files(mut all: Table) -> BTreeMap<String, Table> {
    let mut files: BTreeMap<String, Table> = BTreeMap::new();
    if let Some(toml::Value::Table(words)) = all.remove("words") {
        files.insert("words.toml".to_owned(), words);
    }
    for name in ["figures", "lists"] {
        if let Some(table) = all.remove(name) {
            files.entry("figures.toml".to_owned()).or_default().insert(name.to_owned(), table);
        }
    }
    let file = |code: &str| format!("rules/{code}.toml");
    if let Some(toml::Value::Table(codes)) = all.remove("codes") {
        for (code, words) in codes {
            if let toml::Value::Table(words) = words {
                files.entry(file(&code)).or_default().extend(words);
            }
        }
    }
    for check in
        all.remove("check").and_then(|checks| checks.as_array().cloned()).into_iter().flatten()
    {
        let toml::Value::Table(mut check) = check else { continue };
        let code = check.remove("code").and_then(|code| code.as_str().map(str::to_owned));
        let rule = files.entry(file(&code.unwrap_or_default())).or_default();
        let list = rule.entry("check").or_insert_with(|| toml::Value::Array(Vec::new()));
        if let Some(list) = list.as_array_mut() {
            list.push(check.into());
        }
    }
    files
}

/// Adds the file of one code: its words under `codes.CODE`, its checks to the list of all.
fn add_code(all: &mut Table, code: &str, mut file: Table) -> Result<(), String> {
    let mut words = Table::new();
    for key in OF_CODE {
        words.extend(file.remove_entry(key));
    }
    let below = |all: &mut Table, name: &str, empty: toml::Value| {
        all.entry(name).or_insert(empty);
    };
    if !words.is_empty() {
        below(all, "codes", Table::new().into());
        if let Some(codes) = all["codes"].as_table_mut() {
            codes.insert(code.to_owned(), words.into());
        }
    }
    if let Some(toml::Value::Array(checks)) = file.remove("check") {
        below(all, "check", toml::Value::Array(Vec::new()));
        for check in checks {
            let toml::Value::Table(mut check) = check else { continue };
            check.insert("code".to_owned(), code.into());
            if let Some(list) = all["check"].as_array_mut() {
                list.push(check.into());
            }
        }
    }
    if let Some(lists) = file.remove("lists").and_then(|lists| lists.as_table().cloned()) {
        below(all, "lists", Table::new().into());
        if let Some(known) = all["lists"].as_table_mut() {
            known.extend(lists);
        }
    }
    match file.keys().next() {
        Some(key) => Err(format!("不认识的键 {key}")),
        None => Ok(()),
    }
}

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
