//! What each rule checks, with an example, for people: on the terminal and as a page of the documentation.
//!
//! In: a format, whose data hold all of it. Out: text.

use crate::diagnostic::Level;
use crate::emit::{RuleText, wrap};
use crate::format::Format;

const COLUMNS: usize = 80;

/// A rule as people are told about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The code, such as `T3-ROW-SUM`.
    pub code: String,
    /// Level of its findings.
    pub level: Level,
    /// A few words.
    pub title: String,
    /// What it checks.
    pub summary: String,
    /// Legal or formal ground.
    pub basis: String,
    /// An excerpt that fails.
    pub fails: String,
    /// The same excerpt repaired.
    pub repaired: String,
}

/// Lists the rules of a format: those about the form of the file, the accounting rules, those about the text. Each
/// code stands once.
pub fn explanations(format: &Format) -> Vec<Explanation> {
    let mut all: Vec<Explanation> = Vec::new();
    let rules = format.rules.iter().map(|rule| Explanation {
        code: rule.code.clone(),
        level: rule.level,
        title: title(&rule.title, &rule.summary),
        summary: rule.summary.clone(),
        basis: rule.basis.clone(),
        fails: rule.example.clone(),
        repaired: rule.repair.clone(),
    });
    for rule in rules {
        if !all.iter().any(|known| known.code == rule.code) {
            all.push(rule);
        }
    }
    all
}

/// The title, or what a rule without one says first.
fn title(title: &str, summary: &str) -> String {
    let first = summary.split('。').next().unwrap_or(summary);
    if title.is_empty() { first.to_owned() } else { title.to_owned() }
}

/// The same for renderers of findings.
pub fn rule_texts(format: &Format) -> Vec<RuleText> {
    let text = |rule: Explanation| RuleText {
        code: rule.code,
        level: rule.level,
        title: rule.title,
        description: rule.summary,
        basis: Some(rule.basis).filter(|basis| !basis.is_empty()),
    };
    explanations(format).into_iter().map(text).collect()
}

/// Returns the rule of a code, whatever its case, or the codes most like it.
///
/// # Errors
/// Up to three codes, the nearest first.
pub fn find<'a>(rules: &'a [Explanation], code: &str) -> Result<&'a Explanation, Vec<&'a str>> {
    let wanted = code.trim().to_uppercase().replace('_', "-");
    if let Some(rule) = rules.iter().find(|rule| rule.code == wanted) {
        return Ok(rule);
    }
    let mut near: Vec<(usize, &str)> = rules
        .iter()
        .map(|rule| {
            let distance = strsim::osa_distance(&rule.code, &wanted);
            let part = wanted.len() > 1 && rule.code.contains(&wanted);
            (if part { 0 } else { distance }, rule.code.as_str())
        })
        .filter(|(distance, known)| *distance <= known.len().max(wanted.len()) / 2)
        .collect();
    near.sort();
    Err(near.into_iter().take(3).map(|(_, code)| code).collect())
}

/// Explains a rule on the terminal.
pub fn text(rule: &Explanation) -> String {
    let mut out = format!("{}（{}）{}\n", rule.code, rule.level.label(), rule.title);
    let mut part = |label: &str, text: &str| {
        if !text.is_empty() {
            out += &format!("\n{label}:\n{}", indented(&wrap(text, COLUMNS - 2)));
        }
    };
    part("查什么", &rule.summary);
    part("后果", consequence(rule.level));
    part("错例", &rule.fails);
    part("改为", &rule.repaired);
    part("依据", &rule.basis);
    out += "\n豁免:\n";
    if rule.level == Level::Error {
        return out + &indented(&wrap(ERROR, COLUMNS - 2));
    }
    out += &indented(&wrap(WAIVER, COLUMNS - 2));
    out + "\n" + &indented(&waiver(&rule.code).lines().map(str::to_owned).collect::<Vec<_>>())
}

const WAIVER: &str = "核对后情况属实、无须修改的，在数据文件末尾加上下面几行；它照样列出，但不再计数，也不印在报告里。\
where 照抄检查结果里的“位置”，不写则这条规则全部豁免。";
const ERROR: &str = "错误与表格本身矛盾，或者是数据文件的写法问题，必须改正，不能豁免。";

fn waiver(code: &str) -> String {
    format!("[[waivers]]\nrule = \"{code}\"\nwhere = \"……\"\nreason = \"……\"\n")
}

fn consequence(level: Level) -> &'static str {
    match level {
        Level::Error => "错误：不改正就不能生成正式的 PDF（--draft 可生成草稿）。",
        Level::Warning => "提醒：很可能写错了，不妨碍生成；--deny warnings 时同错误。",
        Level::Note => "提示：值得看一眼，不妨碍生成。",
    }
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect()
}

/// One line about each rule.
pub fn list(rules: &[Explanation]) -> String {
    let widest = rules.iter().map(|rule| rule.code.len()).max().unwrap_or(0);
    let line = |rule: &Explanation| {
        let lead = format!("{:widest$}  {}  ", rule.code, rule.level.label());
        let column = widest + 8;
        let text = wrap(&rule.title, COLUMNS - column).join(&format!("\n{:column$}", ""));
        format!("{lead}{text}\n")
    };
    rules.iter().map(line).collect()
}

/// Explains rules as a page of Markdown; each with the names of the formats that have it.
pub fn markdown(formats: &[&Format]) -> String {
    let mut rules: Vec<(Explanation, Vec<&str>)> = Vec::new();
    for format in formats {
        for rule in explanations(format) {
            match rules.iter_mut().find(|(known, _)| known.code == rule.code) {
                Some((_, ids)) => ids.push(format.id()),
                None => rules.push((rule, vec![format.id()])),
            }
        }
    }
    let mut out = String::from(
        "<!-- Generated by `nianbao explain --all --markdown`; do not edit. -->\n\n# 检查规则\n\n\
         错误必须改正，否则不能生成正式的 PDF；提醒很可能是写错了；提示值得看一眼。\n\
         在终端上看一条规则：`nianbao explain 代码`。\n\n| 代码 | 级别 | 问题 |\n| --- | --- | --- |\n",
    );
    for (rule, _) in &rules {
        let anchor = rule.code.to_lowercase();
        out +=
            &format!("| [{}](#{anchor}) | {} | {} |\n", rule.code, rule.level.label(), rule.title);
    }
    for (rule, ids) in &rules {
        out += &section(rule, (ids.len() < formats.len()).then_some(ids));
    }
    out += &format!(
        "\n## 豁免\n\n{ERROR}\n\n提醒和提示，{WAIVER}\n\n```toml\n{}```\n",
        waiver("规则代码")
    );
    out
}

fn section(rule: &Explanation, only: Option<&Vec<&str>>) -> String {
    let mut out = format!("\n## {}\n\n**{}** {}\n", rule.code, rule.level.label(), rule.summary);
    if let Some(ids) = only {
        out += &format!("\n只用于格式：{}\n", ids.join("、"));
    }
    for (label, text) in [("错例", &rule.fails), ("改为", &rule.repaired)] {
        if !text.is_empty() {
            out += &format!("\n{label}：\n\n{}\n", excerpt(text));
        }
    }
    if !rule.basis.is_empty() {
        out += &format!("\n依据：{}\n", rule.basis);
    }
    out
}

/// Lines of a data file as such, anything else as a quotation.
fn excerpt(text: &str) -> String {
    let text = text.trim_end();
    if text.contains(" = ") || text.contains('\n') {
        format!("```toml\n{text}\n```")
    } else {
        format!("> {}", text.trim_start_matches("# "))
    }
}
