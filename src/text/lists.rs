//! Where figures stand in a text that is read: by sentence and token, with what opens lists.
//!
//! Lists and shares attach figures to figures by structure; both look them up here.

use std::ops::Range;

use super::numeral::Kind;
use super::reading::tokens::{Time, What};
use super::reading::{Reading, Role, Silence};

/// A figure's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The figure.
    pub(crate) figure: usize,
    sentence: usize,
    token: usize,
    /// The first token of its stretch.
    from: usize,
    semicolons: usize,
}

/// What opens a list, by how complete the list must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenerKind {
    /// 其中: some items, or all.
    Some,
    /// 包括, 分为, a colon: all items.
    Complete,
    /// 按…分, 从…看: a division of the whole; another one may follow.
    Divide,
    /// A parenthesis behind its total.
    Aside,
}

/// What opens a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opener {
    /// The token at which the total must be behind.
    pub(crate) at: usize,
    /// The token from which items may stand.
    pub(crate) items: usize,
    /// How complete the list must be.
    pub(crate) kind: OpenerKind,
}

/// The figures of a reading by place.
#[derive(Debug)]
pub(crate) struct Index<'a> {
    reading: &'a Reading<'a>,
    spots: Vec<Spot>,
    by_figure: Vec<Option<usize>>,
    semicolons: Vec<Vec<usize>>,
}

/// Measure words of one class count the same things: 件, 条, 项.
pub(crate) fn unit_class(unit: &str) -> u8 {
    match unit {
        "" | "件" | "条" | "项" | "份" | "宗" | "起" | "例" | "件次" | "则" => 0,
        "篇" | "期" | "个" => 1,
        "人" | "名" | "位" => 2,
        "次" | "场次" | "场" => 3,
        "人次" => 4,
        _ => 5 + unit.bytes().fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % 200,
    }
}

impl<'a> Index<'a> {
    /// Finds the figures.
    pub(crate) fn new(reading: &'a Reading<'a>) -> Self {
        let mut spots = Vec::new();
        let mut by_figure = vec![None; reading.prose.figures.len()];
        let mut places = vec![Vec::new(); reading.lines.len()];
        for (sentence, (line, _)) in reading.lines.iter().enumerate() {
            let (mut from, mut semicolons) = (0, 0);
            let mut clause = line.clauses.iter().peekable();
            for (token, what) in line.tokens.iter().map(|token| token.what).enumerate() {
                while clause.next_if(|clause| clause.tokens.start <= token).is_some_and(|clause| {
                    from = clause.tokens.start;
                    true
                }) {}
                match what {
                    What::Mark('；') => {
                        semicolons += 1;
                        places[sentence].push(token);
                    }
                    What::Figure(figure) => {
                        by_figure[figure] = Some(spots.len());
                        spots.push(Spot { figure, sentence, token, from, semicolons });
                        from = token + 1;
                    }
                    _ => {}
                }
            }
        }
        Self { reading, spots, by_figure, semicolons: places }
    }

    fn spot(&self, figure: usize) -> &Spot {
        &self.spots[self.by_figure[figure].unwrap_or(0)]
    }

    /// The figures of a sentence in a range of its tokens.
    pub(crate) fn spots(
        &self,
        sentence: usize,
        range: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = Spot> + '_ {
        let from = self.spots.partition_point(|s| (s.sentence, s.token) < (sentence, range.start));
        let to = self.spots.partition_point(|s| (s.sentence, s.token) < (sentence, range.end));
        self.spots[from..to.max(from)].iter().copied()
    }

    /// The token of a figure.
    pub(crate) fn token(&self, figure: usize) -> usize {
        self.spot(figure).token
    }

    /// The sentence of a figure.
    pub(crate) fn sentence(&self, figure: usize) -> usize {
        self.spot(figure).sentence
    }

    /// The number of `；` before a figure in its sentence.
    pub(crate) fn semicolon_part(&self, figure: usize) -> usize {
        self.spot(figure).semicolons
    }

    /// The number of `；` before a token.
    pub(crate) fn semicolons_before(&self, sentence: usize, token: usize) -> usize {
        self.semicolons[sentence].partition_point(|at| *at < token)
    }

    /// The first token of the clause that holds a token.
    pub(crate) fn clause_start(&self, sentence: usize, token: usize) -> usize {
        let clauses = &self.reading.lines[sentence].0.clauses;
        let at = clauses.partition_point(|clause| clause.tokens.start <= token);
        at.checked_sub(1).map_or(0, |at| clauses[at].tokens.start)
    }

    /// The words of a figure's stretch before it.
    pub(crate) fn before_text(&self, figure: usize) -> &str {
        let spot = self.spot(figure);
        let tokens = &self.reading.lines[spot.sentence].0.tokens;
        let start = tokens.get(spot.from).map_or(0, |token| token.range.start);
        &self.reading.prose.figured
            [start.min(tokens[spot.token].range.start)..tokens[spot.token].range.start]
    }

