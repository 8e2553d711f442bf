//! How much work a picture is, seen before anything is decoded: a hundred bytes can claim two thousand million pixels.
//!
//! In: the bytes of a picture. Out: its pixels, or in Chinese why it is too much. Whether it is whole is another
//! question; nothing is decoded here but headers and the text of a drawing.

mod drawing;

use std::io::Cursor;

use image::ImageReader;

use crate::limits;

/// The number of pixels of a picture of pixels; of a drawing, of the pictures inside it.
///
/// # Errors
/// When it is beyond a bound, or its head cannot be read.
pub(super) fn pixels(kind: &str, bytes: &[u8]) -> Result<u64, String> {
    if kind == "svg" { drawing::pixels(bytes) } else { raster(bytes) }
}

/// Reads the head of a PNG, JPEG, GIF or WebP picture.
fn raster(bytes: &[u8]) -> Result<u64, String> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let size = reader.ok().and_then(|reader| reader.into_dimensions().ok());
    let Some((width, height)) = size else {
        return Err("图片文件已损坏，读不出尺寸；请重新导出这张图片".to_owned());
    };
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits::PICTURE_PIXELS {
        return Err(format!(
            "图片有 {width}×{height} 个像素，超过 {} 万个；请缩小后另存",
            limits::PICTURE_PIXELS / 10_000
        ));
    }
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claimed_pixels_are_counted_without_decoding() {
        let mut whole = Vec::new();
        let mut writer = png::Encoder::new(&mut whole, 30, 20).write_header().expect("a head");
        writer.write_image_data(&[7; 600]).expect("pixels");
        writer.finish().expect("an end");
        assert_eq!(pixels("png", &whole), Ok(600));
        // Beyond the bound here, or beyond what the decoder takes for a size: refused before a pixel is decoded.
        let claims: [&[u8]; 2] = [
            include_bytes!("../../fuzz/seeds/picture/claims-2-31-pixels.png"),
            include_bytes!("../../fuzz/seeds/picture/claims-60000-squared.png"),
        ];
        for bytes in claims {
            assert!(pixels("png", bytes).is_err());
        }
        assert!(pixels("jpg", b"\xff\xd8\xff").is_err());
    }
}
