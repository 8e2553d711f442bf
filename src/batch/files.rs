//! The files of a run's account: their names, written and removed.

use std::fs;
use std::path::Path;

use super::error::BatchError;
use super::run::Run;
use super::shard::Shard;
use super::{json, page};
use crate::output::write_atomically;

/// The names of a run's records: of a shard, with its number.
pub(super) fn file_name(shard: Option<Shard>, extension: &str) -> String {
    match shard {
        None => format!("run.{extension}"),
        Some(shard) => format!("run-{}.{extension}", shard.file_name()),
    }
}

/// Removes a shard's record of an earlier run, so that one that is killed counts as missing.
pub(super) fn forget(output: &Path, shard: Option<Shard>) {
    if shard.is_some() {
        for extension in ["json", "html"] {
            let _ = fs::remove_file(output.join(file_name(shard, extension)));
        }
    }
}

/// Writes `run.json` and `run.html`.
pub(super) fn write(run: &Run, output: &Path) -> Result<(), BatchError> {
    let json_path = output.join(file_name(run.shard, "json"));
    write_atomically(&json_path, json::json(run).as_bytes()).map_err(BatchError::Record)?;
    let html_path = output.join(file_name(run.shard, "html"));
    write_atomically(&html_path, page::render(run).as_bytes()).map_err(BatchError::Record)
}
