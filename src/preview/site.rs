//! What all requests share: reports, the way to the engine, the token that only our pages know.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::header::HeaderValue;

use super::assets;
use super::job::Job;
use super::reports::Reports;
use super::save::Save;
use super::streams::Streams;

/// What all requests share.
pub(super) struct Site {
    pub(super) reports: Arc<Reports>,
    pub(super) token: String,
    /// Hash of the files for the browser: when they change, pages load anew.
    pub(super) assets: String,
    pub(super) editor: Option<String>,
    pub(super) deny_warnings: bool,
    /// The imported draft that can be saved.
    pub(super) save: Option<Save>,
    /// The streams of events that are open.
    pub(super) streams: Streams,
    jobs: Mutex<Sender<Job>>,
    hosts: [String; 2],
    pub(super) is_folder: bool,
}

/// What requests need of the options.
pub(super) struct Words {
    pub(super) is_folder: bool,
    pub(super) editor: Option<String>,
    pub(super) deny_warnings: bool,
    pub(super) save: Option<Save>,
}

impl Site {
    pub(super) fn new(reports: Arc<Reports>, jobs: Sender<Job>, port: u16, words: Words) -> Self {
        let Words { is_folder, editor, deny_warnings, save } = words;
        Self {
            reports,
            token: token(),
            assets: assets::version(),
            editor,
            deny_warnings,
            save,
            streams: Streams::default(),
            jobs: Mutex::new(jobs),
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
            is_folder,
        }
    }

    /// Whether a host is a name of this server.
    pub(super) fn is_own_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    /// Whether this is the token of this server. Takes the same time for every wrong one.
    pub(super) fn is_token(&self, token: &HeaderValue) -> bool {
        blake3::hash(token.as_bytes()) == blake3::hash(self.token.as_bytes())
    }

    /// Gives the engine something to do.
    pub(super) fn ask(&self, job: Job) {
        // The engine lives as long as the process.
        let _ = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).send(job);
    }
}

/// Makes a token nobody can guess. The hasher's keys come from the system's source of randomness.
fn token() -> String {
    let mut bytes = Vec::new();
    for round in 0..8_u64 {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(round);
        bytes.extend(hasher.finish().to_le_bytes());
    }
    blake3::hash(&bytes).to_hex().to_string()
}
