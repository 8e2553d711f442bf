//! Compressed streams that unfold to more than any page needs are refused before anything unfolds them.

use std::io::Read as _;

use crate::import::refusal::Refusal;

/// Most bytes that one stream may unfold to: a page scanned at 600 dots per inch in colour.
const MOST_STREAM: u64 = 128 << 20;
/// Most bytes that all streams may unfold to.
const MOST_ALL: u64 = 512 << 20;
/// No compressed byte unfolds to more than this many.
const STEEPEST: usize = 1032;
/// How far before a stream its dictionary is searched.
const DICTIONARY: usize = 400;
/// Most streams of a file.
const MOST_STREAMS: usize = 50_000;

/// Looks through all streams of a file.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    if !bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-") {
        return Err(Refusal::torn(super::KIND, "开头不是 %PDF"));
    }
    let bomb = || Refusal::too_large("PDF 里有一段内容解压后太大".to_owned());
    let mut all = 0u64;
    let mut count = 0usize;
    let mut from = 0usize;
    while let Some(at) = find(&bytes[from..], b"stream") {
        let keyword = from + at;
        from = keyword + 6;
        if keyword >= 3 && &bytes[keyword - 3..keyword] == b"end" {
            continue;
        }
        count += 1;
        if count > MOST_STREAMS {
            return Err(bomb());
        }
        let dictionary = &bytes[keyword.saturating_sub(DICTIONARY)..keyword];
        let start = rfind(dictionary, b" obj").unwrap_or(0);
        let dictionary = &dictionary[start..];
        let filters = times(dictionary, b"FlateDecode")
            + times(dictionary, b"LZWDecode")
            + times(dictionary, b"/Fl ")
            + times(dictionary, b"RunLengthDecode");
        if filters > 1 {
            return Err(bomb());
        }
        let mut data = &bytes[from..];
        if let [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] = data {
            data = rest;
        }
        let end = find(data, b"endstream").unwrap_or(data.len());
        let data = &data[..end];
        all += unfolded(data, MOST_STREAM.min(MOST_ALL - all)).ok_or_else(bomb)?;
        from += end.min(bytes.len() - from);
    }
    Ok(())
}

/// The size of a compressed stream unfolded, as far as it is one; none beyond a limit.
fn unfolded(data: &[u8], most: u64) -> Option<u64> {
    let plain = data.len() as u64;
    if data.len().saturating_mul(STEEPEST) < (1 << 20) || data.first().is_none_or(|b| b & 0x0F != 8)
    {
        return (plain <= most).then_some(plain);
    }
    let mut decoder = flate2::read::ZlibDecoder::new(data);
    let mut buffer = vec![0u8; 1 << 16];
    let mut size = 0u64;
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) | Err(_) => return Some(size),
            Ok(read) => size += read as u64,
        }
        if size > most {
            return None;
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(bytes, wanted)
}

fn times(bytes: &[u8], wanted: &[u8]) -> usize {
    memchr::memmem::find_iter(bytes, wanted).count()
}
