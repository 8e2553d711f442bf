//! Any bytes as a PDF to be read back: an answer, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nianbao::verify::pdf::Pdf;

fuzz_target!(|bytes: &[u8]| {
    let _ = Pdf::read(bytes);
});
