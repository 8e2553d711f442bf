//! Points, boxes and the transformations between them.
//!
//! Everything that leaves the reader is in millimetres from the top left corner of the page, x to the right and
//! y down, as people measure paper.

/// Millimetres in a point.
pub const MM_PER_POINT: f64 = 25.4 / 72.0;

/// A rectangle on a page in millimetres; `top` is less than `bottom`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Bounds {
    /// The smallest box around some points; none without points.
    pub fn around(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        points
            .into_iter()
            .map(|(x, y)| Self { left: x, top: y, right: x, bottom: y })
            .reduce(Self::union)
    }

    /// The smallest box that holds both.
    pub fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// The width.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// The height.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The middle.
    pub fn centre(&self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// Whether two boxes share more than `slack` in both directions.
    pub fn overlaps(&self, other: &Self, slack: f64) -> bool {
        self.right.min(other.right) - self.left.max(other.left) > slack
            && self.bottom.min(other.bottom) - self.top.max(other.top) > slack
    }

    /// Whether another box lies within this one, give or take `slack`.
    pub fn holds(&self, other: &Self, slack: f64) -> bool {
        other.left >= self.left - slack
            && other.right <= self.right + slack
            && other.top >= self.top - slack
            && other.bottom <= self.bottom + slack
    }
}

/// A transformation of the plane as PDF writes it: `[a b c d e f]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Matrix(pub(crate) [f64; 6]);

impl Matrix {
    pub(crate) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(crate) fn translation(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First this one, then `next`.
    pub(crate) fn then(self, next: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [p, q, r, s, t, u] = next.0;
        Self([
            a * p + b * r,
            a * q + b * s,
            c * p + d * r,
            c * q + d * s,
            e * p + f * r + t,
            e * q + f * s + u,
        ])
    }

    pub(crate) fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// How long a step of one along x becomes.
    pub(crate) fn stretch_x(&self) -> f64 {
        self.0[0].hypot(self.0[1])
    }

    /// How long a step of one along y becomes.
    pub(crate) fn stretch_y(&self) -> f64 {
        self.0[2].hypot(self.0[3])
    }

    /// The direction of the x axis in degrees, counter-clockwise as people see it.
    pub(crate) fn angle(&self) -> f64 {
        self.0[1].atan2(self.0[0]).to_degrees()
    }
}
