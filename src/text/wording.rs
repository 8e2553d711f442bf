//! Words of a text: those that must not stand there, those that must, years, list numbers, length.
//!
//! In: the plain view of a field. Out: places and what is wrong with them.

use std::ops::Range;

use rust_decimal::Decimal;

use super::data::{EnumerationData, RequiredData, WordingData, YearData};
use super::numeral::whole_number;
use super::pattern::{Open, Pattern, PatternError, View, Words};
use super::share::any_of;

/// A place in the plain view with what stands there and what should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The place.
    pub range: Range<usize>,
    /// What should stand there, when the rule can tell.
    pub instead: Option<String>,
    /// Whether it stands there a second time.
    pub repeated: bool,
}

/// The sentence around a place of the plain view.
pub fn sentence_around<'a>(plain: &'a str, range: &Range<usize>) -> &'a str {
    let ends = ['。', '！', '？', '\n', '；', ';'];
    let start = plain[..range.start].char_indices().rev().find(|(_, c)| ends.contains(c));
    let start = start.map_or(0, |(at, c)| at + c.len_utf8());
    let end = plain[range.end..].find(ends).map_or(plain.len(), |at| range.end + at);
    &plain[start..end]
}

fn all(words: Words<'_>, patterns: &[String]) -> Result<Vec<Pattern>, PatternError> {
    patterns.iter().map(|pattern| words.compile(pattern, View::Plain)).collect()
}

/// Words that must not stand there.
#[derive(Debug)]
pub struct Wording {
    /// Its data.
    pub data: WordingData,
    find: Vec<Pattern>,
    near: Option<Pattern>,
    unless: Option<Pattern>,
    allowed: Vec<Option<Decimal>>,
}

impl Wording {
    /// The patterns that are looked for.
    pub fn patterns(&mut self) -> impl Iterator<Item = &mut Pattern> {
        self.find.iter_mut()
    }

    /// Compiles the rule.
    ///
    /// # Errors
    /// A pattern cannot be used.
    pub fn compile(words: Words<'_>, data: WordingData) -> Result<Self, PatternError> {
        Ok(Self {
            find: all(words, &data.find)?,
            near: any_of(words, &data.near, View::Plain)?,
            unless: any_of(words, &data.unless, View::Plain)?,
            allowed: data.allowed.iter().map(|text| whole_number(text)).collect(),
            data,
        })
    }

    /// Finds the slips of a text.
    pub fn of(&self, plain: &str, open: &Open) -> Vec<Slip> {
        let mut slips: Vec<Slip> = Vec::new();
        for regex in self.find.iter().filter(|pattern| open.lets(pattern)) {
            for found in regex.captures_iter(plain) {
                let Some(whole) = found.get(0) else { continue };
                let place = found.get(1).unwrap_or(whole);
                let around = sentence_around(plain, &whole.range());
                if self.near.as_ref().is_some_and(|near| !near.is_match(around))
                    || self.unless.as_ref().is_some_and(|unless| unless.is_match(around))
                    || self.is_allowed(place.as_str())
                    || slips.iter().any(|slip| {
                        slip.range.start < place.end() && place.start() < slip.range.end
                    })
                {
                    continue;
                }
                let instead = self.data.instead.as_ref().map(|instead| {
                    let mut text = String::new();
                    found.expand(instead, &mut text);
                    text
                });
                slips.push(Slip { range: place.range(), instead, repeated: false });
                if self.data.once {
                    return slips;
                }
            }
        }
        slips
    }

    fn is_allowed(&self, text: &str) -> bool {
        let number = whole_number(text);
        let mut allowed = self.data.allowed.iter().zip(&self.allowed);
        allowed.any(|(word, value)| word == text || value.is_some() && *value == number)
    }
}

/// A year that must be the report's.
#[derive(Debug)]
pub struct Years {
    /// Its data.
    pub data: YearData,
    find: Vec<Pattern>,
    unless: Option<Pattern>,
}

impl Years {
    /// The patterns that are looked for.
    pub fn patterns(&mut self) -> impl Iterator<Item = &mut Pattern> {
        self.find.iter_mut()
    }

