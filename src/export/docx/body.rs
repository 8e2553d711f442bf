//! The text of the document: title, headings, paragraphs, pictures, signature, in the order of the model.

use std::collections::BTreeSet;

use super::super::laid::Laid;
use super::super::model::{caption, marks};
use super::super::picture;
use super::super::xml::Xml;
use super::package::Part;
use super::pictures::Images;
use super::sheet::{Sheet, half_characters};
use super::styles::{
    BODY, CAPTION, COMMENT_REFERENCE, DATE, DRAWING, HEADINGS, RUN_IN, SIGNATURE, TITLE,
};
use super::surroundings::{Around, DOCUMENT, section};
use crate::document::{Block, ChartBlock, Model, Picture, PrintedItem, TextRun};

/// What a paragraph has besides its style.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extra<'a> {
    /// Whether the next paragraph stands on the same page.
    pub(super) keep_next: bool,
    /// Distance before, in twips.
    pub(super) before: i64,
    /// Indent at the left, in twips.
    pub(super) left: i64,
    /// Indent at the right: in hundredths of a character and in twips.
    pub(super) right: Option<(i64, i64)>,
    /// Alignment, where it is not that of the style.
    pub(super) jc: Option<&'a str>,
    /// Outline level, where it is not that of the style.
    pub(super) level: Option<usize>,
}

/// The finished document and what it refers to.
pub(super) struct Written {
    pub(super) document: Vec<u8>,
    pub(super) images: Vec<Part>,
    /// Number of the finding of each comment, in the order of their ids.
    pub(super) comments: Vec<usize>,
}

/// The document in the making.
pub(super) struct Body<'a> {
    pub(super) xml: Xml,
    pub(super) model: &'a Model,
    pub(super) sheet: &'a Sheet,
    pub(super) laid: &'a Laid<'a>,
    pictures: &'a [Picture],
    images: Images,
    comments: Vec<usize>,
    /// Whether a table ended just above.
    pub(super) after_table: bool,
}

impl<'a> Body<'a> {
    /// `relations` is the number of relations that the document has without its pictures.
    pub(super) fn new(
        model: &'a Model,
        sheet: &'a Sheet,
        laid: &'a Laid<'a>,
        pictures: &'a [Picture],
        relations: usize,
    ) -> Self {
        Self {
            xml: Xml::new(),
            model,
            sheet,
            laid,
            pictures,
            images: Images::new(relations),
            comments: Vec::new(),
            after_table: false,
        }
    }

    /// Writes everything.
    pub(super) fn write(mut self, around: &Around) -> Written {
        let model = self.model;
        self.xml.open("w:document", &DOCUMENT);
        self.xml.open("w:body", &[]);
        self.title();
        self.blocks(&model.preface, 0);
        for part in &model.parts {
            self.heading(0, 0, &part.heading, &[]);
            for item in &part.items {
                match item {
                    PrintedItem::Section { heading, run_in, marks, blocks, .. } => {
                        self.section((heading, *run_in), marks, blocks);
                    }
                    PrintedItem::Blocks { marks, blocks, .. } => self.loose(marks, blocks),
                    PrintedItem::Table(form) => self.form(form),
                }
            }
        }
        self.signature();
        if self.after_table {
            // A table cannot be the last thing in a document.
            self.paragraph(BODY, Extra::default(), |_| {});
        }
        section(&mut self.xml, self.sheet, around);
        self.xml.close("w:body");
        self.xml.close("w:document");
        Written {
            document: self.xml.finish(),
            images: self.images.into_parts(),
            comments: self.comments,
        }
    }

    /// The title in its lines. In a draft it also bears the findings that have no place of their own.
    fn title(&mut self) {
        let model = self.model;
        let placed: BTreeSet<usize> = marks(model).collect();
        let loose: Vec<usize> = model
            .listed_findings()
            .map(|(_, remark)| remark.number)
            .filter(|number| !placed.contains(number))
            .collect();
        self.paragraph(TITLE, Extra::default(), |body| {
            body.marked(&loose, |body| {
                body.run(&model.title_lines.join("\n"), false, None);
            });
        });
    }

