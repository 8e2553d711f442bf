//! Without a data file: whether figures stand where their cells are, upright, in the size of the others, with nothing
//! through them, on a page that is shown whole.
//!
//! Drawing a page again (`verify::redrawn`) shows that it looks as it says, wherever that is; a figure that was moved
//! into the next cell or off the paper would pass there.

use super::Finding;
use super::painted::Sheets;
use super::pdf::structure::Tree;
use super::pdf::{Bounds, Pdf, Run};
use super::tables::{Cell, CellKind, Grid, is_figure};
use crate::diagnostic::Level;

/// Code of findings about what is painted.
const CODE: &str = "PDF-PAINT";
/// A4 in millimetres, and how far a page may be off.
const A4: (f64, f64, f64) = (210.0, 297.0, 0.5);
/// How much smaller than the others a figure may be: long amounts are set smaller to fit their column.
const SMALLEST: f64 = 0.6;
/// Smallest text in points that can be read on paper; notes in cells are set in seven and more.
const LEGIBLE: f64 = 4.0;
/// How far inside the box of a figure something must reach to go through it, in millimetres.
const THROUGH: f64 = 0.5;
/// Most findings of one table.
const MOST_TOLD: usize = 12;

/// Finds everything that is not in its place.
pub(super) fn check(pdf: &Pdf, grids: &[Grid], sheets: &Sheets, findings: &mut Vec<Finding>) {
    pages(pdf, sheets, findings);
    for typeface in pdf.typefaces.iter().filter(|typeface| typeface.kind == "Type3") {
        let message =
            format!("字体“{}”的字是画出来的（Type 3）：看到的可以与文字不同", typeface.name);
        findings.push(Finding::new(CODE, Level::Error, message));
    }
    if let Some(tree) = &pdf.tree {
        replacements(pdf, tree, findings);
    }
    for grid in grids {
        let mut found = Vec::new();
        let cells: Vec<&Cell> = grid
            .cells
            .iter()
            .filter(|cell| cell.kind == CellKind::Data && is_figure(&cell.value))
            .collect();
        sizes(pdf, &cells, &mut found);
        order(&cells, &mut found);
        through(pdf, &cells, &mut found);
        findings.extend(found.into_iter().take(MOST_TOLD));
    }
}

fn finding(page: usize, message: impl Into<String>) -> Finding {
    Finding::new(CODE, Level::Error, message).on(Some(page))
}

fn pages(pdf: &Pdf, sheets: &Sheets, findings: &mut Vec<Finding>) {
    for (at, page) in pdf.pages.iter().enumerate() {
        let (width, height, slack) = A4;
        if (page.width - width).abs() > slack || (page.height - height).abs() > slack {
            findings.push(finding(page.number, "页面不是 A4：可能有内容被裁掉"));
        }
        let is_whole =
            sheets.frame(at).is_some_and(|frame| frame[..4] == frame[4..8] && frame[8] == 0.0);
        if !is_whole {
            findings.push(finding(page.number, "页面设了裁切范围或转了方向：看到的不是整页"));
        }
        let inked = || page.content().filter(|run| !run.text.trim().is_empty());
        let is_away = |run: &&Run| {
            let b = run.bounds();
            b.left < 0.0 || b.top < 0.0 || b.right > page.width || b.bottom > page.height
        };
        for (run, what) in [
            (inked().find(is_away), "在页面以外"),
            (inked().find(|run| run.size < LEGIBLE), "小得看不清"),
            (inked().find(|run| run.angle.abs() > 0.01), "转了方向或左右颠倒"),
        ] {
            if let Some(run) = run {
                let text: String = run.text.trim().chars().take(12).collect();
                findings.push(finding(page.number, format!("“{text}”{what}")));
            }
        }
    }
}

