//! The shape of a format's data: manifest, parts, tables, and the cells that follow from them.

use serde::Deserialize;

/// `format.toml`: identity, years, legal basis, parts, page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Id, also the directory's name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Id of the format that this one changes.
    #[serde(default)]
    pub extends: Option<String>,
    /// Folder of the layout; the format's own files of the same path come before its.
    #[serde(default)]
    pub layout: Option<String>,
    /// Report years it is the official format of.
    pub years: Years,
    /// Template of the default title; knows `agency` and `year`.
    pub document_title: String,
    /// Keywords of the PDF.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Legal basis.
    #[serde(default)]
    pub basis: Vec<Basis>,
    /// Figures that last year's report determines.
    #[serde(rename = "carry", default)]
    pub carries: Vec<Carry>,
    /// Page settings, handed to the layout as they are; lengths in mm, sizes in points.
    pub page: toml::Table,
    /// The parts in order.
    #[serde(rename = "part", default)]
    pub parts: Vec<Part>,
}

/// Report years, both ends included.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Years {
    /// First report year.
    pub from: i32,
    /// Last report year; none while the format is in force.
    #[serde(default)]
    pub to: Option<i32>,
}

impl Years {
    /// Whether a report year is among them.
    pub fn contains(self, year: i32) -> bool {
        self.from <= year && self.to.is_none_or(|to| year <= to)
    }
}

/// A law or notice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Name by which rules and layouts refer to it.
    pub key: String,
    /// Official name.
    pub name: String,
    /// Number of the decree or notice.
    pub number: String,
}

/// A figure, or a row of figures, that is last year's under the same or another name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carry {
    /// Name for changes by a later format.
    pub key: String,
    /// Dotted path of the row or figure in last year's report.
    pub from: String,
    /// Dotted path in this year's.
    pub to: String,
}

/// A part of the report (一、 … 六、).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Key of its table in the data file.
    pub key: String,
    /// Official heading with its number.
    pub heading: String,
    /// Groups of item keys of which one must be present; empty when nothing is required.
    #[serde(default)]
    pub require: Vec<Vec<String>>,
    /// Whether a file may add sections of its own (`[[overview.section]]`) and order them (`order = "file"`).
    #[serde(default)]
    pub sections: bool,
    /// What it holds, in order.
    #[serde(rename = "item", default)]
    pub items: Vec<Item>,
}

/// Something a part holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Key below the part; of a table, the table's key.
    pub key: String,
    /// What it is.
    pub kind: ItemKind,
    /// Default heading of a section, without number.
    #[serde(default)]
    pub heading: String,
    /// Label for people.
    #[serde(default)]
    pub label: String,
    /// Whether `init` writes it as a comment.
    #[serde(default)]
    pub optional: bool,
    /// Of a sentence: its template.
    #[serde(default)]
    pub sentence: String,
    /// Of a sentence: its figures.
    #[serde(default)]
    pub figures: Vec<SentenceFigure>,
}

/// Kinds of [`Item`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// Paragraphs without a heading.
    Text,
    /// Paragraphs under a numbered heading.
    Section,
    /// One of the tables.
    Table,
    /// Figures printed as a sentence.
    Sentence,
}

/// A figure inside a sentence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentenceFigure {
    /// Key, also the placeholder in the sentence.
    pub key: String,
    /// Label for people.
    pub label: String,
    /// What it counts.
    #[serde(default)]
    pub kind: FigureKind,
    /// Unit.
    #[serde(default)]
    pub unit: Option<String>,
}

/// What a figure may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FigureKind {
    /// A whole number of at least 0.
    #[default]
    Count,
    /// A whole number of any sign.
    Change,
    /// A decimal of at least 0.
    Amount,
    /// A decimal of at least 0, or such a decimal with its unit as text (`"12.5万元"`).
    Money,
}

/// How a table's rows lie on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Orientation {
    /// One under the other.
    Rows,
    /// Side by side: each row is a group of columns.
    Columns,
}

/// A table of the form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Key of its table in the data file.
    pub key: String,
    /// Title for people.
    pub title: String,
    /// Alternative text.
    pub summary: String,
    /// How its rows lie.
    pub orientation: Orientation,
    /// Sub-tables, one under the other.
    #[serde(rename = "section", default)]
    pub sections: Vec<Section>,
}

/// A sub-table with columns of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Name for changes by a later format.
    pub key: String,
    /// Head over all columns.
    #[serde(default)]
    pub head: Option<String>,
    /// Text of the corner over the row labels.
    #[serde(default)]
    pub corner: Option<String>,
    /// Number of columns that the labels take; 1 unless given.
    #[serde(default = "one")]
    pub label_columns: usize,
    /// Columns of figures.
    #[serde(default)]
    pub columns: Vec<Column>,
    /// Labels over several rows (or, with orientation `columns`, over several rows side by side).
    #[serde(rename = "group", default)]
    pub groups: Vec<Group>,
    /// Rows.
    #[serde(rename = "row", default)]
    pub rows: Vec<Row>,
}

fn one() -> usize {
    1
}

