//! A text that is last year's.

use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::pattern::{PatternError, meets};
use crate::text::similarity::common;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Fields that are compared.
    fields: Vec<String>,
    /// The fewest characters a text must have.
    least: usize,
    /// From how many per cent of common text it is a finding.
    threshold: u32,
}

#[derive(Debug)]
struct Similarity {
    head: Head,
    data: Data,
}

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data) = read(data)?;
    Ok(Box::new(Similarity { head, data }))
}

impl Check for Similarity {
    fn head(&self) -> &Head {
        &self.head
    }

    fn whole(&self, pages: &[Page<'_>], desk: &mut Desk<'_>) {
        for page in pages.iter().filter(|page| meets(page.field.path, &self.data.fields)) {
            let mut previous = desk.subject.previous_fields.iter();
            let Some(before) = previous.find(|before| before.path == page.field.path) else {
                continue;
            };
            let (percent, length) = common(page.field.text, before.text);
            if percent >= self.data.threshold && length >= self.data.least {
                desk.report(&self.head, page.at_all().with("percent", percent));
            }
        }
    }
}
