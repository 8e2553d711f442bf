//! The walk through the text of a Word document: paragraphs, tables, text boxes, in reading order.

use std::collections::BTreeMap;

use crate::import::draft::{Block, Draft, Paragraph, Picture, Place, Remark};
use crate::import::limits::{MOST_BLOCKS, MOST_CELLS, MOST_PICTURE, MOST_PICTURES};
use crate::import::package::Package;
use crate::import::refusal::Refusal;
use crate::import::xml::{Element, Step, Walk, text_of};

use super::numbering::Numbering;
use super::styles::Styles;
use super::table::CellProperties;

/// What stands in the file but not on the page: properties, and what a tracked change took out.
const NOT_SHOWN: [&str; 12] = [
    "del", "moveFrom", "Fallback", "sectPr", "sdtPr", "sdtEndPr", "tblPr", "tblPrEx", "pPr", "rPr",
    "rt", "proofErr",
];

/// Walks and collects.
pub(super) struct Body {
    pub(super) styles: Styles,
    pub(super) numbering: Numbering,
    links: BTreeMap<String, String>,
    draft: Draft,
    wanted: Vec<String>,
    paragraphs: usize,
    pub(super) tables: usize,
    pub(super) cells: usize,
    /// Fields that are open: whether what comes now is shown.
    pub(super) fields: Vec<Field>,
    /// Text of a paragraph whose end a tracked change took out.
    open: Option<Paragraph>,
}

/// A field: first its instruction, then its result.
#[derive(Debug, Default)]
pub(super) struct Field {
    pub(super) instruction: String,
    pub(super) has_result: bool,
}

impl Field {
    /// A table of contents repeats headings; the instruction itself is not on the page.
    fn is_shown(&self) -> bool {
        self.has_result && !self.instruction.trim_start().starts_with("TOC")
    }
}

/// How a paragraph is set.
#[derive(Debug, Default)]
struct Properties {
    style: Option<String>,
    level: Option<u8>,
    list: Option<String>,
    depth: Option<usize>,
    end_is_deleted: bool,
}

impl Body {
    pub(super) fn new(
        styles: Styles,
        numbering: Numbering,
        links: BTreeMap<String, String>,
    ) -> Self {
        Self {
            styles,
            numbering,
            links,
            draft: Draft::default(),
            wanted: Vec::new(),
            paragraphs: 0,
            tables: 0,
            cells: 0,
            fields: Vec::new(),
            open: None,
        }
    }

    /// Reads the part with the text.
    pub(super) fn read(&mut self, part: &[u8]) -> Result<(), Refusal> {
        let text = text_of(part);
        let mut walk = Walk::new(&text, super::KIND);
        loop {
            match walk.next()? {
                Step::Open(element) if element.name == "body" => {
                    let blocks = self.container(&mut walk, None, &mut CellProperties::default())?;
                    self.draft.blocks.extend(blocks);
                }
                Step::Open(element) if element.name == "background" => walk.skip()?,
                Step::End => break,
                _ => {}
            }
        }
        if let Some(rest) = self.open.take() {
            self.draft.blocks.push(Block::Paragraph(rest));
        }
        Ok(())
    }

