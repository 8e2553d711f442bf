//! The program as people run it: exit codes, standard output, standard error, and what is on the disk afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::root;

/// What a run left behind.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("an exit code");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// Checks the exit code.
    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    #[track_caller]
    fn out_has(self, text: &str) -> Self {
        assert!(
            self.out.contains(text),
            "no {text:?} on stdout:\n{}\nstderr:\n{}",
            self.out,
            self.err
        );
        self
    }

    #[track_caller]
    fn err_has(self, text: &str) -> Self {
        assert!(
            self.err.contains(text),
            "no {text:?} on stderr:\n{}\nstdout:\n{}",
            self.err,
            self.out
        );
        self
    }

    #[track_caller]
    fn said_nothing(self) -> Self {
        assert_eq!((self.out.as_str(), self.err.as_str()), ("", ""));
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}", self.out))
    }
}

/// A folder of its own in which the program runs.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
        self
    }

    /// Puts an example there, with changes.
    fn example(&self, name: &str, changes: &[(&str, &str)]) -> &Self {
        self.write(name, example(changes))
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("nianbao"));
        command.args(words).current_dir(self.0.path());
        for name in ["NIANBAO_FONTS", "SOURCE_DATE_EPOCH", "NO_COLOR", "COLUMNS"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, words: &[&str]) -> Run {
        Run::of(self.command(words).output().expect("the program starts"))
    }

    /// The names of all files, sorted.
    fn files(&self) -> Vec<String> {
        let walk = walkdir::WalkDir::new(self.0.path()).sort_by_file_name();
        walk.into_iter()
            .map(|entry| entry.expect("readable"))
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let path = entry.path().strip_prefix(self.0.path()).expect("inside");
                path.to_string_lossy().replace('\\', "/")
            })
            .collect()
    }
}

/// An example without findings of level error, with changes.
fn example(changes: &[(&str, &str)]) -> String {
    let mut text =
        fs::read_to_string(root().join("examples/liaocheng-2023.toml")).expect("readable");
    for (find, put) in changes {
        assert!(text.contains(find), "the example has no {find:?}");
        text = text.replacen(find, put, 1);
    }
    text
}

/// A change that breaks a sum of the example.
const BROKEN: (&str, &str) = ("[6, 0, 0, 0, 0, 0]", "[6, 0, 0, 0, 0, 0, 0]");

fn is_pdf(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"%PDF-"))
}

/// Takes away the right to write, unless the tests run with all rights.
#[cfg(unix)]
fn read_only(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o555)).expect("changed");
    fs::write(path.join("probe"), b"").is_err()
}

#[cfg(unix)]
fn writable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("changed");
}

// ---- usage ----

