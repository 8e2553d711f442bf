//! All integration tests as one program: one module per area, so that it is linked once.

#![allow(
    unreachable_pub,
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests write files, read the environment and end with a panic; some files are shared by path"
)]

// Fuzz targets name the fuzzer's crate; here its macro is one of this program (see `fuzz.rs`).
extern crate self as libfuzzer_sys;
pub(crate) use fuzz::fuzz_target;

mod addresses;
mod architecture;
mod batch;
mod batch_process;
mod breaking;
mod check;
mod cli;
mod conformance;
mod corpus;
mod damaged_files;
mod diff;
mod emit;
mod examples;
mod export;
#[path = "../factory/mod.rs"]
mod factory;
mod forgeries;
mod format_mistakes;
mod formats;
mod fuzz;
mod hostile;
mod identities;
mod import;
mod init;
mod layout;
mod migrate;
mod migrate_formats;
mod mutation;
mod pages;
mod pagination;
mod paper;
mod pasted;
mod preview;
mod published_parts;
mod random_formats;
mod read;
mod remedies;
mod round_trip;
mod rule_examples;
mod schema;
mod silence;
mod stress;
mod support;
mod titles;
mod typeset;
mod verify;
mod walk;