    /// A heading of a level from 0; `outline` is its level in the document's outline.
    fn heading(&mut self, level: usize, outline: usize, text: &str, marks: &[usize]) {
        let style = HEADINGS[level.min(HEADINGS.len() - 1)];
        let level = (outline != level).then_some(outline);
        let extra = Extra { level, keep_next: true, ..Extra::default() };
        self.paragraph(style, extra, |body| {
            body.marked(marks, |body| body.run(text, false, None));
        });
    }

    fn section(&mut self, (heading, run_in): (&str, bool), marks: &[usize], blocks: &[Block]) {
        if run_in
            && let Some((Block::Paragraph { marks: own, runs, .. }, rest)) = blocks.split_first()
        {
            let marks = [marks, own].concat();
            let extra = Extra { level: Some(1), ..Extra::default() };
            self.paragraph(BODY, extra, |body| {
                body.marked(&marks, |body| {
                    body.run(heading, false, Some(RUN_IN));
                    body.runs(runs);
                });
            });
            return self.blocks(rest, 2);
        }
        self.heading(1, 1, heading, marks);
        self.blocks(blocks, 2);
    }

    /// Text without a heading: its first paragraph bears the marks.
    fn loose(&mut self, marks: &[usize], blocks: &[Block]) {
        match blocks.split_first() {
            Some((Block::Paragraph { marks: own, runs, .. }, rest)) if !marks.is_empty() => {
                self.body_paragraph(&[marks, own].concat(), runs);
                self.blocks(rest, 1);
            }
            _ => self.blocks(blocks, 1),
        }
    }

