//! Scalar fields of `[report]`, waivers.

use crate::diagnostic::{Diagnostic, Level};
use crate::record::{Entry, Node, Record, Value, WrittenDate};
use crate::source::Source;
use crate::text::numeral::narrow;

use super::remedy::line_with;
use super::{Agency, Date, Kind, Scope, Spanned, Waiver};

/// Report years that the program accepts: the regulation is of 2007, in force since 2008.
pub const YEARS: std::ops::RangeInclusive<i32> = 2008..=2099;

/// Reads the fields of one file.
pub(super) struct Fields<'a> {
    pub(super) source: &'a Source,
    pub(super) record: &'a Record,
    pub(super) findings: Vec<Diagnostic>,
}

pub(super) fn wrong(
    entry: &Entry,
    path: &str,
    label: &str,
    wanted: &str,
    example: &str,
) -> Diagnostic {
    let found = entry.node.value.kind_label();
    Diagnostic::new(
        "TYPE",
        Level::Error,
        format!("{label}应当是{wanted}，这里写成了{found}"),
        path,
        entry.node.span.clone(),
    )
    .with_help(format!("写成 {example}"))
}

/// A text on one line: runs of white space become a space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Fields<'_> {
    /// The finding about a field that is not there. The line to paste is empty: what belongs into it only its writer
    /// knows, and an example pasted as it stands would be printed.
    pub(super) fn missing(&mut self, path: &str, label: &str, line: Option<&str>) {
        let span = self.record.nearest_span(path);
        let (table, key) = path.rsplit_once('.').unwrap_or(("", path));
        let help = match line {
            Some(_) => format!("在 [{table}] 下加上一行，填上内容"),
            None => format!("在 [{table}] 下加上一行 {key} = 四位数的年度，例如 {key} = 2023"),
        };
        let mut finding =
            Diagnostic::new("MISSING", Level::Error, format!("缺少{label}（{path}）"), path, span)
                .with_help(help);
        if let Some(line) = line {
            finding = finding.with_suggestion(line);
        }
        self.findings.push(finding);
    }

    /// Reads a one-line string; blank counts as missing when required.
    pub(super) fn line(
        &mut self,
        path: &str,
        label: &str,
        required: Option<&str>,
    ) -> Option<Spanned<String>> {
        match self.record.entry(path) {
            Some(entry) => self.line_of(entry, path, label, required.is_some()),
            None => {
                if let Some(line) = required {
                    self.missing(path, label, Some(line));
                }
                None
            }
        }
    }

    /// Reads the one-line string of an entry.
    pub(super) fn line_of(
        &mut self,
        entry: &Entry,
        path: &str,
        label: &str,
        is_required: bool,
    ) -> Option<Spanned<String>> {
        let Some(text) = entry.node.as_str() else {
            let example = format!("{} = \"…\"", entry.key);
            self.findings.push(wrong(entry, path, label, "加引号的文字", &example));
            return None;
        };
        let value = one_line(text);
        if value.is_empty() {
            if is_required {
                self.unfilled(path, label, &entry.node);
            }
            return None;
        }
        Some(Spanned { value, span: entry.node.span.clone() })
    }

    pub(super) fn unfilled(&mut self, path: &str, label: &str, node: &Node) {
        let message = format!("{label}（{path}）没有填");
        self.findings.push(
            Diagnostic::new("MISSING", Level::Error, message, path, node.span.clone())
                .with_help("填上内容"),
        );
    }

    /// Reads whose report it is: one name, or the names of a joint report.
    pub(super) fn agency(&mut self) -> Agency {
        let (path, label) = ("report.agency", "机关全称");
        if let Some(entry) = self.record.entry(path)
            && let Value::Array(items) = &entry.node.value
        {
            return self.joint_agency(path, label, &entry.node, items);
        }
        let line = "agency = \"\"    # 机关全称";
        self.line(path, label, Some(line)).map(Agency::one).unwrap_or_default()
    }

    /// The names of a joint report. A name that is blank, no text, or there twice is reported where it stands.
    fn joint_agency(&mut self, path: &str, label: &str, node: &Node, items: &[Node]) -> Agency {
        let mut names: Vec<Spanned<String>> = Vec::new();
        if items.is_empty() {
            self.unfilled(path, label, node);
        }
        for item in items {
            let Some(text) = item.as_str() else {
                let message =
                    format!("{label}应当是加引号的文字，这里写成了{}", item.value.kind_label());
                self.findings.push(
                    Diagnostic::new("TYPE", Level::Error, message, path, item.span.clone())
                        .with_help("联合报告写成 agency = [\"某区人民政府\", \"某开发区管委会\"]"),
                );
                continue;
            };
            let name = one_line(text);
            if name.is_empty() {
                self.unfilled(path, label, item);
            } else if names.iter().any(|known| known.value == name) {
                let message = format!("{label}“{name}”写了两次");
                self.findings.push(
                    Diagnostic::new("TYPE", Level::Error, message, path, item.span.clone())
                        .with_help("删去重复的一个"),
                );
            } else {
                names.push(Spanned { value: name, span: item.span.clone() });
            }
        }
        Agency::joint(names, node.span.clone())
    }

    /// Reads the report year.
    pub(super) fn year(&mut self) -> Option<Spanned<i32>> {
        let path = "report.year";
        let Some(entry) = self.record.entry(path) else {
            self.missing(path, "报告年度", None);
            return None;
        };
        let spelling = match &entry.node.value {
            Value::Number(number) => number.as_str(),
            _ => "",
        };
        match spelling.parse::<i32>() {
            Ok(year) if YEARS.contains(&year) => {
                Some(Spanned { value: year, span: entry.node.span.clone() })
            }
            Ok(year) => {
                let span = entry.node.span.clone();
                let (from, to) = (YEARS.start(), YEARS.end());
                self.findings.push(
                    Diagnostic::new(
                        "TYPE",
                        Level::Error,
                        format!("报告年度 {year} 不合理"),
                        path,
                        span,
                    )
                    .with_values(year.to_string(), format!("{from} 至 {to}"))
                    .with_help("写四位数的报告年度，例如 2024 年 1 月公布的报告写 year = 2023"),
                );
                None
            }
            Err(_) => {
                let mut finding =
                    wrong(entry, path, "报告年度", "四位数的年份，不加引号", "year = 2023");
                let digits: String =
                    entry.node.as_str().unwrap_or("").chars().map(narrow).collect();
                let year = digits.trim().trim_end_matches(['年', '度']).trim();
                if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) {
                    let line = line_with(self.source, &entry.node.span, year);
                    finding = line.map_or(finding.clone(), |line| finding.with_replacement(line));
                }
                self.findings.push(finding);
                None
            }
        }
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        path: &str,
        label: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.line(path, label, None)?;
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text.value) {
            return Some(*value);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let message = format!("{label}不能写“{}”", text.value);
        let mut finding = Diagnostic::new("TYPE", Level::Error, message, path, text.span)
            .with_help(format!("只能写 {}", names.join(" 或 ")));
        finding.reported = Some(text.value);
        self.findings.push(finding);
        None
    }

    pub(super) fn kind(&mut self) -> Kind {
        let choices = [("department", Kind::Department), ("government", Kind::Government)];
        self.choice("report.kind", "机关类别", &choices).unwrap_or_default()
    }

    pub(super) fn scope(&mut self) -> Scope {
        let choices = [("own", Scope::Own), ("jurisdiction", Scope::Jurisdiction)];
        self.choice("report.scope", "统计范围", &choices).unwrap_or_default()
    }

    /// Reads 成文日期.
    pub(super) fn date(&mut self) -> Option<Spanned<Date>> {
        let path = "report.date";
        let entry = self.record.entry(path)?;
        if let Value::Datetime(value) = &entry.node.value
            && let Some(date) = value.date
        {
            let date = Date { year: i32::from(date.year), month: date.month, day: date.day };
            return Some(Spanned { value: date, span: entry.node.span.clone() });
        }
        let finding = self.wrong_date(entry, path);
        self.findings.push(finding);
        None
    }

    /// What is said about something that is no date, with the line as it should read where the day is known.
    fn wrong_date(&self, entry: &Entry, path: &str) -> Diagnostic {
        let spelled = match &entry.node.value {
            Value::String(text) => text.trim(),
            Value::Number(number) => number.as_str(),
            Value::Datetime(_) => {
                let span = entry.node.span.clone();
                let message = "成文日期只写了时刻，没有年月日";
                return Diagnostic::new("TYPE", Level::Error, message, path, span)
                    .with_help("写成 date = 2024-01-22 这样，不写时刻");
            }
            _ => "",
        };
        let Some(date) = WrittenDate::read(spelled) else {
            return wrong(entry, path, "成文日期", "日期，不加引号", "date = 2024-01-22");
        };
        let span = entry.node.span.clone();
        if !date.exists() {
            let message = format!("日期不存在：没有 {} 这一天", date.spoken());
            return Diagnostic::new("TYPE", Level::Error, message, path, span)
                .with_help("核对成文日期的月和日，写成 date = 2024-01-22 这样");
        }
        let message = "成文日期的写法不对";
        let finding = Diagnostic::new("TYPE", Level::Error, message, path, span.clone())
            .with_help("日期写成 年-月-日，月和日各两位，不加引号，如下面这一行");
        match line_with(self.source, &span, &date.toml()) {
            Some(line) => finding.with_replacement(line),
            None => finding,
        }
    }

    /// Reads the waivers.
    pub(super) fn waivers(&mut self) -> Vec<Waiver> {
        let Some(entry) = self.record.entry("waivers") else { return Vec::new() };
        let Value::Array(items) = &entry.node.value else {
            self.findings.push(wrong(entry, "waivers", "豁免", "[[waivers]] 表", "[[waivers]]"));
            return Vec::new();
        };
        items.iter().enumerate().filter_map(|(index, item)| self.waiver(index, item)).collect()
    }

    fn waiver(&mut self, index: usize, node: &Node) -> Option<Waiver> {
        let table = node.as_table();
        let path = format!("waivers.{index}");
        let read = |key: &str| {
            table
                .and_then(|table| table.get(key))
                .and_then(Node::as_str)
                .map(str::trim)
                .unwrap_or("")
        };
        let (rule, reason) = (read("rule"), read("reason"));
        let unknown = table
            .into_iter()
            .flat_map(|table| &table.entries)
            .find(|entry| !["rule", "where", "reason"].contains(&entry.key.as_str()));
        if rule.is_empty() || reason.is_empty() || unknown.is_some() {
            let message = match unknown {
                Some(entry) => format!("豁免里没有“{}”这一项", entry.key),
                None => "豁免要写明 rule（规则代码）和 reason（理由）".to_owned(),
            };
            let span = unknown.map_or_else(|| node.span.clone(), |entry| entry.key_span.clone());
            let rule = if unknown.is_some() { "UNKNOWN-KEY" } else { "MISSING" };
            self.findings.push(
                Diagnostic::new(rule, Level::Error, message, path, span).with_help(
                    "[[waivers]] 下写 rule（规则代码，如 \"APPEAL-NO-REQUEST\"）、where（位置，可省）、reason（理由）三行",
                ),
            );
            return None;
        }
        let place = read("where").to_owned();
        Some(Waiver {
            rule: rule.to_owned(),
            place,
            reason: reason.to_owned(),
            span: node.span.clone(),
        })
    }
}
