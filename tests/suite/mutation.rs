//! Mutated files through the whole program: each ends in time, with a finding or a result, and nothing panics.
//!
//! A few hundred in every run of the tests; `.ci/long` runs as many as `MUTATED` says and prints the slowest and the
//! peak of memory.

use std::fs;
use std::time::{Duration, Instant};

use nianbao::generator::Input;
use nianbao::verify::{Request, verify_as};

use crate::factory::Dice;
use crate::paper::examples;
use crate::support::{files, generator};

/// What any file may take on a slow, busy machine; the contract is 5 s to check and 20 s to build.
const SLOWEST: Duration = Duration::from_secs(20);

/// Pieces that have hurt once, or could.
const PIECES: [&str; 24] = [
    "（",
    "）",
    "(((((((((((",
    "[[[[[[[[",
    "{{{{",
    "\"\"\"",
    "'''",
    "= ",
    "\n\n",
    "，其中1件，",
    "共1件，",
    "比上年增长1%，",
    "一",
    "![图](",
    "](chart:a)",
    "| a | b |\n| --- | --- |\n| 1 |\n",
    "**",
    "### ",
    "\u{202E}",
    "\u{0}",
    "\\",
    "９９",
    "999999999999999999999",
    "-0.0e9",
];

/// Changes a text in a few places: cut, copied, moved, or with a piece of trouble put in, now and then very often.
fn mutated(text: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..=dice.below(4) {
        let length = bytes.len() as u64;
        let at = dice.below(length + 1) as usize;
        let end = (at + dice.below(60) as usize).min(bytes.len());
        match dice.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let copy = bytes[at..end].repeat(1 + dice.below(40) as usize);
                bytes.splice(at..at, copy);
            }
            2 => bytes[at..end].reverse(),
            3 if at < bytes.len() => bytes[at] = dice.below(256) as u8,
            _ => {
                let often = if dice.below(20) == 0 { dice.below(3000) } else { dice.below(3) };
                let piece = dice.pick(&PIECES).repeat(1 + often as usize);
                bytes.splice(at..at, piece.into_bytes());
            }
        }
    }
    bytes
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The slowest so far and which it was.
#[derive(Default)]
struct Slowest(Duration, u64);

impl Slowest {
    fn note(&mut self, took: Duration, seed: u64, what: &str) {
        if took > self.0 {
            *self = Self(took, seed);
        }
        assert!(took < SLOWEST, "{what}: seed {seed} took {took:?}");
    }
}

/// The peak of this process's memory in megabytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[test]
fn mutated_data_files_end() {
    let samples: Vec<Vec<u8>> =
        files("examples", "toml").iter().map(|path| fs::read(path).expect("readable")).collect();
    let (count, first) = (number("MUTATED", 300), number("FIRST", 0));
    let every = number("BUILT_EVERY", 100);
    let (mut slow, mut slow_build, mut built) = (Slowest::default(), Slowest::default(), 0);
    for seed in first..first + count {
        let mut dice = Dice::new(seed);
        let sample: &Vec<u8> = dice.pick(samples.as_slice());
        let bytes = mutated(sample, &mut dice);
        let input = Input { path: "report.toml".into(), bytes, ..Input::default() };
        let started = Instant::now();
        let checked = generator().check(&input);
        slow.note(started.elapsed(), seed, "check");
        for finding in &checked.diagnostics {
            assert!(
                finding.span.clone().is_none_or(|span| checked.source.text().get(span).is_some()),
                "{seed}: {finding:?}"
            );
        }
        if !seed.is_multiple_of(every) || checked.report.is_none() {
            continue;
        }
        let started = Instant::now();
        let pdf = generator().typeset(&checked, true).and_then(|set| set.pdf(&Default::default()));
        slow_build.note(started.elapsed(), seed, "build --draft");
        if let Ok(pdf) = pdf {
            let request = Request { original: Some(&checked), draft: true, ..Request::default() };
            let started = Instant::now();
            verify_as(generator(), &pdf, &request)
                .unwrap_or_else(|refused| panic!("{seed}: {refused}"));
            slow_build.note(started.elapsed(), seed, "verify --draft");
            built += 1;
        }
    }
    println!(
        "{count} mutated data files checked, slowest {:?} (seed {}); {built} built and verified as drafts, slowest {:?} (seed {}); \
         peak {} MB",
        slow.0,
        slow.1,
        slow_build.0,
        slow_build.1,
        peak()
    );
}

#[test]
fn mutated_pdfs_end() {
    let papers: Vec<_> = examples().values().collect();
    let (count, first) = (number("MUTATED_PDFS", 40), number("FIRST", 0));
    let mut slow = Slowest::default();
    for seed in first..first + count {
        let mut dice = Dice::new(seed);
        let paper = *dice.pick(papers.as_slice());
        let bytes = mutated(&unpacked(&paper.bytes), &mut dice);
        let original = seed.is_multiple_of(4).then_some(&paper.checked);
        let started = Instant::now();
        // Refused or read: both are answers.
        let _ = verify_as(generator(), &bytes, &Request { original, ..Request::default() });
        slow.note(started.elapsed(), seed, "verify");
    }
    println!("{count} mutated PDFs, slowest {:?} (seed {}); peak {} MB", slow.0, slow.1, peak());
}

/// A file whose streams are plain, so that a change of a byte is a change of content, not of compression.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(bytes).expect("a PDF");
    document.decompress();
    let mut plain = Vec::new();
    document.save_to(&mut plain).expect("saved");
    plain
}
