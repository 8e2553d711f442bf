//! A format's Typst files, parsed once and shared by all its reports.

use std::collections::BTreeMap;
use std::fmt;

use typst::syntax::{FileId, Source};

use super::{ATTACHMENT, DATA, PICTURES, file_id};
use crate::format::Format;
use crate::template::{TemplateError, render_typst};

/// The only file of a format with template syntax, and what it becomes.
const TEMPLATE: &str = "main.typ.j2";
const MAIN: &str = "main.typ";

/// A format's Typst files.
#[derive(Debug)]
pub struct Layout {
    pub(super) files: Vec<LayoutFile>,
}

#[derive(Debug)]
pub(super) struct LayoutFile {
    pub(super) path: String,
    pub(super) id: FileId,
    pub(super) source: Source,
}

impl Layout {
    /// Parses the files, named by paths such as `layout.typ` or `parts/table.typ`; the first is the entry.
    ///
    /// # Errors
    /// When there is no file, or a path leaves its folder, is taken by the report's own files, or occurs twice.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Result<Layout, LayoutError> {
        let mut layout = Layout { files: Vec::new() };
        for (path, text) in files {
            layout.add(path, text)?;
        }
        if layout.files.is_empty() { Err(LayoutError::NoEntry) } else { Ok(layout) }
    }

    /// Makes a format's files: `main.typ` from its template, which knows the manifest's page settings, and the
    /// others as they are.
    ///
    /// # Errors
    /// When the template is missing or cannot be rendered, or a file has a path it cannot have.
    pub fn of(format: &Format) -> Result<Layout, LayoutError> {
        let template = format.files.get(TEMPLATE).ok_or_else(|| {
            LayoutError::NoTemplate(format.id().to_owned(), format.origin.clone())
        })?;
        let context = BTreeMap::from([("page", &format.manifest.page)]);
        let main = render_typst(&format!("{}/{TEMPLATE}", format.id()), template, context)
            .map_err(LayoutError::Template)?;
        let others = format.files.iter().filter(|(path, _)| path.ends_with(".typ"));
        let others = others.map(|(path, text)| (path.clone(), text.clone()));
        Layout::new([(MAIN.to_owned(), main)].into_iter().chain(others))
    }

    fn add(&mut self, path: String, text: String) -> Result<(), LayoutError> {
        let id = file_id(&path)
            .filter(|_| path != DATA && path != ATTACHMENT && !path.starts_with(PICTURES));
        let Some(id) = id.filter(|id| self.files.iter().all(|file| file.id != *id)) else {
            return Err(LayoutError::Path(path));
        };
        self.files.push(LayoutFile { path, id, source: Source::new(id, text) });
        Ok(())
    }

    /// The files with their paths; the entry comes first.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|file| (file.path.as_str(), file.source.text()))
    }
}

/// Why Typst files cannot be a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutError {
    /// A path that a file cannot have.
    Path(String),
    /// There is no file to start from.
    NoEntry,
    /// The format, read from the place named second, has no template.
    NoTemplate(String, String),
    /// The template cannot be rendered.
    Template(TemplateError),
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            LayoutError::Path(path) => {
                write!(f, "版式文件不能用这个路径：{path}；请改名，路径要在版式文件夹之内、不重复")
            }
            LayoutError::NoEntry => write!(f, "版式没有入口文件 {MAIN}"),
            LayoutError::NoTemplate(format, origin) => {
                write!(f, "格式 {format} 缺少 {TEMPLATE}（{origin}）")
            }
            LayoutError::Template(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LayoutError {}
