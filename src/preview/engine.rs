//! The engine: reads, checks and sets reports whenever something they depend on changes, on one thread of its own.
//!
//! In: [`Job`]s from the watcher and from requests. Out: a new [`Snapshot`] in each session that changed. Requests
//! never wait for the engine, except for those that ask for a PDF or another file.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::job::{INTERNAL, Job, PdfOutcome};
use super::making;
use super::memory::{Memory, digest, files};
use super::options::Options;
use super::page::Page;
use super::reports::Reports;
use super::session::{Session, Shown, Snapshot};
use super::state::{Stale, Timing, View, is_broken};
use super::watch::{Message, Targets};
use super::{patient, pdf, spots};
use crate::generator::{Checked, Failure, Generator, Input};
use crate::output;

/// How long a file may be away or empty before anybody is told: editors replace files.
const GRACE: Duration = Duration::from_millis(250);
/// How many reports without a viewer keep their pages.
const KEPT: usize = 4;
/// Stack of the engine's thread: deeply nested layouts need more than the usual.
const STACK: usize = 16 << 20;

/// The engine's own state.
pub(super) struct Engine {
    options: Options,
    generator: Generator,
    /// Why formats and fonts could not be read again, when they could not.
    failure: Option<Failure>,
    /// Counts up when formats or fonts were read again.
    epoch: u64,
    reports: Arc<Reports>,
    memories: BTreeMap<String, Memory>,
    dirty: BTreeMap<String, Instant>,
    retry: BTreeMap<String, Instant>,
    recent: Vec<String>,
    targets: Sender<Message>,
    last_targets: Targets,
}

impl Engine {
    /// Finds the reports; nothing is read yet.
    pub(super) fn new(
        options: Options,
        generator: Generator,
        reports: Arc<Reports>,
        targets: Sender<Message>,
    ) -> Self {
        let mut engine = Self {
            options,
            generator,
            failure: None,
            epoch: 0,
            reports,
            memories: BTreeMap::new(),
            dirty: BTreeMap::new(),
            retry: BTreeMap::new(),
            recent: Vec::new(),
            targets,
            last_targets: Targets::default(),
        };
        engine.discover();
        engine.watch();
        engine
    }

    /// Works until nobody can ask any more.
    ///
    /// # Errors
    /// When the system has no more threads.
    pub(super) fn start(mut self, jobs: Receiver<Job>) -> io::Result<()> {
        let work = move || while self.step(&jobs) {};
        std::thread::Builder::new()
            .name("engine".to_owned())
            .stack_size(STACK)
            .spawn(work)
            .map(drop)
    }

    /// Takes what has come in, then does the most urgent piece of work.
    fn step(&mut self, jobs: &Receiver<Job>) -> bool {
        if self.dirty.is_empty() {
            let next = self.retry.values().min().copied();
            let job = match next {
                Some(at) => match jobs.recv_timeout(at.saturating_duration_since(Instant::now())) {
                    Ok(job) => Some(job),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return false,
                },
                None => match jobs.recv() {
                    Ok(job) => Some(job),
                    Err(_) => return false,
                },
            };
            if let Some(job) = job {
                self.take(job);
            }
        }
        while let Ok(job) = jobs.try_recv() {
            self.take(job);
        }
        self.wake();
        if let Some(id) = self.most_urgent() {
            let since = self.dirty.remove(&id).unwrap_or_else(Instant::now);
            if let Some(session) = self.reports.get(&id) {
                self.refresh(&session, since);
            }
        }
        true
    }

    fn take(&mut self, job: Job) {
        match job {
            Job::Changed(paths, at) => self.changed(&paths, at),
            Job::Open(id) => self.open(id),
            Job::Pdf(id, edition, answer) => {
                let outcome = match self.reports.get(&id) {
                    Some(session) => pdf::make(&self.generator, &self.options, &session, edition),
                    None => PdfOutcome::Refused(vec!["没有这份报告".to_owned()]),
                };
                // Whoever asked may have gone.
                let _ = answer.send(outcome);
            }
            Job::Make(id, wanted, answer) => {
                let outcome = match self.reports.get(&id) {
                    Some(session) => self.make(&session, &wanted),
                    None => making::Outcome::Refused(vec!["没有这份报告".to_owned()]),
                };
                let _ = answer.send(outcome);
            }
        }
    }

