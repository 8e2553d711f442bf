//! A year that must be the report's.

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
    /// Patterns over the plain view with `@` for the year; each `@` must be the report's.
    find: Vec<String>,
    /// Patterns that, in the same sentence, excuse another year.
    #[serde(default)]
    unless: Vec<String>,
    /// Fields it is looked for in.
    #[serde(default = "all_fields")]
    fields: Vec<String>,
}

#[derive(Debug)]
struct Years {
    head: Head,
    data: Data,
    find: Vec<Pattern>,
    unless: Option<Pattern>,
}

pub(super) fn make(data: toml::Table, tools: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    Ok(Box::new(Years {
        find: all_of(tools.words, &data.find, View::Plain)?,
        unless: any_of(tools.words, &data.unless, View::Plain)?,
        head,
        data,
    }))
}

impl Check for Years {
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
        let (plain, year) = (page.prose.plain.as_str(), desk.subject.year);
        let mut taken = Taken::default();
        for regex in self.find.iter().filter(|pattern| page.open().lets(pattern)) {
            for found in regex.captures_iter(plain) {
                let Some(whole) = found.get(0) else { continue };
                let is_other = |text: &str| {
                    whole_number(text).is_some_and(|value| value != Decimal::from(year))
                };
                let Some(wrong) = found.iter().skip(1).flatten().find(|m| is_other(m.as_str()))
                else {
                    continue;
                };
                let around = sentence_around(plain, &whole.range());
                if self.unless.as_ref().is_some_and(|unless| unless.is_match(around))
                    || !taken.take(&whole.range())
                {
                    continue;
                }
                let mut draft = page.at_plain(&wrong.range()).with("repeated", false);
                draft.computed = Some(year.to_string());
                desk.report(&self.head, draft);
            }
        }
    }
}
