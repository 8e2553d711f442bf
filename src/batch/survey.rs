//! What lies in a folder: data files with the facts that planning needs, and files that are no reports.

use std::collections::HashSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::error::BatchError;
use super::facts::{Facts, Skipped};
use super::manifest::Manifest;
use crate::format::Catalog;
use crate::generator::targets_in;
use crate::limits;
use crate::output::reason;
use crate::reading;
use crate::record::{self, KeyNames, Node, Value};
use crate::source::Source;

/// A data file as found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Path inside the folder, with `/`.
    pub(super) source: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// Hash of its bytes, or why it cannot be read.
    pub(super) data: Result<String, String>,
    pub(super) facts: Facts,
}

/// All that lies in a folder.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) found: Vec<Found>,
    pub(super) skipped: Vec<Skipped>,
}

/// Looks through a folder. Files that the manifest knows by their content are not parsed again.
pub(super) fn survey(
    folder: &Path,
    output: &Path,
    catalog: &Catalog,
    manifest: &Manifest,
) -> Result<Survey, BatchError> {
    fs::read_dir(folder).map_err(BatchError::io(folder))?;
    let own = fs::canonicalize(output).ok();
    let mut survey = Survey::default();
    let mut paths = Vec::new();
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| is_wanted(entry, own.as_deref())) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let source = relative(folder, entry.path());
                if entry.path().extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
                    paths.push((source, entry.into_path()));
                } else {
                    survey
                        .skipped
                        .push(Skipped { path: source, reason: "不是 TOML 文件".to_owned() });
                }
            }
            Ok(_) => {}
            // What cannot be opened may be a report: the run has not done all its work, as with `check`.
            Err(error) => {
                let path = error.path().unwrap_or(folder);
                let problem = match error.io_error() {
                    Some(error) => format!("打不开：{}", reason(error)),
                    None => "文件夹的链接绕成了圈".to_owned(),
                };
                survey.found.push(Found {
                    source: relative(folder, path),
                    path: path.to_owned(),
                    data: Err(problem),
                    facts: Facts::default(),
                });
            }
        }
    }
    let keys = keys_of_a_report(catalog);
    let looked: Vec<Result<Found, Skipped>> =
        paths.into_par_iter().map(|(source, path)| look(source, path, &keys, manifest)).collect();
    for result in looked {
        match result {
            Ok(found) => survey.found.push(found),
            Err(skipped) => survey.skipped.push(skipped),
        }
    }
    survey.drop_pictures();
    Ok(survey)
}

impl Survey {
    /// Pictures that reports show are no files to wonder about.
    fn drop_pictures(&mut self) {
        let shown: HashSet<String> = self
            .found
            .iter()
            .flat_map(|found| {
                let folder = found.source.rsplit_once('/').map_or("", |(folder, _)| folder);
                found.facts.pictures.iter().map(move |target| {
                    let target = target.trim_start_matches("./");
                    if folder.is_empty() { target.to_owned() } else { format!("{folder}/{target}") }
                })
            })
            .collect();
        self.skipped.retain(|skipped| !shown.contains(&skipped.path));
    }
}

fn is_wanted(entry: &DirEntry, output: Option<&Path>) -> bool {
    if entry.depth() == 0 {
        return true;
    }
    let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
    let is_output = entry.file_type().is_dir()
        && output
            .is_some_and(|output| fs::canonicalize(entry.path()).is_ok_and(|path| path == output));
    !is_hidden && !is_output
}

fn relative(folder: &Path, path: &Path) -> String {
    let inner = path.strip_prefix(folder).unwrap_or(path);
    inner.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Top-level keys by which a TOML file shows that it wants to be a report.
fn keys_of_a_report(catalog: &Catalog) -> HashSet<String> {
    let parts = catalog.formats().iter().flat_map(|format| &format.manifest.parts);
    parts.map(|part| part.key.clone()).chain(["report".to_owned()]).collect()
}

fn look(
    source: String,
    path: PathBuf,
    keys: &HashSet<String>,
    manifest: &Manifest,
) -> Result<Found, Skipped> {
    let bytes = match reading::read(&path, limits::DATA_FILE) {
        Ok(bytes) => bytes,
        Err(error) => {
            let data = Err(reason(&error));
            return Ok(Found { source, path, data, facts: Facts::default() });
        }
    };
    let data = super::key::short(&blake3::hash(&bytes));
    let known = manifest.get(&source).filter(|entry| entry.key.data == data);
    let facts = match known {
        Some(entry) => entry.facts.clone(),
        // A fault inside the reader of one file must not take the others with it.
        None => match catch_unwind(AssertUnwindSafe(|| facts(&bytes, keys))) {
            Ok(Some(facts)) => facts,
            Ok(None) => {
                let reason = match bytes.iter().all(u8::is_ascii_whitespace) {
                    true => "是空文件",
                    false => "是 TOML 文件，但不是报告（没有 [report]）",
                };
                return Err(Skipped { path: source, reason: reason.to_owned() });
            }
            Err(_) => {
                let data = Err("程序内部出错，请把这个文件发给开发者".to_owned());
                return Ok(Found { source, path, data, facts: Facts::default() });
            }
        },
    };
    Ok(Found { source, path, data: Ok(data), facts })
}

/// Reads the facts of a data file; none when it is no report. A file that is not valid TOML may well be a report
/// with a slip in it, so it counts as one.
pub(super) fn facts(bytes: &[u8], keys: &HashSet<String>) -> Option<Facts> {
    let decoded = record::decode(bytes);
    let is_broken = decoded.finding.is_some();
    let source = Source::new("", decoded.text);
    let (record, errors) = record::parse(&source, &KeyNames::default());
    let has_key = record.root.entries.iter().any(|entry| keys.contains(&entry.key));
    if !has_key && !is_broken && errors.is_empty() {
        return None;
    }
    let text = |path: &str| record.get(path).and_then(|node| node.as_str()).map(str::trim);
    let year = record.get("report.year").and_then(|node| match &node.value {
        Value::Number(year) => year.parse().ok(),
        _ => None,
    });
    Some(Facts {
        agency: record.get("report.agency").map(Node::joined).unwrap_or_default(),
        year,
        format: text("format").map(str::to_owned),
        pictures: targets_in(&record),
    })
}

/// Facts and hashes of the files of last year that `--previous` names.
pub(super) fn previous(path: &Path, catalog: &Catalog) -> Result<Vec<Found>, BatchError> {
    if path.is_dir() {
        return Ok(survey(path, path, catalog, &Manifest::default())?.found);
    }
    let name = path.to_string_lossy().into_owned();
    fs::metadata(path).map_err(BatchError::io(path))?;
    let keys = keys_of_a_report(catalog);
    Ok(look(name, path.to_owned(), &keys, &Manifest::default()).into_iter().collect())
}
