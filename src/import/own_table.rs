//! Tables that are not of the form: pipe tables in the text.

use super::draft::{Grid, is_space};
use super::texts::chars::unified_kept;

/// Writes a grid as a pipe table. What is merged stands once, in its first place.
pub(super) fn lines(grid: &Grid) -> Vec<String> {
    let is_said = |y: &usize| {
        grid.row(*y).iter().any(|&number| !grid.cells[number].text.chars().all(is_space))
    };
    let rows: Vec<usize> = (0..grid.rows).filter(is_said).collect();
    let has_text =
        |x: &usize| grid.cells.iter().any(|cell| cell.x == *x && !cell.text.chars().all(is_space));
    let columns: Vec<usize> = (0..grid.columns).filter(has_text).collect();
    let mut lines: Vec<String> = Vec::new();
    for &y in &rows {
        let cell = |&x: &usize| {
            let cell = grid.at(x, y).filter(|cell| cell.x == x && cell.y == y);
            cell.map_or_else(String::new, |cell| one_line(&cell.text))
        };
        let cells: Vec<String> = columns.iter().map(cell).collect();
        lines.push(format!("| {} |", cells.join(" | ")));
        if lines.len() == 1 {
            let rule: Vec<&str> = columns.iter().map(|_| "---").collect();
            lines.push(format!("| {} |", rule.join(" | ")));
        }
    }
    lines
}

/// A cell on one line; a bar in it would end it.
fn one_line(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| unified_kept(line).trim().to_owned()).collect();
    let mut out = String::new();
    for line in lines.iter().filter(|line| !line.is_empty()) {
        let latin = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
        if latin(out.chars().last()) && latin(line.chars().next()) {
            out.push(' ');
        }
        out.push_str(line);
    }
    out.replace('|', "｜")
}
