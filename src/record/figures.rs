//! The value of a figure or of a row of figures as it should be written: figures in their places, blanks kept.
//!
//! A row copied from a spreadsheet or a word processor loses its commas, never its order. What cannot be read with
//! certainty is left alone: the line offered for pasting must hold the writer's figures and no others.

use super::written::Written;

/// A blank cell as TOML: it keeps its place, and checking asks for it.
pub(crate) const BLANK: &str = "\"\"";

/// What people write where nothing happened or nothing is known.
const BLANK_WORDS: [&str; 16] = [
    "/",
    "／",
    "\\",
    "-",
    "--",
    "—",
    "——",
    "－",
    "–",
    "−",
    "无",
    "没有",
    "空",
    "不适用",
    "N/A",
    "n/a",
];

/// A value as it should be written, and what was wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repaired {
    /// The value.
    pub(super) value: String,
    /// What was wrong, in Chinese, each once.
    pub(super) signs: Vec<&'static str>,
    /// Numbers (from 1) of cells that were left blank.
    pub(super) blanks: Vec<usize>,
}

/// Why a value is not rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Spaces of different width between the figures: a blank cell may be lost.
    UnevenSpaces,
    /// `1,063` inside a row: one figure, or two?
    Thousands,
}

/// Rewrites a value; none when it is no list of figures or needs nothing.
pub(super) fn repair(body: &str) -> Option<Result<Repaired, Doubt>> {
    let mut repaired = Repaired { value: String::new(), signs: Vec::new(), blanks: Vec::new() };
    let Some(inner) = body.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        repaired.value = cell(body, &mut repaired.signs)?;
        if repaired.value == BLANK {
            repaired.blanks.push(1);
        }
        return (!repaired.signs.is_empty()).then_some(Ok(repaired));
    };
    if inner.contains(['{', '[', '\'']) || inner.trim().is_empty() {
        return None;
    }
    if has_thousands(inner) {
        return Some(Err(Doubt::Thousands));
    }
    let cells = match cells(inner, &mut repaired.signs)? {
        Ok(cells) => cells,
        Err(doubt) => return Some(Err(doubt)),
    };
    let mut values = Vec::new();
    for (at, text) in cells.iter().enumerate() {
        let value = cell(text, &mut repaired.signs)?;
        if value == BLANK && text.trim() != BLANK {
            repaired.blanks.push(at + 1);
        }
        values.push(value);
    }
    repaired.value = format!("[{}]", values.join(", "));
    (!repaired.signs.is_empty()).then_some(Ok(repaired))
}

/// Adds what was wrong, once.
fn tell(signs: &mut Vec<&'static str>, sign: &'static str) {
    if !signs.contains(&sign) {
        signs.push(sign);
    }
}

/// Cuts a row into cells: at commas, else at tabs, else at spaces of one width. `None`: no row of figures.
fn cells(inner: &str, signs: &mut Vec<&'static str>) -> Option<Result<Vec<String>, Doubt>> {
    if inner.contains(',') {
        let mut pieces: Vec<&str> = inner.split(',').collect();
        if pieces.last().is_some_and(|last| last.trim().is_empty()) {
            pieces.pop();
        }
        let mut cells = Vec::new();
        for piece in pieces {
            match spaced(piece.trim(), signs) {
                Ok(found) => cells.extend(found),
                Err(doubt) => return Some(Err(doubt)),
            }
        }
        return Some(Ok(cells));
    }
    if inner.contains('\t') {
        tell(signs, "制表符隔开的数（数与数之间要用半角逗号）");
        return Some(Ok(inner.split('\t').map(|cell| cell.trim().to_owned()).collect()));
    }
    Some(spaced(inner.trim(), signs))
}

