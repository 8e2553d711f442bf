//! Shares in per cent against the two figures they come from.
//!
//! In: the prose of a field. Out: shares that no part and whole before them give, rounded or cut off to
//! the digits printed. Without a whole in the text there is nothing to compare.

use rust_decimal::Decimal;

use super::claim::agrees;
use super::context::{Reading, Time};
use super::data::ShareData;
use super::expression::Evaluated;
use super::facts::Facts;
use super::figures::Figures;
use super::numeral::Kind;
use super::pattern::{Pattern, PatternError, View, Words};
use super::prose::{COUNT, Prose};

/// The rule, ready for use.
#[derive(Debug)]
pub struct Shares {
    /// Its data.
    pub data: ShareData,
    shares: Vec<Pattern>,
    stems: Vec<Pattern>,
    whole: Pattern,
    unless: Option<Pattern>,
    rates: Vec<Rate>,
}

#[derive(Debug)]
struct Rate {
    find: Pattern,
    unless: Option<Pattern>,
    topic: usize,
    ratios: Vec<(String, String)>,
}

/// A share that its figures do not give.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongShare {
    /// The figure of the share.
    pub share: usize,
    /// The figures of part and whole, when they stand in the text.
    pub figures: Option<(usize, usize)>,
    /// Part and whole.
    pub part: Decimal,
    /// The whole.
    pub whole: Decimal,
    /// The form's figures behind them.
    pub evaluated: Vec<Evaluated>,
}

impl WrongShare {
    /// The share that the figures give, to as many digits as `step` has.
    pub fn computed(&self, step: Decimal) -> Decimal {
        percent(self.part, self.whole).map_or(Decimal::ZERO, |exact| to_digits(exact, step))
    }
}

/// Rounds to the last digit of `step`.
pub fn to_digits(exact: Decimal, step: Decimal) -> Decimal {
    exact.round_dp_with_strategy(step.scale(), rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// A part of a whole in per cent.
pub fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
}

/// Joins patterns into one; `None` when there are none.
pub fn any_of(
    words: Words<'_>,
    patterns: &[String],
    view: View,
) -> Result<Option<Pattern>, PatternError> {
    match patterns.is_empty() {
        true => Ok(None),
        false => words.compile(&patterns.join("|"), view).map(Some),
    }
}

impl Shares {
    /// Compiles the rule.
    ///
    /// # Errors
    /// A pattern cannot be used, or a topic is unknown.
    pub fn compile(
        words: Words<'_>,
        data: ShareData,
        topic_of: &dyn Fn(&str) -> Option<usize>,
    ) -> Result<Self, PatternError> {
        let regex = |pattern: &str| words.compile(pattern, View::Figured);
        let all =
            |patterns: &[String]| patterns.iter().map(|p| regex(p)).collect::<Result<Vec<_>, _>>();
        let rates = data
            .rates
            .iter()
            .map(|rate| {
                Ok(Rate {
                    find: regex(&rate.find)?,
                    unless: any_of(words, &rate.unless, View::Figured)?,
                    topic: topic_of(&rate.topic)
                        .ok_or_else(|| PatternError(format!("no topic `{}`", rate.topic)))?,
                    ratios: rate.ratios.clone(),
                })
            })
            .collect::<Result<_, PatternError>>()?;
        Ok(Self {
            shares: all(&data.shares)?,
            stems: all(&data.stems)?,
            whole: regex(&data.whole)?,
            unless: any_of(words, &data.unless, View::Figured)?,
            rates,
            data,
        })
    }

    /// Finds the shares of a field that no figures before them give.
    pub fn of(
        &self,
        prose: &Prose,
        reading: &Reading<'_>,
        figures: &Figures,
        facts: &dyn Facts,
    ) -> Vec<WrongShare> {
        let mut wrong: Vec<WrongShare> = Vec::new();
        for (number, sentence) in prose.sentences.iter().enumerate() {
            let any = prose
                .figures_of(sentence)
                .iter()
                .any(|figure| figure.numeral.kind == Kind::Percent);
            if !any {
                continue;
            }
            let finder = Finder { shares: self, prose, reading, number, figures, facts };
            let found = finder.shares().into_iter().chain(finder.stems()).chain(finder.rates());
            for share in found {
                if !wrong.iter().any(|known| known.share == share.share) {
                    wrong.push(share);
                }
            }
        }
        wrong
    }
}

struct Finder<'a> {
    shares: &'a Shares,
    prose: &'a Prose,
    reading: &'a Reading<'a>,
    number: usize,
    figures: &'a Figures,
    facts: &'a dyn Facts,
}

