//! What a check works with: a field read in all views, and the desk on which findings are put.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rust_decimal::Decimal;

use super::data::Head;
use super::facts::{Field, Subject};
use super::figures::Figures;
use super::finding::{Finding, Operand, Place};
use super::messages::{Draft, Messages};
use super::numeral::Kind;
use super::pattern::{Gate, Open};
use super::prose::Prose;
use super::reading::{Lexicon, Reading, Walk};

/// One field while it is checked.
pub(crate) struct Page<'a> {
    /// Its place among the fields.
    pub(crate) number: usize,
    /// The field.
    pub(crate) field: &'a Field<'a>,
    /// Its views.
    pub(crate) prose: &'a Prose,
    /// Whether it is the title, which states no figures.
    pub(crate) is_title: bool,
    walk: Walk<'a>,
    gate: &'a Gate,
    reading: OnceCell<Reading<'a>>,
    open: OnceCell<Open>,
}

impl<'a> Page<'a> {
    /// Prepares a field; it is read when a check first asks.
    pub(crate) fn new(
        number: usize,
        (field, prose): (&'a Field<'a>, &'a Prose),
        subject: &'a Subject<'a>,
        (lexicon, gate): (&'a Lexicon, &'a Gate),
    ) -> Self {
        let (year, scope, agencies) = (subject.year, subject.scope, subject.agencies.as_slice());
        let walk = Walk { lexicon, field: field.path, year, scope, agencies };
        let is_title = field.path == "report.title";
        let (reading, open) = (OnceCell::new(), OnceCell::new());
        Self { number, field, prose, is_title, walk, gate, reading, open }
    }

    /// What the field says of its figures.
    pub(crate) fn reading(&self) -> &Reading<'a> {
        self.reading.get_or_init(|| Reading::new(self.walk.lexicon, self.prose, &self.walk))
    }

    /// Which patterns may match.
    pub(crate) fn open(&self) -> &Open {
        self.open.get_or_init(|| self.gate.open(&self.prose.plain))
    }

    /// A figure as the text writes it, with its measure word.
    pub(crate) fn said(&self, index: usize) -> String {
        let figure = &self.prose.figures[index];
        let written = self.written(index);
        match figure.numeral.kind {
            Kind::Count => format!("{written}{}", figure.numeral.unit),
            _ => written.to_owned(),
        }
    }

    fn written(&self, index: usize) -> &str {
        self.field.text.get(self.prose.figures[index].span.clone()).unwrap_or_default()
    }

    /// A value in the unit in which the text writes the figure: 595.35 for 5953500 beside 595.35万元.
    pub(crate) fn in_unit(&self, value: Decimal, index: usize) -> String {
        let written = self.written(index);
        let kind = self.prose.figures[index].numeral.kind;
        let scale = match () {
            () if written.contains('亿') => Decimal::from(100_000_000),
            () if written.contains('万') => Decimal::from(10_000),
            () => Decimal::ONE,
        };
        let shown = value.checked_div(scale).unwrap_or(value).normalize().to_string();
        match written.chars().find(|c| matches!(c, '亿' | '万')) {
            Some(unit) if kind == Kind::Count => format!("{shown}{unit}"),
            Some(unit) => format!("{shown}{unit}元"),
            None if kind == Kind::Money => format!("{shown}元"),
            None => shown,
        }
    }

    fn draft(&self, range: Range<usize>) -> Draft {
        let reported = self.field.text.get(range.clone()).map(str::to_owned);
        let mut draft = Draft::new(Place::Text { field: self.field.path.to_owned(), range });
        draft.reported = reported;
        draft
    }

    /// A finding at a figure.
    pub(crate) fn at_figure(&self, index: usize) -> Draft {
        self.draft(self.prose.figures[index].span.clone())
    }

    /// A finding at words of the figured view.
    pub(crate) fn at_words(&self, range: &Range<usize>) -> Draft {
        self.draft(self.prose.figured_span(range))
    }

    /// A finding at words of the plain view.
    pub(crate) fn at_plain(&self, range: &Range<usize>) -> Draft {
        self.draft(self.prose.plain_span(range))
    }

    /// A finding about the field as a whole.
    pub(crate) fn at_all(&self) -> Draft {
        Draft::new(Place::Text {
            field: self.field.path.to_owned(),
            range: 0..self.field.text.len(),
        })
    }
}

/// A figure of a text under a name of its own.
#[derive(Debug, Clone)]
pub(crate) struct Exported {
    /// Its value.
    pub(crate) value: Decimal,
    /// Its place.
    pub(crate) place: Place,
}

/// Where findings are put.
pub(crate) struct Desk<'a> {
    /// The report.
    pub(crate) subject: &'a Subject<'a>,
    /// Figures of the form by name.
    pub(crate) figures: &'a Figures,
    messages: &'a Messages,
    /// What was found so far.
    pub(crate) findings: Vec<Finding>,
    /// Figures of texts that other checks may use.
    pub(crate) exported: BTreeMap<String, Exported>,
    wrong: BTreeSet<(usize, usize)>,
}

impl<'a> Desk<'a> {
    /// An empty desk.
    pub(crate) fn new(
        subject: &'a Subject<'a>,
        figures: &'a Figures,
        messages: &'a Messages,
    ) -> Self {
        let (findings, exported, wrong) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        Self { subject, figures, messages, findings, exported, wrong }
    }

    /// Puts a finding down.
    pub(crate) fn report(&mut self, head: &Head, draft: Draft) {
        self.findings.push(self.messages.finding(head, draft));
    }

    /// Puts a finding down at another level than the code's.
    pub(crate) fn report_at(&mut self, level: &str, head: &Head, draft: Draft) {
        self.report(head, draft);
        if let Some(finding) = self.findings.last_mut() {
            finding.level = level.to_owned();
        }
    }

    /// Whether a finding in the field has compared with one of these figures of the form and found none.
    pub(crate) fn says_again(&self, field: &str, operands: &[Operand]) -> bool {
        self.findings.iter().any(|finding| {
            finding.place.path() == field
                && finding.computed.is_some()
                && finding
                    .reported
                    .as_ref()
                    .is_some_and(|said| !said.starts_with(|c: char| c.is_ascii_digit()))
                && finding.operands.iter().any(|operand| operands.contains(operand))
        })
    }

    /// Marks a figure as questioned already.
    pub(crate) fn question(&mut self, page: &Page<'_>, figure: usize) {
        self.wrong.insert((page.number, figure));
    }

    /// Whether a figure is questioned already.
    pub(crate) fn is_questioned(&self, page: &Page<'_>, figure: usize) -> bool {
        self.wrong.contains(&(page.number, figure))
    }
}
