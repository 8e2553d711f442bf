//! Texts between `"""` that begin or end in the wrong place. The parser sees such a file as garbage from there on, so
//! these mistakes are looked for by the shape of a data file: a text ends before the next field begins.
//!
//! Each repair keeps the number of lines, so that what is found afterwards keeps its place.

use crate::diagnostic::{Diagnostic, Level};
use crate::source::Source;

const QUOTES: &str = "\"\"\"";
/// What input methods make of three quotes.
const WIDE: [&str; 4] = ["“““", "”””", "“”“", "＂＂＂"];

/// Repairs the lines of a text and returns a finding for each line that was wrong, with its number (from 1).
pub(super) fn repair(source: &Source, lines: &mut [String]) -> Vec<(usize, Diagnostic)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some(opening) = opening(&lines[at]) else {
            at += 1;
            continue;
        };
        let end = (at + 1..lines.len()).find(|line| begins_field(&lines[*line]));
        let end = end.unwrap_or(lines.len());
        if let Opening::Wide(begin, length) = opening {
            let line = lines[at].clone();
            lines[at] = format!("{}{QUOTES}{}", &line[..begin], &line[begin + length..]);
            found.push((at + 1, wide(source, at + 1, begin, length, &lines[at])));
        }
        let begin = opening.at();
        if lines[at][begin + QUOTES.len()..].contains(QUOTES) && closes(&lines[at]) {
            at += 1;
            continue;
        }
        inside(source, lines, (at, end), begin, &mut found);
        at = end;
    }
    found
}

/// How a line opens a text.
#[derive(Debug, Clone, Copy)]
enum Opening {
    Plain(usize),
    /// With signs that only look like three quotes: where, and how many bytes.
    Wide(usize, usize),
}

impl Opening {
    fn at(self) -> usize {
        match self {
            Opening::Plain(at) | Opening::Wide(at, _) => at,
        }
    }
}

/// Where a text opens: three quotes behind an equals sign.
fn opening(line: &str) -> Option<Opening> {
    if line.trim_start().starts_with('#') {
        return None;
    }
    let behind_equals = |at: &usize| line[..*at].trim_end().ends_with('=');
    if let Some(at) = line.find(QUOTES).filter(behind_equals) {
        return Some(Opening::Plain(at));
    }
    let wide = WIDE.iter().filter_map(|sign| Some((line.find(sign)?, sign.len())));
    let (at, length) = wide.min().filter(|(at, _)| behind_equals(at))?;
    Some(Opening::Wide(at, length))
}

/// Whether a line begins another field or table, so that a text above it has ended.
pub(super) fn begins_field(line: &str) -> bool {
    if is_header(line) {
        return true;
    }
    line.split_once('=').is_some_and(|(key, value)| {
        let value = value.trim_start();
        let is_value = value.starts_with(['"', '\'', '[', '{', '“'])
            || value.starts_with(|c: char| c.is_ascii_digit())
            || value.starts_with("true")
            || value.starts_with("false");
        is_key(key.trim()) && is_value
    })
}

/// Whether a line is a table header such as `[requests]`.
fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or(line);
    let inner = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|key| {
        let key = key.trim_start_matches('[').trim_end_matches(']').trim();
        is_key(key) && key.bytes().any(|byte| byte.is_ascii_lowercase())
    })
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.- ".contains(&byte))
}

/// Whether a text ends with the last three quotes of a line: only brackets and a comment may follow.
fn closes(line: &str) -> bool {
    line.rfind(QUOTES).is_some_and(|at| {
        let rest = line[at + QUOTES.len()..].trim_start_matches(['"', ' ', '}', ',', ']', '\t']);
        rest.trim().is_empty() || rest.starts_with('#')
    })
}

