//! One face of a font file: what it is called and covers is read at once, its outlines when first used.
//!
//! Only the small tables are read for the first part (names, character map, metrics), put together as a font
//! without glyphs; typst then tells family and weight just as it would for the whole file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontInfo};

use super::charset::CharSet;
use super::intact::Listed;

/// A face and where it comes from.
pub(super) struct Face {
    pub(super) path: PathBuf,
    pub(super) index: u32,
    pub(super) info: FontInfo,
    /// Family, full, PostScript and typographic names in every language.
    pub(super) names: Vec<String>,
    pub(super) licence: Option<String>,
    /// The embedding bits of table OS/2.
    embedding: u16,
    /// What the list of the shipped set says about the file.
    listed: Option<Listed>,
    characters: OnceLock<CharSet>,
    font: OnceLock<Result<Font, Trouble>>,
}

/// Why a face could not be used when its outlines were wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Its file has gone, or is another one by now.
    Changed,
    /// Its file is not what the list says.
    Damaged(String),
}

impl Face {
    /// Reads all faces of a file, without outlines.
    pub(super) fn read(path: &Path) -> io::Result<Vec<Face>> {
        let mut file = File::open(path)?;
        let starts = face_starts(&mut file)?;
        let face = |(index, start)| Face::at(path, &mut file, index, start);
        (0..).zip(starts).map(face).collect()
    }

    fn at(path: &Path, file: &mut File, index: u32, start: u64) -> io::Result<Face> {
        let tables = small_tables(file, start)?;
        let unreadable = || io::Error::from(io::ErrorKind::InvalidData);
        let info = FontInfo::new(&tables, 0).ok_or_else(unreadable)?;
        let face = ttf_parser::Face::parse(&tables, 0).map_err(|_| unreadable())?;
        let names = |id: &[u16]| {
            let records = face.names().into_iter().filter(|record| id.contains(&record.name_id));
            let texts = records.filter_map(|record| decode(&record));
            texts.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>()
        };
        let embedding = face
            .raw_face()
            .table(ttf_parser::Tag::from_bytes(b"OS/2"))
            .and_then(|table| table.get(8..10))
            .map_or(0, |bits| u16::from_be_bytes([bits[0], bits[1]]));
        Ok(Face {
            path: path.to_owned(),
            index,
            info,
            names: names(&[1, 4, 6, 16]),
            licence: names(&[LICENCE]).into_iter().chain(names(&[DESCRIPTION])).next(),
            embedding,
            listed: None,
            characters: OnceLock::new(),
            font: OnceLock::new(),
        })
    }

    /// Whether the maker forbids embedding (`fsType` 2).
    pub(super) fn is_restricted(&self) -> bool {
        self.embedding & 0xF == 2
    }

    /// The characters the face has.
    pub(super) fn characters(&self) -> &CharSet {
        self.characters.get_or_init(|| CharSet::new(&self.info.coverage))
    }

    /// Remembers what the file must be, once its outlines are read.
    pub(super) fn expect(&mut self, listed: Option<Listed>) {
        self.listed = listed;
    }

    /// Why the outlines were asked for in vain.
    pub(super) fn trouble(&self) -> Option<&Trouble> {
        self.font.get()?.as_ref().err()
    }

    /// The whole face; `None` when the file has gone, changed since or is damaged.
    pub(super) fn font(&self) -> Option<Font> {
        self.font.get_or_init(|| self.load()).as_ref().ok().cloned()
    }

    fn load(&self) -> Result<Font, Trouble> {
        let data = std::fs::read(&self.path).map_err(|_| Trouble::Changed)?;
        if let Some(why) = self.listed.as_ref().and_then(|listed| listed.wrong_content(&data)) {
            return Err(Trouble::Damaged(why));
        }
        // Another file under the same name would be set by the names and characters of the old one.
        let font = Font::new(Bytes::new(data), self.index);
        font.filter(|font| font.info() == &self.info).ok_or(Trouble::Changed)
    }
}

