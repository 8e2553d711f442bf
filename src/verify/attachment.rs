//! Files inside a PDF: what an archive finds again beside the pages.

use lopdf::{Dictionary, Object};

use super::pdf::Unreadable;
use super::pdf::objects::{Objects, as_dictionary};

/// How deep a tree of names may be.
const DEEPEST: usize = 16;
/// Most files that are looked at.
const MOST: usize = 1000;

/// A file inside a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, for people; it may hold anything.
    pub name: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// Reads the files inside a PDF, in the order of their names.
///
/// # Errors
/// A file that is no whole, readable, unprotected PDF, or whose attachments cannot be decoded.
pub fn attachments(bytes: &[u8]) -> Result<Vec<Attachment>, Unreadable> {
    let objects = Objects::read(bytes)?;
    let catalog = objects.catalog()?;
    let mut found = Vec::new();
    if let Some(tree) = objects
        .dictionary(catalog, b"Names")
        .and_then(|names| objects.dictionary(names, b"EmbeddedFiles"))
    {
        collect(&objects, tree, DEEPEST, &mut found);
    }
    // What the document is associated with need not be in the tree of names.
    let associated = objects.list(catalog, b"AF").iter();
    let associated = associated.filter_map(|file| as_dictionary(objects.resolve(file)));
    found.extend(associated.take(MOST));
    let mut files: Vec<Attachment> = Vec::new();
    for specification in found {
        if let Some(file) = read(&objects, specification)?
            && !files.contains(&file)
        {
            files.push(file);
        }
    }
    Ok(files)
}

/// File specifications of a tree of names: pairs of name and value at its leaves.
fn collect<'a>(
    objects: &'a Objects,
    node: &'a Dictionary,
    depth: usize,
    found: &mut Vec<&'a Dictionary>,
) {
    for pair in objects.list(node, b"Names").chunks_exact(2) {
        if found.len() < MOST {
            found.extend(as_dictionary(objects.resolve(&pair[1])));
        }
    }
    if depth > 0 {
        for kid in objects.list(node, b"Kids").iter().take(MOST) {
            if let Some(kid) = as_dictionary(objects.resolve(kid)) {
                collect(objects, kid, depth - 1, found);
            }
        }
    }
}

fn read(objects: &Objects, specification: &Dictionary) -> Result<Option<Attachment>, Unreadable> {
    let Some(files) = objects.dictionary(specification, b"EF") else { return Ok(None) };
    let is_stream = |key: &&[u8]| matches!(objects.entry(files, key), Some(Object::Stream(_)));
    let Some(key) = [b"UF".as_slice(), b"F"].into_iter().find(is_stream) else { return Ok(None) };
    let Some(stream) = objects.entry(files, key) else { return Ok(None) };
    let name = objects.text(specification, b"UF").or_else(|| objects.text(specification, b"F"));
    let bytes = objects.stream(stream, "附在里面的文件")?;
    Ok(Some(Attachment { name: name.unwrap_or_default(), bytes }))
}
