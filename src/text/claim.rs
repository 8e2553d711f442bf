//! Claims: what a figure in a text is said to be, and whether the form's figures agree.
//!
//! In: the prose of a field and the claim rules. Out: the claims, each with its rule and figure, and
//! findings for those that none of their meanings fits. A figure that several patterns take belongs to
//! the longest match; if its context forbids that meaning, it is no claim at all.

use std::ops::Range;

use rust_decimal::Decimal;

use super::context::{Reading, State, Time, meets};
use super::data::ClaimData;
use super::expression::Evaluated;
use super::facts::Subject;
use super::figures::Figures;
use super::numeral::Numeral;
use super::pattern::{Gate, Pattern, PatternError, View, Words};
use super::prose::{COUNT, Prose};

const USUAL_UNITS: &[&str] =
    &["件", "条", "份", "宗", "起", "项", "个", "笔", "例", "次", "件次", "人次", "元", ""];

/// Claim rules, ready for use.
#[derive(Debug)]
pub struct Claims {
    /// The rules.
    pub rules: Vec<Claim>,
    find: Patterns,
    absent: Patterns,
    distribution: Pattern,
}

/// One claim rule.
#[derive(Debug)]
pub struct Claim {
    /// Its data.
    pub data: ClaimData,
    topic: Option<usize>,
    unless: Option<Pattern>,
    unless_later: Option<Pattern>,
    needs: Option<Pattern>,
}

/// Patterns with their rules, behind a gate.
#[derive(Debug)]
struct Patterns {
    gate: Gate,
    all: Vec<(Pattern, usize)>,
}

/// What a text claims.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The rule.
    pub rule: usize,
    /// The figure; `None` for a claim that there are none.
    pub figure: Option<usize>,
    /// The sentence.
    pub sentence: usize,
    /// Its place in the figured view: the figure's sign, or the words that say none.
    pub range: Range<usize>,
}

impl Patterns {
    fn compile(words: Words<'_>, patterns: &[(&str, usize)]) -> Result<Self, PatternError> {
        let mut all = patterns
            .iter()
            .map(|(pattern, rule)| Ok((words.compile(pattern, View::Figured)?, *rule)))
            .collect::<Result<Vec<_>, PatternError>>()?;
        Ok(Self { gate: Gate::new(all.iter_mut().map(|(pattern, _)| pattern))?, all })
    }

    /// The patterns that may match a text, with their rules.
    fn open(&self, text: &str) -> impl Iterator<Item = &(Pattern, usize)> {
        let open = self.gate.open(text);
        self.all.iter().filter(move |(pattern, _)| open.lets(pattern))
    }
}

impl Claims {
    /// Compiles claim rules.
    ///
    /// # Errors
    /// A pattern cannot be used, a topic is unknown, or a pattern names no figure where it must.
    pub fn compile(
        words: Words<'_>,
        rules: Vec<ClaimData>,
        topic_of: &dyn Fn(&str) -> Option<usize>,
    ) -> Result<Self, PatternError> {
        let mut find: Vec<(&str, usize)> = Vec::new();
        let mut absent: Vec<(&str, usize)> = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            find.extend(rule.find.iter().map(|pattern| (pattern.as_str(), number)));
            absent.extend(rule.absent.iter().map(|pattern| (pattern.as_str(), number)));
        }
        let (find, absent) = (Patterns::compile(words, &find)?, Patterns::compile(words, &absent)?);
        if let Some((regex, _)) = find.all.iter().find(|(regex, _)| regex.groups() != 1) {
            return Err(PatternError(format!("`{}`: a claim has one figure", regex.as_str())));
        }
        let distribution = words.compile("(?:分别)(?:为|是|有|共)?", View::Figured)?;
        let rules = rules
            .into_iter()
            .map(|data| {
                let topic = match &data.topic {
                    Some(name) => Some(
                        topic_of(name).ok_or_else(|| PatternError(format!("no topic `{name}`")))?,
                    ),
                    None => None,
                };
                let unless = match data.unless.is_empty() {
                    true => None,
                    false => Some(words.compile(&data.unless.join("|"), View::Figured)?),
                };
                let one = |pattern: &Option<String>| {
                    pattern.as_deref().map(|text| words.compile(text, View::Figured)).transpose()
                };
                let (needs, unless_later) = (one(&data.needs)?, one(&data.unless_later)?);
                Ok(Claim { needs, unless_later, data, topic, unless })
            })
            .collect::<Result<_, PatternError>>()?;
        Ok(Self { rules, find, absent, distribution })
    }

    /// Finds all claims of a field.
    pub fn of(&self, field: &str, prose: &Prose, reading: &Reading<'_>) -> Vec<Claimed> {
        let mut claims = Vec::new();
        for (number, sentence) in prose.sentences.iter().enumerate() {
            let text = prose.sentence(sentence);
            let finder = Finder {
                claims: self,
                field,
                prose,
                reading,
                sentence: number,
                base: sentence.range.start,
            };
            if !sentence.figures.is_empty() {
                finder.figures(text, &mut claims);
                finder.distributed(text, &mut claims);
            }
            finder.absent(text, &mut claims);
        }
        claims.sort_by_key(|claim| claim.range.start);
        claims
    }
}