    /// Whether a word of a role stands in a figure's stretch before it.
    pub(crate) fn has_role_before(&self, figure: usize, role: Role) -> bool {
        let spot = self.spot(figure);
        let tokens = &self.reading.lines[spot.sentence].0.tokens;
        tokens[spot.from..spot.token].iter().any(|token| self.reading.role(token) == Some(role))
    }

    /// Whether a figure may be a total: an item of no other year.
    pub(crate) fn is_item(&self, figure: usize) -> bool {
        let spot = self.spot(figure);
        let setting = &self.reading.lines[spot.sentence].1[spot.token];
        self.may_be_item(figure) && !matches!(setting.time, Time::Last | Time::Next)
    }

    /// Whether a figure may be an item: exact and no change. A year may be part of its name: 2022年度决算1条.
    pub(crate) fn may_be_item(&self, figure: usize) -> bool {
        let spot = self.spot(figure);
        let kind = self.reading.prose.figures[figure].numeral.kind;
        let setting = &self.reading.lines[spot.sentence].1[spot.token];
        matches!(kind, Kind::Count | Kind::Money)
            && !setting.compares
            && self.reading.frame(figure).is_none_or(|frame| frame.silence != Some(Silence::Delta))
            && !self.is_change(figure)
    }

    /// The first token of a figure's stretch.
    pub(crate) fn stretch_start(&self, figure: usize) -> usize {
        self.spot(figure).from
    }

    /// Whether a figure's stretch begins with what somebody does.
    pub(crate) fn starts_with_event(&self, figure: usize) -> bool {
        let spot = self.spot(figure);
        let tokens = &self.reading.lines[spot.sentence].0.tokens;
        let skips = |role: Option<Role>| {
            matches!(role, Some(Role::Filler | Role::Total | Role::Time | Role::Part | Role::Scope))
        };
        let first =
            tokens[spot.from..spot.token].iter().find(|token| !skips(self.reading.role(token)));
        first.is_some_and(|token| {
            self.reading.role(token) == Some(Role::Event) && {
                let rest =
                    &self.reading.prose.figured[token.range.end..tokens[spot.token].range.start];
                // 公告公示3条 is a name, 发布动态3条 what was done.
                self.reading.named(token, Role::Event) != Some("act") && !rest.is_empty()
                    || self.has_role_before(figure, Role::Total)
            }
        })
    }

    /// Whether a figure is a change: 增加3件.
    pub(crate) fn is_change(&self, figure: usize) -> bool {
        let spot = self.spot(figure);
        let tokens = &self.reading.lines[spot.sentence].0.tokens;
        let near = tokens[spot.from..spot.token].iter().rev();
        let mut near = near.skip_while(|token| self.reading.role(token) == Some(Role::Filler));
        near.next().is_some_and(|token| self.reading.role(token) == Some(Role::Trend))
    }

    /// Whether a figure says that it is not exact.
    pub(crate) fn is_rough(&self, figure: usize) -> bool {
        self.reading.prose.figures[figure].numeral.kind == Kind::Rough
    }

    /// The class of a figure's measure word.
    pub(crate) fn class(&self, figure: usize) -> u8 {
        let numeral = &self.reading.prose.figures[figure].numeral;
        if numeral.kind == Kind::Money { 255 } else { unit_class(numeral.unit) }
    }

    /// Whether a figure counts people.
    pub(crate) fn counts_people(&self, figure: usize) -> bool {
        self.class(figure) == 2
    }

    /// For a parenthesis: the figure before it that it touches.
    pub(crate) fn touched(&self, sentence: usize) -> Option<usize> {
        let (host, place) = self.reading.prose.sentences[sentence].host?;
        let mut spot = self
            .spots(host, 0..usize::MAX)
            .filter(|spot| self.reading.lines[host].0.tokens[spot.token].range.end <= place);
        let last = spot.next_back()?;
        let end = self.reading.lines[host].0.tokens[last.token].range.end;
        (place <= end + '的'.len_utf8()).then_some(last.figure)
    }

