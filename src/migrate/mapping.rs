//! `mapping.toml` as typed data: the steps from one format to another.
//!
//! A step is a table `[OLD-NEW]` with `from`, `to` and lists of rules: `table`, `row`, `column`, `figure`, `text`,
//! `sentence`. What no rule names and is the same by key is carried. A step that cannot be made says
//! `impossible = "why"`.

use crate::format::{Catalog, Format, Mistake, suggestion};
use crate::record::{self, KeyNames, Node, Table, Value};
use crate::source::{Source, Span};

use super::grid::Grid;

/// One step from a format to another.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Why it cannot be made.
    pub(crate) impossible: Option<String>,
    pub(crate) rules: Vec<Rule>,
    /// `FILE:LINE`, for messages.
    pub(crate) place: String,
}

/// What a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Table,
    Row,
    Column,
    Figure,
    Text,
    Sentence,
}

/// The lists of a step by their keys.
const SUBJECTS: [(&str, Subject); 6] = [
    ("table", Subject::Table),
    ("row", Subject::Row),
    ("column", Subject::Column),
    ("figure", Subject::Figure),
    ("text", Subject::Text),
    ("sentence", Subject::Sentence),
];

/// Where something of the old format goes, or where something of the new one comes from.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) subject: Subject,
    /// Names in the old format; empty when it is new.
    pub(crate) from: Vec<String>,
    /// Names in the new format; empty when it is gone.
    pub(crate) to: Vec<String>,
    /// Of a column: its table, of the old format if it was there, else of the new one.
    pub(crate) table: Option<String>,
    /// Of a column: its sub-table; all of them when not given.
    pub(crate) section: Option<String>,
    /// Of something new: what stands there until somebody knows better.
    pub(crate) value: Option<String>,
    /// Of something gone: why it is no longer counted, so that nobody is asked.
    pub(crate) ends: Option<String>,
    /// Words by which the text tells a sentence already.
    pub(crate) unless: Vec<String>,
    /// Why a person is needed.
    pub(crate) why: String,
}

/// Reads and checks all steps of a format's own `mapping.toml` and those it inherits.
pub(crate) fn steps(catalog: &Catalog, format: &Format, mistakes: &mut Vec<Mistake>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (file, text) in &format.mappings {
        let source = Source::new(file.clone(), text.clone());
        let (record, errors) = record::parse(&source, &KeyNames::default());
        mistakes.extend(errors.iter().map(|error| {
            Mistake::at(&source, &error.span.clone().unwrap_or(0..0), &error.message)
        }));
        if !errors.is_empty() {
            continue;
        }
        let mut reader = Reader { catalog, source: &source, mistakes };
        let own = record.root.entries.iter().filter_map(|entry| {
            let at = entry.node.span.start.min(entry.key_span.start);
            reader.step(&entry.key, &entry.node, at)
        });
        steps.extend(own);
    }
    steps
}

struct Reader<'a> {
    catalog: &'a Catalog,
    source: &'a Source,
    mistakes: &'a mut Vec<Mistake>,
}