    /// Compiles the rule.
    ///
    /// # Errors
    /// A pattern cannot be used.
    pub fn compile(words: Words<'_>, data: YearData) -> Result<Self, PatternError> {
        Ok(Self {
            find: all(words, &data.find)?,
            unless: any_of(words, &data.unless, View::Plain)?,
            data,
        })
    }

    /// Finds years that are not the report's, one for each match.
    pub fn of(&self, plain: &str, year: i32, open: &Open) -> Vec<Slip> {
        let mut slips: Vec<Slip> = Vec::new();
        for regex in self.find.iter().filter(|pattern| open.lets(pattern)) {
            for found in regex.captures_iter(plain) {
                let Some(whole) = found.get(0) else { continue };
                let is_other = |text: &str| {
                    whole_number(text).is_some_and(|value| value != Decimal::from(year))
                };
                let Some(wrong) = found.iter().skip(1).flatten().find(|m| is_other(m.as_str()))
                else {
                    continue;
                };
                let around = sentence_around(plain, &whole.range());
                if self.unless.as_ref().is_some_and(|unless| unless.is_match(around))
                    || slips.iter().any(|slip| {
                        slip.range.start < whole.end() && whole.start() < slip.range.end
                    })
                {
                    continue;
                }
                slips.push(Slip {
                    range: wrong.range(),
                    instead: Some(year.to_string()),
                    repeated: false,
                });
            }
        }
        slips
    }
}

/// Numbers of a list.
#[derive(Debug)]
pub struct Enumeration {
    /// Its data.
    pub data: EnumerationData,
    find: Vec<Pattern>,
}

impl Enumeration {
    /// The patterns that are looked for.
    pub fn patterns(&mut self) -> impl Iterator<Item = &mut Pattern> {
        self.find.iter_mut()
    }

    /// Compiles the rule.
    ///
    /// # Errors
    /// A pattern cannot be used.
    pub fn compile(words: Words<'_>, data: EnumerationData) -> Result<Self, PatternError> {
        Ok(Self { find: all(words, &data.find)?, data })
    }

    /// Finds markers that come too early or twice.
    pub fn of(&self, plain: &str, open: &Open) -> Vec<Slip> {
        let open = self.find.iter().filter(|pattern| open.lets(pattern));
        open.flat_map(|regex| self.run(regex, plain)).collect()
    }

    fn run(&self, regex: &Pattern, plain: &str) -> Vec<Slip> {
        let mut slips = Vec::new();
        let mut before = 0i64;
        for found in regex.captures_iter(plain) {
            let Some(marker) = found.get(1) else { continue };
            let number = found.get(2).and_then(|m| whole_number(m.as_str()));
            let Some(number) = number.and_then(|value| i64::try_from(value).ok()) else { continue };
            let instead = self.data.shape.replace("{}", &chinese_number(before + 1));
            if number == before {
                slips.push(Slip { range: marker.range(), instead: Some(instead), repeated: true });
            } else if number > before + 1 && before > 0 {
                slips.push(Slip { range: marker.range(), instead: Some(instead), repeated: false });
            }
            before = number;
        }
        slips
    }
}

/// A number below one hundred in Chinese.
pub fn chinese_number(number: i64) -> String {
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

/// Words that must stand somewhere.
#[derive(Debug)]
pub struct Required {
    /// Its data.
    pub data: RequiredData,
    items: Vec<Pattern>,
}

impl Required {
    /// Compiles the rule.
    ///
    /// # Errors
    /// A pattern cannot be used.
    pub fn compile(words: Words<'_>, data: RequiredData) -> Result<Self, PatternError> {
        let items = data
            .items
            .iter()
            .map(|item| words.compile(&item.find, View::Plain))
            .collect::<Result<_, _>>()?;
        Ok(Self { items, data })
    }

    /// Labels of what no text mentions.
    pub fn missing<'a>(&'a self, texts: &[&str]) -> Vec<&'a str> {
        let items = self.items.iter().zip(&self.data.items);
        items
            .filter(|(regex, _)| !texts.iter().any(|text| regex.is_match(text)))
            .map(|(_, item)| item.label.as_str())
            .collect()
    }
}

/// Letters and digits of a text: what it says without punctuation and spaces.
pub fn length(text: &str) -> usize {
    text.chars().filter(|char| char.is_alphanumeric()).count()
}

/// Whether a text has fewer letters and digits.
pub fn is_shorter(text: &str, least: usize) -> bool {
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
