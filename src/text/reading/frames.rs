//! What the text says of each figure, in any order of words.
//!
//! In: the prose of a field, the lexicon, year and scope of the report. Out: for each figure a [`Frame`]: what is
//! counted, what happened to it, how it ended, who, by which way, when. A figure's stretch runs from the start of its
//! clause, or the figure before, to the figure; the last figure of a clause also takes what follows it. What cannot be
//! told makes a frame silent, with the reason.

use std::ops::Range;

use super::context::{Setting, Walk};
use super::lexicon::{Lexicon, Role, ValueId};
use super::tokens::{Line, Time, Token, What};
use crate::text::numeral::Kind;
use crate::text::prose::Prose;

/// Why a figure is compared with nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Another time.
    Time,
    /// A change, or a figure that is compared with.
    Delta,
    /// Somebody else's figures.
    Scope,
    /// Somebody else's business, or done a second time.
    Others,
    /// Late, withdrawn, sent back.
    Late,
    /// No thing of the form.
    Foreign,
    /// Words that are not known.
    Unknown,
    /// How it was answered, beside others that were answered otherwise: 按期答复.
    Manner,
    /// One of several ways.
    Channel,
    /// A part of another figure.
    Part,
    /// A measure word that counts no cases.
    Unit,
    /// Names and figures that do not pair.
    Respective,
}

/// How many figures back another one is looked for: real sentences have fewer, and time must not grow with the square.
const NEAR: usize = 40;

/// What is said of a figure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The figure; none where the text says that there are none.
    pub(crate) figure: Option<usize>,
    /// Its place in the figured view.
    pub(crate) range: Range<usize>,
    /// The sentence.
    pub(crate) sentence: usize,
    /// The clause in it.
    pub(crate) clause: usize,
    /// The things counted; several are counted together.
    pub(crate) things: Vec<ValueId>,
    /// Whether the thing stands in the clause itself.
    pub(crate) named: bool,
    /// The cases that the sentence has named: a result may be of all of them.
    pub(crate) cases: Vec<ValueId>,
    /// What happened to them.
    pub(crate) events: Vec<ValueId>,
    /// How they ended.
    pub(crate) outcomes: Vec<ValueId>,
    /// Whether the outcomes are examples: 因不掌握等原因.
    pub(crate) etc: bool,
    /// Who applied.
    pub(crate) who: Vec<ValueId>,
    /// Whether it is said to be a total.
    pub(crate) total: bool,
    /// Whether it holds for each of several things: 各, 均.
    pub(crate) each: bool,
    /// Whether it stands after 其中 or in a parenthesis.
    pub(crate) part: bool,
    /// Whether the text has named disclosure in the sentence.
    pub(crate) disclosure: bool,
    /// Whether it is said outright to count for those that the tables count.
    pub(crate) own_scope: bool,
    /// Outcomes that the clause before names without a figure: 因属于内部事务，不予公开3件.
    pub(crate) reasons: Vec<ValueId>,
    /// Whether words that are not known stand before what carries it.
    pub(crate) odd: bool,
    /// Why it is compared with nothing.
    pub(crate) silence: Option<Silence>,
}

/// A field, read.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    /// The words.
    pub(crate) lexicon: &'a Lexicon,
    /// The text.
    pub(crate) prose: &'a Prose,
    /// Its sentences as tokens, with the setting of each token.
    pub(crate) lines: Vec<(Line, Vec<Setting>)>,
    /// The frames of all counts and sums of money, by figure.
    pub(crate) frames: Vec<Frame>,
    /// The frames of what the text says there is none of.
    pub(crate) said_none: Vec<Frame>,
    /// Whether the field is about applications.
    pub(crate) about_requests: bool,
    /// By sentence: whether it says what was published.
    pub(crate) publishes: Vec<bool>,
}

