//! Rewrites a data file for another format.
//!
//! In: the text of a data file and two formats with the mapping between them. Out: the new text, in which comments,
//! order and texts are as they were, and a list of what was carried, what a person must supply, and what is only
//! kept as a comment. Nothing is dropped: a figure without place stays in the file as a comment.

mod edit;
mod mapping;
mod origin;
mod step;
mod value;

use std::fmt;

use crate::format::{Catalog, Format};
use crate::output::reason;
use crate::record::{self, KeyNames, Value};
use crate::source::Source;

pub use mapping::{Link, links};

/// A rewritten data file.
#[derive(Debug, Clone)]
pub struct Migration {
    /// Id of the format it was in.
    pub from: String,
    /// Id of the format it is in now.
    pub to: String,
    /// The new text.
    pub text: String,
    /// What was changed, in the order of the form.
    pub changes: Vec<Change>,
}

/// Something that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// Dotted path of the row, figure or key.
    pub path: String,
    /// The official label, with the reason where there is one.
    pub message: String,
}

/// Kinds of [`Change`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// A figure found its new place.
    Carried,
    /// A person must supply figures: a line with `TODO` stands in the file.
    Todo,
    /// What has no place is kept as a comment.
    Kept,
    /// The file's own statements about its format.
    Format,
}

impl ChangeKind {
    /// The word that people see.
    pub fn label(self) -> &'static str {
        match self {
            ChangeKind::Carried => "照搬",
            ChangeKind::Todo => "要填写",
            ChangeKind::Kept => "留作注释",
            ChangeKind::Format => "格式",
        }
    }
}

/// Why a data file cannot be rewritten.
#[derive(Debug)]
pub enum MigrateError {
    /// It cannot be read.
    Io(std::io::Error),
    /// It is not valid: the line and what is wrong.
    Malformed(usize, String),
    /// It is in the wanted format already.
    Already(String),
    /// There is no such format; the second text lists those that there are.
    Unknown(String, String),
    /// No mapping leads from one to the other.
    NoWay(String, String),
    /// The mapping itself is wrong: file and cause.
    Mapping(String, String),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MigrateError::Io(error) => write!(f, "{}", reason(error)),
            MigrateError::Malformed(line, message) => {
                write!(f, "第 {line} 行：{message}；先用 nianbao check 核对并改正，再改写格式")
            }
            MigrateError::Already(format) => write!(f, "已经是 {format} 格式，不用改写"),
            MigrateError::Unknown(format, known) => {
                write!(f, "没有“{format}”这个格式；有的格式：{known}")
            }
            MigrateError::NoWay(from, to) => {
                write!(f, "没有从 {from} 格式到 {to} 格式的对应关系（mapping.toml）")
            }
            MigrateError::Mapping(file, cause) => write!(f, "对应关系 {file} 有误：{cause}"),
        }
    }
}

impl std::error::Error for MigrateError {}

/// Rewrites a data file for the format of an id.
///
/// # Errors
/// When the file cannot be read as TOML, is in that format already, or no mapping leads there.
pub fn migrate(catalog: &Catalog, bytes: &[u8], to: &str) -> Result<Migration, MigrateError> {
    let target =
        catalog.get(to).ok_or_else(|| MigrateError::Unknown(to.to_owned(), catalog.ids()))?;
    let decoded = record::decode(bytes);
    let had_crlf = decoded.text.contains("\r\n");
    let mut text = decoded.text.replace("\r\n", "\n");
    if let Some(finding) = decoded.finding {
        return Err(MigrateError::Malformed(1, finding.message));
    }
    let (named, year) = identity(&text)?;
    let from = catalog
        .choose(named.as_deref(), year)
        .ok_or_else(|| MigrateError::Unknown(String::new(), catalog.ids()))?;
    if from.id() == target.id() {
        return Err(MigrateError::Already(to.to_owned()));
    }
    let mut changes = Vec::new();
    for step in mapping::route(catalog, from, target)? {
        let format = |id: &str| {
            catalog.get(id).ok_or_else(|| MigrateError::Unknown(id.to_owned(), catalog.ids()))
        };
        text = step::apply(&text, &step, format(&step.from)?, format(&step.to)?, &mut changes)?;
    }
    let is_official = official(catalog, year, target);
    text = origin::rename(&text, from, target, is_official, &mut changes)?;
    if had_crlf {
        text = text.replace('\n', "\r\n");
    }
    Ok(Migration { from: from.id().to_owned(), to: target.id().to_owned(), text, changes })
}

fn official(catalog: &Catalog, year: Option<i32>, target: &Format) -> bool {
    year.and_then(|year| catalog.for_year(year)).is_some_and(|format| format.id() == target.id())
}

/// The format that a file names and its year.
fn identity(text: &str) -> Result<(Option<String>, Option<i32>), MigrateError> {
    let source = Source::new("", text);
    let (record, errors) = record::parse(&source, &KeyNames::default());
    if let Some(error) = errors.first() {
        let line = error.line(&source).unwrap_or(1);
        return Err(MigrateError::Malformed(line, error.message.clone()));
    }
    let named = record.get("format").and_then(|node| node.as_str()).map(str::to_owned);
    let year = record.get("report.year").and_then(|node| match &node.value {
        Value::Number(year) => year.parse().ok(),
        _ => None,
    });
    Ok((named, year))
}
