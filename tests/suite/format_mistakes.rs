//! Mistakes in a user's format: each is named with file, line, column and what was probably meant, all at once.

use std::fs;
use std::path::Path;
use std::process::Command;

use nianbao::format::{Catalog, survey_directory};

use crate::factory;
use crate::support::root;

const FORMAT: &str = "id = \"2030\"\nextends = \"2021\"\nname = \"x\"\nyears = { from = 2030 }\n";
const OPEN: &str = "[[table]]\nkey = \"requests\"\n[[table.section]]\nkey = \"requests\"\n";

/// Writes a format of some files; those that are not given are as they should be.
fn write(folder: &Path, files: &[(&str, &str)]) {
    let home = folder.join("2030");
    fs::create_dir_all(&home).expect("a folder");
    fs::write(home.join("format.toml"), FORMAT).expect("a file");
    for (name, text) in files {
        fs::write(home.join(name), text).expect("a file");
    }
}

/// All mistakes of a format as lines, without the folder.
fn mistakes(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), files);
    let home = format!("{}/2030/", folder.path().display());
    let surveys = survey_directory(folder.path()).expect("a folder of formats");
    let found: Vec<String> = surveys
        .iter()
        .flat_map(|survey| &survey.mistakes)
        .map(|mistake| {
            let word = if mistake.is_doubt { "?" } else { "" };
            format!("{word}{}", mistake.to_string().replace(&home, ""))
        })
        .collect();
    let loaded = Catalog::load(Some(folder.path()));
    let is_wrong = found.iter().any(|line| !line.starts_with('?'));
    assert_eq!(loaded.is_err(), is_wrong, "what --check finds, loading refuses: {found:?}");
    found
}

#[test]
fn each_mistake_has_its_line_and_what_was_meant() {
    let row = |text: &str| format!("{OPEN}[[table.section.row]]\n{text}");
    for (file, text, wanted) in [
        (
            "schema.toml",
            row("key = \"granted\"\nremvoe = true\n"),
            "schema.toml:7:1: 没有 remvoe 这个键，是不是 remove？",
        ),
        (
            "schema.toml",
            row("key = \"grantd\"\nremove = true\n"),
            "schema.toml:6:7: 要删的 grantd 不在沿用的 row 里，是不是 granted？",
        ),
        (
            "schema.toml",
            row("key = \"granted\"\nremove = \"true\"\n"),
            "schema.toml:7:10: remove 只能写 true",
        ),
        (
            "schema.toml",
            row("key = \"new_row\"\nlabel = \"新\"\nunder = [\"results\"]\nafter = \"recieved\"\n"),
            "schema.toml:9:9: after 指的 recieved 不在 row 里，是不是 received？",
        ),
        (
            "schema.toml",
            row("key = \"new_row\"\nlabel = \"新\"\nunder = [\"result\"]\n"),
            "schema.toml:8:10: 行 new_row 的 under 用了没有的组 result，是不是 results？",
        ),
        (
            "schema.toml",
            row("key = \"grantd\"\nunder = [\"results\"]\n"),
            "schema.toml:6:7: 沿用的 row 里没有 grantd，是不是 granted？",
        ),
        (
            "schema.toml",
            row("key = \"grantd\"\nlabel = \"（一）\"\nunder = [\"results\"]\n"),
            "?schema.toml:6:7: grantd 是新增的",
        ),
        (
            "schema.toml",
            row("key = \"Neu\"\nlabel = \"新\"\n"),
            "schema.toml:6:7: 键名 Neu 只能用小写字母",
        ),
        ("schema.toml", row("label = \"新\"\n"), "schema.toml:5:1: row 的这一项缺少 key"),
        (
            "schema.toml",
            row("key = \"received\"\nremove = true\n"),
            "schema.toml:6:7: 规则 T3-BALANCE（沿用的）的 left 要用 received",
        ),
        (
            "schema.toml",
            row("key = \"granted\"\nlabel = 3\n"),
            "schema.toml:7:9: label 应当是文字，写成了数字",
        ),
        (
            "schema.toml",
            format!("{OPEN}columns = [ {{ key = \"x\", label = \"x\", kind = \"amuont\" }} ]\n"),
            "kind 不能是 amuont，是不是 amount？",
        ),
        (
            "schema.toml",
            "[[tabel]]\nkey = \"requests\"\n".to_owned(),
            "schema.toml:1:3: 没有 tabel 这个键，是不是 table？",
        ),
        (
            "rules.toml",
            "[[rule]]\ncode = \"T4-SUM\"\nlevl = \"warning\"\n".to_owned(),
            "rules.toml:3:1: 没有 levl 这个键，是不是 level？",
        ),
        (
            "rules.toml",
            "[[rule]]\ncode = \"T4-SUM\"\nlevel = \"warn\"\n".to_owned(),
            "rules.toml:3:9: level 不能是 warn",
        ),
        (
            "rules.toml",
            "[[rule]]\ncode = \"T4-SUM\"\ntable = \"appeal\"\n".to_owned(),
            "rules.toml:3:9: 规则 T4-SUM 用了没有的表 appeal，是不是 appeals？",
        ),
        (
            "format.toml",
            FORMAT.replace("extends = \"2021\"", "extends = \"202l\""),
            "format.toml:2:11: extends = \"202l\" 找不到这个格式，或者互相引用，是不是 2021？",
        ),
        (
            "format.toml",
            FORMAT.replace("name", "nmae"),
            "format.toml:3:1: 没有 nmae 这个键，是不是 name？",
        ),
        (
            "format.toml",
            format!("{FORMAT}[[part]]\nkey = \"problems\"\nheading = \"五、\n"),
            "format.toml:7:",
        ),
        (
            "scheme.toml",
            OPEN.to_owned(),
            "scheme.toml:1:1: 格式里没有叫 scheme.toml 的文件，是不是 schema.toml？",
        ),
    ] {
        let found = mistakes(&[(file, &text)]);
        assert!(
            found
                .iter()
                .any(|line| line.starts_with(wanted)
                    || line.contains(wanted) && !wanted.contains(':')),
            "{wanted}: {found:?}\n{text}"
        );
    }
}