impl<'a> Reading<'a> {
    /// Reads a field.
    pub(crate) fn new(lexicon: &'a Lexicon, prose: &'a Prose, walk: &Walk<'_>) -> Self {
        let mut reading = Self {
            lexicon,
            prose,
            lines: Vec::with_capacity(prose.sentences.len()),
            frames: Vec::new(),
            said_none: Vec::new(),
            about_requests: walk.about_requests(),
            publishes: vec![false; prose.sentences.len()],
        };
        for number in 0..prose.sentences.len() {
            let sentence = &prose.sentences[number];
            let line = Line::read(lexicon, prose, sentence, walk.year);
            let settings = walk.settings(&reading.lines, prose, number, &line);
            reading.lines.push((line, settings));
            let from = reading.frames.len();
            reading.sentence(number);
            reading.bare_totals(from);
        }
        let publish = lexicon.find(Role::Event, "publish");
        for frame in &reading.frames {
            reading.publishes[frame.sentence] |= frame.events.iter().any(|id| Some(*id) == publish);
        }
        let nones: Vec<Frame> =
            (0..prose.sentences.len()).flat_map(|number| reading.nones(number)).collect();
        reading.said_none = nones;
        reading
    }

    /// The frame of a figure.
    pub(crate) fn frame(&self, figure: usize) -> Option<&Frame> {
        let found = self.frames.binary_search_by_key(&Some(figure), |frame| frame.figure);
        found.ok().map(|at| &self.frames[at])
    }

    /// The value of a word.
    pub(crate) fn role(&self, token: &Token) -> Option<Role> {
        match token.what {
            What::Word(id) => Some(self.lexicon.value(id).role),
            _ => None,
        }
    }

    /// The name of the value of a word with a role.
    pub(crate) fn named(&self, token: &Token, role: Role) -> Option<&str> {
        match token.what {
            What::Word(id) if self.lexicon.value(id).role == role => {
                Some(&self.lexicon.value(id).name)
            }
            _ => None,
        }
    }

    fn sentence(&mut self, number: usize) {
        let mut frames = Vec::new();
        let (line, settings) = &self.lines[number];
        for (clause, part) in line.clauses.iter().enumerate() {
            let mut from = self.heading_start(line, clause).unwrap_or(part.tokens.start);
            let figures: Vec<usize> = part
                .tokens
                .clone()
                .filter(|&at| matches!(line.tokens[at].what, What::Figure(_)))
                .collect();
            for (order, &at) in figures.iter().enumerate() {
                let What::Figure(figure) = line.tokens[at].what else { continue };
                let is_last = order + 1 == figures.len();
                let tail = if is_last { at + 1..part.tokens.end } else { at + 1..at + 1 };
                let kind = self.prose.figures[figure].numeral.kind;
                if matches!(kind, Kind::Count | Kind::Money) {
                    let stretch = Stretch {
                        reading: self,
                        line,
                        setting: &settings[at],
                        before: from..at,
                        after: tail,
                    };
                    let mut frame = stretch.frame(figure);
                    (frame.sentence, frame.clause) = (number, clause);
                    frames.push(frame);
                }
                from = at + 1;
            }
        }
        self.respective(number, &mut frames);
        self.followers(&mut frames);
        self.parts(&mut frames);
        self.frames.append(&mut frames);
    }

    /// 申请总量：96件: what stands before the colon is said of the figure right behind it.
    fn heading_start(&self, line: &Line, clause: usize) -> Option<usize> {
        let part = &line.clauses[clause];
        let is_figure =
            |at: usize| matches!(line.tokens.get(at).map(|t| t.what), Some(What::Figure(_)));
        let before = clause.checked_sub(1).map(|before| &line.clauses[before])?;
        let heads = part.mark == '：'
            && is_figure(part.tokens.start)
            && !before.tokens.clone().any(is_figure);
        heads.then_some(before.tokens.start)
    }

