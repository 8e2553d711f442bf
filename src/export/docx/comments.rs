//! Findings of a draft as comments at the places they are about.

use super::super::xml::Xml;
use super::WORD_SPACE;
use super::styles::COMMENT;
use crate::document::{ListedFinding, ListedRule, Model};

/// Who comments.
const AUTHOR: &str = "年报核对";

/// `comments.xml`: one comment for each anchor, which names the number of its finding.
pub(super) fn write(model: &Model, anchors: &[usize]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("w:comments", &[WORD_SPACE], |xml| {
        for (id, number) in anchors.iter().enumerate() {
            let mut listed = model.listed_findings();
            let Some(found) = listed.find(|(_, remark)| remark.number == *number) else {
                continue;
            };
            let id = id.to_string();
            let kind = [("w:id", id.as_str()), ("w:author", AUTHOR), ("w:initials", "核")];
            xml.within("w:comment", &kind, |xml| comment(xml, found));
        }
    });
    xml.finish()
}

fn comment(xml: &mut Xml, (rule, remark): (&ListedRule, &ListedFinding)) {
    let ListedRule { rule, level, .. } = rule;
    let ListedFinding { number, place, message, help } = remark;
    paragraph(xml, &format!("{number}. {level}［{rule}］{place}：{message}"));
    if !help.is_empty() {
        paragraph(xml, &format!("怎么改：{help}"));
    }
}

fn paragraph(xml: &mut Xml, text: &str) {
    xml.open("w:p", &[]);
    xml.within("w:pPr", &[], |xml| xml.empty("w:pStyle", &[("w:val", COMMENT)]));
    for (at, line) in text.split('\n').enumerate() {
        xml.within("w:r", &[], |xml| {
            if at > 0 {
                xml.empty("w:br", &[]);
            }
            xml.text("w:t", &[("xml:space", "preserve")], line);
        });
    }
    xml.close("w:p");
}
