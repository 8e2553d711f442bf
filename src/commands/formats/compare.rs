//! `formats --compare`: every report of a folder in two formats, so that the work of the new year is seen before it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use nianbao::diff::{self, Comparison, Side};
use nianbao::emit::MessageFormat;
use nianbao::generator::{Checked, Generator, Input};
use nianbao::migrate::{Account, MigrateError, Migrator};
use nianbao::output::{reason, write_atomically};
use serde_json::{Value, json};

use super::page;
use crate::commands::inputs::{Inputs, unreadable};
use crate::commands::{Outcome, Session, format_of, terminal};

/// One report in both formats.
pub(super) struct Rehearsed {
    /// Its path below the folder.
    pub(super) name: String,
    pub(super) agency: String,
    /// Why it cannot be had in both; the rest is empty then.
    pub(super) failure: Option<String>,
    /// Errors of each side: headline with its place.
    pub(super) errors: [Vec<String>; 2],
    /// Pages of each side.
    pub(super) pages: [usize; 2],
    pub(super) comparison: Option<Comparison>,
    pub(super) account: Option<Account>,
    /// Pictures of the pages that look different, below the output folder.
    pub(super) pictures: Vec<String>,
}

pub(super) fn run(
    session: &Session,
    ids: [&String; 2],
    folder: &Path,
    output: Option<&Path>,
) -> anyhow::Result<Outcome> {
    if !folder.is_dir() {
        bail!(
            "{} 不是文件夹；写 nianbao formats --compare 格式甲 格式乙 报告文件夹",
            folder.display()
        );
    }
    let generator = session.generator()?;
    for id in ids {
        format_of(generator.catalog(), id)?;
    }
    let output = output.map_or_else(|| beside(folder, ids), Path::to_owned);
    let inputs = Inputs::find(&[folder.to_owned()]);
    let mut outcome = Outcome::Done;
    for failure in &inputs.failures {
        terminal::failure(failure);
        outcome = Outcome::Failed;
    }
    if inputs.files.is_empty() {
        bail!("{} 里没有报告的数据文件", folder.display());
    }
    let mut work = Work { generator: &generator, ids, output: &output, migrators: BTreeMap::new() };
    let mut all = Vec::new();
    for file in inputs.files.iter().filter(|file| !file.starts_with(&output)) {
        let name = file.strip_prefix(folder).unwrap_or(file).display().to_string();
        let rehearsed = work.rehearse(file, &name)?;
        if session.message_format() != MessageFormat::Json {
            session.done(&page::line(&rehearsed, ids))?;
        }
        all.push(rehearsed);
    }
    let html = output.join("index.html");
    make_folder(&output)?;
    write_atomically(&html, page::html(&all, ids).as_bytes())?;
    if session.message_format() == MessageFormat::Json {
        let reports: Vec<Value> = all.iter().map(record).collect();
        let document = json!({"version": 1, "formats": ids, "reports": reports, "page": html.display().to_string()});
        terminal::print(&format!("{document}\n"))?;
    } else {
        session.done(&page::summary(&all, ids))?;
        session.done(&format!("已写出 {}（用浏览器打开）", html.display()))?;
    }
    let fails = all.iter().any(|report| report.failure.is_some());
    Ok(if fails { outcome.max(Outcome::Findings) } else { outcome })
}

/// A folder beside the reports, so that its files are not taken for reports.
fn beside(folder: &Path, ids: [&String; 2]) -> PathBuf {
    let name =
        |own: &std::ffi::OsStr| format!("{}-预演-{}-{}", own.to_string_lossy(), ids[0], ids[1]);
    if let Some(own) = folder.file_name() {
        return folder.with_file_name(name(own));
    }
    // `.` and `..` have no name of their own.
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    whole.with_file_name(name(whole.file_name().unwrap_or_default()))
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)
        .map_err(|error| anyhow::anyhow!("建不了文件夹 {}：{}", folder.display(), reason(&error)))
}

struct Work<'a> {
    generator: &'a Generator,
    ids: [&'a String; 2],
    output: &'a Path,
    migrators: BTreeMap<String, Migrator<'a>>,
}

