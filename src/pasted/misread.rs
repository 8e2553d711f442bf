//! Text that was written in one encoding and read in another, read back.
//!
//! UTF-8 read as Latin-1 (å…¬å¼€) or as GBK (鍏紑) still holds every byte, and hardly any other text turns into Chinese when it
//! is read back: three bytes of one character must fit each other, two characters in a row.

use std::ops::Range;

use encoding_rs::{GB18030, WINDOWS_1252};

use super::shape::is_hanzi;

/// A piece of a text and what it was.
pub(super) struct Misread {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// Whether no byte of it is missing.
    pub(super) is_whole: bool,
}

/// Finds what can be read back. `gbk_signs` are hanzi of which a text read as GBK has one.
pub(super) fn find(text: &str, gbk_signs: &str) -> Vec<Misread> {
    let mut found = Vec::new();
    if text.chars().any(|c| ('\u{80}'..='\u{FF}').contains(&c)) {
        found.extend(runs(text, is_western).filter_map(|range| western(text, range)));
    }
    if text.chars().any(|c| gbk_signs.contains(c)) {
        found.extend(runs(text, |c| !c.is_ascii()).flat_map(|run| chinese(text, run)));
    }
    found
}

/// Characters of Windows-1252 that are not ASCII.
fn is_western(c: char) -> bool {
    const MORE: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
    ('\u{80}'..='\u{FF}').contains(&c) || MORE.contains(c)
}

fn runs(text: &str, belongs: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| belongs(*c)) {
        let end = at + c.len_utf8();
        match runs.last_mut().filter(|run| run.end == at) {
            Some(run) => run.end = end,
            None => runs.push(at..end),
        }
    }
    runs.into_iter()
}

fn western(text: &str, range: Range<usize>) -> Option<Misread> {
    // Bytes that Windows-1252 lacks were kept as control characters.
    let bytes: Vec<u8> = text[range.clone()]
        .chars()
        .map(|c| match u8::try_from(u32::from(c)) {
            Ok(byte) if u32::from(c) < 0x100 => byte,
            _ => {
                let mut buffer = [0; 4];
                let (bytes, _, _) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
                bytes.first().copied().unwrap_or(b'?')
            }
        })
        .collect();
    let read = String::from_utf8(bytes).ok()?;
    let is_chinese = read.chars().any(|c| is_hanzi(c) || is_mark(c));
    is_chinese.then_some(Misread { range, text: read, is_whole: true })
}

/// What of a run of characters is UTF-8 read as GBK. The run is encoded once, and each place where it could begin is
/// tried as far as it reads, so that the time is that of one pass.
fn chinese(text: &str, run: Range<usize>) -> Vec<Misread> {
    let (mut bytes, mut chars) = (Vec::new(), Vec::new());
    for (at, c) in text[run.clone()].char_indices() {
        chars.push((run.start + at, bytes.len()));
        let mut buffer = [0; 4];
        let (encoded, _, unmappable) = GB18030.encode(c.encode_utf8(&mut buffer));
        bytes.extend_from_slice(if unmappable { b"?" } else { &encoded });
    }
    chars.push((run.end, bytes.len()));
    let mut found = Vec::new();
    let mut next = 0;
    while next + 1 < chars.len() {
        let (start, from) = chars[next];
        let read = if matches!(bytes[from], 0xE2..=0xEF) { utf8(&bytes[from..]) } else { "" };
        if read.chars().count() < 2 {
            next += 1;
            continue;
        }
        let end = from + read.len();
        next = chars.partition_point(|(_, byte)| *byte < end).min(chars.len() - 1);
        let is_whole = chars[next].1 == end;
        found.push(Misread { range: start..chars[next].0, text: read.to_owned(), is_whole });
    }
    found
}

/// The Chinese text that bytes begin with.
fn utf8(bytes: &[u8]) -> &str {
    let mut end = 0;
    for chunk in bytes.chunks_exact(3) {
        let Ok(read) = std::str::from_utf8(chunk) else { break };
        if !read.chars().all(|c| is_hanzi(c) || is_mark(c)) {
            break;
        }
        end += 3;
    }
    std::str::from_utf8(&bytes[..end]).unwrap_or("")
}

/// Chinese punctuation, which text in UTF-8 is full of.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}' | '“' | '”' | '‘' | '’' | '—' | '…')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UTF-8 bytes of a text read as another encoding, as far as they can be read.
    fn garbled(text: &str, encoding: &'static encoding_rs::Encoding) -> String {
        encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn misread_text_is_read_back() {
        for text in ["公开信息", "主动公开，及时发布。", "“三审”制度"] {
            let garbled = garbled(text, WINDOWS_1252);
            let found = find(&garbled, "");
            assert_eq!(found.len(), 1, "{garbled}");
            assert_eq!(found[0].text, text);
        }
        for text in ["公开信息", "政府", "主动公开"] {
            let garbled = format!("全年{}信息12条", garbled(text, GB18030));
            let found = find(&garbled, "鍏鏀涓");
            assert_eq!(found.len(), 1, "{garbled}");
            assert_eq!(found[0].text, text);
            assert_eq!(found[0].range.start, "全年".len());
        }
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "café、naïve",
            "鍏",
            "联通公司",
            "涓涓细流汇成江河",
            "25℃、±3°",
            "《条例》§20",
            "“公开”—",
        ] {
            assert!(find(text, "鍏鏀涓").is_empty(), "{text}");
        }
    }
}
