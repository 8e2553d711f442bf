//! Rewrites a data file for another format.
//!
//! In: the text of a data file and two formats with the mapping between them. Out: the new text, in which comments,
//! order and texts are as they were, an account of every figure, and a list of what a person must supply. Nothing is
//! dropped: a figure without place stays in the file as a comment, and one that is not 0 waits there in a `TODO` line.

mod account;
mod array;
mod bridge;
mod figures;
mod grid;
mod kept;
mod labels;
pub mod list;
mod mapping;
mod origin;
mod patch;
mod plan;
mod restore;
mod rewrite;
mod script;
mod skeleton;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::format::{Catalog, Format, Mistake};
use crate::output::reason;
use crate::record::{self, KeyNames, Value};
use crate::source::Source;

pub use account::{Account, Open, TableSum};
pub use bridge::{Bridge, Brought};
pub use skeleton::{Decided, Difference, decided, skeleton};

use mapping::NoRoute;
use plan::Plan;

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
    /// What became of each figure.
    pub account: Account,
    /// 机关全称, for lists.
    pub agency: String,
    /// Report year.
    pub year: Option<i32>,
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
    /// The mapping says that it cannot be done: formats, where it says so, and why.
    Impossible(String, String, String, String),
    /// The mapping itself is wrong.
    Mapping(Vec<Mistake>),
    /// The finished file does not have the figures that the mapping gives it: tables, expected and found sums.
    Unbalanced(Vec<String>),
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
            MigrateError::NoWay(from, to) => write!(
                f,
                "没有从 {from} 格式到 {to} 格式的对应关系；由技术人员在 {to} 格式的 mapping.toml 里写一组 \
                 [{from}-{to}]（nianbao formats --new 会写出骨架）"
            ),
            MigrateError::Impossible(from, to, place, why) => {
                write!(f, "{from} 格式不能改写为 {to} 格式：{why}（{place}）")
            }
            MigrateError::Mapping(mistakes) => {
                write!(f, "对应关系有误：")?;
                mistakes.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
            }
            MigrateError::Unbalanced(tables) => write!(
                f,
                "改写后的数与对应关系算出的不符，没有写出文件：{}；请把这份文件交给程序的维护人员",
                tables.join("；")
            ),
        }
    }
}

impl std::error::Error for MigrateError {}

/// The way between two formats, with the way back where there is one.
#[derive(Debug, Clone)]
struct Way {
    plan: Arc<Plan>,
    back: Option<Arc<Plan>>,
}

/// Rewrites data files for one format; what it takes is worked out once for all files of a format.
#[derive(Debug)]
pub struct Migrator<'a> {
    catalog: &'a Catalog,
    target: Arc<Format>,
    ways: Mutex<HashMap<String, Way>>,
}

impl<'a> Migrator<'a> {
    /// A migrator to the format of an id.
    ///
    /// # Errors
    /// When there is no such format.
    pub fn new(catalog: &'a Catalog, to: &str) -> Result<Self, MigrateError> {
        let target = catalog
            .get(to)
            .cloned()
            .ok_or_else(|| MigrateError::Unknown(to.to_owned(), catalog.ids()))?;
        Ok(Self { catalog, target, ways: Mutex::default() })
    }

    /// Rewrites one data file.
    ///
    /// # Errors
    /// When the file cannot be read as TOML, is in that format already, or no mapping leads there.
    pub fn migrate(&self, bytes: &[u8]) -> Result<Migration, MigrateError> {
        let decoded = record::decode(bytes);
        let had_mark = bytes.starts_with(b"\xEF\xBB\xBF");
        // Of a file with both kinds of line ends, each line keeps its own.
        let had_crlf = decoded.text.contains("\r\n")
            && decoded.text.matches('\n').count() == decoded.text.matches("\r\n").count();
        let text = if had_crlf { decoded.text.replace("\r\n", "\n") } else { decoded.text };
        if let Some(finding) = decoded.finding {
            return Err(MigrateError::Malformed(1, finding.message));
        }
        let identity = identity(&text)?;
        let from = self
            .catalog
            .choose(identity.format.as_deref(), identity.year)
            .ok_or_else(|| MigrateError::Unknown(String::new(), self.catalog.ids()))?;
        if from.id() == self.target.id() {
            return Err(MigrateError::Already(from.id().to_owned()));
        }
        let way = self.way(from)?;
        let plan = &way.plan;
        let text = origin::move_waivers(&text, plan);
        let rewritten = rewrite::rewrite(&text, plan, way.back.as_deref());
        let (mut changes, account) = (rewritten.changes, rewritten.account);
        let wrong: Vec<String> =
            account.sums.iter().filter(|sum| !sum.agrees()).map(shown).collect();
        if !wrong.is_empty() {
            return Err(MigrateError::Unbalanced(wrong));
        }
        let official = identity.year.and_then(|year| self.catalog.for_year(year));
        let is_official = official.is_some_and(|format| format.id() == self.target.id());
        let text = labels::rename(&rewritten.text, plan);
        let mut text = origin::rename(&text, from, &self.target, is_official, &mut changes);
        if had_crlf {
            text = text.replace('\n', "\r\n");
        }
        if had_mark {
            text.insert(0, '\u{FEFF}');
        }
        Ok(Migration {
            from: from.id().to_owned(),
            to: self.target.id().to_owned(),
            text,
            changes,
            account,
            agency: identity.agency,
            year: identity.year,
        })
    }

