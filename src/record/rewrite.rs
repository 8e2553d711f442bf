//! A faulty line with ASCII signs and keys, as it should read.

use toml::de::DeTable;

use super::KeyNames;
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
}

/// Rewrites a line with ASCII signs and keys; `None` when there is nothing to rewrite or the result is no better.
pub(super) fn rewrite(line: &str, names: &KeyNames) -> Option<Rewrite> {
    let ascii = ascii_signs(line);
    let (keyed, label, known) = ascii_key(&ascii.line, names);
    let mut signs = ascii.signs;
    let mut at = ascii.first;
    let (keyed, faults) = plain_numbers(&keyed);
    for (name, start) in faults {
        signs.push(name);
        at.get_or_insert(start..start + 1);
    }
    if let Some(label) = &label {
        signs.insert(0, "中文键名");
        let start = line.find(label.as_str()).unwrap_or(0);
        at = Some(start..start + label.len());
    }
    let at = at?;
    let header = keyed.trim_start().starts_with('[');
    let better = header || opens_text(&keyed) || DeTable::parse(&keyed).is_ok() || !known;
    better.then(|| Rewrite { line: keyed, signs, at, unknown_label: label.filter(|_| !known) })
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

/// Removes thousands separators and puts commas between the numbers of a row. Returns the line, and what was done
/// with the place of each in the line.
fn plain_numbers(line: &str) -> (String, Vec<(&'static str, usize)>) {
    let unchanged = || (line.to_owned(), Vec::new());
    let Some((key, value)) = line.split_once('=') else { return unchanged() };
    let body = value.split('#').next().unwrap_or("").trim();
    let at = key.len() + 1 + value.find(body).unwrap_or(0);
    if let Some(digits) = without_thousands(body) {
        return (format!("{key}= {digits}"), vec![("千分位逗号", at)]);
    }
    let Some(inner) = body.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return unchanged();
    };
    let numeric = |word: &str| word.trim_end_matches(',').parse::<rust_decimal::Decimal>().is_ok();
    let words: Vec<&str> = inner.split_whitespace().collect();
    let lacks = words.iter().rev().skip(1).any(|word| !word.ends_with(','));
    if words.len() < 2
        || !lacks
        || !words.iter().all(|word| word.split(',').all(|w| w.is_empty() || numeric(w)))
    {
        return unchanged();
    }
    let numbers: Vec<&str> =
        words.iter().flat_map(|word| word.split(',')).filter(|w| !w.is_empty()).collect();
    (
        format!("{key}= [{}]", numbers.join(", ")),
        vec![("空格隔开的数（数与数之间要用半角逗号）", at)],
    )
}

/// The digits of `1,234,567`; none when it is not a number grouped by thousands.
fn without_thousands(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(',').collect();
    let (first, rest) = groups.split_first()?;
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let (last, whole) = rest.split_last()?;
    let (last_whole, fraction) = last.split_once('.').map_or((*last, ""), |(a, b)| (a, b));
    let grouped =
        whole.iter().chain([&last_whole]).all(|group| group.len() == 3 && is_digits(group));
    let leading = (1..=3).contains(&first.len()) && is_digits(first) && is_digits(fraction);
    (grouped && leading).then(|| text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> KeyNames {
        KeyNames::new([
            ("二、上年结转政府信息公开申请数量", "carried_over"),
            ("（一）予以公开", "granted"),
        ])
    }

    #[test]
    fn lines_are_rewritten() {
        for (line, wanted) in [
            ("carried_over ＝ ０", "carried_over = 0"),
            ("agency = “某局”", "agency = \"某局\""),
            ("agency = \"某局”", "agency = \"某局\""),
            ("予以公开 = [1，0，0，0，0，0]", "granted = [1,0,0,0,0,0]"),
            ("year\u{A0}=\u{3000}2023", "year = 2023"),
            ("licensing = 1,063", "licensing = 1063"),
            ("fees = 12,345.67  # 万元", "fees = 12345.67"),
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
