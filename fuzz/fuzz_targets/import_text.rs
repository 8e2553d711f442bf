//! Any text as a report: what comes in is a data file that can be read, or a refusal; never a panic.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nianbao::format::Catalog;
use nianbao::import;
use nianbao::record::{KeyNames, parse};
use nianbao::source::Source;

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::load(None).expect("the built-in formats load"));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(imported) = import::read(Path::new("a.txt"), bytes, &CATALOG) {
        let (_, findings) = parse(&Source::new("a.toml", imported.toml), &KeyNames::default());
        assert!(findings.iter().all(|finding| finding.rule != "TOML"), "{findings:?}");
    }
});
