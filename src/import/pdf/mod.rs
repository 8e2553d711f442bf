//! PDF files.

use super::draft::Draft;
use super::refusal::Refusal;

/// Reads a PDF.
pub(super) fn read(_bytes: &[u8]) -> Result<Draft, Refusal> {
    Err(Refusal::new("PDF 还读不了", "请用 Word 文件"))
}
