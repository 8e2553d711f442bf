//! `TEXT-PUNCT`: doubled punctuation, a missing full stop, brackets and quotation marks without their partners.

use serde::Deserialize;

use super::page::{Kind, Line};
use super::shape::{PAIRS, bracket, is_hanzi, is_numbered, length};
use super::torn::is_bold;
use super::{Change, Page, Passage, Place, Rule, Slip};

/// Its words and thresholds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Punct {
    /// Marks of which two in a row are one too many.
    marks: String,
    /// Marks that end a paragraph.
    ends: String,
    /// Marks that join what comes after.
    joining: String,
    /// Words of contact lines, which end without a mark.
    contact: Vec<String>,
    /// Fewest characters of a line that wants a full stop.
    least_paragraph: usize,
}

impl Rule for Punct {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        let mut found = Vec::new();
        for (index, passage) in page.passages.iter().enumerate() {
            self.doubled(index, passage, &mut found);
        }
        for (index, passage) in page.bodies() {
            let known = Known::of(index, slips);
            for (at, line) in passage.lines.iter().enumerate() {
                if line.kind != Kind::Paragraph || known.covers(&line.range()) {
                    continue;
                }
                found.extend(self.unended(index, passage, at));
                found.extend(unpaired(index, passage, line));
            }
        }
        slips.append(&mut found);
    }
}

/// Pieces of a passage that other rules have told of, in order and apart from each other.
struct Known(Vec<std::ops::Range<usize>>);

impl Known {
    fn of(passage: usize, slips: &[Slip]) -> Self {
        let mut pieces: Vec<_> = slips.iter().filter_map(|slip| slip.piece_of(passage)).collect();
        pieces.sort_by_key(|piece| piece.start);
        let mut apart: Vec<std::ops::Range<usize>> = Vec::new();
        for piece in pieces {
            match apart.last_mut().filter(|last| piece.start <= last.end) {
                Some(last) => last.end = last.end.max(piece.end),
                None => apart.push(piece),
            }
        }
        Self(apart)
    }

    fn covers(&self, range: &std::ops::Range<usize>) -> bool {
        let next = self.0.partition_point(|piece| piece.end <= range.start);
        self.0.get(next).is_some_and(|piece| piece.start < range.end)
    }
}

impl Punct {
    /// Two marks in a row: those of a line in one finding, apart by whether it is certain which one goes.
    fn doubled(&self, index: usize, passage: &Passage<'_>, slips: &mut Vec<Slip>) {
        let text = passage.text;
        let is_mark = |c: char| self.marks.contains(c);
        let mut line_end = 0;
        let mut same: Vec<Change> = Vec::new();
        let mut at = 0;
        while let Some(start) = text[at..].find(is_mark).map(|found| at + found) {
            let run = text[start..].find(|c| !is_mark(c)).unwrap_or(text.len() - start);
            at = start + run;
            let marks = &text[start..at];
            let first = marks.chars().next().unwrap_or_default();
            if marks.len() == first.len_utf8() {
                continue;
            }
            if start >= line_end {
                slips.extend(repeated(passage, std::mem::take(&mut same)));
                line_end = text[start..].find('\n').map_or(text.len(), |end| start + end);
            }
            if marks.chars().all(|c| c == first) {
                let put = first.to_string();
                same.push(Change { passage: index, range: start..at, put });
            } else {
                let place = Place::Text(index, start..at);
                slips.push(Slip::new("TEXT-PUNCT", "two_marks", place).with("marks", marks));
            }
        }
        slips.extend(repeated(passage, same));
    }

