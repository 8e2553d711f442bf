//! Applies the remedies that are certain to the text of a data file.
//!
//! In: a file's text and what was found in it. Out: the text with the edits of those findings, everything else as it was to
//! the byte, and what was done. A remedy that would change a figure, or anything but the wording of a text, is refused,
//! whatever rule offers it.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Edit};
use crate::generator::{Generator, Input};
use crate::pasted::{number_length, without_web_marks};
use crate::record::{self, KeyNames, Node, Value};
use crate::source::Source;
use crate::text::Prose;
use crate::text::numeral::narrow;
use crate::text::ordinary::{is_invisible, ordinary};

/// What one remedy lets appear (`&amp;nbsp;` becomes `&nbsp;`) is mended in the next round; texts need two or three.
const MOST_ROUNDS: usize = 12;

/// A text after its remedies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The whole text.
    pub text: String,
    /// What was done, in the order of the file as it was in each round.
    pub done: Vec<Done>,
}

/// A remedy that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Rule code.
    pub rule: String,
    /// Line of the finding, counted from 1.
    pub line: usize,
    /// What was wrong.
    pub message: String,
}

/// Mends a data file as far as that is certain. None when there is nothing to mend.
pub fn fix(generator: &Generator, path: &Path, text: &str) -> Option<Fixed> {
    let mut fixed = Fixed { text: text.to_owned(), done: Vec::new() };
    for _ in 0..MOST_ROUNDS {
        let input = Input::assemble(path, fixed.text.clone().into_bytes(), None);
        let checked = generator.check(&input);
        let (text, done) = apply(&checked.source, &checked.diagnostics);
        if done.is_empty() {
            break;
        }
        fixed.text = text;
        fixed.done.extend(done);
    }
    (!fixed.done.is_empty()).then_some(fixed)
}

/// Applies the fixes of findings, each whole or not at all: what overlaps an earlier one waits for the next round.
fn apply(source: &Source, findings: &[Diagnostic]) -> (String, Vec<Done>) {
    let mut chosen: Vec<&Diagnostic> = Vec::new();
    let mut taken: Vec<&Edit> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.counts() && !finding.fix.is_empty()) {
        let is_free = |edit: &Edit| taken.iter().all(|other| !overlap(edit, other));
        if finding.fix.iter().all(is_free) {
            taken.extend(&finding.fix);
            chosen.push(finding);
        }
    }
    // Looked at together first, because each look reads the file anew; only where one is refused, one by one.
    if !keeps_figures(source, &taken) {
        chosen.retain(|finding| keeps_figures(source, &finding.fix.iter().collect::<Vec<_>>()));
        taken = chosen.iter().flat_map(|finding| &finding.fix).collect();
        if !keeps_figures(source, &taken) {
            return (source.text().to_owned(), Vec::new());
        }
    }
    let done = chosen.iter().map(|finding| Done {
        rule: finding.rule.clone(),
        line: finding.line(source).unwrap_or(1),
        message: finding.message.clone(),
    });
    (edited(source.text(), taken), done.collect())
}

/// Whether two edits touch the same place; two that add something at one place do.
fn overlap(a: &Edit, b: &Edit) -> bool {
    a.span.start <= b.span.end && b.span.start <= a.span.end
}

fn edited(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let Some(kept) = text.get(at..edit.span.start) else { continue };
        out += kept;
        out += &edit.text;
        at = edit.span.end;
    }
    out + text.get(at..).unwrap_or("")
}

/// Whether a file says the same in figures after some edits: every value that is no text is the same, and every figure of
/// every text.
fn keeps_figures(source: &Source, edits: &[&Edit]) -> bool {
    let after = Source::new(source.name(), edited(source.text(), edits.to_vec()));
    let values = |source: &Source| {
        let (record, findings) = record::parse(source, &KeyNames::default());
        let mut values = Values::default();
        values.walk("", &Node { value: Value::Table(record.root), span: 0..0 });
        (findings.len(), values)
    };
    let ((faults_before, before), (faults_after, after)) = (values(source), values(&after));
    faults_before == faults_after
        && before.others == after.others
        && before.texts.len() == after.texts.len()
        && before.texts.iter().zip(&after.texts).all(|((path, text), (other_path, other))| {
            path == other_path && (text == other || figures(text) == figures(other))
        })
}

/// The values of a file by path.
#[derive(Default)]
struct Values {
    others: Vec<(String, Value)>,
    texts: Vec<(String, String)>,
}

impl Values {
    fn walk(&mut self, path: &str, node: &Node) {
        match &node.value {
            Value::String(text) => self.texts.push((path.to_owned(), text.clone())),
            Value::Table(table) => {
                for entry in &table.entries {
                    self.walk(&format!("{path}.{}", entry.key), &entry.node);
                }
            }
            Value::Array(items) => {
                self.others.push((format!("{path}[]"), Value::Number(items.len().to_string())));
                for (index, item) in items.iter().enumerate() {
                    self.walk(&format!("{path}.{index}"), item);
                }
            }
            other => self.others.push((path.to_owned(), other.clone())),
        }
    }
}

/// The figures of a text, sorted: what a reader takes for a number of things, and every run of digits. Those inside the
/// tags and entities of web pages are none.
fn figures(text: &str) -> (Vec<String>, Vec<String>) {
    // The number of a heading or an item counts nothing: it goes with a heading that was pasted twice.
    let plain: String = without_web_marks(text).lines().map(without_number).collect();
    let mut read: Vec<String> =
        Prose::read(&plain).figures.iter().map(|figure| figure.numeral.value.to_string()).collect();
    let seen = plain.chars().filter(|c| !is_invisible(*c));
    let narrowed: String = seen.map(|c| narrow(ordinary(c).unwrap_or(c))).collect();
    let mut digits: Vec<String> = narrowed
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .map(str::to_owned)
        .collect();
    read.sort();
    digits.sort();
    (read, digits)
}

fn without_number(line: &str) -> String {
    let line = line.trim_start_matches(['#', '*', ' ', '\u{3000}']);
    format!("{}\n", &line[number_length(line)..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(before: &str, span: std::ops::Range<usize>, put: &str) -> bool {
        let source = Source::new("a.toml", before.to_owned());
        keeps_figures(&source, &[&Edit { span, text: put.to_owned() }])
    }

    #[test]
    fn a_figure_is_never_changed() {
        let text = "a = 1\nb = \"收到12件\"\n";
        let at = text.find("12").expect("a figure");
        assert!(!keeps(text, at..at + 2, "13"));
        assert!(!keeps(text, 4..5, "2"));
        assert!(!keeps(text, 0..6, ""));
        let word = text.find("收到").expect("a word");
        assert!(keeps(text, word..word + "收到".len(), "新收"));
        assert!(!keeps(text, word..word, "\""), "a file that cannot be read any more");
    }
}