/// This program gives no element but pictures another text than what is painted.
fn replacements(pdf: &Pdf, tree: &Tree, findings: &mut Vec<Finding>) {
    for (at, element) in tree.elements.iter().enumerate() {
        if let Some(text) =
            element.replacement.as_ref().filter(|_| element.standard_role != "Figure")
        {
            let page = tree.place(at, pdf).map(|(page, _)| page + 1);
            let text: String = text.chars().take(12).collect();
            let message = format!("有内容另有替代文字“{text}”，看到的与读出的可能不同");
            findings.push(Finding::new(CODE, Level::Error, message).on(page));
        }
    }
}

/// The size of a cell's text in points.
fn size(pdf: &Pdf, cell: &Cell) -> Option<f64> {
    let tree = pdf.tree.as_ref()?;
    tree.runs(cell.element, pdf).first().map(|(_, run)| run.size)
}

fn sizes(pdf: &Pdf, cells: &[&Cell], found: &mut Vec<Finding>) {
    let known: Vec<Option<f64>> = cells.iter().map(|cell| size(pdf, cell)).collect();
    let mut sorted: Vec<f64> = known.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let Some(&usual) = sorted.get(sorted.len() / 2) else { return };
    for (cell, size) in cells.iter().zip(known) {
        if let (Some((page, _)), Some(size)) = (cell.place, size)
            && (size < usual * SMALLEST || size > usual / SMALLEST)
        {
            let message = format!("数字 {} 的字号与别的数字不同，可能看不清", cell.value);
            found.push(finding(page, message));
        }
    }
}

/// Along a row figures follow each other to the right, down a column downwards.
fn order(cells: &[&Cell], found: &mut Vec<Finding>) {
    let mut rows: Vec<&Cell> = cells.iter().copied().filter(|cell| cell.rows == 1).collect();
    let mut columns = rows.clone();
    rows.sort_by_key(|cell| (cell.y, cell.x));
    columns.sort_by_key(|cell| (cell.x, cell.y));
    let mut wrong = |pair: &[&Cell], is_right: fn(&Bounds, &Bounds) -> bool| {
        let (Some((page, before)), Some((other, after))) = (pair[0].place, pair[1].place) else {
            return;
        };
        if page == other && !is_right(&before, &after) {
            let message = format!("数字 {} 和 {} 不在各自的格里", pair[0].value, pair[1].value);
            found.push(finding(page, message));
        }
    };
    for pair in rows.windows(2).filter(|pair| pair[0].y == pair[1].y) {
        wrong(pair, |before, after| before.right <= after.left);
    }
    for pair in columns.windows(2).filter(|pair| pair[0].x == pair[1].x) {
        wrong(pair, |before, after| before.centre().1 < after.centre().1);
    }
}

/// Rules run between cells, pictures stand between tables.
fn through(pdf: &Pdf, cells: &[&Cell], found: &mut Vec<Finding>) {
    for cell in cells {
        let Some((number, bounds)) = cell.place else { continue };
        let page = &pdf.pages[number - 1];
        let is_outside = bounds.left < 0.0
            || bounds.top < 0.0
            || bounds.right > page.width
            || bounds.bottom > page.height;
        let lines = page.lines.iter().filter_map(|line| {
            let grown = line.weight / 2.0 * super::pdf::MM_PER_POINT;
            let b = Bounds::around([line.from, line.to])?;
            Some(Bounds {
                left: b.left - grown,
                top: b.top - grown,
                right: b.right + grown,
                bottom: b.bottom + grown,
            })
        });
        let images = page.images.iter().map(|image| image.bounds);
        let inner = Bounds {
            left: bounds.left,
            top: bounds.top + THROUGH,
            right: bounds.right,
            bottom: bounds.bottom - THROUGH,
        };
        if is_outside {
            found.push(finding(number, format!("数字 {} 在页面以外", cell.value)));
        } else if lines.chain(images).any(|other| other.overlaps(&inner, 0.0)) {
            found.push(finding(number, format!("数字 {} 上压着线条或图片", cell.value)));
        }
    }
}
