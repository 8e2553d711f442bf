//! Any bytes as a PDF to be read by what it draws: an answer, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nianbao::import::{Kind, draft};

fuzz_target!(|bytes: &[u8]| {
    let _ = draft(Kind::Pdf, bytes);
});
