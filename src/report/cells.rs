//! Rows and cells of the tables: shorthands, blanks, notes, and what is no figure.

use crate::diagnostic::{Diagnostic, Level};
use crate::format::{Cell, Column, FigureKind, Format, Row, Section, Table};
use crate::number::{MAX_DIGITS, NotANumber, Number};
use crate::record::{BLANK, Entry, Node, Record, Table as Entries, Value, Written};
use crate::source::Source;

use super::expect::{join, unknown};
use super::remedy::{self, blank_row, line_with};
use super::{Figure, Spanned, State};

/// Spellings of an empty cell.
const BLANKS: [&str; 12] = ["", "/", "／", "\\", "-", "—", "——", "－", "–", "无", "不适用", "空"];

/// Reads the figures of one file.
pub(super) struct Cells<'a> {
    pub(super) format: &'a Format,
    pub(super) source: &'a Source,
    pub(super) record: &'a Record,
    /// Tables that the file lacks and whose header stands in a line to paste already.
    pub(super) headed: Vec<String>,
    pub(super) findings: Vec<Diagnostic>,
}

impl Cells<'_> {
    /// Reads the figures of a row: one for each column of its section.
    pub(super) fn row(&mut self, table: &Table, section: &Section, row: &Row) -> Vec<Figure> {
        let path = join(&table.key, &row.key);
        let Some(node) = self.record.get(&path) else {
            return self.missing_row(&path, section, row);
        };
        if section.is_scalar() {
            return vec![self.scalar(table, section, row, node)];
        }
        match &node.value {
            Value::Array(items) => self.array(table, section, row, node, items),
            Value::Table(entries) => self.by_column(table, section, row, node, entries),
            Value::Number(zero) if Number::parse(zero).is_ok_and(|n| n.value.is_zero()) => {
                self.zeros(section, node)
            }
            Value::String(text) if is_blank(text) => {
                self.blank(&path, &row.label, node);
                vec![Figure::empty(State::Blank, Some(node.span.clone())); section.columns.len()]
            }
            _ => self.malformed_row(&path, section, row, node, None),
        }
    }

    fn missing_row(&mut self, path: &str, section: &Section, row: &Row) -> Vec<Figure> {
        let state = if row.sum_of.is_some() { State::Computed } else { State::Missing };
        if state == State::Missing {
            let message = format!("缺少“{}”一行（{path}）", row.label);
            let key = row.key.rsplit('.').next().unwrap_or(&row.key);
            let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
            let is_headed = self.headed.iter().any(|known| known == parent);
            let header = if self.record.get(parent).is_none() && !is_headed {
                self.headed.push(parent.to_owned());
                format!("[{parent}]\n")
            } else {
                String::new()
            };
            let line = format!("{header}{key} = {}", blank_row(section));
            self.findings.push(
                Diagnostic::new(
                    "MISSING",
                    Level::Error,
                    message,
                    path,
                    self.record.nearest_span(path),
                )
                .with_label("这个表里缺少这一行")
                .with_help(format!(
                    "在 [{parent}] 下加上一行，把 \"\" 换成实际数量，没有发生的填 0"
                ))
                .with_suggestion(line),
            );
        }
        vec![Figure::empty(state, None); section.columns.len()]
    }

    fn zeros(&mut self, section: &Section, node: &Node) -> Vec<Figure> {
        let zero = |_: &Column| Figure::of(zero(), State::Implied, Some(node.span.clone()));
        section.columns.iter().map(zero).collect()
    }

    /// A row that is no list of figures, or one of another length. The line offered holds the writer's figures in their
    /// order; which place lacks its figure only the writer knows.
    fn malformed_row(
        &mut self,
        path: &str,
        section: &Section,
        row: &Row,
        node: &Node,
        count: Option<usize>,
    ) -> Vec<Figure> {
        let names: Vec<&str> = plain(section).map(|column| column.label.as_str()).collect();
        let wanted = names.len();
        let found = match count {
            Some(count) => format!("写了 {count} 个数"),
            None => format!("写成了{}", node.value.kind_label()),
        };
        let total = section.total_column().map_or(String::new(), |_| "，可再加一个总计".to_owned());
        let (line, advice) = self.row_remedy(section, node);
        let mut finding = Diagnostic::new(
            "TYPE",
            Level::Error,
            format!("“{}”一行{found}，应为 {wanted} 个数{total}", row.label),
            path,
            node.span.clone(),
        )
        .with_help(format!("方括号里按次序写 {wanted} 个数：{}；{advice}", names.join("、")));
        if let Some(line) = line.and_then(|line| line_with(self.source, &node.span, &line)) {
            finding = finding.with_replacement(line);
        }
        self.findings.push(finding);
        vec![Figure::empty(State::Malformed, Some(node.span.clone())); section.columns.len()]
    }

    /// The row as it may be written, and what its writer must decide.
    fn row_remedy(&self, section: &Section, node: &Node) -> (Option<String>, &'static str) {
        const LACKING: &str = "对照原表看缺的是哪一格，把 \"\" 移到那里，再填上数";
        const TOO_MANY: &str = "对照原表看哪一格是多出来的";
        let wanted = plain(section).count();
        let total = usize::from(section.total_column().is_some());
        let (items, listed) = match &node.value {
            Value::Array(items) => (remedy::spelled(self.source, items), false),
            Value::String(text) => (remedy::listed(text), true),
            Value::Number(number) => (Some(vec![number.clone()]), false),
            _ => (None, false),
        };
        match items {
            Some(items) if listed && (wanted..=wanted + total).contains(&items.len()) => {
                (Some(format!("[{}]", items.join(", "))), "去掉引号，写成下面这样")
            }
            Some(items) if items.len() < wanted => (remedy::padded(&items, section), LACKING),
            Some(_) => (None, TOO_MANY),
            None => (None, "全是 0 可以只写 0"),
        }
    }

    fn array(
        &mut self,
        table: &Table,
        section: &Section,
        row: &Row,
        node: &Node,
        items: &[Node],
    ) -> Vec<Figure> {
        let given = items.len();
        let wanted = plain(section).count();
        let has_total = section.total_column().is_some() && given == wanted + 1;
        if given != wanted && !has_total {
            let path = join(&table.key, &row.key);
            return self.malformed_row(&path, section, row, node, Some(given));
        }
        let mut items = items.iter();
        let mut figures = Vec::with_capacity(section.columns.len());
        for column in &section.columns {
            if column.total && !has_total {
                figures.push(Figure::empty(State::Computed, None));
            } else if let Some(item) = items.next() {
                figures.push(self.cell(&table.path(section, row, column), item));
            }
        }
        figures
    }

    fn by_column(
        &mut self,
        table: &Table,
        section: &Section,
        row: &Row,
        node: &Node,
        entries: &Entries,
    ) -> Vec<Figure> {
        let keys: Vec<String> = section.columns.iter().map(|column| column.key.clone()).collect();
        let is_unknown = |entry: &&Entry| !keys.contains(&entry.key);
        let known_before = self.findings.len();
        for entry in entries.entries.iter().filter(is_unknown) {
            let path = join(&join(&table.key, &row.key), &entry.key);
            self.findings.push(unknown(entry, &path, keys.iter(), self.format));
        }
        // A misspelt column leaves open which of the unnamed ones was meant.
        let all_known = self.findings.len() == known_before;
        let columns = section.columns.iter();
        let read = |column: &Column| match entries.get(&column.key) {
            Some(node) => self.cell(&table.path(section, row, column), node),
            None if column.total => Figure::empty(State::Computed, None),
            None if !all_known => Figure::empty(State::Malformed, Some(node.span.clone())),
            None => Figure::of(zero(), State::Implied, Some(node.span.clone())),
        };
        columns.map(read).collect()
    }

    fn scalar(&mut self, table: &Table, section: &Section, row: &Row, node: &Node) -> Figure {
        let column = &section.columns[0];
        let path = table.path(section, row, column);
        let inner = match &node.value {
            Value::Array(items) if items.len() == 1 => &items[0],
            Value::Table(entries) if entries.entries.len() == 1 => {
                entries.get(&column.key).unwrap_or(node)
            }
            _ => node,
        };
        self.cell(&path, inner)
    }

    /// Reads one cell: a number, a number with a note, or a blank.
    pub(super) fn cell(&mut self, path: &str, node: &Node) -> Figure {
        let Some(cell) = self.format.cell(path) else {
            return Figure::empty(State::Malformed, Some(node.span.clone()));
        };
        match &node.value {
            Value::Number(spelling) => self.number(cell, node, spelling),
            Value::String(text) if is_blank(text) => {
                self.blank(path, &cell.label(), node);
                Figure::empty(State::Blank, Some(node.span.clone()))
            }
            Value::String(text) => self.string(cell, node, text),
            Value::Table(entries) => self.noted(cell, node, entries),
            _ => {
                let example =
                    "写一个数，例如 12；要加说明写成 { value = 12, note = \"其中修订3件\" }";
                self.refuse(
                    cell,
                    node,
                    format!("“{}”写成了{}", cell.label(), node.value.kind_label()),
                    example,
                )
            }
        }
    }

    fn noted(&mut self, cell: &Cell, node: &Node, entries: &Entries) -> Figure {
        let keys = ["value".to_owned(), "note".to_owned()];
        for entry in &entries.entries {
            if !keys.contains(&entry.key) {
                let path = join(&cell.path, &entry.key);
                self.findings.push(unknown(entry, &path, keys.iter(), self.format));
            }
        }
        let Some(value) = entries.get("value") else {
            let message = format!("“{}”只有说明，没有数", cell.label());
            return self.refuse(cell, node, message, "写成 { value = 12, note = \"其中修订3件\" }");
        };
        if value.as_table().is_some() {
            let message = format!("“{}”的 value 应当是一个数", cell.label());
            return self.refuse(
                cell,
                value,
                message,
                "写成 { value = 12, note = \"其中修订3件\" }",
            );
        }
        let mut figure = self.cell(&cell.path, value);
        figure.note = entries.get("note").and_then(|note| {
            let text = note.as_str()?.trim();
            (!text.is_empty()).then(|| Spanned { value: text.to_owned(), span: note.span.clone() })
        });
        if let Some(note) = entries.get("note").filter(|note| note.as_str().is_none()) {
            let message = format!("“{}”的 note 应当是加引号的文字", cell.label());
            self.refuse(cell, note, message, "写成 note = \"其中修订3件\"");
        }
        figure
    }

    fn number(&mut self, cell: &Cell, node: &Node, spelling: &str) -> Figure {
        let span = Some(node.span.clone());
        match Number::parse(spelling) {
            Ok(number) => match complaint(cell, &number) {
                None => Figure::of(number, State::Given, span),
                Some((message, help)) => {
                    self.not_allowed(cell, node, spelling, message, help);
                    Figure { text: spelling.to_owned(), ..Figure::empty(State::Malformed, span) }
                }
            },
            Err(NotANumber::TooLong) => {
                let message = format!("“{}”有 {} 位数字，太大了", cell.label(), spelling.len());
                let help = format!("核对是否多粘贴了数字；最多 {MAX_DIGITS} 位");
                self.not_allowed(cell, node, spelling, message, help);
                Figure::empty(State::Malformed, span)
            }
            Err(NotANumber::Spelling) => {
                let message = format!("“{}”的写法 {spelling} 不是普通数字", cell.label());
                self.not_allowed(
                    cell,
                    node,
                    spelling,
                    message,
                    "只写十进制数字，例如 12 或 24.83".to_owned(),
                );
                Figure::empty(State::Malformed, span)
            }
        }
    }

    fn not_allowed(
        &mut self,
        cell: &Cell,
        node: &Node,
        reported: &str,
        message: String,
        help: String,
    ) {
        let mut finding =
            Diagnostic::new("NUMBER", Level::Error, message, cell.path.clone(), node.span.clone())
                .with_help(help);
        finding.reported = Some(reported.to_owned());
        self.findings.push(finding);
    }

    fn string(&mut self, cell: &Cell, node: &Node, text: &str) -> Figure {
        let span = Some(node.span.clone());
        if cell.kind == FigureKind::Money
            && let Some(number) = leading_amount(text)
        {
            return Figure {
                text: text.trim().to_owned(),
                ..Figure::of(number, State::Given, span)
            };
        }
        let message = format!("“{}”写成了带引号的文字“{}”，应当是数", cell.label(), text.trim());
        let (help, put) = figure_in_words(cell, text);
        let mut finding =
            Diagnostic::new("TYPE", Level::Error, message, cell.path.clone(), node.span.clone())
                .with_help(help);
        if let Some(line) = put.and_then(|put| line_with(self.source, &node.span, &put)) {
            finding = finding.with_replacement(line);
        }
        finding.reported = Some(text.to_owned());
        self.findings.push(finding);
        Figure { text: text.to_owned(), ..Figure::empty(State::Malformed, span) }
    }

    fn refuse(&mut self, cell: &Cell, node: &Node, message: String, help: &str) -> Figure {
        let mut finding =
            Diagnostic::new("TYPE", Level::Error, message, cell.path.clone(), node.span.clone())
                .with_help(help);
        finding.reported = node.as_str().map(str::to_owned);
        self.findings.push(finding);
        Figure::empty(State::Malformed, Some(node.span.clone()))
    }

    fn blank(&mut self, path: &str, label: &str, node: &Node) {
        let message = format!("“{label}”是空白");
        self.findings.push(
            Diagnostic::new("BLANK", Level::Error, message, path, node.span.clone())
                .with_label("空白")
                .with_help("填实际数量；没有发生的填 0，不能留空或写“/”“—”“不适用”"),
        );
    }

    /// Reads the figures of a sentence (`information_fees`); absent when the file leaves it out.
    pub(super) fn sentence(&mut self, path: &str, keys: &[String]) -> Vec<Figure> {
        let Some(entry) = self.record.entry(path) else {
            return vec![Figure::empty(State::Absent, None); keys.len()];
        };
        let Some(entries) = entry.node.as_table() else {
            let example: Vec<String> = keys.iter().map(|key| format!("{key} = {BLANK}")).collect();
            let message =
                format!("{path} 应当是一组数，这里写成了{}", entry.node.value.kind_label());
            self.findings.push(
                Diagnostic::new("TYPE", Level::Error, message, path, entry.node.span.clone())
                    .with_help(format!(
                        "写成 {} = {{ {} }}，把 \"\" 换成实际的数，没有发生的填 0",
                        entry.key,
                        example.join(", ")
                    )),
            );
            return vec![Figure::empty(State::Malformed, None); keys.len()];
        };
        for inner in entries.entries.iter().filter(|inner| !keys.contains(&inner.key)) {
            self.findings.push(unknown(inner, &join(path, &inner.key), keys.iter(), self.format));
        }
        keys.iter()
            .map(|key| {
                let place = join(path, key);
                match entries.get(key) {
                    Some(node) => self.cell(&place, node),
                    None => {
                        let label = self.format.cell(&place).map_or_else(String::new, Cell::label);
                        let message = format!("缺少{label}（{place}）");
                        let span = entry.node.span.clone();
                        self.findings.push(
                            Diagnostic::new("MISSING", Level::Error, message, place, span)
                                .with_help(format!(
                                    "在花括号里加上 {key}，填实际的数，没有发生的填 0"
                                )),
                        );
                        Figure::empty(State::Missing, None)
                    }
                }
            })
            .collect()
    }
}

