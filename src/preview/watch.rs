//! Notices changes of files: by the system where it tells, by looking again and again where it does not.
//!
//! In: [`Targets`], whenever they change. Out: [`Job::Changed`] with the paths, gathered over a few milliseconds.
//! typst-kit's watcher is of no use here: it gathers for 100 ms, as long as a whole update may take, and it watches
//! files one by one, so that a new file in a folder goes unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use walkdir::WalkDir;

use super::job::Job;
use crate::reading;

/// What is watched.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Targets {
    /// Folders, and whether with all that is in them.
    pub(super) folders: BTreeMap<PathBuf, bool>,
    /// Files that reports depend on.
    pub(super) files: BTreeSet<PathBuf>,
}

/// After a change that may go on, wait for this long without another.
const QUIET: Duration = Duration::from_millis(15);
/// But in all no longer than this.
const PATIENCE: Duration = Duration::from_millis(80);
/// How often to look when asked to poll.
const POLL: Duration = Duration::from_millis(300);
/// How often to look all the same: network drives do not tell.
const SAFETY: Duration = Duration::from_secs(2);
/// Files up to this size are compared by content when polling; larger ones by size and time.
const COMPARED: u64 = 1 << 20;
/// At most this many entries of a folder are looked at when polling.
const MAX_ENTRIES: usize = 20_000;

/// What the watcher hears of.
pub(super) enum Message {
    /// Something else is to be watched.
    Targets(Targets),
    /// The system noticed something.
    Event(notify::Result<notify::Event>),
}

/// Starts watching on a thread of its own. Returns where to send what to watch.
///
/// # Errors
/// When the system has no more threads.
pub(super) fn start(poll: bool, jobs: Sender<Job>) -> io::Result<Sender<Message>> {
    let (sender, inbox) = channel();
    let events = sender.clone();
    let forward = move |event| {
        // After the watcher has ended nobody cares.
        let _ = events.send(Message::Event(event));
    };
    let system = if poll { None } else { notify::recommended_watcher(forward).ok() };
    let mut watcher = Watcher {
        system,
        compare: poll,
        inbox,
        jobs,
        targets: Targets::default(),
        seen: BTreeMap::new(),
        next_look: Instant::now(),
    };
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || while watcher.step().is_some() {})?;
    Ok(sender)
}

struct Watcher {
    system: Option<RecommendedWatcher>,
    /// Whether to compare files by content.
    compare: bool,
    inbox: Receiver<Message>,
    jobs: Sender<Job>,
    targets: Targets,
    seen: BTreeMap<PathBuf, Trace>,
    next_look: Instant,
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq)]
struct Trace {
    modified: Option<SystemTime>,
    size: u64,
    content: Option<blake3::Hash>,
}

impl Watcher {
    /// One round; none when nobody listens any more.
    fn step(&mut self) -> Option<()> {
        let wait = self.next_look.saturating_duration_since(Instant::now());
        let changed = match self.inbox.recv_timeout(wait) {
            Ok(Message::Event(event)) => self.gather(event),
            Ok(Message::Targets(targets)) => self.retarget(targets),
            Err(RecvTimeoutError::Timeout) => self.look(),
            Err(RecvTimeoutError::Disconnected) => return None,
        };
        if changed.is_empty() {
            return Some(());
        }
        self.jobs.send(Job::Changed(changed, Instant::now())).ok()
    }

    /// Gathers the events that follow closely, until a file is known to be complete.
    fn gather(&mut self, first: notify::Result<notify::Event>) -> BTreeSet<PathBuf> {
        let mut paths = BTreeSet::new();
        let end = Instant::now() + PATIENCE;
        let mut next = Some(Message::Event(first));
        while let Some(message) = next {
            let is_complete = match message {
                Message::Event(event) => event.is_ok_and(|event| note(event, &mut paths)),
                Message::Targets(targets) => {
                    paths.extend(self.retarget(targets));
                    false
                }
            };
            if is_complete || paths.is_empty() || Instant::now() >= end {
                break;
            }
            next = self.inbox.recv_timeout(QUIET).ok();
        }
        paths
    }

    /// Watches something else. Files that were not watched before may have changed since they were read.
    fn retarget(&mut self, targets: Targets) -> BTreeSet<PathBuf> {
        if let Some(system) = &mut self.system {
            for (folder, deep) in &self.targets.folders {
                if targets.folders.get(folder) != Some(deep) {
                    // It may have been deleted, which ends the watch too.
                    let _ = system.unwatch(folder);
                }
            }
            for (folder, deep) in &targets.folders {
                if self.targets.folders.get(folder) != Some(deep) {
                    watch(system, folder, *deep);
                }
            }
        }
        let fresh = targets.files.difference(&self.targets.files).cloned().collect();
        self.targets = targets;
        let known = std::mem::take(&mut self.seen);
        self.seen = self.traces();
        for (path, trace) in known {
            self.seen.entry(path).and_modify(|now| *now = trace);
        }
        fresh
    }

    /// Compares files with what they were.
    fn look(&mut self) -> BTreeSet<PathBuf> {
        let is_alone = self.system.is_none();
        self.next_look = Instant::now() + if is_alone { POLL } else { SAFETY };
        let now = self.traces();
        let changed: BTreeSet<PathBuf> = now
            .iter()
            .filter(|(path, trace)| self.seen.get(*path) != Some(trace))
            .map(|(path, _)| path.clone())
            .chain(self.seen.keys().filter(|path| !now.contains_key(*path)).cloned())
            .collect();
        if !changed.is_empty()
            && let Some(system) = &mut self.system
        {
            // A folder that went and came back is not watched any more.
            for (folder, deep) in &self.targets.folders {
                watch(system, folder, *deep);
            }
        }
        self.seen = now;
        changed
    }

    fn traces(&self) -> BTreeMap<PathBuf, Trace> {
        let mut files = self.targets.files.clone();
        if self.system.is_none() {
            for (folder, deep) in &self.targets.folders {
                let walk = WalkDir::new(folder).max_depth(if *deep { 64 } else { 1 });
                let entries = walk.into_iter().filter_map(Result::ok).take(MAX_ENTRIES);
                files.extend(
                    entries.filter(|entry| entry.file_type().is_file()).map(|e| e.into_path()),
                );
            }
        }
        let trace = |path: PathBuf| {
            let content = self.compare && self.targets.files.contains(&path);
            Trace::of(&path, content).map(|trace| (path, trace))
        };
        files.into_iter().filter_map(trace).collect()
    }
}

impl Trace {
    fn of(path: &Path, compare: bool) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        let content = (compare && metadata.len() <= COMPARED)
            .then(|| reading::read(path, COMPARED as usize).ok().map(|bytes| blake3::hash(&bytes)))
            .flatten();
        Some(Self { modified: metadata.modified().ok(), size: metadata.len(), content })
    }
}

fn watch(system: &mut RecommendedWatcher, folder: &Path, deep: bool) {
    let mode = if deep { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
    // What the system refuses to watch is still looked at now and then.
    let _ = system.watch(folder, mode);
}

/// Notes the paths of an event that matters; says whether it ends a write.
fn note(event: notify::Event, paths: &mut BTreeSet<PathBuf>) -> bool {
    let (matters, is_complete) = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => (true, true),
        EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => (true, true),
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => (false, false),
        _ => (true, false),
    };
    if matters {
        paths.extend(event.paths);
    }
    is_complete
}
