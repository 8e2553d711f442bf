//! Edits a data file in place: statements become comments, new lines stand where they belong.
//!
//! `toml_edit` keeps everything that is not touched. What it cannot hold, comments in the place of statements, is put
//! in as a marker key and replaced by its lines in the finished text.

use toml_edit::{DocumentMut, Item, Key, Table, Value};

use crate::record::{Entry, Record};
use crate::source::Source;

use super::MigrateError;

/// Marker keys look like nothing that a file holds.
const MARKER: &str = "nianbao-marker-";

/// A line to put in.
pub(super) struct Insertion<'a> {
    /// Path of the key that it sets.
    pub(super) path: &'a str,
    /// The line or lines, without the path's beginning.
    pub(super) line: String,
    /// The row that it follows, where it is there.
    pub(super) sibling: Option<&'a str>,
    /// Comment beside the header of a table that has to be made for it.
    pub(super) group: Option<&'a str>,
}

pub(super) struct Editor<'a> {
    source: &'a Source,
    record: &'a Record,
    document: DocumentMut,
    /// Lines of the markers by their number.
    lines: Vec<Vec<String>>,
    /// Where statements of a path have gone: path of the old statement and marker.
    places: Vec<(String, usize)>,
}

impl<'a> Editor<'a> {
    pub(super) fn new(
        text: &str,
        source: &'a Source,
        record: &'a Record,
    ) -> Result<Self, MigrateError> {
        let document = text
            .parse::<DocumentMut>()
            .map_err(|error| MigrateError::Malformed(1, error.message().to_owned()))?;
        Ok(Self { source, record, document, lines: Vec::new(), places: Vec::new() })
    }

    /// Turns the statement of a path into a comment that says which format it was.
    pub(super) fn comment_out(&mut self, path: &str, format: &str) {
        let Some(entry) = self.record.entry(path) else { return };
        let text = statement(self.source, entry);
        let comment: Vec<String> = text
            .lines()
            .enumerate()
            .map(|(at, line)| match at {
                0 => format!("# {format} 格式原为：{}", line.trim()),
                _ => format!("# {}", line.trim()),
            })
            .collect();
        let marker = self.lines.len();
        self.lines.push(comment);
        let Some((parent, key)) = path.rsplit_once('.') else { return };
        if let Some(table) = self.table(parent) {
            replace(table, key, marker);
            self.places.push((path.to_owned(), marker));
        }
    }

    /// Puts in a line at the place of the same path, behind its sibling, or at the end of its table.
    pub(super) fn insert(&mut self, insertion: &Insertion<'_>) {
        let at = |places: &[(String, usize)], path: &str| {
            places.iter().find(|(known, _)| known == path).map(|(_, marker)| *marker)
        };
        let own_lines = || insertion.line.lines().map(str::to_owned);
        if let Some(marker) = at(&self.places, insertion.path) {
            self.lines[marker].extend(own_lines());
            return;
        }
        let Some((parent, _)) = insertion.path.rsplit_once('.') else { return };
        let together = insertion
            .sibling
            .filter(|sibling| sibling.rsplit_once('.').is_some_and(|(other, _)| other == parent));
        if let Some(marker) = together.and_then(|sibling| at(&self.places, sibling)) {
            self.lines[marker].extend(own_lines());
            self.places.push((insertion.path.to_owned(), marker));
            return;
        }
        let folded = self.fold(insertion.path);
        let marker = self.lines.len();
        self.lines.push(folded.into_iter().chain(own_lines()).collect());
        self.places.push((insertion.path.to_owned(), marker));
        let sibling =
            together.and_then(|sibling| sibling.rsplit_once('.')).map(|(_, key)| key.to_owned());
        let group = insertion.group.map(str::to_owned);
        let table = self.make_table(parent, group.as_deref());
        put(table, marker, sibling.as_deref());
    }

    /// The table of a dotted path, made one with a header if it is written inline.
    fn table(&mut self, path: &str) -> Option<&mut Table> {
        let mut table = self.document.as_table_mut();
        for key in path.split('.') {
            let item = table.get_mut(key)?;
            if item.is_inline_table() {
                let inline = std::mem::take(item);
                *item = inline.into_table().map_or(Item::None, Item::Table);
            }
            table = item.as_table_mut()?;
        }
        Some(table)
    }

    /// The table of a dotted path, made behind the tables of its parent if it is not there.
    fn make_table(&mut self, path: &str, group: Option<&str>) -> &mut Table {
        let last = last_position(self.document.as_table(), path);
        if self.table(path).is_none() {
            let (parent, key) = path.rsplit_once('.').map_or((None, path), |(p, k)| (Some(p), k));
            let mut table = Table::new();
            table.set_position(last);
            if let Some(group) = group {
                table.decor_mut().set_suffix(format!("  # {group}"));
            }
            table.decor_mut().set_prefix("\n");
            let outer = match parent {
                Some(parent) => self.make_table(parent, None),
                None => self.document.as_table_mut(),
            };
            outer.remove(key);
            outer.insert(key, Item::Table(table));
        }
        self.table(path).expect("it was there or has just been made")
    }

