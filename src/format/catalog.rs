//! All formats: those built into the program and those of a directory given by the user, which come first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Table;

use super::merge::merge;
use super::mistake::{Mistake, suggestion};
use super::pasted::Pasted;
use super::survey::{self, Files, Learned};
use super::texts::{self, Texts};
use super::{Format, Manifest, Rule};
use crate::record::{self, KeyNames};
use crate::source::Source;
use crate::template::Messages;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/templates.rs"));
}

/// The parts of a format that are merged with those of the format it extends.
const DATA_FILES: [&str; 5] =
    ["format.toml", "schema.toml", "rules.toml", "pasted.toml", "labels.toml"];

/// How the format is reached from others; `migrate` interprets it.
const MAPPING: &str = "mapping.toml";

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
    /// Where there are places to show: all mistakes, in the order of the files.
    pub mistakes: Vec<Mistake>,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mistakes.is_empty() {
            return write!(f, "格式文件 {} 有误：{}", self.file, self.message);
        }
        write!(f, "格式文件有误（nianbao formats --check 列出全部）：")?;
        self.mistakes.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}

impl std::error::Error for FormatError {}

fn error(file: impl Into<String>, message: impl Into<String>) -> FormatError {
    FormatError { file: file.into(), message: message.into(), mistakes: Vec::new() }
}

fn mistaken(mistakes: Vec<Mistake>) -> FormatError {
    let first = mistakes.first();
    let (file, message) =
        first.map(|first| (first.file.clone(), first.message.clone())).unwrap_or_default();
    FormatError { file, message, mistakes }
}

/// The files of one format directory by path below it.
#[derive(Debug, Clone, Default)]
struct Folder {
    files: BTreeMap<String, String>,
    origin: String,
}

impl Folder {
    fn is_format(&self) -> bool {
        self.files.contains_key("format.toml")
    }

