//! `TEXT-MARKUP`, of the data file's own marks: `**` without a partner, headings and pictures that nearly are some, a
//! heading that brings the number which the program writes.

use serde::Deserialize;

use super::page::{Kind, Line};
use super::shape::{is_hanzi, number_length};
use super::{Change, Page, Passage, Place, Rule, Shape, Slip};
use crate::text::line;

/// Its words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Marks {
    /// Endings of picture files.
    pictures: Vec<String>,
}

impl Rule for Marks {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        for (index, passage) in page.passages.iter().enumerate() {
            match passage.shape {
                Shape::Body => {
                    bold(index, passage, slips);
                    for line in &passage.lines {
                        slips.extend(near_heading(index, passage, line));
                        slips.extend(self.near_image(page, index, line));
                    }
                }
                Shape::Heading => slips.extend(heading(index, passage)),
                _ => slips.extend(dressed(index, passage)),
            }
        }
    }
}

/// `**` without a partner in its line.
fn bold(index: usize, passage: &Passage<'_>, slips: &mut Vec<Slip>) {
    let odd = |line: &Line<'_>| {
        matches!(line.kind, Kind::Paragraph | Kind::Row)
            && line.text.matches("**").count() % 2 == 1
            && !is_mask(line.text)
    };
    let mut lines = passage.lines.iter().filter(|line| line.kind != Kind::Blank).peekable();
    while let Some(line) = lines.next() {
        if !odd(line) {
            continue;
        }
        let at = line.start + line.text.rfind("**").unwrap_or(0);
        let place = Place::Text(index, at..at + 2);
        let opens = line.text.rfind("**").is_some_and(|at| at + 2 < line.text.len());
        match lines.next_if(|next| odd(next) && opens) {
            Some(next) => {
                // Bold over two lines: each gets its own pair.
                let changes = vec![
                    Change {
                        passage: index,
                        range: line.range().end..line.range().end,
                        put: "**".to_owned(),
                    },
                    Change { passage: index, range: next.start..next.start, put: "**".to_owned() },
                ];
                let slip = Slip::new("TEXT-MARKUP", "bold_lines", place);
                slips.push(slip.mended(passage, changes, !next.text.starts_with("**")));
            }
            None => slips.push(Slip::new("TEXT-MARKUP", "bold", place)),
        }
    }
}

/// Whether the stars hide something: 张**, 链接***处. A lone pair right behind a character and before one begins no bold
/// text that anybody would miss, and three or more are no mark of ours.
fn is_mask(text: &str) -> bool {
    let Some((before, behind)) = text.split_once("**") else { return false };
    let hidden = |c: Option<char>| c.is_some_and(|c| is_hanzi(c) || c == '*');
    !behind.trim_start_matches('*').contains("**")
        && hidden(before.chars().last())
        && hidden(behind.chars().next())
}

/// A line that was meant as a heading: another number of `#`, no space, full-width signs.
fn near_heading(index: usize, passage: &Passage<'_>, line: &Line<'_>) -> Option<Slip> {
    if line.kind != Kind::Paragraph {
        return None;
    }
    let body = line.text.trim_start_matches(['#', '＃']);
    let signs = line.text.len() - body.len();
    let count = line.text[..signs].chars().count();
    let title = line::trim(body);
    let spaced = title.len() < body.len();
    // #话题# is a topic of social media, #1 a number.
    let meant = (1..=6).contains(&count)
        && (count > 1 || spaced)
        && title.starts_with(|c: char| is_hanzi(c) || "（(“《*".contains(c))
        && !title.ends_with(['#', '＃'])
        && !title.contains('。');
    if !meant {
        return None;
    }
    let range = line.start..line.range().end - title.len();
    let change = Change { passage: index, range: range.clone(), put: "### ".to_owned() };
    let slip =
        Slip::new("TEXT-MARKUP", "heading", Place::Text(index, range.start..range.start + signs))
            .with("marks", &line.text[..signs]);
    Some(slip.mended(passage, vec![change], true))
}