fn zero() -> Number {
    Number::from(rust_decimal::Decimal::ZERO)
}

pub(super) fn plain(section: &Section) -> impl Iterator<Item = &Column> {
    section.columns.iter().filter(|column| !column.total)
}

fn is_blank(text: &str) -> bool {
    BLANKS.contains(&text.trim())
}

/// Why a number may not stand in a cell: message and remedy.
fn complaint(cell: &Cell, number: &Number) -> Option<(String, String)> {
    let negative = number.value.is_sign_negative() && !number.value.is_zero();
    let digits = &number.digits;
    let label = cell.label();
    match cell.kind {
        FigureKind::Count | FigureKind::Change if !number.is_whole() => Some((
            format!("“{label}”是件数，不能有小数：{digits}"),
            "填整数；如果这是金额，核对是否填错了行".to_owned(),
        )),
        FigureKind::Count if digits.contains('.') => Some((
            format!("“{label}”是件数，要写成整数：{digits}"),
            format!("写成 {}", crate::number::print(number.value)),
        )),
        FigureKind::Count | FigureKind::Amount | FigureKind::Money if negative => Some((
            format!("“{label}”不能是负数：{digits}"),
            "填不小于 0 的数；只有 2019 格式的“本年增/减”可以为负".to_owned(),
        )),
        _ => None,
    }
}

