//! `run.html`: the account of a run as one page that an office reads, searches and sorts without a network.

use std::fmt::Write as _;

use serde_json::Value;

use super::json::{Item, times};
use super::run::{Line, Run, Status};
use crate::harmless::html;

const PAGE: &str = include_str!("page.html");

/// Renders the page.
pub(super) fn render(run: &Run) -> String {
    let (started, finished) = times(run);
    let mut facts = vec![
        ("数据文件夹", run.folder.display().to_string()),
        ("输出文件夹", run.output.display().to_string()),
        ("开始", local(&started)),
        ("结束", local(&finished)),
    ];
    if let Some(shard) = run.shard {
        facts.push(("分片", shard.to_string()));
    }
    let mut rows = String::with_capacity(run.lines.len() * 600);
    for line in &run.lines {
        row(&mut rows, line);
    }
    PAGE.replace("{facts}", &list(&facts))
        .replace("{notices}", &notices(run))
        .replace("{summary}", &summary(run))
        .replace("{others}", &others(run))
        // Last: rows hold texts of people, in which nothing is to be replaced.
        .replace("{rows}", &rows)
}

fn local(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}

fn list(facts: &[(&str, String)]) -> String {
    facts.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = write!(text, "<dt>{name}</dt><dd>{}</dd>", html(value));
        text
    })
}

fn notices(run: &Run) -> String {
    let mut text = String::new();
    if run.interrupted {
        text.push_str(
            "<p class=\"notice\">这次运行被中断，还有报告没有处理；再运行一次即从断处继续。</p>",
        );
    }
    if !run.missing_shards.is_empty() {
        let names: Vec<String> = run.missing_shards.iter().map(ToString::to_string).collect();
        let _ = write!(
            text,
            "<p class=\"notice\">缺少分片 {} 的记录：它们还没有运行完。</p>",
            names.join("、")
        );
    }
    text
}

fn summary(run: &Run) -> String {
    let summary = run.summary();
    let mut text =
        format!("<button data-status=\"\" aria-pressed=\"true\">全部 {}</button>", summary.total());
    for status in Status::ALL.into_iter().filter(|status| summary.of(*status) > 0) {
        let (label, count) = (status.label(), summary.of(status));
        let _ = write!(
            text,
            "<button data-status=\"{label}\" aria-pressed=\"false\">{label} {count}</button>"
        );
    }
    text
}

fn row(out: &mut String, line: &Line) {
    let item = Item::of(line);
    let (label, class) = (line.status.label(), line.status as usize);
    let mut why = line.reasons.join("；");
    if item.draft {
        why = if why.is_empty() { "草稿".to_owned() } else { format!("草稿；{why}") };
    }
    if let Some(message) = &item.message {
        why = if why.is_empty() { message.clone() } else { format!("{message}（{why}）") };
    }
    let output = match item.bytes {
        Some(_) => format!("<a href=\"{}\">{}</a>", link(&line.output), html(&line.output)),
        None => String::new(),
    };
    let number = |number: Option<u64>| number.map_or(String::new(), |number| number.to_string());
    let _ = writeln!(
        out,
        "<tr><td class=\"s{class}\">{label}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{output}</td>\
         <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
         <td>{}{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
        html(item.agency.as_deref().unwrap_or("")),
        item.year.map_or(String::new(), |year| year.to_string()),
        html(item.format.as_deref().unwrap_or("")),
        html(&line.source),
        number(item.pages.map(|pages| pages as u64)),
        number(item.bytes.map(|bytes| bytes.div_ceil(1024))),
        item.errors,
        item.warnings,
        html(&why).replace('\n', "<br>"),
        findings(line),
        number(item.milliseconds),
        item.made_at.as_deref().map(local).unwrap_or_default(),
    );
}

/// The findings of a report, folded up.
fn findings(line: &Line) -> String {
    let text = line.entry.as_ref().map_or("[]", |entry| &entry.findings);
    if text == "[]" {
        return String::new();
    }
    let Ok(findings) = serde_json::from_str::<Vec<Value>>(text) else { return String::new() };
    let mut list = format!("<details><summary>{} 条问题</summary><ul>", findings.len());
    for finding in &findings {
        let field = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or("");
        let place =
            finding.pointer("/span/line").map_or(String::new(), |line| format!("第 {line} 行："));
        let level =
            crate::diagnostic::Level::parse(field("level")).map_or("", |level| level.label());
        let waived = if field("waived").is_empty() { "" } else { "（已豁免）" };
        let _ = write!(
            list,
            "<li>{level}[{}] {place}{}{waived}</li>",
            html(field("rule")),
            html(field("message"))
        );
    }
    list + "</ul></details>"
}

fn others(run: &Run) -> String {
    let mut text = String::new();
    let mut group = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            let _ = write!(text, "<details><summary>{title} {} 个</summary><ul>", items.len());
            for item in items {
                let _ = write!(text, "<li>{}</li>", html(&item));
            }
            text.push_str("</ul></details>");
        }
    };
    group(
        "跳过的文件",
        run.skipped.iter().map(|file| format!("{}：{}", file.path, file.reason)).collect(),
    );
    group(
        "数据文件已不在（或已改名）、PDF 仍留着的报告",
        run.orphans
            .iter()
            .map(|orphan| format!("{}（原数据文件 {}）", orphan.output, orphan.source))
            .collect(),
    );
    text
}

/// A relative path as a link.
fn link(path: &str) -> String {
    let mut link = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                link.push(char::from(byte));
            }
            _ => {
                let _ = write!(link, "%{byte:02X}");
            }
        }
    }
    // A colon in the first segment would make a scheme of it; it is escaped above. A leading slash cannot occur.
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_power() {
        assert_eq!(html("<b>&\"'"), "&lt;b&gt;&amp;&quot;&#39;");
        assert_eq!(link("县/a b#1.pdf"), "%E5%8E%BF/a%20b%231.pdf");
        assert_eq!(link("javascript:x.pdf"), "javascript%3Ax.pdf");
    }
}
