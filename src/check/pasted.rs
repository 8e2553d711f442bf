//! The rules about pasted text: every text of the data file goes in, findings with places and edits of the file come out.

use std::cell::OnceCell;

use crate::diagnostic::{Diagnostic, Edit, Level};
use crate::format::{Format, ItemKind};
use crate::pasted::{Change, Chart, Datum, Page, Passage, Place, Section, Shape, Slip};
use crate::record::{Entry, Node, Record, StringMap, Table, Value};
use crate::report::Report;
use crate::source::{Source, Span};

use super::{DataFile, Subject};

/// Tables of the data file whose texts are not printed.
const NOT_PRINTED: [&str; 2] = ["format", "waivers"];

/// Runs the rules.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(file) = subject.file else { return };
    let texts = texts(subject.format(), file.record);
    let page = page(subject, &texts);
    let maps = texts.iter().map(|_| OnceCell::new()).collect();
    let found = Found { subject, file, texts: &texts, page: &page, maps };
    for slip in subject.format().pasted().check(&page) {
        let finding = found.finding(&slip);
        if found.mends_glyphs(&finding, findings) {
            // A character that cannot be printed is an error already; what is known here is how to mend it.
        } else if found.is_beside_text(&slip) {
            // Part five as one text: that its two sections are empty is no lack of content.
            findings.retain(|other| other.rule != EMPTY || other.path != finding.path);
            findings.push(finding);
        } else if slip.name != ONLY_WITHOUT_GLYPH && !is_known(&finding, findings) {
            findings.push(finding);
        }
    }
}

/// The rule about parts without content.
const EMPTY: &str = "TEXT-EMPTY";

/// The name of slips that matter only where no face has the character.
const ONLY_WITHOUT_GLYPH: &str = "space";

/// Whether another rule has told the same: an empty section is reported as missing or empty.
fn is_known(finding: &Diagnostic, findings: &[Diagnostic]) -> bool {
    finding.rule == "SECTION"
        && findings.iter().any(|other| {
            matches!(other.rule.as_str(), "MISSING" | EMPTY) && other.path == finding.path
        })
}

/// A string of the data file.
struct Text<'a> {
    path: String,
    shape: Shape,
    value: &'a str,
    span: Span,
}

/// All strings that are printed, in the order of the file.
fn texts<'a>(format: &Format, record: &'a Record) -> Vec<Text<'a>> {
    let mut texts = Vec::new();
    for entry in &record.root.entries {
        if !NOT_PRINTED.contains(&entry.key.as_str()) {
            collect(format, entry, &entry.key, &mut texts);
        }
    }
    texts.sort_by_key(|text: &Text<'_>| text.span.start);
    texts
}

fn collect<'a>(format: &Format, entry: &'a Entry, path: &str, texts: &mut Vec<Text<'a>>) {
    strings(format, &entry.node, path, texts);
}

fn strings<'a>(format: &Format, node: &'a Node, path: &str, texts: &mut Vec<Text<'a>>) {
    match &node.value {
        Value::String(value) => {
            if let Some((path, shape)) = place_of(format, path) {
                texts.push(Text { path, shape, value, span: node.span.clone() });
            }
        }
        Value::Table(Table { entries }) => {
            for entry in entries {
                collect(format, entry, &format!("{path}.{}", entry.key), texts);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                strings(format, item, &format!("{path}.{index}"), texts);
            }
        }
        _ => {}
    }
}

/// What a string at a path of the file is to the report, and the path that its findings name.
fn place_of(format: &Format, path: &str) -> Option<(String, Shape)> {
    let keys: Vec<&str> = path.split('.').collect();
    let last = *keys.iter().rev().find(|key| key.parse::<usize>().is_err())?;
    let whole = |shape| Some((path.to_owned(), shape));
    match (keys.as_slice(), last) {
        (["report", "preface"], _) => whole(Shape::Body),
        (["report", "title"], _) => whole(Shape::Title),
        (["report", "agency", ..], _) => Some(("report.agency".to_owned(), Shape::Agency)),
        (["report", ..], _) => None,
        (["charts", _, "unit"] | ["charts", _, "data", _, "0"], _) => {
            Some((keys[..2].join("."), Shape::Label))
        }
        (["charts", ..], _) => None,
        (_, "heading") => whole(Shape::Heading),
        (_, "note") => {
            let end = keys.iter().rposition(|key| *key == "note")? + 1;
            Some((keys[..end].join("."), Shape::Note))
        }
        (_, "before" | "after") => whole(Shape::Body),
        ([.., "text"], _) if keys.len() > 2 => {
            Some((keys[..keys.len() - 1].join("."), Shape::Body))
        }
        ([part, item], _) if is_text(format, part, item) => whole(Shape::Body),
        _ => None,
    }
}

