//! The result of reading a PDF back, as text for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::diagnostic::Level;
use crate::harmless::{command_property, command_text, plain};

use super::pdf::Unreadable;
use super::{Finding, Verdict, Verification};

/// One PDF and what came of reading it.
#[derive(Debug)]
pub struct Outcome {
    /// The path of the PDF as it was given.
    pub path: String,
    /// The path of the data file that it was compared with.
    pub data: Option<String>,
    /// What was found, or why it could not be read.
    pub result: Result<Verification, Unreadable>,
}

impl Outcome {
    /// Whether the PDF can be published as it is.
    pub fn is_sound(&self) -> bool {
        self.result.as_ref().is_ok_and(|verification| verification.errors() == 0)
    }

    /// Number of warnings.
    pub fn warnings(&self) -> usize {
        self.result.as_ref().map_or(0, Verification::warnings)
    }
}

/// A summary in the words of a clerk, then every finding.
pub fn human(outcome: &Outcome) -> String {
    let mut out = format!("{}\n", plain(&outcome.path));
    let verification = match &outcome.result {
        Ok(verification) => verification,
        Err(reason) => return format!("{out}  读不了：{}\n", plain(&reason.to_string())),
    };
    for (label, line) in summary(outcome, verification) {
        let _ = writeln!(out, "  {label}　{}", plain(&line));
    }
    for finding in &verification.findings {
        let _ = writeln!(out, "{}", plain(&line(finding, outcome.data.as_deref())));
    }
    let (errors, warnings) = (verification.errors(), verification.warnings());
    let word = match verification.verdict() {
        Verdict::FiguresOnly => "数字一致（非本程序版面）",
        Verdict::Passed | Verdict::Failed => "核验通过",
    };
    out += &match (errors, warnings) {
        (0, 0) => format!("{word}\n"),
        (0, warnings) => format!("{word}，有 {warnings} 条提醒\n"),
        (errors, 0) => format!("核验不通过：{errors} 处错误\n"),
        (errors, warnings) => format!("核验不通过：{errors} 处错误，{warnings} 条提醒\n"),
    };
    out
}

fn summary(outcome: &Outcome, verification: &Verification) -> Vec<(&'static str, String)> {
    let title =
        verification.title.as_deref().filter(|title| !title.is_empty()).unwrap_or("（没有）");
    let format =
        verification.format.as_deref().map_or("认不出".to_owned(), |id| format!("{id} 格式"));
    let standards = if verification.standards.is_empty() {
        "没有声明任何标准".to_owned()
    } else {
        format!("声明符合 {}", verification.standards.join("、"))
    };
    let flaws =
        verification.findings.iter().filter(|finding| finding.rule == "PDF-STRUCTURE").count();
    let structure = match flaws {
        0 => "完好：标签、标题次序、表头、替代文字、字体嵌入、文字编码".to_owned(),
        flaws => format!("有 {flaws} 处缺损"),
    };
    let mut lines = vec![
        ("标题", title.to_owned()),
        ("版式", format!("{format}，{} 页，{standards}", verification.pages)),
        ("结构", structure),
        ("数字", figures(outcome, verification)),
    ];
    if let Some(texts) = verification.texts {
        lines.push(("文字", format!("{texts} 段与数据文件一致")));
    }
    lines.push(("画面", verification.seen.clone()));
    if !verification.undecided.is_empty() {
        lines.push(("未判断", verification.undecided.join("；")));
    }
    if !verification.color_pages.is_empty() {
        let pages: Vec<String> = verification.color_pages.iter().map(usize::to_string).collect();
        lines.push(("颜色", format!("第 {} 页有彩色", pages.join("、"))));
    }
    lines
}

fn figures(outcome: &Outcome, verification: &Verification) -> String {
    let (found, wanted) = (verification.figures, verification.wanted);
    if wanted == 0 {
        return "没有找到年度报告的表格".to_owned();
    }
    let wrong = verification.findings.iter().filter(|finding| finding.rule == "PDF-FIGURE").count();
    let broken =
        verification.findings.iter().filter(|finding| !finding.rule.starts_with("PDF-")).count();
    let compared = match (&outcome.data, wrong) {
        (Some(data), 0) => format!("，与 {data} 逐格一致"),
        (Some(data), wrong) => format!("，与 {data} 有 {wrong} 处不同"),
        (None, _) => String::new(),
    };
    let rules = if broken == 0 {
        "勾稽关系成立".to_owned()
    } else {
        format!("勾稽关系等 {broken} 处不成立")
    };
    format!("表格 {wanted} 格找到 {found} 格{compared}，{rules}")
}

fn line(finding: &Finding, data: Option<&str>) -> String {
    let page = finding.page.map_or(String::new(), |page| format!("第 {page} 页："));
    let place =
        data.zip(finding.line).map_or(String::new(), |(data, line)| format!("（{data}:{line}）"));
    format!("{}[{}] {page}{}{place}", finding.level.label(), finding.rule, finding.message)
}

/// One line for each finding, the path first.
pub fn short(outcome: &Outcome) -> String {
    match &outcome.result {
        Err(reason) => format!("{}: 错误: {}\n", plain(&outcome.path), plain(&reason.to_string())),
        Ok(verification) => verification
            .findings
            .iter()
            .map(|finding| {
                let line = line(finding, outcome.data.as_deref());
                format!("{}: {}\n", plain(&outcome.path), plain(&line))
            })
            .collect(),
    }
}

/// Workflow commands that GitHub turns into annotations.
pub fn github(outcome: &Outcome) -> String {
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
        Err(reason) => command(Level::Error, "PDF", &reason.to_string()),
        Ok(verification) => verification
            .findings
            .iter()
            .map(|finding| {
                command(finding.level, &finding.rule, &line(finding, outcome.data.as_deref()))
            })
            .collect(),
    }
}

/// One JSON document for all PDFs.
pub fn json(outcomes: &[Outcome]) -> String {
    let files: Vec<Value> = outcomes
        .iter()
        .map(|outcome| match &outcome.result {
            Ok(verification) => {
                let mut file = json!({
                    "path": outcome.path, "data": outcome.data, "sound": outcome.is_sound(), "unreadable": null,
                    "verdict": match verification.verdict() {
                        Verdict::Passed => "passed",
                        Verdict::FiguresOnly => "figures_only",
                        Verdict::Failed => "failed",
                    },
                });
                let more = serde_json::to_value(verification).unwrap_or_default();
                if let (Value::Object(file), Value::Object(more)) = (&mut file, more) {
                    file.extend(more);
                }
                file
            }
            Err(reason) => json!({
                "path": outcome.path, "data": outcome.data, "sound": false, "unreadable": reason.to_string(),
            }),
        })
        .collect();
    format!("{:#}\n", json!({"version": 1, "files": files}))
}

/// One SARIF 2.1.0 log for all PDFs.
pub fn sarif(outcomes: &[Outcome]) -> String {
    let result = |outcome: &Outcome, level: Level, rule: &str, message: String| {
        json!({
            "ruleId": rule,
            "level": level.name(),
            "message": {"text": message},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": outcome.path.replace('\\', "/")}}}],
        })
    };
    let results: Vec<Value> = outcomes
        .iter()
        .flat_map(|outcome| match &outcome.result {
            Err(reason) => {
                vec![result(outcome, Level::Error, "PDF-UNREADABLE", reason.to_string())]
            }
            Ok(verification) => verification
                .findings
                .iter()
                .map(|found| {
                    result(outcome, found.level, &found.rule, line(found, outcome.data.as_deref()))
                })
                .collect(),
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "nianbao"}}, "results": results}],
    });
    format!("{log:#}\n")
}
