//! Any text as the requests section of the sample: checked, and typeset or refused with a finding.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nianbao::generator::{Config, Generator, Input};

const SAMPLE: &str = include_str!("../../templates/2021/sample.toml");

static GENERATOR: LazyLock<Generator> = LazyLock::new(|| {
    // The folder of the fuzzer's package, or, in `tests/suite/fuzz.rs`, that of the program.
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let fonts = folders.map(|folder| folder.join("fonts")).find(|fonts| fonts.is_dir());
    let fonts = fonts.expect("the folder of the fonts");
    Generator::new(&Config { fonts, ..Config::default() }).expect("formats and fonts")
});

fuzz_target!(|text: &str| {
    let literal = toml_string(text);
    let sample = SAMPLE.replacen("supervision = \"\"\"", &format!("supervision = {literal}\nunused = \"\"\""), 1);
    let sample = sample.replacen("unused = \"\"\"\n局办公室每季度抽查一次栏目更新，抽查结果在局内通报。\n\"\"\"", "", 1);
    let input = Input { path: "report.toml".into(), bytes: sample.into_bytes(), ..Input::default() };
    let checked = GENERATOR.check(&input);
    if checked.counts().errors == 0 {
        GENERATOR.typeset(&checked, false).expect("a report without errors can be set");
    }
});

/// A basic TOML string with everything escaped that needs it.
fn toml_string(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\U{:08X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}
