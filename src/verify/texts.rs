//! The running text of a PDF, compared with what a data file says should be there.
//!
//! In: the text of a tagged PDF in reading order, without tables and pictures, and the texts that the layout was
//! given, in its order. Out: what is missing, what is different, and what stands there besides.

use super::pdf::Pdf;
use super::structure::{Kid, Tree};
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
pub fn expected(document: &serde_json::Value) -> Vec<Expected> {
    let mut texts = Vec::new();
    let mut add =
        |id: &str, text: String| texts.push(Expected { id: id.to_owned(), text, optional: false });
    // As broken for the page: the names of a joint report are not joined there.
    add(
        "report.title",
        list(document, "title_lines").iter().filter_map(|line| line.as_str()).collect(),
    );
    blocks(document, "preface", &mut add);
    for part in list(document, "parts") {
        add(&string(part, "id"), string(part, "heading"));
        for item in list(part, "items") {
            let id = string(item, "id");
            if string(item, "type") == "table" {
                list(item, "notes")
                    .iter()
                    .for_each(|note| add(&id, note.as_str().unwrap_or_default().into()));
                continue;
            }
            add(&id, string(item, "heading"));
            blocks(item, "blocks", &mut add);
        }
    }
    if let Some(signature) = document.get("signature").filter(|signature| signature.is_object()) {
        add("report.agency", string(signature, "agency"));
        add("report.date", string(signature, "date"));
    }
    for unit in &mut texts {
        unit.optional = unit.text.starts_with(UNIT);
    }
    texts.retain(|expected| !expected.text.trim().is_empty());
    texts
}

fn blocks(of: &serde_json::Value, key: &str, add: &mut impl FnMut(&str, String)) {
    for block in list(of, key) {
        let id = string(block, "id");
        match string(block, "type").as_str() {
            "paragraph" => {
                add(&id, list(block, "runs").iter().map(|run| string(run, "text")).collect())
            }
            "heading" => add(&id, string(block, "text")),
            "picture" => add(&id, string(block, "caption")),
            "chart" => {
                add(&id, string(block, "title"));
                add(&id, format!("{UNIT}{}）", string(block, "unit")));
            }
            _ => {}
        }
    }
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
pub fn boxed(document: &serde_json::Value) -> Vec<Boxed> {
    let items = list(document, "parts").iter().flat_map(|part| list(part, "items"));
    let blocks = items.flat_map(|item| list(item, "blocks"));
    list(document, "preface").iter().chain(blocks).filter_map(boxed_block).collect()
}

fn boxed_block(block: &serde_json::Value) -> Option<Boxed> {
    let id = string(block, "id");
    let field = id.split('#').next().unwrap_or_default().to_owned();
    match string(block, "type").as_str() {
        "table" => {
            let rows =
                std::iter::once(list(block, "header")).chain(list(block, "rows").iter().map(items));
            let cells = rows.flatten().map(|runs| {
                squeezed(&items(runs).iter().map(|run| string(run, "text")).collect::<String>())
            });
            Some(Boxed::Table(field, cells.collect()))
        }
        "picture" | "chart" => Some(Boxed::Picture(field, string(block, "alt"))),
        _ => None,
    }
}

fn items(of: &serde_json::Value) -> &[serde_json::Value] {
    of.as_array().map_or(&[], Vec::as_slice)
}

fn list<'a>(of: &'a serde_json::Value, key: &str) -> &'a [serde_json::Value] {
    of.get(key).and_then(|value| value.as_array()).map_or(&[], Vec::as_slice)
}

fn string(of: &serde_json::Value, key: &str) -> String {
    of.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
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
