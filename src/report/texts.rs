//! Texts: of the parts and their sections, beside the tables, under them.

use crate::diagnostic::{Diagnostic, Level};
use crate::format::{Format, Item, ItemKind, Part};
use crate::record::{Node, StringMap, Table, Value};
use crate::source::Span;

use super::expect::join;
use super::fields::{Fields, wrong};
use super::keys::{BESIDE, ORDER, SECTION};
use super::{TableNote, Text};

/// What a text may say of itself beside its words.
const TEXT_KEYS: &str = "这里只有 heading（小标题）、text（正文）和 run_in（小标题与正文同段）三项";

impl Fields<'_> {
    /// Reads all texts in the order in which they are printed.
    pub(super) fn texts(&mut self, format: &Format) -> Vec<Text> {
        let mut texts: Vec<Text> = self.text("report.preface", "前言").into_iter().collect();
        for part in &format.manifest.parts {
            let mut own = Vec::new();
            for item in &part.items {
                self.item(part, item, &mut own);
            }
            if part.sections {
                self.further(part, &mut own);
            }
            texts.append(&mut own);
        }
        for part in &format.manifest.parts {
            self.require(part, &texts);
        }
        texts
    }

    fn item(&mut self, part: &Part, item: &Item, texts: &mut Vec<Text>) {
        match item.kind {
            ItemKind::Text => texts.extend(self.text(&join(&part.key, &item.key), &item.label)),
            ItemKind::Section => {
                let text = self.text(&join(&part.key, &item.key), &item.label);
                texts.extend(text.map(|text| Text { is_section: true, ..text }));
            }
            ItemKind::Table => {
                for (key, label) in BESIDE {
                    texts.extend(self.text(&join(&item.key, key), label));
                }
            }
            ItemKind::Sentence => {}
        }
    }

    /// Reads the sections that the file adds to those of the form, and puts all into the order that it asks for.
    fn further(&mut self, part: &Part, texts: &mut Vec<Text>) {
        let path = join(&part.key, SECTION);
        if let Some(entry) = self.record.entry(&path) {
            let example = format!("[[{path}]] 表，每节一个");
            match &entry.node.value {
                Value::Array(items) => self.sections(&path, items, texts),
                _ => {
                    let header = format!("[[{path}]]");
                    self.findings.push(wrong(entry, &path, "另加的小节", &example, &header));
                }
            }
        }
        let choices = [("form", false), ("file", true)];
        let order = self.choice(&join(&part.key, ORDER), "小节的次序", &choices);
        if order == Some(true) {
            in_order_of_file(texts);
        }
    }

    /// Puts the added sections behind those of the form.
    fn sections(&mut self, path: &str, items: &[Node], texts: &mut Vec<Text>) {
        let last = texts.iter().rposition(|text| text.is_section);
        let mut at = last.map_or(texts.len(), |last| last + 1);
        for (index, item) in items.iter().enumerate() {
            if let Some(text) = self.section(&join(path, &index.to_string()), item) {
                texts.insert(at, text);
                at += 1;
            }
        }
    }

    /// Reads one added section, which has a heading of its own.
    fn section(&mut self, path: &str, node: &Node) -> Option<Text> {
        let help = "每节写 heading = \"小标题\" 和 text = \"\"\"正文\"\"\"";
        let Some(table) = node.as_table() else {
            let message = format!("另加的小节应当是一个表，这里写成了{}", node.value.kind_label());
            self.findings.push(
                Diagnostic::new("TYPE", Level::Error, message, path, node.span.clone())
                    .with_help(help),
            );
            return None;
        };
        let text = self.text_in(path, "另加的小节", &node.span, table)?;
        if text.heading.is_none() && table.get("heading").is_none_or(|node| node.as_str().is_some())
        {
            let place = join(path, "heading");
            let span = table.get("heading").map_or(&node.span, |heading| &heading.span);
            let message = format!("另加的小节没有小标题（{place}）");
            self.findings.push(
                Diagnostic::new("MISSING", Level::Error, message, place, span.clone())
                    .with_help(help),
            );
        }
        Some(Text { is_section: true, ..text })
    }

    /// Reads a text field: a string, or a table with `heading`, `text`, `run_in`.
    fn text(&mut self, path: &str, label: &str) -> Option<Text> {
        let entry = self.record.entry(path)?;
        let text = match &entry.node.value {
            Value::String(value) => self.plain(path, &entry.node, value),
            Value::Table(table) => self.text_in(path, label, &entry.key_span, table)?,
            _ => {
                let example =
                    "…\"\"\"文字\"\"\"，或 { heading = \"小标题\", text = \"\"\"文字\"\"\" }";
                self.findings.push(wrong(entry, path, label, "文字", example));
                return None;
            }
        };
        Some(Text { place: entry.key_span.clone(), ..text })
    }

    fn plain(&self, path: &str, node: &Node, value: &str) -> Text {
        Text {
            path: path.to_owned(),
            heading: None,
            run_in: false,
            is_section: false,
            place: node.span.clone(),
            value: value.to_owned(),
            span: node.span.clone(),
            map: StringMap::new(self.source.text(), &node.span),
        }
    }

    /// Reads a text with what it says of itself; `place` is where the whole begins.
    fn text_in(&mut self, path: &str, label: &str, place: &Span, table: &Table) -> Option<Text> {
        for inner in &table.entries {
            if !["heading", "text", "run_in"].contains(&inner.key.as_str()) {
                let message = format!("“{label}”下没有“{}”这一项", inner.key);
                let place = join(path, &inner.key);
                let span = inner.key_span.clone();
                self.findings.push(
                    Diagnostic::new("UNKNOWN-KEY", Level::Error, message, place, span)
                        .with_help(TEXT_KEYS),
                );
            }
        }
        let heading = table
            .entry("heading")
            .and_then(|entry| self.line_of(entry, &join(path, "heading"), "小标题", false));
        let run_in = match table.entry("run_in") {
            None => false,
            Some(entry) => match entry.node.value {
                Value::Boolean(run_in) => run_in,
                _ => {
                    let place = join(path, "run_in");
                    let label = "run_in（小标题与正文同段）";
                    self.findings.push(wrong(
                        entry,
                        &place,
                        label,
                        " true 或 false",
                        "run_in = true",
                    ));
                    false
                }
            },
        };
        let Some(entry) = table.entry("text") else {
            let lacking = join(path, "text");
            let message = format!("缺少{label}（{lacking}）");
            self.findings.push(
                Diagnostic::new("MISSING", Level::Error, message, lacking, place.clone())
                    .with_help("在这里加上一行")
                    .with_suggestion("text = \"\"\"…\"\"\""),
            );
            return None;
        };
        let Some(value) = entry.node.as_str() else {
            self.findings.push(wrong(entry, path, label, "文字", "text = \"\"\"文字\"\"\""));
            return None;
        };
        let place = place.clone();
        Some(Text { heading, run_in, place, ..self.plain(path, &entry.node, value) })
    }

    /// Reports a part that has none of the groups of items that it requires.
    fn require(&mut self, part: &Part, texts: &[Text]) {
        let has = |key: &String| {
            let path = join(&part.key, key);
            self.record.entry(&path).is_some()
                && texts.iter().find(|text| text.path == path).is_none_or(|text| !text.is_blank())
        };
        if part.require.is_empty() || part.require.iter().any(|group| group.iter().all(has)) {
            return;
        }
        let best = part.require.iter().max_by_key(|group| {
            let present = group.iter().filter(|key| has(key)).count();
            (present, usize::MAX - part.require.iter().position(|g| g == *group).unwrap_or(0))
        });
        let lacking: Vec<String> =
            best.into_iter().flatten().filter(|key| !has(key)).cloned().collect();
        for key in lacking {
            let path = join(&part.key, &key);
            let item = part.items.iter().find(|item| item.key == key);
            let label = item.map_or(key.as_str(), |item| &item.label);
            let message = format!("“{}”没有内容：缺少{label}（{path}）", part.heading);
            let entry = self.record.entry(&path);
            let span = entry
                .map_or_else(|| self.record.nearest_span(&path), |e| Some(e.node.span.clone()));
            let mut finding = Diagnostic::new("MISSING", Level::Error, message, path, span)
                .with_help(format!("在 [{}] 下写上这一段文字", part.key));
            if entry.is_none() {
                let header = if self.record.get(&part.key).is_none() {
                    format!("[{}]\n", part.key)
                } else {
                    String::new()
                };
                finding = finding.with_suggestion(format!("{header}{key} = \"\"\"\n\n\"\"\""));
            }
            self.findings.push(finding);
        }
    }

    /// Reads the notes under tables: one, or a list.
    pub(super) fn table_notes(&mut self, format: &Format) -> Vec<TableNote> {
        let mut notes = Vec::new();
        for table in &format.tables {
            let path = join(&table.key, "note");
            let Some(entry) = self.record.entry(&path) else { continue };
            let mut add = |path: String, node: &Node, value: &str| {
                let note =
                    TableNote { table: table.key.clone(), text: self.plain(&path, node, value) };
                notes.extend((!note.text.is_blank()).then_some(note));
            };
            match &entry.node.value {
                Value::String(value) => add(path, &entry.node, value),
                Value::Array(items) if items.iter().all(|item| item.as_str().is_some()) => {
                    for (index, item) in items.iter().enumerate() {
                        add(
                            join(&path, &index.to_string()),
                            item,
                            item.as_str().unwrap_or_default(),
                        );
                    }
                }
                _ => {
                    let example = "note = \"…\"，或 note = [\"注：…\", \"注：…\"]";
                    self.findings.push(wrong(entry, &path, "表注", "加引号的文字", example));
                }
            }
        }
        notes
    }
}

/// Sorts the sections among the texts of a part by where they stand; the other texts keep their places.
fn in_order_of_file(texts: &mut [Text]) {
    let at: Vec<usize> = (0..texts.len()).filter(|&at| texts[at].is_section).collect();
    let mut sections: Vec<Text> = at.iter().map(|&at| texts[at].clone()).collect();
    sections.sort_by_key(|text| text.place.start);
    for (at, section) in at.into_iter().zip(sections) {
        texts[at] = section;
    }
}
