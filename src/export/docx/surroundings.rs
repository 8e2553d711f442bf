//! What stands around the text: page numbers outside, 草稿 on every page of a draft, the document's settings.

use super::super::model::WORDS;
use super::super::xml::Xml;
use super::package::{Part, relation_id};
use super::sheet::Sheet;
use super::styles::{FOOTER, HEADER};
use super::{RELATION_SPACE, WORD_SPACE};
use crate::document::Model;

/// References of the section to its headers and footers: kind, pages, id of the relation.
pub(super) type Around = Vec<(&'static str, &'static str, String)>;

/// Adds the parts and returns how the section refers to them.
pub(super) fn add(model: &Model, parts: &mut Vec<Part>) -> Around {
    let mut around = Vec::new();
    let mut part = |name: &str, relation, pages, bytes| {
        let reference =
            if relation == "header" { "w:headerReference" } else { "w:footerReference" };
        around.push((reference, pages, relation_id(parts.len())));
        parts.push(Part::xml(name, relation, bytes));
    };
    if model.draft {
        for (name, pages) in [("header1", "default"), ("header2", "even")] {
            part(name, "header", pages, header(WORDS.draft));
        }
    }
    part("footer1", "footer", "default", footer("right"));
    part("footer2", "footer", "even", footer("left"));
    around
}

fn header(text: &str) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("w:hdr", &[WORD_SPACE], |xml| {
        xml.open("w:p", &[]);
        xml.within("w:pPr", &[], |xml| xml.empty("w:pStyle", &[("w:val", HEADER)]));
        xml.within("w:r", &[], |xml| {
            xml.within("w:rPr", &[], |xml| xml.empty("w:b", &[]));
            xml.text("w:t", &[], text);
        });
        xml.close("w:p");
    });
    xml.finish()
}

/// The page number between dashes, one character from the outer edge.
fn footer(side: &str) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("w:ftr", &[WORD_SPACE], |xml| {
        xml.open("w:p", &[]);
        xml.within("w:pPr", &[], |xml| {
            xml.empty("w:pStyle", &[("w:val", FOOTER)]);
            let characters = format!("w:{side}Chars");
            let width = format!("w:{side}");
            xml.empty("w:ind", &[(&characters, "100"), (&width, "280")]);
            xml.empty("w:jc", &[("w:val", side)]);
        });
        dash(xml, "— ");
        field(xml, |xml| xml.empty("w:fldChar", &[("w:fldCharType", "begin")]));
        field(xml, |xml| xml.text("w:instrText", &[("xml:space", "preserve")], " PAGE "));
        field(xml, |xml| xml.empty("w:fldChar", &[("w:fldCharType", "separate")]));
        field(xml, |xml| xml.text("w:t", &[], "1"));
        field(xml, |xml| xml.empty("w:fldChar", &[("w:fldCharType", "end")]));
        dash(xml, " —");
        xml.close("w:p");
    });
    xml.finish()
}

fn dash(xml: &mut Xml, text: &str) {
    xml.within("w:r", &[], |xml| {
        xml.within("w:rPr", &[], |xml| xml.empty("w:rFonts", &[("w:hint", "eastAsia")]));
        xml.text("w:t", &[("xml:space", "preserve")], text);
    });
}

fn field(xml: &mut Xml, inside: impl FnOnce(&mut Xml)) {
    xml.within("w:r", &[], inside);
}

/// `settings.xml`: odd and even pages differ, punctuation is squeezed, the layout is that of Word 2013 and later.
pub(super) fn settings(sheet: &Sheet) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("w:settings", &[WORD_SPACE], |xml| {
        xml.empty("w:zoom", &[("w:percent", "100")]);
        xml.empty("w:bordersDoNotSurroundHeader", &[]);
        xml.empty("w:bordersDoNotSurroundFooter", &[]);
        let tab = (2 * sheet.character).to_string();
        xml.empty("w:defaultTabStop", &[("w:val", &tab)]);
        xml.empty("w:evenAndOddHeaders", &[]);
        xml.empty("w:characterSpacingControl", &[("w:val", "compressPunctuation")]);
        xml.within("w:compat", &[], |xml| {
            xml.empty("w:spaceForUL", &[]);
            xml.empty("w:balanceSingleByteDoubleByteWidth", &[]);
            xml.empty("w:ulTrailSpace", &[]);
            xml.empty("w:adjustLineHeightInTable", &[]);
            let setting = [
                ("w:name", "compatibilityMode"),
                ("w:uri", "http://schemas.microsoft.com/office/word"),
                ("w:val", "15"),
            ];
            xml.empty("w:compatSetting", &setting);
        });
        xml.empty("w:themeFontLang", &[("w:val", "zh-CN"), ("w:eastAsia", "zh-CN")]);
        xml.empty("w:decimalSymbol", &[("w:val", ".")]);
        xml.empty("w:listSeparator", &[("w:val", ",")]);
    });
    xml.finish()
}

/// The section's properties: headers and footers, paper, margins, grid.
pub(super) fn section(xml: &mut Xml, sheet: &Sheet, around: &Around) {
    let text = |value: i64| value.to_string();
    xml.open("w:sectPr", &[]);
    for (kind, pages, id) in around {
        xml.empty(kind, &[("w:type", pages), ("r:id", id)]);
    }
    xml.empty("w:pgSz", &[("w:w", &text(sheet.width)), ("w:h", &text(sheet.height))]);
    xml.empty(
        "w:pgMar",
        &[
            ("w:top", &text(sheet.top)),
            ("w:right", &text(sheet.right)),
            ("w:bottom", &text(sheet.bottom)),
            ("w:left", &text(sheet.left)),
            ("w:header", &text(sheet.header)),
            ("w:footer", &text(sheet.footer)),
            ("w:gutter", "0"),
        ],
    );
    xml.empty(
        "w:docGrid",
        &[
            ("w:type", "linesAndChars"),
            ("w:linePitch", &text(sheet.line)),
            ("w:charSpace", &text(sheet.character_space)),
        ],
    );
    xml.close("w:sectPr");
}

/// The root element of the document with its prefixes.
pub(super) const DOCUMENT: [(&str, &str); 5] = [
    WORD_SPACE,
    RELATION_SPACE,
    ("xmlns:wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
    ("xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
    ("xmlns:pic", "http://schemas.openxmlformats.org/drawingml/2006/picture"),
];
