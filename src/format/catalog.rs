//! All formats: those built into the program and those of a directory given by the user, which come first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Table;

use super::merge::merge;
use super::rules::RawRule;
use super::texts::{self, Texts};
use super::{Format, Manifest, Rule};
use crate::diagnostic::Level;
use crate::template::Messages;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/templates.rs"));
}

/// The parts of a format that are merged with those of the format it extends.
const DATA_FILES: [&str; 5] =
    ["format.toml", "schema.toml", "rules.toml", "mapping.toml", "labels.toml"];

/// What a format says of itself alone, at the top of `format.toml`.
const NOT_INHERITED: [&str; 4] = ["id", "name", "extends", "years"];

/// How the origin of a format that comes with the program begins.
const BUILT_IN: &str = "built-in/";

/// Why a format cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError {
    /// The file at fault.
    pub file: String,
    /// What is wrong, in Chinese.
    pub message: String,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "格式文件 {} 有误：{}", self.file, self.message)
    }
}

impl std::error::Error for FormatError {}

fn error(file: impl Into<String>, message: impl Into<String>) -> FormatError {
    FormatError { file: file.into(), message: message.into() }
}

/// The files of one format directory by path below it.
#[derive(Debug, Clone, Default)]
struct Folder {
    files: BTreeMap<String, String>,
    origin: String,
}

/// All known formats.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    formats: Vec<Arc<Format>>,
}

impl Catalog {
    /// Loads the built-in formats and, before them, those of a directory with one folder for each.
    ///
    /// # Errors
    /// [`FormatError`] names the file that is unreadable, malformed or inconsistent.
    pub fn load(directory: Option<&Path>) -> Result<Self, FormatError> {
        let built_in = built_in();
        let own = directory.map(read_directory).transpose()?.unwrap_or_default();
        let mut formats = Vec::new();
        let mut known = Known::default();
        for id in own.keys() {
            formats.push(Arc::new(load(id, &own, &built_in, &mut known)?));
        }
        let none = BTreeMap::new();
        for id in built_in.keys().filter(|id| !own.contains_key(*id)) {
            formats.push(Arc::new(load(id, &none, &built_in, &mut known)?));
        }
        Ok(Self { formats })
    }

    /// The formats, the user's first.
    pub fn formats(&self) -> &[Arc<Format>] {
        &self.formats
    }

    /// Returns the format of an id.
    pub fn get(&self, id: &str) -> Option<&Arc<Format>> {
        self.formats.iter().find(|format| format.id() == id)
    }

    /// Returns the official format of a report year.
    pub fn for_year(&self, year: i32) -> Option<&Arc<Format>> {
        self.formats.iter().find(|format| format.manifest.years.contains(year))
    }

    /// Returns the format that a file calls for: the one it names, else the one of its year, else the newest.
    pub fn choose(&self, named: Option<&str>, year: Option<i32>) -> Option<&Arc<Format>> {
        let newest = || self.formats.iter().max_by_key(|format| format.manifest.years.from);
        named
            .and_then(|id| self.get(id.trim()))
            .or_else(|| year.and_then(|year| self.for_year(year)))
            .or_else(newest)
    }

    /// The ids, for messages.
    pub fn ids(&self) -> String {
        let ids: Vec<&str> = self.formats.iter().map(|format| format.id()).collect();
        ids.join("、")
    }
}

fn built_in() -> BTreeMap<String, Folder> {
    let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
    for (path, text) in embedded::FILES {
        let Some((id, file)) = path.split_once('/') else { continue };
        let folder = folders.entry(id.to_owned()).or_default();
        folder.origin = format!("{BUILT_IN}{id}");
        folder.files.insert(file.to_owned(), (*text).to_owned());
    }
    folders.retain(|_, folder| folder.files.contains_key("format.toml"));
    folders
}

