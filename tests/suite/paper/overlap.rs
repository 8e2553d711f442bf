//! Text that collides with text or runs out of its place.

use nianbao::verify::pdf::{Bounds, MM_PER_POINT, Page, Run};

/// How far boxes may run into each other, in millimetres: squeezed punctuation and kerning do by a little.
const SLACK: f64 = 0.25;

/// Pairs of runs that lie on each other. A mark across the page lies on all, by its nature.
pub(crate) fn overlaps(page: &Page) -> Vec<(String, String)> {
    let runs: Vec<(&Run, Bounds)> = page
        .runs
        .iter()
        .filter(|run| run.angle.abs() < 1.0 && !run.text.trim().is_empty())
        .map(|run| (run, ink(run)))
        .collect();
    let mut pairs = Vec::new();
    for (at, (run, bounds)) in runs.iter().enumerate() {
        for (other, others) in &runs[at + 1..] {
            if bounds.overlaps(others, SLACK) {
                pairs.push((run.text.clone(), other.text.clone()));
            }
        }
    }
    pairs
}

/// The box that a run's characters surely fill: brackets and stops fill half of theirs.
pub(crate) fn ink(run: &Run) -> Bounds {
    let size = run.size * MM_PER_POINT;
    let mut bounds = run.bounds();
    let half = |text: &str| text.chars().all(|c| "（《“‘〔【，。、；：？！）》”’〕】·".contains(c));
    if run.glyphs.first().is_some_and(|glyph| half(&glyph.text)) {
        bounds.left += size / 2.0;
    }
    if run.glyphs.last().is_some_and(|glyph| half(&glyph.text)) {
        bounds.right -= size / 2.0;
    }
    bounds.top += size * 0.08;
    bounds.bottom -= size * 0.02;
    bounds
}

/// Content that leaves a box, with how far.
pub(crate) fn outside(page: &Page, area: &Bounds, slack: f64) -> Vec<String> {
    let leaves = |run: &&Run| !run.text.trim().is_empty() && !area.holds(&ink(run), slack);
    page.content().filter(leaves).map(|run| format!("{} {:?}", run.text, run.bounds())).collect()
}

#[test]
fn collisions_and_strays_are_noticed() {
    let page = |content: &str| {
        let pdf = crate::verify::foreign(content.as_bytes(), "");
        nianbao::verify::pdf::Pdf::read(&pdf).expect("a readable PDF").pages.remove(0)
    };
    let apart = page("BT /F 12 Tf 10 50 Td (AB) Tj ET BT /F 12 Tf 40 50 Td (CD) Tj ET");
    assert!(overlaps(&apart).is_empty());
    let colliding = page("BT /F 12 Tf 10 50 Td (AB) Tj ET BT /F 12 Tf 18 52 Td (CD) Tj ET");
    assert_eq!(overlaps(&colliding).len(), 1);
    let area = Bounds { left: 0.0, top: 0.0, right: 15.0, bottom: 30.0 };
    assert_eq!(outside(&apart, &area, 0.1).len(), 1);
}
