//! Syntax errors in the words of somebody who does not know TOML.
//!
//! The parser says what it expected; people need to know which character is wrong and how the line should read.
//! Most real mistakes are full-width signs, Chinese quotation marks and Chinese keys, so each faulty line is first
//! rewritten with ASCII signs; when that makes it valid, the rewritten line is the remedy.

use std::collections::BTreeMap;

use toml::de::{DeTable, Error};

use super::date::WrittenDate;
use super::figures::{BLANK, Doubt};
use super::rewrite::{Assignment, Rewrite, rewrite};
use super::{KeyNames, triple};
use crate::diagnostic::{Diagnostic, Level};
use crate::limits;
use crate::source::{Source, Span};

const BASIS: &str = "数据文件的写法（nianbao init 生成的模板是样子）";

/// What to do about a figure that is not there.
const FILL: &str = "填上实际数量，确实没有发生的填 0；一时没有数的，先照下面写 \"\" 占住位置";

/// The finding for a file that is too large to be a report.
pub(super) fn too_large(bytes: usize, limit: usize) -> Diagnostic {
    Diagnostic::new("TOML", Level::Error, "文件太大，不像一份年度报告", "", None)
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
    let mut lines: Vec<String> =
        (1..=source.line_count()).map(|at| source.line(at).to_owned()).collect();
    let mut found: BTreeMap<usize, Diagnostic> = BTreeMap::new();
    let mut errors = errors.to_vec();
    let (repaired, texts) = with_texts_closed(source, &lines);
    if !texts.is_empty() {
        let left = DeTable::parse_recoverable(&repaired.join("\n")).1;
        // A repair that makes nothing better was no repair: a text may well hold what looks like a field.
        if left.len() < errors.len() {
            found.extend(texts);
            (lines, errors) = (repaired, left);
        }
    }
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
            let (mut finding, corrected) = diagnose_line(source, line, place, message, names);
            // A line is read with full-width signs made plain: what was found need not stand in it letter by letter.
            finding.span = finding.span.map(|span| in_text(source, span));
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

/// The lines with texts that begin and end where they were meant to, and what was wrong.
fn with_texts_closed(
    source: &Source,
    lines: &[String],
) -> (Vec<String>, BTreeMap<usize, Diagnostic>) {
    let mut lines = lines.to_vec();
    let found = triple::repair(source, &mut lines);
    let found = found.into_iter().map(|(line, finding)| (line, finding.with_basis(BASIS)));
    (lines, found.collect())
}

/// Brings a span in a corrected text to the same line and distance in the file.
fn moved(source: &Source, text: &Source, line: usize, span: &Span) -> Span {
    let (from, to) = (text.line_range(line).start, source.line_range(line).start);
    in_text(source, span.start - from + to..(span.end.max(span.start)) - from + to)
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
    let whole = start..start + text.len();
    if let Some(found) = date_line(text, start) {
        return found;
    }
    if let Some(rewrite) = rewrite(text, names) {
        return rewritten(rewrite, text, start, names);
    }
    match Assignment::of(text) {
        Some(assignment) if assignment.value.is_empty() => empty_value(&assignment, whole, names),
        Some(assignment)
            if message.starts_with("string values must be quoted")
                && is_prose(assignment.value) =>
        {
            unquoted(&assignment, start, names)
        }
        _ if is_broken_escape(message) => broken_escape(text, start, span),
        None if is_prose(text) && is_outside(message) => {
            let help = "说明文字前面加 #；要印出来的文字写进三引号 \"\"\" 之间";
            (finding("这一行是文字，不是“键 = 值”", whole, help), Some(String::new()))
        }
        _ => {
            let (headline, help) = translate(message);
            (finding(headline, span, help), None)
        }
    }
}

fn finding(headline: impl Into<String>, span: Span, help: impl Into<String>) -> Diagnostic {
    Diagnostic::new("TOML", Level::Error, headline, "", span).with_help(help).with_basis(BASIS)
}

/// A line that was meant to hold a date.
fn date_line(text: &str, start: usize) -> Option<(Diagnostic, Option<String>)> {
    let assignment = Assignment::of(text).filter(|assignment| assignment.last_key() == "date")?;
    let date = WrittenDate::read(assignment.value)?;
    let span = start + assignment.at..start + assignment.at + assignment.value.len();
    if !date.exists() {
        let headline = format!("日期不存在：没有 {} 这一天", date.spoken());
        let help = "核对成文日期的月和日，写成 2024-01-18 这样";
        return Some((finding(headline, span, help), Some(String::new())));
    }
    let line = assignment.with(&date.toml());
    let help = "日期写成 年-月-日：年四位，月和日各两位，不加引号，如下面这一行";
    let found = finding("日期的写法程序读不懂", span, help).with_replacement(&line);
    (line != text).then_some((found, Some(line)))
}

/// What is said about a line that was rewritten, or that only its writer can rewrite.
fn rewritten(
    rewrite: Rewrite,
    text: &str,
    start: usize,
    names: &KeyNames,
) -> (Diagnostic, Option<String>) {
    let span = start + rewrite.at.start..start + rewrite.at.end;
    if let Some(label) = rewrite.unknown_label {
        let headline = format!("这一行用了{}，程序读不懂", rewrite.signs.join("、"));
        let help = format!(
            "“{label}”不是数据项的英文键名；在模板（nianbao init 生成）里找到这一项，用它等号左边的英文键名"
        );
        return (finding(headline, span, help), Some(String::new()));
    }
    match rewrite.doubt {
        Some(Doubt::UnevenSpaces) => {
            let help = "数与数之间的空格宽窄不一，可能有空白格；对照原表，数与数之间用半角逗号隔开，没有数的一格写 0（确实没有发生）或 \"\"（待填）";
            return (finding("这一行的数没有用逗号隔开，看不出有没有空白格", span, help), None);
        }
        Some(Doubt::Thousands) => {
            let help = "一行数里不能用千分位逗号：1,063 写成 1063；数与数之间才用逗号";
            return (finding("这一行里像是有千分位逗号，分不清是几个数", span, help), None);
        }
        None => {}
    }
    if !rewrite.blanks.is_empty() {
        let key = Assignment::of(&rewrite.line).map_or("", |assignment| assignment.last_key());
        let label = names.label(key).map_or_else(String::new, |label| format!("（{label}）"));
        let scalar = !rewrite.line.contains('[');
        let cells: Vec<String> = rewrite.blanks.iter().map(ToString::to_string).collect();
        let headline = match scalar {
            true => format!("{key}{label}没有填数"),
            false => format!("{key}{label}一行的第 {} 格是空白", cells.join("、")),
        };
        let help = match scalar {
            true => FILL,
            false => {
                "空白格保留原来的位置，先写成 \"\"，如下面这一行；再对照原表填上实际数量，确实没有发生的填 0"
            }
        };
        let found = finding(headline, span, help).with_replacement(&rewrite.line);
        return (found, Some(rewrite.line));
    }
    let is_unit = rewrite.signs == ["写在数字后面的单位"];
    let headline = match is_unit {
        true => "数字后面写了单位，程序读不懂".to_owned(),
        false => format!("这一行用了{}，程序读不懂", rewrite.signs.join("、")),
    };
    let help = match is_unit {
        true => "只写数字，不写单位，改成下面这一行",
        false => "改成下面这一行（键名用英文，符号用半角）",
    };
    let found = finding(headline, span, help).with_replacement(&rewrite.line);
    let changed = rewrite.line != text;
    (found, changed.then_some(rewrite.line))
}

/// An equals sign with nothing behind it.
fn empty_value(
    assignment: &Assignment<'_>,
    whole: Span,
    names: &KeyNames,
) -> (Diagnostic, Option<String>) {
    let key = assignment.last_key();
    let label = names.label(key).map_or_else(String::new, |label| format!("（{label}）"));
    if names.is_figure(key) {
        let line = assignment.with(BLANK);
        let help = "填上实际数量，确实没有发生的填 0；一时没有数的，先照下面写 \"\" 占住位置";
        let found = finding(format!("{key}{label}没有填数"), whole, help).with_replacement(&line);
        return (found, Some(line));
    }
    let help = format!("填上内容，文字两边加半角双引号，例如 {key} = \"……\"；用不着的，删去这一行");
    (finding(format!("{key}{label}等号后面没有内容"), whole, help), Some(String::new()))
}

fn is_broken_escape(message: &str) -> bool {
    ["missing escaped value", "too few unicode value digits", "unicode"]
        .iter()
        .any(|words| message.starts_with(words))
}

/// A backslash that nobody meant as an escape: every one in the line stands for itself (`D:\new` is no line break).
fn broken_escape(text: &str, start: usize, span: Span) -> (Diagnostic, Option<String>) {
    let doubled = text.replace("\\\\", "\\").replace('\\', "\\\\");
    let at = text[..(span.start.saturating_sub(start)).min(text.len())].rfind('\\');
    let span = at.map_or(span, |at| start + at..start + at + 1);
    let help = "文字里的反斜杠要写两个，如下面这一行；路径里也可以改用斜杠 /";
    let found = finding("反斜杠 \\ 后面不完整", span, help).with_replacement(&doubled);
    (found, Some(doubled))
}

/// Words without quotes: where a figure belongs, quotes would not help.
fn unquoted(
    assignment: &Assignment<'_>,
    start: usize,
    names: &KeyNames,
) -> (Diagnostic, Option<String>) {
    let (key, value) = (assignment.last_key(), assignment.value);
    let span = start + assignment.at..start + assignment.at + value.len();
    if names.is_figure(key) {
        let label = names.label(key).map_or_else(String::new, |label| format!("（{label}）"));
        let headline = format!("{key}{label}应当是数字，这里写的是“{value}”");
        let money = value.ends_with('元');
        let help = match money {
            true => {
                "只写数字，不写单位；表里的金额按表头的单位（万元）换算好再写，例如 5000 元写 0.5"
            }
            false => "只写阿拉伯数字，不加引号和单位；没有发生的写 0",
        };
        return (finding(headline, span, help), Some(String::new()));
    }
    let quoted = match (value.contains(['"', '\\']), value.contains('\'')) {
        (false, _) => format!("\"{value}\""),
        (true, false) => format!("'{value}'"),
        (true, true) => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    };
    let line = assignment.with(&quoted);
    let found = finding("文字没有加引号", span, "文字两边加半角双引号，改成下面这一行");
    (found.with_replacement(&line), Some(line))
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
        "duplicate key" => (
            "同一项写了两次",
            "看两行哪一行对，留下对的，另一行删去；如果是键名写错了，改成正确的键名",
        ),
        "carriage return must be followed by newline" => {
            ("行尾符号不完整", "用记事本重新保存这个文件")
        }
        "missing opening quote" | "string values must be quoted" => {
            ("文字没有加引号", "文字两边加半角双引号，例如 agency = \"某市某局\"")
        }
        "missing comma between array elements" | "missing comma between key-value pairs" => {
            ("两个数之间缺少逗号", "数与数之间用半角逗号隔开，例如 [11, 0, 0, 0, 0, 0]")
        }
        "extra comma in array" | "extra comma in inline table" => (
            "两个逗号之间没有内容",
            "多余的逗号删去；如果这里是一个空白格，写成 \"\"，再填上实际数量",
        ),
        "integers with a radix cannot be signed" | "radix must be lowercase" => {
            ("数字写法不对", "只写十进制数字，例如 12")
        }
        "unexpected leading zero" | "redundant integer number prefix" => (
            "数字前面多了 0",
            "核对这个数：05 是 5 就写 5，是 0.5 就写 0.5；是 0 和 5 两格就用半角逗号隔开",
        ),
        "redundant numeric sign" | "unexpected sign" => ("数字的正负号不对", "只保留一个正负号"),
        "`_` may only go between digits" => ("数字里的下划线位置不对", "删去下划线，数字连着写"),
        "missing assignment between key-value pairs" | "key with no value" => {
            ("缺少等号或等号后面的内容", "写成“键 = 值”，例如 carried_over = 0；说明文字前面加 #")
        }
        "extra assignment between key-value pairs" | "extra `=`" | "unexpected `=` in array" => {
            ("多了一个等号", "一行只写一个“键 = 值”")
        }
        "missing value" | "missing value for key" => {
            ("等号后面没有内容", "填上内容：数量写数字（没有发生的写 0），文字两边加半角双引号")
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
