//! What a careful typesetter sees to where pages end: no line alone, no label squeezed, the same distances everywhere.
//! Measured in millimetres, on random texts whose lengths move every table over the page, and on made-up reports.

use nianbao::verify::pdf::{Bounds, MM_PER_POINT, Run};

use crate::factory::{self, Dice};
use crate::paper::lines::Line;
use crate::paper::random::{Made, data_file, quoted};
use crate::paper::ruling::Ruling;
use crate::paper::{Paper, TEXT_AREA, examples};
use crate::support::generator;

/// How far a place may be off, in millimetres.
const OFF: f64 = 0.3;
/// Lines on a full page.
const LINES: f64 = 22.0;
/// Least part of a page that is filled before an official table.
const FILLED: f64 = 0.5;
/// What labels of rows keep from the rules, in millimetres.
const MARGIN: f64 = 1.0;

fn pitch() -> f64 {
    TEXT_AREA.height() / LINES
}

/// How many random reports a test looks at; `NIANBAO_REPORTS` asks for more.
fn count(usual: u64) -> u64 {
    std::env::var("NIANBAO_REPORTS").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// A report in either format with random texts in every field, and with or without a signature.
fn random(seed: u64) -> Paper {
    const HANZI: [char; 16] = [
        '政', '府', '信', '息', '公', '开', '工', '作', '年', '度', '报', '告', '主', '动', '结',
        '果',
    ];
    let mut dice = Dice::new(seed);
    let id = if seed.is_multiple_of(3) { "2019" } else { "2021" };
    let format = generator().catalog().get(id).expect("a built-in format");
    let year = if id == "2019" { 2020 } else { 2023 };
    let mut thrown = Dice::new(seed + 1);
    let made = Made {
        agency: "某市某局",
        year,
        text: "如下。",
        count: &mut || thrown.below(40),
        amount: &mut || "12.5".into(),
    };
    let mut file = data_file(format, made);
    while file.contains("\"如下。\"") {
        let paragraphs = (0..dice.range(1, 4)).map(|_| {
            let most = *dice.pick(&[26, 60, 300]);
            let length = dice.range(4, most);
            (0..length).map(|_| *dice.pick(&HANZI)).chain(['。']).collect::<String>()
        });
        let text = paragraphs.collect::<Vec<_>>().join("\n");
        file = file.replacen("\"如下。\"", &quoted(&text), 1);
    }
    if seed % 5 < 2 {
        let date = file.find("\ndate = ").expect("a date") + 1;
        let end = date + file[date..].find('\n').expect("an end of line") + 1;
        file.replace_range(date..end, "");
    }
    Paper::of(&file)
}

/// The lines of text of a page, without title.
fn prose(paper: &Paper, page: usize) -> Vec<Line> {
    paper.prose(page).into_iter().filter(|line| line.size < 20.0).collect()
}

/// Whether a line begins a paragraph or heading.
fn begins(line: &Line) -> bool {
    line.left > TEXT_AREA.left + 5.0
}

fn assert_ending(name: &str, paper: &Paper) {
    let signed = paper.report().date.is_some();
    let last = paper.pdf.pages.len() - 1;
    let lines = prose(paper, last);
    let least = if signed { 4 } else { 2 };
    let tables = !paper.pdf.pages[last].lines.is_empty();
    assert!(tables || lines.len() >= least, "{name}: {} lines on the last page", lines.len());
    if !begins(&lines[0]) && last > 0 {
        assert!(
            !lines.get(1).is_none_or(begins) || tables,
            "{name}: a line of a paragraph alone on the last page"
        );
    }
}

#[test]
fn no_report_ends_on_a_page_with_a_line() {
    for seed in 0..count(60) {
        assert_ending(&format!("random report {seed}"), &random(seed));
    }
    for seed in 0..count(20) {
        let report = factory::report(seed, seed.is_multiple_of(5), None);
        assert_ending(&report.path, &Paper::of(&report.toml));
    }
    for (name, paper) in examples() {
        assert_ending(name, paper);
    }
}

/// Bounds of the rules on a page from each table's top to its foot: tables are apart by at least this, in millimetres.
const BETWEEN: f64 = 6.0;

/// Upper and lower edges of the tables on a page, by the rules at the left edge of the text.
fn tables(paper: &Paper, page: usize) -> Vec<(f64, f64)> {
    let mut edges: Vec<(f64, f64)> = paper.pdf.pages[page]
        .lines
        .iter()
        .filter(|line| line.is_vertical(0.15) && (line.from.0 - TEXT_AREA.left).abs() < 0.5)
        .map(|line| (line.from.1.min(line.to.1), line.from.1.max(line.to.1)))
        .collect();
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut tables: Vec<(f64, f64)> = Vec::new();
    for (top, foot) in edges {
        match tables.last_mut().filter(|table| top < table.1 + BETWEEN) {
            Some(table) => table.1 = table.1.max(foot),
            None => tables.push((top, foot)),
        }
    }
    tables
}

fn assert_gaps(name: &str, paper: &Paper) {
    for page in 0..paper.pdf.pages.len() {
        let lines = prose(paper, page);
        for (top, foot) in tables(paper, page) {
            let above = lines.iter().rfind(|line| line.baseline < top);
            let below = lines.iter().find(|line| line.baseline > foot);
            let size = TEXT_AREA.width() / 28.0;
            let leading = pitch() - size;
            if let Some(line) = below.filter(|line| line.size > 15.0) {
                let gap = line.baseline - 0.88 * size - foot;
                assert!((gap - leading).abs() <= OFF, "{name}, page {}: {gap:.2}", page + 1);
            }
            if let Some(line) = above {
                let gap = top - line.baseline - 0.12 * size;
                assert!((gap - leading).abs() <= OFF, "{name}, page {}: {gap:.2} above", page + 1);
            }
        }
        // On the grid: the first baseline of a page full of text gives it.
        for line in lines.iter().filter(|line| line.size > 15.0) {
            let first = TEXT_AREA.top + 0.88 * TEXT_AREA.width() / 28.0;
            let steps = (line.baseline - first) / pitch();
            let off = (steps - steps.round()) * pitch();
            assert!(off.abs() <= OFF, "{name}, page {}: “{}” is {off:.2} off", page + 1, line.text);
        }
    }
}

#[test]
fn tables_have_the_same_distance_from_text_everywhere_and_text_is_back_on_the_grid() {
    for seed in 100..100 + count(30) {
        assert_gaps(&format!("random report {seed}"), &random(seed));
    }
    for (name, paper) in examples() {
        assert_gaps(name, paper);
    }
}

/// The runs of a page whose middle lies in a box, decoration included, from the top.
fn runs_in<'a>(runs: &'a [Run], bounds: &Bounds) -> Vec<&'a Run> {
    let inside = |run: &&Run| {
        let (x, y) = run.bounds().centre();
        bounds.left <= x && x <= bounds.right && bounds.top <= y && y <= bounds.bottom
    };
    runs.iter().filter(|run| !run.text.trim().is_empty()).filter(inside).collect()
}

