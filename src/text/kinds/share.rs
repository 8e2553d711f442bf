//! Shares and rates in per cent against the two figures they come from.
//!
//! 占…的x%: the part is the figure before it; the whole any figure of the last sentences that can be it, one of the
//! form's, or the sum of the list. One that gives the share is silence; one that gives it cut off instead of rounded is
//! a note. 回复率x%: the last two figures before it, where the second is said to be 回复.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::expression::Evaluated;
use crate::text::finding::Origin;
use crate::text::lists::{Index, Spot};
use crate::text::numeral::{Kind, Numeral};
use crate::text::pattern::PatternError;
use crate::text::reading::tokens::What;
use crate::text::reading::{Reading, Role, Silence};
use crate::text::{Fit, fit, percent, to_digits};

/// How many sentences back a whole may stand.
const BACK: usize = 6;

/// How many figures of a sentence are looked at.
const NEAR: usize = 40;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Figures of the form that may be a whole as well.
    wholes: Vec<String>,
    /// Words of another share: targets, comparisons, time.
    unless: Vec<String>,
    /// Rates of the form's own figures, by what stands before 率.
    rates: Vec<Rate>,
    /// Words before a rate that make it one of time: 按时办结率.
    timely: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rate {
    stem: String,
    thing: String,
    ratios: Vec<(String, String)>,
}

#[derive(Debug)]
struct Shares {
    head: Head,
    data: Data,
}

pub(super) fn make(data: toml::Table, tools: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    let ratios = data.rates.iter().flat_map(|rate| &rate.ratios).flat_map(|(a, b)| [a, b]);
    if let Some(name) = data.wholes.iter().chain(ratios).find(|name| !tools.figures.contains(name))
    {
        return Err(PatternError(format!("no figure `{name}`")));
    }
    Ok(Box::new(Shares { head, data }))
}

/// A share that its figures do not give.
struct Wrong {
    part: Decimal,
    whole: Decimal,
    evaluated: Vec<Evaluated>,
    /// Cut off instead of rounded.
    is_cut: bool,
}

impl Check for Shares {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        let percents = page.prose.figures.iter().any(|figure| figure.numeral.kind == Kind::Percent);
        if page.is_title || !percents {
            return;
        }
        let reading = page.reading();
        let index = Index::new(reading);
        for (figure, found) in page.prose.figures.iter().enumerate() {
            if found.numeral.kind != Kind::Percent {
                continue;
            }
            let share = Share { shares: self, page, reading, index: &index, figure };
            if let Some(wrong) = share.wrong(desk) {
                self.report(page, figure, wrong, desk);
            }
        }
    }
}

impl Shares {
    fn report(&self, page: &Page<'_>, figure: usize, wrong: Wrong, desk: &mut Desk<'_>) {
        let step = page.prose.figures[figure].numeral.step;
        let exact = percent(wrong.part, wrong.whole).map_or(Decimal::ZERO, |p| to_digits(p, step));
        let mut draft = page
            .at_figure(figure)
            .with("part", wrong.part.to_string())
            .with("whole", wrong.whole.to_string())
            .with("is_cut", wrong.is_cut);
        draft.computed = Some(format!("{exact}%"));
        draft.operands = wrong.evaluated.iter().flat_map(|e| e.operands.clone()).collect();
        if wrong.is_cut {
            desk.report_at("note", &self.head, draft);
        } else {
            desk.report(&self.head, draft);
        }
    }
}

struct Share<'a, 'p> {
    shares: &'a Shares,
    page: &'a Page<'p>,
    reading: &'a Reading<'p>,
    index: &'a Index<'a>,
    figure: usize,
}

impl Share<'_, '_> {
    fn numeral(&self, figure: usize) -> &Numeral {
        &self.page.prose.figures[figure].numeral
    }

    fn wrong(&self, desk: &Desk<'_>) -> Option<Wrong> {
        let sentence = self.index.sentence(self.figure);
        let tokens = &self.reading.lines[sentence].0.tokens;
        let at = self.index.token(self.figure);
        let start = self.index.clause_start(sentence, at);
        let clause = &self.page.prose.figured[tokens[start].range.start..tokens[at].range.end];
        if self.shares.data.unless.iter().any(|word| clause.contains(word.as_str())) {
            return None;
        }
        let of = (start..at).rev().find(|&at| self.reading.role(&tokens[at]) == Some(Role::Share));
        if let Some(of) = of {
            return self.of_whole(sentence, of, at, desk);
        }
        let stem = self.index.before_text(self.figure);
        let stem = stem.trim_end_matches(['为', '达', '到', '是', '均', '：', '保', '持', '了']);
        let stem = stem.strip_suffix('率')?;
        self.rate(stem, sentence, desk)
    }

