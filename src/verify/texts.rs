//! The running text of a PDF, compared with what a data file says should be there.
//!
//! In: the text of a tagged PDF in reading order, without tables and pictures, and the texts that the layout was
//! given, in its order. Out: what is missing, what is different, and what stands there besides.

use crate::document::{Block, Model, PrintedItem, TextRun};

use super::pdf::Pdf;
use super::pdf::structure::{Kid, Tree};
use super::tables::squeezed;

/// How many characters of a text are enough to know its beginning again.
const BEGINNING: usize = 6;
/// How the layout puts the unit behind the title of a chart.
const UNIT: &str = "（单位：";
/// How many characters of a text are quoted around a difference.
const QUOTED: usize = 12;

/// Text in reading order, without spaces, each character with its page.
#[derive(Debug, Clone, Default)]
pub struct RunningText {
    characters: Vec<char>,
    pages: Vec<usize>,
    explained: Vec<bool>,
    at: usize,
}

/// How a text is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It is nowhere.
    Missing,
    /// It begins as it should and goes on in another way, on this page (from 1).
    Changed {
        /// The page.
        page: usize,
        /// What the PDF says from shortly before the difference.
        printed: String,
        /// What it should say there.
        expected: String,
    },
}

impl RunningText {
    /// Collects the text of all elements that are neither tables nor pictures.
    pub fn of(pdf: &Pdf) -> Self {
        let mut text = Self::default();
        if let Some(tree) = &pdf.tree {
            text.collect(pdf, tree);
        }
        text.explained = vec![false; text.characters.len()];
        text
    }

    /// Takes texts that stand one after the other. What differs is then on the "page" of a text's number, from 1.
    pub fn of_pieces<'a>(pieces: impl Iterator<Item = &'a str>) -> Self {
        let mut text = Self::default();
        for (at, piece) in pieces.enumerate() {
            text.characters.extend(squeezed(piece).chars());
            text.pages.resize(text.characters.len(), at + 1);
        }
        text.explained = vec![false; text.characters.len()];
        text
    }

    /// First and last page on which something expected was found.
    pub fn explained(&self) -> Option<(usize, usize)> {
        let first = self.explained.iter().position(|taken| *taken)?;
        let last = self.explained.iter().rposition(|taken| *taken)?;
        Some((self.pages[first], self.pages[last]))
    }

    fn collect(&mut self, pdf: &Pdf, tree: &Tree) {
        let mut waiting = vec![Kid::Element(0)];
        while let Some(kid) = waiting.pop() {
            match kid {
                Kid::Element(at)
                    if matches!(tree.elements[at].role.as_str(), "Table" | "Figure") => {}
                Kid::Element(at) => waiting.extend(tree.elements[at].kids.iter().rev()),
                Kid::Content(page, mcid) => {
                    let runs =
                        pdf.runs(page, mcid).map(|run| run.text.as_str()).collect::<String>();
                    self.characters.extend(squeezed(&runs).chars());
                    self.pages.resize(self.characters.len(), page + 1);
                }
                Kid::Object => {}
            }
        }
    }

    /// Looks for a text, from where the last one ended, then anywhere, and takes note of it.
    pub fn expect(&mut self, text: &str) -> Option<Difference> {
        let wanted: Vec<char> = squeezed(text).chars().collect();
        if wanted.is_empty() {
            return None;
        }
        let Some(start) = self.find(&wanted, self.at).or_else(|| self.find(&wanted, 0)) else {
            return Some(self.nearest(&wanted));
        };
        self.at = start + wanted.len();
        self.explained[start..self.at].fill(true);
        None
    }

    /// Takes note of a text that may be there.
    pub fn allow(&mut self, text: &str) {
        let wanted: Vec<char> = squeezed(text).chars().collect();
        if let Some(start) = self.find(&wanted, self.at) {
            self.at = start + wanted.len();
            self.explained[start..self.at].fill(true);
        }
    }

    /// Text that nothing expected: each piece with its page.
    pub fn unexplained(&self) -> Vec<(usize, String)> {
        let mut pieces: Vec<(usize, String)> = Vec::new();
        let mut is_open = false;
        for (at, &character) in self.characters.iter().enumerate() {
            match pieces.last_mut() {
                _ if self.explained[at] => is_open = false,
                Some((_, piece)) if is_open => piece.push(character),
                _ => {
                    pieces.push((self.pages[at], character.to_string()));
                    is_open = true;
                }
            }
        }
        pieces
    }

    /// Where a text begins that nothing else has taken.
    fn find(&self, wanted: &[char], from: usize) -> Option<usize> {
        let windows = self.characters.get(from..)?.windows(wanted.len()).enumerate();
        let free =
            |start: usize| !self.explained[start..start + wanted.len()].iter().any(|taken| *taken);
        windows
            .map(|(at, window)| (from + at, window))
            .find(|(at, w)| *w == wanted && free(*at))
            .map(|(at, _)| at)
    }

    /// Where a text goes on otherwise than it should: the place that shares its longest beginning.
    fn nearest(&mut self, wanted: &[char]) -> Difference {
        let shared = |start: usize| {
            let here = self.characters[start..].iter().zip(&self.explained[start..]);
            here.zip(wanted)
                .take_while(|((character, taken), want)| character == want && !**taken)
                .count()
        };
        let best =
            (0..self.characters.len()).map(|start| (shared(start), start)).max_by_key(|(n, _)| *n);
        match best {
            Some((same, start)) if same >= BEGINNING.min(wanted.len()) && same > 0 => {
                let at = start + same;
                let from = same.saturating_sub(QUOTED / 2);
                let quote = |all: &[char], begin: usize| {
                    all[begin.min(all.len())..(begin + QUOTED).min(all.len())]
                        .iter()
                        .collect::<String>()
                };
                let end = (start + wanted.len()).min(self.characters.len());
                self.explained[start..end].fill(true);
                self.at = end;
                Difference::Changed {
                    page: self.pages[at.min(self.pages.len() - 1)],
                    printed: quote(&self.characters, start + from),
                    expected: quote(wanted, from),
                }
            }
            _ => Difference::Missing,
        }
    }
}

