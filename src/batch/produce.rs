//! One report, from data file to PDF and journal line.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::entry::{Beside, Entry, Pdf, Verdict};
use super::manifest::modified;
use super::plan::Decision;
use super::plan::{PDF, Task};
use super::settings::Settings;
use crate::diagnostic::{Counts, Diagnostic, Level};
use crate::emit::{self, ReportFindings};
use crate::generator::{Checked, Failure, Generator, Input, Typeset};
use crate::limits;
use crate::output::{reason, write_atomically};
use crate::reading;

/// Makes a report. Whatever goes wrong stands in the entry.
pub(super) fn produce(
    generator: &Generator,
    settings: &Settings,
    task: &Task,
    clock: &(dyn Fn() -> SystemTime + Sync),
) -> Entry {
    let begun = clock();
    let mut entry = blank(task);
    if let Err(message) = attempt(generator, settings, task, &mut entry) {
        entry.verdict = Verdict::Failed;
        entry.message = Some(message);
    }
    finish(&mut entry, begun, clock());
    entry
}

/// The entry of a report that failed before or outside [`produce`].
pub(super) fn failure(task: &Task, message: String, now: SystemTime) -> Entry {
    let mut entry = blank(task);
    entry.message = Some(message);
    finish(&mut entry, now, now);
    entry
}

fn blank(task: &Task) -> Entry {
    let reasons = match &task.decision {
        Decision::Make(reasons) | Decision::Leave(reasons) => {
            reasons.iter().map(ToString::to_string).collect()
        }
        Decision::Keep | Decision::Unreadable(_) | Decision::Occupied(_) => Vec::new(),
    };
    Entry {
        source: task.source.clone(),
        output: task.output.clone(),
        facts: task.facts.clone(),
        key: task.key.clone(),
        verdict: Verdict::Failed,
        pdf: None,
        beside: Vec::new(),
        errors: 0,
        warnings: 0,
        notes: 0,
        findings: "[]".to_owned(),
        first_error: None,
        message: None,
        reasons,
        finished: 0,
        milliseconds: 0,
    }
}

fn finish(entry: &mut Entry, begun: SystemTime, ended: SystemTime) {
    let since = ended.duration_since(UNIX_EPOCH).unwrap_or_default();
    entry.finished = i64::try_from(since.as_millis()).unwrap_or(0);
    let took = ended.duration_since(begun).unwrap_or_default();
    entry.milliseconds = u64::try_from(took.as_millis()).unwrap_or(0);
}

fn attempt(
    generator: &Generator,
    settings: &Settings,
    task: &Task,
    entry: &mut Entry,
) -> Result<(), String> {
    let read = |path: &Path| {
        reading::read(path, limits::DATA_FILE)
            .map_err(|error| format!("读不了 {}：{}", path.display(), reason(&error)))
    };
    let bytes = read(&task.path)?;
    // The file may have been saved again since the plan was made: the key must tell what is printed.
    entry.key.data = super::key::short(&blake3::hash(&bytes));
    let input = Input::with(&task.path, bytes, task.neighbourhood.clone())
        .map_err(|error| format!("读不了上年的文件：{}", reason(&error)))?;
    let checked = generator.check(&input);
    note_findings(&checked, task, entry)?;
    if entry.errors > 0 && !settings.draft {
        entry.verdict = Verdict::Refused;
        return Ok(());
    }
    let draft = entry.errors > 0;
    let said = |failure: Failure| failure.to_string();
    let typeset = if settings.attach_data {
        generator.typeset_with_data(&checked, draft).map_err(said)?
    } else {
        generator.typeset(&checked, draft).map_err(said)?
    };
    let pdf = typeset.pdf(&settings.standards).map_err(|failure| failure.to_string())?;
    entry.beside = beside(generator, settings, task, (&checked, &typeset), draft)?;
    let Beside { hash, bytes, modified, .. } = put(settings, &task.output, &pdf)?;
    entry.pdf = Some(Pdf { hash, bytes, modified, pages: typeset.page_count(), draft });
    entry.verdict = Verdict::Made;
    Ok(())
}

/// Writes the files of other kinds beside where the PDF will be.
fn beside(
    generator: &Generator,
    settings: &Settings,
    task: &Task,
    (checked, typeset): (&Checked, &Typeset),
    draft: bool,
) -> Result<Vec<Beside>, String> {
    if settings.kinds.is_empty() {
        return Ok(Vec::new());
    }
    let edition = generator.edition(checked, draft).map_err(|failure| failure.to_string())?;
    let stem = task.output.strip_suffix(PDF).unwrap_or(&task.output);
    let name = stem.rsplit('/').next().unwrap_or(stem);
    let mut written = Vec::new();
    for kind in &settings.kinds {
        let files = edition.files(*kind, Some(&typeset.document), name);
        for file in files.map_err(|error| error.to_string())? {
            let output = format!("{stem}{}", file.ending);
            refuse_unknown(settings, task, &output)?;
            written.push(put(settings, &output, &file.bytes)?);
        }
    }
    Ok(written)
}

/// Refuses to replace a file of another kind that the journal does not know: somebody has put it there.
fn refuse_unknown(settings: &Settings, task: &Task, output: &str) -> Result<(), String> {
    let path = settings.output.join(output);
    let mut known = task.last.iter().flat_map(|entry| &entry.beside);
    if settings.force || !path.exists() || known.any(|file| file.path == output) {
        return Ok(());
    }
    Err(format!("{} 已经存在，不是批量生成时写的，没有覆盖；移走它，或加 --force", path.display()))
}

/// Writes an output file and notes what was written.
fn put(settings: &Settings, output: &str, bytes: &[u8]) -> Result<Beside, String> {
    let path = settings.output.join(output);
    write(&path, bytes)?;
    let metadata = fs::metadata(&path).map_err(|error| reason(&error))?;
    Ok(Beside {
        path: output.to_owned(),
        hash: blake3::hash(bytes).to_hex().to_string(),
        bytes: bytes.len() as u64,
        modified: modified(&metadata),
    })
}

fn first_error(checked: &Checked) -> Option<String> {
    let is_error = |finding: &&Diagnostic| finding.counts() && finding.level == Level::Error;
    let error = checked.diagnostics.iter().find(is_error)?;
    let line = error.line(&checked.source);
    let place = line.map_or_else(|| "全文".to_owned(), |line| format!("第 {line} 行"));
    Some(format!("{place} {}", error.message))
}

fn note_findings(checked: &Checked, task: &Task, entry: &mut Entry) -> Result<(), String> {
    let Counts { errors, warnings, notes } = checked.counts();
    (entry.errors, entry.warnings, entry.notes) = (errors, warnings, notes);
    if checked.diagnostics.is_empty() {
        return Ok(());
    }
    let report = emit::json::report(&ReportFindings::of(&task.source, checked));
    entry.first_error = first_error(checked);
    entry.findings = serde_json::to_string(report.findings()).map_err(|error| error.to_string())?;
    Ok(())
}

fn write(path: &Path, pdf: &[u8]) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| format!("建不了文件夹 {}：{}", folder.display(), reason(&error)))?;
    }
    write_atomically(path, pdf).map_err(|error| error.to_string())
}
