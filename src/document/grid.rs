//! Tables of the form as grids of cells: labels with their spans, figures in their places.

use crate::format::{Column, Orientation, Row, Section, Table};
use crate::report::TableNote;

use super::title::label_lines;
use super::{Builder, FormCell, FormCellKind, FormColumn, FormColumnKind, FormSection, FormTable};

/// A cell on its way to the model.
struct Slot<'a> {
    x: usize,
    y: usize,
    colspan: usize,
    rowspan: usize,
    kind: FormCellKind,
    text: &'a str,
}

impl Slot<'_> {
    fn cell(&self) -> FormCell {
        let Self { x, y, colspan, rowspan, kind, text } = *self;
        let text = text.to_owned();
        FormCell {
            x,
            y,
            colspan,
            rowspan,
            kind,
            text,
            lines: Vec::new(),
            note: None,
            id: None,
            marks: Vec::new(),
        }
    }
}

impl Builder<'_> {
    /// Builds a table with its notes.
    pub(super) fn table(&mut self, key: &str) -> Option<FormTable> {
        let table = self.input.report.format.table(key)?;
        let labels = match table.orientation {
            Orientation::Rows => table.sections.iter().map(|s| s.label_columns).max().unwrap_or(1),
            Orientation::Columns => 0,
        };
        let figures = table.sections.iter().map(|section| width(table, section)).max().unwrap_or(0);
        let sections: Vec<FormSection> = table
            .sections
            .iter()
            .map(|section| match table.orientation {
                Orientation::Rows => self.rows(table, section, (labels, figures)),
                Orientation::Columns => self.side_by_side(table, section),
            })
            .collect();
        let columns: Vec<FormColumn> = std::iter::repeat_n(FormColumnKind::Label, labels)
            .chain(std::iter::repeat_n(FormColumnKind::Figure, figures))
            .map(|kind| FormColumn { kind })
            .collect();
        let notes: Vec<String> = self
            .input
            .report
            .table_notes
            .iter()
            .filter(|note| note.table == key)
            .map(TableNote::printed)
            .collect();
        let (title, summary) = (table.title.clone(), table.summary.clone());
        Some(FormTable { id: format!("{key}#table"), title, summary, columns, sections, notes })
    }

    /// A section with one row under the other.
    fn rows(
        &mut self,
        table: &Table,
        section: &Section,
        (labels, figures): (usize, usize),
    ) -> FormSection {
        let mut head: Vec<Vec<FormCell>> = Vec::new();
        if let Some(text) = &section.head {
            let all = labels + figures;
            head.push(vec![
                Slot { x: 0, y: 0, colspan: all, rowspan: 1, kind: FormCellKind::Section, text }
                    .cell(),
            ]);
        }
        let top = head.len();
        let depth = section.columns.iter().map(|column| column.under.len() + 1).max().unwrap_or(1);
        head.extend(std::iter::repeat_n(Vec::new(), depth));
        let corner = section.corner.as_deref().unwrap_or("");
        let slot = Slot {
            x: 0,
            y: top,
            colspan: labels,
            rowspan: depth,
            kind: FormCellKind::Corner,
            text: corner,
        };
        head[top].push(slot.cell());
        let leaves: Vec<Leaf<'_>> = section
            .columns
            .iter()
            .map(|column| Leaf {
                above: column.under.iter().map(String::as_str).collect(),
                label: &column.label,
            })
            .collect();
        let spread = Spread::new(labels, figures, leaves.len());
        column_heads(&leaves, depth, top, &spread, &mut head);
        let rows: Vec<Vec<FormCell>> = section
            .rows
            .iter()
            .enumerate()
            .map(|(y, row)| {
                let mut cells = row_labels(section, y, labels);
                for (index, column) in section.columns.iter().enumerate() {
                    let (x, colspan) = spread.place(index);
                    cells.push(self.figure(table, section, (row, column), (x, y, colspan)));
                }
                cells
            })
            .collect();
        FormSection { head, rows }
    }

    /// A section whose rows lie side by side: one line of figures.
    fn side_by_side(&mut self, table: &Table, section: &Section) -> FormSection {
        let leaves: Vec<Leaf<'_>> = section
            .rows
            .iter()
            .flat_map(|row| {
                let above: Vec<&str> = row
                    .under
                    .iter()
                    .map(|key| section.group_label(key))
                    .chain([row.label.as_str()])
                    .collect();
                section
                    .columns
                    .iter()
                    .map(move |column| Leaf { above: above.clone(), label: &column.label })
            })
            .collect();
        let depth = leaves.iter().map(|leaf| leaf.above.len() + 1).max().unwrap_or(1);
        let mut head = vec![Vec::new(); depth];
        column_heads(&leaves, depth, 0, &Spread::new(0, leaves.len(), leaves.len()), &mut head);
        let mut x = 0;
        let mut line = Vec::new();
        for row in &section.rows {
            for column in &section.columns {
                line.push(self.figure(table, section, (row, column), (x, 0, 1)));
                x += 1;
            }
        }
        FormSection { head, rows: vec![line] }
    }

    fn figure(
        &mut self,
        table: &Table,
        section: &Section,
        (row, column): (&Row, &Column),
        (x, y, colspan): (usize, usize, usize),
    ) -> FormCell {
        let path = table.path(section, row, column);
        let figure = self.input.report.figure(&path);
        if let Some(span) = figure.and_then(|figure| figure.span.clone()) {
            self.places.insert(path.clone(), span);
        }
        let row_path = format!("{}.{}", table.key, row.key);
        let mut marks = self.marks_at(&path);
        if row_path != path {
            marks.extend(self.marks_at(&row_path));
        }
        let id = self.input.figure_ids.then_some(path);
        FormCell {
            x,
            y,
            colspan,
            rowspan: 1,
            kind: FormCellKind::Figure,
            lines: Vec::new(),
            text: figure.map_or_else(String::new, |figure| figure.text.clone()),
            note: figure.and_then(|figure| Some(figure.note.as_ref()?.value.clone())),
            id,
            marks,
        }
    }
}

