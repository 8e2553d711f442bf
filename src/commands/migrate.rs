//! `migrate`: rewrites data files for another format, accounts for every figure, and says what a person must still do.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use nianbao::emit::MessageFormat;
use nianbao::format::Format;
use nianbao::generator::Input;
use nianbao::migrate::list::{self, Listed};
use nianbao::migrate::{Account, ChangeKind, MigrateError, Migration, Migrator};
use nianbao::output::{reason, write_atomically};
use nianbao::schema;
use serde_json::{Value, json};

use super::guard::guarded;
use super::inputs::Inputs;
use super::{Outcome, Session, terminal};
use crate::args::Migrate;

/// What became of one file.
enum Done {
    Written(Migration),
    /// An earlier run wrote the same.
    Fresh(Migration),
    /// A file is there that says something else: somebody has worked on it.
    Edited(Migration),
    /// It is in the wanted format.
    Already,
}

pub(crate) fn run(session: &Session, args: &Migrate) -> anyhow::Result<Outcome> {
    let catalog = session.catalog()?;
    let target = super::format_of(&catalog, &args.to)?;
    let migrator = Migrator::new(&catalog, &args.to).map_err(|error| anyhow::anyhow!("{error}"))?;
    let is_folder = args.paths.len() > 1 || args.paths.iter().any(|path| path.is_dir());
    let inputs = Inputs::find(&args.paths);
    let mut work =
        Work { session, args, target, is_folder, outcome: Outcome::Done, files: Vec::new() };
    inputs.failures.iter().for_each(|failure| work.fail(failure));
    if inputs.files.is_empty() && work.outcome == Outcome::Done {
        anyhow::bail!("没有找到年报数据文件（扩展名 .toml、含 [report] 表）");
    }
    for file in &inputs.files {
        // What an earlier run wrote into a folder inside the one that it read.
        let is_own = |output: &PathBuf| {
            file.starts_with(output) && !args.paths.iter().any(|path| path.starts_with(output))
        };
        if args.output.as_ref().is_some_and(is_own) {
            continue;
        }
        work.file(&migrator, file)?;
    }
    work.close()
}

/// Whether two paths lead to one file, by whatever name or link.
fn is_same(target: &Path, file: &Path) -> bool {
    let real = fs::canonicalize(target).ok();
    target == file || real.is_some() && real == fs::canonicalize(file).ok()
}

struct Work<'a> {
    session: &'a Session,
    args: &'a Migrate,
    target: &'a Format,
    is_folder: bool,
    outcome: Outcome,
    files: Vec<(PathBuf, PathBuf, Done)>,
}

