//! What the metadata of a PDF declare: standards, title, language.
//!
//! XMP is XML, but only a handful of properties matter here. They are found by name, written as elements or as
//! attributes, which is all that XMP allows for simple values.

use lopdf::Object;
use regex::Regex;

use super::objects::Objects;

/// Declared properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Xmp {
    /// Part of PDF/A, such as `2`.
    pub archive_part: Option<String>,
    /// Conformance level of PDF/A, such as `A`.
    pub archive_level: Option<String>,
    /// Part of PDF/UA, such as `1`.
    pub accessible_part: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Language.
    pub language: Option<String>,
}

impl Xmp {
    /// Reads a metadata stream; none when it cannot be decoded.
    pub(super) fn read(objects: &Objects, stream: &Object) -> Option<Self> {
        let bytes = objects.stream(stream, "元数据").ok()?;
        Some(Self::parse(&String::from_utf8_lossy(&bytes)))
    }

    fn parse(xml: &str) -> Self {
        Self {
            archive_part: property(xml, "pdfaid:part"),
            archive_level: property(xml, "pdfaid:conformance"),
            accessible_part: property(xml, "pdfuaid:part"),
            title: property(xml, "dc:title"),
            language: property(xml, "dc:language"),
        }
    }

    /// The declared standards as people name them: `PDF/A-2a`, `PDF/UA-1`.
    pub fn standards(&self) -> Vec<String> {
        let archive = self.archive_part.as_ref().map(|part| {
            let level = self.archive_level.as_deref().unwrap_or_default().to_lowercase();
            format!("PDF/A-{part}{level}")
        });
        let accessible = self.accessible_part.as_ref().map(|part| format!("PDF/UA-{part}"));
        archive.into_iter().chain(accessible).collect()
    }
}

/// The value of a simple property: of an element, of the first item of its list, or of an attribute.
fn property(xml: &str, name: &str) -> Option<String> {
    let name = regex::escape(name);
    let element = format!(r"(?s)<{name}(?:\s[^>]*)?>\s*(?:<rdf:[^>]*>\s*)*([^<]*)<");
    let attribute = format!(r#"\s{name}\s*=\s*["']([^"']*)["']"#);
    let find = |pattern: &str| Some(Regex::new(pattern).ok()?.captures(xml)?[1].trim().to_owned());
    find(&element)
        .or_else(|| find(&attribute))
        .map(|value| unescape(&value))
        .filter(|value| !value.is_empty())
}

fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&apos;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_lists_and_attributes_are_read() {
        let xml = "<rdf:Description pdfuaid:part=\"1\"><pdfaid:part>2</pdfaid:part>\
                   <pdfaid:conformance>A</pdfaid:conformance><dc:title><rdf:Alt>\
                   <rdf:li xml:lang=\"x-default\">甲&amp;乙</rdf:li></rdf:Alt></dc:title></rdf:Description>";
        let xmp = Xmp::parse(xml);
        assert_eq!(xmp.standards(), ["PDF/A-2a", "PDF/UA-1"]);
        assert_eq!(xmp.title.as_deref(), Some("甲&乙"));
        assert_eq!(Xmp::parse("<pdfaid:part>").standards(), Vec::<String>::new());
    }
}
