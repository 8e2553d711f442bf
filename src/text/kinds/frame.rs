//! Figures of a text against the form's: what a frame means, and whether any meaning of it agrees.
//!
//! One check speaks of one or more things. What happened to them, how they ended or who applied says which figures of
//! the form the text's may be; it is reported only when it fits none. A frame with a part that the check does not know
//! has no meaning.

use std::collections::BTreeMap;

use minijinja::value::Value;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::{Head, all_fields};
use crate::text::desk::{Desk, Exported, Page};
use crate::text::expression::Evaluated;
use crate::text::finding::{Operand, Origin};
use crate::text::numeral::{Kind, Numeral};
use crate::text::pattern::{PatternError, meets};
use crate::text::reading::{Frame, Reading, Role, ValueId};

/// What narrows a figure to columns of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Columns {
    /// Nothing.
    #[default]
    None,
    /// Who applied.
    Who,
    /// How a case ended.
    Outcome,
}

/// Figures of the form that an event means, and what people call them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meaning {
    reading: String,
    equals: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// What is counted; the words of `words.toml`.
    things: Vec<String>,
    /// What narrows it to columns.
    #[serde(default)]
    columns: Columns,
    /// Whether an outcome names the figure of the same name.
    #[serde(default)]
    outcomes: bool,
    /// Whether a thing is the figure of the same name.
    #[serde(default)]
    by_thing: bool,
    /// What it means without an event.
    #[serde(default)]
    plain: Option<Meaning>,
    /// Where a figure without an event has a meaning; elsewhere it needs one.
    #[serde(default = "all_fields")]
    plain_fields: Vec<String>,
    /// What it means by event.
    #[serde(default)]
    events: BTreeMap<String, Meaning>,
    /// Events that say more than others beside them, the strongest first.
    #[serde(default)]
    strong: Vec<String>,
    /// Whether it may stand after 其中.
    #[serde(default = "yes")]
    part: bool,
    /// Whether the thing must stand in the clause.
    #[serde(default)]
    named: bool,
    /// Whether it must be money.
    #[serde(default)]
    money: bool,
    /// Whether the sentence must speak of disclosure outside of the fields about applications.
    #[serde(default)]
    disclosure: bool,
    /// Fields it is looked for in.
    #[serde(default = "all_fields")]
    fields: Vec<String>,
    /// The name under which `compare` finds the figure, as `text.NAME`.
    #[serde(default)]
    export: Option<String>,
}

fn yes() -> bool {
    true
}

#[derive(Debug)]
struct Frames {
    head: Head,
    data: Data,
    things: Vec<ValueId>,
}

pub(super) fn make(data: toml::Table, tools: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    let meanings = data.events.values().chain(&data.plain);
    if let Some(name) = meanings.flat_map(|m| &m.equals).find(|name| !tools.figures.contains(name))
    {
        return Err(PatternError(format!("no figure `{name}`")));
    }
    let find = |role, name: &String| {
        tools.lexicon.find(role, name).ok_or_else(|| PatternError(format!("no word `{name}`")))
    };
    for event in data.events.keys().chain(&data.strong) {
        find(Role::Event, event)?;
    }
    let things = data.things.iter().map(|n| find(Role::Thing, n)).collect::<Result<_, _>>()?;
    Ok(Box::new(Frames { head, data, things }))
}

/// A meaning with its value.
struct Candidate {
    label: String,
    evaluated: Evaluated,
}

/// All that a frame may mean.
struct Readings {
    reading: String,
    candidates: Vec<Candidate>,
    /// Whether all must agree: 均为3件.
    every: bool,
}

impl Check for Frames {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        if page.is_title || !meets(page.field.path, &self.data.fields) {
            return;
        }
        let reading = page.reading();
        for frame in reading.frames.iter().chain(&reading.said_none) {
            if frame.silence.is_some() || !frame.things.iter().all(|id| self.things.contains(id)) {
                continue;
            }
            if let Some(readings) = self.readings(page, reading, frame, desk) {
                self.judge(page, frame, readings, desk);
            }
        }
    }
}

