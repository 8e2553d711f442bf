//! Tables and paragraphs of a tagged PDF.

use std::collections::BTreeMap;

use crate::import::draft::{Block, Draft, Paragraph, Picture, Place, Rows};
use crate::import::limits::{MOST_BLOCKS, MOST_CELLS};
use crate::import::refusal::Refusal;
use crate::import::texts::join::append;

use super::device::{Glyph, Page, Raster};
use super::lines;
use super::structure::{Element, Node, Tree};

/// Elements that only hold others.
const GROUPS: [&str; 13] = [
    "Document",
    "DocumentFragment",
    "Part",
    "Art",
    "Sect",
    "Div",
    "BlockQuote",
    "L",
    "TOC",
    "Aside",
    "NonStruct",
    "Index",
    "Private",
];

/// Most cells of a table that only arranges others.
const MOST_ARRANGED: usize = 12;

/// What pages draw, by page and number of the marked content.
struct Content<'a> {
    glyphs: BTreeMap<(usize, i32), Vec<&'a Glyph>>,
    pictures: BTreeMap<(usize, i32), Vec<&'a Raster>>,
}

struct Walk<'a> {
    content: Content<'a>,
    draft: &'a mut Draft,
    tables: usize,
    cells: usize,
}

/// Reads the blocks of a tagged document.
pub(super) fn blocks(tree: &Tree, pages: &[Page], draft: &mut Draft) -> Result<(), Refusal> {
    let mut content = Content { glyphs: BTreeMap::new(), pictures: BTreeMap::new() };
    for page in pages {
        for glyph in page.glyphs.iter().filter(|glyph| !glyph.artifact) {
            if let Some(mcid) = glyph.mcid {
                content.glyphs.entry((page.number, mcid)).or_default().push(glyph);
            }
        }
        for picture in &page.pictures {
            if let Some(mcid) = picture.mcid {
                content.pictures.entry((page.number, mcid)).or_default().push(picture);
            }
        }
    }
    let mut walk = Walk { content, draft, tables: 0, cells: 0 };
    walk.group(&tree.root)
}

