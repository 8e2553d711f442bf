//! templates/README.md, followed word for word in an empty folder with the program alone: its files are written, its
//! commands run, and what they print is what the page shows. `NIANBAO_WALK=update` writes the page anew.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::root;

/// One fenced block: what stands behind the fence, and its text.
struct Block {
    kind: String,
    text: String,
    /// Byte range of the text in the page.
    range: std::ops::Range<usize>,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    let mut open: Option<(String, usize)> = None;
    for line in page.split_inclusive('\n') {
        if let Some(kind) = line.strip_prefix("```") {
            match open.take() {
                Some((kind, start)) => {
                    blocks.push(Block { kind, text: page[start..at].to_owned(), range: start..at });
                }
                None => open = Some((kind.trim().to_owned(), at + line.len())),
            }
        }
        at += line.len();
    }
    blocks
}

/// Runs commands as a technician's shell does, with the program on its path.
fn run(commands: &str, folder: &Path, programs: &Path) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .arg("-c")
        .arg(commands)
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("NIANBAO_FONTS", root().join("fonts"))
        .output()
        .expect("a shell");
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8(text).expect("text")
}

#[test]
#[cfg(unix)]
fn the_walk_to_a_new_format_is_as_written() {
    let place = root().join("templates/README.md");
    let page = fs::read_to_string(&place).expect("the page");
    let (folder, programs) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_nianbao"), programs.path().join("nianbao"))
        .expect("a link");
    let end = page.find("## Reference").expect("the walk ends there");
    let mut printed: Option<String> = None;
    let mut changed = page.clone();
    let mut steps = 0;
    let mut corrections = Vec::new();
    for block in blocks(&page[..end]) {
        match block.kind.split_once(' ') {
            Some(("toml", file)) => {
                let path = folder.path().join(file);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, &block.text).expect("a file");
            }
            None if block.kind == "sh" => {
                printed = Some(run(&block.text, folder.path(), programs.path()));
                steps += 1;
            }
            None if block.kind == "text" => {
                let found = printed.take().expect("a command before its output");
                if std::env::var_os("NIANBAO_WALK").is_some() {
                    corrections.push((block.range.clone(), found));
                } else {
                    assert_eq!(found, block.text, "the output of step {steps}");
                }
            }
            _ => {}
        }
    }
    for (range, text) in corrections.into_iter().rev() {
        changed.replace_range(range, &text);
    }
    if changed != page {
        fs::write(place, changed).expect("the page");
    }
    assert!(steps >= 10, "the walk is followed: {steps}");
    assert!(folder.path().join("new/水务局-2023.pdf").exists(), "it ends with a printed report");
    let back = fs::read(folder.path().join("back.toml")).expect("the way back");
    let old =
        fs::read_to_string(folder.path().join("reports/水务局-2023.toml")).expect("the report");
    let back = String::from_utf8(back).expect("text");
    assert_eq!(back.replace("format = \"2021\"\n\n", ""), old, "the way back is exact");
}