    /// A paragraph without its full stop, or one that ends with a comma.
    fn unended(&self, index: usize, passage: &Passage<'_>, at: usize) -> Option<Slip> {
        let line = &passage.lines[at];
        let next = passage.lines[at + 1..].iter().find(|line| line.kind != Kind::Blank);
        let text = line.text.trim_end_matches('*');
        let last = text.chars().next_back()?;
        let end = line.start + text.len();
        let place = Place::Text(index, end - last.len_utf8()..end);
        let is_contact = self.contact.iter().any(|word| text.contains(word.as_str()));
        // What comes after a comma may be a table, a picture or a list.
        let follows = next.is_some_and(|next| next.kind != Kind::Paragraph);
        if self.joining.contains(last) && !follows && !is_contact {
            let change =
                Change { passage: index, range: end - last.len_utf8()..end, put: "。".to_owned() };
            let slip = Slip::new("TEXT-PUNCT", "comma_end", place).with("mark", last.to_string());
            return Some(slip.mended(passage, vec![change], false));
        }
        if is_bold(line.text) || (is_numbered(text) && !text.contains('。')) {
            // A heading on a line of its own.
            return None;
        }
        let said =
            text.contains('。') || (text.contains('，') && length(text) >= self.least_paragraph);
        let wants = said
            && (is_hanzi(last) || (last == '）' && text.contains('。')))
            && !is_contact
            && !follows;
        if !wants || self.ends.contains(last) {
            return None;
        }
        let change = Change { passage: index, range: end..end, put: "。".to_owned() };
        let slip = Slip::new("TEXT-PUNCT", "no_stop", place).with("last", tail(text));
        Some(slip.mended(passage, vec![change], false))
    }
}

/// The finding about the same mark twice, for all of a line.
fn repeated(passage: &Passage<'_>, changes: Vec<Change>) -> Option<Slip> {
    let first = changes.first()?;
    let place = Place::Text(first.passage, first.range.clone());
    let slip = Slip::new("TEXT-PUNCT", "doubled", place)
        .with("marks", &passage.text[first.range.clone()])
        .with("mark", first.put.clone())
        .with("count", changes.len().to_string());
    Some(slip.mended(passage, changes, true))
}

/// A bracket or quotation mark without its partner in the paragraph.
fn unpaired(index: usize, passage: &Passage<'_>, line: &Line<'_>) -> Option<Slip> {
    let mut open: Vec<(usize, usize, char)> = Vec::new();
    for (at, c) in line.text.char_indices() {
        let Some((pair, opens)) = bracket(c) else { continue };
        if opens {
            open.push((pair, at, c));
            continue;
        }
        match open.iter().rposition(|(known, ..)| *known == pair) {
            // What was opened inside and is still open has no partner.
            Some(found) if found + 1 == open.len() => open.truncate(found),
            Some(found) => return Some(lonely(index, passage, line, open[found + 1])),
            None if is_item(line.text, at) => {}
            None => return Some(lonely(index, passage, line, (pair, at, c))),
        }
    }
    let first = open.first().copied()?;
    Some(lonely(index, passage, line, first))
}

/// Whether a closing bracket ends the number of an item: 1）, a).
fn is_item(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let digits = before.trim_end_matches(|c: char| {
        c.is_ascii_alphanumeric() || "一二三四五六七八九十".contains(c)
    });
    let starts = digits.is_empty() || digits.ends_with(['。', '；', '：', '，', ' ', '　', '、']);
    digits.len() < before.len() && before.len() - digits.len() <= 6 && starts
        || is_numbered(&text[..at])
}

fn lonely(
    index: usize,
    passage: &Passage<'_>,
    line: &Line<'_>,
    found: (usize, usize, char),
) -> Slip {
    let (pair, at, c) = found;
    let start = line.start + at;
    let (open, close) = PAIRS[pair];
    let same_way = line.text.chars().filter(|known| *known == c).count();
    let other = if c == close { open } else { close };
    let place = Place::Text(index, start..start + c.len_utf8());
    // “三审“: the marks of one pair typed the same way.
    let turned = same_way.is_multiple_of(2)
        && !line.text.contains(other)
        && matches!(c, '“' | '”' | '‘' | '’');
    if !turned {
        return Slip::new("TEXT-PUNCT", "unpaired", place)
            .with("mark", c.to_string())
            .with("partner", other.to_string());
    }
    let places = line.text.char_indices().filter(|(_, known)| *known == c);
    let changes = places.enumerate().map(|(number, (at, c))| Change {
        passage: index,
        range: line.start + at..line.start + at + c.len_utf8(),
        put: if number.is_multiple_of(2) { open } else { close }.to_string(),
    });
    let changes: Vec<Change> = changes.collect();
    let slip = Slip::new("TEXT-PUNCT", "turned", place)
        .with("mark", c.to_string())
        .with("partner", other.to_string());
    slip.mended(passage, changes, false)
}

fn tail(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars[chars.len().saturating_sub(6)..].iter().collect()
}
