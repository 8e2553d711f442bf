//! A font of a PDF: how wide its characters are and which text they stand for.
//!
//! The map from codes to text is the file's own `ToUnicode`. A character without an entry there is shown but
//! means nothing to a reader of the text; it reads as U+FFFD.

use std::collections::{BTreeMap, HashMap};

use lopdf::{Dictionary, Object};

use crate::limits;

use super::objects::{Objects, Unreadable, number};

/// Most words of a map that are read: many times what the largest real map has.
const MOST_TOKENS: usize = 1 << 20;

/// One font as the file embeds it.
#[derive(Debug, Clone)]
pub struct Typeface {
    /// Name without the mark of a subset, such as `FandolFangGB-Regular`.
    pub name: String,
    /// Whether the outlines are in the file.
    pub embedded: bool,
    /// Whether only the characters in use are in the file.
    pub subset: bool,
    /// Whether the file says which text its codes stand for.
    pub mapped: bool,
    /// The kind of font, such as `CIDFontType2`.
    pub kind: String,
    two_bytes: bool,
    scale: f64,
    widths: HashMap<u16, f64>,
    default_width: f64,
    unicode: BTreeMap<u16, String>,
}

impl Typeface {
    /// Reads a font dictionary.
    ///
    /// # Errors
    /// A map to text that cannot be decompressed.
    pub(crate) fn read(objects: &Objects, font: &Dictionary) -> Result<Self, Unreadable> {
        let full = objects.name(font, b"BaseFont").unwrap_or_default();
        let (name, subset) = without_subset_mark(&full);
        let descendant = objects.list(font, b"DescendantFonts").first();
        let descendant = descendant.and_then(|font| objects.resolve(font).as_dict().ok());
        let inner = descendant.unwrap_or(font);
        let kind = objects.name(inner, b"Subtype").unwrap_or_default();
        let mut typeface = Self {
            name: name.to_owned(),
            embedded: is_embedded(objects, inner, &kind),
            subset,
            mapped: false,
            two_bytes: descendant.is_some(),
            scale: scale(objects, font, &kind),
            widths: HashMap::new(),
            default_width: 0.0,
            unicode: BTreeMap::new(),
            kind,
        };
        typeface.read_widths(objects, inner);
        if let Some(map) = objects.entry(font, b"ToUnicode") {
            let bytes = objects.stream(map, &format!("字体 {name} 的文字对照表"))?;
            typeface.unicode = to_unicode(&bytes);
            typeface.mapped = true;
        }
        Ok(typeface)
    }

    /// Splits a shown string into codes.
    pub(crate) fn codes<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = u16> + use<'a> {
        let step = if self.two_bytes { 2 } else { 1 };
        bytes
            .chunks(step)
            .map(|chunk| chunk.iter().fold(0, |code, &byte| code << 8 | u16::from(byte)))
    }

    /// Whether a code is the one-byte space that word spacing widens.
    pub(crate) fn is_word_space(&self, code: u16) -> bool {
        !self.two_bytes && code == 32
    }

    /// How far a character moves the pen, in ems.
    pub(crate) fn advance(&self, code: u16) -> f64 {
        self.widths.get(&code).copied().unwrap_or(self.default_width) * self.scale
    }

    /// The text that a code stands for.
    pub fn text(&self, code: u16) -> Option<&str> {
        self.unicode.get(&code).map(String::as_str)
    }

    fn read_widths(&mut self, objects: &Objects, font: &Dictionary) {
        if self.two_bytes {
            self.default_width = objects.entry(font, b"DW").and_then(number).unwrap_or(1000.0);
            self.widths = cid_widths(objects, objects.list(font, b"W"));
            return;
        }
        let first = objects.integer(font, b"FirstChar").unwrap_or(0);
        for (offset, width) in objects.list(font, b"Widths").iter().enumerate().take(256) {
            let code = u16::try_from(first.saturating_add(offset as i64));
            if let (Ok(code), Some(width)) = (code, number(objects.resolve(width))) {
                self.widths.insert(code, width);
            }
        }
    }
}

/// Cuts `ABCDEF+` off a font name.
fn without_subset_mark(name: &str) -> (&str, bool) {
    match name.split_once('+') {
        Some((mark, rest)) if mark.len() == 6 && mark.bytes().all(|b| b.is_ascii_uppercase()) => {
            (rest, true)
        }
        _ => (name, false),
    }
}

fn is_embedded(objects: &Objects, font: &Dictionary, kind: &str) -> bool {
    if kind == "Type3" {
        return objects.dictionary(font, b"CharProcs").is_some();
    }
    let Some(descriptor) = objects.dictionary(font, b"FontDescriptor") else { return false };
    [&b"FontFile"[..], b"FontFile2", b"FontFile3"]
        .iter()
        .any(|key| objects.entry(descriptor, key).is_some())
}

/// Ems in a unit of width: a thousandth, or what a Type 3 font says.
fn scale(objects: &Objects, font: &Dictionary, kind: &str) -> f64 {
    if kind != "Type3" {
        return 0.001;
    }
    let matrix = objects.list(font, b"FontMatrix");
    matrix.first().and_then(|a| number(objects.resolve(a))).unwrap_or(0.001)
}

