//! Two pages mark by mark: what is missing, what is there besides, what is painted in another way or order.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Cover, Effect, Kind, Mark, Sheet};

/// How far a point may lie from where it should, in points: programs that save a file again round its numbers. The
/// thinnest stroke of a digit in a table is thirty times as wide.
const SLACK: f32 = 0.02;

/// One thing that is not painted as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// What is wrong with it.
    pub how: How,
    /// The box around it in points from the upper left corner: left, top, right, bottom.
    pub bounds: [f32; 4],
    /// What its font says it stands for.
    pub text: String,
}

/// How a mark is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum How {
    /// It should be there and is not.
    Missing,
    /// It is there and should not be.
    Added,
    /// It has another colour or opacity.
    Paint,
    /// It is cut, masked or part of a transparent group, or should be.
    Cover,
    /// It is painted before or after something else than it should be.
    Order,
}

/// Compares a page with what it should be; empty when they are the same. Frames are compared by who calls.
pub fn compare(wanted: &Sheet, found: &Sheet) -> Vec<Difference> {
    let (wanted, found) = (&wanted.marks, &found.marks);
    let mut covers = Covers::default();
    let is_same = wanted.len() == found.len()
        && wanted.iter().zip(found).all(|(a, b)| looks_same(a, b) && covers.same(a, b));
    if is_same { Vec::new() } else { differences(wanted, found, &mut covers) }
}

/// Pairs marks by outline and place; what is left over, or paired and yet different, is a difference.
fn differences(wanted: &[Mark], found: &[Mark], covers: &mut Covers) -> Vec<Difference> {
    let mut places: HashMap<Key, Vec<usize>> = HashMap::new();
    for (at, mark) in found.iter().enumerate().rev() {
        places.entry(key(mark)).or_default().push(at);
    }
    let mut differences = Vec::new();
    let mut is_paired = vec![false; found.len()];
    let mut last = None;
    for mark in wanted {
        let near = neighbours(mark);
        let candidate = near.into_iter().find_map(|key| {
            let waiting = places.get_mut(&key)?;
            let at = waiting.iter().rposition(|&at| same_outline(mark, &found[at]))?;
            Some(waiting.remove(at))
        });
        let Some(at) = candidate else {
            differences.push(difference(How::Missing, mark));
            continue;
        };
        is_paired[at] = true;
        let other = &found[at];
        if !same_paint(mark, other) {
            differences.push(difference(How::Paint, mark));
        } else if !covers.same(mark, other) {
            differences.push(difference(How::Cover, mark));
        } else if last.is_some_and(|last| last > at) {
            differences.push(difference(How::Order, mark));
        }
        last = last.max(Some(at));
    }
    let left_over = found.iter().zip(&is_paired).filter(|(_, is_paired)| !**is_paired);
    differences.extend(left_over.map(|(mark, _)| difference(How::Added, mark)));
    differences
}

fn difference(how: How, mark: &Mark) -> Difference {
    Difference { how, bounds: mark.bounds().unwrap_or_default(), text: mark.text.clone() }
}

/// What marks that can be the same share: kind, number of segments, and the square of the page they begin in.
type Key = (Kind, usize, i32, i32);

fn key(mark: &Mark) -> Key {
    let first = mark.points.first().copied().unwrap_or_default();
    (mark.kind, mark.joints.len(), first[0].floor() as i32, first[1].floor() as i32)
}

/// The keys under which a mark can stand that is off by no more than the slack.
fn neighbours(mark: &Mark) -> Vec<Key> {
    let (kind, length, x, y) = key(mark);
    let mut keys = vec![(kind, length, x, y)];
    let first = mark.points.first().copied().unwrap_or_default();
    let steps = |value: f32| {
        let part = value - value.floor();
        let step = if part < SLACK { -1 } else { i32::from(part > 1.0 - SLACK) };
        (step != 0).then_some(step)
    };
    let (dx, dy) = (steps(first[0]), steps(first[1]));
    keys.extend(dx.map(|dx| (kind, length, x + dx, y)));
    keys.extend(dy.map(|dy| (kind, length, x, y + dy)));
    keys.extend(dx.zip(dy).map(|(dx, dy)| (kind, length, x + dx, y + dy)));
    keys
}

fn looks_same(a: &Mark, b: &Mark) -> bool {
    same_outline(a, b) && same_paint(a, b)
}

fn same_outline(a: &Mark, b: &Mark) -> bool {
    a.kind == b.kind
        && a.joints == b.joints
        && same_points(&a.points, &b.points)
        && a.stroke.len() == b.stroke.len()
        && a.stroke.iter().zip(&b.stroke).all(|(a, b)| (a - b).abs() <= SLACK)
}

fn same_points(a: &[[f32; 2]], b: &[[f32; 2]]) -> bool {
    let near = |a: f32, b: f32| (a - b).abs() <= SLACK;
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a[0], b[0]) && near(a[1], b[1]))
}

/// A pattern's signs stand in its text.
fn same_paint(a: &Mark, b: &Mark) -> bool {
    let is_pattern = a.paint == [0, 0, 0, 1];
    a.paint == b.paint && a.blend == b.blend && (!is_pattern || a.text == b.text)
}

/// Compares what covers marks; a page of thousands has few covers, so each pair is looked at once.
#[derive(Default)]
struct Covers {
    known: HashMap<(*const Cover, *const Cover), bool>,
}

impl Covers {
    fn same(&mut self, a: &Mark, b: &Mark) -> bool {
        self.same_chain(a.cover.as_ref(), b.cover.as_ref())
    }

    fn same_chain(&mut self, a: Option<&Rc<Cover>>, b: Option<&Rc<Cover>>) -> bool {
        let (mut a, mut b) = (a, b);
        let mut passed = Vec::new();
        let result = loop {
            let (Some(inner), Some(other)) = (a, b) else { break a.is_none() && b.is_none() };
            let pair = (Rc::as_ptr(inner), Rc::as_ptr(other));
            if let Some(&known) = self.known.get(&pair) {
                break known;
            }
            passed.push(pair);
            if !self.same_effect(&inner.effect, &other.effect) {
                break false;
            }
            (a, b) = (inner.outer.as_ref(), other.outer.as_ref());
        };
        self.known.extend(passed.into_iter().map(|pair| (pair, result)));
        result
    }

    fn same_effect(&mut self, a: &Effect, b: &Effect) -> bool {
        match (a, b) {
            (
                Effect::Clip { even_odd, points, joints },
                Effect::Clip { even_odd: other_rule, points: other, joints: other_joints },
            ) => even_odd == other_rule && joints == other_joints && same_points(points, other),
            (
                Effect::Group { opacity, blend },
                Effect::Group { opacity: other, blend: other_blend },
            ) => (opacity - other).abs() < 0.002 && blend == other_blend,
            (Effect::Mask(marks), Effect::Mask(others)) => {
                let all = marks.iter().zip(others);
                marks.len() == others.len()
                    && all.into_iter().all(|(a, b)| looks_same(a, b) && self.same(a, b))
            }
            _ => false,
        }
    }
}
