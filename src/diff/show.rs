//! A comparison as text for people and as JSON for programs.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::{Value, json as value};

use super::{Comparison, FigureDifference, Heading, Lone};
use crate::emit::width;
use crate::number;

/// Renders a comparison for a terminal.
pub fn text(comparison: &Comparison) -> String {
    let mut text = String::new();
    for (name, side) in ["甲", "乙"].iter().zip(&comparison.sides) {
        let _ = writeln!(text, "{name}  {}（{}）", side.name, about(side));
    }
    if comparison.is_empty() {
        let _ = writeln!(text, "\n{} 个数和全部文字都相同", comparison.same);
        return text;
    }
    for table in &comparison.tables {
        let _ = writeln!(text, "\n{}", table.title);
        rows(&mut text, &table.figures);
    }
    for (name, lone) in ["甲", "乙"].iter().zip(&comparison.alone) {
        if !lone.is_empty() {
            let _ = writeln!(text, "\n只有{name}的格式里有的数（不为 0 的）");
            for Lone { label, value, .. } in lone {
                let _ = writeln!(text, "  {label}  {value}");
            }
        }
    }
    if !comparison.texts.is_empty() {
        let labels: Vec<&str> = comparison.texts.iter().map(|(_, label)| label.as_str()).collect();
        let _ = writeln!(text, "\n文字不同：{}", labels.join("、"));
    }
    let _ = writeln!(text, "\n{} 个数不同，{} 个相同", comparison.count(), comparison.same);
    text
}

/// Agency, year and format in a few words.
pub(super) fn about(side: &Heading) -> String {
    let year = side.year.map_or_else(String::new, |year| format!(" {year} 年度"));
    format!("{}{year}，{} 格式", side.agency, side.format)
}

fn rows(text: &mut String, figures: &[FigureDifference]) {
    let cells: Vec<[String; 5]> = figures
        .iter()
        .map(|figure| {
            let value =
                |at: usize| figure.values[at].clone().unwrap_or_else(|| "（空）".to_owned());
            [figure.label.clone(), value(0), value(1), signed(figure), percent(figure)]
        })
        .collect();
    let head = ["项目", "甲", "乙", "增减", "增减（%）"].map(str::to_owned);
    let all = || std::iter::once(&head).chain(&cells);
    let widths: Vec<usize> =
        (0..5).map(|column| all().map(|row| width(&row[column])).max().unwrap_or(0)).collect();
    for row in all() {
        let gap = |column: usize| " ".repeat(widths[column] - width(&row[column]));
        let _ = write!(text, "  {}{}", row[0], gap(0));
        for (column, value) in row.iter().enumerate().skip(1) {
            let _ = write!(text, "  {}{value}", gap(column));
        }
        text.push('\n');
    }
}

/// The difference with its sign.
pub(super) fn signed(figure: &FigureDifference) -> String {
    figure.difference.map_or_else(String::new, plus)
}

/// The per cent with their sign; what was zero has none.
pub(super) fn percent(figure: &FigureDifference) -> String {
    figure.percent.map_or_else(|| "—".to_owned(), plus)
}

fn plus(value: Decimal) -> String {
    let text = number::print(value);
    if value.is_sign_positive() && !value.is_zero() { format!("+{text}") } else { text }
}

/// Renders a comparison as one JSON document.
pub fn json(comparison: &Comparison) -> Value {
    let side = |side: &Heading| value!({"path": side.name, "agency": side.agency, "year": side.year, "format": side.format});
    let tables: Vec<Value> = comparison
        .tables
        .iter()
        .map(|table| {
            let figures: Vec<Value> = table.figures.iter().map(figure).collect();
            value!({"key": table.key, "title": table.title, "figures": figures})
        })
        .collect();
    let lone = |lone: &[Lone]| -> Vec<Value> {
        lone.iter()
            .map(|figure| value!({"path": figure.path, "label": figure.label, "value": figure.value}))
            .collect()
    };
    let texts: Vec<Value> = comparison
        .texts
        .iter()
        .map(|(path, label)| value!({"path": path, "label": label}))
        .collect();
    value!({
        "version": 1,
        "first": side(&comparison.sides[0]),
        "second": side(&comparison.sides[1]),
        "tables": tables,
        "only_first": lone(&comparison.alone[0]),
        "only_second": lone(&comparison.alone[1]),
        "texts": texts,
        "same": comparison.same,
    })
}

fn figure(figure: &FigureDifference) -> Value {
    value!({
        "path": figure.path,
        "label": figure.label,
        "first": figure.values[0],
        "second": figure.values[1],
        "difference": figure.difference.map(number::print),
        "percent": figure.percent.map(number::print),
    })
}