/// A heading with a number or marks of its own.
fn heading(index: usize, passage: &Passage<'_>) -> Option<Slip> {
    let text = passage.text.trim();
    let offset = passage.text.len() - passage.text.trim_start().len();
    let plain = text.trim_start_matches(['*', '#', ' ', '　']);
    let marks = text.len() - plain.len();
    let number = number_length(plain);
    let rest = plain[number..].trim_start();
    let ended = rest.trim_end_matches('*');
    if (marks == 0 && number == 0 && ended.len() == rest.len()) || ended.is_empty() {
        return None;
    }
    // A date or a year in front of a heading is no number: number_length takes none of them.
    let start = offset + text.len() - rest.len();
    let end = start + ended.len();
    let mut changes = vec![Change { passage: index, range: offset..start, put: String::new() }];
    if end < offset + text.len() {
        let range = end..offset + text.len();
        changes.push(Change { passage: index, range, put: String::new() });
    }
    let name = if number > 0 { "heading_number" } else { "heading_marks" };
    let before = text[..text.len() - rest.len()].trim();
    let range = offset..start.max(offset + first_char(text));
    let slip = Slip::new("TEXT-MARKUP", name, Place::Text(index, range))
        .with("marks", if before.is_empty() { "**" } else { before })
        .with("heading", ended);
    Some(slip.mended(passage, changes, true))
}

fn first_char(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// `**` in what is printed as one line, where it has no power.
fn dressed(index: usize, passage: &Passage<'_>) -> Option<Slip> {
    let found: Vec<usize> = passage.text.match_indices("**").map(|(at, _)| at).collect();
    let first = *found.first()?;
    let changes =
        found.iter().map(|&at| Change { passage: index, range: at..at + 2, put: String::new() });
    let slip = Slip::new("TEXT-MARKUP", "line_marks", Place::Text(index, first..first + 2))
        .with("marks", "**");
    let in_pairs = found.len().is_multiple_of(2) && !passage.text.contains("***");
    Some(slip.mended(passage, changes.collect(), in_pairs))
}

impl Marks {
    /// A line that was meant as a picture or a chart and is printed as it stands.
    fn near_image(&self, page: &Page<'_>, index: usize, line: &Line<'_>) -> Option<Slip> {
        let passage = &page.passages[index];
        if line.kind != Kind::Paragraph {
            return None;
        }
        let meant = self.meant(line.text)?;
        let slip = Slip::new("TEXT-MARKUP", "image", Place::Text(index, line.range()));
        let whole = format!("![{}]({})", meant.caption, meant.target);
        if meant.is_whole && line::image(&whole).is_some() {
            let change = Change { passage: index, range: line.range(), put: whole };
            // A picture may be missing, which is an error: only what is there is placed without asking.
            let name = meant.target.strip_prefix("chart:");
            let is_there = page.charts.iter().any(|chart| Some(chart.name) == name);
            return Some(slip.mended(passage, vec![change], is_there));
        }
        Some(Slip { name: "image_inside", ..slip })
    }

    /// The image that a line holds, whatever its signs.
    fn meant(&self, text: &str) -> Option<Meant> {
        let written: Vec<char> = text.chars().collect();
        let narrow: Vec<char> = written.iter().map(|c| narrowed(*c)).collect();
        let middle = (0..narrow.len()).find(|&at| {
            narrow[at] == ']' && narrow[at + 1..].iter().find(|c| **c != ' ') == Some(&'(')
        })?;
        let open = narrow[..middle].iter().rposition(|c| *c == '[')?;
        let target_from = middle + 1 + narrow[middle + 1..].iter().position(|c| *c == '(')? + 1;
        let close = narrow.iter().rposition(|c| *c == ')').filter(|at| *at >= target_from)?;
        let target: String = narrow[target_from..close].iter().collect();
        let target = target.trim().replace("chart: ", "chart:");
        let lower = target.to_lowercase();
        let marked = narrow[..open].iter().rev().find(|c| **c != ' ') == Some(&'!');
        let shown = lower.starts_with("chart:")
            || self.pictures.iter().any(|ending| lower.ends_with(ending.as_str()));
        let is_marked = marked && written[..open].ends_with(&['!']);
        if !(shown || is_marked) {
            return None;
        }
        let before = narrow[..open].iter().filter(|c| !matches!(**c, ' ' | '!')).count();
        let caption: String = written[open + 1..middle].iter().collect();
        let is_whole = before == 0 && close + 1 == narrow.len();
        Some(Meant { caption: caption.trim().to_owned(), target, is_whole })
    }
}

/// An image as it was meant.
struct Meant {
    caption: String,
    target: String,
    /// Whether the line holds nothing else.
    is_whole: bool,
}

/// The ASCII sign where an input method wrote a full-width one.
fn narrowed(c: char) -> char {
    match c {
        '！' => '!',
        '［' | '【' => '[',
        '］' | '】' => ']',
        '（' => '(',
        '）' => ')',
        '：' => ':',
        '\u{3000}' | '\u{A0}' => ' ',
        other => other,
    }
}
