//! What was made from what: a journal with one line for each finished report.
//!
//! Lines are only ever added while a run is at work, each by one write, so a run that is killed loses nothing but a
//! torn last line, which is passed over. When a run ends, the journal is rewritten with one line for each report and
//! takes the place of the old one in one step. Shards keep journals of their own; of several lines about one report
//! the latest counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::UNIX_EPOCH;

use super::entry::Entry;
use super::error::BatchError;
use super::run::{Run, Status};
use super::{STATE, Shard};

const MANIFEST: &str = "manifest.jsonl";
const SHARD_PREFIX: &str = "shard-";
const SUFFIX: &str = ".jsonl";

/// Beginning and end of the names of files that are not finished yet.
pub(super) const TEMPORARY: (&str, &str) = (".nianbao-", ".tmp");

/// The latest line about each report.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    entries: BTreeMap<String, Entry>,
    /// Lines that could not be read or are out of date.
    idle: usize,
}

impl Manifest {
    /// Reads all journals of an output folder's state folder; nothing there is an empty manifest.
    pub(super) fn load(state: &Path) -> Result<Self, BatchError> {
        let mut manifest = Self::default();
        for path in journals(state)? {
            manifest.read(&path).map_err(BatchError::io(&path))?;
        }
        Ok(manifest)
    }

    fn read(&mut self, path: &Path) -> io::Result<()> {
        let mut lines = BufReader::with_capacity(1 << 16, File::open(path)?);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            match serde_json::from_slice::<Entry>(&line) {
                Ok(entry) => self.add(entry),
                Err(_) => self.idle += 1,
            }
            line.clear();
        }
        Ok(())
    }

    fn add(&mut self, entry: Entry) {
        match self.entries.get(&entry.source) {
            Some(known) if known.finished > entry.finished => self.idle += 1,
            Some(_) => {
                self.idle += 1;
                self.entries.insert(entry.source.clone(), entry);
            }
            None => drop(self.entries.insert(entry.source.clone(), entry)),
        }
    }

    pub(super) fn get(&self, source: &str) -> Option<&Entry> {
        self.entries.get(source)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Takes over what a run found out. Entries whose data file and output have both gone are dropped when the run
    /// saw the whole folder. Returns whether the journal is to be rewritten.
    pub(super) fn update(&mut self, run: &Run, is_whole: bool) -> bool {
        let mut changed = self.idle > 0;
        for line in run.lines.iter().filter(|line| line.status != Status::Pending) {
            if let Some(entry) = &line.entry
                && self.entries.get(&entry.source) != Some(entry)
            {
                self.entries.insert(entry.source.clone(), entry.clone());
                changed = true;
            }
        }
        if is_whole {
            let known: BTreeSet<&str> = run.lines.iter().map(|line| line.source.as_str()).collect();
            let orphans: BTreeSet<&str> =
                run.orphans.iter().map(|orphan| orphan.source.as_str()).collect();
            let before = self.entries.len();
            self.entries.retain(|source, _| {
                known.contains(source.as_str()) || orphans.contains(source.as_str())
            });
            changed |= self.entries.len() != before;
        }
        changed
    }

    /// Rewrites the journal with one line for each report. A shard rewrites its own with its own reports; a whole
    /// run takes over those of all shards.
    pub(super) fn compact(&self, output: &Path, shard: Option<Shard>) -> Result<(), BatchError> {
        let state = output.join(STATE);
        let path = state.join(journal_name(shard));
        let failed = BatchError::io(&path);
        let write = || -> io::Result<()> {
            let mut file = BufWriter::new(
                tempfile::Builder::new()
                    .prefix(TEMPORARY.0)
                    .suffix(TEMPORARY.1)
                    .tempfile_in(&state)?,
            );
            let own = |entry: &&Entry| shard.is_none_or(|shard| shard.holds(&entry.source));
            for entry in self.entries().filter(own) {
                serde_json::to_writer(&mut file, entry)?;
                file.write_all(b"\n")?;
            }
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(failed)?;
        if shard.is_none() {
            for old in journals(&state)?.into_iter().filter(|old| *old != path) {
                fs::remove_file(&old).map_err(BatchError::io(&old))?;
            }
        }
        Ok(())
    }
}

fn journal_name(shard: Option<Shard>) -> String {
    match shard {
        None => MANIFEST.to_owned(),
        Some(shard) => format!("{SHARD_PREFIX}{}{SUFFIX}", shard.file_name()),
    }
}

/// All journals in a state folder, the main one first.
fn journals(state: &Path) -> Result<Vec<PathBuf>, BatchError> {
    let entries = match fs::read_dir(state) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(BatchError::Io(state.to_owned(), error)),
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name == MANIFEST || (name.starts_with(SHARD_PREFIX) && name.ends_with(SUFFIX))
        })
        .map(|entry| entry.path())
        .collect();
    found.sort();
    Ok(found)
}

