//! The objects of a PDF file, read within limits.
//!
//! In: bytes that claim to be a PDF. Out: dictionaries, arrays, names, numbers and decoded streams, with every
//! reference followed. A missing or wrong object reads as nothing, never as a failure: what the file lacks is
//! found by whoever needs it.

use std::cell::Cell;
use std::fmt;

use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

use crate::limits;

/// Most bytes of one stream of objects after decompression: as a tree they take many times as much memory.
const LARGEST_OBJECT_STREAM: usize = 8 << 20;
/// Most objects of a file. A report has some thousands, most of them pieces of its structure.
const MOST_OBJECTS: usize = 400_000;
/// Number of bytes at the end of a file in which the end mark must stand.
const TAIL: usize = 1024;

/// Why a file cannot be read as a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// The file is empty.
    Empty,
    /// The file does not begin as a PDF does.
    NotPdf,
    /// The file is larger than anything this program makes.
    TooLarge,
    /// The file does not end as a PDF does: part of it is missing.
    Truncated,
    /// The file is protected by a password.
    Encrypted,
    /// The file is broken at the named place.
    Damaged(String),
    /// A stream grows beyond every measure when decompressed, or the page has no end.
    Exhausting,
    /// The file is a PDF without pages.
    NoPages,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("文件是空的"),
            Self::NotPdf => f.write_str("不是 PDF 文件：开头没有“%PDF-”标志"),
            Self::TooLarge => {
                write!(f, "文件超过 {} MB，不像是年度报告，没有读取", limits::FOREIGN_FILE >> 20)
            }
            Self::Truncated => {
                f.write_str("PDF 不完整：结尾缺失，可能没有下载完或没有写完；请重新取得或重新生成")
            }
            Self::Encrypted => f.write_str("PDF 有密码保护，无法核对；请用没有加密的原文件"),
            Self::Damaged(place) => write!(f, "PDF 已损坏：{place}；请重新取得或重新生成"),
            Self::Exhausting => f.write_str("PDF 的内容展开后大得不合理，没有继续读取"),
            Self::NoPages => f.write_str("PDF 里没有任何页面"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// All objects of one file.
pub(crate) struct Objects {
    document: Document,
    /// Bytes that streams may still have after decompression, over the whole file: one stream can be named a hundred
    /// times.
    left: Cell<usize>,
}

impl Objects {
    /// Parses a file.
    ///
    /// # Errors
    /// Whatever is not a whole, readable, unprotected PDF.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        inspect(bytes)?;
        let options = LoadOptions::with_max_decompressed_size(LARGEST_OBJECT_STREAM);
        let document = Document::load_mem_with_options(bytes, options).map_err(explain)?;
        if document.is_encrypted() || document.was_encrypted() {
            return Err(Unreadable::Encrypted);
        }
        let listed = document.reference_table.entries.iter();
        let lost = listed.filter(|(id, entry)| !has_object(&document, **id, entry)).count();
        if lost > 0 {
            return Err(Unreadable::Damaged(format!("交叉引用表里的 {lost} 个对象读不出来")));
        }
        if document.objects.len() > MOST_OBJECTS {
            return Err(Unreadable::Exhausting);
        }
        Ok(Self { document, left: Cell::new(limits::DECODED) })
    }

    /// The file's version, such as `1.7`.
    pub(crate) fn version(&self) -> &str {
        &self.document.version
    }

    /// What the end of the file says.
    pub(crate) fn trailer(&self) -> &Dictionary {
        &self.document.trailer
    }

    /// A number, with references followed.
    pub(crate) fn number(&self, object: &Object) -> Option<f64> {
        number(self.resolve(object))
    }

    /// The root of everything.
    ///
    /// # Errors
    /// A file whose root is missing.
    pub(crate) fn catalog(&self) -> Result<&Dictionary, Unreadable> {
        self.document.catalog().map_err(|_| Unreadable::Damaged("找不到文档目录（Catalog）".into()))
    }

    /// The document information dictionary.
    pub(crate) fn information(&self) -> Option<&Dictionary> {
        self.dictionary(&self.document.trailer, b"Info")
    }

    /// The pages in order, by the identity of their objects.
    pub(crate) fn pages(&self) -> Vec<ObjectId> {
        self.document.page_iter().collect()
    }

    /// Follows references until something else is found; a broken chain is null.
    pub(crate) fn resolve<'a>(&'a self, object: &'a Object) -> &'a Object {
        match self.document.dereference(object) {
            Ok((_, object)) => object,
            Err(_) => &Object::Null,
        }
    }

    /// The object with this identity.
    pub(crate) fn object(&self, id: ObjectId) -> &Object {
        match self.document.get_object(id) {
            Ok(object) => self.resolve(object),
            Err(_) => &Object::Null,
        }
    }

    /// The entry of a dictionary, with references followed.
    pub(crate) fn entry<'a>(
        &'a self,
        dictionary: &'a Dictionary,
        key: &[u8],
    ) -> Option<&'a Object> {
        let object = self.resolve(dictionary.get(key).ok()?);
        (!object.is_null()).then_some(object)
    }

    /// The entry as a dictionary; that of a stream when it is one.
    pub(crate) fn dictionary<'a>(
        &'a self,
        of: &'a Dictionary,
        key: &[u8],
    ) -> Option<&'a Dictionary> {
        as_dictionary(self.entry(of, key)?)
    }

    /// The entry as a list; empty when there is none.
    pub(crate) fn list<'a>(&'a self, of: &'a Dictionary, key: &[u8]) -> &'a [Object] {
        match self.entry(of, key) {
            Some(Object::Array(items)) => items,
            _ => &[],
        }
    }

    /// The entry as a name.
    pub(crate) fn name(&self, of: &Dictionary, key: &[u8]) -> Option<String> {
        let name = self.entry(of, key)?.as_name().ok()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// The entry as a whole number.
    pub(crate) fn integer(&self, of: &Dictionary, key: &[u8]) -> Option<i64> {
        self.entry(of, key)?.as_i64().ok()
    }

    /// The entry as text for people.
    pub(crate) fn text(&self, of: &Dictionary, key: &[u8]) -> Option<String> {
        lopdf::decode_text_string(self.entry(of, key)?).ok()
    }

    /// The decoded bytes of a stream.
    ///
    /// # Errors
    /// A stream that cannot be decoded, or that takes the file beyond what all its streams may have together.
    pub(crate) fn stream(&self, object: &Object, what: &str) -> Result<Vec<u8>, Unreadable> {
        let damaged = || Unreadable::Damaged(format!("{what}无法读出"));
        let stream = self.resolve(object).as_stream().map_err(|_| damaged())?;
        let plain = stream.get_plain_content_with_limit(self.left.get());
        let plain = plain.map_err(|error| match error {
            lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                Unreadable::Exhausting
            }
            _ => damaged(),
        })?;
        let left = self.left.get().checked_sub(plain.len()).ok_or(Unreadable::Exhausting)?;
        self.left.set(left);
        Ok(plain)
    }
}

