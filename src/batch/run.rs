//! The account of a run: what became of every report, for programs (`run.json`) and for people (`run.html`).

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::manifest::{Entry, Manifest, Verdict};
use super::plan::{Decision, Plan, Task};
use super::survey::Skipped;
use super::{BatchError, Settings, Shard, Surroundings, page};
use crate::output::write_atomically;

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

/// Puts the account together from the plan and from what was made.
pub(super) fn account(
    settings: &Settings,
    plan: Plan,
    made: Vec<Option<Entry>>,
    manifest: &Manifest,
    started: SystemTime,
    surroundings: Surroundings<'_>,
) -> Run {
    let orphans = plan.orphans.into_iter();
    let orphans = orphans.map(|entry| Orphan { source: entry.source, output: entry.output });
    let mut run = Run {
        folder: settings.folder.clone(),
        output: settings.output.clone(),
        shard: settings.shard,
        time: (started, started),
        interrupted: false,
        lines: Vec::with_capacity(plan.tasks.len()),
        skipped: plan.skipped,
        orphans: orphans.collect(),
        missing_shards: Vec::new(),
    };
    for (task, made) in plan.tasks.into_iter().zip(made) {
        let wanted = task.decision.is_work();
        run.interrupted |= wanted && made.is_none();
        let mut line = line(task, made);
        // A PDF under an earlier name stays behind and is told.
        if let Some(old) = manifest.get(&line.source)
            && old.output != line.output
            && line.status == Status::Made
            && settings.output.join(&old.output).exists()
        {
            let (source, output) = (line.source.clone(), old.output.clone());
            run.orphans.push(Orphan { source, output });
        }
        line.reasons.dedup();
        run.lines.push(line);
    }
    run.time.1 = (surroundings.clock)();
    run
}

fn line(task: Task, made: Option<Entry>) -> Line {
    let Task { source, output, decision, last, .. } = task;
    let told = |reasons: &[super::Reason]| reasons.iter().map(ToString::to_string).collect();
    let (status, reasons, entry) = match (made, decision) {
        (Some(entry), _) => (status(entry.verdict), entry.reasons.clone(), Some(entry)),
        (None, Decision::Keep) => match last {
            Some(entry) if entry.verdict == Verdict::Refused => {
                (Status::Refused, vec!["未变，仍有错误".to_owned()], Some(entry))
            }
            last => (Status::Unchanged, Vec::new(), last),
        },
        (None, Decision::Make(reasons) | Decision::Leave(reasons)) => {
            (Status::Pending, told(&reasons), last)
        }
        (None, Decision::Unreadable(problem) | Decision::Occupied(problem)) => {
            (Status::Pending, vec![problem], last)
        }
    };
    Line { source, output, status, reasons, entry }
}

fn status(verdict: Verdict) -> Status {
    match verdict {
        Verdict::Made => Status::Made,
        Verdict::Refused => Status::Refused,
        Verdict::Failed => Status::Failed,
    }
}

/// The version of `run.json`.
pub(super) const VERSION: u32 = 1;

/// The head of `run.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) version: u32,
    pub(super) program: String,
    pub(super) folder: String,
    pub(super) output: String,
    pub(super) shard: Option<String>,
    pub(super) started: String,
    pub(super) finished: String,
    pub(super) seconds: f64,
    pub(super) interrupted: bool,
    pub(super) summary: Counts,
    pub(super) missing_shards: Vec<String>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) orphans: Vec<Orphan>,
}

/// [`Summary`] with names.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Counts {
    total: usize,
    made: usize,
    unchanged: usize,
    refused: usize,
    failed: usize,
    pending: usize,
}

/// A report in `run.json`, but for its findings, which are text already.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) path: String,
    pub(super) output: String,
    pub(super) status: Status,
    pub(super) reasons: Vec<String>,
    pub(super) message: Option<String>,
    pub(super) agency: Option<String>,
    pub(super) year: Option<i32>,
    pub(super) format: Option<String>,
    pub(super) draft: bool,
    pub(super) pages: Option<usize>,
    pub(super) bytes: Option<u64>,
    pub(super) blake3: Option<String>,
    pub(super) made_at: Option<String>,
    pub(super) milliseconds: Option<u64>,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) notes: usize,
}

