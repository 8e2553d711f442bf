//! Comparisons with last year against both years' figures.
//!
//! In: the prose of a field, its claims, the figures of both years. Out: changes, in per cent or in
//! numbers, that no reading of them gives. Where the text itself says last year's figure, that one is
//! a reading too.

use rust_decimal::Decimal;

use super::claim::{Claimed, Claims, agrees};
use super::context::{Reading, Time};
use super::data::TrendData;
use super::expression::Evaluated;
use super::facts::Facts;
use super::figures::Figures;
use super::numeral::Kind;
use super::pattern::{Pattern, PatternError, View, Words};
use super::prose::{COUNT, Prose};
use super::share::{percent, to_digits};

/// The rule, ready for use.
#[derive(Debug)]
pub struct Trends {
    /// Its data.
    pub data: TrendData,
    change: Pattern,
    up: Pattern,
    same: Pattern,
    last_year: Pattern,
    unless: Pattern,
    subjects: Vec<(Pattern, Option<usize>)>,
}

/// A change that the two years' figures do not give.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongTrend {
    /// The figure of the change; `None` for 持平.
    pub figure: Option<usize>,
    /// Its place in the figured view.
    pub at: std::ops::Range<usize>,
    /// This year's number.
    pub current: Decimal,
    /// Last year's number.
    pub previous: Decimal,
    /// The change that they give: per cent, or a number.
    pub computed: Decimal,
    /// The form's figures behind them.
    pub evaluated: Vec<Evaluated>,
}

/// A pair of numbers that a comparison may be about.
struct Pair {
    current: Decimal,
    previous: Decimal,
    evaluated: Vec<Evaluated>,
}

impl Trends {
    /// Compiles the rule.
    ///
    /// # Errors
    /// A pattern cannot be used, or a topic is unknown.
    pub fn compile(
        words: Words<'_>,
        data: TrendData,
        topic_of: &dyn Fn(&str) -> Option<usize>,
    ) -> Result<Self, PatternError> {
        let regex = |pattern: &str| words.compile(pattern, View::Figured);
        let subjects = data
            .subjects
            .iter()
            .map(|subject| {
                let topic = match &subject.topic {
                    Some(name) => Some(
                        topic_of(name).ok_or_else(|| PatternError(format!("no topic `{name}`")))?,
                    ),
                    None => None,
                };
                Ok((regex(&subject.find)?, topic))
            })
            .collect::<Result<_, PatternError>>()?;
        Ok(Self {
            change: regex(&format!(
                "(?:{}|{})(?:了|率|幅度?|约)*(?:为|达|到)?(?:[#%])",
                data.up, data.down
            ))?,
            up: regex(&format!("^(?:{})", data.up))?,
            same: regex(&data.same)?,
            last_year: regex(&data.last_year)?,
            unless: regex(&data.unless)?,
            subjects,
            data,
        })
    }

    /// Finds the changes of a field that the figures do not give.
    pub fn of(
        &self,
        prose: &Prose,
        reading: &Reading<'_>,
        claims: (&Claims, &[Claimed]),
        figures: &Figures,
        facts: &dyn Facts,
    ) -> Vec<WrongTrend> {
        let mut wrong = Vec::new();
        for (number, sentence) in prose.sentences.iter().enumerate() {
            let text = prose.sentence(sentence);
            let finder = Finder { trends: self, prose, reading, claims, figures, facts, number };
            if !sentence.figures.is_empty() {
                wrong.extend(
                    self.change.find_iter(text).filter_map(|found| finder.change(text, found)),
                );
            }
            wrong.extend(self.same.find_iter(text).filter_map(|found| finder.same(text, found)));
        }
        wrong
    }
}

struct Finder<'a> {
    trends: &'a Trends,
    prose: &'a Prose,
    reading: &'a Reading<'a>,
    claims: (&'a Claims, &'a [Claimed]),
    figures: &'a Figures,
    facts: &'a dyn Facts,
    number: usize,
}