    /// 甲、乙分别为3件、5件: names before, figures after, one to one.
    fn respective(&self, number: usize, frames: &mut [Frame]) {
        let (line, settings) = &self.lines[number];
        let is_figure =
            |at: usize| matches!(line.tokens.get(at).map(|t| t.what), Some(What::Figure(_)));
        // 各为3件、5件 pairs as 分别为 does; 各为3件 does not.
        let each = |at: usize| {
            let mark = line.tokens.get(at + 2).map(|token| token.what);
            is_figure(at + 1) && mark == Some(What::Mark('、')) && is_figure(at + 3)
        };
        let word = line.tokens.iter().enumerate().position(|(at, token)| match self.role(token) {
            Some(Role::Respective) => true,
            Some(Role::Each) => each(at),
            _ => false,
        });
        let Some(word) = word else { return };
        let Some(clause) = line.clauses.iter().find(|clause| clause.tokens.contains(&word)) else {
            return;
        };
        let joins = |token: &Token| match token.what {
            What::Mark('、') => true,
            What::Word(_) => {
                ["和", "与", "及", "以及"].contains(&&self.prose.figured[token.range.clone()])
            }
            _ => false,
        };
        let names: Vec<&[Token]> = line.tokens[clause.tokens.start..word].split(joins).collect();
        let end = (word..line.tokens.len())
            .find(|&at| line.tokens[at].what == What::Mark('；'))
            .unwrap_or(line.tokens.len());
        let is_figure = |&at: &usize| matches!(line.tokens[at].what, What::Figure(_));
        let figures: Vec<usize> = (word..end).filter(is_figure).take(NEAR).collect();
        let pairs = names.len() > 1 && names.len() == figures.len();
        let mut from = clause.tokens.start;
        for (order, &at) in figures.iter().enumerate() {
            let What::Figure(figure) = line.tokens[at].what else { continue };
            let length = names.get(order).map_or(0, |name| name.len());
            let before = from..from + length;
            from += length + 1;
            let Some(frame) = frames.iter_mut().find(|frame| frame.figure == Some(figure)) else {
                continue;
            };
            if !pairs {
                frame.silence.get_or_insert(Silence::Respective);
                continue;
            }
            let setting = &settings[at];
            let stretch = Stretch { reading: self, line, setting, before, after: at..at };
            let (sentence, clause) = (frame.sentence, frame.clause);
            *frame = stretch.frame(figure);
            (frame.sentence, frame.clause) = (sentence, clause);
        }
    }

    /// 网上受理65件，答复64件: what was answered is of those that came that way.
    fn followers(&self, frames: &mut [Frame]) {
        let otherwise = frames
            .iter()
            .any(|frame| matches!(frame.silence, Some(Silence::Late | Silence::Others)));
        for frame in frames.iter_mut().filter(|frame| frame.silence == Some(Silence::Manner)) {
            if !otherwise {
                frame.silence = None;
            }
        }
        for at in 1..frames.len() {
            let (before, rest) = frames.split_at_mut(at);
            let before = &before[before.len().saturating_sub(NEAR)..];
            let frame = &mut rest[0];
            // 信函提交3件，上门提交0件: a way that is not known, beside one that is.
            let beside = before.last().is_some_and(|last| last.silence == Some(Silence::Channel));
            if beside
                && frame.odd
                && !frame.named
                && !frame.total
                && frame.outcomes.is_empty()
                && frame.silence.is_none()
            {
                frame.silence = Some(Silence::Channel);
            }
            let follows = frame.silence.is_none() && !frame.named && frame.who.is_empty();
            if !follows || frame.total || frame.events.is_empty() && frame.outcomes.is_empty() {
                continue;
            }
            let narrows = |base: &Frame| {
                matches!(
                    base.silence,
                    Some(Silence::Channel | Silence::Unknown | Silence::Others | Silence::Foreign)
                )
            };
            let base =
                before.iter().rposition(|base| !base.events.is_empty() && base.outcomes.is_empty());
            let ways = before.iter().filter(|base| base.silence == Some(Silence::Channel)).count();
            if base.is_some_and(|base| narrows(&before[base])) && ways < 2 {
                frame.silence = Some(Silence::Part);
            }
        }
    }

