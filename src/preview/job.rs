//! What the engine is asked to do, and what becomes of it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use tokio::sync::oneshot;

use super::making;
use super::session::Edition;

/// What is said of a fault of the program.
pub(super) const INTERNAL: &str = "程序内部出错，请把数据文件发给开发者";

/// What the engine is asked to do.
pub(super) enum Job {
    /// Files have changed or may have.
    Changed(BTreeSet<PathBuf>, Instant),
    /// A browser shows this report.
    Open(String),
    /// A PDF is wanted.
    Pdf(String, Edition, oneshot::Sender<PdfOutcome>),
    /// Something else is wanted.
    Make(String, making::Wanted, oneshot::Sender<making::Outcome>),
}

/// What became of a PDF.
pub(super) enum PdfOutcome {
    /// It was written here, this many pages and bytes.
    Made { path: PathBuf, pages: usize, size: usize },
    /// It may not be made, for these reasons.
    Refused(Vec<String>),
}
