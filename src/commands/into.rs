//! `import EDITED --into DATA`: what somebody changed in a document goes into the data file, as far as it is accepted.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use nianbao::generator::{Generator, Input};
use nianbao::import;
use nianbao::into::{Change, apply, changes};
use nianbao::output::write_atomically;
use nianbao::record;

use super::foreign::read;
use super::inputs::unreadable;
use super::{Outcome, Session, terminal};

/// Longest piece of a text that is shown.
const SHOWN: usize = 200;

/// Shows the changes and writes those that are accepted: `all`, or paths.
pub(super) fn run(
    session: &Session,
    generator: &Generator,
    document: &Path,
    data: &Path,
    accept: &[String],
) -> anyhow::Result<Outcome> {
    let bytes = fs::read(data).map_err(|error| anyhow::anyhow!(unreadable(data, &error)))?;
    if record::decode(&bytes).recognised.is_some() {
        bail!("{} 不是 UTF-8；先运行 nianbao check --fix-encoding {0}", data.display());
    }
    let checked = generator.check(&Input::assemble(data, bytes, None));
    let malformed = || format!("{} 读不懂，不能并入；先用 nianbao check 核对", data.display());
    let report = checked.report.as_ref().with_context(malformed)?;
    let format = &report.format;
    let options = import::Options { format: Some(format.id().to_owned()), stem: None };
    let imported = read(generator, document, &options).map_err(anyhow::Error::msg)?;
    let again = generator.check_imported(document, &imported, None);
    let read = again.report.as_ref().context("文件里没有读出报告")?;
    let changes = changes(report, read, &imported);
    terminal::print(&listed(&changes))?;
    session.note(&imported.account.to_string());
    if changes.is_empty() {
        return Ok(Outcome::Done);
    }
    if accept.is_empty() {
        session.note("写入全部: 加 --accept all；写入几处: 加 --accept 路径,路径");
        return Ok(Outcome::Done);
    }
    write(session, data, checked.source.text(), &changes, accept)
}

fn write(
    session: &Session,
    data: &Path,
    text: &str,
    changes: &[Change],
    accept: &[String],
) -> anyhow::Result<Outcome> {
    let all = accept.iter().any(|path| path == "all");
    if let Some(unknown) = accept
        .iter()
        .find(|path| path.as_str() != "all" && !changes.iter().any(|change| change.path == **path))
    {
        bail!("没有“{unknown}”这处改动");
    }
    let is_accepted =
        |change: &&Change| (all || accept.contains(&change.path)) && change.edit.is_ok();
    let accepted: Vec<&Change> = changes.iter().filter(is_accepted).collect();
    if accepted.is_empty() {
        session.note("没有可以写入的改动");
        return Ok(Outcome::Done);
    }
    let new = apply(text, &accepted);
    if fs::read(data).map(|bytes| record::decode(&bytes).text != text).unwrap_or(true) {
        bail!("{} 刚刚被别人改过，没有写入；请再运行一次", data.display());
    }
    write_atomically(data, new.as_bytes())?;
    session.done(&format!("已把 {} 处改动写入 {}", accepted.len(), data.display()))?;
    Ok(Outcome::Done)
}

fn listed(changes: &[Change]) -> String {
    let mut out = format!("共 {} 处改动\n", changes.len());
    for change in changes {
        out += &format!("{}（{}，{}）\n", change.path, change.label, change.place);
        if change.label == "文字" {
            out += &paragraphs(&change.old, &change.new);
        } else {
            out += &format!("  {} → {}\n", change.old, change.new);
        }
        if let Err(reason) = &change.edit {
            out += &format!("  不能写入：{reason}\n");
        }
    }
    out
}

/// Paragraphs that went (-) and came (+).
fn paragraphs(old: &str, new: &str) -> String {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (lines(old), lines(new));
    let shown = |line: &str| {
        let short: String = line.chars().take(SHOWN).collect();
        if short.len() < line.len() { format!("{short}…") } else { short }
    };
    let mut out = String::new();
    for (at, line) in old.iter().enumerate().filter(|(_, line)| !new.contains(line)) {
        out += &format!("  - 第{}段 {}\n", at + 1, shown(line));
    }
    for (at, line) in new.iter().enumerate().filter(|(_, line)| !old.contains(line)) {
        out += &format!("  + 第{}段 {}\n", at + 1, shown(line));
    }
    if out.is_empty() {
        out.push_str("  段落的次序不同\n");
    }
    out
}
