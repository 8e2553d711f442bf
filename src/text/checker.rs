//! All text rules of a format, ready to check reports.
//!
//! In: a format's [`RuleFile`], compiled once; then one [`Subject`] after another. Out: findings, field by
//! field. One mistake is reported once: a total or a share is not questioned when one of its figures
//! already contradicts a table.

use std::collections::BTreeMap;
use std::ops::Range;

use minijinja::value::Value;
use rust_decimal::Decimal;

use super::agency::Agencies;
use super::claim::{Claimed, Claims};
use super::context::{Contexts, Reading, meets};
use super::data::{
    CodeData, CompareData, ContextData, DeadlineData, Head, LengthData, RuleData, RuleFile,
    SimilarityData,
};
use super::facts::{Field, Subject};
use super::figures::Figures;
use super::finding::{Finding, Operand, Origin, Place};
use super::messages::{Draft, Messages};
use super::numeral::Kind;
use super::pattern::{Gate, PatternError, Words};
use super::prose::Prose;
use super::relation::Relation;
use super::share::Shares;
use super::similarity;
use super::sum::Sums;
use super::trend::Trends;
use super::wording::{self, Enumeration, Required, Slip, Wording, Years};

/// The text rules of a format.
#[derive(Debug)]
pub struct Checker {
    figures: Figures,
    contexts: Contexts,
    claims: Claims,
    sums: Vec<Sums>,
    shares: Vec<Shares>,
    trends: Vec<Trends>,
    years: Vec<Years>,
    agencies: Vec<Agencies>,
    wordings: Vec<Wording>,
    required: Vec<Required>,
    lengths: Vec<LengthData>,
    enumerations: Vec<Enumeration>,
    relations: Vec<(CompareData, Vec<Relation>)>,
    deadlines: Vec<DeadlineData>,
    similarities: Vec<SimilarityData>,
    gate: Gate,
    messages: Messages,
}

/// A figure of a text under a name of its own.
struct Exported {
    value: Decimal,
    place: Place,
}

/// What is known of one field while it is checked.
struct Page<'a> {
    field: &'a Field<'a>,
    prose: Prose,
}

impl Checker {
    /// Compiles the rules of a format.
    ///
    /// # Errors
    /// A pattern, expression or template cannot be used, or a name is unknown.
    pub fn new(file: RuleFile) -> Result<Self, PatternError> {
        let words = Words(&file.words);
        let context = file.context.clone().unwrap_or_else(ContextData::none);
        let contexts = Contexts::compile(words, &context, file.topics.iter())?;
        let figures = Figures::compile(&file.figures)?;
        let messages =
            Messages::compile(file.codes.clone(), file.rules.iter().map(RuleData::head))?;
        let topic_of = |name: &str| contexts.topic(name);
        let mut claims = Vec::new();
        let mut sums = Vec::new();
        let mut shares = Vec::new();
        let mut trends = Vec::new();
        let mut years = Vec::new();
        let mut agencies = Vec::new();
        let mut wordings = Vec::new();
        let mut required = Vec::new();
        let mut lengths = Vec::new();
        let mut enumerations = Vec::new();
        let mut relations = Vec::new();
        let mut deadlines = Vec::new();
        let mut similarities = Vec::new();
        for rule in &file.rules {
            match rule.clone() {
                RuleData::Claim(data) => {
                    let names = data.equals.iter().chain(&data.every);
                    known(&figures, data.head(), names)?;
                    claims.push(data);
                }
                RuleData::Sum(data) => sums.push(Sums::compile(words, data)?),
                RuleData::Share(data) => {
                    known(&figures, data.head(), data.wholes.iter())?;
                    shares.push(Shares::compile(words, data, &topic_of)?);
                }
                RuleData::Trend(data) => {
                    known(
                        &figures,
                        data.head(),
                        data.subjects.iter().flat_map(|subject| &subject.equals),
                    )?;
                    trends.push(Trends::compile(words, data, &topic_of)?);
                }
                RuleData::Year(data) => years.push(Years::compile(words, data)?),
                RuleData::Agency(data) => agencies.push(Agencies::compile(words, data)?),
                RuleData::Wording(data) => wordings.push(Wording::compile(words, data)?),
                RuleData::Required(data) => required.push(Required::compile(words, data)?),
                RuleData::Length(data) => lengths.push(data),
                RuleData::Enumeration(data) => {
                    enumerations.push(Enumeration::compile(words, data)?)
                }
                RuleData::Compare(data) => {
                    let when = data
                        .when
                        .iter()
                        .map(|text| Relation::parse(text))
                        .collect::<Result<_, _>>()?;
                    relations.push((data, when));
                }
                RuleData::Deadline(data) => deadlines.push(data),
                RuleData::Similarity(data) => similarities.push(data),
            }
        }
        let claims = Claims::compile(words, claims, &topic_of)?;
        let gate = Gate::new(
            years
                .iter_mut()
                .flat_map(Years::patterns)
                .chain(wordings.iter_mut().flat_map(Wording::patterns))
                .chain(enumerations.iter_mut().flat_map(Enumeration::patterns))
                .chain(agencies.iter_mut().flat_map(Agencies::patterns)),
        )?;
        Ok(Self {
            gate,
            figures,
            claims,
            sums,
            shares,
            trends,
            years,
            agencies,
            wordings,
            required,
            lengths,
            enumerations,
            relations,
            deadlines,
            similarities,
            messages,
            contexts,
        })
    }

