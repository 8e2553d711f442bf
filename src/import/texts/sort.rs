//! The walk through a document that puts each paragraph into its field.

use regex::Regex;

use crate::format::{Format, ItemKind};
use crate::import::draft::{Paragraph, Place};

use super::chars::unified;
use super::heading::{Headings, Kind};
use super::join::{divided, spelt};
use super::{Field, Line, Texts, ending, opening};

/// Longest line that may be a third-level heading.
const LONGEST_HEADING: usize = 40;
/// Headings of parts that follow each other without text are a list of contents from this number on.
const CONTENTS: usize = 4;

/// Something in the running text.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// A paragraph.
    Paragraph(Paragraph),
    /// Where a table of the form stands: its key.
    Table(String),
    /// Lines that are ready: a picture, a table of the report's own.
    Ready(Vec<String>, Place),
}

/// Sorts a document. `of_page` says that it is a web page, whose site adds lines of its own.
pub(crate) fn sort(items: Vec<Item>, format: &Format, of_page: bool) -> Texts {
    let headings = Headings::of(format);
    let mut items: Vec<Item> = items.into_iter().flat_map(pieces).collect();
    drop_contents(&mut items, &headings);
    let first = items.iter().position(|item| match item {
        Item::Paragraph(p) => headings.part(&p.text(), None, p.level).is_some(),
        _ => false,
    });
    // Without headings of parts a table ends the opening: a sheet has nothing else.
    let first = first
        .or_else(|| items.iter().position(|item| matches!(item, Item::Table(_))))
        .unwrap_or(items.len());
    let rest = items.split_off(first);
    let mut texts = Texts::default();
    let mut opening = Vec::new();
    let mut ready = Vec::new();
    for item in items {
        match item {
            Item::Paragraph(paragraph) => opening.push(paragraph),
            // Boxes of a site stand beside its title.
            Item::Ready(..) if of_page => {}
            Item::Ready(lines, place) => ready.push((lines, place)),
            Item::Table(_) => {}
        }
    }
    let preface = opening::read(opening, of_page, &mut texts);
    let mut sorter =
        Sorter { format, headings: &headings, texts, of_page, ..Sorter::new(format, &headings) };
    sorter.preface(preface, ready);
    for item in rest {
        sorter.item(item);
        if sorter.is_over {
            break;
        }
    }
    let mut texts = sorter.texts;
    ending::read(&mut texts);
    texts.fields.retain(|field| {
        !field.lines.is_empty() || field.heading.is_some() || !field.path.starts_with("report")
    });
    texts
}

fn pieces(item: Item) -> Vec<Item> {
    match item {
        Item::Paragraph(paragraph) => {
            divided(&paragraph).into_iter().map(Item::Paragraph).collect()
        }
        other => vec![other],
    }
}

/// Takes out a list of contents: headings of parts one behind the other.
fn drop_contents(items: &mut Vec<Item>, headings: &Headings) {
    let part_of = |item: &Item| match item {
        Item::Paragraph(p) => match headings.part(&p.text(), None, p.level) {
            Some(Kind::Part(at, _)) => Some(at),
            _ => None,
        },
        _ => None,
    };
    let Some(first) = items.iter().position(|item| part_of(item).is_some()) else { return };
    let run = items[first..].iter().take_while(|item| part_of(item).is_some()).count();
    if run >= CONTENTS {
        items.drain(first..first + run);
    }
}

struct Sorter<'a> {
    format: &'a Format,
    headings: &'a Headings<'a>,
    texts: Texts,
    of_page: bool,
    part: Option<usize>,
    /// Number of the field that takes what comes.
    field: Option<usize>,
    /// Tables of the part that have come.
    tables: Vec<String>,
    is_over: bool,
}

impl<'a> Sorter<'a> {
    fn new(format: &'a Format, headings: &'a Headings<'a>) -> Self {
        Self {
            format,
            headings,
            texts: Texts::default(),
            of_page: false,
            part: None,
            field: None,
            tables: Vec::new(),
            is_over: false,
        }
    }