#[test]
fn help_is_on_stdout_and_mistakes_on_stderr() {
    let place = Place::new();
    let run = place.run(&["--help"]).ends(0).out_has("用法: nianbao").out_has("退出码");
    assert_eq!(run.err, "");
    place.run(&["help", "build"]).ends(0).out_has("--emit");
    place.run(&["--version"]).ends(0).out_has("nianbao ");
    let run = place.run(&["chekc"]).ends(2).err_has("没有 chekc 这个命令").err_has("check");
    assert_eq!(run.out, "");
    place.run(&[]).ends(2).err_has("用法");
    place.run(&["check"]).ends(2).err_has("还缺");
    place.run(&["check", "a", "--message-format", "xml"]).ends(2).err_has("human、short、json");
    place.run(&["build", "a", "--nope"]).ends(2).err_has("--nope");
    place.run(&["build", "a", "--standard", "a-9"]).ends(2).err_has("a-9");
    place.run(&["batch", "a", "-o", "b", "--shard", "4/3"]).ends(2).err_has("I/N");
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    use std::process::Stdio;
    let place = Place::new();
    let mut command = place.command(&["explain", "--all"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stderr, b"");
}

// ---- check ----

#[test]
fn check_says_what_is_wrong() {
    let place = Place::new();
    place.example("good.toml", &[]).example("bad.toml", &[BROKEN]);
    place.run(&["check", "good.toml"]).ends(0).out_has("可以报送：0 处错误");
    let run = place.run(&["check", "bad.toml"]).ends(1);
    let run = run.out_has("错误[T3-ROW-SUM]").out_has("不可以报送：2 处错误").out_has("bad.toml:");
    assert!(run.out.contains('^') && !run.out.contains('\u{1b}'), "{}", run.out);
    assert_eq!(run.err, "");
    let run = place.run(&["check", "bad.toml", "good.toml"]).ends(1);
    run.out_has("good.toml: 可以报送").out_has("共 2 份，其中 1 份不可以报送");
    place.run(&["check", "-q", "good.toml"]).ends(0);
}

#[test]
fn check_speaks_every_form() {
    let place = Place::new();
    place.example("bad.toml", &[BROKEN]);
    let run = place.run(&["check", "bad.toml", "--message-format", "json"]).ends(1);
    let document = run.json();
    assert_eq!(document["version"], 1);
    let report = &document["reports"][0];
    assert_eq!(report["path"], "bad.toml");
    assert_eq!(
        (&report["format"], &report["year"], &report["errors"]),
        (&"2021".into(), &2023.into(), &2.into())
    );
    let rules: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().map(|f| &f["rule"]).collect();
    assert!(rules.contains(&&Value::from("T3-ROW-SUM")), "{rules:?}");
    let finding =
        report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "T3-ROW-SUM").unwrap();
    assert_eq!(finding["where"], "requests.granted.total");
    assert_eq!((&finding["reported"], &finding["computed"]), (&"0".into(), &"6".into()));
    let run = place.run(&["check", "bad.toml", "--message-format", "sarif"]).ends(1);
    assert_eq!(run.json()["version"], "2.1.0");
    let run = place.run(&["check", "bad.toml", "--message-format", "github"]).ends(1);
    assert!(run.out.starts_with("::error file=bad.toml,line="), "{}", run.out);
    let run = place.run(&["check", "bad.toml", "--message-format", "short"]).ends(1);
    assert!(run.out.starts_with("bad.toml:"), "{}", run.out);
    place.run(&["check", "bad.toml", "--color", "always"]).ends(1).out_has("\u{1b}[");
}

#[test]
fn denied_warnings_are_findings() {
    let place = Place::new();
    // A decree with a wrong number is a warning, a wrong format for the year as well.
    place.example("a.toml", &[("[report]", "format = \"2019\"\n[report]")]);
    let warned = [("year = 2023", "year = 2020")];
    place
        .example("b.toml", &warned)
        .write("b.toml", format!("format = \"2021\"\n{}", example(&warned)));
    let run = place.run(&["check", "b.toml"]).ends(0).out_has("提醒[FORMAT-YEAR]");
    assert!(run.out.contains("可以报送，另有 "), "{}", run.out);
    place.run(&["check", "b.toml", "--deny", "warnings"]).ends(1).out_has("不可以报送：0 处错误");
    place.run(&["build", "b.toml", "--deny", "warnings"]).ends(1);
    assert!(!place.path("b.pdf").exists());
}

#[test]
fn check_searches_folders() {
    let place = Place::new();
    place
        .example("x/a.toml", &[])
        .example("x/y/b.toml", &[])
        .example("x/.hidden/c.toml", &[BROKEN]);
    place.write("x/Cargo.toml", "[package]\nname = \"x\"\n").write("x/readme.txt", "[report]");
    let run = place.run(&["check", "x"]).ends(0).out_has("共 2 份，全部可以报送");
    let run = run.err_has("跳过").err_has("Cargo.toml");
    assert!(!run.out.contains("hidden"), "{}", run.out);
    place
        .write("empty/x.toml", "a = 1")
        .run(&["check", "empty"])
        .ends(2)
        .err_has("没有找到年报数据文件");
    // A file that is named is read, whatever it holds.
    place.run(&["check", "x/Cargo.toml"]).ends(1);
}

#[test]
fn check_says_what_cannot_be_read() {
    let place = Place::new();
    place.example("good.toml", &[]);
    let run = place.run(&["check", "none.toml", "good.toml"]).ends(2);
    run.err_has("无法读取 none.toml").err_has("不存在").out_has("可以报送");
    place.run(&["check", "good.toml", "--previous", "none.toml"]).ends(2).err_has("none.toml");
    place.run(&["check", "good.toml", "--templates", "none"]).ends(2).err_has("none");
    place.run(&["check", "good.toml", "--fonts", "none"]).ends(2).err_has("none");
    let mut command = place.command(&["check", "good.toml"]);
    let run = Run::of(command.env("NIANBAO_FONTS", place.path("none")).output().expect("starts"));
    run.ends(2).err_has("字体文件夹不存在");
}

