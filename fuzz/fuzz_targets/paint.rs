//! Any bytes as a PDF whose pages are looked at: what they paint and how they look, or a refusal, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nianbao::verify::pdf::Pdf;
use nianbao::verify::{painted, rendered};

fuzz_target!(|bytes: &[u8]| {
    // As in `verify`: only what could be read within the bounds is looked at.
    let Ok(pdf) = Pdf::read(bytes) else { return };
    let Some(sheets) = painted::Sheets::open(bytes.to_vec()) else { return };
    for page in 0..sheets.count().min(pdf.pages.len()).min(3) {
        if let Ok(sheet) = sheets.sheet(page) {
            assert!(painted::compare(&sheet, &sheet).is_empty(), "a page differs from itself");
        }
        let _ = rendered::draw(&sheets, page, 0.5);
    }
});