fn is_text(format: &Format, part: &str, item: &str) -> bool {
    let parts = format.manifest.parts.iter().filter(|known| known.key == part);
    parts
        .flat_map(|part| &part.items)
        .any(|known| known.key == item && matches!(known.kind, ItemKind::Text | ItemKind::Section))
}

fn page<'a>(subject: &'a Subject<'_>, texts: &'a [Text<'a>]) -> Page<'a> {
    let report = subject.report;
    let passages = texts.iter().map(|text| Passage::new(&text.path, text.shape, text.value));
    Page {
        passages: passages.collect(),
        charts: report.charts.iter().map(chart).collect(),
        sections: sections(subject.format(), report, texts),
        sentences: sentences(subject),
    }
}

fn chart(chart: &crate::report::Chart) -> Chart<'_> {
    let data = chart.data.iter();
    let data = data.map(|(label, number)| Datum { label: &label.value, value: number.value });
    Chart { name: &chart.name, unit: &chart.unit, data: data.collect() }
}

/// The sections of the form, then those that the file adds.
fn sections<'a>(format: &'a Format, report: &'a Report, texts: &'a [Text<'a>]) -> Vec<Section<'a>> {
    let text_at =
        |path: &str| texts.iter().find(|text| text.shape == Shape::Body && text.path == path);
    let mut sections = Vec::new();
    for part in &format.manifest.parts {
        for item in &part.items {
            if !matches!(item.kind, ItemKind::Text | ItemKind::Section) {
                continue;
            }
            let path = format!("{}.{}", part.key, item.key);
            let text = report.text(&path);
            let own = text.and_then(|text| text.heading.as_ref());
            sections.push(Section {
                part: &part.key,
                part_heading: &part.heading,
                heading: if item.kind == ItemKind::Section { &item.heading } else { "" },
                own_heading: own.map(|heading| heading.value.as_str()),
                is_given: text.is_some(),
                is_blank: text_at(&path).is_none_or(|text| text.value.trim().is_empty()),
                path,
            });
        }
    }
    let added = texts.iter().filter(|text| text.shape == Shape::Heading);
    let added: Vec<Section<'a>> = added
        .filter_map(|text| {
            let path = text.path.strip_suffix(".heading")?;
            let known = sections.iter().any(|section| section.path == path);
            let part =
                format.manifest.parts.iter().find(|part| path.starts_with(part.key.as_str()))?;
            (!known).then(|| Section {
                path: path.to_owned(),
                part: &part.key,
                part_heading: &part.heading,
                heading: "",
                own_heading: Some(text.value),
                is_given: true,
                is_blank: text_at(path).is_none_or(|text| text.value.trim().is_empty()),
            })
        })
        .collect();
    sections.extend(added);
    sections
}

/// Paths of the sentences that are printed.
fn sentences(subject: &Subject<'_>) -> Vec<String> {
    let mut paths = Vec::new();
    for part in &subject.format().manifest.parts {
        for item in part.items.iter().filter(|item| item.kind == ItemKind::Sentence) {
            let path = format!("{}.{}", part.key, item.key);
            let mut figures = item.figures.iter();
            let given = figures
                .all(|figure| subject.report.value(&format!("{path}.{}", figure.key)).is_some());
            if given {
                paths.push(path);
            }
        }
    }
    paths
}

/// What slips become findings with.
struct Found<'a> {
    subject: &'a Subject<'a>,
    file: DataFile<'a>,
    texts: &'a [Text<'a>],
    page: &'a Page<'a>,
    maps: Vec<OnceCell<StringMap>>,
}

