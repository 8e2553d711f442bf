//! A set of characters as bits: the question "has this face this character?" is asked for every character of
//! every report.

use typst::text::Coverage;

/// A set of Unicode scalar values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CharSet {
    words: Vec<u64>,
}

impl CharSet {
    /// Takes over the characters of a face.
    pub(super) fn new(coverage: &Coverage) -> Self {
        let mut set = Self::default();
        for code in coverage.iter() {
            let (word, bit) = (code as usize / 64, code % 64);
            if word >= set.words.len() {
                set.words.resize(word + 1, 0);
            }
            set.words[word] |= 1 << bit;
        }
        set
    }

    /// Adds all characters of another set.
    pub(super) fn join(&mut self, other: &CharSet) {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// Whether a character is in the set.
    pub(super) fn contains(&self, char: char) -> bool {
        let code = char as u32;
        self.words.get(code as usize / 64).is_some_and(|word| word & (1 << (code % 64)) != 0)
    }

    /// The number of characters.
    pub(super) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_coverage_it_was_made_from() {
        let codes = vec![0x20, 0x4E00, 0x4E01, 0x4E3F, 0x4E40, 0x20BB7];
        let set = CharSet::new(&Coverage::from_vec(codes.clone()));
        assert_eq!(set.len(), codes.len());
        for code in (0..0x30000).filter_map(char::from_u32) {
            assert_eq!(set.contains(code), codes.contains(&(code as u32)));
        }
    }

    #[test]
    fn joins() {
        let mut set = CharSet::new(&Coverage::from_vec(vec![1, 100]));
        set.join(&CharSet::new(&Coverage::from_vec(vec![100, 1000])));
        assert_eq!(set.len(), 3);
        assert!(set.contains('\u{3e8}'));
    }
}
