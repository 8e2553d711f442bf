//! Takes down what an interpreter paints.

use std::rc::Rc;
use std::time::Instant;

use hayro::hayro_interpret::font::Glyph;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::pattern::Pattern;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, FillRule, GlyphDrawMode, Image, ImageData, LumaData, Paint,
    PathDrawMode, SoftMask, StrokeProps,
};
use hayro::vello_cpu::kurbo::{Affine, BezPath, PathEl, Point};

use super::{Cover, Effect, Kind, MOST_MARKS, MOST_POINTS, Mark, give_up};

/// How deep masks, patterns and drawn glyphs may hold each other.
const DEEPEST: usize = 12;
/// After how many calls the clock is looked at.
const GLANCE: usize = 256;

/// A device that paints nothing and remembers all.
pub(super) struct Recorder {
    pub(super) marks: Vec<Mark>,
    points: usize,
    /// How often the interpreter has called.
    calls: usize,
    end: Instant,
    depth: usize,
    blend: BlendMode,
    cover: Option<Rc<Cover>>,
    /// The mask in force, and by which object, so that it is taken down once.
    mask: Option<(String, Rc<Cover>)>,
    has_mask: bool,
    contents: Vec<Option<i32>>,
}

impl Recorder {
    pub(super) fn new(end: Instant) -> Self {
        Self {
            marks: Vec::new(),
            points: 0,
            calls: 0,
            end,
            depth: 0,
            blend: BlendMode::Normal,
            cover: None,
            mask: None,
            has_mask: false,
            contents: Vec::new(),
        }
    }

    /// A recorder for something inside this one, with what is left of its budget.
    fn inner(&self) -> Self {
        if self.depth >= DEEPEST {
            give_up();
        }
        Self {
            points: self.points,
            depth: self.depth + 1,
            contents: self.contents.clone(),
            ..Self::new(self.end)
        }
    }

    /// Looks at the clock now and then: forms can hold forms without end and paint nothing.
    fn glance(&mut self) {
        self.calls += 1;
        if self.calls.is_multiple_of(GLANCE) && Instant::now() > self.end {
            give_up();
        }
    }

    fn add(&mut self, mark: Mark) {
        self.glance();
        self.points += mark.points.len() + 1;
        if self.marks.len() >= MOST_MARKS || self.points > MOST_POINTS {
            give_up();
        }
        self.marks.push(mark);
    }

    fn cover(&self) -> Option<Rc<Cover>> {
        match &self.mask {
            Some((_, mask)) if self.has_mask => Some(mask.clone()),
            _ => self.cover.clone(),
        }
    }

    fn mark(&self, kind: Kind, path: &BezPath, transform: Affine) -> Mark {
        let (points, joints) = taken_down(path, transform);
        Mark {
            kind,
            points,
            joints,
            paint: [0; 4],
            stroke: Vec::new(),
            blend: self.blend,
            cover: self.cover(),
            text: String::new(),
            mcid: self.contents.iter().rev().find_map(|mcid| *mcid),
        }
    }

    /// Adds a path in a paint; a pattern is taken down as what it paints, cut by the path.
    fn paint(&mut self, mut mark: Mark, paint: &Paint<'_>, path: (&BezPath, Affine), stroke: bool) {
        match paint {
            Paint::Color(color) => {
                mark.paint = color.to_rgba().to_rgba8();
                self.add(mark);
            }
            Paint::Pattern(pattern) => {
                mark.paint = [0, 0, 0, 1];
                mark.text = signs(pattern);
                self.add(mark);
                if let Pattern::Tiling(tiling) = &**pattern {
                    let mut inner = self.inner();
                    let _ = tiling.interpret(&mut inner, path.1, stroke);
                    self.take(inner);
                }
            }
        }
    }

    /// Takes over what a recorder inside this one has taken down.
    fn take(&mut self, inner: Self) {
        self.points = inner.points;
        for mut mark in inner.marks {
            mark.cover = mark.cover.or_else(|| self.cover());
            self.add(mark);
        }
    }
}

impl<'a> Device<'a> for Recorder {
    fn set_soft_mask(&mut self, mask: Option<SoftMask<'a>>) {
        self.has_mask = mask.is_some();
        let Some(mask) = mask else { return };
        let name = format!("{:?} {:?}", mask.id(), self.cover.as_ref().map(Rc::as_ptr));
        if self.mask.as_ref().is_some_and(|(known, _)| *known == name) {
            return;
        }
        let mut inner = self.inner();
        mask.interpret(&mut inner);
        self.points = inner.points;
        let effect = Effect::Mask(inner.marks);
        self.mask = Some((name, Rc::new(Cover { outer: self.cover.clone(), effect })));
    }

    fn set_blend_mode(&mut self, blend: BlendMode) {
        self.blend = blend;
    }