/// A column of figures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Key.
    pub key: String,
    /// Official label.
    pub label: String,
    /// Labels above it, from the top.
    #[serde(default)]
    pub under: Vec<String>,
    /// What its figures may be.
    #[serde(default)]
    pub kind: FigureKind,
    /// Unit, where it is not a number of items.
    #[serde(default)]
    pub unit: Option<String>,
    /// Whether it is the sum of the others, computed when the file leaves it out.
    #[serde(default)]
    pub total: bool,
}

/// A label over several rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Key that rows name in `under`.
    pub key: String,
    /// Official label.
    pub label: String,
}

/// A row of figures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Key below the table, may be dotted (`refused.state_secret`).
    pub key: String,
    /// Official label.
    pub label: String,
    /// Keys of the groups it belongs to, from the outermost.
    #[serde(default)]
    pub under: Vec<String>,
    /// Key of the group whose other rows it sums up; computed when the file leaves it out.
    #[serde(default)]
    pub sum_of: Option<String>,
}

impl Section {
    /// Whether a row's value is one figure, so that the row's path is the figure's path.
    pub fn is_scalar(&self) -> bool {
        self.columns.len() == 1
    }

    /// Returns the label of a group key.
    pub fn group_label<'a>(&'a self, key: &'a str) -> &'a str {
        self.groups.iter().find(|group| group.key == key).map_or(key, |group| &group.label)
    }

    /// Returns the index of the total column.
    pub fn total_column(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.total)
    }

    /// Returns the rows that a total row sums up.
    pub fn summed_rows<'a>(&'a self, total: &'a Row) -> impl Iterator<Item = &'a Row> {
        let group = total.sum_of.as_deref();
        self.rows.iter().filter(move |row| {
            row.sum_of.is_none()
                && group.is_some_and(|group| row.under.iter().any(|key| key == group))
        })
    }
}

impl Manifest {
    /// The number of the notice that decrees the format.
    pub fn notice(&self) -> &str {
        self.basis.iter().find(|basis| basis.key == "notice").map_or("", |basis| &basis.number)
    }
}

/// Rows with their sections under the header that they share; none for those right under the table.
pub(crate) type RowGroup<'a> = (Option<String>, Vec<(&'a Section, &'a Row)>);

impl Table {
    /// Rows by the TOML table that holds them: those directly below the table first, as TOML wants.
    pub(crate) fn row_groups(&self) -> Vec<RowGroup<'_>> {
        let mut groups: Vec<RowGroup<'_>> = vec![(None, Vec::new())];
        for section in &self.sections {
            for row in &section.rows {
                let prefix = row.key.rsplit_once('.').map(|(prefix, _)| prefix.to_owned());
                match groups.iter_mut().find(|(known, _)| *known == prefix) {
                    Some((_, rows)) => rows.push((section, row)),
                    None => groups.push((prefix, vec![(section, row)])),
                }
            }
        }
        groups.retain(|(_, rows)| !rows.is_empty());
        groups
    }

    /// Returns the dotted path of a figure of this table.
    pub fn path(&self, section: &Section, row: &Row, column: &Column) -> String {
        if section.is_scalar() {
            format!("{}.{}", self.key, row.key)
        } else {
            format!("{}.{}.{}", self.key, row.key, column.key)
        }
    }
}

/// A figure of the form: where it belongs and what it may be.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Dotted path, the name of the figure everywhere.
    pub path: String,
    /// Key of the table, or of the part for a sentence.
    pub table: String,
    /// Path of its row.
    pub row_path: String,
    /// Label of its row with those of its groups, outermost first.
    pub row_labels: Vec<String>,
    /// Label of its column; empty for a sentence.
    pub column_label: String,
    /// What it may be.
    pub kind: FigureKind,
    /// Unit, where it is not a number of items.
    pub unit: Option<String>,
    /// Whether the file may leave it out because it is a sum.
    pub is_computed: bool,
}

impl Cell {
    /// The label by which people find the figure: row and column.
    pub fn label(&self) -> String {
        let row = self.row_labels.last().map_or("", String::as_str);
        if self.column_label.is_empty() {
            row.to_owned()
        } else {
            format!("{row}·{}", self.column_label)
        }
    }
}

/// Lists all figures of the form in its order.
pub(super) fn cells(tables: &[Table], parts: &[Part]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for table in tables {
        for section in &table.sections {
            for row in &section.rows {
                let groups = row.under.iter().map(|key| section.group_label(key).to_owned());
                let row_labels: Vec<String> = groups.chain([row.label.clone()]).collect();
                cells.extend(section.columns.iter().map(|column| Cell {
                    path: table.path(section, row, column),
                    table: table.key.clone(),
                    row_path: format!("{}.{}", table.key, row.key),
                    row_labels: row_labels.clone(),
                    column_label: column.label.clone(),
                    kind: column.kind,
                    unit: column.unit.clone(),
                    is_computed: column.total || row.sum_of.is_some(),
                }));
            }
        }
    }
    for part in parts {
        for item in part.items.iter().filter(|item| item.kind == ItemKind::Sentence) {
            cells.extend(item.figures.iter().map(|figure| Cell {
                path: format!("{}.{}.{}", part.key, item.key, figure.key),
                table: part.key.clone(),
                row_path: format!("{}.{}", part.key, item.key),
                row_labels: vec![figure.label.clone()],
                column_label: String::new(),
                kind: figure.kind,
                unit: figure.unit.clone(),
                is_computed: false,
            }));
        }
    }
    cells
}