/// Reads a `W` array: `first [w w w]` or `first last w`, as often as needed.
fn cid_widths(objects: &Objects, parts: &[Object]) -> HashMap<u16, f64> {
    let mut widths = HashMap::new();
    let mut parts = parts.iter().map(|part| objects.resolve(part));
    while let (Some(first), Some(second)) = (parts.next().and_then(number), parts.next()) {
        let first = first.clamp(0.0, 65535.0) as usize;
        if let Object::Array(list) = second {
            let listed = list.iter().map(|width| number(objects.resolve(width)).unwrap_or(0.0));
            widths.extend((first..limits::MAPPED_CODES).map(|code| code as u16).zip(listed));
        } else if let (Some(last), Some(width)) = (number(second), parts.next().and_then(number)) {
            let last = last.clamp(0.0, 65535.0) as usize;
            widths.extend((first..=last).map(|code| (code as u16, width)));
        }
    }
    widths
}

/// A word of a `ToUnicode` map.
#[derive(Debug, PartialEq)]
enum Token<'a> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'a [u8]),
}

/// Reads the `bfchar` and `bfrange` sections of a map.
fn to_unicode(bytes: &[u8]) -> BTreeMap<u16, String> {
    let mut map = BTreeMap::new();
    let mut tokens = Tokens { bytes, at: 0, left: MOST_TOKENS, written: 0 };
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(b"beginbfchar") => read_characters(&mut tokens, &mut map),
            Token::Word(b"beginbfrange") => read_ranges(&mut tokens, &mut map),
            _ => {}
        }
    }
    map
}

fn read_characters(tokens: &mut Tokens, map: &mut BTreeMap<u16, String>) {
    while let (Some(Token::Hex(code)), Some(Token::Hex(text))) = (tokens.next(), tokens.next()) {
        map.insert(value(&code), decode(&text));
    }
}

/// Reads ranges of codes. The map never has more codes than two bytes can hold, but a range can span all of them, and
/// so can the next: what is written is counted, not what is there in the end.
fn read_ranges(tokens: &mut Tokens, map: &mut BTreeMap<u16, String>) {
    while tokens.written < 2 * limits::MAPPED_CODES {
        let (Some(Token::Hex(first)), Some(Token::Hex(last))) = (tokens.next(), tokens.next())
        else {
            return;
        };
        let codes = value(&first)..=value(&last);
        match tokens.next() {
            Some(Token::Hex(text)) => {
                tokens.written += codes.len();
                let ends = codes.clone().map(|code| code - codes.start());
                map.extend(codes.clone().zip(ends.map(|end| decode(&raised(&text, end)))));
            }
            Some(Token::Open) => {
                let mut codes = codes;
                while let Some(Token::Hex(text)) = tokens.next() {
                    map.extend(codes.next().map(|code| (code, decode(&text))));
                }
            }
            _ => return,
        }
    }
}

fn value(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |code, &byte| code << 8 | u16::from(byte))
}

/// The text of a code. No real one is longer than a ligature's; a longer one means nothing.
fn decode(bytes: &[u8]) -> String {
    if bytes.len() > 2 * limits::MAPPED_TEXT {
        return char::REPLACEMENT_CHARACTER.to_string();
    }
    let units: Vec<u16> = bytes.chunks(2).map(value).collect();
    String::from_utf16_lossy(&units)
}

/// The text `by` places further on in a range: only the last two bytes count up.
fn raised(text: &[u8], by: u16) -> Vec<u8> {
    // One byte more than a text may have tells `decode` as much as fifty thousand.
    let mut text = text[..text.len().min(2 * limits::MAPPED_TEXT + 1)].to_vec();
    if let [.., high, low] = text.as_mut_slice() {
        [*high, *low] = u16::from_be_bytes([*high, *low]).wrapping_add(by).to_be_bytes();
    }
    text
}

struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
    left: usize,
    /// Codes that ranges have written.
    written: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.left = self.left.checked_sub(1)?;
        let rest = &self.bytes[self.at..];
        let skipped = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let rest = &rest[skipped..];
        let (token, length) = match rest.first()? {
            b'[' => (Token::Open, 1),
            b']' => (Token::Close, 1),
            b'<' if rest.get(1) != Some(&b'<') => {
                let inner = rest[1..].iter().take_while(|&&byte| byte != b'>').count();
                (Token::Hex(hex(&rest[1..1 + inner])), (inner + 2).min(rest.len()))
            }
            b'%' => {
                let comment =
                    rest.iter().take_while(|&&byte| byte != b'\n' && byte != b'\r').count();
                (Token::Word(&rest[..0]), comment)
            }
            _ => {
                let is_end = |byte: u8| {
                    byte.is_ascii_whitespace() || matches!(byte, b'[' | b']' | b'<' | b'%')
                };
                let length = rest[1..].iter().take_while(|&&byte| !is_end(byte)).count() + 1;
                (Token::Word(&rest[..length]), length)
            }
        };
        self.at += skipped + length;
        Some(token)
    }
}

fn hex(digits: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .iter()
        .filter_map(|&byte| char::from(byte).to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_read_characters_ranges_and_lists() {
        let map = to_unicode(
            b"% made up\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n2 beginbfchar\n<0001> <67D0>\n\
              <0002> <D842DFB7>\nendbfchar 2 beginbfrange <0010> <0012> <0041>\n<0020><0021>[<4E00><0066 0069>]\n\
              endbfrange",
        );
        let text = |code| map.get(&code).map(String::as_str);
        assert_eq!(text(1), Some("某"));
        assert_eq!(text(2), Some("𠮷"));
        assert_eq!(text(0x12), Some("C"));
        assert_eq!((text(0x20), text(0x21)), (Some("一"), Some("fi")));
        assert_eq!(text(3), None);
    }

    #[test]
    fn broken_maps_end_early() {
        for bytes in [
            &b"beginbfchar <00"[..],
            b"beginbfrange <0000> <FFFF> <",
            b"<<<>",
            b"beginbfchar <> <>",
        ] {
            to_unicode(bytes);
        }
    }
}
