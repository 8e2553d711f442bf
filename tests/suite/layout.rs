//! The page by the numbers of GB/T 9704-2012, measured in the finished PDF (± 0.3 mm).

use nianbao::verify::pdf::{MM_PER_POINT, Page, Run};

use crate::paper::random::{Made, data_file};
use crate::paper::{Paper, TEXT_AREA, examples};
use crate::support::generator;

/// How far a place may be off, in millimetres.
const OFF: f64 = 0.3;
/// Lines on a full page and characters in a full line.
const LINES: usize = 22;
const CHARACTERS: usize = 28;

fn character() -> f64 {
    TEXT_AREA.width() / CHARACTERS as f64
}

fn pitch() -> f64 {
    TEXT_AREA.height() / LINES as f64
}

fn near(found: f64, wanted: f64, what: &str) {
    assert!((found - wanted).abs() <= OFF, "{what}: {found:.2}, should be {wanted:.2}");
}

/// A report with this text in every field.
fn with_text(text: &str) -> Paper {
    let format = generator().catalog().get("2021").expect("the format in force");
    Paper::of(&data_file(
        format,
        Made {
            agency: "某市某局",
            year: 2023,
            text,
            count: &mut || 0,
            amount: &mut || "0".to_owned(),
        },
    ))
}

/// Hanzi without any punctuation, all different enough to be seen.
fn hanzi(count: usize) -> String {
    "政府信息公开工作年度报告主动依申请办理结果复议诉讼存在问题改进情况"
        .chars()
        .cycle()
        .take(count)
        .collect()
}

#[test]
fn pages_are_a4() {
    for paper in examples().values() {
        for page in &paper.pdf.pages {
            near(page.width, 210.0, "width");
            near(page.height, 297.0, "height");
        }
    }
}

#[test]
fn a_full_page_has_22_lines_of_28_characters() {
    let paper = with_text(&hanzi(4000));
    let (number, lines) = (0..paper.pdf.pages.len())
        .map(|page| (page, paper.prose(page)))
        .find(|(page, lines)| {
            *page > 0 && lines.iter().all(|line| line.text.chars().count() == CHARACTERS)
        })
        .expect("a page full of body text");
    assert_eq!(lines.len(), LINES, "page {number}");
    for (at, line) in lines.iter().enumerate() {
        near(line.left, TEXT_AREA.left, "left edge");
        near(line.right, TEXT_AREA.right, "right edge");
        near(line.baseline - lines[0].baseline, at as f64 * pitch(), "baseline");
        near(line.size * MM_PER_POINT, character(), "size");
    }
    // A line is as high as the grid; its characters stand anywhere within it.
    let (height, slack) = (character(), pitch() - character());
    let (above, below) =
        (lines[0].baseline - 0.88 * height, lines[LINES - 1].baseline + 0.12 * height);
    assert!(
        (-OFF..=slack + OFF).contains(&(above - TEXT_AREA.top)),
        "the first line begins at {above}"
    );
    assert!(
        (-OFF..=slack + OFF).contains(&(TEXT_AREA.bottom - below)),
        "the last line ends at {below}"
    );
}

#[test]
fn headings_and_paragraphs_keep_the_baseline_grid() {
    let text = format!("{}\n### 小标题\n{}\n", hanzi(90), hanzi(40));
    let paper = with_text(&text);
    for (at, page) in paper.pdf.pages.iter().enumerate().filter(|(_, page)| page.lines.is_empty()) {
        let body: Vec<_> = paper.prose(at).into_iter().filter(|line| line.size < 20.0).collect();
        let Some(first) = body.first() else { continue };
        for line in &body {
            let steps = (line.baseline - first.baseline) / pitch();
            let off = (steps - steps.round()) * pitch();
            assert!(
                off.abs() <= OFF,
                "page {}: “{}” is {off:.2} mm off the grid",
                page.number,
                line.text
            );
        }
    }
}

#[test]
fn paragraphs_and_headings_begin_two_characters_in() {
    let paper = with_text(&hanzi(60));
    for role in ["P", "H2", "H3"] {
        for (text, runs) in paper.elements(role) {
            let first = runs[0].1;
            if text.contains("某市某局")
                || runs.iter().any(|(_, run)| run.size < 15.0)
                || text.starts_with("2024年")
            {
                continue; // title, signature, date, notes
            }
            // An opening bracket at the beginning may give up the empty half of its square.
            let left = if text.starts_with('（') {
                first.x.max(TEXT_AREA.left + 2.0 * character())
            } else {
                first.x
            };
            near(left, TEXT_AREA.left + 2.0 * character(), &text);
        }
    }
}

/// The name of the face that most characters of an element are set in.
fn face<'a>(paper: &'a Paper, runs: &[(usize, &Run)]) -> &'a str {
    let widest = runs.iter().max_by(|a, b| a.1.width.total_cmp(&b.1.width)).expect("a run").1;
    &paper.pdf.typeface(widest).name
}

