//! What the pages draw: glyphs with their characters, ruling lines, pictures.

use std::sync::Arc;

use hayro_interpret::font::Glyph as Drawn;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache,
    InterpreterSettings, Paint, PathDrawMode, SoftMask, TransformExt as _, interpret_page,
};
use hayro_syntax::Pdf;
use kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape as _};

use crate::import::limits::MOST_MARKS;
use crate::import::texts::chars::without_radical;

/// What stops a page that draws without end.
pub(super) struct Exhausted;

/// Glyphs that are as wide as this part of their size need no space between them.
const THIN: f64 = 3.0;
/// Shortest ruling line, in points.
const SHORTEST: f64 = 4.0;

/// One page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// From 1.
    pub(super) number: usize,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) glyphs: Vec<Glyph>,
    pub(super) rules: Vec<Rule>,
    pub(super) pictures: Vec<Raster>,
    /// Glyphs without a character.
    pub(super) unknown: usize,
    /// Glyphs that do not stand upright.
    pub(super) turned: usize,
    /// Glyphs that are not painted.
    pub(super) invisible: usize,
}

/// One glyph. Places are in points from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glyph {
    pub(super) text: String,
    pub(super) x: f64,
    /// Its base line.
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) mcid: Option<i32>,
    /// Whether it is page decoration by its tag.
    pub(super) artifact: bool,
}

/// A ruling line: horizontal or vertical.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) is_horizontal: bool,
    /// Its place across.
    pub(super) at: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// A picture: its box and its file.
#[derive(Debug, Clone)]
pub(super) struct Raster {
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) mcid: Option<i32>,
    pub(super) bytes: Result<Vec<u8>, String>,
}

/// Draws all pages.
pub(super) fn draw(pdf: &Pdf) -> Vec<Page> {
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings {
        // A font that is not in the file has no glyphs here; its characters are known all the same.
        warning_sink: Arc::new(|_| {}),
        render_annotations: false,
        ..InterpreterSettings::default()
    };
    let mut budget = MOST_MARKS;
    let mut pages = Vec::new();
    for (at, page) in pdf.pages().iter().enumerate() {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        let mut context = Context::new(
            page.initial_transform(true).to_kurbo(),
            Rect::new(0.0, 0.0, width, height),
            &cache,
            page.xref(),
            settings.clone(),
        );
        let mut collector = Collector {
            page: Page { number: at + 1, width, height, ..Page::default() },
            marks: Vec::new(),
            left: budget,
        };
        interpret_page(page, &mut context, &mut collector);
        budget = collector.left;
        pages.push(collector.page);
    }
    pages
}

struct Collector {
    page: Page,
    /// Marked content that is open: its number, and whether it is decoration.
    marks: Vec<(Option<i32>, bool)>,
    left: usize,
}

impl Collector {
    fn spend(&mut self, marks: usize) {
        match self.left.checked_sub(marks) {
            Some(left) => self.left = left,
            // The interpreter has no way to be told to stop.
            None => std::panic::resume_unwind(Box::new(Exhausted)),
        }
    }

    fn mcid(&self) -> Option<i32> {
        self.marks.iter().rev().find_map(|(mcid, _)| *mcid)
    }

    fn rule(&mut self, from: Point, to: Point) {
        let (dx, dy) = ((to.x - from.x).abs(), (to.y - from.y).abs());
        if dx.max(dy) < SHORTEST {
            return;
        }
        if dy <= 0.8 {
            let at = (from.y + to.y) / 2.0;
            self.page.rules.push(Rule {
                is_horizontal: true,
                at,
                from: from.x.min(to.x),
                to: from.x.max(to.x),
            });
        } else if dx <= 0.8 {
            let at = (from.x + to.x) / 2.0;
            self.page.rules.push(Rule {
                is_horizontal: false,
                at,
                from: from.y.min(to.y),
                to: from.y.max(to.y),
            });
        }
    }

