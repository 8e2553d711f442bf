//! The structure of a tagged PDF: which text is a heading, a paragraph, a cell.
//!
//! In: the structure tree of the file. Out: elements in reading order, each with its role, its attributes and
//! the marked content it holds; with the pages, their text and place.

use std::collections::{HashMap, HashSet};

use lopdf::{Dictionary, Object, ObjectId};

use crate::limits;

use super::objects::{Objects, as_dictionary};
use super::{Bounds, Pdf, Run};

/// How deep elements may nest. A cell's paragraph in a report is some ten deep.
const DEEPEST_ELEMENT: usize = 128;
/// How many steps a role may be mapped from role to role.
const LONGEST_MAPPING: usize = 8;

/// All elements of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// The elements in reading order; the first is the root, which stands for the tree itself.
    pub elements: Vec<Element>,
}

/// One element.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Element {
    /// Its own role, such as `Title`.
    pub role: String,
    /// The standard role that stands for it, such as `P`.
    pub standard_role: String,
    /// The element that holds it; the root holds itself.
    pub parent: usize,
    /// What it holds, in reading order.
    pub kids: Vec<Kid>,
    /// Text that says what a picture shows.
    pub alternative: Option<String>,
    /// Text that stands for its content.
    pub replacement: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its language, where it differs from the document's.
    pub language: Option<String>,
    /// Its name, which cells use to name their heads.
    pub id: Option<Vec<u8>>,
    /// The place in a table.
    pub cell: CellAttributes,
    /// What a table is about.
    pub summary: Option<String>,
}

/// Attributes of a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellAttributes {
    /// Number of columns; 0 when it does not say, which means one.
    pub columns: usize,
    /// Number of rows; 0 when it does not say, which means one.
    pub rows: usize,
    /// For which direction it is a head: `Row`, `Column`, `Both`.
    pub scope: Option<String>,
    /// Names of the head cells that are said to belong to it.
    pub heads: Vec<Vec<u8>>,
}

/// What an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kid {
    /// Another element, by its number.
    Element(usize),
    /// Marked content: page (from 0) and number.
    Content(usize, u32),
    /// An annotation or another object outside the content.
    Object,
}

impl Tree {
    /// Reads the tree; none when the file has none.
    pub(super) fn read(
        objects: &Objects,
        catalog: &Dictionary,
        pages: &[ObjectId],
    ) -> Option<Self> {
        let root = objects.dictionary(catalog, b"StructTreeRoot")?;
        let mut reader = Reader {
            objects,
            pages: pages.iter().enumerate().map(|(at, &id)| (id, at)).collect(),
            roles: objects.dictionary(root, b"RoleMap"),
            seen: HashSet::new(),
            elements: vec![Element::default()],
            waiting: Vec::new(),
        };
        reader.children(root, 0, None, 0);
        while let Some(task) = reader.waiting.pop() {
            reader.element(task);
        }
        Some(Self { elements: reader.elements })
    }

    /// Elements with a role, in reading order.
    pub fn with_role<'a>(&'a self, role: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.reading_order().into_iter().filter(move |&at| self.elements[at].role == role)
    }

    /// Numbers of all elements but the root, in reading order.
    pub fn reading_order(&self) -> Vec<usize> {
        self.below(0)
    }

    /// Numbers of the elements within another, in reading order.
    pub fn below(&self, element: usize) -> Vec<usize> {
        let mut order = Vec::new();
        let mut waiting = self.element_kids(element);
        waiting.reverse();
        while let Some(at) = waiting.pop() {
            order.push(at);
            waiting.extend(self.element_kids(at).into_iter().rev());
        }
        order
    }

    /// Numbers of the elements directly within another.
    pub fn element_kids(&self, element: usize) -> Vec<usize> {
        let kids = self.elements[element].kids.iter();
        kids.filter_map(|kid| if let Kid::Element(at) = kid { Some(*at) } else { None }).collect()
    }

    /// The marked content of an element and of all within it, in reading order.
    pub fn content(&self, element: usize) -> Vec<(usize, u32)> {
        let mut content = Vec::new();
        let mut waiting = vec![Kid::Element(element)];
        while let Some(kid) = waiting.pop() {
            match kid {
                Kid::Element(at) => waiting.extend(self.elements[at].kids.iter().rev()),
                Kid::Content(page, mcid) => content.push((page, mcid)),
                Kid::Object => {}
            }
        }
        content
    }

    /// The runs of an element and of all within it, in reading order, each with its page (from 0).
    pub fn runs<'a>(&self, element: usize, pdf: &'a Pdf) -> Vec<(usize, &'a Run)> {
        let content = self.content(element).into_iter();
        content.flat_map(|(page, mcid)| pdf.runs(page, mcid).map(move |run| (page, run))).collect()
    }

    /// The text of an element.
    pub fn text(&self, element: usize, pdf: &Pdf) -> String {
        self.runs(element, pdf).into_iter().map(|(_, run)| run.text.as_str()).collect()
    }

    /// The first page of an element (from 0) and the box around its text there.
    pub fn place(&self, element: usize, pdf: &Pdf) -> Option<(usize, Bounds)> {
        let runs = self.runs(element, pdf);
        let page = runs.first()?.0;
        let bounds = runs.iter().filter(|(at, _)| *at == page).map(|(_, run)| run.bounds());
        Some((page, bounds.reduce(Bounds::union)?))
    }
}

