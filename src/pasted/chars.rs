//! `TEXT-CHARS`: characters that look right and are not: radicals for hanzi, text read in a wrong encoding, what takes no
//! room, line breaks in what is printed as one line.

use std::ops::Range;

use serde::Deserialize;

use super::misread;
use super::{Change, Page, Passage, Place, Rule, Shape, Slip};
use crate::text::ordinary::{is_invisible, ordinary};

/// Different characters named in one message.
const MOST_NAMED: usize = 6;

/// Its words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chars {
    /// What is left of text that was read in a wrong encoding and cannot be read back.
    lost: Vec<String>,
    /// Hanzi that hardly occur but in UTF-8 read as GBK; one of them makes a text worth reading back.
    gbk_signs: String,
}

impl Rule for Chars {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        for (index, passage) in page.passages.iter().enumerate() {
            slips.extend(look_alikes(index, passage));
            slips.extend(unseen(index, passage));
            slips.extend(odd_spaces(index, passage));
            slips.extend(private_use(index, passage));
            slips.extend(line_separators(index, passage));
            slips.extend(self.misread(index, passage));
            slips.extend(broken_line(index, passage));
        }
    }
}

/// Radicals and compatibility ideographs, all of a text in one finding: a page out of a PDF has dozens.
fn look_alikes(index: usize, passage: &Passage<'_>) -> Option<Slip> {
    let found: Vec<(usize, char, char)> = passage
        .text
        .char_indices()
        .filter_map(|(at, c)| ordinary(c).map(|to| (at, c, to)))
        .collect();
    let &(first, from, to) = found.first()?;
    let mut named: Vec<String> = Vec::new();
    for (_, from, to) in &found {
        let pair = format!("“{from}”（U+{:04X}）应为“{to}”", u32::from(*from));
        if !named.contains(&pair) {
            named.push(pair);
        }
    }
    let kinds = named.len();
    named.truncate(MOST_NAMED);
    let more = if kinds > MOST_NAMED { "等" } else { "" };
    let changes = found.iter().map(|(at, from, to)| Change {
        passage: index,
        range: *at..at + from.len_utf8(),
        put: to.to_string(),
    });
    let place = Place::Text(index, first..first + from.len_utf8());
    let slip = Slip::new("TEXT-CHARS", "look_alike", place)
        .with("first", from.to_string())
        .with("ordinary", to.to_string())
        .with("count", found.len().to_string())
        .with("named", named.join("，") + more);
    Some(slip.mended(passage, changes.collect(), true))
}

/// Characters that take no room.
fn unseen(index: usize, passage: &Passage<'_>) -> Option<Slip> {
    let found = places(passage.text, is_invisible);
    let first = found.first()?.clone();
    let changes = removed(index, &found);
    let slip = Slip::new("TEXT-CHARS", "invisible", Place::Text(index, first.clone()))
        .with("code", code(&passage.text[first]))
        .with("count", found.len().to_string());
    Some(slip.mended(passage, changes, true))
}

/// Spaces of a width of their own, which few faces have.
fn odd_spaces(index: usize, passage: &Passage<'_>) -> Option<Slip> {
    let found =
        places(passage.text, |c| matches!(c, '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}'));
    let first = found.first()?.clone();
    let changes = found.iter().map(|range| Change {
        passage: index,
        range: range.clone(),
        put: " ".to_owned(),
    });
    let slip = Slip::new("TEXT-CHARS", "space", Place::Text(index, first.clone()))
        .with("code", code(&passage.text[first]))
        .with("count", found.len().to_string());
    Some(slip.mended(passage, changes.collect(), true))
}

/// Characters that only their author's computer knows.
fn private_use(index: usize, passage: &Passage<'_>) -> Option<Slip> {
    let is_private = |c: char| matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}');
    let found = places(passage.text, is_private);
    let first = found.first()?.clone();
    let slip = Slip::new("TEXT-CHARS", "private", Place::Text(index, first.clone()))
        .with("code", code(&passage.text[first]))
        .with("count", found.len().to_string());
    Some(slip)
}

