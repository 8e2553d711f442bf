//! Forgeries of finished reports, made by another program (`tests/forgeries/forge.py`, pikepdf): none is 核验通过.
//!
//! Each forgery changes what is painted and leaves the tags saying what they said. With the data file every one is found;
//! without it all but the kinds in [`NOT_TOLD`], which show a figure as the tags have it, only elsewhere in its cell or
//! beside other tags. What other programs save again without painting anything else passes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use nianbao::verify::painted::{Sheets, compare};
use nianbao::verify::{Request, Verdict, rendered, verify, verify_as};
use tempfile::TempDir;

use crate::paper::{Paper, examples, input};
use crate::support::{generator, root};

/// Kinds that cannot be told without the data file: the figure is whole and legible, and where it went there is no other
/// in its row or column to tell by.
const NOT_TOLD: [&str; 2] = ["moved-a-little", "moved-into-the-next-cell"];

/// Forges a report; none, said loudly, where the tool is missing and this is no CI.
fn forge(paper: &Paper, places: usize) -> Option<TempDir> {
    let known = Command::new("python3").args(["-c", "import pikepdf"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        let missing =
            "python3 with pikepdf is missing (Debian: python3-pikepdf): forgeries were NOT tested";
        assert!(std::env::var_os("CI").is_none(), "{missing}");
        eprintln!("{missing}");
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    let source = folder.path().join("report.pdf");
    fs::write(&source, &paper.bytes).expect("written");
    let script = root().join("tests/forgeries/forge.py");
    let output = Command::new("python3")
        .args([script.as_path(), &source, folder.path()])
        .env("FORGE_PLACES", places.to_string())
        .output()
        .expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// The kind of a forgery: its name without its place.
fn kind(name: &str) -> &str {
    name.rsplit_once('-').map_or(name, |(kind, _)| kind)
}

/// Looks at files on all processors; returns the names of those for which `holds` does.
fn those(files: &[PathBuf], holds: impl Fn(&[u8]) -> bool + Sync) -> Vec<String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let builder = std::thread::Builder::new().stack_size(16 << 20);
            let work = || {
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if holds(&fs::read(path).expect("readable")) {
                        found.lock().expect("no panic").push(name(path));
                    }
                }
            };
            builder.spawn_scoped(scope, work).expect("a thread");
        }
    });
    let mut found = found.into_inner().expect("no panic");
    found.sort();
    found
}

fn passes(bytes: &[u8], request: &Request<'_>) -> bool {
    let read = verify_as(generator(), bytes, request);
    read.is_ok_and(|read| read.verdict() == Verdict::Passed)
}

#[test]
fn forgeries_are_found() {
    let paper = &examples()["xichang-2024"];
    let Some(folder) = forge(paper, 1) else { return };
    let forged = files(&folder.path().join("forged"));
    assert!(forged.len() >= 55, "{} kinds", forged.len());
    let with_data = Request { original: Some(&paper.checked), ..Request::default() };
    let missed = those(&forged, |bytes| passes(bytes, &with_data));
    assert!(missed.is_empty(), "with the data file these pass: {missed:#?}");
    let missed = those(&forged, |bytes| passes(bytes, &Request::default()));
    let missed: Vec<&String> = missed.iter().filter(|n| !NOT_TOLD.contains(&kind(n))).collect();
    assert!(missed.is_empty(), "without the data file these pass: {missed:#?}");
    let resaved = files(&folder.path().join("resaved"));
    assert!(resaved.len() >= 9, "{resaved:?}");
    for request in [&with_data, &Request::default()] {
        let refused = those(&resaved, |bytes| !passes(bytes, request));
        assert!(refused.is_empty(), "saved again, refused: {refused:#?}");
    }
}

#[test]
fn a_difference_is_named_by_page_cell_and_line() {
    let paper = &examples()["xichang-2024"];
    let Some(folder) = forge(paper, 1) else { return };
    for kind in
        ["white", "covered-by-a-box", "tiny", "a-digit-beside-as-a-path", "outlined-in-white"]
    {
        let bytes = fs::read(folder.path().join(format!("forged/{kind}-0.pdf"))).expect("forged");
        let read = verify(generator(), &bytes, Some(&paper.checked)).expect("readable");
        let named = |f: &&nianbao::verify::Finding| {
            f.rule == "PDF-PAINT" && f.page.is_some() && f.line.is_some() && !f.path.is_empty()
        };
        assert!(read.findings.iter().any(|f| named(&f)), "{kind}: {:#?}", read.findings);
    }
}

