//! Syntax errors in the words of somebody who does not know TOML.
//!
//! The parser says what it expected; people need to know which character is wrong and how the line should read.
//! Most real mistakes are full-width signs, Chinese quotation marks and Chinese keys, so each faulty line is first
//! rewritten with ASCII signs; when that makes it valid, the rewritten line is the remedy.

use toml::de::{DeTable, Error};

use crate::diagnostic::{Diagnostic, Level};
use crate::source::{Source, Span};

const BASIS: &str = "TOML 1.1 语法";

/// Official labels and the keys they stand for, to correct a Chinese key.
#[derive(Debug, Clone, Default)]
pub struct KeyNames {
    pairs: Vec<(String, String)>,
}

impl KeyNames {
    /// Collects pairs of label and key.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs = pairs.into_iter().map(|(label, key)| (bare_label(label), key.to_owned()));
        Self { pairs: pairs.filter(|(label, _)| !label.is_empty()).collect() }
    }

    /// Puts the names of several formats together.
    pub fn merged(all: impl IntoIterator<Item = Self>) -> Self {
        let mut pairs: Vec<(String, String)> =
            all.into_iter().flat_map(|names| names.pairs).collect();
        pairs.sort();
        pairs.dedup();
        Self { pairs }
    }

    /// Returns the key of a label; numbering and brackets do not matter, nor does a missing part of a long label
    /// as long as only one key fits.
    pub fn key(&self, label: &str) -> Option<&str> {
        let wanted = bare_label(label);
        if wanted.is_empty() {
            return None;
        }
        if let Some((_, key)) = self.pairs.iter().find(|(label, _)| *label == wanted) {
            return Some(key);
        }
        let mut fitting = self
            .pairs
            .iter()
            .filter(|(label, _)| label.contains(&wanted) || wanted.contains(label.as_str()))
            .map(|(_, key)| key.as_str());
        let first = fitting.next()?;
        fitting.all(|key| key == first).then_some(first)
    }
}

/// A label without numbering, brackets and their content, spaces and signs.
fn bare_label(label: &str) -> String {
    let mut depth = 0usize;
    let mut bare = String::new();
    for c in label.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            '、' | '.' if bare.chars().all(is_numbering) => bare.clear(),
            _ if depth == 0 && c.is_alphanumeric() => bare.push(c),
            _ => {}
        }
    }
    bare
}

fn is_numbering(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十".contains(c)
}

/// The finding for a file that is too large to be a report.
pub fn too_large(bytes: usize, limit: usize) -> Diagnostic {
    Diagnostic::new("TOML", Level::Error, "文件太大，不像一份年度报告", "", 0..0)
        .with_values(format!("{bytes} 字节"), format!("不超过 {limit} 字节"))
        .with_help("核对是否选错了文件；图片应另存为文件，用 ![说明](文件名.png) 引用")
}

/// Turns parser errors into findings, at most one for each line, sorted by position.
pub fn diagnose(source: &Source, errors: &[Error], names: &KeyNames) -> Vec<Diagnostic> {
    let mut spans: Vec<(Span, &str)> =
        errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
    spans.sort_by_key(|(span, _)| (span.start, span.end));
    let mut lines_seen = std::collections::BTreeSet::new();
    let mut findings = Vec::new();
    for (span, message) in spans {
        let span = in_text(source, span);
        let line = source.position(span.start).line;
        if lines_seen.insert(line) {
            findings.push(diagnose_line(source, line, span, message, names));
        }
    }
    findings
}

/// Brings a span to character boundaries inside the text.
fn in_text(source: &Source, span: Span) -> Span {
    let text = source.text();
    let start = text.floor_char_boundary(span.start.min(text.len()));
    start..text.ceil_char_boundary(span.end.min(text.len()).max(start))
}

fn diagnose_line(
    source: &Source,
    line: usize,
    span: Span,
    message: &str,
    names: &KeyNames,
) -> Diagnostic {
    let text = source.line(line);
    let Some(rewrite) = rewrite(text, names) else {
        let (headline, help) = translate(message);
        return Diagnostic::new("TOML", Level::Error, headline, "", span)
            .with_help(help)
            .with_basis(BASIS);
    };
    let start = source.line_range(line).start;
    let span = start + rewrite.at.start..start + rewrite.at.end;
    let headline = format!("这一行用了{}，程序读不懂", rewrite.signs.join("、"));
    let help = match &rewrite.unknown_label {
        Some(label) => format!(
            "“{label}”不是数据项的英文键名；在模板（nianbao init 生成）里找到这一项，用它等号左边的英文键名"
        ),
        None => "改成下面这一行（键名用英文，符号用半角）".to_owned(),
    };
    let finding =
        Diagnostic::new("TOML", Level::Error, headline, "", span).with_help(help).with_basis(BASIS);
    match rewrite.unknown_label {
        Some(_) => finding,
        None => finding.with_suggestion(rewrite.line),
    }
}

struct Rewrite {
    line: String,
    signs: Vec<&'static str>,
    at: Span,
    unknown_label: Option<String>,
}

