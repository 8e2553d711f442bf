//! Whether a report is of a size that can be checked and set in reasonable time: paragraphs, characters, tables.
//!
//! A whole yearbook pasted into a field, or a table of ten thousand rows, would keep the rules and the layout busy for
//! minutes. The bounds are many times what the longest real reports have; beyond them nothing else is looked at.

use crate::diagnostic::{Diagnostic, Level};
use crate::limits;
use crate::report::{Report, Text};

/// Finds the first field that takes the report beyond a bound.
pub(crate) fn excess(report: &Report) -> Option<Diagnostic> {
    let mut total = Size::default();
    for text in &report.texts {
        let own = Size::of(&text.value);
        total.add(&own);
        if let Some(message) = own.excess().or_else(|| total.total_excess()) {
            return Some(finding(text, message));
        }
    }
    None
}

fn finding(text: &Text, message: String) -> Diagnostic {
    Diagnostic::new("TYPE", Level::Error, message, &text.path, text.span.clone())
        .with_help("核对是否粘贴了别的文件；大段材料另作附件，长表格拆开或另作附件")
        .with_basis("年度报告的篇幅；超出的部分没有核对")
}

/// How much a text holds.
#[derive(Default)]
struct Size {
    lines: usize,
    characters: usize,
    tables: usize,
    /// Rows of all tables.
    all_rows: usize,
    /// Rows of the longest table, and columns of the widest.
    rows: usize,
    columns: usize,
}

impl Size {
    fn of(text: &str) -> Self {
        let mut size = Self { characters: text.chars().count(), ..Self::default() };
        let mut row = 0;
        for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
            if line.starts_with('|') {
                row += 1;
                size.all_rows += 1;
                size.tables += usize::from(row == 1);
                size.rows = size.rows.max(row);
                size.columns = size.columns.max(line.matches('|').count().saturating_sub(1));
            } else {
                row = 0;
                size.lines += 1;
            }
        }
        size
    }

    fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.characters += other.characters;
        self.tables += other.tables;
        self.all_rows += other.all_rows;
    }

    fn excess(&self) -> Option<String> {
        let (rows, columns) = (limits::TABLE_ROWS, limits::TABLE_COLUMNS);
        if self.rows > rows {
            return Some(format!("文中的一张表格有 {} 行，超过 {rows} 行", self.rows));
        }
        let wide = self.columns > columns;
        wide.then(|| format!("文中的一张表格有 {} 列，超过 {columns} 列", self.columns))
    }

    fn total_excess(&self) -> Option<String> {
        let bounds = [
            (self.lines, limits::PARAGRAPHS, "段"),
            (self.characters, limits::CHARACTERS, "字"),
            (self.tables, limits::TABLES, "张表格"),
            (self.all_rows, limits::ALL_ROWS, "行表格"),
        ];
        bounds.into_iter().find(|(count, most, _)| count > most).map(|(count, most, unit)| {
            format!("正文太长：到这一项为止有 {count} {unit}，超过 {most} {unit}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_counted() {
        let size = Size::of("一。\n\n二。\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n三\n| 甲 |");
        assert_eq!((size.lines, size.tables, size.rows, size.columns), (3, 2, 3, 2));
        assert!(size.excess().is_none() && size.total_excess().is_none());
        assert!(Size::of(&"| 1 |\n".repeat(limits::TABLE_ROWS + 1)).excess().is_some());
        assert!(Size::of(&"|".repeat(limits::TABLE_COLUMNS + 2)).excess().is_some());
        assert!(Size::of(&"一\n".repeat(limits::PARAGRAPHS + 1)).total_excess().is_some());
        assert!(Size::of(&"一".repeat(limits::CHARACTERS + 1)).total_excess().is_some());
    }
}
