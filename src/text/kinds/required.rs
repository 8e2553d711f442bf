//! Words that must stand somewhere in the report.

use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::finding::Place;
use crate::text::messages::Draft;
use crate::text::pattern::{Pattern, PatternError, View, meets};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// What must be mentioned.
    items: Vec<Item>,
    /// Fields that may mention it.
    fields: Vec<String>,
    /// The field that the finding names.
    at: String,
    /// Kinds of agency it holds for; empty: all.
    #[serde(default)]
    kinds: Vec<String>,
    /// A figure that, when given, says it as well.
    #[serde(default)]
    or_figure: Option<String>,
}

/// One thing that must be mentioned.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    /// What people call it.
    label: String,
    /// Pattern over the plain view.
    find: String,
}

#[derive(Debug)]
struct Required {
    head: Head,
    data: Data,
    items: Vec<Pattern>,
}

pub(super) fn make(data: toml::Table, tools: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    let items = data
        .items
        .iter()
        .map(|item| tools.words.compile(&item.find, View::Plain))
        .collect::<Result<_, _>>()?;
    Ok(Box::new(Required { head, data, items }))
}

impl Check for Required {
    fn head(&self) -> &Head {
        &self.head
    }

    fn whole(&self, pages: &[Page<'_>], desk: &mut Desk<'_>) {
        let data = &self.data;
        let given = data.or_figure.as_ref().is_some_and(|path| desk.subject.facts.is_given(path));
        let concerns =
            data.kinds.is_empty() || data.kinds.iter().any(|kind| kind == desk.subject.kind);
        if given || !concerns {
            return;
        }
        let about = pages.iter().filter(|page| meets(page.field.path, &data.fields));
        let texts: Vec<&str> = about.map(|page| page.prose.plain.as_str()).collect();
        let items = self.items.iter().zip(&data.items);
        let missing: Vec<&str> = items
            .filter(|(regex, _)| !texts.iter().any(|text| regex.is_match(text)))
            .map(|(_, item)| item.label.as_str())
            .collect();
        if missing.is_empty() {
            return;
        }
        let draft = match pages.iter().find(|page| page.field.path == data.at) {
            Some(page) => page.at_all(),
            None => Draft::new(Place::Value { path: data.at.clone() }),
        };
        desk.report(&self.head, draft.with("missing", missing.join("、")));
    }
}
