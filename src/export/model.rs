//! What the writers look for in the document model.

use serde::Serialize;

use crate::document::{
    Block, ChartBlock, FormCell, FormColumn, FormColumnKind, FormTable, Model, PrintedItem,
    PrintedPart,
};

/// Words that are not part of the form.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Words {
    /// What stands on every page of a draft.
    pub(crate) draft: &'static str,
    /// What stands before a unit.
    pub(crate) unit: &'static str,
    /// Heading of a draft's findings.
    pub(crate) findings: &'static str,
    /// What a table inside the text is called where it needs a name.
    pub(crate) table: &'static str,
}

/// The words, as the pages have them.
pub(crate) const WORDS: Words =
    Words {
        draft: "草稿", unit: "单位：", findings: "检查发现的问题", table: "表格"
    };

/// All blocks of all texts, in order.
pub(crate) fn blocks(model: &Model) -> impl Iterator<Item = &Block> {
    let items = model.parts.iter().flat_map(|part| &part.items);
    let inside = items.flat_map(|item| match item {
        PrintedItem::Section { blocks, .. } | PrintedItem::Blocks { blocks, .. } => {
            blocks.as_slice()
        }
        PrintedItem::Table(_) => &[],
    });
    model.preface.iter().chain(inside)
}

/// All tables of the form, each with the part that holds it.
pub(crate) fn forms(model: &Model) -> impl Iterator<Item = (&PrintedPart, &FormTable)> {
    model.parts.iter().flat_map(|part| {
        part.items.iter().filter_map(move |item| match item {
            PrintedItem::Table(form) => Some((part, form)),
            _ => None,
        })
    })
}

/// Numbers of the findings that have a place in the document.
pub(crate) fn marks(model: &Model) -> impl Iterator<Item = usize> {
    let of_item = |item: &PrintedItem| match item {
        PrintedItem::Section { marks, .. } | PrintedItem::Blocks { marks, .. } => marks.clone(),
        PrintedItem::Table(form) => cells(form).flat_map(|cell| cell.marks.clone()).collect(),
    };
    let items = model.parts.iter().flat_map(|part| &part.items).flat_map(of_item);
    let inside = blocks(model).flat_map(|block| match block {
        Block::Paragraph { marks, .. } | Block::Heading { marks, .. } => marks.clone(),
        _ => Vec::new(),
    });
    items.chain(inside)
}

fn cells(form: &FormTable) -> impl Iterator<Item = &FormCell> {
    let rows = form.sections.iter().flat_map(|section| section.head.iter().chain(&section.rows));
    rows.flatten()
}

/// Whether a column holds labels, not figures.
pub(crate) fn is_label(column: &FormColumn) -> bool {
    column.kind == FormColumnKind::Label
}

/// The title of a chart with the unit, as it stands over the chart.
pub(crate) fn caption(chart: &ChartBlock) -> String {
    if chart.unit.is_empty() {
        chart.title.clone()
    } else {
        format!("{}（{}{}）", chart.title, WORDS.unit, chart.unit)
    }
}
