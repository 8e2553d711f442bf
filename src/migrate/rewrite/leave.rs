//! What has no place in the new form: rows, texts and headers become comments, or go where an earlier change of format
//! had put them in.

use crate::source::Span;

use super::super::account::Open;
use super::super::figures::{Row, Shape, Written};
use super::super::grid::one_line;
use super::super::kept::{self, TODO};
use super::super::script::path as joined;
use super::super::{Change, ChangeKind, array};
use super::{Place, Rewriter, last, parent};

impl Rewriter<'_> {
    /// Figures of an old row that have no place and are not 0.
    pub(super) fn lost(&self, old: usize) -> Vec<usize> {
        let grid = self.old();
        let is_lost = |slot: &usize| {
            let gone = self.plan.fates[*slot].gone.as_ref().is_some_and(|gone| !gone.ends);
            gone && self.rows.cell(grid, *slot).is_some_and(|cell| !cell.is_nothing())
        };
        grid.plain(old).filter(is_lost).collect()
    }

    /// Turns an old row into comments, with more lines behind them.
    pub(super) fn take_away(&mut self, old: usize, behind: &str) {
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
    pub(in crate::migrate) fn take_out(&mut self, old: usize) {
        match self.place(&self.old().lines[old].path) {
            Place::Line(at) => {
                let span = self.script.statements[at].lines.clone();
                self.patches.replace(span, String::new());
                self.gone_statements[at] = true;
            }
            Place::Missing => {}
            Place::Inside(_, key) if self.is_own(old, &self.rows.rows[old]) => {
                // With the comma that was put before it.
                let before = self.text[..key.start].trim_end();
                let start = before.strip_suffix(',').map_or(key.start, str::len);
                let end = self.rows.rows[old].span.end;
                self.patches.replace(start..end, String::new());
            }
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
    pub(super) fn cut(&mut self, at: usize, key: &Span) -> usize {
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

    /// What becomes of an old row that has no heir.
    pub(super) fn leave(&mut self, old: usize) {
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

    pub(super) fn unplaced(&self, old: usize, lost: &[usize]) -> (Vec<(String, String)>, String) {
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
    pub(super) fn is_taken_back(&self, old: usize) -> bool {
        let mut targets =
            self.old().plain(old).flat_map(|slot| &self.plan.fates[slot].targets).peekable();
        targets.peek().is_some()
            && targets.all(|target| self.restored.contains_key(&self.form().slots[*target].line))
    }

    /// Whether an old row is one that an earlier change of format put in, and nobody touched it since.
    pub(super) fn is_own(&self, old: usize, row: &Row) -> bool {
        let Some(back) = self.back else { return false };
        let line = &self.old().lines[old];
        let is_arrival = line.slots.iter().all(|slot| {
            let inflow = &back.inflows[*slot];
            inflow.terms.is_empty() && (inflow.value.is_some() || self.old().slots[*slot].is_total)
        });
        if !is_arrival || !row.cells.iter().flatten().all(Written::is_nothing) {
            return false;
        }
        match self.place(&line.path) {
            Place::Line(at) => {
                let statement = &self.script.statements[at];
                let text = &self.text[statement.lines.clone()];
                text == format!("{} = 0  # {}\n", joined(&statement.keys), one_line(&line.label))
            }
            Place::Inside(_, key) => {
                self.text[key.start..row.span.end] == format!("{} = 0", last(&line.path))
            }
            _ => false,
        }
    }

    /// Texts that have another name, or no place.
    pub(super) fn texts(&mut self) {
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

    pub(super) fn lose_text(&mut self, at: usize, path: &str, why: &str) {
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
    pub(super) fn headers(&mut self) {
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

    pub(super) fn lose_header(&mut self, at: usize) {
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
    pub(super) fn is_own_header(&self, at: usize) -> bool {
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
}
