//! Names of the agency in a text.
//!
//! In: the plain view of a field and the agency's full name. Out: names that stand where the agency's
//! own must, and are not it.

use std::ops::Range;

use super::data::AgencyData;
use super::pattern::{Open, Pattern, PatternError, View, Words};

/// The rule, ready for use.
#[derive(Debug)]
pub struct Agencies {
    /// Its data.
    pub data: AgencyData,
    full: Vec<Pattern>,
    any: Vec<Pattern>,
    name: Pattern,
    own: Pattern,
    lead: Pattern,
    place: Pattern,
}

impl Agencies {
    /// The patterns that are looked for.
    pub fn patterns(&mut self) -> impl Iterator<Item = &mut Pattern> {
        self.full.iter_mut().chain(&mut self.any)
    }

    /// Compiles the rule.
    ///
    /// # Errors
    /// A pattern cannot be used.
    pub fn compile(words: Words<'_>, data: AgencyData) -> Result<Self, PatternError> {
        let regex = |pattern: &str| words.compile(pattern, View::Plain);
        let all =
            |patterns: &[String]| patterns.iter().map(|p| regex(p)).collect::<Result<Vec<_>, _>>();
        Ok(Self {
            full: all(&data.full)?,
            any: all(&data.any)?,
            name: regex(&format!("(?:{})$", data.name))?,
            own: regex(&format!("^(?:{})$", data.own))?,
            lead: regex(&format!("^.*(?:{})", data.lead))?,
            place: regex(&data.places)?,
            data,
        })
    }

    /// Finds names that are none of the agencies', as ranges of the plain view.
    pub fn of_none(&self, plain: &str, agencies: &[&str], open: &Open) -> Vec<Range<usize>> {
        let Some((first, others)) = agencies.split_first() else { return Vec::new() };
        let mut wrong = self.of(plain, first, open);
        for agency in others {
            let also = self.of(plain, agency, open);
            wrong.retain(|range| also.contains(range));
        }
        wrong
    }

    /// Finds names that are not the agency's, as ranges of the plain view.
    fn of(&self, plain: &str, agency: &str, open: &Open) -> Vec<Range<usize>> {
        let agency: String = agency.chars().filter(|c| !c.is_whitespace()).collect();
        let mut wrong: Vec<Range<usize>> = Vec::new();
        let full = self.full.iter().map(|regex| (regex, true));
        let any = self.any.iter().map(|regex| (regex, false));
        for (regex, is_full) in full.chain(any).filter(|(pattern, _)| open.lets(pattern)) {
            for found in regex.captures_iter(plain) {
                let Some(range) = found.get(1).and_then(|group| self.name_in(plain, group.range()))
                else {
                    continue;
                };
                let name = &plain[range.clone()];
                let right = self.own.is_match(name)
                    || name.ends_with(&agency)
                    || agency.ends_with(name)
                    || !is_full && self.is_short_for(name, &agency);
                if !right
                    && !wrong.iter().any(|known| known.start < range.end && range.start < known.end)
                {
                    wrong.push(range);
                }
            }
        }
        wrong
    }

    /// The name at the end of a run of characters, without the words before it.
    fn name_in(&self, plain: &str, run: Range<usize>) -> Option<Range<usize>> {
        let text = &plain[run.clone()];
        if !self.name.is_match(text) {
            return None;
        }
        let lead = self.lead.find(text).map_or(0, |found| found.end());
        (lead < text.len()).then_some(run.start + lead..run.end)
    }

    /// Whether a name is a short form of the agency's: the same place, and no character that is not in it.
    fn is_short_for(&self, name: &str, agency: &str) -> bool {
        if is_subsequence(name, agency) {
            return true;
        }
        let (places, rest) = self.split(name);
        let (agency_places, agency_rest) = self.split(agency);
        let same_place = match places.last() {
            Some(last) => {
                agency_places.is_empty() || agency_places.iter().any(|place| place == last)
            }
            None => true,
        };
        same_place && is_subsequence(rest, agency_rest)
    }

    /// The places that a name begins with, and the rest.
    fn split<'a>(&self, name: &'a str) -> (Vec<&'a str>, &'a str) {
        let (mut places, mut rest) = (Vec::new(), name);
        while let Some(found) =
            self.place.find(rest).filter(|found| found.start() == 0 && found.end() < rest.len())
        {
            places.push(found.as_str());
            rest = &rest[found.end()..];
        }
        (places, rest)
    }
}

fn is_subsequence(short: &str, long: &str) -> bool {
    let mut long = long.chars();
    short.chars().all(|char| long.any(|c| c == char))
}
