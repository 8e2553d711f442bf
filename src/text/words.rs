//! Small things about words that several kinds of check need.

use std::collections::BTreeMap;
use std::ops::Range;

/// Places that are taken: of overlapping ones the first counts.
#[derive(Debug, Default)]
pub(crate) struct Taken(BTreeMap<usize, usize>);

impl Taken {
    /// Takes a place unless it overlaps one that is taken; returns whether it did.
    pub(crate) fn take(&mut self, place: &Range<usize>) -> bool {
        let free = self.0.range(..place.end).next_back().is_none_or(|(_, end)| *end <= place.start);
        if free {
            self.0.insert(place.start, place.end);
        }
        free
    }
}

/// The sentence around a place of the plain view.
pub(crate) fn sentence_around<'a>(plain: &'a str, range: &Range<usize>) -> &'a str {
    // A text without any stop is one sentence: beyond this it says nothing about the place.
    const FAR: usize = 1200;
    let ends = ['。', '！', '？', '\n', '；', ';'];
    let near = floor(plain, range.start.saturating_sub(FAR))
        ..floor(plain, (range.end + FAR).min(plain.len()));
    let start = plain[near.start..range.start].char_indices().rev().find(|(_, c)| ends.contains(c));
    let start = start.map_or(near.start, |(at, c)| near.start + at + c.len_utf8());
    let end = plain[range.end..near.end].find(ends).map_or(near.end, |at| range.end + at);
    &plain[start..end]
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// A number below one hundred in Chinese.
pub(crate) fn chinese_number(number: i64) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit =
        |value: i64| DIGITS.get(usize::try_from(value).unwrap_or(0)).copied().unwrap_or_default();
    match number {
        1..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", digit(number % 10)),
        20..=99 => format!("{}十{}", digit(number / 10), digit(number % 10)),
        _ => number.to_string(),
    }
}

/// Letters and digits of a text: what it says without punctuation and spaces.
pub(crate) fn length(text: &str) -> usize {
    text.chars().filter(|char| char.is_alphanumeric()).count()
}

/// Whether a text has fewer letters and digits.
pub(crate) fn is_shorter(text: &str, least: usize) -> bool {
    text.chars().filter(|char| char.is_alphanumeric()).take(least).count() < least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_lists() {
        for (number, text) in
            [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五"), (100, "100")]
        {
            assert_eq!(chinese_number(number), text);
        }
    }

    #[test]
    fn sentences() {
        let plain = "甲。乙丙丁；戊";
        let at = plain.find('丙').expect("丙");
        assert_eq!(sentence_around(plain, &(at..at + 3)), "乙丙丁");
        assert_eq!(length("（无。）　\n"), 1);
    }
}