impl Reader<'_> {
    fn wrong(&mut self, span: &Span, message: impl Into<String>) {
        self.mistakes.push(Mistake::at(self.source, span, message));
    }

    fn step(&mut self, name: &str, node: &Node, at: usize) -> Option<Step> {
        let Some(table) = node.as_table() else {
            self.wrong(&node.span, format!("{name} 应当是一组 [旧-新]，里面写 from、to 和 row 等"));
            return None;
        };
        let known: Vec<&str> = ["from", "to", "impossible"]
            .into_iter()
            .chain(SUBJECTS.iter().map(|(key, _)| *key))
            .collect();
        self.keys(table, &known);
        let from = self.format(table, "from", node);
        let to = self.format(table, "to", node);
        let impossible = self.line(table, "impossible");
        let (old, new) = (self.catalog.get(&from?.0).cloned(), self.catalog.get(&to?.0).cloned());
        let (Some(old), Some(new)) = (old, new) else { return None };
        if old.id() == new.id() {
            self.wrong(&node.span, "from 和 to 是同一个格式");
            return None;
        }
        let (old_grid, new_grid) = (Grid::new(&old), Grid::new(&new));
        let mut rules = Vec::new();
        for (key, subject) in SUBJECTS {
            let Some(list) = table.get(key) else { continue };
            let Value::Array(items) = &list.value else {
                self.wrong(&list.span, format!("{key} 应当是一个列表：{key} = [ {{ … }}, … ]"));
                continue;
            };
            for item in items {
                rules.extend(self.rule(subject, item, &old_grid, &new_grid));
            }
        }
        let line = self.source.position(at).line;
        let place = format!("{}:{line}", self.source.name());
        Some(Step { from: old.id().to_owned(), to: new.id().to_owned(), impossible, rules, place })
    }

    /// The name of a format, with its place. Formats that are not there are no mistake of the reports in hand, so
    /// it is said and the step passed over.
    fn format(&mut self, table: &Table, key: &str, node: &Node) -> Option<(String, Span)> {
        let Some(found) = table.get(key) else {
            self.wrong(&node.span, format!("缺少 {key}：写出{}格式的代号", side(key)));
            return None;
        };
        let Some(id) = found.as_str() else {
            self.wrong(&found.span, format!("{key} 应为加引号的格式代号"));
            return None;
        };
        if self.catalog.get(id).is_none() {
            let ids: Vec<&str> = self.catalog.formats().iter().map(|format| format.id()).collect();
            self.wrong(&found.span, format!("没有“{id}”这个格式{}", suggestion(id, ids)));
            return None;
        }
        Some((id.to_owned(), found.span.clone()))
    }

    fn keys(&mut self, table: &Table, known: &[&str]) {
        for entry in &table.entries {
            if !known.contains(&entry.key.as_str()) {
                let like = suggestion(&entry.key, known.iter().copied());
                self.wrong(&entry.key_span, format!("没有 {} 这个键{like}", entry.key));
            }
        }
    }

    fn line(&mut self, table: &Table, key: &str) -> Option<String> {
        let found = table.get(key)?;
        match &found.value {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            _ => {
                self.wrong(&found.span, format!("{key} 应为加引号的文字，说明原因"));
                None
            }
        }
    }

    /// One name or several.
    fn names(&mut self, table: &Table, key: &str) -> Vec<(String, Span)> {
        let Some(found) = table.get(key) else { return Vec::new() };
        let items = match &found.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(found),
        };
        let mut names = Vec::new();
        for item in items {
            match item.as_str() {
                Some(name) => names.push((name.to_owned(), item.span.clone())),
                None => self.wrong(&item.span, format!("{key} 应为加引号的名字，或者名字的列表")),
            }
        }
        names
    }

    fn rule(&mut self, subject: Subject, node: &Node, old: &Grid, new: &Grid) -> Option<Rule> {
        let Some(table) = node.as_table() else {
            self.wrong(&node.span, "应当写成 { from = …, to = … }");
            return None;
        };
        let known: &[&str] = match subject {
            Subject::Column => &["table", "section", "from", "to", "value", "why", "ends"],
            Subject::Sentence => &["to", "unless", "why"],
            Subject::Text | Subject::Table => &["from", "to", "why", "ends"],
            Subject::Row | Subject::Figure => &["from", "to", "value", "why", "ends"],
        };
        let before = self.mistakes.len();
        self.keys(table, known);
        let (from, to) = (self.names(table, "from"), self.names(table, "to"));
        let value = self.value(table);
        let (why, ends) = (self.line(table, "why").unwrap_or_default(), self.line(table, "ends"));
        let unless = self.names(table, "unless").into_iter().map(|(word, _)| word).collect();
        let own = |reader: &mut Self, key: &str| reader.line(table, key);
        let (home, section) = (own(self, "table"), own(self, "section"));
        if from.is_empty() && to.is_empty() {
            self.wrong(&node.span, "from（旧格式的）和 to（新格式的）至少写一个");
        }
        if value.is_some() && !from.is_empty() {
            self.wrong(&node.span, "value 只用于新增的（没有 from 的）");
        }
        if ends.is_some() && !to.is_empty() {
            self.wrong(&node.span, "ends（不再统计）和 to（并入别处）只能写一个");
        }
        if subject == Subject::Column {
            self.column(node, home.as_deref(), section.as_deref(), [&from, &to], [old, new]);
        } else {
            for (names, grid) in [(&from, old), (&to, new)] {
                for (name, span) in names {
                    self.known(subject, name, span, grid);
                }
            }
        }
        let names = |names: Vec<(String, Span)>| names.into_iter().map(|(name, _)| name).collect();
        let (from, to) = (names(from), names(to));
        (self.mistakes.len() == before).then_some(Rule {
            subject,
            from,
            to,
            table: home,
            section,
            value,
            ends,
            unless,
            why,
        })
    }

    /// A figure that stands for something new.
    fn value(&mut self, table: &Table) -> Option<String> {
        let found = table.get("value")?;
        match &found.value {
            Value::Number(number) => Some(number.clone()),
            _ => {
                self.wrong(&found.span, "value 应为一个数，例如 0");
                None
            }
        }
    }

    fn known(&mut self, subject: Subject, name: &str, span: &Span, grid: &Grid) {
        let (what, names) = match subject {
            Subject::Table => ("表或部分", grid.containers()),
            Subject::Row | Subject::Sentence => ("行", grid.row_paths()),
            Subject::Text => ("文字", grid.texts()),
            Subject::Figure => ("数", grid.figure_paths()),
            Subject::Column => ("栏", Vec::new()),
        };
        if !names.iter().any(|known| known == name) {
            let like = suggestion(name, names.iter().map(String::as_str));
            self.wrong(span, format!("{} 格式没有 {name} 这一{what}{like}", grid.id()));
        }
    }

    fn column(
        &mut self,
        node: &Node,
        table: Option<&str>,
        section: Option<&str>,
        names: [&Vec<(String, Span)>; 2],
        grids: [&Grid; 2],
    ) {
        let Some(table) = table else {
            self.wrong(&node.span, "栏要写明是哪个表的：table = \"requests\"");
            return;
        };
        let is_new = names[0].is_empty();
        let home = grids[usize::from(is_new)];
        let tables = home.table_keys();
        if !tables.iter().any(|known| known == table) {
            let like = suggestion(table, tables.iter().map(String::as_str));
            self.wrong(&node.span, format!("{} 格式没有 {table} 这个表{like}", home.id()));
            return;
        }
        if let Some(section) = section {
            let sections = home.section_keys(table);
            if !sections.iter().any(|known| known == section) {
                let like = suggestion(section, sections.iter().map(String::as_str));
                self.wrong(&node.span, format!("表 {table} 没有 {section} 这一节{like}"));
                return;
            }
        }
        let old = home.column_keys(table, section);
        for (name, span) in names[0] {
            if !old.contains(name) {
                let like = suggestion(name, old.iter().map(String::as_str));
                self.wrong(
                    span,
                    format!("{} 格式的表 {table} 没有 {name} 这一栏{like}", home.id()),
                );
            }
        }
        // The table may have another key in the new format, and a section another name: any column of the new
        // format's tables may be meant, and a wrong one shows by its name.
        let new = if is_new { old } else { grids[1].all_column_keys() };
        for (name, span) in names[1] {
            if !new.contains(name) {
                let like = suggestion(name, new.iter().map(String::as_str));
                self.wrong(span, format!("{} 格式没有 {name} 这一栏{like}", grids[1].id()));
            }
        }
    }
}

