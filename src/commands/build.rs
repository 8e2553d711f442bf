//! `build`: checks, then writes what was asked for. With error-level findings nothing is written, unless as a draft.

use std::path::{Path, PathBuf};

use nianbao::emit::Emitter;
use nianbao::export::{File, Kind};
use nianbao::generator::{Checked, Generator, Input, Neighbours, Typeset};
use nianbao::output::write_atomically;

use super::check::findings;
use super::foreign::is_foreign;
use super::guard::guarded;
use super::inputs::{unreadable, want_file};
use super::outputs::{Target, plan, whole};
use super::{Outcome, Session, rule_texts, terminal};
use crate::args::{Build, Emit};

/// Points to an inch.
const POINTS: f32 = 72.0;

pub(crate) fn run(session: &Session, args: &Build) -> anyhow::Result<Outcome> {
    for file in &args.files {
        want_file(file, "；整个文件夹请用 nianbao batch")?;
        if is_foreign(file) {
            anyhow::bail!(
                "{0} 不是数据文件；先运行 nianbao import {0}，核对后再生成",
                file.display()
            );
        }
    }
    session.want_previous()?;
    if args.attach_data {
        args.standard.take_files()?;
    }
    let targets = plan(args)?;
    let generator = session.generator()?;
    let rules = rule_texts(generator.catalog());
    let mut emitter = Emitter::new(session.options(&rules), args.files.len() > 1);
    let mut outcome = Outcome::Done;
    let neighbours = Neighbours::among(&args.files);
    session.results(&emitter.begin())?;
    for (file, target) in args.files.iter().zip(&targets) {
        let work = || one(session, args, (&generator, &neighbours), &mut emitter, file, target);
        let result = guarded(file, work)
            .and_then(|result| result.map_err(|error| format!("{}：{error:#}", file.display())));
        outcome = outcome.max(result.unwrap_or_else(|failure| {
            terminal::failure(&failure);
            Outcome::Failed
        }));
    }
    session.results(&emitter.end())?;
    Ok(outcome)
}

fn one(
    session: &Session,
    args: &Build,
    (generator, neighbours): (&Generator, &Neighbours),
    emitter: &mut Emitter,
    file: &Path,
    target: &Target,
) -> anyhow::Result<Outcome> {
    let input = Input::read_among(file, session.previous(), neighbours)
        .map_err(|error| anyhow::anyhow!(unreadable(file, &error)))?;
    let checked = generator.check(&input);
    let refused = emitter.tally().refused;
    session.results(&emitter.report(&findings(file, &checked)))?;
    let is_refused = emitter.tally().refused > refused;
    if is_refused && !args.draft {
        let why = "改正后再生成，或加 --draft 生成草稿";
        session.note(&format!("没有生成 {} 的文件：{why}", file.display()));
        return Ok(Outcome::Findings);
    }
    let written = write(session, args, generator, &checked, &input, target)?;
    for line in written {
        session.done(&line)?;
    }
    Ok(if is_refused { Outcome::Findings } else { Outcome::Done })
}

/// Writes every kind and returns a line about each.
fn write(
    session: &Session,
    args: &Build,
    generator: &Generator,
    checked: &Checked,
    input: &Input,
    target: &Target,
) -> anyhow::Result<Vec<String>> {
    let needs_pages = |kind: &Emit| kind.edition().is_none_or(Kind::needs_pages);
    let typeset = match args.emit.iter().any(needs_pages) {
        true if args.attach_data => Some(generator.typeset_with_data(checked, args.draft)?),
        true => Some(generator.typeset(checked, args.draft)?),
        false => None,
    };
    let edition = match args.emit.iter().any(|kind| kind.edition().is_some()) {
        true => Some(generator.edition(checked, args.draft)?),
        false => None,
    };
    target.prepare()?;
    let mut told = Vec::new();
    for kind in &args.emit {
        if let (Some(wanted), Some(edition)) = (kind.edition(), &edition) {
            let pages = typeset.as_ref().map(|typeset| &typeset.document);
            let files = edition.files(wanted, pages, &target.name())?;
            told.push(write_files(args, *kind, &files, input, target)?);
            continue;
        }
        let Some(typeset) = &typeset else { continue };
        told.push(match kind {
            Emit::Pdf => pdf(args, typeset, target)?,
            Emit::Png | Emit::Svg => pages(args, *kind, typeset, input, target)?,
            _ => {
                let fonts = session.font_folders(generator);
                project(&typeset.project(&fonts, &args.standard), target)?
            }
        });
    }
    Ok(told)
}

