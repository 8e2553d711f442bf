//! From what was typed to data files: folders are searched, what is no report is passed over.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use nianbao::output::reason;
use nianbao::{limits, reading};
use walkdir::{DirEntry, WalkDir};

use super::Session;

/// Data files in the order they were named, those of a folder sorted by path.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) files: Vec<PathBuf>,
    /// TOML files in folders that are no reports, each with the reason.
    pub(crate) skipped: Vec<(PathBuf, &'static str)>,
    /// Files in folders that may be reports in another form.
    pub(crate) foreign: Vec<PathBuf>,
    /// What cannot be read, each with its reason.
    pub(crate) failures: Vec<String>,
    /// The same as `files`: a folder may hold many thousands.
    known: HashSet<PathBuf>,
}

impl Inputs {
    /// Finds the data files among files and folders.
    pub(crate) fn find(paths: &[PathBuf]) -> Self {
        let mut inputs = Self::default();
        for path in paths {
            if path.is_dir() {
                inputs.search(path);
            } else {
                inputs.add(path.clone());
            }
        }
        inputs
    }

    fn add(&mut self, path: PathBuf) {
        if self.known.insert(path.clone()) {
            self.files.push(path);
        }
    }

    fn search(&mut self, folder: &Path) {
        let visible = |entry: &DirEntry| {
            entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
        };
        let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(visible) {
            match entry {
                Ok(entry) if is_toml(&entry) => {
                    match reading::read(entry.path(), limits::DATA_FILE) {
                        Ok(bytes) if looks_like_report(&bytes) => self.add(entry.into_path()),
                        Ok(bytes) => {
                            let reason = match bytes.iter().all(u8::is_ascii_whitespace) {
                                true => "是空文件",
                                false => "不是年报数据（没有 [report] 表）",
                            };
                            self.skipped.push((entry.into_path(), reason));
                        }
                        Err(error) => self.failures.push(unreadable(entry.path(), &error)),
                    }
                }
                Ok(entry) if entry.file_type().is_file() && is_foreign(entry.path()) => {
                    self.foreign.push(entry.into_path());
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    match error.io_error() {
                        Some(cause) => self.failures.push(unreadable(&path, cause)),
                        // What it leads to has been searched: nothing is missed, and batches say the same.
                        None => self.skipped.push((path, "文件夹的链接绕成了圈")),
                    }
                }
            }
        }
    }
}

/// Foreign files named at most.
const SHOWN: usize = 5;

impl Inputs {
    /// Says which files of folders were passed over.
    pub(crate) fn tell_skipped(&self, session: &Session) {
        for (path, reason) in &self.skipped {
            session.note(&format!("跳过 {}：{reason}", path.display()));
        }
        if !self.foreign.is_empty() {
            let names: Vec<String> =
                self.foreign.iter().take(SHOWN).map(|path| path.display().to_string()).collect();
            let more = if self.foreign.len() > SHOWN { "等" } else { "" };
            session.note(&format!(
                "另有 {} 个文件不是数据文件（扩展名不是 .toml），没有核对：{}{more}",
                self.foreign.len(),
                names.join("、")
            ));
        }
    }
}

/// Whether a file without the extension of data files may be a report: a document, or a data file whose name lacks it.
fn is_foreign(path: &Path) -> bool {
    const DOCUMENTS: [&str; 10] =
        ["doc", "docx", "wps", "xls", "xlsx", "et", "ods", "htm", "html", "txt"];
    match path.extension() {
        Some(ending) => DOCUMENTS.iter().any(|known| ending.eq_ignore_ascii_case(known)),
        None => fs::read(path).is_ok_and(|bytes| looks_like_report(&bytes)),
    }
}

fn is_toml(entry: &DirEntry) -> bool {
    let extension = entry.path().extension();
    entry.file_type().is_file() && extension.is_some_and(|ext| ext.eq_ignore_ascii_case("toml"))
}

/// Whether a TOML file means to be a report, even a broken one or one in another encoding: it has a line that
/// opens `[report]`, or names our schema.
fn looks_like_report(bytes: &[u8]) -> bool {
    // UTF-16 has a zero byte beside each ASCII character.
    let plain: Vec<u8>;
    let bytes = if bytes.contains(&0) {
        plain = bytes.iter().copied().filter(|&byte| byte != 0).collect();
        &plain
    } else {
        bytes
    };
    bytes.split(|&byte| byte == b'\n').any(|line| {
        let start = line.iter().position(|byte| byte.is_ascii_graphic()).unwrap_or(line.len());
        let line = String::from_utf8_lossy(&line[start..]);
        let opens =
            line.strip_prefix('[').and_then(|rest| rest.trim_start().strip_prefix("report"));
        let names = line.starts_with("#:schema") && line.contains("nianbao");
        let dotted = line.starts_with("report.") || line.starts_with("report =");
        opens.is_some_and(|rest| rest.trim_start().starts_with(']')) || names || dotted
    })
}

/// Why a file cannot be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("无法读取 {}：{}", path.display(), reason(error))
}

/// Refuses a folder where a file is wanted.
pub(crate) fn want_file(path: &Path, instead: &str) -> anyhow::Result<()> {
    if path.is_dir() {
        bail!("{} 是文件夹，这里要给数据文件{instead}", path.display());
    }
    fs::metadata(path).map(drop).map_err(|error| anyhow::anyhow!(unreadable(path, &error)))
}

#[cfg(test)]
mod tests {
    use super::looks_like_report;

    #[test]
    fn reports_are_known_by_their_first_table() {
        assert!(looks_like_report(b"\xEF\xBB\xBF[report]\nagency = 1"));
        assert!(looks_like_report(b"# x\r\n [ report ]\r\n"));
        assert!(looks_like_report(b"#:schema ./nianbao-2021.schema.json\n"));
        assert!(looks_like_report(b"\xFF\xFE[\0r\0e\0p\0o\0r\0t\0]\0\n\0"));
        assert!(!looks_like_report(b"[package]\nname = \"report\"\n"));
        assert!(!looks_like_report(b"[reports]\n"));
    }
}