/// Rewrites a line with ASCII signs and keys; `None` when there is nothing to rewrite or the result is no better.
fn rewrite(line: &str, names: &KeyNames) -> Option<Rewrite> {
    let ascii = ascii_signs(line);
    let (keyed, label, known) = ascii_key(&ascii.line, names);
    let mut signs = ascii.signs;
    let mut at = ascii.first;
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

/// The parser's messages (toml_parser 1.x) in Chinese: headline and remedy.
fn translate(message: &str) -> (String, String) {
    let head = message.split(", expected").next().unwrap_or(message).trim();
    let (headline, help) = match head {
        "duplicate key" => ("同一个键写了两次", "删去重复的一行，或改成正确的键名"),
        "carriage return must be followed by newline" => {
            ("行尾符号不完整", "用记事本重新保存这个文件")
        }
        "missing opening quote" | "string values must be quoted" => {
            ("文字没有加引号", "文字两边加半角双引号，例如 agency = \"某市某局\"")
        }
        "missing escaped value" | "too few unicode value digits" => {
            ("反斜杠 \\ 后面不完整", "文字里的反斜杠写成 \\\\，或改用单引号 '…'")
        }
        "missing comma between array elements" | "missing comma between key-value pairs" => {
            ("两个数之间缺少逗号", "数与数之间用半角逗号隔开，例如 [11, 0, 0, 0, 0, 0]")
        }
        "extra comma in array" | "extra comma in inline table" => {
            ("多了一个逗号", "删去多余的逗号")
        }
        "integers with a radix cannot be signed" | "radix must be lowercase" => {
            ("数字写法不对", "只写十进制数字，例如 12")
        }
        "unexpected leading zero" | "redundant integer number prefix" => {
            ("数字前面多了 0", "删去前面的 0，例如 05 写成 5")
        }
        "redundant numeric sign" | "unexpected sign" => ("数字的正负号不对", "只保留一个正负号"),
        "`_` may only go between digits" => ("数字里的下划线位置不对", "删去下划线，数字连着写"),
        "missing assignment between key-value pairs" | "key with no value" => {
            ("缺少等号或等号后面的内容", "写成“键 = 值”，例如 carried_over = 0；说明文字前面加 #")
        }
        "extra assignment between key-value pairs" | "extra `=`" | "unexpected `=` in array" => {
            ("多了一个等号", "一行只写一个“键 = 值”")
        }
        "missing value" | "missing value for key" => {
            ("等号后面没有内容", "填上数字或文字；没有的填 0")
        }
        "unclosed array table" | "unclosed table" | "missing table open" => {
            ("方括号没有配对", "表头写成 [requests] 这样，前后方括号各一个")
        }
        "unclosed array" | "missing array opening" => ("数组的方括号没有配对", "补上缺的 [ 或 ]"),
        "unclosed inline table" | "missing inline table opening" => {
            ("花括号没有配对", "补上缺的 { 或 }")
        }
        "invalid multi-line basic string" => {
            ("三引号文本没有正确结束", "文本前后各写三个半角双引号 \"\"\"；文本里的反斜杠写成 \\\\")
        }
        "invalid basic string" => (
            "引号没有配对，或文字里有不能直接写的符号",
            "补上缺的半角双引号；文字里的反斜杠写成 \\\\，双引号写成 \\\"",
        ),
        "unquoted keys cannot be empty" | "invalid unquoted key" => {
            ("键名不对", "键名只用英文小写字母、数字和下划线，照模板里的写法")
        }
        "unexpected content between comment and newline" | "invalid comment character" => {
            ("注释里有不能用的字符", "删去 # 后面看不见的控制字符")
        }
        "cannot recurse further; max recursion depth met" | "recursion limit" => {
            ("括号套得太深", "数据文件最多两三层括号，核对是否误粘贴了别的内容")
        }
        _ => ("这里写法不对", "对照模板（nianbao init 生成）检查这一行的等号、引号和括号"),
    };
    (headline.to_owned(), help.to_owned())
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
    fn labels_need_no_numbering() {
        assert_eq!(names().key("上年结转"), Some("carried_over"));
        assert_eq!(names().key("（一）予以公开"), Some("granted"));
        assert_eq!(names().key("无此项"), None);
    }

    #[test]
    fn full_width_lines_are_rewritten() {
        for (line, wanted) in [
            ("carried_over ＝ ０", "carried_over = 0"),
            ("agency = “某局”", "agency = \"某局\""),
            ("agency = \"某局”", "agency = \"某局\""),
            ("予以公开 = [1，0，0，0，0，0]", "granted = [1,0,0,0,0,0]"),
            ("year\u{A0}=\u{3000}2023", "year = 2023"),
        ] {
            assert_eq!(rewrite(line, &names()).expect(line).line, wanted, "{line}");
        }
        assert!(rewrite("a = \"全角，在引号里\"", &names()).is_none());
    }

    #[test]
    fn unknown_chinese_keys_are_named() {
        let rewritten = rewrite("无此项 = 3", &names()).expect("a rewrite");
        assert_eq!(rewritten.unknown_label.as_deref(), Some("无此项"));
    }
}
