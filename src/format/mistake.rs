//! A mistake in a file of a format: where it is, what is wrong, and what was probably meant.

use std::fmt;

use crate::source::{Source, Span};

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as a path or `built-in/ID/FILE`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in Unicode scalar values.
    pub column: usize,
    /// What is wrong, in Chinese.
    pub message: String,
    /// Whether the format can be used all the same.
    pub is_doubt: bool,
}

impl Mistake {
    /// A mistake at a place of a file.
    pub fn at(source: &Source, span: &Span, message: impl Into<String>) -> Self {
        let place = source.position(span.start);
        let file = source.name().to_owned();
        let message = message.into();
        Self { file, line: place.line, column: place.column, message, is_doubt: false }
    }

    /// The same as something worth a look.
    #[must_use]
    pub fn doubt(mut self) -> Self {
        self.is_doubt = true;
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// The known word most like a wrong one, when it is like enough to have been meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    known
        .into_iter()
        .map(|known| (strsim::osa_distance(word, known), known))
        // A third of the letters: `remvoe`, `befor`, `natural_persons`.
        .filter(|(distance, known)| *distance <= (known.chars().count().max(length) / 3).max(1))
        .min()
        .map(|(_, known)| known)
}

/// `，是不是 X？`, or what there is where nothing is like it.
pub fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(known) => format!("，是不是 {known}？"),
        None => {
            // A long list hides its own point; the first dozen shows what kind of name is wanted.
            let mut words: Vec<&str> = known.into_iter().collect();
            let more = if words.len() > 12 { " ……" } else { "" };
            words.truncate(12);
            match words.is_empty() {
                true => String::new(),
                false => format!("；可以用的有：{}{more}", words.join("、")),
            }
        }
    }
}
