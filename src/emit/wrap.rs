//! Text measured and broken as a terminal shows it.
//!
//! A hanzi takes two columns, a combining mark none. Lines are broken by the Unicode rules, which keep 。 and ）
//! from the start of a line and （ from its end.

use icu_segmenter::{LineSegmenter, options::LineBreakOptions};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Keeps what stands on both sides on one line.
pub(super) const NO_BREAK: char = '\u{A0}';

/// Returns the number of terminal columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Returns a text in which no character can move the cursor, change colours or hide: line ends and tabs become
/// spaces, other control and invisible characters show their code point.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\t' => shown.push(' '),
            '\r' => {}
            _ => push_visible(&mut shown, char),
        }
    }
    shown
}

/// Appends a character, or its code point where a terminal would act on it or show nothing.
pub(super) fn push_visible(out: &mut String, char: char) {
    if is_hidden(char) {
        out.push_str(&format!("<U+{:04X}>", u32::from(char)));
    } else {
        out.push(char);
    }
}

/// Control characters, zero-width spaces and joiners, and marks that turn the direction of writing.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Breaks a text into lines of at most `columns` columns, where a line may break; a word that is longer is cut.
/// Line ends in the text are kept; at a no-break space no line is broken, and a plain one is returned.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    text.lines()
        .flat_map(|line| wrap_line(&plain(line), columns.max(8)))
        .map(|line| line.replace(NO_BREAK, " "))
        .collect()
}

fn wrap_line(line: &str, columns: usize) -> Vec<String> {
    let segmenter = LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default());
    let mut lines = Vec::new();
    let mut current = String::new();
    let mut start = 0;
    for end in segmenter.segment_str(line).filter(|&end| end > 0) {
        let piece = &line[start..end];
        start = end;
        if !current.is_empty() && width(&current) + width(piece.trim_end()) > columns {
            lines.push(std::mem::take(&mut current).trim_end().to_owned());
        }
        current.push_str(piece);
        while width(current.trim_end()) > columns {
            let rest = current.split_off(fitting(&current, columns));
            lines.push(std::mem::replace(&mut current, rest));
        }
    }
    if !current.trim_end().is_empty() || lines.is_empty() {
        lines.push(current.trim_end().to_owned());
    }
    lines
}

/// The length in bytes of the longest beginning that fits.
fn fitting(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, char) in text.char_indices() {
        used += char.width().unwrap_or(0);
        if used > columns && at > 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text = "核对“自然人”一列：第一项加第二项之和（12 + 1），等于第三项加第四项之和。";
        for columns in 8..80 {
            let lines = wrap(text, columns);
            assert!(lines.iter().all(|line| width(line) <= columns), "{columns}: {lines:?}");
            let joined: String = lines.concat();
            assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
        }
    }

    #[test]
    fn no_line_starts_with_a_closing_mark() {
        let lines = wrap(&"一二三四，五六七（八）。".repeat(9), 20);
        assert!(lines.iter().all(|line| !line.starts_with(['，', '。', '）'])), "{lines:?}");
        assert!(lines.iter().all(|line| !line.ends_with('（')), "{lines:?}");
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(plain("a\u{1b}[31mb\u{200b}\u{202e}"), "a<U+001B>[31mb<U+200B><U+202E>");
    }
}