fn read_directory(directory: &Path) -> Result<BTreeMap<String, Folder>, FormatError> {
    let shown = directory.display().to_string();
    if !directory.is_dir() {
        return Err(error(shown, "没有这个文件夹"));
    }
    let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(directory).sort_by_file_name() {
        let entry = entry.map_err(|cause| error(shown.clone(), cause.to_string()))?;
        let relative = entry.path().strip_prefix(directory).unwrap_or(entry.path());
        let relative = relative.to_string_lossy().replace('\\', "/");
        let Some((id, file)) = relative.split_once('/') else { continue };
        if !entry.file_type().is_file() || file.split('/').any(|name| name.starts_with('.')) {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).map_err(|cause| {
            error(entry.path().display().to_string(), format!("读不了：{cause}"))
        })?;
        let folder = folders.entry(id.to_owned()).or_default();
        folder.origin = directory.join(id).display().to_string();
        folder.files.insert(file.to_owned(), text);
    }
    folders.retain(|_, folder| folder.files.contains_key("format.toml"));
    Ok(folders)
}

/// The data files of a format by name, inherited parts included.
type Data = BTreeMap<&'static str, Table>;

/// Data that is known already, by the origins of the folders it comes from: a format and the one that extends it
/// share most of theirs.
type Known = BTreeMap<Vec<String>, Data>;

fn load(
    id: &str,
    own: &BTreeMap<String, Folder>,
    built_in: &BTreeMap<String, Folder>,
    known: &mut Known,
) -> Result<Format, FormatError> {
    let chain = lineage(id, own, built_in)?;
    let mut files = BTreeMap::new();
    for folder in chain.iter().rev() {
        let is_data = |name: &str| DATA_FILES.contains(&name) || texts::is_part(name);
        let others = folder.files.iter().filter(|(name, _)| !is_data(name));
        files.extend(others.map(|(name, text)| (name.clone(), text.clone())));
    }
    let origin = chain.first().map_or_else(String::new, |folder| folder.origin.clone());
    Ok(Format { digest: digest(&chain), ..build(id, origin, data(&chain, known)?, files)? })
}

/// Files of a format that have no part in how a report is checked and set.
fn is_silent(name: &str) -> bool {
    name == "mapping.toml"
        || name == "labels.toml"
        || name == "sample.toml"
        || name.ends_with(".md")
}

/// A hash of all files that decide what a report of the format looks like: `batch` makes reports again when it
/// changes.
fn digest(chain: &[&Folder]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for folder in chain {
        for (name, text) in folder.files.iter().filter(|(name, _)| !is_silent(name)) {
            for part in [name, text] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        hasher.update(&u64::MAX.to_le_bytes());
    }
    hasher.finalize()
}

/// Reads the data files of the first folder over those of the folders it extends.
fn data(chain: &[&Folder], known: &mut Known) -> Result<Data, FormatError> {
    let Some((folder, extended)) = chain.split_first() else { return Ok(Data::new()) };
    let origins: Vec<String> = chain.iter().map(|folder| folder.origin.clone()).collect();
    if let Some(data) = known.get(&origins) {
        return Ok(data.clone());
    }
    let mut data = data(extended, known)?;
    for name in DATA_FILES {
        let Some(text) = folder.files.get(name) else { continue };
        let path = format!("{}/{name}", folder.origin);
        let table: Table = toml::from_str(text).map_err(|cause| error(path, cause.to_string()))?;
        let mut base = data.remove(name).unwrap_or_default();
        for own in NOT_INHERITED {
            base.remove(own);
        }
        data.insert(name, merge(base, table));
    }
    let about_texts = texts::of_folder(&folder.files)
        .map_err(|(file, message)| error(format!("{}/{file}", folder.origin), message))?;
    let base = data.remove(texts::NAME).unwrap_or_default();
    data.insert(texts::NAME, merge(base, about_texts));
    known.insert(origins, data.clone());
    Ok(data)
}

/// The folder of a format and those it extends, nearest first. A user's folder may extend the built-in format of
/// the same id.
fn lineage<'a>(
    id: &str,
    own: &'a BTreeMap<String, Folder>,
    built_in: &'a BTreeMap<String, Folder>,
) -> Result<Vec<&'a Folder>, FormatError> {
    let mut chain: Vec<&Folder> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(id.to_owned());
    while let Some(id) = next {
        let unseen = |folder: &&&Folder| !seen.contains(&folder.origin);
        let folder = own.get(&id).as_ref().filter(unseen).copied();
        let Some(folder) = folder.or_else(|| built_in.get(&id).as_ref().filter(unseen).copied())
        else {
            let from = chain.last().map_or_else(|| id.clone(), |folder| folder.origin.clone());
            return Err(error(
                format!("{from}/format.toml"),
                format!("extends = \"{id}\" 找不到这个格式，或者互相引用"),
            ));
        };
        seen.insert(folder.origin.clone());
        chain.push(folder);
        let text = folder.files.get("format.toml").map_or("", String::as_str);
        let manifest: Table = toml::from_str(text)
            .map_err(|cause| error(format!("{}/format.toml", folder.origin), cause.to_string()))?;
        next = manifest.get("extends").and_then(toml::Value::as_str).map(str::to_owned);
    }
    Ok(chain)
}

