//! What stands on a page: runs of characters, lines, filled areas and pictures, each where it stands.

use super::geometry::{Bounds, MM_PER_POINT};
use super::paint::Paint;

/// Height of a character above its baseline, in ems: the fixed edge that the layout gives every face.
const ABOVE: f64 = 0.88;
/// Depth of a character below its baseline, in ems.
const BELOW: f64 = 0.12;

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its number, from 1.
    pub number: usize,
    /// Its width in millimetres.
    pub width: f64,
    /// Its height in millimetres.
    pub height: f64,
    /// The label that viewers show for it, such as `— 1 —`.
    pub label: Option<String>,
    /// Runs of characters in the order in which they are painted.
    pub runs: Vec<Run>,
    /// Straight lines.
    pub lines: Vec<Line>,
    /// Filled areas.
    pub areas: Vec<Area>,
    /// Pictures.
    pub images: Vec<Image>,
    /// Number of annotations other than links: notes, stamps, text boxes that lie over the page.
    pub annotations: usize,
    /// Colour operators that the page uses, by name, each with the paint it sets.
    pub paints: Vec<(String, Paint)>,
}

/// Characters painted by one operator in one font, size and colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The text they stand for.
    pub text: String,
    /// The characters one by one.
    pub glyphs: Vec<Glyph>,
    /// Where the baseline begins, from the left.
    pub x: f64,
    /// The baseline, from the top.
    pub y: f64,
    /// How far the pen moved, in millimetres.
    pub width: f64,
    /// Size in points.
    pub size: f64,
    /// Number of the font in [`super::Pdf::typefaces`].
    pub typeface: usize,
    /// The colour it is filled with.
    pub paint: Paint,
    /// Direction of the baseline in degrees; 0 is from left to right.
    pub angle: f64,
    /// Weight in points of the line around its characters, where they are thickened by one.
    pub outlined: Option<f64>,
    /// Whether it is painted at all (text can be there for search only).
    pub visible: bool,
    /// Number of the marked content it belongs to.
    pub mcid: Option<u32>,
    /// What decoration it is part of, when it is no content.
    pub artifact: Option<Artifact>,
    /// Whether the file gives another text for it than its characters stand for.
    pub replaced: bool,
}

/// One character of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// The text it stands for; empty within a replaced text, U+FFFD when the file does not say.
    pub text: String,
    /// Its origin, from the left.
    pub x: f64,
    /// How far it moves the pen, in millimetres.
    pub advance: f64,
}

/// A part of a page that is not content: page numbers, rules, repeated heads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Artifact {
    /// `Pagination`, `Layout`, `Page` or `Background`; empty when the file does not say.
    pub kind: String,
    /// `Header`, `Footer`, `Watermark` …; empty when the file does not say.
    pub subkind: String,
}

/// A straight line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// One end.
    pub from: (f64, f64),
    /// The other end.
    pub to: (f64, f64),
    /// Its weight in points.
    pub weight: f64,
    /// Its colour.
    pub paint: Paint,
    /// What decoration it is part of, when it is no content.
    pub artifact: Option<Artifact>,
}

/// A filled area, by the box around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// The box around it.
    pub bounds: Bounds,
    /// Its colour.
    pub paint: Paint,
    /// What decoration it is part of, when it is no content.
    pub artifact: Option<Artifact>,
    /// Number of the marked content it belongs to.
    pub mcid: Option<u32>,
}

/// A picture of pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The box around it.
    pub bounds: Bounds,
    /// Whether it has no colour but grey.
    pub is_grey: bool,
    /// Number of the marked content it belongs to.
    pub mcid: Option<u32>,
}

impl Run {
    /// The box that the characters take up on the line, exact for upright text and around the corners otherwise.
    pub fn bounds(&self) -> Bounds {
        let (sin, cos) = (-self.angle).to_radians().sin_cos();
        let (above, below) = (-ABOVE * self.size * MM_PER_POINT, BELOW * self.size * MM_PER_POINT);
        let corner = |x: f64, y: f64| (self.x + x * cos - y * sin, self.y + x * sin + y * cos);
        let corners = [(0.0, above), (self.width, above), (0.0, below), (self.width, below)];
        let point = Bounds { left: self.x, top: self.y, right: self.x, bottom: self.y };
        Bounds::around(corners.map(|(x, y)| corner(x, y))).unwrap_or(point)
    }

    /// Whether it is part of the content, not of a decoration.
    pub fn is_content(&self) -> bool {
        self.artifact.is_none()
    }
}

impl Line {
    /// Whether it runs across, give or take `slack`.
    pub fn is_horizontal(&self, slack: f64) -> bool {
        (self.from.1 - self.to.1).abs() <= slack
    }

    /// Whether it runs down, give or take `slack`.
    pub fn is_vertical(&self, slack: f64) -> bool {
        (self.from.0 - self.to.0).abs() <= slack
    }

    /// Its length.
    pub fn length(&self) -> f64 {
        (self.from.0 - self.to.0).hypot(self.from.1 - self.to.1)
    }
}

impl Page {
    /// A page without anything on it, of no size.
    pub(super) fn blank(number: usize) -> Self {
        Self {
            number,
            width: 0.0,
            height: 0.0,
            label: None,
            runs: Vec::new(),
            lines: Vec::new(),
            areas: Vec::new(),
            images: Vec::new(),
            annotations: 0,
            paints: Vec::new(),
        }
    }

    /// Runs that are content, in painting order.
    pub fn content(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.is_content())
    }
}