impl<'a> Work<'a> {
    fn rehearse(&mut self, file: &Path, name: &str) -> anyhow::Result<Rehearsed> {
        let mut rehearsed = Rehearsed {
            name: name.to_owned(),
            agency: String::new(),
            failure: None,
            errors: [Vec::new(), Vec::new()],
            pages: [0, 0],
            comparison: None,
            account: None,
            pictures: Vec::new(),
        };
        let bytes = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                rehearsed.failure = Some(unreadable(file, &error));
                return Ok(rehearsed);
            }
        };
        let mut sides = Vec::new();
        for id in self.ids {
            match self.side(id, file, &bytes) {
                Ok((checked, account)) => {
                    rehearsed.account = account.or(rehearsed.account);
                    sides.push(checked);
                }
                Err(why) => {
                    rehearsed.failure = Some(why);
                    return Ok(rehearsed);
                }
            }
        }
        let [first, second] = sides.as_slice() else { return Ok(rehearsed) };
        rehearsed.agency = second.agency().to_owned();
        for (at, checked) in [first, second].into_iter().enumerate() {
            rehearsed.errors[at] = errors(checked);
        }
        let names = self.ids.map(|id| format!("{name}（{id} 格式）"));
        if let (Some(left), Some(right)) =
            (Side::new(&names[0], first), Side::new(&names[1], second))
        {
            rehearsed.comparison = Some(diff::compare(self.generator.catalog(), left, right));
        }
        if let Err(why) = self.draw(&mut rehearsed, [first, second], &names) {
            rehearsed.failure = Some(format!("{why:#}"));
        }
        Ok(rehearsed)
    }

    /// The report in one format, rewritten if it is in another.
    fn side(
        &mut self,
        id: &str,
        file: &Path,
        bytes: &[u8],
    ) -> Result<(Checked, Option<Account>), String> {
        if !self.migrators.contains_key(id) {
            let migrator =
                Migrator::new(self.generator.catalog(), id).map_err(|error| error.to_string())?;
            self.migrators.insert(id.to_owned(), migrator);
        }
        let migrator = &self.migrators[id];
        let (text, account) = match migrator.migrate(bytes) {
            Ok(migration) => (migration.text.into_bytes(), Some(migration.account)),
            Err(MigrateError::Already(_)) => (bytes.to_vec(), None),
            Err(error) => return Err(error.to_string()),
        };
        Ok((self.generator.check(&Input::assemble(file, text, None)), account))
    }

    /// Sets both, as drafts where they have errors, and draws the pages that look different.
    fn draw(
        &self,
        rehearsed: &mut Rehearsed,
        sides: [&Checked; 2],
        names: &[String; 2],
    ) -> anyhow::Result<()> {
        let typeset =
            |checked: &Checked| self.generator.typeset(checked, checked.counts().errors > 0);
        let (left, right) = (typeset(sides[0])?, typeset(sides[1])?);
        rehearsed.pages = [left.page_count(), right.page_count()];
        let stem = rehearsed.name.strip_suffix(".toml").unwrap_or(&rehearsed.name).to_owned();
        let folder = self.output.join(&stem);
        for pair in diff::pages(self.generator, [&names[0], &names[1]], &left, &right)? {
            make_folder(&folder)?;
            let file = format!("page-{:02}.png", pair.number);
            write_atomically(&folder.join(&file), &pair.png)?;
            rehearsed.pictures.push(format!("{}/{file}", stem.replace('\\', "/")));
        }
        Ok(())
    }
}

/// Errors that count, each with its line.
fn errors(checked: &Checked) -> Vec<String> {
    let errors = checked
        .diagnostics
        .iter()
        .filter(|finding| finding.counts() && finding.level == nianbao::diagnostic::Level::Error);
    errors.map(|finding| format!("[{}] {}", finding.rule, finding.message)).collect()
}

fn record(report: &Rehearsed) -> Value {
    json!({
        "path": report.name,
        "agency": report.agency,
        "failure": report.failure,
        "errors": report.errors,
        "pages": report.pages,
        "pictures": report.pictures,
        "left": report.account.as_ref().map(|account| account.left),
        "comparison": report.comparison.as_ref().map(diff::json),
    })
}