    /// Whether formats can name it as their `layout`.
    fn is_layout(&self) -> bool {
        !self.is_format() && self.files.contains_key("main.typ.j2")
    }
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
        let mut mistakes = Vec::new();
        for folder in own.values().filter(|folder| folder.is_format()) {
            Files::read(&folder.origin, &folder.files, &mut mistakes);
        }
        if !mistakes.is_empty() {
            return Err(mistaken(mistakes));
        }
        let mut formats = Vec::new();
        let mut known = Known::default();
        let formats_of = |folders: &BTreeMap<String, Folder>| -> Vec<String> {
            let formats = folders.iter().filter(|(_, folder)| folder.is_format());
            formats.map(|(id, _)| id.clone()).collect()
        };
        for id in &formats_of(&own) {
            formats.push(Arc::new(load(id, &own, &built_in, &mut known)?));
        }
        let none = BTreeMap::new();
        for id in formats_of(&built_in).iter().filter(|id| !own.contains_key(*id)) {
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
    folders.retain(|_, folder| folder.is_format() || folder.is_layout());
    folders
}

fn read_directory(directory: &Path) -> Result<BTreeMap<String, Folder>, FormatError> {
    let shown = directory.display().to_string();
    if !directory.is_dir() {
        return Err(error(shown, "没有这个文件夹"));
    }
    let manifest = directory.join("format.toml");
    if manifest.is_file() {
        return read_one(directory, &manifest);
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
    let deeper = folders.iter().find_map(|(id, folder)| {
        let inner = folder.files.keys().find_map(|name| name.strip_suffix("/format.toml"))?;
        let above = Path::new(inner).parent().unwrap_or(Path::new(""));
        Some(directory.join(id).join(above).display().to_string())
    });
    folders.retain(|_, folder| folder.is_format() || folder.is_layout());
    if !folders.values().any(Folder::is_format) {
        let meant = deeper
            .map_or_else(String::new, |path| format!("；格式在下一层，写 --templates {path}"));
        return Err(error(
            shown,
            format!(
                "里面没有格式：应当是放格式的文件夹（每个格式一个文件夹，里面有 format.toml），或者一个格式的文件夹{meant}"
            ),
        ));
    }
    Ok(folders)
}

/// The one format of a folder that is itself a format.
fn read_one(directory: &Path, manifest: &Path) -> Result<BTreeMap<String, Folder>, FormatError> {
    let shown = directory.display().to_string();
    let mut folder = Folder { files: BTreeMap::new(), origin: shown.clone() };
    for entry in walkdir::WalkDir::new(directory).sort_by_file_name() {
        let entry = entry.map_err(|cause| error(shown.clone(), cause.to_string()))?;
        let relative = entry.path().strip_prefix(directory).unwrap_or(entry.path());
        let name = relative.to_string_lossy().replace('\\', "/");
        if !entry.file_type().is_file() || name.split('/').any(|part| part.starts_with('.')) {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).map_err(|cause| {
            error(entry.path().display().to_string(), format!("读不了：{cause}"))
        })?;
        folder.files.insert(name, text);
    }
    let text = folder.files.get("format.toml").cloned().unwrap_or_default();
    let table: Option<Table> = toml::from_str(&text).ok();
    let named = table.as_ref().and_then(|table| table.get("id")).and_then(toml::Value::as_str);
    let by_folder = directory.canonicalize().ok();
    let by_folder = by_folder
        .as_deref()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    let id = named.map(str::to_owned).or(by_folder);
    let id = id.ok_or_else(|| error(manifest.display().to_string(), "缺少 id"))?;
    Ok(BTreeMap::from([(id, folder)]))
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
        let is_data =
            |name: &str| DATA_FILES.contains(&name) || name == MAPPING || texts::is_part(name);
        let others = folder.files.iter().filter(|(name, _)| !is_data(name));
        files.extend(others.map(|(name, text)| (name.clone(), text.clone())));
    }
    let origin = chain.first().map_or_else(String::new, |folder| folder.origin.clone());
    // A step belongs to the format that states it: the file keeps its lines, for messages.
    let mappings = chain.iter().filter_map(|folder| {
        let text = folder.files.get(MAPPING)?;
        Some((format!("{}/{MAPPING}", folder.origin), text.clone()))
    });
    let mappings = mappings.collect();
    if let Some(folder) = chain.first().filter(|folder| !folder.origin.starts_with(BUILT_IN)) {
        let mistakes = mistakes(folder, &chain, known)?;
        if mistakes.iter().any(|mistake| !mistake.is_doubt) {
            return Err(mistaken(
                mistakes.into_iter().filter(|mistake| !mistake.is_doubt).collect(),
            ));
        }
    }
    let built = build(id, origin, data(&chain, known)?, files)?;
    Ok(Format { digest: digest(&chain), mappings, ..built })
}

/// The mistakes in a format's own files, whose syntax is right.
fn mistakes(
    folder: &Folder,
    chain: &[&Folder],
    known: &mut Known,
) -> Result<Vec<Mistake>, FormatError> {
    let learned = learned();
    let mut mistakes = survey::names(&folder.origin, &folder.files, &learned);
    let files = Files::read(&folder.origin, &folder.files, &mut mistakes);
    let (base, merged) = (data(&chain[1..], known)?, data(chain, known)?);
    mistakes.extend(survey::survey(&files, &base, &merged, &learned));
    Ok(mistakes)
}

/// What the built-in formats say.
fn learned() -> Learned {
    let mut learned = Learned::default();
    for (path, text) in embedded::FILES {
        if let Some((_, file)) = path.split_once('/') {
            learned.file(file, text);
        }
    }
    learned.complete()
}

/// What there is to say of one format of a directory.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Its folder's name.
    pub id: String,
    /// Its folder.
    pub origin: String,
    /// What is wrong or worth a look, in the order of the files.
    pub mistakes: Vec<Mistake>,
    /// Ids of the formats that it extends, nearest first.
    pub extends: Vec<String>,
    /// Its own files.
    pub own: Vec<String>,
    /// Files that it takes from others.
    pub inherited: Vec<String>,
    /// Files of its own that stand in the place of others'.
    pub replaced: Vec<String>,
}

/// Finds all mistakes in all formats of a directory.
///
/// # Errors
/// When the directory cannot be read or holds no format.
pub fn survey_directory(directory: &Path) -> Result<Vec<Survey>, FormatError> {
    let (own, built_in) = (read_directory(directory)?, built_in());
    let mut surveys = Vec::new();
    for (id, folder) in own.iter().filter(|(_, folder)| folder.is_format()) {
        let mut survey = Survey {
            id: id.clone(),
            origin: folder.origin.clone(),
            mistakes: Vec::new(),
            extends: Vec::new(),
            own: folder.files.keys().cloned().collect(),
            inherited: Vec::new(),
            replaced: Vec::new(),
        };
        Files::read(&folder.origin, &folder.files, &mut survey.mistakes);
        if survey.mistakes.is_empty() {
            look_closer(&mut survey, id, folder, &own, &built_in);
        }
        surveys.push(survey);
    }
    Ok(surveys)
}

