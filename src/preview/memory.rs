//! What the engine remembers of a report between changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::session::Session;
use crate::generator::Input;

/// What the engine remembers of a report between changes.
#[derive(Default)]
pub(super) struct Memory {
    /// Hash of everything read last.
    pub(super) digest: Option<blake3::Hash>,
    /// Hash of what the pages on show were set from.
    pub(super) set: Option<blake3::Hash>,
    /// Files it depends on.
    pub(super) files: BTreeSet<PathBuf>,
    /// Agency and year, by which another report may take it for last year's.
    pub(super) identity: (String, Option<i32>),
    /// Since when the file is not there or empty.
    pub(super) gone_since: Option<Instant>,
}

/// Hash of everything that was read.
pub(super) fn digest(input: &Input, epoch: u64) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(&epoch.to_le_bytes());
    add(&input.bytes);
    if let Some((path, bytes)) = &input.previous {
        add(path.to_string_lossy().as_bytes());
        add(bytes);
    }
    for picture in &input.pictures {
        add(picture.target.as_bytes());
        match &picture.bytes {
            Ok(bytes) => add(bytes),
            Err(reason) => add(reason.as_bytes()),
        }
    }
    hasher.finalize()
}

/// The files that a report depends on.
pub(super) fn files(session: &Session, input: &Input) -> BTreeSet<PathBuf> {
    let folder = session.path.parent().unwrap_or(Path::new("."));
    let pictures = input.pictures.iter().map(|picture| folder.join(&picture.target));
    let previous = input.previous.iter().map(|(path, _)| path.clone());
    let real = session.path.canonicalize().ok();
    [session.path.clone()].into_iter().chain(real).chain(previous).chain(pictures).collect()
}
