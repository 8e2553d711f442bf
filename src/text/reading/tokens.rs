//! A sentence as tokens, cut into clauses.
//!
//! In: the figured view of a sentence and the lexicon. Out: words with their values, figures with their measure
//! words, times, marks; and clauses. A clause ends at `，；：`, and at `、` only behind a figure: elsewhere `、` joins nouns.

use std::ops::Range;

use rust_decimal::Decimal;

use super::lexicon::{Lexicon, Role, ValueId};
use crate::text::numeral::Kind;
use crate::text::prose::{COUNT, Prose, ROUGH, Sentence, YEAR};

/// Which time a sentence speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// The report's year.
    This,
    /// The year before.
    Last,
    /// The year after.
    Next,
    /// Any other time, or a part of the year.
    Other,
    /// A date that bounds the whole year: 截至12月31日.
    Whole,
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A word of the lexicon.
    Word(ValueId),
    /// A figure with its measure word: its place in the text's list.
    Figure(usize),
    /// A time that is a number: 2023年, 3月份.
    Time(Time),
    /// Punctuation.
    Mark(char),
    /// A character of no known word.
    Unknown(char),
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) what: What,
    /// Its range in the figured view.
    pub(crate) range: Range<usize>,
}

/// A clause or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Its tokens.
    pub(crate) tokens: Range<usize>,
    /// The mark before it; a space at the start of a sentence.
    pub(crate) mark: char,
}

/// A sentence, read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    /// Its tokens.
    pub(crate) tokens: Vec<Token>,
    /// Its clauses.
    pub(crate) clauses: Vec<Clause>,
}

impl Line {
    /// Reads a sentence.
    pub(crate) fn read(lexicon: &Lexicon, prose: &Prose, sentence: &Sentence, year: i32) -> Self {
        let reader = Reader { lexicon, prose, text: prose.sentence(sentence), year };
        let mut line = Self { tokens: reader.tokens(sentence.range.start), clauses: Vec::new() };
        line.carry(lexicon);
        line.cut();
        line
    }

    fn cut(&mut self) {
        let (mut from, mut mark) = (0, ' ');
        for at in 0..self.tokens.len() {
            let What::Mark(char) = self.tokens[at].what else { continue };
            if matches!(char, '，' | '；' | '：') || char == '、' && self.divides_items(from, at)
            {
                self.clauses.push(Clause { tokens: from..at, mark });
                (from, mark) = (at + 1, char);
            }
        }
        self.clauses.push(Clause { tokens: from..self.tokens.len(), mark });
    }

    /// Whether a `、` stands between two items with figures (甲3件、乙5件; 3件维持、1件纠正) and not between nouns.
    fn divides_items(&self, from: usize, at: usize) -> bool {
        let is_figure = |token: &Token| matches!(token.what, What::Figure(_));
        let after =
            self.tokens[at + 1..].iter().take_while(|token| !matches!(token.what, What::Mark(_)));
        at > from && is_figure(&self.tokens[at - 1])
            || self.tokens[from..at].iter().any(is_figure) && after.into_iter().any(is_figure)
    }

    /// 上年结转, 结转至2023年: which way it is carried stands in the time beside it; that time is not the sentence's.
    fn carry(&mut self, lexicon: &Lexicon) {
        let named = |name| lexicon.find(Role::Event, name);
        let (Some(carry), Some(carry_in), Some(carry_out)) =
            (named("carry"), named("carry_in"), named("carry_out"))
        else {
            return;
        };
        for at in 0..self.tokens.len() {
            if self.tokens[at].what != What::Word(carry) {
                continue;
            }
            let passes = |token: &Token| match token.what {
                What::Word(id) => matches!(
                    lexicon.value(id).role,
                    Role::Filler | Role::Negation | Role::Thing | Role::Disclosure | Role::Who
                ),
                _ => false,
            };
            let time = |at: usize| time_of(lexicon, &self.tokens[at]);
            let before = (0..at).rev().take(5);
            let before: Vec<usize> = before
                .scan(true, |going, i| {
                    let open = *going;
                    *going = open && passes(&self.tokens[i]);
                    open.then_some(i)
                })
                .collect();
            let after: Vec<usize> = (at + 1..self.tokens.len().min(at + 6))
                .scan(true, |going, i| {
                    let open = *going;
                    *going = open && passes(&self.tokens[i]);
                    open.then_some(i)
                })
                .collect();
            let earlier = before.iter().copied().find(|&i| time(i).is_some());
            let later = after.iter().copied().find(|&i| time(i).is_some());
            let is_in = later.is_some_and(|i| matches!(time(i), Some(Time::This | Time::Last)))
                || earlier.is_some_and(|i| time(i) == Some(Time::Last));
            let is_out = later.is_some_and(|i| time(i) == Some(Time::Next));
            let meaning = if is_out {
                carry_out
            } else if is_in {
                carry_in
            } else {
                continue;
            };
            let absorbed =
                later.into_iter().chain(earlier.filter(|&i| time(i) == Some(Time::Last)));
            for i in absorbed.collect::<Vec<_>>() {
                self.tokens[i].what = What::Time(Time::Whole);
            }
            self.tokens[at].what = What::Word(meaning);
        }
    }
}

/// The time that a token names.
pub(crate) fn time_of(lexicon: &Lexicon, token: &Token) -> Option<Time> {
    match token.what {
        What::Time(time) => Some(time),
        What::Word(id) if lexicon.value(id).role == Role::Time => {
            Some(match lexicon.value(id).name.as_str() {
                "this" => Time::This,
                "last" => Time::Last,
                "next" => Time::Next,
                _ => Time::Other,
            })
        }
        _ => None,
    }
}

