//! Comparisons with last year against both years' figures.
//!
//! Only where both figures stand in the text, one of them last year's (by its time, behind 比, or in a parenthesis
//! behind that), or where last year's file gives the other. Two figures of one year are never compared.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::expression::Evaluated;
use crate::text::finding::Origin;
use crate::text::lists::Index;
use crate::text::numeral::Kind;
use crate::text::pattern::PatternError;
use crate::text::reading::tokens::{Time, What};
use crate::text::reading::{Reading, Role, Silence};
use crate::text::{Fit, fit, percent, to_digits};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// How messages say growth, decline, equality.
    says: Says,
    /// Words for last year.
    last_year: Vec<String>,
    /// Comparisons with something else.
    unless: Vec<String>,
    /// Figures of the form by thing and event; `plain` without an event.
    equals: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    up: String,
    down: String,
    same: String,
}

#[derive(Debug)]
struct Growth {
    head: Head,
    data: Data,
}

pub(super) fn make(data: toml::Table, tools: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    let names = data.equals.values().flat_map(BTreeMap::values).flatten();
    if let Some(name) = names.into_iter().find(|name| !tools.figures.contains(name)) {
        return Err(PatternError(format!("no figure `{name}`")));
    }
    Ok(Box::new(Growth { head, data }))
}

/// How many tokens before a change its figures may stand: real sentences are shorter.
const FAR: usize = 300;

/// A pair of numbers that a comparison may be about.
struct Pair {
    current: Decimal,
    previous: Decimal,
    evaluated: Vec<Evaluated>,
}

impl Check for Growth {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        if page.is_title
            || !page.prose.figured.contains(['增', '升', '涨', '多', '减', '降', '少', '平', '落'])
        {
            return;
        }
        let reading = page.reading();
        let index = Index::new(reading);
        for number in 0..reading.lines.len() {
            let tokens = &reading.lines[number].0.tokens;
            for (at, token) in tokens.iter().enumerate() {
                let change = Change { growth: self, page, reading, index: &index, number, at };
                match reading.named(token, Role::Trend) {
                    Some("same") => change.same(desk),
                    Some(name) => change.figure(name == "up", desk),
                    None => {}
                }
            }
        }
    }
}

struct Change<'a, 'p> {
    growth: &'a Growth,
    page: &'a Page<'p>,
    reading: &'a Reading<'p>,
    index: &'a Index<'a>,
    number: usize,
    at: usize,
}

impl Change<'_, '_> {
    /// 增长x%, 减少n件.
    fn figure(&self, up: bool, desk: &mut Desk<'_>) {
        let tokens = &self.reading.lines[self.number].0.tokens;
        let next = (self.at + 1..tokens.len())
            .find(|&at| self.reading.role(&tokens[at]) != Some(Role::Filler));
        let Some(What::Figure(figure)) = next.map(|at| tokens[at].what) else { return };
        let numeral = &self.page.prose.figures[figure].numeral;
        if !matches!(numeral.kind, Kind::Count | Kind::Percent) {
            return;
        }
        let Some(pairs) = self.pairs(desk, numeral.kind == Kind::Count) else { return };
        let sign = if up { Decimal::ONE } else { -Decimal::ONE };
        let computed = |pair: &Pair| -> Option<Decimal> {
            let change = pair.current.checked_sub(pair.previous)?;
            if numeral.kind == Kind::Percent {
                percent(change, pair.previous)
            } else {
                Some(change)
            }
        };
        let mut first: Option<(Pair, Decimal)> = None;
        for pair in pairs {
            let Some(exact) = computed(&pair) else { return };
            let same_way = numeral.value * sign * exact >= Decimal::ZERO;
            if same_way && fit(numeral.value, numeral.step, exact.abs()) != Fit::None {
                return;
            }
            first.get_or_insert((pair, exact));
        }
        let Some((pair, exact)) = first else { return };
        let unit = if numeral.kind == Kind::Percent { "%" } else { "" };
        self.report(Some(figure), &pair, to_digits(exact, numeral.step), unit, desk);
    }