    fn draw_path(
        &mut self,
        path: &BezPath,
        transform: Affine,
        paint: &Paint<'a>,
        mode: &PathDrawMode,
    ) {
        let (kind, stroke) = match mode {
            PathDrawMode::Fill(FillRule::NonZero) => (Kind::Fill, None),
            PathDrawMode::Fill(FillRule::EvenOdd) => (Kind::FillEvenOdd, None),
            PathDrawMode::Stroke(stroke) => (Kind::Stroke, Some(stroke)),
        };
        let mut mark = self.mark(kind, path, transform);
        mark.stroke = stroke.map(|stroke| weights(stroke, transform)).unwrap_or_default();
        self.paint(mark, paint, (path, transform), stroke.is_some());
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.glance();
        let (points, joints) = taken_down(&clip.path, Affine::IDENTITY);
        self.points += points.len();
        if self.points > MOST_POINTS {
            give_up();
        }
        let effect = Effect::Clip { even_odd: clip.fill == FillRule::EvenOdd, points, joints };
        self.cover = Some(Rc::new(Cover { outer: self.cover.take(), effect }));
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend: BlendMode,
    ) {
        self.set_soft_mask(mask);
        let outer = self.cover();
        self.has_mask = false;
        // The pop takes one cover away: a mask and its group count as one.
        self.cover = Some(Rc::new(Cover { outer, effect: Effect::Group { opacity, blend } }));
    }

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        paint: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        let outline = match glyph {
            Glyph::Outline(glyph) => glyph.outline(),
            Glyph::Type3(drawn) => {
                let mut inner = self.inner();
                drawn.interpret(&mut inner, transform, glyph_transform, paint);
                self.take(inner);
                return;
            }
        };
        let (kind, stroke) = match mode {
            GlyphDrawMode::Fill => (Kind::Fill, None),
            GlyphDrawMode::Stroke(stroke) => (Kind::Stroke, Some(stroke)),
            GlyphDrawMode::Invisible => (Kind::Hidden, None),
        };
        let whole = transform * glyph_transform;
        let mut mark = self.mark(kind, &outline, whole);
        if mark.points.is_empty() && kind != Kind::Hidden {
            // A space paints nothing.
            return;
        }
        mark.stroke = stroke.map(|stroke| weights(stroke, transform)).unwrap_or_default();
        mark.text = match glyph.as_unicode() {
            Some(BfString::Char(char)) => char.to_string(),
            Some(BfString::String(text)) => text,
            None => String::new(),
        };
        self.paint(mark, paint, (&outline, whole), stroke.is_some());
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        let mut square = BezPath::new();
        square.move_to((0.0, 0.0));
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        for corner in [(width, 0.0), (width, height), (0.0, height)] {
            square.line_to(corner);
        }
        let mut mark = self.mark(Kind::Picture, &square, transform);
        let mut hasher = blake3::Hasher::new();
        match image {
            Image::Raster(raster) => raster.with_rgba(
                |pixels, alpha| {
                    match &pixels {
                        ImageData::Rgb(rgb) => hasher.update(&rgb.data),
                        ImageData::Luma(luma) => hasher.update(&luma.data),
                    };
                    if let Some(LumaData { data, .. }) = &alpha {
                        hasher.update(data);
                    }
                },
                None,
            ),
            Image::Stencil(stencil) => stencil.with_stencil(
                |luma, paint| {
                    hasher.update(&luma.data);
                    if let Paint::Color(color) = paint {
                        mark.paint = color.to_rgba().to_rgba8();
                    }
                },
                None,
            ),
        }
        mark.joints = hasher.finalize().as_bytes().to_vec();
        self.add(mark);
    }

    fn pop_clip_path(&mut self) {
        self.cover = self.cover.take().and_then(|cover| cover.outer.clone());
    }

    fn pop_transparency_group(&mut self) {
        let outer = self.cover.take().and_then(|cover| cover.outer.clone());
        self.cover = match outer {
            Some(mask) if matches!(mask.effect, Effect::Mask(_)) => mask.outer.clone(),
            outer => outer,
        };
    }

    fn begin_marked_content(&mut self, _: &[u8], mcid: Option<i32>) {
        self.glance();
        if self.contents.len() > super::super::pdf::DEEPEST_STATE {
            give_up();
        }
        self.contents.push(mcid);
    }

    fn end_marked_content(&mut self) {
        self.contents.pop();
    }
}

/// The points of a path on the page and how they are joined.
fn taken_down(path: &BezPath, transform: Affine) -> (Vec<[f32; 2]>, Vec<u8>) {
    let elements = path.elements();
    let (mut points, mut joints) =
        (Vec::with_capacity(elements.len() * 2), Vec::with_capacity(elements.len()));
    let mut add = |point: &Point| {
        let Point { x, y } = transform * *point;
        points.push([x as f32, y as f32]);
    };
    for element in elements {
        let (sign, of) = match element {
            PathEl::MoveTo(a) => (b'm', [Some(a), None, None]),
            PathEl::LineTo(a) => (b'l', [Some(a), None, None]),
            PathEl::QuadTo(a, b) => (b'q', [Some(a), Some(b), None]),
            PathEl::CurveTo(a, b, c) => (b'c', [Some(a), Some(b), Some(c)]),
            PathEl::ClosePath => (b'h', [None; 3]),
        };
        joints.push(sign);
        of.into_iter().flatten().for_each(&mut add);
    }
    (points, joints)
}

/// A line's weight as it is on the page, then its ends, corners and dashes.
fn weights(stroke: &StrokeProps, transform: Affine) -> Vec<f32> {
    let [a, b, c, d, _, _] = transform.as_coeffs();
    let scale = (a * d - b * c).abs().sqrt() as f32;
    let mut weights = vec![
        stroke.line_width * scale,
        stroke.line_cap as u8 as f32,
        stroke.line_join as u8 as f32,
        stroke.miter_limit,
    ];
    if !stroke.dash_array.is_empty() {
        weights.extend(stroke.dash_array.iter().map(|dash| dash * scale));
        weights.push(stroke.dash_offset * scale);
    }
    weights
}

/// What a pattern is, without the numbers of its objects, which other programs give anew. What a shading looks like is
/// seen when the page is drawn.
fn signs(pattern: &Pattern<'_>) -> String {
    let rounded = |matrix: &Affine| matrix.as_coeffs().map(|n| format!("{n:.2}")).join(" ");
    match pattern {
        Pattern::Shading(shading) => {
            format!("shading {} {:.3}", rounded(&shading.matrix), shading.opacity)
        }
        Pattern::Tiling(tiling) => {
            format!("tiling {} {:.2} {:.2}", rounded(&tiling.matrix), tiling.x_step, tiling.y_step)
        }
    }
}
