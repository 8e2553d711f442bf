//! Numbers of documents by form: code, bracket, year, bracket, number, 号; and the decree's.
//!
//! Which known document is meant is told by its name before it, else by year and number with a code that is nearly
//! right, else by the code where the sentence speaks of the report. Then every part must be right. Of any other
//! document only the brackets are looked at.

use std::ops::Range;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::numeral::whole_number;
use crate::text::pattern::PatternError;
use crate::text::words::sentence_around;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// The decree.
    decree: Decree,
    /// Documents that reports quote.
    documents: Vec<Document>,
    /// Words of the sentence that make a bare code mean the notice about the report.
    about: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decree {
    /// Its number.
    number: u32,
    /// A number that is right where the other one follows.
    earlier: u32,
    /// Its name.
    name: String,
}

/// A document that reports quote.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// The name under which a later format changes it.
    #[expect(dead_code, reason = "for merging formats")]
    key: String,
    code: String,
    year: u32,
    number: u32,
    /// Words of its name.
    names: Vec<String>,
    /// The first and last report year that it governs.
    #[serde(default)]
    from: Option<i32>,
    #[serde(default)]
    to: Option<i32>,
}

impl Document {
    fn governs(&self, year: i32) -> bool {
        self.from.is_none_or(|from| year >= from) && self.to.is_none_or(|to| year <= to)
    }

    fn is_notice(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    fn written(&self) -> String {
        format!("{}〔{}〕{}号", self.code, self.year, self.number)
    }
}

#[derive(Debug)]
struct Law {
    head: Head,
    data: Data,
}

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data) = read(data)?;
    Ok(Box::new(Law { head, data }))
}

/// A number of a document as the text has it.
#[derive(Debug)]
struct Number {
    /// The characters before it: code and more.
    run: Vec<char>,
    /// From the first bracket or the year to 号.
    range: Range<usize>,
    year: u32,
    number: u32,
    /// Whether the brackets are 〔〕 and all else as it should be.
    is_formal: bool,
    /// Brackets that no document has: [], 【】, ﹝﹞.
    odd_brackets: bool,
    ends_with_hao: bool,
}

impl Check for Law {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        let plain = page.prose.plain.as_str();
        if !plain.contains(['号', '条']) {
            return;
        }
        for number in numbers(plain) {
            if let Some((range, instead)) = self.judge(plain, &number, desk.subject.year) {
                report(&self.head, page, desk, &range, instead);
            }
        }
        for (range, instead) in self.decrees(plain) {
            report(&self.head, page, desk, &range, instead);
        }
    }
}

fn report(
    head: &Head,
    page: &Page<'_>,
    desk: &mut Desk<'_>,
    range: &Range<usize>,
    instead: String,
) {
    let mut draft = page.at_plain(range).with("repeated", false);
    draft.computed = Some(instead);
    desk.report(head, draft);
}

impl Law {
    /// What is wrong with a number, and what should stand there.
    fn judge(&self, plain: &str, number: &Number, year: i32) -> Option<(Range<usize>, String)> {
        let around = sentence_around(plain, &number.range);
        let run: String = number.run.iter().collect();
        let name = name_before(plain, number.range.start - run.len());
        let documents = &self.data.documents;
        let numbered = |d: &&Document| d.year == number.year && d.number == number.number;
        let close =
            |d: &Document| code_distance(&number.run, &d.code).is_some_and(|(far, _)| far <= 2);
        let by_name = name.and_then(|name| {
            documents.iter().find(|d| d.names.iter().any(|words| name.contains(words.as_str())))
        });
        let exact = documents.iter().find(|d| numbered(d) && run.ends_with(&d.code));
        // The name of one notice with the number of the other that governs the year: nobody is misled.
        if let Some(right) = exact.filter(|d| d.governs(year)) {
            return self.brackets(number, right);
        }
        let looks =
            |d: &&Document| close(d) || number.run.windows(2).any(|pair| pair == ['国', '办']);
        let meant = by_name
            .filter(|d| d.is_notice() || close(d) || run.contains("国办"))
            .or_else(|| documents.iter().filter(numbered).find(looks))
            .or_else(|| {
                let about = self.data.about.iter().any(|word| around.contains(word.as_str()));
                let mut same_code =
                    documents.iter().filter(|d| run.ends_with(&d.code) && d.is_notice());
                if about && exact.is_none() { same_code.find(|d| d.governs(year)) } else { None }
            });
        let Some(meant) = meant else { return self.other(number, &run) };
        let meant = match meant.is_notice() && !meant.governs(year) {
            true => documents.iter().find(|d| d.is_notice() && d.governs(year))?,
            false => meant,
        };
        let far = code_distance(&number.run, &meant.code);
        let code_is_right = far.is_some_and(|(far, _)| far == 0);
        let right_number = number.year == meant.year && number.number == meant.number;
        if code_is_right && right_number {
            return self.brackets(number, meant);
        }
        let written = meant.written();
        if code_is_right {
            return Some((number.range.clone(), written[meant.code.len()..].to_owned()));
        }
        let length = match far {
            Some((distance, length)) if distance <= 2 => length,
            _ => {
                let from = number.run.windows(2).rposition(|pair| pair == ['国', '办'])?;
                number.run.len() - from
            }
        };
        let bytes: usize =
            number.run[number.run.len() - length..].iter().map(|c| c.len_utf8()).sum();
        Some((number.range.start - bytes..number.range.end, written))
    }

