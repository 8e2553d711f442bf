//! Cells as people see them: boxes between ruled lines, whatever the tags say.

use std::collections::BTreeSet;

use nianbao::verify::pdf::{Bounds, Page};
use nianbao::verify::tables::{is_figure, squeezed};

/// How far a line may lie beside its place, in millimetres.
const SLACK: f64 = 0.15;
/// A step over a line, in millimetres.
const STEP: f64 = 0.4;

/// The ruled lines of a page.
pub(crate) struct Ruling<'a> {
    page: &'a Page,
    /// Horizontal lines: y, left, right.
    across: Vec<(f64, f64, f64)>,
    /// Vertical lines: x, top, bottom.
    down: Vec<(f64, f64, f64)>,
}

/// A box and the text in it.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) bounds: Bounds,
    pub(crate) text: String,
}

impl<'a> Ruling<'a> {
    pub(crate) fn of(page: &'a Page) -> Self {
        let (mut across, mut down) = (Vec::new(), Vec::new());
        for line in &page.lines {
            let (x0, x1) = (line.from.0.min(line.to.0), line.from.0.max(line.to.0));
            let (y0, y1) = (line.from.1.min(line.to.1), line.from.1.max(line.to.1));
            if line.is_horizontal(SLACK) {
                across.push((y0, x0, x1));
            } else if line.is_vertical(SLACK) {
                down.push((x0, y0, y1));
            }
        }
        Self { page, across, down }
    }

    /// The box around a point; none outside of every table.
    pub(crate) fn field(&self, (x, y): (f64, f64)) -> Option<Field> {
        let crossing = |lines: &[(f64, f64, f64)], along: f64| -> Vec<f64> {
            let hit = |line: &&(f64, f64, f64)| line.1 - SLACK <= along && along <= line.2 + SLACK;
            lines.iter().filter(hit).map(|line| line.0).collect()
        };
        let below = |places: &[f64], at: f64| {
            places.iter().copied().filter(|p| *p <= at).max_by(f64::total_cmp)
        };
        let above = |places: &[f64], at: f64| {
            places.iter().copied().filter(|p| *p > at).min_by(f64::total_cmp)
        };
        let (rows, columns) = (crossing(&self.across, x), crossing(&self.down, y));
        let bounds = Bounds {
            left: below(&columns, x)?,
            right: above(&columns, x)?,
            top: below(&rows, y)?,
            bottom: above(&rows, y)?,
        };
        Some(Field { bounds, text: self.text(&bounds) })
    }

    /// The text whose middle lies in a box, decoration included: heads are decoration on later pages.
    fn text(&self, bounds: &Bounds) -> String {
        let mut runs: Vec<_> = self
            .page
            .runs
            .iter()
            .filter(|run| run.angle.abs() < 1.0)
            .filter(|run| {
                let (x, y) = run.bounds().centre();
                bounds.left <= x && x <= bounds.right && bounds.top <= y && y <= bounds.bottom
            })
            .collect();
        runs.sort_by(|a, b| (a.y, a.x).partial_cmp(&(b.y, b.x)).expect("places are numbers"));
        squeezed(&runs.into_iter().map(|run| run.text.as_str()).collect::<String>())
    }

    /// Labels to the left of a box and above it. Upwards the search ends where heads give way to figures again.
    pub(crate) fn labels(&self, start: &Field) -> BTreeSet<String> {
        let mut labels = BTreeSet::new();
        let mut at = start.bounds;
        while let Some(field) = self.field((at.left - STEP, start.bounds.centre().1)) {
            if !is_figure(&field.text) {
                labels.insert(field.text);
            }
            at = field.bounds;
        }
        let (mut at, mut in_heads) = (start.bounds, false);
        while let Some(field) = self.field((start.bounds.centre().0, at.top - STEP)) {
            let is_head = !is_figure(&field.text) && !field.text.is_empty();
            if in_heads && !is_head {
                break;
            }
            if is_head {
                labels.insert(field.text);
                in_heads = true;
            }
            at = field.bounds;
        }
        labels
    }

    /// The outermost left and right of all rules; none on a page without.
    pub(crate) fn extent(&self) -> Option<(f64, f64)> {
        let left = self.across.iter().map(|line| line.1).min_by(f64::total_cmp)?;
        let right = self.across.iter().map(|line| line.2).max_by(f64::total_cmp)?;
        Some((left, right))
    }
}