/// The number of figure columns that a section takes on paper.
fn width(table: &Table, section: &Section) -> usize {
    match table.orientation {
        Orientation::Rows => section.columns.len(),
        Orientation::Columns => section.columns.len() * section.rows.len(),
    }
}

/// A column of figures with the labels above it, from the top.
struct Leaf<'a> {
    above: Vec<&'a str>,
    label: &'a str,
}

/// Where columns lie when a section has fewer of them than the table: the last takes what is left.
struct Spread {
    first: usize,
    all: usize,
    own: usize,
}

impl Spread {
    fn new(first: usize, all: usize, own: usize) -> Self {
        Self { first, all, own }
    }

    /// Returns x and colspan of a column.
    fn place(&self, index: usize) -> (usize, usize) {
        let last = index + 1 == self.own;
        (self.first + index, if last { self.all - index } else { 1 })
    }
}

/// Lays out column heads: equal labels side by side become one, a column with fewer labels reaches down.
fn column_heads(
    leaves: &[Leaf<'_>],
    depth: usize,
    top: usize,
    spread: &Spread,
    head: &mut [Vec<FormCell>],
) {
    for level in 0..depth {
        let mut index = 0;
        while index < leaves.len() {
            let leaf = &leaves[index];
            let (x, colspan) = spread.place(index);
            let y = top + level;
            if level < leaf.above.len() {
                let text = leaf.above[level];
                let same =
                    |other: &&Leaf<'_>| other.above.get(..=level) == Some(&leaf.above[..=level]);
                let count = leaves[index..].iter().take_while(same).count();
                let (last_x, last_span) = spread.place(index + count - 1);
                let colspan = last_x + last_span - x;
                head[y].push(
                    Slot { x, y, colspan, rowspan: 1, kind: FormCellKind::Column, text }.cell(),
                );
                index += count;
            } else {
                if level == leaf.above.len() {
                    let rowspan = depth - level;
                    head[y].push(
                        Slot {
                            x,
                            y,
                            colspan,
                            rowspan,
                            kind: FormCellKind::Column,
                            text: leaf.label,
                        }
                        .cell(),
                    );
                }
                index += 1;
            }
        }
    }
}

/// Label cells of a row: a group's label in the first row of the group, then the row's own over what is left.
fn row_labels(section: &Section, y: usize, labels: usize) -> Vec<FormCell> {
    let row = &section.rows[y];
    let mut cells = Vec::new();
    for (level, key) in row.under.iter().enumerate() {
        let same = |other: &&Row| other.under.get(..=level) == Some(&row.under[..=level]);
        let is_first = y == 0 || !same(&&section.rows[y - 1]);
        if is_first {
            let rowspan = section.rows[y..].iter().take_while(same).count();
            let text = section.group_label(key);
            let kind = FormCellKind::Group;
            let cell = Slot { x: level, y, colspan: 1, rowspan, kind, text }.cell();
            cells.push(FormCell { lines: label_lines(text), ..cell });
        }
    }
    let x = row.under.len();
    let colspan = labels.saturating_sub(x).max(1);
    cells
        .push(Slot { x, y, colspan, rowspan: 1, kind: FormCellKind::Row, text: &row.label }.cell());
    cells
}
