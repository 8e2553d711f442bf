//! What must hold of every PDF, whatever is in the report.

use nianbao::verify::pdf::Bounds;
use nianbao::verify::verify;
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};

use super::overlap::{ink, outside, overlaps};
use super::ruling::Ruling;
use super::{Paper, TEXT_AREA};
use crate::support::generator;

/// How far content may leave the text area: a table's outer rule, a mark of punctuation at a line's end.
const SLACK: f64 = 0.5;

/// Checks standards, structure, figures, texts, overlaps, margins and colours.
pub(crate) fn assert_sound(name: &str, paper: &Paper) {
    assert_conformant(name, &paper.bytes);
    let verification =
        verify(generator(), &paper.bytes, Some(&paper.checked)).expect("a readable PDF");
    assert!(verification.findings.is_empty(), "{name}: {:#?}", verification.findings);
    assert_eq!(verification.figures, verification.wanted, "{name}");
    assert!(
        verification.color_pages.is_empty(),
        "{name}: colour on {:?}",
        verification.color_pages
    );
    assert_tidy(name, paper);
}

/// Checks that nothing lies on anything else and nothing leaves its place.
pub(crate) fn assert_tidy(name: &str, paper: &Paper) {
    for page in &paper.pdf.pages {
        let number = page.number;
        let pairs = overlaps(page);
        assert!(pairs.is_empty(), "{name}, page {number}: {pairs:?}");
        let stray = outside(page, &TEXT_AREA, SLACK);
        assert!(stray.is_empty(), "{name}, page {number}: {stray:?}");
        if let Some((left, right)) = Ruling::of(page).extent() {
            assert!(
                left >= TEXT_AREA.left - SLACK && right <= TEXT_AREA.right + SLACK,
                "{name}: {left}–{right}"
            );
        }
        assert_in_fields(name, paper, number);
    }
}

/// Text in a table stays within its box.
fn assert_in_fields(name: &str, paper: &Paper, number: usize) {
    let page = &paper.pdf.pages[number - 1];
    let ruling = Ruling::of(page);
    for cell in paper.grids.iter().flat_map(|grid| &grid.cells) {
        let Some((at, _)) = cell.place.filter(|(at, _)| *at == number) else { continue };
        let tree = paper.pdf.tree.as_ref().expect("a tagged PDF");
        let runs = tree.runs(cell.element, &paper.pdf);
        let Some(bounds) = runs.iter().map(|(_, run)| ink(run)).reduce(Bounds::union) else {
            continue;
        };
        let Some(field) = ruling.field(bounds.centre()) else { continue };
        let inner = Bounds { top: bounds.top + 0.3, bottom: bounds.bottom - 0.3, ..bounds };
        assert!(
            field.bounds.holds(&inner, 0.05),
            "{name}, page {at}: “{}” {bounds:?} leaves {:?}",
            cell.text,
            field.bounds
        );
    }
}

/// Checks the two standards by a validator.
pub(crate) fn assert_conformant(name: &str, bytes: &[u8]) {
    for profile in [ValidationProfile::PdfA2a, ValidationProfile::PdfUa1] {
        let options = ValidationOptions::default().profile(profile);
        let report =
            validate_pdf_bytes(bytes, &options).expect("a PDF that the validator can read");
        let mut failures = report.failures;
        failures.retain(|failure| !(failure.rule_id == LENGTH_RULE && lengths_are_right(bytes)));
        assert!(failures.is_empty(), "{name}, {profile:?}: {failures:#?}");
    }
}

/// The rule on the lengths of streams. The validator looks for the line end before `endstream` and takes a
/// compressed stream that happens to end in a carriage return for one that is too long, once in some hundred files.
const LENGTH_RULE: &str = "ISO 19005-2:2011:6.1.7.1:1";

/// Whether behind each stream, as long as it says it is, `endstream` follows on a line of its own.
fn lengths_are_right(bytes: &[u8]) -> bool {
    let document = lopdf::Document::load_mem(bytes).expect("a PDF");
    document.objects.values().filter_map(|object| object.as_stream().ok()).all(|stream| {
        let length = stream.dict.get(b"Length").and_then(lopdf::Object::as_i64);
        let (Ok(length), Some(start)) = (length, stream.start_position) else { return true };
        let Some(rest) = bytes.get(start + length as usize..) else { return false };
        rest.starts_with(b"\nendstream") || rest.starts_with(b"\r\nendstream")
    })
}