/// Looks at the lines of one text: the opening line and those before the next field.
fn inside(
    source: &Source,
    lines: &mut [String],
    (start, end): (usize, usize),
    begin: usize,
    found: &mut Vec<(usize, Diagnostic)>,
) {
    let is_comment = |line: &str| line.trim_start().starts_with('#');
    let with_quotes: Vec<usize> = (start + 1..end)
        .filter(|at| lines[*at].contains(QUOTES) && !is_comment(&lines[*at]))
        .collect();
    let last = with_quotes.last().copied().filter(|at| closes(&lines[*at]));
    for at in with_quotes {
        let doubled = at == start + 1 && lines[at].trim() == QUOTES && Some(at) != last;
        let count = lines[at].matches(QUOTES).count();
        if doubled {
            found.push((at + 1, doubled_opening(source, at + 1)));
            lines[at].clear();
        } else if Some(at) != last || count > 1 {
            let repaired = quoted(&lines[at], Some(at) == last);
            found.push((at + 1, quotes_inside(source, at + 1, &repaired)));
            lines[at] = repaired;
        }
    }
    if last.is_some() {
        return;
    }
    let wide = (start + 1..end).rev().find(|at| WIDE.contains(&lines[*at].trim()));
    if let Some(at) = wide {
        let (indent, sign) = (lines[at].len() - lines[at].trim_start().len(), lines[at].trim());
        let finding = wide_finding(source, at + 1, (indent, sign.len()), QUOTES);
        lines[at] = QUOTES.to_owned();
        found.push((at + 1, finding));
        return;
    }
    found.push((
        start + 1,
        not_closed(source, start + 1, begin, (end < lines.len()).then_some(end + 1)),
    ));
    // The text ends with the last line that is no comment and not empty.
    let close =
        (start..end).rev().find(|at| !lines[*at].trim().is_empty() && !is_comment(&lines[*at]));
    lines[close.unwrap_or(start)].push_str(QUOTES);
}

/// The line with Chinese quotation marks in the place of three quotes; those that close the text stay.
fn quoted(line: &str, closes: bool) -> String {
    let marks = line.matches(QUOTES).count() - usize::from(closes);
    let mut repaired = String::new();
    let mut rest = line;
    for mark in 0..marks {
        let Some((before, after)) = rest.split_once(QUOTES) else { break };
        repaired.push_str(before);
        repaired.push(if mark % 2 == 0 { '“' } else { '”' });
        rest = after;
    }
    repaired + rest
}

fn finding(
    source: &Source,
    line: usize,
    (at, length): (usize, usize),
    message: &str,
) -> Diagnostic {
    let start = source.line_range(line).start;
    let end = start + source.line(line).len();
    let from = (start + at).min(end);
    Diagnostic::new("TOML", Level::Error, message, "", from..(from + length).min(end))
}

fn wide(source: &Source, line: usize, at: usize, length: usize, repaired: &str) -> Diagnostic {
    wide_finding(source, line, (at, length), repaired)
}

fn wide_finding(source: &Source, line: usize, place: (usize, usize), repaired: &str) -> Diagnostic {
    finding(source, line, place, "三引号用了中文引号，程序认不出来")
        .with_label("要用三个半角双引号")
        .with_help("换成英文输入法，写三个半角双引号，如下面这一行")
        .with_replacement(repaired)
}

fn doubled_opening(source: &Source, line: usize) -> Diagnostic {
    finding(source, line, (0, QUOTES.len()), "开头的三引号写了两次，程序以为文字到这里就结束了")
        .with_label("多出来的三引号")
        .with_help("删去这一行；文字开头只要一个三引号 \"\"\"")
}

fn quotes_inside(source: &Source, line: usize, repaired: &str) -> Diagnostic {
    let at = source.line(line).find(QUOTES).unwrap_or(0);
    finding(
        source,
        line,
        (at, QUOTES.len()),
        "文字里面出现了三引号 \"\"\"，程序以为文字到这里就结束了",
    )
    .with_label("文字中间的三引号")
    .with_help("引用词语用中文引号“ ”，改成下面这一行")
    .with_replacement(repaired)
}

/// The finding about a text that has no end: another field begins before it is closed, or the file ends.
fn not_closed(source: &Source, line: usize, begin: usize, next: Option<usize>) -> Diagnostic {
    let help = match next {
        Some(next) => {
            format!("第 {next} 行开始了另一项；在它前面、这段文字之后加一行三个半角双引号 \"\"\"")
        }
        None => "在这段文字之后加一行三个半角双引号 \"\"\"".to_owned(),
    };
    finding(source, line, (begin, QUOTES.len()), "这段文字没有结束：缺少结尾的三引号")
        .with_label("文字从这里开始")
        .with_help(help)
}
