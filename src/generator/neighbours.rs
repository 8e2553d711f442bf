//! The data files beside a report: last year's file of the same agency, and other files that say they are the same report.
//!
//! A folder may hold thousands of reports, each of which wants to know. It is looked through once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits;
use crate::reading;
use crate::record::{self, KeyNames, Node, Record, Value};
use crate::source::Source;

/// The reports of a folder by agency and year, those with the same in the order in which they are believed.
type Folder = BTreeMap<(String, i32), Vec<PathBuf>>;

/// What lies in the folders looked through so far. Shared by threads.
#[derive(Debug, Default)]
pub struct Neighbours {
    folders: Mutex<HashMap<PathBuf, Arc<Folder>>>,
    /// The files that are worked on together, links resolved. Two of them for one report are worth a word; a draft that
    /// lies beside the file that was named is its writer's business.
    together: HashSet<PathBuf>,
}

/// What was found about the files beside a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbourhood {
    /// Last year's file, when one was found.
    pub previous: Option<PathBuf>,
    /// Other files that could be last year's.
    pub rivals: Vec<PathBuf>,
    /// Other files of the same run with the agency and year of the report.
    pub twins: Vec<PathBuf>,
}

impl Neighbours {
    /// Neighbours of files that are checked or made in one run.
    pub fn among(files: &[PathBuf]) -> Self {
        let together =
            files.iter().map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()));
        Self { folders: Mutex::default(), together: together.collect() }
    }

    /// Looks at the files beside a report whose bytes are known, and for last year's file in another folder first when
    /// one is given.
    pub fn of(&self, path: &Path, bytes: &[u8], elsewhere: Option<&Path>) -> Neighbourhood {
        let Some((agency, year)) = identity_of(bytes) else { return Neighbourhood::default() };
        let own = parent(path);
        let folder = self.folder(own);
        let same = |other: &&PathBuf| !is_same(other, path);
        let twins = folder.get(&(agency.clone(), year)).into_iter().flatten();
        let in_run = |other: &&PathBuf| {
            !self.together.is_empty()
                && other.canonicalize().is_ok_and(|path| self.together.contains(&path))
        };
        let twins = twins.filter(same).filter(in_run).cloned().collect();
        let last = (agency, year.saturating_sub(1));
        let elsewhere = elsewhere.map(|folder| self.folder(folder));
        let found = elsewhere.as_ref().and_then(|folder| folder.get(&last));
        let found = found.or_else(|| folder.get(&last));
        let found = found.into_iter().flatten().filter(same).cloned().collect();
        let mut found = readable_first(found).into_iter();
        Neighbourhood { previous: found.next(), rivals: found.collect(), twins }
    }

    /// Finds and reads last year's file of a report whose data file would have these bytes.
    pub fn previous(
        &self,
        path: &Path,
        bytes: &[u8],
        elsewhere: Option<&Path>,
    ) -> Option<(PathBuf, Vec<u8>)> {
        let found = self.of(path, bytes, elsewhere).previous?;
        let bytes = reading::read(&found, limits::DATA_FILE).ok()?;
        Some((found, bytes))
    }

    fn folder(&self, path: &Path) -> Arc<Folder> {
        // Whoever comes second waits: looking through a folder twice would take longer.
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.entry(path.to_owned()).or_insert_with(|| Arc::new(look_through(path))).clone()
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether two paths lead to one file, whatever they are spelt like.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn look_through(folder: &Path) -> Folder {
    let mut found = Folder::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    let is_data = |path: &PathBuf| {
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        !hidden && path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("toml"))
    };
    // `./a.toml` would look strange beside `b.toml` as it was typed.
    let plain = |path: PathBuf| path.strip_prefix(".").map_or(path.clone(), Path::to_owned);
    let paths = entries.filter_map(|entry| Some(plain(entry.ok()?.path()))).filter(is_data);
    for path in paths {
        if let Some(key) =
            reading::read(&path, limits::DATA_FILE).ok().and_then(|bytes| identity_of(&bytes))
        {
            found.entry(key).or_default().push(path);
        }
    }
    for paths in found.values_mut() {
        paths.sort_by_cached_key(|path| belief(path));
    }
    found
}

/// How a file of several with one agency and year is placed: copies behind originals, then the shorter name.
pub(crate) fn belief(path: &Path) -> (bool, usize, PathBuf) {
    (is_copy(path), path.as_os_str().len(), path.to_owned())
}

