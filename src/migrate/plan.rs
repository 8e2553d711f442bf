//! Where every figure of one format goes in another: the mapping's steps laid over the two forms.
//!
//! In: two formats and the steps between them. Out: for each figure of the new form what it is made of, and for
//! each of the old form what becomes of it. Steps over several formats are joined figure by figure, so that what an
//! earlier step takes apart and a later one puts together again is whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::format::Format;

use super::grid::Grid;
use super::mapping::{Rule, Step, Subject};

/// A figure of the old form as part of one of the new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    /// Index of the old figure.
    pub(crate) old: usize,
    /// Whether it is spread over several new figures, so that only 0 is certain.
    pub(crate) is_part: bool,
}

/// What a figure of the new form is made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inflow {
    pub(crate) terms: Vec<Term>,
    /// What stands there where nothing comes in.
    pub(crate) value: Option<String>,
    /// Why a person must supply it, where nothing comes in.
    pub(crate) why: String,
}

/// What becomes of a figure that has no place.
#[derive(Debug, Clone)]
pub(crate) struct Gone {
    pub(crate) why: String,
    /// Whether the new form no longer counts it, so that nobody is asked.
    pub(crate) ends: bool,
}

/// What becomes of a figure of the old form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fate {
    /// Indices of the new figures that hold it.
    pub(crate) targets: Vec<usize>,
    /// Set when it, or a part of it, has no place.
    pub(crate) gone: Option<Gone>,
}

/// A sentence that the new form wants and the old one does not have.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub(crate) path: String,
    pub(crate) unless: Vec<String>,
    pub(crate) why: String,
}

/// The way from one format to another.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) from: Arc<Format>,
    pub(crate) to: Arc<Format>,
    pub(crate) old: Grid,
    pub(crate) new: Grid,
    /// By figure of the new form.
    pub(crate) inflows: Vec<Inflow>,
    /// By figure of the old form.
    pub(crate) fates: Vec<Fate>,
    /// By row of the old form: the row of the new form that takes its place.
    pub(crate) heirs: Vec<Option<usize>>,
    /// Keys of tables and parts that have another name now.
    pub(crate) tables: BTreeMap<String, String>,
    /// Texts of the old form: where they go, or why they have no place.
    pub(crate) texts: BTreeMap<String, Result<String, String>>,
    pub(crate) sentences: Vec<Sentence>,
}

impl Plan {
    /// A plan by keys alone, with the rules of one step.
    pub(crate) fn new(from: &Arc<Format>, to: &Arc<Format>, step: Option<&Step>) -> Self {
        let rules = step.map_or(&[][..], |step| &step.rules);
        let (old, new) = (Grid::new(from), Grid::new(to));
        let work = Work { old: &old, new: &new, rules };
        let (fates, mut inflows) = work.flows();
        for (at, inflow) in inflows.iter_mut().enumerate() {
            if inflow.terms.is_empty() {
                work.arrival(at, inflow);
            }
        }
        let heirs = work.heirs();
        let (tables, texts) = (work.tables(), work.texts());
        let sentences = work.sentences();
        Self {
            from: from.clone(),
            to: to.clone(),
            inflows,
            fates,
            heirs,
            tables,
            texts,
            sentences,
            old,
            new,
        }
    }

