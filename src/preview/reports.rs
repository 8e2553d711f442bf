//! All reports under preview, and the list of them.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use super::session::Session;
use super::summary::Summary;

/// All reports under preview; shared by engine and requests.
pub(super) struct Reports {
    sessions: RwLock<BTreeMap<String, Arc<Session>>>,
    list: watch::Sender<Vec<Summary>>,
}

impl Reports {
    /// No reports.
    pub(super) fn new() -> Self {
        Self { sessions: RwLock::default(), list: watch::Sender::new(Vec::new()) }
    }

    /// The report with this id.
    pub(super) fn get(&self, id: &str) -> Option<Arc<Session>> {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// All reports, by path.
    pub(super) fn all(&self) -> Vec<Arc<Session>> {
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = sessions.values().cloned().collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }

    /// Tells of changes of the list.
    pub(super) fn subscribe(&self) -> watch::Receiver<Vec<Summary>> {
        self.list.subscribe()
    }

    /// Adds a report, unless it is there.
    pub(super) fn insert(&self, session: Session) {
        let mut sessions = self.sessions.write().unwrap_or_else(PoisonError::into_inner);
        sessions.entry(session.id.clone()).or_insert_with(|| Arc::new(session));
    }

    /// Takes a report away.
    pub(super) fn remove(&self, id: &str) {
        self.sessions.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Tells of the list when it has changed.
    pub(super) fn publish_list(&self) {
        let list: Vec<Summary> =
            self.all().iter().map(|session| session.snapshot().summary.clone()).collect();
        self.list.send_if_modified(|old| {
            let changed = *old != list;
            *old = list;
            changed
        });
    }
}
