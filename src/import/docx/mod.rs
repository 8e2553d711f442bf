//! Word documents: what stands on the page, with what general readers lose.
//!
//! In: the bytes of a `.docx`. Out: a [`Draft`]. Merged cells in all their spellings, nested tables, tracked changes
//! as if accepted, text boxes, results of fields, and the numbers that Word puts before list items and headings.

mod body;
mod numbering;
mod run;
mod styles;
mod table;

use std::collections::BTreeMap;

use super::draft::Draft;
use super::package::Package;
use super::refusal::Refusal;
use super::xml::{Step, Walk, text_of};
use body::Body;
use numbering::Numbering;
use styles::Styles;

pub(super) const KIND: &str = "docx";

/// Reads a document.
///
/// # Errors
/// When the file is no Word document, or torn, encrypted or out of bounds.
pub(super) fn read(bytes: &[u8]) -> Result<Draft, Refusal> {
    let mut package = Package::open(bytes, KIND)?;
    let main = main_part(&mut package)?;
    let Some(document) = package.part(&main)? else {
        return Err(Refusal::torn(KIND, format!("缺少正文 {main}")));
    };
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let name = main.rsplit('/').next().unwrap_or(&main);
    let links = match package.part(&join(&folder, &format!("_rels/{name}.rels")))? {
        Some(part) => relations(&part)?,
        None => BTreeMap::new(),
    };
    let part_of = |package: &mut Package, file: &str| package.part(&join(&folder, file));
    let styles = match part_of(&mut package, "styles.xml")? {
        Some(part) => Styles::read(&part)?,
        None => Styles::default(),
    };
    let numbering = match part_of(&mut package, "numbering.xml")? {
        Some(part) => Numbering::read(&part)?,
        None => Numbering::default(),
    };
    let notes = [part_of(&mut package, "footnotes.xml")?, part_of(&mut package, "endnotes.xml")?];
    let mut body = Body::new(styles, numbering, links);
    body.read(&document)?;
    for part in notes.into_iter().flatten() {
        body.read_notes(&part)?;
    }
    body.finish(&mut package, &folder)
}

/// The name of the part that holds the text: what the package says, else where Word puts it.
fn main_part(package: &mut Package) -> Result<String, Refusal> {
    if let Some(part) = package.part("_rels/.rels")? {
        let text = text_of(&part);
        let mut walk = Walk::new(&text, KIND);
        loop {
            match walk.next()? {
                Step::Open(element) if element.name == "Relationship" => {
                    let kind = element.get("Type").unwrap_or_default();
                    if let Some(target) = element.get("Target")
                        && kind.ends_with("/officeDocument")
                    {
                        return Ok(join("", target));
                    }
                }
                Step::End => break,
                _ => {}
            }
        }
    }
    Ok("word/document.xml".to_owned())
}

/// Targets inside the package by the id under which the text names them.
fn relations(part: &[u8]) -> Result<BTreeMap<String, String>, Refusal> {
    let text = text_of(part);
    let mut walk = Walk::new(&text, KIND);
    let mut links = BTreeMap::new();
    loop {
        match walk.next()? {
            Step::Open(element) if element.name == "Relationship" => {
                // What lies outside the file is not followed.
                if element.get("TargetMode") == Some("External") {
                    continue;
                }
                if let (Some(id), Some(target)) = (element.get("Id"), element.get("Target")) {
                    links.insert(id.to_owned(), target.to_owned());
                }
            }
            Step::End => return Ok(links),
            _ => {}
        }
    }
}

/// A path inside the package: `..` and a leading `/` as relations use them.
fn join(folder: &str, target: &str) -> String {
    let base = if target.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
