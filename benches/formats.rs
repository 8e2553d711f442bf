//! What a change of format costs beside making the reports anew.
//!
//! `cargo bench --bench formats [-- COUNT]`: made-up reports are made in their own format, rewritten for the format of
//! `tests/cases/formats`, and made in that; those that wait for a person are made as drafts.

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

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nianbao::export::Standards;
use nianbao::generator::{Config, Generator, Input};
use nianbao::migrate::Migrator;

fn main() {
    let count: u64 = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(1000);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let templates = Some(root.join("tests/cases/formats"));
    let config = Config { templates, fonts: root.join("fonts"), ..Config::default() };
    let generator = Generator::new(&config).expect("formats and fonts");
    let migrator = Migrator::new(generator.catalog(), "2026").expect("the format");
    let (mut migrating, mut before, mut after) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut open = 0;
    // The first of each kind pays for what all share.
    for seed in 0..count + 1 {
        let old = factory::report(seed, false, None).toml;
        let begin = Instant::now();
        let migration = migrator.migrate(old.as_bytes()).expect("it migrates");
        let migrated = begin.elapsed();
        open += usize::from(!migration.account.open.is_empty());
        let (plain, new) = (make(&generator, old), make(&generator, migration.text));
        if seed > 0 {
            migrating += migrated;
            before += plain;
            after += new;
        }
    }
    let each = |time: Duration| time.as_secs_f64() * 1000.0 / count.max(1) as f64;
    println!(
        "{count} reports, one thread: made in 2021 {:.1} ms each; rewritten {:.2} ms each and made in 2026 {:.1} ms each; \
         {open} wait for a person",
        each(before),
        each(migrating),
        each(after)
    );
}

/// Checks, sets and writes one report; returns how long it took.
fn make(generator: &Generator, text: String) -> Duration {
    let begin = Instant::now();
    let input =
        Input { path: PathBuf::from("a.toml"), bytes: text.into_bytes(), ..Input::default() };
    let checked = generator.check(&input);
    let typeset = generator.typeset(&checked, checked.counts().errors > 0).expect("a document");
    typeset.pdf(&Standards::default()).expect("a PDF");
    begin.elapsed()
}
