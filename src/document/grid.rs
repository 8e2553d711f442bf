//! Tables of the form as grids of cells: labels with their spans, figures in their places.

use serde_json::{Value, json};

use crate::format::{Column, Orientation, Row, Section, Table};
use crate::report::{Figure, TableNote};

use super::Builder;

/// A cell on its way to the model.
struct Slot<'a> {
    x: usize,
    y: usize,
    colspan: usize,
    rowspan: usize,
    kind: &'a str,
    text: &'a str,
}

impl Slot<'_> {
    fn value(&self) -> Value {
        json!({
            "x": self.x, "y": self.y, "colspan": self.colspan, "rowspan": self.rowspan,
            "kind": self.kind, "text": self.text, "note": null, "id": null, "marks": [],
        })
    }
}

impl Builder<'_> {
    /// Builds a table with its notes.
    pub(super) fn table(&mut self, key: &str) -> Option<Value> {
        let table = self.input.format.table(key)?;
        let labels = match table.orientation {
            Orientation::Rows => table.sections.iter().map(|s| s.label_columns).max().unwrap_or(1),
            Orientation::Columns => 0,
        };
        let figures = table.sections.iter().map(|section| width(table, section)).max().unwrap_or(0);
        let sections: Vec<Value> = table
            .sections
            .iter()
            .map(|section| match table.orientation {
                Orientation::Rows => self.rows(table, section, (labels, figures)),
                Orientation::Columns => self.side_by_side(table, section),
            })
            .collect();
        let columns: Vec<Value> = std::iter::repeat_n("label", labels)
            .chain(std::iter::repeat_n("figure", figures))
            .map(|kind| json!({"kind": kind}))
            .collect();
        let notes: Vec<String> = self
            .input
            .report
            .table_notes
            .iter()
            .filter(|note| note.table == key)
            .map(TableNote::printed)
            .collect();
        Some(json!({
            "type": "table", "id": format!("{key}#table"), "title": table.title,
            "summary": table.summary, "columns": columns, "sections": sections, "notes": notes,
        }))
    }

    /// A section with one row under the other.
    fn rows(
        &mut self,
        table: &Table,
        section: &Section,
        (labels, figures): (usize, usize),
    ) -> Value {
        let mut head: Vec<Vec<Value>> = Vec::new();
        if let Some(text) = &section.head {
            let all = labels + figures;
            head.push(vec![
                Slot { x: 0, y: 0, colspan: all, rowspan: 1, kind: "section", text }.value(),
            ]);
        }
        let top = head.len();
        let depth = section.columns.iter().map(|column| column.under.len() + 1).max().unwrap_or(1);
        head.extend(std::iter::repeat_n(Vec::new(), depth));
        let corner = section.corner.as_deref().unwrap_or("");
        let slot =
            Slot { x: 0, y: top, colspan: labels, rowspan: depth, kind: "corner", text: corner };
        head[top].push(slot.value());
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
        let rows: Vec<Vec<Value>> = section
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
        json!({"head": head, "rows": rows})
    }

    /// A section whose rows lie side by side: one line of figures.
    fn side_by_side(&mut self, table: &Table, section: &Section) -> Value {
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
        json!({"head": head, "rows": [line]})
    }

    fn figure(
        &mut self,
        table: &Table,
        section: &Section,
        (row, column): (&Row, &Column),
        (x, y, colspan): (usize, usize, usize),
    ) -> Value {
        let path = table.path(section, row, column);
        let figure = self.input.report.figure(self.input.format, &path);
        if let Some(span) = figure.and_then(|figure| figure.span.clone()) {
            self.places.insert(path.clone(), span);
        }
        let row_path = format!("{}.{}", table.key, row.key);
        let mut marks = self.marks_at(&path);
        if row_path != path {
            marks.extend(self.marks_at(&row_path));
        }
        let id = self.input.figure_ids.then_some(path);
        json!({
            "x": x, "y": y, "colspan": colspan, "rowspan": 1, "kind": "figure",
            "text": figure.map_or("", |figure| figure.text.as_str()),
            "note": figure.and_then(note), "id": id, "marks": marks,
        })
    }
}

fn note(figure: &Figure) -> Option<&str> {
    figure.note.as_ref().map(|note| note.value.as_str())
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
    head: &mut [Vec<Value>],
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
                head[y].push(Slot { x, y, colspan, rowspan: 1, kind: "column", text }.value());
                index += count;
            } else {
                if level == leaf.above.len() {
                    let rowspan = depth - level;
                    head[y].push(
                        Slot { x, y, colspan, rowspan, kind: "column", text: leaf.label }.value(),
                    );
                }
                index += 1;
            }
        }
    }
}

/// Label cells of a row: a group's label in the first row of the group, then the row's own over what is left.
fn row_labels(section: &Section, y: usize, labels: usize) -> Vec<Value> {
    let row = &section.rows[y];
    let mut cells = Vec::new();
    for (level, key) in row.under.iter().enumerate() {
        let same = |other: &&Row| other.under.get(..=level) == Some(&row.under[..=level]);
        let is_first = y == 0 || !same(&&section.rows[y - 1]);
        if is_first {
            let rowspan = section.rows[y..].iter().take_while(same).count();
            let text = section.group_label(key);
            cells.push(Slot { x: level, y, colspan: 1, rowspan, kind: "group", text }.value());
        }
    }
    let x = row.under.len();
    let colspan = labels.saturating_sub(x).max(1);
    cells.push(Slot { x, y, colspan, rowspan: 1, kind: "row", text: &row.label }.value());
    cells
}
