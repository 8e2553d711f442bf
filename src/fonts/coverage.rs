//! Which characters of a text a role cannot print: asked before anything is typeset.
//!
//! Besides characters without a glyph these are the ones that the typesetter would drop without a word: control
//! characters, invisible formatting characters, and private use, which PDF/A does not allow.

use icu_segmenter::GraphemeClusterSegmenter;
use typst::text::is_default_ignorable;

use super::charset::CharSet;
use super::{Fonts, Role};

/// Why a character cannot be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// No face of the role has it.
    Glyph,
    /// A mark that no face of the role can set on the character before it.
    Combination,
    /// It is invisible and would vanish: zero-width characters, variation selectors, soft hyphens.
    Invisible,
    /// A control character other than a line break.
    Control,
    /// Private use: means something on the machine of its author only.
    PrivateUse,
}

impl Lack {
    /// What is the matter, for people.
    pub fn label(self) -> &'static str {
        match self {
            Lack::Glyph => "没有字体有这个字",
            Lack::Combination => "没有字体能把这个符号与前一个字合排",
            Lack::Invisible => "这是看不见的字符，排版时会丢失",
            Lack::Control => "这是控制字符，无法排印",
            Lack::PrivateUse => "这是自造字（私用区），别处无法显示",
        }
    }
}

/// A character that cannot be printed, and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lacking {
    /// Byte offset in the text.
    pub offset: usize,
    /// The character.
    pub char: char,
    /// Why.
    pub lack: Lack,
}

impl Fonts {
    /// Whether a role cannot print a character on its own. Line breaks are structure and never lacking.
    pub fn lacks(&self, role: Role, char: char) -> bool {
        lack(self.characters(role), char).is_some()
    }

    /// Lists the characters of a text that a role cannot print, in order.
    pub fn lacking(&self, role: Role, text: &str) -> Vec<Lacking> {
        let characters = self.characters(role);
        let mut found: Vec<Lacking> = text
            .char_indices()
            .filter(|(_, char)| !is_plain(*char) || !characters.contains(*char))
            .filter_map(|(offset, char)| {
                lack(characters, char).map(|lack| Lacking { offset, char, lack })
            })
            .collect();
        if found.is_empty() && !text.chars().all(is_plain) {
            found = self.broken_clusters(role, text);
        }
        found
    }

    /// Finds marks whose cluster no single face covers: a fallback face must take a cluster as a whole.
    fn broken_clusters(&self, role: Role, text: &str) -> Vec<Lacking> {
        let mut found = Vec::new();
        let mut start = 0;
        for end in GraphemeClusterSegmenter::new().segment_str(text).skip(1) {
            let cluster = &text[start..end];
            let whole = |set: &CharSet| cluster.chars().all(|char| set.contains(char));
            if cluster.chars().nth(1).is_some()
                && !cluster.trim_matches(['\r', '\n']).is_empty()
                && !self.chain(role).any(|(_, face)| whole(face.characters()))
            {
                let mark = cluster.char_indices().nth(1);
                found.extend(mark.map(|(at, char)| Lacking {
                    offset: start + at,
                    char,
                    lack: Lack::Combination,
                }));
            }
            start = end;
        }
        found
    }

    /// All characters of a role's faces together.
    pub(super) fn characters(&self, role: Role) -> &CharSet {
        self.characters[role as usize].get_or_init(|| {
            let mut all = CharSet::default();
            for (_, face) in self.chain(role) {
                all.join(face.characters());
            }
            all
        })
    }
}

fn lack(characters: &CharSet, char: char) -> Option<Lack> {
    match char {
        '\n' | '\r' => None,
        '\u{85}' | '\u{2028}' | '\u{2029}' => Some(Lack::Control),
        _ if char.is_control() => Some(Lack::Control),
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => Some(Lack::PrivateUse),
        // Interlinear annotation: shown by no one, dropped by some.
        '\u{FFF9}'..='\u{FFFB}' => Some(Lack::Invisible),
        _ if !is_plain(char) && is_default_ignorable(char) => Some(Lack::Invisible),
        _ if !characters.contains(char) => Some(Lack::Glyph),
        _ => None,
    }
}

/// Whether a character is one of those that nearly all reports consist of and that stand alone: they need no look
/// at clusters or Unicode properties.
fn is_plain(char: char) -> bool {
    matches!(char,
        '\n' | ' '..='~'
        | '\u{2010}'..='\u{2027}'
        | '\u{3000}'..='\u{3029}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{FF01}'..='\u{FF5E}'
        | '\u{20000}'..='\u{323AF}')
}
