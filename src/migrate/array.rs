//! Arrays and inline tables spelled anew in the style in which they were.

use crate::source::Span;

/// The array with other items, in the same style: none when it has comments or several styles at once.
pub(super) fn respell(text: &str, whole: &Span, items: &[Span], new: &[&str]) -> Option<String> {
    let (first, end) = (items.first()?, items.last()?);
    let open = text.get(whole.start..first.start)?;
    let close = text.get(end.end..whole.end)?;
    let gaps: Vec<&str> =
        items.windows(2).filter_map(|pair| text.get(pair[0].end..pair[1].start)).collect();
    let gap = *gaps.first()?;
    let is_plain = |part: &str| part.chars().all(|c| "[], \t".contains(c));
    let is_uniform = gaps.iter().all(|other| *other == gap);
    let plain = is_plain(open) && is_plain(close) && is_plain(gap);
    // A comma behind the last item would be lost where the items end otherwise.
    (is_uniform && plain && !new.is_empty() && !close.contains(','))
        .then(|| format!("{open}{}{close}", new.join(gap)))
}

/// How many bytes an entry of an inline table takes from its key: with its comma and the space behind.
pub(super) fn entry_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0usize, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => at = string_end(bytes, at),
            b'#' => at += text[at..].find('\n').unwrap_or(text.len() - at),
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 0 => return text[..at].trim_end().len(),
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                let rest = &text[at + 1..];
                return at + 1 + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// The last byte of a string that begins at a quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let is_long = bytes.get(start..start + 3) == Some(&[quote; 3]);
    let mut at = start + if is_long { 3 } else { 1 };
    while at < bytes.len() {
        if bytes[at] == b'\\' && quote == b'"' {
            at += 1;
        } else if bytes[at] == quote && (!is_long || bytes.get(at..at + 3) == Some(&[quote; 3])) {
            return if is_long { at + 2 } else { at };
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_stay() {
        let text = "[ 1,2,3 ]";
        let items = [2..3, 4..5, 6..7];
        assert_eq!(respell(text, &(0..9), &items, &["1", "3"]).as_deref(), Some("[ 1,3 ]"));
        assert_eq!(respell("[1, # a\n2]", &(0..10), &[1..2, 8..9], &["1"]), None);
    }

    #[test]
    fn entries_end_at_their_comma() {
        assert_eq!(entry_length("a = [1, 2], b = 3 }"), "a = [1, 2], ".len());
        assert_eq!(entry_length("b = \"}, \" }"), "b = \"}, \"".len());
    }
}