    /// Blocks below a heading of a level; 0 before the first.
    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        for block in blocks {
            match block {
                Block::Paragraph { marks, runs, .. } => self.body_paragraph(marks, runs),
                Block::Heading { text, marks, .. } => self.heading(2, depth, text, marks),
                Block::Picture { id, file, caption, alt } => {
                    self.picture((id, file), (caption, alt));
                }
                Block::Chart(chart) => self.chart(chart),
                Block::Table { id, header, rows, align } => self.pipe(id, (header, rows), align),
            }
        }
    }

    fn body_paragraph(&mut self, marks: &[usize], runs: &[TextRun]) {
        self.paragraph(BODY, Extra::default(), |body| {
            body.marked(marks, |body| body.runs(runs));
        });
    }

    fn picture(&mut self, which: (&str, &str), (caption, alt): (&str, &str)) {
        let Some(made) = picture::for_office(which, self.pictures, self.laid) else { return };
        let keep_next = !caption.is_empty();
        self.drawing((made.bytes, made.extension), made.size, alt, keep_next);
        if keep_next {
            self.paragraph(CAPTION, Extra::default(), |body| body.run(caption, false, None));
        }
    }

    fn chart(&mut self, chart: &ChartBlock) {
        let caption = caption(chart);
        let extra = Extra { keep_next: true, ..Extra::default() };
        self.paragraph(CAPTION, extra, |body| body.run(&caption, false, None));
        if let Some(made) = picture::of_chart(chart, self.laid) {
            self.drawing((made.bytes, made.extension), made.size, &chart.alt, false);
        }
    }

    fn drawing(&mut self, file: (Vec<u8>, &str), size: (f64, f64), alt: &str, keep_next: bool) {
        let extra = Extra { keep_next, ..Extra::default() };
        self.paragraph(DRAWING, extra, |body| body.images.show(&mut body.xml, file, size, alt));
    }

    /// Agency and date: the date ends four characters from the edge, the agency is centred over it.
    fn signature(&mut self) {
        let Some(signature) = &self.model.signature else { return };
        let character = self.sheet.body * 10;
        let width = |text: &str| half_characters(text) * character / 2;
        let shift = 4 * character + (width(&signature.date) - width(&signature.agency)) / 2;
        let shift = shift.max(0);
        let agency = Extra {
            keep_next: true,
            before: self.sheet.line,
            right: Some((shift * 100 / character, shift)),
            ..Extra::default()
        };
        self.paragraph(SIGNATURE, agency, |body| body.run(&signature.agency, false, None));
        let date = Extra { right: Some((400, 4 * character)), ..Extra::default() };
        self.paragraph(DATE, date, |body| body.run(&signature.date, false, None));
    }

    /// Writes a paragraph.
    pub(super) fn paragraph(
        &mut self,
        style: &str,
        extra: Extra<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        // The least distance between a table and what follows.
        let before = if std::mem::take(&mut self.after_table) { 120 } else { 0 };
        let extra = Extra { before: extra.before.max(before), ..extra };
        self.xml.open("w:p", &[]);
        self.xml.within("w:pPr", &[], |xml| properties(xml, style, extra));
        inside(self);
        self.xml.close("w:p");
    }

    /// Writes the runs of a text.
    pub(super) fn runs(&mut self, runs: &[TextRun]) {
        for run in runs {
            self.run(&run.text, run.bold, None);
        }
    }

    /// Writes a run; a line break of the text stays one.
    pub(super) fn run(&mut self, text: &str, bold: bool, style: Option<&str>) {
        if text.is_empty() {
            return;
        }
        self.xml.open("w:r", &[]);
        self.xml.within("w:rPr", &[], |xml| {
            if let Some(style) = style {
                xml.empty("w:rStyle", &[("w:val", style)]);
            }
            // Else “ ” — … would be set as narrow Latin ones.
            xml.empty("w:rFonts", &[("w:hint", "eastAsia")]);
            if bold {
                xml.empty("w:b", &[]);
            }
        });
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.xml.empty("w:br", &[]);
            }
            for (at, piece) in line.split('\t').enumerate() {
                if at > 0 {
                    self.xml.empty("w:tab", &[]);
                }
                if !piece.is_empty() {
                    self.xml.text("w:t", &[("xml:space", "preserve")], piece);
                }
            }
        }
        self.xml.close("w:r");
    }

    /// Puts comments on what a closure writes.
    pub(super) fn marked(&mut self, marks: &[usize], inside: impl FnOnce(&mut Self)) {
        let model = self.model;
        let known =
            |number: &&usize| model.listed_findings().any(|(_, remark)| remark.number == **number);
        let marks: Vec<usize> = marks.iter().filter(known).copied().collect();
        let first = self.comments.len();
        self.comments.extend(&marks);
        let ids: Vec<String> = (first..self.comments.len()).map(|id| id.to_string()).collect();
        for id in &ids {
            self.xml.empty("w:commentRangeStart", &[("w:id", id)]);
        }
        inside(self);
        for id in &ids {
            self.xml.empty("w:commentRangeEnd", &[("w:id", id)]);
            self.xml.within("w:r", &[], |xml| {
                xml.within("w:rPr", &[], |xml| {
                    xml.empty("w:rStyle", &[("w:val", COMMENT_REFERENCE)]);
                });
                xml.empty("w:commentReference", &[("w:id", id)]);
            });
        }
    }
}

/// The properties of a paragraph, in the order of the schema.
pub(super) fn properties(xml: &mut Xml, style: &str, extra: Extra<'_>) {
    xml.empty("w:pStyle", &[("w:val", style)]);
    if extra.keep_next {
        xml.empty("w:keepNext", &[]);
    }
    if extra.before > 0 {
        xml.empty("w:spacing", &[("w:before", &extra.before.to_string())]);
    }
    if let Some((characters, twips)) = extra.right {
        let (characters, twips) = (characters.to_string(), twips.to_string());
        xml.empty("w:ind", &[("w:rightChars", &characters), ("w:right", &twips)]);
    } else if extra.left > 0 {
        xml.empty("w:ind", &[("w:left", &extra.left.to_string())]);
    }
    if let Some(jc) = extra.jc {
        xml.empty("w:jc", &[("w:val", jc)]);
    }
    if let Some(level) = extra.level {
        xml.empty("w:outlineLvl", &[("w:val", &level.to_string())]);
    }
}
