//! `TEXT-MARKUP`, of web pages and word processors: entities, tags, and what a broken reference prints.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use super::shape::is_hanzi;
use super::{Change, Page, Passage, Place, Rule, Slip};

/// Its words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Web {
    /// Names of entities and the characters they stand for.
    entities: BTreeMap<String, String>,
    /// Tags that only dress the text: they go.
    inline: Vec<String>,
    /// Tags that begin or end a line.
    breaks: Vec<String>,
    /// Tags whose content has a meaning of its own: a person must decide.
    others: Vec<String>,
    /// What a word processor prints for a broken reference.
    leftovers: Vec<String>,
}

/// What an entity or a tag is to the text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    /// A character written as its name.
    Character(String),
    /// A tag that goes.
    Inline,
    /// A tag that is a line break.
    Break,
    /// A tag that a person must look at.
    Other,
}

impl Rule for Web {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        for (index, passage) in page.passages.iter().enumerate() {
            slips.extend(self.marks(index, passage));
            slips.extend(self.leftovers.iter().filter_map(|word| {
                let at = passage.text.find(word.as_str())?;
                let place = Place::Text(index, at..at + word.len());
                Some(Slip::new("TEXT-MARKUP", "leftover", place).with("mark", word.clone()))
            }));
        }
    }
}

impl Web {
    /// All marks of a text, those of a line in one finding.
    fn marks(&self, index: usize, passage: &Passage<'_>) -> Vec<Slip> {
        let text = passage.text;
        let found = self.find(text);
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let line_of = |range: &Range<usize>| ends.partition_point(|end| *end < range.start);
        let groups = found.chunk_by(|a, b| line_of(&a.0) == line_of(&b.0));
        groups.map(|group| slip(index, passage, group)).collect()
    }

    /// Entities and tags in order.
    fn find(&self, text: &str) -> Vec<(Range<usize>, Mark)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(next) = text[at..].find(['&', '<']) {
            let start = at + next;
            let rest = &text[start..];
            let mark = if rest.starts_with('&') { self.entity(rest) } else { self.tag(rest) };
            at = start + 1;
            if let Some((length, mark)) = mark {
                at = start + length;
                found.push((start..at, mark));
            }
        }
        found
    }

    /// Length and meaning of the entity that a text begins with.
    fn entity(&self, text: &str) -> Option<(usize, Mark)> {
        const LONGEST: usize = 12;
        let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
        let name = &text[1..end];
        let put = match name.strip_prefix('#') {
            None => self.entities.get(name)?.clone(),
            Some(number) => {
                let hex = number.strip_prefix(['x', 'X']);
                let code = match hex {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code).filter(|c| !c.is_control())?.to_string()
            }
        };
        Some((end + 1, Mark::Character(put)))
    }

    /// Length and meaning of the tag that a text begins with; `<其他>` and `a < b` are none.
    fn tag(&self, text: &str) -> Option<(usize, Mark)> {
        const LONGEST: usize = 400;
        if let Some(comment) = text.strip_prefix("<!--") {
            let near = near_start(comment, LONGEST);
            return Some((near.find("-->")? + "<!---->".len(), Mark::Inline));
        }
        let inner = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
        let length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != ':')?;
        let name = inner[..length].to_ascii_lowercase();
        let end = text.bytes().take(LONGEST).position(|byte| byte == b'>')?;
        let after = inner[length..].chars().next()?;
        if !(after == '>' || after == '/' || after.is_whitespace()) || text[1..end].contains('<') {
            return None;
        }
        let has = |names: &[String]| names.contains(&name);
        let mark = match () {
            () if has(&self.inline) => Mark::Inline,
            () if has(&self.breaks) => Mark::Break,
            () if has(&self.others) => Mark::Other,
            () => return None,
        };
        Some((end + 1, mark))
    }
}

