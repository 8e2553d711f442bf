//! What on the pages can be pointed at: every figure, paragraph and table with its rectangle and its place in
//! the data file.
//!
//! In: the finished frames, whose groups carry the ids of the document model, and the places of these ids. Out:
//! [`Spot`]s in the order in which they are drawn.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use typst::layout::{Frame, FrameItem, Point, Transform};

use super::page::Page;
use crate::generator::Checked;
use crate::source::{Source, Span};

/// A rectangle on a page that stands for a piece of the data file.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Spot {
    /// Its name in the document model, such as `requests.granted.natural_person`.
    pub(super) id: String,
    /// Page, from 1.
    page: usize,
    /// Left, top, width and height in points.
    rect: [f64; 4],
    /// What it is, in Chinese.
    label: String,
    /// Where it comes from.
    #[serde(skip)]
    pub(super) span: Span,
    region: Region,
}

/// A span as people count it; the end is the first column behind it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Region {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl Region {
    /// Counts lines and columns.
    pub(super) fn of(source: &Source, span: &Span) -> Self {
        let (start, end) = (source.position(span.start), source.position(span.end.max(span.start)));
        let (line, column, end_line, end_column) = (start.line, start.column, end.line, end.column);
        Self { line, column, end_line, end_column }
    }
}

/// The least size of a spot, in points: a single digit is hard to hit.
const LEAST: (f64, f64) = (20.0, 14.0);

/// Finds the spots of all pages.
pub(super) fn find(
    pages: &[Arc<Page>],
    places: &BTreeMap<String, Span>,
    checked: &Checked,
) -> Vec<Spot> {
    let mut finder = Finder { places, checked, page: 0, spots: Vec::new() };
    for page in pages {
        finder.page += 1;
        finder.walk(page.frame(), Transform::identity());
    }
    finder.spots
}

struct Finder<'a> {
    places: &'a BTreeMap<String, Span>,
    checked: &'a Checked,
    page: usize,
    spots: Vec<Spot>,
}

impl Finder<'_> {
    fn walk(&mut self, frame: &Frame, to_page: Transform) {
        for (at, item) in frame.items() {
            let FrameItem::Group(group) = item else { continue };
            let here =
                to_page.pre_concat(Transform::translate(at.x, at.y)).pre_concat(group.transform);
            if let Some(label) = group.label {
                self.add(&label.resolve(), &group.frame, here);
            }
            self.walk(&group.frame, here);
        }
    }

    fn add(&mut self, id: &str, frame: &Frame, to_page: Transform) {
        let Some(span) = self.place(id) else { return };
        let start = Point::zero().transform(to_page);
        let end = frame.size().to_point().transform(to_page);
        let rect = [
            start.x.to_pt(),
            start.y.to_pt(),
            (end.x - start.x).to_pt(),
            (end.y - start.y).to_pt(),
        ];
        self.spots.push(Spot {
            id: id.to_owned(),
            page: self.page,
            rect: enlarged(rect),
            label: self.label(id, &span),
            region: Region::of(&self.checked.source, &span),
            span,
        });
    }

    /// The span of an id. A table begins with its first figure; a total that the program computes comes from the
    /// figures of its row, or else of its table.
    fn place(&self, id: &str) -> Option<Span> {
        if let Some(span) = self.places.get(id) {
            return Some(span.clone());
        }
        if let Some(first) = self.within(id).min_by_key(|span| span.start) {
            return Some(first.clone());
        }
        let (row, _) = id.rsplit_once('.')?;
        let start = self.within(row).map(|span| span.start).min();
        let end = self.within(row).map(|span| span.end).max();
        if let (Some(start), Some(end)) = (start, end) {
            return Some(start..end);
        }
        let (table, _) = row.rsplit_once('.')?;
        self.within(table).min_by_key(|span| span.start).cloned()
    }

    /// The spans of all ids below one.
    fn within(&self, id: &str) -> impl Iterator<Item = &Span> {
        let prefix = format!("{id}.");
        let from = self.places.range(prefix.clone()..);
        from.take_while(move |(key, _)| key.starts_with(&prefix)).map(|(_, span)| span)
    }

    fn label(&self, id: &str, span: &Span) -> String {
        let Some(report) = &self.checked.report else { return id.to_owned() };
        let format = &report.format;
        if let Some(cell) = format.cell(id) {
            let value = report.figure(id).map_or("", |figure| figure.text.as_str());
            return format!("{}：{value}", cell.label());
        }
        if let Some(table) = format.table(id) {
            return table.title.clone();
        }
        if let Some(part) = format.manifest.parts.iter().find(|part| part.key == id) {
            return part.heading.clone();
        }
        let text = self.checked.source.text().get(span.clone()).unwrap_or_default();
        let words: String =
            text.trim_matches(['"', '\'', '\n', ' ', '[']).chars().take(16).collect();
        words.replace('\n', " ")
    }
}

fn enlarged([x, y, width, height]: [f64; 4]) -> [f64; 4] {
    let (more_x, more_y) = ((LEAST.0 - width).max(0.0), (LEAST.1 - height).max(0.0));
    [x - more_x / 2.0, y - more_y / 2.0, width + more_x, height + more_y].map(tenths)
}

fn tenths(points: f64) -> f64 {
    (points * 10.0).round() / 10.0
}
