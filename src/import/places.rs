//! The way from a data file that was made of a foreign file back to the place in that file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::draft::Place;

/// Places of the source by dotted path and by range in the data file.
#[derive(Debug, Clone, Default)]
pub struct Places {
    by_path: BTreeMap<String, Place>,
    ranges: Vec<(Range<usize>, Place)>,
}

impl Places {
    /// Takes note of where a figure or field stands.
    pub(super) fn put(&mut self, path: &str, place: &Place) {
        self.by_path.entry(path.to_owned()).or_insert_with(|| place.clone());
    }

    /// Takes note of where a piece of the data file comes from.
    pub(super) fn mark(&mut self, range: Range<usize>, place: &Place) {
        self.ranges.push((range, place.clone()));
    }

    /// The place of a figure or field, or of what holds it.
    pub fn of_path(&self, path: &str) -> Option<&Place> {
        let mut path = path;
        loop {
            if let Some(place) = self.by_path.get(path) {
                return Some(place);
            }
            // A row stands where its first figure stands.
            let below = format!("{path}.");
            let first = self.by_path.range(below.clone()..).next();
            if let Some((known, place)) = first
                && known.starts_with(&below)
            {
                return Some(place);
            }
            path = path.rsplit_once('.')?.0;
        }
    }

    /// The place that a piece of the data file comes from: the narrowest known.
    pub fn of_range(&self, range: &Range<usize>) -> Option<&Place> {
        let holds = |known: &&(Range<usize>, Place)| {
            known.0.start <= range.start && range.start < known.0.end.max(known.0.start + 1)
        };
        let narrowest = self.ranges.iter().filter(holds).min_by_key(|known| known.0.len());
        narrowest.map(|(_, place)| place)
    }

    /// The place of a finding: where its span comes from, else its path, else the whole file.
    pub fn of(&self, path: &str, span: &Range<usize>) -> Place {
        let exact = self.by_path.get(path);
        let place = exact.or_else(|| self.of_range(span)).or_else(|| self.of_path(path));
        place.cloned().unwrap_or_default()
    }
}
