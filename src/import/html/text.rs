//! Text of a page as it is shown: spaces run together, none between hanzi where only the source breaks the line.

use crate::import::draft::{Block, Paragraph, Place};

/// The paragraph that is being written.
#[derive(Debug, Default)]
pub(in crate::import) struct Writer {
    paragraph: Paragraph,
    /// A space that shows only when something follows, with the weight of the text before it.
    pending: Option<Pending>,
    pub(in crate::import) level: Option<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Pending {
    /// Whether it breaks a line of the source.
    breaks: bool,
    bold: bool,
}

impl Writer {
    pub(super) fn text(&mut self, text: &str, bold: bool, preformatted: bool) {
        if preformatted {
            self.paragraph.push(text, bold);
            return;
        }
        for char in text.chars() {
            if matches!(char, ' ' | '\n' | '\t' | '\r' | '\u{C}') {
                let breaks = char == '\n' || self.pending.is_some_and(|pending| pending.breaks);
                self.pending = Some(Pending { breaks, bold });
                continue;
            }
            if let Some(pending) = self.pending.take() {
                self.space(pending, char);
            }
            self.paragraph.push(char.encode_utf8(&mut [0; 4]), bold);
        }
    }

    fn space(&mut self, pending: Pending, next: char) {
        let last = self.paragraph.runs.last().and_then(|run| run.text.chars().last());
        let Some(last) = last.filter(|last| *last != '\n') else { return };
        if pending.breaks && !last.is_ascii() && !next.is_ascii() {
            return;
        }
        self.paragraph.push(" ", pending.bold);
    }

    pub(super) fn line_break(&mut self) {
        self.pending = None;
        self.paragraph.push("\n", false);
    }

    /// Ends the paragraph.
    pub(super) fn close(&mut self, blocks: &mut Vec<Block>, place: &Place) {
        self.pending = None;
        let mut paragraph = std::mem::take(&mut self.paragraph);
        if paragraph.is_blank() {
            return;
        }
        paragraph.level = self.level;
        paragraph.place = place.clone();
        blocks.push(Block::Paragraph(paragraph));
    }
}