    /// 与上年持平.
    fn same(&self, desk: &mut Desk<'_>) {
        let tokens = &self.reading.lines[self.number].0.tokens;
        let start = self.index.clause_start(self.number, self.at);
        let text = &self.page.prose.figured[tokens[start].range.start..tokens[self.at].range.end];
        if !text.ends_with("持平")
            || !self.growth.data.last_year.iter().any(|word| text.contains(word.as_str()))
        {
            return;
        }
        let Some(pairs) = self.pairs(desk, true) else { return };
        if pairs.iter().any(|pair| pair.current == pair.previous) {
            return;
        }
        if let Some(pair) = pairs.into_iter().next() {
            let change = pair.current - pair.previous;
            self.report(None, &pair, change, "", desk);
        }
    }

    fn report(
        &self,
        figure: Option<usize>,
        pair: &Pair,
        change: Decimal,
        unit: &str,
        desk: &mut Desk<'_>,
    ) {
        let says = &self.growth.data.says;
        let word = match change {
            change if change.is_zero() => &says.same,
            change if change.is_sign_negative() => &says.down,
            _ => &says.up,
        };
        let tokens = &self.reading.lines[self.number].0.tokens;
        let start = self.index.clause_start(self.number, self.at);
        let mut draft = match figure {
            Some(figure) => self.page.at_figure(figure),
            None => self.page.at_words(&(tokens[start].range.start..tokens[self.at].range.end)),
        };
        draft.computed = Some(match change {
            change if change.is_zero() => word.clone(),
            change => format!("{word}{}{unit}", change.abs()),
        });
        draft.operands = pair.evaluated.iter().flat_map(|e| e.operands.clone()).collect();
        let draft = draft
            .with("current", pair.current.to_string())
            .with("previous", pair.previous.to_string());
        desk.report(&self.growth.head, draft);
    }

    /// All pairs of numbers that the change may be about; `None` when it cannot be told.
    fn pairs(&self, desk: &Desk<'_>, of_counts: bool) -> Option<Vec<Pair>> {
        let (line, settings) = &self.reading.lines[self.number];
        let tokens = &line.tokens;
        let near = self.at.saturating_sub(FAR);
        let start = tokens[near..self.at]
            .iter()
            .rposition(|t| t.what == What::Mark('；'))
            .map_or(near, |at| near + at + 1);
        let from = tokens.get(start)?.range.start;
        let region = &self.page.prose.figured[from..tokens[self.at].range.start];
        if self.growth.data.unless.iter().any(|word| region.contains(word.as_str())) {
            return None;
        }
        let said = self.said_before(start);
        let last = tokens[start..self.at].iter().any(|token| token.what == What::Time(Time::Last));
        let last =
            last || self.growth.data.last_year.iter().any(|word| region.contains(word.as_str()));
        if !last && said.is_none() || settings[self.at].time == Time::Other {
            return None;
        }
        let current = self.current_before();
        let mut pairs = Vec::new();
        if last {
            self.with_file(&current, desk, &mut pairs);
        }
        if let Some(previous) = said {
            let alike = |figure: &&usize| self.index.class(**figure) == self.index.class(previous);
            for &figure in current.iter().filter(alike) {
                let value = |figure: usize| self.page.prose.figures[figure].numeral.value;
                pairs.push(Pair {
                    current: value(figure),
                    previous: value(previous),
                    evaluated: Vec::new(),
                });
            }
        }
        let _ = of_counts;
        pairs.retain(|pair| !pair.previous.is_zero());
        (!pairs.is_empty()).then_some(pairs)
    }

    /// Last year's figure as the sentence gives it, in a parenthesis perhaps.
    fn said_before(&self, start: usize) -> Option<usize> {
        let tokens = &self.reading.lines[self.number].0.tokens;
        let places = tokens.get(start)?.range.start..tokens[self.at].range.start;
        let is_last = |number: usize, figure: usize| {
            let setting = &self.reading.lines[number].1[self.index.token(figure)];
            let kind = self.page.prose.figures[figure].numeral.kind;
            kind == Kind::Count
                && (setting.time == Time::Last || setting.compares)
                && !self.index.is_change(figure)
        };
        let own = self.index.spots(self.number, start..self.at).map(|spot| spot.figure);
        let own = own.rev().find(|&figure| is_last(self.number, figure));
        own.or_else(|| {
            let asides = (self.number + 1..self.reading.lines.len()).map_while(|aside| {
                let (host, place) = self.page.prose.sentences[aside].host?;
                (host == self.number).then_some((aside, place))
            });
            let asides = asides.take(FAR);
            let mut within =
                asides.filter(|(_, place)| places.contains(place) || *place == places.end);
            within.find_map(|(aside, _)| {
                let figures = self.index.spots(aside, 0..usize::MAX).map(|spot| spot.figure);
                figures.rev().find(|&figure| is_last(aside, figure))
            })
        })
    }