/// Puts files that are no valid TOML behind those that are: only one of several is compared.
pub(crate) fn readable_first(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let is_broken = |path: &PathBuf| {
        let text = fs::read(path).map(|bytes| record::decode(&bytes).text);
        text.map_or(true, |text| toml::from_str::<toml::Table>(&text).is_err())
    };
    if paths.len() > 1 {
        paths.sort_by_cached_key(is_broken);
    }
    paths
}

/// What file managers and careful people add to the name of a copy.
const COPY_MARKS: [&str; 11] =
    ["副本", "复件", "拷贝", "备份", "旧", "copy", "backup", "bak", "old", "orig", "~"];

/// Whether a file's name is that of a copy: `x - 副本`, `x (1)`, `Copy of x`.
fn is_copy(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let numbered = stem.trim_end().strip_suffix([')', '）']).is_some_and(|rest| {
        rest.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with(['(', '（'])
            && rest.ends_with(|c: char| c.is_ascii_digit())
    });
    numbered || COPY_MARKS.iter().any(|mark| stem.contains(mark))
}

/// Agency and year of a data file, without checking anything else; none when it does not tell. A fault inside the
/// reader of one file is no fault of its neighbours.
fn identity_of(bytes: &[u8]) -> Option<(String, i32)> {
    catch_unwind(AssertUnwindSafe(|| identity(bytes))).ok().flatten()
}

fn identity(bytes: &[u8]) -> Option<(String, i32)> {
    let text = record::decode(bytes).text;
    let read = |text: &str| {
        let (record, _) = record::parse(&Source::new("", text), &KeyNames::default());
        agency_and_year(&record)
    };
    head(&text).and_then(read).or_else(|| read(&text))
}

fn agency_and_year(record: &Record) -> Option<(String, i32)> {
    let agency = record.get("report.agency").map(Node::joined)?;
    let agency: String = agency.split_whitespace().collect();
    let Value::Number(year) = &record.get("report.year")?.value else { return None };
    (!agency.is_empty()).then_some((agency, year.parse().ok()?))
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
        let (gbk, _, _) = encoding_rs::GBK.encode("[report]\nagency = \"某局\"\nyear = 2023\n");
        assert_eq!(identity(&gbk), known);
        assert_eq!(identity(b"[report]\nyear = 2023\n"), None);
        assert_eq!(identity(b"[report"), None);
    }

    #[test]
    fn copies_are_known_by_their_names() {
        let copies =
            ["a - 副本", "a (1)", "a（2）", "a 副本 (3)", "Copy of a", "a.bak", "a-备份", "复件 a"];
        for name in copies {
            assert!(is_copy(&PathBuf::from(format!("{name}.toml"))), "{name}");
        }
        for name in ["a", "某局2023", "某局（本级）", "a (b)", "2023年报"] {
            assert!(!is_copy(&PathBuf::from(format!("{name}.toml"))), "{name}");
        }
    }

    #[test]
    fn the_year_before_is_found_and_rivals_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, agency: &str, year: i32| {
            let text = format!("[report]\nagency = \"{agency}\"\nyear = {year}\n");
            fs::write(folder.path().join(name), &text).expect("written");
            text
        };
        let at = |name: &str| folder.path().join(name);
        let own = write("a.toml", "某局", 2023);
        write("b.toml", "某局", 2021);
        write("c.toml", "别局", 2022);
        let together = [at("a.toml"), at("a (2).toml")];
        let look = || Neighbours::among(&together).of(&at("a.toml"), own.as_bytes(), None);
        assert_eq!(look(), Neighbourhood::default());
        write("d - 副本.toml", "某局", 2022);
        assert_eq!(look().previous, Some(at("d - 副本.toml")));
        write("d.TOML", "某局", 2022);
        write("a (2).toml", "某 局", 2023);
        let found = look();
        assert_eq!(found.previous, Some(at("d.TOML")));
        assert_eq!(found.rivals, [at("d - 副本.toml")]);
        assert_eq!(found.twins, [at("a (2).toml")]);
        let alone = Neighbours::default().of(&at("a.toml"), own.as_bytes(), None);
        assert_eq!(alone.twins, Vec::<PathBuf>::new());
    }
}
