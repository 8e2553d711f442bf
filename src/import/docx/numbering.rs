//! The numbers that Word puts before list items and headings: they stand nowhere in the text.

use std::collections::BTreeMap;

use crate::import::refusal::Refusal;
use crate::import::xml::{Step, Walk, text_of};

/// Deepest level of a list.
const LEVELS: usize = 9;
/// How a bullet from a symbol font is written.
const BULLET: &str = "·";

/// One level of a list.
#[derive(Debug, Clone)]
struct Level {
    format: String,
    text: String,
    start: usize,
}

impl Default for Level {
    fn default() -> Self {
        Self { format: "decimal".to_owned(), text: String::new(), start: 1 }
    }
}

/// All lists, with how far each has counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbering {
    abstracts: BTreeMap<String, BTreeMap<usize, Level>>,
    lists: BTreeMap<String, (String, BTreeMap<usize, usize>)>,
    counts: BTreeMap<String, [usize; LEVELS]>,
}

impl Numbering {
    pub(super) fn read(part: &[u8]) -> Result<Self, Refusal> {
        let text = text_of(part);
        let mut walk = Walk::new(&text, super::KIND);
        let mut numbering = Self::default();
        let (mut of, mut at, mut list) = (String::new(), 0usize, String::new());
        loop {
            match walk.next()? {
                Step::Open(element) => {
                    let value = element.get("val").unwrap_or_default().to_owned();
                    let level = numbering.abstracts.get_mut(&of).and_then(|l| l.get_mut(&at));
                    match element.name.as_str() {
                        "abstractNum" => {
                            of = element.get("abstractNumId").unwrap_or_default().to_owned();
                            numbering.abstracts.insert(of.clone(), BTreeMap::new());
                        }
                        "lvl" => {
                            at = element.count("ilvl", 0).min(LEVELS - 1);
                            let levels = numbering.abstracts.entry(of.clone()).or_default();
                            levels.insert(at, Level::default());
                        }
                        "start" => {
                            level.into_iter().for_each(|l| l.start = value.parse().unwrap_or(1));
                        }
                        "numFmt" => level.into_iter().for_each(|l| l.format.clone_from(&value)),
                        "lvlText" => level.into_iter().for_each(|l| l.text.clone_from(&value)),
                        "num" => {
                            list = element.get("numId").unwrap_or_default().to_owned();
                            of = String::new();
                            numbering.lists.insert(list.clone(), Default::default());
                        }
                        "abstractNumId" => {
                            if let Some(list) = numbering.lists.get_mut(&list) {
                                list.0 = value;
                            }
                        }
                        "lvlOverride" => at = element.count("ilvl", 0).min(LEVELS - 1),
                        "startOverride" => {
                            if let Some(list) = numbering.lists.get_mut(&list) {
                                list.1.insert(at, value.parse().unwrap_or(1));
                            }
                        }
                        _ => {}
                    }
                }
                Step::End => return Ok(numbering),
                _ => {}
            }
        }
    }

    /// Counts on and returns what stands before the next paragraph of a list.
    pub(super) fn next(&mut self, list: &str, level: usize) -> String {
        let level = level.min(LEVELS - 1);
        let Some((of, starts)) = self.lists.get(list) else { return String::new() };
        let Some(levels) = self.abstracts.get(of) else { return String::new() };
        let Some(own) = levels.get(&level) else { return String::new() };
        let start = |at: usize| {
            starts.get(&at).copied().or_else(|| levels.get(&at).map(|l| l.start)).unwrap_or(1)
        };
        // Lists of one kind go on counting from each other, unless one starts anew.
        let name = if starts.is_empty() { of.clone() } else { format!("{of}/{list}") };
        let counts = self.counts.entry(name).or_insert([0; LEVELS]);
        for (at, count) in counts.iter_mut().enumerate().take(level) {
            if *count == 0 {
                *count = start(at);
            }
        }
        counts[level] = if counts[level] == 0 { start(level) } else { counts[level] + 1 };
        counts[level + 1..].fill(0);
        if own.format == "bullet" {
            return bullet(&own.text);
        }
        let mut text = own.text.clone();
        for at in (0..LEVELS).rev() {
            let format = levels.get(&at).map_or("decimal", |l| l.format.as_str());
            text = text.replace(&format!("%{}", at + 1), &spell(format, counts[at]));
        }
        text
    }
}

fn bullet(text: &str) -> String {
    let is_plain = |char: char| !('\u{E000}'..='\u{F8FF}').contains(&char) && char != 'o';
    match text.chars().next() {
        Some(first) if is_plain(first) && !first.is_alphabetic() => format!("{text} "),
        Some(_) => format!("{BULLET} "),
        None => String::new(),
    }
}

/// A number as a list of a kind writes it.
fn spell(format: &str, number: usize) -> String {
    match format {
        "none" => String::new(),
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "taiwaneseCountingThousand"
        | "taiwaneseCounting"
        | "ideographDigital"
        | "japaneseDigitalTenThousand"
        | "chineseLegalSimplified" => chinese(number),
        "decimalFullWidth" | "decimalFullWidth2" => {
            number.to_string().chars().filter_map(|c| char::from_u32(c as u32 + 0xFEE0)).collect()
        }
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => match number {
            1..=20 => {
                let offset = u32::try_from(number).unwrap_or(1) - 1;
                char::from_u32(0x2460 + offset).map_or_else(String::new, String::from)
            }
            _ => number.to_string(),
        },
        "decimalZero" => format!("{number:02}"),
        "upperLetter" => letter(number, b'A'),
        "lowerLetter" => letter(number, b'a'),
        "upperRoman" => roman(number),
        "lowerRoman" => roman(number).to_lowercase(),
        _ => number.to_string(),
    }
}

fn letter(number: usize, first: u8) -> String {
    let at = u8::try_from(number.saturating_sub(1) % 26).unwrap_or(0);
    char::from(first + at).to_string().repeat((number.saturating_sub(1) / 26 + 1).min(8))
}

fn roman(number: usize) -> String {
    const SIGNS: [(usize, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = number.min(3999);
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while rest >= value {
            text.push_str(sign);
            rest -= value;
        }
    }
    text
}

/// 1–99 in Chinese; what is beyond is no number of a report's parts.
fn chinese(number: usize) -> String {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match number {
        0..=9 => DIGITS[number].to_owned(),
        10..=99 => {
            let tens = if number < 20 { "" } else { DIGITS[number / 10] };
            let ones = if number.is_multiple_of(10) { "" } else { DIGITS[number % 10] };
            format!("{tens}十{ones}")
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt_as_lists_spell_them() {
        assert_eq!(chinese(1) + &chinese(10) + &chinese(12) + &chinese(30), "一十十二三十");
        assert_eq!(spell("decimalEnclosedCircle", 3), "③");
        assert_eq!(spell("upperRoman", 14), "XIV");
    }
}