impl Finder<'_> {
    /// 占…的x%.
    fn shares(&self) -> Vec<WrongShare> {
        let sentence = &self.prose.sentences[self.number];
        let text = self.prose.sentence(sentence);
        let mut wrong = Vec::new();
        for found in self.shares.shares.iter().flat_map(|regex| regex.captures_iter(text)) {
            let Some((start, share)) = self.sign(&found, sentence.range.start) else { continue };
            let of = found
                .iter()
                .flatten()
                .skip(1)
                .map(|m| m.as_str())
                .find(|name| !name.starts_with('\u{E001}'));
            if of.is_some_and(|name| !self.shares.whole.is_match(name))
                || self.is_excused(text, found.get(0))
            {
                continue;
            }
            let mut counts = self.counts_before(start);
            let Some(part) = counts.pop() else { continue };
            wrong.extend(self.judge(share, part, &counts, false));
        }
        wrong
    }

    /// 回复率x%, of the figure before that is said to be 回复.
    fn stems(&self) -> Vec<WrongShare> {
        let sentence = &self.prose.sentences[self.number];
        let text = self.prose.sentence(sentence);
        let mut wrong = Vec::new();
        for found in self.shares.stems.iter().flat_map(|regex| regex.captures_iter(text)) {
            let Some((start, share)) = self.sign(&found, sentence.range.start) else { continue };
            let Some(stem) = found
                .iter()
                .flatten()
                .skip(1)
                .map(|m| m.as_str())
                .find(|s| !s.starts_with('\u{E001}'))
            else {
                continue;
            };
            if self.is_excused(text, found.get(0)) {
                continue;
            }
            let mut counts = self.counts_before(start);
            let Some(part) = counts
                .pop()
                .filter(|&part| self.prose.before(part, &['，', '；', '：', COUNT]).contains(stem))
            else {
                continue;
            };
            wrong.extend(self.judge(share, part, &counts, true));
        }
        wrong
    }

    /// Rates of the form's own figures.
    fn rates(&self) -> Vec<WrongShare> {
        let sentence = &self.prose.sentences[self.number];
        let text = self.prose.sentence(sentence);
        let mut wrong = Vec::new();
        for rate in &self.shares.rates {
            for found in rate.find.captures_iter(text) {
                let Some((start, share)) = self.sign(&found, sentence.range.start) else {
                    continue;
                };
                let state = self.reading.state(self.number, start);
                let clause = text[..start - sentence.range.start]
                    .rfind(['，', '；'])
                    .map_or(0, |at| at + '，'.len_utf8());
                let end = found.get(0).map_or(text.len(), |m| m.end());
                let named = state.topic.or(state.carried);
                let about =
                    named.map_or(self.reading.is_default(rate.topic), |topic| topic == rate.topic);
                let excused =
                    rate.unless.as_ref().is_some_and(|unless| unless.is_match(&text[clause..end]));
                if !about
                    || excused
                    || state.time != Time::This
                    || state.comparison.is_some()
                    || state.foreign_scope
                {
                    continue;
                }
                wrong.extend(self.judge_rate(share, rate));
            }
        }
        wrong
    }

    fn judge_rate(&self, share: usize, rate: &Rate) -> Option<WrongShare> {
        let numeral = &self.prose.figures[share].numeral;
        let mut first = None;
        for (part, whole) in &rate.ratios {
            let (_, part) = self.figures.evaluate(part, self.facts)?;
            let (_, whole) = self.figures.evaluate(whole, self.facts)?;
            let exact = percent(part.value, whole.value)?;
            if agrees(numeral.value, numeral.step, exact) {
                return None;
            }
            first.get_or_insert(WrongShare {
                share,
                figures: None,
                part: part.value,
                whole: whole.value,
                evaluated: vec![part, whole],
            });
        }
        first
    }

    fn sign(&self, found: &regex::Captures<'_>, base: usize) -> Option<(usize, usize)> {
        let sign = found.iter().flatten().skip(1).find(|m| m.as_str().starts_with('\u{E001}'))?;
        Some((base + found.get(0)?.start(), self.prose.figure_at(base + sign.start())?))
    }

    fn is_excused(&self, text: &str, found: Option<regex::Match<'_>>) -> bool {
        let Some(found) = found else { return false };
        let clause = text[..found.start()].rfind(['，', '；']).map_or(0, |at| at + '，'.len_utf8());
        self.shares
            .unless
            .as_ref()
            .is_some_and(|unless| unless.is_match(&text[clause..found.end()]))
    }

    /// The counts before a place, those of the host of a parenthesis and of the sentence before among them.
    fn counts_before(&self, at: usize) -> Vec<usize> {
        let mut counts: Vec<usize> = Vec::new();
        let mut number = self.number;
        let mut limit = at;
        loop {
            let sentence = &self.prose.sentences[number];
            let mut here: Vec<usize> = sentence
                .figures
                .clone()
                .filter(|&index| {
                    let figure = &self.prose.figures[index];
                    figure.at < limit
                        && matches!(figure.numeral.kind, Kind::Count | Kind::Money)
                        && self.reading.state(number, figure.at).comparison.is_none()
                })
                .collect();
            here.append(&mut counts);
            counts = here;
            match sentence.host {
                Some((host, place)) => (number, limit) = (host, place),
                None if number > 0
                    && counts.len() < 2
                    && self.prose.sentences[number - 1].line == sentence.line =>
                {
                    (number, limit) = (number - 1, usize::MAX);
                }
                None => return counts,
            }
        }
    }

    /// A share that no reading gives: of the figures before it, of any figure of the field, of the form's.
    fn judge(
        &self,
        share: usize,
        part: usize,
        wholes: &[usize],
        may_sum: bool,
    ) -> Option<WrongShare> {
        let of = |index: usize| &self.prose.figures[index].numeral;
        let said = of(share);
        let alike = |index: &usize| {
            of(*index).unit == of(part).unit && matches!(of(*index).kind, Kind::Count | Kind::Money)
        };
        let wholes: Vec<usize> = wholes.iter().copied().filter(alike).collect();
        let fits = |part: Decimal, whole: Decimal| {
            percent(part, whole).is_some_and(|exact| agrees(said.value, said.step, exact))
        };
        let value = |index: usize| of(index).value;
        let sum =
            wholes.iter().map(|&whole| value(whole)).fold(Decimal::ZERO, Decimal::saturating_add);
        let parts: Vec<Decimal> = wholes.iter().chain([&part]).map(|&index| value(index)).collect();
        let mut readings: Vec<Decimal> =
            (0..self.prose.figures.len()).filter(alike).map(value).collect();
        if may_sum {
            readings.push(sum);
        }
        let wholes_of_form = self.shares.data.wholes.iter();
        readings.extend(wholes_of_form.filter_map(|name| {
            self.figures.evaluate(name, self.facts).map(|(_, evaluated)| evaluated.value)
        }));
        if parts.iter().any(|&part| readings.iter().any(|&whole| fits(part, whole))) {
            return None;
        }
        let &whole = wholes.iter().rfind(|&&whole| value(whole) >= value(part))?;
        Some(WrongShare {
            share,
            figures: Some((part, whole)),
            part: value(part),
            whole: value(whole),
            evaluated: Vec::new(),
        })
    }
}
