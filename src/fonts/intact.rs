//! Whether font files are whole: an interrupted copy leaves a file whose names can be read and whose glyphs are blank.
//!
//! Files of the shipped set are known by size and checksum (`FONTS.tsv`); a user's own file must hold the tables that its
//! directory names, and outlines for its letters.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The list of the set that this program was made with.
const SHIPPED: &str = include_str!("../../fonts/FONTS.tsv");
const LIST: &str = "FONTS.tsv";

/// Letters of a face whose outlines are looked at, and how many of them may be blank.
const SAMPLE: usize = 200;
const MOST_BLANK: usize = SAMPLE / 20;

/// What is known about a file of the shipped set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    bytes: u64,
    sha256: String,
}

impl Listed {
    /// Finds a file in the list of its folder (a set of another edition has its own), else in the program's.
    pub(super) fn find(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let own = path.parent().and_then(|folder| fs::read_to_string(folder.join(LIST)).ok());
        own.and_then(|list| Self::in_list(&list, name)).or_else(|| Self::in_list(SHIPPED, name))
    }

    fn in_list(list: &str, name: &str) -> Option<Self> {
        let mut lines = list.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let head = lines.next()?;
        let column = |title: &str| head.iter().position(|known| *known == title);
        let (file, bytes, sha256) = (column("file")?, column("bytes")?, column("sha256")?);
        let line = lines.find(|line| line.get(file) == Some(&name))?;
        let sha256 = line.get(sha256)?.trim().to_owned();
        (sha256.len() == 64).then_some(Self { bytes: line.get(bytes)?.parse().ok()?, sha256 })
    }

    /// What is wrong with the size of a file, in Chinese.
    pub(super) fn wrong_size(&self, path: &Path) -> io::Result<Option<String>> {
        let size = fs::metadata(path)?.len();
        let wrong = size != self.bytes;
        Ok(wrong.then(|| format!("大小是 {size} 字节，应为 {} 字节", self.bytes)))
    }

    /// What is wrong with the content of a file, in Chinese.
    pub(super) fn wrong_content(&self, data: &[u8]) -> Option<String> {
        let hash: String = Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect();
        (hash != self.sha256).then(|| "内容与发布时的校验和不符".to_owned())
    }
}

/// What is wrong with a face of the user's, in Chinese: its outlines are looked at, those of some letters.
pub(super) fn wrong_outlines(data: &[u8], index: u32) -> Option<String> {
    let Ok(face) = ttf_parser::Face::parse(data, index) else {
        return Some("字体的数据表不完整".to_owned());
    };
    let mut letters = Vec::new();
    let subtables = face.tables().cmap.into_iter().flat_map(|cmap| cmap.subtables);
    for subtable in subtables.filter(ttf_parser::cmap::Subtable::is_unicode) {
        subtable.codepoints(|code| {
            letters.extend(char::from_u32(code).filter(|c| c.is_alphabetic()));
        });
    }
    let step = (letters.len() / SAMPLE).max(1);
    let is_blank = |c: &&char| {
        face.glyph_index(**c).is_none_or(|glyph| {
            face.outline_glyph(glyph, &mut Nothing).is_none()
                && face.glyph_raster_image(glyph, u16::MAX).is_none()
                && face.glyph_svg_image(glyph).is_none()
        })
    };
    let looked: Vec<&char> = letters.iter().step_by(step).collect();
    let blank = looked.iter().copied().filter(|c| is_blank(c)).count();
    (blank > MOST_BLANK && blank * 20 > looked.len())
        .then(|| format!("抽看 {} 个字，有 {blank} 个是空白的", looked.len()))
}

/// An outline is asked for, not wanted.
struct Nothing;

impl ttf_parser::OutlineBuilder for Nothing {
    fn move_to(&mut self, _: f32, _: f32) {}
    fn line_to(&mut self, _: f32, _: f32) {}
    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {}
    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {}
    fn close(&mut self) {}
}
