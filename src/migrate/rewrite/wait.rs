//! Lines that wait for a person, those of this change and those of an earlier one.

use crate::record;

use super::super::account::Open;
use super::super::figures::Made;
use super::super::grid::one_line;
use super::super::kept::TODO;
use super::super::script::Note;
use super::super::{Change, ChangeKind};
use super::{Place, Rewriter, last, parent};

impl Rewriter<'_> {
    /// A row that a person must write.
    pub(super) fn todo(
        &mut self,
        line: usize,
        anchor: Option<usize>,
        made: &[Made],
        lost: &[usize],
    ) {
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
    pub(super) fn reasons(
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

    /// Whether a comment is the line that waits for a person to write a row.
    pub(in crate::migrate) fn waits_for(&self, note: &Note, path: &str) -> bool {
        let Some(rest) = self.text[note.span.clone()].strip_prefix(TODO) else { return false };
        let container = self.script.container(note.header);
        let own = path.strip_prefix(&container).and_then(|rest| rest.strip_prefix('.'));
        [own, Some(path)]
            .into_iter()
            .flatten()
            .any(|key| rest.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = ")))
    }

    /// Lines that wait for a person since an earlier change of format: they wait for the new form's row now.
    pub(super) fn waiting(&mut self) {
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
    pub(super) fn take_empty_sentence(&mut self, old: usize) -> bool {
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

    /// Asks for the figures of sentences that the new form wants, unless the text tells them.
    pub(super) fn sentences(&mut self) {
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