/// Name records that state the licence; the second when there is no first.
const LICENCE: u16 = 13;
const DESCRIPTION: u16 = 10;

/// The tables that tell what a face is. `post` names its glyphs too and may be long; of it only the head counts.
const SMALL_TABLES: [&[u8; 4]; 8] =
    [b"OS/2", b"cmap", b"fvar", b"head", b"hhea", b"maxp", b"name", b"post"];
const POST_HEAD: u32 = 32;
/// No honest table of this kind is longer; a damaged directory must not make us allocate gigabytes.
const LONGEST_TABLE: u32 = 16 << 20;

/// Returns where the faces of a file begin: one for a font, several for a collection.
fn face_starts(file: &mut File) -> io::Result<Vec<u64>> {
    let head: [u8; 12] = read_at(file, 0)?;
    if &head[..4] != b"ttcf" {
        return Ok(vec![0]);
    }
    let count = u32_at(&head, 8).min(0xFFFF) as usize;
    let offsets = bytes_at(file, 12, count * 4)?;
    Ok(offsets.chunks_exact(4).map(|offset| u64::from(u32_at(offset, 0))).collect())
}

/// Copies the small tables of the face at `start` into a font file of their own.
fn small_tables(file: &mut File, start: u64) -> io::Result<Vec<u8>> {
    let head: [u8; 12] = read_at(file, start)?;
    let count = usize::from(u16::from_be_bytes([head[4], head[5]]));
    let directory = bytes_at(file, start + 12, count * 16)?;
    let length = file.metadata()?.len();
    let end = |record: &[u8]| u64::from(u32_at(record, 8)) + u64::from(u32_at(record, 12));
    if directory.chunks_exact(16).any(|record| end(record) > length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let records: Vec<_> = directory
        .chunks_exact(16)
        .filter(|record| SMALL_TABLES.iter().any(|tag| record[..4] == tag[..]))
        .collect();
    let mut font = head[..4].to_vec();
    font.extend((records.len() as u16).to_be_bytes());
    font.extend([0; 6]);
    let mut offset = 12 + records.len() * 16;
    let mut bodies = Vec::new();
    for record in records {
        let mut length = u32_at(record, 12);
        if &record[..4] == b"post" {
            length = length.min(POST_HEAD);
        }
        if length > LONGEST_TABLE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let body = bytes_at(file, u64::from(u32_at(record, 8)), length as usize)?;
        font.extend(&record[..8]);
        font.extend((offset as u32).to_be_bytes());
        font.extend(length.to_be_bytes());
        offset += body.len();
        bodies.push(body);
    }
    font.extend(bodies.concat());
    Ok(font)
}

fn bytes_at(file: &mut File, start: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_at<const N: usize>(file: &mut File, start: u64) -> io::Result<[u8; N]> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Decodes a name in the encodings that Chinese fonts use: Unicode, GB 2312, Big5, Mac Roman.
fn decode(record: &ttf_parser::name::Name) -> Option<String> {
    use ttf_parser::PlatformId::{Macintosh, Windows};
    if let Some(text) = record.to_string() {
        return Some(text);
    }
    let encoding = match (record.platform_id, record.encoding_id) {
        (Macintosh, 0) => encoding_rs::MACINTOSH,
        (Macintosh, 25) | (Windows, 3) => encoding_rs::GBK,
        (Macintosh, 2) | (Windows, 4) => encoding_rs::BIG5,
        _ => return None,
    };
    // Windows stores each byte of a legacy name in two: drop the zeros that pad single-byte characters.
    let bytes: Vec<u8> = match record.platform_id {
        Windows => record.name.iter().copied().filter(|&byte| byte != 0).collect(),
        _ => record.name.to_vec(),
    };
    encoding.decode_without_bom_handling_and_without_replacement(&bytes).map(Into::into)
}