/// Writes the files of a kind and says so.
fn write_files(
    args: &Build,
    kind: Emit,
    files: &[File],
    input: &Input,
    target: &Target,
) -> anyhow::Result<String> {
    let paths: Vec<PathBuf> = files.iter().map(|file| target.file(kind, &file.ending)).collect();
    spare_pictures(input, &paths)?;
    for (file, path) in files.iter().zip(&paths) {
        write_atomically(path, &file.bytes)?;
    }
    let draft = if args.draft { "草稿" } else { "" };
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let size = files.iter().map(|file| file.bytes.len()).sum::<usize>().div_ceil(1024);
    Ok(format!("已生成{draft} {}（{size} KB）", names.join("、")))
}

/// Refuses outputs that would take the place of the report's own pictures.
fn spare_pictures(input: &Input, paths: &[PathBuf]) -> anyhow::Result<()> {
    let folder = input.path.parent().unwrap_or(Path::new(""));
    let pictures: Vec<PathBuf> =
        input.pictures.iter().map(|picture| whole(&folder.join(&picture.target))).collect();
    match paths.iter().find(|path| pictures.contains(&whole(path))) {
        Some(path) => {
            anyhow::bail!("{} 是报告里的图片，不能覆盖；请用 -o 换一个位置", path.display())
        }
        None => Ok(()),
    }
}

fn pdf(args: &Build, typeset: &Typeset, target: &Target) -> anyhow::Result<String> {
    let bytes = typeset.pdf(&args.standard)?;
    let path = target.path(Emit::Pdf);
    write_atomically(&path, &bytes)?;
    let kind = if args.draft { "草稿" } else { "" };
    let (pages, size) = (typeset.page_count(), bytes.len().div_ceil(1024));
    Ok(format!("已生成{kind} {}（{pages} 页，{size} KB）", path.display()))
}

fn pages(
    args: &Build,
    kind: Emit,
    typeset: &Typeset,
    input: &Input,
    target: &Target,
) -> anyhow::Result<String> {
    let count = typeset.page_count();
    let paths: Vec<PathBuf> = (1..=count).map(|page| target.page(kind, page, count)).collect();
    spare_pictures(input, &paths)?;
    for (page, path) in paths.iter().enumerate() {
        let bytes = match kind {
            Emit::Png => typeset.png(page, f32::from(args.ppi) / POINTS)?,
            _ => typeset.svg(page)?.into_bytes(),
        };
        write_atomically(path, &bytes)?;
    }
    let shown = match paths.as_slice() {
        [one] => one.display().to_string(),
        [first, .., last] => format!("{} 至 {}", first.display(), last.display()),
        [] => String::new(),
    };
    Ok(format!("已生成 {shown}（{count} 个文件）"))
}

fn project(files: &[(String, Vec<u8>)], target: &Target) -> anyhow::Result<String> {
    let folder = target.path(Emit::Typ);
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| {
                anyhow::anyhow!(
                    "无法建立文件夹 {}：{}",
                    parent.display(),
                    nianbao::output::reason(&error)
                )
            })?;
        }
        write_atomically(&path, bytes)?;
    }
    Ok(format!(
        "已生成 {}（{} 个文件，用 typst 编译其中的 main.typ）",
        folder.display(),
        files.len()
    ))
}
