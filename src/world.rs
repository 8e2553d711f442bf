//! From files and fonts in memory to a document: the world typst sees.
//!
//! In: a [`Layout`] (the format's Typst files, parsed once and shared) and one report's data and pictures. Out: a
//! [`PagedDocument`], or problems. The world has no clock, no network, no disk besides the font files.
//!
//! Paths are the same for every report: typst keeps each new path for ever, and counts them in 16 bits.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ecow::EcoVec;
use typst::diag::{FileError, FileResult, SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;

use crate::fonts::Fonts;

mod layout;
mod message;

pub use self::layout::{Layout, LayoutError};

/// Where the layout finds the document model and pictures.
const DATA: &str = "data.json";
const PICTURES: &str = "pictures/";
/// The data file that goes into the PDF. Its path is also the name that readers of the PDF see.
pub(crate) const ATTACHMENT: &str = "report.toml";

/// After how many documents without use a memoized result of typst is dropped. Measured over 300 different reports
/// of six pages with plain tables: 1 holds 82 MB, 4 holds 110 MB, 10 holds 168 MB, at one speed; 0 is slower by a
/// quarter. The threads of a batch share one cache, and one must not drop what another will use again within its
/// document.
const EVICTION_AGE: usize = 4;

/// One report as typst gets it.
#[derive(Debug)]
pub struct Project {
    layout: Arc<Layout>,
    data: Bytes,
    /// Pictures, and the data file when it is attached.
    pictures: Vec<(String, FileId, Bytes)>,
}

impl Project {
    /// Puts a report's document model (JSON) beside its layout.
    pub fn new(layout: Arc<Layout>, data: Vec<u8>) -> Project {
        Project { layout, data: Bytes::new(data), pictures: Vec::new() }
    }

    /// Adds a picture under the file name by which the document model calls it, such as `0.png`; its path is
    /// then `/pictures/0.png`. Names should be numbers, so that they are the same for every report.
    ///
    /// # Errors
    /// When the name is not a plain file name.
    pub fn add_picture(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), LayoutError> {
        let path = format!("{PICTURES}{name}");
        match file_id(&path).filter(|_| !name.contains(['/', '\\'])) {
            Some(id) => {
                self.pictures.push((path, id, Bytes::new(bytes)));
                Ok(())
            }
            None => Err(LayoutError::Path(path)),
        }
    }

    /// Adds the data file for the layout to attach; the document model names its path in `attachment`.
    pub(crate) fn attach(&mut self, data: String) {
        if let Some(id) = file_id(ATTACHMENT) {
            self.pictures.push((ATTACHMENT.to_owned(), id, Bytes::from_string(data)));
        }
    }

    /// All files with their paths: those of the layout, the document model, the pictures.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let layout = self.layout.files().map(|(path, text)| (path, text.as_bytes()));
        let data = std::iter::once((DATA, self.data.as_slice()));
        let pictures =
            self.pictures.iter().map(|(path, _, bytes)| (path.as_str(), bytes.as_slice()));
        layout.chain(data).chain(pictures)
    }
}

/// Sets reports. Shared by all threads.
pub struct Typesetter {
    fonts: Fonts,
    library: LazyHash<Library>,
    is_warm: AtomicBool,
}

impl Typesetter {
    /// Takes the fonts that all reports are set with.
    pub fn new(fonts: Fonts) -> Typesetter {
        let features = [Feature::A11yExtras].into_iter().collect();
        let library = Library::builder().with_features(features).build();
        Typesetter { fonts, library: LazyHash::new(library), is_warm: AtomicBool::new(false) }
    }

    /// The fonts in use.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Sets a report. Whatever typst has kept in its caches for other reports long ago is dropped afterwards.
    ///
    /// # Errors
    /// When the layout fails, and also when typst only warns: a font that is not there or a layout that does not
    /// settle would show on the page.
    pub fn typeset(&self, project: &Project) -> Result<PagedDocument, TypesetError> {
        let main = project.layout.files[0].id;
        let world = ReportWorld { typesetter: self, project, main, data: data_id() };
        let result = std::thread::scope(|scope| {
            if !self.is_warm.swap(true, Ordering::Relaxed) {
                // Without a second thread it only takes longer.
                let _ = std::thread::Builder::new().spawn_scoped(scope, || self.fonts.warm());
            }
            // A fault inside typst must not take other reports of a batch with it.
            catch_unwind(AssertUnwindSafe(|| typst::compile::<PagedDocument>(&world)))
        });
        comemo::evict(EVICTION_AGE);
        let Ok(Warned { output, warnings }) = result else {
            return Err(TypesetError::plain("排版引擎内部出错，请把数据文件发给开发者"));
        };
        if let Some(trouble) = self.fonts.trouble() {
            return Err(TypesetError::plain(trouble.to_string()));
        }
        match output {
            Err(errors) => Err(TypesetError::new(&world, &errors)),
            Ok(_) if !warnings.is_empty() => Err(TypesetError::new(&world, &warnings)),
            Ok(document) => Ok(document),
        }
    }
}

