//! Styles of a Word document: which are headings, which are bold, which carry a number.

use std::collections::BTreeMap;

use crate::import::refusal::Refusal;
use crate::import::xml::{Step, Walk, text_of};

/// Longest chain of styles that build on each other.
const LONGEST_CHAIN: usize = 12;

/// What a style says that matters here.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    base: Option<String>,
    level: Option<u8>,
    bold: Option<bool>,
    number: Option<(String, usize)>,
    is_contents: bool,
}

/// All styles by id.
#[derive(Debug, Clone, Default)]
pub(super) struct Styles {
    styles: BTreeMap<String, Style>,
}

impl Styles {
    pub(super) fn read(part: &[u8]) -> Result<Self, Refusal> {
        let text = text_of(part);
        let mut walk = Walk::new(&text, super::KIND);
        let mut styles = BTreeMap::new();
        loop {
            match walk.next()? {
                Step::Open(element) if element.name == "style" => {
                    let id = element.get("styleId").unwrap_or_default().to_owned();
                    styles.insert(id, style(&mut walk)?);
                }
                Step::End => return Ok(Self { styles }),
                _ => {}
            }
        }
    }

    fn find<T>(&self, id: &str, wanted: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let mut next = Some(id.to_owned());
        for _ in 0..LONGEST_CHAIN {
            let style = self.styles.get(&next?)?;
            if let Some(found) = wanted(style) {
                return Some(found);
            }
            next = style.base.clone();
        }
        None
    }

    /// Level of a heading style, from 1.
    pub(super) fn level(&self, id: &str) -> Option<u8> {
        self.find(id, |style| style.level)
    }

    /// Whether text in a style is bold.
    pub(super) fn is_bold(&self, id: &str) -> bool {
        self.find(id, |style| style.bold).unwrap_or(false)
    }

    /// The list and level that a style numbers its paragraphs by.
    pub(super) fn number(&self, id: &str) -> Option<(String, usize)> {
        self.find(id, |style| style.number.clone())
    }

    /// Whether paragraphs in a style are lines of a table of contents.
    pub(super) fn is_contents(&self, id: &str) -> bool {
        self.find(id, |style| style.is_contents.then_some(())).is_some()
    }
}

fn style(walk: &mut Walk) -> Result<Style, Refusal> {
    let mut style = Style::default();
    let mut list = (None, 0);
    let mut depth = 1usize;
    while depth > 0 {
        match walk.next()? {
            Step::Open(element) => {
                depth += 1;
                let value = element.get("val").unwrap_or_default();
                match element.name.as_str() {
                    "name" => {
                        let name = value.to_lowercase();
                        style.level = style.level.or(level_of(&name));
                        style.is_contents = name.starts_with("toc ") || name.starts_with("目录");
                    }
                    "basedOn" => style.base = Some(value.to_owned()),
                    "outlineLvl" => {
                        style.level = value.parse::<u8>().ok().filter(|l| *l < 9).map(|l| l + 1);
                    }
                    "b" => style.bold = Some(element.is_on()),
                    "numId" => list.0 = Some(value.to_owned()),
                    "ilvl" => list.1 = value.parse().unwrap_or(0),
                    _ => {}
                }
            }
            Step::Close => depth -= 1,
            Step::Text(_) => {}
            Step::End => break,
        }
    }
    style.number = list.0.map(|id| (id, list.1));
    Ok(style)
}

fn level_of(name: &str) -> Option<u8> {
    let rest = name.strip_prefix("heading").or_else(|| name.strip_prefix("标题"))?;
    rest.trim().parse().ok().filter(|level| (1..=9).contains(level))
}
