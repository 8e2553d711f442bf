//! The pattern language of the rules.
//!
//! A pattern is a regular expression in which spaces mean nothing and `{name}` is a word list. Over the
//! figured view `#` is a count, `¥` money, `%` a share, `@` a year (each the group of the pattern, but
//! not within `[…]`), `~` any figure. Over the plain view `@` is a group with the digits of a year.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

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
    /// Reads a pattern.
    ///
    /// # Errors
    /// The pattern names an unknown word list or is no regular expression.
    pub fn compile(&self, pattern: &str, view: View) -> Result<Pattern, PatternError> {
        Pattern::new(self.source(pattern, view)?)
            .map_err(|error| PatternError(format!("`{pattern}`: {error}")))
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

/// Reads several patterns.
///
/// # Errors
/// One of them cannot be used.
pub(crate) fn all_of(
    words: Words<'_>,
    patterns: &[String],
    view: View,
) -> Result<Vec<Pattern>, PatternError> {
    patterns.iter().map(|pattern| words.compile(pattern, view)).collect()
}

/// Joins patterns into one; `None` when there are none.
///
/// # Errors
/// One of them cannot be used.
pub(crate) fn any_of(
    words: Words<'_>,
    patterns: &[String],
    view: View,
) -> Result<Option<Pattern>, PatternError> {
    match patterns.is_empty() {
        true => Ok(None),
        false => words.compile(&patterns.join("|"), view).map(Some),
    }
}

/// Whether a dotted path meets one of the patterns `a.b`, `a.*`, `*`.
pub(crate) fn meets(path: &str, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path.strip_prefix(pattern.as_str()).is_some_and(is_all_or_number),
    })
}

/// What may follow a field's name: nothing, or the number of one of several (`requests.note.0`).
fn is_all_or_number(rest: &str) -> bool {
    let number = rest.strip_prefix('.').unwrap_or("0");
    (rest.is_empty() || rest.starts_with('.')) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// A pattern, compiled when it is first needed: a report needs few of them.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    groups: usize,
    needles: Vec<String>,
    number: usize,
    regex: OnceLock<Regex>,
}

impl Pattern {
    fn new(source: String) -> Result<Self, Box<regex_syntax::Error>> {
        let hir = regex_syntax::parse(&source).map_err(Box::new)?;
        let groups = hir.properties().explicit_captures_len();
        Ok(Self {
            groups,
            needles: needles(&hir).unwrap_or_default(),
            source,
            number: 0,
            regex: OnceLock::new(),
        })
    }

    /// The regular expression. One that is too large to be compiled matches nothing.
    pub fn regex(&self) -> &Regex {
        let compile = || Regex::new(&self.source).or_else(|_| Regex::new(r"[^\s\S]"));
        self.regex.get_or_init(|| compile().expect("an empty class is a regular expression"))
    }

    /// Whether it can be compiled.
    pub fn is_sound(&self) -> bool {
        Regex::new(&self.source).is_ok()
    }

    /// The number of its groups.
    pub fn groups(&self) -> usize {
        self.groups
    }
}

impl std::ops::Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        self.regex()
    }
}

/// Texts one of which stands in every match of an expression; none when there is no such list.
fn needles(hir: &Hir) -> Option<Vec<String>> {
    const MANY: usize = 64;
    let found = match hir.kind() {
        HirKind::Literal(literal) => vec![String::from_utf8(literal.0.to_vec()).ok()?],
        HirKind::Class(Class::Unicode(class))
            if class.iter().map(|range| range.len()).sum::<usize>() <= 4 =>
        {
            class.iter().flat_map(|range| range.start()..=range.end()).map(String::from).collect()
        }
        HirKind::Capture(capture) => needles(&capture.sub)?,
        HirKind::Repetition(repetition) if repetition.min > 0 => needles(&repetition.sub)?,
        HirKind::Concat(parts) => {
            parts.iter().filter_map(needles).max_by_key(|list| worth(list))?
        }
        HirKind::Alternation(ways) => {
            let lists = ways.iter().map(needles).collect::<Option<Vec<_>>>()?;
            lists.into_iter().flatten().collect()
        }
        _ => return None,
    };
    (found.len() <= MANY && found.iter().all(|needle| !needle.is_empty())).then_some(found)
}

/// Long needles are rarer; of equally long ones, fewer are better. Signs of figures are in too many places.
fn worth(list: &[String]) -> (usize, std::cmp::Reverse<usize>) {
    let length = |needle: &String| match needle.chars().next() {
        Some(COUNT..=YEAR) => 0,
        _ => needle.chars().count().min(4),
    };
    (list.iter().map(length).min().unwrap_or(0), std::cmp::Reverse(list.len()))
}

/// Tells which of many patterns can match a text at all.
#[derive(Debug)]
pub struct Gate {
    finder: AhoCorasick,
    patterns_of: Vec<Vec<usize>>,
    always: Vec<bool>,
}

impl Gate {
    /// Builds the gate of patterns and numbers them.
    ///
    /// # Errors
    /// There are too many patterns.
    pub fn new<'a>(patterns: impl Iterator<Item = &'a mut Pattern>) -> Result<Self, PatternError> {
        let mut of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (number, pattern) in patterns.enumerate() {
            pattern.number = number;
            always.push(pattern.needles.is_empty());
            for needle in &pattern.needles {
                of.entry(needle).or_default().push(number);
            }
        }
        let finder =
            AhoCorasick::new(of.keys()).map_err(|error| PatternError(error.to_string()))?;
        Ok(Self { finder, patterns_of: of.into_values().collect(), always })
    }

    /// Finds which patterns may match a text.
    pub fn open(&self, text: &str) -> Open {
        let mut open = self.always.clone();
        for found in self.finder.find_overlapping_iter(text) {
            for &pattern in &self.patterns_of[found.pattern().as_usize()] {
                open[pattern] = true;
            }
        }
        Open(open)
    }
}

/// Which patterns of a gate may match a text.
#[derive(Debug, Clone)]
pub struct Open(Vec<bool>);

impl Open {
    /// Whether a pattern may match.
    pub fn lets(&self, pattern: &Pattern) -> bool {
        self.0.get(pattern.number).copied().unwrap_or(true)
    }

    /// The numbers of the patterns that may match.
    pub fn numbers(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().filter(|(_, open)| **open).map(|(number, _)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_let_matches_through() {
        let words = BTreeMap::new();
        let mut patterns: Vec<Pattern> = ["(?:甲|乙)丙?#", "丁*#", "[戊己]庚{2}", "辛(?:壬|癸)"]
            .iter()
            .map(|pattern| Words(&words).compile(pattern, View::Figured).expect("compiles"))
            .collect();
        let gate = Gate::new(patterns.iter_mut()).expect("a gate");
        for text in ["甲丙", &format!("乙丙{COUNT}"), &format!("丁{COUNT}"), "戊庚庚", "辛癸", ""]
        {
            let open = gate.open(text);
            for pattern in &patterns {
                assert!(open.lets(pattern) || !pattern.is_match(text), "{text} {pattern:?}");
            }
        }
        assert!(!gate.open("壬壬").lets(&patterns[3]));
    }

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
