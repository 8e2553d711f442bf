//! What the content of a whole file may take: operators, words, characters.
//!
//! A page is taken apart into words before the first operator runs, and a word takes a hundred times its length in
//! memory. So words are counted first, without taking anything apart.

use crate::limits;

use super::super::objects::Unreadable;

/// Most words (operators and operands) of one stream; each takes some hundred bytes when it is taken apart.
const MOST_WORDS: usize = 1_500_000;

/// What may still be read.
pub(crate) struct Budget {
    operators: usize,
    characters: usize,
    words: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            operators: limits::OPERATORS,
            characters: limits::SHOWN_CHARACTERS,
            words: 4 * limits::OPERATORS,
        }
    }
}

impl Budget {
    /// Takes note of a stream that is about to be taken apart.
    pub(super) fn content(&mut self, content: &[u8]) -> Result<(), Unreadable> {
        let words = words(content);
        if words > MOST_WORDS {
            return Err(Unreadable::Exhausting);
        }
        self.words = self.words.checked_sub(words).ok_or(Unreadable::Exhausting)?;
        Ok(())
    }

    /// Takes note of an operator.
    pub(super) fn operator(&mut self) -> Result<(), Unreadable> {
        self.operators = self.operators.checked_sub(1).ok_or(Unreadable::Exhausting)?;
        Ok(())
    }

    /// Takes note of a character that stands for a text of so many bytes.
    pub(super) fn characters(&mut self, length: usize) -> Result<(), Unreadable> {
        self.characters =
            self.characters.checked_sub(length.div_ceil(4).max(1)).ok_or(Unreadable::Exhausting)?;
        Ok(())
    }
}

/// A number of words that is never less than what a parser finds: words need no space between them, and what stands
/// in strings and comments counts too.
fn words(content: &[u8]) -> usize {
    let mut last = Class::Space;
    content
        .iter()
        .filter(|&&byte| {
            let class = Class::of(byte);
            let begins = match class {
                Class::Space => false,
                Class::Sign => true,
                Class::Digit | Class::Letter => class != last,
            };
            last = class;
            begins
        })
        .count()
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Space,
    Digit,
    Letter,
    /// Begins a word, whatever stands before it.
    Sign,
}

impl Class {
    fn of(byte: u8) -> Self {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' | b'\0' | 12 | b']' | b'>' | b')' => Self::Space,
            b'0'..=b'9' => Self::Digit,
            b'[' | b'<' | b'(' | b'/' | b'+' | b'-' | b'.' | b'%' => Self::Sign,
            _ => Self::Letter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_fewer_words_than_a_parser_finds() {
        assert_eq!(words(b"q 1 0 0 1 2 3 cm"), 8);
        assert_eq!(words(b"q1q1-2.5/a/b(x)<01>[[[["), 4 + 1 + 2 + 1 + 2 + 2 + 2 + 2 + 4);
        assert_eq!(words(b"% ( \n q q q"), 5);
        assert_eq!(words(b""), 0);
        let content = b"q1q1 0 0 1 5 5cm(a b)Tj[(c)-1(d)]TJ/F1 2Tf<0102>Tj Q";
        let parsed = lopdf::content::Content::decode(content).expect("parsed");
        let found: usize = parsed.operations.iter().map(|one| 1 + one.operands.len()).sum();
        assert!(words(content) >= found, "{found}");
    }
}
