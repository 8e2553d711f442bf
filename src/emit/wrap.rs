//! Text measured and broken as a terminal shows it.
//!
//! A hanzi takes two columns, a combining mark none. Lines are broken by the Unicode rules, which keep 。 and ）
//! from the start of a line and （ from its end.

use icu_segmenter::{LineSegmenter, options::LineBreakOptions};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::harmless::plain;

/// Keeps what stands on both sides on one line.
pub(super) const NO_BREAK: char = '\u{A0}';

/// Returns the number of terminal columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
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
}
