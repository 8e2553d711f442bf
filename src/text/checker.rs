//! All text rules of a format, ready to check reports.
//!
//! In: a format's [`RuleFile`], made ready once; then one [`Subject`] after another. Out: findings, field by field. The
//! kinds of check ([`super::kinds`]) do the work; nothing here knows one of them.

use std::collections::BTreeMap;

use super::data::{CodeData, RuleFile};
use super::desk::{Desk, Page};
use super::facts::{Field, Subject};
use super::figures::Figures;
use super::finding::Finding;
use super::kinds::{Check, Tools, make};
use super::messages::Messages;
use super::pattern::{Gate, PatternError, Words};
use super::prose::Prose;
use super::reading::Lexicon;

/// The text rules of a format.
#[derive(Debug)]
pub struct Checker {
    lexicon: Lexicon,
    figures: Figures,
    checks: Vec<Box<dyn Check>>,
    gate: Gate,
    messages: Messages,
}

impl Checker {
    /// Makes the rules of a format ready.
    ///
    /// # Errors
    /// A pattern, expression or template cannot be used, or a name is unknown.
    pub fn new(file: RuleFile) -> Result<Self, PatternError> {
        let lexicon = Lexicon::new(file.words)?;
        let figures = Figures::compile(&file.figures)?;
        let tools = Tools { words: Words(&file.lists), lexicon: &lexicon, figures: &figures };
        let mut checks = file
            .checks
            .into_iter()
            .map(|data| make(data, tools))
            .collect::<Result<Vec<_>, PatternError>>()?;
        checks.sort_by_key(|(order, _)| *order);
        let mut checks: Vec<Box<dyn Check>> = checks.into_iter().map(|(_, check)| check).collect();
        let gate = Gate::new(checks.iter_mut().flat_map(|check| check.patterns()))?;
        let messages = Messages::new(file.codes, checks.iter().map(|check| check.head()))?;
        Ok(Self { lexicon, figures, checks, gate, messages })
    }

    /// Level, messages and ground of each code.
    pub fn codes(&self) -> &BTreeMap<String, CodeData> {
        self.messages.codes()
    }

    /// Checks the texts of a report.
    pub fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let title = subject.title.map(|text| Field { path: "report.title", text });
        let fields: Vec<&Field<'_>> = subject.fields.iter().chain(&title).collect();
        let prose: Vec<Prose> = fields.iter().map(|field| Prose::read(field.text)).collect();
        let mut pages: Vec<Page<'_>> = fields
            .iter()
            .zip(&prose)
            .enumerate()
            .map(|(number, (field, prose))| {
                Page::new(number, (field, prose), subject, (&self.lexicon, &self.gate))
            })
            .collect();
        let mut desk = Desk::new(subject, &self.figures, &self.messages);
        for page in &pages {
            self.checks.iter().for_each(|check| check.page(page, &mut desk));
        }
        pages.retain(|page| !page.is_title);
        self.checks.iter().for_each(|check| check.whole(&pages, &mut desk));
        desk.findings
    }
}

impl Checker {
    /// What the texts of a report say of each figure, for people who write rules: one line a figure.
    pub fn explain(&self, subject: &Subject<'_>) -> String {
        let mut out = String::new();
        for (number, field) in subject.fields.iter().enumerate() {
            let prose = Prose::read(field.text);
            let page = Page::new(number, (field, &prose), subject, (&self.lexicon, &self.gate));
            page.reading().explain(field.text, &mut out);
        }
        out
    }
}