    /// This way and then another from where it ends.
    pub(crate) fn then(self, next: Plan) -> Self {
        let mut fates: Vec<Fate> = vec![Fate::default(); self.fates.len()];
        let mut inflows: Vec<Inflow> = Vec::with_capacity(next.inflows.len());
        for (at, inflow) in next.inflows.iter().enumerate() {
            let joined = self.join(inflow);
            for term in &joined.terms {
                fates[term.old].targets.push(at);
            }
            inflows.push(joined);
        }
        for (at, fate) in fates.iter_mut().enumerate() {
            let first = &self.fates[at];
            let later = first.targets.iter().find_map(|middle| next.fates[*middle].gone.clone());
            fate.gone = first.gone.clone().or(later);
        }
        let heirs = self.heirs.iter().map(|heir| heir.and_then(|middle| next.heirs[middle]));
        let mut tables = next.tables.clone();
        for (old, middle) in &self.tables {
            let end = next.tables.get(middle).unwrap_or(middle).clone();
            tables.remove(middle);
            tables.insert(old.clone(), end);
        }
        let mut texts = next.texts.clone();
        for (old, middle) in &self.texts {
            let end = middle
                .clone()
                .and_then(|middle| next.texts.get(&middle).cloned().unwrap_or(Ok(middle)));
            texts.insert(old.clone(), end);
        }
        let heirs = heirs.collect();
        let sentences = self.sentences.iter().chain(&next.sentences).cloned().collect();
        Self {
            from: self.from,
            to: next.to,
            old: self.old,
            new: next.new,
            inflows,
            fates,
            heirs,
            tables,
            texts,
            sentences,
        }
    }

    /// A figure of the next form in figures of this plan's old one.
    fn join(&self, inflow: &Inflow) -> Inflow {
        let mut joined =
            Inflow { why: inflow.why.clone(), value: inflow.value.clone(), ..Inflow::default() };
        for middle in &inflow.terms {
            let before = &self.inflows[middle.old];
            if before.terms.is_empty() {
                joined.value = joined.value.or_else(|| before.value.clone());
            }
            if joined.why.is_empty() {
                joined.why.clone_from(&before.why);
            }
            for term in &before.terms {
                // All parts of one figure in one place are the whole.
                let parts = &self.fates[term.old].targets;
                let whole = !middle.is_part
                    && parts.iter().all(|part| {
                        inflow.terms.iter().any(|other| other.old == *part && !other.is_part)
                    });
                let is_part = (term.is_part || middle.is_part) && !whole;
                if !joined.terms.iter().any(|known| known.old == term.old) {
                    joined.terms.push(Term { old: term.old, is_part });
                }
            }
        }
        joined
    }

    /// The path in the new form of a table, row or figure of the old one, where it has another.
    pub(crate) fn renamed(&self, path: &str) -> Option<String> {
        if let Some(Ok(text)) = self.texts.get(path) {
            return Some(text.clone());
        }
        if let Some(slot) = self.old.slot(path) {
            let target = *self.fates[slot].targets.first()?;
            return Some(self.new.slots[target].path.clone());
        }
        if let Some(line) = self.old.line(path) {
            let heir = self.heirs[line].or_else(|| {
                let targets = self.old.lines[line].slots.iter();
                let slot = targets.filter_map(|slot| self.fates[*slot].targets.first()).next();
                slot.map(|slot| self.new.slots[*slot].line)
            });
            return heir.map(|heir| self.new.lines[heir].path.clone());
        }
        let (container, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
        let container = self.tables.get(container)?;
        Some(rest.map_or_else(|| container.clone(), |rest| format!("{container}.{rest}")))
    }
}

/// One step over two grids.
struct Work<'a> {
    old: &'a Grid,
    new: &'a Grid,
    rules: &'a [Rule],
}

