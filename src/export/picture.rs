//! Pictures of a report as other programs want them: PNG and JPEG as they are, drawings as PNG.

use super::ExportError;
use super::laid::Laid;
use crate::document::{ChartBlock, Picture};

/// A picture ready to be put into a file.
pub(crate) struct Made {
    pub(crate) bytes: Vec<u8>,
    /// `png` or `jpg`.
    pub(crate) extension: &'static str,
    /// Width and height on paper, in points.
    pub(crate) size: (f64, f64),
}

/// A picture for a word processor or a web page; none when the report has it not.
/// The picture of the block `id` is the one at `file` in the project.
pub(crate) fn for_office(
    (id, file): (&str, &str),
    pictures: &[Picture],
    laid: &Laid<'_>,
) -> Option<Made> {
    let picture = pictures.iter().find(|picture| picture.file == file)?;
    let bytes = picture.bytes.as_ref()?;
    let extension = match picture.file.rsplit('.').next() {
        Some("png") => "png",
        Some("jpg") => "jpg",
        // Word processors and editors of websites cannot be relied on to show SVG.
        _ => {
            let drawing = laid.picture(id)?;
            return Some(Made { bytes: drawing.png, extension: "png", size: drawing.size });
        }
    };
    let size = laid.picture_size(id)?;
    Some(Made { bytes: bytes.clone(), extension, size })
}

/// A chart as it stands on paper, without its title.
pub(crate) fn of_chart(chart: &ChartBlock, laid: &Laid<'_>) -> Option<Made> {
    let drawing = laid.chart(&chart.id)?;
    Some(Made { bytes: drawing.png, extension: "png", size: drawing.size })
}

/// Largest side of a picture beside a web page, in pixels: sharp on a screen of double density.
const LARGEST: u32 = 1600;

/// A picture as PNG, no larger than a web page shows.
pub(crate) fn as_png(made: &Made) -> Result<Vec<u8>, ExportError> {
    if made.extension == "png" {
        return Ok(made.bytes.clone());
    }
    let unreadable = |error: image::ImageError| {
        ExportError::one(format!("图片转不成 PNG（{error}）；请另存为 PNG 后再用"))
    };
    let picture = image::load_from_memory(&made.bytes).map_err(unreadable)?;
    let picture = if picture.width().max(picture.height()) > LARGEST {
        picture.resize(LARGEST, LARGEST, image::imageops::FilterType::Triangle)
    } else {
        picture
    };
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).map_err(unreadable)?;
    Ok(png.into_inner())
}
