//! Tables: those of the form, with their merged cells and repeated heads, and those inside the text.

use std::borrow::Cow;

use super::super::model::is_label;
use super::super::xml::Xml;
use super::body::{Body, Extra};
use super::sheet::{half_characters, share_of};
use super::styles::{BODY, CELL, FIGURE_NOTE, TABLE, TABLE_NOTE};
use crate::document::{ColumnAlign, FormCell, FormCellKind, FormSection, FormTable, TextRun};

/// Space between a rule and what stands beside it, as the pages have it: left and right, above and below.
const INSET: (i64, i64) = (32, 68);
/// What a label that starts at the left keeps more from the rule.
const INDENT: i64 = 36;
/// Most rows of a sub-table that is kept on one page.
const WHOLE: usize = 12;
/// Rows that stay with the head of a longer one.
const AT_START: usize = 5;

impl Body<'_> {
    /// A table of the form with its notes.
    pub(super) fn form(&mut self, form: &FormTable) {
        self.part_tables();
        let widths = self.widths(&form.id, &form.columns.iter().map(is_label).collect::<Vec<_>>());
        self.xml.open("w:tbl", &[]);
        table_properties(&mut self.xml, &widths, Some((&form.title, &form.summary)));
        // Several heads cannot be repeated each on its own pages: such sub-tables stay whole.
        let repeats = form.sections.len() == 1;
        let labels = form.columns.iter().filter(|column| is_label(column)).count();
        for section in &form.sections {
            self.form_section(section, &widths, labels, repeats);
        }
        self.xml.close("w:tbl");
        self.after_table = true;
        for note in &form.notes {
            self.paragraph(TABLE_NOTE, Extra::default(), |body| body.run(note, false, None));
        }
    }

    fn form_section(
        &mut self,
        section: &FormSection,
        widths: &[i64],
        labels: usize,
        repeats: bool,
    ) {
        let rows = section.rows.len();
        let kept = if rows <= WHOLE { rows.saturating_sub(1) } else { AT_START };
        for (rows, is_head) in [(&section.head, true), (&section.rows, false)] {
            for (y, row) in rows.iter().enumerate() {
                let keep = is_head || y < kept;
                row_start(&mut self.xml, is_head && repeats);
                let mut x = 0;
                while x < widths.len() {
                    let Some(cell) = covering(rows, x, y) else {
                        self.cell_outside(&widths[x..=x]);
                        x += 1;
                        continue;
                    };
                    let right = (cell.x + cell.colspan).clamp(x + 1, widths.len());
                    let is_first = row.iter().any(|own| own.x == cell.x && own.y == cell.y);
                    let is_left = cell.kind == FormCellKind::Row && cell.colspan < labels;
                    self.form_cell(cell, &widths[x..right], is_left, (is_first, keep));
                    x = right;
                }
                self.xml.close("w:tr");
            }
        }
    }

    /// A cell of the form, or, below the first row that it covers, its continuation.
    fn form_cell(
        &mut self,
        cell: &FormCell,
        widths: &[i64],
        is_left: bool,
        (is_first, keep_next): (bool, bool),
    ) {
        let jc = is_left.then_some("left");
        let left = if is_left { INDENT } else { 0 };
        self.xml.open("w:tc", &[]);
        self.xml.within("w:tcPr", &[], |xml| {
            width(xml, widths);
            if cell.rowspan > 1 {
                let merge = if is_first { "restart" } else { "continue" };
                xml.empty("w:vMerge", &[("w:val", merge)]);
            }
            if is_first && !cell.marks.is_empty() {
                xml.empty(
                    "w:shd",
                    &[("w:val", "clear"), ("w:color", "auto"), ("w:fill", "D9D9D9")],
                );
            }
            xml.empty("w:vAlign", &[("w:val", "center")]);
        });
        let extra = Extra { keep_next, jc, left, ..Extra::default() };
        self.after_table = false;
        self.paragraph(CELL, extra, |body| {
            if is_first {
                let text = body.label(cell, widths);
                body.marked(&cell.marks, |body| body.run(&text, false, None));
            }
        });
        if let Some(note) = cell.note.as_ref().filter(|_| is_first) {
            self.paragraph(CELL, extra, |body| body.run(note, false, Some(FIGURE_NOTE)));
        }
        self.xml.close("w:tc");
    }

    /// A cell's text. The number of a label over several rows stands on a line of its own where the whole does not fit
    /// on one.
    fn label<'a>(&self, cell: &'a FormCell, widths: &[i64]) -> Cow<'a, str> {
        let room = widths.iter().sum::<i64>() - 2 * INSET.0;
        let wanted = half_characters(&cell.text) * self.sheet.table * 5;
        let number = cell.text.find(['、', '）']).map(|at| at + '、'.len_utf8());
        match number.filter(|_| cell.kind == FormCellKind::Group && wanted > room) {
            Some(at) if at < cell.text.len() => {
                Cow::Owned(format!("{}\n{}", &cell.text[..at], &cell.text[at..]))
            }
            _ => Cow::Borrowed(&cell.text),
        }
    }

    /// A place of the grid that no cell covers.
    fn cell_outside(&mut self, widths: &[i64]) {
        self.xml.open("w:tc", &[]);
        self.xml.within("w:tcPr", &[], |xml| width(xml, widths));
        self.paragraph(CELL, Extra::default(), |_| {});
        self.xml.close("w:tc");
    }

    /// A table inside the text.
    pub(super) fn pipe(
        &mut self,
        id: &str,
        (header, rows): (&Vec<Vec<TextRun>>, &[Vec<Vec<TextRun>>]),
        align: &[ColumnAlign],
    ) {
        self.part_tables();
        let widths = self.widths(id, &vec![false; header.len()]);
        self.xml.open("w:tbl", &[]);
        table_properties(&mut self.xml, &widths, None);
        for (y, row) in std::iter::once(header).chain(rows).enumerate() {
            row_start(&mut self.xml, y == 0);
            for (x, runs) in row.iter().enumerate().take(widths.len()) {
                let jc = align.get(x).filter(|_| y > 0).map(|align| match align {
                    ColumnAlign::Left => "left",
                    ColumnAlign::Center => "center",
                    ColumnAlign::Right => "right",
                });
                self.xml.open("w:tc", &[]);
                self.xml.within("w:tcPr", &[], |xml| {
                    width(xml, &widths[x..=x]);
                    xml.empty("w:vAlign", &[("w:val", "center")]);
                });
                let extra = Extra { jc, keep_next: y == 0, ..Extra::default() };
                self.after_table = false;
                self.paragraph(CELL, extra, |body| body.runs(runs));
                self.xml.close("w:tc");
            }
            self.xml.close("w:tr");
        }
        self.xml.close("w:tbl");
        self.after_table = true;
    }

    /// Two tables with nothing between would become one.
    fn part_tables(&mut self) {
        if self.after_table {
            self.paragraph(BODY, Extra::default(), |_| {});
        }
    }

    /// Column widths that fill the text area.
    fn widths(&self, id: &str, is_label: &[bool]) -> Vec<i64> {
        let all = self.sheet.text_width();
        let shares = self.laid.shares(id, is_label);
        let mut widths: Vec<i64> = shares.into_iter().map(|share| share_of(all, share)).collect();
        let used: i64 = widths.iter().sum();
        if let Some(last) = widths.last_mut() {
            *last = (*last + all - used).max(1);
        }
        widths
    }
}