fn side(key: &str) -> &'static str {
    if key == "from" { "旧" } else { "新" }
}

/// Why there is no way from a format to another.
#[derive(Debug, Clone)]
pub(crate) enum NoRoute {
    /// No mapping leads there.
    None,
    /// A mapping says that it cannot be done: where, and why.
    Impossible(String, String),
}

/// The shortest way from a format to another. Steps of the user's own formats come before inherited ones.
pub(crate) fn route(
    catalog: &Catalog,
    from: &str,
    to: &str,
    mistakes: &mut Vec<Mistake>,
) -> Result<Vec<Step>, NoRoute> {
    let mut all: Vec<Step> = Vec::new();
    for format in catalog.formats() {
        for step in steps(catalog, format, mistakes) {
            if !all.iter().any(|known| known.from == step.from && known.to == step.to) {
                all.push(step);
            }
        }
    }
    let mut impossible = None;
    let mut routes: Vec<Vec<Step>> = vec![Vec::new()];
    let mut reached = vec![from.to_owned()];
    while !routes.is_empty() {
        let mut longer = Vec::new();
        for route in &routes {
            let end = route.last().map_or(from, |step| &step.to);
            for step in all.iter().filter(|step| step.from == end) {
                if let Some(why) = &step.impossible {
                    impossible.get_or_insert((step.place.clone(), why.clone()));
                    continue;
                }
                if reached.contains(&step.to) {
                    continue;
                }
                reached.push(step.to.clone());
                let mut next = route.clone();
                next.push(step.clone());
                if step.to == to {
                    return Ok(next);
                }
                longer.push(next);
            }
        }
        routes = longer;
    }
    Err(impossible.map_or(NoRoute::None, |(place, why)| NoRoute::Impossible(place, why)))
}
