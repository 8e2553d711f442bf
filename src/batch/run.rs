//! The account of a run: what became of every report, for programs (`run.json`) and for people (`run.html`).

use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::facts::Skipped;
use super::shard::Shard;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its PDF was written.
    Made,
    /// Nothing had changed.
    Unchanged,
    /// It has errors.
    Refused,
    /// The tool could not do its work.
    Failed,
    /// The run ended before it, or it was not asked for.
    Pending,
}

impl Status {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] =
        [Self::Made, Self::Unchanged, Self::Refused, Self::Failed, Self::Pending];

    /// The word that people see.
    pub fn label(self) -> &'static str {
        match self {
            Status::Made => "生成",
            Status::Unchanged => "未变",
            Status::Refused => "有错未生成",
            Status::Failed => "失败",
            Status::Pending => "未处理",
        }
    }
}

/// One report of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Path of the data file inside the folder.
    pub source: String,
    /// Path of the output file inside the output folder.
    pub output: String,
    /// What became of it.
    pub status: Status,
    /// Why it was made, refused, left.
    pub reasons: Vec<String>,
    /// How it was made last; none when it never was.
    pub entry: Option<Entry>,
}

/// The account of a run.
#[derive(Debug, Clone)]
pub struct Run {
    /// The folder of data files.
    pub folder: PathBuf,
    /// The output folder.
    pub output: PathBuf,
    /// The share.
    pub shard: Option<Shard>,
    /// When it began and ended.
    pub time: (SystemTime, SystemTime),
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Every report, in the order of their paths.
    pub lines: Vec<Line>,
    /// Files that are no reports.
    pub skipped: Vec<Skipped>,
    /// Reports whose data files have gone while their PDFs are still there.
    pub orphans: Vec<Orphan>,
    /// Of a merged account: shards without a record.
    pub missing_shards: Vec<Shard>,
}

/// A PDF whose data file has gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// Where the data file was.
    pub source: String,
    /// The PDF.
    pub output: String,
}

/// Numbers of reports by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary([usize; 5]);

impl Summary {
    /// Returns the number of reports.
    pub fn of(&self, status: Status) -> usize {
        self.0[status as usize]
    }

    /// The number of all reports.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

impl Run {
    /// Counts the reports.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for line in &self.lines {
            summary.0[line.status as usize] += 1;
        }
        summary
    }

    /// Whether a report has findings that count at the levels asked for: errors, and warnings when they are denied.
    pub fn has_findings(&self, deny_warnings: bool) -> bool {
        let mut entries = self.lines.iter().filter_map(|line| line.entry.as_ref());
        entries.any(|entry| entry.errors > 0 || deny_warnings && entry.warnings > 0)
    }

    /// Whether all of it was done, for better or worse.
    pub fn is_complete(&self) -> bool {
        let summary = self.summary();
        !self.interrupted && self.missing_shards.is_empty() && summary.of(Status::Failed) == 0
    }
}
