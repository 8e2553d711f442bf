//! Puts the account of a run together from the plan and from what was made.

use std::time::SystemTime;

use super::entry::{Entry, Verdict};
use super::manifest::Manifest;
use super::plan::{Decision, Plan, Task};
use super::run::{Line, Orphan, Run, Status};
use super::settings::{Settings, Surroundings};

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
    let told = |reasons: &[super::key::Reason]| reasons.iter().map(ToString::to_string).collect();
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
