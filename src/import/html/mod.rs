//! Web pages: what a reader of the page sees, in any encoding, without what the site puts around it.
//!
//! In: bytes. Out: a [`Draft`]. Nothing is fetched: pictures count when they are inside the page.

mod table;
mod text;

use encoding_rs::{Encoding, GB18030, UTF_8};
use scraper::{ElementRef, Html, Node};

use super::draft::{Block, Draft, Paragraph, Picture, Place};
use super::limits::{DEEPEST, MOST_BLOCKS, MOST_PICTURE, MOST_PICTURES};
use super::refusal::Refusal;
use text::Writer;

/// How much of a page is searched for the name of its encoding.
const HEAD: usize = 4096;
/// Largest page that is read, in bytes.
const MOST_PAGE: usize = 16 << 20;
/// Elements that may be open at once; the parser's time grows with their square.
const MOST_OPEN: usize = 2_000;

type NodeRef<'a> = <ElementRef<'a> as std::ops::Deref>::Target;

/// Reads a page.
pub(super) fn read(bytes: &[u8]) -> Result<Draft, Refusal> {
    if bytes.len() > MOST_PAGE {
        return Err(Refusal::too_large(format!("网页有 {} MB", bytes.len() >> 20)));
    }
    let text = decode(bytes);
    if text.trim().is_empty() {
        return Err(Refusal::new("网页里没有内容", "请用浏览器打开，另存为“网页，全部”再试"));
    }
    bounded(&text)?;
    let page = Html::parse_document(&text);
    let mut reader = Reader::default();
    let mut writer = Writer::default();
    reader.walk(*page.root_element(), Look::default(), &mut writer, 0)?;
    writer.close(&mut reader.draft.blocks, &Place::Whole);
    let mut number = 0;
    for block in &mut reader.draft.blocks {
        if let Block::Paragraph(paragraph) = block {
            number += 1;
            paragraph.place = Place::Paragraph(number);
        }
    }
    Ok(reader.draft)
}

/// The text of a page: by its mark, by the encoding it names, as UTF-8, else as GB 18030.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_lowercase();
    let named = head.split("charset=").nth(1).map(|rest| {
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).next().unwrap_or("")
    });
    // A page that calls itself UTF-8 but is not is what an editor saved without changing the head.
    let encoding =
        named.and_then(|name| Encoding::for_label(name.as_bytes())).filter(|e| *e != UTF_8);
    let encoding = encoding.filter(|e| e.name() != "windows-1252").unwrap_or(GB18030);
    encoding.decode(bytes).0.into_owned()
}

/// Refuses pages with more open elements than any page has: the parser would take hours.
fn bounded(text: &str) -> Result<(), Refusal> {
    const SINGLE: [&str; 22] = [
        "br", "img", "hr", "meta", "link", "input", "col", "p", "li", "td", "th", "tr", "option",
        "dt", "dd", "tbody", "thead", "area", "base", "wbr", "param", "source",
    ];
    let mut open = 0usize;
    for (at, _) in text.match_indices('<') {
        let rest = &text[at + 1..text.floor_char_boundary((at + 24).min(text.len()))];
        let (closes, name) = match rest.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, rest),
        };
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name[..end].to_ascii_lowercase();
        if name.is_empty() || SINGLE.contains(&name.as_str()) {
            continue;
        }
        open = if closes { open.saturating_sub(1) } else { open + 1 };
        if open > MOST_OPEN {
            return Err(Refusal::too_large(format!("网页里有 {MOST_OPEN} 层以上的标签没有结束")));
        }
    }
    Ok(())
}

/// How text is set where the walk is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    pub(super) bold: bool,
    /// Level of the heading around.
    level: Option<u8>,
    /// Whether spaces and line breaks stand as written.
    preformatted: bool,
    /// Number of the next item of a numbered list around; 0 in one with bullets.
    list: Option<usize>,
}

/// Collects blocks.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) draft: Draft,
    pub(super) tables: usize,
    pub(super) cells: usize,
    /// Number of the next item, by depth of lists.
    items: Vec<usize>,
}

/// Elements that are no part of what is read.
const LEFT_OUT: [&str; 20] = [
    "script", "style", "noscript", "template", "head", "nav", "footer", "aside", "select",
    "button", "input", "textarea", "svg", "iframe", "object", "embed", "audio", "video", "canvas",
    "map",
];
/// Elements that begin a line of their own.
const BLOCKS: [&str; 27] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "blockquote",
    "center",
    "pre",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "address",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "caption",
    "fieldset",
];