    /// 占…x%.
    fn of_whole(&self, sentence: usize, of: usize, at: usize, desk: &Desk<'_>) -> Option<Wrong> {
        let tokens = &self.reading.lines[sentence].0.tokens;
        let between: Vec<Spot> = self.index.spots(sentence, of..at).collect();
        // 占全区总量的x% names a whole that is not in the text.
        let odd = (of + 1..at).any(|at| match tokens[at].what {
            What::Unknown(_) => true,
            What::Word(id) => {
                matches!(
                    self.reading.lexicon.value(id).role,
                    Role::Scope
                        | Role::Channel
                        | Role::Who
                        | Role::Time
                        | Role::Compare
                        | Role::Trend
                ) && !matches!(self.reading.named(&tokens[at], Role::Time), Some("this"))
            }
            _ => false,
        });
        let part_semicolon = self.index.semicolon_part(self.figure);
        let part = self.index.spots(sentence, 0..of).rev().take(NEAR).find(|spot| {
            self.is_count(spot.figure) && self.index.semicolon_part(spot.figure) == part_semicolon
        });
        let part = part
            .map(|spot| spot.figure)
            .or_else(|| self.index.touched(sentence).filter(|&figure| self.is_count(figure)))?;
        if desk.is_questioned(self.page, part) || odd {
            return None;
        }
        if let Some(whole) = between.iter().map(|spot| spot.figure).find(|&f| self.is_count(f)) {
            return self.judge(part, &[whole], &[], desk);
        }
        let wholes = self.wholes(sentence, part);
        let sums = self.list_sums(sentence, part);
        let named = (of + 1..at).any(|at| self.reading.role(&tokens[at]) == Some(Role::Event));
        self.judge(part, &wholes, &sums, desk).or_else(|| {
            if wholes.is_empty() && named { self.judge_by_form(part, desk) } else { None }
        })
    }

    fn is_count(&self, figure: usize) -> bool {
        matches!(self.numeral(figure).kind, Kind::Count | Kind::Money)
    }

    /// Figures before the part that may be its whole, the nearest first.
    fn wholes(&self, sentence: usize, part: usize) -> Vec<usize> {
        let mut wholes: Vec<usize> = Vec::new();
        let line = self.page.prose.sentences[sentence].line;
        let end = self.index.token(self.figure);
        for number in (0..=sentence).rev().take(BACK + 1) {
            if line.saturating_sub(self.page.prose.sentences[number].line) > 2 {
                break;
            }
            let here = self
                .index
                .spots(number, 0..if number == sentence { end } else { usize::MAX })
                .rev()
                .take(NEAR)
                .map(|spot| spot.figure)
                .filter(|&figure| figure < part && self.index.is_item(figure));
            wholes.extend(here);
        }
        let value = self.numeral(part).value;
        wholes.retain(|&whole| {
            self.index.class(whole) == self.index.class(part) && self.numeral(whole).value >= value
        });
        let is_result = self.reading.frame(part).is_some_and(|frame| !frame.outcomes.is_empty());
        if is_result {
            let counts = |whole: &usize| {
                self.reading.frame(*whole).is_some_and(|frame| {
                    frame.outcomes.is_empty() && !frame.events.is_empty() && !frame.part
                })
            };
            if wholes.iter().any(counts) {
                wholes.retain(counts);
            }
        }
        wholes
    }

    /// Sums of the figures of the list that holds the part.
    fn list_sums(&self, sentence: usize, part: usize) -> Vec<Decimal> {
        let alike = |spot: &Spot| {
            self.is_count(spot.figure) && self.index.class(spot.figure) == self.index.class(part)
        };
        let at = self.index.token(self.figure);
        let before = self.index.spots(sentence, 0..at).rev().take(NEAR);
        let after = self.index.spots(sentence, at..usize::MAX).take(NEAR);
        let before: Vec<Spot> = before.collect();
        let items: Vec<Decimal> = before
            .into_iter()
            .rev()
            .chain(after)
            .filter(alike)
            .map(|spot| self.numeral(spot.figure).value)
            .collect();
        let sum = |items: &[Decimal]| items.iter().fold(Decimal::ZERO, |a, b| a.saturating_add(*b));
        let mut sums = vec![sum(&items)];
        if items.len() > 1 {
            sums.push(sum(&items[1..]));
        }
        sums
    }

