//! What a text says there is none of: 未引发复议或诉讼, 依申请公开零申请, 均已办结.
//!
//! In: a sentence as tokens. Out: frames without a figure, which stand for 0. A negation denies what follows it to the
//! clause's end or the next negation. It says nothing where a figure, an unknown word, somebody else's business or a
//! remark on lateness stands there: 没有一件申请超期.

use std::ops::Range;

use super::frames::{Frame, Reading};
use super::lexicon::{Role, ValueId};
use super::tokens::{Time, Token, What, time_of};

/// How many tokens around a denial are looked at: real clauses are shorter.
const FAR: usize = 80;

impl Reading<'_> {
    /// Finds what a sentence denies.
    pub(crate) fn nones(&self, number: usize) -> Vec<Frame> {
        let (line, settings) = &self.lines[number];
        let mut frames = Vec::new();
        for (clause, part) in line.clauses.iter().enumerate() {
            for at in part.tokens.clone() {
                let found = match self.role(&line.tokens[at]) {
                    Some(Role::Negation) => {
                        let next = |&i: &usize| self.role(&line.tokens[i]) == Some(Role::Negation);
                        let next = (at + 1..part.tokens.end.min(at + FAR)).find(next);
                        // 被纠正而未履行: the second negation belongs to what the first one denies.
                        if next.is_some_and(|next| !self.joins(number, at, next)) {
                            continue;
                        }
                        let end = next.unwrap_or(part.tokens.end.min(at + FAR));
                        self.denied(number, part.tokens.start, at, at + 1..end)
                    }
                    Some(Role::Zero) => self.denied_in_a_word(number, part.tokens.start, at),
                    Some(Role::Done) => self.all_done(number, part.tokens.clone(), at),
                    _ => continue,
                };
                frames.extend(found.into_iter().map(|mut frame| {
                    frame.range = line.tokens[at].range.start..frame.range.end;
                    frame.disclosure |= settings[at].disclosure;
                    (frame.sentence, frame.clause) = (number, clause);
                    frame
                }));
            }
        }
        frames
    }

    /// Whether a second negation denies something of its own: 也未, or behind a mark.
    fn joins(&self, number: usize, at: usize, next: usize) -> bool {
        let tokens = &self.lines[number].0.tokens;
        let word = &self.prose.figured[tokens[next].range.clone()];
        next == at + 1
            || word.starts_with(['也', '亦', '均'])
            || matches!(tokens[next - 1].what, What::Mark(_))
            || ["和", "且", "并", "或", "及"]
                .contains(&&self.prose.figured[tokens[next - 1].range.clone()])
    }

    fn is_settled(&self, number: usize, at: usize) -> bool {
        let setting = &self.lines[number].1[at];
        setting.time == Time::This
            && !setting.compares
            && !setting.foreign_scope
            && !setting.acts_foreign
    }

    /// The frames of what stands behind a negation.
    fn denied(&self, number: usize, start: usize, at: usize, range: Range<usize>) -> Vec<Frame> {
        let (line, settings) = &self.lines[number];
        let setting = &settings[at];
        let tokens = &line.tokens[range.clone()];
        if tokens.is_empty() {
            return Vec::new();
        }
        let has = |role: Role| tokens.iter().any(|token| self.role(token) == Some(role));
        let event = |name: &str| tokens.iter().any(|t| self.named(t, Role::Event) == Some(name));
        let odd = |token: &Token| matches!(token.what, What::Figure(_) | What::Unknown(_));
        let other_time = |token: &Token| {
            !matches!(time_of(self.lexicon, token), None | Some(Time::This | Time::Whole))
        };
        let silent = tokens.iter().any(|token| odd(token) || other_time(token))
            || has(Role::Others)
            || has(Role::Late)
            || has(Role::Trend)
            || has(Role::About)
            || has(Role::Channel)
                && !tokens.iter().any(|t| self.named(t, Role::Channel) == Some("several"))
            || self.is_others(number, start, at)
            || event("publish") && !event("receive")
            || !self.is_settled(number, at)
            || setting.part.is_some() && !has(Role::Thing);
        if silent || tokens.is_empty() {
            return Vec::new();
        }
        let end = tokens.last().map_or(line.tokens[at].range.end, |token| token.range.end);
        let words = |role: Role| -> Vec<ValueId> {
            let ids = tokens.iter().filter_map(|token| match token.what {
                What::Word(id) if self.lexicon.value(id).role == role => Some(id),
                _ => None,
            });
            ids.collect()
        };
        let frame = |things: Vec<ValueId>| Frame {
            range: 0..end,
            things,
            named: true,
            events: words(Role::Event),
            outcomes: words(Role::Outcome)
                .into_iter()
                .filter(|&id| !self.lexicon.value(id).data.bare)
                .collect(),
            who: words(Role::Who)
                .into_iter()
                .filter(|&id| !self.lexicon.value(id).data.columns.is_empty())
                .collect(),
            disclosure: has(Role::Disclosure)
                || tokens.iter().any(|t| self.named(t, Role::Thing) == Some("request")),
            ..Frame::default()
        };
        let data = |id: ValueId| &self.lexicon.value(id).data;
        let things = words(Role::Thing);
        let cases: Vec<ValueId> = things.iter().copied().filter(|&id| data(id).case).collect();
        let foreign = |id: ValueId| !data(id).form && data(id).like.is_none();
        let last = things.last().copied();
        if !cases.is_empty() {
            let object = |id: ValueId| self.lexicon.value(id).name == "object";
            if things.iter().any(|&id| object(id)) || !self.are_joined(tokens) {
                return Vec::new();
            }
            let mut seen: Vec<ValueId> = Vec::new();
            cases.into_iter().for_each(|case| {
                if !seen.contains(&case) {
                    seen.push(case)
                }
            });
            return seen.into_iter().map(|case| frame(vec![case])).collect();
        }
        if things.iter().any(|&id| foreign(id)) {
            return Vec::new();
        }
        let carried = ["carry", "carry_in", "carry_out"].iter().any(|name| event(name));
        let thing = match last {
            Some(id) => match &data(id).like {
                Some(like) => {
                    self.lexicon.find(Role::Thing, like).filter(|&like| setting.may_be(like))
                }
                None => Some(id),
            },
            None if carried || !frame(Vec::new()).outcomes.is_empty() => setting.thing,
            None => None,
        };
        thing.filter(|&id| data(id).form).map(|id| frame(vec![id])).into_iter().collect()
    }

    /// Whether complaints stand beside the cases and are not what these led to: 行政诉讼和举报投诉.
    fn are_joined(&self, tokens: &[Token]) -> bool {
        let foreign = |token: &Token| match token.what {
            What::Word(id) => {
                let value = self.lexicon.value(id);
                value.role == Role::Thing && !value.data.form && value.data.like.is_none()
            }
            _ => false,
        };
        tokens.iter().enumerate().filter(|(_, token)| foreign(token)).all(|(at, _)| {
            let before = at.checked_sub(1).map(|at| &tokens[at]);
            before.is_none_or(|token| {
                let text = &self.prose.figured[token.range.clone()];
                matches!(token.what, What::Mark('、'))
                    || foreign(token)
                    || ["和", "与", "及", "以及", "或", "或者"].contains(&text)
            })
        })
    }

    /// Whether what is denied is said of somebody else's business, or of a manner: 依申请公开未按时答复.
    fn is_others(&self, number: usize, start: usize, at: usize) -> bool {
        let tokens = &self.lines[number].0.tokens;
        (start.max(at.saturating_sub(FAR))..at)
            .any(|i| matches!(self.role(&tokens[i]), Some(Role::Others | Role::Late)))
    }

    /// 零申请 denies what stands before it or in it.
    fn denied_in_a_word(&self, number: usize, start: usize, at: usize) -> Vec<Frame> {
        let (line, settings) = &self.lines[number];
        let word = &self.prose.figured[line.tokens[at].range.clone()];
        let named = |name: &str| self.lexicon.find(Role::Thing, name);
        let thing = if word.contains("申请") || word.contains("收件") {
            named("request").filter(|&id| settings[at].may_be(id))
        } else if word.contains("复议") {
            named("reconsideration")
        } else if word.contains("诉讼") {
            named("litigation")
        } else {
            settings[at].thing
        };
        let odd = (start.max(at.saturating_sub(FAR))..at)
            .any(|i| matches!(line.tokens[i].what, What::Figure(_)));
        match thing.filter(|_| !odd && self.is_settled(number, at)) {
            Some(thing) => vec![Frame {
                range: 0..line.tokens[at].range.end,
                things: vec![thing],
                named: true,
                events: self.lexicon.find(Role::Event, "receive").into_iter().collect(),
                ..Frame::default()
            }],
            None => Vec::new(),
        }
    }

    /// 均已办结: nothing is carried forward.
    fn all_done(&self, number: usize, clause: Range<usize>, at: usize) -> Vec<Frame> {
        let (line, settings) = &self.lines[number];
        let setting = &settings[at];
        let request = self.lexicon.find(Role::Thing, "request");
        let near = clause.start.max(at.saturating_sub(FAR))..clause.end.min(at + FAR);
        let odd = near.into_iter().any(|i| {
            i != at
                && (matches!(line.tokens[i].what, What::Unknown(_) | What::Figure(_))
                    || matches!(
                        self.role(&line.tokens[i]),
                        Some(Role::Late | Role::Others | Role::Channel)
                    )
                    || time_of(self.lexicon, &line.tokens[i]) == Some(Time::Whole)
                    || self
                        .named(&line.tokens[i], Role::Event)
                        .is_some_and(|n| n.starts_with("carry")))
        });
        let about = setting.thing == request && request.is_some();
        if odd || !about || setting.part.is_some() || !self.is_settled(number, at) {
            return Vec::new();
        }
        vec![Frame {
            range: 0..line.tokens[at].range.end,
            things: request.into_iter().collect(),
            named: true,
            events: self.lexicon.find(Role::Event, "carry_out").into_iter().collect(),
            ..Frame::default()
        }]
    }
}