    /// Level, messages and ground of each code.
    pub fn codes(&self) -> &BTreeMap<String, CodeData> {
        self.messages.codes()
    }

    /// Checks the texts of a report.
    pub fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let pages: Vec<Page<'_>> = subject
            .fields
            .iter()
            .map(|field| Page { field, prose: Prose::read(field.text) })
            .collect();
        let mut findings = Vec::new();
        let mut exported = BTreeMap::new();
        for page in &pages {
            self.numbers(page, subject, &mut exported, &mut findings);
            self.words(page, subject, &mut findings);
        }
        if let Some(title) = subject.title {
            let field = Field { path: "report.title", text: title };
            let page = Page { field: &field, prose: Prose::read(title) };
            self.words(&page, subject, &mut findings);
        }
        self.whole(&pages, subject, &exported, &mut findings);
        self.copies(subject, &mut findings);
        findings
    }

    /// Rules about the figures of a field.
    fn numbers(
        &self,
        page: &Page<'_>,
        subject: &Subject<'_>,
        exported: &mut BTreeMap<String, Exported>,
        findings: &mut Vec<Finding>,
    ) {
        let Page { field, prose } = page;
        let reading = Reading::new(&self.contexts, prose, field.path, subject.year, subject.scope);
        let claims = self.claims.of(field.path, prose, &reading);
        let mut wrong: Vec<usize> = Vec::new();
        for claim in &claims {
            self.export(page, claim, exported);
            if let Some(finding) = self.claim(page, claim, subject) {
                wrong.extend(claim.figure);
                findings.push(finding);
            }
        }
        for rule in &self.sums {
            for misfit in rule.of(prose, &reading) {
                if wrong.contains(&misfit.total)
                    || misfit.items.iter().any(|item| wrong.contains(item))
                {
                    continue;
                }
                wrong.push(misfit.total);
                let draft = self.at_figure(page, misfit.total);
                let items: Vec<String> =
                    misfit.items.iter().map(|&item| said(page, item)).collect();
                let unit = prose.figures[misfit.total].numeral.unit;
                let sum = in_unit(misfit.sum, page, misfit.total);
                let mut draft = draft
                    .with("items", items.clone())
                    .with("count", items.len())
                    .with("unit", unit);
                draft.computed = Some(sum);
                findings.push(self.messages.finding(rule.data.head(), draft));
            }
        }
        for rule in &self.shares {
            for share in rule.of(prose, &reading, &self.figures, subject.facts) {
                if share
                    .figures
                    .is_some_and(|(part, whole)| wrong.contains(&part) || wrong.contains(&whole))
                {
                    continue;
                }
                let step = prose.figures[share.share].numeral.step;
                let mut draft = self.at_figure(page, share.share);
                draft.computed = Some(format!("{}%", share.computed(step)));
                draft.operands = share.evaluated.iter().flat_map(|e| e.operands.clone()).collect();
                let draft = draft
                    .with("part", share.part.to_string())
                    .with("whole", share.whole.to_string());
                findings.push(self.messages.finding(rule.data.head(), draft));
            }
        }
        for rule in &self.trends {
            let facts = subject.facts;
            for trend in rule.of(prose, &reading, (&self.claims, &claims), &self.figures, facts) {
                let says = &rule.data.says;
                let word = match trend.computed {
                    change if change.is_zero() => says.same.clone(),
                    change if change.is_sign_negative() => says.down.clone(),
                    _ => says.up.clone(),
                };
                let percent = trend
                    .figure
                    .is_some_and(|index| prose.figures[index].numeral.kind == Kind::Percent);
                let mut draft = match trend.figure {
                    Some(index) => self.at_figure(page, index),
                    None => self.at_words(page, &trend.at),
                };
                let unit = if percent { "%" } else { "" };
                draft.computed = Some(match trend.computed {
                    change if change.is_zero() => word,
                    change => format!("{word}{}{unit}", change.abs()),
                });
                draft.operands = trend.evaluated.iter().flat_map(|e| e.operands.clone()).collect();
                let draft = draft
                    .with("current", trend.current.to_string())
                    .with("previous", trend.previous.to_string());
                findings.push(self.messages.finding(rule.data.head(), draft));
            }
        }
    }

    fn at_figure(&self, page: &Page<'_>, index: usize) -> Draft {
        let range = page.prose.figures[index].span.clone();
        let mut draft =
            Draft::new(Place::Text { field: page.field.path.to_owned(), range: range.clone() });
        draft.reported = page.field.text.get(range).map(str::to_owned);
        draft
    }

    fn at_words(&self, page: &Page<'_>, range: &Range<usize>) -> Draft {
        let range = page.prose.figured_span(range);
        let mut draft =
            Draft::new(Place::Text { field: page.field.path.to_owned(), range: range.clone() });
        draft.reported = page.field.text.get(range).map(str::to_owned);
        draft
    }

    fn at_plain(&self, page: &Page<'_>, range: &Range<usize>) -> Draft {
        let range = page.prose.plain_span(range);
        let mut draft =
            Draft::new(Place::Text { field: page.field.path.to_owned(), range: range.clone() });
        draft.reported = page.field.text.get(range).map(str::to_owned);
        draft
    }

    fn export(&self, page: &Page<'_>, claim: &Claimed, exported: &mut BTreeMap<String, Exported>) {
        let Some(name) = &self.claims.rules[claim.rule].data.export else { return };
        let value =
            claim.figure.map_or(Decimal::ZERO, |index| page.prose.figures[index].numeral.value);
        let range = match claim.figure {
            Some(index) => page.prose.figures[index].span.clone(),
            None => page.prose.figured_span(&claim.range),
        };
        let place = Place::Text { field: page.field.path.to_owned(), range };
        exported.entry(name.clone()).or_insert(Exported { value, place });
    }

    fn claim(&self, page: &Page<'_>, claim: &Claimed, subject: &Subject<'_>) -> Option<Finding> {
        let contradiction = self.claims.judge(claim, &page.prose, &self.figures, subject)?;
        let data = &self.claims.rules[claim.rule].data;
        let mut draft = match claim.figure {
            Some(index) => self.at_figure(page, index),
            None => self.at_words(page, &claim.range),
        };
        let said = match claim.figure {
            Some(index) => said(page, index),
            None => draft.reported.clone().unwrap_or_default(),
        };
        let mut operands: Vec<Operand> = Vec::new();
        for (_, evaluated) in &contradiction.meanings {
            let new =
                evaluated.operands.iter().filter(|operand| !operands.contains(operand)).cloned();
            let new: Vec<Operand> = new.collect();
            operands.extend(new);
        }
        let meanings: Vec<Value> = contradiction
            .meanings
            .iter()
            .map(|(label, evaluated)| {
                let value = match claim.figure {
                    Some(index) => in_unit(evaluated.value, page, index),
                    None => evaluated.value.normalize().to_string(),
                };
                Value::from(BTreeMap::from([("label", label.clone()), ("value", value)]))
            })
            .collect();
        draft.operands = operands;
        draft.computed = contradiction.meanings.first().map(|(_, evaluated)| match claim.figure {
            Some(index) => in_unit(evaluated.value, page, index),
            None => evaluated.value.normalize().to_string(),
        });
        let draft =
            draft.with("label", data.label.clone()).with("said", said).with("meanings", meanings);
        Some(self.messages.finding(data.head(), draft))
    }

    /// Rules about the words of a field.
    fn words(&self, page: &Page<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
        let path = page.field.path;
        let plain = page.prose.plain.as_str();
        let open = self.gate.open(plain);
        let mut add = |head: Head<'_>, slips: Vec<Slip>| {
            for slip in slips {
                let mut draft = self.at_plain(page, &slip.range).with("repeated", slip.repeated);
                draft.computed = slip.instead;
                findings.push(self.messages.finding(head, draft));
            }
        };
        for rule in self.years.iter().filter(|rule| meets(path, &rule.data.fields)) {
            add(rule.data.head(), rule.of(plain, subject.year, &open));
        }
        for rule in self.wordings.iter().filter(|rule| meets(path, &rule.data.fields)) {
            add(rule.data.head(), rule.of(plain, &open));
        }
        for rule in self.enumerations.iter().filter(|rule| meets(path, &rule.data.fields)) {
            add(rule.data.head(), rule.of(plain, &open));
        }
        for rule in self.agencies.iter().filter(|rule| meets(path, &rule.data.fields)) {
            let instead = subject.agencies.join("、");
            let slip = |range| Slip { range, instead: Some(instead.clone()), repeated: false };
            let wrong = rule.of_none(plain, &subject.agencies, &open);
            add(rule.data.head(), wrong.into_iter().map(slip).collect());
        }
        for rule in self.lengths.iter().filter(|rule| meets(path, &rule.fields)) {
            if wording::is_shorter(page.field.text, rule.least) {
                let length = wording::length(page.field.text);
                let place = Place::Text { field: path.to_owned(), range: 0..page.field.text.len() };
                let mut draft = Draft::new(place).with("length", length).with("least", rule.least);
                draft.reported = Some(page.field.text.trim().to_owned());
                findings.push(self.messages.finding(rule.head(), draft));
            }
        }
    }

    /// Rules about the report as a whole.
    fn whole(
        &self,
        pages: &[Page<'_>],
        subject: &Subject<'_>,
        exported: &BTreeMap<String, Exported>,
        findings: &mut Vec<Finding>,
    ) {
        for rule in &self.required {
            let given =
                rule.data.or_figure.as_ref().is_some_and(|path| subject.facts.is_given(path));
            let concerns = rule.data.kinds.is_empty()
                || rule.data.kinds.iter().any(|kind| kind == subject.kind);
            if given || !concerns {
                continue;
            }
            let about = pages.iter().filter(|page| meets(page.field.path, &rule.data.fields));
            let texts: Vec<&str> = about.map(|page| page.prose.plain.as_str()).collect();
            let missing = rule.missing(&texts);
            if !missing.is_empty() {
                let place = match pages.iter().find(|page| page.field.path == rule.data.at) {
                    Some(page) => {
                        Place::Text { field: rule.data.at.clone(), range: 0..page.field.text.len() }
                    }
                    None => Place::Value { path: rule.data.at.clone() },
                };
                let draft = Draft::new(place).with("missing", missing.join("、"));
                findings.push(self.messages.finding(rule.data.head(), draft));
            }
        }
        for (data, relations) in &self.relations {
            let finding = self.relation(data, relations, subject, exported);
            let is_known =
                |new: &Finding| findings.iter().any(|f| f.code == new.code && f.place == new.place);
            findings.extend(finding.filter(|new| !is_known(new)));
        }
        for rule in &self.deadlines {
            findings.extend(self.deadline(rule, subject));
        }
    }

    fn relation(
        &self,
        data: &CompareData,
        relations: &[Relation],
        subject: &Subject<'_>,
        exported: &BTreeMap<String, Exported>,
    ) -> Option<Finding> {
        let find = |path: &str, origin: Origin| match (path.strip_prefix("text."), origin) {
            (Some(name), _) => exported.get(name).map(|figure| figure.value),
            (None, Origin::Report) => subject.facts.figure(path),
            (None, Origin::Previous) => subject.facts.previous(path),
        };
        let mut operands: Vec<Operand> = Vec::new();
        for relation in relations {
            let (left, right) = relation.holds(&find)?;
            for operand in left.operands.into_iter().chain(right.operands) {
                if !operands.contains(&operand) {
                    operands.push(operand);
                }
            }
        }
        let place = match data.at.strip_prefix("text.") {
            Some(name) => exported.get(name)?.place.clone(),
            None => Place::Value { path: data.at.clone() },
        };
        let value =
            |path: &str, origin| find(path, origin).map(|value| value.normalize().to_string());
        let shown: BTreeMap<String, String> = operands
            .iter()
            .map(|operand| {
                let name = operand.path.replace('.', "_");
                let prefix = if operand.origin == Origin::Previous { "previous_" } else { "" };
                (format!("{prefix}{name}"), operand.value.normalize().to_string())
            })
            .collect();
        let mut draft = Draft::new(place).with("figures", Value::from(shown));
        draft.reported = value(&data.at, Origin::Report);
        draft.computed = match &data.computed {
            Some(text) => {
                let expression = super::expression::Expression::parse(text).ok()?;
                Some(expression.evaluate_with(&find)?.value.normalize().to_string())
            }
            None => None,
        };
        operands.retain(|operand| !operand.path.starts_with("text."));
        draft.operands = operands;
        Some(self.messages.finding(data.head(), draft))
    }

    fn deadline(&self, rule: &DeadlineData, subject: &Subject<'_>) -> Option<Finding> {
        let date = subject.date?;
        let last = (subject.year + 1, rule.month, rule.day);
        if date <= last || !rule.kinds.iter().any(|kind| kind == subject.kind) {
            return None;
        }
        let written = |(year, month, day): (i32, u8, u8)| format!("{year}年{month}月{day}日");
        let mut draft = Draft::new(Place::Value { path: "report.date".to_owned() });
        draft.reported = Some(written(date));
        draft.computed = Some(written(last));
        Some(self.messages.finding(rule.head(), draft))
    }

    /// Texts that are last year's.
    fn copies(&self, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
        for rule in &self.similarities {
            for field in subject.fields.iter().filter(|field| meets(field.path, &rule.fields)) {
                let Some(before) =
                    subject.previous_fields.iter().find(|before| before.path == field.path)
                else {
                    continue;
                };
                let (percent, length) = similarity::common(field.text, before.text);
                if percent >= rule.threshold && length >= rule.least {
                    let place =
                        Place::Text { field: field.path.to_owned(), range: 0..field.text.len() };
                    let draft = Draft::new(place).with("percent", percent);
                    findings.push(self.messages.finding(rule.head(), draft));
                }
            }
        }
    }
}