    fn brackets(&self, number: &Number, document: &Document) -> Option<(Range<usize>, String)> {
        (!number.is_formal)
            .then(|| (number.range.clone(), document.written()[document.code.len()..].to_owned()))
    }

    /// A document that is not known: only brackets that no document has.
    fn other(&self, number: &Number, run: &str) -> Option<(Range<usize>, String)> {
        let odd = number.odd_brackets && !run.is_empty() && number.ends_with_hao
            || !number.is_formal
                && number.ends_with_hao
                && run.ends_with(['函', '发'])
                && run.contains("国办");
        odd.then(|| (number.range.clone(), format!("〔{}〕{}号", number.year, number.number)))
    }

    /// Numbers of the decree that are not its own.
    fn decrees(&self, plain: &str) -> Vec<(Range<usize>, String)> {
        let decree = &self.data.decree;
        let mut wrong = Vec::new();
        for (at, _) in plain.match_indices('令') {
            let Some((range, number)) = decree_number(plain, at) else { continue };
            let formal = plain[range.clone()].ends_with('号') || range.end < at;
            let around = sentence_around(plain, &range);
            let right = number == Decimal::from(decree.number) && formal;
            let earlier = number == Decimal::from(decree.earlier)
                && around.contains(&decree.number.to_string());
            if !right
                && !earlier
                && names_decree(plain, at.min(range.start), at.max(range.end), &decree.name)
            {
                wrong.push((range, format!("第{}号", decree.number)));
            }
        }
        wrong
    }
}

/// The number beside 国务院令: its place and value. `第711条` is one too.
fn decree_number(plain: &str, at: usize) -> Option<(Range<usize>, Decimal)> {
    let before = &plain[..at];
    let after = at + '令'.len_utf8();
    let digit = |c: char| c.is_ascii_digit() || "〇零○一二三四五六七八九十百".contains(c);
    if before.ends_with("国务院") || before.ends_with('国') {
        let rest = &plain[after..];
        let open = rest.len() - rest.trim_start_matches(['（', '(', '〔', '[', '【']).len();
        let start = after + open;
        let text = &plain[start..];
        let digits = text.strip_prefix('第').unwrap_or(text);
        let length = digits.find(|c: char| !digit(c)).unwrap_or(digits.len());
        let number = whole_number(digits.get(..length).filter(|d| !d.is_empty())?)?;
        let end = start + (text.len() - digits.len()) + length;
        let unit = plain[end..].chars().next().filter(|c| matches!(c, '号' | '条' | '令'));
        return Some((start..end + unit.map_or(0, char::len_utf8), number));
    }
    let stem = before.strip_suffix('号')?;
    let digits = stem.len()
        - stem.chars().rev().take_while(|c| digit(*c)).map(char::len_utf8).sum::<usize>();
    let number = whole_number(stem.get(digits..).filter(|d| !d.is_empty())?)?;
    let start = stem[..digits].strip_suffix('第').map_or(digits, str::len);
    stem[..start].ends_with("国务院").then_some((start..at, number))
}

/// Whether the decree's name stands beside a place, with no other 条例 between.
fn names_decree(plain: &str, start: usize, end: usize, name: &str) -> bool {
    let around = sentence_around(plain, &(start..end));
    let from = around.as_ptr() as usize - plain.as_ptr() as usize;
    let before = &plain[from..start];
    let after = &plain[end..from + around.len()];
    let named_before = before.rfind("条例").is_some_and(|at| {
        before[..at + "条例".len()].ends_with(name) && before[at..].chars().count() < 40
    });
    let named_after = after.find("条例").is_some_and(|at| {
        after[..at + "条例".len()].ends_with(name) && after[..at].chars().count() < 24
    });
    named_before || named_after && !before.contains("条例")
}

