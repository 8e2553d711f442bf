//! Headings of parts and sections, known by their words and numbers.

use regex::Regex;
use std::sync::LazyLock;

use crate::format::{Format, ItemKind};
use crate::import::tables::labels::numbered;

use super::chars::unified;

/// Longest heading of a part or section.
const LONGEST: usize = 40;
/// Longest heading that runs on into its paragraph.
const LONGEST_RUN_IN: usize = 24;

static PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:第([一二三四五六七八九十]{1,2})部分[、:：]?|([一二三四五六七八九十]{1,2})[、.．,，])\s*(.*)$")
        .expect("a constant pattern")
});
static SECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[（(]\s*([一二三四五六七八九十]{1,3})\s*[）)]\s*[、.．]?\s*(.*)$")
        .expect("a constant pattern")
});
static ENUMERATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:第?[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．)）][^\d]|[①-⑳]|[一二三四五六七八九十]是)",
    )
    .expect("a constant pattern")
});

/// Whether a line begins with a number of a list or heading.
pub(crate) fn is_enumerated(text: &str) -> bool {
    ENUMERATED.is_match(text)
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The heading of a part: its number in the form, and text that follows on the same line.
    Part(usize, String),
    /// The heading of a section: key of the item it stands for, its words without number, text that follows.
    Section(Option<String>, String, Option<String>),
}

/// The headings of a format.
pub(crate) struct Headings<'a> {
    format: &'a Format,
    words: Vec<(String, Vec<String>)>,
}

impl<'a> Headings<'a> {
    pub(crate) fn of(format: &'a Format) -> Self {
        let words = format
            .heading_words()
            .map(|(key, words)| (key.to_owned(), words.iter().map(|word| unified(word)).collect()));
        Self { format, words: words.collect() }
    }

    fn has_word(&self, path: &str, text: &str) -> bool {
        let known = self.words.iter().find(|(key, _)| key == path);
        known.is_some_and(|(_, words)| words.iter().any(|word| text.contains(word.as_str())))
    }

    /// The part that a line heads, given the one before it. `is_heading` says that its style makes it a heading.
    pub(crate) fn part(
        &self,
        text: &str,
        before: Option<usize>,
        level: Option<u8>,
    ) -> Option<Kind> {
        let text = text.trim();
        let length = text.chars().count();
        let parts = &self.format.manifest.parts;
        let next = before.map_or(0, |at| at + 1);
        let official = |at: usize| unified(&parts[at].heading);
        let compact = unified(text);
        if let Some(at) = (next..parts.len()).find(|at| compact == official(*at)) {
            return Some(Kind::Part(at, String::new()));
        }
        let found = PART.captures(text);
        let (number, rest) = match &found {
            Some(found) => {
                let number = found.get(1).or_else(|| found.get(2)).map_or("", |m| m.as_str());
                (hanzi(number), found.get(3).map_or("", |m| m.as_str()))
            }
            None => (None, text),
        };
        let is_line = length <= LONGEST && !ends_sentence(text);
        let rest = unified(rest);
        let words = |at: usize| {
            let own = unified(numbered(&official(at)).1);
            rest == own || self.has_word(&parts[at].key, &rest)
        };
        match number {
            Some(number) if is_line => {
                // The number alone decides between parts whose words overlap; a number that fits no part's words
                // is a list inside the text.
                let by_number = number.checked_sub(1).filter(|at| *at < parts.len() && *at >= next);
                by_number.filter(|at| words(*at)).map(|at| Kind::Part(at, String::new()))
            }
            Some(number) => {
                // A heading with the text behind it on one line.
                let at = number.checked_sub(1).filter(|at| *at < parts.len() && *at >= next)?;
                let own = numbered(&official(at)).1.to_owned();
                let tail = tail_behind(text, &own)?;
                Some(Kind::Part(at, tail))
            }
            None if is_line && level.is_some() => (next..parts.len())
                .find(|at| unified(numbered(&official(*at)).1) == rest)
                .map(|at| Kind::Part(at, String::new())),
            None => None,
        }
    }

    /// The section that a line of a part heads.
    pub(crate) fn section(&self, text: &str, part: usize, level: Option<u8>) -> Option<Kind> {
        let text = text.trim();
        let part = &self.format.manifest.parts[part];
        let found = SECTION.captures(text);
        let (numbered, rest) = match &found {
            Some(found) => (true, found.get(2).map_or("", |m| m.as_str()).trim()),
            None => (false, text),
        };
        let sections = || part.items.iter().filter(|item| item.kind == ItemKind::Section);
        let item_of = |heading: &str| {
            let heading = unified(heading);
            let exact = sections().find(|item| unified(&item.heading) == heading);
            let by_words = || {
                sections()
                    .find(|item| self.has_word(&format!("{}.{}", part.key, item.key), &heading))
            };
            exact.or_else(by_words).map(|item| item.key.clone())
        };
        if !numbered {
            // Without a number only a styled line in the words of the form is a section.
            let is_line = text.chars().count() <= LONGEST_RUN_IN && !ends_sentence(text);
            let exact = sections().find(|item| unified(&item.heading) == unified(text));
            return exact
                .filter(|_| is_line && level.is_some())
                .map(|item| Kind::Section(Some(item.key.clone()), text.to_owned(), None));
        }
        if rest.chars().count() <= LONGEST && !ends_sentence(rest) && !rest.contains(['。', '；'])
        {
            let heading = rest.trim_end_matches(['：', ':']).trim();
            return Some(Kind::Section(item_of(heading), heading.to_owned(), None));
        }
        let (heading, tail) = run_in(rest)?;
        Some(Kind::Section(item_of(heading), heading.to_owned(), Some(tail.to_owned())))
    }
}

/// A heading at the beginning of a paragraph and the text behind it.
fn run_in(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['。', '：', ':'])?;
    let heading = text[..end].trim();
    let length = heading.chars().count();
    let tail = text[end..].trim_start_matches(['。', '：', ':']).trim();
    let is_heading = (2..=LONGEST_RUN_IN).contains(&length) && !heading.contains(['，', ',', '；']);
    is_heading.then_some((heading, tail))
}

fn tail_behind(text: &str, heading: &str) -> Option<String> {
    // Character by character, as spaces may lie anywhere.
    let mut wanted = heading.chars().peekable();
    let start = numbered_end(text);
    for (at, char) in text[start..].char_indices() {
        let plain = unified(&char.to_string());
        if plain.is_empty() {
            continue;
        }
        match wanted.peek() {
            Some(next) if plain == next.to_string() => drop(wanted.next()),
            Some(_) => return None,
            None => {
                let tail = text[start + at..].trim_start_matches(['。', '：', ':', '.']).trim();
                return (!tail.is_empty()).then(|| tail.to_owned());
            }
        }
    }
    None
}

fn numbered_end(text: &str) -> usize {
    text.find(['、', '.', '．', ',', '，'])
        .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8))
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['。', '；', '！', '？', '，', ',', ';'])
}

/// 1–19 of a heading's number.
pub(super) fn hanzi(text: &str) -> Option<usize> {
    const DIGITS: &str = "一二三四五六七八九";
    let digit = |c: char| DIGITS.chars().position(|d| d == c).map(|at| at + 1);
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        ['十'] => Some(10),
        ['十', ones] => Some(10 + digit(*ones)?),
        [one] => digit(*one),
        _ => None,
    }
}
