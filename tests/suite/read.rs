//! Files as they arrive: encodings, full-width signs, broken syntax, and sizes that no report has.

use std::fs;

use nianbao::generator::Input;

use crate::check::render;
use crate::support::{findings, generator};

fn input(bytes: Vec<u8>) -> Input {
    Input { path: "report.toml".into(), bytes, ..Input::default() }
}

#[test]
fn files_are_read_or_explained() {
    insta::glob!("../cases/read", "*.toml", |path| {
        let checked = generator().check(&input(fs::read(path).expect("a readable case")));
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("ok-") {
            assert_eq!(findings(&checked), Vec::<String>::new(), "{name}");
            return;
        }
        let rule = if name.starts_with("encoding-") { "ENCODING" } else { "TOML" };
        assert!(checked.diagnostics.iter().all(|finding| finding.rule == rule), "{name}");
        assert!(!checked.diagnostics.is_empty(), "{name} has findings");
        insta::with_settings!({snapshot_path => "../cases/read/snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(render(&checked));
        });
    });
}

#[test]
fn deep_and_enormous_files_are_refused() {
    let deep = format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let tables = (0..20_000).map(|at| format!("[t{at}]\nx = 1\n")).collect::<String>();
    let long = format!("[report]\nagency = \"{}\"\nyear = 2023\n", "局".repeat(1_000_000));
    let huge = format!("# {}\n", "x".repeat(20 << 20));
    for (name, text, rule) in [
        ("deep", deep, "TOML"),
        ("tables", tables, "UNKNOWN-KEY"),
        ("long", long, "MISSING"),
        ("huge", huge, "TOML"),
    ] {
        let checked = generator().check(&input(text.into_bytes()));
        assert!(checked.diagnostics.iter().any(|finding| finding.rule == rule), "{name}");
        assert!(checked.counts().errors > 0, "{name}");
    }
}

#[test]
fn spans_lie_inside_the_text() {
    let sample = fs::read_to_string(crate::support::root().join("templates/2021/sample.toml"))
        .expect("a sample");
    for cut in (0..sample.len()).step_by(7).filter(|at| sample.is_char_boundary(*at)) {
        let checked = generator().check(&input(sample.as_bytes()[..cut].to_vec()));
        for finding in &checked.diagnostics {
            let text = checked.source.text();
            assert!(
                finding.span.clone().is_none_or(|span| text.get(span).is_some()),
                "{finding:?} in a file cut at {cut}"
            );
        }
    }
}
