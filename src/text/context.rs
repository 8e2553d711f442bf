//! What a place in a text is about: which topic, which time, whose figures, a part or the whole.
//!
//! In: the prose of one field and the format's words. Out: for a place in a sentence its [`State`].
//! A comparison with another time holds to the end of its part of the sentence; a time, a topic and a
//! scope hold until another one is named.

use std::cell::OnceCell;

use rust_decimal::Decimal;

use super::data::{ContextData, TopicData};
use super::pattern::{Pattern, PatternError, View, Words};
use super::prose::{COUNT, MONEY, PERCENT, Prose, ROUGH, Sentence, YEAR};

/// Which time a sentence speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// The report's year.
    This,
    /// The year before.
    Last,
    /// Any other time, or a part of the year.
    Other,
}

/// The reading of one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// The time.
    pub time: Time,
    /// Whether it stands in a comparison with another time, since where.
    pub comparison: Option<usize>,
    /// Where the last word for a part stands before it.
    pub part: Option<usize>,
    /// Whether the sentence named the topic, and which.
    pub topic: Option<usize>,
    /// The topic that the sentence before left.
    pub carried: Option<usize>,
    /// Whether it counts for others than the tables do.
    pub foreign_scope: bool,
    /// Whether it is said outright to count for those that the tables count.
    pub own_scope: bool,
}

impl State {
    fn new(carried: Option<usize>) -> Self {
        Self {
            time: Time::This,
            comparison: None,
            part: None,
            topic: None,
            carried,
            foreign_scope: false,
            own_scope: false,
        }
    }
}

/// A topic, ready for use.
#[derive(Debug)]
pub struct Topic {
    /// Its name in the rules.
    pub name: String,
    words: Pattern,
    field_words: Option<Pattern>,
    fields: Vec<String>,
    /// Whether its figures are none of the form's.
    pub foreign: bool,
}

/// The words that make a context, ready for use.
#[derive(Debug)]
pub struct Contexts {
    /// All topics.
    pub topics: Vec<Topic>,
    this_year: Pattern,
    last_year: Pattern,
    timeless: Pattern,
    other_time: Pattern,
    comparison: Pattern,
    part: Pattern,
    scopes: Vec<(String, Pattern, Pattern)>,
}

impl Contexts {
    /// Compiles the words.
    ///
    /// # Errors
    /// A pattern cannot be used.
    pub fn compile<'a>(
        words: Words<'_>,
        data: &ContextData,
        topics: impl Iterator<Item = (&'a String, &'a TopicData)>,
    ) -> Result<Self, PatternError> {
        let regex = |pattern: &str| words.compile(pattern, View::Figured);
        let topics = topics
            .map(|(name, topic)| {
                Ok(Topic {
                    name: name.clone(),
                    words: regex(&topic.words)?,
                    field_words: topic.words_in_fields.as_deref().map(regex).transpose()?,
                    fields: topic.fields.clone(),
                    foreign: topic.foreign,
                })
            })
            .collect::<Result<_, PatternError>>()?;
        let scopes = data
            .scopes
            .iter()
            .map(|(name, scope)| Ok((name.clone(), regex(&scope.own)?, regex(&scope.other)?)))
            .collect::<Result<_, PatternError>>()?;
        Ok(Self {
            topics,
            this_year: regex(&data.this_year)?,
            last_year: regex(&data.last_year)?,
            timeless: regex(&data.timeless)?,
            other_time: regex(&data.other_time)?,
            comparison: regex(&data.comparison)?,
            part: regex(&data.part)?,
            scopes,
        })
    }

    /// The place of a topic in the list.
    pub fn topic(&self, name: &str) -> Option<usize> {
        self.topics.iter().position(|topic| topic.name == name)
    }
}

/// Whether a dotted path meets one of the patterns `a.b`, `a.*`, `*`.
pub fn meets(path: &str, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path.strip_prefix(pattern.as_str()).is_some_and(is_all_or_number),
    })
}

/// What may follow a field's name: nothing, or the number of one of several (`requests.note.0`).
fn is_all_or_number(rest: &str) -> bool {
    let number = rest.strip_prefix('.').unwrap_or("0");
    (rest.is_empty() || rest.starts_with('.')) && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    Comma,
    Semicolon,
    Figure,
    Trend,
    Time(Time),
    Comparison,
    Part,
    Topic(usize),
    OwnScope,
    OtherScope,
}

