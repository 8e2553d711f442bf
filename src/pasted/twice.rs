//! `TEXT-TWICE`: a paragraph that stands twice, a heading pasted with the text under it, the fee sentence beside the one that
//! the program prints.

use std::collections::HashMap;

use serde::Deserialize;

use super::page::{self, Kind};
use super::shape::{essence, number_length};
use super::{Change, Page, Passage, Place, Rule, Section, Slip};
use crate::text::Prose;

/// Its words and thresholds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Twice {
    /// Letters and digits of a paragraph that is no accident.
    least_paragraph: usize,
    /// Words around a heading that say nothing of their own: 情况, 工作.
    heading_fillers: Vec<String>,
    /// Paths of figures printed as a sentence, and words of which a text that says the same has all of one list.
    sentences: Vec<Sentence>,
}

/// A sentence that the program prints.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    path: String,
    subjects: Vec<String>,
    statements: Vec<String>,
}

/// A line by its passage and its place there.
struct Line {
    passage: usize,
    line: usize,
}

impl Line {
    fn of<'p, 'a>(&self, page: &'p Page<'a>) -> &'p page::Line<'a> {
        &page.passages[self.passage].lines[self.line]
    }
}

impl Rule for Twice {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        self.paragraphs(page, slips);
        for (index, passage) in page.bodies() {
            slips.extend(self.heading(page, index, passage));
            slips.extend(self.sentence(page, index, passage));
        }
    }
}

impl Twice {
    /// Paragraphs that say the same, letter by letter, punctuation and spaces aside; all of one text in one finding.
    fn paragraphs(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut places: Vec<Vec<Line>> = Vec::new();
        for (passage, body) in page.bodies() {
            for (line, text) in body.lines.iter().enumerate() {
                let said = essence(text.text);
                if text.kind != Kind::Paragraph || said.chars().count() < self.least_paragraph {
                    continue;
                }
                let at = *known.entry(said).or_insert_with(|| {
                    places.push(Vec::new());
                    places.len() - 1
                });
                places[at].push(Line { passage, line });
            }
        }
        slips.extend(places.iter().filter_map(|places| again(page, places)));
    }

    /// The heading of a section as the first line of its text.
    fn heading(&self, page: &Page<'_>, index: usize, passage: &Passage<'_>) -> Option<Slip> {
        let section = page.sections.iter().find(|section| section.path == passage.path)?;
        let mut lines = passage.lines.iter().filter(|line| line.kind != Kind::Blank);
        let first = lines.next()?;
        let second = lines.next()?;
        let title = line_title(first)?;
        let headings = [section.own_heading.unwrap_or(section.heading), section.part_heading];
        let said = self.bare(title);
        let own =
            headings.iter().find(|heading| !heading.is_empty() && self.bare(heading) == said)?;
        let place = Place::Text(index, first.range());
        let change =
            Change { passage: index, range: first.start..second.start, put: String::new() };
        let slip = Slip::new("TEXT-TWICE", "heading", place).with("heading", *own);
        let mut slip = slip.mended(passage, vec![change], true);
        slip.corrected = None;
        Some(slip)
    }

    /// A heading without its number, marks and fillers.
    fn bare(&self, heading: &str) -> String {
        let heading = heading.trim_matches(|c: char| "*# 　：:。".contains(c));
        let mut bare = essence(&heading[number_length(heading)..]);
        for filler in &self.heading_fillers {
            if let Some(rest) = bare.strip_suffix(filler.as_str()).filter(|rest| !rest.is_empty()) {
                bare = rest.to_owned();
            }
        }
        bare
    }

    /// A text that says what the program prints as a sentence.
    fn sentence(&self, page: &Page<'_>, index: usize, passage: &Passage<'_>) -> Option<Slip> {
        let part = passage.path.split('.').next()?;
        for sentence in &self.sentences {
            if !page.sentences.contains(&sentence.path) || !sentence.path.starts_with(part) {
                continue;
            }
            let Some((start, said)) = clauses(passage.text).find(|(_, clause)| {
                let has =
                    |words: &[String]| words.iter().any(|word| clause.contains(word.as_str()));
                has(&sentence.subjects) && has(&sentence.statements)
            }) else {
                continue;
            };
            let place = Place::Text(index, start..start + said.len());
            return Some(Slip::new("TEXT-TWICE", "sentence", place).with("path", &sentence.path));
        }
        None
    }
}

/// The sentences of a text with their places.
fn clauses(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(['。', '\n', '；']).map(move |piece| {
        let start = at + (piece.len() - piece.trim_start().len());
        at += piece.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        (start, piece.trim())
    })
}

/// What a line says if it can be a heading.
fn line_title<'a>(line: &page::Line<'a>) -> Option<&'a str> {
    const LONGEST: usize = 40;
    let is_title = matches!(line.kind, Kind::Heading | Kind::Paragraph)
        && line.text.chars().count() <= LONGEST
        && !line.text.trim_end_matches(['。', '：', ':']).contains(['。', '，', '；']);
    is_title.then_some(line.text)
}

/// The finding about a paragraph that stands more than once, at its second place.
fn again(page: &Page<'_>, places: &[Line]) -> Option<Slip> {
    let [first, second, ..] = places else { return None };
    let line = second.of(page);
    let name = if first.passage == second.passage { "paragraph" } else { "paragraph_elsewhere" };
    let mut slip = Slip::new("TEXT-TWICE", name, Place::Text(second.passage, line.range()))
        .with("where", section_name(page, &page.passages[first.passage]))
        .with("count", places.len().to_string())
        .with("beginning", beginning(line.text));
    // Two lines one behind the other with the same words are one pasted twice; a figure is never taken out unasked.
    if Prose::read(line.text).figures.is_empty() {
        let pairs = places.windows(2).filter(|pair| are_adjacent(page, &pair[0], &pair[1]));
        slip.changes = pairs
            .map(|pair| Change {
                passage: pair[1].passage,
                range: pair[0].of(page).range().end..pair[1].of(page).range().end,
                put: String::new(),
            })
            .collect();
    }
    Some(slip)
}

/// Whether two equal lines follow each other in one text.
fn are_adjacent(page: &Page<'_>, a: &Line, b: &Line) -> bool {
    let lines = &page.passages[a.passage].lines;
    a.passage == b.passage
        && a.of(page).text == b.of(page).text
        && lines[a.line + 1..b.line].iter().all(|line| line.kind == Kind::Blank)
}

fn section_name(page: &Page<'_>, passage: &Passage<'_>) -> String {
    let named = |section: &&Section<'_>| section.path == passage.path;
    let section = page.sections.iter().find(named);
    let heading = section.map(|section| section.own_heading.unwrap_or(section.heading));
    heading.filter(|heading| !heading.is_empty()).unwrap_or(&passage.path).to_owned()
}

fn beginning(text: &str) -> String {
    const MOST: usize = 12;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