struct Finder<'a> {
    claims: &'a Claims,
    field: &'a str,
    prose: &'a Prose,
    reading: &'a Reading<'a>,
    sentence: usize,
    base: usize,
}

impl Finder<'_> {
    fn figures(&self, text: &str, claims: &mut Vec<Claimed>) {
        let mut matches: Vec<(usize, Range<usize>, usize)> = Vec::new();
        for (regex, rule) in self.claims.find.open(text) {
            for found in regex.captures_iter(text) {
                if let (Some(whole), Some(sign)) = (found.get(0), found.get(1)) {
                    matches.push((sign.start(), whole.range(), *rule));
                }
            }
        }
        matches.sort_by_key(|(sign, range, rule)| (*sign, std::cmp::Reverse(range.len()), *rule));
        let mut from = 0;
        while from < matches.len() {
            let (sign, longest) = (matches[from].0, matches[from].1.len());
            let to = from + matches[from..].iter().take_while(|m| m.0 == sign).count();
            let mut longest = matches[from..to].iter().filter(|found| found.1.len() == longest);
            if let Some((_, _, rule)) = longest.find(|(_, range, rule)| {
                self.holds(text, range, sign, *rule, self.part_around(text, range))
            }) {
                let place = self.base + sign..self.base + sign + COUNT.len_utf8();
                let figure = self.prose.figure_at(place.start);
                claims.push(Claimed { rule: *rule, figure, sentence: self.sentence, range: place });
            }
            from = to;
        }
    }

    /// 甲、乙、丙分别为1件、2件、3件: each name with its own figure.
    fn distributed(&self, text: &str, claims: &mut Vec<Claimed>) {
        let Some(word) = self.claims.distribution.find(text) else { return };
        let clause =
            text[..word.start()].rfind(['，', '；', '：']).map_or(0, |at| at + '，'.len_utf8());
        let names: Vec<&str> = split_names(&text[clause..word.start()]);
        let end = text[word.end()..].find('；').map_or(text.len(), |at| word.end() + at);
        let figures: Vec<usize> = text[word.end()..end]
            .char_indices()
            .filter(|(_, char)| *char == COUNT)
            .map(|(at, _)| word.end() + at)
            .collect();
        if names.len() < 2 || names.len() != figures.len() {
            return;
        }
        for (name, sign) in names.into_iter().zip(figures) {
            let place = self.base + sign..self.base + sign + COUNT.len_utf8();
            if claims.iter().any(|claim| claim.range == place) {
                continue;
            }
            let phrase = format!("{name}{COUNT}");
            let best = self
                .claims
                .find
                .open(&phrase)
                .filter_map(|(regex, rule)| regex.find(&phrase).map(|found| (found.len(), *rule)))
                .max();
            if let Some((_, rule)) = best
                && self.holds(text, &(word.start()..sign), sign, rule, &phrase)
            {
                let figure = self.prose.figure_at(place.start);
                claims.push(Claimed { rule, figure, sentence: self.sentence, range: place });
            }
        }
    }

    fn absent(&self, text: &str, claims: &mut Vec<Claimed>) {
        for (regex, rule) in self.claims.absent.open(text) {
            for found in regex.find_iter(text) {
                let place = self.base + found.start()..self.base + found.end();
                let equals = &self.claims.rules[*rule].data.equals;
                let known = claims.iter().any(|claim| {
                    claim.sentence == self.sentence
                        && self.claims.rules[claim.rule].data.equals == *equals
                });
                let part = self.part_around(text, &found.range());
                if !known && self.holds(text, &found.range(), found.end(), *rule, part) {
                    claims.push(Claimed {
                        rule: *rule,
                        figure: None,
                        sentence: self.sentence,
                        range: place,
                    });
                }
            }
        }
    }

    /// The part of the sentence, between commas, around a match.
    fn part_around<'t>(&self, text: &'t str, range: &Range<usize>) -> &'t str {
        let from =
            text[..range.start].rfind(['，', '；', '：']).map_or(0, |at| at + '，'.len_utf8());
        let to = text[range.end..]
            .find(['，', '；', '、', '：'])
            .map_or(text.len(), |at| range.end + at);
        &text[from..to]
    }

    /// Whether the context lets the match mean what the rule says.
    fn holds(
        &self,
        text: &str,
        range: &Range<usize>,
        sign: usize,
        rule: usize,
        part: &str,
    ) -> bool {
        let rule = &self.claims.rules[rule];
        if !meets(self.field, &rule.data.fields) {
            return false;
        }
        let (from, to) = (self.base + range.start, self.base + sign);
        let state = self.reading.state(self.sentence, to);
        let before = self.reading.state(self.sentence, from);
        if state.time != Time::This || state.comparison.is_some() || state.foreign_scope {
            return false;
        }
        if !rule.data.part && before.part.is_some() && !state.own_scope {
            return false;
        }
        let figure = self.prose.figure_at(to).map(|index| &self.prose.figures[index]);
        if let Some(figure) = figure
            && range.end > sign
            && !self.unit_fits(&figure.numeral, rule)
        {
            return false;
        }
        if rule.unless.as_ref().is_some_and(|unless| unless.is_match(part))
            || rule.unless_later.as_ref().is_some_and(|later| later.is_match(&text[range.end..]))
            || rule.needs.as_ref().is_some_and(|needs| !needs.is_match(&text[..range.start]))
        {
            return false;
        }
        self.topic_fits(text, rule, &before, from, to)
    }

    fn unit_fits(&self, numeral: &Numeral, rule: &Claim) -> bool {
        if rule.data.units.is_empty() {
            USUAL_UNITS.contains(&numeral.unit)
        } else {
            rule.data.units.iter().any(|unit| unit == numeral.unit)
        }
    }

    fn topic_fits(&self, text: &str, rule: &Claim, before: &State, from: usize, to: usize) -> bool {
        let Some(topic) = rule.topic else { return true };
        let after = to - self.base;
        let end = text[after..].find(['，', '；', '、', '：']).map_or(text.len(), |at| after + at);
        if let Some(named) = self.reading.topic_in(self.sentence, to, self.base + end)
            && named != topic
        {
            return false;
        }
        if let Some(named) = self.reading.topic_in(self.sentence, from, self.base + end) {
            return named == topic;
        }
        match (before.topic, before.carried) {
            (Some(named), _) => named == topic,
            (None, Some(carried)) if carried != topic => false,
            (None, _) => self.reading.is_default(topic),
        }
    }
}

