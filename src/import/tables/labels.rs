//! Official labels of a format and how people write them.
//!
//! In: a label as it stands in a file. Out: the official label that it is, by what does not change its meaning
//! (spaces, widths of brackets, quotation marks, numbers, Kangxi radicals) and by the variants that the format's data
//! lists; or the one label that it misses by a character, which is said.

use std::collections::BTreeMap;

use crate::format::Format;
use crate::import::texts::chars::unified;

use super::chain::Chain;

/// A label's official form, without spaces.
pub(crate) type Official = String;

/// How sure it is that a text is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// But for a character or two.
    Near,
    /// But for its number or an explanation in brackets.
    Bare,
    /// It is the label.
    Full,
}

/// A text known as a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The official label.
    pub official: Official,
    /// How sure it is.
    pub strength: Strength,
}

/// Labels of one direction: beside the figures or above them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Labels {
    full: BTreeMap<String, Option<Official>>,
    bare: BTreeMap<String, Option<Official>>,
}

/// All labels of a format.
#[derive(Debug, Clone, Default)]
pub(crate) struct LabelSet {
    /// Beside the figures.
    pub rows: Labels,
    /// Above them.
    pub columns: Labels,
}

impl LabelSet {
    /// Collects the labels of a format.
    pub(crate) fn of(format: &Format, chains: &[Chain]) -> Self {
        let mut set = Self::default();
        for chain in chains {
            chain.row.iter().for_each(|label| set.rows.add(label, label));
            chain.column.iter().for_each(|label| set.columns.add(label, label));
        }
        for section in format.tables.iter().flat_map(|table| &table.sections) {
            for corner in section.corner.iter() {
                let corner = squeezed(corner);
                set.columns.add(&corner, &corner);
            }
        }
        for (official, variants) in format.label_variants() {
            let official = squeezed(official);
            for labels in [&mut set.rows, &mut set.columns] {
                if labels.full.values().flatten().any(|known| *known == official) {
                    variants.iter().for_each(|variant| labels.add(variant, &official));
                }
            }
        }
        set
    }
}

impl Labels {
    fn add(&mut self, text: &str, official: &str) {
        let name = Name::of(text);
        let put = |map: &mut BTreeMap<String, Option<Official>>, key: String| {
            // A name of two labels stands for neither.
            let entry = map.entry(key).or_insert_with(|| Some(official.to_owned()));
            if entry.as_deref().is_some_and(|known| known != official) {
                *entry = None;
            }
        };
        put(&mut self.full, format!("{}|{}", name.number, name.rest));
        put(&mut self.bare, name.rest.clone());
        if name.base != name.rest && !name.base.is_empty() {
            put(&mut self.bare, name.base);
        }
    }

    /// The label that a text is.
    pub(crate) fn find(&self, text: &str) -> Option<Known> {
        let name = Name::of(text);
        if name.rest.is_empty() {
            return None;
        }
        let known = |official: &Official, strength| Known { official: official.clone(), strength };
        if let Some(Some(official)) = self.full.get(&format!("{}|{}", name.number, name.rest)) {
            return Some(known(official, Strength::Full));
        }
        for key in [&name.rest, &name.base] {
            if let Some(Some(official)) = self.bare.get(key) {
                return Some(known(official, Strength::Bare));
            }
        }
        None
    }

    /// The one label that a text misses by a character, or by two where it is long.
    pub(crate) fn near(&self, text: &str) -> Option<Known> {
        let name = Name::of(text);
        let length = name.rest.chars().count();
        if length < 3 {
            return None;
        }
        let most = if length > 8 { 2 } else { 1 };
        let mut best: Option<(usize, &Official)> = None;
        let mut is_shared = false;
        for (key, official) in &self.bare {
            let Some(official) = official else { continue };
            if key.chars().count().abs_diff(length) > most {
                continue;
            }
            let distance = strsim::osa_distance(key, &name.rest);
            if distance > most {
                continue;
            }
            match best {
                Some((least, known)) if known == official => {
                    best = Some((least.min(distance), known));
                }
                Some((least, _)) if distance < least => {
                    (best, is_shared) = (Some((distance, official)), false);
                }
                Some((least, _)) => is_shared |= distance == least,
                None => best = Some((distance, official)),
            }
        }
        let (_, official) = best.filter(|_| !is_shared)?;
        Some(Known { official: official.clone(), strength: Strength::Near })
    }
}

