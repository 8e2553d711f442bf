//! Data files made up from a format's data: every text filled, every figure chosen, all rules kept.

use std::collections::BTreeMap;
use std::fmt::Write;

use nianbao::format::{FigureKind, Format, ItemKind, RuleKind, Section, Table};

/// What a made-up report says.
pub(crate) struct Made<'a> {
    pub(crate) agency: &'a str,
    pub(crate) year: i32,
    /// The text of every field.
    pub(crate) text: &'a str,
    /// Chooses a count.
    pub(crate) count: &'a mut dyn FnMut() -> u64,
    /// Chooses an amount as written.
    pub(crate) amount: &'a mut dyn FnMut() -> String,
}

/// Writes a data file that obeys the accounting rules of a format.
pub(crate) fn data_file(format: &Format, made: Made<'_>) -> String {
    let mut file = format!(
        "format = {:?}\n[report]\nagency = {}\nyear = {}\ndate = {}-01-22\n",
        format.id(),
        quoted(made.agency),
        made.year,
        made.year + 1
    );
    for part in &format.manifest.parts {
        let texts = part
            .items
            .iter()
            .filter(|item| matches!(item.kind, ItemKind::Section | ItemKind::Text));
        let lines: Vec<String> = texts
            .filter(|item| !item.optional || item.kind == ItemKind::Section)
            .map(|item| format!("{} = {}\n", item.key, quoted(made.text)))
            .collect();
        if !lines.is_empty() {
            writeln!(file, "[{}]\n{}", part.key, lines.concat()).expect("a string");
        }
    }
    for table in &format.tables {
        write_table(&mut file, format, table, made.count, made.amount);
    }
    file
}

/// A TOML string of any text.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => write!(quoted, "\\u{:04X}", u32::from(c)).expect("a string"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn write_table(
    file: &mut String,
    format: &Format,
    table: &Table,
    count: &mut dyn FnMut() -> u64,
    amount: &mut dyn FnMut() -> String,
) {
    writeln!(file, "[{}]", table.key).expect("a string");
    for section in &table.sections {
        let mut rows: BTreeMap<&str, Vec<i128>> = BTreeMap::new();
        let counts = section.columns.iter().filter(|column| !column.total).count();
        for row in section.rows.iter().filter(|row| row.sum_of.is_none()) {
            rows.insert(&row.key, (0..counts).map(|_| i128::from(count())).collect());
        }
        for total in section.rows.iter().filter(|row| row.sum_of.is_some()) {
            rows.insert(
                &total.key,
                sum(section.summed_rows(total).map(|row| &rows[row.key.as_str()]), counts),
            );
        }
        balance(format, table, &mut rows, counts);
        for row in &section.rows {
            let value = row_value(section, &rows[row.key.as_str()], amount);
            writeln!(file, "{} = {value}", row.key).expect("a string");
        }
    }
}

fn sum<'a>(rows: impl Iterator<Item = &'a Vec<i128>>, columns: usize) -> Vec<i128> {
    rows.fold(vec![0; columns], |sum, row| sum.iter().zip(row).map(|(a, b)| a + b).collect())
}

/// Sets the first row on the left of each balance so that both sides are equal.
fn balance<'a>(
    format: &Format,
    table: &'a Table,
    rows: &mut BTreeMap<&'a str, Vec<i128>>,
    columns: usize,
) {
    for rule in &format.rules {
        let RuleKind::Balance { table: of, left, right, .. } = &rule.kind else { continue };
        if *of != table.key || left.iter().any(|row| !rows.contains_key(row.as_str())) {
            continue;
        }
        let rights = sum(right.iter().map(|row| &rows[row.as_str()]), columns);
        let others: Vec<&str> = left[1..].iter().map(String::as_str).collect();
        for other in &others {
            let capped =
                rows[other].iter().zip(&rights).map(|(value, most)| *value.min(most)).collect();
            rows.entry(key_of(table, other)).and_modify(|row| *row = capped);
        }
        let taken = sum(others.iter().map(|row| &rows[row]), columns);
        let first = rights.iter().zip(taken).map(|(all, taken)| all - taken).collect();
        rows.entry(key_of(table, &left[0])).and_modify(|row| *row = first);
    }
}

fn key_of<'a>(table: &'a Table, key: &str) -> &'a str {
    let rows = table.sections.iter().flat_map(|section| &section.rows);
    rows.map(|row| row.key.as_str()).find(|known| *known == key).expect("a row of the table")
}

fn row_value(section: &Section, counts: &[i128], amount: &mut dyn FnMut() -> String) -> String {
    let plain = section.columns.iter().filter(|column| !column.total);
    let values: Vec<String> = plain
        .zip(counts)
        .map(|(column, count)| match column.kind {
            FigureKind::Count | FigureKind::Change => count.to_string(),
            FigureKind::Amount | FigureKind::Money => amount(),
        })
        .collect();
    if section.is_scalar() { values.concat() } else { format!("[{}]", values.join(", ")) }
}