impl Work<'_> {
    fn fail(&mut self, message: &str) {
        terminal::failure(message);
        self.outcome = Outcome::Failed;
    }

    fn file(&mut self, migrator: &Migrator<'_>, file: &Path) -> anyhow::Result<()> {
        let target = self.target_of(file);
        if is_same(&target, file) {
            self.fail(&format!("-o 给的就是原文件 {}；原文件不动，请换一个名字", file.display()));
            return Ok(());
        }
        let work = || {
            let bytes = nianbao::reading::read(file, nianbao::limits::DATA_FILE)
                .map_err(MigrateError::Io)?;
            migrator.migrate(&bytes)
        };
        let result = match guarded(file, work) {
            Ok(result) => result,
            Err(fault) => {
                self.fail(&fault);
                return Ok(());
            }
        };
        let migration = match result {
            Ok(migration) => migration,
            Err(MigrateError::Already(format)) if self.is_folder => {
                self.session.note(&format!("跳过 {}：已经是 {format} 格式", file.display()));
                self.files.push((file.to_owned(), target, Done::Already));
                return Ok(());
            }
            Err(error) => {
                self.fail(&format!("{}：{error}", file.display()));
                return Ok(());
            }
        };
        match self.write(file, &target, migration) {
            Ok(done) => {
                if self.session.message_format() != MessageFormat::Json {
                    self.session.done(&told(file, &target, &done, self.is_folder))?;
                }
                self.files.push((file.to_owned(), target, done));
            }
            Err(error) => self.fail(&format!("{error:#}")),
        }
        Ok(())
    }

    /// Where the new file goes: as told, else beside the old one with the format in its name.
    fn target_of(&self, file: &Path) -> PathBuf {
        let root = self.args.paths.iter().find(|path| path.is_dir() && file.starts_with(path));
        match (&self.args.output, root) {
            (None, _) => {
                let stem = file.file_stem().unwrap_or_default().to_string_lossy();
                file.with_file_name(format!("{stem}-{}.toml", self.args.to))
            }
            (Some(output), Some(root)) => output.join(file.strip_prefix(root).unwrap_or(file)),
            (Some(output), None) if output.is_dir() || self.is_folder => {
                output.join(file.file_name().unwrap_or_default())
            }
            (Some(output), None) => output.clone(),
        }
    }

    /// Writes the new file with what it refers to. One that is there is only replaced when that was said.
    fn write(&self, file: &Path, target: &Path, migration: Migration) -> anyhow::Result<Done> {
        if target.exists() && !self.args.force {
            if nianbao::reading::read(target, nianbao::limits::DATA_FILE)
                .is_ok_and(|bytes| bytes == migration.text.as_bytes())
            {
                return Ok(Done::Fresh(migration));
            }
            if self.is_folder {
                return Ok(Done::Edited(migration));
            }
            anyhow::bail!(
                "{} 已经存在，没有覆盖；用 -o 换一个名字，或加 --force",
                target.display()
            );
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .map_err(|error| anyhow::anyhow!("{}", reason(&error)))
            .with_context(|| format!("建不了文件夹 {}", folder.display()))?;
        write_atomically(target, migration.text.as_bytes())?;
        self.write_schema(folder, &migration)?;
        if file.parent() != target.parent() {
            self.copy_pictures(file, folder)?;
        }
        Ok(Done::Written(migration))
    }

    /// The schema that the first line points to, for editors.
    fn write_schema(&self, folder: &Path, migration: &Migration) -> anyhow::Result<()> {
        let name = schema::file_name(self.target);
        let first = migration.text.lines().next().unwrap_or_default();
        let Some(path) = first.trim_start_matches('\u{FEFF}').strip_prefix("#:schema ") else {
            return Ok(());
        };
        if path.trim().trim_start_matches("./") != name {
            return Ok(());
        }
        let (path, text) = (folder.join(&name), schema::render(self.target));
        if nianbao::reading::read(&path, nianbao::limits::DATA_FILE)
            .is_ok_and(|bytes| bytes == text.as_bytes())
        {
            return Ok(());
        }
        Ok(write_atomically(&path, text.as_bytes())?)
    }

    /// The pictures of the report, so that the new file can be built where it is.
    fn copy_pictures(&self, file: &Path, folder: &Path) -> anyhow::Result<()> {
        let bytes = nianbao::reading::read(file, nianbao::limits::DATA_FILE)
            .map_err(|error| anyhow::anyhow!(super::inputs::unreadable(file, &error)))?;
        for picture in Input::assemble(file, bytes, None).pictures {
            let path = folder.join(&picture.target);
            // One that cannot be read is a finding of the report, before and after.
            let Ok(bytes) = picture.bytes else { continue };
            if path.exists() {
                continue;
            }
            if let Some(inner) = path.parent() {
                fs::create_dir_all(inner).map_err(|error| {
                    anyhow::anyhow!("建不了文件夹 {}：{}", inner.display(), reason(&error))
                })?;
            }
            write_atomically(&path, &bytes)?;
        }
        Ok(())
    }

    /// Says what became of the whole folder.
    fn close(self) -> anyhow::Result<Outcome> {
        if self.session.message_format() == MessageFormat::Json {
            let records: Vec<Value> = self.files.iter().filter_map(record).collect();
            terminal::document(&format!("{}\n", json!({"version": 1, "files": records})))?;
        }
        if self.is_folder {
            self.lists()?;
        }
        Ok(self.outcome)
    }

    fn lists(&self) -> anyhow::Result<()> {
        let named: Vec<(String, &Migration)> = self
            .files
            .iter()
            .filter_map(|(_, target, done)| Some((target.display().to_string(), done.migration()?)))
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let mut account = Account::default();
        named.iter().for_each(|(_, migration)| account.add(&migration.account));
        let count =
            |wanted: fn(&Done) -> bool| self.files.iter().filter(|(.., done)| wanted(done)).count();
        let mut text = format!(
            "共 {} 份：改写 {} 份，以前已改写 {} 份，改写后又改动过、没有再动 {} 份",
            self.files.len(),
            count(|done| matches!(done, Done::Written(_))),
            count(|done| matches!(done, Done::Fresh(_) | Done::Already)),
            count(|done| matches!(done, Done::Edited(_))),
        );
        let _ = write!(text, "\n{}", account.told());
        account.sums().iter().for_each(|sum| {
            let _ = write!(text, "\n  {sum}");
        });
        let folder = self.list_folder();
        let files: Vec<Listed<'_>> =
            named.iter().map(|(path, migration)| Listed { path, migration }).collect();
        for (name, bytes) in [
            (format!("改写账目-{}.csv", self.args.to), list::accounts(&files)),
            (format!("待办-{}.csv", self.args.to), list::open(&files)),
        ] {
            let path = folder.join(name);
            write_atomically(&path, &bytes)?;
            let _ = write!(text, "\n已写出 {}", path.display());
        }
        if !account.open.is_empty() {
            let _ = write!(text, "（{} 处要由人填写或者决定）", account.open.len());
        }
        self.session.done(&text)
    }

    fn list_folder(&self) -> PathBuf {
        let first = self.args.paths.first().map_or(Path::new("."), PathBuf::as_path);
        let beside = if first.is_dir() { first } else { first.parent().unwrap_or(Path::new(".")) };
        let folder = self.args.output.clone().unwrap_or_else(|| beside.to_owned());
        if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
    }
}