/// A text that the layout was given: where it comes from and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Dotted path of the field, with the number of the paragraph: `overview.requests#0`.
    pub id: String,
    /// The text.
    pub text: String,
    /// Whether the layout may leave it out.
    pub optional: bool,
}

/// The texts of a document model in the order in which the layout prints them.
pub fn expected(model: &Model) -> Vec<Expected> {
    let mut texts = Vec::new();
    let mut add =
        |id: &str, text: String| texts.push(Expected { id: id.to_owned(), text, optional: false });
    // As broken for the page: the names of a joint report are not joined there.
    add("report.title", model.title_lines.concat());
    blocks(&model.preface, &mut add);
    for part in &model.parts {
        add(&part.id, part.heading.clone());
        for item in &part.items {
            match item {
                PrintedItem::Table(table) => {
                    table.notes.iter().for_each(|note| add(&table.id, note.clone()));
                }
                PrintedItem::Section { id, heading, blocks: inner, .. } => {
                    add(id, heading.clone());
                    blocks(inner, &mut add);
                }
                PrintedItem::Blocks { blocks: inner, .. } => blocks(inner, &mut add),
            }
        }
    }
    if let Some(signature) = &model.signature {
        add("report.agency", signature.agency.clone());
        add("report.date", signature.date.clone());
    }
    for unit in &mut texts {
        unit.optional = unit.text.starts_with(UNIT);
    }
    texts.retain(|expected| !expected.text.trim().is_empty());
    texts
}

fn blocks(of: &[Block], add: &mut impl FnMut(&str, String)) {
    for block in of {
        match block {
            Block::Paragraph { id, runs, .. } => add(id, joined(runs)),
            Block::Heading { id, text, .. } => add(id, text.clone()),
            Block::Picture { id, caption, .. } => add(id, caption.clone()),
            Block::Chart(chart) => {
                add(&chart.id, chart.title.clone());
                add(&chart.id, format!("{UNIT}{}）", chart.unit));
            }
            Block::Table { .. } => {}
        }
    }
}

fn joined(runs: &[TextRun]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

/// What stands in boxes inside the texts of a document model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Boxed {
    /// A table: dotted path of the field and the squeezed texts of its cells by row.
    Table(String, Vec<String>),
    /// A picture or chart: dotted path of the field and what it is said to show.
    Picture(String, String),
}

/// The tables, pictures and charts inside the texts of a document model.
pub fn boxed(model: &Model) -> Vec<Boxed> {
    let items = model.parts.iter().flat_map(|part| &part.items);
    let blocks = items.flat_map(|item| match item {
        PrintedItem::Section { blocks, .. } | PrintedItem::Blocks { blocks, .. } => {
            blocks.as_slice()
        }
        PrintedItem::Table(_) => &[],
    });
    model.preface.iter().chain(blocks).filter_map(boxed_block).collect()
}

fn boxed_block(block: &Block) -> Option<Boxed> {
    let field = |id: &str| id.split('#').next().unwrap_or_default().to_owned();
    match block {
        Block::Table { id, header, rows, .. } => {
            let cells = header.iter().chain(rows.iter().flatten());
            let cells = cells.map(|runs| squeezed(&joined(runs)));
            Some(Boxed::Table(field(id), cells.collect()))
        }
        Block::Picture { id, alt, .. } => Some(Boxed::Picture(field(id), alt.clone())),
        Block::Chart(chart) => Some(Boxed::Picture(field(&chart.id), chart.alt.clone())),
        Block::Paragraph { .. } | Block::Heading { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(text: &str) -> RunningText {
        let characters: Vec<char> = text.chars().collect();
        let length = characters.len();
        RunningText { characters, pages: vec![1; length], explained: vec![false; length], at: 0 }
    }

    #[test]
    fn texts_are_found_once_and_the_rest_is_unexplained() {
        let mut text = running("标题甲乙丙甲乙丙多出来的");
        assert_eq!(text.expect("标 题"), None);
        assert_eq!(text.expect("甲乙丙"), None);
        assert_eq!(text.expect("甲乙丙"), None);
        assert_eq!(text.expect("甲乙丙"), Some(Difference::Missing));
        assert_eq!(text.unexplained(), [(1, "多出来的".to_owned())]);
    }

    #[test]
    fn a_changed_text_says_where_it_changes() {
        let mut text = running("全年共主动公开信息1649条，比上年增长。");
        let difference = text.expect("全年共主动公开信息1694条，比上年增长。");
        let Some(Difference::Changed { page, printed, expected }) = difference else {
            panic!("{difference:?}")
        };
        assert_eq!(page, 1);
        assert!(printed.contains("1649") && expected.contains("1694"), "{printed} {expected}");
    }
}
