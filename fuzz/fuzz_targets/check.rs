//! Any bytes as a data file: no panic, and every finding lies inside the text.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nianbao::generator::{Config, Generator, Input};

static GENERATOR: LazyLock<Generator> = LazyLock::new(|| {
    // The folder of the fuzzer's package, or, in `tests/suite/fuzz.rs`, that of the program.
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let fonts = folders.map(|folder| folder.join("fonts")).find(|fonts| fonts.is_dir());
    let fonts = fonts.expect("the folder of the fonts");
    Generator::new(&Config { fonts, ..Config::default() }).expect("formats and fonts")
});

fuzz_target!(|bytes: &[u8]| {
    let input = Input { path: "report.toml".into(), bytes: bytes.to_vec(), ..Input::default() };
    let checked = GENERATOR.check(&input);
    for finding in &checked.diagnostics {
        assert!(checked.source.text().get(finding.span.clone()).is_some(), "{finding:?}");
    }
});
