//! The setting of each token: which time, whose figures, what the text has been speaking of.
//!
//! A comparison holds to the end of its part of the sentence; a time and a part hold to the next `；`; a thing and a
//! scope until another one is named. A parenthesis begins with the setting of the place it was taken from.

use super::lexicon::{Lexicon, Role, ValueId};
use super::tokens::{Line, Time, Token, What, time_of};
use crate::text::names::Names;
use crate::text::pattern::meets;
use crate::text::prose::Prose;

/// What holds at a token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The time.
    pub(crate) time: Time,
    /// Whether it stands in a comparison.
    pub(crate) compares: bool,
    settled: bool,
    counted: bool,
    /// Whether a word for a part stands before it, and which token.
    pub(crate) part: Option<usize>,
    /// What the text speaks of.
    pub(crate) thing: Option<ValueId>,
    /// Whether applications for information have been named, or the field is about them.
    request: Option<ValueId>,
    cases: u8,
    /// Whether it counts for others than the tables do.
    pub(crate) foreign_scope: bool,
    foreign_here: bool,
    foreign_settled: bool,
    /// Whether it is said outright to count for those that the tables count.
    pub(crate) own_scope: bool,
    /// Whether another agency does what the clause says.
    pub(crate) acts_foreign: bool,
    /// Whether disclosure has been named in the sentence.
    pub(crate) disclosure: bool,
    /// Ways named in the clause before, which has no figure.
    pub(crate) ways: u8,
    /// Whether that clause says that they are all of them.
    pub(crate) several_ways: bool,
    /// What the clause before, which has no figure, says that happened.
    pub(crate) heading: Option<ValueId>,
    /// Outcomes that the clause before names without a figure.
    pub(crate) reasons: [Option<ValueId>; 2],
    /// Whether the sentence says what the applications are about, before this place.
    pub(crate) about: bool,
}

impl Setting {
    /// Whether a bare word may mean a thing here.
    pub(crate) fn may_be(&self, thing: ValueId) -> bool {
        self.request == Some(thing)
    }

    /// The cases named in the sentence.
    pub(crate) fn cases<'a>(
        &self,
        lexicon: &'a Lexicon,
    ) -> impl Iterator<Item = ValueId> + use<'a> {
        let bits = self.cases;
        let cases = lexicon.cases().iter().copied();
        cases.enumerate().filter(move |(at, _)| bits & (1 << at) != 0).map(|(_, id)| id)
    }
}

/// What the settings of a field depend on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk<'a> {
    /// The words.
    pub(crate) lexicon: &'a Lexicon,
    /// The field's path.
    pub(crate) field: &'a str,
    /// The report's year.
    pub(crate) year: i32,
    /// What the tables count: `own`, `jurisdiction`.
    pub(crate) scope: &'a str,
    /// The agencies' full names.
    pub(crate) agencies: &'a [&'a str],
}