/// Cuts a piece without commas at its spaces. One figure with its unit behind a space stays whole.
fn spaced(piece: &str, signs: &mut Vec<&'static str>) -> Result<Vec<String>, Doubt> {
    if piece.is_empty() || piece.starts_with('"') || Written::read(piece).is_some() {
        return Ok(vec![piece.to_owned()]);
    }
    let words: Vec<&str> = piece.split_whitespace().collect();
    if words.len() == 1 {
        return Ok(vec![piece.to_owned()]);
    }
    let mut widths: Vec<usize> = piece
        .split(|c: char| !c.is_whitespace())
        .filter(|gap| !gap.is_empty())
        .map(|gap| gap.chars().count())
        .collect();
    widths.dedup();
    if widths.len() > 1 {
        return Err(Doubt::UnevenSpaces);
    }
    tell(signs, "空格隔开的数（数与数之间要用半角逗号）");
    Ok(words.into_iter().map(str::to_owned).collect())
}

/// `1,063`: three digits close behind a comma and one to three before it, while a plain row has no such cell.
fn has_thousands(inner: &str) -> bool {
    let pieces: Vec<&str> = inner.split(',').collect();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    pieces.windows(2).any(|pair| {
        let (before, after) = (pair[0].trim_start(), pair[1].trim_end());
        let before = before.rsplit(char::is_whitespace).next().unwrap_or("");
        is_digits(before)
            && before.len() <= 3
            && !before.starts_with('0')
            && is_digits(after)
            && after.len() == 3
            && (after.starts_with('0') || inner.contains(", "))
    })
}

/// One cell as TOML; none when it is neither a figure nor a blank.
fn cell(text: &str, signs: &mut Vec<&'static str>) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || BLANK_WORDS.contains(&text) {
        tell(signs, "空白格");
        return Some(BLANK.to_owned());
    }
    let is_string = text.len() >= 2 && text.starts_with('"') && text.ends_with('"');
    if is_string && !text[1..text.len() - 1].contains(['"', '\\']) || is_toml_number(text) {
        return Some(text.to_owned());
    }
    let written = Written::read(text).filter(Written::is_count)?;
    tell(
        signs,
        match () {
            () if !written.unit.is_empty() => "写在数字后面的单位",
            () if text.contains(',') => "千分位逗号",
            () if text.chars().any(|c| "一二三四五六七八九十百千两".contains(c)) => {
                "中文数字"
            }
            () => "数字旁边多余的符号",
        },
    );
    Some(written.digits)
}

/// Whether a text is a number that TOML reads.
fn is_toml_number(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = body.split_once('.').map_or((body, None), |(a, b)| (a, Some(b)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(body: &str) -> Option<String> {
        repair(body)?.ok().map(|repaired| repaired.value)
    }

    #[test]
    fn blanks_keep_their_place() {
        for (body, wanted) in [
            ("[1\t\t0\t0\t1]", "[1, \"\", 0, 0, 1]"),
            ("[1, , 0, 0, 1]", "[1, \"\", 0, 0, 1]"),
            ("[, 1, 0, 0]", "[\"\", 1, 0, 0]"),
            ("[1, 0, —, /, 0]", "[1, 0, \"\", \"\", 0]"),
            ("[1 0 0 0]", "[1, 0, 0, 0]"),
            ("[1 0, 0 0]", "[1, 0, 0, 0]"),
            ("[6件, 2件, 0, 0]", "[6, 2, 0, 0]"),
            ("63件", "63"),
            ("—", "\"\""),
            ("无", "\"\""),
            ("1,063", "1063"),
        ] {
            assert_eq!(value(body).as_deref(), Some(wanted), "{body}");
        }
        assert_eq!(repair("[1, , 0]").and_then(Result::ok).expect("repaired").blanks, [2]);
    }

    #[test]
    fn doubtful_rows_are_left_alone() {
        assert_eq!(repair("[1  0 0 1]"), Some(Err(Doubt::UnevenSpaces)));
        assert_eq!(repair("[1,063, 0, 0]"), Some(Err(Doubt::Thousands)));
        for body in
            ["[1, 2, 3]", "[1,0,0]", "[1, 2, 3,]", "5", "0.5", "5000元", "[O, 1]", "[]", "某局"]
        {
            assert_eq!(repair(body), None, "{body}");
        }
    }
}