struct Reader<'a> {
    lexicon: &'a Lexicon,
    prose: &'a Prose,
    text: &'a str,
    year: i32,
}

impl Reader<'_> {
    fn tokens(&self, base: usize) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(self.text.len() / 5);
        let mut at = 0;
        while let Some(char) = self.text[at..].chars().next() {
            let (length, what) = self.token(base, at, char);
            tokens.push(Token { what, range: base + at..base + at + length });
            at += length;
        }
        tokens
    }

    fn token(&self, base: usize, at: usize, char: char) -> (usize, What) {
        let rest = &self.text[at..];
        match char {
            YEAR => self.year(base + at, rest),
            COUNT..=ROUGH => self.figure(base + at, rest, char),
            _ => {
                if let Some((length, time)) = months(&self.text[..at], rest) {
                    return (length, What::Time(time));
                }
                if let Some((length, value)) = self.lexicon.word(rest) {
                    return (length, What::Word(value));
                }
                let what =
                    if char.is_alphanumeric() { What::Unknown(char) } else { What::Mark(char) };
                (char.len_utf8(), what)
            }
        }
    }

    fn figure(&self, place: usize, rest: &str, char: char) -> (usize, What) {
        let Some(index) = self.prose.figure_at(place) else {
            return (char.len_utf8(), What::Unknown(char));
        };
        let numeral = &self.prose.figures[index].numeral;
        let after = &rest[char.len_utf8()..];
        let is_count = matches!(numeral.kind, Kind::Count | Kind::Rough);
        let unit = if is_count && after.starts_with(numeral.unit) { numeral.unit.len() } else { 0 };
        (char.len_utf8() + unit, What::Figure(index))
    }

    fn year(&self, place: usize, rest: &str) -> (usize, What) {
        let value =
            self.prose.figure_at(place).map(|index| self.prose.figures[index].numeral.value);
        let distance = value.map(|value| value - Decimal::from(self.year));
        let time = match distance {
            Some(distance) if distance.is_zero() => Time::This,
            Some(distance) if distance == -Decimal::ONE => Time::Last,
            Some(distance) if distance == Decimal::ONE => Time::Next,
            _ => Time::Other,
        };
        let after = &rest[YEAR.len_utf8()..];
        let unit = ["年度", "年"].into_iter().find(|unit| after.starts_with(unit));
        let length = YEAR.len_utf8() + unit.map_or(0, str::len);
        // 2023年1—10月 is read with its months.
        (length, What::Time(time))
    }
}

/// Months and days as a time: 3月份, 1月1日至12月31日. The whole year where it ends in December behind 至 or 截至, or
/// runs from January to December.
fn months(before: &str, rest: &str) -> Option<(usize, Time)> {
    let (mut length, first) = month(rest)?;
    let mut last = first;
    let mut joined = false;
    loop {
        let after = &rest[length..];
        let joint =
            after.find(|c: char| !"起开始至到-—–－～~，".contains(c)).unwrap_or(after.len());
        let year = after[joint..].strip_prefix(YEAR).and_then(|text| text.strip_prefix('年'));
        let skip = joint + year.map_or(0, |_| YEAR.len_utf8() + '年'.len_utf8());
        match month(&after[skip..]) {
            Some((more, next)) if joint > 0 => {
                length += skip + more;
                (last, joined) = (next, true);
            }
            _ => break,
        }
    }
    let bounded = ["至", "到", "截至", "截止", "止"].iter().any(|word| {
        let stem = before.trim_end_matches(['年', YEAR]);
        stem.ends_with(word)
    });
    let at_end = last.month == 12 && (last.day.is_none_or(|day| day == 31));
    let whole = at_end
        && match joined {
            true => first.month == 1,
            false => {
                bounded
                    || last.day == Some(31)
                    || last.is_range
                    || rest[length..].starts_with(['底', '末'])
            }
        };
    Some((length, if whole { Time::Whole } else { Time::Other }))
}

#[derive(Debug, Clone, Copy)]
struct Month {
    month: u32,
    day: Option<u32>,
    /// Whether it ran from January in one number: 1-12月.
    is_range: bool,
}

/// `12月`, `12月31日`, `1-12月`, `十二月份`.
fn month(text: &str) -> Option<(usize, Month)> {
    let (mut length, mut number) = small_number(text)?;
    let mut is_range = false;
    let after = &text[length..];
    let dash = after.find(|c: char| !"至到-—–－～~".contains(c)).unwrap_or(0);
    if dash > 0
        && let Some((more, end)) = small_number(&after[dash..])
    {
        (is_range, length) = (number == 1, length + dash + more);
        number = if is_range { end } else { 0 };
    }
    let after = text[length..].strip_prefix('月')?;
    length += '月'.len_utf8();
    if let Some(part) = after.strip_prefix('份') {
        length += after.len() - part.len();
        return Some((length, Month { month: number, day: None, is_range }));
    }
    let day = small_number(after).filter(|(more, _)| after[*more..].starts_with('日'));
    length += day.map_or(0, |(more, _)| more + '日'.len_utf8());
    Some((length, Month { month: number, day: day.map(|(_, day)| day), is_range }))
}

/// A number up to 31 in digits or Chinese, with its length.
fn small_number(text: &str) -> Option<(usize, u32)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 {
        return (digits <= 2).then(|| text[..digits].parse().ok()).flatten().map(|n| (digits, n));
    }
    let digits = text.chars().take(4).take_while(|c| "一二三四五六七八九十".contains(*c));
    let length = digits.map(char::len_utf8).sum();
    let number = crate::text::numeral::whole_number(text.get(..length).filter(|t| !t.is_empty())?)?;
    u32::try_from(number).ok().filter(|number| *number <= 31).map(|number| (length, number))
}
