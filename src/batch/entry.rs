//! One finished report, as a line of the journal.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::key::Key;

/// How the last attempt to make a report ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The PDF was written.
    Made,
    /// The report has errors.
    Refused,
    /// The tool could not do its work.
    Failed,
}

/// An output file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pdf {
    /// Its content's hash.
    pub hash: String,
    /// Its size.
    pub bytes: u64,
    /// When it was written, in nanoseconds since 1970.
    pub modified: i64,
    /// Its pages.
    pub pages: usize,
    /// Whether it is a draft.
    pub draft: bool,
}

/// A file made beside the PDF, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Path inside the output folder.
    pub path: String,
    /// Its content's hash.
    pub hash: String,
    /// Its size.
    pub bytes: u64,
    /// When it was written, in nanoseconds since 1970.
    pub modified: i64,
}

/// One finished report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Path of the data file inside the folder.
    pub source: String,
    /// Path of the output file inside the output folder.
    pub output: String,
    /// What the data file says about itself.
    pub facts: Facts,
    /// What it was made from.
    pub key: Key,
    /// How it ended.
    pub verdict: Verdict,
    /// The PDF, when one was written.
    pub pdf: Option<Pdf>,
    /// Files of other kinds that were written with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
    /// Findings of level error.
    pub errors: usize,
    /// Findings of level warning.
    pub warnings: usize,
    /// Findings of level note.
    pub notes: usize,
    /// The findings, as a JSON array.
    pub findings: String,
    /// The first of level error in a line, for people; none in entries of before 0.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_error: Option<String>,
    /// Why it failed.
    pub message: Option<String>,
    /// Why it was made.
    pub reasons: Vec<String>,
    /// When it was finished, in milliseconds since 1970.
    pub finished: i64,
    /// How long it took.
    pub milliseconds: u64,
}
