//! Bookmarks and page labels.

use std::collections::{BTreeMap, HashSet};

use lopdf::{Dictionary, Object, ObjectId};

use super::geometry::MM_PER_POINT;
use super::objects::{Objects, number};

/// Most bookmarks that are read.
const MOST_BOOKMARKS: usize = 100_000;
/// How deep the tree of page labels may be.
const DEEPEST_LABELS: usize = 16;

/// One bookmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Bookmark {
    /// The text that viewers show.
    pub title: String,
    /// How deep it is nested; the outermost are at 1.
    pub level: usize,
    /// The page it leads to, from 1.
    pub page: Option<usize>,
    /// Distance from the lower edge of that page in millimetres, when it says.
    pub above: Option<f64>,
}

/// Reads the bookmarks in the order in which viewers list them.
pub(super) fn read(objects: &Objects, catalog: &Dictionary, pages: &[ObjectId]) -> Vec<Bookmark> {
    let Some(outlines) = objects.dictionary(catalog, b"Outlines") else { return Vec::new() };
    let mut bookmarks = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting = vec![(outlines.get(b"First").ok(), 1)];
    while let Some((Some(item), level)) = waiting.pop() {
        let is_new = item.as_reference().is_ok_and(|id| seen.insert(id));
        let Ok(dictionary) = objects.resolve(item).as_dict() else { continue };
        if !is_new || bookmarks.len() >= MOST_BOOKMARKS {
            continue;
        }
        let (page, above) = destination(objects, dictionary, pages);
        let title = objects.text(dictionary, b"Title").unwrap_or_default();
        bookmarks.push(Bookmark { title, level, page, above });
        let next = |key: &[u8], level| dictionary.get(key).ok().map(|item| (Some(item), level));
        waiting.extend(next(b"Next", level));
        waiting.extend(next(b"First", level + 1));
    }
    bookmarks
}

fn destination(
    objects: &Objects,
    bookmark: &Dictionary,
    pages: &[ObjectId],
) -> (Option<usize>, Option<f64>) {
    let action = objects.dictionary(bookmark, b"A");
    let destination = objects
        .entry(bookmark, b"Dest")
        .or_else(|| action.and_then(|action| objects.entry(action, b"D")));
    let Some(Object::Array(parts)) = destination else { return (None, None) };
    let page = parts.first().and_then(|page| page.as_reference().ok());
    let page = page.and_then(|id| pages.iter().position(|&page| page == id)).map(|at| at + 1);
    let above = parts.get(3).and_then(|y| number(objects.resolve(y))).map(|y| y * MM_PER_POINT);
    (page, above)
}

/// Reads labels that are given page by page; a range that numbers itself is counted on.
pub(super) fn page_labels(objects: &Objects, catalog: &Dictionary) -> BTreeMap<usize, String> {
    let mut labels = BTreeMap::new();
    if let Some(root) = objects.dictionary(catalog, b"PageLabels") {
        collect_labels(objects, root, &mut labels, 0);
    }
    labels
}

fn collect_labels(
    objects: &Objects,
    node: &Dictionary,
    labels: &mut BTreeMap<usize, String>,
    depth: usize,
) {
    if depth > DEEPEST_LABELS {
        return;
    }
    for pair in objects.list(node, b"Nums").chunks(2) {
        let [at, label] = pair else { continue };
        let at = objects.resolve(at).as_i64().ok().and_then(|at| usize::try_from(at).ok());
        let Some((at, label)) = at.zip(objects.resolve(label).as_dict().ok()) else { continue };
        let prefix = objects.text(label, b"P").unwrap_or_default();
        let counted = objects.name(label, b"S").is_some();
        let start = objects.integer(label, b"St").unwrap_or(1);
        labels.insert(at, if counted { format!("{prefix}{start}") } else { prefix });
    }
    for kid in objects.list(node, b"Kids") {
        if let Ok(kid) = objects.resolve(kid).as_dict() {
            collect_labels(objects, kid, labels, depth + 1);
        }
    }
}
