//! Batches as processes: killed, interrupted, without room, beside each other.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::factory::{self, Dice};
use crate::support::root;

fn office(count: u64) -> (TempDir, TempDir) {
    let (folder, output) = (tempfile::tempdir(), tempfile::tempdir());
    let folder = folder.expect("a folder");
    factory::write_folder(folder.path(), count, 0);
    (folder, output.expect("a folder"))
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    command.env("NIANBAO_FONTS", root().join("fonts"));
    for name in ["SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "JOB_COMPLETION_INDEX"] {
        command.env_remove(name);
    }
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("UTF-8")
}

fn run(folder: &Path, output: &Path, more: &[&str]) -> Output {
    let words = [&["batch", path(folder), "-o", path(output)], more].concat();
    command(&words).output().expect("the program runs")
}

fn start(folder: &Path, output: &Path, more: &[&str]) -> Child {
    let words = [&["batch", path(folder), "-o", path(output)], more].concat();
    command(&words).spawn().expect("the program runs")
}

/// Paths of all files of an output folder but the records of the run.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).into_iter();
    let walk = walk.filter_entry(|entry| entry.file_name() != ".nianbao");
    // While a run is at work, files come and go.
    let paths = walk.flatten().filter(|entry| entry.file_type().is_file());
    let records = ["run.json", "run.html"];
    paths
        .filter(|entry| !records.iter().any(|record| entry.file_name() == *record))
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// All files of an output folder at rest.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let read = |path: PathBuf| {
        let inside = path.strip_prefix(folder).expect("inside").to_owned();
        (inside, fs::read(&path).expect("readable"))
    };
    paths(folder).into_iter().map(read).collect()
}