/// Endings of a label that only say that its group goes on from the page before.
const CONTINUED: [&str; 5] = ["(续)", "(续表)", "(接上页)", "续表", "续"];

/// A label taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    /// The number before it: `1`, `三`; brackets do not count.
    number: String,
    /// What follows, without punctuation.
    rest: String,
    /// The same without what stands in brackets.
    base: String,
}

impl Name {
    fn of(text: &str) -> Self {
        let text = unified(text);
        let mut text = text.as_str();
        for ending in CONTINUED {
            text = text.strip_suffix(ending).unwrap_or(text);
        }
        let (number, rest) = numbered(text);
        Self { number: number.to_owned(), rest: bare(rest), base: bare(&unbracketed(rest)) }
    }
}

/// The number before a label, and the label: `1.`, `1、`, `(三)`, `三、`.
pub(crate) fn numbered(text: &str) -> (&str, &str) {
    let is_digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let inner = text.strip_prefix('(').unwrap_or(text);
    let end = inner.find(|c| !is_digit(c)).unwrap_or(inner.len());
    let (number, after) = inner.split_at(end);
    if number.is_empty() || number.chars().count() > 3 {
        return ("", text);
    }
    let is_open = inner.len() < text.len();
    let rest = if is_open {
        after.strip_prefix(')').map(|rest| rest.trim_start_matches(['、', '.']))
    } else {
        after.strip_prefix(['、', '.', ')', '，', ',', ':'])
    };
    // "1.5" is no numbered label.
    match rest {
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii_digit()) => (number, rest),
        _ => ("", text),
    }
}

fn unbracketed(text: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '(' | '[' | '〔' => depth += 1,
            ')' | ']' | '〕' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(char),
            _ => {}
        }
    }
    out
}

/// Without punctuation: people set it in all ways.
fn bare(text: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || *c == '/' || *c == '+' || *c == '-';
    text.chars().filter(is_kept).filter(|c| *c != '-').collect()
}

/// A label without spaces.
pub(crate) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !crate::import::draft::is_space(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(of: &[&str]) -> Labels {
        let mut labels = Labels::default();
        of.iter().for_each(|label| labels.add(label, label));
        labels
    }

    #[test]
    fn labels_are_known_however_they_are_written() {
        let known = labels(&[
            "1.属于国家秘密",
            "（七）总计",
            "危及“三安全一稳定”",
            "（二）部分公开（区分处理的）",
        ]);
        let find = |text: &str| known.find(text).map(|known| known.official);
        assert_eq!(find("1、属于国家秘密").as_deref(), Some("1.属于国家秘密"));
        assert_eq!(find("（1）属于 国家\n秘密").as_deref(), Some("1.属于国家秘密"));
        assert_eq!(find("①属于国家秘密").as_deref(), Some("1.属于国家秘密"));
        assert_eq!(find("(七)总计").as_deref(), Some("（七）总计"));
        assert_eq!(find("总计（续）").as_deref(), Some("（七）总计"));
        assert_eq!(find("3.危及\"三安全一稳定\"").as_deref(), Some("危及“三安全一稳定”"));
        assert_eq!(find("（二）部分公开").as_deref(), Some("（二）部分公开（区分处理的）"));
        assert_eq!(find("属于秘密"), None);
        assert_eq!(
            known.near("属于国家机密").map(|k| k.official).as_deref(),
            Some("1.属于国家秘密")
        );
    }

    #[test]
    fn a_text_between_two_labels_is_neither() {
        assert_eq!(labels(&["本年制发件数", "本年废发件数"]).near("本年止发件数"), None);
        assert_eq!(labels(&["（一）其他", "3.其他"]).find("其他"), None);
    }
}
