//! Web addresses, codes and long Latin words in running text: where their lines break, and what their lines look like.

use proptest::prelude::*;

use crate::breaking::with_text;
use crate::paper::lines::Line;
use crate::paper::{Paper, TEXT_AREA};

/// How far a mark may reach beyond the right edge, in millimetres.
const SLACK: f64 = 0.1;
/// The widest gap between two characters of a stretched line, in squares of the grid.
const WIDEST_GAP: f64 = 0.45;

/// The lines of the paragraph that begins with a word, up to the next paragraph.
fn paragraph(paper: &Paper, start: &str) -> Vec<Line> {
    let lines = (0..paper.pdf.pages.len()).flat_map(|page| paper.prose(page));
    let mut lines = lines.skip_while(|line| !line.text.starts_with(start));
    let first = lines.next().expect("the paragraph");
    let indented = TEXT_AREA.left + 5.0;
    std::iter::once(first).chain(lines.take_while(|line| line.left < indented)).collect()
}

/// Characters before and after each end of a line but the last.
fn breaks(lines: &[Line]) -> Vec<(char, char)> {
    let ends = lines.windows(2).map(|pair| {
        let last = pair[0].text.trim_end().chars().last().expect("text");
        (last, pair[1].text.trim_start().chars().next().expect("text"))
    });
    ends.collect()
}

#[test]
fn addresses_break_behind_a_slash_or_before_a_dot() {
    for hanzi in 0..28 {
        let text = format!(
            "壬{}https://www.example.gov.cn/zwgk/2023/report.html可查。",
            "文".repeat(hanzi)
        );
        let paper = with_text(&text);
        for (last, first) in breaks(&paragraph(&paper, "壬")) {
            let inside = last.is_ascii() && first.is_ascii();
            assert!(!inside || "/:".contains(last) || first == '.', "{hanzi}: {last}|{first}");
        }
    }
}

#[test]
fn numbers_beside_latin_words_stay_whole() {
    for hanzi in 0..28 {
        let paper = with_text(&format!("壬{}平台ABCD595.353309万元，可查。", "文".repeat(hanzi)));
        for (last, first) in breaks(&paragraph(&paper, "壬")) {
            let torn = |c: char| c.is_ascii_digit() || c == '.';
            assert!(!(torn(last) && torn(first)), "{hanzi}: {last}|{first}");
        }
    }
}

/// The widest gap between neighbouring 文 of a line, in millimetres.
fn widest_gap(paper: &Paper, line: &Line, square: f64) -> f64 {
    let runs = paper.pdf.pages.iter().flat_map(|page| page.runs.iter());
    let glyphs = runs
        .filter(|run| (run.y - line.baseline).abs() < 0.1 && run.artifact.is_none())
        .flat_map(|run| &run.glyphs);
    let mut places: Vec<f64> =
        glyphs.filter(|glyph| glyph.text == "文").map(|glyph| glyph.x).collect();
    places.sort_by(f64::total_cmp);
    places.windows(2).map(|pair| pair[1] - pair[0] - square).fold(0.0, f64::max)
}

#[test]
fn a_long_latin_word_does_not_stretch_its_line() {
    let square = TEXT_AREA.width() / 28.0;
    for hanzi in 10..28 {
        for word in ["Internationalization", "zhengwugongkai@example.gov.cn", "11340600003121234X"]
        {
            let paper = with_text(&format!("壬{}{word}一词，见说明。", "文".repeat(hanzi)));
            let lines = paragraph(&paper, "壬");
            let (_, whole) = lines.split_last().expect("lines");
            for line in whole {
                let gap = widest_gap(&paper, line, square) / square;
                assert!(gap <= WIDEST_GAP, "{hanzi}, {word}: {gap:.2} in {}", line.text);
            }
        }
    }
}

const PIECES: [&str; 12] = [
    "www",
    ".example",
    ".gov.cn",
    "/zwgk",
    "/2023/",
    "index.html",
    "?id=12",
    "&page=3",
    "_a-b",
    "https://",
    ":8080",
    "Report",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_address_leaves_the_text_area(parts in prop::collection::vec((prop::collection::vec(prop::sample::select(&PIECES[..]), 1..14), 0usize..24), 1..40)) {
        let text: Vec<String> = parts.iter().map(|(pieces, hanzi)| format!("{}{}", "文".repeat(*hanzi), pieces.concat())).collect();
        let paper = with_text(&format!("壬{}。", text.concat()));
        let lines = paragraph(&paper, "壬");
        let read: String = lines.iter().map(|line| line.text.trim()).collect();
        prop_assert_eq!(read, format!("壬{}。", text.concat()));
        for line in lines {
            let mark = line.text.trim().chars().last().is_some_and(|c| !c.is_ascii());
            prop_assert!(mark || line.right <= TEXT_AREA.right + SLACK, "{}", line.text);
        }
    }
}
