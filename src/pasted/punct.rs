//! `TEXT-PUNCT`: doubled punctuation, a missing full stop, brackets and quotation marks without their partners.

use serde::Deserialize;

use super::page::{Kind, Line};
use super::shape::{PAIRS, bracket, is_hanzi, is_numbered, length};
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
        for (index, passage) in page.passages.iter().enumerate() {
            slips.extend(self.doubled(index, passage));
        }
        for (index, passage) in page.bodies() {
            for (at, line) in passage.lines.iter().enumerate() {
                if line.kind != Kind::Paragraph
                    || slips.iter().any(|slip| slip.is_about(index, &line.range()))
                {
                    continue;
                }
                slips.extend(self.unended(index, passage, at));
                slips.extend(unpaired(index, passage, line));
            }
        }
    }
}

impl Punct {
    /// Two marks in a row.
    fn doubled(&self, index: usize, passage: &Passage<'_>) -> Vec<Slip> {
        let text = passage.text;
        let is_mark = |c: char| self.marks.contains(c);
        let mut slips = Vec::new();
        let mut at = 0;
        while let Some(start) = text[at..].find(is_mark).map(|found| at + found) {
            let run = text[start..].find(|c| !is_mark(c)).unwrap_or(text.len() - start);
            at = start + run;
            let marks = &text[start..at];
            let mut chars = marks.chars();
            let first = chars.next().unwrap_or_default();
            if chars.clone().next().is_none() {
                continue;
            }
            let same = chars.all(|c| c == first);
            let slip = Slip::new(
                "TEXT-PUNCT",
                if same { "doubled" } else { "two_marks" },
                Place::Text(index, start..at),
            )
            .with("marks", marks)
            .with("mark", first.to_string());
            let change = Change { passage: index, range: start..at, put: first.to_string() };
            slips.push(if same { slip.mended(passage, vec![change], true) } else { slip });
        }
        slips
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
