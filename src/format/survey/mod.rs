//! All mistakes in the files of one format at once, each with file, line and what was probably meant.
//!
//! In: a format's own files and the merged data of the formats that it extends. Out: [`Mistake`]s. What a file may say is
//! learned from the built-in formats: a key that none of them has at that place, and that is not one of the words by
//! which a later format changes an earlier one, is unknown.

mod learned;
mod refs;
mod shape;

use std::collections::BTreeMap;

use toml::Table;

use crate::record::{self, KeyNames, Record};
use crate::source::Source;

use super::mistake::{Mistake, suggestion};

pub(super) use learned::Learned;

/// The files whose keys are known.
pub(super) const FILES: [&str; 3] = ["format.toml", "schema.toml", "rules.toml"];

/// Files at the top of a format's folder that mean something, beside the layout.
const KNOWN: [&str; 8] = [
    "format.toml",
    "schema.toml",
    "rules.toml",
    "words.toml",
    "figures.toml",
    "mapping.toml",
    "sample.toml",
    "main.typ.j2",
];

/// The files of a format's folder as sources with their trees.
pub(super) struct Files {
    pub(super) files: BTreeMap<String, (Source, Record)>,
}

impl Files {
    /// Reads the TOML files of a folder and reports what is no TOML.
    pub(super) fn read(
        origin: &str,
        texts: &BTreeMap<String, String>,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let mut files = BTreeMap::new();
        for (name, text) in texts.iter().filter(|(name, _)| name.ends_with(".toml")) {
            let source = Source::new(format!("{origin}/{name}"), text.clone());
            let (record, errors) = record::parse(&source, &KeyNames::default());
            let wrong = errors.iter().map(|error| {
                let help =
                    error.help.as_deref().map_or_else(String::new, |help| format!("；{help}"));
                Mistake::at(
                    &source,
                    &error.span.clone().unwrap_or(0..0),
                    format!("{}{help}", error.message),
                )
            });
            mistakes.extend(wrong);
            files.insert(name.clone(), (source, record));
        }
        Self { files }
    }

    pub(super) fn get(&self, name: &str) -> Option<&(Source, Record)> {
        self.files.get(name)
    }
}

/// Names files that no format has: a misspelt `schema.toml` would be passed over in silence.
pub(super) fn names(
    origin: &str,
    texts: &BTreeMap<String, String>,
    learned: &Learned,
) -> Vec<Mistake> {
    let unknown = texts.keys().filter(|name| {
        let is_data = name.ends_with(".toml") && !name.contains('/');
        is_data && !KNOWN.contains(&name.as_str()) && !learned.has_file(name)
    });
    unknown
        .map(|name| {
            let like = suggestion(name, KNOWN);
            Mistake {
                file: format!("{origin}/{name}"),
                line: 1,
                column: 1,
                message: format!("格式里没有叫 {name} 的文件{like}"),
                is_doubt: false,
            }
        })
        .collect()
}

/// Checks the files of one format against the data of those it extends.
pub(super) fn survey(
    files: &Files,
    base: &BTreeMap<&'static str, Table>,
    merged: &BTreeMap<&'static str, Table>,
    learned: &Learned,
) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let none = Table::new();
    for name in FILES {
        let Some((source, record)) = files.get(name) else { continue };
        let base = base.get(name).unwrap_or(&none);
        shape::check(source, &record.root, base, learned.of(name), &mut mistakes);
    }
    if mistakes.iter().all(|mistake| mistake.is_doubt) {
        refs::check(files, merged, &mut mistakes);
    }
    mistakes
}
