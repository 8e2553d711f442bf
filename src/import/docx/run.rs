//! Runs of a paragraph: characters in one look, breaks, symbols, fields, drawings.

use crate::import::draft::{Block, Paragraph, Place};
use crate::import::refusal::Refusal;
use crate::import::xml::{Element, Step, Walk};

use super::body::{Body, Field};

/// How a run is set.
#[derive(Debug, Clone, Copy)]
struct Look {
    bold: bool,
    hidden: bool,
}

impl Body {
    pub(super) fn run(
        &mut self,
        walk: &mut Walk,
        bold: bool,
        cell: Option<&Place>,
        paragraph: &mut Paragraph,
        boxed: &mut Vec<Block>,
    ) -> Result<(), Refusal> {
        let mut look = Look { bold, hidden: false };
        let mut names: Vec<String> = Vec::new();
        loop {
            match walk.next()? {
                Step::Open(element) => {
                    match element.name.as_str() {
                        "rPr" => {
                            look = self.look(walk, bold)?;
                            continue;
                        }
                        "delText" | "Fallback" | "rt" => {
                            walk.skip()?;
                            continue;
                        }
                        "drawing" | "pict" | "object" => {
                            self.drawing(walk, cell, boxed)?;
                            continue;
                        }
                        "fldChar" => self.field(&element),
                        _ => {
                            if let Some(text) = self.sign(&element, cell)
                                && self.is_shown()
                                && !look.hidden
                            {
                                paragraph.push(&text, look.bold);
                            }
                        }
                    }
                    names.push(element.name);
                }
                Step::Text(text) => match names.last().map(String::as_str) {
                    Some("t") if self.is_shown() && !look.hidden => {
                        paragraph.push(&text, look.bold);
                    }
                    Some("instrText") => {
                        if let Some(field) = self.fields.last_mut()
                            && field.instruction.len() < 64
                        {
                            field.instruction.push_str(&text);
                        }
                    }
                    _ => {}
                },
                Step::Close => {
                    if names.pop().is_none() {
                        return Ok(());
                    }
                }
                Step::End => return Ok(()),
            }
        }
    }

    fn look(&self, walk: &mut Walk, bold: bool) -> Result<Look, Refusal> {
        let mut look = Look { bold, hidden: false };
        let mut open = 0usize;
        loop {
            match walk.next()? {
                Step::Open(element) => match element.name.as_str() {
                    "rPrChange" => walk.skip()?,
                    name => {
                        match name {
                            "b" => look.bold = element.is_on(),
                            "vanish" | "webHidden" => look.hidden = element.is_on(),
                            "rStyle" => {
                                let id = element.get("val").unwrap_or_default();
                                look.bold |= self.styles.is_bold(id);
                            }
                            _ => {}
                        }
                        open += 1;
                    }
                },
                Step::Close if open == 0 => return Ok(look),
                Step::Close => open -= 1,
                Step::Text(_) => {}
                Step::End => return Ok(look),
            }
        }
    }

    fn field(&mut self, element: &Element) {
        match element.get("fldCharType") {
            Some("begin") if self.fields.len() < 64 => self.fields.push(Field::default()),
            Some("separate") => {
                if let Some(field) = self.fields.last_mut() {
                    field.has_result = true;
                }
            }
            Some("end") => drop(self.fields.pop()),
            _ => {}
        }
    }

    /// Characters that are elements.
    fn sign(&mut self, element: &Element, cell: Option<&Place>) -> Option<String> {
        match element.name.as_str() {
            "tab" | "ptab" => Some("\t".to_owned()),
            "br" if matches!(element.get("type"), Some("page" | "column")) => None,
            "br" | "cr" => Some("\n".to_owned()),
            "noBreakHyphen" => Some("-".to_owned()),
            "sym" => {
                let code = u32::from_str_radix(element.get("char").unwrap_or_default(), 16).ok()?;
                let char = char::from_u32(code)?;
                if ('\u{E000}'..='\u{F8FF}').contains(&char) {
                    let font = element.get("font").unwrap_or("符号").to_owned();
                    let place = self.here(cell);
                    let message = format!("这里有一个只有“{font}”字体才有的符号，没有读入");
                    self.remark(&message, place, true);
                    return None;
                }
                Some(char.to_string())
            }
            _ => None,
        }
    }
}
