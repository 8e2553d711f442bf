//! What the finished pages tell the writers: widths of tables, drawn charts, sizes of pictures.
//!
//! The layout works these out once, with the real typefaces; here they are only read from the document.

use typst::foundations::{Label, Value};
use typst::introspection::{Introspector, MetadataElem};
use typst::layout::{Abs, Frame, FrameItem, Point, Size};
use typst::utils::PicoStr;
use typst_layout::{Page, PagedDocument};
use typst_render::RenderOptions;

/// Behind the id of a table: the layout's note of its column widths, in points.
const WIDTHS: &str = "/widths";
/// Behind the id of a chart: the drawing without its title.
const DRAWING: &str = "/drawing";
/// Pixels per point of a drawing: 192 to an inch, sharp on paper and on screens of double density.
const DENSITY: f64 = 192.0 / 72.0;

/// A drawing as PNG.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawing {
    /// The PNG.
    pub(crate) png: Vec<u8>,
    /// Width and height on paper, in points.
    pub(crate) size: (f64, f64),
}

/// The finished pages of a report.
pub(crate) struct Laid<'a>(pub(crate) &'a PagedDocument);

impl Laid<'_> {
    /// Widths of a table's columns in points; none when the layout does not tell.
    fn widths(&self, id: &str) -> Option<Vec<f64>> {
        let label = Label::new(PicoStr::get(&format!("{id}{WIDTHS}"))?)?;
        let found = self.0.introspector().query_label(label).ok()?;
        let Value::Array(widths) = &found.to_packed::<MetadataElem>()?.value else { return None };
        widths
            .iter()
            .map(|width| match width {
                Value::Float(points) => Some(*points),
                Value::Int(points) => i32::try_from(*points).ok().map(f64::from),
                Value::Length(length) => Some(length.abs.to_pt()),
                _ => None,
            })
            .collect()
    }

    /// What each column of a table takes of its width, in all 1: as on the pages, else twice as much for labels as for
    /// figures.
    pub(crate) fn shares(&self, id: &str, is_label: &[bool]) -> Vec<f64> {
        let laid = self.widths(id).filter(|widths| widths.len() == is_label.len());
        let widths = laid.unwrap_or_else(|| {
            is_label.iter().map(|is_label| if *is_label { 2.0 } else { 1.0 }).collect()
        });
        let all: f64 = widths.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        widths.into_iter().map(|width| width / all).collect()
    }

    /// Draws a chart without its title.
    pub(crate) fn chart(&self, id: &str) -> Option<Drawing> {
        let frame = self.group(&format!("{id}{DRAWING}")).or_else(|| self.group(id))?;
        drawn(frame.clone())
    }

    /// The size of a picture on paper, in points.
    pub(crate) fn picture_size(&self, id: &str) -> Option<(f64, f64)> {
        let (_, size) = picture_in(self.group(id)?)?;
        Some((size.x.to_pt(), size.y.to_pt()))
    }

    /// Draws a picture as it stands on paper.
    pub(crate) fn picture(&self, id: &str) -> Option<Drawing> {
        let (item, size) = picture_in(self.group(id)?)?;
        let mut frame = Frame::soft(size);
        frame.push(Point::zero(), item);
        drawn(frame)
    }

    fn group(&self, id: &str) -> Option<&Frame> {
        self.0.pages().iter().find_map(|page| group_in(&page.frame, id))
    }
}

fn group_in<'a>(frame: &'a Frame, id: &str) -> Option<&'a Frame> {
    frame.items().find_map(|(_, item)| {
        let FrameItem::Group(group) = item else { return None };
        if group.label.is_some_and(|label| label.resolve().as_str() == id) {
            return Some(&group.frame);
        }
        group_in(&group.frame, id)
    })
}

/// The first picture in a frame, with its size.
fn picture_in(frame: &Frame) -> Option<(FrameItem, Size)> {
    frame.items().find_map(|(_, item)| match item {
        FrameItem::Image(_, size, _) => Some((item.clone(), *size)),
        FrameItem::Group(group) => picture_in(&group.frame),
        _ => None,
    })
}

fn drawn(frame: Frame) -> Option<Drawing> {
    let size = frame.size();
    if size.x <= Abs::zero() || size.y <= Abs::zero() {
        return None;
    }
    let page = Page {
        frame,
        bleed: Default::default(),
        fill: Default::default(),
        numbering: None,
        supplement: Default::default(),
        number: 1,
    };
    let options = RenderOptions { pixel_per_pt: DENSITY.into(), ..RenderOptions::default() };
    let png = typst_render::render(&page, &options).encode_png().ok()?;
    Some(Drawing { png, size: (size.x.to_pt(), size.y.to_pt()) })
}
