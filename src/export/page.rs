//! Pages as pictures: PNG at a pixel density, SVG.

use std::ops::RangeInclusive;

use typst_layout::{Page, PagedDocument};
use typst_render::RenderOptions;
use typst_svg::SvgOptions;

use super::ExportError;

/// The pixel densities that a page can be drawn at, in pixels per point: from a thumbnail to 720 dpi.
pub const DENSITIES: RangeInclusive<f32> = 0.05..=10.0;

/// Draws a page (from 0) as PNG.
///
/// # Errors
/// When there is no such page, or the density is out of [`DENSITIES`].
pub fn png(document: &PagedDocument, page: usize, density: f32) -> Result<Vec<u8>, ExportError> {
    if !DENSITIES.contains(&density) {
        return Err(ExportError::one(format!(
            "图片密度要在每点 {} 到 {} 像素之间，给出的是 {density}",
            DENSITIES.start(),
            DENSITIES.end()
        )));
    }
    let options =
        RenderOptions { pixel_per_pt: f64::from(density).into(), ..RenderOptions::default() };
    let picture = typst_render::render(at(document, page)?, &options);
    picture.encode_png().map_err(|error| ExportError::one(format!("PNG 无法生成（{error}）")))
}

/// Draws a page (from 0) as SVG.
///
/// # Errors
/// When there is no such page.
pub fn svg(document: &PagedDocument, page: usize) -> Result<String, ExportError> {
    Ok(page_svg(at(document, page)?))
}

/// Draws one page as SVG.
pub fn page_svg(page: &Page) -> String {
    typst_svg::svg(page, &SvgOptions { render_bleed: false, pretty: false })
}

fn at(document: &PagedDocument, page: usize) -> Result<&Page, ExportError> {
    let pages = document.pages();
    pages.get(page).ok_or_else(|| {
        ExportError::one(format!("没有第 {} 页，这份报告共 {} 页", page + 1, pages.len()))
    })
}