/// A topic named in a sentence; by a bare word, such as 申请, which may be another topic's too.
struct Named {
    range: std::ops::Range<usize>,
    topic: usize,
    is_bare: bool,
}

/// The events of a sentence by place, and the context in which it begins.
type Read = (Vec<(usize, Event)>, State);

/// The context of every sentence of a field.
pub struct Reading<'a> {
    contexts: &'a Contexts,
    defaults: Vec<bool>,
    prose: &'a Prose,
    year: i32,
    scope: Option<&'a (String, Pattern, Pattern)>,
    sentences: Vec<OnceCell<Read>>,
}

impl<'a> Reading<'a> {
    /// Prepares to read the context of sentences; each is read when it is first asked for.
    pub fn new(
        contexts: &'a Contexts,
        prose: &'a Prose,
        field: &str,
        year: i32,
        scope: &str,
    ) -> Self {
        let defaults = contexts.topics.iter().map(|topic| meets(field, &topic.fields)).collect();
        let scope = contexts.scopes.iter().find(|(name, _, _)| name == scope);
        let sentences = prose.sentences.iter().map(|_| OnceCell::new()).collect();
        Self { contexts, defaults, prose, year, scope, sentences }
    }

    /// The events of a sentence and the context in which it begins.
    fn read(&self, number: usize) -> &Read {
        self.sentences[number].get_or_init(|| {
            let sentence = &self.prose.sentences[number];
            let start = match sentence.host {
                Some((host, place)) => State { part: Some(place), ..self.state(host, place) },
                None => State::new(self.carried(number)),
            };
            (self.events_of(sentence), start)
        })
    }

    /// The topic that the sentences before, in the same line, leave.
    fn carried(&self, number: usize) -> Option<usize> {
        let line = self.prose.sentences[number].line;
        let before =
            (0..number).rev().take_while(|&before| self.prose.sentences[before].line == line);
        before
            .filter(|&before| self.prose.sentences[before].host.is_none())
            .take(3)
            .find_map(|before| self.topic_in(before, 0, usize::MAX))
    }

    /// Whether the field is about the topic unless a sentence says otherwise.
    pub fn is_default(&self, topic: usize) -> bool {
        self.defaults[topic]
    }

    /// The context of a place in the figured view, seen from what stands before it.
    pub fn state(&self, sentence: usize, at: usize) -> State {
        let (events, start) = self.read(sentence);
        let mut state = *start;
        let mut settled = false;
        let (mut other_here, mut other_settled) = (false, state.foreign_scope);
        for &(place, event) in events.iter().take_while(|(place, _)| *place < at) {
            match event {
                Event::Comma | Event::Semicolon => {
                    if settled || event == Event::Semicolon {
                        state.comparison = None;
                    }
                    if event == Event::Semicolon {
                        (state.time, state.part) = (Time::This, None);
                    }
                    other_here = false;
                    state.foreign_scope = other_settled;
                }
                Event::Figure => {
                    settled = true;
                    other_settled |= other_here;
                }
                Event::Trend => settled = true,
                Event::Comparison => (state.comparison, settled) = (Some(place), false),
                Event::Time(time) if state.comparison.is_none() => state.time = time,
                Event::Time(_) => {}
                Event::Part => {
                    state.part = Some(place);
                    state.own_scope = false;
                }
                Event::Topic(topic) => state.topic = Some(topic),
                Event::OwnScope => {
                    (state.foreign_scope, state.own_scope) = (false, true);
                    (other_here, other_settled) = (false, false);
                }
                Event::OtherScope => {
                    (state.foreign_scope, state.own_scope) = (true, false);
                    other_here = true;
                }
            }
        }
        state
    }

    /// The topic named in a range of a sentence, the last one.
    pub fn topic_in(&self, sentence: usize, from: usize, to: usize) -> Option<usize> {
        let within = |place: usize| place >= from && place < to;
        self.read(sentence).0.iter().rev().find_map(|&(place, event)| match event {
            Event::Topic(topic) if within(place) => Some(topic),
            _ => None,
        })
    }