/// A figure as the text writes it, with its measure word.
fn said(page: &Page<'_>, index: usize) -> String {
    let figure = &page.prose.figures[index];
    let written = page.field.text.get(figure.span.clone()).unwrap_or_default();
    match figure.numeral.kind {
        Kind::Count => format!("{written}{}", figure.numeral.unit),
        _ => written.to_owned(),
    }
}

/// A value in the unit in which the text writes the figure: 595.35 for 5953500 beside 595.35万元.
fn in_unit(value: Decimal, page: &Page<'_>, index: usize) -> String {
    let figure = &page.prose.figures[index];
    let written = page.field.text.get(figure.span.clone()).unwrap_or_default();
    let scale = match () {
        () if written.contains('亿') => Decimal::from(100_000_000),
        () if written.contains('万') => Decimal::from(10_000),
        () => Decimal::ONE,
    };
    let shown = value.checked_div(scale).unwrap_or(value).normalize().to_string();
    match written.chars().find(|c| matches!(c, '亿' | '万')) {
        Some(unit) if figure.numeral.kind == Kind::Count => format!("{shown}{unit}"),
        Some(unit) => format!("{shown}{unit}元"),
        None if figure.numeral.kind == Kind::Money => format!("{shown}元"),
        None => shown,
    }
}

fn known<'a>(
    figures: &Figures,
    head: Head<'_>,
    names: impl Iterator<Item = &'a String>,
) -> Result<(), PatternError> {
    for name in names {
        if !figures.contains(name) {
            return Err(PatternError(format!("{}: no figure `{name}`", head.key)));
        }
    }
    Ok(())
}
