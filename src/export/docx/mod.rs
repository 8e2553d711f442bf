//! The report as a Word document (ECMA-376, transitional): for word processors, to be edited there.
//!
//! In: the document model, the format's page settings, the finished pages (widths of tables, drawn charts) and the
//! pictures. Out: the bytes of a `.docx`. Every part of the package is written here: no macro, no link out, the same
//! bytes from the same report.

mod body;
mod comments;
mod faces;
mod form;
mod package;
mod pictures;
mod sheet;
mod styles;
mod surroundings;

use super::laid::Laid;
use crate::document::{Model, Picture};

use body::Body;
use package::{Part, pack};
use sheet::Sheet;

/// Declares the prefix `w`.
const WORD_SPACE: (&str, &str) =
    ("xmlns:w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main");
/// Declares the prefix `r`.
const RELATION_SPACE: (&str, &str) =
    ("xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships");

/// Writes the document.
pub(super) fn write(
    model: &Model,
    page: &toml::Table,
    laid: &Laid<'_>,
    pictures: &[Picture],
) -> Vec<u8> {
    let sheet = Sheet::of(page);
    let mut parts = vec![
        Part::xml("styles", "styles", styles::write(&sheet)),
        Part::xml("settings", "settings", surroundings::settings(&sheet)),
        Part::xml("fontTable", "fontTable", faces::table()),
        Part::theme(),
    ];
    let around = surroundings::add(model, &mut parts);
    let body = Body::new(model, &sheet, laid, pictures, parts.len());
    let written = body.write(&around);
    parts.extend(written.images);
    if !written.comments.is_empty() {
        parts.push(Part::xml("comments", "comments", comments::write(model, &written.comments)));
    }
    pack(model, written.document, parts)
}
