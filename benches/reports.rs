//! Writes a folder of made-up reports, for measuring whole batches from outside:
//! `cargo bench --bench reports -- FOLDER COUNT [FAULTY PER CENT]`.

#![allow(
    unreachable_pub,
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "benches print what they measure; some files are shared by path"
)]

#[path = "../tests/factory/mod.rs"]
mod factory;

use std::path::Path;

fn main() {
    // Cargo adds a flag of its own.
    let words: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let [folder, rest @ ..] = words.as_slice() else { return };
    let number = |at: usize, default: u64| {
        rest.get(at).map_or(default, |word| word.parse().expect("a number of reports"))
    };
    let paths = factory::write_folder(Path::new(folder), number(0, 10), number(1, 0));
    println!("{} reports in {folder}", paths.len());
}
