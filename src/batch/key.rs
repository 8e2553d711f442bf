//! What a report is made from, as hashes, and what it means when one of them is another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Hashes of everything that decides the bytes of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The data file.
    pub data: String,
    /// Its pictures; empty when it has none.
    pub pictures: String,
    /// Last year's file with its format; empty when there is none.
    pub previous: String,
    /// Id of the format.
    pub format: String,
    /// The format's files.
    pub template: String,
    /// The font files.
    pub fonts: String,
    /// Standards, date, drafts.
    pub options: String,
    /// Version of the program.
    pub program: String,
}

/// Why a report is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It was never made.
    New,
    /// The data file is another.
    Data,
    /// A picture is another.
    Pictures,
    /// Last year's file is another, is new, or has gone.
    Previous,
    /// It is made by another format than before.
    Format(String, String),
    /// The files of its format have changed.
    Template(String),
    /// The fonts have changed.
    Fonts,
    /// Standards, date or drafts are chosen otherwise.
    Options,
    /// The program is another version.
    Program(String, String),
    /// The output file is named otherwise than before.
    Renamed(String),
    /// The output file has gone.
    OutputMissing,
    /// The output file is not what was written.
    OutputAltered,
    /// It failed the last time.
    Failed,
    /// It was refused the last time and is asked for again.
    Repeated,
    /// All are asked for.
    Forced,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::New => write!(f, "新增"),
            Reason::Data => write!(f, "数据已变"),
            Reason::Pictures => write!(f, "图片已变"),
            Reason::Previous => write!(f, "上年的数据已变"),
            Reason::Format(old, new) => write!(f, "格式由 {old} 改为 {new}"),
            Reason::Template(format) => write!(f, "模板 {format} 已变"),
            Reason::Fonts => write!(f, "字体已变"),
            Reason::Options => write!(f, "选项已变"),
            Reason::Program(old, new) => write!(f, "程序由 {old} 升为 {new}"),
            Reason::Renamed(old) => write!(f, "文件名已变（原为 {old}）"),
            Reason::OutputMissing => write!(f, "输出被删除"),
            Reason::OutputAltered => write!(f, "输出被改动"),
            Reason::Failed => write!(f, "上次失败"),
            Reason::Repeated => write!(f, "重做没有成功的"),
            Reason::Forced => write!(f, "要求全部重做"),
        }
    }
}

impl Key {
    /// What has changed since an older key.
    pub fn changes(&self, old: &Key) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let mut note = |changed: bool, reason: Reason| {
            if changed {
                reasons.push(reason);
            }
        };
        note(self.data != old.data, Reason::Data);
        note(self.pictures != old.pictures, Reason::Pictures);
        note(self.previous != old.previous, Reason::Previous);
        if self.format == old.format {
            note(self.template != old.template, Reason::Template(self.format.clone()));
        } else {
            note(true, Reason::Format(old.format.clone(), self.format.clone()));
        }
        note(self.fonts != old.fonts, Reason::Fonts);
        note(self.options != old.options, Reason::Options);
        note(
            self.program != old.program,
            Reason::Program(old.program.clone(), self.program.clone()),
        );
        reasons
    }
}

/// A hash as it stands in keys: half its length is plenty to tell files apart.
pub(super) fn short(hash: &blake3::Hash) -> String {
    hash.to_hex()[..32].to_owned()
}

/// One hash of several texts.
pub(super) fn joined<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    short(&hasher.finalize())
}