    /// A part of a figure that is narrowed is narrowed as well.
    fn parts(&self, frames: &mut [Frame]) {
        let mut whole = None;
        for at in 0..frames.len() {
            if !frames[at].part {
                whole = Some(at);
            }
            let frame = &frames[at];
            if !frame.part || frame.silence.is_some() || frame.own_scope {
                continue;
            }
            let base = whole.map(|at| &frames[at]);
            let host = self.prose.sentences[frame.sentence].host;
            let hosted = host.and_then(|(host, place)| {
                let of_host = |base: &&Frame| base.sentence == host && base.range.start < place;
                self.frames.iter().rev().take(NEAR).find(of_host)
            });
            let Some(base) = base.or(hosted) else {
                // 其中企业3件, without what it is a part of.
                if !frame.who.is_empty() {
                    frames[at].silence = Some(Silence::Part);
                }
                continue;
            };
            let narrowed = match base.silence {
                Some(
                    Silence::Channel
                    | Silence::Unknown
                    | Silence::Scope
                    | Silence::Others
                    | Silence::Foreign
                    | Silence::Late
                    | Silence::Time,
                ) => true,
                _ => {
                    !base.outcomes.is_empty() && frame.outcomes.is_empty()
                        || !base.who.is_empty() && frame.who.is_empty()
                }
            };
            if narrowed {
                frames[at].silence = Some(Silence::Part);
            }
        }
    }

    /// 收到网上申请3件、信函5件，合计8件: the total takes what its items say, without their ways.
    fn bare_totals(&mut self, from: usize) {
        for at in from..self.frames.len() {
            let frame = &self.frames[at];
            let bare = frame.total
                && !frame.part
                && frame.events.is_empty()
                && frame.outcomes.is_empty()
                && frame.who.is_empty()
                && frame.silence.is_none_or(|why| why == Silence::Foreign);
            if !bare || frame.named {
                continue;
            }
            let items = &self.frames[from.max(at.saturating_sub(NEAR))..at];
            let Some(first) = items.iter().find(|item| !item.events.is_empty()) else { continue };
            let alike = items.iter().all(|item| {
                item.outcomes.is_empty()
                    && item.who.is_empty()
                    && item.silence.is_none_or(|why| why == Silence::Channel)
                    && item.things == first.things
                    && (item.events.is_empty() || item.events == first.events)
            });
            if alike && items.len() > 1 {
                let (things, events) = (first.things.clone(), first.events.clone());
                let frame = &mut self.frames[at];
                (frame.things, frame.events, frame.silence) = (things, events, None);
            }
        }
    }
}

/// The words around one figure.
struct Stretch<'r, 'a> {
    reading: &'r Reading<'a>,
    line: &'r Line,
    setting: &'r Setting,
    before: Range<usize>,
    after: Range<usize>,
}

const COUNTED: &[&str] =
    &["件", "条", "份", "宗", "起", "项", "个", "笔", "例", "次", "件次", "人次", "部", ""];

impl Stretch<'_, '_> {
    fn words(&self, range: &Range<usize>, role: Role) -> Vec<(usize, ValueId)> {
        range
            .clone()
            .filter_map(|at| match self.line.tokens[at].what {
                What::Word(id) if self.reading.lexicon.value(id).role == role => Some((at, id)),
                _ => None,
            })
            .collect()
    }

    /// Words before the figure, or, where there are none, after it.
    fn either(&self, role: Role) -> Vec<(usize, ValueId)> {
        let before = self.words(&self.before, role);
        if before.is_empty() { self.words(&self.after, role) } else { before }
    }

    fn has(&self, range: &Range<usize>, role: Role) -> bool {
        range.clone().any(|at| self.reading.role(&self.line.tokens[at]) == Some(role))
    }

    fn text(&self, at: usize) -> &str {
        &self.reading.prose.figured[self.line.tokens[at].range.clone()]
    }

