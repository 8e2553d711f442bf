//! Finds the figures that correspond and compares them exactly.

use std::collections::HashSet;

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Comparison, FigureDifference, Heading, Lone, Side, TableDifference};
use crate::format::{Catalog, Cell, Format};
use crate::migrate::{Link, links};
use crate::number;
use crate::report::{BESIDE, Report, Text};

/// Compares two reports. Figures of different formats correspond by their path, or by the formats' mapping.
pub fn compare(catalog: &Catalog, first: Side<'_>, second: Side<'_>) -> Comparison {
    let sides = [heading(&first), heading(&second)];
    let linked = if first.report.format.id() == second.report.format.id() {
        Vec::new()
    } else {
        links(catalog, &first.report.format, &second.report.format)
    };
    let pairs = pairs(&first.report.format, &second.report.format, linked);
    let mut comparison = Comparison {
        sides,
        tables: Vec::new(),
        alone: [
            alone(&first, pairs.iter().map(|pair| &pair.first)),
            alone(&second, pairs.iter().map(|pair| &pair.second)),
        ],
        texts: texts(&first, &second),
        same: 0,
    };
    for pair in &pairs {
        let values = [value(&first, &pair.first), value(&second, &pair.second)];
        if is_same(&values) {
            comparison.same += 1;
            continue;
        }
        let Some(cell) = shown(&first, &second, pair) else { continue };
        let figure = difference(cell, values);
        let (key, title) = table(&second.report.format, &first.report.format, cell);
        match comparison.tables.iter_mut().find(|table| table.key == key) {
            Some(table) => table.figures.push(figure),
            None => comparison.tables.push(TableDifference { key, title, figures: vec![figure] }),
        }
    }
    comparison
}

fn heading(side: &Side<'_>) -> Heading {
    Heading {
        name: side.name.to_owned(),
        agency: side.report.agency.value.clone(),
        year: side.report.year.as_ref().map(|year| year.value),
        format: side.report.format.id().to_owned(),
    }
}

/// Figures that count the same: the sums of both sides are compared.
struct Pair {
    first: Vec<String>,
    second: Vec<String>,
}

fn pairs(first: &Format, second: &Format, linked: Vec<Link>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut used: HashSet<String> = HashSet::new();
    let in_order = |link: &Link| link.second.first().and_then(|path| second.cell_index(path));
    let mut linked: Vec<(Option<usize>, Link)> =
        linked.into_iter().map(|link| (in_order(&link), link)).collect();
    linked.sort_by_key(|(at, _)| *at);
    for (_, link) in &linked {
        used.extend(link.first.iter().chain(&link.second).cloned());
    }
    let mut linked = linked.into_iter().peekable();
    for (index, cell) in second.cells().iter().enumerate() {
        while let Some((_, link)) = linked.next_if(|(at, _)| at.is_none_or(|at| at <= index)) {
            pairs.push(Pair { first: link.first, second: link.second });
        }
        let means_the_same = first.cell(&cell.path).is_some_and(|other| other.kind == cell.kind);
        if means_the_same && !used.contains(&cell.path) {
            pairs.push(Pair { first: vec![cell.path.clone()], second: vec![cell.path.clone()] });
        }
    }
    pairs
}

/// What stands at a place: the exact value and its spelling.
#[derive(Clone)]
struct Found {
    value: Option<Decimal>,
    text: Option<String>,
}

fn value(side: &Side<'_>, paths: &[String]) -> Found {
    let figures: Vec<_> = paths.iter().filter_map(|path| side.report.figure(path)).collect();
    if let [figure] = figures.as_slice() {
        let text = Some(figure.text.clone()).filter(|text| !text.is_empty());
        return Found { value: figure.value(), text };
    }
    let sum = figures.iter().try_fold(Decimal::ZERO, |sum, figure| {
        figure.value().and_then(|value| sum.checked_add(value))
    });
    let sum = sum.filter(|_| !figures.is_empty());
    Found { value: sum, text: sum.map(number::print) }
}

fn is_same(values: &[Found; 2]) -> bool {
    match (values[0].value, values[1].value) {
        (Some(first), Some(second)) => first == second,
        (None, None) => values[0].text == values[1].text,
        _ => false,
    }
}

/// The cell whose label people see: of the second format, else of the first.
fn shown<'a>(first: &Side<'a>, second: &Side<'a>, pair: &Pair) -> Option<&'a Cell> {
    match (pair.first.as_slice(), pair.second.as_slice()) {
        // A row that fell apart is known by its old name.
        ([one], [_, _, ..]) => first.report.format.cell(one),
        (_, [path, ..]) => second.report.format.cell(path),
        ([path, ..], []) => first.report.format.cell(path),
        ([], []) => None,
    }
}