fn assert_labels(name: &str, paper: &Paper) {
    let format = paper.format();
    let table = format.tables.iter().find(|table| table.key == "requests").expect("table three");
    let section = &table.sections[0];
    let grid = paper.grids.iter().max_by_key(|grid| grid.rows).expect("table three");
    let pages: std::collections::BTreeSet<usize> =
        grid.cells.iter().filter_map(|cell| Some(cell.place?.0)).collect();
    for page in pages {
        let page = &paper.pdf.pages[page - 1];
        let ruling = Ruling::of(page);
        let sizes = page.runs.iter().filter(|run| run.text.trim() == "总计").map(|run| run.size);
        let usual = sizes.fold(0.0, f64::max);
        assert!(usual > 6.0, "{name}: {usual} pt");
        for group in &section.groups {
            for run in page.runs.iter().filter(|run| group.label.starts_with(run.text.trim())) {
                let Some(field) = ruling.field(run.bounds().centre()) else { continue };
                if run.text.trim().is_empty() || !field.text.starts_with(&group.label) {
                    continue;
                }
                for part in runs_in(&page.runs, &field.bounds) {
                    assert!(
                        (part.size - usual).abs() < 0.05,
                        "{name}, page {}: “{}” is {} pt",
                        page.number,
                        field.text,
                        part.size
                    );
                    let (left, right) = (part.bounds().left, part.bounds().right);
                    assert!(
                        left > field.bounds.left && right < field.bounds.right,
                        "{name}: “{}” touches its rules",
                        part.text
                    );
                }
            }
        }
    }
}