impl Reader {
    pub(super) fn walk(
        &mut self,
        node: NodeRef,
        look: Look,
        writer: &mut Writer,
        depth: usize,
    ) -> Result<(), Refusal> {
        if depth > DEEPEST * 4 {
            return Err(Refusal::too_large("网页的标签嵌套太深".to_owned()));
        }
        for child in node.children() {
            match child.value() {
                Node::Text(text) => writer.text(text, look.bold, look.preformatted),
                Node::Element(element) => {
                    let name = element.name();
                    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase();
                    if LEFT_OUT.contains(&name) || is_hidden(element, &style) {
                        continue;
                    }
                    self.element(child, name, &style, look, writer, depth)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn element(
        &mut self,
        node: NodeRef,
        name: &str,
        style: &str,
        look: Look,
        writer: &mut Writer,
        depth: usize,
    ) -> Result<(), Refusal> {
        let mut inner = look;
        match name {
            "br" => {
                writer.line_break();
                return Ok(());
            }
            "img" => {
                self.picture(node, writer);
                return Ok(());
            }
            "table" => {
                writer.close(&mut self.draft.blocks, &Place::Whole);
                return self.table(node, depth + 1);
            }
            "b" | "strong" => inner.bold = true,
            "pre" => inner.preformatted = true,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                inner.level = name[1..].parse().ok();
            }
            "ul" => inner.list = Some(0),
            "ol" => {
                let start = node.value().as_element().and_then(|e| e.attr("start")?.parse().ok());
                inner.list = Some(1);
                self.items.push(start.unwrap_or(1));
            }
            _ => {}
        }
        let compact: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        if ["font-weight:bold", "font-weight:700", "font-weight:600"]
            .iter()
            .any(|s| compact.contains(s))
        {
            inner.bold = true;
        } else if compact.contains("font-weight:normal") || compact.contains("font-weight:400") {
            inner.bold = false;
        }
        let is_block = BLOCKS.contains(&name);
        if is_block {
            writer.close(&mut self.draft.blocks, &Place::Whole);
            writer.level = inner.level;
        }
        if name == "li" {
            self.item(look, writer);
            inner.list = None;
        }
        self.walk(node, inner, writer, depth + 1)?;
        if name == "ol" {
            self.items.pop();
        }
        if is_block {
            writer.close(&mut self.draft.blocks, &Place::Whole);
            writer.level = look.level;
        }
        if self.draft.blocks.len() > MOST_BLOCKS {
            return Err(Refusal::too_large(format!("网页超过 {MOST_BLOCKS} 段")));
        }
        Ok(())
    }

    /// What the browser puts before an item of a list.
    fn item(&mut self, look: Look, writer: &mut Writer) {
        match (look.list, self.items.last_mut()) {
            (Some(1), Some(number)) => {
                writer.text(&format!("{number}."), false, false);
                *number += 1;
            }
            (Some(_), _) => writer.text("· ", false, true),
            _ => {}
        }
    }

    fn picture(&mut self, node: NodeRef, writer: &mut Writer) {
        let Some(element) = node.value().as_element() else { return };
        let source = element.attr("src").unwrap_or_default().trim();
        let alt = element.attr("alt").unwrap_or_default().to_owned();
        // Dots that carry the layout, and counters.
        let tiny =
            |name: &str| element.attr(name).is_some_and(|v| matches!(v.trim(), "0" | "1" | "2"));
        if source.is_empty() || tiny("width") || tiny("height") {
            return;
        }
        writer.close(&mut self.draft.blocks, &Place::Whole);
        if self.draft.pictures.len() >= MOST_PICTURES {
            return;
        }
        let bytes = match source.strip_prefix("data:") {
            Some(data) => inline(data),
            None => Err(format!("图片“{}”在网页外面，没有读入", shortened(source))),
        };
        self.draft.pictures.push(Picture { bytes, alt });
        self.draft.blocks.push(Block::Picture(self.draft.pictures.len() - 1, Place::Whole));
    }
}

fn is_hidden(element: &scraper::node::Element, style: &str) -> bool {
    let compact: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    element.attr("hidden").is_some()
        || compact.contains("display:none")
        || compact.contains("visibility:hidden")
        || compact.contains("mso-hide:all")
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// The bytes of a picture inside the page.
fn inline(data: &str) -> Result<Vec<u8>, String> {
    let (kind, body) = data.split_once(',').ok_or("图片的数据不完整")?;
    if !kind.to_ascii_lowercase().contains("base64") {
        return Err("图片的数据不是 base64".to_owned());
    }
    if body.len() / 4 * 3 > MOST_PICTURE {
        return Err("图片超过 20 MB".to_owned());
    }
    base64(body).ok_or_else(|| "图片的数据不完整".to_owned())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            byte if byte.is_ascii_whitespace() => continue,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    Some(out)
}

/// A paragraph that stands in a cell.
pub(super) fn text_of(blocks: &[Block]) -> (String, bool) {
    let mut lines: Vec<String> = Vec::new();
    let mut has_picture = false;
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => lines.push(Paragraph::text(paragraph)),
            Block::Picture(..) => has_picture = true,
            Block::Grid(_) => {}
        }
    }
    (lines.join("\n"), has_picture)
}
