//! Totals in a text against the items that the text gives for them.
//!
//! In: the prose of a field. Out: totals whose items do not add up. A list of items follows 其中 and the
//! like, stands in a parenthesis after its total, goes through all periods of a year, or comes before
//! its total (合计). Where a list may be read in several ways, one that adds up is enough.

use std::ops::Range;

use rust_decimal::Decimal;

use super::context::{Reading, Time};
use super::data::SumData;
use super::numeral::Kind;
use super::pattern::{Pattern, PatternError, View, Words};
use super::prose::{COUNT, Figure, Prose, Sentence};

/// The rule, ready for use.
#[derive(Debug)]
pub struct Sums {
    /// Its data.
    pub data: SumData,
    total: Pattern,
    breakdown: Pattern,
    sibling: Pattern,
    complete: Pattern,
    closing: Pattern,
    open: Pattern,
    apart: Pattern,
    change: Pattern,
    periods: Vec<Vec<Pattern>>,
    divisions: Vec<Pattern>,
}

/// A total whose items do not add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Misfit {
    /// The figure of the total.
    pub total: usize,
    /// The figures of the items.
    pub items: Vec<usize>,
    /// What the items add up to.
    pub sum: Decimal,
}

/// How sure it is that a list is meant to be complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sureness {
    Perhaps,
    Likely,
    Certain,
}

impl Sums {
    /// Compiles the rule.
    ///
    /// # Errors
    /// A pattern cannot be used.
    pub fn compile(words: Words<'_>, data: SumData) -> Result<Self, PatternError> {
        let regex = |pattern: &str| words.compile(pattern, View::Figured);
        let all = |patterns: &[String]| {
            patterns.iter().map(|pattern| regex(pattern)).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            total: regex(&data.total)?,
            breakdown: regex(&data.breakdown)?,
            sibling: regex(&data.sibling)?,
            complete: regex(&data.complete)?,
            closing: regex(&data.closing)?,
            open: regex(&data.open)?,
            apart: regex(&data.apart)?,
            change: regex(&format!("(?:{})(?:了)?$", data.change))?,
            periods: data.periods.iter().map(|list| all(list)).collect::<Result<_, _>>()?,
            divisions: all(&data.divisions)?,
            data,
        })
    }

    /// Finds the totals of a field whose items do not add up.
    pub fn of(&self, prose: &Prose, reading: &Reading<'_>) -> Vec<Misfit> {
        let mut misfits: Vec<Misfit> = Vec::new();
        for (number, sentence) in prose.sentences.iter().enumerate() {
            if sentence.figures.is_empty() {
                continue;
            }
            let list = List { sums: self, prose, reading, number, sentence };
            let single = [list.parenthesis(), list.periods(), list.closing()];
            for misfit in list.breakdowns().into_iter().chain(single.into_iter().flatten()) {
                if !misfits.iter().any(|known| known.total == misfit.total) {
                    misfits.push(misfit);
                }
            }
        }
        misfits
    }
}

struct List<'a> {
    sums: &'a Sums,
    prose: &'a Prose,
    reading: &'a Reading<'a>,
    number: usize,
    sentence: &'a Sentence,
}