#[test]
fn each_level_has_its_face_and_size() {
    for (name, paper) in examples() {
        for (role, wanted, size) in [
            ("H1", "NotoSerifSC-Bold", 22.0),
            ("H2", "NotoSansSC-Medium", character() / MM_PER_POINT),
            ("H3", "FandolKaiGB-Regular", character() / MM_PER_POINT),
        ] {
            let elements = paper.elements(role);
            assert!(!elements.is_empty() || role == "H3", "{name}: no {role}");
            for (text, runs) in elements {
                assert_eq!(face(paper, &runs), wanted, "{name}: {text}");
                let found = runs.iter().map(|(_, run)| run.size).fold(0.0, f64::max);
                assert!((found - size).abs() < 0.3, "{name}: {text} is {found} pt");
            }
        }
        let body = paper.elements("P").into_iter().filter(|(text, _)| text.chars().count() > 60);
        for (text, runs) in body {
            if runs[0].1.size > 15.0 {
                assert_eq!(face(paper, &runs), "FandolFangGB-Regular", "{name}: {text}");
            }
        }
    }
}

#[test]
fn the_title_is_centred() {
    for (name, paper) in examples() {
        let lines = paper.prose(0).into_iter().filter(|line| (line.size - 22.0).abs() < 0.3);
        let lines: Vec<_> = lines.collect();
        assert!(!lines.is_empty(), "{name}");
        for line in lines {
            near(
                (line.left + line.right) / 2.0,
                (TEXT_AREA.left + TEXT_AREA.right) / 2.0,
                &line.text,
            );
        }
    }
}

/// The page number: its runs from left to right.
fn page_number(page: &Page) -> Vec<&Run> {
    let is_footer =
        |run: &&Run| run.artifact.as_ref().is_some_and(|artifact| artifact.subkind == "Footer");
    let mut runs: Vec<&Run> =
        page.runs.iter().filter(is_footer).filter(|run| !run.text.trim().is_empty()).collect();
    runs.sort_by(|a, b| a.x.total_cmp(&b.x));
    runs
}

#[test]
fn page_numbers_stand_outside_7_mm_below_the_text() {
    let indent = 14.0 * MM_PER_POINT;
    for (name, paper) in examples() {
        for page in &paper.pdf.pages {
            let runs = page_number(page);
            let text: String = runs.iter().map(|run| run.text.as_str()).collect();
            assert_eq!(text.trim(), format!("— {} —", page.number), "{name}");
            assert!(runs.iter().all(|run| (run.size - 14.0).abs() < 0.1), "{name}");
            assert_eq!(paper.pdf.typeface(runs[0]).name, "NotoSerifSC-Regular", "{name}");
            let (first, last) = (runs[0], runs[runs.len() - 1]);
            if page.number % 2 == 1 {
                near(
                    last.x + last.width,
                    TEXT_AREA.right - indent,
                    "odd page's number, right edge",
                );
            } else {
                near(first.x, TEXT_AREA.left + indent, "even page's number, left edge");
            }
            // The dash lies 0.36 to 0.40 em above the baseline in this face.
            near(first.y - 0.38 * indent, TEXT_AREA.bottom + 7.0, "the dash");
        }
    }
}

#[test]
fn the_signature_stands_right_and_its_date_four_characters_in() {
    let paper = with_text("如下。");
    let paragraphs = paper.elements("P");
    let (text, runs) =
        paragraphs.iter().rev().find(|(text, _)| text.starts_with("2024年")).expect("a date");
    assert_eq!(text, "2024年1月22日");
    let right = runs.iter().map(|(_, run)| run.x + run.width).fold(0.0, f64::max);
    near(right, TEXT_AREA.right - 4.0 * character(), "date, right edge");
    let (agency, runs) =
        paragraphs.iter().rev().find(|(text, _)| text == "某市某局").expect("the agency's name");
    let left = runs[0].1.x;
    assert!(left > TEXT_AREA.left + TEXT_AREA.width() / 2.0, "{agency} begins at {left}");
}

#[test]
fn table_heads_and_spanning_labels_are_on_every_page_of_table_three() {
    for (name, paper) in examples() {
        let requests = paper.grids.iter().max_by_key(|grid| grid.rows).expect("table three");
        let pages: std::collections::BTreeSet<usize> =
            requests.cells.iter().filter_map(|cell| Some(cell.place?.0)).collect();
        for &page in &pages {
            let text: String =
                paper.pdf.pages[page - 1].runs.iter().map(|run| run.text.as_str()).collect();
            for head in ["申请人情况", "法人或其他组织"] {
                assert!(text.contains(head), "{name}, page {page}: no {head}");
            }
        }
        for cell in &requests.cells {
            let tree = paper.pdf.tree.as_ref().expect("a tagged PDF");
            let on: std::collections::BTreeSet<usize> =
                tree.runs(cell.element, &paper.pdf).iter().map(|(page, _)| *page).collect();
            assert!(on.len() <= 1, "{name}: {} is split over {on:?}", cell.text);
        }
    }
}

#[test]
fn no_heading_stands_alone_at_the_foot_of_a_page() {
    for (name, paper) in examples() {
        for role in ["H2", "H3", "H4"] {
            for (text, runs) in paper.elements(role) {
                let (page, run) = runs[runs.len() - 1];
                let below = paper.pdf.pages[page].content().any(|other| other.y > run.y + 1.0);
                assert!(below, "{name}: “{text}” ends page {}", page + 1);
            }
        }
    }
}
