//! Where `build` writes: planned for all inputs before anything is written, so that no output destroys an input,
//! a picture or another output.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;

use clap::ValueEnum;
use nianbao::export::Kind;

use crate::args::{Build, Emit};

/// The files of one report: a folder and a name without extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    folder: PathBuf,
    stem: OsString,
    /// The file that was named, for the one kind it is of.
    named: Option<(Emit, PathBuf)>,
}

impl Target {
    /// The file of a kind that has one for each report, or the folder of the typst project.
    pub(crate) fn path(&self, kind: Emit) -> PathBuf {
        match &self.named {
            Some((known, path)) if *known == kind => path.clone(),
            _ => self.with(extension(kind)),
        }
    }

    /// The picture of a page, counted from 1, with as many digits as the last page has.
    pub(crate) fn page(&self, kind: Emit, page: usize, pages: usize) -> PathBuf {
        if pages == 1 {
            return self.path(kind);
        }
        let digits = pages.to_string().len();
        self.with(&format!("-{page:0digits$}{}", extension(kind)))
    }

    /// The path of a file with a given ending behind the report's name; `kind` is what it belongs to.
    pub(crate) fn file(&self, kind: Emit, ending: &str) -> PathBuf {
        if ending == extension(kind) { self.path(kind) } else { self.with(ending) }
    }

    /// The report's name without extension.
    pub(crate) fn name(&self) -> String {
        self.stem.to_string_lossy().into_owned()
    }

    fn with(&self, ending: &str) -> PathBuf {
        let mut name = self.stem.clone();
        name.push(ending);
        self.folder.join(name)
    }

    /// Makes the folder.
    pub(crate) fn prepare(&self) -> anyhow::Result<()> {
        if self.folder.as_os_str().is_empty() || self.folder.is_dir() {
            nianbao::output::sweep(&self.folder);
            return Ok(());
        }
        fs::create_dir_all(&self.folder).map_err(|error| {
            let reason = nianbao::output::reason(&error);
            anyhow::anyhow!("无法建立文件夹 {}：{reason}", self.folder.display())
        })
    }
}

fn extension(kind: Emit) -> &'static str {
    match kind {
        Emit::Png => ".png",
        Emit::Svg => ".svg",
        Emit::Typ => ".typ",
        _ => kind.edition().map_or(".pdf", Kind::extension),
    }
}

/// Plans the outputs of all inputs.
///
/// # Errors
/// When one would take the place of an input or of another output, or OUT cannot be what was named.
pub(crate) fn plan(args: &Build) -> anyhow::Result<Vec<Target>> {
    let targets = match &args.output {
        None => args.files.iter().map(|file| beside(file, parent(file))).collect(),
        Some(out) => placed(args, out)?,
    };
    for (file, target) in args.files.iter().zip(&targets) {
        refuse_inputs(args, file, target)?;
    }
    refuse_collisions(args, &targets)?;
    Ok(targets)
}

fn parent(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}

fn beside(file: &Path, folder: PathBuf) -> Target {
    Target { folder, stem: file.file_stem().unwrap_or_default().to_owned(), named: None }
}

/// OUT is a file when it ends like one of the kinds; the typst project of an OUT that ends in `.typ` is there.
fn placed(args: &Build, out: &Path) -> anyhow::Result<Vec<Target>> {
    let shown = out.display();
    let kind = named_kind(args, out);
    let Some(kind) = kind.filter(|_| !out.is_dir() || args.files.len() == 1) else {
        if out.exists() && !out.is_dir() {
            bail!("{shown} 已经是一个文件，不能当作输出文件夹");
        }
        refuse_lookalike(out)?;
        return Ok(args.files.iter().map(|file| beside(file, out.to_owned())).collect());
    };
    if args.files.len() > 1 {
        bail!("有 {} 个数据文件，不能都写到 {shown}；请用 -o 给出文件夹", args.files.len());
    }
    if !args.emit.contains(&kind) {
        let name = kind.name();
        bail!("{shown} 是 {name} 文件，而 --emit 没有 {name}；请改文件名或加 --emit {name}");
    }
    if kind != Emit::Typ && out.is_dir() {
        bail!("{shown} 是文件夹，不能写成文件；请换一个名字");
    }
    let mut stem = out.file_stem().unwrap_or_default().to_owned();
    if kind == Emit::HtmlFragment
        && let Some(whole) = stem.to_string_lossy().strip_suffix(".fragment")
    {
        stem = whole.into();
    }
    Ok(vec![Target { folder: parent(out), stem, named: Some((kind, out.to_owned())) }])
}

/// Refuses an OUT that means a file: a folder called 报告.pfd or `-` is never what was wanted. A folder that is there, or
/// one with a `/` behind its name, is one whatever it is called.
fn refuse_lookalike(out: &Path) -> anyhow::Result<()> {
    const LONGEST: usize = 5;
    let shown = out.display();
    if out.is_dir() || out.as_os_str().to_string_lossy().ends_with(['/', '\\']) {
        return Ok(());
    }
    if out == Path::new("-") {
        bail!("不能写到标准输出；请用 -o 给出文件名（如 报告.pdf）或文件夹");
    }
    let letters = out.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let is_ending = (1..=LONGEST).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && letters.bytes().any(|byte| byte.is_ascii_alphabetic());
    if is_ending {
        bail!(
            "-o {shown}：不能生成 .{letters} 文件；文件名的扩展名要与 --emit 相符（默认 .pdf），文件夹请在末尾加 /"
        );
    }
    Ok(())
}

/// The kind of file that a name is of. What ends in `.html` is a page, unless only a fragment is wanted.
fn named_kind(args: &Build, out: &Path) -> Option<Emit> {
    let name = out.file_name()?.to_string_lossy().to_lowercase();
    let endings =
        Emit::value_variants().iter().copied().filter(|kind| name.ends_with(extension(*kind)));
    let kind = endings.max_by_key(|kind| extension(*kind).len())?;
    let is_fragment = kind == Emit::Html
        && !args.emit.contains(&Emit::Html)
        && args.emit.contains(&Emit::HtmlFragment);
    Some(if is_fragment { Emit::HtmlFragment } else { kind })
}

fn refuse_inputs(args: &Build, file: &Path, target: &Target) -> anyhow::Result<()> {
    let taken: Vec<PathBuf> = args.files.iter().map(|file| whole(file)).collect();
    for kind in &args.emit {
        let path = target.path(*kind);
        if taken.contains(&whole(&path)) {
            bail!(
                "{} 的输出 {} 就是数据文件本身，会把它覆盖；请用 -o 换一个位置",
                file.display(),
                path.display()
            );
        }
    }
    Ok(())
}

fn refuse_collisions(args: &Build, targets: &[Target]) -> anyhow::Result<()> {
    let mut taken: HashMap<PathBuf, &Path> = HashMap::new();
    for (file, target) in args.files.iter().zip(targets) {
        for kind in &args.emit {
            let path = target.path(*kind);
            if let Some(other) = taken.insert(whole(&path), file) {
                if whole(other) == whole(file) {
                    bail!("{} 给了两次", file.display());
                }
                bail!(
                    "{} 和 {} 都要写到 {}；请改名或分开生成",
                    other.display(),
                    file.display(),
                    path.display()
                );
            }
        }
    }
    Ok(())
}

/// A path in a form that can be compared, whether or not it is there.
pub(crate) fn whole(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}
