//! Tables as what ruling lines enclose.

use super::device::{Page, Rule};

/// How far ends and edges may miss each other, in points.
const NEAR: f64 = 2.5;
/// Lines of one edge that are drawn in pieces lie no further apart.
const GAP: f64 = 3.5;
/// Part of an edge that must be drawn for it to divide two cells.
const DRAWN: f64 = 0.6;
/// Most edges of one table.
const MOST_EDGES: usize = 400;

/// The region of a table: its edges and which of them are drawn.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub(super) top: f64,
    pub(super) xs: Vec<f64>,
    pub(super) ys: Vec<f64>,
    rules: Vec<Rule>,
}

/// The tables of a page, from the top.
pub(super) fn regions(page: &Page) -> Vec<Region> {
    let rules = merged(&page.rules);
    let mut groups = connected(&rules);
    let mut regions: Vec<Region> = groups.drain(..).filter_map(region).collect();
    regions.sort_by(|a, b| a.top.total_cmp(&b.top));
    regions
}

/// Pieces of one line put together.
fn merged(rules: &[Rule]) -> Vec<Rule> {
    let mut sorted: Vec<Rule> = rules.to_vec();
    sorted.sort_by(|a, b| {
        a.is_horizontal
            .cmp(&b.is_horizontal)
            .then((a.at / NEAR).round().total_cmp(&(b.at / NEAR).round()))
            .then(a.from.total_cmp(&b.from))
    });
    let mut out: Vec<Rule> = Vec::new();
    for rule in sorted {
        let goes_on = out.last_mut().filter(|last| {
            last.is_horizontal == rule.is_horizontal
                && (last.at - rule.at).abs() <= NEAR
                && rule.from <= last.to + GAP
                && rule.to >= last.from - GAP
        });
        match goes_on {
            Some(last) => {
                last.to = last.to.max(rule.to);
                last.from = last.from.min(rule.from);
            }
            None => out.push(rule),
        }
    }
    out
}

/// Lines that touch each other.
fn connected(rules: &[Rule]) -> Vec<Vec<Rule>> {
    let mut group: Vec<usize> = (0..rules.len()).collect();
    fn root(group: &mut [usize], mut at: usize) -> usize {
        while group[at] != at {
            group[at] = group[group[at]];
            at = group[at];
        }
        at
    }
    // Real pages have some hundred lines; beyond that the first ones are enough to be refused as no table.
    let most = rules.len().min(6_000);
    for a in 0..most {
        for b in a + 1..most {
            if rules[a].is_horizontal != rules[b].is_horizontal && touch(&rules[a], &rules[b]) {
                let (a, b) = (root(&mut group, a), root(&mut group, b));
                group[b] = a;
            }
        }
    }
    let mut groups: Vec<(usize, Vec<Rule>)> = Vec::new();
    for (at, rule) in rules.iter().take(most).enumerate() {
        let root = root(&mut group, at);
        match groups.iter_mut().find(|(known, _)| *known == root) {
            Some((_, rules_of)) => rules_of.push(*rule),
            None => groups.push((root, vec![*rule])),
        }
    }
    groups.into_iter().map(|(_, rules)| rules).collect()
}

fn touch(a: &Rule, b: &Rule) -> bool {
    let within = |at: f64, rule: &Rule| at >= rule.from - GAP && at <= rule.to + GAP;
    within(a.at, b) && within(b.at, a)
}

fn region(rules: Vec<Rule>) -> Option<Region> {
    let edges = |horizontal: bool| {
        let mut edges: Vec<f64> =
            rules.iter().filter(|rule| rule.is_horizontal == horizontal).map(|r| r.at).collect();
        // Where the outer lines are left out, the others end there.
        for rule in rules.iter().filter(|rule| rule.is_horizontal != horizontal) {
            edges.extend([rule.from, rule.to]);
        }
        edges.sort_by(f64::total_cmp);
        let mut kept: Vec<f64> = Vec::new();
        for edge in edges {
            if kept.last().is_none_or(|last| edge - last > NEAR * 1.6) {
                kept.push(edge);
            }
        }
        kept
    };
    let count = |horizontal: bool| rules.iter().filter(|r| r.is_horizontal == horizontal).count();
    let (xs, ys) = (edges(false), edges(true));
    let is_table = count(true) >= 2 && count(false) >= 1 && xs.len() >= 3 && ys.len() >= 3;
    if !is_table || xs.len() > MOST_EDGES || ys.len() > MOST_EDGES {
        return None;
    }
    Some(Region { top: *ys.first()?, xs, ys, rules })
}

impl Region {
    pub(super) fn columns(&self) -> usize {
        self.xs.len() - 1
    }

    pub(super) fn rows(&self) -> usize {
        self.ys.len() - 1
    }

    /// Whether a point lies in it.
    pub(super) fn holds(&self, x: f64, y: f64) -> bool {
        let inside = |edges: &[f64], at: f64| {
            edges.first().is_some_and(|first| at >= *first - NEAR)
                && edges.last().is_some_and(|last| at <= *last + NEAR)
        };
        inside(&self.xs, x) && inside(&self.ys, y)
    }

    /// The column and row of a point.
    pub(super) fn cell_at(&self, x: f64, y: f64) -> (usize, usize) {
        let place = |edges: &[f64], at: f64| {
            edges[1..edges.len() - 1].iter().take_while(|edge| at >= **edge).count()
        };
        (place(&self.xs, x), place(&self.ys, y))
    }

    /// Whether a line divides a cell from its neighbour to the right.
    pub(super) fn divides_right(&self, x: usize, y: usize) -> bool {
        self.is_drawn(false, self.xs[x + 1], self.ys[y], self.ys[y + 1])
    }

    /// Whether a line divides a cell from its neighbour below.
    pub(super) fn divides_below(&self, x: usize, y: usize) -> bool {
        self.is_drawn(true, self.ys[y + 1], self.xs[x], self.xs[x + 1])
    }

    fn is_drawn(&self, horizontal: bool, at: f64, from: f64, to: f64) -> bool {
        let along = self
            .rules
            .iter()
            .filter(|rule| rule.is_horizontal == horizontal && (rule.at - at).abs() <= NEAR * 1.6);
        let drawn: f64 = along.map(|rule| (rule.to.min(to) - rule.from.max(from)).max(0.0)).sum();
        drawn >= (to - from) * DRAWN
    }
}