/// A thread to set reports on, one at a time: typst spreads its work over the pool it runs in, so a batch gives
/// each of its threads a pool of one instead of sharing the global one.
#[derive(Debug)]
pub struct Worker(rayon::ThreadPool);

/// Deeply nested layouts need more than the usual two megabytes.
const STACK_SIZE: usize = 16 << 20;

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no more threads.
    pub fn new() -> std::io::Result<Worker> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .stack_size(STACK_SIZE)
            .build()
            .map(Worker)
            .map_err(std::io::Error::other)
    }

    /// Runs a job on the thread and waits for it.
    pub fn run<T: Send>(&self, job: impl FnOnce() -> T + Send) -> T {
        self.0.install(job)
    }
}

/// Why a report could not be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypesetError {
    /// What typst found, at least one.
    pub problems: Vec<Problem>,
}

/// One thing typst found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, where one is known, such as `parts/table.typ`.
    pub file: Option<String>,
    /// Line and column in it, from 1.
    pub position: Option<(usize, usize)>,
    /// What is wrong, in Chinese; words of typst's that have no translation are quoted.
    pub message: String,
    /// What typst advises.
    pub hints: Vec<String>,
}

impl TypesetError {
    fn new(world: &ReportWorld, diagnostics: &EcoVec<SourceDiagnostic>) -> Self {
        Self { problems: diagnostics.iter().map(|found| problem(world, found)).collect() }
    }

    fn plain(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { problems: vec![Problem { file: None, position: None, message, hints: Vec::new() }] }
    }
}

impl fmt::Display for TypesetError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "排版失败")?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for TypesetError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
            if let Some((line, column)) = self.position {
                write!(f, ":{line}:{column}")?;
            }
            write!(f, "：")?;
        }
        write!(f, "{}", self.message)?;
        for hint in &self.hints {
            write!(f, "（{hint}）")?;
        }
        Ok(())
    }
}

fn problem(world: &ReportWorld, found: &SourceDiagnostic) -> Problem {
    // An error inside typst's own functions has no place; the call that led there has.
    let trace = found.trace.iter().map(|point| point.span.into());
    let span = std::iter::once(found.span).chain(trace).find(|span| span.id().is_some());
    let id = span.and_then(|span| span.id());
    let position = span.and_then(|span| {
        let source = world.source(span.id()?).ok()?;
        let (line, column) = source.lines().byte_to_line_column(world.range(span)?.start)?;
        Some((line + 1, column + 1))
    });
    Problem {
        file: id.map(|id| id.get().vpath().get_without_slash().to_owned()),
        position,
        message: message::translate(&found.message),
        hints: found.hints.iter().map(|hint| hint.v.to_string()).collect(),
    }
}

struct ReportWorld<'a> {
    typesetter: &'a Typesetter,
    project: &'a Project,
    main: FileId,
    data: FileId,
}

impl ReportWorld<'_> {
    fn not_found(id: FileId) -> FileError {
        match id.get().root() {
            VirtualRoot::Project => {
                FileError::NotFound(id.get().vpath().get_without_slash().into())
            }
            VirtualRoot::Package(_) => FileError::Other(Some("packages are not available".into())),
        }
    }
}

impl World for ReportWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.typesetter.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.typesetter.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = self.project.layout.files.iter().find(|file| file.id == id);
        found.map(|file| file.source.clone()).ok_or_else(|| Self::not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data {
            return Ok(self.project.data.clone());
        }
        if let Some((_, _, bytes)) = self.project.pictures.iter().find(|(_, own, _)| *own == id) {
            return Ok(bytes.clone());
        }
        self.source(id).map(Bytes::from_string)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.typesetter.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn data_id() -> FileId {
    file_id(DATA).expect("the path of the data file is a valid one")
}

fn file_id(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok().filter(|path| !path.is_root())?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

#[cfg(test)]
mod tests;
