//! The data file of an import: commented as `init` comments, with what is missing or in doubt said where it belongs.
//!
//! In: figures, texts, account. Out: TOML text, and the way from each piece of it to its place in the source.

use std::collections::BTreeMap;

use crate::format::{Format, Item, ItemKind, Part, Row, Section, Table};
use crate::source::{Elsewhere, Origins, Span};

use super::account::Account;
use super::assemble::Charts;
use super::draft::Place;
use super::findings::ImportFinding;
use super::tables::Located;
use super::texts::{Field, Line, Texts};
use super::{ImportedFigure, texts::chars::unified};

/// What goes into the file.
pub(super) struct Content<'a> {
    pub(super) format: &'a Format,
    /// Whether the format is the official one of the report's year.
    pub(super) is_official: bool,
    pub(super) figures: &'a BTreeMap<String, ImportedFigure>,
    pub(super) located: &'a Located,
    pub(super) texts: &'a Texts,
    pub(super) account: &'a Account,
    pub(super) charts: &'a Charts,
}

/// Writes the file.
pub(super) fn data_file(
    content: &Content,
    places: &mut Origins,
    findings: &mut [ImportFinding],
) -> String {
    let mut writer = Writer { content, places, rows: BTreeMap::new(), out: String::new() };
    writer.opening();
    writer.report();
    for part in &content.format.manifest.parts {
        writer.part(part);
    }
    writer.charts();
    writer.left();
    writer.said(findings);
    writer.out
}

struct Writer<'a> {
    content: &'a Content<'a>,
    places: &'a mut Origins,
    /// Lines of rows by their path.
    rows: BTreeMap<String, Span>,
    out: String,
}

impl<'a> Writer<'a> {
    fn line(&mut self, text: impl AsRef<str>) {
        self.out.push_str(text.as_ref());
        self.out.push('\n');
    }

    /// Writes a line that comes from a place.
    fn from(&mut self, text: impl AsRef<str>, place: &Place) {
        let start = self.out.len();
        self.line(text);
        self.places.mark(start..self.out.len(), Elsewhere::from(place));
    }

    fn opening(&mut self) {
        let format = self.content.format;
        self.line(format!("#:schema ./nianbao-{}.schema.json", format.id()));
        self.line(format!("# 由已有的报告导入，按{}（{}）", format.manifest.name, format.notice()));
        self.line(format!("# {}", self.content.account));
        self.line("# 每个数都照原件写，合计也是；没有找到的、存疑的写在所在的行里，改好后运行 nianbao check 核对。");
        if !self.content.is_official {
            self.line(format!("\nformat = {}  # 按表格的栏目认出", quoted(format.id())));
        }
    }

    fn report(&mut self) {
        let texts = self.content.texts;
        self.line("\n[report]");
        let agency = match texts.agencies.as_slice() {
            [] => quoted(""),
            [one] => quoted(one),
            names => {
                format!("[{}]", names.iter().map(|n| quoted(n)).collect::<Vec<_>>().join(", "))
            }
        };
        let known =
            if texts.agencies.is_empty() { "，原件的标题里没有找到" } else { "" };
        let place = |path: &str| texts.places.get(path).cloned().unwrap_or_default();
        self.from(format!("agency = {agency}  # 机关全称，必填{known}"), &place("report.agency"));
        match texts.year {
            Some(year) => self.from(format!("year   = {year}  # 报告年度"), &place("report.year")),
            None => self.line("# year = 2025  # 报告年度：原件里没有找到，填好后去掉行首的 #"),
        }
        let government = texts.agencies.first().is_some_and(|name| name.ends_with("人民政府"));
        let kind = if government { "government" } else { "department" };
        self.line(format!(
            "kind   = \"{kind}\"  # 原件不印，按机关名称写的，请核对：department 部门；government 一级政府"
        ));
        self.line("scope  = \"own\"  # 原件不印，请核对：own 本级；jurisdiction 全域（含下级）");
        if let Some(title) = self.own_title() {
            self.from(
                format!("title = {}  # 标题，与按机关、年度合成的不同", quoted(&title)),
                &place("report.title"),
            );
        }
        if let Some((year, month, day)) = texts.date {
            let date = format!("date = {year:04}-{month:02}-{day:02}  # 成文日期");
            self.from(date, &place("report.date"));
        }
        if let Some(preface) = self.field("report.preface") {
            self.text("preface", &preface.lines);
        }
    }