fn pdfs(folder: &Path) -> usize {
    paths(folder).iter().filter(|path| path.extension().is_some_and(|e| e == "pdf")).count()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn twenty_kills_lose_nothing() {
    let (folder, whole) = office(24);
    assert!(run(folder.path(), whole.path(), &["-q"]).status.success());
    let wanted = files(whole.path());
    assert_eq!(wanted.len(), 24);
    let output = tempfile::tempdir().expect("a folder");
    let mut dice = Dice::new(20);
    let mut seen = 0;
    for _ in 0..20 {
        let mut child = start(folder.path(), output.path(), &["-q"]);
        // Kill somewhere between the first write and the end of a report or two.
        let before = pdfs(output.path());
        let begun = Instant::now();
        while pdfs(output.path()) == before && begun.elapsed() < Duration::from_secs(3) {
            sleep(Duration::from_millis(1));
        }
        sleep(Duration::from_millis(dice.below(120)));
        child.kill().expect("killed");
        child.wait().expect("gone");
        // What is there under its name is whole.
        for (name, bytes) in files(output.path()) {
            if name.extension().is_some_and(|extension| extension == "pdf") {
                assert!(wanted[&name] == bytes, "{} is whole", name.display());
            }
        }
        seen = pdfs(output.path());
    }
    assert!(seen > 0);
    let last = run(folder.path(), output.path(), &["-q"]);
    assert!(last.status.success(), "{}", String::from_utf8_lossy(&last.stderr));
    assert!(files(output.path()) == wanted, "the same files with the same bytes, and nothing else");
    let again = run(folder.path(), output.path(), &[]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("生成 0，未变 24"), "{again:?}");
}

#[test]
fn an_interrupt_finishes_what_is_begun_and_writes_the_account() {
    let (folder, output) = office(30);
    let child = start(folder.path(), output.path(), &["--jobs", "1"]);
    wait_until("a first report", || pdfs(output.path()) > 0);
    let signal =
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(signal.success());
    let result = child.wait_with_output().expect("ends");
    assert_eq!(result.status.code(), Some(2), "{result:?}");
    let told = String::from_utf8_lossy(&result.stdout);
    assert!(told.contains("已中断") && told.contains("未处理"), "{told}");
    let text = fs::read(output.path().join("run.json")).expect("the account");
    let account: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    assert_eq!(account["interrupted"], true);
    assert_eq!(account["summary"]["made"].as_u64(), Some(pdfs(output.path()) as u64));
    assert_eq!(account["reports"].as_array().map(Vec::len), Some(30));
    assert!(output.path().join("run.html").exists());
}

#[test]
fn two_runs_at_once_and_the_second_says_why_not() {
    let (folder, output) = office(20);
    let first = start(folder.path(), output.path(), &["--jobs", "1", "-q"]);
    wait_until("a first report", || pdfs(output.path()) > 0);
    let second = run(folder.path(), output.path(), &[]);
    assert_eq!(second.status.code(), Some(2));
    let told = String::from_utf8_lossy(&second.stderr);
    let number = format!("进程 {}", first.id());
    assert!(told.contains("另一个 nianbao batch 正在写") && told.contains(&number), "{told}");
    assert!(first.wait_with_output().expect("ends").status.success());
}

/// A file system of its own of a few hundred kilobytes, where the system lets users have one.
#[test]
fn a_full_disk_fails_the_reports_that_do_not_fit() {
    let (folder, output) = office(6);
    let (bin, fonts) = (env!("CARGO_BIN_EXE_nianbao"), root().join("fonts"));
    let (reports, out) = (path(folder.path()), path(output.path()));
    let script = format!(
        "mount -t tmpfs -o size=1200k tmpfs {out} || exit 99\n\
         NIANBAO_FONTS={fonts} {bin} batch {reports} -o {out} --jobs 1; echo code $?\n\
         ls {out}/*/*.pdf | wc -l\n\
         mount -o remount,size=20m {out}\n\
         NIANBAO_FONTS={fonts} {bin} batch {reports} -o {out} --jobs 1; echo code $?\n",
        fonts = fonts.display()
    );
    let result = Command::new("unshare").args(["-rm", "sh", "-c", &script]).output();
    let Some(result) =
        result.ok().filter(|result| result.status.code() != Some(99) && !result.stdout.is_empty())
    else {
        eprintln!("no file system of one's own here: not tested");
        return;
    };
    let told = String::from_utf8_lossy(&result.stdout);
    assert!(told.contains("磁盘空间不足"), "{told}{}", String::from_utf8_lossy(&result.stderr));
    assert!(told.contains("code 2"), "{told}");
    let failed = told.split("失败 ").nth(1).and_then(|rest| rest.chars().next());
    assert!(
        failed.is_some_and(|digit| ('1'..='5').contains(&digit)),
        "some were made, some not: {told}"
    );
    assert!(told.ends_with("code 0\n"), "with room again the rest is made: {told}");
}

#[test]
fn shards_come_from_the_environment() {
    let (folder, output) = office(6);
    for task in ["0", "1"] {
        let words = ["batch", path(folder.path()), "-o", path(output.path()), "-q"];
        let mut slurm = command(&words);
        slurm
            .env("SLURM_ARRAY_TASK_ID", task)
            .env("SLURM_ARRAY_TASK_COUNT", "2")
            .env("SLURM_ARRAY_TASK_MIN", "0");
        assert!(slurm.output().expect("runs").status.success());
        let merged = command(&["batch", "--merge", path(output.path())]).output().expect("runs");
        let told = String::from_utf8_lossy(&merged.stdout);
        assert_eq!(merged.status.code(), Some(if task == "0" { 2 } else { 0 }), "{told}");
        assert_eq!(told.contains("缺少分片 2/2"), task == "0", "{told}");
    }
    assert_eq!(pdfs(output.path()), 6);
    let mut job =
        command(&["batch", path(folder.path()), "-o", path(output.path()), "--shards", "3", "-q"]);
    job.env("JOB_COMPLETION_INDEX", "2");
    assert!(job.output().expect("runs").status.success());
    assert!(output.path().join("run-3-of-3.json").exists());
}

#[test]
fn exit_codes_and_json() {
    let (folder, output) = office(2);
    let bad = factory::report(50, false, Some(factory::Fault::Blank));
    fs::write(folder.path().join("坏.toml"), bad.toml).expect("writable");
    let result = run(folder.path(), output.path(), &["--message-format", "json"]);
    assert_eq!(result.status.code(), Some(1));
    let account: serde_json::Value = serde_json::from_slice(&result.stdout).expect("JSON");
    assert_eq!(account["summary"]["refused"], 1);
    let reports = account["reports"].as_array().expect("reports");
    let refused = reports.iter().find(|report| report["status"] == "refused").expect("one");
    assert_eq!(refused["findings"][0]["rule"], "BLANK");
    let result = run(Path::new("/nowhere/at/all"), output.path(), &[]);
    assert_eq!(result.status.code(), Some(2));
    let result = run(folder.path(), output.path(), &["--name", "{agencies}"]);
    assert_eq!(result.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&result.stderr).contains("{agency}"), "{result:?}");
}