#[cfg(unix)]
#[test]
fn check_of_an_unreadable_file_fails() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.example("a.toml", &[]);
    fs::set_permissions(place.path("a.toml"), fs::Permissions::from_mode(0o000)).expect("changed");
    if fs::read(place.path("a.toml")).is_err() {
        place.run(&["check", "a.toml"]).ends(2).err_has("没有权限");
    }
}

#[test]
fn another_encoding_is_told_and_repaired() {
    let place = Place::new();
    let text = example(&[]);
    let (bytes, ..) = encoding_rs::GB18030.encode(&text);
    place.write("a.toml", &bytes);
    place.run(&["check", "a.toml"]).ends(1).out_has("错误[ENCODING]").out_has("--fix-encoding");
    place.run(&["check", "--fix-encoding", "a.toml"]).ends(0).err_has("原文件存为 a.toml.bak");
    assert_eq!(fs::read_to_string(place.path("a.toml")).expect("UTF-8"), text);
    assert_eq!(fs::read(place.path("a.toml.bak")).expect("kept"), *bytes);
    place.run(&["check", "--fix-encoding", "a.toml"]).ends(0);
    assert_eq!(place.files(), ["a.toml", "a.toml.bak"]);
}

// ---- build ----

#[test]
fn build_writes_the_pdf_beside_the_file() {
    let place = Place::new();
    place.example("年报 2023.toml", &[]);
    place.run(&["build", "年报 2023.toml"]).ends(0).out_has("已生成 年报 2023.pdf").out_has("页");
    assert!(is_pdf(&place.path("年报 2023.pdf")));
    assert_eq!(place.files(), ["年报 2023.pdf", "年报 2023.toml"]);
    let first = fs::read(place.path("年报 2023.pdf")).expect("readable");
    place.run(&["build", "年报 2023.toml", "-q", "-o", "out"]).ends(0);
    assert_eq!(
        fs::read(place.path("out/年报 2023.pdf")).expect("readable"),
        first,
        "same input, same bytes"
    );
}

#[test]
fn build_writes_nothing_with_errors() {
    let place = Place::new();
    place.example("a.toml", &[BROKEN]).write("a.pdf", b"old");
    let run = place.run(&["build", "a.toml"]).ends(1);
    run.out_has("错误[T3-ROW-SUM]").out_has("不可以报送").err_has("没有生成");
    assert_eq!(fs::read(place.path("a.pdf")).expect("readable"), b"old");
    assert_eq!(place.files(), ["a.pdf", "a.toml"]);
    place.run(&["build", "a.toml", "--draft"]).ends(1).out_has("已生成草稿 a.pdf");
    assert!(is_pdf(&place.path("a.pdf")));
}

#[test]
fn build_goes_on_with_the_other_reports() {
    let place = Place::new();
    place
        .example("bad.toml", &[BROKEN])
        .example("good.toml", &[])
        .write("broken.toml", "[report\n");
    let run =
        place.run(&["build", "bad.toml", "broken.toml", "good.toml", "-o", "out/deep"]).ends(1);
    run.out_has("已生成 out/deep/good.pdf").out_has("共 3 份，其中 2 份不可以报送");
    assert_eq!(place.files(), ["bad.toml", "broken.toml", "good.toml", "out/deep/good.pdf"]);
}

#[test]
fn build_emits_every_kind() {
    let place = Place::new();
    place.example("a.toml", &[]);
    place
        .run(&["build", "a.toml", "--emit", "pdf,png,svg,typ", "--ppi", "48", "-o", "out"])
        .ends(0);
    let files = place.files();
    for name in
        ["out/a.pdf", "out/a-1.png", "out/a-1.svg", "out/a.typ/main.typ", "out/a.typ/data.json"]
    {
        assert!(files.iter().any(|file| file == name), "no {name} in {files:?}");
    }
    assert!(fs::read(place.path("out/a-1.png")).expect("readable").starts_with(b"\x89PNG"));
    let pages = files.iter().filter(|file| file.ends_with(".png")).count();
    assert_eq!(pages, files.iter().filter(|file| file.ends_with(".svg")).count());
    assert!(pages >= 3, "{files:?}");
}