/// The cell that covers a place, when it begins in this row or above.
fn covering(rows: &[Vec<FormCell>], x: usize, y: usize) -> Option<&FormCell> {
    let base = rows.first()?.first().map_or(0, |cell| cell.y);
    rows[..=y].iter().flatten().find(|cell| {
        let across = cell.x <= x && x < cell.x + cell.colspan;
        across && cell.y <= base + y && base + y < cell.y + cell.rowspan
    })
}

/// Opens a row that is never split over pages.
fn row_start(xml: &mut Xml, is_repeated: bool) {
    xml.open("w:tr", &[]);
    xml.within("w:trPr", &[], |xml| {
        xml.empty("w:cantSplit", &[]);
        // The least height of a row on the pages: a line of type, the space around it and a little more.
        xml.empty("w:trHeight", &[("w:val", "418"), ("w:hRule", "atLeast")]);
        if is_repeated {
            xml.empty("w:tblHeader", &[]);
        }
    });
}

fn width(xml: &mut Xml, widths: &[i64]) {
    let all = widths.iter().sum::<i64>().to_string();
    xml.empty("w:tcW", &[("w:w", &all), ("w:type", "dxa")]);
    if widths.len() > 1 {
        xml.empty("w:gridSpan", &[("w:val", &widths.len().to_string())]);
    }
}

/// Properties and grid of a table; `described` is its title and what it shows, for screen readers.
fn table_properties(xml: &mut Xml, widths: &[i64], described: Option<(&str, &str)>) {
    let all = widths.iter().sum::<i64>().to_string();
    xml.open("w:tblPr", &[]);
    xml.empty("w:tblStyle", &[("w:val", TABLE)]);
    xml.empty("w:tblW", &[("w:w", &all), ("w:type", "dxa")]);
    xml.empty("w:jc", &[("w:val", "center")]);
    xml.empty("w:tblLayout", &[("w:type", "fixed")]);
    xml.within("w:tblCellMar", &[], |xml| {
        let (beside, above) = (INSET.0.to_string(), INSET.1.to_string());
        for (side, width) in
            [("w:top", &above), ("w:left", &beside), ("w:bottom", &above), ("w:right", &beside)]
        {
            xml.empty(side, &[("w:w", width), ("w:type", "dxa")]);
        }
    });
    let look = [
        ("w:val", "04A0"),
        ("w:firstRow", "1"),
        ("w:lastRow", "0"),
        ("w:firstColumn", "1"),
        ("w:lastColumn", "0"),
        ("w:noHBand", "0"),
        ("w:noVBand", "1"),
    ];
    xml.empty("w:tblLook", &look);
    if let Some((title, summary)) = described {
        xml.empty("w:tblCaption", &[("w:val", title)]);
        xml.empty("w:tblDescription", &[("w:val", summary)]);
    }
    xml.close("w:tblPr");
    xml.within("w:tblGrid", &[], |xml| {
        for width in widths {
            xml.empty("w:gridCol", &[("w:w", &width.to_string())]);
        }
    });
}
