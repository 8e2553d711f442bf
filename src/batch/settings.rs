//! What a batch is to do, and what it needs from outside.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use super::entry::Entry;
use super::name::NamePattern;
use super::shard::Shard;
use crate::export::{Kind, Standards};

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