#[test]
fn all_mistakes_of_all_files_are_named_at_once() {
    let schema = format!(
        "{OPEN}[[table.section.row]]\nkey = \"granted\"\nlable = \"x\"\n[[table.section.row]]\nkey = \"xxx.yyy\"\nremove = true\n"
    );
    let rules = "[[rule]]\ncode = \"T4-SUM\"\nlevl = \"note\"\n";
    let found = mistakes(&[("schema.toml", &schema), ("rules.toml", rules)]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(mistakes(&[]).is_empty());
}

#[test]
fn templates_may_be_one_format_or_says_what_it_wants() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &[]);
    let ids = |path: &Path| {
        Catalog::load(Some(path)).map(|catalog| catalog.ids()).map_err(|error| error.to_string())
    };
    assert_eq!(ids(folder.path()).as_deref(), Ok("2030、2019、2021"));
    assert_eq!(ids(&folder.path().join("2030")).as_deref(), Ok("2030、2019、2021"));
    let above = tempfile::tempdir().expect("a temporary folder");
    let inner = above.path().join("a/b");
    fs::create_dir_all(&inner).expect("a folder");
    let error = ids(above.path()).expect_err("no format");
    assert!(error.contains("里面没有格式"), "{error}");
    write(&inner, &[]);
    let error = ids(above.path()).expect_err("one level too high");
    let meant = format!("--templates {}", inner.display());
    assert!(error.contains(&meant), "{error}");
}

fn nianbao(folder: &Path, words: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(words)
        .current_dir(folder)
        .env("NIANBAO_FONTS", root().join("fonts"))
        .output()
        .expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&text).into_owned(), output.status.code())
}

#[test]
fn a_folder_is_rewritten_in_one_command_that_goes_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let old = folder.path().join("old");
    let paths = factory::write_folder(&old, 6, 0);
    let first = fs::read_to_string(&paths[0]).expect("a report");
    let withs =
        format!("#:schema ./nianbao-2021.schema.json\n{}", first.replace("misc = ", "misc    = "));
    fs::write(&paths[0], &withs).expect("a file");
    fs::write(old.join("broken.toml"), "[report]\nagency = “x”\n").expect("a file");
    let templates = root().join("tests/cases/formats").display().to_string();
    let words = ["--templates", &templates, "migrate", "old", "--to", "2026", "-o", "new"];
    let (text, code) = nianbao(folder.path(), &words);
    assert_eq!(code, Some(2), "one file cannot be read: {text}");
    assert!(text.contains("broken.toml：第 2 行"), "{text}");
    assert!(text.contains("改写 6 份"), "{text}");
    assert_eq!(fs::read_to_string(&paths[0]).expect("a report"), withs, "old files stay");
    let new = folder.path().join("new").join(paths[0].strip_prefix(&old).expect("inside"));
    assert!(new.exists() && new.with_file_name("nianbao-2026.schema.json").exists());
    for list in ["改写账目-2026.csv", "待办-2026.csv"] {
        let bytes = fs::read(folder.path().join("new").join(list)).expect("a list");
        assert!(bytes.starts_with(b"\xEF\xBB\xBF"));
    }
    // Somebody works on one; another is lost; the second run leaves the first alone and makes the other again.
    let edited = format!("{}# 已核对\n", fs::read_to_string(&new).expect("a report"));
    fs::write(&new, &edited).expect("a file");
    let other = folder.path().join("new").join(paths[1].strip_prefix(&old).expect("inside"));
    fs::remove_file(&other).expect("it is there");
    let (text, _) = nianbao(folder.path(), &words);
    assert!(text.contains("改写 1 份，以前已改写 4 份，改写后又改动过、没有再动 1 份"), "{text}");
    assert_eq!(fs::read_to_string(&new).expect("a report"), edited);
    assert!(other.exists());
}