impl Found<'_> {
    fn finding(&self, slip: &Slip) -> Diagnostic {
        let format = self.subject.format();
        let values: std::collections::BTreeMap<&str, &str> =
            slip.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let words = |part: &str| {
            format.pasted_words(&format!("{}/{}/{part}", slip.code, slip.name), &values)
        };
        let rule = format.rule(slip.code);
        let level = format.pasted_level(slip.code, slip.name).or(rule.map(|rule| rule.level));
        let (path, span) = self.place(&slip.place);
        let mut finding =
            Diagnostic::new(slip.code, level.unwrap_or(Level::Note), words("message"), path, span);
        finding.label = words("label");
        finding.help = Some(words("help")).filter(|help| !help.is_empty());
        finding.basis = rule.map(|rule| rule.basis.clone()).filter(|basis| !basis.is_empty());
        finding.reported = values.get("reported").map(|&value| value.to_owned());
        finding.computed = values.get("computed").map(|&value| value.to_owned());
        finding.fix = self.edits(&slip.changes);
        finding.suggestion = match slip.place {
            Place::Text(index, _) if self.texts[index].shape.is_line() => self.line(&finding.fix),
            _ => slip.corrected.clone(),
        };
        finding
    }

    /// Gives the errors about characters that cannot be printed the remedy of a finding about the same characters; whether
    /// there are any.
    fn mends_glyphs(&self, finding: &Diagnostic, findings: &mut [Diagnostic]) -> bool {
        if finding.rule != "TEXT-CHARS" {
            return false;
        }
        let source = self.file.source.text();
        let mut found = false;
        for glyph in
            findings.iter_mut().filter(|other| other.rule == "GLYPH" && other.path == finding.path)
        {
            // An error stands at the first of its characters, in a text of one line at the whole of it.
            let Some((at, here)) = glyph.span.clone().zip(finding.span.as_ref()) else { continue };
            let same = |edit: &&Edit| source.get(edit.span.clone()) == source.get(at.clone());
            let own: Vec<Edit> = finding.fix.iter().filter(same).cloned().collect();
            let holds = at.start <= here.start && here.end <= at.end;
            if own.is_empty() && !holds {
                continue;
            }
            found = true;
            glyph.help.clone_from(&finding.help);
            glyph.suggestion.clone_from(&finding.suggestion);
            glyph.fix = if own.is_empty() { finding.fix.clone() } else { own };
        }
        found
    }

    /// Whether a slip is an empty section of a part whose text stands in its field without a heading.
    fn is_beside_text(&self, slip: &Slip) -> bool {
        let Place::Section(index) = slip.place else { return false };
        let section = &self.page.sections[index];
        // One text, and every section of the part empty: an empty section beside others that hold something is a lack.
        let others = self.page.sections.iter().filter(|other| other.part == section.part);
        let (texts, sections): (Vec<_>, Vec<_>) =
            others.partition(|other| other.heading.is_empty() && other.own_heading.is_none());
        section.is_blank
            && section.is_given
            && texts.iter().any(|text| !text.is_blank)
            && sections.iter().all(|other| other.is_blank)
    }

    fn place(&self, place: &Place) -> (String, Option<Span>) {
        match place {
            Place::Text(index, range) => {
                let text = &self.texts[*index];
                (text.path.clone(), Some(self.map(*index).span(range)))
            }
            Place::Chart(index, datum) => {
                let chart = &self.subject.report.charts[*index];
                let label = datum.and_then(|at| chart.data.get(at)).map(|(label, _)| &label.span);
                (format!("charts.{}", chart.name), label.or(Some(&chart.span)).cloned())
            }
            Place::Section(index) => {
                let path = self.page.sections[*index].path.clone();
                let text =
                    self.texts.iter().find(|text| text.path == path && text.shape == Shape::Body);
                let span = text.map_or_else(
                    || self.file.record.nearest_span(&path),
                    |text| Some(text.span.clone()),
                );
                (path, span)
            }
        }
    }

    /// The way from a text to the file, made once for each text.
    fn map(&self, text: usize) -> &StringMap {
        let span = &self.texts[text].span;
        self.maps[text].get_or_init(|| StringMap::new(self.file.source.text(), span))
    }

    /// The lines of the file that edits touch, as they read afterwards: what is one line in the report stands with its key.
    fn line(&self, edits: &[Edit]) -> Option<String> {
        let source = self.file.source.text();
        let start = edits.iter().map(|edit| edit.span.start).min()?;
        let end = edits.iter().map(|edit| edit.span.end).max()?;
        let (mut at, end) = (
            source[..start].rfind('\n').map_or(0, |at| at + 1),
            source[end..].find('\n').map_or(source.len(), |at| end + at),
        );
        let mut out = String::new();
        for edit in edits {
            out += source.get(at..edit.span.start)?;
            out += &edit.text;
            at = edit.span.end;
        }
        out += source.get(at..end)?;
        Some(out.trim_end().to_owned())
    }

    /// Changes of texts as edits of the file; none when one of them cannot be written in its string.
    fn edits(&self, changes: &[Change]) -> Vec<Edit> {
        let edits: Option<Vec<Edit>> = changes
            .iter()
            .map(|change| {
                let text = &self.texts[change.passage];
                let spelled = spelled(self.file.source, &text.span, &change.put)?;
                Some(Edit { span: self.map(change.passage).span(&change.range), text: spelled })
            })
            .collect();
        edits.unwrap_or_default()
    }
}

/// A piece of a string as the file spells it, in the kind of string that stands there.
fn spelled(source: &Source, span: &Span, put: &str) -> Option<String> {
    let raw = source.text().get(span.clone())?;
    let lines = raw.starts_with("\"\"\"") || raw.starts_with("'''");
    if raw.starts_with('\'') {
        let writable = !put.contains('\'') && (lines || !put.contains('\n'));
        return writable.then(|| put.to_owned());
    }
    let mut out = String::new();
    for c in put.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' if !lines => out.push_str("\\n"),
            '\n' if source.text().contains("\r\n") => out.push_str("\r\n"),
            _ => out.push(c),
        }
    }
    Some(out)
}
