//! What a source file uses: the paths of its `use` trees and those in its code, as absolute paths of modules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::rust_files;

/// A path of names: a module, or a module and something in it.
pub(super) type Names = Vec<String>;

/// One source file: its module, and the code of it without comments, texts and tests.
pub(super) struct File {
    /// Path below `src`.
    pub(super) path: String,
    /// The module that it is.
    pub(super) module: Names,
    code: String,
}

/// All source files of the library and the program.
pub(super) fn files(source: &Path) -> Vec<File> {
    let file = |path: std::path::PathBuf| {
        let relative =
            path.strip_prefix(source).expect("below src").to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).expect("a readable file");
        let mut module: Names =
            relative.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        File { path: relative, module, code: bare(&text) }
    };
    rust_files(source).into_iter().map(file).collect()
}

/// The code alone: no comments, no texts in quotes, no tests.
fn bare(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or("");
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        let mut quoted = false;
        let mut before = ' ';
        for (at, char) in line.char_indices() {
            if char == '"' && before != '\\' && before != '\'' {
                quoted = !quoted;
            } else if !quoted && line[at..].starts_with("//") {
                break;
            } else if !quoted {
                code.push(char);
            }
            before = char;
        }
        code.push('\n');
    }
    code
}

impl File {
    /// Every path that it names, as written: `crate`, `super` and `self` first where they stand.
    fn written(&self) -> Vec<Names> {
        let mut found = Vec::new();
        let mut rest = String::new();
        let mut code = self.code.as_str();
        while let Some(at) = next_use(code) {
            rest.push_str(&code[..at]);
            let tree = &code[at + "use ".len()..];
            let end = tree.find(';').unwrap_or(tree.len());
            branches(&[], &tree[..end], &mut found);
            code = &tree[end..];
        }
        rest.push_str(code);
        for start in ["crate::", "super::", "self::"] {
            for (at, _) in rest.match_indices(start) {
                let is_start =
                    !rest[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
                let end = rest[at..].find(|c: char| !(c.is_alphanumeric() || "_:".contains(c)));
                let path = &rest[at..end.map_or(rest.len(), |end| at + end)];
                if is_start {
                    found.push(
                        path.split("::")
                            .filter(|name| !name.is_empty())
                            .map(str::to_owned)
                            .collect(),
                    );
                }
            }
        }
        found
    }

    /// The paths that it names inside the crate, from its root.
    pub(super) fn uses(&self) -> Vec<Names> {
        self.written().into_iter().filter_map(|path| self.absolute(&path)).collect()
    }

    fn absolute(&self, path: &[String]) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" | "nianbao" => Some(rest.to_vec()),
            "self" => Some([&self.module, rest].concat()),
            "super" => {
                let ups = path.iter().take_while(|name| *name == "super").count();
                let above = self.module.len().checked_sub(ups)?;
                Some([&self.module[..above], &path[ups..]].concat())
            }
            _ => None,
        }
    }

    /// Names that the file of a room hands on from the room's other files: name to file.
    fn hands_on(&self, modules: &BTreeSet<&Names>) -> BTreeMap<String, String> {
        let mut handed = BTreeMap::new();
        for path in self.written() {
            let path =
                if path.first().is_some_and(|first| first == "self") { &path[1..] } else { &path };
            let [file, .., name] = path else { continue };
            if modules.contains(&[self.module.as_slice(), std::slice::from_ref(file)].concat()) {
                handed.insert(name.clone(), file.clone());
            }
        }
        handed
    }
}

/// Where the next `use` item begins.
fn next_use(code: &str) -> Option<usize> {
    let is_item = |at: usize| {
        let before = code[..at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', ';', '{', '}', ')']) || before.ends_with("pub")
    };
    code.match_indices("use ").map(|(at, _)| at).find(|at| is_item(*at))
}