/// What to do about a figure written as text, and what to write in its place where that is certain.
fn figure_in_words(cell: &Cell, text: &str) -> (String, Option<String>) {
    let plain = "只写数字，不加引号；要加说明写成 { value = 12, note = \"…\" }".to_owned();
    let Some(written) = Written::read(text) else { return (plain, None) };
    let digits = written.digits.clone();
    let unit = cell.unit.as_deref().unwrap_or("");
    match cell.kind {
        FigureKind::Money if ["", "元", "万元", "亿元"].contains(&written.unit.as_str()) => {
            let put = format!("\"{digits}{}\"", written.unit);
            (format!("金额照原样带单位写成 {put}，数字用半角，不用千分位逗号"), Some(put))
        }
        FigureKind::Money => (format!("单位写“元”“万元”或“亿元”，例如 \"{digits}万元\""), None),
        FigureKind::Amount if written.unit.is_empty() || written.unit == unit => {
            (format!("去掉引号和单位，直接写 {digits}（这一格的单位是{unit}）"), Some(digits))
        }
        FigureKind::Amount => match written.amount_in(unit) {
            Some(amount) => {
                let (text, amount) = (text.trim(), crate::number::print(amount));
                (
                    format!(
                        "这一格的单位是{unit}：“{text}”合 {amount} {unit}，核对后只写 {amount}"
                    ),
                    None,
                )
            }
            None => {
                (format!("这一格的单位是{unit}；把“{}”换算成{unit}，只写数字", text.trim()), None)
            }
        },
        _ if written.is_count() => (format!("去掉引号、逗号和单位，直接写 {digits}"), Some(digits)),
        _ => (plain, None),
    }
}

/// The amount at the beginning of a text like `12.5万元`.
fn leading_amount(text: &str) -> Option<Number> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let unit = text[end..].trim();
    let known = ["", "元", "万元", "亿元"].contains(&unit);
    known.then(|| Number::parse(&text[..end]).ok()).flatten()
}
