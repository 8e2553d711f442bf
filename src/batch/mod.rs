//! A whole folder of reports, made again as far as needed.
//!
//! In: a folder of data files and an output folder. Out: a [`Run`], which accounts for every report: made, unchanged,
//! refused for its errors, failed, or left over. What was made from what stands in a journal in the output folder,
//! so that a run that is killed at any moment goes on where it was.
//!
//! ```text
//! folder ─survey─▶ facts ─plan(manifest)─▶ tasks ─work─▶ entries ─▶ manifest, run.json, run.html
//! ```

mod key;
mod lock;
mod manifest;
mod merge;
mod name;
mod page;
mod plan;
mod produce;
mod run;
mod shard;
mod survey;
mod work;

use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use crate::export::{Kind, Standards};
use crate::generator::{Failure, Generator};
use crate::output::{OutputError, reason};

pub use key::{Key, Reason};
pub use lock::LockError;
pub use manifest::{Beside, Entry, Pdf, Verdict};
pub use merge::merge;
pub use name::{NameError, NamePattern};
pub use plan::{Collision, Decision, Plan, Task};
pub use run::{Line, Orphan, Run, Status, Summary, json};
pub use shard::{Shard, ShardError};
pub use survey::{Facts, Skipped};

/// What a batch is to do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of data files.
    pub folder: PathBuf,
    /// The folder to write to.
    pub output: PathBuf,
    /// The number of reports made at the same time.
    pub jobs: NonZeroUsize,
    /// Makes every report again.
    pub force: bool,
    /// Makes only those again that were not made the last time they were tried.
    pub only_failed: bool,
    /// Makes drafts of reports with errors.
    pub draft: bool,
    /// PDF standards.
    pub standards: Standards,
    /// What is made besides the PDF.
    pub kinds: Vec<Kind>,
    /// Whether the data file goes into the PDF.
    pub attach_data: bool,
    /// How output files are named.
    pub name: NamePattern,
    /// The share of the work; none for all.
    pub shard: Option<Shard>,
    /// A file of last year, or a folder of such files, besides those that lie next to each report.
    pub previous: Option<PathBuf>,
}

/// Hears how the work goes on. Called from all worker threads.
pub trait Observer: Sync {
    /// So many reports are going to be made.
    fn begin(&self, total: usize);
    /// Work on a report begins.
    fn start(&self, source: &str);
    /// A report is finished, for better or worse.
    fn finish(&self, entry: &Entry);
}

/// An observer that does not care.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Observer for Silent {
    fn begin(&self, _: usize) {}
    fn start(&self, _: &str) {}
    fn finish(&self, _: &Entry) {}
}

/// What a run needs from outside: the library reads neither clock nor signals.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Hears how it goes on.
    pub observer: &'a dyn Observer,
    /// When true, reports in work are finished and no other is begun.
    pub stop: &'a AtomicBool,
    /// The time.
    pub clock: &'a (dyn Fn() -> SystemTime + Sync),
}

/// Why a batch cannot run at all.
#[derive(Debug)]
pub enum BatchError {
    /// A folder or the journal cannot be read or written.
    Io(PathBuf, std::io::Error),
    /// Another run is at work in the output folder.
    Locked(LockError),
    /// There is no report in the folder; what else there is.
    Empty(PathBuf, Vec<Skipped>),
    /// Several reports would get the same output file.
    Collisions(Vec<Collision>),
    /// Fonts or formats cannot be used.
    Failure(Failure),
    /// A file of the run's record cannot be written.
    Record(OutputError),
    /// There are no records of shards to join.
    NoShards(PathBuf),
    /// A record of a shard is not readable.
    Malformed(PathBuf, String),
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BatchError::Io(path, error) => {
                write!(f, "无法读写 {}：{}", path.display(), reason(error))
            }
            BatchError::Locked(error) => error.fmt(f),
            BatchError::Empty(folder, skipped) => {
                write!(
                    f,
                    "{} 里没有找到年报数据文件（扩展名 .toml、含 [report] 表）",
                    folder.display()
                )?;
                for file in skipped.iter().take(5) {
                    write!(f, "\n  {}：{}", file.path, file.reason)?;
                }
                if skipped.len() > 5 {
                    write!(f, "\n  ……共 {} 个别的文件", skipped.len())?;
                }
                Ok(())
            }
            BatchError::Collisions(collisions) => {
                write!(f, "有 {} 个输出文件名重复，什么也没有写：", collisions.len())?;
                for collision in collisions {
                    write!(f, "\n  {} ← {}", collision.output, collision.sources.join("、"))?;
                }
                write!(
                    f,
                    "\n请用 --name 换一种文件名样式（如 \"{{agency}}{{year}}-{{name}}\"），或改数据文件的名字"
                )
            }
            BatchError::Failure(failure) => failure.fmt(f),
            BatchError::Record(error) => error.fmt(f),
            BatchError::NoShards(folder) => write!(
                f,
                "{} 里没有分片的记录；先用 --shard I/N 运行各个分片，再合并",
                folder.display()
            ),
            BatchError::Malformed(path, cause) => {
                write!(f, "分片的记录 {} 读不懂（{cause}）；请重新运行这个分片", path.display())
            }
        }
    }
}

impl std::error::Error for BatchError {}

impl BatchError {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| BatchError::Io(path.to_owned(), error)
    }
}

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
    run::forget(&settings.output, settings.shard);
    let made = work::work(generator, settings, &plan, &journal, surroundings);
    let run = run::account(settings, plan, made, &manifest, started, surroundings);
    let kept = manifest.update(&run, settings.shard.is_none());
    let saved = if kept || journal.is_used() {
        manifest.compact(&settings.output, settings.shard)
    } else {
        Ok(())
    };
    run::write(&run, &settings.output)?;
    saved.map(|()| run)
}
