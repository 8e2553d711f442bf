//! Syntax errors in the words of somebody who does not know TOML.
//!
//! The parser says what it expected; people need to know which character is wrong and how the line should read.
//! Most real mistakes are full-width signs, Chinese quotation marks and Chinese keys, so each faulty line is first
//! rewritten with ASCII signs; when that makes it valid, the rewritten line is the remedy.

use std::collections::BTreeMap;

use toml::de::{DeTable, Error};

use super::KeyNames;
use super::rewrite::rewrite;
use crate::diagnostic::{Diagnostic, Level};
use crate::limits;
use crate::source::{Source, Span};

const BASIS: &str = "TOML 1.1 语法";

/// The finding for a file that is too large to be a report.
pub(super) fn too_large(bytes: usize, limit: usize) -> Diagnostic {
    Diagnostic::new("TOML", Level::Error, "文件太大，不像一份年度报告", "", 0..0)
        .with_values(format!("{bytes} 字节"), format!("不超过 {limit} 字节"))
        .with_help("核对是否选错了文件；图片应另存为文件，用 ![说明](文件名.png) 引用")
}

/// Most rounds of correcting lines and parsing again.
const ROUNDS: usize = 20;

/// Turns parser errors into findings, at most one for each line, sorted by position. An error can hide those after
/// it, so lines that can be corrected are corrected and the text is parsed again.
pub(super) fn diagnose(source: &Source, errors: &[Error], names: &KeyNames) -> Vec<Diagnostic> {
    if errors.is_empty() {
        return Vec::new();
    }
    if let Some(finding) = open_text(source) {
        return vec![finding];
    }
    let mut found: BTreeMap<usize, Diagnostic> = BTreeMap::new();
    let mut lines: Vec<String> =
        (1..=source.line_count()).map(|at| source.line(at).to_owned()).collect();
    let mut errors = errors.to_vec();
    // A file with very many faults is no report; correcting some lines and looking again would take minutes.
    let rounds = if errors.len() > limits::SYNTAX_FAULTS { 1 } else { ROUNDS };
    let mut left_out = 0;
    for _ in 0..rounds {
        let text = Source::new("", lines.join("\n"));
        let mut is_new = false;
        let mut sorted: Vec<(Span, &str)> =
            errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
        sorted.sort_by_key(|(span, _)| (span.start, span.end));
        for (span, message) in sorted {
            let span = in_text(&text, span);
            let line = text.position(span.start).line;
            if found.contains_key(&line) {
                continue;
            }
            if found.len() >= limits::SYNTAX_FAULTS {
                left_out += 1;
                continue;
            }
            let place = moved(source, &text, line, &span);
            let (finding, corrected) = diagnose_line(source, line, place, message, names);
            found.insert(line, finding);
            if let Some(corrected) = corrected {
                lines[line - 1] = corrected;
                is_new = true;
            }
        }
        if !is_new {
            break;
        }
        errors = DeTable::parse_recoverable(&lines.join("\n")).1;
    }
    if let Some(last) = found.values_mut().next_back().filter(|_| left_out > 0) {
        last.message += &format!("（后面还有 {left_out} 处写法错误没有列出，先改正前面的）");
    }
    found.into_values().collect()
}

/// Brings a span in a corrected text to the same line and distance in the file.
fn moved(source: &Source, text: &Source, line: usize, span: &Span) -> Span {
    let (from, to) = (text.line_range(line).start, source.line_range(line).start);
    in_text(source, span.start - from + to..(span.end.max(span.start)) - from + to)
}

/// The finding about a `"""` text that has no end: another field begins before it is closed, or the file ends.
fn open_text(source: &Source) -> Option<Diagnostic> {
    let mut open: Option<usize> = None;
    for line in 1..=source.line_count() {
        let text = source.line(line);
        let begins = begins_text(text) || is_header(text);
        if let Some(start) = open.filter(|_| begins) {
            return Some(not_closed(source, start, Some(line)));
        }
        let text = if open.is_some() { text } else { without_comment(text) };
        if text.matches("\"\"\"").count() % 2 == 1 {
            open = if open.is_some() { None } else { Some(line) };
        }
    }
    open.map(|start| not_closed(source, start, None))
}