impl Walk<'_> {
    /// The thing that the field is about unless a sentence says otherwise.
    fn default_thing(&self) -> Option<ValueId> {
        let mut things = self.lexicon.values().filter(|(_, value)| value.role == Role::Thing);
        things.find(|(_, value)| meets(self.field, &value.data.fields)).map(|(id, _)| id)
    }

    /// Whether the field is about applications.
    pub(crate) fn about_requests(&self) -> bool {
        let request = self.lexicon.find(Role::Thing, "request");
        request.is_some() && self.default_thing() == request
    }

    /// The settings of a sentence's tokens, given the sentences before it.
    pub(crate) fn settings(
        &self,
        before: &[(Line, Vec<Setting>)],
        prose: &Prose,
        number: usize,
        line: &Line,
    ) -> Vec<Setting> {
        let mut setting = self.start(before, prose, number);
        let mut settings = Vec::with_capacity(line.tokens.len());
        for clause in &line.clauses {
            self.enter(&mut setting, clause.mark);
            let figures =
                clause.tokens.clone().any(|at| matches!(line.tokens[at].what, What::Figure(_)));
            setting.acts_foreign = figures && self.acts_foreign(prose, line, clause.tokens.clone());
            let mut ways = (0, false);
            for at in clause.tokens.clone() {
                settings.push(setting);
                self.step(&mut setting, prose, line, at, &mut ways);
            }
            if clause.tokens.end < line.tokens.len() {
                settings.push(setting);
            }
            (setting.ways, setting.several_ways) = if figures { (0, false) } else { ways };
            self.leave(&mut setting, line, clause.tokens.clone(), figures);
        }
        settings
    }

    /// What a clause without figures leaves for the next one.
    fn leave(
        &self,
        setting: &mut Setting,
        line: &Line,
        tokens: std::ops::Range<usize>,
        figures: bool,
    ) {
        setting.reasons = [None; 2];
        if figures {
            return;
        }
        for token in &line.tokens[tokens] {
            let What::Word(id) = token.what else { continue };
            match self.lexicon.value(id).role {
                Role::Event => setting.heading = Some(id),
                Role::Outcome => setting.reasons = [setting.reasons[1], Some(id)],
                _ => {}
            }
        }
    }

    fn start(&self, before: &[(Line, Vec<Setting>)], prose: &Prose, number: usize) -> Setting {
        if let Some((host, place)) = prose.sentences[number].host {
            let (line, settings) = &before[host];
            let at = line.tokens.partition_point(|token| token.range.start < place);
            if let Some(last) = at.checked_sub(1) {
                let mut setting = settings[last];
                self.step(&mut setting, prose, line, last, &mut (0, false));
                return Setting { part: Some(usize::MAX), ways: 0, several_ways: false, ..setting };
            }
        }
        let default = self.default_thing();
        let line = prose.sentences[number].line;
        let carried = (0..number)
            .rev()
            .take_while(|&before| prose.sentences[before].line == line)
            .filter(|&before| prose.sentences[before].host.is_none())
            .take(3)
            .find_map(|sentence| {
                let (line, settings) = &before[sentence];
                let last = line.tokens.len().checked_sub(1)?;
                let mut setting = settings[last];
                self.step(&mut setting, prose, line, last, &mut (0, false));
                line.tokens.iter().any(|token| self.is_topic(token)).then_some(setting.thing)?
            });
        let request = self.lexicon.find(Role::Thing, "request");
        let named = carried == request || default == request;
        Setting {
            time: Time::This,
            compares: false,
            settled: false,
            counted: false,
            part: None,
            thing: carried.or(default),
            request: request.filter(|_| named),
            cases: 0,
            foreign_scope: false,
            foreign_here: false,
            foreign_settled: false,
            own_scope: false,
            acts_foreign: false,
            disclosure: false,
            ways: 0,
            several_ways: false,
            heading: None,
            reasons: [None; 2],
            about: false,
        }
    }

    fn is_topic(&self, token: &Token) -> bool {
        match token.what {
            What::Word(id) => {
                let value = self.lexicon.value(id);
                value.role == Role::Thing && (value.data.form || value.name == "foreign")
            }
            _ => false,
        }
    }

    fn enter(&self, setting: &mut Setting, mark: char) {
        if mark == ' ' || mark == '、' {
            return;
        }
        if setting.settled || mark == '；' {
            setting.compares = false;
        }
        if mark == '；' {
            (setting.time, setting.part) =
                (Time::This, setting.part.filter(|&at| at == usize::MAX));
            (setting.ways, setting.several_ways) = (0, false);
            (setting.heading, setting.about) = (None, false);
        }
        setting.foreign_scope = setting.foreign_settled;
        setting.foreign_here = false;
    }

    /// What a token changes for those after it.
    fn step(
        &self,
        setting: &mut Setting,
        prose: &Prose,
        line: &Line,
        at: usize,
        ways: &mut (u8, bool),
    ) {
        let token = &line.tokens[at];
        if let Some(time) = time_of(self.lexicon, token) {
            match time {
                _ if setting.compares => {}
                Time::Whole => {}
                // 2022年1月: the month narrows whatever year stands before it.
                time => setting.time = time,
            }
            return;
        }
        let id = match token.what {
            What::Word(id) => id,
            What::Figure(_) => {
                (setting.settled, setting.counted) = (true, true);
                setting.foreign_settled |= setting.foreign_here;
                return;
            }
            _ => return,
        };
        let value = self.lexicon.value(id);
        match value.role {
            Role::Compare => (setting.compares, setting.settled) = (true, false),
            Role::Trend => setting.settled = true,
            // 从申请人看, 新收申请中 divide the whole; only behind a figure do they make parts of it.
            Role::Part if value.name == "divide" || value.name == "within" && !setting.counted => {}
            Role::Part => (setting.part, setting.own_scope) = (Some(at), false),
            Role::Disclosure => setting.disclosure = true,
            Role::About => setting.about = true,
            Role::Channel => match value.name.as_str() {
                "several" => ways.1 = true,
                _ => ways.0 = ways.0.saturating_add(1),
            },
            Role::Scope => self.scope(setting, &value.name, &prose.figured[token.range.clone()]),
            Role::Thing => self.thing(setting, id),
            _ => {}
        }
    }

    fn thing(&self, setting: &mut Setting, id: ValueId) {
        let value = self.lexicon.value(id);
        if value.data.like.is_some() || value.name == "object" {
            return;
        }
        setting.thing = Some(id);
        if value.data.case
            && let Some(bit) = self.lexicon.cases().iter().position(|case| *case == id)
        {
            setting.cases |= 1 << bit;
        }
        if value.name == "request" {
            (setting.request, setting.disclosure) = (Some(id), true);
        } else if !value.data.form {
            setting.request = None;
        }
    }

    fn scope(&self, setting: &mut Setting, name: &str, word: &str) {
        let own = match (self.scope, name) {
            ("jurisdiction", "whole") => true,
            ("jurisdiction", _) => false,
            (_, "own") => true,
            // A street office speaks of itself as 街道.
            (_, "part") if self.agencies.iter().any(|agency| agency.contains(word)) => return,
            _ => false,
        };
        (setting.foreign_scope, setting.own_scope) = (!own, own);
        setting.foreign_here = !own;
        if own {
            setting.foreign_settled = false;
        }
    }

    /// 东街道受理3件 in the bureau's report: who stands right before what happened is not the report's own agency.
    fn acts_foreign(&self, prose: &Prose, line: &Line, tokens: std::ops::Range<usize>) -> bool {
        let is_event = |at: &usize| match line.tokens[*at].what {
            What::Word(id) => self.lexicon.value(id).role == Role::Event,
            _ => false,
        };
        let Some(event) = tokens.clone().find(is_event) else { return false };
        let start = (tokens.start..event)
            .rev()
            .take_while(|&at| match line.tokens[at].what {
                What::Unknown(_) => true,
                What::Word(id) => matches!(self.lexicon.value(id).role, Role::Filler | Role::Scope),
                _ => false,
            })
            .last();
        let Some(start) = start else { return false };
        let run = &prose.figured[line.tokens[start].range.start..line.tokens[event].range.start];
        Names::ends_like_an_office(run)
            && !self.agencies.iter().any(|agency| Names::is_own_office(run, agency))
    }
}