    fn way(&self, from: &Arc<Format>) -> Result<Way, MigrateError> {
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = ways.get(from.id()) {
            return Ok(way.clone());
        }
        let plan = Arc::new(plan(self.catalog, from, &self.target)?);
        let back = self::plan(self.catalog, &self.target, from).ok().map(Arc::new);
        let way = Way { plan, back };
        ways.insert(from.id().to_owned(), way.clone());
        Ok(way)
    }
}

fn shown(sum: &TableSum) -> String {
    let (expected, after) = (account::shown(sum.expected), account::shown(sum.after));
    format!("{} 应为 {expected}，是 {after}", sum.title)
}

/// Rewrites a data file for the format of an id.
///
/// # Errors
/// As [`Migrator::migrate`].
pub fn migrate(catalog: &Catalog, bytes: &[u8], to: &str) -> Result<Migration, MigrateError> {
    Migrator::new(catalog, to)?.migrate(bytes)
}

/// The plan from a format to another, over as many steps as it takes.
pub(crate) fn plan(
    catalog: &Catalog,
    from: &Arc<Format>,
    to: &Arc<Format>,
) -> Result<Plan, MigrateError> {
    let mut mistakes = Vec::new();
    let route = mapping::route(catalog, from.id(), to.id(), &mut mistakes);
    if !mistakes.is_empty() {
        return Err(MigrateError::Mapping(mistakes));
    }
    let ids = || (from.id().to_owned(), to.id().to_owned());
    let steps = route.map_err(|none| match none {
        NoRoute::None => MigrateError::NoWay(ids().0, ids().1),
        NoRoute::Impossible(place, why) => MigrateError::Impossible(ids().0, ids().1, place, why),
    })?;
    let format = |id: &str| {
        let found = catalog.get(id).cloned();
        found.ok_or_else(|| MigrateError::Unknown(id.to_owned(), catalog.ids()))
    };
    let mut whole: Option<Plan> = None;
    for step in &steps {
        let next = Plan::new(&format(&step.from)?, &format(&step.to)?, Some(step));
        whole = Some(match whole {
            Some(before) => before.then(next),
            None => next,
        });
    }
    whole.ok_or_else(|| MigrateError::NoWay(ids().0, ids().1))
}

/// What a file says of itself.
struct Identity {
    format: Option<String>,
    year: Option<i32>,
    agency: String,
}

fn identity(text: &str) -> Result<Identity, MigrateError> {
    let source = Source::new("", text);
    let (record, errors) = record::parse(&source, &KeyNames::default());
    if let Some(error) = errors.first() {
        let line = error.line(&source).unwrap_or(1);
        return Err(MigrateError::Malformed(line, error.message.clone()));
    }
    let words = |path: &str| record.get(path).and_then(|node| node.as_str()).map(str::to_owned);
    let year = record.get("report.year").and_then(|node| match &node.value {
        Value::Number(year) => year.parse().ok(),
        _ => None,
    });
    Ok(Identity {
        format: words("format"),
        year,
        agency: words("report.agency").unwrap_or_default(),
    })
}

/// Figures of two formats that count the same: the sum of the first side is the sum of the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Paths of figures in the first format.
    pub first: Vec<String>,
    /// Paths of figures in the second format.
    pub second: Vec<String>,
}

/// The figures of two formats that correspond although their paths differ, by the mapping in either direction.
pub fn links(catalog: &Catalog, first: &Arc<Format>, second: &Arc<Format>) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut add = |link: Link| {
        if link.first != link.second && !links.contains(&link) {
            links.push(link);
        }
    };
    if let Ok(plan) = plan(catalog, first, second) {
        for (old, new) in pairs(&plan) {
            add(Link { first: old, second: new });
        }
    }
    if let Ok(plan) = plan(catalog, second, first) {
        for (old, new) in pairs(&plan) {
            add(Link { first: new, second: old });
        }
    }
    links
}

/// Whole figures of the old form with those of the new one that they make up.
fn pairs(plan: &Plan) -> Vec<(Vec<String>, Vec<String>)> {
    let whole = plan.inflows.iter().enumerate().filter(|(_, inflow)| {
        !inflow.terms.is_empty() && inflow.terms.iter().all(|term| !term.is_part)
    });
    whole
        .map(|(at, inflow)| {
            let old = inflow.terms.iter().map(|term| plan.old.slots[term.old].path.clone());
            (old.collect(), vec![plan.new.slots[at].path.clone()])
        })
        .collect()
}