impl Work<'_> {
    fn of(&self, subject: Subject) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.subject == subject)
    }

    fn tables(&self) -> BTreeMap<String, String> {
        let renamed = self.of(Subject::Table).filter_map(|rule| {
            let to = rule.to.first()?;
            Some(rule.from.iter().map(|from| (from.clone(), to.clone())).collect::<Vec<_>>())
        });
        renamed.flatten().filter(|(from, to)| from != to).collect()
    }

    /// The path that a row of the old form has in the new one when only tables have other names.
    fn same(&self, line: usize) -> String {
        let line = &self.old.lines[line];
        let renamed = self.of(Subject::Table).find(|rule| rule.from.contains(&line.table));
        match renamed.and_then(|rule| rule.to.first()) {
            Some(table) => format!("{table}{}", &line.path[line.table.len()..]),
            None => line.path.clone(),
        }
    }

    /// Rows of the new form that take figures of a row.
    fn rows(&self, line: usize) -> Result<Vec<usize>, Gone> {
        let old = &self.old.lines[line];
        let rules: Vec<&Rule> =
            self.of(Subject::Row).filter(|rule| rule.from.contains(&old.path)).collect();
        if let Some(rule) = rules.iter().find(|rule| rule.to.is_empty()) {
            return Err(gone(rule, self.missing("这一行")));
        }
        if !rules.is_empty() {
            let rows =
                rules.iter().flat_map(|rule| &rule.to).filter_map(|path| self.new.line(path));
            return Ok(rows.collect());
        }
        let table = self.of(Subject::Table).find(|rule| rule.from.contains(&old.table));
        if let Some(rule) = table.filter(|rule| rule.to.is_empty()) {
            return Err(gone(rule, self.missing("这个表")));
        }
        let same = self.new.line(&self.same(line));
        same.map(|line| vec![line])
            .ok_or_else(|| Gone { why: self.missing("这一行"), ends: false })
    }

    fn missing(&self, what: &str) -> String {
        format!("{} 格式没有{what}", self.new.id())
    }

    /// Keys of the columns that take a figure, in a row of the new form.
    fn columns(&self, slot: usize, row: usize) -> Result<Vec<usize>, Gone> {
        let figure = &self.old.slots[slot];
        let line = &self.old.lines[figure.line];
        let mut rules = self.of(Subject::Column).filter(|rule| {
            rule.table.as_ref() == Some(&line.table)
                && rule.section.as_ref().is_none_or(|section| *section == line.section)
                && rule.from.contains(&figure.column)
        });
        let find = |key: &str| {
            let mut slots = self.new.lines[row].slots.iter();
            slots.find(|slot| self.new.slots[**slot].column == key).copied()
        };
        if let Some(rule) = rules.next() {
            if rule.to.is_empty() {
                return Err(gone(rule, self.missing("这一栏")));
            }
            let found: Vec<usize> = rule.to.iter().filter_map(|key| find(key)).collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        if let Some(found) = find(&figure.column) {
            return Ok(vec![found]);
        }
        // A total is the total, whatever its key.
        let mut totals =
            self.new.lines[row].slots.iter().filter(|slot| self.new.slots[**slot].is_total);
        match totals.next() {
            Some(total) if figure.is_total => Ok(vec![*total]),
            _ => Err(Gone { why: self.missing("这一栏"), ends: false }),
        }
    }

    fn flows(&self) -> (Vec<Fate>, Vec<Inflow>) {
        let mut inflows = vec![Inflow::default(); self.new.slots.len()];
        let mut fates = Vec::with_capacity(self.old.slots.len());
        for at in 0..self.old.slots.len() {
            let (fate, why) = self.fate(at);
            let is_part = fate.targets.len() > 1;
            for target in &fate.targets {
                inflows[*target].terms.push(Term { old: at, is_part });
                if inflows[*target].why.is_empty() {
                    inflows[*target].why.clone_from(&why);
                }
            }
            fates.push(fate);
        }
        (fates, inflows)
    }

    fn fate(&self, at: usize) -> (Fate, String) {
        let slot = &self.old.slots[at];
        if let Some(rule) = self.of(Subject::Figure).find(|rule| rule.from.contains(&slot.path)) {
            if rule.to.is_empty() {
                let gone = Some(gone(rule, self.missing("这一格")));
                return (Fate { targets: Vec::new(), gone }, String::new());
            }
            let targets = rule.to.iter().filter_map(|path| self.new.slot(path)).collect();
            return (Fate { targets, gone: None }, rule.why.clone());
        }
        let rows = match self.rows(slot.line) {
            Ok(rows) => rows,
            Err(gone) => return (Fate { targets: Vec::new(), gone: Some(gone) }, String::new()),
        };
        let mut fate = Fate::default();
        for row in rows {
            match self.columns(at, row) {
                Ok(found) => fate.targets.extend(found),
                Err(gone) => fate.gone = Some(gone),
            }
        }
        fate.targets.dedup();
        let line = &self.old.lines[slot.line];
        let why = self.rules.iter().find(|rule| {
            !rule.why.is_empty()
                && (rule.subject == Subject::Row && rule.from.contains(&line.path)
                    || rule.subject == Subject::Column
                        && rule.table.as_ref() == Some(&line.table)
                        && rule.from.contains(&slot.column))
        });
        (fate, why.map_or_else(String::new, |rule| rule.why.clone()))
    }

    /// What stands in a figure of the new form that takes nothing from the old one.
    fn arrival(&self, at: usize, inflow: &mut Inflow) {
        let slot = &self.new.slots[at];
        let line = &self.new.lines[slot.line];
        let rule = self
            .of(Subject::Figure)
            .find(|rule| rule.from.is_empty() && rule.to.contains(&slot.path))
            .or_else(|| {
                self.of(Subject::Row)
                    .find(|rule| rule.from.is_empty() && rule.to.contains(&line.path))
            })
            .or_else(|| {
                self.of(Subject::Column).find(|rule| {
                    rule.from.is_empty()
                        && rule.table.as_ref() == Some(&line.table)
                        && rule.section.as_ref().is_none_or(|section| *section == line.section)
                        && rule.to.contains(&slot.column)
                })
            });
        if let Some(rule) = rule {
            inflow.value.clone_from(&rule.value);
            inflow.why.clone_from(&rule.why);
        }
    }

    /// The row of the new form that takes the place of each row.
    fn heirs(&self) -> Vec<Option<usize>> {
        let rows: Vec<Vec<usize>> =
            (0..self.old.lines.len()).map(|line| self.rows(line).unwrap_or_default()).collect();
        let mut heirs = vec![None; rows.len()];
        let mut taken = vec![false; self.new.lines.len()];
        for (line, targets) in rows.iter().enumerate() {
            if let Some(same) = self.new.line(&self.same(line)).filter(|row| targets.contains(row))
            {
                heirs[line] = Some(same);
                taken[same] = true;
            }
        }
        for (line, targets) in rows.iter().enumerate() {
            // Of rows that become one, none is it.
            let is_lone =
                |row: &usize| rows.iter().filter(|other| other.contains(row)).count() == 1;
            if let ([only], None) = (targets.as_slice(), heirs[line])
                && !taken[*only]
                && is_lone(only)
            {
                heirs[line] = Some(*only);
                taken[*only] = true;
            }
        }
        heirs
    }

    fn texts(&self) -> BTreeMap<String, Result<String, String>> {
        let new = self.new.texts();
        let mut texts = BTreeMap::new();
        for path in self.old.texts() {
            let rule = self.of(Subject::Text).find(|rule| rule.from.contains(&path));
            let (part, key) = path.split_once('.').unwrap_or((&path, ""));
            let table =
                self.of(Subject::Table).find(|rule| rule.from.iter().any(|from| from == part));
            let part = table.and_then(|rule| rule.to.first()).map_or(part, String::as_str);
            let same = format!("{part}.{key}");
            let end = match rule {
                Some(rule) => rule.to.first().cloned().ok_or_else(|| match rule.why.is_empty() {
                    true => self.missing("这一节"),
                    false => rule.why.clone(),
                }),
                None if new.contains(&same) => Ok(same),
                None => Err(self.missing("这一节")),
            };
            if end.as_ref() != Ok(&path) {
                texts.insert(path, end);
            }
        }
        texts
    }

    fn sentences(&self) -> Vec<Sentence> {
        let rules = self.of(Subject::Sentence).flat_map(|rule| {
            rule.to.iter().map(|path| Sentence {
                path: path.clone(),
                unless: rule.unless.clone(),
                why: rule.why.clone(),
            })
        });
        rules.collect()
    }
}

fn gone(rule: &Rule, default: String) -> Gone {
    let why = rule.ends.as_ref().unwrap_or(&rule.why);
    Gone { why: if why.is_empty() { default } else { why.clone() }, ends: rule.ends.is_some() }
}