impl Walk<'_> {
    fn group(&mut self, element: &Element) -> Result<(), Refusal> {
        let mut loose: Vec<&Node> = Vec::new();
        for kid in &element.kids {
            match kid {
                Node::Content(..) => loose.push(kid),
                Node::Element(inner) => {
                    self.close(&mut loose)?;
                    self.element(inner)?;
                }
            }
        }
        self.close(&mut loose)
    }

    /// Content right below a group is a paragraph.
    fn close(&mut self, loose: &mut Vec<&Node>) -> Result<(), Refusal> {
        if loose.is_empty() {
            return Ok(());
        }
        let paragraph = self.paragraph(std::mem::take(loose).into_iter(), None);
        self.push(paragraph)
    }

    fn push(&mut self, paragraph: Paragraph) -> Result<(), Refusal> {
        if self.draft.blocks.len() > MOST_BLOCKS {
            return Err(Refusal::too_large(format!("正文超过 {MOST_BLOCKS} 段")));
        }
        if !paragraph.is_blank() {
            self.draft.blocks.push(Block::Paragraph(paragraph));
        }
        Ok(())
    }

    fn element(&mut self, element: &Element) -> Result<(), Refusal> {
        match element.role.as_str() {
            "Artifact" => Ok(()),
            "Table" => self.table(element),
            "Figure" | "Formula" => self.figure(element),
            role if GROUPS.contains(&role) => self.group(element),
            role => {
                // A paragraph may hold a table or a picture; they follow it.
                let level = level(role);
                let paragraph = self.paragraph(element.kids.iter(), level);
                self.push(paragraph)?;
                self.boxed(element)
            }
        }
    }

    fn boxed(&mut self, element: &Element) -> Result<(), Refusal> {
        for kid in &element.kids {
            if let Node::Element(inner) = kid {
                match inner.role.as_str() {
                    "Table" => self.table(inner)?,
                    "Figure" => self.figure(inner)?,
                    _ => self.boxed(inner)?,
                }
            }
        }
        Ok(())
    }

    /// The text of elements and content, but for tables and pictures inside.
    fn paragraph<'n>(&self, nodes: impl Iterator<Item = &'n Node>, level: Option<u8>) -> Paragraph {
        let mut out = Paragraph { level, ..Paragraph::default() };
        let mut seen = Seen::default();
        for node in nodes {
            self.text(node, &mut out, &mut seen);
        }
        out.place = seen.page.map_or(Place::Whole, Place::Page);
        out
    }

    fn text(&self, node: &Node, out: &mut Paragraph, seen: &mut Seen) {
        match node {
            Node::Content(page, mcid) => {
                let Some(glyphs) = self.content.glyphs.get(&(*page, *mcid)) else { return };
                seen.page.get_or_insert(*page);
                for line in drawn_lines(glyphs) {
                    let next = Paragraph { runs: lines::runs(&line), ..Paragraph::default() };
                    // Content of one line may come in several pieces: only a new line may lose its spaces.
                    let goes_on = seen.last.as_ref().is_some_and(|last| goes_on(last, &line));
                    if let (Some(end), count) = (line.last(), line.len()) {
                        seen.last = Some(Piece { end: end.clone(), count });
                    }
                    if !goes_on && !out.runs.is_empty() && is_wrapped(out, &next) {
                        append(out, next);
                    } else {
                        next.runs.into_iter().for_each(|run| out.push(&run.text, run.bold));
                    }
                }
            }
            Node::Element(element) => match element.role.as_str() {
                "Table" | "Figure" | "Artifact" => {}
                "LBody" | "P" if !out.is_blank() && element.role == "P" => {
                    out.push("\n", false);
                    element.kids.iter().for_each(|kid| self.text(kid, out, seen));
                }
                _ => element.kids.iter().for_each(|kid| self.text(kid, out, seen)),
            },
        }
    }

    fn table(&mut self, element: &Element) -> Result<(), Refusal> {
        self.tables += 1;
        let number = self.tables;
        let mut rows = Rows::default();
        let mut found = Vec::new();
        collect_rows(element, &mut found);
        if arranges(&found) {
            return self.arranged(&found);
        }
        for row in found {
            rows.next_row();
            for kid in &row.kids {
                let Node::Element(cell) = kid else { continue };
                if !matches!(cell.role.as_str(), "TH" | "TD") {
                    continue;
                }
                self.cells += 1;
                if self.cells > MOST_CELLS {
                    return Err(Refusal::too_large(format!("表格超过 {MOST_CELLS} 格")));
                }
                let content = self.paragraph(cell.kids.iter(), None);
                let page = content.place.page();
                let has_picture = cell.kids.iter().any(is_picture);
                let placed = rows.put(cell.columns, cell.rows, |row, column| match page {
                    Some(page) => Place::PageCell(page, number, row, column),
                    None => Place::Cell(number, row, column),
                })?;
                placed.text = content.text();
                placed.has_picture = has_picture;
            }
        }
        let grid = rows.finish(true)?;
        if !grid.cells.is_empty() {
            self.draft.blocks.push(Block::Grid(grid));
        }
        Ok(())
    }

    /// The blocks of a table that only arranges others.
    fn arranged(&mut self, rows: &[&Element]) -> Result<(), Refusal> {
        for row in rows {
            for kid in &row.kids {
                if let Node::Element(cell) = kid {
                    self.group(cell)?;
                }
            }
        }
        Ok(())
    }

    fn figure(&mut self, element: &Element) -> Result<(), Refusal> {
        let mut content = Vec::new();
        contents(element, &mut content);
        let place = content.first().map_or(Place::Whole, |(page, _)| Place::Page(*page));
        let raster =
            content.iter().find_map(|key| self.content.pictures.get(key)?.first().copied());
        let alt = element.alt.clone().unwrap_or_default();
        let bytes = match raster {
            Some(raster) => raster.bytes.clone(),
            None => Err(format!("图形“{alt}”不是图片，没有取出")),
        };
        self.draft.pictures.push(Picture { bytes, alt });
        self.draft.blocks.push(Block::Picture(self.draft.pictures.len() - 1, place));
        Ok(())
    }
}

