//! Cases for reading and checking: changes to the samples, exact findings, rendered messages.

use std::fs;
use std::path::{Path, PathBuf};

use nianbao::emit::{self, MessageFormat, Options, ReportFindings};
use nianbao::generator::{Checked, Input};
use serde::Deserialize;

use crate::support::{findings, generator, root};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    #[serde(default)]
    edit: Vec<Edit>,
    #[serde(default)]
    previous: Option<Previous>,
    expect: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    find: String,
    put: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Previous {
    format: String,
    #[serde(default)]
    edit: Vec<Edit>,
}

fn sample(format: &str) -> String {
    let path = root().join("templates").join(format).join("sample.toml");
    fs::read_to_string(path).expect("a sample for each format")
}

fn edited(mut text: String, edits: &[Edit]) -> String {
    for edit in edits {
        let count = text.matches(&edit.find).count();
        assert_eq!(count, 1, "`{}` must stand once in the sample", edit.find);
        text = text.replace(&edit.find, &edit.put);
    }
    text
}

fn run(path: &Path) -> (Case, Checked) {
    let text = fs::read_to_string(path).expect("a readable case");
    let case: Case =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(!case.about.is_empty(), "{} says why", path.display());
    let format =
        path.parent().and_then(Path::file_name).expect("a folder").to_string_lossy().into_owned();
    let report = edited(sample(&format), &case.edit);
    let previous = case.previous.as_ref().map(|previous| {
        let text = edited(last_year(&sample(&previous.format), &report), &previous.edit);
        (PathBuf::from("previous.toml"), text.into_bytes())
    });
    let input = Input {
        path: PathBuf::from("report.toml"),
        bytes: report.into_bytes(),
        previous,
        ..Input::default()
    };
    let checked = generator().check(&input);
    (case, checked)
}

/// Sets a sample's year to the one before a report's.
fn last_year(sample: &str, report: &str) -> String {
    let year = |text: &str| -> i32 {
        let line = text.lines().find_map(|line| line.strip_prefix("year = ")).expect("a year");
        line.trim().parse().expect("a number")
    };
    let (own, wanted) = (year(sample), year(report) - 1);
    sample
        .replace(&format!("{own}年"), &format!("{wanted}年"))
        .replace(&format!("year = {own}"), &format!("year = {wanted}"))
}

pub(crate) fn render(checked: &Checked) -> String {
    let counts = checked.counts();
    let report = ReportFindings::of("report.toml", checked);
    assert_eq!(counts, nianbao::diagnostic::Counts::of(report.diagnostics));
    emit::render(&[report], &Options { format: MessageFormat::Human, ..Options::default() })
}

#[test]
fn cases_give_exactly_their_findings() {
    let mut wrong: Vec<String> = Vec::new();
    insta::glob!("../cases/check", "*/*.toml", |path| {
        let (case, checked) = run(path);
        if findings(&checked) != case.expect {
            let (found, wanted) = (findings(&checked), &case.expect);
            wrong.push(format!("{}:\n  found {found:#?}\n  wanted {wanted:#?}", path.display()));
            return;
        }
        let rendered = render(&checked);
        insta::with_settings!({snapshot_path => "../cases/check/snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(rendered);
        });
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn samples_are_clean() {
    for format in generator().catalog().formats() {
        let input = Input {
            path: PathBuf::from("sample.toml"),
            bytes: sample(format.id()).into_bytes(),
            ..Input::default()
        };
        let checked = generator().check(&input);
        assert_eq!(findings(&checked), Vec::<String>::new(), "{}", format.id());
    }
}
