//! Lays a plan over a data file: row by row, each with the fewest bytes changed.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::number::Number;
use crate::record::{self, KeyNames, Record};
use crate::source::{Source, Span};

use super::account::{Account, Open, TableSum, sums};
use super::figures::{Found, Made, Row, Rows, Shape, Written, evaluate};
use super::grid::{Grid, one_line};
use super::kept::{self, TODO};
use super::patch::Patches;
use super::plan::Plan;
use super::restore;
use super::script::{Note, Script, Statement, path as joined};
use super::{Change, ChangeKind, array};

/// A rewritten text with what was done.
pub(super) struct Rewritten {
    pub(super) text: String,
    pub(super) changes: Vec<Change>,
    pub(super) account: Account,
}

/// Rewrites a text. `back` is the way back, where there is one: it tells what can be undone without a trace.
pub(super) fn rewrite(text: &str, plan: &Plan, back: Option<&Plan>) -> Rewritten {
    let source = Source::new("", text);
    let (record, _) = record::parse(&source, &KeyNames::default());
    let script = Script::read(text);
    let rows = Rows::read(text, &record, &plan.old);
    let mut rewriter = Rewriter {
        text,
        plan,
        back,
        containers: containers(plan),
        restored: BTreeMap::new(),
        patches: Patches::default(),
        ends: BTreeMap::new(),
        fresh: Vec::new(),
        gone_statements: vec![false; script.statements.len()],
        inside: BTreeMap::new(),
        cut_last: BTreeSet::new(),
        kept_whole: BTreeSet::new(),
        waits: vec![false; plan.new.lines.len()],
        added_up: vec![false; plan.new.lines.len()],
        changes: Vec::new(),
        account: Account::default(),
        sums: Sums::default(),
        script,
        record,
        rows,
    };
    rewriter.restore();
    for line in 0..plan.new.lines.len() {
        rewriter.line(line);
    }
    for line in 0..plan.old.lines.len() {
        rewriter.leave(line);
    }
    rewriter.waiting();
    rewriter.texts();
    rewriter.headers();
    rewriter.sentences();
    rewriter.count();
    rewriter.finish()
}

/// The path of the table that holds a key.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn last(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(_, key)| key)
}

/// Names in the new form of the tables that hold rows, where all their rows went to one.
fn containers(plan: &Plan) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (line, heir) in plan.heirs.iter().enumerate() {
        let Some(heir) = heir else { continue };
        let (old, new) = (&plan.old.lines[line].path, &plan.new.lines[*heir].path);
        for (old, new) in [(parent(old), parent(new)), (old.as_str(), new.as_str())] {
            let entry = found.entry(old.to_owned()).or_insert_with(|| Some(new.to_owned()));
            if entry.as_deref() != Some(new) {
                *entry = None;
            }
        }
    }
    let found: BTreeMap<String, String> =
        found.into_iter().filter_map(|(old, new)| Some((old, new?))).collect();
    // Two tables do not become one: of those that lead to the same, the one that has its name already stays.
    let is_lone = |old: &str, new: &str| {
        old == new || !found.iter().any(|(other, end)| other != old && end == new)
    };
    found
        .iter()
        .filter(|(old, new)| is_lone(old, new))
        .map(|(a, b)| (a.clone(), b.clone()))
        .collect()
}

/// A table that is made for new rows.
struct Fresh {
    container: String,
    at: usize,
    header: String,
    lines: String,
}

/// Where a row stands in the old file.
pub(super) enum Place {
    Missing,
    /// A statement of its own.
    Line(usize),
    /// Inside the inline table of a statement: the key and the value there.
    Inside(usize, Span),
    /// Over several statements, or under a header of its own.
    Spread(Option<usize>, Vec<usize>),
}

pub(super) struct Rewriter<'a> {
    pub(super) text: &'a str,
    pub(super) plan: &'a Plan,
    pub(super) back: Option<&'a Plan>,
    pub(super) script: Script,
    pub(super) record: Record,
    pub(super) rows: Rows,
    containers: BTreeMap<String, String>,
    /// Rows of the new form that are taken back from comments: where they end.
    pub(super) restored: BTreeMap<usize, usize>,
    pub(super) patches: Patches,
    /// Where rows of the new form ended up, by path.
    ends: BTreeMap<String, usize>,
    fresh: Vec<Fresh>,
    pub(super) gone_statements: Vec<bool>,
    /// Entries to put into the inline tables of statements.
    inside: BTreeMap<usize, Vec<String>>,
    /// Statements whose inline table loses its last entry, so that a comma stands before its end.
    cut_last: BTreeSet<usize>,
    /// Statements that are kept as a whole.
    kept_whole: BTreeSet<usize>,
    /// Rows of the new form that wait for a person.
    waits: Vec<bool>,
    /// Rows of the new form with a sum of several figures.
    added_up: Vec<bool>,
    changes: Vec<Change>,
    account: Account,
    sums: Sums,
}