/// What needs the formats that a format extends.
fn look_closer(
    survey: &mut Survey,
    id: &str,
    folder: &Folder,
    own: &BTreeMap<String, Folder>,
    built_in: &BTreeMap<String, Folder>,
) {
    let failed = |error: FormatError| match error.mistakes.is_empty() {
        true => vec![Mistake {
            file: error.file,
            line: 1,
            column: 1,
            message: error.message,
            is_doubt: false,
        }],
        false => error.mistakes,
    };
    let chain = match lineage(id, own, built_in) {
        Ok(chain) => chain,
        Err(error) => {
            survey.mistakes = failed(error);
            return;
        }
    };
    survey.extends = chain[1..].iter().map(|folder| folder.origin.clone()).collect();
    let others: BTreeSet<&String> =
        chain[1..].iter().flat_map(|folder| folder.files.keys()).collect();
    let is_own = |name: &&&String| folder.files.contains_key(**name);
    survey.inherited =
        others.iter().filter(|name| !is_own(name)).map(|name| (*name).clone()).collect();
    let is_data =
        |name: &str| DATA_FILES.contains(&name) || name == MAPPING || texts::is_part(name);
    survey.replaced = others
        .iter()
        .filter(|name| is_own(name) && !is_data(name))
        .map(|name| (*name).clone())
        .collect();
    let mut known = Known::default();
    match mistakes(folder, &chain, &mut known) {
        Ok(found) => survey.mistakes = found,
        Err(error) => survey.mistakes = failed(error),
    }
    if survey.mistakes.iter().all(|mistake| mistake.is_doubt)
        && let Err(error) = load(id, own, built_in, &mut known)
    {
        survey.mistakes.extend(failed(error));
    }
}

/// Files of a format that have no part in how a report is checked and set.
fn is_silent(name: &str) -> bool {
    name == MAPPING || name == "labels.toml" || name == "sample.toml" || name.ends_with(".md")
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

/// The folder of a format and those it extends, nearest first, and after them its layout. A user's folder may extend the built-in format of
/// the same id.
fn lineage<'a>(
    id: &str,
    own: &'a BTreeMap<String, Folder>,
    built_in: &'a BTreeMap<String, Folder>,
) -> Result<Vec<&'a Folder>, FormatError> {
    let mut chain: Vec<&Folder> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(id.to_owned());
    let mut layout: Option<&Folder> = None;
    while let Some(id) = next {
        let unseen = |folder: &&&Folder| folder.is_format() && !seen.contains(&folder.origin);
        let folder = own.get(&id).as_ref().filter(unseen).copied();
        let Some(folder) = folder.or_else(|| built_in.get(&id).as_ref().filter(unseen).copied())
        else {
            let ids: Vec<&str> = own
                .keys()
                .chain(built_in.keys())
                .map(String::as_str)
                .filter(|known| *known != id)
                .collect();
            let from = chain.last().map_or_else(|| id.clone(), |folder| folder.origin.clone());
            return Err(at_extends(
                chain.last().copied(),
                format!("{from}/format.toml"),
                format!("extends = \"{id}\" 找不到这个格式，或者互相引用{}", suggestion(&id, ids)),
            ));
        };
        seen.insert(folder.origin.clone());
        chain.push(folder);
        let text = folder.files.get("format.toml").map_or("", String::as_str);
        let manifest: Table = toml::from_str(text)
            .map_err(|cause| error(format!("{}/format.toml", folder.origin), cause.to_string()))?;
        let named = |key: &str| manifest.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        next = named("extends");
        if let Some(name) = named("layout").filter(|_| layout.is_none()) {
            let is_layout = |folder: &&Folder| folder.is_layout();
            let found = own.get(&name).filter(is_layout);
            let found = found.or_else(|| built_in.get(&name).filter(is_layout));
            let file = || format!("{}/format.toml", folder.origin);
            layout = Some(found.ok_or_else(|| {
                error(
                    file(),
                    format!("layout = \"{name}\" 找不到这个版面文件夹（里面应有 main.typ.j2）"),
                )
            })?);
        }
    }
    chain.extend(layout);
    Ok(chain)
}