#[test]
fn drafts_pass_as_drafts() {
    let text = fs::read_to_string(root().join("examples/xichang-2024.toml")).expect("the example");
    let faulty = text.replacen("granted = [", "granted = [1", 1);
    for text in [&text, &faulty] {
        let paper = Paper::draft(text);
        let checked = generator().check(&input(text));
        let request = Request { original: Some(&checked), draft: true, ..Request::default() };
        let read = verify_as(generator(), &paper.bytes, &request).expect("readable");
        let painted: Vec<_> = read.findings.iter().filter(|f| f.rule.starts_with("PDF-")).collect();
        assert!(painted.is_empty(), "{painted:#?}");
        let official = verify(generator(), &paper.bytes, Some(&checked)).expect("readable");
        assert!(official.findings.iter().any(|finding| finding.rule == "PDF-DRAFT"));
    }
}

/// All forgeries of all examples at several places, each also by what is painted alone and by pixels alone, and many
/// made-up reports that must pass; `.ci/long` runs it.
#[test]
#[ignore = "minutes"]
fn all_forgeries_are_counted() {
    let number = |name: &str, usual: usize| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let mut counts: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    for (example, paper) in examples() {
        let Some(folder) = forge(paper, number("FORGE_PLACES", 3)) else { return };
        let forged = files(&folder.path().join("forged"));
        let with_data = Request { original: Some(&paper.checked), ..Request::default() };
        let missed: [Vec<String>; 4] = [
            those(&forged, |bytes| passes(bytes, &with_data)),
            those(&forged, |bytes| passes(bytes, &Request::default())),
            those(&forged, |bytes| painted_same(&paper.bytes, bytes)),
            those(&forged, |bytes| drawn_same(&paper.bytes, bytes)),
        ];
        for path in &forged {
            let count = counts.entry(kind(&name(path)).to_owned()).or_default();
            count[0] += 1;
            for (at, missed) in missed.iter().enumerate() {
                count[at + 1] += usize::from(!missed.contains(&name(path)));
            }
        }
        assert!(missed[0].is_empty(), "{example}: {:#?}", missed[0]);
    }
    println!(
        "kind: forgeries, found with data, without, by what is painted alone, by pixels alone"
    );
    for (kind, [all, data, alone, painted, drawn]) in &counts {
        println!("{kind}: {all} {data} {alone} {painted} {drawn}");
    }
    let sum = |at: usize| counts.values().map(|count| count[at]).sum::<usize>();
    println!("all {} kinds: {:?}", counts.len(), [sum(0), sum(1), sum(2), sum(3), sum(4)]);
    let reports = number("REPORTS", 400);
    let mut failed = Vec::new();
    for seed in 0..reports as u64 {
        let text = crate::factory::report(seed, seed % 2 == 1, None).toml;
        let paper = Paper::of(&text);
        let with_data = Request { original: Some(&paper.checked), ..Request::default() };
        if !passes(&paper.bytes, &with_data) || !passes(&paper.bytes, &Request::default()) {
            failed.push(seed);
        }
    }
    assert!(failed.is_empty(), "made-up reports that do not pass: {failed:?}");
    println!("{reports} made-up reports pass with and without their data files");
}

/// Whether two files paint the same, by marks alone.
fn painted_same(ours: &[u8], theirs: &[u8]) -> bool {
    let opened = Sheets::open(ours.to_vec()).zip(Sheets::open(theirs.to_vec()));
    let Some((ours, theirs)) = opened else { return false };
    ours.count() == theirs.count()
        && (0..ours.count()).all(|page| {
            let sheets = ours.sheet(page).ok().zip(theirs.sheet(page).ok());
            sheets.is_some_and(|(a, b)| a.frame == b.frame && compare(&a, &b).is_empty())
        })
}

/// Whether two files look the same, by pixels alone.
fn drawn_same(ours: &[u8], theirs: &[u8]) -> bool {
    let opened = Sheets::open(ours.to_vec()).zip(Sheets::open(theirs.to_vec()));
    let Some((ours, theirs)) = opened else { return false };
    let draw = |sheets, page| rendered::draw(sheets, page, rendered::DENSITY);
    ours.count() == theirs.count()
        && (0..ours.count()).all(|page| {
            let pages = draw(&ours, page).zip(draw(&theirs, page));
            pages.is_some_and(|(a, b)| rendered::compare(&a, &b).is_empty())
        })
}
