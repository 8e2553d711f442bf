//! Any bytes as the picture of a report: a finding, or a report that can be set.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nianbao::generator::{Config, Generator, Input, PictureFile};

const SAMPLE: &str = include_str!("../../templates/2021/sample.toml");

static GENERATOR: LazyLock<Generator> = LazyLock::new(|| {
    // The folder of the fuzzer's package, or, in `tests/suite/fuzz.rs`, that of the program.
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let fonts = folders.map(|folder| folder.join("fonts")).find(|fonts| fonts.is_dir());
    let fonts = fonts.expect("the folder of the fonts");
    Generator::new(&Config { fonts, ..Config::default() }).expect("formats and fonts")
});

fuzz_target!(|bytes: &[u8]| {
    let text = SAMPLE.replacen("\"\"\"\n", "\"\"\"\n![图](a.png)\n", 1);
    let picture = PictureFile { target: "a.png".into(), bytes: Ok(bytes.to_vec()) };
    let input = Input {
        path: "report.toml".into(),
        bytes: text.into_bytes(),
        pictures: vec![picture],
        ..Input::default()
    };
    let checked = GENERATOR.check(&input);
    if checked.counts().errors == 0 {
        GENERATOR.typeset(&checked, false).expect("a report without errors can be set");
    }
});
