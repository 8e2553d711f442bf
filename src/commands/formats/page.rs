//! The result of a rehearsal as text and as a page.

use std::fmt::Write as _;

use nianbao::diff::{self, Comparison};

use super::compare::Rehearsed;

/// One report in one line.
pub(super) fn line(report: &Rehearsed, ids: [&String; 2]) -> String {
    if let Some(failure) = &report.failure {
        return format!("{}  做不成：{failure}", report.name);
    }
    let state = |at: usize| match report.errors[at].len() {
        0 => format!("{} 格式 {} 页", ids[at], report.pages[at]),
        errors => format!("{} 格式 {} 页，{errors} 处要填写或改正", ids[at], report.pages[at]),
    };
    let figures = report.comparison.as_ref().map_or(0, Comparison::count);
    format!(
        "{}  {}；{}；{figures} 个数不同，{} 页看上去不同",
        report.name,
        state(0),
        state(1),
        report.pictures.len()
    )
}

/// The whole folder in a few lines.
pub(super) fn summary(reports: &[Rehearsed], ids: [&String; 2]) -> String {
    let failed = reports.iter().filter(|report| report.failure.is_some()).count();
    let ready = |at: usize| {
        reports
            .iter()
            .filter(|report| report.failure.is_none() && report.errors[at].is_empty())
            .count()
    };
    let left: usize = reports
        .iter()
        .filter_map(|report| report.account.as_ref())
        .map(|account| account.left)
        .sum();
    let mut text = format!("共 {} 份：", reports.len());
    for (at, id) in ids.iter().enumerate() {
        let _ = write!(text, "{id} 格式可以生成 {} 份，", ready(at));
    }
    let _ = write!(text, "做不成 {failed} 份；改写时留给人的数 {left} 个");
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A path in an address.
fn address(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                out.push(byte.into())
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// The page: the folder, then each report with its figures and pictures.
pub(super) fn html(reports: &[Rehearsed], ids: [&String; 2]) -> String {
    let mut body = String::new();
    for (at, report) in reports.iter().enumerate() {
        let _ = write!(
            body,
            "<h2 id=\"r{at}\">{}</h2>\n<p>{}</p>\n",
            escape(&report.name),
            escape(&line(report, ids))
        );
        for (side, errors) in
            report.errors.iter().enumerate().filter(|(_, errors)| !errors.is_empty())
        {
            let _ = write!(body, "<h3>{} 格式要填写或改正的</h3>\n<ul>\n", escape(ids[side]));
            for error in errors {
                let _ = writeln!(body, "<li>{}</li>", escape(error));
            }
            body += "</ul>\n";
        }
        if let Some(comparison) =
            report.comparison.as_ref().filter(|comparison| !comparison.is_empty())
        {
            let _ = write!(body, "<h3>数字</h3>\n<pre>{}</pre>\n", escape(&diff::text(comparison)));
        }
        for picture in &report.pictures {
            let _ = writeln!(
                body,
                "<p><a href=\"{0}\"><img src=\"{0}\" loading=\"lazy\" alt=\"{1}\"></a></p>",
                address(picture),
                escape(picture)
            );
        }
    }
    let rows: String = reports
        .iter()
        .enumerate()
        .map(|(at, report)| {
            let class = if report.failure.is_some() { "bad" } else if report.errors[1].is_empty() { "good" } else { "open" };
            format!("<tr class=\"{class}\"><td><a href=\"#r{at}\">{}</a></td><td>{}</td><td>{}</td></tr>\n", escape(&report.name), escape(&report.agency), escape(&line(report, ids).replace(&report.name, "")))
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{0} 格式与 {1} 格式预演</title>\n<style>\n\
         body {{ font-family: sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; line-height: 1.6 }}\n\
         table {{ border-collapse: collapse }} td, th {{ border: 1px solid #999; padding: .3em .6em; text-align: left }}\n\
         img {{ max-width: 100%; border: 1px solid #999 }} pre {{ overflow: auto; background: #f4f4f4; padding: .6em }}\n\
         .bad td {{ background: #fbe3e0 }} .open td {{ background: #fdf3d7 }}\n</style>\n</head>\n<body>\n\
         <h1>{0} 格式与 {1} 格式预演</h1>\n<p>{2}</p>\n\
         <table>\n<tr><th>文件</th><th>机关</th><th>情况</th></tr>\n{rows}</table>\n{body}</body>\n</html>\n",
        escape(ids[0]),
        escape(ids[1]),
        escape(&summary(reports, ids)),
    )
}
