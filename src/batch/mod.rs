//! A whole folder of reports, made again as far as needed.
//!
//! In: a folder of data files and an output folder. Out: a [`Run`], which accounts for every report: made, unchanged,
//! refused for its errors, failed, or left over. What was made from what stands in a journal in the output folder,
//! so that a run that is killed at any moment goes on where it was.
//!
//! ```text
//! folder ─survey─▶ facts ─plan(manifest)─▶ tasks ─work─▶ entries ─▶ manifest, run.json, run.html
//! ```

mod account;
mod entry;
mod error;
mod facts;
mod files;
mod json;
mod key;
mod lock;
mod manifest;
mod merge;
mod name;
mod page;
mod plan;
mod produce;
mod run;
mod settings;
mod shard;
mod survey;
mod work;

use crate::generator::Generator;

pub use entry::{Beside, Entry, Pdf, Verdict};
pub use error::{BatchError, Collision};
pub use facts::{Facts, Skipped};
pub use json::json;
pub use key::{Key, Reason};
pub use lock::LockError;
pub use merge::merge;
pub use name::{NameError, NamePattern};
pub use plan::{Decision, Plan, Task};
pub use run::{Line, Orphan, Run, Status, Summary};
pub use settings::{Observer, Settings, Silent, Surroundings};
pub use shard::{Shard, ShardError};

/// The folder inside the output folder that holds journal and locks.
const STATE: &str = ".nianbao";

/// Finds out what would be made and why. Writes nothing.
///
/// # Errors
/// When the folder cannot be read, or output files would collide.
pub fn plan(generator: &Generator, settings: &Settings) -> Result<Plan, BatchError> {
    let manifest = manifest::Manifest::load(&settings.output.join(STATE))?;
    plan::make(generator, settings, &manifest)
}

/// Makes every report that needs it, keeps the journal, and writes `run.json` and `run.html`.
///
/// # Errors
/// When nothing could be done at all; what goes wrong with one report stands in the [`Run`].
pub fn run(
    generator: &Generator,
    settings: &Settings,
    surroundings: Surroundings<'_>,
) -> Result<Run, BatchError> {
    let started = (surroundings.clock)();
    let state = settings.output.join(STATE);
    std::fs::create_dir_all(&state).map_err(BatchError::io(&state))?;
    let _lock = lock::Lock::take(&state, settings.shard).map_err(BatchError::Locked)?;
    let mut manifest = manifest::Manifest::load(&state)?;
    let plan = plan::make(generator, settings, &manifest)?;
    if settings.shard.is_none() {
        work::clear(&plan, &settings.output);
    }
    let journal = manifest::Journal::open(&state, settings.shard)?;
    files::forget(&settings.output, settings.shard);
    let made = work::work(generator, settings, &plan, &journal, surroundings);
    let run = account::account(settings, plan, made, &manifest, started, surroundings);
    let kept = manifest.update(&run, settings.shard.is_none());
    let saved = if kept || journal.is_used() {
        manifest.compact(&settings.output, settings.shard)
    } else {
        Ok(())
    };
    files::write(&run, &settings.output)?;
    saved.map(|()| run)
}
