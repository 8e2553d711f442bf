//! `migrate`: rewrites data files for another format, and says what a person must still do.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use nianbao::emit::MessageFormat;
use nianbao::migrate::{ChangeKind, MigrateError, Migration, migrate};
use nianbao::output::{reason, write_atomically};
use serde_json::{Value, json};

use super::guard::guarded;
use super::inputs::Inputs;
use super::{Outcome, Session, terminal};
use crate::args::Migrate;

pub(crate) fn run(session: &Session, args: &Migrate) -> anyhow::Result<Outcome> {
    let catalog = session.catalog()?;
    super::format_of(&catalog, &args.to)?;
    let is_folder = args.path.is_dir();
    let inputs = Inputs::find(std::slice::from_ref(&args.path));
    let mut outcome = Outcome::Done;
    for failure in &inputs.failures {
        terminal::failure(failure);
        outcome = Outcome::Failed;
    }
    if inputs.files.is_empty() && outcome == Outcome::Done {
        anyhow::bail!(
            "{} 里没有找到年报数据文件（扩展名 .toml、含 [report] 表）",
            args.path.display()
        );
    }
    let mut records = Vec::new();
    for file in &inputs.files {
        let target = target(args, file, is_folder);
        if is_same(&target, file) {
            terminal::failure(&format!(
                "-o 给的就是原文件 {}；原文件不动，请换一个名字",
                file.display()
            ));
            outcome = Outcome::Failed;
            continue;
        }
        let work = || {
            let bytes = fs::read(file).map_err(MigrateError::Io)?;
            migrate(&catalog, &bytes, &args.to)
        };
        let result = match guarded(file, work) {
            Ok(result) => result,
            Err(fault) => {
                terminal::failure(&fault);
                outcome = Outcome::Failed;
                continue;
            }
        };
        match result {
            Ok(migration) => match write(args, &target, &migration) {
                Ok(()) if session.message_format() == MessageFormat::Json => {
                    records.push(record(file, &target, &migration));
                }
                Ok(()) => session.done(&told(file, &target, &migration))?,
                Err(error) => {
                    terminal::failure(&format!("{error:#}"));
                    outcome = Outcome::Failed;
                }
            },
            Err(MigrateError::Already(format)) if is_folder => {
                session.note(&format!("跳过 {}：已经是 {format} 格式", file.display()));
            }
            Err(error) => {
                terminal::failure(&format!("{}：{error}", file.display()));
                outcome = Outcome::Failed;
            }
        }
    }
    if session.message_format() == MessageFormat::Json {
        terminal::print(&format!("{}\n", json!({"version": 1, "files": records})))?;
    }
    Ok(outcome)
}

/// Whether two paths lead to one file, by whatever name or link.
fn is_same(target: &Path, file: &Path) -> bool {
    let real = fs::canonicalize(target).ok();
    target == file || real.is_some() && real == fs::canonicalize(file).ok()
}

/// Where the new file goes: as told, else beside the old one with the format in its name.
fn target(args: &Migrate, file: &Path, is_folder: bool) -> PathBuf {
    let beside = || {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        file.with_file_name(format!("{stem}-{}.toml", args.to))
    };
    match &args.output {
        None => beside(),
        Some(output) if is_folder => output.join(file.strip_prefix(&args.path).unwrap_or(file)),
        Some(output) if output.is_dir() => output.join(file.file_name().unwrap_or_default()),
        Some(output) => output.clone(),
    }
}

/// Writes the new file. One that is there is only replaced when that was said.
fn write(args: &Migrate, target: &Path, migration: &Migration) -> anyhow::Result<()> {
    if target.exists() && !args.force {
        anyhow::bail!("{} 已经存在，没有覆盖；用 -o 换一个名字，或加 --force", target.display());
    }
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|error| anyhow::anyhow!("{}", reason(&error)))
            .with_context(|| format!("建不了文件夹 {}", folder.display()))?;
    }
    Ok(write_atomically(target, migration.text.as_bytes())?)
}

fn told(file: &Path, target: &Path, migration: &Migration) -> String {
    let Migration { from, to, changes, .. } = migration;
    let mut text =
        format!("{} → {}（{from} 格式改写为 {to} 格式）", file.display(), target.display());
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

fn record(file: &Path, target: &Path, migration: &Migration) -> Value {
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
    json!({
        "path": file.display().to_string(),
        "output": target.display().to_string(),
        "from": migration.from,
        "to": migration.to,
        "changes": changes,
    })
}