#[derive(serde::Deserialize)]
struct Schema {
    #[serde(rename = "table", default)]
    tables: Vec<super::Table>,
}

#[derive(serde::Deserialize)]
struct Rules {
    #[serde(rename = "rule", default)]
    rules: Vec<RawRule>,
}

fn build(
    id: &str,
    origin: String,
    mut data: Data,
    files: BTreeMap<String, String>,
) -> Result<Format, FormatError> {
    let mut take = |name: &str| data.remove(name).unwrap_or_default();
    let manifest: Manifest = read(&origin, "format.toml", take("format.toml"))?;
    if manifest.id != id {
        let message = format!("id = \"{}\" 与文件夹名“{id}”不一致", manifest.id);
        return Err(error(format!("{origin}/format.toml"), message));
    }
    let schema: Schema = read(&origin, "schema.toml", take("schema.toml"))?;
    let rules: Rules = read(&origin, "rules.toml", take("rules.toml"))?;
    let notice = manifest.notice();
    let (texts, text_rules) =
        Texts::new(take(texts::NAME), notice, origin.starts_with(BUILT_IN))
            .map_err(|message| error(format!("{origin}/{}", texts::NAME), message))?;
    let mapping = take("mapping.toml");
    let labels = read(&origin, "labels.toml", take("labels.toml"))?;
    let mut format = Format {
        manifest,
        tables: schema.tables,
        rules: Vec::new(),
        texts,
        labels,
        mapping,
        messages: Messages::default(),
        files,
        origin,
        digest: blake3::Hash::from_bytes([0; 32]),
        cells: Vec::new(),
        by_path: Default::default(),
    };
    add_rules(&mut format, rules.rules)?;
    format.rules.extend(text_rules);
    add_sentences(&mut format)?;
    format.index();
    consistent(&format)?;
    Ok(format)
}

fn read<T: DeserializeOwned>(origin: &str, file: &str, table: Table) -> Result<T, FormatError> {
    table
        .try_into()
        .map_err(|cause: toml::de::Error| error(format!("{origin}/{file}"), cause.to_string()))
}