fn difference(cell: &Cell, values: [Found; 2]) -> FigureDifference {
    let difference = match (values[0].value, values[1].value) {
        (Some(first), Some(second)) => second.checked_sub(first),
        _ => None,
    };
    let percent = values[0].value.zip(difference).and_then(|(first, difference)| {
        let share = difference.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(first)?;
        Some(share.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero))
    });
    let [first, second] = values;
    FigureDifference {
        path: cell.path.clone(),
        label: label(cell),
        values: [first.text, second.text],
        difference,
        percent,
    }
}

/// Row and column; a group is named where the row alone would not tell (其他, 总计).
fn label(cell: &Cell) -> String {
    let groups = cell.row_labels.len().saturating_sub(2);
    let rows = cell.row_labels.get(groups..).unwrap_or(&cell.row_labels);
    let rows = rows.join("·");
    if cell.column_label.is_empty() { rows } else { format!("{rows}·{}", cell.column_label) }
}

fn table(second: &Format, first: &Format, cell: &Cell) -> (String, String) {
    let found = second.table(&cell.table).or_else(|| first.table(&cell.table));
    if let Some(table) = found {
        return (table.key.clone(), table.title.clone());
    }
    let part = second.manifest.parts.iter().find(|part| part.key == cell.table);
    (cell.table.clone(), part.map_or_else(|| cell.table.clone(), |part| part.heading.clone()))
}

/// Figures without counterpart that say something.
fn alone<'a>(side: &Side<'_>, paired: impl Iterator<Item = &'a Vec<String>>) -> Vec<Lone> {
    let paired: HashSet<&str> = paired.flatten().map(String::as_str).collect();
    let cells =
        side.report.format.cells().iter().filter(|cell| !paired.contains(cell.path.as_str()));
    cells
        .filter_map(|cell| {
            let figure = side.report.figure(&cell.path)?;
            let is_zero = figure.value().is_some_and(|value| value.is_zero());
            if is_zero || figure.text.is_empty() {
                return None;
            }
            let (path, value) = (cell.path.clone(), figure.text.clone());
            Some(Lone { path, label: label(cell), value })
        })
        .collect()
}

fn texts(first: &Side<'_>, second: &Side<'_>) -> Vec<(String, String)> {
    let value = |report: &Report, name: &str| {
        let texts = report.all_texts().filter(|text| name_of(text) == name);
        texts.map(|text| text.value.trim()).collect::<Vec<_>>().join("\n")
    };
    let mut known: Vec<&str> = Vec::new();
    let mut differ = Vec::new();
    for text in first.report.all_texts().chain(second.report.all_texts()) {
        let name = name_of(text);
        if known.contains(&name) {
            continue;
        }
        known.push(name);
        if value(first.report, name) != value(second.report, name) {
            differ.push((text.path.clone(), text_label(&second.report.format, text)));
        }
    }
    differ
}

/// What a text is known by in both reports: its path, or the heading of a section that the file adds, whose number
/// changes when another is put before it.
fn name_of(text: &Text) -> &str {
    match &text.heading {
        Some(heading) if text.is_added() => &heading.value,
        _ => &text.path,
    }
}

fn text_label(format: &Format, text: &Text) -> String {
    let path = text.path.as_str();
    let Some((part, key)) = path.split_once('.') else { return path.to_owned() };
    if text.is_added() {
        return text
            .heading
            .as_ref()
            .map_or_else(|| path.to_owned(), |heading| heading.value.clone());
    }
    let table = format.table(part).map(|table| table.title.as_str());
    let beside = BESIDE
        .iter()
        .chain([&("note", "表注")])
        .find(|(name, _)| key.split('.').next() == Some(name));
    if let (Some(table), Some((_, label))) = (table, beside) {
        return format!("{table}{label}");
    }
    let found = format.manifest.parts.iter().find(|other| other.key == part);
    let item = found.and_then(|part| part.items.iter().find(|item| item.key == key));
    match (found, item) {
        (_, Some(item)) if !item.label.is_empty() => item.label.clone(),
        (_, Some(item)) if !item.heading.is_empty() => item.heading.clone(),
        (Some(part), _) => part.heading.clone(),
        _ if key == "preface" => "前言".to_owned(),
        _ => path.to_owned(),
    }
}
