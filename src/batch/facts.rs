//! What is known of the files in a folder before any report is made.

use serde::{Deserialize, Serialize};

/// What a data file says about itself, read without checking anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// 机关全称; empty when the file does not tell.
    pub agency: String,
    /// 报告年度.
    pub year: Option<i32>,
    /// The format that it names.
    pub format: Option<String>,
    /// Targets of its pictures.
    pub pictures: Vec<String>,
}

/// A file that is not made into a report, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Path inside the folder.
    pub path: String,
    /// Why, in Chinese.
    pub reason: String,
}
