//! Office files as compressed folders, unfolded within bounds.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::limits::{MOST_PART, MOST_PARTS, MOST_UNFOLDED};
use super::refusal::Refusal;

/// The first bytes of the older office files, which also wrap encrypted new ones.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// The name of the stream that holds an encrypted office file, as a compound file spells it (UTF-16).
const ENCRYPTED: &str = "EncryptedPackage";

/// The parts of an office file.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    kind: &'static str,
    unfolded: u64,
}

impl<'a> Package<'a> {
    /// Opens a file; `kind` names it in messages.
    ///
    /// # Errors
    /// When it is no such file, encrypted, torn, or made to fill the memory.
    pub(super) fn open(bytes: &'a [u8], kind: &'static str) -> Result<Self, Refusal> {
        if bytes.starts_with(COMPOUND) {
            return Err(compound(bytes, kind));
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| refused(kind, &e))?;
        if archive.len() > MOST_PARTS {
            return Err(Refusal::too_large(format!("文件里有 {} 个部分", archive.len())));
        }
        Ok(Self { archive, kind, unfolded: 0 })
    }

    /// Whether there is a part of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The sum of what the directory says its parts unfold to.
    pub(super) fn announced(&mut self) -> u64 {
        let parts = 0..self.archive.len();
        parts.filter_map(|at| Some(self.archive.by_index_raw(at).ok()?.size())).sum()
    }

    /// The bytes of a part; none when there is no such part.
    ///
    /// # Errors
    /// When the part is torn, encrypted or unfolds to too much.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        if !self.has(name) {
            return Ok(None);
        }
        let kind = self.kind;
        let part = self.archive.by_name(name).map_err(|e| refused(kind, &e))?;
        let mut bytes = Vec::new();
        // What the directory says of the size may be a lie; what comes out is counted.
        let read = part.take(MOST_PART + 1).read_to_end(&mut bytes);
        read.map_err(|cause| Refusal::torn(kind, cause))?;
        self.unfolded += bytes.len() as u64;
        if bytes.len() as u64 > MOST_PART || self.unfolded > MOST_UNFOLDED {
            let limit = if bytes.len() as u64 > MOST_PART { MOST_PART } else { MOST_UNFOLDED };
            return Err(Refusal::too_large(format!("文件解压后超过 {} MB", limit >> 20)));
        }
        Ok(Some(bytes))
    }
}

fn compound(bytes: &[u8], kind: &str) -> Refusal {
    let name: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let is_encrypted = bytes.windows(name.len()).any(|window| window == name);
    if is_encrypted {
        return Refusal::encrypted(kind);
    }
    Refusal::new(
        format!("这个文件的扩展名是 {kind}，内容却是旧版（97-2003）格式"),
        "请用 Word、WPS 打开，另存为 .docx 或 .xlsx 再试",
    )
}

fn refused(kind: &str, cause: &ZipError) -> Refusal {
    match cause {
        ZipError::UnsupportedArchive(text) if text.contains("assword") => Refusal::encrypted(kind),
        ZipError::UnsupportedArchive(text) => {
            Refusal::torn(kind, format!("压缩方法不支持：{text}"))
        }
        ZipError::InvalidArchive(_) => Refusal::torn(kind, "不是完整的压缩包"),
        other => Refusal::torn(kind, other),
    }
}
