//! The fuzz targets, compiled here so that they are type-checked with the tests and typst is not built a third time for
//! them; and run over the examples, the reading cases and the inputs that were once found.
//!
//! The targets ask for `libfuzzer_sys::fuzz_target`; `main.rs` gives them this macro under that name.

use std::fs;
use std::path::{Path, PathBuf};

/// Declares the targets as modules and lists them with their names.
macro_rules! targets {
    ($($name:ident at $path:literal),* $(,)?) => {
        $(#[path = $path] #[allow(unused_attributes)] mod $name;)*
        const TARGETS: &[(&str, fn(&[u8]))] = &[$((stringify!($name), $name::run)),*];
    };
}

targets! {
    check at "../../fuzz/fuzz_targets/check.rs",
    import_docx at "../../fuzz/fuzz_targets/import_docx.rs",
    import_sheet at "../../fuzz/fuzz_targets/import_sheet.rs",
    import_html at "../../fuzz/fuzz_targets/import_html.rs",
    import_pdf at "../../fuzz/fuzz_targets/import_pdf.rs",
    import_text at "../../fuzz/fuzz_targets/import_text.rs",
    text at "../../fuzz/fuzz_targets/text.rs",
    paint at "../../fuzz/fuzz_targets/paint.rs",
    picture at "../../fuzz/fuzz_targets/picture.rs",
    verify at "../../fuzz/fuzz_targets/verify.rs",
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn every_target_is_compiled_here_and_listed_for_the_fuzzer() {
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let sources = files(&root().join("fuzz/fuzz_targets"));
    assert_eq!(sources.len(), TARGETS.len(), "tests/suite/fuzz.rs lists every target");
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml lacks {name}");
    }
}

/// Inputs that a fuzzer found stay in `fuzz/seeds/<target>/`; each target also gets the examples and the torn files.
#[test]
fn targets_hold_on_kept_inputs() {
    let mut inputs = files(&root().join("examples"));
    inputs.extend(files(&root().join("tests/cases/read")));
    for (name, run) in TARGETS {
        let kept = files(&root().join("fuzz/seeds").join(name));
        for path in inputs.iter().chain(&kept) {
            run(&fs::read(path).unwrap());
        }
    }
}

/// Makes a function of what a fuzz target does with its input. It stands behind the targets: before them they would have
/// it without their `use`.
macro_rules! fuzz_target {
    (|$bytes:ident: &[u8]| $body:block) => {
        pub(super) fn run($bytes: &[u8]) {
            $body
        }
    };
    (|$text:ident: &str| $body:block) => {
        pub(super) fn run(bytes: &[u8]) {
            if let Ok($text) = std::str::from_utf8(bytes) {
                $body
            }
        }
    };
}
pub(crate) use fuzz_target;
