//! How an agency speaks of itself: 我镇 in the report of a street office is another report's text.

use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::{Head, all_fields};
use crate::text::desk::{Desk, Page};
use crate::text::pattern::{PatternError, meets};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// What an agency calls itself, and what its name must then hold: one of them is enough.
    names: Vec<Name>,
    /// Fields it is looked for in.
    #[serde(default = "all_fields")]
    fields: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    word: String,
    holds: Vec<String>,
}

#[derive(Debug)]
struct Kin {
    head: Head,
    data: Data,
}

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data) = read(data)?;
    Ok(Box::new(Kin { head, data }))
}

impl Check for Kin {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        if !meets(page.field.path, &self.data.fields) {
            return;
        }
        let agencies = desk.subject.agencies.clone();
        for name in &self.data.names {
            let fits = |agency: &&str| name.holds.iter().any(|part| agency.contains(part.as_str()));
            if agencies.iter().any(fits) {
                continue;
            }
            // Once in a field: who copied a text has copied all of it.
            if let Some(at) = page.prose.plain.find(name.word.as_str()) {
                let draft = page.at_plain(&(at..at + name.word.len())).with("fault", "kin");
                let mut draft = draft;
                draft.computed = Some(agencies.join("、"));
                desk.report(&self.head, draft);
            }
        }
    }
}
