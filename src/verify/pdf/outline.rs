//! Bookmarks and page labels.

use std::collections::{BTreeMap, HashSet};

use lopdf::{Dictionary, Object, ObjectId};

use super::geometry::MM_PER_POINT;
use super::objects::{Objects, number};

/// Most bookmarks that are read.
const MOST_BOOKMARKS: usize = 10_000;
/// Most nodes of the tree of page labels that are read.
const MOST_NODES: usize = 10_000;

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

/// Reads labels that are given page by page; a range that numbers itself has the label of its first page.
pub(super) fn page_labels(objects: &Objects, catalog: &Dictionary) -> BTreeMap<usize, String> {
    let mut labels = BTreeMap::new();
    let mut waiting: Vec<&Dictionary> =
        objects.dictionary(catalog, b"PageLabels").into_iter().collect();
    for _ in 0..MOST_NODES {
        let Some(node) = waiting.pop() else { break };
        for pair in objects.list(node, b"Nums").chunks(2) {
            labels.extend(page_label(objects, pair));
        }
        let kids = objects.list(node, b"Kids").iter();
        waiting.extend(kids.filter_map(|kid| objects.resolve(kid).as_dict().ok()));
    }
    labels
}

fn page_label(objects: &Objects, pair: &[Object]) -> Option<(usize, String)> {
    let [at, label] = pair else { return None };
    let at = usize::try_from(objects.resolve(at).as_i64().ok()?).ok()?;
    let label = objects.resolve(label).as_dict().ok()?;
    let prefix = objects.text(label, b"P").unwrap_or_default();
    let is_counted = objects.name(label, b"S").is_some();
    let start = objects.integer(label, b"St").unwrap_or(1);
    Some((at, if is_counted { format!("{prefix}{start}") } else { prefix }))
}
