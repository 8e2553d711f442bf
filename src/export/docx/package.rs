//! The package of a Word document: its parts, what they are and how they belong together (ECMA-376, parts 1 and 2).

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::super::xml::Xml;
use crate::document::Model;

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// A part that the document refers to.
pub(super) struct Part {
    /// Name below `word/`.
    pub(super) name: String,
    /// Kind of relation, the last piece of its address.
    pub(super) relation: &'static str,
    /// Kind of content; none for pictures, whose extension tells.
    pub(super) content: Option<String>,
    pub(super) bytes: Vec<u8>,
}

impl Part {
    /// A part written in XML.
    pub(super) fn xml(name: &str, relation: &'static str, bytes: Vec<u8>) -> Self {
        let content = Some(format!("{WORD}.{relation}+xml"));
        Self { name: format!("{name}.xml"), relation, content, bytes }
    }

    /// The colours and faces that word processors offer for further elements.
    pub(super) fn theme() -> Self {
        Self {
            name: "theme/theme1.xml".to_owned(),
            relation: "theme",
            content: Some("application/vnd.openxmlformats-officedocument.theme+xml".to_owned()),
            bytes: include_bytes!("theme.xml").to_vec(),
        }
    }
}

/// The id of the relation to the part of this number, from 0.
pub(super) fn relation_id(number: usize) -> String {
    format!("rId{}", number + 1)
}

/// Packs a document with its parts, in this order.
pub(super) fn pack(model: &Model, document: Vec<u8>, parts: Vec<Part>) -> Vec<u8> {
    let mut files: Vec<(String, Vec<u8>)> = vec![
        ("[Content_Types].xml".to_owned(), content_types(&parts)),
        ("_rels/.rels".to_owned(), package_relations()),
        ("docProps/app.xml".to_owned(), application(model)),
        ("docProps/core.xml".to_owned(), properties(model)),
        ("word/document.xml".to_owned(), document),
        ("word/_rels/document.xml.rels".to_owned(), document_relations(&parts)),
    ];
    files.extend(parts.into_iter().map(|part| (format!("word/{}", part.name), part.bytes)));
    zipped(&files)
}

/// A zip archive whose bytes depend on its files only: no time, no system.
fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let is_packed = name.ends_with(".png") || name.ends_with(".jpg");
        let method =
            if is_packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default());
        archive.start_file(name, options).expect("names are short and distinct");
        archive.write_all(bytes).expect("memory takes every byte");
    }
    archive.finish().expect("memory takes every byte").into_inner()
}

fn content_types(parts: &[Part]) -> Vec<u8> {
    let mut xml = Xml::new();
    let space = "http://schemas.openxmlformats.org/package/2006/content-types";
    xml.within("Types", &[("xmlns", space)], |xml| {
        for (extension, kind) in [
            ("jpg", "image/jpeg"),
            ("png", "image/png"),
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
        ] {
            xml.empty("Default", &[("Extension", extension), ("ContentType", kind)]);
        }
        let mut kind = |name: &str, kind: &str| {
            xml.empty("Override", &[("PartName", name), ("ContentType", kind)]);
        };
        kind("/word/document.xml", &format!("{WORD}.document.main+xml"));
        kind("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml");
        let application = "application/vnd.openxmlformats-officedocument.extended-properties+xml";
        kind("/docProps/app.xml", application);
        for part in parts {
            if let Some(content) = &part.content {
                kind(&format!("/word/{}", part.name), content);
            }
        }
    });
    xml.finish()
}

fn package_relations() -> Vec<u8> {
    let core =
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";
    let mut xml = Xml::new();
    xml.within("Relationships", &[("xmlns", RELATIONS)], |xml| {
        for (id, kind, target) in [
            ("rId1", format!("{OFFICE}/officeDocument"), "word/document.xml"),
            ("rId2", core.to_owned(), "docProps/core.xml"),
            ("rId3", format!("{OFFICE}/extended-properties"), "docProps/app.xml"),
        ] {
            xml.empty("Relationship", &[("Id", id), ("Type", &kind), ("Target", target)]);
        }
    });
    xml.finish()
}

fn document_relations(parts: &[Part]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("Relationships", &[("xmlns", RELATIONS)], |xml| {
        for (number, part) in parts.iter().enumerate() {
            let kind = format!("{OFFICE}/{}", part.relation);
            let id = relation_id(number);
            xml.empty("Relationship", &[("Id", &id), ("Type", &kind), ("Target", &part.name)]);
        }
    });
    xml.finish()
}

fn application(model: &Model) -> Vec<u8> {
    let mut xml = Xml::new();
    let space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
    xml.within("Properties", &[("xmlns", space)], |xml| {
        xml.text("Application", &[], concat!("nianbao ", env!("CARGO_PKG_VERSION")));
        xml.text("Company", &[], &model.agency);
    });
    xml.finish()
}

fn properties(model: &Model) -> Vec<u8> {
    let date =
        format!("{:04}-{:02}-{:02}T00:00:00Z", model.date.year, model.date.month, model.date.day);
    let mut xml = Xml::new();
    let spaces = [
        ("xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ("xmlns:dcterms", "http://purl.org/dc/terms/"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ];
    xml.within("cp:coreProperties", &spaces, |xml| {
        xml.text("dc:title", &[], &model.title);
        xml.text("dc:creator", &[], &model.agency);
        xml.text("cp:keywords", &[], &model.keywords.join("；"));
        xml.text("dc:description", &[], &model.description);
        xml.text("cp:lastModifiedBy", &[], &model.agency);
        xml.text("dcterms:created", &[("xsi:type", "dcterms:W3CDTF")], &date);
        xml.text("dcterms:modified", &[("xsi:type", "dcterms:W3CDTF")], &date);
        xml.text("dc:language", &[], "zh-CN");
    });
    xml.finish()
}