    fn judge(
        &self,
        part: usize,
        wholes: &[usize],
        sums: &[Decimal],
        desk: &Desk<'_>,
    ) -> Option<Wrong> {
        let said = self.numeral(self.figure);
        let value = self.numeral(part).value;
        let of_form = wholes.len() != 1 || !sums.is_empty();
        let forms: Vec<Decimal> = match of_form && self.index.class(part) == 0 {
            true => self.form(desk).into_iter().filter(|whole| *whole >= value).collect(),
            false => Vec::new(),
        };
        let all = wholes
            .iter()
            .map(|&whole| self.numeral(whole).value)
            .chain(sums.iter().copied())
            .chain(forms);
        let mut cut = None;
        for whole in all {
            match percent(value, whole).map(|exact| fit(said.value, said.step, exact)) {
                Some(Fit::Rounded) => return None,
                Some(Fit::Cut) => cut = cut.or(Some(whole)),
                _ => {}
            }
        }
        let doubtful = wholes.iter().any(|&whole| desk.is_questioned(self.page, whole));
        let whole = match cut {
            Some(whole) => whole,
            None if doubtful => return None,
            None => self.numeral(*wholes.first()?).value,
        };
        (!whole.is_zero()).then(|| Wrong {
            part: value,
            whole,
            evaluated: Vec::new(),
            is_cut: cut.is_some(),
        })
    }

    /// 占办结总数的x%, where only the form has the whole.
    fn judge_by_form(&self, part: usize, desk: &Desk<'_>) -> Option<Wrong> {
        let said = self.numeral(self.figure);
        let value = self.numeral(part).value;
        let wholes = self.form(desk);
        let fits = |whole: &Decimal| {
            percent(value, *whole)
                .is_some_and(|exact| fit(said.value, said.step, exact) != Fit::None)
        };
        if wholes.iter().any(fits) {
            return None;
        }
        let whole = wholes.into_iter().find(|whole| !whole.is_zero() && *whole >= value)?;
        Some(Wrong { part: value, whole, evaluated: Vec::new(), is_cut: false })
    }

    fn form(&self, desk: &Desk<'_>) -> Vec<Decimal> {
        let facts = desk.subject.facts;
        let value = |name: &String| desk.figures.evaluate(name, &["total"], facts, Origin::Report);
        self.shares.data.wholes.iter().filter_map(value).map(|evaluated| evaluated.value).collect()
    }

    /// 回复率x%, 办结率x%.
    fn rate(&self, stem: &str, sentence: usize, desk: &Desk<'_>) -> Option<Wrong> {
        let timely = self.shares.data.timely.iter().any(|word| stem.contains(word.as_str()));
        let at = self.index.token(self.figure);
        let setting = &self.reading.lines[sentence].1[at];
        let thing = setting.thing.map(|id| self.reading.lexicon.value(id).name.as_str());
        let known = self.shares.data.rates.iter().find(|rate| stem.ends_with(rate.stem.as_str()));
        if let Some(rate) = known.filter(|rate| thing == Some(rate.thing.as_str())) {
            let other =
                timely || setting.compares || setting.foreign_scope || setting.part.is_some();
            let other = other || setting.time != crate::text::reading::tokens::Time::This;
            return if other { None } else { self.form_rate(rate, desk) };
        }
        let stem: String = stem.chars().skip(stem.chars().count().saturating_sub(2)).collect();
        let before: Vec<usize> = self
            .index
            .spots(sentence, 0..at)
            .rev()
            .take(NEAR)
            .map(|spot| spot.figure)
            .filter(|&figure| self.is_count(figure) && self.index.is_item(figure))
            .collect();
        let before: Vec<usize> = before.into_iter().rev().collect();
        let [.., whole, part] = before[..] else { return None };
        let fits = self.index.class(whole) == self.index.class(part)
            && self.index.before_text(part).contains(&stem)
            && !self.index.before_text(whole).contains(&stem)
            && self.numeral(whole).value >= self.numeral(part).value
            && self.reading.frame(part).is_none_or(|f| f.silence == Some(Silence::Foreign));
        let questioned = [whole, part].iter().any(|&figure| desk.is_questioned(self.page, figure));
        let wholes = &before[..before.len() - 1];
        let sum =
            wholes.iter().fold(Decimal::ZERO, |sum, &f| sum.saturating_add(self.numeral(f).value));
        (stem.chars().count() == 2 && fits && !questioned)
            .then(|| {
                let mut nearest: Vec<usize> = wholes.iter().rev().copied().collect();
                nearest.retain(|&figure| self.numeral(figure).value >= self.numeral(part).value);
                self.judge(part, &nearest, &[sum], desk)
            })
            .flatten()
    }

    fn form_rate(&self, rate: &Rate, desk: &Desk<'_>) -> Option<Wrong> {
        let said = self.numeral(self.figure);
        let facts = desk.subject.facts;
        let mut first = None;
        for (part, whole) in &rate.ratios {
            let part = desk.figures.evaluate(part, &["total"], facts, Origin::Report)?;
            let whole = desk.figures.evaluate(whole, &["total"], facts, Origin::Report)?;
            let exact = percent(part.value, whole.value)?;
            if fit(said.value, said.step, exact) != Fit::None {
                return None;
            }
            first.get_or_insert(Wrong {
                part: part.value,
                whole: whole.value,
                evaluated: vec![part, whole],
                is_cut: false,
            });
        }
        first
    }
}