impl Frames {
    /// What a frame means; nothing where it holds something that the check does not know.
    fn readings(
        &self,
        page: &Page<'_>,
        reading: &Reading<'_>,
        frame: &Frame,
        desk: &Desk<'_>,
    ) -> Option<Readings> {
        let data = &self.data;
        if frame.things.is_empty() || (data.named || frame.bare()) && !frame.named {
            return None;
        }
        if frame.part && !data.part || !self.fits_kind(page, frame) {
            return None;
        }
        if data.disclosure && !frame.disclosure && !reading.about_requests {
            return None;
        }
        let name = |id: &ValueId| reading.lexicon.value(*id).name.as_str();
        if frame.events.iter().any(|id| ["publish", "act"].contains(&name(id))) {
            return None;
        }
        if data.by_thing {
            return self.cases(reading, frame, desk);
        }
        let columns = self.columns(reading, frame)?;
        let who: Vec<&str> =
            frame.who.iter().map(|id| reading.lexicon.value(*id).label.as_str()).collect();
        let narrowed = |text: &str| match who.is_empty() {
            true => text.to_owned(),
            false => format!("{text}（{}）", who.join("、")),
        };
        let mut every = false;
        let named = if !frame.outcomes.is_empty() {
            if !data.outcomes {
                return None;
            }
            let (label, mut sums) = self.outcomes(reading, frame, desk)?;
            every = frame.each && frame.outcomes.len() > 1;
            if every {
                sums = sums.into_iter().flatten().map(|name| vec![name]).collect();
            }
            (label, sums)
        } else {
            let meanings = self.meanings(page, reading, frame)?;
            let label = meanings.iter().map(|m| m.reading.as_str()).collect::<Vec<_>>().join("、");
            let mut names: Vec<Vec<String>> = Vec::new();
            for equal in meanings.iter().flat_map(|m| &m.equals) {
                if !names.iter().any(|known| known[0] == *equal) {
                    names.push(vec![equal.clone()]);
                }
            }
            (label, names)
        };
        let mut candidates = Vec::new();
        for names in &named.1 {
            for columns in &columns {
                candidates.push(self.candidate(names, columns, desk)?);
            }
        }
        Some(Readings { reading: narrowed(&named.0), candidates, every })
    }

    /// A sum of figures of the form in some columns.
    fn candidate(&self, names: &[String], columns: &[&str], desk: &Desk<'_>) -> Option<Candidate> {
        let mut sum = Evaluated { value: Decimal::ZERO, operands: Vec::new() };
        let mut labels = Vec::new();
        for name in names {
            let facts = desk.subject.facts;
            let one = desk.figures.evaluate(name, columns, facts, Origin::Report)?;
            sum.value = sum.value.checked_add(one.value)?;
            sum.operands.extend(one.operands);
            labels.push(desk.figures.label(name));
        }
        Some(Candidate { label: labels.join("加"), evaluated: sum })
    }

    /// The sets of columns that a frame may mean.
    fn columns<'r>(&self, reading: &'r Reading<'_>, frame: &Frame) -> Option<Vec<Vec<&'r str>>> {
        if frame.who.is_empty() {
            return Some(vec![vec!["total"]]);
        }
        if self.data.columns != Columns::Who {
            return None;
        }
        let value = |id: ValueId| &reading.lexicon.value(id).data;
        let mut together: Vec<&str> = Vec::new();
        for column in frame.who.iter().flat_map(|&id| &value(id).columns) {
            if !together.contains(&column.as_str()) {
                together.push(column);
            }
        }
        let mut sets = vec![together];
        if let [one] = frame.who.as_slice()
            && let Some(other) = &value(*one).or
            && let Some(other) = reading.lexicon.find(Role::Who, other)
        {
            sets.push(value(other).columns.iter().map(String::as_str).collect());
        }
        Some(sets)
    }

