//! The tags of a PDF: elements in reading order with the marked content that they hold.

use std::collections::{BTreeMap, BTreeSet};

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, String as Text};

use crate::import::limits::{DEEPEST, MOST_ELEMENTS};

/// Longest chain of names in the role map.
const LONGEST_MAPPING: usize = 12;

/// An element or content.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// An element.
    Element(Element),
    /// Marked content: page from 1 and number.
    Content(usize, i32),
}

/// An element.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    /// Its standard role.
    pub(super) role: String,
    pub(super) kids: Vec<Node>,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// What it is said to show.
    pub(super) alt: Option<String>,
}

/// All tags.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: Element,
    content: BTreeSet<(usize, i32)>,
}

impl Tree {
    /// Whether an element holds marked content.
    pub(super) fn reaches(&self, page: usize, mcid: i32) -> bool {
        self.content.contains(&(page, mcid))
    }
}

struct Reader<'a> {
    pages: BTreeMap<ObjectIdentifier, usize>,
    roles: Option<Dict<'a>>,
    seen: BTreeSet<ObjectIdentifier>,
    content: BTreeSet<(usize, i32)>,
    left: usize,
}

/// Reads the tags; none where the file has none.
pub(super) fn read(pdf: &Pdf) -> Option<Tree> {
    let xref = pdf.xref();
    let catalog = xref.get::<Dict>(xref.root_id())?;
    let root = catalog.get::<Dict>("StructTreeRoot")?;
    let pages = pdf.pages().iter().enumerate();
    let pages = pages.filter_map(|(at, page)| Some((page.raw().obj_id()?, at + 1))).collect();
    let mut reader = Reader {
        pages,
        roles: root.get::<Dict>("RoleMap"),
        seen: BTreeSet::new(),
        content: BTreeSet::new(),
        left: MOST_ELEMENTS / 10,
    };
    let mut element = Element { role: "Document".to_owned(), ..Element::default() };
    reader.kids(&root, None, &mut element, 0);
    Some(Tree { root: element, content: reader.content })
}

impl<'a> Reader<'a> {
    fn kids(&mut self, of: &Dict<'a>, page: Option<usize>, element: &mut Element, depth: usize) {
        if depth > DEEPEST / 2 {
            return;
        }
        match of.get::<Object>("K") {
            Some(Object::Array(list)) => {
                for kid in list.iter::<Object>() {
                    self.kid(kid, page, element, depth);
                }
            }
            Some(kid) => self.kid(kid, page, element, depth),
            None => {}
        }
    }

    fn kid(&mut self, kid: Object<'a>, page: Option<usize>, element: &mut Element, depth: usize) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        match kid {
            Object::Number(number) => self.content(page, number.as_i64(), element),
            Object::Dict(dict) => self.dict(&dict, page, element, depth),
            _ => {}
        }
    }

    fn content(&mut self, page: Option<usize>, mcid: i64, element: &mut Element) {
        if let (Some(page), Ok(mcid)) = (page, i32::try_from(mcid)) {
            self.content.insert((page, mcid));
            element.kids.push(Node::Content(page, mcid));
        }
    }

    fn dict(&mut self, dict: &Dict<'a>, page: Option<usize>, element: &mut Element, depth: usize) {
        let own = dict.get_ref("Pg").and_then(|page| self.pages.get(&page.into()).copied());
        let page = own.or(page);
        match dict.get::<Name>("Type").map(|name| name.as_str().to_owned()).as_deref() {
            Some("MCR") => {
                let mcid = dict.get::<i32>("MCID").unwrap_or(-1);
                self.content(page, i64::from(mcid), element);
            }
            Some("OBJR") => {}
            _ => {
                // An element that is its own descendant is read once.
                if dict.obj_id().is_some_and(|id| !self.seen.insert(id)) {
                    return;
                }
                let role = dict.get::<Name>("S").map(|name| name.as_str().to_owned());
                let mut inner = Element {
                    role: self.standard(role.unwrap_or_default()),
                    columns: 1,
                    rows: 1,
                    alt: dict.get::<Text>("Alt").map(|text| decoded(text.as_bytes())),
                    ..Element::default()
                };
                attributes(dict, &mut inner);
                self.kids(dict, page, &mut inner, depth + 1);
                element.kids.push(Node::Element(inner));
            }
        }
    }

    fn standard(&self, role: String) -> String {
        let mut role = role;
        for _ in 0..LONGEST_MAPPING {
            let mapped = self.roles.as_ref().and_then(|roles| roles.get::<Name>(role.as_bytes()));
            match mapped.map(|name| name.as_str().to_owned()) {
                Some(mapped) if mapped != role => role = mapped,
                _ => break,
            }
        }
        role
    }
}

fn attributes(dict: &Dict, element: &mut Element) {
    let mut read = |list: &Dict| {
        let count = |key: &str| {
            list.get::<i32>(key).and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
        };
        element.columns = element.columns.max(count("ColSpan"));
        element.rows = element.rows.max(count("RowSpan"));
    };
    match dict.get::<Object>("A") {
        Some(Object::Dict(list)) => read(&list),
        Some(Object::Array(lists)) => {
            let lists: Array = lists;
            lists.iter::<Object>().filter_map(Object::into_dict).for_each(|list| read(&list));
        }
        _ => {}
    }
}

/// A text string: UTF-16 by its mark, else as it is.
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => encoding_rs::UTF_16BE.decode(rest).0.into_owned(),
        [0xFF, 0xFE, rest @ ..] => encoding_rs::UTF_16LE.decode(rest).0.into_owned(),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        other => String::from_utf8_lossy(other).into_owned(),
    }
}