/// Sums by table: of the new form what comes in, of the old one what waits and what is no longer counted.
#[derive(Default)]
struct Sums {
    expected: BTreeMap<String, Decimal>,
    left: BTreeMap<String, Decimal>,
    ended: BTreeMap<String, Decimal>,
}

impl<'a> Rewriter<'a> {
    pub(super) fn old(&self) -> &'a Grid {
        &self.plan.old
    }

    pub(super) fn form(&self) -> &'a Grid {
        &self.plan.new
    }

    /// The name of a container in the new form.
    pub(super) fn container(&self, old: &str) -> String {
        if let Some(new) = self.containers.get(old) {
            return new.clone();
        }
        let (first, rest) = old.split_once('.').map_or((old, ""), |(first, rest)| (first, rest));
        match self.plan.tables.get(first) {
            Some(table) if rest.is_empty() => table.clone(),
            Some(table) => format!("{table}.{rest}"),
            None => old.to_owned(),
        }
    }

    pub(super) fn place(&self, path: &str) -> Place {
        let at = |statement: &Statement| {
            self.script.statements.iter().position(|other| other.lines == statement.lines)
        };
        if let Some(found) = self.script.statement(path).and_then(at) {
            return Place::Line(found);
        }
        if let (Some(found), Some(entry)) =
            (self.script.around(path).and_then(at), self.record.entry(path))
        {
            return Place::Inside(found, entry.key_span.clone());
        }
        let inner = format!("{path}.");
        let statements: Vec<usize> = (0..self.script.statements.len())
            .filter(|at| self.script.statements[*at].path.starts_with(&inner))
            .collect();
        match self.script.header_of(path) {
            None if statements.is_empty() => Place::Missing,
            header => Place::Spread(header, statements),
        }
    }

    fn restore(&mut self) {
        let Some(back) = self.back else { return };
        for (line, end) in restore::restore(self, back) {
            self.restored.insert(line, end);
            self.ends.insert(self.form().lines[line].path.clone(), end);
        }
    }

    /// The row of the old form whose place a row of the new one takes.
    fn anchor(&self, line: usize) -> Option<usize> {
        self.plan.heirs.iter().position(|heir| *heir == Some(line))
    }

    /// Puts a row of the new form into the file.
    fn line(&mut self, line: usize) {
        let anchor = self.anchor(line);
        if self.restored.contains_key(&line) {
            // What stood there since is the same in another shape.
            if let Some(old) = anchor {
                self.take_out(old);
            }
            return;
        }
        if anchor
            .is_some_and(|old| self.old().lines[old].is_sentence && self.take_empty_sentence(old))
        {
            return;
        }
        let made = self.make(line);
        let lost = anchor.map_or_else(Vec::new, |old| self.lost(old));
        let plain: Vec<&Made> = self.plain(line, &made);
        if self.is_absent(line, &made) && lost.is_empty() {
            return;
        }
        if self.form().lines[line].is_sentence && anchor.is_none() {
            return;
        }
        let is_known = plain.iter().all(|made| matches!(made, Made::Known(..)));
        let is_odd = anchor.is_some_and(|old| matches!(self.rows.rows[old].shape, Shape::Odd));
        if is_odd && lost.is_empty() && self.keeps_shape(line, anchor) {
            // What cannot be read is not made worse: it stays as it is, and its finding with it.
            self.keep(line, anchor, None);
            return;
        }
        if is_known && lost.is_empty() {
            self.added_up[line] = plain.iter().any(|made| matches!(made, Made::Known(_, true)));
            self.known(line, anchor, &made);
        } else if self.form().lines[line].is_sentence && lost.is_empty() {
            // A sentence may lack figures: the checker asks for them.
            self.known(line, anchor, &made);
        } else {
            self.todo(line, anchor, &made, &lost);
        }
    }

    /// Whether nothing that a row is made of is in the file, which may be a total left to the program or a row that
    /// the checker asks for already.
    fn is_absent(&self, line: usize, made: &[Made]) -> bool {
        let slots = &self.form().lines[line].slots;
        let mut own = slots
            .iter()
            .zip(made)
            .filter(|(slot, _)| {
                !self.plan.inflows[**slot].terms.is_empty() && !self.form().slots[**slot].is_total
            })
            .peekable();
        let is_new = own.peek().is_none();
        (is_new && self.form().lines[line].is_sum)
            || !is_new && own.all(|(_, made)| matches!(made, Made::Missing | Made::Omitted))
    }

    fn plain<'m>(&self, line: usize, made: &'m [Made]) -> Vec<&'m Made> {
        let slots = &self.form().lines[line].slots;
        let plain = slots.iter().zip(made).filter(|(slot, _)| !self.form().slots[**slot].is_total);
        plain.map(|(_, made)| made).collect()
    }

    /// The figures of a row of the new form.
    fn make(&self, line: usize) -> Vec<Made> {
        let grid = self.form();
        let slots = &grid.lines[line].slots;
        let find = |old: usize| self.rows.lookup(self.old(), old);
        let made = slots.iter().map(|slot| {
            let is_computed = grid.slots[*slot].is_total || grid.lines[line].is_sum;
            evaluate(&self.plan.inflows[*slot], is_computed, find)
        });
        let mut made: Vec<Made> = made.collect();
        // Where a row has a total, its columns are all there is: of nothing, each part is nothing.
        let has_total = slots.iter().any(|slot| grid.slots[*slot].is_total);
        let is_empty = self.anchor(line).is_some_and(|old| {
            let cells = self.old().plain(old).map(|slot| self.rows.cell(self.old(), slot));
            let cells: Vec<Option<&Written>> = cells.collect();
            cells.iter().all(|cell| cell.is_some_and(Written::is_nothing))
        });
        if has_total && is_empty {
            for made in &mut made {
                if matches!(made, Made::Person) {
                    *made = Made::Known(Written::zero(), false);
                }
            }
        }
        made
    }

    /// Figures of an old row that have no place and are not 0.
    fn lost(&self, old: usize) -> Vec<usize> {
        let grid = self.old();
        let is_lost = |slot: &usize| {
            let gone = self.plan.fates[*slot].gone.as_ref().is_some_and(|gone| !gone.ends);
            gone && self.rows.cell(grid, *slot).is_some_and(|cell| !cell.is_nothing())
        };
        grid.plain(old).filter(is_lost).collect()
    }

    /// Whether a row has the same columns in both forms.
    fn keeps_shape(&self, line: usize, anchor: Option<usize>) -> bool {
        let Some(old) = anchor else { return false };
        let (old, new) = (&self.old().lines[old].slots, &self.form().lines[line].slots);
        old.len() == new.len()
            && old.iter().zip(new).all(|(old, new)| {
                let terms = &self.plan.inflows[*new].terms;
                terms.iter().any(|term| term.old == *old && !term.is_part)
            })
    }

    /// A row whose figures are all known.
    fn known(&mut self, line: usize, anchor: Option<usize>, made: &[Made]) {
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

    fn note(&mut self, kind: ChangeKind, line: usize, why: String) {
        let (path, label) = (self.form().lines[line].path.clone(), &self.form().lines[line].label);
        let message = if why.is_empty() {
            one_line(label)
        } else {
            format!("{}（{why}）", one_line(label))
        };
        self.changes.push(Change { kind, path, message });
    }

    /// A line as the program writes it.
    fn fresh_line(&self, line: usize, value: &str) -> String {
        let line = &self.form().lines[line];
        format!("{} = {value}  # {}\n", last(&line.path), one_line(&line.label))
    }

    /// The value of a row in the shortest spelling.
    fn value(&self, line: usize, made: &[Made]) -> String {
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
    fn value_in_place(&self, line: usize, old: usize, made: &[Made]) -> Option<Value> {
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
    fn keyed(
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
    fn can_return(&self, line: usize, old: usize, made: &[Made]) -> bool {
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
    fn stays(&self, line: usize, old: usize) -> bool {
        let path = &self.old().lines[old].path;
        self.container(parent(path)) == parent(&self.form().lines[line].path)
    }

    /// Leaves a row where it is, with the names and the spelling of the new form.
    fn keep(&mut self, line: usize, anchor: Option<usize>, value: Option<Value>) {
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
    fn is_inline(&self, old: usize) -> bool {
        !matches!(self.place(&self.old().lines[old].path), Place::Spread(..))
    }

    fn keep_spread(&mut self, old: usize, statements: &[usize], new_path: &str) {
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
    pub(super) fn rename(&mut self, statement: &Statement, path: &str) -> bool {
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
    fn respell(&mut self, keys: &[super::script::Key], path: &str) {
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

    fn rename_inside(&mut self, key: &Span, old: &str, new: &str) {
        if last(old) != last(new) {
            self.patches.replace(key.clone(), last(new));
        }
    }

    /// Puts lines in the place of an old row, which is kept above them, or where the new row belongs.
    fn put(&mut self, line: usize, old: Option<usize>, lines: &str) {
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

    /// Turns an old row into comments, with more lines behind them.
    fn take_away(&mut self, old: usize, behind: &str) {
        let id = self.plan.from.id().to_owned();
        match self.place(&self.old().lines[old].path) {
            Place::Missing => {}
            Place::Line(at) => {
                let span = self.script.statements[at].lines.clone();
                let kept = kept::comment(&id, &self.text[span.clone()]);
                self.patches.replace(span, format!("{kept}{behind}"));
                self.gone_statements[at] = true;
            }
            Place::Inside(at, key) => {
                // The whole statement is kept, once: only so can it come back as it was.
                let outer = self.script.statements[at].lines.clone();
                self.cut(at, &key);
                let is_first = self.kept_whole.insert(at);
                let kept = if is_first {
                    kept::comment(&id, &self.text[outer.clone()])
                } else {
                    String::new()
                };
                self.patches.insert(outer.start, format!("{kept}{behind}"));
            }
            Place::Spread(header, statements) => {
                for at in statements {
                    let span = self.script.statements[at].lines.clone();
                    let kept = kept::comment(&id, &self.text[span.clone()]);
                    self.patches.replace(span, kept);
                    self.gone_statements[at] = true;
                }
                let at = header.map(|header| self.script.headers[header].lines.clone());
                if let Some(span) = at {
                    let kept = kept::comment(&id, &self.text[span.clone()]);
                    self.patches.replace(span, format!("{kept}{behind}"));
                }
            }
        }
    }

    /// Takes an old row out without a trace: the same figures stand there in another shape.
    pub(super) fn take_out(&mut self, old: usize) {
        match self.place(&self.old().lines[old].path) {
            Place::Line(at) => {
                let span = self.script.statements[at].lines.clone();
                self.patches.replace(span, String::new());
                self.gone_statements[at] = true;
            }
            Place::Missing => {}
            // What comes back as a whole stands for the whole.
            Place::Inside(at, _) => {
                if !self.gone_statements[at] {
                    let span = self.script.statements[at].lines.clone();
                    self.patches.replace(span, String::new());
                    self.gone_statements[at] = true;
                }
            }
            Place::Spread(..) => self.take_away(old, ""),
        }
    }

    /// Cuts an entry out of an inline table; returns where it ended.
    fn cut(&mut self, at: usize, key: &Span) -> usize {
        let value = self.script.statements[at].value.clone();
        let rest = &self.text[key.start..value.end];
        // To the next key of the same table, or to the end of the value.
        let end = key.start + array::entry_length(rest);
        self.patches.replace(key.start..end, String::new());
        if self.text[end..value.end - 1].trim().is_empty()
            && !self.text[..end].trim_end().ends_with(',')
        {
            self.cut_last.insert(at);
        }
        end
    }

    /// Puts lines where a row of the new form belongs.
    fn insert(&mut self, line: usize, lines: &str) {
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
    fn insert_dotted(&mut self, line: usize, lines: &str) -> bool {
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
    fn position(&self, line: usize) -> Option<usize> {
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
    fn insert_inside(&mut self, line: usize, lines: &str) -> bool {
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
    fn fill_inside(&mut self) {
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
    fn insert_table(&mut self, line: usize, container: &str, lines: &str) {
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
    fn end_of(&self, header: usize) -> usize {
        let own = self.script.statements.iter().filter(|other| other.header == Some(header));
        own.map(|other| other.lines.end).max().unwrap_or(self.script.headers[header].lines.end)
    }

    /// A row that a person must write.
    fn todo(&mut self, line: usize, anchor: Option<usize>, made: &[Made], lost: &[usize]) {
        self.waits[line] = true;
        let grid = self.form();
        let row = &grid.lines[line];
        let wanted: Vec<String> = row
            .slots
            .iter()
            .zip(made)
            .filter(|(slot, _)| !grid.slots[**slot].is_total)
            .map(|(slot, made)| match made {
                Made::Known(cell, _) => one_line(&cell.text),
                _ => one_line(&grid.slots[*slot].label),
            })
            .collect();
        let wanted =
            if grid.is_scalar(line) { wanted.concat() } else { format!("[{}]", wanted.join(", ")) };
        let (figures, why) = self.reasons(line, made, lost);
        let label = one_line(&row.label);
        let own = anchor.map(|old| format!("{}·", self.old().lines[old].label)).unwrap_or_default();
        let shown = figures.iter().map(|(label, value)| {
            format!("原“{}”{value}", label.strip_prefix(&own).unwrap_or(label))
        });
        let shown: Vec<String> = shown.collect();
        let mut told = shown.join("、");
        if !told.is_empty() && !why.is_empty() {
            told = format!("{told}（{why}）；");
        } else if !told.is_empty() {
            told.push('；');
        } else if !why.is_empty() {
            told = format!("{why}；");
        }
        let key = last(&row.path);
        let text =
            format!("{TODO}{key} = {wanted}  # {label}：{told}换成实际数，再删去行首的“# TODO ”\n");
        self.account.open.push(Open { path: row.path.clone(), label, figures, why: why.clone() });
        self.put(line, anchor, &text);
        self.note(ChangeKind::Todo, line, why);
    }

    /// The old figures that a row waits with, and why.
    fn reasons(
        &self,
        line: usize,
        made: &[Made],
        lost: &[usize],
    ) -> (Vec<(String, String)>, String) {
        let mut figures: Vec<(String, String)> = Vec::new();
        let mut why = String::new();
        let mut add = |slot: usize| {
            if let Some(cell) = self.rows.cell(self.old(), slot).filter(|cell| !cell.is_nothing()) {
                let figure = (self.old().label(slot), one_line(&cell.shown()));
                if !figures.contains(&figure) {
                    figures.push(figure);
                }
            }
        };
        for slot in lost {
            add(*slot);
            if let Some(gone) = &self.plan.fates[*slot].gone {
                why.clone_from(&gone.why);
            }
        }
        for (slot, made) in self.form().lines[line].slots.iter().zip(made) {
            if !matches!(made, Made::Person) || self.form().slots[*slot].is_total {
                continue;
            }
            let inflow = &self.plan.inflows[*slot];
            inflow.terms.iter().for_each(|term| add(term.old));
            if why.is_empty() {
                why.clone_from(&inflow.why);
            }
        }
        (figures, one_line(&why))
    }

    /// What becomes of an old row that has no heir.
    fn leave(&mut self, old: usize) {
        let row = &self.rows.rows[old];
        if row.is_missing() {
            return;
        }
        if self.plan.heirs[old].is_some() {
            return;
        }
        let path = self.old().lines[old].path.clone();
        let label = one_line(&self.old().lines[old].label);
        let is_gone = match self.place(&path) {
            Place::Inside(at, _) => self.gone_statements[at],
            _ => false,
        };
        if is_gone {
            return;
        }
        if self.is_taken_back(old) || self.is_own(old, row) {
            self.take_out(old);
            return;
        }
        let lost = self.lost(old);
        let has_place = self.old().lines[old]
            .slots
            .iter()
            .any(|slot| !self.plan.fates[*slot].targets.is_empty());
        let is_odd = matches!(row.shape, Shape::Odd) && !has_place;
        let mut behind = String::new();
        if !lost.is_empty() || is_odd {
            let (figures, why) = self.unplaced(old, &lost);
            let shown: Vec<String> =
                figures.iter().map(|(column, value)| format!("{column} {value}")).collect();
            let to = self.plan.to.id();
            let mut told =
                format!("{TODO}{label}（{path}）：{} 在 {to} 格式里没有位置", shown.join("、"));
            if !why.is_empty() && why != format!("{to} 格式没有这一行") {
                told = format!("{told}（{why}）");
            }
            behind = format!("{told}；定了去处、改好有关的数以后，删去这一行\n");
            self.account.open.push(Open {
                path: path.clone(),
                label: label.clone(),
                figures,
                why: why.clone(),
            });
            self.changes.push(Change {
                kind: ChangeKind::Todo,
                path: path.clone(),
                message: format!("{label}：{}（{why}）", shown.join("、")),
            });
        } else {
            self.changes.push(Change { kind: ChangeKind::Kept, path, message: label });
        }
        self.take_away(old, &behind);
    }

    fn unplaced(&self, old: usize, lost: &[usize]) -> (Vec<(String, String)>, String) {
        let grid = self.old();
        if lost.is_empty() {
            let span = self.rows.rows[old].span.clone();
            return (vec![(String::new(), one_line(&self.text[span]))], String::new());
        }
        let figures = lost.iter().filter_map(|slot| {
            let cell = self.rows.cell(grid, *slot)?;
            Some((one_line(&grid.slots[*slot].label), one_line(&cell.shown())))
        });
        let why = lost.iter().find_map(|slot| self.plan.fates[*slot].gone.as_ref());
        (figures.collect(), why.map_or_else(String::new, |gone| one_line(&gone.why)))
    }

    /// Whether all that an old row holds is back in rows taken from comments.
    fn is_taken_back(&self, old: usize) -> bool {
        let mut targets =
            self.old().plain(old).flat_map(|slot| &self.plan.fates[slot].targets).peekable();
        targets.peek().is_some()
            && targets.all(|target| self.restored.contains_key(&self.form().slots[*target].line))
    }

    /// Whether an old row is one that an earlier change of format put in, and nobody touched it since.
    fn is_own(&self, old: usize, row: &Row) -> bool {
        let Some(back) = self.back else { return false };
        let line = &self.old().lines[old];
        let is_arrival = line.slots.iter().all(|slot| {
            let inflow = &back.inflows[*slot];
            inflow.terms.is_empty() && (inflow.value.is_some() || self.old().slots[*slot].is_total)
        });
        let is_zero = row.cells.iter().flatten().all(Written::is_nothing);
        let Place::Line(at) = self.place(&line.path) else { return false };
        let text = &self.text[self.script.statements[at].lines.clone()];
        let own = format!("{} = 0  # {}\n", last(&line.path), one_line(&line.label));
        is_arrival && is_zero && text == own
    }

    /// Whether a comment is the line that waits for a person to write a row.
    pub(super) fn waits_for(&self, note: &Note, path: &str) -> bool {
        let Some(rest) = self.text[note.span.clone()].strip_prefix(TODO) else { return false };
        let container = self.script.container(note.header);
        let own = path.strip_prefix(&container).and_then(|rest| rest.strip_prefix('.'));
        [own, Some(path)]
            .into_iter()
            .flatten()
            .any(|key| rest.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = ")))
    }

    /// Lines that wait for a person since an earlier change of format: they wait for the new form's row now.
    fn waiting(&mut self) {
        for note in self.script.notes.clone() {
            let found = self.old().lines.iter().position(|line| self.waits_for(&note, &line.path));
            let Some(old) = found.filter(|old| self.rows.rows[*old].is_missing()) else { continue };
            let heir = self.plan.heirs[old].filter(|heir| !self.restored.contains_key(heir));
            let Some(heir) = heir else {
                self.patches.replace(note.lines.clone(), String::new());
                continue;
            };
            self.waits[heir] = true;
            let (path, label) = (&self.old().lines[old].path, &self.old().lines[old].label);
            let (grid, row) = (self.form(), &self.form().lines[heir]);
            let why = "改写为前就还没有填";
            self.account.open.push(Open {
                path: row.path.clone(),
                label: one_line(&row.label),
                figures: Vec::new(),
                why: why.to_owned(),
            });
            let same_key =
                self.container(parent(path)) == parent(&row.path) && last(path) == last(&row.path);
            if same_key && *label == row.label && self.keeps_shape(heir, Some(old)) {
                continue;
            }
            let labels = grid.plain(heir).map(|slot| one_line(&grid.slots[slot].label));
            let labels: Vec<String> = labels.collect();
            let wanted = if grid.is_scalar(heir) {
                labels.concat()
            } else {
                format!("[{}]", labels.join(", "))
            };
            let (key, label) = (last(&row.path), one_line(&row.label));
            let line =
                format!("{TODO}{key} = {wanted}  # {label}：换成实际数，再删去行首的“# TODO ”\n");
            self.patches.replace(note.lines.clone(), line);
        }
    }

    /// Whether a sentence is one that an earlier change of format asked for, with nothing in it yet: it goes with the
    /// lines that ask.
    fn take_empty_sentence(&mut self, old: usize) -> bool {
        let line = &self.old().lines[old];
        let asked =
            self.back.is_some_and(|back| back.sentences.iter().any(|own| own.path == line.path));
        let wanted = self.plan.sentences.iter().any(|own| own.path == line.path);
        let Place::Line(at) = self.place(&line.path) else { return false };
        let span = self.script.statements[at].lines.clone();
        let own = format!("{} = {{}}  # {}\n", last(&line.path), one_line(&line.label));
        if !asked || wanted || self.text[span.clone()] != own {
            return false;
        }
        let mut end = span.end;
        for note in &self.script.notes {
            if note.lines.start == end && self.text[note.span.clone()].starts_with(TODO) {
                end = note.lines.end;
            }
        }
        self.patches.replace(span.start..end, String::new());
        self.gone_statements[at] = true;
        true
    }

    /// Texts that have another name, or no place.
    fn texts(&mut self) {
        for (path, end) in self.plan.texts.clone() {
            let Place::Line(at) = self.place(&path) else { continue };
            let statement = self.script.statements[at].clone();
            match end {
                Ok(new) => {
                    if !self.rename(&statement, &new) {
                        self.lose_text(at, &path, &format!("它现在是 {new}，请移过去"));
                    }
                }
                Err(why) => self.lose_text(at, &path, &why),
            }
        }
    }

    fn lose_text(&mut self, at: usize, path: &str, why: &str) {
        let statement = self.script.statements[at].clone();
        let is_blank = self
            .record
            .get(path)
            .and_then(|node| node.as_str())
            .is_some_and(|text| text.trim().is_empty());
        let kept = kept::comment(self.plan.from.id(), &self.text[statement.lines.clone()]);
        let mut behind = String::new();
        if !is_blank {
            let to = self.plan.to.id();
            behind = format!(
                "{TODO}{path} 的文字在 {to} 格式里没有位置（{why}）；移到别的一节以后，删去这一行\n"
            );
            let message = format!("文字没有位置（{why}）");
            self.changes.push(Change { kind: ChangeKind::Todo, path: path.to_owned(), message });
            self.account.open.push(Open {
                path: path.to_owned(),
                label: "文字".to_owned(),
                figures: Vec::new(),
                why: why.to_owned(),
            });
        }
        self.patches.replace(statement.lines, format!("{kept}{behind}"));
        self.gone_statements[at] = true;
    }

    /// Headers with another name, and those of tables that the new form does not have.
    fn headers(&mut self) {
        let known = self.form().containers();
        for at in 0..self.script.headers.len() {
            let old = self.script.container(Some(at));
            let new = self.container(&old);
            let rows =
                self.old().lines.iter().filter(|line| line.path.starts_with(&format!("{old}.")));
            let was_table = rows.count() > 0;
            let inner = format!("{new}.");
            let is_alive = known.contains(&new)
                || self.form().lines.iter().any(|line| line.path.starts_with(&inner))
                || !was_table && !self.old().containers().contains(&old);
            if is_alive {
                let keys = self.script.headers[at].keys.clone();
                self.respell(&keys, &new);
                continue;
            }
            self.lose_header(at);
        }
        // Tables written in one statement have their name there.
        for statement in self.script.statements.clone() {
            let new = self.container(&statement.path);
            let is_table = self.text[statement.value.clone()].starts_with('{');
            let is_row = self.old().line(&statement.path).is_some();
            if is_table && !is_row && new != statement.path {
                self.rename(&statement, &new);
            }
        }
    }

    fn lose_header(&mut self, at: usize) {
        let id = self.plan.from.id().to_owned();
        let span = self.script.headers[at].lines.clone();
        if self.is_own_header(at) {
            let start = self.text[..span.start].strip_suffix('\n').map_or(span.start, |before| {
                if before.ends_with('\n') { before.len() } else { span.start }
            });
            self.patches.replace(start..span.end, String::new());
            return;
        }
        self.patches.replace(span.clone(), kept::comment(&id, &self.text[span]));
        for other in 0..self.script.statements.len() {
            let statement = &self.script.statements[other];
            if statement.header == Some(at) && !self.gone_statements[other] {
                let lines = statement.lines.clone();
                self.patches.replace(lines.clone(), kept::comment(&id, &self.text[lines]));
                self.gone_statements[other] = true;
            }
        }
    }

    /// Whether a header is one that an earlier change of format put in, with nothing under it now.
    fn is_own_header(&self, at: usize) -> bool {
        let container = self.script.container(Some(at));
        let mut statements = (0..self.script.statements.len())
            .filter(|other| self.script.statements[*other].header == Some(at));
        let line = self.old().lines.iter().find(|line| parent(&line.path) == container);
        let beside = line.and_then(|line| line.group.as_ref());
        let beside = beside.map_or_else(String::new, |label| format!("  # {}", one_line(label)));
        let text = &self.text[self.script.headers[at].lines.clone()];
        // Of rows that wait there are only comments.
        let is_own = |index: usize| {
            let row = &self.rows.rows[index];
            row.is_missing() || self.is_own(index, row) || self.is_taken_back(index)
        };
        let lines = self.old().lines.iter().enumerate();
        statements.all(|other| self.gone_statements[other])
            && text == format!("[{container}]{beside}\n")
            && lines
                .filter(|(_, line)| parent(&line.path) == container)
                .all(|(index, _)| is_own(index))
    }

    /// Asks for the figures of sentences that the new form wants, unless the text tells them.
    fn sentences(&mut self) {
        for sentence in self.plan.sentences.clone() {
            let Some(line) = self.form().line(&sentence.path) else { continue };
            if self.anchor(line).is_some_and(|old| !self.rows.rows[old].is_missing()) {
                continue;
            }
            let part = self.form().lines[line].table.clone();
            let told = self.record.get(&part).is_some_and(|node| mentions(node, &sentence.unless));
            if told {
                continue;
            }
            self.waits[line] = true;
            let row = self.form().lines[line].clone();
            let mut lines = format!("{} = {{}}  # {}\n", last(&row.path), one_line(&row.label));
            for slot in &row.slots {
                let figure = &self.form().slots[*slot];
                let unit = figure.unit.as_deref().unwrap_or("件");
                lines += &format!(
                    "{TODO}{}：在花括号里写 {} = 数（{unit}），用逗号分开，再删去这一行\n",
                    figure.label, figure.column
                );
                self.changes.push(Change {
                    kind: ChangeKind::Todo,
                    path: figure.path.clone(),
                    message: format!("{}（{}）", figure.label, sentence.why),
                });
                self.account.open.push(Open {
                    path: figure.path.clone(),
                    label: figure.label.clone(),
                    figures: Vec::new(),
                    why: sentence.why.clone(),
                });
            }
            self.insert(line, &lines);
        }
    }

    /// Counts what became of each figure.
    fn count(&mut self) {
        let grid = self.old();
        for line in (0..grid.lines.len()).filter(|line| !grid.lines[*line].is_sum) {
            for slot in grid.plain(line) {
                if let Some(cell) = self.rows.cell(grid, slot).cloned() {
                    self.count_figure(line, slot, &cell);
                }
            }
        }
        let new = self.form();
        for (slot, inflow) in new.slots.iter().zip(&self.plan.inflows) {
            let line = &new.lines[slot.line];
            let stands =
                self.ends.contains_key(&line.path) && !self.waits[slot.line] && !line.is_sum;
            if let (true, Some(value), true) = (inflow.terms.is_empty(), &inflow.value, stands)
                && !self.restored.contains_key(&slot.line)
            {
                let value = Number::parse(value).map_or(Decimal::ZERO, |number| number.value);
                add(&mut self.sums.expected, &line.table, value);
            }
        }
    }

    fn count_figure(&mut self, line: usize, slot: usize, cell: &Written) {
        let fate = &self.plan.fates[slot];
        let targets: Vec<usize> =
            fate.targets.iter().map(|slot| self.form().slots[*slot].line).collect();
        let value = cell.value.unwrap_or_default();
        let table = &self.old().lines[line].table;
        let is_restored = targets.iter().any(|target| self.restored.contains_key(target));
        let waits = targets.iter().any(|target| self.waits[*target])
            || self.plan.heirs[line].is_some_and(|heir| self.waits[heir]);
        let account = &mut self.account;
        match &fate.gone {
            _ if is_restored => account.restored += 1,
            Some(_) if targets.is_empty() && cell.is_nothing() => account.zeros += 1,
            Some(gone) if targets.is_empty() && gone.ends => {
                account.ended += 1;
                add(&mut self.sums.ended, table, value);
            }
            Some(_) if targets.is_empty() => {
                account.left += 1;
                add(&mut self.sums.left, table, value);
            }
            _ if waits => {
                account.left += 1;
                add(&mut self.sums.left, table, value);
            }
            _ => {
                let is_sum = targets.iter().any(|target| self.added_up[*target]);
                account.summed += usize::from(is_sum);
                account.carried += usize::from(!is_sum);
                if let Some(target) = targets.first() {
                    add(&mut self.sums.expected, &self.plan.new.lines[*target].table, value);
                }
            }
        }
    }

    /// The sums of both texts by table of the new form, with those of tables that are gone.
    fn table_sums(&self, after: &str, mut counted: Sums) -> Vec<TableSum> {
        let (old, new) = (sums(self.text, self.old()), sums(after, self.form()));
        let source = Source::new("", after);
        let (record, _) = record::parse(&source, &KeyNames::default());
        let rows = Rows::read(after, &record, self.form());
        for line in self.restored.keys().filter(|line| !self.form().lines[**line].is_sum) {
            for slot in self.form().plain(*line) {
                let value = rows.cell(self.form(), slot).and_then(|cell| cell.value);
                let table = &self.form().lines[*line].table;
                add(&mut counted.expected, table, value.unwrap_or_default());
            }
        }
        let title = |format: &crate::format::Format, key: &str| {
            format.table(key).map(|table| table.title.clone())
        };
        let mut all: Vec<TableSum> = Vec::new();
        for key in self.old().table_keys() {
            let name = self.plan.tables.get(&key).unwrap_or(&key);
            let value = |sums: &BTreeMap<String, Decimal>, key: &str| {
                sums.get(key).copied().unwrap_or_default()
            };
            let found = title(&self.plan.to, name).or_else(|| title(&self.plan.from, &key));
            all.push(TableSum {
                title: found.unwrap_or_else(|| key.clone()),
                before: value(&old, &key),
                after: value(&new, name),
                expected: value(&counted.expected, name),
                left: value(&counted.left, &key),
                ended: value(&counted.ended, &key),
            });
        }
        let mapped = |key: &String| {
            self.old()
                .table_keys()
                .iter()
                .any(|old| self.plan.tables.get(old).unwrap_or(old) == key)
        };
        for key in self.form().table_keys().into_iter().filter(|key| !mapped(key)) {
            all.push(TableSum {
                title: title(&self.plan.to, &key).unwrap_or_else(|| key.clone()),
                before: Decimal::ZERO,
                after: new.get(&key).copied().unwrap_or_default(),
                expected: counted.expected.get(&key).copied().unwrap_or_default(),
                left: Decimal::ZERO,
                ended: Decimal::ZERO,
            });
        }
        all
    }

    fn finish(mut self) -> Rewritten {
        self.fill_inside();
        for fresh in std::mem::take(&mut self.fresh) {
            self.patches.insert(fresh.at, format!("{}{}", fresh.header, fresh.lines));
        }
        let text = std::mem::take(&mut self.patches).apply(self.text);
        let sums = std::mem::take(&mut self.sums);
        let mut account = std::mem::take(&mut self.account);
        account.sums = self.table_sums(&text, sums);
        Rewritten { text, changes: self.changes, account }
    }
}

/// A new spelling of a row's value.
enum Value {
    /// As it is.
    Same,
    /// Another text.
    New(String),
    /// Other names of columns.
    Names(Vec<(Span, String)>),
}

/// Puts the beginning of a dotted key before the key of a line.
fn dotted(prefix: &str, lines: &str) -> String {
    match lines.strip_prefix(TODO) {
        Some(rest) => format!("{TODO}{prefix}.{rest}"),
        None => format!("{prefix}.{lines}"),
    }
}

fn add(sums: &mut BTreeMap<String, Decimal>, table: &str, value: Decimal) {
    let sum = sums.entry(table.to_owned()).or_default();
    // Figures have at most 18 digits, a decimal 28: it takes ten thousand million of them to overflow.
    *sum = sum.checked_add(value).unwrap_or(*sum);
}

fn mentions(node: &record::Node, words: &[String]) -> bool {
    match &node.value {
        record::Value::String(text) => words.iter().any(|word| text.contains(word.as_str())),
        record::Value::Table(table) => {
            table.entries.iter().any(|entry| mentions(&entry.node, words))
        }
        _ => false,
    }
}