#[test]
fn labels_over_several_rows_keep_their_size_wherever_a_page_cuts_them() {
    for seed in 200..200 + count(40) {
        assert_labels(&format!("random report {seed}"), &random(seed));
    }
}

#[test]
fn the_label_of_the_results_breaks_between_words() {
    for (name, paper) in examples() {
        let grid = paper.grids.iter().max_by_key(|grid| grid.rows).expect("table three");
        let cell =
            grid.cells.iter().find(|cell| cell.text == "三、本年度办理结果").expect("the label");
        let tree = paper.pdf.tree.as_ref().expect("a tagged PDF");
        let lines: Vec<&str> =
            tree.runs(cell.element, &paper.pdf).iter().map(|(_, run)| run.text.trim()).collect();
        assert_eq!(lines, ["三、", "本年度", "办理结果"], "{name}");
    }
}

#[test]
fn labels_of_rows_keep_a_millimetre_from_the_rules() {
    for (name, paper) in examples() {
        let tree = paper.pdf.tree.as_ref().expect("a tagged PDF");
        let format = paper.format();
        let labels: Vec<&str> = format
            .tables
            .iter()
            .filter(|table| table.key == "requests")
            .flat_map(|table| &table.sections)
            .flat_map(|section| section.rows.iter().map(|row| row.label.as_str()))
            .collect();
        let grid = paper.grids.iter().max_by_key(|grid| grid.rows).expect("table three");
        let mut seen = 0;
        for cell in grid.cells.iter().filter(|cell| labels.contains(&cell.text.as_str())) {
            for (page, run) in tree.runs(cell.element, &paper.pdf) {
                let ruling = Ruling::of(&paper.pdf.pages[page]);
                let bounds = run.bounds();
                let field = ruling.field(bounds.centre()).expect("a box around a label");
                // Half of a full-width bracket or mark at the edge of a line is empty, and squeezed away.
                let half = run.size * MM_PER_POINT / 2.0;
                let before = if run.text.starts_with('（') { half } else { 0.0 };
                let behind = if run.text.ends_with(['）', '、', '”']) { half } else { 0.0 };
                let left = bounds.left + before - field.bounds.left;
                let right = field.bounds.right - bounds.right + behind;
                assert!(left >= MARGIN - 0.15, "{name}: {} {left:.2} on the left", run.text);
                assert!(right >= MARGIN - 0.15, "{name}: {} {right:.2}", run.text);
                seen += 1;
            }
        }
        assert!(seen > 20, "{name}: {seen} labels");
    }
}

#[test]
fn no_page_before_a_table_is_half_empty() {
    for seed in (300..300 + 3 * count(15)).step_by(3) {
        let paper = random(seed);
        for page in 0..paper.pdf.pages.len() - 1 {
            let foot = paper.pdf.pages[page].content().map(|run| run.y).fold(0.0, f64::max);
            let filled = (foot - TEXT_AREA.top) / TEXT_AREA.height();
            assert!(filled >= FILLED, "random report {seed}, page {}: {filled:.2}", page + 1);
        }
    }
}

/// A report in which every figure of table three is blank, several times over.
#[test]
fn a_draft_lists_two_hundred_findings_by_rule_and_counts_the_rest() {
    let format = generator().catalog().get("2021").expect("the format in force");
    let made = Made {
        agency: "某市某局",
        year: 2023,
        text: "如下。",
        count: &mut || 0,
        amount: &mut || "0".into(),
    };
    let file = data_file(format, made).replace("[0, 0, 0, 0, 0, 0]", r#"["", "", "", "", "", ""]"#);
    let extra: String = (0..90).map(|at| format!("[nothing_{at}]\n")).collect();
    let paper = Paper::draft(&format!("{file}{extra}"));
    let counted = paper.checked.counts();
    let all = counted.errors + counted.warnings;
    assert!(all > 220, "{all} findings");
    let text = paper.text();
    assert!(text.contains(&format!("另有 {} 处没有列出", all - 200)), "{all}");
    for heading in ["［BLANK］", "［UNKNOWN-KEY］"] {
        assert_eq!(text.matches(heading).count(), 1, "{heading}");
    }
    assert!(text.contains("200.") && !text.contains("201."));
}

#[test]
fn the_catalogue_says_nothing_of_suspects() {
    for (name, paper) in examples() {
        let found = paper.bytes.windows(9).any(|bytes| bytes == b"/Suspects");
        assert!(!found, "{name}");
    }
}