    fn preface(&mut self, paragraphs: Vec<Paragraph>, ready: Vec<(Vec<String>, Place)>) {
        for paragraph in paragraphs {
            if let Some(date) = ending::date(&paragraph.text()) {
                self.texts.date = Some(date);
                self.texts.places.insert("report.date".to_owned(), paragraph.place);
                continue;
            }
            let line = self.line(&paragraph);
            self.push("report.preface", line);
        }
        for (lines, place) in ready {
            for text in lines {
                self.push("report.preface", Line { text, place: place.clone() });
            }
        }
        self.field = None;
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Paragraph(paragraph) => self.paragraph(paragraph),
            Item::Table(key) => self.table(key),
            Item::Ready(lines, place) => {
                for text in lines {
                    self.text(Line { text, place: place.clone() });
                }
            }
        }
    }

    /// A table of the form also tells the part, where its heading is missing.
    fn table(&mut self, key: String) {
        let parts = &self.format.manifest.parts;
        let of = parts.iter().position(|part| {
            part.items.iter().any(|item| item.kind == ItemKind::Table && item.key == key)
        });
        if of.is_some() && of != self.part {
            let forward = self.part.is_none_or(|part| of.is_some_and(|of| of > part));
            if forward {
                self.part = of;
                self.tables.clear();
            }
        }
        self.field = None;
        self.tables.push(key);
    }

    fn paragraph(&mut self, paragraph: Paragraph) {
        let text = paragraph.text();
        let last = self.part.is_some_and(|part| part + 1 == self.format.manifest.parts.len());
        if self.of_page && last && ending::begins_site(&text) {
            self.is_over = true;
            return;
        }
        if self.of_page && opening::is_of_site(&text) && text.chars().count() < 60 {
            return;
        }
        if let Some(Kind::Part(part, tail)) = self.headings.part(&text, self.part, paragraph.level)
        {
            self.part = Some(part);
            self.field = None;
            self.tables.clear();
            self.texts.parts.push(self.format.manifest.parts[part].key.clone());
            if !tail.is_empty() {
                self.paragraph(Paragraph::plain(tail, paragraph.place));
            }
            return;
        }
        let Some(part) = self.part else {
            let line = self.line(&paragraph);
            self.texts.left.push(line);
            return;
        };
        match self.headings.section(&text, part, paragraph.level) {
            Some(Kind::Section(item, heading, tail)) => {
                self.section(part, item, heading, tail, &paragraph);
            }
            _ => {
                let line = self.line(&paragraph);
                self.text(line);
            }
        }
    }

    fn section(
        &mut self,
        part: usize,
        item: Option<String>,
        heading: String,
        tail: Option<String>,
        paragraph: &Paragraph,
    ) {
        let part = &self.format.manifest.parts[part];
        let has_sections = part.items.iter().any(|item| item.kind == ItemKind::Section);
        let path = item.as_ref().map(|key| format!("{}.{key}", part.key));
        let is_taken = path
            .as_ref()
            .is_some_and(|path| self.texts.fields.iter().any(|field| field.path == *path));
        let path = match path {
            Some(path) if !is_taken => path,
            _ if part.sections && has_sections => format!("{}.section", part.key),
            _ => {
                self.further(part.key.clone(), tail.is_none(), paragraph);
                return;
            }
        };
        let own = item.and_then(|key| part.items.iter().find(|item| item.key == key));
        let differs = own.is_none_or(|item| unified(&item.heading) != unified(&heading))
            || path.ends_with(".section");
        self.texts.fields.push(Field {
            path,
            heading: differs.then(|| one_line(&heading)),
            run_in: tail.is_some(),
            place: paragraph.place.clone(),
            lines: Vec::new(),
        });
        self.field = Some(self.texts.fields.len() - 1);
        if tail.is_some() {
            let line = self.line(&behind(paragraph, &heading));
            self.text(line);
        }
    }

    /// A numbered heading that no field of the form stands for: it stays in the text, as a heading of its own.
    fn further(&mut self, part: String, stands_alone: bool, paragraph: &Paragraph) {
        let mut line = self.line(paragraph);
        if stands_alone && !line.text.starts_with("### ") {
            line.text = format!("### {}", line.text.replace("**", ""));
        }
        if self.field.is_some_and(|at| !self.texts.fields[at].path.starts_with(&part)) {
            self.field = None;
        }
        self.text(line);
    }

    /// A line as its field spells it.
    fn line(&self, paragraph: &Paragraph) -> Line {
        let text = spelt(paragraph);
        let plain = paragraph.text();
        let is_short = plain.trim().chars().count() <= LONGEST_HEADING;
        let is_heading = paragraph.level.is_some() && is_short && !plain.trim().ends_with('。');
        let text = if is_heading { format!("### {}", text.replace("**", "")) } else { text };
        Line { text, place: paragraph.place.clone() }
    }

    /// Puts a line where the walk is.
    fn text(&mut self, line: Line) {
        let Some(part) = self.part else {
            self.texts.left.push(line);
            return;
        };
        if let Some(at) = self.field {
            self.texts.fields[at].lines.push(line);
            return;
        }
        if self.sentence(part, &line) {
            return;
        }
        let part = &self.format.manifest.parts[part];
        if let Some(table) = part.items.iter().find(|item| item.kind == ItemKind::Table) {
            let is_note = ["注", "备注", "说明"].iter().any(|word| {
                let text = unified(&line.text);
                text.strip_prefix(word).is_some_and(|rest| rest.starts_with([':', '1', '.', '(']))
            });
            if is_note && self.tables.contains(&table.key) {
                self.texts.notes.entry(table.key.clone()).or_default().push(line);
                return;
            }
            let beside = if self.tables.contains(&table.key) { "after" } else { "before" };
            let path = format!("{}.{beside}", table.key);
            self.push(&path, line);
            self.field = None;
            return;
        }
        match part.items.iter().find(|item| item.kind == ItemKind::Text) {
            Some(item) => {
                let path = format!("{}.{}", part.key, item.key);
                self.push(&path, line);
                self.field = None;
            }
            None => self.texts.left.push(line),
        }
    }

    fn push(&mut self, path: &str, line: Line) {
        let at =
            self.texts.fields.iter().position(|field| field.path == path).unwrap_or_else(|| {
                let place = line.place.clone();
                self.texts.fields.push(Field { path: path.to_owned(), place, ..Field::default() });
                self.texts.fields.len() - 1
            });
        self.texts.fields[at].lines.push(line);
        self.field = Some(at);
    }

    /// A sentence that the format prints from figures gives them back.
    fn sentence(&mut self, part: usize, line: &Line) -> bool {
        let part = &self.format.manifest.parts[part];
        for item in part.items.iter().filter(|item| item.kind == ItemKind::Sentence) {
            let Some(pattern) = pattern(&item.sentence) else { continue };
            let text = unified(&line.text);
            let Some(found) = pattern.captures(&text) else { continue };
            for figure in &item.figures {
                let value = found.name(&figure.key).map_or("", |m| m.as_str());
                let path = format!("{}.{}.{}", part.key, item.key, figure.key);
                let line = Line { text: value.to_owned(), place: line.place.clone() };
                self.texts.sentences.insert(path, line);
            }
            return true;
        }
        false
    }
}