impl Head {
    fn of(run: &Run) -> Self {
        let summary = run.summary();
        let took = run.time.1.duration_since(run.time.0).unwrap_or_default();
        Self {
            version: VERSION,
            program: format!("nianbao {}", env!("CARGO_PKG_VERSION")),
            folder: run.folder.display().to_string(),
            output: run.output.display().to_string(),
            shard: run.shard.map(|shard| shard.to_string()),
            started: timestamp(run.time.0),
            finished: timestamp(run.time.1),
            seconds: took.as_secs_f64(),
            interrupted: run.interrupted,
            summary: Counts {
                total: summary.total(),
                made: summary.of(Status::Made),
                unchanged: summary.of(Status::Unchanged),
                refused: summary.of(Status::Refused),
                failed: summary.of(Status::Failed),
                pending: summary.of(Status::Pending),
            },
            missing_shards: run.missing_shards.iter().map(ToString::to_string).collect(),
            skipped: run.skipped.clone(),
            orphans: run.orphans.clone(),
        }
    }
}

impl Item {
    pub(super) fn of(line: &Line) -> Self {
        let entry = line.entry.as_ref();
        let pdf = entry.and_then(|entry| entry.pdf.as_ref());
        Self {
            path: line.source.clone(),
            output: line.output.clone(),
            status: line.status,
            reasons: line.reasons.clone(),
            message: entry.and_then(|entry| entry.message.clone()),
            agency: entry.map(|entry| entry.facts.agency.clone()).filter(|name| !name.is_empty()),
            year: entry.and_then(|entry| entry.facts.year),
            format: entry.map(|entry| entry.key.format.clone()),
            draft: pdf.is_some_and(|pdf| pdf.draft),
            pages: pdf.map(|pdf| pdf.pages),
            bytes: pdf.map(|pdf| pdf.bytes),
            blake3: pdf.map(|pdf| pdf.hash.clone()),
            made_at: entry.map(|entry| milliseconds(entry.finished)),
            milliseconds: entry.map(|entry| entry.milliseconds),
            errors: entry.map_or(0, |entry| entry.errors),
            warnings: entry.map_or(0, |entry| entry.warnings),
            notes: entry.map_or(0, |entry| entry.notes),
        }
    }
}

/// Beijing time, as the reports' own dates.
fn beijing(time: OffsetDateTime) -> String {
    let offset = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    let time = time.to_offset(offset).replace_nanosecond(0).unwrap_or(time);
    time.format(&Rfc3339).unwrap_or_default()
}

fn timestamp(time: SystemTime) -> String {
    beijing(OffsetDateTime::from(time))
}

fn milliseconds(since_1970: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(since_1970 / 1000);
    time.map(beijing).unwrap_or_default()
}

/// Renders `run.json`: the head, then a line for each report.
pub fn json(run: &Run) -> String {
    // Strings and numbers only: there is nothing that could fail.
    let mut text = serde_json::to_string(&Head::of(run)).unwrap_or_default();
    text.pop();
    text.push_str(",\"reports\":[");
    for (at, line) in run.lines.iter().enumerate() {
        let mut item = serde_json::to_string(&Item::of(line)).unwrap_or_default();
        item.pop();
        let findings = line.entry.as_ref().map_or("[]", |entry| &entry.findings);
        let _ =
            write!(text, "{}\n{item},\"findings\":{findings}}}", if at == 0 { "" } else { "," });
    }
    text.push_str("\n]}\n");
    text
}

/// The names of a run's records: of a shard, with its number.
pub(super) fn file_name(shard: Option<Shard>, extension: &str) -> String {
    match shard {
        None => format!("run.{extension}"),
        Some(shard) => format!("run-{}.{extension}", shard.file_name()),
    }
}

/// Removes a shard's record of an earlier run, so that one that is killed counts as missing.
pub(super) fn forget(output: &Path, shard: Option<Shard>) {
    if shard.is_some() {
        for extension in ["json", "html"] {
            let _ = fs::remove_file(output.join(file_name(shard, extension)));
        }
    }
}

/// Writes `run.json` and `run.html`.
pub(super) fn write(run: &Run, output: &Path) -> Result<(), BatchError> {
    let json_path = output.join(file_name(run.shard, "json"));
    write_atomically(&json_path, json(run).as_bytes()).map_err(BatchError::Record)?;
    let html_path = output.join(file_name(run.shard, "html"));
    write_atomically(&html_path, page::render(run).as_bytes()).map_err(BatchError::Record)
}

/// The span of a run as people read it.
pub(super) fn times(run: &Run) -> (String, String) {
    (timestamp(run.time.0), timestamp(run.time.1))
}

/// Reads [`timestamp`] back.
pub(super) fn parse_time(text: &str) -> SystemTime {
    OffsetDateTime::parse(text, &Rfc3339).map_or(UNIX_EPOCH, SystemTime::from)
}