    /// What opens lists in a sentence.
    pub(crate) fn openers(&self, sentence: usize) -> Vec<Opener> {
        let (line, _) = &self.reading.lines[sentence];
        let mut openers: Vec<Opener> = Vec::new();
        for (number, clause) in line.clauses.iter().enumerate() {
            if self.is_division(sentence, clause.tokens.clone()) {
                let end = (clause.tokens.end + 1).min(line.tokens.len());
                openers.push(Opener {
                    at: clause.tokens.start,
                    items: end,
                    kind: OpenerKind::Divide,
                });
                continue;
            }
            let start = clause.tokens.start;
            let opened = openers
                .last()
                .is_some_and(|last| !self.figure_between(sentence, last.items, start));
            let after_figure = |number: usize| {
                self.figure_between(sentence, line.clauses[number].tokens.start, start)
            };
            let mut add = |at: usize, items: usize, kind: OpenerKind| match openers.last_mut() {
                // 其中包括：, 具体为：: one opener in several words; the completest speaks.
                Some(last)
                    if !self.figure_between(sentence, last.items, items)
                        && last.kind != OpenerKind::Divide =>
                {
                    last.items = items;
                    if kind != OpenerKind::Some {
                        last.kind = kind;
                    }
                }
                _ => openers.push(Opener { at, items, kind }),
            };
            // 其中：甲…: behind a colon the list is meant to be complete.
            if clause.mark == '：' && number > 0 && (after_figure(number - 1) || opened) {
                add(start, start, OpenerKind::Complete);
            }
            for at in clause.tokens.clone() {
                let kind = match self.reading.role(&line.tokens[at]) {
                    // 分别为3件、5件 gives figures to names, 分别为甲3件、乙5件 opens a list.
                    Some(Role::Respective) if self.names_items(sentence, at) => {
                        OpenerKind::Complete
                    }
                    Some(Role::Part) => match self.reading.named(&line.tokens[at], Role::Part) {
                        Some("list" | "all") => OpenerKind::Complete,
                        Some("within") => OpenerKind::Complete,
                        Some("divide") => continue,
                        _ => OpenerKind::Some,
                    },
                    _ => continue,
                };
                add(at, at + 1, kind);
            }
        }
        let is_aside = self.reading.prose.sentences[sentence].host.is_some();
        if openers.is_empty() && is_aside && self.spots(sentence, 0..usize::MAX).count() > 1 {
            openers.push(Opener { at: 0, items: 0, kind: OpenerKind::Aside });
        }
        if openers.is_empty() {
            openers.extend(self.unopened(sentence));
        }
        openers
    }

    /// Whether something stands between a word and the figure behind it.
    fn names_items(&self, sentence: usize, at: usize) -> bool {
        let tokens = &self.reading.lines[sentence].0.tokens;
        tokens[at + 1..]
            .iter()
            .find(|token| self.reading.role(token) != Some(Role::Filler))
            .is_some_and(|token| !matches!(token.what, What::Figure(_)))
    }

    fn figure_between(&self, sentence: usize, from: usize, to: usize) -> bool {
        self.spots(sentence, from..to).next().is_some()
    }

    /// 按来源分, 从结果看, 在办理结果方面: a clause without figures that names a division.
    fn is_division(&self, sentence: usize, tokens: Range<usize>) -> bool {
        let line = &self.reading.lines[sentence].0;
        let Some(first) = line.tokens.get(tokens.start).filter(|_| !tokens.is_empty()) else {
            return false;
        };
        let text =
            &self.reading.prose.figured[first.range.start..line.tokens[tokens.end - 1].range.end];
        let starts = text.starts_with(['按', '从', '在']);
        let ends = [
            "看", "来看", "分", "划分", "统计", "方面", "来说", "上看", "分类", "区分", "而言",
            "中",
        ];
        starts
            && text.chars().count() < 14
            && ends.iter().any(|word| text.ends_with(word))
            && !self.figure_between(sentence, tokens.start, tokens.end)
    }

    /// 共公开信息9条，机构信息2条，动态5条，公示2条: three plain nouns behind a total, without an opener.
    fn unopened(&self, sentence: usize) -> Option<Opener> {
        let line = &self.reading.lines[sentence].0;
        let spots: Vec<Spot> = self.spots(sentence, 0..usize::MAX).collect();
        if spots.len() < 4 || !self.has_role_before(spots[0].figure, Role::Total) {
            return None;
        }
        let plain = spots[1..].iter().all(|spot| {
            line.tokens[spot.from..spot.token].iter().all(|token| {
                !matches!(
                    self.reading.role(token),
                    Some(
                        Role::Event
                            | Role::Outcome
                            | Role::Total
                            | Role::Trend
                            | Role::Compare
                            | Role::Time
                            | Role::Scope
                    )
                )
            }) && self.is_item(spot.figure)
        });
        let at = spots[0].token + 1;
        plain.then_some(Opener { at, items: at, kind: OpenerKind::Some })
    }

    /// The figure of 合计N件 behind a list: nothing else stands in its clause.
    pub(crate) fn closing_total(&self, sentence: usize) -> Option<usize> {
        let line = &self.reading.lines[sentence].0;
        let total = self.spots(sentence, 0..usize::MAX).find(|spot| {
            let tokens = &line.tokens[spot.from..spot.token];
            let bare = tokens.iter().all(|token| match self.reading.role(token) {
                Some(Role::Total | Role::Filler | Role::Time | Role::Each) => true,
                Some(Role::Event) => matches!(
                    self.reading.named(token, Role::Event),
                    Some("receive" | "publish" | "handle")
                ),
                None => matches!(token.what, What::Time(_)),
                _ => false,
            });
            let clause = line.clauses.partition_point(|clause| clause.tokens.start < spot.from);
            let clause = line.clauses.get(clause);
            let starts = clause.is_some_and(|c| c.tokens.start == spot.from && c.mark != ' ');
            bare && starts
                && tokens.iter().any(|token| self.reading.role(token) == Some(Role::Total))
        });
        total.map(|spot| spot.figure).filter(|&figure| self.is_item(figure))
    }
}
