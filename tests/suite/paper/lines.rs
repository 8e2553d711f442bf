//! Lines of text as people see them: runs on one baseline, from left to right.

use nianbao::verify::pdf::{Page, Run};

/// How far baselines of one line may lie apart, in millimetres.
const SAME_BASELINE: f64 = 0.2;

/// One line of content.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) baseline: f64,
    pub(crate) size: f64,
}

/// The lines of a page's content, from the top; text in tables is left to [`super::ruling`].
pub(crate) fn lines(page: &Page, keep: impl Fn(&Run) -> bool) -> Vec<Line> {
    let mut runs: Vec<&Run> =
        page.content().filter(|run| !run.text.trim().is_empty() && keep(run)).collect();
    runs.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    let mut lines: Vec<Vec<&Run>> = Vec::new();
    for run in runs {
        match lines.last_mut().filter(|line| (line[0].y - run.y).abs() <= SAME_BASELINE) {
            Some(line) => line.push(run),
            None => lines.push(vec![run]),
        }
    }
    lines.into_iter().map(line).collect()
}

fn line(mut runs: Vec<&Run>) -> Line {
    runs.sort_by(|a, b| a.x.total_cmp(&b.x));
    let text = runs.iter().map(|run| run.text.as_str()).collect::<String>();
    let left = runs.iter().map(|run| ink_left(run)).fold(f64::INFINITY, f64::min);
    let right = runs.iter().map(|run| run.x + run.width).fold(f64::NEG_INFINITY, f64::max);
    let (baseline, size) = (runs[0].y, runs.iter().map(|run| run.size).fold(0.0, f64::max));
    Line { text, left, right, baseline, size }
}

/// Where a run's first visible character begins.
fn ink_left(run: &Run) -> f64 {
    run.glyphs.iter().find(|glyph| !glyph.text.trim().is_empty()).map_or(run.x, |glyph| glyph.x)
}
