//! Whether a picture can be printed: it is set on a page of its own and written as PDF, as in the report.
//!
//! Whatever typst, its SVG reader or the PDF standard refuse then is a finding of `check`, before a report is built.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use image::{ImageDecoder, ImageReader};

use crate::export::{self, Identity, Standards};
use crate::fonts::Role;
use crate::report::Date;
use crate::world::{Layout, Project, Typesetter};

/// Measured and divided by its size like the report's own layout does (`parts/picture.typ`).
const MAIN: &str = "#set document(title: \"x\")
#set text(lang: \"zh\")
#let (file, fonts) = json(\"data.json\")
#set text(font: fonts)
#context {
  let natural = measure(image(file))
  let scale = calc.min(1, 442pt / natural.width, 400pt / natural.height)
  image(file, width: natural.width * scale, alt: \"x\")
}
";

/// What is known about pictures, by the hash of their bytes: the reports of a batch share some, and a preview looks at
/// the same ones with every change.
#[derive(Debug, Default)]
pub(super) struct Trials {
    known: Mutex<HashMap<[u8; 32], Option<String>>>,
}

impl Trials {
    /// Why a picture of a kind (`png`, `jpg`, `svg`) cannot be printed, in Chinese; none when it can.
    pub(super) fn problem(
        &self,
        typesetter: &Typesetter,
        kind: &str,
        bytes: &[u8],
    ) -> Option<String> {
        let hash = *blake3::hash(bytes).as_bytes();
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(problem) = known().get(&hash) {
            return problem.clone();
        }
        let problem = problem(typesetter, kind, bytes);
        known().insert(hash, problem.clone());
        problem
    }
}

fn problem(typesetter: &Typesetter, kind: &str, bytes: &[u8]) -> Option<String> {
    let plain = match kind {
        "svg" => svg_problem(bytes),
        _ => raster_problem(bytes),
    };
    plain.or_else(|| printed(typesetter, kind, bytes).err().map(|message| in_words(&message)))
}

/// What the decoder says: colours that a printed page cannot have, data that end too early.
fn raster_problem(bytes: &[u8]) -> Option<String> {
    let torn = || Some("文件不完整或已损坏，请从原图重新导出".to_owned());
    let jpeg = Jpeg::read(bytes);
    if jpeg.as_ref().is_some_and(|jpeg| jpeg.colours == 4) {
        return Some("颜色是印刷用的 CMYK，请另存为 RGB 或灰度的图片".to_owned());
    }
    if jpeg.is_some_and(|jpeg| !jpeg.is_whole) {
        return torn();
    }
    let Ok(reader) = ImageReader::new(Cursor::new(bytes)).with_guessed_format() else {
        return torn();
    };
    let Ok(decoder) = reader.into_decoder() else { return torn() };
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Some("图片没有大小（宽或高是 0）".to_owned());
    }
    image::DynamicImage::from_decoder(decoder).err().and_then(|_| torn())
}

/// What the markers of a JPEG tell. Its decoder fills what is missing with grey and says nothing.
struct Jpeg {
    /// Colour components; 0 when there is no frame.
    colours: u8,
    /// Whether its end marker is there.
    is_whole: bool,
}

impl Jpeg {
    /// Walks along the markers; none when the file is no JPEG.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut jpeg = Self { colours: 0, is_whole: false };
        let mut at = bytes.starts_with(&[0xFF, 0xD8]).then_some(2)?;
        loop {
            // Between a scan's data and the next marker: FF 00 is a byte of the data, D0 to D7 part it.
            let is_marker =
                |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
            let Some(ahead) = bytes.get(at..)?.windows(2).position(is_marker) else {
                return Some(jpeg);
            };
            at += ahead;
            let marker = bytes[at + 1];
            if marker == 0xD9 {
                jpeg.is_whole = true;
                return Some(jpeg);
            }
            // Frame headers are C0 to CF but for the tables C4, C8 and CC.
            if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
                jpeg.colours = bytes.get(at + 9).copied().unwrap_or(0);
            }
            let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return Some(jpeg) };
            at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
            if at > bytes.len() {
                return Some(jpeg);
            }
        }
    }
}

fn svg_problem(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).unwrap_or("");
    let tree = usvg::Tree::from_data(bytes, &usvg::Options::default());
    match tree {
        Err(_) if !text.contains("</svg>") => {
            Some("SVG 文件不完整（没有 </svg> 结尾），请从原图重新导出".to_owned())
        }
        Err(usvg::Error::InvalidSize) => {
            Some("SVG 没有写明大小（width、height 或 viewBox）".to_owned())
        }
        Err(_) => Some("SVG 文件读不懂，请从原图重新导出，或另存为 PNG".to_owned()),
        Ok(_) => None,
    }
}

/// Sets and writes the picture alone.
fn printed(typesetter: &Typesetter, kind: &str, bytes: &[u8]) -> Result<(), String> {
    let name = format!("0.{kind}");
    let layout = Layout::new([("main.typ".to_owned(), MAIN.to_owned())]);
    let layout = layout.map_err(|error| error.to_string())?;
    // Letters of an SVG are set in the fonts of the text around it.
    let fonts = typesetter.fonts().families(Role::Fangsong);
    let data = serde_json::json!({"file": format!("/pictures/{name}"), "fonts": fonts});
    let data = data.to_string().into_bytes();
    let mut project = Project::new(layout.into(), data);
    project.add_picture(&name, bytes.to_vec()).map_err(|error| error.to_string())?;
    let document = typesetter.typeset(&project).map_err(|error| error.to_string())?;
    let date = Date { year: 2000, month: 1, day: 1 };
    let identity = Identity { agency: String::new(), year: 2000, date };
    let pdf = export::pdf(&document, &identity, &Standards::default());
    pdf.map(drop).map_err(|error| error.to_string())
}

/// What typst or the PDF writer said, for somebody who wants to print a picture.
fn in_words(message: &str) -> String {
    let meanings = [
        (
            "could not be displayed",
            "图里的文字有字体没有的字，请在画图软件里把文字转为曲线，或另存为 PNG",
        ),
        ("没有字体", "图里的文字有字体没有的字，请在画图软件里把文字转为曲线，或另存为 PNG"),
        ("linked image", "SVG 引用了另外的图片文件，请在画图软件里改为嵌入，或另存为 PNG"),
        ("divide by zero", "图片没有大小（宽或高是 0）"),
        ("unknown font family", "图里的文字用了没有的字体，请把文字转为曲线，或另存为 PNG"),
        ("自造字", "图里的文字有自造字，请把文字转为曲线，或另存为 PNG"),
        ("无法提取", "图里的文字无法提取，请把文字转为曲线，或另存为 PNG"),
        ("CMYK", "颜色是印刷用的 CMYK，请另存为 RGB 或灰度的图片"),
    ];
    let known = meanings.iter().find(|(words, _)| message.contains(words));
    known.map_or_else(
        || "不能放进 PDF，请用画图软件打开后另存为 PNG".to_owned(),
        |(_, meaning)| (*meaning).to_owned(),
    )
}
