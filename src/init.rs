//! A new data file: complete, commented, ready to be filled in.
//!
//! In: a format, a year, what is known of the agency, and last year's report. Out: TOML text in which every field of
//! the form stands with its official label. Figures are 0 until somebody writes them; texts are empty, which the
//! checker reports until they are written.

use crate::format::{Column, Format, Item, ItemKind, Part, Row, Section, Table};
use crate::migrate::Bridge;
use crate::number::print;
use crate::report::{Kind, Report, Scope};
use crate::schema;

/// What a new file is to hold.
pub struct Request<'a> {
    /// The format.
    pub format: &'a Format,
    /// The report year.
    pub year: i32,
    /// 机关全称; last year's when not given.
    pub agency: Option<&'a str>,
    /// Last year's report and the name of its file.
    pub previous: Option<(&'a Report, &'a str)>,
    /// The way from last year's format, where it is another.
    pub bridge: Option<&'a Bridge>,
}

/// Writes the file.
pub fn render(request: &Request) -> String {
    let mut writer = Writer { request, out: String::new() };
    writer.opening();
    writer.report();
    for part in &request.format.manifest.parts {
        writer.part(part);
    }
    writer.closing();
    writer.out
}

/// Guesses whose report it is from the end of the agency's name.
fn kind(agency: &str) -> Kind {
    if agency.ends_with("人民政府") { Kind::Government } else { Kind::Department }
}

struct Writer<'a> {
    request: &'a Request<'a>,
    out: String,
}

