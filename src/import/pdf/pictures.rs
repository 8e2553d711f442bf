//! Pictures of a page as files: a JPEG as it is, others as PNG.

use hayro_interpret::{Image, ImageData};
use hayro_syntax::object::stream::Stream;

use crate::import::draft::{Draft, Picture};
use crate::import::limits::{MOST_PICTURE, MOST_PICTURES};

use super::device::Page;

/// Smallest edge of a picture that shows something, in points.
const SMALLEST: f64 = 24.0;
/// Most pixels of a picture that is taken out.
const MOST_PIXELS: u64 = 40_000_000;

/// The file of a picture.
pub(super) fn file(image: &Image) -> Result<Vec<u8>, String> {
    let Image::Raster(raster) = image else {
        return Err("单色的图形没有取出".to_owned());
    };
    if u64::from(raster.width()) * u64::from(raster.height()) > MOST_PIXELS {
        return Err("图片的像素太多".to_owned());
    }
    if let Some(jpeg) = jpeg(raster.stream()) {
        return Ok(jpeg);
    }
    let mut out = Err("图片读不出来".to_owned());
    raster.with_rgba(
        |data, alpha| {
            let opaque = alpha.is_none();
            out = encoded(data).filter(|_| opaque).ok_or("透明的图片没有取出".to_owned());
        },
        None,
    );
    out
}

/// The bytes of a picture that is a JPEG by itself.
fn jpeg(stream: &Stream) -> Option<Vec<u8>> {
    let raw = stream.raw_data();
    (raw.starts_with(&[0xFF, 0xD8, 0xFF]) && raw.len() <= MOST_PICTURE).then(|| raw.into_owned())
}

fn encoded(data: ImageData) -> Option<Vec<u8>> {
    let (pixels, width, height, kind) = match data {
        ImageData::Rgb(rgb) => (rgb.data, rgb.width, rgb.height, image::ExtendedColorType::Rgb8),
        ImageData::Luma(luma) => (luma.data, luma.width, luma.height, image::ExtendedColorType::L8),
    };
    let mut out = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut out);
    image::ImageEncoder::write_image(encoder, &pixels, width, height, kind).ok()?;
    Some(out)
}

/// Takes the pictures of a page: their upper edges and numbers.
pub(super) fn take(page: &mut Page, draft: &mut Draft) -> Vec<(f64, usize)> {
    let mut places = Vec::new();
    for raster in std::mem::take(&mut page.pictures) {
        let is_small = raster.width < SMALLEST || raster.height < SMALLEST;
        // One that fills the page is its ground.
        let is_ground = raster.width > page.width * 0.9 && raster.height > page.height * 0.9;
        if is_small || is_ground || draft.pictures.len() >= MOST_PICTURES {
            continue;
        }
        draft.pictures.push(Picture { bytes: raster.bytes, alt: String::new() });
        places.push((raster.top, draft.pictures.len() - 1));
    }
    places
}
