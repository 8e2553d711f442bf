//! What stands in a cell of figures: digits as written, with the unit or the note that people put behind them.

use crate::format::{Cell, FigureKind};
use crate::import::texts::chars::unified_kept;
use crate::number::Number;

/// Counting words behind a number of cases.
const COUNTERS: [&str; 14] =
    ["人次", "件次", "件", "条", "个", "项", "次", "宗", "起", "份", "例", "人", "部", "批"];

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// The figure; none when the cell is blank or says something else.
    pub digits: Option<String>,
    /// What stands there, in one line.
    pub text: String,
    /// The note behind the figure.
    pub note: Option<String>,
}

/// Reads a cell without knowing which figure it is.
pub(crate) fn looks_like_figure(text: &str) -> bool {
    read(text, None).digits.is_some()
}

/// Reads a cell; the unit of its figure decides which words may follow it.
pub(crate) fn read(text: &str, cell: Option<&Cell>) -> Value {
    let lines: Vec<String> = text
        .lines()
        .map(|line| unified_kept(line).trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let shown = lines.join(" ");
    let value =
        |digits: Option<String>, note: Option<String>| Value { digits, text: shown.clone(), note };
    let Some((first, rest)) = lines.split_first() else { return value(None, None) };
    if let Some(digits) = number(first, cell) {
        if rest.is_empty() {
            return value(Some(digits), None);
        }
        // A second figure below the first leaves open which is meant.
        let note = rest.join("");
        let says_something = note.chars().any(|c| c.is_alphabetic());
        if says_something && number(&note, cell).is_none() {
            return value(Some(digits), Some(unwrapped(&note).to_owned()));
        }
        return value(None, None);
    }
    let whole = lines.join("");
    if let Some(at) = whole.find(['(', '（'])
        && whole.ends_with([')', '）'])
        && let Some(digits) = number(whole[..at].trim(), cell)
    {
        return value(Some(digits), Some(unwrapped(&whole[at..]).to_owned()));
    }
    value(None, None)
}

/// A note without the brackets around all of it.
fn unwrapped(note: &str) -> &str {
    let inner = note.strip_prefix(['(', '（']).and_then(|rest| rest.strip_suffix([')', '）']));
    inner.filter(|inner| !inner.contains(['(', '（', ')', '）'])).unwrap_or(note).trim()
}

fn number(text: &str, cell: Option<&Cell>) -> Option<String> {
    let text = plain_digits(text);
    let text = text.trim();
    let unit = cell.and_then(|cell| cell.unit.as_deref());
    let money = matches!(cell.map(|cell| cell.kind), Some(FigureKind::Amount | FigureKind::Money));
    let body = match (cell, unit) {
        (_, Some(unit)) => text.strip_suffix(unit).unwrap_or(text),
        // An amount without a fixed unit keeps the one that stands behind it.
        (Some(_), None) if money => text,
        _ => COUNTERS.iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text),
    };
    let body = body.trim_end();
    let digits = grouped(body).unwrap_or_else(|| body.to_owned());
    let digits = digits.strip_prefix('+').unwrap_or(&digits).to_owned();
    let unsigned = digits.strip_prefix('-').unwrap_or(&digits);
    // 007 is no number of anything, and TOML has none.
    let padded = unsigned.len() > 1 && unsigned.starts_with('0') && !unsigned.starts_with("0.");
    (!padded && Number::parse(&digits).is_ok() && !digits.contains('_')).then_some(digits)
}

/// Digits, signs and points in ASCII, everything else as it is.
fn plain_digits(text: &str) -> String {
    let plain = |char: char| match char {
        '０'..='９' => char::from_u32(char as u32 - 0xFEE0).unwrap_or(char),
        '．' => '.',
        '，' => ',',
        '－' | '−' | '﹣' | '–' => '-',
        '＋' => '+',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// A number in groups of three: `1,649`.
fn grouped(text: &str) -> Option<String> {
    let (sign, body) = match text.strip_prefix('-') {
        Some(body) => ("-", body),
        None => ("", text),
    };
    let (whole, decimals) = match body.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (body, None),
    };
    let groups: Vec<&str> = whole.split(',').collect();
    let all_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let fits = groups.len() > 1
        && groups[0].len() <= 3
        && groups[1..].iter().all(|group| group.len() == 3)
        && groups.iter().copied().chain(decimals).all(all_digits);
    fits.then(|| {
        let decimals = decimals.map_or_else(String::new, |decimals| format!(".{decimals}"));
        format!("{sign}{}{decimals}", groups.concat())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Option<String> {
        read(text, None).digits
    }

    #[test]
    fn figures_are_read_as_people_write_them() {
        for (text, wanted) in [
            ("1,649", "1649"),
            ("１２", "12"),
            ("11件", "11"),
            (" 0 ", "0"),
            ("－3", "-3"),
            ("595.353309", "595.353309"),
            ("24.830", "24.830"),
            ("1,234,567.80", "1234567.80"),
        ] {
            assert_eq!(digits(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_single_figure_is_none() {
        for text in
            ["", "1 2", "1\n2", "1,2", "12,34", "007", "2024-01-02", "无", "见附件", "3/4", "1.5."]
        {
            assert_eq!(digits(text), None, "{text}");
        }
    }

    #[test]
    fn notes_stand_behind_figures() {
        let noted = read("22（其中修订16件）", None);
        assert_eq!(
            (noted.digits.as_deref(), noted.note.as_deref()),
            (Some("22"), Some("其中修订16件"))
        );
        let below = read("22\n其中修订16件", None);
        assert_eq!(below.note.as_deref(), Some("其中修订16件"));
    }
}