impl Writer<'_> {
    fn line(&mut self, text: impl AsRef<str>) {
        self.out.push_str(text.as_ref());
        self.out.push('\n');
    }

    fn opening(&mut self) {
        let format = self.request.format;
        let year = self.request.year;
        self.line(format!("#:schema ./{}", schema::file_name(format)));
        self.line(format!(
            "# {year} 年政府信息公开工作年度报告的数据，按{}（{}）",
            format.manifest.name,
            format.notice()
        ));
        self.line("#");
        self.line("# 怎么填");
        self.line("# · 等号左边的英文键名不能改；# 后面是说明，可以删。");
        self.line("# · 数量写在等号右边，没有发生的写 0，不能空着。金额照实写，小数位数原样保留。");
        self.line("# · 文字写在两个 \"\"\" 之间，一行就是一段，可以直接从 Word、WPS 粘贴。");
        self.line("# · 要在格内加说明，写成 { value = 22, note = \"其中修订16件\" }。");
        self.line("# · 填好后运行 nianbao check 核对，没有错误再运行 nianbao build 生成 PDF。");
        if let Some((_, name)) = self.request.previous {
            self.line(format!("# · 机关信息、上年结转等已按上年的文件填好：{}", one_line(name)));
        }
    }

    fn report(&mut self) {
        let previous = self.request.previous.map(|(report, _)| report);
        let known = previous.into_iter().flat_map(|report| &report.agency.names);
        let known: Vec<&str> = known.map(|name| name.value.as_str()).collect();
        let agencies = self.request.agency.map_or(known, |agency| vec![agency]);
        let first = agencies.first().copied().unwrap_or("");
        let kind = previous.map_or_else(|| kind(first), |report| report.kind);
        let scope = previous.map_or(Scope::Own, |report| report.scope);
        let (kind, scope) = (kind_name(kind), scope_name(scope));
        let year = self.request.year;
        self.line("\n[report]");
        self.line(format!("agency = {}  # 机关全称，必填", written(&agencies)));
        self.line("# 几个机关联合报告的，写成 agency = [\"某区人民政府\", \"某开发区管委会\"]");
        self.line(format!("year   = {year}  # 报告年度"));
        self.line(format!("kind   = \"{kind}\"  # department 部门；government 一级政府（还要报告工作考核、社会评议、责任追究）"));
        self.line(format!(
            "scope  = \"{scope}\"  # 统计范围：own 本级；jurisdiction 全域（含下级）"
        ));
        self.line(format!(
            "# date = {}-01-20  # 成文日期；去掉行首的 # 并改好，就印在文末",
            year + 1
        ));
        self.line(format!("# title = \"……{year}年政府信息公开工作年度报告\"  # 标题；一般不写，由机关全称和年度合成"));
        self.line("# 前言：第一部分之前的文字，可以没有");
        self.line("# preface = \"\"\"");
        self.line("# 根据……");
        self.line("# \"\"\"");
    }

    fn part(&mut self, part: &Part) {
        self.line(format!("\n# ======== {} ========", part.heading));
        let texts: Vec<&Item> =
            part.items.iter().filter(|item| item.kind != ItemKind::Table).collect();
        let tables = part.items.iter().filter(|item| item.kind == ItemKind::Table);
        let tables: Vec<&Table> =
            tables.filter_map(|item| self.request.format.table(&item.key)).collect();
        // Texts beside a table of the same key share its TOML table and must come before its sub-tables.
        let shared = tables.iter().any(|table| table.key == part.key);
        if !texts.is_empty() && !shared {
            self.line(format!("[{}]", part.key));
            self.order(part);
            texts.iter().for_each(|item| self.item(item));
            self.sections(part);
        }
        for table in tables {
            self.line(format!("[{}]", table.key));
            if table.key == part.key {
                texts.iter().for_each(|item| self.item(item));
            }
            self.table(table);
        }
    }

    fn order(&mut self, part: &Part) {
        if part.sections {
            self.line("# 各小节按下列次序印出；要按在文件里的先后印，去掉下一行行首的 #");
            self.line("# order = \"file\"");
        }
    }

    /// Sections of the file's own, at the end: what follows a header belongs to it.
    fn sections(&mut self, part: &Part) {
        if !part.sections {
            return;
        }
        self.line("# 另外的小节（可以没有，可以有几个）：印在上面各节之后，或者代替没有写的小节");
        self.line(format!("# [[{}.section]]", part.key));
        self.line("# heading = \"组织领导\"  # 小标题，不写编号");
        self.line("# text = \"\"\"");
        self.line("# \"\"\"");
        self.line("# run_in = true  # 小标题与正文同段；各小节都可以这样写");
    }

    fn item(&mut self, item: &Item) {
        let mark = if item.optional { "# " } else { "" };
        match item.kind {
            ItemKind::Sentence => {
                let labels: Vec<String> = item
                    .figures
                    .iter()
                    .map(|figure| {
                        format!("{}（{}）", figure.label, figure.unit.as_deref().unwrap_or("件"))
                    })
                    .collect();
                let figures: Vec<String> =
                    item.figures.iter().map(|f| format!("{} = 0", f.key)).collect();
                self.line(format!("# {}：{}", item.label, labels.join("、")));
                self.line(format!("{mark}{} = {{ {} }}", item.key, figures.join(", ")));
            }
            _ => {
                let optional = if item.optional { "（可以没有）" } else { "" };
                self.line(format!("# {}{optional}", item.label));
                self.line(format!("{mark}{} = \"\"\"", item.key));
                self.line(format!("{mark}\"\"\""));
            }
        }
    }

    fn table(&mut self, table: &Table) {
        let groups = table.row_groups();
        for (prefix, rows) in groups {
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
        self.line(format!("# 表注（印在表下）写在 [{}] 一行的下面：note = \"注：……\"", table.key));
        self.line("# 几条表注写成 note = [\"注：……\", \"注：……\"]；表前、表后的文字写成 before = \"\"\"……\"\"\"、after = \"\"\"……\"\"\"");
    }

    fn section(&mut self, section: &Section) {
        if let Some(head) = &section.head {
            self.line(format!("# {head}"));
        }
        if section.is_scalar() {
            self.line(format!("# {}", section.columns[0].label));
            return;
        }
        let total = section.total_column().map_or("", |_| "；总计不用写，由程序算出");
        self.line(format!("# 各格依次是：{}{total}", labels(section)));
    }

    fn row(&mut self, table: &Table, section: &Section, row: &Row, widest: usize) {
        let key = last(&row.key);
        if row.sum_of.is_some() {
            self.line(format!("# {key:widest$}   {}：不用写，由程序算出", row.label));
            return;
        }
        let values: Vec<(String, bool)> = section
            .columns
            .iter()
            .filter(|column| !column.total)
            .map(|column| {
                self.carried(table, section, row, column)
                    .map_or(("0".to_owned(), false), |v| (v, true))
            })
            .collect();
        let known = values.iter().any(|(_, carried)| *carried);
        let values: Vec<String> = values.into_iter().map(|(value, _)| value).collect();
        let value =
            if section.is_scalar() { values.concat() } else { format!("[{}]", values.join(", ")) };
        if let Some((lost, why)) = self.lost(&format!("{}.{}", table.key, row.key)) {
            let lost: Vec<String> =
                lost.iter().map(|(label, value)| format!("“{label}”{value}")).collect();
            self.line(format!(
                "# TODO {key} = {value}  # {}：上年的{}没有位置（{}）；定了去处、改好数，再删去行首的“# TODO ”",
                row.label,
                lost.join("、"),
                one_line(&why)
            ));
            return;
        }
        let note = if known { "（按上年的文件填，请核对）" } else { "" };
        self.line(format!("{key:widest$} = {value}  # {}{note}", row.label));
    }

    /// The figure that last year's report already determines.
    fn carried(
        &self,
        table: &Table,
        section: &Section,
        row: &Row,
        column: &Column,
    ) -> Option<String> {
        let (report, _) = self.request.previous?;
        let path = table.path(section, row, column);
        let own = format!("{}.{}", table.key, row.key);
        let carry = self
            .request
            .format
            .manifest
            .carries
            .iter()
            .find(|carry| carry.to == path || carry.to == own)?;
        let from = match carry.to == path {
            true => carry.from.clone(),
            false => format!("{}.{}", carry.from, column.key),
        };
        let value = match self.request.bridge {
            Some(bridge) => bridge.figure(report, &from)?,
            None => report.value(&from)?,
        };
        Some(print(value))
    }

    /// Last year's figures that belong into a row and have no place in it, with the reason.
    fn lost(&self, path: &str) -> Option<(Vec<(String, String)>, String)> {
        let (report, ..) = self.request.previous?;
        let carries = &self.request.format.manifest.carries;
        let carry = carries.iter().find(|carry| carry.to == path)?;
        let brought = self.request.bridge?.row(report, &carry.from)?;
        (!brought.lost.is_empty()).then_some((brought.lost, brought.why))
    }

    fn closing(&mut self) {
        self.line("\n# ======== 图表（可以没有） ========");
        self.line("# 在文字里单独一行写 ![主动公开信息数量](chart:by_channel)，图就放在那里。");
        self.line("# [charts.by_channel]");
        self.line("# kind = \"column\"  # column 柱形、bar 条形、pie 饼形、line 折线");
        self.line("# unit = \"条\"");
        self.line("# data = [[\"门户网站\", 544], [\"政务新媒体\", 729]]");
        self.line("\n# ======== 豁免（可以没有） ========");
        self.line("# 核对后确认无误的检查结果可以豁免：照样列出，不再计数，不印在报告里。");
        self.line("# [[waivers]]");
        self.line("# rule = \"APPEAL-NO-REQUEST\"  # 检查结果的代码");
        self.line("# where = \"appeals.reconsideration\"  # 检查结果的位置");
        self.line("# reason = \"复议针对上一年度的申请\"  # 理由");
    }
}

fn labels(section: &Section) -> String {
    let plain = section.columns.iter().filter(|column| !column.total);
    plain.map(|column| column.label.as_str()).collect::<Vec<_>>().join("、")
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Department => "department",
        Kind::Government => "government",
    }
}

fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Own => "own",
        Scope::Jurisdiction => "jurisdiction",
    }
}

/// The names of the agency as the file writes them: a string, of a joint report a list.
fn written(names: &[&str]) -> String {
    match names {
        [] => quoted(""),
        [one] => quoted(one),
        names => {
            format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A TOML string on one line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", one_line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

fn one_line(text: &str) -> String {
    text.split(|char: char| char.is_control()).collect::<Vec<_>>().join(" ")
}