/// Glyphs of one piece of content, line by line, in the order in which they are drawn.
fn drawn_lines(glyphs: &[&Glyph]) -> Vec<Vec<Glyph>> {
    let mut lines: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let goes_on = lines.last_mut().filter(|line| {
            line.last().is_some_and(|last| {
                (last.y - glyph.y).abs() <= last.size.max(glyph.size) * 0.6
                    && glyph.x >= last.x - last.size * 0.5
            })
        });
        match goes_on {
            Some(line) => line.push((*glyph).clone()),
            None => lines.push(vec![(*glyph).clone()]),
        }
    }
    lines
}

/// Where the text of a paragraph stands so far.
#[derive(Default)]
struct Seen {
    page: Option<usize>,
    last: Option<Piece>,
}

/// The end of a piece of content, and how many glyphs it has.
struct Piece {
    end: Glyph,
    count: usize,
}

/// Whether a piece goes on where the last one ended, without a space. A word that may break anywhere comes one character a
/// piece (long Latin words in our own pages), on the next line too.
fn goes_on(last: &Piece, next: &[Glyph]) -> bool {
    let Some(first) = next.first() else { return false };
    let end = &last.end;
    let beside = (end.y - first.y).abs() <= end.size * 0.3
        && (first.x - end.x - end.width).abs() <= end.size * 0.15;
    let latin = |glyph: &Glyph| glyph.text.chars().all(|c| c.is_ascii_alphanumeric());
    beside || last.count == 1 && next.len() == 1 && latin(end) && latin(first)
}

/// Whether a piece of text begins a new line rather than going on in one.
fn is_wrapped(before: &Paragraph, next: &Paragraph) -> bool {
    let last = before.runs.last().and_then(|run| run.text.chars().last());
    let first = next.runs.first().and_then(|run| run.text.chars().next());
    // Spaces at the ends of content are as drawn.
    !(last.is_some_and(char::is_whitespace) || first.is_some_and(char::is_whitespace))
}

/// Whether a table only arranges others: few cells, and tables in them.
fn arranges(rows: &[&Element]) -> bool {
    let cells = rows.iter().flat_map(|row| &row.kids).count();
    let holds = |node: &Node| matches!(node, Node::Element(element) if holds_table(element));
    cells <= MOST_ARRANGED && rows.iter().any(|row| row.kids.iter().any(holds))
}

fn holds_table(element: &Element) -> bool {
    element.kids.iter().any(|kid| match kid {
        Node::Element(inner) => inner.role == "Table" || holds_table(inner),
        Node::Content(..) => false,
    })
}

fn level(role: &str) -> Option<u8> {
    match role {
        "H" | "Title" => Some(1),
        _ => role.strip_prefix('H').and_then(|level| level.parse().ok()),
    }
}

fn is_picture(node: &Node) -> bool {
    match node {
        Node::Element(element) => element.role == "Figure" || element.kids.iter().any(is_picture),
        Node::Content(..) => false,
    }
}

fn contents(element: &Element, out: &mut Vec<(usize, i32)>) {
    for kid in &element.kids {
        match kid {
            Node::Content(page, mcid) => out.push((*page, *mcid)),
            Node::Element(inner) => contents(inner, out),
        }
    }
}

fn collect_rows<'e>(element: &'e Element, out: &mut Vec<&'e Element>) {
    for kid in &element.kids {
        if let Node::Element(inner) = kid {
            match inner.role.as_str() {
                "TR" => out.push(inner),
                "THead" | "TBody" | "TFoot" => collect_rows(inner, out),
                _ => {}
            }
        }
    }
}
