//! `TEXT-TORN`: a sentence torn over two lines, as lines copied from a PDF or a web page are.
//!
//! A line is torn from the next where neither the end of the one nor the beginning of the other can be an end or a
//! beginning. Headings, lists, contact lines and signatures end without a stop as well and stay silent; a paragraph that
//! only lacks its full stop is `TEXT-PUNCT`.

use std::ops::Range;

use serde::Deserialize;

use super::page::{Kind, Line};
use super::shape::{closes_first, is_hanzi, is_numbered, left_open, length, width};
use super::{Change, Page, Passage, Place, Rule, Slip};

/// Its words and thresholds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Torn {
    /// Marks that end a paragraph.
    ends: String,
    /// Words with which a paragraph begins.
    starters: Vec<String>,
    /// Words with which none begins.
    never_first: Vec<String>,
    /// Words that begin like one of those and may begin a paragraph.
    may_be_first: Vec<String>,
    /// Words with which none ends.
    never_last: Vec<String>,
    /// Words that end like one of those and may end a line.
    may_be_last: Vec<String>,
    /// Measure words that belong to a figure before them.
    units: Vec<String>,
    /// Words of contact lines, which end without a mark.
    contact: Vec<String>,
    /// Most characters of a line without a mark that may be a heading or a signature.
    heading_length: usize,
    /// Most characters of a line with a comma that may be a heading or an item (强化组织领导，明确责任分工).
    slogan_length: usize,
    /// Most characters of a numbered line that may be a heading, commas and all.
    numbered_length: usize,
    /// Most characters of a label before a colon.
    label_length: usize,
    /// Lines of a block cut at one width: how many must be torn, and how far their widths may differ, in half characters.
    block_joints: usize,
    block_tolerance: usize,
}

/// What lies between two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// The one ends, the other begins.
    Whole,
    /// One sentence goes over both.
    Torn { certain: bool },
}

impl Rule for Torn {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        for (index, passage) in page.bodies() {
            for run in self.runs(passage) {
                slips.extend(self.slip(index, passage, &run));
            }
        }
    }
}

/// Paragraph lines that are one sentence: places in [`Passage::lines`], and whether each joint is certain.
struct Run {
    lines: Vec<usize>,
    certain: Vec<bool>,
}

impl Torn {
    fn runs(&self, passage: &Passage<'_>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let written: Vec<usize> =
            (0..passage.lines.len()).filter(|&at| passage.lines[at].kind != Kind::Blank).collect();
        for pair in written.windows(2) {
            let (a, b) = (&passage.lines[pair[0]], &passage.lines[pair[1]]);
            let Joint::Torn { certain } = self.joint(a, b) else { continue };
            match runs.last_mut().filter(|run| run.lines.last() == Some(&pair[0])) {
                Some(run) => {
                    run.lines.push(pair[1]);
                    run.certain.push(certain);
                }
                None => runs.push(Run { lines: pair.to_vec(), certain: vec![certain] }),
            }
        }
        for run in &mut runs {
            if self.is_block(passage, run) {
                run.certain.fill(true);
            }
        }
        runs
    }

    /// Whether the lines of a run were cut at one width.
    fn is_block(&self, passage: &Passage<'_>, run: &Run) -> bool {
        let widths: Vec<usize> =
            run.lines.iter().map(|&at| width(passage.lines[at].text)).collect();
        let Some((last, cut)) = widths.split_last() else { return false };
        // The first line is indented by two characters, which are not part of the text.
        let body = if cut.len() > self.block_joints { &cut[1..] } else { cut };
        let (Some(least), Some(most)) = (body.iter().min(), body.iter().max()) else {
            return false;
        };
        run.certain.len() >= self.block_joints
            && most - least <= self.block_tolerance
            && *last <= most + self.block_tolerance
    }

    /// What lies between two written lines.
    pub(super) fn joint(&self, a: &Line<'_>, b: &Line<'_>) -> Joint {
        if a.kind != Kind::Paragraph || b.kind != Kind::Paragraph {
            return Joint::Whole;
        }
        let (before, after) = (plain(a.text), plain(b.text));
        if before.is_empty() || after.is_empty() || is_numbered(&after) || is_markup(b.text) {
            return Joint::Whole;
        }
        if is_bold(a.text) || is_markup(a.text) {
            return Joint::Whole;
        }
        if let Some(certain) = self.evidence(&before, &after) {
            return Joint::Torn { certain };
        }
        let ends = before.chars().next_back().is_some_and(|c| self.ends.contains(c));
        if ends || self.starts(&after) || self.may_end(&before) || self.is_short(&after) {
            return Joint::Whole;
        }
        Joint::Torn { certain: false }
    }

