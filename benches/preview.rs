//! From saving a one-figure change to the new page in the browser: median and 95th percentile of each phase.
//!
//! `cargo bench --bench preview [-- EDITS]`. Needs chromium and chromium-driver. *Detect* is from the save to the
//! start of work, with the way of the news to the browser; *show* is from the news to the frame after which the new
//! page is to be seen, without the drawing (*encode*).

#![allow(
    unreachable_pub,
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "benches print what they measure; some files are shared by path"
)]

#[allow(dead_code)]
#[path = "../tests/suite/preview/browser.rs"]
mod browser;
#[allow(dead_code)]
#[path = "../tests/suite/preview/server.rs"]
mod server;
#[allow(dead_code)]
#[path = "../tests/suite/support.rs"]
mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use browser::Browser;
use serde_json::Value;
use server::Server;

const PHASES: [&str; 6] = ["detect", "check", "typeset", "encode", "show", "all"];
/// What the page knows of the last update.
const MARKS: &str = "const mark = (name) => performance.getEntriesByName(name).at(-1); \
    const [told, shown] = [mark('told'), mark('shown')]; \
    if (!told || !shown || told.detail.revision !== shown.detail.revision) return null; \
    const drawn = performance.getEntriesByType('resource').filter((e) => e.name.includes('.svg?v=')).at(-1); \
    const encode = drawn?.serverTiming?.find((t) => t.name === 'encode')?.duration ?? 0; \
    return {revision: told.detail.revision, timing: told.detail.timing, encode, \
        told: performance.timeOrigin + told.startTime, shown: performance.timeOrigin + shown.startTime}";

fn main() {
    let edits = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(200);
    let Some(browser) = Browser::open(1366, 768) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.toml");
    let text = std::fs::read_to_string(support::root().join("examples/liaocheng-2023.toml"))
        .expect("an example");
    let line = text.lines().find(|line| line.starts_with("licensing")).expect("a line").to_owned();
    let save = |figure: usize| {
        std::fs::write(&file, text.replacen(&line, &format!("licensing = {figure}"), 1))
            .expect("saved");
    };
    save(10_000);
    let server = Server::start(&file, &[]);
    browser.go(&server.url("/"));
    let cell = "document.querySelector('[data-spot=\"proactive_disclosure.licensing\"]')";
    browser.wait("pages", &format!("{cell}?.closest('.page')"));
    browser.run(&format!("{cell}.scrollIntoView({{block: 'center'}})"));
    browser.wait("its page", &format!("{cell}.closest('.page').dataset.version"));
    let pages = browser.run("return document.querySelectorAll('.page').length");
    std::thread::sleep(Duration::from_secs(1));

    let mut samples: Vec<[f64; 6]> = Vec::new();
    let mut last =
        browser.run("return Number(document.body.dataset.revision)").as_u64().unwrap_or(0);
    for edit in 0..edits + 10 {
        browser.run("performance.clearResourceTimings()");
        let start = now();
        save(10_001 + edit);
        let seen = loop {
            std::thread::sleep(Duration::from_millis(60));
            let seen = browser.run(MARKS);
            if seen["revision"].as_u64().is_some_and(|revision| revision > last) {
                break seen;
            }
        };
        last = seen["revision"].as_u64().unwrap_or(last);
        // The first ones warm up.
        if edit >= 10 {
            samples.push(phases(&seen, start));
        }
    }
    println!("{} edits of a report of {pages} pages, milliseconds", samples.len());
    println!("{:>8} {:>8} {:>8} {:>8}", "", "median", "p95", "worst");
    for (index, name) in PHASES.iter().enumerate() {
        let mut values: Vec<f64> = samples.iter().map(|sample| sample[index]).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: usize| values[(values.len() - 1) * share / 100];
        println!("{name:>8} {:>8.1} {:>8.1} {:>8.1}", at(50), at(95), at(100));
    }
    println!("memory of the program: {} MB", server.memory() / 1024);
}

fn phases(seen: &Value, start: f64) -> [f64; 6] {
    let number = |value: &Value| value.as_f64().expect("a number");
    let timing = |name: &str| number(&seen["timing"][name]) / 1000.0;
    let check = timing("read") + timing("check");
    let typeset = timing("typeset") + timing("compare");
    let encode = number(&seen["encode"]);
    let (told, shown) = (number(&seen["told"]), number(&seen["shown"]));
    [told - start - check - typeset, check, typeset, encode, shown - told - encode, shown - start]
}

/// Milliseconds of the clock, as the browser counts them.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64() * 1000.0
}