impl List<'_> {
    fn text(&self) -> &str {
        self.prose.sentence(self.sentence)
    }

    fn base(&self) -> usize {
        self.sentence.range.start
    }

    /// The figures of a sentence that may be totals or items, in a range of the figured view.
    fn usable(&self, number: usize, range: Range<usize>) -> Vec<usize> {
        let sentence = &self.prose.sentences[number];
        sentence
            .figures
            .clone()
            .filter(|&index| {
                let figure = &self.prose.figures[index];
                let state = self.reading.state(number, figure.at);
                let before = &self.prose.figured[sentence.range.start..figure.at];
                range.contains(&figure.at)
                    && matches!(figure.numeral.kind, Kind::Count | Kind::Money)
                    && state.time != Time::Last
                    && state.comparison.is_none()
                    && !self.sums.change.is_match(before)
            })
            .collect()
    }

    fn value(&self, index: usize) -> Decimal {
        self.prose.figures[index].numeral.value
    }

    fn same_unit(&self, total: usize, items: &[usize]) -> bool {
        let of = |index: usize| &self.prose.figures[index].numeral;
        items.iter().all(|&item| of(item).kind == of(total).kind && of(item).unit == of(total).unit)
    }

    /// Lists after 其中 and the like.
    fn breakdowns(&self) -> Vec<Misfit> {
        let text = self.text();
        let markers: Vec<Range<usize>> =
            self.sums.breakdown.find_iter(text).map(|m| m.range()).collect();
        let mut misfits = Vec::new();
        for (order, marker) in markers.iter().enumerate() {
            let from = self.base() + marker.end;
            let to = markers
                .get(order + 1)
                .map_or(self.sentence.range.end, |next| self.base() + next.start);
            let items = self.usable(self.number, from..to);
            let later = self.usable(self.number, to..self.sentence.range.end);
            let sibling = self.sums.sibling.is_match(&text[marker.clone()]);
            let first = if sibling { &markers[0] } else { marker };
            let totals = self.totals_before(self.base() + first.start, order > 0 && !sibling);
            let rest = &self.prose.figured[from..self.sentence.range.end];
            let end = rest.find('：').map_or(from, |at| from + at + '：'.len_utf8());
            let head = &self.prose.figured[self.base() + marker.start..end];
            let sureness = if self.sums.complete.is_match(head) {
                Sureness::Likely
            } else {
                Sureness::Perhaps
            };
            misfits.extend(self.judge(&totals, &items, &later, from..to, sureness));
        }
        misfits
    }

    /// A list in parentheses after its total.
    fn parenthesis(&self) -> Option<Misfit> {
        let (host, place) = self.sentence.host?;
        if self.sums.breakdown.is_match(self.text()) {
            return None;
        }
        let range = self.sentence.range.clone();
        let items = self.usable(self.number, range.clone());
        let total = self.usable(host, 0..place).into_iter().next_back()?;
        let unit = self.prose.figures[total].numeral.unit.len();
        if place > self.prose.figures[total].at + COUNT.len_utf8() + unit + '的'.len_utf8() {
            return None;
        }
        if items.len() < 2 || self.sums.total.is_match(self.text()) {
            return None;
        }
        self.judge(&[total], &items, &[], range, Sureness::Likely)
    }

    /// A list through all periods of a year.
    fn periods(&self) -> Option<Misfit> {
        let text = self.text();
        let base = self.base();
        self.sums.periods.iter().find_map(|list| {
            let places: Vec<usize> = list
                .iter()
                .map(|period| period.find(text).map(|m| base + m.start()))
                .collect::<Option<_>>()?;
            if !places.is_sorted() {
                return None;
            }
            let mut items = Vec::new();
            for (order, &place) in places.iter().enumerate() {
                let to = places.get(order + 1).copied().unwrap_or(self.sentence.range.end);
                items.push(*self.usable(self.number, place..to).first()?);
            }
            let totals = self.totals_before(places[0], false);
            self.judge(&totals, &items, &[], places[0]..places[0], Sureness::Certain)
        })
    }

    /// A list before its total: …，合计N件.
    fn closing(&self) -> Option<Misfit> {
        let text = self.text();
        let found = self.sums.closing.captures(text)?;
        let sign = self.base() + found.get(1)?.start();
        let total = self.prose.figure_at(sign)?;
        let from = text[..found.get(0)?.start()].rfind('；').map_or(0, |at| at + '；'.len_utf8());
        let mut items = self.usable(self.number, self.base() + from..sign);
        items.retain(|&item| self.same_unit(total, &[item]));
        let plain = !items.iter().any(|&item| {
            self.sums.total.is_match(self.prose.before(item, &['，', '；', '：', '、']))
        }) && !self.sums.breakdown.is_match(&text[from..found.get(0)?.start()]);
        if items.len() < 2 || !plain {
            return None;
        }
        let value = self.value(total);
        let mut sum = Decimal::ZERO;
        for (count, &item) in items.iter().rev().enumerate() {
            sum = sum.checked_add(self.value(item))?;
            if count > 0 && sum == value {
                return None;
            }
        }
        Some(Misfit { total, items, sum })
    }

    /// The figures before a list that may be its total, the likeliest first.
    fn totals_before(&self, at: usize, nested: bool) -> Vec<usize> {
        let mut totals = self.usable(self.number, self.sentence.range.start..at);
        let mut number = self.number;
        if totals.is_empty()
            && let Some((host, place)) = self.sentence.host
        {
            totals = self.usable(host, 0..place);
        }
        while totals.is_empty() && self.sentence.host.is_none() {
            let Some(before) = number.checked_sub(1) else { break };
            let distance = self.sentence.line.saturating_sub(self.prose.sentences[before].line);
            if distance > 2 {
                break;
            }
            number = before;
            if self.prose.sentences[before].host.is_none() {
                totals = self.usable(before, 0..usize::MAX);
            }
        }
        totals.reverse();
        if nested || self.sentence.host.is_some() {
            totals.truncate(1);
        } else if let Some(place) = totals.iter().position(|&index| {
            self.sums.total.is_match(self.prose.before(index, &['，', '；', '：', '、']))
        }) {
            let total = totals.remove(place);
            totals.insert(0, total);
        }
        totals
    }

    /// Looks for a reading in which the items add up; without one, decides whether to speak.
    fn judge(
        &self,
        totals: &[usize],
        items: &[usize],
        later: &[usize],
        range: Range<usize>,
        sureness: Sureness,
    ) -> Option<Misfit> {
        let &total = totals.first()?;
        let mut together = Decimal::ZERO;
        for &total in totals {
            together = together.saturating_add(self.value(total));
            let whole = self.value(total);
            if self.fits(total, whole, items, later) || self.fits(total, together, items, later) {
                return None;
            }
        }
        let (items, sureness) = self.cut(items, range, sureness);
        if items.is_empty() || !self.same_unit(total, &items) || items.contains(&total) {
            return None;
        }
        let rough = self
            .sentence
            .figures
            .clone()
            .any(|i| self.prose.figures[i].numeral.kind == Kind::Rough);
        if rough
            || items
                .iter()
                .any(|&item| self.prose.before(item, &['，', '；', '：', '、']).ends_with('各'))
        {
            return None;
        }
        let sum = self.sum(&items)?;
        let whole = self.value(total);
        let speaks = if sum > whole {
            self.exceeds(total, &items, sureness)
        } else {
            self.is_meant_complete(&items, sum, whole, sureness)
        };
        speaks.then_some(Misfit { total, items, sum })
    }

    fn sum(&self, items: &[usize]) -> Option<Decimal> {
        items.iter().try_fold(Decimal::ZERO, |sum, &item| sum.checked_add(self.value(item)))
    }

    /// Whether the first items, or these and the last of the later ones, make up the total.
    fn fits(&self, total: usize, whole: Decimal, items: &[usize], later: &[usize]) -> bool {
        let unit = |index: &&usize| self.same_unit(total, &[**index]);
        let items: Vec<usize> = items.iter().filter(unit).copied().collect();
        let later: Vec<usize> = later.iter().filter(unit).copied().collect();
        let mut sum = Decimal::ZERO;
        for &item in &items {
            sum = sum.saturating_add(self.value(item));
            if sum == whole {
                return true;
            }
        }
        for &item in later.iter().rev() {
            sum = sum.saturating_add(self.value(item));
            if sum == whole {
                return true;
            }
        }
        false
    }

    /// Ends a list where something else begins.
    fn cut(
        &self,
        items: &[usize],
        range: Range<usize>,
        sureness: Sureness,
    ) -> (Vec<usize>, Sureness) {
        if sureness == Sureness::Certain {
            return (items.to_vec(), sureness);
        }
        let figure = |order: usize| -> &Figure { &self.prose.figures[items[order]] };
        let gap = |order: usize| -> &str {
            let from =
                if order == 0 { range.start.min(figure(0).at) } else { figure(order - 1).at };
            &self.prose.figured[from..figure(order).at]
        };
        let by_semicolon = items.len() > 1 && gap(1).contains('；');
        let is_over = |&order: &usize| {
            !by_semicolon && gap(order).contains('；')
                || self.sums.apart.is_match(gap(order))
                || self
                    .sums
                    .total
                    .is_match(self.prose.before(items[order], &['，', '；', '：', '、']))
        };
        let end = (1..items.len()).find(is_over).unwrap_or(items.len());
        let items = items[..end].to_vec();
        let text = &self.prose.figured[range.start..range.end.max(range.start)];
        let periods =
            self.sums.periods.iter().any(|list| list.iter().any(|period| period.is_match(text)));
        let open = self.sums.open.is_match(text);
        (items, if open || periods { Sureness::Perhaps } else { sureness })
    }

    /// Whether parts larger than the whole are a mistake: parts of several divisions each have their own sum.
    fn exceeds(&self, total: usize, items: &[usize], sureness: Sureness) -> bool {
        let whole = self.value(total);
        let mut groups: Vec<Decimal> = vec![Decimal::ZERO; self.sums.divisions.len() + 1];
        for &item in items {
            let label = self.prose.before(item, &['，', '；', '：', '、']);
            let group = self.sums.divisions.iter().position(|words| words.is_match(label));
            let group = group.unwrap_or(self.sums.divisions.len());
            groups[group] = groups[group].saturating_add(self.value(item));
        }
        let used = groups[..self.sums.divisions.len()].iter().filter(|sum| !sum.is_zero()).count();
        sureness == Sureness::Certain || used <= 1 || groups.iter().any(|sum| *sum > whole)
    }

    /// Whether a list that falls short was meant to be complete.
    fn is_meant_complete(
        &self,
        items: &[usize],
        sum: Decimal,
        whole: Decimal,
        sureness: Sureness,
    ) -> bool {
        let last = items.last().map_or(0, |&item| self.prose.figures[item].at);
        let text = &self.prose.figured[self.sentence.range.start..self.sentence.range.end];
        let listed = &text[self.prose.figures[items[0]].at.saturating_sub(self.base())..];
        let mentions_periods =
            self.sums.periods.iter().any(|list| list.iter().any(|period| period.is_match(text)));
        let is_open = self.sums.open.is_match(listed)
            || last > 0
                && self.sums.open.is_match(
                    &text[..(self.prose.figures[items[0]].at - self.base()).min(text.len())],
                );
        let Some(percent) =
            sum.checked_mul(Decimal::ONE_HUNDRED).and_then(|sum| sum.checked_div(whole))
        else {
            return false;
        };
        let least = |percents: u32| percent >= Decimal::from(percents);
        match sureness {
            Sureness::Certain => true,
            _ if is_open || mentions_periods => false,
            Sureness::Likely => items.len() >= 2 && least(self.sums.data.nearly_complete),
            Sureness::Perhaps => items.len() >= 3 && least(self.sums.data.nearly),
        }
    }
}