#[test]
fn build_takes_a_file_name() {
    let place = Place::new();
    place.example("a.toml", &[]).example("b.toml", &[]);
    place.run(&["build", "a.toml", "-o", "sub/报告.PDF"]).ends(0);
    assert!(is_pdf(&place.path("sub/报告.PDF")));
    place.run(&["build", "a.toml", "b.toml", "-o", "x.pdf"]).ends(2).err_has("不能都写到 x.pdf");
    place.run(&["build", "a.toml", "-o", "x.png"]).ends(2).err_has("--emit png");
    fs::create_dir(place.path("folder.pdf")).expect("made");
    place.run(&["build", "a.toml", "-o", "folder.pdf"]).ends(2).err_has("folder.pdf 是文件夹");
    assert_eq!(place.files(), ["a.toml", "b.toml", "sub/报告.PDF"]);
}

#[test]
fn build_destroys_no_input() {
    let place = Place::new();
    let text = example(&[]);
    place.write("a.pdf", &text).write("x/a.toml", &text).write("y/a.toml", &text);
    place
        .run(&["build", "a.pdf"])
        .ends(2)
        .err_has("a.pdf 不是数据文件")
        .err_has("nianbao import a.pdf");
    place.run(&["build", "x/a.toml", "-o", "x/a.toml"]).ends(2).err_has("已经是一个文件");
    let run = place.run(&["build", "x/a.toml", "y/a.toml", "-o", "out"]).ends(2);
    run.err_has("x/a.toml").err_has("y/a.toml").err_has("都要写到");
    place.run(&["build", "x/a.toml", "x/../x/a.toml"]).ends(2).err_has("给了两次");
    place.run(&["build", "x"]).ends(2).err_has("是文件夹").err_has("batch");
    place.run(&["build", "none.toml"]).ends(2).err_has("无法读取 none.toml");
    assert_eq!(fs::read_to_string(place.path("a.pdf")).expect("kept"), text);
    assert_eq!(place.files(), ["a.pdf", "x/a.toml", "y/a.toml"]);
}