impl Finder<'_> {
    fn base(&self) -> usize {
        self.prose.sentences[self.number].range.start
    }

    fn change(&self, text: &str, found: regex::Match<'_>) -> Option<WrongTrend> {
        let sign = self.base() + found.end() - COUNT.len_utf8();
        let index = self.prose.figure_at(sign)?;
        let numeral = &self.prose.figures[index].numeral;
        let after = &text[found.end()..];
        if after.starts_with("个百分点") || numeral.kind == Kind::Rough {
            return None;
        }
        let sentence_sign =
            if self.trends.up.is_match(found.as_str()) { Decimal::ONE } else { -Decimal::ONE };
        let said = numeral.value.checked_mul(sentence_sign)?;
        let pairs = self.pairs(text, found.start())?;
        let computed = |pair: &Pair| -> Option<Decimal> {
            let change = pair.current.checked_sub(pair.previous)?;
            if numeral.kind == Kind::Percent {
                percent(change, pair.previous)
            } else {
                Some(change)
            }
        };
        let mut first = None;
        for pair in pairs {
            let exact = computed(&pair)?;
            if agrees(said.abs(), numeral.step, exact.abs()) && (said * exact >= Decimal::ZERO) {
                return None;
            }
            first.get_or_insert(WrongTrend {
                figure: Some(index),
                at: sign..sign + COUNT.len_utf8(),
                current: pair.current,
                previous: pair.previous,
                computed: to_digits(exact, numeral.step),
                evaluated: pair.evaluated,
            });
        }
        first
    }

    fn same(&self, text: &str, found: regex::Match<'_>) -> Option<WrongTrend> {
        let pairs = self.pairs(text, found.start())?;
        if pairs.iter().any(|pair| pair.current == pair.previous) {
            return None;
        }
        let pair = pairs.into_iter().next()?;
        Some(WrongTrend {
            figure: None,
            at: self.base() + found.start()..self.base() + found.end(),
            current: pair.current,
            previous: pair.previous,
            computed: pair.current.checked_sub(pair.previous)?,
            evaluated: pair.evaluated,
        })
    }

    /// All pairs of numbers that a change at a place may be about; `None` when it cannot be told.
    fn pairs(&self, text: &str, at: usize) -> Option<Vec<Pair>> {
        let start = self.previous_change(text, at);
        let region = &text[start..at];
        if self.trends.unless.is_match(region) {
            return None;
        }
        let said = self.said_before(start, at);
        let is_last_year = self.trends.last_year.is_match(region) || said.is_some();
        if !is_last_year {
            return None;
        }
        let (names, current) = self.subject(text, at)?;
        let mut pairs = Vec::new();
        for name in names {
            let Some((_, before)) = self.figures.evaluate_previous(name, self.facts) else {
                continue;
            };
            let Some((_, now)) = self.figures.evaluate(name, self.facts) else { continue };
            for value in current.into_iter().chain([now.value]) {
                let evaluated = vec![now.clone(), before.clone()];
                pairs.push(Pair { current: value, previous: before.value, evaluated });
            }
        }
        if let (Some(current), Some(previous)) = (current, said) {
            pairs.push(Pair { current, previous, evaluated: Vec::new() });
        }
        pairs.retain(|pair| !pair.previous.is_zero());
        (!pairs.is_empty()).then_some(pairs)
    }

    /// Where the comparison begins: after the change before, at most the sentence's start.
    fn previous_change(&self, text: &str, at: usize) -> usize {
        text[..at].rfind('；').map_or(0, |place| place + '；'.len_utf8())
    }

    /// Last year's figure as the sentence gives it.
    fn said_before(&self, start: usize, at: usize) -> Option<Decimal> {
        let places = self.base() + start..self.base() + at;
        let own = self.said_in(self.number, &places);
        let asides = (self.number + 1..self.prose.sentences.len()).map_while(|aside| {
            let host = self.prose.sentences[aside].host?;
            Some((aside, host))
        });
        let mut within = asides
            .filter(|(_, (host, place))| *host == self.number && places.contains(place))
            .filter_map(|(aside, _)| self.said_in(aside, &(0..usize::MAX)));
        own.or_else(|| within.next())
    }

    fn said_in(&self, number: usize, places: &std::ops::Range<usize>) -> Option<Decimal> {
        let sentence = &self.prose.sentences[number];
        sentence.figures.clone().rev().find_map(|index| {
            let figure = &self.prose.figures[index];
            let state = self.reading.state(number, figure.at);
            let before = &self.prose.figured[sentence.range.start..figure.at];
            let is_change = before.ends_with(['增', '加', '少', '降', '升', '多', '长', '了']);
            let compared = state.time == Time::Last || state.comparison.is_some();
            let is_it = places.contains(&figure.at)
                && figure.numeral.kind == Kind::Count
                && compared
                && !is_change;
            is_it.then_some(figure.numeral.value)
        })
    }

    /// What is compared: the nearest claim or named subject before the change.
    fn subject(&self, text: &str, at: usize) -> Option<(&[String], Option<Decimal>)> {
        let (rules, claims) = self.claims;
        let place = self.base() + at;
        let claim = claims.iter().rfind(|claim| {
            claim.sentence == self.number && claim.range.start < place && claim.figure.is_some()
        });
        let figure = self.prose.sentences[self.number].figures.clone().rfind(|&index| {
            let figure = &self.prose.figures[index];
            let state = self.reading.state(self.number, figure.at);
            let before = &self.prose.figured[self.base()..figure.at];
            figure.at < place
                && figure.numeral.kind == Kind::Count
                && state.time == Time::This
                && state.comparison.is_none()
                && !before.ends_with(['增', '加', '少', '降', '升', '多', '长', '了'])
        });
        let named = self.trends.subjects.iter().zip(&self.trends.data.subjects).filter_map(
            |((regex, topic), data)| {
                let found = regex.find_iter(&text[..at]).last()?;
                let state = self.reading.state(self.number, self.base() + found.end());
                let about = match (topic, state.topic.or(state.carried)) {
                    (Some(topic), Some(named)) => *topic == named,
                    (Some(topic), None) => self.reading.is_default(*topic),
                    (None, _) => true,
                };
                about.then_some((self.base() + found.end(), &data.equals))
            },
        );
        let named = named.max_by_key(|(place, _)| *place);
        match (claim, figure, named) {
            (claim, figure, Some((end, names)))
                if figure.is_none_or(|index| self.prose.figures[index].at < end) =>
            {
                let _ = claim;
                Some((names, None))
            }
            (Some(claim), figure, _) if claim.figure == figure => {
                let data = &rules.rules[claim.rule].data;
                let value = claim.figure.map(|index| self.prose.figures[index].numeral.value);
                data.trend.then_some((data.equals.as_slice(), value))
            }
            (_, Some(figure), _) => Some((&[], Some(self.prose.figures[figure].numeral.value))),
            _ => None,
        }
    }
}
