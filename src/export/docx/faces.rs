//! Typefaces by the names that word processors know, and what stands in for one that a computer lacks.

use super::super::xml::Xml;
use super::WORD_SPACE;
use crate::fonts::Role;

/// A typeface as a document names it.
pub(super) struct Face {
    /// The name in the document: that of the face an official document is set in.
    pub(super) name: &'static str,
    /// Other names, in the order in which they are tried.
    others: &'static str,
    family: &'static str,
    panose: &'static str,
}

/// The face of a role.
pub(super) fn face(role: Role) -> Face {
    let (name, others, family, panose) = match role {
        Role::Xiaobiaosong => (
            "方正小标宋_GBK",
            "方正小标宋简体,小标宋体,小标宋,华文中宋,宋体",
            "script",
            "03000509000000000000",
        ),
        Role::Fangsong => {
            ("仿宋_GB2312", "仿宋,FangSong,方正仿宋_GBK,华文仿宋", "modern", "02010609030101010101")
        }
        Role::Kaiti => {
            ("楷体_GB2312", "楷体,KaiTi,方正楷体_GBK,华文楷体", "modern", "02010609030101010101")
        }
        Role::Heiti => ("黑体", "SimHei,方正黑体_GBK,华文黑体", "modern", "02010609060101010101"),
        Role::Songti => ("宋体", "SimSun,方正书宋_GBK,华文宋体", "auto", "02010600030101010101"),
        Role::Latin => ("Times New Roman", "Liberation Serif", "roman", "02020603050405020304"),
    };
    Face { name, others, family, panose }
}

/// `fontTable.xml`: which faces may stand in for which.
pub(super) fn table() -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("w:fonts", &[WORD_SPACE], |xml| {
        for role in Role::ALL {
            let Face { name, others, family, panose } = face(role);
            let charset = if role == Role::Latin { "00" } else { "86" };
            xml.within("w:font", &[("w:name", name)], |xml| {
                xml.empty("w:altName", &[("w:val", others)]);
                xml.empty("w:panose1", &[("w:val", panose)]);
                xml.empty("w:charset", &[("w:val", charset)]);
                xml.empty("w:family", &[("w:val", family)]);
                xml.empty("w:pitch", &[("w:val", "variable")]);
            });
        }
    });
    xml.finish()
}

/// Names the face of a role for hanzi and the Latin face for the rest.
pub(super) fn name(xml: &mut Xml, role: Role) {
    let (own, latin) = (face(role).name, face(Role::Latin).name);
    xml.empty(
        "w:rFonts",
        &[("w:ascii", latin), ("w:eastAsia", own), ("w:hAnsi", latin), ("w:cs", latin)],
    );
}