    /// The lines of a stroked path.
    fn strokes(&mut self, path: &BezPath, transform: Affine) {
        let (mut start, mut last) = (Point::ZERO, Point::ZERO);
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(point) => {
                    start = transform * point;
                    last = start;
                }
                PathEl::LineTo(point) => {
                    let point = transform * point;
                    self.rule(last, point);
                    last = point;
                }
                PathEl::ClosePath => {
                    self.rule(last, start);
                    last = start;
                }
                PathEl::QuadTo(_, point) | PathEl::CurveTo(_, _, point) => last = transform * point,
            }
        }
    }

    /// Filled boxes that are so thin that they are lines.
    fn fills(&mut self, path: &BezPath, transform: Affine) {
        let mut part = BezPath::new();
        let mut parts = Vec::new();
        for element in path.elements() {
            if matches!(element, PathEl::MoveTo(_)) && !part.elements().is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            part.push(*element);
        }
        parts.push(part);
        for part in parts.iter().filter(|part| part.elements().len() > 1) {
            let mut moved = part.clone();
            moved.apply_affine(transform);
            let bounds = moved.bounding_box();
            let (width, height) = (bounds.width(), bounds.height());
            if height <= THIN && width >= SHORTEST.max(height * 2.0) {
                let y = bounds.center().y;
                self.rule(Point::new(bounds.x0, y), Point::new(bounds.x1, y));
            } else if width <= THIN && height >= SHORTEST.max(width * 2.0) {
                let x = bounds.center().x;
                self.rule(Point::new(x, bounds.y0), Point::new(x, bounds.y1));
            }
        }
    }
}

impl<'a> Device<'a> for Collector {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}

    fn set_blend_mode(&mut self, _: BlendMode) {}

    fn draw_path(&mut self, path: &BezPath, transform: Affine, _: &Paint<'a>, mode: &PathDrawMode) {
        self.spend(1 + path.elements().len() / 8);
        match mode {
            PathDrawMode::Stroke(_) => self.strokes(path, transform),
            PathDrawMode::Fill(_) => self.fills(path, transform),
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.spend(1);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend(1);
    }

    fn draw_glyph(
        &mut self,
        glyph: &Drawn<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        self.spend(1);
        let matrix = transform * glyph_transform;
        let origin = matrix * Point::ZERO;
        let (right, up) = (matrix * Point::new(1000.0, 0.0), matrix * Point::new(0.0, 1000.0));
        let (along, size) = (right - origin, (up - origin).hypot());
        if along.y.abs() > along.x.abs() * 0.1 || along.x < 0.0 {
            self.page.turned += 1;
            return;
        }
        let advance = match glyph {
            Drawn::Outline(outline) => outline.advance_width().map(f64::from),
            Drawn::Type3(_) => None,
        };
        let width = along.x * advance.unwrap_or(1000.0) / 1000.0;
        let text = characters(glyph.as_unicode());
        if text.is_none() {
            self.page.unknown += 1;
        }
        if matches!(mode, GlyphDrawMode::Invisible) {
            self.page.invisible += 1;
        }
        let weight = match glyph {
            Drawn::Outline(outline) => outline.font_data().is_some_and(|font| {
                let name = font.postscript_name.unwrap_or_default().to_lowercase();
                font.weight.is_some_and(|weight| weight >= 600)
                    || ["bold", "black", "heavy"].iter().any(|word| name.contains(word))
            }),
            Drawn::Type3(_) => false,
        };
        self.page.glyphs.push(Glyph {
            text: text.unwrap_or_else(|| "\u{FFFD}".to_owned()),
            x: origin.x,
            y: origin.y,
            width,
            size,
            bold: weight,
            mcid: self.mcid(),
            artifact: self.marks.iter().any(|(_, artifact)| *artifact),
        });
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        self.spend(64);
        let bounds = transform.transform_rect_bbox(Rect::new(
            0.0,
            0.0,
            f64::from(image.width()),
            f64::from(image.height()),
        ));
        let bytes = super::pictures::file(&image);
        self.page.pictures.push(Raster {
            top: bounds.y0,
            width: bounds.width(),
            height: bounds.height(),
            mcid: self.mcid(),
            bytes,
        });
    }

    fn pop_clip_path(&mut self) {}

    fn pop_transparency_group(&mut self) {}

    fn begin_marked_content(&mut self, tag: &[u8], mcid: Option<i32>) {
        self.spend(1);
        self.marks.push((mcid, tag == b"Artifact"));
    }

    fn end_marked_content(&mut self) {
        self.marks.pop();
    }
}

/// The characters of a glyph; none where the font has no way to them, or only to its own.
fn characters(text: Option<BfString>) -> Option<String> {
    let text = match text? {
        BfString::Char(char) => char.to_string(),
        BfString::String(text) => text,
    };
    let is_private = |char: char| ('\u{E000}'..='\u{F8FF}').contains(&char) || char == '\u{FFFD}';
    if text.is_empty() || text.chars().any(is_private) || text == "\0" {
        return None;
    }
    Some(text.chars().map(without_radical).collect())
}
