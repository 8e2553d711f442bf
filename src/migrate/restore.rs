//! Takes statements of the wanted format back from comments, where the figures since agree with them.
//!
//! A change of format keeps in a comment whatever it could not carry as it stood. On the way back such a statement is
//! the better source: it has every digit, column and note. It counts only while the figures that were made of it are
//! still the same; where somebody changed one, the comment stays a comment.

use std::collections::BTreeMap;

use crate::record::{self, KeyNames};
use crate::source::Source;

use super::figures::{Found, Made, Rows, evaluate};
use super::kept::{self, Block};
use super::plan::Plan;
use super::rewrite::Rewriter;

/// Puts kept statements in the place of their comments. Returns the rows that are back, with the place where each
/// ends.
pub(super) fn restore(rewriter: &mut Rewriter<'_>, back: &Plan) -> Vec<(usize, usize)> {
    let id = rewriter.plan.to.id().to_owned();
    let blocks = kept::blocks(rewriter.text, &rewriter.script, &id, |container| {
        rewriter.container(container)
    });
    if blocks.is_empty() {
        return Vec::new();
    }
    let mut work = Work { rewriter, back, rows: BTreeMap::new(), lines: BTreeMap::new() };
    for (at, block) in blocks.iter().enumerate() {
        work.read(at, block);
    }
    work.drop_what_differs(&blocks);
    work.put_back(&blocks)
}

struct Work<'w, 'a> {
    rewriter: &'w mut Rewriter<'a>,
    back: &'w Plan,
    /// By row of the wanted form: the block it stands in.
    lines: BTreeMap<usize, usize>,
    /// What the blocks hold, by block.
    rows: BTreeMap<usize, Rows>,
}

impl Work<'_, '_> {
    /// Reads the rows of one block. The later of two that hold the same row counts: it was kept last.
    fn read(&mut self, at: usize, block: &Block) {
        if block.is_header {
            return;
        }
        let text = match block.container.as_str() {
            "" => block.raw.clone(),
            container => format!("[{container}]\n{}", block.raw),
        };
        let source = Source::new("", &*text);
        let (record, errors) = record::parse(&source, &KeyNames::default());
        if !errors.is_empty() {
            return;
        }
        let grid = self.rewriter.form();
        let rows = Rows::read(&text, &record, grid);
        for (line, row) in rows.rows.iter().enumerate() {
            if !row.is_missing() {
                self.lines.insert(line, at);
            }
        }
        self.rows.insert(at, rows);
    }

    /// What the wanted form had for a figure: from a block, else from the file by the plan.
    fn find(&self, slot: usize) -> Found {
        let plan = self.rewriter.plan;
        let line = plan.new.slots[slot].line;
        if let Some(rows) = self.lines.get(&line).and_then(|at| self.rows.get(at)) {
            return rows.lookup(&plan.new, slot);
        }
        let is_total = plan.new.slots[slot].is_total || plan.new.lines[line].is_sum;
        let made = evaluate(&plan.inflows[slot], is_total, |old| {
            self.rewriter.rows.lookup(&plan.old, old)
        });
        match made {
            Made::Known(cell, _) => Found::Written(cell),
            Made::Omitted => Found::Omitted,
            Made::Missing => Found::Missing,
            Made::Person => Found::Odd,
        }
    }

    /// Leaves out rows whose figures do not give what the file has now, until none is left.
    fn drop_what_differs(&mut self, blocks: &[Block]) {
        loop {
            let wrong: Vec<usize> = self
                .lines
                .iter()
                .filter(|(line, at)| !self.agrees(**line, &blocks[**at]))
                .map(|(line, _)| *line)
                .collect();
            if wrong.is_empty() {
                return;
            }
            // A block goes as a whole.
            let gone: Vec<usize> =
                wrong.iter().filter_map(|line| self.lines.get(line).copied()).collect();
            self.lines.retain(|_, at| !gone.contains(at));
        }
    }

