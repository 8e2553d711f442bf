//! Words that must not stand there.

use std::ops::Range;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::{Head, all_fields};
use crate::text::desk::{Desk, Page};
use crate::text::numeral::whole_number;
use crate::text::pattern::{Pattern, PatternError, View, all_of, any_of, meets};
use crate::text::words::{Taken, sentence_around};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Patterns over the plain view; a group narrows the place.
    find: Vec<String>,
    /// Patterns one of which must stand in the same sentence.
    #[serde(default)]
    near: Vec<String>,
    /// Patterns that, in the same sentence, excuse it.
    #[serde(default)]
    unless: Vec<String>,
    /// Texts that the group may be; numbers may be written in any way.
    #[serde(default)]
    allowed: Vec<String>,
    /// What should stand there; `$1` and the like are the pattern's groups.
    #[serde(default)]
    instead: Option<String>,
    /// Whether one finding stands for all of a field.
    #[serde(default)]
    once: bool,
    /// Fields it is looked for in.
    #[serde(default = "all_fields")]
    fields: Vec<String>,
}

#[derive(Debug)]
struct Wording {
    head: Head,
    data: Data,
    find: Vec<Pattern>,
    near: Option<Pattern>,
    unless: Option<Pattern>,
    allowed: Vec<Option<Decimal>>,
}

pub(super) fn make(data: toml::Table, tools: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    Ok(Box::new(Wording {
        find: all_of(tools.words, &data.find, View::Plain)?,
        near: any_of(tools.words, &data.near, View::Plain)?,
        unless: any_of(tools.words, &data.unless, View::Plain)?,
        allowed: data.allowed.iter().map(|text| whole_number(text)).collect(),
        head,
        data,
    }))
}

impl Check for Wording {
    fn head(&self) -> &Head {
        &self.head
    }

    fn patterns(&mut self) -> Vec<&mut Pattern> {
        self.find.iter_mut().collect()
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        if !meets(page.field.path, &self.data.fields) {
            return;
        }
        let plain = page.prose.plain.as_str();
        let mut taken = Taken::default();
        for regex in self.find.iter().filter(|pattern| page.open().lets(pattern)) {
            for found in regex.captures_iter(plain) {
                let Some(whole) = found.get(0) else { continue };
                let place = found.get(1).unwrap_or(whole);
                if self.is_excused(plain, &whole.range(), place.as_str())
                    || !taken.take(&place.range())
                {
                    continue;
                }
                let mut draft = page.at_plain(&place.range()).with("repeated", false);
                draft.computed = self.data.instead.as_ref().map(|instead| {
                    let mut text = String::new();
                    found.expand(instead, &mut text);
                    text
                });
                desk.report(&self.head, draft);
                if self.data.once {
                    return;
                }
            }
        }
    }
}

impl Wording {
    fn is_excused(&self, plain: &str, whole: &Range<usize>, text: &str) -> bool {
        let around = sentence_around(plain, whole);
        self.near.as_ref().is_some_and(|near| !near.is_match(around))
            || self.unless.as_ref().is_some_and(|unless| unless.is_match(around))
            || self.is_allowed(text)
    }

    fn is_allowed(&self, text: &str) -> bool {
        let number = whole_number(text);
        let mut allowed = self.data.allowed.iter().zip(&self.allowed);
        allowed.any(|(word, value)| word == text || value.is_some() && *value == number)
    }
}
