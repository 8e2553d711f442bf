//! A PDF as a reader sees it: pages with positioned text, fonts, bookmarks, metadata.
//!
//! In: the bytes of a PDF, from this program or any other. Out: [`Pdf`], plain values in millimetres and points.
//! Nothing here knows about reports. Files that are broken, protected or unreasonable are refused with a reason
//! ([`Unreadable`]); no input makes it panic.

mod content;
mod geometry;
pub(crate) mod objects;
mod outline;
mod page;
mod paint;
pub mod structure;
mod typeface;
mod xmp;

use std::collections::HashMap;

use lopdf::{Dictionary, ObjectId};

pub use geometry::{Bounds, MM_PER_POINT};
pub use objects::Unreadable;
pub use outline::Bookmark;
pub use page::{Area, Artifact, Glyph, Image, Line, Page, Run};
pub use paint::{ColorSpace, Paint};
pub use typeface::Typeface;
pub use xmp::Xmp;

pub(crate) use content::DEEPEST_STATE;
use content::{Budget, Interpreter, Typefaces};
use geometry::Matrix;
use objects::{Objects, number};

use crate::limits;

use super::foreign::{self, Intruder};
use structure::Tree;

/// How far up the page tree an inherited entry is looked for.
const HIGHEST_PARENT: usize = 64;
/// A page of A4, for files that do not say.
const A4: [f64; 4] = [0.0, 0.0, 595.276, 841.89];

/// A PDF that has been read.
#[derive(Debug, Clone)]
pub struct Pdf {
    /// The version in its header, such as `1.7`.
    pub version: String,
    /// Its pages in order.
    pub pages: Vec<Page>,
    /// Its fonts in the order of their first use.
    pub typefaces: Vec<Typeface>,
    /// Its structure, when it is tagged.
    pub tree: Option<Tree>,
    /// Its bookmarks in order.
    pub bookmarks: Vec<Bookmark>,
    /// The language of the whole document, such as `zh-CN`.
    pub language: Option<String>,
    /// Whether it says that it is tagged.
    pub marked: bool,
    /// Whether viewers show its title rather than the name of the file.
    pub shows_title: bool,
    /// Title in the document information.
    pub title: Option<String>,
    /// Author in the document information.
    pub author: Option<String>,
    /// Keywords in the document information.
    pub keywords: Option<String>,
    /// Program that made it.
    pub creator: Option<String>,
    /// Date of creation as written, such as `D:20240131000000Z`.
    pub created: Option<String>,
    /// What its metadata declare.
    pub xmp: Option<Xmp>,
    /// What this program never writes.
    pub intruders: Vec<Intruder>,
    runs_of: HashMap<(usize, u32), Vec<usize>>,
}

impl Pdf {
    /// Reads a file.
    ///
    /// # Errors
    /// Whatever is not a whole, readable, unprotected PDF with at least one page.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let objects = Objects::read(bytes)?;
        let catalog = objects.catalog()?;
        let ids = objects.pages();
        if ids.is_empty() {
            return Err(Unreadable::NoPages);
        }
        if ids.len() > limits::PAGES {
            return Err(Unreadable::Exhausting);
        }
        let (pages, typefaces) = read_pages(&objects, catalog, &ids)?;
        let information = objects.information();
        let text = |key: &[u8]| information.and_then(|all| objects.text(all, key));
        let preferences = objects.dictionary(catalog, b"ViewerPreferences");
        let is_true = |of: Option<&Dictionary>, key: &[u8]| {
            of.and_then(|of| objects.entry(of, key)).and_then(|flag| flag.as_bool().ok())
                == Some(true)
        };
        Ok(Self {
            version: objects.version().to_owned(),
            tree: Tree::read(&objects, catalog, &ids),
            bookmarks: outline::read(&objects, catalog, &ids),
            language: objects.text(catalog, b"Lang"),
            marked: is_true(objects.dictionary(catalog, b"MarkInfo"), b"Marked"),
            shows_title: is_true(preferences, b"DisplayDocTitle"),
            title: text(b"Title"),
            author: text(b"Author"),
            keywords: text(b"Keywords"),
            creator: text(b"Creator"),
            created: text(b"CreationDate"),
            intruders: foreign::intruders(&objects, bytes),
            xmp: catalog.get(b"Metadata").ok().and_then(|all| Xmp::read(&objects, all)),
            runs_of: index(&pages),
            pages,
            typefaces,
        })
    }

    /// The runs of a piece of marked content, in painting order.
    pub fn runs(&self, page: usize, mcid: u32) -> impl Iterator<Item = &Run> {
        let runs = self.runs_of.get(&(page, mcid)).map(Vec::as_slice).unwrap_or_default();
        runs.iter().map(move |&at| &self.pages[page].runs[at])
    }

    /// The font of a run.
    pub fn typeface(&self, run: &Run) -> &Typeface {
        &self.typefaces[run.typeface]
    }
}

