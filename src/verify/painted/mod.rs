//! What pages paint: every glyph, line, area and picture with its outline, its place, its colour and all that hides it.
//!
//! In: the bytes of a PDF. Out: a [`Sheet`] for each page, its [`Mark`]s in the order in which they are painted, in
//! points from the upper left corner. Tags play no part. The pages are interpreted by hayro, which shares no code with
//! `verify::pdf`; a page or picture that this cannot read is no sheet.

mod compare;
mod recorder;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::time::Instant;

use hayro::hayro_interpret::{
    BlendMode, Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::kurbo::Rect;

pub use compare::{Difference, How, compare};

use crate::limits;
use recorder::Recorder;

/// Most marks of a page. One that is full of text has some two thousand; charts and drawings add some thousands.
const MOST_MARKS: usize = 200_000;
/// Most points of all outlines of a page. A hanzi has some sixty.
const MOST_POINTS: usize = 4_000_000;
/// Largest edge of a page in points: four times A4.
const LARGEST_EDGE: f64 = 3370.0;

/// The pages of a file.
pub struct Sheets {
    file: Pdf,
    /// When reading is given up.
    end: Instant,
}

/// One page.
#[derive(Debug)]
pub struct Sheet {
    /// Left, bottom, right, top of the paper and of the part of it that is shown, and how far it is turned.
    pub frame: [f64; 9],
    /// What is painted.
    pub marks: Vec<Mark>,
}

/// What a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An area, or the inside of a glyph.
    Fill,
    /// An area filled by the even-odd rule.
    FillEvenOdd,
    /// A line.
    Stroke,
    /// A picture.
    Picture,
    /// A glyph that is there for search only.
    Hidden,
}

/// One thing that is painted.
#[derive(Debug, Clone)]
pub struct Mark {
    /// What it is.
    pub kind: Kind,
    /// The points of its outline, in points from the upper left corner.
    pub points: Vec<[f32; 2]>,
    /// How the points are joined, a sign for each segment; for a picture, the hash of its pixels.
    pub joints: Vec<u8>,
    /// Red, green, blue, opacity; of a pattern its own signs.
    pub paint: [u8; 4],
    /// Weight, ends, corners, dashes of a line.
    pub stroke: Vec<f32>,
    /// How it mixes with what lies below it.
    pub blend: BlendMode,
    /// What cuts it or makes it transparent, from the innermost.
    pub cover: Option<Rc<Cover>>,
    /// What its font says it stands for, when it is a glyph.
    pub text: String,
    /// The marked content it belongs to.
    pub mcid: Option<i32>,
}

/// Something that cuts marks or makes them transparent, and what is around it.
#[derive(Debug)]
pub struct Cover {
    /// What is around it.
    pub outer: Option<Rc<Cover>>,
    /// What it does.
    pub effect: Effect,
}

/// What a [`Cover`] does.
#[derive(Debug)]
pub enum Effect {
    /// Nothing outside this path is seen.
    Clip {
        /// Whether by the even-odd rule.
        even_odd: bool,
        /// The points of the path.
        points: Vec<[f32; 2]>,
        /// How they are joined.
        joints: Vec<u8>,
    },
    /// A group of this opacity and mixing.
    Group {
        /// How much of it is seen.
        opacity: f32,
        /// How it mixes with what lies below it.
        blend: BlendMode,
    },
    /// A mask: what it paints decides how much is seen.
    Mask(Vec<Mark>),
}

/// Why there is no sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpainted {
    /// The page paints more, or takes longer, than any report.
    Exhausting,
    /// It cannot be interpreted.
    Broken,
}

impl Sheets {
    /// Opens a file; none when its pages cannot be found.
    pub fn open(bytes: Vec<u8>) -> Option<Self> {
        let file = catch_unwind(|| Pdf::new(bytes).ok()).ok().flatten()?;
        let end = Instant::now() + limits::READING_TIME;
        Some(Self { file, end })
    }

    /// The number of pages.
    pub fn count(&self) -> usize {
        self.file.pages().len()
    }

    /// The file as hayro reads it.
    pub(super) fn file(&self) -> &Pdf {
        &self.file
    }

    /// What a page (from 0) paints.
    ///
    /// # Errors
    /// When it cannot be interpreted within the bounds.
    pub fn sheet(&self, page: usize) -> Result<Sheet, Unpainted> {
        let work = || self.read(page);
        catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|cause| Err(cause.downcast_ref().copied().unwrap_or(Unpainted::Broken)))
    }

    fn read(&self, number: usize) -> Result<Sheet, Unpainted> {
        let page = self.file.pages().get(number).ok_or(Unpainted::Broken)?;
        let frame = self.frame(number).ok_or(Unpainted::Broken)?;
        let (width, height) = page.render_dimensions();
        if f64::from(width.max(height)) > LARGEST_EDGE {
            return Err(Unpainted::Exhausting);
        }
        let cache = InterpreterCache::new();
        let all = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let transform = page.initial_transform(true).to_kurbo();
        let mut context = Context::new(transform, all, &cache, page.xref(), settings());
        let mut recorder = Recorder::new(self.end);
        interpret_page(page, &mut context, &mut recorder);
        Ok(Sheet { frame, marks: recorder.marks })
    }

    /// The paper of a page (from 0), the part of it that is shown, and how far it is turned.
    pub fn frame(&self, number: usize) -> Option<[f64; 9]> {
        let page = self.file.pages().get(number)?;
        let (paper, shown) = (page.media_box(), page.crop_box());
        let turned = f64::from(page.rotation() as u8);
        let edges = |r: hayro::hayro_syntax::object::Rect| [r.x0, r.y0, r.x1, r.y1];
        let [a, b, c, d] = edges(paper);
        let [e, f, g, h] = edges(shown);
        Some([a, b, c, d, e, f, g, h, turned])
    }
}

/// Annotations that paint are part of what people see.
pub(super) fn settings() -> InterpreterSettings {
    InterpreterSettings { render_annotations: true, ..InterpreterSettings::default() }
}

/// Leaves the interpreter, which has no other way out.
fn give_up() -> ! {
    resume_unwind(Box::new(Unpainted::Exhausting))
}

impl Mark {
    /// The box around it: left, top, right, bottom; none for what has no extent, such as a space.
    pub fn bounds(&self) -> Option<[f32; 4]> {
        let first = *self.points.first()?;
        let start = [first[0], first[1], first[0], first[1]];
        Some(
            self.points.iter().fold(start, |b, p| {
                [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
            }),
        )
    }
}
