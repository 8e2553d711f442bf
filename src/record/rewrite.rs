//! A faulty line with ASCII signs and keys, as it should read.

use toml::de::DeTable;

use super::KeyNames;
use super::figures::{self, Doubt, Repaired};
use crate::source::Span;

/// A faulty line as it should read.
pub(super) struct Rewrite {
    /// The line with ASCII signs and keys.
    pub(super) line: String,
    /// What was wrong, in Chinese.
    pub(super) signs: Vec<&'static str>,
    /// Bytes of the first wrong sign in the line.
    pub(super) at: Span,
    /// A Chinese key that no field has.
    pub(super) unknown_label: Option<String>,
    /// Numbers (from 1) of cells that were blank.
    pub(super) blanks: Vec<usize>,
    /// Why the line is not offered.
    pub(super) doubt: Option<Doubt>,
}

/// Rewrites a line with ASCII signs and keys; `None` when there is nothing to rewrite or the result is no better.
pub(super) fn rewrite(line: &str, names: &KeyNames) -> Option<Rewrite> {
    let ascii = ascii_signs(line);
    let (keyed, label, known) = ascii_key(&ascii.line, names);
    let mut signs = ascii.signs;
    let mut at = ascii.first;
    let mut blanks = Vec::new();
    let (keyed, doubt) = match plain_figures(&keyed, names) {
        Some(Ok((plain, repaired, start))) => {
            signs.extend(repaired.signs);
            blanks = repaired.blanks;
            at.get_or_insert(start..start + 1);
            (plain, None)
        }
        Some(Err(doubt)) => {
            let start = Assignment::of(&keyed).map_or(0, |assignment| assignment.at);
            at.get_or_insert(start..start + 1);
            (keyed, Some(doubt))
        }
        None => (keyed, None),
    };
    if let Some(label) = &label {
        signs.insert(0, "中文键名");
        let start = line.find(label.as_str()).unwrap_or(0);
        at = Some(start..start + label.len());
    }
    let at = at?;
    let header = keyed.trim_start().starts_with('[');
    let better = header || opens_text(&keyed) || DeTable::parse(&keyed).is_ok() || !known;
    let at = line.floor_char_boundary(at.start)..line.ceil_char_boundary(at.end);
    (better || doubt.is_some()).then(|| Rewrite {
        line: keyed,
        signs,
        at,
        unknown_label: label.filter(|_| !known),
        blanks,
        doubt,
    })
}

/// Whether the line begins a multi-line text or array, which cannot be valid alone.
fn opens_text(line: &str) -> bool {
    line.matches("\"\"\"").count() % 2 == 1 || line.trim_end().ends_with('[')
}

struct AsciiLine {
    line: String,
    signs: Vec<&'static str>,
    first: Option<Span>,
}

/// Replaces full-width signs outside strings.
fn ascii_signs(line: &str) -> AsciiLine {
    let mut result = AsciiLine { line: String::new(), signs: Vec::new(), first: None };
    let mut closing: Option<char> = None;
    for (at, c) in line.char_indices() {
        let rest = &line[at + c.len_utf8()..];
        if let Some(close) = closing {
            let ends = c == close || (close == '"' && c == '”' && !rest.contains('"'));
            if ends {
                closing = None;
            }
            match (ends, c) {
                (true, '”' | '’') => result.replace(at, c, '"', "中文引号"),
                _ => result.line.push(c),
            }
            continue;
        }
        match c {
            '#' => {
                result.line.push_str(&line[at..]);
                break;
            }
            '"' | '\'' => {
                closing = Some(c);
                result.line.push(c);
            }
            '“' | '”' => {
                closing = Some('”');
                result.replace(at, c, '"', "中文引号");
            }
            _ => match ascii_sign(c) {
                Some((ascii, name)) => result.replace(at, c, ascii, name),
                None => result.line.push(c),
            },
        }
    }
    result
}

impl AsciiLine {
    fn replace(&mut self, at: usize, from: char, to: char, name: &'static str) {
        self.line.push(to);
        self.first.get_or_insert(at..at + from.len_utf8());
        if !self.signs.contains(&name) {
            self.signs.push(name);
        }
    }
}

fn ascii_sign(c: char) -> Option<(char, &'static str)> {
    Some(match c {
        '＝' => ('=', "全角等号“＝”"),
        '，' | '、' => (',', "中文逗号或顿号"),
        '。' | '．' => ('.', "中文句点"),
        '－' | '—' | '−' => ('-', "全角减号"),
        '［' | '【' => ('[', "全角方括号"),
        '］' | '】' => (']', "全角方括号"),
        '｛' => ('{', "全角花括号"),
        '｝' => ('}', "全角花括号"),
        '＂' => ('"', "全角引号"),
        '＃' => ('#', "全角井号"),
        '＿' => ('_', "全角下划线"),
        '０'..='９' => (char::from_u32(c as u32 - '０' as u32 + '0' as u32)?, "全角数字"),
        '\u{3000}' => (' ', "全角空格"),
        '\u{A0}' | '\u{2007}' | '\u{202F}' => (' ', "不间断空格"),
        '\u{200B}' | '\u{FEFF}' => (' ', "看不见的零宽字符"),
        _ => return None,
    })
}

