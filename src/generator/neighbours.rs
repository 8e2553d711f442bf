//! Last year's file: the report of the same agency for the year before, in the same folder.
//!
//! A folder may hold thousands of reports, each of which wants to know. It is looked through once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits;
use crate::reading;
use crate::record;

/// The reports of a folder by agency and year; of several with the same, the first by name.
type Folder = HashMap<(String, i64), PathBuf>;

/// What lies in the folders looked through so far. Shared by threads.
#[derive(Debug, Default)]
pub struct Neighbours {
    folders: Mutex<HashMap<PathBuf, Arc<Folder>>>,
}

impl Neighbours {
    /// Finds and reads last year's file of a report whose bytes are known.
    pub fn previous(&self, path: &Path, bytes: &[u8]) -> Option<(PathBuf, Vec<u8>)> {
        let (agency, year) = identity(bytes)?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let found = self.folder(folder).get(&(agency, year - 1))?.clone();
        let bytes = reading::read(&found, limits::DATA_FILE).ok()?;
        Some((found, bytes))
    }

    fn folder(&self, path: &Path) -> Arc<Folder> {
        // Whoever comes second waits: looking through a folder twice would take longer.
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.entry(path.to_owned()).or_insert_with(|| Arc::new(look_through(path))).clone()
    }
}

fn look_through(folder: &Path) -> Folder {
    let mut found = Folder::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    for path in paths {
        if let Some(key) =
            reading::read(&path, limits::DATA_FILE).ok().and_then(|bytes| identity(&bytes))
        {
            found.entry(key).or_insert(path);
        }
    }
    found
}

/// Agency and year of a data file, without checking anything else.
fn identity(bytes: &[u8]) -> Option<(String, i64)> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text.trim_start_matches('\u{FEFF}')),
        Err(_) => Cow::Owned(record::decode(bytes).text),
    };
    let parse = |text: &str| toml::from_str::<toml::Table>(text).ok();
    let file = head(&text).and_then(parse).or_else(|| parse(&text))?;
    let report = file.get("report")?.as_table()?;
    let agency = match report.get("agency")? {
        toml::Value::Array(names) => names
            .iter()
            .filter_map(toml::Value::as_str)
            .map(str::trim)
            .collect::<Vec<_>>()
            .join("、"),
        name => name.as_str()?.trim().to_owned(),
    };
    Some((agency, report.get("year")?.as_integer()?))
}

/// The `[report]` table of a file alone, which is a small part of it. A bracket at the start of a line of text
/// cuts it short; what is left is then no TOML.
fn head(text: &str) -> Option<&str> {
    let start = if text.starts_with("[report]") { 0 } else { text.find("\n[report]")? + 1 };
    let end = text[start + 1..].find("\n[").map_or(text.len(), |at| start + 1 + at + 1);
    Some(&text[start..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agency_and_year_are_read_from_the_head() {
        let known = Some(("某局".to_owned(), 2023));
        assert_eq!(
            identity("# x\n[report]\nagency = \" 某局 \"\nyear = 2023\n[broken".as_bytes()),
            known
        );
        let bracket = "[report]\npreface = \"\"\"\n[一]\n\"\"\"\nagency = \"某局\"\nyear = 2023\n";
        assert_eq!(identity(bracket.as_bytes()), known);
        assert_eq!(identity("report.agency = \"某局\"\nreport.year = 2023".as_bytes()), known);
        let joint = "[report]\nagency = [\n\"某局\",\n\"某委\"]\nyear = 2023\n";
        assert_eq!(identity(joint.as_bytes()), Some(("某局、某委".to_owned(), 2023)));
        assert_eq!(identity(b"[report]\nyear = 2023\n"), None);
        assert_eq!(identity(b"[report"), None);
    }

    #[test]
    fn the_year_before_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, agency: &str, year: i32| {
            let text = format!("[report]\nagency = \"{agency}\"\nyear = {year}\n");
            fs::write(folder.path().join(name), &text).expect("written");
            text
        };
        let own = write("a.toml", "某局", 2023);
        write("b.toml", "某局", 2021);
        write("c.toml", "别局", 2022);
        let neighbours = Neighbours::default();
        let path = folder.path().join("a.toml");
        assert_eq!(neighbours.previous(&path, own.as_bytes()), None);
        let last = write("d.toml", "某局", 2022);
        let found = Neighbours::default().previous(&path, own.as_bytes());
        assert_eq!(found, Some((folder.path().join("d.toml"), last.into_bytes())));
    }
}
