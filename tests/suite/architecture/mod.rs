//! Modules form a one-way pipeline: each uses only those above it in the table of `docs/architecture.md`.

mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::root;

/// The modules in the order of the table.
fn order() -> BTreeMap<String, usize> {
    let text = fs::read_to_string(root().join("docs/architecture.md")).expect("the table");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.filter_map(|row| row.split_once(" |").map(|(modules, _)| modules));
    let mut order = BTreeMap::new();
    for (place, modules) in cells.enumerate() {
        for module in modules.split(", ") {
            order.insert(module.trim_matches('`').to_owned(), place);
        }
    }
    order
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable entry").path())
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

#[test]
fn modules_use_only_those_above_them() {
    let order = order();
    let mut wrong = Vec::new();
    for file in paths::files(&root().join("src")).iter().filter(|file| file.module[0] != "lib") {
        let module = &file.module[0];
        let place = *order.get(module).unwrap_or_else(|| panic!("{module} is in the table"));
        let used: BTreeSet<String> =
            file.uses().into_iter().filter_map(|path| path.into_iter().next()).collect();
        for used in used.iter().filter(|used| *used != module) {
            if order.get(used).is_some_and(|other| *other > place) {
                wrong.push(format!("{} uses {used}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "against the order of docs/architecture.md: {wrong:#?}");
}

/// Circles that are known and wait to be opened: the list may only grow shorter.
const KNOWN_CIRCLES: [&str; 9] = [
    "commands::formats: compare, page",
    "import: assemble, tables, texts, write",
    "import::docx: body, table",
    "import::pdf: device, pictures",
    "import::tables: chain, labels",
    "migrate: restore, rewrite",
    "report: cells, remedy",
    "text: data, names, reading",
    "verify: foreign, pdf",
];

#[test]
fn files_of_a_room_do_not_use_each_other_in_circles() {
    let mut found = Vec::new();
    for (room, edges) in paths::rooms(&paths::files(&root().join("src"))) {
        let circle: Vec<String> = paths::in_circles(&edges).into_iter().collect();
        if !circle.is_empty() {
            found.push(format!("{}: {}", room.join("::"), circle.join(", ")));
        }
    }
    found.retain(|circle| !KNOWN_CIRCLES.contains(&circle.as_str()));
    assert_eq!(found, Vec::<String>::new());
}

/// Public types of one name that are known and wait for names of their own: the list may only grow shorter.
const KNOWN_DOUBLES: [&str; 38] = [
    "Account",
    "Block",
    "Cell",
    "Change",
    "Chart",
    "Difference",
    "Draft",
    "Edit",
    "Entry",
    "Facts",
    "Field",
    "Figure",
    "Figures",
    "Finding",
    "Grid",
    "Image",
    "Input",
    "Kind",
    "Line",
    "Messages",
    "Open",
    "Options",
    "Origin",
    "Page",
    "Paint",
    "Pdf",
    "Picture",
    "Place",
    "Report",
    "Request",
    "Run",
    "Section",
    "Slip",
    "State",
    "Subject",
    "Table",
    "Verdict",
    "Years",
];

#[test]
fn a_public_name_means_one_thing() {
    let types = paths::public_types(&paths::files(&root().join("src")));
    let is_new = |name: &&String| !KNOWN_DOUBLES.contains(&name.as_str());
    let doubles = types.iter().filter(|(name, files)| files.len() > 1 && is_new(name));
    let doubles: Vec<String> =
        doubles.map(|(name, files)| format!("{name}: {}", files.join(", "))).collect();
    assert_eq!(doubles, Vec::<String>::new());
}

/// What a merge leaves behind where two changes met is neither Rust nor a test that fails: a script of the preview once held it.
#[test]
fn no_merge_left_its_marks() {
    let mut left = Vec::new();
    for folder in ["src", "templates", "docs", "tests/suite", "examples", ".ci"] {
        for entry in walkdir::WalkDir::new(root().join(folder)) {
            let path = entry.expect("a readable entry").into_path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let mark = |line: &str| line == "=".repeat(7) || line.starts_with(&">".repeat(7));
            left.extend(text.lines().any(mark).then_some(path));
        }
    }
    assert!(left.is_empty(), "{left:?}");
}