/// An element that waits to be read: its object, its parent, its place among the parent's kids, its page, its depth.
struct Task<'a> {
    object: &'a Object,
    parent: usize,
    slot: usize,
    page: Option<usize>,
    depth: usize,
}

struct Reader<'a> {
    objects: &'a Objects,
    pages: HashMap<ObjectId, usize>,
    roles: Option<&'a Dictionary>,
    seen: HashSet<ObjectId>,
    elements: Vec<Element>,
    waiting: Vec<Task<'a>>,
}

impl<'a> Reader<'a> {
    fn element(&mut self, task: Task<'a>) {
        let is_new = task.object.as_reference().map_or(true, |id| self.seen.insert(id));
        let dictionary = as_dictionary(self.objects.resolve(task.object));
        let Some(dictionary) =
            dictionary.filter(|_| is_new && self.elements.len() < limits::ELEMENTS)
        else {
            return;
        };
        let objects = self.objects;
        let role = objects.name(dictionary, b"S").unwrap_or_default();
        let number = self.elements.len();
        self.elements.push(Element {
            standard_role: self.standard_role(&role),
            role,
            parent: task.parent,
            kids: Vec::new(),
            alternative: objects.text(dictionary, b"Alt"),
            replacement: objects.text(dictionary, b"ActualText"),
            title: objects.text(dictionary, b"T"),
            language: objects.text(dictionary, b"Lang"),
            id: objects
                .entry(dictionary, b"ID")
                .and_then(|id| id.as_str().ok())
                .map(<[u8]>::to_vec),
            cell: CellAttributes::default(),
            summary: None,
        });
        self.attributes(dictionary, number);
        self.elements[task.parent].kids[task.slot] = Kid::Element(number);
        let page = self.page(dictionary).or(task.page);
        self.children(dictionary, number, page, task.depth + 1);
    }

    fn page(&self, dictionary: &Dictionary) -> Option<usize> {
        let id = dictionary.get(b"Pg").ok()?.as_reference().ok()?;
        self.pages.get(&id).copied()
    }

    /// Notes the kids of an element; those that are elements wait for their turn.
    fn children(
        &mut self,
        dictionary: &'a Dictionary,
        number: usize,
        page: Option<usize>,
        depth: usize,
    ) {
        let objects = self.objects;
        let kids = match dictionary.get(b"K") {
            Ok(kids) => match objects.resolve(kids) {
                Object::Array(list) => list.as_slice(),
                _ => std::slice::from_ref(kids),
            },
            Err(_) => &[],
        };
        let first_task = self.waiting.len();
        for kid in kids {
            let kid = self.kid(kid, number, page, depth);
            self.elements[number].kids.push(kid);
        }
        // The last of a stack is taken first.
        self.waiting[first_task..].reverse();
    }

    fn kid(&mut self, kid: &'a Object, parent: usize, page: Option<usize>, depth: usize) -> Kid {
        let objects = self.objects;
        let resolved = objects.resolve(kid);
        if let Ok(mcid) = resolved.as_i64() {
            return content(page, mcid);
        }
        let Some(dictionary) = as_dictionary(resolved) else { return Kid::Object };
        match objects.name(dictionary, b"Type").as_deref() {
            Some("MCR") => {
                let mcid = objects.integer(dictionary, b"MCID").unwrap_or(-1);
                content(self.page(dictionary).or(page), mcid)
            }
            Some("OBJR") => Kid::Object,
            _ if depth >= DEEPEST_ELEMENT => Kid::Object,
            _ => {
                let slot = self.elements[parent].kids.len();
                self.waiting.push(Task { object: kid, parent, slot, page, depth });
                Kid::Object
            }
        }
    }

    fn attributes(&mut self, dictionary: &Dictionary, number: usize) {
        let objects = self.objects;
        let lists = match objects.entry(dictionary, b"A") {
            Some(Object::Array(lists)) => lists.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => return,
        };
        let element = &mut self.elements[number];
        for list in lists.iter().filter_map(|list| as_dictionary(objects.resolve(list))) {
            let count = |key: &[u8]| {
                objects
                    .integer(list, key)
                    .and_then(|count| usize::try_from(count).ok())
                    .unwrap_or(0)
            };
            element.cell.columns = element.cell.columns.max(count(b"ColSpan"));
            element.cell.rows = element.cell.rows.max(count(b"RowSpan"));
            element.cell.scope = element.cell.scope.take().or_else(|| objects.name(list, b"Scope"));
            let heads = objects
                .list(list, b"Headers")
                .iter()
                .filter_map(|head| Some(objects.resolve(head).as_str().ok()?.to_vec()));
            element.cell.heads.extend(heads);
            element.summary = element.summary.take().or_else(|| objects.text(list, b"Summary"));
        }
    }

    fn standard_role(&self, role: &str) -> String {
        let mut role = role.to_owned();
        for _ in 0..LONGEST_MAPPING {
            let mapped = self.roles.and_then(|roles| self.objects.name(roles, role.as_bytes()));
            match mapped {
                Some(mapped) if mapped != role => role = mapped,
                _ => break,
            }
        }
        role
    }
}

fn content(page: Option<usize>, mcid: i64) -> Kid {
    match page.zip(u32::try_from(mcid).ok()) {
        Some((page, mcid)) => Kid::Content(page, mcid),
        None => Kid::Object,
    }
}