/// The text in the last 《》 that ends right before a place.
fn name_before(plain: &str, at: usize) -> Option<&str> {
    let before = plain[..at].trim_end_matches(['（', '(', '〔', '[', '【']);
    let inner = before.strip_suffix(['》', '”'])?;
    let mut depth = 1usize;
    for (start, char) in inner.char_indices().rev().take(120) {
        match char {
            '》' | '〉' => depth += usize::from(char == '》'),
            '《' | '“' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(&inner[start..]);
                }
            }
            _ => {}
        }
    }
    None
}

/// How far the end of a run is from a code, and how many of its characters are meant to be it.
fn code_distance(run: &[char], code: &str) -> Option<(usize, usize)> {
    let code: Vec<char> = code.chars().collect();
    let lengths = (code.len().saturating_sub(2)..=code.len() + 2)
        .filter(|length| *length <= run.len() && *length > 0);
    lengths
        .map(|length| (distance(&run[run.len() - length..], &code), length))
        .min_by_key(|(far, length)| (*far, length.abs_diff(code.len())))
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut corner = i;
        row[0] = left;
        for (j, y) in b.iter().enumerate() {
            let up = row[j + 1];
            left = (corner + usize::from(x != y)).min(up + 1).min(left + 1);
            corner = up;
            row[j + 1] = left;
        }
    }
    row[b.len()]
}

const OPEN: &str = "〔﹝[［【（(〈『";
const CLOSE: &str = "〕﹞]］】）)〉』";

/// All numbers of documents in a text.
fn numbers(plain: &str) -> Vec<Number> {
    let chars: Vec<(usize, char)> = plain.char_indices().collect();
    let char = |at: usize| chars.get(at).map(|(_, c)| *c);
    let digits = |from: usize| {
        (from..).take_while(|&at| char(at).is_some_and(|c| c.is_ascii_digit())).count()
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = digits(at);
        if length == 0 {
            at += 1;
            continue;
        }
        let number = |from: usize, length: usize| -> Option<u32> {
            chars[from..from + length].iter().map(|(_, c)| c).collect::<String>().parse().ok()
        };
        let year =
            (length == 4).then(|| number(at, 4)).flatten().filter(|y| (1950..2100).contains(y));
        if let Some(year) = year {
            found.extend(number_at(&chars, at, year, plain));
        }
        at += length;
    }
    found
}

/// The number of a document whose year stands at a place.
fn number_at(chars: &[(usize, char)], at: usize, year: u32, plain: &str) -> Option<Number> {
    let char = |at: usize| chars.get(at).map(|(_, c)| *c);
    let opens = at.checked_sub(1).and_then(char).filter(|c| OPEN.contains(*c));
    let mut next = at + 4;
    let closes = char(next).filter(|c| CLOSE.contains(*c) || opens.is_none() && OPEN.contains(*c));
    if opens.is_none() && closes.is_none() {
        return None;
    }
    next += usize::from(closes.is_some());
    let ordinal = char(next) == Some('第');
    next += usize::from(ordinal);
    let length = (next..).take_while(|&at| char(at).is_some_and(|c| c.is_ascii_digit())).count();
    if length == 0 || length > 4 {
        return None;
    }
    let number: u32 =
        chars[next..next + length].iter().map(|(_, c)| c).collect::<String>().parse().ok()?;
    next += length;
    let stray = char(next).filter(|c| CLOSE.contains(*c) && char(next + 1) == Some('号'));
    next += usize::from(stray.is_some());
    let unit = char(next).filter(|c| matches!(c, '号' | '条'))?;
    let start = at - usize::from(opens.is_some());
    let run: Vec<char> =
        (0..start).rev().map_while(char).take_while(|c| is_han(*c)).take(14).collect();
    let run: Vec<char> = run.into_iter().rev().collect();
    let end = chars.get(next + 1).map_or(plain.len(), |(end, _)| *end);
    let odd = |c: Option<char>| c.is_some_and(|c| "[]［］【】﹝﹞〈〉『』".contains(c));
    Some(Number {
        run,
        range: chars[start].0..end,
        year,
        number,
        is_formal: opens == Some('〔')
            && closes == Some('〕')
            && !ordinal
            && unit == '号'
            && stray.is_none(),
        odd_brackets: odd(opens) || odd(closes),
        ends_with_hao: unit == '号',
    })
}

fn is_han(char: char) -> bool {
    matches!(char, '\u{4E00}'..='\u{9FFF}')
}