    fn frame(&self, figure: usize) -> Frame {
        let lexicon = self.reading.lexicon;
        let mut frame = Frame {
            figure: Some(figure),
            range: self.reading.prose.figures[figure].at
                ..self.reading.prose.figures[figure].at + crate::text::prose::COUNT.len_utf8(),
            part: self.setting.part.is_some(),
            total: self.has(&self.before, Role::Total),
            each: self.is_each(),
            disclosure: self.setting.disclosure || self.has(&self.before, Role::Disclosure),
            etc: self.has(&self.before, Role::Etc),
            own_scope: self.setting.own_scope,
            ..Frame::default()
        };
        let foreign = self.things(&mut frame);
        let live = self.live();
        let ids = |found: Vec<(usize, ValueId)>| -> Vec<ValueId> {
            let mut ids: Vec<ValueId> = Vec::new();
            found.into_iter().filter(|(at, _)| live(*at)).for_each(|(_, id)| {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            });
            ids
        };
        frame.events = ids(self.either(Role::Event));
        frame.outcomes = ids(self.outcomes());
        frame.who = ids(self.either(Role::Who));
        frame.who.retain(|&who| !lexicon.value(who).data.columns.is_empty());
        frame.cases = self.setting.cases(lexicon).collect();
        if frame.events.is_empty() && !frame.named && self.is_only_time() {
            // 新收申请数量逐年上升，2022年24件，2023年37件.
            frame.events.extend(self.setting.heading);
        }
        if !frame.outcomes.is_empty() {
            frame.reasons = self.setting.reasons.into_iter().flatten().collect();
        }
        frame.odd = self.is_odd();
        frame.silence = foreign.or_else(|| self.silence(figure, &frame));
        frame
    }

    /// Whether words that are not known stand before what carries the frame.
    fn is_odd(&self) -> bool {
        let tokens = self.before.clone().map(|at| &self.line.tokens[at]);
        let mut before = tokens.take_while(|token| {
            !matches!(
                self.reading.role(token),
                Some(Role::Thing | Role::Event | Role::Outcome | Role::Who)
            )
        });
        before.any(|token| matches!(token.what, What::Unknown(_)))
    }

    /// Whether nothing but a time and words that say nothing stand before the figure.
    fn is_only_time(&self) -> bool {
        let tokens = &self.line.tokens[self.before.clone()];
        let time = |token: &Token| super::tokens::time_of(self.reading.lexicon, token).is_some();
        tokens.iter().any(time)
            && tokens
                .iter()
                .all(|token| time(token) || self.reading.role(token) == Some(Role::Filler))
    }

    /// Which tokens count: what is 扣除 and what is over (结转上年后) says nothing of this figure.
    fn live(&self) -> impl Fn(usize) -> bool + use<> {
        let last_back = self.words(&self.before, Role::Back).last().map(|(at, _)| *at);
        let without = self.words(&self.before, Role::Without).first().map(|(at, _)| *at);
        let carries = |at: usize| {
            matches!(
                self.reading.role(&self.line.tokens[at]),
                Some(Role::Event | Role::Outcome | Role::Thing)
            )
        };
        let mut cut =
            last_back.filter(|&back| (back + 1..self.before.end).any(carries)).unwrap_or(0);
        // 连同上年结转共办理13件: what is carried is within the total of what happened.
        let events = self.words(&self.before, Role::Event);
        let carried = |id: ValueId| self.reading.lexicon.value(id).name.starts_with("carry");
        if let Some((total, _)) = self.words(&self.before, Role::Total).last() {
            let before = events.iter().any(|(at, id)| at < total && carried(*id));
            let after = events.iter().any(|(at, id)| at > total && !carried(*id));
            if before && after {
                cut = cut.max(*total);
            }
        }
        move |at: usize| {
            at >= cut && without.is_none_or(|without| at < without || at > cut && cut > 0)
        }
    }

    /// What is counted; a reason to be silent where it is none of the form's.
    fn things(&self, frame: &mut Frame) -> Option<Silence> {
        let lexicon = self.reading.lexicon;
        let before = self.words(&self.before, Role::Thing);
        let after = self.words(&self.after, Role::Thing);
        let is_form = |id: ValueId| lexicon.value(id).data.form;
        if before.iter().any(|&(_, id)| !is_form(id) && lexicon.value(id).data.like.is_none()) {
            return Some(Silence::Foreign);
        }
        let own = |&(_, id): &(usize, ValueId)| match &lexicon.value(id).data.like {
            Some(like) => {
                let like = lexicon.find(Role::Thing, like)?;
                self.setting.may_be(like).then_some(like)
            }
            None => Some(id),
        };
        if let Some(last) = before.last() {
            frame.named = true;
            let Some(head) = own(last) else { return Some(Silence::Foreign) };
            frame.things.push(head);
            if lexicon.value(head).data.case {
                for case in before.iter().rev().skip(1).filter_map(own) {
                    if !lexicon.value(case).data.case {
                        break;
                    }
                    if !frame.things.contains(&case) {
                        frame.things.push(case);
                    }
                }
            }
            return None;
        }
        if let Some(first) = after.first() {
            frame.named = true;
            let head = own(first).filter(|&id| is_form(id));
            frame.things.extend(head);
            return if head.is_none() { Some(Silence::Foreign) } else { None };
        }
        match self.setting.thing {
            Some(thing) if is_form(thing) => {
                frame.things.push(thing);
                None
            }
            _ => Some(Silence::Foreign),
        }
    }

