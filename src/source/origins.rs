//! Where the pieces of a text come from, when it was made of another file.
//!
//! A data file that was read out of a Word document is shown to nobody: findings on it name the place in the document.

use std::collections::BTreeMap;

use super::Span;

/// A place in the file that a text was made of, as people find it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// `表3 第7行第4列`, `工作表“表三”!H12`, `第4页`, `第17段`.
    pub place: String,
    /// Its page, from 1, where the file has pages.
    pub page: Option<usize>,
}

/// Places by dotted path and by range of the text.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    figures: BTreeMap<String, Elsewhere>,
    fields: BTreeMap<String, Elsewhere>,
    ranges: Vec<(Span, Elsewhere)>,
}

impl Origins {
    /// Takes note of where a figure stands.
    pub fn put(&mut self, path: &str, place: Elsewhere) {
        self.figures.entry(path.to_owned()).or_insert(place);
    }

    /// Takes note of where a text begins.
    pub fn put_field(&mut self, path: &str, place: Elsewhere) {
        self.fields.entry(path.to_owned()).or_insert(place);
    }

    /// Takes note of where a piece of the text comes from.
    pub fn mark(&mut self, range: Span, place: Elsewhere) {
        self.ranges.push((range, place));
    }

    /// The place of a figure or field, or of what holds it.
    pub fn of_path(&self, path: &str) -> Option<&Elsewhere> {
        let mut path = path;
        loop {
            let known = self.figures.get(path).or_else(|| self.fields.get(path));
            if known.is_some() {
                return known;
            }
            // A row stands where its first figure stands.
            let below = format!("{path}.");
            let first = self.figures.range(below.clone()..).next();
            if let Some((known, place)) = first
                && known.starts_with(&below)
            {
                return Some(place);
            }
            path = path.rsplit_once('.')?.0;
        }
    }

    /// The place that a piece of the text comes from: the narrowest known.
    fn of_range(&self, range: &Span) -> Option<&Elsewhere> {
        let holds = |known: &&(Span, Elsewhere)| {
            known.0.start <= range.start && range.start < known.0.end.max(known.0.start + 1)
        };
        let narrowest = self.ranges.iter().filter(holds).min_by_key(|known| known.0.len());
        narrowest.map(|(_, place)| place)
    }

    /// The place of a finding: of its figure, else where its span comes from, else of its field.
    pub fn of(&self, path: &str, span: Option<&Span>) -> Elsewhere {
        let figure = self.figures.get(path);
        let place = figure.or_else(|| self.of_range(span?)).or_else(|| self.of_path(path));
        let whole = || Elsewhere { place: "全文".to_owned(), page: None };
        place.cloned().unwrap_or_else(whole)
    }
}
