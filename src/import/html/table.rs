//! Tables of a page as grids; one that only arranges others gives their blocks.

use scraper::Node;

use crate::import::draft::{Block, Place, Rows};
use crate::import::limits::{DEEPEST, MOST_CELLS};
use crate::import::refusal::Refusal;

use super::text::Writer;
use super::{Look, NodeRef, Reader, text_of};

impl Reader {
    pub(super) fn table(&mut self, table: NodeRef, depth: usize) -> Result<(), Refusal> {
        self.tables += 1;
        let number = self.tables;
        let mut rows = Rows::default();
        let mut flowing: Vec<Block> = Vec::new();
        let mut inner: Vec<Block> = Vec::new();
        let mut has_tables = false;
        let mut count = 0usize;
        for row in rows_of(table, 0) {
            rows.next_row();
            for node in row.children() {
                let Some(element) = node.value().as_element() else { continue };
                if !matches!(element.name(), "td" | "th")
                    || super::is_hidden(element, &style(element))
                {
                    continue;
                }
                self.cells += 1;
                count += 1;
                if self.cells > MOST_CELLS {
                    return Err(Refusal::too_large(format!("表格超过 {MOST_CELLS} 格")));
                }
                let span = |name: &str| {
                    let value = element.attr(name).and_then(|v| v.trim().parse::<usize>().ok());
                    value.unwrap_or(1)
                };
                // A span of no rows reaches to the end of the table.
                let height = match span("rowspan") {
                    0 => usize::MAX,
                    rows => rows,
                };
                let blocks = self.cell(node, depth)?;
                let (text, has_picture) = text_of(&blocks);
                let cell = rows
                    .put(span("colspan"), height, |row, column| Place::Cell(number, row, column))?;
                cell.text = text;
                cell.has_picture = has_picture;
                let grids = blocks.iter().filter(|block| matches!(block, Block::Grid(_)));
                let before = inner.len();
                inner.extend(grids.cloned());
                has_tables |= inner.len() > before;
                flowing.extend(blocks);
            }
        }
        let grid = rows.finish(true)?;
        self.caption(table, depth)?;
        if count <= 2 || (has_tables && count <= 12) {
            self.draft.blocks.extend(flowing);
        } else {
            self.draft.blocks.push(Block::Grid(grid));
            self.draft.blocks.extend(inner);
        }
        Ok(())
    }

    /// Reads a cell into blocks of its own.
    fn cell(&mut self, node: NodeRef, depth: usize) -> Result<Vec<Block>, Refusal> {
        if depth > DEEPEST {
            return Err(Refusal::too_large("网页的表格嵌套太深".to_owned()));
        }
        let outer = std::mem::take(&mut self.draft.blocks);
        let mut writer = Writer::default();
        let result = self.walk(node, Look::default(), &mut writer, depth + 1);
        writer.close(&mut self.draft.blocks, &Place::Whole);
        let blocks = std::mem::replace(&mut self.draft.blocks, outer);
        result.map(|()| blocks)
    }

    fn caption(&mut self, table: NodeRef, depth: usize) -> Result<(), Refusal> {
        let is_caption =
            |node: &NodeRef| node.value().as_element().is_some_and(|e| e.name() == "caption");
        if let Some(caption) = table.children().find(is_caption) {
            let blocks = self.cell(caption, depth)?;
            self.draft.blocks.extend(blocks);
        }
        Ok(())
    }
}

fn style(element: &scraper::node::Element) -> String {
    element.attr("style").unwrap_or_default().to_ascii_lowercase()
}

/// The rows of a table, those of its head and foot in their places.
fn rows_of(node: NodeRef<'_>, depth: usize) -> Vec<NodeRef<'_>> {
    let mut rows = Vec::new();
    for child in node.children() {
        let Node::Element(element) = child.value() else { continue };
        match element.name() {
            "tr" if !super::is_hidden(element, &style(element)) => rows.push(child),
            "thead" | "tbody" | "tfoot" if depth == 0 => rows.extend(rows_of(child, 1)),
            _ => {}
        }
    }
    rows
}
