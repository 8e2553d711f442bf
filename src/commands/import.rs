//! `import`: a published report becomes a data file. Never overwrites one.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use nianbao::diagnostic::Level;
use nianbao::emit::{ReportFindings, plain};
use nianbao::generator::Generator;
use nianbao::import::{self, Imported};
use nianbao::output::{reason, write_atomically};

use super::foreign::{is_foreign, read};
use super::{Outcome, Session, rule_texts, terminal};
use crate::args::Import;

pub(crate) fn run(session: &Session, args: &Import) -> anyhow::Result<Outcome> {
    if args.into.is_some() && args.files.len() != 1 {
        bail!("--into 一次只能并入一个文件");
    }
    let generator = session.generator()?;
    let mut outcome = Outcome::Done;
    for path in &args.files {
        if path.is_dir() {
            bail!("{} 是文件夹，请给出要导入的文件", path.display());
        }
        if !is_foreign(path) {
            bail!(
                "{} 不是能导入的文件；能读 docx、xlsx、xls、ods、csv、html、pdf、txt",
                path.display()
            );
        }
        let result = match &args.into {
            Some(data) => super::into::run(session, &generator, path, data, &args.accept),
            None => one(session, &generator, args, path),
        };
        match result {
            Ok(one) => outcome = outcome.max(one),
            Err(failure) => {
                terminal::failure(&format!("{failure:#}"));
                outcome = Outcome::Failed;
            }
        }
    }
    Ok(outcome)
}

fn one(
    session: &Session,
    generator: &Generator,
    args: &Import,
    path: &Path,
) -> anyhow::Result<Outcome> {
    let target = target(args, path);
    let stem = target.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let options = import::Options { format: args.format.clone(), stem };
    let imported = read(generator, path, &options).map_err(anyhow::Error::msg)?;
    create(&target, &imported)?;
    session.done(&format!("已导入 {} → {}", path.display(), target.display()))?;
    session.done(&format!("{}: {}", plain(&target.display().to_string()), imported.account))?;
    told(session, generator, path, &imported)?;
    session.done(&format!("核对后运行: nianbao check {}", target.display()))?;
    let has_errors = imported.findings.iter().any(|finding| finding.level == Level::Error);
    Ok(if has_errors { Outcome::Findings } else { Outcome::Done })
}

/// The data file: what was named, in the folder that was named, or beside the source.
fn target(args: &Import, path: &Path) -> PathBuf {
    let beside = path.with_extension("toml");
    match &args.output {
        None => beside,
        Some(output) => {
            let is_file = output.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
            if is_file && args.files.len() == 1 {
                output.clone()
            } else {
                output.join(beside.file_name().unwrap_or_default())
            }
        }
    }
}

/// Writes the data file and its pictures; none of them may be there.
fn create(target: &Path, imported: &Imported) -> anyhow::Result<()> {
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| {
        anyhow::anyhow!("不能新建文件夹 {}：{}", folder.display(), reason(&error))
    })?;
    let pictures: Vec<PathBuf> =
        imported.pictures.iter().map(|(name, _)| folder.join(name)).collect();
    for path in std::iter::once(&target.to_owned()).chain(&pictures) {
        if fs::symlink_metadata(path).is_ok() {
            bail!(
                "{} 已经存在，没有改动它；用 -o 换一个名字，或用 --into 把改动并进去",
                path.display()
            );
        }
    }
    for (path, (_, bytes)) in pictures.iter().zip(&imported.pictures) {
        write_atomically(path, bytes)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(target)
        .map_err(|error| anyhow::anyhow!("不能写 {}：{}", target.display(), reason(&error)))?;
    file.write_all(imported.toml.as_bytes()).with_context(|| format!("不能写 {}", target.display()))
}

/// Says what was not found and what leaves a doubt.
fn told(
    session: &Session,
    generator: &Generator,
    path: &Path,
    imported: &Imported,
) -> anyhow::Result<()> {
    if imported.findings.is_empty() {
        return Ok(());
    }
    let checked = generator.check_imported(path, imported, None);
    let mut diagnostics: Vec<_> = imported.findings.iter().map(|f| f.diagnostic()).collect();
    nianbao::diagnostic::sort(&mut diagnostics);
    let rules = rule_texts(generator.catalog());
    let options = session.options(&rules);
    let name = path.display().to_string();
    let report =
        ReportFindings { diagnostics: &diagnostics, ..ReportFindings::of(&name, &checked) };
    let mut emitter =
        nianbao::emit::Emitter::new(nianbao::emit::Options { quiet: true, ..options }, false);
    let text = emitter.begin() + &emitter.report(&report) + &emitter.end();
    terminal::print(&text)
}
