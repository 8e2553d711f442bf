//! Modules form a one-way pipeline: each uses only those above it in the table of `docs/architecture.md`.

use std::collections::BTreeMap;
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

/// The names after `crate::` or `nianbao::` in code, comments left out.
fn used_modules(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut used = Vec::new();
    for line in code {
        for prefix in ["crate::", "nianbao::"] {
            for (at, _) in line.match_indices(prefix) {
                let rest = &line[at + prefix.len()..];
                let names = rest.strip_prefix('{').map_or(rest, |inner| inner);
                let name = names.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                used.extend(name.filter(|name| !name.is_empty()).map(str::to_owned));
            }
        }
    }
    used
}

#[test]
fn modules_use_only_those_above_them() {
    let order = order();
    let source = root().join("src");
    let mut wrong = Vec::new();
    for path in rust_files(&source) {
        let relative = path.strip_prefix(&source).expect("below src");
        let first =
            relative.components().next().expect("a file name").as_os_str().to_string_lossy();
        let module = first.trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let place = *order.get(&module).unwrap_or_else(|| panic!("{module} is in the table"));
        let text = fs::read_to_string(&path).expect("a readable file");
        for used in used_modules(&text).into_iter().filter(|used| *used != module) {
            let below = order.get(&used).is_some_and(|other| *other > place);
            if below {
                wrong.push(format!("{} uses {used}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "against the order of docs/architecture.md: {wrong:#?}");
}

#[test]
fn the_library_does_not_print_or_exit() {
    let binary = ["main.rs", "args", "args.rs", "commands", "commands.rs"];
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let relative = path.strip_prefix(root().join("src")).expect("below src").to_owned();
        if binary.iter().any(|part| relative.starts_with(part)) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a readable file");
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for forbidden in
            ["println!(", "eprintln!(", "process::exit", "env::var(", "SystemTime::now"]
        {
            if code.contains(forbidden) {
                wrong.push(format!("{}: {forbidden}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
