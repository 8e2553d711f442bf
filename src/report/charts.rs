//! `[charts.NAME]`: a small series of labelled figures.

use crate::diagnostic::{Diagnostic, Level};
use crate::number::Number;
use crate::record::{Entry, Node, Record, Table, Value};
use crate::source::Span;

use super::Spanned;

/// Most bars, columns, points or slices of a chart that stay readable on the page.
const MAX_ENTRIES: usize = 24;

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Name by which a text places it.
    pub name: String,
    /// What is drawn.
    pub kind: ChartKind,
    /// Unit of the figures; may be empty.
    pub unit: String,
    /// Labels and figures.
    pub data: Vec<(Spanned<String>, Number)>,
    /// Place of its header.
    pub span: Span,
}

/// Kinds of chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartKind {
    /// Upright bars.
    Column,
    /// Lying bars.
    Bar,
    /// Slices of a circle.
    Pie,
    /// Points joined by lines.
    Line,
}

impl ChartKind {
    const ALL: [(&'static str, ChartKind, &'static str); 4] = [
        ("column", ChartKind::Column, "柱形图"),
        ("bar", ChartKind::Bar, "条形图"),
        ("pie", ChartKind::Pie, "饼图"),
        ("line", ChartKind::Line, "折线图"),
    ];

    /// The name in the data file.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind, _)| *kind == self).map_or("", |(name, _, _)| name)
    }

    /// The Chinese name.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind, _)| *kind == self).map_or("", |(_, _, label)| label)
    }
}

/// Reads all charts.
pub(super) fn read(record: &Record, findings: &mut Vec<Diagnostic>) -> Vec<Chart> {
    let Some(entry) = record.entry("charts") else { return Vec::new() };
    let Some(charts) = entry.node.as_table() else {
        findings.push(finding("charts", &entry.node.span, "charts 应当是 [charts.名称] 表"));
        return Vec::new();
    };
    charts.entries.iter().filter_map(|entry| chart(entry, findings)).collect()
}

fn finding(path: &str, span: &Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new("CHART", Level::Error, message, path, span.clone())
        .with_help(
            "[charts.名称] 下写 kind（column、bar、pie、line）、unit（单位）和 data = [[\"门户网站\", 数], [\"政务新媒体\", 数]]",
        )
}

fn chart(entry: &Entry, findings: &mut Vec<Diagnostic>) -> Option<Chart> {
    let path = format!("charts.{}", entry.key);
    let Some(table) = entry.node.as_table() else {
        findings.push(finding(&path, &entry.node.span, format!("图表“{}”应当是一个表", entry.key)));
        return None;
    };
    for inner in &table.entries {
        if !["kind", "unit", "data"].contains(&inner.key.as_str()) {
            let message = format!("图表“{}”里没有“{}”这一项", entry.key, inner.key);
            let place = format!("{path}.{}", inner.key);
            findings.push(
                Diagnostic::new(
                    "UNKNOWN-KEY",
                    Level::Error,
                    message,
                    place,
                    inner.key_span.clone(),
                )
                .with_help("图表只有 kind（种类）、unit（单位）、data（数据）三项"),
            );
        }
    }
    let kind = kind(table, &path, entry, findings)?;
    let unit = table.get("unit").and_then(Node::as_str).unwrap_or("").trim().to_owned();
    let data = data(table, &path, entry, findings)?;
    Some(Chart { name: entry.key.clone(), kind, unit, data, span: entry.key_span.clone() })
}

fn kind(
    table: &Table,
    path: &str,
    entry: &Entry,
    findings: &mut Vec<Diagnostic>,
) -> Option<ChartKind> {
    let node = table.get("kind");
    let Some(node) = node else { return Some(ChartKind::Column) };
    let name = node.as_str().unwrap_or("");
    let known = ChartKind::ALL.iter().find(|(known, _, _)| *known == name);
    if known.is_none() {
        let message = format!("图表“{}”的 kind 只能是 column、bar、pie、line", entry.key);
        findings.push(finding(&format!("{path}.kind"), &node.span, message));
    }
    known.map(|(_, kind, _)| *kind)
}

fn data(
    table: &Table,
    path: &str,
    entry: &Entry,
    findings: &mut Vec<Diagnostic>,
) -> Option<Vec<(Spanned<String>, Number)>> {
    let place = format!("{path}.data");
    let Some(Node { value: Value::Array(items), span }) = table.get("data") else {
        let message = format!("图表“{}”缺少 data：[[\"名称\", 数], …]", entry.key);
        findings.push(finding(&place, &entry.key_span, message));
        return None;
    };
    if items.is_empty() || items.len() > MAX_ENTRIES {
        let message =
            format!("图表“{}”有 {} 项数据，应为 1 至 {MAX_ENTRIES} 项", entry.key, items.len());
        findings.push(finding(&place, span, message));
        return None;
    }
    let mut read = Vec::new();
    for item in items {
        match pair(item) {
            Some(pair) => read.push(pair),
            None => {
                let message = format!("图表“{}”的每一项要写成 [\"名称\", 数]", entry.key);
                findings.push(finding(&place, &item.span, message));
                return None;
            }
        }
    }
    Some(read)
}

fn pair(item: &Node) -> Option<(Spanned<String>, Number)> {
    let Value::Array(pair) = &item.value else { return None };
    let [label, figure] = pair.as_slice() else { return None };
    let text = label.as_str()?.trim();
    let Value::Number(spelling) = &figure.value else { return None };
    let number = Number::parse(spelling).ok()?;
    (!text.is_empty())
        .then(|| (Spanned { value: text.to_owned(), span: label.span.clone() }, number))
}