    /// The title, unless it is the one that the format makes of agency and year.
    fn own_title(&self) -> Option<String> {
        let texts = self.content.texts;
        if texts.title.is_empty() {
            return None;
        }
        let year = texts.year.map_or_else(String::new, |year| year.to_string());
        let default = |between: &str| {
            let agency = texts.agencies.join(between);
            let context = BTreeMap::from([("agency", agency), ("year", year.clone())]);
            self.content.format.words("title", &context)
        };
        let title = unified(&texts.title);
        let is_default = [default(""), default("、")].iter().any(|d| unified(d) == title);
        (!is_default).then(|| texts.title.clone())
    }

    fn field(&self, path: &str) -> Option<&'a Field> {
        self.content.texts.fields.iter().find(|field| field.path == path)
    }

    fn part(&mut self, part: &Part) {
        self.line(format!("\n# ======== {} ========", part.heading));
        let tables = part.items.iter().filter(|item| item.kind == ItemKind::Table);
        let tables: Vec<&'a Table> =
            tables.filter_map(|item| self.content.format.table(&item.key)).collect();
        let shared = tables.iter().any(|table| table.key == part.key);
        if !shared {
            self.line(format!("[{}]", part.key));
            self.texts_of(part);
        }
        for table in tables {
            self.line(format!("[{}]", table.key));
            if table.key == part.key {
                self.texts_of(part);
            }
            self.beside(table);
            self.table(table);
        }
    }

    /// The texts of a part, in the order of the source.
    fn texts_of(&mut self, part: &Part) {
        for item in part.items.iter().filter(|item| item.kind == ItemKind::Sentence) {
            self.sentence(part, item);
        }
        let own = format!("{}.", part.key);
        let further = format!("{}.section", part.key);
        let of_table = |path: &str| {
            self.content.format.tables.iter().any(|t| {
                path.starts_with(&format!("{}.before", t.key))
                    || path.starts_with(&format!("{}.after", t.key))
            })
        };
        let fields: Vec<&'a Field> = self
            .content
            .texts
            .fields
            .iter()
            .filter(|field| field.path.starts_with(&own) && !of_table(&field.path))
            .collect();
        let position = |field: &Field| {
            part.items.iter().position(|item| field.path == format!("{}.{}", part.key, item.key))
        };
        let order: Vec<usize> = fields.iter().map(|f| position(f).unwrap_or(usize::MAX)).collect();
        if part.sections && !order.is_sorted() {
            self.line("order = \"file\"  # 小节按这里的先后印，与原件相同");
        }
        let mut number = 0usize;
        for field in fields {
            if field.path == further {
                self.line(format!("\n[[{further}]]"));
                let path = format!("{further}.{number}");
                self.places.put_field(&path, Elsewhere::from(&field.place));
                self.keys_of(field);
                number += 1;
                continue;
            }
            self.places.put_field(&field.path, Elsewhere::from(&field.place));
            let key = field.path.strip_prefix(&own).unwrap_or(&field.path);
            if number > 0 {
                // Behind a section of the file's own only a header leads back to the part.
                self.line(format!("\n[{}]", field.path));
                self.keys_of(field);
            } else if field.heading.is_none() && !field.run_in {
                self.text(key, &field.lines);
            } else {
                self.inline(key, field);
            }
        }
        if number > 0 {
            self.line("");
        }
    }

    fn keys_of(&mut self, field: &Field) {
        if let Some(heading) = &field.heading {
            self.from(format!("heading = {}", quoted(heading)), &field.place);
        }
        if field.run_in {
            self.line("run_in = true  # 小标题与正文同段");
        }
        self.text("text", &field.lines);
    }

    /// A text with a heading of its own.
    fn inline(&mut self, key: &str, field: &Field) {
        let heading = field.heading.as_ref().map(|h| format!("heading = {}, ", quoted(h)));
        let run_in = if field.run_in { "run_in = true, " } else { "" };
        let start = self.out.len();
        self.out.push_str(&format!("{key} = {{ {}{run_in}text = ", heading.unwrap_or_default()));
        self.places.mark(start..self.out.len(), Elsewhere::from(&field.place));
        self.body(&field.lines);
        self.line(" }");
    }

    fn text(&mut self, key: &str, lines: &[Line]) {
        self.out.push_str(&format!("{key} = "));
        self.body(lines);
        self.line("");
    }

    /// A string over several lines, a paragraph on each.
    fn body(&mut self, lines: &[Line]) {
        self.line("\"\"\"");
        for line in lines {
            self.from(multiline(&line.text), &line.place);
        }
        self.out.push_str("\"\"\"");
    }

    fn sentence(&mut self, part: &Part, item: &Item) {
        let path = |key: &str| format!("{}.{}.{key}", part.key, item.key);
        let literal = |key: &str| {
            let figure = self.content.figures.get(&path(key))?;
            Some(format!("{key} = {}", literal(figure)))
        };
        let figures: Vec<String> =
            item.figures.iter().filter_map(|figure| literal(&figure.key)).collect();
        if figures.is_empty() {
            return;
        }
        let place = item.figures.iter().find_map(|f| self.content.figures.get(&path(&f.key)));
        let place = place.map(|figure| figure.place.clone()).unwrap_or_default();
        self.from(format!("{} = {{ {} }}  # {}", item.key, figures.join(", "), item.label), &place);
    }

    /// Texts above and below a table, and its notes.
    fn beside(&mut self, table: &Table) {
        for (key, label) in [("before", "表前的文字"), ("after", "表后的文字")] {
            let path = format!("{}.{key}", table.key);
            if let Some(field) = self.field(&path) {
                self.places.put_field(&path, Elsewhere::from(&field.place));
                self.line(format!("# {label}"));
                self.text(key, &field.lines);
            }
        }
        let Some(notes) = self.content.texts.notes.get(&table.key) else { return };
        let written: Vec<String> = notes.iter().map(|note| quoted(&note.text)).collect();
        let place = notes.first().map(|note| note.place.clone()).unwrap_or_default();
        self.places.put_field(&format!("{}.note", table.key), Elsewhere::from(&place));
        match written.as_slice() {
            [one] => self.from(format!("note = {one}"), &place),
            several => self.from(format!("note = [{}]", several.join(", ")), &place),
        }
    }

    fn table(&mut self, table: &Table) {
        for (prefix, rows) in table.row_groups() {
            if let Some(prefix) = &prefix {
                let label = rows[0].0.group_label(prefix.rsplit('.').next().unwrap_or(prefix));
                self.line(format!("\n# {label}"));
                self.line(format!("[{}.{prefix}]", table.key));
            }
            let widest = rows.iter().map(|(_, row)| last(&row.key).len()).max().unwrap_or(0);
            let mut heading = None;
            for (section, row) in rows {
                if prefix.is_none() && heading != Some(&section.key) {
                    self.section(section);
                    heading = Some(&section.key);
                }
                self.row(table, section, row, widest);
            }
        }
    }

    fn section(&mut self, section: &Section) {
        if let Some(head) = &section.head {
            self.line(format!("# {head}"));
        }
        let columns: Vec<&str> =
            section.columns.iter().map(|column| column.label.as_str()).collect();
        match columns.as_slice() {
            [one] => self.line(format!("# {one}")),
            several => self.line(format!("# 各格依次是：{}", several.join("、"))),
        }
    }

    fn row(&mut self, table: &Table, section: &Section, row: &Row, widest: usize) {
        let key = last(&row.key);
        let mut values: Vec<(String, Option<&Place>)> = Vec::new();
        let mut remarks: Vec<String> = Vec::new();
        let mut lost: Vec<&str> = Vec::new();
        let mut place = None;
        for column in &section.columns {
            let path = table.path(section, row, column);
            let index = self.content.format.cell_index(&path);
            if let Some(figure) = self.content.figures.get(&path) {
                values.push((literal(figure), Some(&figure.place)));
                place = place.or(Some(&figure.place));
                continue;
            }
            if let Some(doubt) = index.and_then(|index| self.content.located.doubts.get(&index)) {
                let text = one_line(&doubt.text);
                let name = if section.is_scalar() { "" } else { column.label.as_str() };
                remarks
                    .push(format!("{name}存疑（{}）：{}，原文“{text}”", doubt.place, doubt.reason));
                values.push(("\"\"".to_owned(), Some(&doubt.place)));
                place = place.or(Some(&doubt.place));
                continue;
            }
            lost.push(&column.label);
            // A total that is not there is computed.
            if !column.total {
                values.push(("\"\"".to_owned(), None));
            }
        }
        let start = self.out.len();
        let row_path = format!("{}.{}", table.key, row.key);
        if lost.len() == section.columns.len() {
            self.rows.insert(row_path, start..start);
            self.line(format!("# {key:widest$} =    # {}：原件里没有找到这一行", row.label));
            return;
        }
        if !lost.is_empty() {
            remarks.push(format!("没有找到{}", lost.join("、")));
        }
        let remarks = shared(remarks);
        self.out.push_str(&format!("{key:widest$} = "));
        self.out.push_str(if section.is_scalar() { "" } else { "[" });
        for (at, (value, place)) in values.iter().enumerate() {
            self.out.push_str(if at > 0 { ", " } else { "" });
            let start = self.out.len();
            self.out.push_str(value);
            if let Some(place) = place {
                self.places.mark(start..self.out.len(), Elsewhere::from(*place));
            }
        }
        self.out.push_str(if section.is_scalar() { "" } else { "]" });
        let remark =
            if remarks.is_empty() { String::new() } else { format!("；{}", remarks.join("；")) };
        self.line(format!("  # {}{remark}", row.label));
        let row = Elsewhere::from(&place.cloned().unwrap_or_default());
        self.places.mark(start..self.out.len(), row);
        self.rows.insert(row_path, start..self.out.len() - 1);
    }

    /// Says what could not be read, and tells each finding where the file says it.
    fn said(&mut self, findings: &mut [ImportFinding]) {
        let of_row = |rows: &BTreeMap<String, Span>, path: &str| {
            let row = path.rsplit_once('.').map_or("", |(row, _)| row);
            rows.get(path).or_else(|| rows.get(row)).cloned()
        };
        let mut is_first = true;
        for finding in findings {
            if let Some(span) = of_row(&self.rows, &finding.path) {
                finding.span = span;
                continue;
            }
            if is_first {
                self.line("\n# ======== 导入时要核对的 ========");
                is_first = false;
            }
            let start = self.out.len();
            self.from(
                format!("# （{}）{}", finding.place, one_line(&finding.message)),
                &finding.place,
            );
            finding.span = start..self.out.len() - 1;
        }
    }

    fn charts(&mut self) {
        for (at, (_, chart)) in self.content.charts.iter().enumerate() {
            self.line(format!("\n[charts.chart_{}]  # {}", at + 1, one_line(&chart.title)));
            self.line(format!("kind = \"{}\"", chart.kind));
            self.line(format!("unit = {}", quoted(&chart.unit)));
            let data: Vec<String> = chart
                .data
                .iter()
                .map(|(label, value)| format!("[{}, {value}]", quoted(label)))
                .collect();
            self.line(format!("data = [{}]", data.join(", ")));
        }
    }

    /// What has no place in the file.
    fn left(&mut self) {
        let left = &self.content.texts.left;
        if left.is_empty() {
            return;
        }
        self.line("\n# ======== 未归类：原件里有、数据文件里没有地方放的内容 ========");
        for line in left {
            for text in line.text.lines() {
                self.line(format!("# （{}）{}", line.place, one_line(text)));
            }
        }
    }
}

/// Remarks, those beyond the first few counted.
fn shared(remarks: Vec<String>) -> Vec<String> {
    const MOST: usize = 2;
    let count = remarks.len();
    let mut shown: Vec<String> = remarks.into_iter().take(MOST).collect();
    if count > MOST {
        shown.push(format!("另有 {} 处", count - MOST));
    }
    shown
}

/// A figure as a TOML value.
fn literal(figure: &ImportedFigure) -> String {
    let value = figure.digits.clone().unwrap_or_else(|| quoted(&figure.text));
    match &figure.note {
        Some(note) => format!("{{ value = {value}, note = {} }}", quoted(note)),
        None => value,
    }
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn one_line(text: &str) -> String {
    text.split(|char: char| char.is_control())
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A TOML string on one line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(&one_line(text)).replace('"', "\\\""))
}

/// A line inside a string of several lines.
fn multiline(text: &str) -> String {
    escaped(text).replace("\"\"\"", "\"\"\\\"")
}

/// Backslashes and control characters as TOML wants them.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push('\t'),
            char if char.is_control() => out.push(' '),
            char => out.push(char),
        }
    }
    out
}
