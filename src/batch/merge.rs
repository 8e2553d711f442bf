//! Joins the accounts of shards into one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::entry::{Entry, Pdf, Verdict};
use super::error::BatchError;
use super::facts::Facts;
use super::json::{self, Head, Item};
use super::key::Key;
use super::manifest::Manifest;
use super::run::{Line, Run, Status};
use super::{STATE, Shard, files, lock};

#[derive(Debug, Deserialize)]
struct Document {
    #[serde(flatten)]
    head: Head,
    reports: Vec<Report>,
}

#[derive(Debug, Deserialize)]
struct Report {
    #[serde(flatten)]
    item: Item,
    findings: serde_json::Value,
}

/// Joins the records of the shards in an output folder into `run.json` and `run.html`, and their journals into one.
/// Of several divisions the one that ran last counts. Shards without a record are named in the result.
///
/// # Errors
/// When a shard is still running, no shard has run, or a record cannot be read or written.
pub fn merge(output: &Path) -> Result<Run, BatchError> {
    let state = output.join(STATE);
    fs::read_dir(&state).map_err(|_| BatchError::NoShards(output.to_owned()))?;
    let _lock = lock::Lock::take(&state, None).map_err(BatchError::Locked)?;
    let mut records = records(output)?;
    let latest = records.iter().max_by(|a, b| a.1.head.finished.cmp(&b.1.head.finished));
    let count = latest.map(|(shard, _)| shard.count());
    let count = count.ok_or_else(|| BatchError::NoShards(output.to_owned()))?;
    records.retain(|shard, _| shard.count() == count);
    let missing = (1..=count).filter_map(|index| Shard::new(index, count).ok());
    let missing: Vec<Shard> = missing.filter(|shard| !records.contains_key(shard)).collect();
    let run = join(output, records, missing);
    Manifest::load(&state)?.compact(output, None)?;
    files::write(&run, output)?;
    Ok(run)
}

fn records(output: &Path) -> Result<BTreeMap<Shard, Document>, BatchError> {
    let mut records = BTreeMap::new();
    for entry in fs::read_dir(output).map_err(BatchError::io(output))?.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let shard = name
            .strip_prefix("run-")
            .and_then(|name| name.strip_suffix(".json"))
            .and_then(Shard::from_file_name);
        let Some(shard) = shard else { continue };
        let path = entry.path();
        let text = fs::read(&path).map_err(BatchError::io(&path))?;
        let document = serde_json::from_slice(&text)
            .map_err(|cause| BatchError::Malformed(path, cause.to_string()))?;
        records.insert(shard, document);
    }
    Ok(records)
}

fn join(output: &Path, records: BTreeMap<Shard, Document>, missing: Vec<Shard>) -> Run {
    let mut run = Run {
        folder: Default::default(),
        output: output.to_owned(),
        shard: None,
        time: (std::time::UNIX_EPOCH, std::time::UNIX_EPOCH),
        interrupted: false,
        lines: Vec::new(),
        skipped: Vec::new(),
        orphans: Vec::new(),
        missing_shards: missing,
    };
    for (at, (_, document)) in records.into_iter().enumerate() {
        let Document { head, reports } = document;
        let (started, finished) =
            (json::parse_time(&head.started), json::parse_time(&head.finished));
        run.time.0 = if at == 0 { started } else { run.time.0.min(started) };
        run.time.1 = run.time.1.max(finished);
        run.folder = head.folder.into();
        run.interrupted |= head.interrupted;
        run.skipped.extend(head.skipped);
        run.orphans.extend(head.orphans);
        run.lines.extend(reports.into_iter().map(line));
    }
    run.lines.sort_by(|a, b| a.source.cmp(&b.source));
    run.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    run.skipped.dedup();
    run
}

fn line(report: Report) -> Line {
    let Report { item, findings } = report;
    let entry = item.made_at.as_ref().map(|made_at| entry(&item, made_at, &findings));
    Line {
        source: item.path,
        output: item.output,
        status: item.status,
        reasons: item.reasons,
        entry,
    }
}

fn entry(item: &Item, made_at: &str, findings: &serde_json::Value) -> Entry {
    let since = json::parse_time(made_at).duration_since(std::time::UNIX_EPOCH);
    Entry {
        source: item.path.clone(),
        output: item.output.clone(),
        facts: Facts {
            agency: item.agency.clone().unwrap_or_default(),
            year: item.year,
            ..Facts::default()
        },
        key: Key { format: item.format.clone().unwrap_or_default(), ..Key::default() },
        verdict: match item.status {
            Status::Refused => Verdict::Refused,
            Status::Failed => Verdict::Failed,
            _ => Verdict::Made,
        },
        pdf: item.blake3.clone().map(|hash| Pdf {
            hash,
            bytes: item.bytes.unwrap_or(0),
            modified: 0,
            pages: item.pages.unwrap_or(0),
            draft: item.draft,
        }),
        beside: Vec::new(),
        errors: item.errors,
        warnings: item.warnings,
        notes: item.notes,
        findings: findings.to_string(),
        first_error: first_error(findings),
        message: item.message.clone(),
        reasons: item.reasons.clone(),
        finished: since.map_or(0, |age| i64::try_from(age.as_millis()).unwrap_or(0)),
        milliseconds: item.milliseconds.unwrap_or(0),
    }
}

/// The first error of a shard's record, which has findings as JSON alone.
fn first_error(findings: &serde_json::Value) -> Option<String> {
    let mut findings = findings.as_array()?.iter();
    let error =
        findings.find(|finding| finding["level"] == "error" && finding["waived"].is_null())?;
    let line = error["span"]["line"].as_u64();
    let place = line.map_or_else(|| "全文".to_owned(), |line| format!("第 {line} 行"));
    Some(format!("{place} {}", error["message"].as_str().unwrap_or("")))
}
