use std::path::Path;

use super::*;

fn typesetter() -> Typesetter {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    Typesetter::new(Fonts::load(&folder, None).expect("the shipped fonts load"))
}

fn project(main: &str, files: &[(&str, &str)], data: &str) -> Project {
    let files = [("main.typ", main)].into_iter().chain(files.iter().copied());
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let layout = Layout::new(files).expect("valid paths");
    Project::new(Arc::new(layout), data.as_bytes().to_vec())
}

fn failure(main: &str) -> TypesetError {
    let project = project(main, &[("parts/bad.typ", "#let x = 1\n#let y = x +\n")], "{}");
    typesetter().typeset(&project).expect_err("a failure")
}

const PLAIN: &str = r#"
#import "parts/page.typ": page-of
#let data = json("data.json")
#page-of(data)
"#;
const PAGE: &str = r#"#let page-of(data) = {
  set text(font: data.fonts, fallback: false)
  for line in data.lines [#line #pagebreak(weak: true)]
}"#;
const DATA: &str = r#"{"fonts": ["FandolFang GB", "Noto Serif SC"], "lines": ["甲", "乙", "丙"]}"#;

#[test]
fn a_report_is_set_from_memory() {
    let project = project(PLAIN, &[("parts/page.typ", PAGE)], DATA);
    let document = typesetter().typeset(&project).expect("a document");
    assert_eq!(document.pages().len(), 3);
    let files: Vec<_> = project.files().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(files, ["main.typ", "parts/page.typ", "data.json"]);
}

#[test]
fn errors_carry_file_and_line() {
    let error = failure("#import \"parts/bad.typ\": y\n");
    assert_eq!(error.problems[0].file.as_deref(), Some("parts/bad.typ"));
    assert_eq!(error.problems[0].position.map(|(line, _)| line), Some(2));
    assert!(error.to_string().starts_with("排版失败\n  parts/bad.typ:2:"), "{error}");
}

#[test]
fn warnings_are_errors() {
    let unknown = failure("#set text(font: \"No Such Font\")\nx");
    assert!(unknown.to_string().contains("no such font"), "{unknown}");
    assert_eq!(unknown.problems[0].position, Some((1, 17)));
    let unsettled =
        failure("#let s = state(\"s\", 0)\n#context s.update(s.final() + 1)\n#context s.final()");
    assert!(unsettled.to_string().contains("仍不稳定"), "{unsettled}");
}

#[test]
fn nothing_outside_is_reached() {
    for (main, expected) in [
        ("#read(\"/etc/passwd\")", "找不到文件 etc/passwd"),
        ("#include \"none.typ\"", "找不到文件 none.typ"),
        ("#import \"@preview/cetz:0.3.0\"", "不能使用联网下载的扩展包"),
        ("#datetime.today()", "排版引擎报告"),
        ("#json(\"data.json\").title", "文档数据缺少"),
        ("#nothing", "没有定义的名称“nothing”"),
    ] {
        let error = failure(main).to_string();
        assert!(error.contains(expected), "{main}: {error}");
    }
}

#[test]
fn pictures_come_from_memory() {
    let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>"#;
    let mut project = project("#image(\"/pictures/0.svg\")", &[], "{}");
    project.add_picture("0.svg", svg.as_bytes().to_vec()).expect("a plain name");
    assert!(project.add_picture("../0.svg", Vec::new()).is_err());
    assert_eq!(typesetter().typeset(&project).expect("a document").pages().len(), 1);
    let mut broken = self::project("#image(\"/pictures/0.png\")", &[], "{}");
    broken.add_picture("0.png", b"no picture".to_vec()).expect("a plain name");
    let error = typesetter().typeset(&broken).expect_err("a failure").to_string();
    assert!(error.contains("图片无法读取"), "{error}");
}

#[test]
fn paths_of_a_layout_are_checked() {
    for path in ["../x.typ", "data.json", "pictures/x.typ", "main.typ", ""] {
        let layout = Layout::new(["main.typ", path].map(|path| (path.to_owned(), String::new())));
        assert!(layout.is_err(), "{path:?}");
    }
    assert!(Layout::new([]).is_err(), "no entry");
}

#[test]
fn a_worker_gives_the_same_pages() {
    let typesetter = typesetter();
    let project = project(PLAIN, &[("parts/page.typ", PAGE)], DATA);
    let worker = Worker::new().expect("a thread");
    let pages = worker.run(|| typesetter.typeset(&project).map(|document| document.pages().len()));
    assert_eq!(pages, Ok(3));
}

#[test]
fn a_face_that_vanishes_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    for entry in std::fs::read_dir(shipped).expect("the shipped fonts") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let copy = folder.path().join(path.file_name().expect("a name"));
            std::fs::copy(path, copy).expect("copied");
        }
    }
    let typesetter = Typesetter::new(Fonts::load(folder.path(), None).expect("fonts"));
    std::fs::remove_file(folder.path().join("FandolFangGB-Regular.ttf")).expect("removed");
    let project = project(PLAIN, &[("parts/page.typ", PAGE)], DATA);
    let error = typesetter.typeset(&project).expect_err("a failure").to_string();
    assert!(error.contains("FandolFangGB-Regular.ttf 读不出来"), "{error}");
}