/// After how many lines the journal is forced to disk. What a power failure takes is made again.
const LINES_PER_SYNC: usize = 32;

/// The journal as a run adds to it. Shared by all threads.
#[derive(Debug)]
pub(super) struct Journal {
    file: Mutex<File>,
    lines: AtomicUsize,
    broken: AtomicBool,
}

impl Journal {
    /// Opens the journal of a run. A torn last line is closed, so that the next one is whole.
    pub(super) fn open(state: &Path, shard: Option<Shard>) -> Result<Self, BatchError> {
        let path = state.join(journal_name(shard));
        let open = || -> io::Result<File> {
            let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
            if file.seek(SeekFrom::End(0))? > 0 {
                file.seek(SeekFrom::End(-1))?;
                let mut last = [0];
                file.read_exact(&mut last)?;
                if last != *b"\n" {
                    file.write_all(b"\n")?;
                }
            }
            Ok(file)
        };
        let file = open().map_err(BatchError::io(&path))?;
        Ok(Self {
            file: Mutex::new(file),
            lines: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
        })
    }

    /// Adds a line. When the disk is full the report still counts; the run's end tries to write the journal anew.
    pub(super) fn add(&self, entry: &Entry) {
        let Ok(mut line) = serde_json::to_vec(entry) else { return };
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.broken.swap(false, Ordering::Relaxed) {
            line.insert(0, b'\n');
        }
        let lines = self.lines.fetch_add(1, Ordering::Relaxed) + 1;
        let written = file.write_all(&line);
        let synced = if lines.is_multiple_of(LINES_PER_SYNC) { file.sync_data() } else { Ok(()) };
        if written.and(synced).is_err() {
            self.broken.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a line was added.
    pub(super) fn is_used(&self) -> bool {
        self.lines.load(Ordering::Relaxed) > 0
    }
}

/// When a file was last written, in nanoseconds since 1970.
pub(super) fn modified(metadata: &fs::Metadata) -> i64 {
    let time = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    time.and_then(|age| i64::try_from(age.as_nanos()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::{Facts, Key, Verdict};
    use super::*;

    fn entry(source: &str, finished: i64) -> Entry {
        Entry {
            source: source.to_owned(),
            output: format!("{source}.pdf"),
            facts: Facts::default(),
            key: Key::default(),
            verdict: Verdict::Made,
            pdf: None,
            beside: Vec::new(),
            errors: 0,
            warnings: 0,
            notes: 0,
            findings: "[]".to_owned(),
            first_error: None,
            message: None,
            reasons: Vec::new(),
            finished,
            milliseconds: 1,
        }
    }

    #[test]
    fn a_journal_cut_anywhere_keeps_its_whole_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::open(folder.path(), None).expect("opened");
        for number in 0..3 {
            journal.add(&entry(&format!("报告{number}"), number));
        }
        let path = folder.path().join(MANIFEST);
        let whole = fs::read(&path).expect("readable");
        let ends: Vec<usize> =
            whole.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at).collect();
        for cut in 0..=whole.len() {
            fs::write(&path, &whole[..cut]).expect("written");
            let journal = Journal::open(folder.path(), None).expect("opened");
            journal.add(&entry("后来", 9));
            let manifest = Manifest::load(folder.path()).expect("loaded");
            assert!(manifest.get("后来").is_some(), "cut at {cut}");
            // A line that lacks nothing but its end is whole as well.
            let kept = ends.iter().filter(|end| cut >= **end).count();
            assert_eq!(manifest.entries().count(), kept + 1, "cut at {cut}");
        }
    }

    #[test]
    fn the_latest_line_of_all_journals_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let shard = Shard::new(1, 2).ok();
        let old = Entry { verdict: Verdict::Failed, ..entry("a", 1) };
        Journal::open(folder.path(), shard).expect("opened").add(&entry("a", 2));
        Journal::open(folder.path(), None).expect("opened").add(&old);
        let manifest = Manifest::load(folder.path()).expect("loaded");
        assert_eq!(manifest.get("a").map(|entry| entry.verdict), Some(Verdict::Made));
    }
}
