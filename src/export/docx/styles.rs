//! The styles of a report: title, headings, body, signature, tables, notes. Whoever edits the document changes a
//! style once and every place follows.

use super::super::xml::Xml;
use super::sheet::Sheet;
use super::{WORD_SPACE, faces};
use crate::fonts::Role;

pub(super) const TITLE: &str = "Title";
pub(super) const BODY: &str = "BodyText";
pub(super) const SIGNATURE: &str = "Signature";
pub(super) const DATE: &str = "Date";
pub(super) const CAPTION: &str = "Caption";
pub(super) const DRAWING: &str = "Drawing";
pub(super) const CELL: &str = "TableText";
pub(super) const TABLE_NOTE: &str = "TableNote";
pub(super) const FIGURE_NOTE: &str = "FigureNote";
pub(super) const HEADER: &str = "Header";
pub(super) const FOOTER: &str = "Footer";
pub(super) const TABLE: &str = "TableGrid";
pub(super) const COMMENT: &str = "CommentText";
pub(super) const COMMENT_REFERENCE: &str = "CommentReference";
/// The paragraph style of the heading of a level from 1 to 3.
pub(super) const HEADINGS: [&str; 3] = ["Heading1", "Heading2", "Heading3"];
/// A heading's look for a heading that runs on into its paragraph.
pub(super) const RUN_IN: &str = "Heading2Char";

/// A paragraph style.
struct Style {
    id: &'static str,
    /// The name that word processors show, translated by them where it is one of theirs.
    name: &'static str,
    role: Role,
    /// In half points.
    size: i64,
    bold: bool,
    /// Alignment.
    jc: &'static str,
    /// Outline level from 0.
    level: Option<usize>,
    /// Two characters' indent of the first line.
    is_indented: bool,
    /// Whether its lines are those of the grid; else as high as what stands in them.
    on_grid: bool,
    /// Distance after, in twips.
    after: i64,
    next: &'static str,
}

impl Style {
    fn new(id: &'static str, name: &'static str, role: Role, size: i64) -> Self {
        Self {
            id,
            name,
            role,
            size,
            bold: false,
            jc: "both",
            level: None,
            is_indented: false,
            on_grid: true,
            after: 0,
            next: BODY,
        }
    }
}

/// `styles.xml`.
pub(super) fn write(sheet: &Sheet) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("w:styles", &[WORD_SPACE], |xml| {
        defaults(xml, sheet);
        for style in paragraphs(sheet) {
            paragraph(xml, sheet, &style);
        }
        characters(xml, sheet);
        table(xml);
    });
    xml.finish()
}

fn paragraphs(sheet: &Sheet) -> Vec<Style> {
    let body = |id, name, role| Style::new(id, name, role, sheet.body);
    let heading = |level: usize, name, role| Style {
        level: Some(level),
        is_indented: true,
        jc: "left",
        ..body(HEADINGS[level], name, role)
    };
    let small = |id, name, jc| Style {
        jc,
        on_grid: false,
        next: id,
        ..Style::new(id, name, Role::Songti, sheet.table)
    };
    vec![
        Style { next: "Normal", ..body("Normal", "Normal", Role::Fangsong) },
        Style {
            jc: "center",
            after: sheet.line,
            ..Style::new(TITLE, "Title", Role::Xiaobiaosong, sheet.title)
        },
        Style { is_indented: true, ..body(BODY, "Body Text", Role::Fangsong) },
        heading(0, "heading 1", Role::Heiti),
        heading(1, "heading 2", Role::Kaiti),
        Style { bold: true, ..heading(2, "heading 3", Role::Fangsong) },
        Style { jc: "right", next: DATE, ..body(SIGNATURE, "Signature", Role::Fangsong) },
        Style { jc: "right", ..body(DATE, "Date", Role::Fangsong) },
        Style { size: sheet.table + 2, ..small(CAPTION, "caption", "center") },
        small(DRAWING, "Drawing", "center"),
        small(CELL, "Table Text", "center"),
        small(TABLE_NOTE, "Table Note", "both"),
        Style { size: sheet.number, ..small(HEADER, "header", "center") },
        Style { size: sheet.number, ..small(FOOTER, "footer", "left") },
        small(COMMENT, "annotation text", "left"),
    ]
}

fn defaults(xml: &mut Xml, sheet: &Sheet) {
    xml.open("w:docDefaults", &[]);
    xml.open("w:rPrDefault", &[]);
    xml.within("w:rPr", &[], |xml| {
        faces::name(xml, Role::Fangsong);
        size(xml, sheet.body);
        xml.empty("w:lang", &[("w:val", "zh-CN"), ("w:eastAsia", "zh-CN"), ("w:bidi", "ar-SA")]);
    });
    xml.close("w:rPrDefault");
    xml.empty("w:pPrDefault", &[]);
    xml.close("w:docDefaults");
}

fn size(xml: &mut Xml, half_points: i64) {
    let size = half_points.to_string();
    xml.empty("w:sz", &[("w:val", &size)]);
    xml.empty("w:szCs", &[("w:val", &size)]);
}