    /// Outcomes; a bare word such as 公开 only where nothing else could be meant.
    fn outcomes(&self) -> Vec<(usize, ValueId)> {
        let lexicon = self.reading.lexicon;
        let mut found = self.either(Role::Outcome);
        let others = found.iter().any(|(_, id)| !lexicon.value(*id).data.bare);
        let events = self.has(&self.before, Role::Event);
        let named = self.has(&self.before, Role::Thing);
        if found.is_empty()
            && let Some(last) = self.not_existing()
        {
            return vec![last];
        }
        found.retain(|&(at, id)| {
            !lexicon.value(id).data.bare
                || at < self.before.end
                    && self.reading.about_requests
                    && (others || !events && !named)
        });
        found
    }

    /// 不存在的3件: there it denies nothing.
    fn not_existing(&self) -> Option<(usize, ValueId)> {
        let mut near = self.before.clone().rev();
        let last =
            near.find(|&at| self.reading.role(&self.line.tokens[at]) != Some(Role::Filler))?;
        let id = self.reading.lexicon.find(Role::Outcome, "not_existing")?;
        (self.text(last) == "不存在" && self.reading.about_requests).then_some((last, id))
    }

    fn is_each(&self) -> bool {
        let near = self.before.clone().rev().take(3);
        near.take_while(|&at| {
            matches!(self.reading.role(&self.line.tokens[at]), Some(Role::Filler | Role::Each))
        })
        .any(|at| self.reading.role(&self.line.tokens[at]) == Some(Role::Each))
    }

    fn silence(&self, figure: usize, frame: &Frame) -> Option<Silence> {
        let numeral = &self.reading.prose.figures[figure].numeral;
        let setting = self.setting;
        if numeral.kind == Kind::Count && !COUNTED.contains(&numeral.unit) {
            return Some(Silence::Unit);
        }
        if setting.compares || self.is_change() {
            return Some(Silence::Delta);
        }
        if setting.time != Time::This {
            return Some(Silence::Time);
        }
        if setting.foreign_scope || setting.acts_foreign {
            return Some(Silence::Scope);
        }
        let of_clause = self.before.start.min(self.after.start)..self.after.end;
        let name = |id: &ValueId| self.reading.lexicon.value(*id).name.as_str();
        let others: Vec<(usize, ValueId)> = [&self.before, &self.after]
            .into_iter()
            .flat_map(|range| self.words(range, Role::Others))
            .collect();
        if others.iter().any(|(_, id)| name(id) != "manner") || self.is_spoken_of_again() {
            return Some(Silence::Others);
        }
        let answers =
            frame.events.iter().any(|id| name(id) == "answer") && frame.outcomes.is_empty();
        let excluded =
            self.line.tokens.get(self.before.end + 1).and_then(|token| self.reading.role(token));
        let some = self.has(&self.before, Role::Rest) || self.has(&self.before, Role::Partial);
        if some && frame.outcomes.is_empty() || matches!(excluded, Some(Role::Back)) {
            return Some(Silence::Part);
        }
        if self.has(&of_clause, Role::Late) {
            return Some(Silence::Late);
        }
        if self.is_unknown() {
            return Some(Silence::Unknown);
        }
        if self.is_one_way(frame) {
            return Some(Silence::Channel);
        }
        if !others.is_empty() && answers {
            return Some(Silence::Manner);
        }
        if self.setting.about && !frame.named && frame.outcomes.is_empty() {
            return Some(Silence::Unknown);
        }
        if frame.part && !self.may_be_part(frame) {
            return Some(Silence::Part);
        }
        None
    }