impl Done {
    fn migration(&self) -> Option<&Migration> {
        match self {
            Done::Written(migration) | Done::Fresh(migration) | Done::Edited(migration) => {
                Some(migration)
            }
            Done::Already => None,
        }
    }
}

fn told(file: &Path, target: &Path, done: &Done, is_short: bool) -> String {
    let Some(migration) = done.migration() else { return String::new() };
    let Migration { from, to, changes, account, .. } = migration;
    let state = match done {
        Done::Fresh(_) => "，以前已改写",
        Done::Edited(_) => "，改写后又改动过，没有再动；要重做加 --force",
        _ => "",
    };
    let mut text =
        format!("{} → {}（{from} 格式改写为 {to} 格式{state}）", file.display(), target.display());
    let _ = write!(text, "\n  {}", account.told());
    if is_short {
        return text;
    }
    account.sums().iter().for_each(|sum| {
        let _ = write!(text, "\n  {sum}");
    });
    for kind in [ChangeKind::Todo, ChangeKind::Carried, ChangeKind::Kept, ChangeKind::Format] {
        let group: Vec<_> = changes.iter().filter(|change| change.kind == kind).collect();
        if !group.is_empty() {
            let _ = write!(text, "\n  {} {} 项：", kind.label(), group.len());
        }
        for change in group {
            let _ = write!(text, "\n    {}  {}", change.path, change.message);
        }
    }
    if changes.iter().any(|change| change.kind == ChangeKind::Todo) {
        text += "\n  填好标有 TODO 的行，再用 nianbao check 核对";
    }
    text
}

fn record((file, target, done): &(PathBuf, PathBuf, Done)) -> Option<Value> {
    let migration = done.migration()?;
    let changes: Vec<Value> = migration
        .changes
        .iter()
        .map(|change| {
            let kind = match change.kind {
                ChangeKind::Carried => "carried",
                ChangeKind::Todo => "todo",
                ChangeKind::Kept => "kept",
                ChangeKind::Format => "format",
            };
            json!({"kind": kind, "path": change.path, "message": change.message})
        })
        .collect();
    let state = match done {
        Done::Fresh(_) => "unchanged",
        Done::Edited(_) => "edited",
        _ => "written",
    };
    Some(json!({
        "path": file.display().to_string(),
        "output": target.display().to_string(),
        "state": state,
        "from": migration.from,
        "to": migration.to,
        "changes": changes,
        "account": account(&migration.account),
    }))
}

fn account(account: &Account) -> Value {
    let open: Vec<Value> = account
        .open
        .iter()
        .map(|open| {
            let figures: Vec<Value> = open
                .figures
                .iter()
                .map(|(label, value)| json!({"label": label, "value": value}))
                .collect();
            json!({"path": open.path, "label": open.label, "figures": figures, "why": open.why})
        })
        .collect();
    let sums: Vec<Value> = account
        .sums
        .iter()
        .map(|sum| {
            json!({
                "table": sum.title,
                "before": sum.before.to_string(),
                "after": sum.after.to_string(),
                "left": sum.left.to_string(),
                "ended": sum.ended.to_string(),
            })
        })
        .collect();
    json!({
        "figures": account.total(),
        "carried": account.carried,
        "summed": account.summed,
        "restored": account.restored,
        "zeros": account.zeros,
        "ended": account.ended,
        "left": account.left,
        "open": open,
        "sums": sums,
    })
}
