//! Chinese line breaking (GB/T 15834, CLREQ): all lines of long generated text.

use nianbao::verify::pdf::MM_PER_POINT;
use proptest::prelude::*;

use crate::paper::lines::Line;
use crate::paper::random::{Made, data_file};
use crate::paper::{Paper, TEXT_AREA};
use crate::support::generator;

/// What no line may begin with, and what none may end with.
const NOT_FIRST: &str = "。，、；：？！）》”’〉】〕·％";
const NOT_LAST: &str = "（《“‘〈【〔";

const WORDS: [&str; 24] = [
    "主动公开",
    "政府信息",
    "依申请公开",
    "公开",
    "条例",
    "《中华人民共和国政府信息公开条例》",
    "（区分处理的，只计这一情形）",
    "1649条",
    "3.5%",
    "595.353309万元",
    "2023年1月1日",
    "“三安全一稳定”",
    "——",
    "……",
    "〔2021〕30号",
    "，",
    "。",
    "、",
    "；",
    "：",
    "？",
    "APP",
    "https://www.example.gov.cn/，",
    "！",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_begin_and_end_as_they_may(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 400..900)) {
        let text = words.chunks(60).map(|chunk| format!("文{}", chunk.concat())).collect::<Vec<_>>().join("\n");
        let format = generator().catalog().get("2021").expect("the format in force");
        let made = Made { agency: "某市某局", year: 2023, text: "如下。", count: &mut || 0, amount: &mut || "0".into() };
        let file = data_file(format, made).replacen("\"如下。\"", &crate::paper::random::quoted(&text), 1);
        let paper = Paper::of(&file);
        check_lines(&paper)?;
    }
}

fn check_lines(paper: &Paper) -> Result<(), TestCaseError> {
    let mut before: Option<Line> = None;
    for page in 0..paper.pdf.pages.len() {
        for line in paper.prose(page) {
            let text = line.text.trim();
            let first = text.chars().next().unwrap_or(' ');
            let last = text.chars().last().unwrap_or(' ');
            prop_assert!(!NOT_FIRST.contains(first), "begins: {text}");
            prop_assert!(!NOT_LAST.contains(last), "ends: {text}");
            prop_assert!(
                line.right <= TEXT_AREA.right + line.size * MM_PER_POINT * 0.55,
                "too long: {text}"
            );
            if let Some(before) = &before {
                check_pair(before, &line)?;
            }
            before = Some(line);
        }
    }
    Ok(())
}

/// What must not be torn apart at the end of a line.
fn check_pair(before: &Line, line: &Line) -> Result<(), TestCaseError> {
    let is_new_paragraph = line.left > TEXT_AREA.left + 5.0;
    let (Some(last), Some(first)) =
        (before.text.trim().chars().last(), line.text.trim().chars().next())
    else {
        return Ok(());
    };
    let pair = format!("{last}{first}");
    if !is_new_paragraph {
        prop_assert!(
            pair != "——" || before.text.ends_with("——"),
            "dash torn: {} | {}",
            before.text,
            line.text
        );
        prop_assert!(
            pair != "……" || before.text.ends_with("……"),
            "ellipsis torn: {} | {}",
            before.text,
            line.text
        );
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        prop_assert!(
            !(is_number(last) && (is_number(first) || first == '%')),
            "number torn: {} | {}",
            before.text,
            line.text
        );
    }
    Ok(())
}
