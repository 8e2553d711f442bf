//! Bounds of what a foreign file may be. Real reports stay two orders of magnitude below each.

/// Largest file, in bytes.
pub const MOST_BYTES: u64 = 50 << 20;
/// Most bytes that a part of a compressed file may unfold to.
pub(crate) const MOST_PART: u64 = 64 << 20;
/// Most bytes that all parts together may unfold to.
pub(crate) const MOST_UNFOLDED: u64 = 160 << 20;
/// Most parts of a compressed file.
pub(crate) const MOST_PARTS: usize = 4_000;
/// Deepest nesting of elements that is followed. A page of a website nests some 30 deep, a form in a text box 60.
pub(crate) const DEEPEST: usize = 256;
/// Most elements of a document.
pub(crate) const MOST_ELEMENTS: usize = 3_000_000;
/// Most columns of a table.
pub(crate) const MOST_COLUMNS: usize = 512;
/// Most rows of a table.
pub(crate) const MOST_ROWS: usize = 20_000;
/// Most cells of a table, and of all tables of a file.
pub(crate) const MOST_CELLS: usize = 200_000;
/// Most blocks of a document.
pub(crate) const MOST_BLOCKS: usize = 100_000;
/// Most characters of running text.
pub(crate) const MOST_CHARACTERS: usize = 4_000_000;
/// Most pictures that are taken out.
pub(crate) const MOST_PICTURES: usize = 200;
/// Largest picture, in bytes: what `build` takes.
pub(crate) const MOST_PICTURE: usize = 20 << 20;
/// Most pages of a PDF.
pub(crate) const MOST_PAGES: usize = 300;
/// Most glyphs, lines and pictures of a PDF.
pub(crate) const MOST_MARKS: usize = 2_000_000;
