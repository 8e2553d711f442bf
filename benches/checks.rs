//! How many reports a second are checked, each with last year's file, and whether memory stays level.
//!
//! `cargo bench --bench checks [-- COUNT]`: made-up reports, every tenth with a fault, on one thread and on all
//! processors in the same run.

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
mod memory;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use nianbao::generator::{Config, Generator, Input};

/// Different inputs that are kept; the count goes round them.
const KEPT: u64 = 500;

fn main() {
    let count = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(10_000);
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let generator =
        Generator::new(&Config { fonts, ..Config::default() }).expect("formats and fonts");
    let inputs: Vec<Input> = (0..KEPT).map(input).collect();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    run(&generator, &inputs, KEPT as usize, 1);
    for threads in [1, processors] {
        let before = memory::peak();
        let begin = Instant::now();
        let findings = run(&generator, &inputs, count, threads);
        let rate = count as u128 * 1_000_000 / begin.elapsed().as_micros().max(1);
        let after = memory::peak();
        println!(
            "{count} reports with last year's, {threads} threads: {rate} a second, {findings} findings, \
             peak {before} → {after} MB"
        );
    }
}

fn input(seed: u64) -> Input {
    let fault = seed.is_multiple_of(10).then(|| factory::FAULTS[(seed / 10) as usize % 4]);
    let sample = factory::report(seed, false, fault);
    // The same agency a year before: another draw of figures under this report's name.
    let other = factory::report(seed + KEPT, false, None);
    let previous = other
        .toml
        .replace(&other.agency, &sample.agency)
        .replace(&other.year.to_string(), &(sample.year - 1).to_string());
    Input {
        path: PathBuf::from(sample.path),
        bytes: sample.toml.into_bytes(),
        previous: Some((PathBuf::from("previous.toml"), previous.into_bytes())),
        ..Input::default()
    }
}

/// Checks reports on plain threads with a common counter; returns the number of findings.
fn run(generator: &Generator, inputs: &[Input], count: usize, threads: usize) -> usize {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut findings = 0;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return findings;
            }
            findings += generator.check(&inputs[at % inputs.len()]).diagnostics.len();
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker that ends")).sum()
    })
}