fn index(pages: &[Page]) -> HashMap<(usize, u32), Vec<usize>> {
    let mut runs_of: HashMap<_, Vec<usize>> = HashMap::new();
    for (page, content) in pages.iter().enumerate() {
        for (at, run) in content.runs.iter().enumerate() {
            if let Some(mcid) = run.mcid {
                runs_of.entry((page, mcid)).or_default().push(at);
            }
        }
    }
    runs_of
}

fn read_pages(
    objects: &Objects,
    catalog: &Dictionary,
    ids: &[ObjectId],
) -> Result<(Vec<Page>, Vec<Typeface>), Unreadable> {
    let mut typefaces = Typefaces::default();
    let mut budget = Budget::default();
    let labels = outline::page_labels(objects, catalog);
    let mut pages = Vec::with_capacity(ids.len());
    for (at, id) in ids.iter().enumerate() {
        let number = at + 1;
        let damaged = || Unreadable::Damaged(format!("第 {number} 页读不出来"));
        let dictionary = objects.object(*id).as_dict().map_err(|_| damaged())?;
        let [left, bottom, right, top] = media_box(objects, dictionary);
        let page = Page {
            width: (right - left).abs() * MM_PER_POINT,
            height: (top - bottom).abs() * MM_PER_POINT,
            label: labels.get(&at).cloned(),
            annotations: annotations(objects, dictionary),
            ..Page::blank(number)
        };
        let scale = MM_PER_POINT;
        let (x, y) = (left.min(right), bottom.max(top));
        let matrix = Matrix([scale, 0.0, 0.0, -scale, -x * scale, y * scale]);
        let content = page_content(objects, dictionary, number)?;
        let resources =
            inherited(objects, dictionary, b"Resources").and_then(objects::as_dictionary);
        let interpreter = Interpreter::new(objects, &mut typefaces, &mut budget, page, matrix);
        pages.push(interpreter.run(&content, resources)?);
    }
    Ok((pages, typefaces.all))
}

fn annotations(objects: &Objects, page: &Dictionary) -> usize {
    let all = objects.list(page, b"Annots").iter();
    let all = all.filter_map(|annotation| objects::as_dictionary(objects.resolve(annotation)));
    all.filter(|annotation| objects.name(annotation, b"Subtype").as_deref() != Some("Link")).count()
}

fn page_content(
    objects: &Objects,
    page: &Dictionary,
    number: usize,
) -> Result<Vec<u8>, Unreadable> {
    let what = format!("第 {number} 页的内容");
    match objects.entry(page, b"Contents") {
        None => Ok(Vec::new()),
        Some(lopdf::Object::Array(parts)) => {
            let mut content = Vec::new();
            for part in parts {
                content.extend(objects.stream(part, &what)?);
                content.push(b'\n');
            }
            Ok(content)
        }
        Some(stream) => objects.stream(stream, &what),
    }
}

fn media_box(objects: &Objects, page: &Dictionary) -> [f64; 4] {
    let Some(lopdf::Object::Array(parts)) = inherited(objects, page, b"MediaBox") else {
        return A4;
    };
    let numbers: Vec<f64> = parts.iter().filter_map(|part| number(objects.resolve(part))).collect();
    numbers.try_into().unwrap_or(A4)
}

/// The entry of a page or of the nearest node above it that has it.
fn inherited<'a>(
    objects: &'a Objects,
    page: &'a Dictionary,
    key: &[u8],
) -> Option<&'a lopdf::Object> {
    let mut node = page;
    for _ in 0..HIGHEST_PARENT {
        if let Some(found) = objects.entry(node, key) {
            return Some(found);
        }
        node = objects.dictionary(node, b"Parent")?;
    }
    None
}
