//! `run.json`: the account of a run for programs.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::facts::Skipped;
use super::run::{Line, Orphan, Run, Status};

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

/// The span of a run as people read it.
pub(super) fn times(run: &Run) -> (String, String) {
    (timestamp(run.time.0), timestamp(run.time.1))
}

/// Reads [`timestamp`] back.
pub(super) fn parse_time(text: &str) -> SystemTime {
    OffsetDateTime::parse(text, &Rfc3339).map_or(UNIX_EPOCH, SystemTime::from)
}
