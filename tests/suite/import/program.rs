//! `import` and `check` of foreign files from the command line.

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

use crate::support::root;

fn nianbao() -> Command {
    Command::cargo_bin("nianbao").expect("the program")
}

fn case(folder: &tempfile::TempDir, name: &str) -> std::path::PathBuf {
    let path = folder.path().join(name);
    fs::copy(root().join("tests/cases/import").join(name), &path).expect("a copy");
    path
}

#[test]
fn import_writes_a_data_file_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = case(&folder, "a--merged.docx");
    let output = nianbao().arg("import").arg(&path).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("表二 10/10 格，表三 175/175 格，表四 15/15 格，正文 10 段，未归类 0 段"),
        "{said}"
    );
    let data = path.with_extension("toml");
    nianbao().arg("check").arg(&data).assert().success();
    let before = fs::read(&data).expect("a data file");
    let again = nianbao().arg("import").arg(&path).output().expect("it runs");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("已经存在"));
    assert_eq!(fs::read(&data).expect("a data file"), before);
}

#[test]
fn findings_on_a_word_file_name_places_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("错.html");
    let page = fs::read_to_string(root().join("tests/cases/import/a--plain.html")).expect("a case");
    // The total of a row is one too many.
    let at = page.find("一、本年新收").expect("the row");
    let end = at + page[at..].find("</tr>").expect("its end");
    let cell = page[..end].rfind("<td>").expect("a cell") + 4;
    let broken = format!("{}9{}", &page[..cell], &page[cell..]);
    fs::write(&path, broken).expect("a page");
    let output =
        nianbao().args(["check", "--message-format", "json"]).arg(&path).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = json["reports"][0]["findings"].as_array().expect("findings").clone();
    let sum = findings.iter().find(|f| f["rule"] == "T3-ROW-SUM").expect("the wrong sum");
    assert_eq!(sum["span"], Value::Null);
    assert_eq!(sum["where"], "requests.received.total");
    assert_eq!(sum["source"]["place"], "表2 第4行第10列");
    let human = nianbao().arg("check").arg(&path).output().expect("it runs");
    let human = String::from_utf8_lossy(&human.stdout).into_owned();
    assert!(human.contains("错.html 表2 第4行第10列"), "{human}");
}

#[test]
fn build_of_a_foreign_file_names_import() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = case(&folder, "a--merged.docx");
    let output = nianbao().arg("build").arg(&path).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nianbao import"));
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("坏.docx");
    fs::write(&path, b"PK\x03\x04 no").expect("a file");
    for command in ["check", "import"] {
        let output = nianbao().arg(command).arg(&path).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("损坏"), "{command}");
    }
}
