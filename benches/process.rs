//! What a report costs a fresh process, and what many reports cost one: time and peak memory.
//!
//! `cargo bench --bench process`. Each measurement runs in a process of its own, because memory that was once
//! needed is not given back and caches stay warm.

#![allow(
    unreachable_pub,
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "benches print what they measure; some files are shared by path"
)]

mod memory;
#[allow(dead_code)]
mod sample;

use std::process::Command;
use std::time::{Duration, Instant};

use nianbao::export::Standards;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--measure") {
        Some(at) => measure(&arguments[at + 1..]),
        None => {
            for _ in 0..3 {
                run(&["cold"]);
            }
            run(&["many", "300"]);
        }
    }
}

fn run(arguments: &[&str]) {
    let program = std::env::current_exe().expect("the program's own path");
    let status = Command::new(program).arg("--measure").args(arguments).status();
    assert!(status.is_ok_and(|status| status.success()), "{arguments:?}");
}

fn measure(arguments: &[String]) {
    match arguments.first().map(String::as_str) {
        Some("cold") => cold(),
        Some("many") => many(arguments[1].parse().expect("a number")),
        other => panic!("no such measurement: {other:?}"),
    }
}

/// One report from start to PDF, step by step.
fn cold() {
    let begin = Instant::now();
    let generator = sample::generator();
    let start = begin.elapsed();
    let input = sample::plain();
    let (checked, check) = timed(|| generator.check(&input));
    let (typeset, typesetting) = timed(|| generator.typeset(&checked, true).expect("a document"));
    let (pdf, export) = timed(|| typeset.pdf(&Standards::default()).expect("a PDF"));
    println!(
        "cold: {} pages, {} KB in {:.1?}: start {start:.1?}, check {check:.1?}, typeset {typesetting:.1?}, PDF {export:.1?}; peak {} MB",
        typeset.page_count(),
        pdf.len() / 1024,
        begin.elapsed(),
        memory::peak()
    );
}

/// Many different reports one after the other: median times, and whether memory stays level.
fn many(count: usize) {
    let generator = sample::generator();
    let (mut checks, mut sets, mut exports) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=count {
        let input = sample::varied(number);
        let (checked, check) = timed(|| generator.check(&input));
        let (typeset, set) = timed(|| generator.typeset(&checked, true).expect("a document"));
        let (_, export) = timed(|| typeset.pdf(&Standards::default()).expect("a PDF"));
        checks.push(check);
        sets.push(set);
        exports.push(export);
        if number * 3 % count == 0 {
            println!("after {number} reports: peak {} MB", memory::peak());
        }
    }
    println!(
        "median: check {:.1?}, typeset {:.1?}, PDF {:.1?}",
        median(checks),
        median(sets),
        median(exports)
    );
}

fn timed<T>(job: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let result = job();
    (result, begin.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