    /// This year's figures before the change, the nearest first.
    fn current_before(&self) -> Vec<usize> {
        self.index
            .spots(self.number, self.at.saturating_sub(FAR)..self.at)
            .rev()
            .map(|spot| spot.figure)
            .filter(|&figure| {
                let setting = &self.reading.lines[self.number].1[self.index.token(figure)];
                let kind = self.page.prose.figures[figure].numeral.kind;
                kind == Kind::Count
                    && setting.time == Time::This
                    && !setting.compares
                    && !self.index.is_change(figure)
            })
            .collect()
    }

    /// Pairs with the figures of last year's file.
    fn with_file(&self, current: &[usize], desk: &Desk<'_>, pairs: &mut Vec<Pair>) {
        let named = self.named_subject(current.first().copied());
        let value = |figure: usize| self.page.prose.figures[figure].numeral.value;
        let (names, said) = match (named, current.first()) {
            (Some(names), _) => (names, None),
            (None, Some(&figure)) => (self.names_of(figure), Some(value(figure))),
            (None, None) => return,
        };
        for name in names.into_iter().flatten() {
            let facts = desk.subject.facts;
            let of = |origin| desk.figures.evaluate(name, &["total"], facts, origin);
            let (Some(before), Some(now)) = (of(Origin::Previous), of(Origin::Report)) else {
                continue;
            };
            for current in said.into_iter().chain([now.value]) {
                let evaluated = vec![now.clone(), before.clone()];
                pairs.push(Pair { current, previous: before.value, evaluated });
            }
        }
    }

    /// The figures of the form that a figure's frame means.
    fn names_of(&self, figure: usize) -> Option<&Vec<String>> {
        let frame = self.reading.frame(figure)?;
        let name =
            |id: &crate::text::reading::ValueId| self.reading.lexicon.value(*id).name.as_str();
        let [thing] = frame.things.as_slice() else { return None };
        let plain = frame.outcomes.is_empty() && frame.who.is_empty();
        let silent = frame.silence.is_some_and(|why| why != Silence::Time);
        if !plain || silent || frame.events.is_empty() && !frame.named {
            return None;
        }
        let events = self.growth.data.equals.get(name(thing))?;
        match frame.events.first() {
            Some(event) => events.get(name(event)),
            None => events.get("plain"),
        }
    }

    /// 申请数量同比下降x%: the thing is named behind the last figure, without one of its own.
    fn named_subject(&self, last: Option<usize>) -> Option<Option<&Vec<String>>> {
        let (line, settings) = &self.reading.lines[self.number];
        let from = last.map_or(0, |figure| self.index.token(figure) + 1);
        let from = from.max(self.at.saturating_sub(FAR));
        let found = (from..self.at)
            .rev()
            .find(|&at| self.reading.role(&line.tokens[at]) == Some(Role::Thing))?;
        let What::Word(id) = line.tokens[found].what else { return None };
        let value = self.reading.lexicon.value(id);
        let name = match &value.data.like {
            Some(like) => {
                let like_id = self.reading.lexicon.find(Role::Thing, like)?;
                settings[found].may_be(like_id).then_some(like.as_str())?
            }
            None => value.name.as_str(),
        };
        let narrowed = (from..self.at).any(|at| {
            matches!(
                self.reading.role(&line.tokens[at]),
                Some(Role::Outcome | Role::Who | Role::Channel | Role::Scope)
            ) || matches!(line.tokens[at].what, What::Unknown(_))
        });
        Some(if narrowed {
            None
        } else {
            self.growth.data.equals.get(name).and_then(|events| events.get("named"))
        })
    }
}