/// A dictionary, or the dictionary of a stream.
pub(crate) fn as_dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// A number, whole or not.
pub(crate) fn number(object: &Object) -> Option<f64> {
    object.as_float().ok().map(f64::from).filter(|value| value.is_finite())
}

/// Looks at what needs no parser: size, first and last bytes.
fn inspect(bytes: &[u8]) -> Result<(), Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > limits::FOREIGN_FILE {
        return Err(Unreadable::TooLarge);
    }
    if !bytes.starts_with(b"%PDF-") {
        return Err(Unreadable::NotPdf);
    }
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    if !tail.windows(5).any(|window| window == b"%%EOF") {
        return Err(Unreadable::Truncated);
    }
    Ok(())
}

/// Whether an object that the cross-reference table promises has been read.
fn has_object(document: &Document, id: u32, entry: &XrefEntry) -> bool {
    match entry {
        XrefEntry::Normal { generation, .. } => document.has_object((id, *generation)),
        XrefEntry::Compressed { .. } => document.has_object((id, 0)),
        XrefEntry::Free | XrefEntry::UnusableFree => true,
    }
}

fn explain(error: lopdf::Error) -> Unreadable {
    use lopdf::Error;
    match error {
        Error::InvalidPassword | Error::Decryption(_) | Error::UnsupportedSecurityHandler(_) => {
            Unreadable::Encrypted
        }
        Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            Unreadable::Exhausting
        }
        Error::Xref(_) | Error::MissingXrefEntry => Unreadable::Damaged("交叉引用表不对".into()),
        _ => Unreadable::Damaged("文件结构无法解析".into()),
    }
}