    /// The figures that the outcomes of a frame are: a reason beats its group, with 等 the group beats its examples; two
    /// outcomes are their sum.
    fn outcomes(
        &self,
        reading: &Reading<'_>,
        frame: &Frame,
        desk: &Desk<'_>,
    ) -> Option<(String, Vec<Vec<String>>)> {
        let value = |id: &ValueId| reading.lexicon.value(*id);
        let name = |id: &ValueId| {
            let name = value(id).name.as_str();
            name.strip_suffix("_bare").unwrap_or(name).to_owned()
        };
        if frame.outcomes.iter().any(|id| value(id).data.case) {
            return None;
        }
        let mut names: Vec<String> = Vec::new();
        for id in &frame.outcomes {
            if !names.contains(&name(id)) {
                names.push(name(id));
            }
        }
        let groups: Vec<String> =
            names.iter().filter(|name| desk.figures.group(name).is_some()).cloned().collect();
        if let [group] = groups.as_slice() {
            let path = desk.figures.group(group)?;
            let reasons: Vec<String> = names
                .iter()
                .filter(|name| *name != group && desk.figures.is_within(name, path))
                .cloned()
                .collect();
            if reasons.len() + 1 == names.len() && !reasons.is_empty() {
                names = if frame.etc { vec![group.clone()] } else { reasons };
            } else if names.len() > 1
                && !names.iter().any(|n| n == "granted" || n == "partly_granted")
            {
                // A reason of another group: 重复申请不予公开.
                return None;
            }
        }
        let label =
            names.iter().map(|name| desk.figures.label(name)).collect::<Vec<_>>().join("、");
        let alternatives = frame.outcomes.iter().find(|id| !value(id).data.alternatives.is_empty());
        if let (Some(id), 1) = (alternatives, names.len()) {
            let sums = value(id).data.alternatives.iter();
            let sums = sums.map(|sum| sum.split('+').map(|n| n.trim().to_owned()).collect());
            let first: &str = reading.lexicon.value(*id).label.as_str();
            return Some((first.to_owned(), sums.collect()));
        }
        let reasons: Vec<String> =
            frame.reasons.iter().map(&name).filter(|n| desk.figures.contains(n)).collect();
        let mut sums = vec![names];
        if let [group] = sums[0].as_slice()
            && let Some(path) = desk.figures.group(group)
            && !reasons.is_empty()
            && reasons.iter().all(|reason| desk.figures.is_within(reason, path))
        {
            sums.insert(0, reasons);
        }
        sums.iter().flatten().all(|name| desk.figures.contains(name)).then_some((label, sums))
    }

    /// The meanings of a frame's events; of several, each adds its own, unless one says more than the others.
    fn meanings(
        &self,
        page: &Page<'_>,
        reading: &Reading<'_>,
        frame: &Frame,
    ) -> Option<Vec<&Meaning>> {
        let data = &self.data;
        let names: Vec<&str> =
            frame.events.iter().map(|id| reading.lexicon.value(*id).name.as_str()).collect();
        if let Some(strong) = data.strong.iter().find(|strong| names.contains(&strong.as_str())) {
            return data.events.get(strong).map(|meaning| vec![meaning]);
        }
        if names.is_empty() {
            // 主动公开20份、依申请公开3份 are kinds of documents.
            let kinds = reading.publishes[frame.sentence];
            let may = meets(page.field.path, &data.plain_fields) && !kinds;
            return data
                .plain
                .iter()
                .find(|_| may || frame.figure.is_none())
                .map(|meaning| vec![meaning]);
        }
        names.iter().map(|name| data.events.get(*name)).collect()
    }

    /// Cases: the thing is the row, the outcome the column.
    fn cases(&self, reading: &Reading<'_>, frame: &Frame, desk: &Desk<'_>) -> Option<Readings> {
        let value = |id: &ValueId| reading.lexicon.value(*id);
        let name = |id: &ValueId| value(id).name.clone();
        if frame.outcomes.iter().any(|id| !value(id).data.case)
            || !frame.who.is_empty()
            || frame.outcomes.len() > 1
        {
            return None;
        }
        if self.is_narrowed_later(reading, frame) {
            return None;
        }
        // 办理行政复议120件，维持90件: an organ that reviews counts others' cases.
        let reviews = |other: &Frame| {
            let act =
                |id: &ValueId| ["handle", "answer", "receive"].contains(&value(id).name.as_str());
            other.outcomes.is_empty()
                && !other.disclosure
                && other.events.iter().any(act)
                && other.things.iter().any(|id| value(id).data.case)
        };
        let before =
            reading.frames.iter().rev().filter(|other| other.range.start <= frame.range.start);
        let mut same = before.take(8).filter(|other| other.sentence == frame.sentence);
        if reviews(frame) || !frame.disclosure && same.any(reviews) {
            return None;
        }
        let column = frame.outcomes.first().map(&name);
        let column =
            column.as_deref().map_or("total", |name| name.strip_suffix("_result").unwrap_or(name));
        let mut sets: Vec<Vec<String>> = vec![frame.things.iter().map(&name).collect()];
        let inherits = !frame.named || !frame.outcomes.is_empty();
        if inherits && frame.cases.len() > 1 {
            sets.push(frame.cases.iter().map(&name).collect());
        }
        if inherits && sets[0] == ["litigation"] {
            sets.extend([vec!["direct".to_owned()], vec!["after".to_owned()]]);
        }
        for set in &mut sets {
            if set.iter().any(|name| name == "litigation") {
                set.retain(|name| name != "direct" && name != "after");
            }
            set.sort();
            set.dedup();
        }
        let every = frame.each && frame.things.len() > 1;
        if every {
            sets = frame.things.iter().map(|id| vec![name(id)]).collect();
        }
        let label: Vec<&str> = frame.things.iter().map(|id| value(id).label.as_str()).collect();
        let ended = frame.outcomes.first().map_or("", |id| value(id).label.as_str());
        let candidates = sets
            .iter()
            .map(|names| self.candidate(names, &[column], desk))
            .collect::<Option<_>>()?;
        Some(Readings { reading: format!("{}{ended}", label.join("、")), candidates, every })
    }