    /// Signs that both lines are one sentence whatever they say; whether they may be joined without asking.
    fn evidence(&self, before: &str, after: &str) -> Option<bool> {
        let has = |words: &[String], test: &dyn Fn(&str) -> bool| words.iter().any(|w| test(w));
        let after_starts = |word: &str| after.starts_with(word);
        let before_ends = |word: &str| before.ends_with(word);
        if splits_figure(before, after) {
            return (!self.is_contact(before)).then_some(false);
        }
        let figure = before.trim_end_matches(|c: char| c.is_ascii_digit()).len() < before.len();
        if figure && has(&self.units, &after_starts) && !self.is_contact(before) {
            return Some(true);
        }
        if has(&self.never_first, &after_starts) && !has(&self.may_be_first, &after_starts) {
            return Some(true);
        }
        if left_open(before).last().is_some_and(|&pair| closes_first(after, pair)) {
            return Some(true);
        }
        if has(&self.never_last, &before_ends) && !has(&self.may_be_last, &before_ends) {
            return Some(!self.starts(after) && !self.is_short(after));
        }
        None
    }

    fn starts(&self, after: &str) -> bool {
        let label = after.split_once(['：', ':']);
        let label = label.is_some_and(|(label, _)| {
            (2..=self.label_length).contains(&label.chars().count())
                && !label.contains(['，', '。'])
        });
        label
            || self.starters.iter().any(|word| after.starts_with(word.as_str()))
            || starts_with_year(after)
    }

    /// Whether a line may end as it does: a heading, a signature, a contact line, an address of the web.
    fn may_end(&self, before: &str) -> bool {
        self.is_short(before)
            || self.is_slogan(before)
            || self.is_contact(before)
            || !has_stop(before)
    }

    /// Whether a line may be a heading or an item although it holds a comma. 一是…… begins a sentence, （一）…… a heading.
    fn is_slogan(&self, line: &str) -> bool {
        let is_heading = is_numbered(line) && !line.chars().take(4).any(|c| c == '是');
        let most = if is_heading { self.numbered_length } else { self.slogan_length };
        length(line) <= most && !line.contains(['。', '；'])
    }

    fn is_short(&self, line: &str) -> bool {
        length(line) <= self.heading_length && !line.contains(['。', '，', '；', ',', ';'])
    }

    fn is_contact(&self, line: &str) -> bool {
        self.contact.iter().any(|word| line.contains(word.as_str()))
    }

    fn slip(&self, index: usize, passage: &Passage<'_>, run: &Run) -> Option<Slip> {
        let lines: Vec<&Line<'_>> = run.lines.iter().map(|&at| &passage.lines[at]).collect();
        let [first, second, ..] = lines.as_slice() else { return None };
        let changes: Vec<Change> = lines
            .windows(2)
            .map(|pair| {
                let range = pair[0].range().end..pair[1].start;
                Change { passage: index, range, put: glue(pair[0].text, pair[1].text).to_owned() }
            })
            .collect();
        let certain = run.certain.iter().all(|certain| *certain);
        let is_figure = lines.windows(2).any(|pair| splits_figure(pair[0].text, pair[1].text));
        let slip = Slip::new("TEXT-TORN", "torn", Place::Text(index, seam(first)))
            .with("before", tail(first.text))
            .with("after", head(second.text))
            .with("count", lines.len().to_string());
        let mut slip = slip.mended(passage, changes.clone(), certain);
        if is_figure {
            // The joined line would hold a figure that nobody has written.
            slip.name = "torn_figure";
            slip.corrected = None;
        }
        slip.covers = first.start..lines.last().map_or(first.start, |line| line.range().end);
        if !certain {
            // What is certain of a run can be mended even where the rest needs a person.
            let sure = changes.into_iter().zip(&run.certain).filter(|(_, certain)| **certain);
            slip.changes = sure.map(|(change, _)| change).collect();
        }
        Some(slip)
    }
}

/// Whether digits stand on both sides of a tear: 1 and 2 over two lines are 12, or two figures.
fn splits_figure(before: &str, after: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    before.ends_with(is_digit) && after.starts_with(is_digit)
}

/// A line without marks of emphasis.
fn plain(line: &str) -> String {
    line.replace("**", "").trim().to_owned()
}

pub(super) fn is_bold(line: &str) -> bool {
    line.len() > 4
        && line.starts_with("**")
        && line.ends_with("**")
        && line.matches("**").count() == 2
}

/// Whether a line is meant as a picture, a table or a heading; what is wrong with it is told elsewhere.
fn is_markup(line: &str) -> bool {
    line.starts_with(['|', '｜', '#', '＃', '!', '！', '<', '&']) || line.contains('\t')
}

fn has_stop(line: &str) -> bool {
    line.contains(['。', '，', '；', ',', ';', '、', '：'])
}

fn starts_with_year(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4 && line[4..].starts_with('年')
}

/// A space between two words of Latin letters, nothing between Chinese characters.
fn glue(before: &str, after: &str) -> &'static str {
    let latin = |c: char| c.is_ascii_alphabetic();
    let both = before.ends_with(latin) && after.starts_with(latin);
    if both { " " } else { "" }
}

/// The last character of a line, where the tear is.
fn seam(line: &Line<'_>) -> Range<usize> {
    let end = line.range().end;
    let last = line.text.chars().next_back().map_or(0, char::len_utf8);
    end - last..end
}

/// The last few characters of a line, for a message.
fn tail(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    chars[chars.len().saturating_sub(6)..].iter().collect()
}

/// The first few characters of a line, for a message.
fn head(line: &str) -> String {
    line.chars().take(6).filter(|c| is_hanzi(*c) || !c.is_whitespace()).collect()
}
