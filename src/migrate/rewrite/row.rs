//! A row that stays: with other names, in the same spelling, or written anew beside what it was.

use crate::source::Span;

use super::super::ChangeKind;
use super::super::array;
use super::super::figures::{Found, Made, Shape, Written, evaluate};
use super::super::grid::one_line;
use super::super::script::{Key, Statement, path as joined};
use super::{Place, Rewriter, last, parent};

/// A new spelling of a row's value.
pub(super) enum Value {
    /// As it is.
    Same,
    /// Another text.
    New(String),
    /// Other names of columns.
    Names(Vec<(Span, String)>),
}

impl Rewriter<'_> {
    pub(super) fn plain<'m>(&self, line: usize, made: &'m [Made]) -> Vec<&'m Made> {
        let slots = &self.form().lines[line].slots;
        let plain = slots.iter().zip(made).filter(|(slot, _)| !self.form().slots[**slot].is_total);
        plain.map(|(_, made)| made).collect()
    }

    /// Whether a row has the same columns in both forms.
    pub(super) fn keeps_shape(&self, line: usize, anchor: Option<usize>) -> bool {
        let Some(old) = anchor else { return false };
        let (old, new) = (&self.old().lines[old].slots, &self.form().lines[line].slots);
        old.len() == new.len()
            && old.iter().zip(new).all(|(old, new)| {
                let terms = &self.plan.inflows[*new].terms;
                terms.iter().any(|term| term.old == *old && !term.is_part)
            })
    }

    /// A row whose figures are all known.
    pub(super) fn known(&mut self, line: usize, anchor: Option<usize>, made: &[Made]) {
        let staying = anchor.filter(|old| self.stays(line, *old));
        let value = staying.and_then(|old| self.value_in_place(line, old, made));
        match (anchor, value) {
            (Some(_), Some(value)) => self.keep(line, anchor, Some(value)),
            (Some(old), None) if !self.rows.rows[old].is_missing() => {
                let text = self.fresh_line(line, &self.value(line, made));
                self.put(line, Some(old), &text);
                self.note(ChangeKind::Carried, line, String::new());
            }
            _ => {
                let text = self.fresh_line(line, &self.value(line, made));
                self.put(line, None, &text);
                self.note(ChangeKind::Carried, line, String::new());
            }
        }
    }

    /// A line as the program writes it.
    pub(super) fn fresh_line(&self, line: usize, value: &str) -> String {
        let line = &self.form().lines[line];
        format!("{} = {value}  # {}\n", last(&line.path), one_line(&line.label))
    }

    /// The value of a row in the shortest spelling.
    pub(super) fn value(&self, line: usize, made: &[Made]) -> String {
        let slots = &self.form().lines[line].slots;
        let known = slots.iter().zip(made).filter_map(|(slot, made)| match made {
            Made::Known(cell, _) => Some((*slot, cell)),
            _ => None,
        });
        let known: Vec<(usize, &Written)> = known.collect();
        if self.form().is_scalar(line) {
            return known.first().map_or_else(String::new, |(_, cell)| cell.text.clone());
        }
        if self.form().lines[line].is_sentence {
            let figures: Vec<String> = known
                .iter()
                .map(|(slot, cell)| format!("{} = {}", self.form().slots[*slot].column, cell.text))
                .collect();
            return if figures.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {} }}", figures.join(", "))
            };
        }
        if known.iter().all(|(_, cell)| cell.is_nothing()) {
            return "0".to_owned();
        }
        let texts: Vec<&str> = known.iter().map(|(_, cell)| cell.text.as_str()).collect();
        format!("[{}]", texts.join(", "))
    }

    /// The new spelling of a row that stays where it is: none when it must be written anew, with what it was beside
    /// it.
    pub(super) fn value_in_place(&self, line: usize, old: usize, made: &[Made]) -> Option<Value> {
        let row = &self.rows.rows[old];
        let known: Vec<(usize, &Written)> = self.form().lines[line]
            .slots
            .iter()
            .zip(made)
            .filter_map(|(slot, made)| match made {
                Made::Known(cell, _) => Some((*slot, cell)),
                _ => None,
            })
            .collect();
        let all_zero = known.iter().all(|(_, cell)| cell.is_nothing());
        match &row.shape {
            Shape::Zero if all_zero && !self.form().is_scalar(line) => Some(Value::Same),
            Shape::Scalar if self.form().is_scalar(line) => {
                let own = row.cells[0].as_ref().map(|cell| &cell.text);
                // `{ decisions = 5 }` and `[5]` name or count the column, which may be another.
                let is_bare = own.is_some_and(|own| *own == self.text[row.span.clone()]);
                (is_bare && own == known.first().map(|(_, cell)| &cell.text)).then_some(Value::Same)
            }
            Shape::Array(items) if !self.form().is_scalar(line) => {
                let before: Vec<&str> =
                    row.cells.iter().flatten().map(|cell| cell.text.as_str()).collect();
                let after: Vec<&str> = known.iter().map(|(_, cell)| cell.text.as_str()).collect();
                if before == after {
                    return Some(Value::Same);
                }
                let spelled = array::respell(self.text, &row.span, items, &after)?;
                self.can_return(line, old, made).then_some(Value::New(spelled))
            }
            Shape::Keyed(keys) => self.keyed(line, keys, &known),
            _ => None,
        }
    }

    /// New names for the columns of a row that is written by column.
    pub(super) fn keyed(
        &self,
        line: usize,
        keys: &[(Span, usize)],
        known: &[(usize, &Written)],
    ) -> Option<Value> {
        let mut names = Vec::new();
        let mut named = Vec::new();
        for (span, slot) in keys {
            let fate = &self.plan.fates[*slot];
            let [target] = fate.targets.as_slice() else { return None };
            let terms = &self.plan.inflows[*target].terms;
            if self.form().slots[*target].line != line || terms.len() != 1 {
                return None;
            }
            let (old, new) = (&self.old().slots[*slot].column, &self.form().slots[*target].column);
            if old != new {
                names.push((span.clone(), new.clone()));
            }
            named.push(*target);
        }
        let others = known.iter().filter(|(slot, _)| !named.contains(slot));
        let is_sentence = self.form().lines[line].is_sentence;
        let mut others = others.map(|(_, cell)| cell);
        (is_sentence || others.all(|cell| cell.is_nothing())).then_some(Value::Names(names))
    }

    /// Whether the way back gives the row as it was, so that nothing needs to be kept of it.
    pub(super) fn can_return(&self, line: usize, old: usize, made: &[Made]) -> bool {
        let cells = self.old().lines[old].slots.iter();
        let Some(back) = self.back else {
            return cells
                .filter_map(|slot| {
                    let is_gone = self.plan.fates[*slot].targets.is_empty();
                    self.rows.cell(self.old(), *slot).filter(|_| is_gone)
                })
                .all(|cell| cell.text == "0");
        };
        let find = |slot: usize| match back.old.slots.get(slot) {
            Some(found) if found.line == line => {
                let at = self.form().lines[line].slots.iter().position(|own| *own == slot);
                match at.map(|at| &made[at]) {
                    Some(Made::Known(cell, _)) => Found::Written(cell.clone()),
                    Some(Made::Omitted) => Found::Omitted,
                    _ => Found::Missing,
                }
            }
            _ => Found::Missing,
        };
        self.old().lines[old].slots.iter().all(|slot| {
            let own = self.rows.cell(self.old(), *slot);
            let is_total = self.old().slots[*slot].is_total;
            match (evaluate(&back.inflows[*slot], is_total, find), own) {
                (Made::Known(cell, _), Some(own)) => cell.text == own.text,
                (Made::Omitted, None) => true,
                _ => false,
            }
        })
    }

    /// Whether a row can stay in the table in which it stands.
    pub(super) fn stays(&self, line: usize, old: usize) -> bool {
        let path = &self.old().lines[old].path;
        self.container(parent(path)) == parent(&self.form().lines[line].path)
    }

    /// Leaves a row where it is, with the names and the spelling of the new form.
    pub(super) fn keep(&mut self, line: usize, anchor: Option<usize>, value: Option<Value>) {
        let Some(old) = anchor else { return };
        let new_path = self.form().lines[line].path.clone();
        let place = self.place(&self.old().lines[old].path);
        match place {
            Place::Missing => return,
            Place::Line(at) => {
                let statement = self.script.statements[at].clone();
                self.rename(&statement, &new_path);
                self.ends.insert(new_path, statement.lines.end);
            }
            Place::Inside(at, key) => {
                self.rename_inside(&key, &self.old().lines[old].path, &new_path);
                self.ends.insert(new_path, self.script.statements[at].lines.end);
            }
            Place::Spread(_, statements) => self.keep_spread(old, &statements, &new_path),
        }
        match value {
            Some(Value::New(text)) => self.patches.replace(self.rows.rows[old].span.clone(), text),
            Some(Value::Names(names)) if self.is_inline(old) => {
                for (span, name) in names {
                    self.patches.replace(span, name);
                }
            }
            _ => {}
        }
    }

    /// Whether a row's columns are keys inside one value.
    pub(super) fn is_inline(&self, old: usize) -> bool {
        !matches!(self.place(&self.old().lines[old].path), Place::Spread(..))
    }

    pub(super) fn keep_spread(&mut self, old: usize, statements: &[usize], new_path: &str) {
        let old_path = &self.old().lines[old].path;
        for at in statements {
            let statement = self.script.statements[*at].clone();
            let rest = &statement.path[old_path.len() + 1..];
            let column = rest.split('.').next().unwrap_or(rest);
            let slot = self.old().lines[old]
                .slots
                .iter()
                .find(|slot| self.old().slots[**slot].column == column);
            let target = slot.and_then(|slot| self.plan.fates[*slot].targets.first());
            let name = target.map_or(column, |target| &self.form().slots[*target].column);
            let renamed = format!("{new_path}.{name}{}", &rest[column.len()..]);
            self.rename(&statement, &renamed);
            self.ends.insert(new_path.to_owned(), statement.lines.end);
        }
    }

    /// Gives a statement the keys of another path, if that path lies in the same table.
    pub(in crate::migrate) fn rename(&mut self, statement: &Statement, path: &str) -> bool {
        let container = self.container(&self.script.container(statement.header));
        let own = match container.as_str() {
            "" => Some(path),
            _ => path.strip_prefix(&container).and_then(|rest| rest.strip_prefix('.')),
        };
        let Some(own) = own else { return false };
        self.respell(&statement.keys.clone(), own);
        true
    }

    /// Writes another dotted key in the place of one.
    pub(super) fn respell(&mut self, keys: &[Key], path: &str) {
        if joined(keys) == path {
            return;
        }
        let names: Vec<&str> = path.split('.').collect();
        if names.len() == keys.len() {
            for (key, name) in keys.iter().zip(names).filter(|(key, name)| key.name != **name) {
                let quote = &self.text[key.span.clone()][..1];
                let quote = if quote == "\"" || quote == "'" { quote } else { "" };
                self.patches.replace(key.span.clone(), format!("{quote}{name}{quote}"));
            }
        } else if let (Some(first), Some(end)) = (keys.first(), keys.last()) {
            self.patches.replace(first.span.start..end.span.end, path);
        }
    }

    pub(super) fn rename_inside(&mut self, key: &Span, old: &str, new: &str) {
        if last(old) != last(new) {
            self.patches.replace(key.clone(), last(new));
        }
    }
}
