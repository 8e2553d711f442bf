//! Numbers of a list: 一是…三是 without 二是, a number twice.

use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::{Head, all_fields};
use crate::text::desk::{Desk, Page};
use crate::text::numeral::whole_number;
use crate::text::pattern::{Pattern, PatternError, View, all_of, meets};
use crate::text::words::chinese_number;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Patterns over the plain view with a group: the number.
    find: Vec<String>,
    /// How a marker is written, for messages, with `{}` for the number.
    shape: String,
    /// Fields it is looked for in.
    #[serde(default = "all_fields")]
    fields: Vec<String>,
}

#[derive(Debug)]
struct Enumeration {
    head: Head,
    data: Data,
    find: Vec<Pattern>,
}

pub(super) fn make(data: toml::Table, tools: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    Ok(Box::new(Enumeration { find: all_of(tools.words, &data.find, View::Plain)?, head, data }))
}

impl Check for Enumeration {
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
        for regex in self.find.iter().filter(|pattern| page.open().lets(pattern)) {
            self.run(regex, page, desk);
        }
    }
}

impl Enumeration {
    /// Reports markers that come too early or twice.
    fn run(&self, regex: &Pattern, page: &Page<'_>, desk: &mut Desk<'_>) {
        let mut before = 0i64;
        for found in regex.captures_iter(&page.prose.plain) {
            let Some(marker) = found.get(1) else { continue };
            let number = found.get(2).and_then(|m| whole_number(m.as_str()));
            let Some(number) = number.and_then(|value| i64::try_from(value).ok()) else { continue };
            let repeated = number == before;
            if repeated || number > before + 1 && before > 0 {
                let mut draft = page.at_plain(&marker.range()).with("repeated", repeated);
                draft.computed = Some(self.data.shape.replace("{}", &chinese_number(before + 1)));
                desk.report(&self.head, draft);
            }
            before = number;
        }
    }
}
