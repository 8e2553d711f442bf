//! How much a drawing (SVG) draws: elements, each as often as something refers to it.
//!
//! `<use>` draws what it refers to once more, and that may hold two of its kind: thirty lines can ask for a thousand
//! million elements. So a drawing is weighed: an element weighs one, what is in it, and what it refers to.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::raster;
use crate::limits;

/// Most effects (filters): each is computed pixel by pixel.
const EFFECTS: usize = 20;

/// One element: what is in it and what it refers to.
#[derive(Default)]
struct Element {
    inner: Vec<usize>,
    referred: Vec<String>,
    weight: Option<usize>,
}

#[derive(Default)]
struct Drawing {
    elements: Vec<Element>,
    names: HashMap<String, usize>,
    effects: usize,
    pixels: u64,
}

/// The number of pixels of the pictures inside a drawing.
///
/// # Errors
/// When it draws more than the bounds allow, or is no XML.
pub(super) fn pixels(bytes: &[u8]) -> Result<u64, String> {
    if bytes.len() > limits::DRAWING_FILE {
        let most = limits::DRAWING_FILE >> 20;
        return Err(format!("SVG 图超过 {most} MB；请简化，或另存为 PNG"));
    }
    let mut drawing = read(bytes)?;
    let weight = drawing.weigh(0, 0).ok_or_else(too_much)?;
    if weight > limits::DRAWING_ELEMENTS || drawing.effects > EFFECTS {
        return Err(too_much());
    }
    if drawing.pixels > limits::PICTURE_PIXELS {
        return Err("SVG 图里嵌的图片像素太多；请缩小后另存".to_owned());
    }
    Ok(drawing.pixels)
}

fn too_much() -> String {
    "SVG 图要画的东西太多（反复引用、套叠太深或特效太多）；请简化，或另存为 PNG".to_owned()
}

fn read(bytes: &[u8]) -> Result<Drawing, String> {
    let mut drawing = Drawing { elements: vec![Element::default()], ..Drawing::default() };
    let mut open = vec![0];
    let text =
        std::str::from_utf8(bytes).map_err(|_| "SVG 图不是 UTF-8 文字，读不出来".to_owned())?;
    let mut reader = Reader::from_str(text);
    loop {
        let event = reader.read_event().map_err(|_| "SVG 图的写法不对，读不出来".to_owned())?;
        match event {
            Event::Eof => return Ok(drawing),
            Event::DocType(text) if text.contains("<!ENTITY") => {
                return Err(
                    "SVG 图里定义了实体（ENTITY），没有读取；请另存为普通 SVG 或 PNG".to_owned()
                );
            }
            Event::Start(start) => {
                let at = drawing.add(&start, *open.last().unwrap_or(&0))?;
                open.push(at);
                if open.len() > limits::DRAWING_DEPTH {
                    return Err(too_much());
                }
            }
            Event::Empty(start) => drop(drawing.add(&start, *open.last().unwrap_or(&0))?),
            Event::End(_) if open.len() > 1 => drop(open.pop()),
            _ => {}
        }
    }
}

impl Drawing {
    fn add(&mut self, start: &BytesStart, parent: usize) -> Result<usize, String> {
        let at = self.elements.len();
        if at > limits::DRAWING_ELEMENTS {
            return Err(too_much());
        }
        let mut element = Element::default();
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = attribute.value.into_owned();
            match attribute.key.local_name().as_ref() {
                "id" => drop(self.names.entry(value).or_insert(at)),
                "href" if value.starts_with("data:") => self.pixels += embedded(&value)?,
                "href" => element.referred.extend(value.strip_prefix('#').map(str::to_owned)),
                key => {
                    self.effects += usize::from(key == "filter" || value.contains("filter:"));
                    element.referred.extend(addresses(&value));
                }
            }
        }
        self.elements.push(element);
        self.elements[parent].inner.push(at);
        Ok(at)
    }

    /// What an element weighs; none when that is too much or it refers to itself too deep down.
    fn weigh(&mut self, at: usize, depth: usize) -> Option<usize> {
        if let Some(weight) = self.elements[at].weight {
            return Some(weight);
        }
        if depth > 2 * limits::DRAWING_DEPTH {
            return None;
        }
        let inner = std::mem::take(&mut self.elements[at].inner);
        let referred = std::mem::take(&mut self.elements[at].referred);
        let targets: Vec<usize> =
            referred.iter().filter_map(|name| self.names.get(name).copied()).collect();
        let mut weight = 1usize;
        for part in inner.into_iter().chain(targets) {
            weight = weight.saturating_add(self.weigh(part, depth + 1)?);
            if weight > limits::DRAWING_ELEMENTS {
                return None;
            }
        }
        self.elements[at].weight = Some(weight);
        Some(weight)
    }
}

/// Names in `url(#name)`.
fn addresses(value: &str) -> impl Iterator<Item = String> + '_ {
    value.split("url(#").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
}

/// The pixels of a picture that is part of the text; what cannot be read is not drawn either.
fn embedded(address: &str) -> Result<u64, String> {
    let Some((head, body)) = address.split_once(',') else { return Ok(0) };
    if head.contains("svg") {
        return Err("SVG 图里又嵌了 SVG 图，没有读取；请合并或另存为 PNG".to_owned());
    }
    if !head.ends_with(";base64") {
        return Ok(0);
    }
    raster(&decode(body))
}

/// Decodes base64; signs that are none are passed over.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_drawing_passes() {
        let drawing = r##"<svg xmlns="http://www.w3.org/2000/svg"><defs><g id="a"><rect/></g></defs>
            <use href="#a"/><use href="#a"/><path d="M0 0" fill="url(#b)"/></svg>"##;
        assert_eq!(pixels(drawing.as_bytes()), Ok(0));
    }

    #[test]
    fn doubling_references_are_refused() {
        let mut drawing = "<svg><g id=\"a0\"><rect/></g>".to_owned();
        for n in 1..40 {
            let before = n - 1;
            drawing +=
                &format!("<g id=\"a{n}\"><use href=\"#a{before}\"/><use href=\"#a{before}\"/></g>");
        }
        drawing += "</svg>";
        assert!(pixels(drawing.as_bytes()).is_err());
    }

    #[test]
    fn a_circle_of_references_ends() {
        let drawing =
            r##"<svg><g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g></svg>"##;
        // What the drawing library makes of it is its business; weighing it must end.
        let _ = pixels(drawing.as_bytes());
    }

    #[test]
    fn depth_entities_and_pictures_inside_are_bounded() {
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(200), "</g>".repeat(200));
        assert!(pixels(deep.as_bytes()).is_err());
        assert!(pixels(b"<!DOCTYPE svg [<!ENTITY a \"aa\">]><svg>&a;</svg>").is_err());
        let gif =
            r#"<svg><image href="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="/></svg>"#;
        assert_eq!(pixels(gif.as_bytes()), Ok(1));
        assert_eq!(decode("5bm05oql"), "年报".as_bytes());
    }
}