#[test]
fn init_across_formats_names_what_has_no_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = factory::report(3, false, None).toml;
    let start = text.find("carried_forward = ").expect("the row");
    let line = text[start..].lines().next().expect("a line").to_owned();
    let text = text.replace(&line, "carried_forward = [17, 0, 0, 4, 0, 0]");
    // Last year's file: of the year before.
    let year = text.find("year = ").expect("the year") + "year = ".len();
    let text = format!("{}2025{}", &text[..year], &text[year + 4..]);
    fs::write(folder.path().join("last.toml"), text).expect("a file");
    let templates = root().join("tests/cases/formats").display().to_string();
    let words = [
        "--templates",
        &templates,
        "init",
        "--year",
        "2026",
        "--previous",
        "last.toml",
        "next.toml",
    ];
    let (told, code) = nianbao(folder.path(), &words);
    assert_eq!(code, Some(0), "{told}");
    let next = fs::read_to_string(folder.path().join("next.toml")).expect("the new file");
    let todo = "# TODO carried_over = [17, 0, 0, 0, 0, 0]  # 二、上年结转政府信息公开申请数量：上年的“四、结转下年度继续办理·社会公益组织”4没有位置";
    assert!(next.contains(todo), "{next}");
    assert!(told.contains("要由人决定"), "{told}");
}

#[test]
fn an_exported_format_stands_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (text, code) = nianbao(folder.path(), &["formats", "--export", "2021", "whole"]);
    assert_eq!(code, Some(0), "{text}");
    let manifest =
        fs::read_to_string(folder.path().join("whole/2021/format.toml")).expect("a file");
    assert!(!manifest.contains("extends"), "{manifest}");
    let (text, code) = nianbao(folder.path(), &["formats", "--check", "whole"]);
    assert_eq!((code, text.contains("格式没有问题")), (Some(0), true), "{text}");
    let shown = |words: &[&str]| nianbao(folder.path(), words).0;
    let schema = shown(&["formats", "--show", "2021", "schema.toml"]);
    assert!(schema.contains("other.not_corrected") && !schema.contains("remove"), "{schema}");
    assert!(shown(&["formats", "--show", "2021", "shema.toml"]).contains("是不是 schema.toml"));
    assert!(shown(&["formats", "--show", "2012"]).contains("没有这个格式"));
    let again = nianbao(folder.path(), &["formats", "--export", "2021", "whole"]);
    assert_eq!(again.1, Some(2), "an export overwrites nothing");
}

#[test]
fn a_rehearsal_shows_both_and_what_would_fail() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let old = folder.path().join("reports");
    fs::create_dir_all(&old).expect("a folder");
    let report = factory::report(0, false, None).toml;
    fs::write(old.join("a.toml"), &report).expect("a file");
    fs::write(old.join("b.toml"), "[report]\nagency = “x”\n").expect("a file");
    let templates = root().join("tests/cases/formats").display().to_string();
    let words = ["--templates", &templates, "formats", "--compare", "2021", "2026", "reports"];
    let (text, code) = nianbao(folder.path(), &words);
    assert_eq!(code, Some(1), "one cannot be made: {text}");
    assert!(text.contains("b.toml  做不成：第 2 行") && text.contains("做不成 1 份"), "{text}");
    let out = folder.path().join("reports-预演-2021-2026");
    let page = fs::read_to_string(out.join("index.html")).expect("the page");
    assert!(page.contains("a.toml") && page.contains("<img "), "{page}");
    assert!(fs::read_dir(out.join("a")).expect("pictures").count() > 0);
}
