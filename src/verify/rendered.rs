//! Pages as a viewer shows them, pixel by pixel: drawn by hayro, white paper first.
//!
//! At two pixels a point the thinnest stroke of a digit in a table covers more than a pixel, and another digit changes
//! dozens.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};

use super::painted::{Sheets, settings};

/// Pixels to a point.
pub const DENSITY: f32 = 2.0;
/// By how much a pixel may be lighter or darker: the edges of letters when places were rounded.
const SLACK: u8 = 40;
/// Most pixels of a page.
const MOST_PIXELS: f32 = 16e6;

/// A drawn page: one grey or colour value for each pixel.
pub struct Picture {
    /// Width in pixels.
    pub width: usize,
    /// Red, green, blue, opacity of each pixel, row by row.
    pub pixels: Vec<[u8; 4]>,
    /// Pixels to a point.
    pub density: f32,
}

/// Draws a page (from 0); none when it is of no reasonable size or cannot be drawn.
pub fn draw(sheets: &Sheets, number: usize, density: f32) -> Option<Picture> {
    let page = sheets.file().pages().get(number)?;
    let (width, height) = page.render_dimensions();
    if width * height * density * density > MOST_PIXELS {
        return None;
    }
    let options = RenderSettings {
        x_scale: density,
        y_scale: density,
        bg_color: WHITE,
        ..RenderSettings::default()
    };
    let work = || render(page, &RenderCache::new(), &settings(), &options);
    let pixmap = catch_unwind(AssertUnwindSafe(work)).ok()?;
    let pixels = pixmap.data().iter().map(|pixel| [pixel.r, pixel.g, pixel.b, pixel.a]).collect();
    Some(Picture { width: usize::from(pixmap.width()), pixels, density })
}

/// The boxes around what is different, in points from the upper left corner: left, top, right, bottom. Pages of
/// different sizes are different everywhere.
pub fn compare(wanted: &Picture, found: &Picture) -> Vec<[f32; 4]> {
    if wanted.width != found.width || wanted.pixels.len() != found.pixels.len() {
        return vec![[0.0, 0.0, f32::MAX, f32::MAX]];
    }
    let differs = |a: &[u8; 4], b: &[u8; 4]| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > SLACK);
    let mut boxes: Vec<[f32; 4]> = Vec::new();
    for (at, (a, b)) in wanted.pixels.iter().zip(&found.pixels).enumerate() {
        if differs(a, b) {
            let place = |n: usize| n as f32 / wanted.density;
            let (x, y) = (place(at % wanted.width), place(at / wanted.width));
            add(&mut boxes, x, y);
        }
    }
    boxes
}

/// How near a pixel must be to a box to belong to it, in points: about a letter.
const NEAR: f32 = 6.0;
/// Most boxes that are told apart.
const MOST_BOXES: usize = 64;

fn add(boxes: &mut Vec<[f32; 4]>, x: f32, y: f32) {
    let is_near =
        |b: &[f32; 4]| x >= b[0] - NEAR && x <= b[2] + NEAR && y >= b[1] - NEAR && y <= b[3] + NEAR;
    match boxes.iter().position(is_near) {
        Some(at) => {
            let b = boxes[at];
            boxes[at] = [b[0].min(x), b[1].min(y), b[2].max(x), b[3].max(y)];
        }
        None if boxes.len() < MOST_BOXES => boxes.push([x, y, x, y]),
        None => {}
    }
}
