//! What several areas of tests need.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use nianbao::generator::{Checked, Config, Generator};

/// The project's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A generator with the built-in formats and the shipped typefaces, made once.
pub fn generator() -> &'static Generator {
    static GENERATOR: LazyLock<Generator> = LazyLock::new(|| {
        let config = Config { fonts: root().join("fonts"), ..Config::default() };
        Generator::new(&config).expect("built-in formats and shipped fonts load")
    });
    &GENERATOR
}

/// The files of a folder below the root with an extension, sorted.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).expect("the folder exists");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no .{extension} file in {folder}");
    files
}

/// Findings as lines: level, rule, path, reported, computed (`-` where there is none).
pub fn findings(checked: &Checked) -> Vec<String> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let line = |finding: &nianbao::diagnostic::Diagnostic| {
        let path = if finding.path.is_empty() { "-" } else { &finding.path };
        let (reported, computed) = (value(&finding.reported), value(&finding.computed));
        format!("{} {} {path} {reported} {computed}", finding.level.name(), finding.rule)
    };
    checked.diagnostics.iter().map(line).collect()
}
