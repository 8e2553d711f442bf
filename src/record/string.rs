//! Where a piece of a decoded string stands in the file.
//!
//! A finding about a word in a text must point at that word in the TOML source, where escapes and the newline after
//! `"""` make the spelling longer than the value.

use crate::source::Span;

/// Maps byte offsets of a decoded TOML string to byte offsets of the source.
#[derive(Debug, Clone)]
pub struct StringMap {
    /// Pairs (offset in the value, offset in the source) where the difference between the two changes.
    steps: Vec<(usize, usize)>,
    /// Where the literal ends: nothing in it lies behind.
    end: usize,
}

impl StringMap {
    /// Builds the map for the string literal at `span` of `text`, quotes included.
    pub fn new(text: &str, span: &Span) -> Self {
        let raw = text.get(span.clone()).unwrap_or("");
        let quote =
            ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| raw.starts_with(q)).unwrap_or("");
        let mut at = quote.len();
        if quote.len() == 3 {
            at += line_end(&raw[at..]);
        }
        let closed = raw.len() >= at + quote.len() && raw.ends_with(quote);
        let end = if closed { raw.len() - quote.len() } else { raw.len() };
        let mut map = Self { steps: vec![(0, span.start + at)], end: span.start + end };
        map.walk(&raw[..end], at, span.start, quote.starts_with('"'));
        map
    }

    fn walk(&mut self, raw: &str, mut at: usize, base: usize, escapes: bool) {
        let mut decoded = 0;
        while let Some(c) = raw[at..].chars().next() {
            let (taken, produced) = match c {
                '\\' if escapes => escape(&raw[at..]),
                _ => (c.len_utf8(), c.len_utf8()),
            };
            at += taken;
            decoded += produced;
            if taken != produced {
                self.steps.push((decoded, base + at));
            }
        }
    }

    /// Returns the source offset of an offset in the value.
    pub fn offset(&self, decoded: usize) -> usize {
        let step = self.steps.partition_point(|(value, _)| *value <= decoded).saturating_sub(1);
        let (value, source) = self.steps[step];
        (source + decoded.saturating_sub(value)).min(self.end)
    }

    /// Returns the source range of a range in the value.
    pub fn span(&self, decoded: &Span) -> Span {
        let start = self.offset(decoded.start);
        start..self.offset(decoded.end).max(start)
    }
}

fn line_end(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with('\n')) }
}

/// Length of an escape in the source and in the value.
fn escape(raw: &str) -> (usize, usize) {
    let mut chars = raw.char_indices().skip(1);
    match chars.next() {
        Some((_, 'u')) => unicode(raw, 4),
        Some((_, 'U')) => unicode(raw, 8),
        Some((_, 'x')) => unicode(raw, 2),
        Some((_, c)) if c.is_whitespace() => {
            let rest = raw[1..].trim_start();
            (raw.len() - rest.len(), 0)
        }
        Some((at, c)) => (at + c.len_utf8(), 1),
        None => (1, 0),
    }
}

/// A broken escape (`\u` before Chinese text) ends where its digits end, so that offsets stay on characters.
fn unicode(raw: &str, digits: usize) -> (usize, usize) {
    let hex = raw[2..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
    let code = u32::from_str_radix(&raw[2..2 + hex], 16).ok().filter(|_| hex == digits);
    (2 + hex, code.and_then(char::from_u32).map_or(0, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(source: &str, literal: &str, value: &str, word: &str) -> usize {
        let start = source.find(literal).expect("literal in source");
        let map = StringMap::new(source, &(start..start + literal.len()));
        map.offset(value.find(word).expect("word in value"))
    }

    #[test]
    fn escapes_and_line_ends_are_counted() {
        let literal = "\"\"\"\r\n一\\t二\\u4E09\r\n四\\\r\n   五六\"\"\"";
        let source = format!("a = {literal}");
        // The parser keeps a line end as the file has it.
        let value = "一\t二三\r\n四五六";
        for word in ["一", "二", "四", "五", "六"] {
            let at = find(&source, literal, value, word);
            assert!(source[at..].starts_with(word), "{word} at {at}");
        }
    }

    #[test]
    fn broken_escapes_stay_on_characters() {
        let texts = [
            "\\u文件",
            "\\x文",
            "\\U张三",
            "\\u12",
            "\\U0011FFFF二",
            "\\",
            "\\u",
            "\\三",
            "\\uD800四",
        ];
        for text in texts {
            for quote in ["\"", "\"\"\""] {
                let source = format!("a = {quote}前{text}后{quote}");
                let map = StringMap::new(&source, &(4..source.len()));
                for at in 0..source.len() + 9 {
                    assert!(map.offset(at) <= source.len(), "{source} at {at}");
                }
                assert!(map.steps.iter().all(|(_, at)| source.is_char_boundary(*at)), "{source}");
            }
        }
    }

    #[test]
    fn literal_strings_have_no_escapes() {
        assert_eq!(find("a = 'x\\n五'", "'x\\n五'", "x\\n五", "五"), 8);
    }
}