/// The pattern of a sentence whose figures stand between `{{ }}`.
fn pattern(sentence: &str) -> Option<Regex> {
    let mut out = String::from("^");
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}")?;
        out.push_str(&regex::escape(&unified(before)));
        out.push_str(&format!(r"(?P<{}>-?[\d,]+(?:\.\d+)?)", name.trim()));
        rest = behind;
    }
    out.push_str(&regex::escape(&unified(rest)));
    out.push('$');
    Regex::new(&out).ok()
}

/// A paragraph without the heading at its beginning.
fn behind(paragraph: &Paragraph, heading: &str) -> Paragraph {
    let text = paragraph.text();
    let from = text.find(heading).map_or(0, |at| at + heading.len());
    let rest = &text[from..];
    let skipped = rest.len() - rest.trim_start_matches(['。', '：', ':', ' ', '\u{3000}']).len();
    let mut skip = from + skipped;
    let mut out = Paragraph { place: paragraph.place.clone(), ..Paragraph::default() };
    for run in &paragraph.runs {
        if skip >= run.text.len() {
            skip -= run.text.len();
        } else {
            out.push(&run.text[skip..], run.bold);
            skip = 0;
        }
    }
    out
}

fn one_line(text: &str) -> String {
    super::chars::unified_kept(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
