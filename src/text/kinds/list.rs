//! Totals of a text against the items that the text gives for them.
//!
//! A list is opened by 其中, 包括, a colon behind a figure, 按…分, 从…看, a parenthesis with two figures; it ends where
//! something else begins. A total is a figure before it that can be its total: exact, not 0, not smaller than an item,
//! of the same kind of unit. Every reading of the items is tried with every such total: one that adds up is silence.
//! Else the nearest total is reported, if the sum is near: how near depends on what the text says (`near`).

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::facts::Facts;
use crate::text::figures::Figures;
use crate::text::finding::Origin;
use crate::text::lists::{Index, Opener, OpenerKind};
use crate::text::pattern::PatternError;
use crate::text::reading::{Reading, Role, Silence};

/// Items and totals looked at: real lists have fewer; without a bound one long sentence takes cubic time.
const ITEMS: usize = 40;
const TOTALS: usize = 12;

/// From which to which share of the total, in per cent, a sum is near enough to be meant.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Near(u32, u32);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Words in items that make up a whole together, whatever else is said: 专职, 兼职.
    divisions: Vec<Vec<String>>,
    /// Items of which each is counted for itself in a list of several divisions.
    kinds: Vec<Vec<String>>,
    /// Periods that make up the year, in order.
    periods: Vec<Vec<String>>,
    /// Words with which a list is over.
    apart: Vec<String>,
    /// How near a sum must be, by what opens the list.
    near: BTreeMap<String, Near>,
}

#[derive(Debug)]
struct Lists {
    head: Head,
    data: Data,
}

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    for name in ["rest", "complete", "some", "two", "aside", "aside_two", "closing"] {
        if !data.near.contains_key(name) {
            return Err(PatternError(format!("near.{name} is missing")));
        }
    }
    Ok(Box::new(Lists { head, data }))
}

/// A total whose items do not add up.
#[derive(Debug, Clone, PartialEq)]
struct Misfit {
    total: usize,
    items: Vec<usize>,
    sum: Decimal,
}

impl Check for Lists {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        if page.is_title || page.prose.figures.len() < 3 {
            return;
        }
        let reading = page.reading();
        let index = Index::new(reading);
        for number in 0..reading.lines.len() {
            let (figures, facts) = (desk.figures, desk.subject.facts);
            let list = Sentence { lists: self, index: &index, reading, number, figures, facts };
            for misfit in list.misfits() {
                let doubted = |figure: &usize| desk.is_questioned(page, *figure);
                if doubted(&misfit.total) || misfit.items.iter().any(doubted) {
                    continue;
                }
                self.report(page, &misfit, desk);
            }
        }
    }
}

impl Lists {
    fn report(&self, page: &Page<'_>, misfit: &Misfit, desk: &mut Desk<'_>) {
        desk.question(page, misfit.total);
        let items: Vec<String> = misfit.items.iter().map(|&item| page.said(item)).collect();
        let mut draft = page
            .at_figure(misfit.total)
            .with("count", items.len())
            .with("items", items)
            .with("unit", page.prose.figures[misfit.total].numeral.unit);
        draft.computed = Some(page.in_unit(misfit.sum, misfit.total));
        desk.report(&self.head, draft);
    }
}

struct Sentence<'a> {
    lists: &'a Lists,
    index: &'a Index<'a>,
    reading: &'a Reading<'a>,
    number: usize,
    figures: &'a Figures,
    facts: &'a dyn Facts,
}