/// Line ends of web pages (U+2028 and the like), which are no line ends here.
fn line_separators(index: usize, passage: &Passage<'_>) -> Option<Slip> {
    let is_separator = |c| matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{B}' | '\u{C}');
    let found = places(passage.text, is_separator);
    let first = found.first()?.clone();
    let put = if passage.shape.is_line() { "" } else { "\n" };
    let changes = found.iter().map(|range| Change {
        passage: index,
        range: range.clone(),
        put: put.to_owned(),
    });
    let slip = Slip::new("TEXT-CHARS", "separator", Place::Text(index, first.clone()))
        .with("code", code(&passage.text[first]))
        .with("count", found.len().to_string());
    Some(slip.mended(passage, changes.collect(), true))
}

/// A line break or a tab in what is printed as one line.
fn broken_line(index: usize, passage: &Passage<'_>) -> Option<Slip> {
    if !passage.shape.is_line() {
        return None;
    }
    let text = passage.text.trim_end();
    let start = text.len() - text.trim_start().len();
    let at = start + text[start..].find(['\n', '\r', '\t'])?;
    let is_tab = !text[start..].contains(['\n', '\r']);
    let name = match (passage.shape, is_tab) {
        (_, true) => "tab",
        (Shape::Note, false) => "note_lines",
        (Shape::Agency, false) => "agency_lines",
        (_, false) => "line_break",
    };
    let slip = Slip::new("TEXT-CHARS", name, Place::Text(index, at..at + 1));
    let lines: Vec<&str> =
        text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect();
    let listed: Vec<String> = lines.iter().map(|line| format!("\"{line}\"")).collect();
    let slip = slip.with("list", format!("[{}]", listed.join(", ")));
    // Two agencies may stand over each other in a joint report, and each line of a note may be a note of its own.
    let certain = is_tab || !matches!(passage.shape, Shape::Note | Shape::Agency);
    Some(slip.mended(passage, joined(index, text, start), certain))
}

/// What joins the lines of a text: white space with a line break or a tab in it goes; between two Latin words a space stays.
fn joined(index: usize, text: &str, start: usize) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut at = start;
    while let Some(found) = text[at..].find(['\n', '\r', '\t']) {
        let from = text[..at + found].trim_end().len();
        let end = text.len() - text[at + found..].trim_start().len();
        let latin = |c: char| c.is_ascii_alphanumeric();
        let both = text[..from].ends_with(latin) && text[end..].starts_with(latin);
        let put = if both { " " } else { "" };
        changes.push(Change { passage: index, range: from..end, put: put.to_owned() });
        at = end;
    }
    changes
}

impl Chars {
    /// Text read in a wrong encoding.
    fn misread(&self, index: usize, passage: &Passage<'_>) -> Vec<Slip> {
        let mut slips: Vec<Slip> = Vec::new();
        for found in misread::find(passage.text, &self.gbk_signs) {
            let reading = &passage.text[found.range.clone()];
            let slip = Slip::new("TEXT-CHARS", "misread", Place::Text(index, found.range.clone()))
                .with("reading", shortened(reading))
                .with("text", shortened(&found.text));
            let has_figure =
                found.text.chars().any(|c| c.is_numeric() || "一二三四五六七八九十百".contains(c));
            let put = Change { passage: index, range: found.range, put: found.text };
            // What is read back has never been seen by the writer; a figure in it is left to a person.
            slips.push(slip.mended(passage, vec![put], found.is_whole && !has_figure));
        }
        let lost = self
            .lost
            .iter()
            .filter_map(|word| passage.text.find(word.as_str()).map(|at| (at, word)));
        if let Some((at, word)) = lost.min()
            && slips.is_empty()
        {
            let place = Place::Text(index, at..at + word.len());
            slips.push(Slip::new("TEXT-CHARS", "lost", place).with("reading", word.clone()));
        }
        slips
    }
}

fn places(text: &str, is_wanted: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let found = text.char_indices().filter(|(_, c)| is_wanted(*c));
    found.map(|(at, c)| at..at + c.len_utf8()).collect()
}

fn removed(index: usize, found: &[Range<usize>]) -> Vec<Change> {
    let change =
        |range: &Range<usize>| Change { passage: index, range: range.clone(), put: String::new() };
    found.iter().map(change).collect()
}

fn code(text: &str) -> String {
    text.chars().next().map_or_else(String::new, |c| format!("U+{:04X}", u32::from(c)))
}

fn shortened(text: &str) -> String {
    const MOST: usize = 20;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
