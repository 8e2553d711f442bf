//! XML as a walk: elements by their local names, text with its entities, bounded in depth and number.
//!
//! Parts of office files declare no entities: a document type is refused, so that none can grow.

use std::borrow::Cow;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::limits::{DEEPEST, MOST_ELEMENTS};
use super::refusal::Refusal;

/// What comes next.
#[derive(Debug)]
pub(super) enum Step {
    /// An element begins.
    Open(Element),
    /// The element that was opened last ends.
    Close,
    /// Text.
    Text(String),
    /// The end of the part.
    End,
}

/// An element: its name and attributes without prefixes.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A count in an attribute, or what stands for a missing one.
    pub(super) fn count(&self, name: &str, default: usize) -> usize {
        self.get(name).and_then(|value| value.trim().parse().ok()).unwrap_or(default)
    }

    /// Whether a switch such as `w:b` is on: it is unless its value says no.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.get("val"), Some("0" | "false" | "off" | "none"))
    }
}

/// A walk through one part.
pub(super) struct Walk<'a> {
    reader: Reader<&'a [u8]>,
    kind: &'static str,
    depth: usize,
    elements: usize,
}

/// The text of a part, whatever Unicode encoding it is in.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, [u8]> {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding != encoding_rs::UTF_8 => {
            Cow::Owned(encoding.decode(bytes).0.into_owned().into_bytes())
        }
        Some((_, mark)) => Cow::Borrowed(&bytes[mark..]),
        None => Cow::Borrowed(bytes),
    }
}

impl<'a> Walk<'a> {
    /// Begins a walk; `kind` names the file in messages.
    pub(super) fn new(text: &'a [u8], kind: &'static str) -> Self {
        let mut reader = Reader::from_reader(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, kind, depth: 0, elements: 0 }
    }

    /// The next step.
    ///
    /// # Errors
    /// When the part is no well-formed XML, declares a document type, or is nested too deep.
    pub(super) fn next(&mut self) -> Result<Step, Refusal> {
        loop {
            let event = self.reader.read_event().map_err(|e| Refusal::torn(self.kind, e))?;
            match event {
                Event::Start(start) => {
                    let element = element(&start);
                    self.depth += 1;
                    self.elements += 1;
                    if self.depth > DEEPEST {
                        return Err(Refusal::too_large(format!("内容嵌套超过 {DEEPEST} 层")));
                    }
                    if self.elements > MOST_ELEMENTS {
                        return Err(Refusal::too_large(format!("内容超过 {MOST_ELEMENTS} 个单元")));
                    }
                    return Ok(Step::Open(element));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Step::Close);
                }
                Event::Text(text) => return Ok(Step::Text(text.xml10_content().into_owned())),
                Event::CData(text) => return Ok(Step::Text(text.xml10_content().into_owned())),
                Event::GeneralRef(reference) => {
                    if let Ok(Some(char)) = reference.resolve_char_ref() {
                        return Ok(Step::Text(char.to_string()));
                    }
                    let name = reference.xml10_content();
                    let text = resolve_predefined_entity(&name).ok_or_else(|| {
                        Refusal::torn(self.kind, format!("用了没有定义的实体 &{name};"))
                    })?;
                    return Ok(Step::Text(text.to_owned()));
                }
                Event::DocType(_) => {
                    return Err(Refusal::torn(self.kind, "里面有不该有的文档类型声明"));
                }
                Event::Eof if self.depth > 0 => {
                    return Err(Refusal::torn(self.kind, "内容不完整"));
                }
                Event::Eof => return Ok(Step::End),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    /// Passes over the rest of the element that was opened last.
    ///
    /// # Errors
    /// As [`Walk::next`].
    pub(super) fn skip(&mut self) -> Result<(), Refusal> {
        let mut open = 1usize;
        while open > 0 {
            match self.next()? {
                Step::Open(_) => open += 1,
                Step::Close => open -= 1,
                Step::Text(_) => {}
                Step::End => return Ok(()),
            }
        }
        Ok(())
    }
}

fn element(start: &BytesStart) -> Element {
    let name = local(start.name().as_ref());
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false).filter_map(Result::ok).map(|attribute| {
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map(Cow::into_owned)
            .unwrap_or_default();
        (local(attribute.key.as_ref()), value)
    });
    Element { name, attributes: attributes.collect() }
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}
