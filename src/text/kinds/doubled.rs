//! Words and characters printed twice, by form and not by list.
//!
//! Two to six characters twice are a slip, unless language doubles them: 逐条逐条, 一步一步, verbs (研究研究), nouns that
//! are verbs as well at the edge of two words (有关规定规定应当). One character twice is a slip only with words of grammar,
//! each with the characters that excuse it (目的的确); others meet at the edge of two words (机制制度).

use std::ops::Range;

use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::{Head, all_fields};
use crate::text::desk::{Desk, Page};
use crate::text::pattern::{PatternError, meets};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Characters that language doubles in pairs: 逐, 一.
    pairs: String,
    /// Words that may stand twice anywhere: 研究研究.
    anywhere: Vec<String>,
    /// Words that may stand twice between other characters: nouns that are verbs as well.
    between: Vec<String>,
    /// Words of grammar that never stand twice, with what excuses them.
    single: Vec<Single>,
    /// Fields it is looked for in.
    #[serde(default = "all_fields")]
    fields: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Single {
    char: char,
    /// Characters before that make the first one part of a word.
    #[serde(default)]
    before: String,
    /// Characters behind that make the second one part of a word.
    #[serde(default)]
    after: String,
}

#[derive(Debug)]
struct Doubled {
    head: Head,
    data: Data,
}

/// The longest word looked for.
const LONGEST: usize = 6;

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data) = read(data)?;
    Ok(Box::new(Doubled { head, data }))
}

impl Check for Doubled {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        if !meets(page.field.path, &self.data.fields) {
            return;
        }
        let chars: Vec<(usize, char)> = page.prose.plain.char_indices().collect();
        let mut at = 0;
        while at < chars.len() {
            let Some(length) = self.doubled_at(&chars, at) else {
                at += 1;
                continue;
            };
            let end = chars.get(at + 2 * length).map_or(page.prose.plain.len(), |(end, _)| *end);
            let range: Range<usize> = chars[at].0..end;
            let once: String = chars[at..at + length].iter().map(|(_, c)| c).collect();
            let mut draft = page.at_plain(&range).with("repeated", false);
            draft.computed = Some(once);
            desk.report(&self.head, draft);
            at += 2 * length;
        }
    }
}

impl Doubled {
    /// The length of the word that stands twice at a place, the longest one.
    fn doubled_at(&self, chars: &[(usize, char)], at: usize) -> Option<usize> {
        let char = |at: usize| chars.get(at).map(|(_, c)| *c);
        let around = (at.checked_sub(1).and_then(char), |length: usize| char(at + 2 * length));
        (1..=LONGEST).rev().find(|&length| {
            if at + 2 * length > chars.len() {
                return false;
            }
            let same = (0..length).all(|i| chars[at + i].1 == chars[at + length + i].1);
            if !same || !chars[at..at + length].iter().all(|(_, c)| is_han(*c)) {
                return false;
            }
            let word: String = chars[at..at + length].iter().map(|(_, c)| c).collect();
            let (before, after) = (around.0, around.1(length));
            match length {
                1 => self.is_single_slip(char(at), before, after),
                _ => !self.is_excused(&word, before, after),
            }
        })
    }

    fn is_excused(&self, word: &str, before: Option<char>, after: Option<char>) -> bool {
        let mut chars = word.chars();
        let first = chars.next();
        let uniform = chars.all(|c| Some(c) == first);
        let pairs = word.chars().any(|c| self.data.pairs.contains(c));
        let between = [before, after].iter().all(|c| c.is_some_and(is_han))
            && self.data.between.iter().any(|known| known == word);
        uniform || pairs || between || self.data.anywhere.iter().any(|known| known == word)
    }

    fn is_single_slip(
        &self,
        char: Option<char>,
        before: Option<char>,
        after: Option<char>,
    ) -> bool {
        let Some(single) = self.data.single.iter().find(|single| Some(single.char) == char) else {
            return false;
        };
        let excuses = |list: &str, c: Option<char>| c.is_some_and(|c| list.contains(c));
        // Three in a row are no slip of this kind.
        !excuses(&single.before, before)
            && !excuses(&single.after, after)
            && before != char
            && after != char
    }
}

fn is_han(char: char) -> bool {
    matches!(char, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}')
        && !"一二三四五六七八九十百千万亿零两".contains(char)
        || char == '一'
}
