//! From bytes to text: UTF-8 with or without a byte order mark; everything else is named, not guessed silently.

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use crate::diagnostic::{Diagnostic, Level};

/// The text of a file and what had to be done to read it.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// The text; of a file in another encoding, its best reading, so that messages can show lines.
    pub text: String,
    /// The finding, when the file is not UTF-8.
    pub finding: Option<Diagnostic>,
    /// The same text rewritten as UTF-8, when the encoding was recognised with certainty.
    pub recognised: Option<&'static str>,
}

/// Decodes the bytes of a data file. A UTF-8 byte order mark is dropped. GB18030 (which includes GBK and
/// GB 2312) and UTF-16 are recognised and reported as rule `ENCODING`.
pub fn decode(bytes: &[u8]) -> Decoded {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let error = match std::str::from_utf8(body) {
        Ok(text) if !text.contains('\0') => {
            return Decoded { text: text.to_owned(), finding: None, recognised: None };
        }
        Ok(text) => text.find('\0').unwrap_or(0),
        Err(error) => error.valid_up_to(),
    };
    match recognise(bytes) {
        Some((name, text)) => {
            let at = char_at(&text, std::str::from_utf8(&body[..error]).unwrap_or(""));
            let finding = Diagnostic::new(
                "ENCODING",
                Level::Error,
                format!("文件是 {name} 编码，不是 UTF-8"),
                "",
                at,
            )
            .with_label("从这里起不是 UTF-8")
            .with_help(
                "运行 nianbao check --fix-encoding 文件名，自动转为 UTF-8（原文件另存为 .bak）；\
                 或者在记事本里“另存为”，编码选“UTF-8”",
            )
            .with_basis("数据文件须为 UTF-8 编码的 TOML");
            Decoded { text, finding: Some(finding), recognised: Some(name) }
        }
        None => {
            let text = String::from_utf8_lossy(body).into_owned();
            let finding = Diagnostic::new(
                "ENCODING",
                Level::Error,
                "文件含有无法识别的字节，不是 UTF-8 文本",
                "",
                error..error,
            )
            .with_help("用文本编辑器打开原稿，重新保存为 UTF-8 编码；若是 Word 或 WPS 文件，请先用 nianbao init 生成数据文件")
            .with_basis("数据文件须为 UTF-8 编码的 TOML");
            Decoded { text, finding: Some(finding), recognised: None }
        }
    }
}

/// The span of the first character after a common beginning.
fn char_at(text: &str, beginning: &str) -> std::ops::Range<usize> {
    let start = if text.starts_with(beginning) { beginning.len() } else { 0 };
    let length = text[start..].chars().next().map_or(0, char::len_utf8);
    start..start + length
}

fn recognise(bytes: &[u8]) -> Option<(&'static str, String)> {
    let utf16 = match bytes {
        [0xFF, 0xFE, ..] => Some(("UTF-16", UTF_16LE)),
        [0xFE, 0xFF, ..] => Some(("UTF-16", UTF_16BE)),
        _ => None,
    };
    let (name, encoding) = utf16.unwrap_or(("GBK（GB18030）", GB18030));
    let (text, _, malformed) = encoding.decode(bytes);
    let plausible = !malformed && !text.contains('\0') && text.chars().any(is_hanzi);
    plausible.then(|| (name, text.into_owned()))
}

fn is_hanzi(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gbk_is_named_and_readable() {
        let (bytes, _, _) = GB18030.encode("a = 1\nb = \"年报\"\n");
        let decoded = decode(&bytes);
        assert_eq!(decoded.text, "a = 1\nb = \"年报\"\n");
        assert_eq!(decoded.finding.expect("a finding").span, Some(11..14));
    }

    #[test]
    fn byte_order_mark_is_dropped() {
        let decoded = decode("\u{FEFF}a = 1".as_bytes());
        assert_eq!(decoded.text, "a = 1");
        assert!(decoded.finding.is_none());
    }
}