    /// 对被纠正的3件: what was counted before is spoken of again.
    fn is_spoken_of_again(&self) -> bool {
        let first = self.before.clone().next();
        let last = self.before.clone().next_back();
        first.is_some_and(|at| ["对", "针对", "就"].contains(&self.text(at)))
            && last.is_some_and(|at| self.text(at) == "的")
    }

    /// Whether the figure is a change: 增加3件.
    fn is_change(&self) -> bool {
        let mut near = self.before.clone().rev();
        near.find(|&at| self.reading.role(&self.line.tokens[at]) != Some(Role::Filler))
            .is_some_and(|at| self.reading.role(&self.line.tokens[at]) == Some(Role::Trend))
    }

    /// One of several ways; with 等方式, or several with 共, it is the whole.
    fn is_one_way(&self, frame: &Frame) -> bool {
        let mut ways = usize::from(self.setting.ways);
        let mut several = self.setting.several_ways;
        for range in [&self.before, &self.after] {
            for (_, id) in self.words(range, Role::Channel) {
                match self.reading.lexicon.value(id).name.as_str() {
                    "several" => several = true,
                    _ => ways += 1,
                }
            }
        }
        ways > 0 && !several && !(ways > 1 && (frame.total || frame.etc))
    }

    fn may_be_part(&self, frame: &Frame) -> bool {
        let name = |id: &ValueId| self.reading.lexicon.value(*id).name.as_str();
        // 其中5件按规定答复: behind the figure it says how, before it what.
        let events = if self.has(&self.before, Role::Event) { &frame.events[..] } else { &[] };
        let carries = |id: &ValueId| ["carry_in", "carry_out", "carry", "new"].contains(&name(id));
        let tells = |id: &ValueId| name(id) == "answer";
        !frame.outcomes.is_empty()
            || frame.events.iter().any(carries)
            || !frame.who.is_empty()
            || events.iter().any(tells)
            || self.setting.own_scope
            || frame.named
                && frame.things.iter().any(|id| self.reading.lexicon.value(*id).data.case)
    }

    /// More than one character of no known word between the words that carry the frame and the figure, or such words
    /// before 的 that narrow the thing.
    fn is_unknown(&self) -> bool {
        let tokens = &self.line.tokens;
        let carries = |at: usize| {
            matches!(
                self.reading.role(&tokens[at]),
                Some(Role::Thing | Role::Event | Role::Outcome | Role::Who | Role::Total)
            )
        };
        let unknown = |range: Range<usize>| {
            range.filter(|&at| matches!(tokens[at].what, What::Unknown(_))).count()
        };
        // Of a case that is said to be about disclosure, what stands before it says who or why.
        let case = self.before.clone().rev().find(|&at| match tokens[at].what {
            What::Word(id) => {
                let value = self.reading.lexicon.value(id);
                value.role == Role::Thing && value.data.case
            }
            _ => false,
        });
        if let Some(case) = case.filter(|_| self.setting.disclosure) {
            return unknown(case..self.before.end) > 1;
        }
        let about =
            self.before.clone().find(|&at| self.reading.role(&tokens[at]) == Some(Role::About));
        let thing = self
            .before
            .clone()
            .rev()
            .find(|&at| self.reading.role(&tokens[at]) == Some(Role::Thing));
        if let (Some(about), Some(thing)) = (about, thing)
            && unknown(about..thing.max(about)) > 0
        {
            return true;
        }
        match self.before.clone().find(|&at| carries(at)) {
            Some(first) => {
                let from = first.checked_sub(2).filter(|&from| from >= self.before.start);
                let narrows = from.is_some_and(|from| {
                    ["的", "类"].contains(&self.text(from + 1))
                        && matches!(tokens[from].what, What::Unknown(_))
                });
                narrows || unknown(first..self.before.end) > 1
            }
            None => {
                let to = self.after.clone().find(|&at| carries(at)).unwrap_or(self.after.start);
                self.has(&self.before, Role::About)
                    || self.has(&(self.after.start..to), Role::About)
                    || unknown(self.before.clone()) > 1
                    || unknown(self.after.start..to) > 1
            }
        }
    }
}
