//! The pattern language of the rules.
//!
//! A pattern is a regular expression in which spaces mean nothing and `{name}` is a word list. Over the
//! figured view `#` is a count, `¥` money, `%` a share, `@` a year (each the group of the pattern, but
//! not within `[…]`), `~` any figure. Over the plain view `@` is a group with the digits of a year.

use std::collections::BTreeMap;

use regex::Regex;

use super::prose::{COUNT, MONEY, PERCENT, YEAR};

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError(pub String);

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PatternError {}

/// The view a pattern is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// One sign for each figure.
    Figured,
    /// The text without spaces.
    Plain,
}

/// The word lists of a format.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a>(pub &'a BTreeMap<String, String>);

impl Words<'_> {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// The pattern names an unknown word list or is no regular expression.
    pub fn compile(&self, pattern: &str, view: View) -> Result<Regex, PatternError> {
        let source = self.source(pattern, view)?;
        Regex::new(&source).map_err(|error| PatternError(format!("`{pattern}`: {error}")))
    }

    /// Writes a pattern as a regular expression.
    ///
    /// # Errors
    /// The pattern names an unknown word list.
    pub fn source(&self, pattern: &str, view: View) -> Result<String, PatternError> {
        let expanded = self.expand(pattern, 0)?;
        let mut out = String::with_capacity(expanded.len() + 32);
        let (mut escaped, mut in_class) = (false, false);
        for char in expanded.chars() {
            if escaped {
                out.push(char);
                escaped = false;
                continue;
            }
            match char {
                '\\' => {
                    escaped = true;
                    out.push(char);
                }
                ' ' | '\n' => {}
                '[' => {
                    in_class = true;
                    out.push(char);
                }
                ']' => {
                    in_class = false;
                    out.push(char);
                }
                _ => push_sign(&mut out, char, view, in_class),
            }
        }
        Ok(out)
    }

    fn expand(&self, pattern: &str, depth: usize) -> Result<String, PatternError> {
        if depth > 8 {
            return Err(PatternError(format!(
                "`{pattern}`: word lists name each other without end"
            )));
        }
        let mut out = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            out.push_str(before);
            let name = after[1..].split('}').next().unwrap_or_default();
            if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                let words = self
                    .0
                    .get(name)
                    .ok_or_else(|| PatternError(format!("`{pattern}`: no word list `{name}`")))?;
                out.push_str("(?:");
                out.push_str(&self.expand(words, depth + 1)?);
                out.push(')');
                rest = &after[name.len() + 2..];
            } else {
                out.push('{');
                rest = &after[1..];
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

fn push_sign(out: &mut String, char: char, view: View, in_class: bool) {
    let sign = match (view, char) {
        (View::Figured, '#') => COUNT,
        (View::Figured, '%') => PERCENT,
        (View::Figured, '¥') => MONEY,
        (View::Figured, '@') => YEAR,
        (View::Figured, '~') if in_class => return out.push_str("\u{E000}-\u{E004}"),
        (View::Figured, '~') => return out.push_str("[\u{E000}-\u{E004}]"),
        (View::Plain, '@') if !in_class => {
            return out.push_str("([12][0-9]{3}|[一二][〇零○一二三四五六七八九]{3})");
        }
        _ => return out.push(char),
    };
    if in_class || sign == YEAR {
        out.push(sign);
    } else {
        out.push('(');
        out.push(sign);
        out.push(')');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language() {
        let words: BTreeMap<String, String> =
            [("of".to_owned(), "共|为".to_owned()), ("noun".to_owned(), "申请{of}?".to_owned())]
                .into();
        let words = Words(&words);
        let regex = words.compile("收到 {noun} [^#，]{0,3} #", View::Figured).expect("compiles");
        assert!(regex.is_match(&format!("收到申请共计{COUNT}件")));
        assert!(
            !regex.is_match(&format!("收到申请{MONEY}{COUNT}件，")) || regex.captures_len() == 2
        );
        assert!(words.compile("{nothing}", View::Plain).is_err());
        assert!(words.compile("(", View::Plain).is_err());
        let year = words.compile("@年", View::Plain).expect("compiles");
        assert_eq!(
            year.captures("二〇二三年").and_then(|c| c.get(1)).map(|m| m.as_str().len()),
            Some(12)
        );
    }
}