    /// Whether a statement with several rows has, where it stands now, only rows that come back with it.
    fn is_whole(&self, block: &Block) -> bool {
        let plan = self.rewriter.plan;
        plan.old.lines.iter().enumerate().all(|(at, line)| {
            let super::rewrite::Place::Inside(statement, _) = self.rewriter.place(&line.path)
            else {
                return true;
            };
            let path = &self.rewriter.script.statements[statement].path;
            let row = &self.rewriter.rows.rows[at];
            self.rewriter.container(path) != block.path
                || plan.heirs[at].is_some_and(|heir| self.lines.contains_key(&heir))
                || row.cells.iter().flatten().all(|cell| cell.is_nothing())
        })
    }

    fn agrees(&self, line: usize, block: &Block) -> bool {
        let plan = self.rewriter.plan;
        if plan.new.lines[line].path != block.path && !self.is_whole(block) {
            return false;
        }
        let grid = &plan.new;
        let mut touched: Vec<usize> = Vec::new();
        for slot in &grid.lines[line].slots {
            let fate = &self.back.fates[*slot];
            touched.extend(fate.targets.iter().map(|target| plan.old.slots[*target].line));
            let is_plain = !grid.slots[*slot].is_total && !grid.lines[line].is_sum;
            let Found::Written(cell) = self.find(*slot) else { continue };
            // What had no place waits in a line of its own; once that is gone, somebody has placed it.
            let waits = fate.gone.as_ref().is_some_and(|gone| !gone.ends);
            if is_plain && waits && !cell.is_nothing() && !block.is_open {
                return false;
            }
        }
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().all(|row| self.is_same(row, block))
    }

    /// Whether a row of the file is what the kept statements give.
    fn is_same(&self, row: usize, block: &Block) -> bool {
        let plan = self.rewriter.plan;
        if self.rewriter.rows.rows[row].is_missing() {
            return block.is_open || plan.old.lines[row].is_sum || self.is_waiting(row);
        }
        plan.old.plain(row).all(|slot| {
            let made = evaluate(&self.back.inflows[slot], false, |old| self.find(old));
            let own = self.rewriter.rows.lookup(&plan.old, slot);
            match (made, own) {
                (Made::Known(made, _), Found::Written(own)) => match (made.value, own.value) {
                    (Some(made), Some(own)) => made == own,
                    _ => made.text == own.text,
                },
                (Made::Omitted | Made::Missing, Found::Omitted) => true,
                _ => false,
            }
        })
    }

    /// Whether a line that waits for a person stands for a row.
    fn is_waiting(&self, row: usize) -> bool {
        let path = &self.rewriter.plan.old.lines[row].path;
        let notes = &self.rewriter.script.notes;
        notes.iter().any(|note| self.rewriter.waits_for(note, path))
    }

    /// Puts the statements in the place of their comments.
    fn put_back(self, blocks: &[Block]) -> Vec<(usize, usize)> {
        let used: Vec<usize> = self.lines.values().copied().collect();
        let mut wanted: Vec<usize> = used.clone();
        for (at, block) in blocks.iter().enumerate().filter(|(_, block)| block.is_header) {
            let inner = blocks.iter().enumerate().skip(at + 1);
            let mut inner = inner.take_while(|(_, other)| !other.is_header);
            if inner.any(|(at, other)| other.container == block.path && used.contains(&at)) {
                wanted.push(at);
            }
        }
        let texts = self.texts(blocks);
        wanted.extend(texts);
        for at in wanted {
            let block = &blocks[at];
            self.rewriter.patches.replace(block.span.clone(), block.raw.clone());
        }
        self.lines.iter().map(|(line, at)| (*line, blocks[*at].span.end)).collect()
    }

    /// Texts that are back in the wanted form and not in the file.
    fn texts(&self, blocks: &[Block]) -> Vec<usize> {
        let known = self.rewriter.form().texts();
        let is_text = |block: &&(usize, &Block)| {
            known.contains(&block.1.path) && self.rewriter.record.get(&block.1.path).is_none()
        };
        blocks.iter().enumerate().filter(|pair| is_text(&pair)).map(|(at, _)| at).collect()
    }
}
