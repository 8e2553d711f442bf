//! Reports as other kinds of files, read by other libraries than those that wrote them.

mod attached;
mod back;
mod docx;
mod sheets;
mod web;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use nianbao::export::{Edition, File, Kind};
use nianbao::generator::{Checked, Typeset};

use crate::paper::input;
use crate::support::{files, generator};

/// A report with its pages and its edition.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) checked: Checked,
    pub(crate) typeset: Typeset,
    pub(crate) edition: Edition,
}

impl Sample {
    /// Makes a report of a data file's text; a draft when it has errors.
    pub(crate) fn of(name: &str, text: &str) -> Self {
        let checked = generator().check(&input(text));
        let draft = checked.counts().errors > 0;
        let typeset = generator().typeset(&checked, draft).expect("pages");
        let edition = generator().edition(&checked, draft).expect("an edition");
        Self { name: name.to_owned(), checked, typeset, edition }
    }

    /// The examples, and a report with everything that published reports hold.
    pub(crate) fn all() -> Vec<Self> {
        let joint = files("tests/cases/published-parts", "toml");
        let paths = files("examples", "toml").into_iter().chain(joint);
        paths
            .map(|path| {
                let text = std::fs::read_to_string(&path).expect("a readable file");
                Self::of(&path.file_stem().expect("a name").to_string_lossy(), &text)
            })
            .collect()
    }

    /// The files of a kind.
    pub(crate) fn files(&self, kind: Kind) -> Vec<File> {
        let pages = kind.needs_pages().then_some(&self.typeset.document);
        self.edition.files(kind, pages, "某局 2023").expect("files")
    }

    /// The main file of a kind as text.
    pub(crate) fn text(&self, kind: Kind) -> String {
        String::from_utf8(self.files(kind).remove(0).bytes).expect("text")
    }
}

/// The files of a zip archive by name.
pub(crate) fn unzipped(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).expect("a file");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("readable");
            (file.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

/// Text that would be something else if it were not escaped.
pub(crate) const HOSTILE: &str =
    "<script>alert(1)</script>]]>&amp;\"'{{ title }}{% if %}<!--=cmd|' /C calc'!A0";

/// A report whose every free text is hostile.
pub(crate) fn hostile() -> Sample {
    let path = crate::support::root().join("templates/2021/sample.toml");
    let text = std::fs::read_to_string(path).expect("the sample");
    let quoted = HOSTILE.replace('\\', "\\\\").replace('"', "\\\"");
    let text = text.replacen("[requests]\n", &format!("[requests]\nnote = \"={quoted}\"\n"), 1);
    let text = text.replacen("text = \"\"\"\n", &format!("text = \"\"\"\n{quoted}\n"), 1);
    Sample::of("hostile", &text)
}

#[test]
fn the_same_report_gives_the_same_bytes_on_any_thread() {
    for sample in Sample::all() {
        for kind in Kind::ALL {
            let first = sample.files(kind);
            let again = std::thread::scope(|scope| {
                let all: Vec<_> = (0..2).map(|_| scope.spawn(|| sample.files(kind))).collect();
                all.into_iter().map(|one| one.join().expect("no panic")).collect::<Vec<_>>()
            });
            assert!(again.iter().all(|files| *files == first), "{} {kind:?}", sample.name);
        }
    }
}

#[test]
fn names_of_files_stand_behind_the_name_of_the_report() {
    let sample = Sample::all().remove(0);
    for kind in Kind::ALL {
        for file in sample.files(kind) {
            assert!(!file.ending.contains(['/', '\\']), "{}", file.ending);
            assert!(file.ending.starts_with('.'), "{}", file.ending);
        }
    }
}
