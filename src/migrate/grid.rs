//! A format as rows and figures with the names that a mapping uses.

use std::collections::HashMap;

use crate::format::{Column, Format, ItemKind};

/// One row of the form: a row of a table, or a sentence with figures.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Dotted path, such as `requests.refused.state_secret`.
    pub(crate) path: String,
    /// Key of its table; of a sentence, of its part.
    pub(crate) table: String,
    /// Key of its sub-table; empty for a sentence.
    pub(crate) section: String,
    /// Official label.
    pub(crate) label: String,
    /// Label of the innermost group above it.
    pub(crate) group: Option<String>,
    /// Indices of its figures.
    pub(crate) slots: Vec<usize>,
    /// Whether it sums up others, so that the file may leave it out.
    pub(crate) is_sum: bool,
    pub(crate) is_sentence: bool,
}

/// One figure of the form.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) path: String,
    /// Index of its row.
    pub(crate) line: usize,
    /// Key of its column.
    pub(crate) column: String,
    /// Official label of its column.
    pub(crate) label: String,
    pub(crate) unit: Option<String>,
    /// Whether it sums up the others of its row.
    pub(crate) is_total: bool,
}

/// All rows and figures of a format in its order.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    id: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) slots: Vec<Slot>,
    by_line: HashMap<String, usize>,
    by_slot: HashMap<String, usize>,
    texts: Vec<String>,
    parts: Vec<String>,
}

impl Grid {
    pub(crate) fn new(format: &Format) -> Self {
        let mut grid = Self {
            id: format.id().to_owned(),
            lines: Vec::new(),
            slots: Vec::new(),
            by_line: HashMap::new(),
            by_slot: HashMap::new(),
            texts: Vec::new(),
            parts: format.manifest.parts.iter().map(|part| part.key.clone()).collect(),
        };
        for table in &format.tables {
            for section in &table.sections {
                for row in &section.rows {
                    let group = row.under.last().map(|key| section.group_label(key).to_owned());
                    let line = Line {
                        path: format!("{}.{}", table.key, row.key),
                        table: table.key.clone(),
                        section: section.key.clone(),
                        label: row.label.clone(),
                        group,
                        slots: Vec::new(),
                        is_sum: row.sum_of.is_some(),
                        is_sentence: false,
                    };
                    let paths =
                        section.columns.iter().map(|column| table.path(section, row, column));
                    let paths: Vec<String> = paths.collect();
                    grid.add(line, section.columns.iter().zip(paths));
                }
            }
        }
        grid.add_parts(format);
        grid
    }

    fn add<'a>(&mut self, line: Line, columns: impl Iterator<Item = (&'a Column, String)>) {
        let at = self.lines.len();
        self.by_line.insert(line.path.clone(), at);
        self.lines.push(line);
        for (column, path) in columns {
            self.push(Slot {
                path,
                line: at,
                column: column.key.clone(),
                label: column.label.clone(),
                unit: column.unit.clone(),
                is_total: column.total,
            });
        }
    }

    fn push(&mut self, slot: Slot) {
        self.lines[slot.line].slots.push(self.slots.len());
        self.by_slot.insert(slot.path.clone(), self.slots.len());
        self.slots.push(slot);
    }

    fn add_parts(&mut self, format: &Format) {
        for part in &format.manifest.parts {
            for item in &part.items {
                let path = format!("{}.{}", part.key, item.key);
                match item.kind {
                    ItemKind::Table => {}
                    ItemKind::Text | ItemKind::Section => self.texts.push(path),
                    ItemKind::Sentence => {
                        let line = Line {
                            path: path.clone(),
                            table: part.key.clone(),
                            section: String::new(),
                            label: item.label.clone(),
                            group: None,
                            slots: Vec::new(),
                            is_sum: false,
                            is_sentence: true,
                        };
                        self.add(line, std::iter::empty());
                        let at = self.lines.len() - 1;
                        for figure in &item.figures {
                            self.push(Slot {
                                path: format!("{path}.{}", figure.key),
                                line: at,
                                column: figure.key.clone(),
                                label: figure.label.clone(),
                                unit: figure.unit.clone(),
                                is_total: false,
                            });
                        }
                    }
                }
            }
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The index of a row.
    pub(crate) fn line(&self, path: &str) -> Option<usize> {
        self.by_line.get(path).copied()
    }

    /// The index of a figure.
    pub(crate) fn slot(&self, path: &str) -> Option<usize> {
        self.by_slot.get(path).copied()
    }

    /// Whether a row is one figure without columns.
    pub(crate) fn is_scalar(&self, line: usize) -> bool {
        !self.lines[line].is_sentence && self.lines[line].slots.len() == 1
    }

    /// The figures of a row that are no totals.
    pub(crate) fn plain(&self, line: usize) -> impl Iterator<Item = usize> + '_ {
        self.lines[line].slots.iter().copied().filter(|slot| !self.slots[*slot].is_total)
    }

    /// Row and column, for people.
    pub(crate) fn label(&self, slot: usize) -> String {
        let line = &self.lines[self.slots[slot].line];
        if self.is_scalar(self.slots[slot].line) {
            return line.label.clone();
        }
        format!("{}·{}", line.label, one_line(&self.slots[slot].label))
    }

    pub(crate) fn containers(&self) -> Vec<String> {
        let mut keys = self.table_keys();
        keys.extend(
            self.parts.iter().filter(|part| !keys.contains(part)).cloned().collect::<Vec<_>>(),
        );
        keys
    }

    pub(crate) fn row_paths(&self) -> Vec<String> {
        self.lines.iter().map(|line| line.path.clone()).collect()
    }

    pub(crate) fn figure_paths(&self) -> Vec<String> {
        self.slots.iter().map(|slot| slot.path.clone()).collect()
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.texts.clone()
    }

    pub(crate) fn table_keys(&self) -> Vec<String> {
        let tables = self.lines.iter().filter(|line| !line.is_sentence);
        unique(tables.map(|line| line.table.clone()))
    }

    pub(crate) fn section_keys(&self, table: &str) -> Vec<String> {
        unique(
            self.lines.iter().filter(|line| line.table == table).map(|line| line.section.clone()),
        )
    }

    pub(crate) fn column_keys(&self, table: &str, section: Option<&str>) -> Vec<String> {
        let within = |line: &&Line| {
            line.table == table && section.is_none_or(|section| line.section == section)
        };
        let lines = self.lines.iter().filter(within);
        unique(lines.flat_map(|line| &line.slots).map(|slot| self.slots[*slot].column.clone()))
    }

    pub(crate) fn all_column_keys(&self) -> Vec<String> {
        unique(self.slots.iter().map(|slot| slot.column.clone()))
    }
}

fn unique(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words {
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

/// A label on one line.
pub(crate) fn one_line(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ")
}