    /// Makes other files than the PDF.
    fn make(&self, session: &Session, wanted: &making::Wanted) -> making::Outcome {
        let made = || making::make(&self.generator, &self.options, session, wanted);
        match catch_unwind(AssertUnwindSafe(made)) {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(failure)) => making::Outcome::Refused(vec![failure.0]),
            Err(_) => making::Outcome::Refused(vec![INTERNAL.to_owned()]),
        }
    }

    /// Reports that are viewed come first, then those that changed first.
    fn most_urgent(&self) -> Option<String> {
        let key = |(id, since): &(&String, &Instant)| {
            let viewed = self.reports.get(id).is_some_and(|session| session.is_viewed());
            (!viewed, **since)
        };
        self.dirty.iter().min_by_key(key).map(|(id, _)| id.clone())
    }

    fn wake(&mut self) {
        let now = Instant::now();
        let due: Vec<String> =
            self.retry.iter().filter(|(_, at)| **at <= now).map(|(id, _)| id.clone()).collect();
        for id in due {
            self.retry.remove(&id);
            self.mark(&id, now);
        }
    }

    fn mark(&mut self, id: &str, since: Instant) {
        self.dirty.entry(id.to_owned()).or_insert(since);
    }

    fn open(&mut self, id: String) {
        self.recent.retain(|known| *known != id);
        self.recent.insert(0, id.clone());
        self.mark(&id, Instant::now());
        let idle: Vec<String> = self.recent.iter().skip(KEPT).cloned().collect();
        for id in idle {
            let Some(session) = self.reports.get(&id) else { continue };
            if !session.is_viewed() {
                self.recent.retain(|known| *known != id);
                self.forget_pages(&session);
            }
        }
    }

    /// Gives the memory of the pages back; they are set again when the report is opened.
    fn forget_pages(&mut self, session: &Session) {
        if let Some(memory) = self.memories.get_mut(&session.id) {
            memory.set = None;
        }
        let old = session.snapshot();
        session.publish(Snapshot {
            revision: old.revision,
            state: old.state.clone(),
            summary: old.summary.clone(),
            checked: old.checked.clone(),
            shown: None,
            before: None,
        });
    }

    fn changed(&mut self, paths: &BTreeSet<PathBuf>, at: Instant) {
        let within = |folder: &Option<PathBuf>| {
            folder.as_ref().is_some_and(|folder| paths.iter().any(|path| path.starts_with(folder)))
        };
        if within(&self.options.config.templates) || within(&self.options.config.user_fonts) {
            self.reload(at);
        }
        let mut unknown = false;
        for path in paths {
            let mut known = false;
            for (id, memory) in &self.memories {
                if memory.files.contains(path) {
                    known = true;
                    self.dirty.entry(id.clone()).or_insert(at);
                }
            }
            unknown |= !known && is_toml(path);
        }
        if unknown {
            self.discover();
            let folders: BTreeSet<&Path> =
                paths.iter().filter(|p| is_toml(p)).filter_map(|p| p.parent()).collect();
            self.mark_folders(&folders, at);
        }
    }

    /// A new or changed file may be last year's of any report in its folder.
    fn mark_folders(&mut self, folders: &BTreeSet<&Path>, at: Instant) {
        for session in self.reports.all() {
            if session.path.parent().is_some_and(|folder| folders.contains(folder)) {
                self.mark(&session.id, at);
            }
        }
    }

    /// Reads formats and fonts again. While they are broken the old ones stay in use.
    fn reload(&mut self, at: Instant) {
        match Generator::new(&self.options.config) {
            Ok(generator) => {
                self.generator = generator;
                self.failure = None;
            }
            Err(failure) => self.failure = Some(failure),
        }
        self.epoch += 1;
        for session in self.reports.all() {
            self.mark(&session.id, at);
        }
    }

    /// Looks for reports that are new.
    fn discover(&mut self) {
        for path in (self.options.find)() {
            let path = std::path::absolute(&path).unwrap_or(path);
            let name = self.options.name(&path);
            let id = blake3::hash(name.as_bytes()).to_hex()[..16].to_owned();
            if self.reports.get(&id).is_some() {
                continue;
            }
            let files = BTreeSet::from([path.clone()]);
            self.memories.insert(id.clone(), Memory { files, ..Memory::default() });
            self.reports.insert(Session::new(id.clone(), path, name));
            self.mark(&id, Instant::now());
        }
        self.reports.publish_list();
    }

    /// Brings one report up to date.
    fn refresh(&mut self, session: &Arc<Session>, since: Instant) {
        let started = Instant::now();
        let mut timing = Timing { wait: micros(started - since), ..Timing::default() };
        let input = patient::read(&session.path, self.options.previous.as_deref());
        timing.read = micros(started.elapsed());
        let is_absent = match &input {
            Ok(input) => input.bytes.is_empty(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if is_absent && self.is_within_grace(&session.id, started) {
            return;
        }
        match input {
            Ok(input) => self.renew(session, &input, timing),
            Err(error) => self.unreadable(session, &error, timing),
        }
        self.reports.publish_list();
        self.watch();
    }

    fn is_within_grace(&mut self, id: &str, now: Instant) -> bool {
        let memory = self.memories.entry(id.to_owned()).or_default();
        // A report that was never there is told about at once.
        if memory.digest.is_none() {
            return false;
        }
        let since = *memory.gone_since.get_or_insert(now);
        if now.duration_since(since) < GRACE {
            self.retry.insert(id.to_owned(), since + GRACE);
            return true;
        }
        false
    }

    fn unreadable(&mut self, session: &Session, error: &io::Error, timing: Timing) {
        let memory = self.memories.entry(session.id.clone()).or_default();
        memory.digest = None;
        // A report that was deleted from the folder leaves the list when nobody looks at it.
        if error.kind() == io::ErrorKind::NotFound && self.options.is_folder && !session.is_viewed()
        {
            self.memories.remove(&session.id);
            self.reports.remove(&session.id);
            return;
        }
        let reason = match error.kind() {
            io::ErrorKind::NotFound => {
                "数据文件不见了（被移走、改名或删除）；文件回来后页面自动更新".to_owned()
            }
            _ => format!("数据文件读不了：{}", output::reason(error)),
        };
        let old = session.snapshot();
        self.publish(session, None, old.shown.clone(), Some(Stale::Unreadable(reason)), timing);
    }

    fn renew(&mut self, session: &Arc<Session>, input: &Input, mut timing: Timing) {
        let wants_pages = session.is_viewed() || self.recent.contains(&session.id);
        let digest = digest(input, self.epoch);
        let memory = self.memories.entry(session.id.clone()).or_default();
        memory.gone_since = None;
        memory.files = files(session, input);
        if memory.digest == Some(digest) && (memory.set == Some(digest) || !wants_pages) {
            return;
        }
        memory.digest = Some(digest);
        let started = Instant::now();
        let checked = catch_unwind(AssertUnwindSafe(|| self.generator.check(input)));
        timing.check = micros(started.elapsed());
        let old = session.snapshot();
        let Ok(checked) = checked else {
            let stale = Stale::Failed("核对时程序内部出错，请把数据文件发给开发者".to_owned());
            self.publish(session, old.checked.clone(), old.shown.clone(), Some(stale), timing);
            return;
        };
        self.tell_neighbours(session, &checked);
        let checked = Arc::new(checked);
        let (shown, stale) = if !wants_pages {
            (None, None)
        } else if is_broken(&checked) {
            (old.shown.clone(), Some(Stale::NotUnderstood))
        } else {
            match self.set(&checked, old.shown.as_deref(), &mut timing) {
                Ok(shown) => (Some(Arc::new(shown)), None),
                Err(failure) => (old.shown.clone(), Some(Stale::Failed(failure.0))),
            }
        };
        if wants_pages && let Some(memory) = self.memories.get_mut(&session.id) {
            memory.set = Some(digest);
        }
        self.publish(session, Some(checked), shown, stale, timing);
    }

    /// When a report became another's, those beside it may take it for last year's.
    fn tell_neighbours(&mut self, session: &Session, checked: &Checked) {
        let identity = (checked.agency().to_owned(), checked.year());
        let memory = self.memories.entry(session.id.clone()).or_default();
        if memory.identity == identity {
            return;
        }
        let is_first = memory.identity == (String::new(), None);
        memory.identity = identity;
        if !is_first && let Some(folder) = session.path.parent() {
            self.mark_folders(&BTreeSet::from([folder]), Instant::now());
        }
    }

    /// Sets the pages. Those that are the same as before are taken over with their drawing.
    fn set(
        &self,
        checked: &Checked,
        old: Option<&Shown>,
        timing: &mut Timing,
    ) -> Result<Shown, Failure> {
        let started = Instant::now();
        let draft = checked.counts().errors > 0;
        let typeset = self.generator.typeset_findable(checked, draft)?;
        timing.typeset = micros(started.elapsed());
        let started = Instant::now();
        let pages: Vec<Arc<Page>> = typeset
            .document
            .pages()
            .iter()
            .enumerate()
            .map(|(index, page)| {
                let page = Page::new(page.clone());
                let same = old.and_then(|old| old.pages.get(index));
                match same.filter(|same| same.version == page.version) {
                    Some(same) => same.clone(),
                    None => Arc::new(page),
                }
            })
            .collect();
        let spots = spots::find(&pages, &typeset.places, checked);
        timing.compare = micros(started.elapsed());
        Ok(Shown { pages, spots, source: checked.source.clone(), draft })
    }

    fn publish(
        &self,
        session: &Session,
        checked: Option<Arc<Checked>>,
        shown: Option<Arc<Shown>>,
        stale: Option<Stale>,
        timing: Timing,
    ) {
        let old = session.snapshot();
        let revision = old.revision + 1;
        let path = session.path.to_string_lossy();
        let notice = self
            .failure
            .as_ref()
            .map(|failure| format!("格式或字体文件夹读不了，仍按原来的显示：{failure}"));
        let view = View {
            id: &session.id,
            name: &session.name,
            path: &path,
            revision,
            checked: checked.as_deref(),
            shown: shown.as_deref(),
            stale: stale.as_ref(),
            notice: notice.as_deref(),
            deny_warnings: self.options.deny_warnings,
            timing,
        };
        let (state, summary) = (view.render().into(), view.summary());
        let same = |a: &Arc<Shown>| shown.as_ref().is_some_and(|b| Arc::ptr_eq(a, b));
        let before = if old.shown.as_ref().is_some_and(same) {
            old.before.clone()
        } else {
            old.shown.clone()
        };
        session.publish(Snapshot { revision, state, summary, checked, shown, before });
    }

    /// Tells the watcher what to watch, when that has changed.
    fn watch(&mut self) {
        let mut targets = Targets::default();
        if let Some(root) = &self.options.root {
            targets.folders.insert(root.clone(), true);
        }
        let config = &self.options.config;
        for folder in [&config.templates, &config.user_fonts].into_iter().flatten() {
            targets.folders.insert(folder.clone(), true);
        }
        for file in self.memories.values().flat_map(|memory| &memory.files) {
            targets.files.insert(file.clone());
            let folder = file.parent().unwrap_or(Path::new("."));
            let covered = targets.folders.iter().any(|(f, deep)| *deep && folder.starts_with(f));
            if !covered {
                targets.folders.insert(folder.to_owned(), false);
            }
        }
        if targets != self.last_targets {
            self.last_targets = targets.clone();
            // Without a watcher there is nobody to tell.
            let _ = self.targets.send(Message::Targets(targets));
        }
    }
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
