//! Many reports at the same time: plain threads with a counter, each with a stack and a pool of its own.

use std::any::Any;
use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::STATE;
use super::entry::Entry;
use super::manifest::{Journal, TEMPORARY};
use super::plan::{Decision, Plan, Task};
use super::produce::{failure, produce};
use super::settings::{Settings, Surroundings};
use crate::generator::Generator;
use crate::world::Worker;

/// Makes the reports that the plan calls for and writes each into the journal. Returns, for each task of the plan,
/// its entry when it was made.
pub(super) fn work(
    generator: &Generator,
    settings: &Settings,
    plan: &Plan,
    journal: &Journal,
    surroundings: Surroundings<'_>,
) -> Vec<Option<Entry>> {
    let make = |task: &Task| match &task.decision {
        Decision::Unreadable(problem) => {
            failure(task, format!("读不了数据文件：{problem}"), (surroundings.clock)())
        }
        Decision::Occupied(problem) => failure(task, problem.clone(), (surroundings.clock)()),
        _ => produce(generator, settings, task, surroundings.clock),
    };
    each(plan, settings.jobs.get(), journal, surroundings, make)
}

/// Removes what a killed run left half written. Only a run that has the output folder to itself may do so.
pub(super) fn clear(plan: &Plan, output: &Path) {
    let inner = plan.tasks.iter().filter_map(|task| task.output.rsplit_once('/'));
    let mut folders: BTreeSet<PathBuf> = inner.map(|(folder, _)| output.join(folder)).collect();
    folders.extend([output.to_owned(), output.join(STATE)]);
    for entry in folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1) {
            // What stays does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Runs `make` on every task that is to be made. A panic fails its report alone.
fn each(
    plan: &Plan,
    jobs: usize,
    journal: &Journal,
    surroundings: Surroundings<'_>,
    make: impl Fn(&Task) -> Entry + Sync,
) -> Vec<Option<Entry>> {
    let mut wanted: Vec<usize> =
        (0..plan.tasks.len()).filter(|at| plan.tasks[*at].decision.is_work()).collect();
    // What typst keeps of one report serves the next only within one format.
    wanted.sort_by_key(|at| &plan.tasks[*at].key.format);
    let Surroundings { observer, stop, clock } = surroundings;
    observer.begin(wanted.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel::<(usize, Entry)>();
    let run = &|worker: Option<Worker>, sender: mpsc::Sender<(usize, Entry)>| {
        while !stop.load(Ordering::Relaxed) {
            let Some(&at) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            let task = &plan.tasks[at];
            observer.start(&task.source);
            let job = || catch_unwind(AssertUnwindSafe(|| make(task)));
            let result = match &worker {
                Some(worker) => worker.run(job),
                None => job(),
            };
            let entry = result.unwrap_or_else(|cause| failure(task, panic_text(&*cause), clock()));
            journal.add(&entry);
            observer.finish(&entry);
            if sender.send((at, entry)).is_err() {
                break;
            }
        }
    };
    let mut made: Vec<Option<Entry>> = plan.tasks.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..jobs.min(wanted.len()) {
            let sender = sender.clone();
            scope.spawn(move || run(Worker::new().ok(), sender));
        }
        drop(sender);
        for (at, entry) in receiver {
            made[at] = Some(entry);
        }
    });
    made
}

fn panic_text(cause: &(dyn Any + Send)) -> String {
    let text = cause
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| cause.downcast_ref::<String>().cloned());
    let text = text.unwrap_or_default();
    format!("程序内部出错（{text}）；其余报告不受影响，请把这份数据文件发给开发者")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::SystemTime;

    use super::super::{Facts, Key, Reason, Silent, Verdict};
    use super::*;

    fn plan(count: usize) -> Plan {
        let task = |number: usize| Task {
            source: format!("{number}.toml"),
            output: format!("{number}.pdf"),
            decision: Decision::Make(vec![Reason::New]),
            path: PathBuf::new(),
            neighbourhood: crate::generator::Neighbourhood::default(),
            facts: Facts::default(),
            key: Key::default(),
            last: None,
        };
        Plan { tasks: (0..count).map(task).collect(), skipped: Vec::new(), orphans: Vec::new() }
    }

    #[test]
    fn a_panic_fails_its_report_alone_and_a_stop_leaves_the_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::open(folder.path(), None).expect("opened");
        let stop = AtomicBool::new(false);
        let clock = || SystemTime::UNIX_EPOCH;
        let surroundings = Surroundings { observer: &Silent, stop: &stop, clock: &clock };
        let made = each(&plan(40), 4, &journal, surroundings, |task| {
            assert!(task.source != "7.toml", "七号坏了");
            Entry { verdict: Verdict::Made, ..failure(task, String::new(), clock()) }
        });
        for (number, entry) in made.iter().enumerate() {
            let entry = entry.as_ref().expect("every report has an entry");
            assert_eq!(entry.verdict == Verdict::Failed, number == 7, "{number}");
        }
        let message = made[7].as_ref().and_then(|entry| entry.message.clone());
        assert!(message.is_some_and(|text| text.contains("七号坏了")));

        let made = each(&plan(40), 1, &journal, surroundings, |task| {
            stop.store(task.source == "9.toml", Ordering::Relaxed);
            failure(task, String::new(), clock())
        });
        assert_eq!(made.iter().filter(|entry| entry.is_some()).count(), 10);
    }
}