impl Sentence<'_> {
    fn misfits(&self) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        let count = self.reading.prose.sentences[self.number].figures.len();
        if count < 2 {
            return misfits;
        }
        let openers = self.index.openers(self.number);
        misfits.extend(self.periods());
        if !misfits.is_empty() {
            return misfits;
        }
        let divide = |opener: &Opener| opener.kind == OpenerKind::Divide;
        let first = openers.iter().find(|opener| divide(opener)).map(|opener| opener.at);
        let mut sibling = None;
        for order in (0..openers.len()).rev() {
            let opener = &openers[order];
            let later = &openers[order + 1..openers.len().min(order + 1 + ITEMS)];
            let start = if divide(opener) { first.unwrap_or(opener.at) } else { opener.at };
            misfits.extend(self.opened(opener, later, sibling, start));
            sibling = Some(opener.at).filter(|_| divide(opener)).or(sibling);
        }
        misfits.reverse();
        misfits.extend(self.closing());
        misfits
    }

    fn value(&self, index: usize) -> Decimal {
        self.reading.prose.figures[index].numeral.value
    }

    fn sum(&self, items: &[usize]) -> Option<Decimal> {
        items.iter().try_fold(Decimal::ZERO, |sum, &item| sum.checked_add(self.value(item)))
    }

    /// The list behind an opener.
    ///
    /// `sibling` is where the next division of the same total begins, `before` where its total must stand before.
    fn opened(
        &self,
        opener: &Opener,
        later: &[Opener],
        sibling: Option<usize>,
        before: usize,
    ) -> Option<Misfit> {
        let end = self.reading.lines[self.number].0.tokens.len();
        let to = sibling.unwrap_or(end);
        let all = self.items(opener.items..to);
        if all.is_empty() || self.is_partial(opener, &all) {
            return None;
        }
        let totals = self.totals(before, opener, &all);
        let nested: Vec<usize> = later.iter().map(|next| next.at).collect();
        let readings = self.readings(&all, &nested, opener.items);
        if totals.is_empty() || self.adds_up(&totals, &readings, &all) || self.is_confirmed(&all) {
            return None;
        }
        let shown = readings.first()?;
        let &total = totals.iter().find(|&&total| self.can_be_total(total, shown))?;
        self.judge(total, shown, self.near(opener, shown))
    }

    /// The figures of a list, up to where something else begins.
    fn items(&self, range: Range<usize>) -> Vec<usize> {
        let index = self.index;
        let mut items: Vec<usize> = Vec::new();
        for spot in index.spots(self.number, range).take(4 * ITEMS) {
            if !index.may_be_item(spot.figure) {
                if index.is_rough(spot.figure) {
                    break;
                }
                continue;
            }
            let first = items.first().copied();
            if let Some(first) = first {
                let other_unit = index.class(first) != index.class(spot.figure);
                if other_unit || self.is_apart(first, spot.figure) {
                    break;
                }
            }
            items.push(spot.figure);
            if items.len() == ITEMS {
                break;
            }
        }
        items
    }

    /// Whether an item speaks of something that the first one does not: 同时, 另, a verb of its own.
    fn is_apart(&self, first: usize, item: usize) -> bool {
        let stretch = self.index.before_text(item);
        if self.lists.data.apart.iter().any(|word| stretch.contains(word.as_str())) {
            return true;
        }
        // A verb at its start; elsewhere it is part of a name: 通知公告.
        self.index.starts_with_event(item) && !self.index.starts_with_event(first)
    }

    /// A list that says it is not complete: 主要有, 等.
    fn is_partial(&self, opener: &Opener, items: &[usize]) -> bool {
        let tokens = &self.reading.lines[self.number].0.tokens;
        let Some(last) = items.last() else { return true };
        let end = self.index.token(*last);
        // 重大事件等其他信息2条: the rest is complete whatever it names.
        let rest = self.index.has_role_before(*last, Role::Rest);
        let last_from = self.index.stretch_start(*last);
        let clause_end = (end..tokens.len())
            .find(|&at| matches!(tokens[at].what, crate::text::reading::tokens::What::Mark(_)))
            .unwrap_or(tokens.len());
        let from = self.index.clause_start(self.number, opener.at);
        let first = self.index.token(items[0]);
        let text = |at: usize| {
            tokens.get(at).map_or("", |token| &self.reading.prose.figured[token.range.clone()])
        };
        // 招聘等信息3条 names by example; 科技等重点领域动态3条 is a name.
        let open = |at: usize| {
            let next = text(at + 1);
            next.is_empty()
                || next.starts_with(['，', '；', '、', '。'])
                || ["方面", "信息", "内容", "类"].contains(&next)
        };
        (from..clause_end).any(|at| {
            at < first && self.reading.role(&tokens[at]) == Some(Role::Partial)
                || self.reading.role(&tokens[at]) == Some(Role::Etc)
                    && !(rest && at >= last_from)
                    && open(at)
                || self.reading.role(&tokens[at]) == Some(Role::Each)
                    && matches!(
                        tokens.get(at + 1).map(|t| t.what),
                        Some(crate::text::reading::tokens::What::Figure(_))
                    )
        })
    }

    /// The ways to read the items, the plainest first.
    fn readings(&self, all: &[usize], nested: &[usize], from: usize) -> Vec<Vec<usize>> {
        let part = |figure: usize| self.index.semicolon_part(figure);
        let mut readings = Vec::new();
        let is_nested = |figure: &usize| {
            let at = self.index.token(*figure);
            nested.iter().any(|&opener| {
                opener > from
                    && opener < at
                    && part_of(self.index, self.number, opener) == part(*figure)
            })
        };
        let plain: Vec<usize> = all.iter().copied().filter(|figure| !is_nested(figure)).collect();
        let mut heads: Vec<usize> = Vec::new();
        for &figure in all {
            if heads.last().is_none_or(|&last| part(last) != part(figure)) {
                heads.push(figure);
            }
        }
        let first_part: Vec<usize> =
            all.iter().copied().filter(|&figure| part(figure) == part(all[0])).collect();
        // One item in each part of a list divided by ；; else the first part is all of the list.
        let by_parts = heads.len() > 1 && first_part.len() == 1;
        if by_parts {
            readings.push(plain.clone());
            readings.push(heads);
        } else {
            let plain_first: Vec<usize> =
                plain.iter().copied().filter(|&figure| part(figure) == part(all[0])).collect();
            readings.push(plain_first);
            readings.push(heads);
            readings.push(plain);
        }
        readings.push(first_part);
        readings.push(all.to_vec());
        readings.retain(|reading| !reading.is_empty());
        readings
    }

    /// Whether some reading makes up some total, or two joined totals.
    fn adds_up(&self, totals: &[usize], readings: &[Vec<usize>], all: &[usize]) -> bool {
        let mut wholes: Vec<Decimal> = totals.iter().map(|&total| self.value(total)).collect();
        if let [nearest, next, ..] = totals {
            wholes.extend(self.value(*nearest).checked_add(self.value(*next)));
        }
        let prefixes = readings.iter().any(|reading| {
            let mut sum = Decimal::ZERO;
            reading.iter().enumerate().any(|(order, &item)| {
                sum = sum.saturating_add(self.value(item));
                (order > 0 || reading.len() == 1) && wholes.contains(&sum)
            })
        });
        let first = self.value(all[0]);
        let last = all.last().map_or(Decimal::ZERO, |&item| self.value(item));
        prefixes || wholes.contains(&first.saturating_add(last))
    }

    /// The figures before a list that may be its total, the nearest first.
    fn totals(&self, before: usize, opener: &Opener, items: &[usize]) -> Vec<usize> {
        if opener.kind == OpenerKind::Aside {
            return self.index.touched(self.number).into_iter().collect();
        }
        let nearest = |sentence: usize, end: usize| {
            self.index.spots(sentence, 0..end).rev().take(ITEMS).map(|spot| spot.figure)
        };
        let mut totals: Vec<usize> = nearest(self.number, before).collect();
        if totals.is_empty()
            && let Some(touched) = self.index.touched(self.number)
        {
            totals.push(touched);
        }
        if self.reading.prose.sentences[self.number].host.is_none() {
            let line = self.reading.prose.sentences[self.number].line;
            let sentences = (0..self.number).rev().filter(|&sentence| {
                let before = &self.reading.prose.sentences[sentence];
                before.host.is_none() && line.saturating_sub(before.line) <= 2
            });
            for sentence in sentences.take(3) {
                totals.extend(nearest(sentence, usize::MAX));
            }
        }
        totals.retain(|&total| {
            self.index.is_item(total) && !items.contains(&total) && !self.value(total).is_zero()
        });
        totals.truncate(TOTALS);
        let results = items.iter().filter(|&&item| self.has_outcome(item)).count();
        if results * 2 >= items.len() {
            let counts = |total: &usize| {
                let frame = self.reading.frame(*total);
                frame.is_some_and(|frame| {
                    !frame.part
                        && frame.outcomes.is_empty()
                        && (!frame.events.is_empty() || frame.named)
                })
            };
            if totals.iter().any(counts) {
                totals.retain(counts);
            }
        }
        totals
    }

    /// Whether the table has all items as they stand here: the list is right, whatever total stands before it.
    fn is_confirmed(&self, items: &[usize]) -> bool {
        items.len() > 1
            && items.iter().all(|&item| {
                let Some(frame) = self.reading.frame(item) else { return false };
                let names: Vec<&str> = frame
                    .outcomes
                    .iter()
                    .map(|id| self.reading.lexicon.value(*id).name.as_str())
                    .collect();
                let values = names.iter().map(|name| {
                    self.figures
                        .evaluate(name, &["total"], self.facts, Origin::Report)
                        .map(|e| e.value)
                });
                let sum: Option<Decimal> = values.sum();
                !names.is_empty() && sum == Some(self.value(item))
            })
    }

    fn has_outcome(&self, figure: usize) -> bool {
        self.reading.frame(figure).is_some_and(|frame| !frame.outcomes.is_empty())
    }

    fn can_be_total(&self, total: usize, items: &[usize]) -> bool {
        let value = self.value(total);
        self.index.class(total) == self.index.class(items[0])
            && items.iter().all(|&item| self.value(item) <= value)
    }

    /// How near the sum must be.
    fn near(&self, opener: &Opener, items: &[usize]) -> Option<Near> {
        let data = &self.lists.data;
        let labels: Vec<&str> = items.iter().map(|&item| self.index.before_text(item)).collect();
        let divided = data.divisions.iter().any(|words| {
            words.iter().all(|word| labels.iter().any(|label| label.contains(word.as_str())))
        });
        let rest = items.len() > 1
            && items.last().is_some_and(|&last| self.index.has_role_before(last, Role::Rest));
        let name = match opener.kind {
            _ if rest || divided => "rest",
            _ if self.index.counts_people(items[0]) => return None,
            OpenerKind::Complete | OpenerKind::Divide => "complete",
            OpenerKind::Aside if items.len() > 2 => "aside",
            OpenerKind::Aside => "aside_two",
            OpenerKind::Some if items.len() > 2 => "some",
            // Every application comes some way: two ways are meant to be all of them.
            OpenerKind::Some if self.are_ways(items) && self.counts_requests(items) => "some",
            OpenerKind::Some => "two",
        };
        if items.len() < 2 { None } else { data.near.get(name).copied() }
    }

    fn judge(&self, total: usize, items: &[usize], near: Option<Near>) -> Option<Misfit> {
        let sum = self.sum(items)?;
        let whole = self.value(total);
        let percent = sum.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
        let Near(low, high) = near?;
        let is_near = percent >= Decimal::from(low) && percent <= Decimal::from(high);
        // One text on two platforms is counted twice.
        let twice = sum > whole && self.are_ways(items) && !self.counts_requests(items);
        if sum == whole
            || !is_near
            || twice
            || sum > whole && self.is_of_several_kinds(total, items)
        {
            return None;
        }
        Some(Misfit { total, items: items.to_vec(), sum })
    }

    fn are_ways(&self, items: &[usize]) -> bool {
        items.iter().all(|&item| self.index.has_role_before(item, Role::Channel))
    }

    fn counts_requests(&self, items: &[usize]) -> bool {
        items.iter().all(|&item| {
            self.reading.frame(item).is_some_and(|frame| frame.silence == Some(Silence::Channel))
        })
    }

    /// Parts larger than the whole are no mistake where they belong to several divisions of it.
    fn is_of_several_kinds(&self, total: usize, items: &[usize]) -> bool {
        let kinds = &self.lists.data.kinds;
        let mut groups = vec![Decimal::ZERO; kinds.len()];
        for &item in items {
            let label = self.index.before_text(item);
            let kind = kinds
                .iter()
                .position(|words| words.iter().any(|word| label.contains(word.as_str())));
            if let Some(kind) = kind {
                groups[kind] = groups[kind].saturating_add(self.value(item));
            }
        }
        let whole = self.value(total);
        groups.iter().filter(|sum| !sum.is_zero()).count() > 1
            && groups.iter().all(|sum| *sum <= whole)
    }

    /// A list through all periods of a year.
    fn periods(&self) -> Option<Misfit> {
        let tokens = &self.reading.lines[self.number].0.tokens;
        let text = |at: usize| &self.reading.prose.figured[tokens[at].range.clone()];
        self.lists.data.periods.iter().find_map(|periods| {
            let mut from = 0;
            let mut items = Vec::new();
            let mut first = None;
            for period in periods {
                let at = (from..tokens.len()).find(|&at| {
                    self.reading.role(&tokens[at]) == Some(Role::Time)
                        && text(at).contains(period.as_str())
                })?;
                first.get_or_insert(at);
                let spot = self.index.spots(self.number, at..usize::MAX).next()?;
                items.push(spot.figure);
                from = at + 1;
            }
            items.dedup();
            if items.len() != periods.len() {
                return None;
            }
            let opener = Opener { at: first?, items: first?, kind: OpenerKind::Complete };
            let mut totals = self.totals(first?, &opener, &items);
            let last = self.index.token(*items.last()?);
            let after = self.index.spots(self.number, last + 1..usize::MAX).map(|spot| spot.figure);
            totals.extend(after.filter(|&figure| self.index.has_role_before(figure, Role::Total)));
            if self.adds_up(&totals, std::slice::from_ref(&items), &items) {
                return None;
            }
            let &total = totals.iter().find(|&&total| self.can_be_total(total, &items))?;
            self.judge(total, &items, self.lists.data.near.get("closing").copied())
        })
    }

    /// A list before its total: …，合计N件.
    fn closing(&self) -> Option<Misfit> {
        let total = self.index.closing_total(self.number)?;
        let at = self.index.token(total);
        let part = self.index.semicolon_part(total);
        let items: Vec<usize> = self
            .index
            .spots(self.number, 0..at)
            .rev()
            .take(ITEMS)
            .map(|spot| spot.figure)
            .filter(|&figure| {
                self.index.semicolon_part(figure) == part
                    && self.index.is_item(figure)
                    && self.index.class(figure) == self.index.class(total)
            })
            .collect();
        let items: Vec<usize> = items.into_iter().rev().collect();
        let tokens = &self.reading.lines[self.number].0.tokens;
        let first = self.index.token(*items.first()?);
        let opened = (first..at).any(|at| self.reading.role(&tokens[at]) == Some(Role::Part));
        let totals = items.iter().any(|&item| self.index.has_role_before(item, Role::Total));
        if items.len() < 2 || opened || totals {
            return None;
        }
        let whole = self.value(total);
        let mut sum = Decimal::ZERO;
        for (count, &item) in items.iter().rev().enumerate() {
            sum = sum.checked_add(self.value(item))?;
            if count > 0 && sum == whole {
                return None;
            }
        }
        self.judge(total, &items, self.lists.data.near.get("closing").copied())
    }
}

fn part_of(index: &Index<'_>, sentence: usize, token: usize) -> usize {
    index.semicolons_before(sentence, token)
}
