//! `diff`: what differs between two reports, or between one report and itself in another format.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use nianbao::diff::{self, Comparison, Side};
use nianbao::emit::MessageFormat;
use nianbao::export::Standards;
use nianbao::generator::{Checked, Generator, Input};
use nianbao::migrate::migrate;
use nianbao::output::{reason, write_atomically};

use super::inputs::{unreadable, want_file};
use super::{Outcome, Session, terminal};
use crate::args::Diff;

pub(crate) fn run(session: &Session, args: &Diff) -> anyhow::Result<Outcome> {
    want_file(&args.first, "；请给出一个数据文件")?;
    let generator = session.generator()?;
    let first = read(&generator, &args.first)?;
    let first_name = args.first.display().to_string();
    let (second_name, second) = match (&args.second, &args.to) {
        (Some(path), _) => (path.display().to_string(), read(&generator, path)?),
        (None, Some(format)) => migrated(&generator, &args.first, format)?,
        (None, None) => anyhow::bail!("要给出第二个数据文件，或用 --to 给出另一种格式"),
    };
    let malformed = |name: &str| format!("{name} 读不懂，不能比较；先用 nianbao check 核对");
    let sides = (
        Side::new(&first_name, &first).with_context(|| malformed(&first_name))?,
        Side::new(&second_name, &second).with_context(|| malformed(&second_name))?,
    );
    let comparison = diff::compare(generator.catalog(), sides.0, sides.1);
    if session.message_format() == MessageFormat::Json {
        terminal::document(&format!("{}\n", diff::json(&comparison)))?;
    } else {
        terminal::print(&diff::text(&comparison))?;
    }
    if let Some(path) = &args.output {
        write_pdf(session, &generator, &comparison, path)?;
    }
    if let Some(folder) = &args.pages {
        write_pages(session, &generator, [(&first_name, &first), (&second_name, &second)], folder)?;
    }
    Ok(Outcome::Done)
}

fn read(generator: &Generator, path: &Path) -> anyhow::Result<Checked> {
    super::foreign::check_any(generator, path).map_err(anyhow::Error::msg)
}

/// The same report in another format.
fn migrated(generator: &Generator, path: &Path, to: &str) -> anyhow::Result<(String, Checked)> {
    let bytes = nianbao::reading::read(path, nianbao::limits::FOREIGN_FILE)
        .map_err(|error| anyhow::anyhow!(unreadable(path, &error)))?;
    let migration = migrate(generator.catalog(), &bytes, to)
        .with_context(|| format!("{} 不能改写为 {to} 格式", path.display()))?;
    let name = format!("{}（改写为 {to} 格式）", path.display());
    let input = Input::assemble(path, migration.text.into_bytes(), None);
    Ok((name, generator.check(&input)))
}

fn write_pdf(
    session: &Session,
    generator: &Generator,
    comparison: &Comparison,
    path: &Path,
) -> anyhow::Result<()> {
    let pdf = diff::pdf(generator, comparison, &Standards::default())?;
    write_atomically(path, &pdf)?;
    session.done(&format!("已生成 {}", path.display()))
}

/// Draws both reports, as drafts where they have errors.
fn write_pages(
    session: &Session,
    generator: &Generator,
    sides: [(&String, &Checked); 2],
    folder: &Path,
) -> anyhow::Result<()> {
    let [(first_name, first), (second_name, second)] = sides;
    let typeset = |checked: &Checked| generator.typeset(checked, checked.counts().errors > 0);
    let (left, right) = (typeset(first)?, typeset(second)?);
    let pairs = diff::pages(generator, [first_name, second_name], &left, &right)?;
    fs::create_dir_all(folder).map_err(|error| {
        anyhow::anyhow!("建不了文件夹 {}：{}", folder.display(), reason(&error))
    })?;
    for pair in &pairs {
        let path = folder.join(format!("page-{:02}.png", pair.number));
        write_atomically(&path, &pair.png)?;
        session.done(&format!("已生成 {}", path.display()))?;
    }
    if pairs.is_empty() {
        session.done("每一页看上去都相同，没有生成图片")?;
    }
    Ok(())
}
