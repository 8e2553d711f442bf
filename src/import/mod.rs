//! Published reports in: Word, Excel, web pages, PDF and text become data files.
//!
//! In: the bytes of a file and the formats. Out: an [`Imported`]: the text of a data file, every figure and text with its
//! place in the source, and by name what was not found, what leaves a doubt and what has no place. A reader for each
//! kind of file makes a [`draft::Draft`]; `tables` and `texts` find figures and fields in it by labels and headings;
//! `write` spells the data file. Nothing is guessed and nothing is lost.

mod account;
mod assemble;
mod chart;
mod docx;
pub mod draft;
mod findings;
mod html;
pub mod limits;
mod ods;
mod own_table;
mod package;
mod pdf;
mod plain;
pub mod refusal;
mod rows;
mod sheet;
mod tables;
pub mod texts;
mod write;
mod xml;

pub use account::Account;
pub use draft::{Draft, Place};
pub use findings::ImportFinding;
pub use refusal::Refusal;
pub use texts::{Field, Line, Texts};

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::format::{Catalog, Format};
use crate::source::Origins;

/// Kinds of foreign files, by extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Word.
    Docx,
    /// Excel 2007 and later.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// OpenDocument sheet.
    Ods,
    /// Comma-separated values.
    Csv,
    /// Web page.
    Html,
    /// PDF.
    Pdf,
    /// Text.
    Txt,
    /// What only another program can read: it is converted first.
    Old,
}

impl Kind {
    /// The kind of a file by its name; none for data files and everything else.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "docx" | "docm" | "dotx" => Self::Docx,
            "xlsx" | "xlsm" => Self::Xlsx,
            "xls" => Self::Xls,
            "ods" => Self::Ods,
            "csv" => Self::Csv,
            "html" | "htm" | "xhtml" => Self::Html,
            "pdf" => Self::Pdf,
            "txt" => Self::Txt,
            "doc" | "wps" | "et" | "odt" | "rtf" => Self::Old,
            _ => return None,
        })
    }
}

/// What a file says, ready to be a data file.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The format, by the tables.
    pub format: Arc<Format>,
    /// The text of the data file.
    pub toml: String,
    /// Pictures to stand beside the data file: name and bytes.
    pub pictures: Vec<(String, Vec<u8>)>,
    /// Figures by dotted path.
    pub figures: BTreeMap<String, ImportedFigure>,
    /// Texts, notes, title, agency, year, date.
    pub texts: Texts,
    /// What a person must know.
    pub findings: Vec<ImportFinding>,
    /// How much was found.
    pub account: Account,
    /// The way from the data file back to the source.
    pub places: Arc<Origins>,
}

/// A figure as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFigure {
    /// Its digits; none when the cell is blank or says something else.
    pub digits: Option<String>,
    /// What stands there, in one line.
    pub text: String,
    /// The note behind the figure.
    pub note: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// How a file is to be read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Id of the format, where the tables are not to decide.
    pub format: Option<String>,
    /// Name of the data file, without extension, from which pictures take theirs; else that of the file.
    pub stem: Option<String>,
}

/// Reads a foreign file; its extension says how.
///
/// # Errors
/// [`Refusal`] says why the file cannot be read: encrypted, torn, too large, no report, no characters.
pub fn read(path: &Path, bytes: &[u8], catalog: &Catalog) -> Result<Imported, Refusal> {
    read_with(path, bytes, catalog, &Options::default())
}

/// Reads a foreign file in a certain way.
///
/// # Errors
/// As [`read`].
pub fn read_with(
    path: &Path,
    bytes: &[u8],
    catalog: &Catalog,
    options: &Options,
) -> Result<Imported, Refusal> {
    let kind = Kind::of(path).ok_or_else(|| {
        Refusal::new(
            "不认得这种文件",
            "能读 docx、xlsx、xls、ods、csv、html、pdf、txt；data 文件用 .toml",
        )
    })?;
    let draft = draft(kind, bytes)?;
    let stem = options.stem.clone().or_else(|| Some(path.file_stem()?.to_str()?.to_owned()));
    let options = Options { stem, ..options.clone() };
    assemble::assemble(draft, kind, catalog, &options)
}

/// Reads the blocks of a file of a kind, before any table is looked for.
///
/// # Errors
/// As [`read`].
pub fn draft(kind: Kind, bytes: &[u8]) -> Result<Draft, Refusal> {
    if bytes.len() as u64 > limits::MOST_BYTES {
        return Err(Refusal::too_large(format!("文件有 {} MB", bytes.len() >> 20)));
    }
    if bytes.is_empty() {
        return Err(Refusal::new("文件是空的", "请核对是否给错了文件"));
    }
    match kind {
        Kind::Docx => docx::read(bytes),
        Kind::Xlsx => sheet::read_xlsx(bytes),
        // Many "xls" of web applications are pages or new workbooks by another name.
        Kind::Xls if bytes.starts_with(b"PK") => sheet::read_xlsx(bytes),
        Kind::Xls if looks_like_page(bytes) => html::read(bytes),
        Kind::Xls => sheet::read_xls(bytes),
        Kind::Ods => ods::read(bytes),
        Kind::Csv => plain::read_csv(bytes),
        Kind::Html => html::read(bytes),
        Kind::Pdf => pdf::read(bytes),
        Kind::Txt => plain::read_txt(bytes),
        Kind::Old => Err(Refusal::new(
            "这种旧格式要先转换才能读",
            "请用 Word、WPS 打开，另存为 .docx 或 .xlsx 再试",
        )),
    }
}

fn looks_like_page(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).to_ascii_lowercase();
    head.contains("<html") || head.contains("<table")
}