/// The leaves of a `use` tree.
fn branches(above: &[String], tree: &str, found: &mut Vec<Names>) {
    let mut depth = 0;
    let parts = tree.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let (head, inner) = match part.split_once('{') {
            Some((head, inner)) => (head, Some(inner.strip_suffix('}').unwrap_or(inner))),
            None => (part.split(" as ").next().unwrap_or(part), None),
        };
        let names = head.split("::").map(str::trim).filter(|name| !name.is_empty());
        let path: Names = above.iter().cloned().chain(names.map(str::to_owned)).collect();
        match inner {
            Some(inner) => branches(&path, inner, found),
            None => found.push(path),
        }
    }
}

/// Which files of a room use which others, by room. What a room's own file hands on counts as use of the file that it
/// comes from.
pub(super) fn rooms(files: &[File]) -> BTreeMap<Names, BTreeSet<(String, String)>> {
    let modules: BTreeSet<&Names> = files.iter().map(|file| &file.module).collect();
    let handed: BTreeMap<&Names, BTreeMap<String, String>> =
        files.iter().map(|file| (&file.module, file.hands_on(&modules))).collect();
    let mut rooms: BTreeMap<Names, BTreeSet<(String, String)>> = BTreeMap::new();
    for file in files {
        for used in file.uses() {
            for depth in 1..file.module.len().min(used.len()) {
                let (room, own) = (file.module[..depth].to_vec(), &file.module[depth]);
                if used[..depth] != room[..] {
                    break;
                }
                let name = &used[depth];
                let is_file =
                    modules.contains(&[room.as_slice(), std::slice::from_ref(name)].concat());
                let from = handed.get(&room).and_then(|handed| handed.get(name));
                let other = if is_file { Some(name) } else { from };
                if let Some(other) = other.filter(|other| *other != own) {
                    rooms.entry(room).or_default().insert((own.clone(), other.clone()));
                }
            }
        }
    }
    rooms
}

/// The files that can be reached from themselves.
pub(super) fn in_circles(edges: &BTreeSet<(String, String)>) -> BTreeSet<String> {
    let reaches = |start: &String| {
        let mut seen: BTreeSet<&String> = BTreeSet::new();
        let mut waiting = vec![start];
        while let Some(at) = waiting.pop() {
            for (_, next) in edges.iter().filter(|(from, _)| from == at) {
                if next == start {
                    return true;
                }
                if seen.insert(next) {
                    waiting.push(next);
                }
            }
        }
        false
    };
    edges.iter().map(|(from, _)| from).filter(|from| reaches(from)).cloned().collect()
}

/// Public types by name, with the files that declare them. The program's own files declare nothing for others.
pub(super) fn public_types(files: &[File]) -> BTreeMap<String, Vec<String>> {
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let is_library =
        |file: &&File| !["main", "args", "commands"].contains(&file.module[0].as_str());
    for file in files.iter().filter(is_library) {
        for line in file.code.lines().map(str::trim_start) {
            let declared = ["struct ", "enum ", "trait ", "type "];
            let rest =
                declared.iter().find_map(|kind| line.strip_prefix("pub ")?.strip_prefix(kind));
            let name = rest.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                types.entry(name.to_owned()).or_default().push(file.path.clone());
            }
        }
    }
    types
}

#[test]
fn paths_are_read_from_trees_and_from_code() {
    let file = |module: &[&str], text: &str| File {
        path: String::new(),
        module: module.iter().map(|name| (*name).to_owned()).collect(),
        code: bare(text),
    };
    let uses = |text: &str| -> Vec<String> {
        file(&["batch", "run"], text).uses().iter().map(|path| path.join("::")).collect()
    };
    assert_eq!(
        uses("use crate::{check, report::{self, Text as T}};"),
        ["check", "report::self", "report::Text"]
    );
    assert_eq!(uses("pub use super::{key::Key, page};"), ["batch::key::Key", "batch::page"]);
    assert_eq!(
        uses("fn f() { super::super::emit::plain(crate::source::one()) }"),
        ["source::one", "emit::plain"]
    );
    assert_eq!(uses("// use crate::check;\nlet x = \"crate::check\";"), Vec::<String>::new());
}