/// The finding about the marks of one line.
fn slip(index: usize, passage: &Passage<'_>, marks: &[(Range<usize>, Mark)]) -> Slip {
    let text = passage.text;
    let first = marks[0].0.clone();
    let mut named: Vec<&str> = Vec::new();
    for (range, _) in marks {
        let mark = &text[range.clone()];
        if !named.contains(&mark) {
            named.push(mark);
        }
    }
    let is_tag = text[first.clone()].starts_with('<');
    let certain = marks.iter().all(|(range, mark)| is_certain(text, range, mark));
    let changes = marks.iter().map(|(range, mark)| Change {
        passage: index,
        range: range.clone(),
        put: put(passage, range, mark),
    });
    let slip =
        Slip::new("TEXT-MARKUP", if is_tag { "tag" } else { "entity" }, Place::Text(index, first))
            .with("marks", named.join(" "))
            .with("count", marks.len().to_string());
    let changes: Vec<Change> = changes.collect();
    if certain { slip.mended(passage, changes, true) } else { slip }
}

/// Whether a mark can go without asking: no figure comes out of it, and nothing has a meaning that is lost.
fn is_certain(text: &str, range: &Range<usize>, mark: &Mark) -> bool {
    match mark {
        Mark::Character(put) => !put.chars().any(char::is_numeric) && !between_digits(text, range),
        Mark::Inline => !between_digits(text, range),
        Mark::Break => true,
        Mark::Other => false,
    }
}

/// Whether what stands before and behind would become one figure.
fn between_digits(text: &str, range: &Range<usize>) -> bool {
    let figure = |c: char| c.is_numeric() || "一二三四五六七八九十百千万亿".contains(c);
    text[..range.start].ends_with(figure) && text[range.end..].starts_with(figure)
}

/// Bytes of a line that tell whether anything is left of it beside a tag.
const REACH: usize = 600;

/// Whether a piece of a line says anything but tags.
fn says(piece: &str) -> bool {
    strip(piece).chars().any(|c| is_hanzi(c) || c.is_alphanumeric())
}

/// At most some bytes of the beginning of a text.
fn near_start(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// At most some bytes of the end of a text.
fn near_end(text: &str, most: usize) -> &str {
    let start = text.len().saturating_sub(most);
    let start = (start..=text.len()).find(|start| text.is_char_boundary(*start));
    &text[start.unwrap_or(text.len())..]
}

/// What stands in the place of a mark.
fn put(passage: &Passage<'_>, range: &Range<usize>, mark: &Mark) -> String {
    let text = passage.text;
    let (before, after) =
        (text[..range.start].chars().next_back(), text[range.end..].chars().next());
    match mark {
        // A space between Latin words stays a space; between Chinese characters it was only there for the web page.
        Mark::Character(put) if put.trim().is_empty() => {
            let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let put = if latin(before) && latin(after) { " " } else { "" };
            put.to_owned()
        }
        Mark::Character(put) => put.clone(),
        Mark::Break if !passage.shape.is_line() => {
            let before = near_end(&text[..range.start], REACH);
            let after = near_start(&text[range.end..], REACH);
            let line_before = before.rsplit('\n').next().unwrap_or(before);
            let line_after = after.split('\n').next().unwrap_or(after);
            let between = says(line_before) && says(line_after);
            let put = if between { "\n" } else { "" };
            put.to_owned()
        }
        _ => String::new(),
    }
}

/// A text without the tags and entities of web pages: what a reader would see of it, but for spaces.
pub fn strip(text: &str) -> String {
    const LONGEST: usize = 400;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, mark) = rest.split_at(at);
        out += before;
        let close = if mark.starts_with('<') { '>' } else { ';' };
        let after = mark[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/#!".contains(c));
        let end = mark.char_indices().take(LONGEST).find(|(_, c)| *c == close || *c == '\n');
        match end.filter(|(_, c)| *c == close && after) {
            Some((end, _)) => rest = &mark[end + 1..],
            None => {
                out.push_str(&mark[..1]);
                rest = &mark[1..];
            }
        }
    }
    out + rest
}