    /// 行政复议46件，其中政府信息公开类8件: the first figure counts all kinds of cases.
    fn is_narrowed_later(&self, reading: &Reading<'_>, frame: &Frame) -> bool {
        let tokens = &reading.lines[frame.sentence].0.tokens;
        let at = tokens.partition_point(|token| token.range.start <= frame.range.start);
        let rest = &tokens[at.min(tokens.len())..];
        let part = rest.iter().take(8).position(|token| reading.role(token) == Some(Role::Part));
        frame.figure.is_some()
            && part.is_some_and(|part| {
                rest[part..]
                    .iter()
                    .take(4)
                    .any(|token| reading.role(token) == Some(Role::Disclosure))
            })
    }

    fn fits_kind(&self, page: &Page<'_>, frame: &Frame) -> bool {
        let kind = frame.figure.map(|index| page.prose.figures[index].numeral.kind);
        kind.is_none_or(|kind| (kind == Kind::Money) == self.data.money)
    }

    fn judge(&self, page: &Page<'_>, frame: &Frame, readings: Readings, desk: &mut Desk<'_>) {
        let numeral = frame.figure.map(|index| &page.prose.figures[index].numeral);
        self.export(page, frame, numeral, desk);
        let fits = |candidate: &Candidate| fits(numeral, candidate.evaluated.value);
        let mut candidates = readings.candidates;
        if readings.every {
            candidates.retain(|candidate| !fits(candidate));
        } else if candidates.iter().any(fits) {
            return;
        }
        if candidates.is_empty() {
            return;
        }
        let mut draft = match frame.figure {
            Some(index) => page.at_figure(index),
            None => page.at_words(&frame.range),
        };
        let said = match frame.figure {
            Some(index) => page.said(index),
            None => draft.reported.clone().unwrap_or_default(),
        };
        let show = |value: Decimal| match frame.figure {
            Some(index) => page.in_unit(value, index),
            None => value.normalize().to_string(),
        };
        let mut operands: Vec<Operand> = Vec::new();
        let mut meanings: Vec<Value> = Vec::new();
        let mut values: Vec<String> = Vec::new();
        for Candidate { label, evaluated } in &candidates {
            let new = evaluated.operands.iter().filter(|operand| !operands.contains(operand));
            let new: Vec<Operand> = new.cloned().collect();
            operands.extend(new);
            let value = show(evaluated.value);
            meanings.push(Value::from(BTreeMap::from([
                ("label", label.clone()),
                ("value", value.clone()),
            ])));
            if !values.contains(&value) {
                values.push(value);
            }
        }
        draft.computed = candidates.first().map(|candidate| show(candidate.evaluated.value));
        draft.operands = operands;
        if frame.figure.is_none() && desk.says_again(page.field.path, &draft.operands) {
            // 均已办结，无结转: one contradiction.
            return;
        }
        let draft = draft
            .with("reading", readings.reading)
            .with("year", desk.subject.year)
            .with("said", said)
            .with("meanings", meanings)
            .with("values", values);
        if let Some(index) = frame.figure {
            desk.question(page, index);
        }
        desk.report(&self.head, draft);
    }

    fn export(
        &self,
        page: &Page<'_>,
        frame: &Frame,
        numeral: Option<&Numeral>,
        desk: &mut Desk<'_>,
    ) {
        let Some(name) = &self.data.export else { return };
        let place = match frame.figure {
            Some(index) => page.at_figure(index).place,
            None => page.at_words(&frame.range).place,
        };
        let value = numeral.map_or(Decimal::ZERO, |numeral| numeral.value);
        desk.exported.entry(name.clone()).or_insert(Exported { value, place });
    }
}

impl Frame {
    /// Whether nothing but an inherited thing carries it.
    fn bare(&self) -> bool {
        self.events.is_empty() && self.outcomes.is_empty() && self.who.is_empty()
    }
}

fn fits(numeral: Option<&Numeral>, value: Decimal) -> bool {
    match numeral {
        Some(numeral) => crate::text::agrees(numeral.value, numeral.step, value),
        None => value.is_zero(),
    }
}
