//! Chinese line breaking (GB/T 15834, CLREQ): all lines of long generated text.

use nianbao::verify::pdf::{MM_PER_POINT, Run};
use proptest::prelude::*;

use crate::paper::lines::Line;
use crate::paper::random::{Made, data_file, quoted};
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
        let file = data_file(format, made).replacen("\"如下。\"", &quoted(&text), 1);
        let paper = Paper::of(&file);
        check_lines(&paper)?;
    }
}

/// A report whose first field has this text.
pub(crate) fn with_text(text: &str) -> Paper {
    let format = generator().catalog().get("2021").expect("the format in force");
    let made = Made {
        agency: "某市某局",
        year: 2023,
        text: "如下。",
        count: &mut || 0,
        amount: &mut || "0".into(),
    };
    Paper::of(&data_file(format, made).replacen("\"如下。\"", &quoted(text), 1))
}

/// Where each character of a line begins, in millimetres.
fn places(paper: &Paper, text: &str) -> Vec<(char, f64)> {
    let starts = |run: &&Run| run.text.starts_with(text);
    let page = paper.pdf.pages.iter().find(|page| page.runs.iter().any(|run| starts(&run)));
    let page = page.expect("the line's page");
    let line = page.runs.iter().find(starts).expect("the line").y;
    let runs = page.runs.iter().filter(|run| (run.y - line).abs() < 0.1);
    let glyphs = runs.flat_map(|run| &run.glyphs);
    let mut places: Vec<(char, f64)> =
        glyphs.filter_map(|glyph| Some((glyph.text.chars().next()?, glyph.x))).collect();
    places.sort_by(|a, b| a.1.total_cmp(&b.1));
    places
}

#[test]
fn quotes_are_of_a_chinese_face_and_full_width() {
    let paper = with_text("壬甲“乙”丙——丁……戊‘己’庚");
    let places = places(&paper, "壬甲");
    let (first, last) = (places[0], places[places.len() - 1]);
    assert_eq!((first.0, last.0), ('壬', '庚'));
    // 壬甲“乙”丙——丁……戊‘己’ are 15 squares; nothing next to nothing is squeezed here.
    let square = TEXT_AREA.width() / 28.0;
    assert!((last.1 - first.1 - 15.0 * square).abs() < 0.3, "{places:?}");
    for run in paper.pdf.pages.iter().flat_map(|page| &page.runs) {
        if run.text.contains(['“', '”', '‘', '’', '—', '…', '，', '。']) && run.artifact.is_none()
        {
            let name = &paper.pdf.typeface(run).name;
            assert!(!name.starts_with("Liberation"), "{} in {name}", run.text);
        }
    }
}

#[test]
fn marks_next_to_each_other_are_squeezed() {
    let paper = with_text("壬甲》（乙，（丙）。丁");
    let places = places(&paper, "壬甲");
    let square = TEXT_AREA.width() / 28.0;
    let at = |wanted: char| places.iter().find(|(c, _)| *c == wanted).expect("the character").1;
    // A hanzi and two marks take two squares and a half or less, not three.
    assert!(at('乙') - at('甲') < 2.6 * square, "》（ {places:?}");
    assert!(at('丁') - at('丙') < 2.6 * square, "）。 {places:?}");
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