    /// Takes away the table that stands where a row is to stand, and returns it as comments.
    fn fold(&mut self, path: &str) -> Vec<String> {
        let Some((parent, key)) = path.rsplit_once('.') else { return Vec::new() };
        let Some(outer) = self.table(parent) else { return Vec::new() };
        let Some(item) = outer.get_mut(key).filter(|item| item.is_table_like()) else {
            return Vec::new();
        };
        let taken = std::mem::take(item);
        outer.remove(key);
        let Ok(table) = taken.into_table() else { return Vec::new() };
        let mut lines = comments(table.decor().prefix());
        if !table.is_dotted() {
            let beside = table.decor().suffix().and_then(|text| text.as_str()).unwrap_or("");
            lines.push(format!("# [{path}]{beside}").trim_end().to_owned());
        }
        for (name, _) in &table {
            let Some(key) = table.key(name) else { continue };
            lines.extend(comments(key.leaf_decor().prefix()));
            match marker_of(name).and_then(|marker| self.lines.get(marker)) {
                Some(own) => lines.extend(own.iter().cloned()),
                None => {
                    let entry = self.record.entry(&format!("{path}.{name}"));
                    let text = entry.map(|entry| statement(self.source, entry)).unwrap_or_default();
                    lines.extend(text.lines().map(|line| format!("# {line}")));
                }
            }
        }
        lines
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        let text = self.document.to_string();
        let mut finished = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            match marker_of(line) {
                Some(marker) => {
                    for line in self.lines.get(marker).into_iter().flatten() {
                        finished.push_str(line);
                        finished.push('\n');
                    }
                }
                None => finished.push_str(line),
            }
        }
        finished
    }
}

/// A statement as it stands in the file: its whole lines, or only itself where others share its line.
fn statement(source: &Source, entry: &Entry) -> String {
    let text = source.text();
    let first = source.line_range(source.position(entry.key_span.start).line);
    let last = source.line_range(source.position(entry.node.span.end).line);
    let before = text.get(first.start..entry.key_span.start).unwrap_or("");
    let is_alone = before.chars().all(|c| c.is_alphanumeric() || "_-.\"' \t".contains(c));
    let end = entry.node.span.end.max(entry.key_span.end);
    let range = if is_alone { first.start..last.end } else { entry.key_span.start..end };
    text.get(range).unwrap_or("").trim_end().to_owned()
}

/// The number of the marker that a line sets.
fn marker_of(line: &str) -> Option<usize> {
    let (_, rest) = line.split_once(MARKER)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// The comment lines above a statement.
fn comments(prefix: Option<&toml_edit::RawString>) -> Vec<String> {
    let text = prefix.and_then(|text| text.as_str()).unwrap_or("");
    text.lines().map(str::trim).filter(|line| line.starts_with('#')).map(str::to_owned).collect()
}

fn marker_key(marker: usize) -> Key {
    Key::new(format!("{MARKER}{marker}"))
}

/// Puts a marker in the place of a key; comments above the key stay.
fn replace(table: &mut Table, key: &str, marker: usize) {
    rebuild(table, |old, item| {
        if old.get() != key {
            return vec![(old, item)];
        }
        let mut new = marker_key(marker);
        let prefix = old.leaf_decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or("");
        new.leaf_decor_mut().set_prefix(prefix.trim_end_matches([' ', '\t']));
        vec![(new, Item::Value(Value::from(0)))]
    });
}

/// Puts a marker behind a key, or at the end of the values.
fn put(table: &mut Table, marker: usize, behind: Option<&str>) {
    let item = || (marker_key(marker), Item::Value(Value::from(0)));
    let behind = behind.filter(|key| table.get(key).is_some_and(Item::is_value));
    let Some(behind) = behind else {
        let (key, value) = item();
        table.insert_formatted(&key, value);
        return;
    };
    let behind = behind.to_owned();
    rebuild(table, |old, value| {
        let found = old.get() == behind;
        let mut entries = vec![(old, value)];
        if found {
            entries.push(item());
        }
        entries
    });
}

fn rebuild(table: &mut Table, mut each: impl FnMut(Key, Item) -> Vec<(Key, Item)>) {
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let entries: Vec<(Key, Item)> = keys.iter().filter_map(|key| table.remove_entry(key)).collect();
    for (key, item) in entries {
        for (key, item) in each(key, item) {
            table.insert_formatted(&key, item);
        }
    }
}

/// The position of the last table below the parent of a path, or of the last table of all.
fn last_position(root: &Table, path: &str) -> Option<isize> {
    fn last(table: &Table) -> Option<isize> {
        let inner = table.iter().filter_map(|(_, item)| item.as_table()).filter_map(last).max();
        table.position().max(inner)
    }
    let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
    let mut table = root;
    for key in parent.split('.').filter(|key| !key.is_empty()) {
        match table.get(key).and_then(Item::as_table) {
            Some(inner) => table = inner,
            None => return last(root),
        }
    }
    last(table).or_else(|| last(root))
}