#[test]
fn build_spares_the_pictures_of_the_report() {
    let place = Place::new();
    let picture = [("![主动公开信息数量](chart:by_channel)", "![图](a-1.png)")];
    place.example("a.toml", &[]).run(&["build", "a.toml", "--emit", "png", "--ppi", "36"]).ends(0);
    let page = fs::read(place.path("a-1.png")).expect("a page");
    place.example("a.toml", &picture);
    place.run(&["build", "a.toml", "--emit", "png"]).ends(2).err_has("a-1.png 是报告里的图片");
    assert_eq!(fs::read(place.path("a-1.png")).expect("kept"), page);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_told() {
    let place = Place::new();
    place.example("a.toml", &[]);
    fs::create_dir(place.path("locked")).expect("made");
    if read_only(&place.path("locked")) {
        place.run(&["build", "a.toml", "-o", "locked"]).ends(2).err_has("没有权限");
        place.run(&["init", "locked/b.toml", "--year", "2023"]).ends(2).err_has("没有权限");
        place.run(&["schema", "2021", "-o", "locked/s.json"]).ends(2).err_has("没有权限");
    }
    writable(&place.path("locked"));
    // Where the tests have all rights, a file in the way of the folder stands for it.
    place.write("file", b"");
    place.run(&["build", "a.toml", "-o", "file/deep"]).ends(2).err_has("file/deep");
    assert_eq!(fs::read(place.path("file")).expect("kept"), b"");
}

#[cfg(unix)]
#[test]
fn an_interrupted_build_leaves_the_old_file_or_the_new() {
    let place = Place::new();
    place.example("a.toml", &[]).run(&["build", "a.toml"]).ends(0);
    let new = fs::read(place.path("a.pdf")).expect("built");
    for delay in [0, 5, 15, 30, 60, 90, 130, 180] {
        place.write("a.pdf", b"old");
        let mut child = place.command(&["build", "a.toml", "-q"]).spawn().expect("starts");
        std::thread::sleep(std::time::Duration::from_millis(delay));
        let _ = child.kill();
        child.wait().expect("ends");
        let found = fs::read(place.path("a.pdf")).expect("there");
        assert!(found == b"old" || found == new, "{} bytes after {delay} ms", found.len());
    }
    place.run(&["build", "a.toml", "-q"]).ends(0);
    assert_eq!(fs::read(place.path("a.pdf")).expect("there"), new);
}

#[test]
fn json_stays_one_document_while_building() {
    let place = Place::new();
    place.example("a.toml", &[]);
    let run =
        place.run(&["build", "a.toml", "--message-format", "json"]).ends(0).err_has("已生成 a.pdf");
    assert_eq!(run.json()["reports"][0]["errors"], 0);
}

// ---- init, schema ----

#[test]
fn init_writes_a_file_that_can_be_filled() {
    let place = Place::new();
    place
        .run(&["init", "--year", "2023", "--agency", "某市某局", "a.toml"])
        .ends(0)
        .out_has("已新建 a.toml");
    assert_eq!(place.files(), ["a.toml", "nianbao-2021.schema.json"]);
    place.run(&["check", "a.toml"]).ends(1).out_has("错误[MISSING]");
    let text = fs::read_to_string(place.path("a.toml")).expect("readable");
    let problems = "一是公开的范围不够宽，二是解读的形式还比较单一，需要继续改进。";
    let filled = text.replace("= \"\"\"\n\"\"\"", &format!("= \"\"\"\n{problems}\n\"\"\""));
    place.write("a.toml", filled).run(&["check", "a.toml"]).ends(0).out_has("可以报送");
    place.run(&["build", "a.toml"]).ends(0);
    assert!(is_pdf(&place.path("a.pdf")));
}

#[test]
fn init_never_overwrites() {
    let place = Place::new();
    place.write("a.toml", "mine");
    place.run(&["init", "a.toml", "--year", "2023"]).ends(2).err_has("已经存在");
    assert_eq!(fs::read(place.path("a.toml")).expect("kept"), b"mine");
    place.run(&["init", ".", "--year", "2023"]).ends(2).err_has("是文件夹");
    place.run(&["init", "no/a.toml", "--year", "2023"]).ends(2).err_has("no/a.toml");
    place.run(&["init", "b.toml", "--year", "1999"]).ends(2).err_has("1999 年度没有统一格式");
    place.run(&["init", "b.toml", "--format", "x"]).ends(2).err_has("没有“x”这个格式");
    assert_eq!(place.files(), ["a.toml"]);
}

#[test]
fn init_takes_over_what_last_year_determines() {
    let place = Place::new();
    place
        .example("2023.toml", &[("carried_forward = 0 ", "carried_forward = [2, 0, 0, 0, 0, 0] ")]);
    let run =
        place.run(&["init", "2024.toml", "--previous", "2023.toml"]).ends(0).out_has("2024 年度");
    run.err_has("2023.toml 有");
    let text = fs::read_to_string(place.path("2024.toml")).expect("readable");
    assert!(text.contains("聊城市人力资源和社会保障局"), "{text}");
    assert!(text.contains("carried_over    = [2, 0, 0, 0, 0, 0]"), "{text}");
    place.run(&["init", "x.toml", "--previous", "none.toml"]).ends(2).err_has("none.toml");
    place.write("junk.toml", "[report\n");
    place.run(&["init", "x.toml", "--previous", "junk.toml"]).ends(2).err_has("junk.toml");
    assert!(!place.path("x.toml").exists());
}

#[test]
fn schema_is_json() {
    let place = Place::new();
    let run = place.run(&["schema", "2021"]).ends(0);
    assert_eq!(run.json()["$schema"], "http://json-schema.org/draft-07/schema#");
    place.run(&["schema", "2021", "-o", "s.json"]).ends(0).out_has("已生成 s.json");
    assert_eq!(fs::read_to_string(place.path("s.json")).expect("readable"), run.out);
    place.run(&["schema", "2020"]).ends(2).err_has("没有“2020”这个格式").err_has("2021");
}

// ---- lists ----

#[test]
fn formats_are_listed() {
    let place = Place::new();
    let run = place.run(&["formats"]).ends(0).out_has("2019—2020 年度").out_has("2021 年度起");
    run.out_has("国办公开办函〔2021〕30号").out_has("内置");
    let run = place.run(&["formats", "--message-format", "json"]).ends(0);
    let ids: Vec<Value> = run.json()["formats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|format| format["id"].clone())
        .collect();
    assert_eq!(ids, ["2019", "2021"]);
}

#[test]
fn fonts_are_listed_with_what_a_report_lacks() {
    let place = Place::new();
    place.run(&["fonts"]).ends(0).out_has("小标宋").out_has("仿宋").out_has("首选");
    place.example("a.toml", &[]).run(&["fonts", "a.toml"]).ends(0).out_has("没有缺字");
    place.example("b.toml", &[("2023年，我局", "\u{1F004}，我局")]);
    let run = place.run(&["fonts", "b.toml"]).ends(1).out_has("缺字").out_has("U+1F004");
    drop(run);
    let run = place.run(&["fonts", "b.toml", "--message-format", "json"]).ends(1);
    assert_eq!(run.json()["lacking"].as_array().map(Vec::len), Some(1), "{}", run.out);
    place.run(&["fonts", "none.toml"]).ends(2).err_has("none.toml");
}

/// A file that is no PDF cannot be verified: that is no finding about a report.
#[test]
fn what_is_no_pdf_cannot_be_verified() {
    let place = Place::new();
    place.write("report.pdf", "[report]\nyear = 2023\n").write("torn.pdf", "%PDF-1.7\n1 0 obj\n");
    place.run(&["verify", "report.pdf"]).ends(2).out_has("不是 PDF");
    place.run(&["verify", "torn.pdf"]).ends(2).out_has("读不了");
    place.run(&["verify", "none.pdf"]).ends(2).err_has("none.pdf");
}

#[test]
fn rules_are_explained() {
    let place = Place::new();
    let run = place.run(&["explain", "t3-row-sum"]).ends(0).out_has("T3-ROW-SUM（错误）");
    run.out_has("查什么").out_has("错例").out_has("改为").out_has("依据").out_has("不能豁免");
    place.run(&["explain", "PREV-CARRY"]).ends(0).out_has("[[waivers]]");
    place.run(&["explain"]).ends(0).out_has("T3-BALANCE").out_has("MISSING");
    place.run(&["explain", "T3-ROWSUM"]).ends(2).err_has("是不是 T3-ROW-SUM");
    place.run(&["explain", "qwertyuiop"]).ends(2).err_has("没有 qwertyuiop 这条规则");
}

#[test]
fn every_rule_has_an_example_and_a_ground() {
    let catalog = nianbao::format::Catalog::load(None).expect("built-in formats load");
    for format in catalog.formats() {
        for rule in nianbao::explain::explanations(format) {
            let parts = [&rule.title, &rule.summary, &rule.basis, &rule.example, &rule.repair];
            assert!(parts.iter().all(|part| !part.is_empty()), "{}: {rule:#?}", format.id());
            let text = nianbao::explain::text(rule);
            for line in text.lines() {
                assert!(nianbao::emit::width(line) <= 80, "{line}");
            }
        }
    }
}

#[test]
fn the_page_of_rules_is_current() {
    let run = Place::new().run(&["explain", "--all", "--markdown"]).ends(0);
    let path = root().join("docs/rules.zh.md");
    if std::env::var_os("NIANBAO_UPDATE").is_some() {
        fs::write(&path, &run.out).expect("written");
    }
    let page = fs::read_to_string(path).expect("docs/rules.zh.md");
    assert!(
        page == run.out,
        "docs/rules.zh.md is old: nianbao explain --all --markdown > docs/rules.zh.md"
    );
}

#[test]
fn completions_know_the_commands() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        place.run(&["completions", shell]).ends(0).out_has("message-format").out_has("explain");
    }
    place.run(&["completions", "tcsh"]).ends(2).err_has("tcsh");
}

#[test]
fn quiet_is_quiet() {
    let place = Place::new();
    place.example("a.toml", &[]);
    place.run(&["build", "a.toml", "-q"]).ends(0).said_nothing();
    place.run(&["check", "a.toml", "-q"]).ends(0).said_nothing();
    place.run(&["init", "b.toml", "--year", "2023", "-q"]).ends(0).said_nothing();
}