fn off(xml: &mut Xml, name: &str) {
    xml.empty(name, &[("w:val", "0")]);
}

fn paragraph(xml: &mut Xml, sheet: &Sheet, style: &Style) {
    let is_normal = style.id == "Normal";
    let mut kind = vec![("w:type", "paragraph"), ("w:styleId", style.id)];
    if is_normal {
        kind.insert(1, ("w:default", "1"));
    }
    xml.open("w:style", &kind);
    xml.empty("w:name", &[("w:val", style.name)]);
    if !is_normal {
        xml.empty("w:basedOn", &[("w:val", "Normal")]);
        xml.empty("w:next", &[("w:val", style.next)]);
    }
    if style.level == Some(1) {
        xml.empty("w:link", &[("w:val", RUN_IN)]);
    }
    xml.empty("w:qFormat", &[]);
    xml.within("w:pPr", &[], |xml| paragraph_properties(xml, sheet, style));
    xml.within("w:rPr", &[], |xml| {
        faces::name(xml, style.role);
        if style.bold {
            xml.empty("w:b", &[]);
        }
        if !style.on_grid {
            off(xml, "w:snapToGrid");
        }
        size(xml, style.size);
    });
    xml.close("w:style");
}

fn paragraph_properties(xml: &mut Xml, sheet: &Sheet, style: &Style) {
    if style.level.is_some() {
        xml.empty("w:keepNext", &[]);
    }
    off(xml, "w:widowControl");
    if style.on_grid {
        xml.empty("w:kinsoku", &[]);
        xml.empty("w:overflowPunct", &[]);
    }
    off(xml, "w:autoSpaceDE");
    off(xml, "w:autoSpaceDN");
    // Lines of the grid's own height need not be snapped to it; the widths of characters still follow the grid (the
    // runs' own setting). LibreOffice, told to snap, gives a character wider than its cell two cells.
    off(xml, "w:snapToGrid");
    let (line, rule) = if style.on_grid { (sheet.line, "exact") } else { (240, "auto") };
    xml.empty(
        "w:spacing",
        &[
            ("w:before", "0"),
            ("w:after", &style.after.to_string()),
            ("w:line", &line.to_string()),
            ("w:lineRule", rule),
        ],
    );
    if style.is_indented {
        let two = (2 * sheet.character).to_string();
        xml.empty("w:ind", &[("w:firstLineChars", "200"), ("w:firstLine", &two)]);
    }
    if style.id == TABLE_NOTE {
        let two = (2 * sheet.table * 10).to_string();
        xml.empty("w:ind", &[("w:left", &two), ("w:hanging", &two)]);
    }
    xml.empty("w:jc", &[("w:val", style.jc)]);
    if let Some(level) = style.level {
        xml.empty("w:outlineLvl", &[("w:val", &level.to_string())]);
    }
}

fn characters(xml: &mut Xml, sheet: &Sheet) {
    let mut style = |id: &str, name: &str, is_default: bool, inside: &dyn Fn(&mut Xml)| {
        let mut kind = vec![("w:type", "character"), ("w:styleId", id)];
        if is_default {
            kind.insert(1, ("w:default", "1"));
        }
        xml.within("w:style", &kind, |xml| {
            xml.empty("w:name", &[("w:val", name)]);
            if id == RUN_IN {
                xml.empty("w:link", &[("w:val", HEADINGS[1])]);
            }
            if !is_default {
                xml.within("w:rPr", &[], inside);
            }
        });
    };
    style("DefaultParagraphFont", "Default Paragraph Font", true, &|_| {});
    style(RUN_IN, "Heading 2 Char", false, &|xml| faces::name(xml, Role::Kaiti));
    // A note is set at seven tenths of its figure.
    style(FIGURE_NOTE, "Figure Note", false, &|xml| size(xml, sheet.table * 7 / 10));
    style(COMMENT_REFERENCE, "annotation reference", false, &|xml| size(xml, sheet.table));
}

fn table(xml: &mut Xml) {
    for (id, name, is_default) in
        [("TableNormal", "Normal Table", true), (TABLE, "Table Grid", false)]
    {
        let mut kind = vec![("w:type", "table"), ("w:styleId", id)];
        if is_default {
            kind.insert(1, ("w:default", "1"));
        }
        xml.open("w:style", &kind);
        xml.empty("w:name", &[("w:val", name)]);
        if !is_default {
            xml.empty("w:basedOn", &[("w:val", "TableNormal")]);
        }
        xml.open("w:tblPr", &[]);
        if !is_default {
            xml.within("w:tblBorders", &[], borders);
        }
        xml.within("w:tblCellMar", &[], |xml| {
            for side in ["w:top", "w:left", "w:bottom", "w:right"] {
                xml.empty(side, &[("w:w", "0"), ("w:type", "dxa")]);
            }
        });
        xml.close("w:tblPr");
        xml.close("w:style");
    }
}

/// Rules of half a point around and inside.
fn borders(xml: &mut Xml) {
    for side in ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"] {
        let rule = [("w:val", "single"), ("w:sz", "4"), ("w:space", "0"), ("w:color", "000000")];
        xml.empty(side, &rule);
    }
}