fn split_names(text: &str) -> Vec<&str> {
    let mut names = vec![text];
    for joint in ["、", "和", "及", "与"] {
        names = names.into_iter().flat_map(|name| name.split(joint)).collect();
    }
    names.retain(|name| !name.is_empty());
    names
}

/// A claim that none of its meanings fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// What the text says, none being 0.
    pub said: Decimal,
    /// The meanings, as label and value.
    pub meanings: Vec<(String, Evaluated)>,
}

impl Claims {
    /// Compares a claim with the form's figures; `None` when one fits or one is not known.
    pub fn judge(
        &self,
        claim: &Claimed,
        prose: &Prose,
        figures: &Figures,
        subject: &Subject<'_>,
    ) -> Option<Contradiction> {
        let data = &self.rules[claim.rule].data;
        let numeral = claim.figure.map(|index| &prose.figures[index].numeral);
        let said = numeral.map_or(Decimal::ZERO, |numeral| numeral.value);
        let step = numeral.map_or(Decimal::ONE, |numeral| numeral.step);
        let mut meanings = Vec::new();
        for name in &data.equals {
            let (label, evaluated) = figures.evaluate(name, subject.facts)?;
            if agrees(said, step, evaluated.value) {
                return None;
            }
            meanings.push((label.to_owned(), evaluated));
        }
        for name in &data.every {
            let (label, evaluated) = figures.evaluate(name, subject.facts)?;
            if !agrees(said, step, evaluated.value) {
                meanings.push((label.to_owned(), evaluated));
            }
        }
        (!meanings.is_empty()).then_some(Contradiction { said, meanings })
    }
}

/// Whether an exact value is printed as `said` when `step` is one in its last digit: rounded or cut off.
pub fn agrees(said: Decimal, step: Decimal, exact: Decimal) -> bool {
    if said == exact {
        return true;
    }
    let Some(units) = exact.checked_div(step) else { return false };
    let rounded =
        units.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    let cut = units.trunc();
    let fits = |value: Decimal| value.checked_mul(step) == Some(said);
    (step != Decimal::ONE || exact.scale() > 0) && (fits(rounded) || fits(cut))
}
