//! Pictures and charts in the line of a paragraph, with what they show in words.

use super::super::xml::Xml;
use super::package::{Part, relation_id};

/// English metric units to a point.
const PER_POINT: f64 = 12_700.0;
const PICTURE: &str = "http://schemas.openxmlformats.org/drawingml/2006/picture";

/// Pictures of a document: each file once.
pub(super) struct Images {
    first: usize,
    parts: Vec<Part>,
    /// Number of drawings so far; each has an id of its own.
    count: usize,
}

impl Images {
    /// `first` is the number of the relation of the first picture.
    pub(super) fn new(first: usize) -> Self {
        Self { first, parts: Vec::new(), count: 0 }
    }

    /// The parts, in order.
    pub(super) fn into_parts(self) -> Vec<Part> {
        self.parts
    }

    /// Writes a run that shows a picture of a size in points. `extension` is `png` or `jpg`.
    pub(super) fn show(
        &mut self,
        xml: &mut Xml,
        (bytes, extension): (Vec<u8>, &str),
        size: (f64, f64),
        alt: &str,
    ) {
        let known = self.parts.iter().position(|part| part.bytes == bytes);
        let at = known.unwrap_or_else(|| {
            let name = format!("media/image{}.{extension}", self.parts.len() + 1);
            self.parts.push(Part { name, relation: "image", content: None, bytes });
            self.parts.len() - 1
        });
        self.count += 1;
        let name = format!("图 {}", self.count);
        let drawing = Drawing {
            id: self.count.to_string(),
            name,
            relation: relation_id(self.first + at),
            width: units(size.0),
            height: units(size.1),
            alt,
        };
        xml.within("w:r", &[], |xml| xml.within("w:drawing", &[], |xml| drawing.write(xml)));
    }
}

fn units(points: f64) -> String {
    format!("{:.0}", points * PER_POINT)
}

struct Drawing<'a> {
    id: String,
    name: String,
    relation: String,
    width: String,
    height: String,
    alt: &'a str,
}

impl Drawing<'_> {
    fn write(&self, xml: &mut Xml) {
        let none = [("distT", "0"), ("distB", "0"), ("distL", "0"), ("distR", "0")];
        xml.within("wp:inline", &none, |xml| {
            xml.empty("wp:extent", &[("cx", &self.width), ("cy", &self.height)]);
            let named = [("id", &*self.id), ("name", &*self.name), ("descr", self.alt)];
            xml.empty("wp:docPr", &named);
            xml.within("wp:cNvGraphicFramePr", &[], |xml| {
                xml.empty("a:graphicFrameLocks", &[("noChangeAspect", "1")]);
            });
            xml.within("a:graphic", &[], |xml| {
                xml.within("a:graphicData", &[("uri", PICTURE)], |xml| {
                    xml.within("pic:pic", &[], |xml| self.picture(xml));
                });
            });
        });
    }

    fn picture(&self, xml: &mut Xml) {
        xml.within("pic:nvPicPr", &[], |xml| {
            xml.empty("pic:cNvPr", &[("id", &self.id), ("name", &self.name), ("descr", self.alt)]);
            xml.empty("pic:cNvPicPr", &[]);
        });
        xml.within("pic:blipFill", &[], |xml| {
            xml.empty("a:blip", &[("r:embed", &self.relation)]);
            xml.within("a:stretch", &[], |xml| xml.empty("a:fillRect", &[]));
        });
        xml.within("pic:spPr", &[], |xml| {
            xml.within("a:xfrm", &[], |xml| {
                xml.empty("a:off", &[("x", "0"), ("y", "0")]);
                xml.empty("a:ext", &[("cx", &self.width), ("cy", &self.height)]);
            });
            xml.within("a:prstGeom", &[("prst", "rect")], |xml| xml.empty("a:avLst", &[]));
        });
    }
}
