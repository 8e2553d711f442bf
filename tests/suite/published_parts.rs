//! What published reports hold beside the form: it is checked, printed in its place, and found again.

use nianbao::verify;

use crate::paper::Paper;
use crate::support::{findings, generator, root};

fn joint() -> String {
    let path = root().join("tests/cases/published-parts/joint.toml");
    std::fs::read_to_string(path).expect("the case is there")
}

#[test]
fn everything_stands_in_its_place() {
    let paper = Paper::of(&joint());
    assert_eq!(findings(&paper.checked), Vec::<String>::new());
    let text: String = paper.text().split_whitespace().collect();
    let mut at = 0;
    for piece in [
        "云河市人民政府",
        "云河市经济技术开发区管理委员会",
        "2023年政府信息公开工作年度报告",
        "（四）政府信息公开平台建设",
        "（五）组织领导。市政府办公室和管委会",
        "\"逐项\"落实。",
        "（六）监督保障情况。办公室每季度",
        "（七）队伍建设举办培训2期。",
        "二、主动公开政府信息情况下表按条例第二十条的规定填报。",
        "24.83行政事业性收费以决算为准。",
        "污水处理费",
        "三、收到和处理政府信息公开申请情况申请的办理情况如下。",
        "注：一人多次申请的，逐次计算。注：结转件数含正在延期的2件。",
        "注：复议1件为上年度申请引发。",
        "云河市人民政府、云河市经济技术开发区管理委员会2024年1月18日",
    ] {
        let found = text[at..].find(piece);
        at += found.unwrap_or_else(|| panic!("{piece} after {}", &text[..at])) + piece.len();
    }
}

#[test]
fn the_names_of_a_joint_report_have_lines_of_their_own() {
    let paper = Paper::of(&joint());
    let lines: Vec<String> = paper.prose(0).iter().map(|line| line.text.clone()).collect();
    assert_eq!(lines[0], "云河市人民政府");
    assert_eq!(lines[1], "云河市经济技术开发区管理委员会");
    assert_eq!(lines[2], "2023年政府信息公开工作年度报告");
}

#[test]
fn a_heading_that_runs_on_is_a_heading_on_the_line_of_its_text() {
    let paper = Paper::of(&joint());
    let headings = paper.elements("H3");
    let (_, runs) = headings.iter().find(|(text, _)| text.contains("组织领导")).expect("a heading");
    let (page, run) = runs[0];
    let lines = paper.prose(page);
    let line = lines.iter().find(|line| line.text.contains("组织领导")).expect("a line");
    assert!(line.text.starts_with("（五）组织领导。市政府办公室"), "{}", line.text);
    assert!(
        paper.pdf.typefaces[run.typeface].name.contains("Kai"),
        "{:?}",
        paper.pdf.typefaces[run.typeface].name
    );
}

#[test]
fn verify_finds_what_it_expects_and_nothing_else() {
    let paper = Paper::of(&joint());
    let found = verify::verify(generator(), &paper.bytes, Some(&paper.checked)).expect("readable");
    assert!(found.findings.is_empty(), "{:#?}", found.findings);
    let other = joint().replace("结转件数含正在延期的2件", "结转件数含正在延期的3件");
    let other = Paper::of(&other);
    let found = verify::verify(generator(), &paper.bytes, Some(&other.checked)).expect("readable");
    assert_eq!(found.findings.len(), 1, "{:#?}", found.findings);
}

#[test]
fn a_change_of_any_text_is_a_difference() {
    let checked = |text: &str| generator().check(&crate::paper::input(text));
    let first = checked(&joint());
    for (from, to, label) in [
        ("按条例第二十条的规定", "按条例的规定", "主动公开政府信息情况表前的文字"),
        ("以决算为准", "以预算为准", "主动公开政府信息情况表后的文字"),
        ("逐次计算", "合并计算", "收到和处理政府信息公开申请情况表注"),
        ("举办培训2期", "举办培训3期", "队伍建设"),
    ] {
        let second = checked(&joint().replace(from, to));
        let side = |name, checked| nianbao::diff::Side::new(name, checked).expect("a report");
        let found = nianbao::diff::compare(
            generator().catalog(),
            side("甲.toml", &first),
            side("乙.toml", &second),
        );
        let labels: Vec<&str> = found.texts.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, [label]);
    }
}
