//! Lines that come in: behind the row before them in the form, in whatever way the file writes its table.

use super::super::grid::one_line;
use super::super::kept::{self, TODO};
use super::super::script::{Statement, path as joined};
use super::{Place, Rewriter, last, parent};

/// A table that is made for new rows.
pub(super) struct Fresh {
    pub(super) container: String,
    pub(super) at: usize,
    pub(super) header: String,
    pub(super) lines: String,
}

impl Rewriter<'_> {
    /// Puts lines in the place of an old row, which is kept above them, or where the new row belongs.
    pub(super) fn put(&mut self, line: usize, old: Option<usize>, lines: &str) {
        let Some(old) = old else {
            self.insert(line, lines);
            return;
        };
        let stays = self.stays(line, old);
        match self.place(&self.old().lines[old].path) {
            Place::Line(at) if stays => {
                let statement = &self.script.statements[at];
                // A dotted key keeps its beginning.
                let prefix = joined(&statement.keys[..statement.keys.len() - 1]);
                let lines =
                    if prefix.is_empty() { lines.to_owned() } else { dotted(&prefix, lines) };
                let kept = kept::comment(self.plan.from.id(), &self.text[statement.lines.clone()]);
                let span = statement.lines.clone();
                self.patches.replace(span.clone(), format!("{kept}{lines}"));
                self.gone_statements[at] = !lines.lines().any(|line| !line.starts_with('#'));
                self.ends.insert(self.form().lines[line].path.clone(), span.end);
            }
            Place::Missing => self.insert(line, lines),
            _ => {
                self.take_away(old, "");
                self.insert(line, lines);
            }
        }
    }

    /// Puts lines where a row of the new form belongs.
    pub(super) fn insert(&mut self, line: usize, lines: &str) {
        let path = self.form().lines[line].path.clone();
        let container = parent(&path).to_owned();
        let header = (0..self.script.headers.len()).find(|at| {
            !self.script.headers[*at].is_array
                && self.container(&self.script.container(Some(*at))) == container
        });
        if let Some(header) = header {
            let at = self.position(line).unwrap_or_else(|| self.end_of(header));
            self.patches.insert(at, lines);
            self.ends.insert(path, at);
        } else if !self.insert_inside(line, lines) && !self.insert_dotted(line, lines) {
            self.insert_table(line, &container, lines);
        }
    }

    /// Beside rows of the same table that are written with dotted keys.
    pub(super) fn insert_dotted(&mut self, line: usize, lines: &str) -> bool {
        let path = self.form().lines[line].path.clone();
        let container = parent(&path);
        let is_beside = |statement: &&Statement| {
            let old = self.old().line(&statement.path).filter(|_| statement.keys.len() > 1);
            old.is_some_and(|_| self.container(parent(&statement.path)) == container)
        };
        let Some(beside) = self.script.statements.iter().rfind(is_beside) else { return false };
        let home = self.container(&self.script.container(beside.header));
        let prefix = container.strip_prefix(&home).unwrap_or(container).trim_start_matches('.');
        let at = self.position(line).unwrap_or(beside.lines.end);
        self.patches.insert(at, dotted(prefix, lines));
        self.ends.insert(path, at);
        true
    }

    /// Behind the row before it in the form that stands in the same table.
    pub(super) fn position(&self, line: usize) -> Option<usize> {
        let path = &self.form().lines[line].path;
        // Where an old row of the same path was.
        let same = self.plan.old.lines.iter().find(|old| {
            !parent(&old.path).is_empty()
                && self.container(parent(&old.path)) == parent(path)
                && last(&old.path) == last(path)
        });
        if let Some(Place::Line(at)) = same.map(|old| self.place(&old.path)) {
            return Some(self.script.statements[at].lines.end);
        }
        let before = self.form().lines[..line].iter().rev();
        let mut siblings = before.filter(|other| parent(&other.path) == parent(path));
        siblings.find_map(|other| self.ends.get(&other.path).copied())
    }

    /// Into an inline table that holds rows of the same container.
    pub(super) fn insert_inside(&mut self, line: usize, lines: &str) -> bool {
        let path = self.form().lines[line].path.clone();
        let found = self.script.statements.iter().position(|statement| {
            let mapped = self.container(&statement.path);
            self.text[statement.value.clone()].starts_with('{')
                && path.strip_prefix(&mapped).is_some_and(|rest| rest.starts_with('.'))
        });
        let Some(at) = found else { return false };
        let statement = self.script.statements[at].clone();
        if lines.starts_with('#') {
            let lines = lines.replacen(TODO, &format!("{TODO}{}.", parent(&path)), 1);
            self.patches.insert(statement.lines.start, lines);
        } else {
            let own = path[self.container(&statement.path).len() + 1..].to_owned();
            let value = lines.split_once(" = ").map_or(lines, |(_, value)| value);
            let value = value.rsplit_once("  # ").map_or(value, |(value, _)| value);
            self.inside.entry(at).or_default().push(format!("{own} = {}", value.trim_end()));
        }
        self.ends.insert(path, statement.lines.end);
        true
    }

    /// Writes what comes into inline tables, when it is known what goes out of them.
    pub(super) fn fill_inside(&mut self) {
        for (at, entries) in std::mem::take(&mut self.inside) {
            let value = self.script.statements[at].value.clone();
            let inner = self.text[value.start + 1..value.end - 1].trim_end();
            let has_comma = inner.is_empty() || inner.ends_with(',') || self.cut_last.contains(&at);
            let comma = if has_comma { " " } else { ", " };
            let end = value.start + 1 + inner.len();
            self.patches.insert(end, format!("{comma}{}", entries.join(", ")));
        }
    }

    /// A table with a header of its own, behind the others of its family.
    pub(super) fn insert_table(&mut self, line: usize, container: &str, lines: &str) {
        let path = self.form().lines[line].path.clone();
        if let Some(fresh) = self.fresh.iter_mut().find(|fresh| fresh.container == container) {
            fresh.lines.push_str(lines);
            return;
        }
        let table = container.split('.').next().unwrap_or(container);
        let family = |at: &usize| {
            let own = self.container(&self.script.container(Some(*at)));
            own == table || own.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
        };
        let last_header = (0..self.script.headers.len()).rfind(family);
        let order: Vec<&str> = self.form().lines.iter().map(|line| line.table.as_str()).collect();
        let at = match last_header {
            Some(header) => self.end_of(header),
            None => {
                // Before the first table that the form has later.
                let mine = order.iter().position(|key| *key == table).unwrap_or(order.len());
                let later = (0..self.script.headers.len()).find(|at| {
                    let own = self.container(&self.script.container(Some(*at)));
                    let own = own.split('.').next().unwrap_or("").to_owned();
                    order.iter().position(|key| *key == own).is_some_and(|at| at > mine)
                });
                later.map_or(self.text.len(), |at| match at {
                    0 => self.script.headers[0].lines.start,
                    at => self.end_of(at - 1),
                })
            }
        };
        let beside = self.form().lines[line].group.as_ref().filter(|_| container.contains('.'));
        let beside = beside.map_or_else(String::new, |label| format!("  # {}", one_line(label)));
        let header = format!("\n[{container}]{beside}\n");
        self.fresh.push(Fresh {
            container: container.to_owned(),
            at,
            header,
            lines: lines.to_owned(),
        });
        let _ = path;
    }

    /// Where the statements of a header end.
    pub(super) fn end_of(&self, header: usize) -> usize {
        let own = self.script.statements.iter().filter(|other| other.header == Some(header));
        own.map(|other| other.lines.end).max().unwrap_or(self.script.headers[header].lines.end)
    }
}

/// Puts the beginning of a dotted key before the key of a line.
fn dotted(prefix: &str, lines: &str) -> String {
    match lines.strip_prefix(TODO) {
        Some(rest) => format!("{TODO}{prefix}.{rest}"),
        None => format!("{prefix}.{lines}"),
    }
}