    /// Reads footnotes or endnotes: they follow the text.
    pub(super) fn read_notes(&mut self, part: &[u8]) -> Result<(), Refusal> {
        let text = text_of(part);
        let mut walk = Walk::new(&text, super::KIND);
        loop {
            match walk.next()? {
                Step::Open(note) if matches!(note.name.as_str(), "footnote" | "endnote") => {
                    // Those of a type are the lines between text and notes.
                    if note.get("type").is_some_and(|kind| kind != "normal") {
                        walk.skip()?;
                        continue;
                    }
                    let blocks = self.container(&mut walk, None, &mut CellProperties::default())?;
                    self.draft.blocks.extend(blocks);
                }
                Step::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// Takes the pictures out of the package.
    pub(super) fn finish(self, package: &mut Package, folder: &str) -> Result<Draft, Refusal> {
        let Self { mut draft, wanted, links, .. } = self;
        for (picture, id) in draft.pictures.iter_mut().zip(&wanted) {
            let Some(target) = links.get(id) else {
                picture.bytes = Err("图片不在文件里，而是一个链接".to_owned());
                continue;
            };
            picture.bytes = match package.part(&super::join(folder, target))? {
                Some(bytes) if bytes.len() > MOST_PICTURE => Err("图片超过 20 MB".to_owned()),
                Some(bytes) => Ok(bytes),
                None => Err("文件里缺少这张图片".to_owned()),
            };
        }
        Ok(draft)
    }

    /// Reads what an element holds until it ends.
    pub(super) fn container(
        &mut self,
        walk: &mut Walk,
        cell: Option<&Place>,
        properties: &mut CellProperties,
    ) -> Result<Vec<Block>, Refusal> {
        let mut blocks = Vec::new();
        let mut open = 0usize;
        loop {
            match walk.next()? {
                Step::Open(element) => match element.name.as_str() {
                    "p" => self.paragraph(walk, cell, &mut blocks)?,
                    "tbl" => blocks.extend(self.table(walk)?),
                    "tcPr" => properties.read(walk)?,
                    "altChunk" => {
                        let place = self.here(cell);
                        self.remark("这里嵌入了另一个文件，没有读入", place, true);
                        walk.skip()?;
                    }
                    name if NOT_SHOWN.contains(&name) => walk.skip()?,
                    _ => open += 1,
                },
                Step::Close if open == 0 => return Ok(blocks),
                Step::Close => open -= 1,
                Step::Text(_) => {}
                Step::End => return Ok(blocks),
            }
        }
    }

    /// The place of what is being read.
    pub(super) fn here(&self, cell: Option<&Place>) -> Place {
        cell.cloned().unwrap_or(Place::Paragraph(self.paragraphs + 1))
    }

    pub(super) fn remark(&mut self, message: &str, place: Place, is_loss: bool) {
        let remark = Remark { message: message.to_owned(), place, is_loss };
        if self.draft.remarks.len() < 1000 && !self.draft.remarks.contains(&remark) {
            self.draft.remarks.push(remark);
        }
    }

    fn paragraph(
        &mut self,
        walk: &mut Walk,
        cell: Option<&Place>,
        blocks: &mut Vec<Block>,
    ) -> Result<(), Refusal> {
        let mut paragraph = match cell {
            None => self.open.take().unwrap_or_default(),
            Some(_) => Paragraph::default(),
        };
        let is_joined = !paragraph.runs.is_empty();
        let mut properties = Properties::default();
        let mut boxed = Vec::new();
        let mut open = 0usize;
        loop {
            match walk.next()? {
                Step::Open(element) => match element.name.as_str() {
                    "pPr" => {
                        properties = self.properties(walk)?;
                        if !is_joined {
                            let number = self.number(&properties);
                            paragraph.push(&number, false);
                        }
                    }
                    "r" => {
                        let style = properties.style.as_deref();
                        let bold = style.is_some_and(|id| self.styles.is_bold(id));
                        self.run(walk, bold, cell, &mut paragraph, &mut boxed)?;
                    }
                    name if NOT_SHOWN.contains(&name) => walk.skip()?,
                    _ => open += 1,
                },
                Step::Close if open == 0 => break,
                Step::Close => open -= 1,
                Step::Text(_) => {}
                Step::End => break,
            }
        }
        paragraph.level =
            properties.level.or_else(|| self.styles.level(properties.style.as_deref()?));
        if properties.end_is_deleted && cell.is_none() {
            self.open = Some(paragraph);
        } else if !paragraph.is_blank() {
            if cell.is_none() {
                self.paragraphs += 1;
            }
            paragraph.place = cell.cloned().unwrap_or(Place::Paragraph(self.paragraphs));
            let contents = properties.style.is_some_and(|id| self.styles.is_contents(&id));
            if !contents {
                blocks.push(Block::Paragraph(paragraph));
            }
        }
        blocks.extend(boxed);
        if blocks.len() + self.draft.blocks.len() > MOST_BLOCKS {
            return Err(Refusal::too_large(format!("正文超过 {MOST_BLOCKS} 段")));
        }
        Ok(())
    }

    fn number(&mut self, properties: &Properties) -> String {
        let by_style = properties.style.as_deref().and_then(|id| self.styles.number(id));
        let list = properties.list.clone().or_else(|| by_style.as_ref().map(|n| n.0.clone()));
        let depth = properties.depth.or(by_style.map(|number| number.1)).unwrap_or(0);
        match list {
            Some(list) if list != "0" => self.numbering.next(&list, depth),
            _ => String::new(),
        }
    }

    fn properties(&mut self, walk: &mut Walk) -> Result<Properties, Refusal> {
        let mut properties = Properties::default();
        let mut names: Vec<String> = Vec::new();
        loop {
            match walk.next()? {
                Step::Open(element) => {
                    let value = element.get("val").map(str::to_owned);
                    let above = names.last().map(String::as_str);
                    match (above, element.name.as_str()) {
                        // What the paragraph was before a tracked change.
                        (_, "pPrChange" | "numberingChange") => {
                            walk.skip()?;
                            continue;
                        }
                        (None, "pStyle") => properties.style = value,
                        (None, "outlineLvl") => {
                            let level = value.and_then(|value| value.parse::<u8>().ok());
                            properties.level = level.filter(|level| *level < 9).map(|l| l + 1);
                        }
                        (Some("numPr"), "numId") => properties.list = value,
                        (Some("numPr"), "ilvl") => {
                            properties.depth = value.and_then(|value| value.parse().ok());
                        }
                        (Some("rPr"), "del" | "moveFrom") => properties.end_is_deleted = true,
                        _ => {}
                    }
                    names.push(element.name);
                }
                Step::Close => {
                    if names.pop().is_none() {
                        return Ok(properties);
                    }
                }
                Step::Text(_) => {}
                Step::End => return Ok(properties),
            }
        }
    }

    /// A picture, a text box, a chart.
    pub(super) fn drawing(
        &mut self,
        walk: &mut Walk,
        cell: Option<&Place>,
        boxed: &mut Vec<Block>,
    ) -> Result<(), Refusal> {
        let mut open = 1usize;
        let mut alt = String::new();
        while open > 0 {
            match walk.next()? {
                Step::Open(element) => match element.name.as_str() {
                    "txbxContent" => {
                        let inner = &mut CellProperties::default();
                        boxed.extend(self.container(walk, cell, inner)?);
                    }
                    "Fallback" => walk.skip()?,
                    name => {
                        if name == "docPr" {
                            alt = element.get("descr").unwrap_or_default().to_owned();
                        }
                        self.shape(&element, &alt, cell, boxed);
                        open += 1;
                    }
                },
                Step::Close => open -= 1,
                Step::Text(_) => {}
                Step::End => break,
            }
        }
        Ok(())
    }

    fn shape(
        &mut self,
        element: &Element,
        alt: &str,
        cell: Option<&Place>,
        boxed: &mut Vec<Block>,
    ) {
        let id = match element.name.as_str() {
            "blip" => element.get("embed").or_else(|| element.get("link")),
            "imagedata" => element.get("id"),
            "chart" | "OLEObject" | "relIds" => {
                let what = match element.name.as_str() {
                    "chart" => "这里有一张图表，图表里的数没有读入",
                    "OLEObject" => "这里嵌入了另一个文件，没有读入",
                    _ => "这里有一张智能图形，里面的文字没有读入",
                };
                let place = self.here(cell);
                self.remark(what, place, true);
                None
            }
            _ => None,
        };
        let Some(id) = id else { return };
        if self.draft.pictures.len() >= MOST_PICTURES {
            let place = self.here(cell);
            self.remark("图片太多，后面的没有取出", place, true);
            return;
        }
        self.wanted.push(id.to_owned());
        self.draft.pictures.push(Picture { bytes: Err(String::new()), alt: alt.to_owned() });
        boxed.push(Block::Picture(self.draft.pictures.len() - 1, self.here(cell)));
    }

    /// Counts a cell.
    pub(super) fn count_cell(&mut self) -> Result<(), Refusal> {
        self.cells += 1;
        if self.cells > MOST_CELLS {
            return Err(Refusal::too_large(format!("表格超过 {MOST_CELLS} 格")));
        }
        Ok(())
    }

    /// Whether what comes now is on the page.
    pub(super) fn is_shown(&self) -> bool {
        self.fields.iter().all(Field::is_shown)
    }
}
