//! How large, deep and long everything that comes from outside may be: one place for all bounds.
//!
//! The first group is the contract with users (sizes of files, pictures, titles); the second keeps the time and
//! memory that the contract promises. What is beyond a bound is a finding or a refusal that names it, never a cut.

use std::time::Duration;

/// Largest data file, in bytes. The longest real report is under 200 KB.
pub const DATA_FILE: usize = 4 << 20;
/// Largest picture file, in bytes.
pub const PICTURE_FILE: usize = 20 << 20;
/// Most pixels of a picture. A scanned A4 page at 600 dots to the inch has 35 million.
pub const PICTURE_PIXELS: u64 = 100_000_000;
/// Largest file of another program, and largest PDF that is read back, in bytes.
pub const FOREIGN_FILE: usize = 50 << 20;
/// Largest folder of formats, in bytes.
pub const FORMAT_FOLDER: u64 = 2 << 20;
/// Most characters of a title.
pub const TITLE: usize = 100;

/// Most pixels of all pictures of one report: each is decoded once to see whether it is whole.
pub const ALL_PIXELS: u64 = 150_000_000;
/// Most elements of a drawing (SVG), and how deep they may nest. A statistical chart has some hundreds.
pub const DRAWING_ELEMENTS: usize = 50_000;
/// How deep the elements of a drawing may nest.
pub const DRAWING_DEPTH: usize = 100;
/// Largest drawing (SVG), in bytes: it is text, every piece of which is drawn.
pub const DRAWING_FILE: usize = 4 << 20;

/// Most paragraphs of a report. The longest real one has some two hundred.
pub const PARAGRAPHS: usize = 3_000;
/// Most characters of all texts of a report. The longest real one has some forty thousand.
pub const CHARACTERS: usize = 300_000;
/// Most rows of a table in a text.
pub const TABLE_ROWS: usize = 500;
/// Most rows of all tables in all texts of a report.
pub const ALL_ROWS: usize = 4_000;
/// Most columns of a table in a text.
pub const TABLE_COLUMNS: usize = 30;
/// Most tables in all texts of a report.
pub const TABLES: usize = 100;
/// Findings that a draft lists in full and marks on its pages; of the others the number is told.
pub const DRAFT_FINDINGS: usize = 200;
/// Lines with faults of syntax that are told one by one.
pub const SYNTAX_FAULTS: usize = 200;

/// Most pages of a PDF that is read back.
pub const PAGES: usize = 500;
/// Most bytes of all streams of a PDF after decompression, each counted as often as it is used.
pub const DECODED: usize = 96 << 20;
/// Most operators of all pages of a PDF. A report of a hundred pages has some hundred thousand.
pub const OPERATORS: usize = 1_500_000;
/// Most characters that a PDF shows; of a text that stands for characters, each counts.
pub const SHOWN_CHARACTERS: usize = 2_000_000;
/// Most elements of the structure of a PDF.
pub const ELEMENTS: usize = 300_000;
/// Most codes of a font's map to text, and the longest text that one code may stand for.
pub const MAPPED_CODES: usize = 1 << 16;
/// Longest text, in UTF-16 units, that one code of a font may stand for. Ligatures have up to 18.
pub const MAPPED_TEXT: usize = 64;
/// Pages of a PDF that are drawn pixel by pixel; what all pages paint is compared mark by mark.
pub const DRAWN_PAGES: usize = 60;
/// How long looking at the pages of one PDF may take before it is given up. A report takes a second; this is for a
/// machine that is busy with other things.
pub const READING_TIME: Duration = Duration::from_secs(20);

/// Stack of every thread that reads, checks or sets reports: deeply nested layouts need more than the usual.
pub const STACK: usize = 16 << 20;
