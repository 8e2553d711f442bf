//! One report under preview: what was last made of it, and who is told when that changes.
//!
//! The worker publishes a [`Snapshot`] after every change; requests only read the latest one.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::page::Page;
use super::spots::Spot;
use super::summary::Summary;
use crate::generator::Checked;
use crate::source::Source;

/// A report under preview.
pub(super) struct Session {
    /// Its name in addresses; depends on the path alone, so it survives a restart.
    pub(super) id: String,
    /// The data file, absolute.
    pub(super) path: PathBuf,
    /// The path as people know it.
    pub(super) name: String,
    live: watch::Sender<Arc<Snapshot>>,
    viewers: AtomicUsize,
    made: Mutex<[Option<Made>; 2]>,
}

/// A PDF that was made on request.
#[derive(Clone)]
pub(super) struct Made {
    /// The file name, for downloads.
    pub(super) name: String,
    /// The bytes.
    pub(super) bytes: Arc<[u8]>,
}

/// Which PDF: the official one or a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    /// The official one.
    Official,
    /// The one with 草稿 on every page.
    Draft,
}

/// What is known of a report at one time.
#[derive(Default)]
pub(super) struct Snapshot {
    /// Counts up with every change.
    pub(super) revision: u64,
    /// What the page in the browser shows, as JSON; empty before the first look.
    pub(super) state: Arc<str>,
    /// The entry in the list of reports.
    pub(super) summary: Summary,
    /// The latest check; none when the file could not be read.
    pub(super) checked: Option<Arc<Checked>>,
    /// The pages on show.
    pub(super) shown: Option<Arc<Shown>>,
    /// The pages before them: a browser may still be asking for one.
    pub(super) before: Option<Arc<Shown>>,
}

/// Pages that were set without fault, with the text they were set from.
pub(super) struct Shown {
    /// The pages.
    pub(super) pages: Vec<Arc<Page>>,
    /// What on them can be pointed at.
    pub(super) spots: Vec<Spot>,
    /// The text of the data file then.
    pub(super) source: Source,
    /// Whether they are a draft's.
    pub(super) draft: bool,
}

impl Session {
    /// A report nobody has looked at yet.
    pub(super) fn new(id: String, path: PathBuf, name: String) -> Self {
        let summary = Summary::unread(&id, &name);
        let live = watch::Sender::new(Arc::new(Snapshot { summary, ..Snapshot::default() }));
        Self { id, path, name, live, viewers: AtomicUsize::new(0), made: Mutex::default() }
    }

    /// What is known now.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        self.live.borrow().clone()
    }

    /// Tells of every change from now on.
    pub(super) fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.live.subscribe()
    }

    /// Replaces what is known.
    pub(super) fn publish(&self, snapshot: Snapshot) {
        self.live.send_replace(Arc::new(snapshot));
    }

    /// Whether a browser shows it.
    pub(super) fn is_viewed(&self) -> bool {
        self.viewers.load(Ordering::Acquire) > 0
    }

    /// Counts a browser for as long as the result lives.
    pub(super) fn view(self: &Arc<Self>) -> Viewer {
        self.viewers.fetch_add(1, Ordering::AcqRel);
        Viewer(self.clone())
    }

    /// Keeps a PDF for download.
    pub(super) fn keep(&self, edition: Edition, made: Made) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)[edition as usize] = Some(made);
    }

    /// The PDF that was made last.
    pub(super) fn made(&self, edition: Edition) -> Option<Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)[edition as usize].clone()
    }
}

/// A browser that shows a report.
pub(super) struct Viewer(Arc<Session>);

impl Drop for Viewer {
    fn drop(&mut self) {
        self.0.viewers.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Snapshot {
    /// The page with this number (from 1) and version; when that version has gone, the page with this number.
    pub(super) fn page(&self, number: usize, version: &str) -> Option<&Arc<Page>> {
        let index = number.checked_sub(1)?;
        let sets = || [&self.shown, &self.before].into_iter().flatten();
        let same = sets().filter_map(|set| set.pages.get(index)).find(|p| p.version == version);
        same.or_else(|| sets().find_map(|set| set.pages.get(index)))
    }
}
