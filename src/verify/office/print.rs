//! The result of reading a file back, as text for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{FileVerification, Located};
use crate::diagnostic::Level;
use crate::harmless::{command_property, command_text, plain};

/// One file and what came of reading it.
#[derive(Debug)]
pub struct FileOutcome {
    /// The path of the file as it was given.
    pub path: String,
    /// The path of the data file that it was compared with.
    pub data: Option<String>,
    /// What was found, or why it could not be read.
    pub result: Result<FileVerification, String>,
}

impl FileOutcome {
    /// Whether the file says what it should.
    pub fn is_sound(&self) -> bool {
        self.result.as_ref().is_ok_and(|verification| verification.errors() == 0)
    }

    /// Number of warnings.
    pub fn warnings(&self) -> usize {
        self.result.as_ref().map_or(0, FileVerification::warnings)
    }
}

/// A summary in the words of a clerk, then every finding.
pub fn human(outcome: &FileOutcome) -> String {
    let mut out = format!("{}\n", plain(&outcome.path));
    let verification = match &outcome.result {
        Ok(verification) => verification,
        Err(reason) => return format!("{out}  读不了：{}\n", plain(reason)),
    };
    let title = verification.title.as_deref().unwrap_or("（没有）");
    let format =
        verification.format.as_deref().map_or("认不出".to_owned(), |id| format!("{id} 格式"));
    let _ = writeln!(out, "  标题　{}", plain(title));
    let _ = writeln!(out, "  文件　{}，{format}", verification.kind);
    let _ = writeln!(out, "  数字　{}", plain(&figures(outcome, verification)));
    if let Some(texts) = verification.texts {
        let _ = writeln!(out, "  文字　{texts} 段与数据文件一致");
    }
    for found in &verification.findings {
        let _ = writeln!(out, "{}", plain(&line(found, outcome.data.as_deref())));
    }
    out += &match (verification.errors(), verification.warnings()) {
        (0, 0) => "内容一致\n".to_owned(),
        (0, warnings) => format!("内容一致，有 {warnings} 条提醒\n"),
        (errors, 0) => format!("核验不通过：{errors} 处错误\n"),
        (errors, warnings) => format!("核验不通过：{errors} 处错误，{warnings} 条提醒\n"),
    };
    if outcome.data.is_none() && verification.errors() == 0 {
        out = out.replace("内容一致", "数字合理（没有给数据文件，文字没有核对）");
    }
    out
}

fn figures(outcome: &FileOutcome, verification: &FileVerification) -> String {
    let (found, wanted) = (verification.figures, verification.wanted);
    let wrong = count(verification, |rule| rule == "FILE-FIGURE");
    let broken =
        count(verification, |rule| !rule.starts_with("FILE-") && !rule.starts_with("IMPORT-"));
    let compared = match (&outcome.data, wrong) {
        (Some(data), 0) => format!("，与 {data} 逐格一致"),
        (Some(data), wrong) => format!("，与 {data} 有 {wrong} 处不同"),
        (None, _) => String::new(),
    };
    let rules = match broken {
        0 => "勾稽关系成立".to_owned(),
        broken => format!("勾稽关系等 {broken} 处不成立"),
    };
    format!("表格 {wanted} 格找到 {found} 格{compared}，{rules}")
}

fn count(verification: &FileVerification, is_wanted: impl Fn(&str) -> bool) -> usize {
    verification.findings.iter().filter(|found| is_wanted(&found.finding.rule)).count()
}

fn line(found: &Located, data: Option<&str>) -> String {
    let Located { finding, place } = found;
    let place = if place.is_empty() { String::new() } else { format!("{place}：") };
    let origin =
        data.zip(finding.line).map_or(String::new(), |(data, line)| format!("（{data}:{line}）"));
    format!("{}[{}] {place}{}{origin}", finding.level.label(), finding.rule, finding.message)
}

/// One line for each finding, the path first.
pub fn short(outcome: &FileOutcome) -> String {
    match &outcome.result {
        Err(reason) => format!("{}: 错误: {}\n", plain(&outcome.path), plain(reason)),
        Ok(verification) => verification
            .findings
            .iter()
            .map(|found| {
                let line = line(found, outcome.data.as_deref());
                format!("{}: {}\n", plain(&outcome.path), plain(&line))
            })
            .collect(),
    }
}

/// Workflow commands that GitHub turns into annotations.
pub fn github(outcome: &FileOutcome) -> String {
    let command = |level: Level, title: &str, message: &str| {
        let kind = match level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let (file, title) = (command_property(&outcome.path), command_property(title));
        format!("::{kind} file={file},title={title}::{}\n", command_text(message))
    };
    match &outcome.result {
        Err(reason) => command(Level::Error, "FILE", reason),
        Ok(verification) => verification
            .findings
            .iter()
            .map(|found| {
                let message = line(found, outcome.data.as_deref());
                command(found.finding.level, &found.finding.rule, &message)
            })
            .collect(),
    }
}

/// The entry of a file in the JSON document.
pub fn json(outcome: &FileOutcome) -> Value {
    let verdict = match &outcome.result {
        Ok(_) if outcome.is_sound() => "passed",
        _ => "failed",
    };
    let mut file = json!({
        "path": outcome.path, "data": outcome.data, "sound": outcome.is_sound(),
        "unreadable": outcome.result.as_ref().err(), "verdict": verdict,
    });
    let more = outcome.result.as_ref().map(serde_json::to_value);
    if let (Value::Object(file), Ok(Ok(Value::Object(more)))) = (&mut file, more) {
        file.extend(more);
    }
    file
}

/// The results of a file in a SARIF log.
pub fn sarif(outcome: &FileOutcome) -> Vec<Value> {
    let result = |level: Level, rule: &str, message: String| {
        json!({
            "ruleId": rule,
            "level": level.name(),
            "message": {"text": message},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": outcome.path.replace('\\', "/")}}}],
        })
    };
    match &outcome.result {
        Err(reason) => vec![result(Level::Error, "FILE-UNREADABLE", reason.clone())],
        Ok(verification) => verification
            .findings
            .iter()
            .map(|found| {
                let message = line(found, outcome.data.as_deref());
                result(found.finding.level, &found.finding.rule, message)
            })
            .collect(),
    }
}
