//! Any bytes as a sheet of any kind: an answer, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nianbao::import::{Kind, draft};

fuzz_target!(|bytes: &[u8]| {
    for kind in [Kind::Xlsx, Kind::Xls, Kind::Ods, Kind::Csv] {
        let _ = draft(kind, bytes);
    }
});