/// Replaces a Chinese key by its ASCII key. Returns the line, the Chinese key if there is one, and whether its
/// key is known.
fn ascii_key(line: &str, names: &KeyNames) -> (String, Option<String>, bool) {
    let Some((left, right)) = line.split_once('=') else { return (line.to_owned(), None, true) };
    let label = left.trim();
    let is_chinese =
        label.chars().any(|c| c as u32 > 0x2E7F) && !label.starts_with(['"', '\'', '#']);
    if !is_chinese {
        return (line.to_owned(), None, true);
    }
    match names.key(label) {
        Some(key) => (format!("{key} ={right}"), Some(label.to_owned()), true),
        None => (line.to_owned(), Some(label.to_owned()), false),
    }
}

/// Writes figures plainly where the key wants figures. Returns the line, what was wrong with the place of the value, and
/// the numbers of cells left blank; a doubt when the line cannot be rewritten with certainty.
fn plain_figures(line: &str, names: &KeyNames) -> Option<Result<(String, Repaired, usize), Doubt>> {
    let assignment = Assignment::of(line)?;
    if !names.is_figure(assignment.last_key()) {
        return None;
    }
    Some(match figures::repair(assignment.value)? {
        Ok(repaired) => Ok((assignment.with(&repaired.value), repaired, assignment.at)),
        Err(doubt) => Err(doubt),
    })
}

/// A line `key = value  # comment` in pieces.
pub(super) struct Assignment<'a> {
    line: &'a str,
    /// The key as written, dotted or not.
    pub(super) key: &'a str,
    /// The value without spaces around it; may be empty.
    pub(super) value: &'a str,
    /// Where the value begins in the line; of an empty one, behind the equals sign and a space.
    pub(super) at: usize,
}

impl<'a> Assignment<'a> {
    /// Cuts a line; none when it assigns nothing.
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let (key, rest) = line.split_once('=')?;
        let value = without_comment(rest).trim_end();
        let at = key.len() + 1 + (value.len() - value.trim_start().len());
        let value = value.trim_start();
        let at = if value.is_empty() { (key.len() + 2).min(line.len()) } else { at };
        let key = key.trim();
        (!key.is_empty() && !key.starts_with('#')).then_some(Self { line, key, value, at })
    }

    /// The key behind the last dot.
    pub(super) fn last_key(&self) -> &'a str {
        self.key.rsplit('.').next().unwrap_or(self.key).trim()
    }

    /// The line with another value; its comment stays where it is as far as it can.
    pub(super) fn with(&self, value: &str) -> String {
        let before = self.line[..self.at.min(self.line.len())].trim_end();
        let spaces = if self.value.is_empty() { "" } else { &self.line[before.len()..self.at] };
        let spaces = if spaces.is_empty() { " " } else { spaces };
        let after = &self.line[(self.at + self.value.len()).min(self.line.len())..];
        let gap = if after.starts_with('#') { " " } else { "" };
        format!("{before}{spaces}{value}{gap}{after}")
    }
}

/// The part of a line before its comment: a `#` inside quotes begins none.
pub(super) fn without_comment(text: &str) -> &str {
    let mut quote: Option<char> = None;
    let comment = text.find(|c| {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            _ => {}
        }
        c == '#' && quote.is_none()
    });
    &text[..comment.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> KeyNames {
        KeyNames::new([
            ("二、上年结转政府信息公开申请数量", "carried_over"),
            ("（一）予以公开", "granted"),
        ])
        .with_figures(["carried_over", "granted", "licensing", "fees", "penalties"])
    }

    #[test]
    fn lines_are_rewritten() {
        for (line, wanted) in [
            ("carried_over ＝ ０", "carried_over = 0"),
            ("agency = “某局”", "agency = \"某局\""),
            ("agency = \"某局”", "agency = \"某局\""),
            ("予以公开 = [1，0，0，0，0，0]", "granted = [1,0,0,0,0,0]"),
            (
                "penalties           = 2件           # 行政处罚",
                "penalties           = 2           # 行政处罚",
            ),
            ("carried_over = —  # 上年", "carried_over = \"\"  # 上年"),
            ("granted = [1\t\t0\t0\t1]", "granted = [1, \"\", 0, 0, 1]"),
            ("year\u{A0}=\u{3000}2023", "year = 2023"),
            ("licensing = 1,063", "licensing = 1063"),
            ("fees = 12,345.67  # 万元", "fees = 12345.67  # 万元"),
            ("granted = [1 0 0, 0 0 0]", "granted = [1, 0, 0, 0, 0, 0]"),
        ] {
            assert_eq!(rewrite(line, &names()).expect(line).line, wanted, "{line}");
        }
        assert!(rewrite("a = \"全角，在引号里\"", &names()).is_none());
        assert!(rewrite("a = [1, 2, 3]", &names()).is_none());
    }

    #[test]
    fn unknown_chinese_keys_are_named() {
        let rewritten = rewrite("无此项 = 3", &names()).expect("a rewrite");
        assert_eq!(rewritten.unknown_label.as_deref(), Some("无此项"));
    }
}