fn add_rules(format: &mut Format, raw: Vec<RawRule>) -> Result<(), FormatError> {
    let file = format!("{}/rules.toml", format.origin);
    for rule in raw {
        let Some(level) = Level::parse(&rule.level) else {
            return Err(error(
                file,
                format!("规则 {} 的 level 应为 error、warning 或 note", rule.code),
            ));
        };
        let basis = rule.basis.replace("{{ notice }}", format.notice());
        for (name, text) in [("message", rule.message), ("label", rule.label), ("help", rule.help)]
        {
            format
                .messages
                .add(&format!("{}/{name}", rule.code), &text)
                .map_err(|cause| error(file.clone(), cause.to_string()))?;
        }
        format.rules.push(Rule {
            code: rule.code,
            level,
            kind: rule.kind,
            title: rule.title,
            summary: rule.summary,
            basis,
            example: rule.example,
            repair: rule.repair,
        });
    }
    Ok(())
}

/// Compiles the title and the sentences of the parts, named by `title` and by their dotted path.
fn add_sentences(format: &mut Format) -> Result<(), FormatError> {
    let manifest = &format.manifest;
    let sentences = manifest.parts.iter().flat_map(|part| {
        let items = part.items.iter().filter(|item| item.kind == super::ItemKind::Sentence);
        items.map(|item| (format!("{}.{}", part.key, item.key), item.sentence.clone()))
    });
    let title = ("title".to_owned(), manifest.document_title.clone());
    for (name, text) in sentences.chain([title]) {
        format
            .messages
            .add(&name, &text)
            .map_err(|cause| error(format!("{}/format.toml", format.origin), cause.to_string()))?;
    }
    Ok(())
}

/// Refuses a format whose parts name tables or rows that it does not have.
fn consistent(format: &Format) -> Result<(), FormatError> {
    use super::ItemKind;
    let schema = format!("{}/schema.toml", format.origin);
    for part in &format.manifest.parts {
        let manifest = format!("{}/format.toml", format.origin);
        if part.sections && part.items.iter().all(|item| item.kind != ItemKind::Section) {
            let message =
                format!("{} 写了 sections = true，却没有一项是 kind = \"section\"", part.key);
            return Err(error(manifest, message));
        }
        let taken = ["section", "order"];
        let is_taken = |item: &&super::Item| part.sections && taken.contains(&item.key.as_str());
        if let Some(item) = part.items.iter().find(is_taken) {
            let message =
                format!("{} 写了 sections = true，键名 {} 已有所指，请另取", part.key, item.key);
            return Err(error(manifest, message));
        }
        for item in part.items.iter().filter(|item| item.kind == ItemKind::Table) {
            if format.table(&item.key).is_none() {
                return Err(error(schema, format!("缺少“{}”要用的表 {}", part.heading, item.key)));
            }
        }
    }
    for table in &format.tables {
        let taken = ["note", "before", "after"];
        let rows = table.sections.iter().flat_map(|section| &section.rows);
        if let Some(row) = rows.into_iter().find(|row| taken.contains(&row.key.as_str())) {
            let message =
                format!("表 {} 的行不能叫 {}：这个键写表前、表后的文字和表注", table.key, row.key);
            return Err(error(schema, message));
        }
        for section in &table.sections {
            let unknown = section
                .rows
                .iter()
                .flat_map(|row| &row.under)
                .find(|key| !section.groups.iter().any(|group| group.key == **key));
            if let Some(key) = unknown {
                return Err(error(schema, format!("表 {} 的 under 用了没有的组 {key}", table.key)));
            }
            if section.columns.is_empty() {
                return Err(error(schema, format!("表 {} 的 {} 没有列", table.key, section.key)));
            }
        }
    }
    let file = format!("{}/rules.toml", format.origin);
    for rule in &format.rules {
        let Some((table, rows)) = rule.kind.names() else { continue };
        let Some(found) = format.table(table) else {
            return Err(error(file, format!("规则 {} 用了没有的表 {table}", rule.code)));
        };
        let has = |key: &str| found.sections.iter().flat_map(|s| &s.rows).any(|row| row.key == key);
        if let Some(row) = rows.into_iter().find(|row| !has(row)) {
            return Err(error(file, format!("规则 {} 用了没有的行 {row}", rule.code)));
        }
    }
    Ok(())
}