/// A line outside a text without the comment at its end: a comment may speak of `"""`.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let comment = line.find(|char| {
        quoted ^= char == '"';
        char == '#' && !quoted
    });
    &line[..comment.unwrap_or(line.len())]
}

/// Whether a line begins a field with a `"""` text.
fn begins_text(line: &str) -> bool {
    line.split_once('=')
        .is_some_and(|(key, value)| is_key(key.trim()) && value.trim_start().starts_with("\"\"\""))
}

/// Whether a line is a table header such as `[requests]`.
fn is_header(line: &str) -> bool {
    let inner = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|key| is_key(key.trim()) && key.bytes().any(|byte| byte.is_ascii_lowercase()))
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

fn not_closed(source: &Source, line: usize, next: Option<usize>) -> Diagnostic {
    let start = source.line_range(line).start;
    let at = source.line(line).rfind("\"\"\"").unwrap_or(0);
    let help = match next {
        Some(next) => {
            format!("第 {next} 行开始了另一项；在它前面、这段文字之后加一行三个半角双引号")
        }
        None => "在这段文字之后加一行三个半角双引号".to_owned(),
    };
    Diagnostic::new(
        "TOML",
        Level::Error,
        "这段文字没有结束：缺少结尾的三引号",
        "",
        start + at..start + at + 3,
    )
    .with_label("文字从这里开始")
    .with_help(help)
    .with_suggestion("\"\"\"")
    .with_basis(BASIS)
}

/// Brings a span to character boundaries inside the text.
fn in_text(source: &Source, span: Span) -> Span {
    let text = source.text();
    let start = text.floor_char_boundary(span.start.min(text.len()));
    start..text.ceil_char_boundary(span.end.min(text.len()).max(start))
}

/// The finding about a line, and the line as it should read where that is known.
fn diagnose_line(
    source: &Source,
    line: usize,
    span: Span,
    message: &str,
    names: &KeyNames,
) -> (Diagnostic, Option<String>) {
    let text = source.line(line);
    let start = source.line_range(line).start;
    let finding = |headline: String, span: Span, help: String| {
        Diagnostic::new("TOML", Level::Error, headline, "", span).with_help(help).with_basis(BASIS)
    };
    if let Some(rewrite) = rewrite(text, names) {
        let span = start + rewrite.at.start..start + rewrite.at.end;
        let headline = format!("这一行用了{}，程序读不懂", rewrite.signs.join("、"));
        return match rewrite.unknown_label {
            Some(label) => {
                let help = format!(
                    "“{label}”不是数据项的英文键名；在模板（nianbao init 生成）里找到这一项，用它等号左边的英文键名"
                );
                (finding(headline, span, help), Some(String::new()))
            }
            None => {
                let help = "改成下面这一行（键名用英文，符号用半角）".to_owned();
                let found = finding(headline, span, help).with_suggestion(&rewrite.line);
                (found, Some(rewrite.line))
            }
        };
    }
    let whole = start..start + text.len();
    let value = text.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
    match value {
        Some((key, "")) => {
            let help = format!("填上内容，例如 {key} = 0；文字要加引号");
            (finding("等号后面没有内容".to_owned(), whole, help), Some(String::new()))
        }
        Some((key, value))
            if message.starts_with("string values must be quoted") && is_prose(value) =>
        {
            let line = format!("{key} = \"{}\"", value.replace('"', "”"));
            let help = "文字两边加半角双引号".to_owned();
            let found = finding("文字没有加引号".to_owned(), span, help).with_suggestion(&line);
            (found, Some(line))
        }
        None if is_prose(text) && is_outside(message) => {
            let help = "说明文字前面加 #；要印出来的文字写进三引号 \"\"\" 之间".to_owned();
            (finding("这一行是文字，不是“键 = 值”".to_owned(), whole, help), Some(String::new()))
        }
        _ => {
            let (headline, help) = translate(message);
            (finding(headline, span, help), None)
        }
    }
}

/// Whether the parser was looking for a key, not reading a text.
fn is_outside(message: &str) -> bool {
    !["escape", "unicode", "string", "control"].iter().any(|word| message.contains(word))
}

/// Whether a piece of a line is words rather than data.
fn is_prose(text: &str) -> bool {
    text.chars().any(|c| c.is_alphabetic() && !c.is_ascii())
        && !text.trim_start().starts_with(['[', '{', '"', '\''])
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
