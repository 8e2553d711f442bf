//! The report as HTML: a page of its own, or a fragment to paste into the editor of a website.
//!
//! In: the document model, the format's templates (`html/*.html.j2`), the finished pages (widths of tables, drawn
//! charts) and the pictures. Out: the text and, of a fragment, the PNG files beside it. What the templates print is
//! escaped by the engine.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::laid::Laid;
use super::model::{WORDS, Words, blocks, forms, is_label};
use super::picture::{self, Made};
use super::xml::allowed;
use super::{ExportError, setting};
use crate::document::{Block, Model, Picture};
use crate::format::Format;
use crate::template::Pages;

/// Points to a millimetre.
const POINTS_PER_MM: f64 = 72.0 / 25.4;
/// Width of the text area in pixels of the web.
const WIDTH: u32 = 800;
/// Width in pixels of a table of a chart's figures: labels, values.
const CHART_TABLE: [u32; 2] = [240, 120];

/// A fragment with the pictures that lie beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The HTML.
    pub html: String,
    /// File names and contents of the pictures, all PNG.
    pub pictures: Vec<(String, Vec<u8>)>,
}

/// What the templates know besides the document model.
#[derive(Serialize)]
struct Context<'a> {
    #[serde(flatten)]
    model: &'a Model,
    words: Words,
    page: &'a toml::Table,
    whole: bool,
    widths: BTreeMap<&'a str, Vec<u32>>,
    images: BTreeMap<&'a str, Image>,
}

/// A picture as the templates show it.
#[derive(Serialize)]
struct Image {
    src: String,
    width: u32,
    height: u32,
}

/// Writes a page that holds everything, its pictures too.
pub(super) fn page(
    model: &Model,
    format: &Format,
    laid: &Laid<'_>,
    pictures: &[Picture],
) -> Result<String, ExportError> {
    let source = |_: usize, made: &Made| -> String { data_address(made) };
    let images = images(model, &format.manifest.page, laid, pictures, source);
    render(format, "html/page.html.j2", model, laid, images, true)
}

/// Writes a fragment; its pictures are files whose names begin with `name`.
pub(super) fn fragment(
    model: &Model,
    format: &Format,
    laid: &Laid<'_>,
    pictures: &[Picture],
    name: &str,
) -> Result<Fragment, ExportError> {
    let mut files = Vec::new();
    let mut problem = None;
    let images = images(model, &format.manifest.page, laid, pictures, |number, made| {
        let file = format!("{name}-{}.png", number + 1);
        let address = encoded(&file);
        match picture::as_png(made) {
            Ok(png) => files.push((file, png)),
            Err(error) => problem = Some(error),
        }
        address
    });
    if let Some(problem) = problem {
        return Err(problem);
    }
    let html = render(format, "html/fragment.html.j2", model, laid, images, false)?;
    Ok(Fragment { html, pictures: files })
}

/// Writes a fragment that holds its pictures, for the clipboard.
pub(super) fn clipping(
    model: &Model,
    format: &Format,
    laid: &Laid<'_>,
    pictures: &[Picture],
) -> Result<String, ExportError> {
    let images = images(model, &format.manifest.page, laid, pictures, |_, made| data_address(made));
    render(format, "html/fragment.html.j2", model, laid, images, false)
}

fn render(
    format: &Format,
    entry: &str,
    model: &Model,
    laid: &Laid<'_>,
    images: BTreeMap<&str, Image>,
    whole: bool,
) -> Result<String, ExportError> {
    let templates = Pages::new(
        format
            .files
            .iter()
            .filter(|(name, _)| name.ends_with(".html.j2"))
            .map(|(name, text)| (name.as_str(), text.as_str())),
    );
    let context = Context {
        model,
        words: WORDS,
        page: &format.manifest.page,
        whole,
        widths: widths(model, laid),
        images,
    };
    let text = templates
        .and_then(|templates| templates.render(entry, context))
        .map_err(|error| ExportError::one(format!("网页模板不能用：{error}")))?;
    Ok(format!("{}\n", allowed(text.trim())))
}

/// Column widths of all tables in pixels.
fn widths<'a>(model: &'a Model, laid: &Laid<'_>) -> BTreeMap<&'a str, Vec<u32>> {
    let mut widths = BTreeMap::new();
    for (_, form) in forms(model) {
        let labels: Vec<bool> = form.columns.iter().map(is_label).collect();
        widths.insert(form.id.as_str(), pixels(laid, &form.id, &labels));
    }
    for block in blocks(model) {
        match block {
            Block::Table { id, header, .. } => {
                widths.insert(id, pixels(laid, id, &vec![false; header.len()]));
            }
            Block::Chart(chart) => {
                widths.insert(&chart.id, CHART_TABLE.to_vec());
            }
            _ => {}
        }
    }
    widths
}

fn pixels(laid: &Laid<'_>, id: &str, is_label: &[bool]) -> Vec<u32> {
    laid.shares(id, is_label).into_iter().map(|share| whole(share * f64::from(WIDTH))).collect()
}

/// The pictures and charts of a report; `source` gives the address of each, numbered from 0.
fn images<'a>(
    model: &'a Model,
    page: &toml::Table,
    laid: &Laid<'_>,
    pictures: &[Picture],
    mut source: impl FnMut(usize, &Made) -> String,
) -> BTreeMap<&'a str, Image> {
    let [width, left, right] = [("width", 210.0), ("left", 28.0), ("right", 26.0)]
        .map(|(key, usual)| setting(page, key, usual) * POINTS_PER_MM);
    let text_width = width - left - right;
    let mut images = BTreeMap::new();
    for block in blocks(model) {
        let (id, made) = match block {
            Block::Picture { id, file, .. } => {
                (id, picture::for_office((id, file), pictures, laid))
            }
            Block::Chart(chart) => (&chart.id, picture::of_chart(chart, laid)),
            _ => continue,
        };
        let Some(made) = made else { continue };
        let scale = f64::from(WIDTH) / text_width;
        let (width, height) = (whole(made.size.0 * scale), whole(made.size.1 * scale));
        let src = source(images.len(), &made);
        images.insert(id.as_str(), Image { src, width, height });
    }
    images
}

fn data_address(made: &Made) -> String {
    let kind = if made.extension == "jpg" { "jpeg" } else { made.extension };
    format!("data:image/{kind};base64,{}", STANDARD.encode(&made.bytes))
}

/// A file name as an address: what has a meaning in addresses or in HTML is encoded, hanzi stay readable.
fn encoded(name: &str) -> String {
    let mut address = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || (!c.is_ascii() && !c.is_whitespace())
        {
            address.push(c);
        } else {
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).bytes();
            address.extend(bytes.map(|byte| format!("%{byte:02X}")));
        }
    }
    address
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn whole(value: f64) -> u32 {
    value.round().max(1.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_files_are_addresses() {
        assert_eq!(encoded("某局 2023\"><%.png"), "某局%202023%22%3E%3C%25.png");
    }
}
