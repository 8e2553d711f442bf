//! Lays a plan over a data file: row by row, each with the fewest bytes changed.

mod count;
mod insert;
mod leave;
mod row;
mod wait;

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{self, KeyNames, Record};
use crate::source::{Source, Span};

use super::account::Account;
use super::figures::{Made, Rows, Shape, Written, evaluate};
use super::grid::{Grid, one_line};
use super::patch::Patches;
use super::plan::Plan;
use super::script::{Script, Statement};
use super::{Change, ChangeKind, restore};

use count::Sums;
use insert::Fresh;

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

    fn note(&mut self, kind: ChangeKind, line: usize, why: String) {
        let (path, label) = (self.form().lines[line].path.clone(), &self.form().lines[line].label);
        let message = if why.is_empty() {
            one_line(label)
        } else {
            format!("{}（{why}）", one_line(label))
        };
        self.changes.push(Change { kind, path, message });
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