    /// Where the last word of a comparison stands in a range of a sentence.
    pub fn comparison_in(&self, sentence: usize, from: usize, to: usize) -> Option<usize> {
        let found = |&&(place, event): &&(usize, Event)| {
            event == Event::Comparison && place >= from && place < to
        };
        self.read(sentence).0.iter().rfind(found).map(|(place, _)| *place)
    }

    fn events_of(&self, sentence: &Sentence) -> Vec<(usize, Event)> {
        let text = self.prose.sentence(sentence);
        let base = sentence.range.start;
        let contexts = self.contexts;
        let mut events: Vec<(usize, Event)> = Vec::new();
        for (at, char) in text.char_indices() {
            let event = match char {
                '，' | '：' => Event::Comma,
                '；' => Event::Semicolon,
                COUNT | PERCENT | MONEY | ROUGH => Event::Figure,
                '增' | '减' | '升' | '降' | '平' => Event::Trend,
                YEAR => match self.year_at(base + at) {
                    Some(time) => Event::Time(time),
                    None => continue,
                },
                _ => continue,
            };
            events.push((base + at, event));
        }
        let mut add = |regex: &Pattern, event: Event| {
            events.extend(regex.find_iter(text).map(|found| (base + found.start(), event)));
        };
        add(&contexts.this_year, Event::Time(Time::This));
        add(&contexts.last_year, Event::Time(Time::Last));
        add(&contexts.other_time, Event::Time(Time::Other));
        add(&contexts.comparison, Event::Comparison);
        add(&contexts.part, Event::Part);
        if let Some((_, own, other)) = self.scope {
            add(own, Event::OwnScope);
            add(other, Event::OtherScope);
        }
        events.extend(self.topics_of(text, base));
        let timeless: Vec<_> =
            contexts.timeless.find_iter(text).map(|m| base + m.start()..base + m.end()).collect();
        let other: Vec<_> = contexts
            .other_time
            .find_iter(text)
            .map(|m| base + m.start() + 1..base + m.end())
            .collect();
        events.retain(|(place, event)| {
            let within = |range: &std::ops::Range<usize>| range.contains(place);
            !matches!(event, Event::Time(_)) || !timeless.iter().chain(&other).any(within)
        });
        events.sort_by_key(|(place, event)| (*place, matches!(event, Event::Time(Time::Other))));
        events
    }

    /// Names of topics; where two overlap, the one that begins first and is longer. A bare word after a foreign topic
    /// belongs to that one.
    fn topics_of(&self, text: &str, base: usize) -> Vec<(usize, Event)> {
        let mut found: Vec<Named> = Vec::new();
        for (topic, words) in self.contexts.topics.iter().enumerate() {
            let names = |regex: &Pattern, is_bare| -> Vec<Named> {
                let named = |m: regex::Match<'_>| Named { range: m.range(), topic, is_bare };
                regex.find_iter(text).map(named).collect()
            };
            found.extend(names(&words.words, false));
            if let Some(bare) = words.field_words.as_ref().filter(|_| self.defaults[topic]) {
                found.extend(names(bare, true));
            }
        }
        found.sort_by_key(|named| (named.range.start, std::cmp::Reverse(named.range.end)));
        let mut reached = 0;
        let mut foreign: Option<usize> = None;
        found.retain(|named| {
            let start = named.range.start;
            if start < reached {
                return false;
            }
            if named.is_bare && foreign.is_some_and(|at| !text[at..start].contains('；')) {
                return false;
            }
            reached = named.range.end;
            foreign = self.contexts.topics[named.topic].foreign.then_some(reached);
            true
        });
        found
            .into_iter()
            .map(|named| (base + named.range.start, Event::Topic(named.topic)))
            .collect()
    }

    fn year_at(&self, at: usize) -> Option<Time> {
        let figure = &self.prose.figures[self.prose.figure_at(at)?];
        let value = figure.numeral.value;
        Some(if value == Decimal::from(self.year) {
            Time::This
        } else if value == Decimal::from(self.year - 1) {
            Time::Last
        } else {
            Time::Other
        })
    }
}