/// A format that extends what is not there, at the line that says so.
fn at_extends(folder: Option<&Folder>, file: String, message: String) -> FormatError {
    let text = folder.and_then(|folder| folder.files.get("format.toml"));
    let source = Source::new(file.clone(), text.cloned().unwrap_or_default());
    let (record, _) = record::parse(&source, &KeyNames::default());
    match record.get("extends") {
        Some(node) => mistaken(vec![Mistake::at(&source, &node.span, message)]),
        None => error(file, message),
    }
}

/// A format's files as they are when all that it extends is put in: data files merged, layout files of the nearest.
///
/// # Errors
/// As [`Catalog::load`], and when there is no such format.
pub fn merged_files(
    directory: Option<&Path>,
    id: &str,
) -> Result<BTreeMap<String, String>, FormatError> {
    let built_in = built_in();
    let own = directory.map(read_directory).transpose()?.unwrap_or_default();
    if !own.contains_key(id) && !built_in.contains_key(id) {
        let ids: Vec<&str> = own.keys().chain(built_in.keys()).map(String::as_str).collect();
        return Err(error(id, format!("没有这个格式{}", suggestion(id, ids))));
    }
    let chain = lineage(id, &own, &built_in)?;
    let mut files = BTreeMap::new();
    for folder in chain.iter().rev() {
        let is_data = |name: &str| DATA_FILES.contains(&name) || texts::is_part(name);
        let others = folder.files.iter().filter(|(name, _)| !is_data(name));
        files.extend(others.map(|(name, text)| (name.clone(), text.clone())));
    }
    let written = |name: &str, table: &Table| {
        toml::to_string_pretty(table)
            .map_err(|cause| error(format!("{id}/{name}"), cause.to_string()))
    };
    for (name, mut table) in data(&chain, &mut Known::default())? {
        table.remove("extends");
        if name == texts::NAME {
            for (file, table) in texts::to_files(table) {
                files.insert(file.clone(), written(&file, &table)?);
            }
            continue;
        }
        files.insert(name.to_owned(), written(name, &table)?);
    }
    let mut steps = Table::new();
    for folder in &chain {
        let own: Table = folder
            .files
            .get(MAPPING)
            .and_then(|text| toml::from_str(text).ok())
            .unwrap_or_default();
        for (name, step) in own {
            steps.entry(name).or_insert(step);
        }
    }
    if !steps.is_empty() {
        files.insert(MAPPING.to_owned(), written(MAPPING, &steps)?);
    }
    Ok(files)
}

#[derive(serde::Deserialize)]
struct Schema {
    #[serde(rename = "table", default)]
    tables: Vec<super::Table>,
}

#[derive(serde::Deserialize)]
struct Rules {
    #[serde(rename = "rule", default)]
    rules: Vec<Rule>,
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
    let (pasted, pasted_rules) =
        Pasted::new(take("pasted.toml"), notice, origin.starts_with(BUILT_IN))
            .map_err(|message| error(format!("{origin}/pasted.toml"), message))?;
    let labels = read(&origin, "labels.toml", take("labels.toml"))?;
    let mut format = Format {
        manifest,
        tables: schema.tables,
        rules: Vec::new(),
        texts,
        pasted,
        labels,
        mappings: Vec::new(),
        messages: Messages::default(),
        files,
        origin,
        digest: blake3::Hash::from_bytes([0; 32]),
        cells: Vec::new(),
        by_path: Default::default(),
    };
    add_rules(&mut format, rules.rules)?;
    format.rules.extend(text_rules);
    format.rules.extend(pasted_rules);
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

fn add_rules(format: &mut Format, rules: Vec<Rule>) -> Result<(), FormatError> {
    let file = format!("{}/rules.toml", format.origin);
    for mut rule in rules {
        rule.basis = rule.basis.replace("{{ notice }}", format.notice());
        let words = [("message", &rule.message), ("label", &rule.label), ("help", &rule.help)];
        for (name, text) in words {
            format
                .messages
                .add(&format!("{}/{name}", rule.code), text)
                .map_err(|cause| error(file.clone(), cause.to_string()))?;
        }
        format.rules.push(rule);
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
