//! The figures of a form in grids of any layout, by their labels alone.
//!
//! In: grids and a format. Out: what stands in the cell of each figure, and by name everything that leaves a doubt:
//! cells that cover several figures, rows that do not fit their heads, a figure that stands in two places.

use std::collections::{BTreeMap, BTreeSet};

use crate::format::Format;
use crate::import::draft::{Grid, Place};

use super::chain::{Chain, chains, reading_order};
use super::labels::{LabelSet, Official};
use super::sheet::Sheet;

/// What stands in the cell of a figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// As written, line breaks included.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// Number of its grid.
    pub grid: usize,
    /// Whether the cell shows a picture instead.
    pub has_picture: bool,
}

/// Why a figure cannot be told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Doubt {
    /// The reason, in Chinese.
    pub reason: String,
    /// What stands there.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// The figures of a form as far as a file has them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Located {
    /// By the number of the figure in [`Format::cells`].
    pub found: BTreeMap<usize, Found>,
    /// Figures whose cell is there but cannot be told.
    pub doubts: BTreeMap<usize, Doubt>,
    /// Figures in tables of the form that stand under no label of it.
    pub strange: Vec<Found>,
    /// Labels that were known but for a character: what stands there, what it was taken for, where.
    pub near: Vec<(String, Official, Place)>,
    /// Rows that were read by order because their cells do not lie under the heads.
    pub by_order: Vec<Place>,
    /// Grids that hold figures of the form.
    pub used: BTreeSet<usize>,
}

/// A grid and the lines right above it, which may be its heads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Titled<'a> {
    /// The grid.
    pub grid: &'a Grid,
    /// The lines, nearest last.
    pub lines: &'a [String],
}

/// A format made ready for finding its figures.
pub(crate) struct Form {
    chains: Vec<Chain>,
    labels: LabelSet,
    leaves: BTreeSet<Official>,
}

impl Form {
    /// Makes a format ready.
    pub(crate) fn of(format: &Format) -> Self {
        let chains = chains(format);
        let labels = LabelSet::of(format, &chains);
        let leaves = chains.iter().filter_map(|chain| chain.column.last().cloned()).collect();
        Self { chains, labels, leaves }
    }

    /// Whether a grid goes on from the one before: rows of the form without heads of their own, or the rest of heads
    /// that a page cut.
    pub(crate) fn goes_on(&self, before: &Grid, grid: &Grid) -> bool {
        let sheet = Sheet::of(grid, &self.labels, &self.leaves);
        if sheet.known() == 0 {
            return false;
        }
        if !sheet.heads.iter().any(|head| *head) {
            return true;
        }
        let before = Sheet::of(before, &self.labels, &self.leaves);
        before.heads.last().is_some_and(|head| *head)
    }

    /// Most cells behind the labels of a row.
    pub(crate) fn figures_in_rows(&self, grid: &Grid) -> usize {
        let sheet = Sheet::of(grid, &self.labels, &self.leaves);
        let count = |y: usize| {
            let row = grid.row(y);
            let last = row.iter().rposition(|&number| sheet.is_label(number));
            last.map_or(0, |last| row.len() - last - 1)
        };
        (0..grid.rows).map(count).max().unwrap_or(0)
    }

    /// Finds the figures.
    pub(crate) fn locate(&self, grids: &[Titled]) -> Located {
        let mut located = Located::default();
        for (number, titled) in grids.iter().enumerate() {
            let context: BTreeSet<Official> = titled
                .lines
                .iter()
                .filter_map(|line| Some(self.labels.columns.find(line)?.official))
                .collect();
            let straight = Reading::of(self, titled.grid, number, &context);
            let reading = if straight.figures.is_empty() && straight.known > 3 {
                let turned = titled.grid.transposed();
                let turned = Reading::of(self, &turned, number, &context);
                if turned.figures.len() > straight.figures.len() { turned } else { straight }
            } else {
                straight
            };
            located.take(reading, number);
        }
        located
    }
}

impl Located {
    fn take(&mut self, reading: Reading, grid: usize) {
        if reading.figures.is_empty() && reading.doubts.is_empty() {
            return;
        }
        self.used.insert(grid);
        self.near.extend(reading.near);
        self.by_order.extend(reading.by_order);
        self.strange.extend(reading.strange);
        for (figure, doubt) in reading.doubts {
            self.doubts.entry(figure).or_insert(doubt);
        }
        for (figure, found) in reading.figures {
            self.put(figure, found);
        }
    }

    fn put(&mut self, figure: usize, found: Found) {
        let Some(known) = self.found.get(&figure) else {
            self.found.insert(figure, found);
            return;
        };
        let squeezed = |text: &str| super::labels::squeezed(text);
        let (old, new) = (squeezed(&known.text), squeezed(&found.text));
        if new.is_empty() || old == new {
            return;
        }
        if old.is_empty() {
            self.found.insert(figure, found);
            return;
        }
        let reason = format!(
            "这个数在文件里出现了两次，而且不一样：{} 写的是 {old}，{} 写的是 {new}",
            known.place, found.place
        );
        let text = format!("{old} / {new}");
        self.doubts.entry(figure).or_insert(Doubt { reason, text, place: found.place });
    }
}

/// What was read in one grid.
#[derive(Default)]
struct Reading {
    figures: Vec<(usize, Found)>,
    doubts: Vec<(usize, Doubt)>,
    strange: Vec<Found>,
    near: Vec<(String, Official, Place)>,
    by_order: Vec<Place>,
    known: usize,
}

/// What a cell of a row is taken for.
enum Choice {
    None,
    One(usize),
    Several(Vec<usize>),
}

struct Reader<'a> {
    form: &'a Form,
    sheet: Sheet<'a>,
    number: usize,
    context: &'a BTreeSet<Official>,
    reading: Reading,
}

impl Reading {
    fn of(form: &Form, grid: &Grid, number: usize, context: &BTreeSet<Official>) -> Self {
        let sheet = Sheet::of(grid, &form.labels, &form.leaves);
        let known = sheet.known();
        let mut reader = Reader { form, sheet, number, context, reading: Self::default() };
        if known > 0 {
            for y in 0..grid.rows {
                if !reader.sheet.heads[y] {
                    reader.row(y);
                }
            }
        }
        let Reader { sheet, mut reading, .. } = reader;
        reading.known = known;
        reading.near = sheet.near;
        reading
    }
}

impl Reader<'_> {
    /// Reads the cells that begin in a row.
    fn row(&mut self, y: usize) {
        let Some(block) = self.sheet.head_block(y) else {
            self.headless(y);
            return;
        };
        let row: Vec<usize> = self.sheet.grid.row(y);
        let values: Vec<usize> = self.values(&row, y);
        if self.fits(y, block, &values) {
            let is_askew = self.is_shifted(&values, block) && self.is_whole(&values, y, block);
            if is_askew || self.is_crooked(&row, &values, y, block) {
                self.by_order(&values, y, block);
                return;
            }
            values.iter().for_each(|&cell| self.cell(cell, y, block));
            self.check_shift(&values, block);
        } else {
            self.by_order(&values, y, block);
        }
    }

    /// Figures without any head: they are somebody's, but whose is not said.
    fn headless(&mut self, y: usize) {
        for number in self.sheet.grid.row(y) {
            if self.sheet.is_number[number] {
                let found = self.found(number);
                self.reading.strange.push(found);
            }
        }
    }

    /// The cells of a row that may hold figures: those that begin in it, behind its last label.
    fn values(&self, row: &[usize], y: usize) -> Vec<usize> {
        let cells = &self.sheet.grid.cells;
        let first = row.iter().position(|&number| self.sheet.is_label(number));
        let from = first.map_or(0, |at| at + 1);
        let begins = |number: &usize| cells[*number].y == y && !self.sheet.is_label(*number);
        row[from..].iter().copied().filter(begins).collect()
    }

    /// Whether the cells of a row lie under its heads: both end at one edge.
    fn fits(&self, y: usize, block: (usize, usize), values: &[usize]) -> bool {
        let grid = self.sheet.grid;
        if !grid.has_spans && !grid.is_collapsed {
            return true;
        }
        let ends = |y: usize| grid.row_end(y);
        let head_end = (block.0..block.1).map(ends).max().unwrap_or(0);
        let heads_fit = (block.0..block.1).all(|y| ends(y) == head_end);
        values.is_empty() || (heads_fit && ends(y) == head_end)
    }

    fn leaf_at(&self, x: usize, block: (usize, usize)) -> bool {
        self.sheet.over(x, block).iter().any(|label| self.form.leaves.contains(label))
    }

    fn cell(&mut self, number: usize, y: usize, block: (usize, usize)) {
        let cell = &self.sheet.grid.cells[number];
        let (x, columns, rows) = (cell.x, cell.columns, cell.rows);
        let mut figures: BTreeSet<usize> = BTreeSet::new();
        let mut unclear: BTreeSet<usize> = BTreeSet::new();
        for y in y..y + rows {
            for x in x..x + columns {
                match self.choose(x, y, block) {
                    Choice::None => {}
                    Choice::One(figure) => drop(figures.insert(figure)),
                    Choice::Several(all) => unclear.extend(all),
                }
            }
        }
        let found = self.found(number);
        match (figures.len(), unclear.len()) {
            (0, 0) if self.sheet.is_number[number] => self.reading.strange.push(found),
            (0, 0) => {}
            (1, 0) => {
                let figure = figures.first().copied().unwrap_or_default();
                self.reading.figures.push((figure, found));
            }
            (all, 0) => {
                let reason = format!("这一格合并了 {all} 个数的位置，看不出是哪一个");
                self.doubt(figures, &reason, &found);
            }
            // Blank cells below heads of two tables are no doubt worth naming.
            _ if found.text.trim().is_empty() => {}
            _ => self.doubt(unclear, "表头不全，看不出这一格是哪一类的数", &found),
        }
    }

    fn doubt(&mut self, figures: BTreeSet<usize>, reason: &str, found: &Found) {
        for figure in figures {
            let doubt = Doubt {
                reason: reason.to_owned(),
                text: found.text.clone(),
                place: found.place.clone(),
            };
            self.reading.doubts.push((figure, doubt));
        }
    }

    fn found(&self, number: usize) -> Found {
        let cell = &self.sheet.grid.cells[number];
        Found {
            text: cell.text.clone(),
            place: cell.place.clone(),
            grid: self.number,
            has_picture: cell.has_picture,
        }
    }

    /// The figure that stands at a place by the labels beside and above it.
    fn choose(&self, x: usize, y: usize, block: (usize, usize)) -> Choice {
        // A head that reaches a little into the next group belongs where it begins.
        let head = self.leaf_head(x, block);
        let column = head.map_or(x, |head| self.sheet.grid.cells[head].x);
        let above = self.sheet.over(column, block);
        let has_leaf = |x: usize| self.leaf_at(x, block);
        let beside = self.sheet.beside(x, y, &has_leaf);
        self.pick(&above, &beside)
    }

    fn pick(&self, above: &[Official], beside: &[Official]) -> Choice {
        let is_said = |label: &Official| {
            above.contains(label) || beside.contains(label) || self.context.contains(label)
        };
        let nearest = beside.first();
        let fits = |chain: &&Chain| {
            let column = chain.column.last().is_some_and(|label| above.contains(label));
            column
                && match chain.row.last() {
                    Some(label) => nearest == Some(label),
                    // Without a label beside it, one of the groups above must say whose figure it is.
                    None => nearest.is_none() && chain.groups().any(is_said),
                }
        };
        let candidates: Vec<&Chain> = self.form.chains.iter().filter(fits).collect();
        let weight = |chain: &&Chain| chain.groups().filter(|label| is_said(label)).count();
        let Some(most) = candidates.iter().map(weight).max() else { return Choice::None };
        let best: Vec<usize> =
            candidates.iter().filter(|c| weight(c) == most).map(|c| c.figure).collect();
        match best.as_slice() {
            [one] => Choice::One(*one),
            _ => Choice::Several(best),
        }
    }

    /// Whether a cell is a figure under no head.
    fn is_outside(&self, number: usize, block: (usize, usize)) -> bool {
        let cell = &self.sheet.grid.cells[number];
        let mut columns = cell.x..cell.x + cell.columns;
        self.sheet.is_number[number] && columns.all(|x| !self.leaf_at(x, block))
    }

    fn is_shifted(&self, values: &[usize], block: (usize, usize)) -> bool {
        values.iter().any(|&number| self.is_outside(number, block))
    }

    /// Whether the cells of a row of figures lie across its heads: a column without a cell, or one with two figures.
    fn is_crooked(&self, row: &[usize], values: &[usize], y: usize, block: (usize, usize)) -> bool {
        let has_numbers = values.iter().any(|&number| self.sheet.is_number[number]);
        if !has_numbers || self.chains_of(&self.labels_of_row(y), block).is_empty() {
            return false;
        }
        // By head of a column: the figures under it.
        let mut under: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut is_free: BTreeMap<usize, bool> = BTreeMap::new();
        for x in 0..self.sheet.grid.columns {
            let Some(head) = self.leaf_head(x, block) else { continue };
            let free = is_free.entry(head).or_insert(true);
            let Some(cell) = self.sheet.grid.number_at(x, y) else { continue };
            let is_value = values.contains(&cell)
                || (row.contains(&cell)
                    && self.sheet.grid.cells[cell].y < y
                    && !self.sheet.is_label(cell));
            if is_value {
                *free = false;
                if !self.sheet.is_blank[cell] {
                    under.entry(head).or_default().insert(cell);
                }
            }
        }
        let is_doubled = under.values().any(|cells| cells.len() > 1);
        let has_gap = self.sheet.grid.has_spans && is_free.values().any(|free| *free);
        is_doubled || has_gap
    }

    /// The cell that heads a single column in a block of heads.
    fn leaf_head(&self, x: usize, block: (usize, usize)) -> Option<usize> {
        (block.0..block.1).rev().find_map(|y| {
            let number = self.sheet.grid.number_at(x, y)?;
            let known = self.sheet.above[number].as_ref()?;
            self.form.leaves.contains(&known.official).then_some(number)
        })
    }

    /// Whether a row has as many figures as there are columns over it, so that their order tells which is which.
    fn is_whole(&self, values: &[usize], y: usize, block: (usize, usize)) -> bool {
        let said = values.iter().filter(|&&number| !self.sheet.is_blank[number]).count();
        let chains = self.chains_of(&self.labels_of_row(y), block);
        let figures: Vec<usize> = chains.iter().map(|chain| chain.figure).collect();
        !figures.is_empty() && said == figures.len() && self.heads_are_in_order(block, &figures)
    }

    /// A figure under no head, in a row of the form: its neighbours may stand in the wrong columns too.
    fn check_shift(&mut self, values: &[usize], block: (usize, usize)) {
        let cells = &self.sheet.grid.cells;
        let outside = values.iter().find(|&&number| self.is_outside(number, block));
        let Some(&outside) = outside else { return };
        let place = &cells[outside].place;
        let reason = format!("这一行在 {place} 有一个数不在任何表头下面，整行可能错位");
        let in_row: BTreeSet<Place> =
            values.iter().map(|&number| cells[number].place.clone()).collect();
        let (moved, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.reading.figures)
            .into_iter()
            .partition(|(_, found)| in_row.contains(&found.place));
        self.reading.figures = kept;
        for (figure, found) in moved {
            self.doubt(BTreeSet::from([figure]), &reason, &found);
        }
    }

    /// A row that does not fit its heads. Where it has as many cells as there are columns, in the order of the form,
    /// they are those; else none can be told.
    fn by_order(&mut self, values: &[usize], y: usize, block: (usize, usize)) {
        let beside = self.labels_of_row(y);
        let chains = self.chains_of(&beside, block);
        if chains.is_empty() {
            for &number in values {
                if self.sheet.is_number[number] {
                    let found = self.found(number);
                    self.reading.strange.push(found);
                }
            }
            return;
        }
        // Blanks only fill the row where merged cells are not known.
        let mut values = values.to_vec();
        if !self.sheet.grid.has_spans && values.len() > chains.len() {
            values.retain(|&number| !self.sheet.is_blank[number]);
        }
        let single = values.iter().all(|&number| self.sheet.grid.cells[number].columns == 1);
        let is_whole = single && values.len() == chains.len();
        let figures: Vec<usize> = chains.iter().map(|chain| chain.figure).collect();
        if is_whole && self.heads_are_in_order(block, &figures) {
            if let Some(&first) = values.first()
                && !self.sheet.grid.is_collapsed
            {
                self.reading.by_order.push(self.sheet.grid.cells[first].place.clone());
            }
            for (figure, &number) in figures.iter().zip(&values) {
                let found = self.found(number);
                self.reading.figures.push((*figure, found));
            }
            return;
        }
        let reason = format!(
            "这一行有 {} 格，表头有 {} 列，对不上，看不出哪一格是哪一列",
            values.len(),
            figures.len()
        );
        let texts: Vec<&str> =
            values.iter().map(|&number| self.sheet.grid.cells[number].text.trim()).collect();
        let text = texts.join(" | ");
        let place = self.sheet.grid.row(y).first().map(|&n| self.sheet.grid.cells[n].place.clone());
        let place = values.first().map(|&n| self.sheet.grid.cells[n].place.clone()).or(place);
        for figure in figures {
            let doubt = Doubt {
                reason: reason.clone(),
                text: text.clone(),
                place: place.clone().unwrap_or_default(),
            };
            self.reading.doubts.push((figure, doubt));
        }
    }

    /// The labels at the beginning of a row, the nearest to its figures first.
    fn labels_of_row(&self, y: usize) -> Vec<Official> {
        let mut labels: Vec<Official> = Vec::new();
        for number in self.sheet.grid.row(y) {
            if let Some(known) = self.sheet.beside[number].as_ref()
                && self.sheet.is_label(number)
            {
                labels.insert(0, known.official.clone());
            }
        }
        labels
    }

    /// The figures of a row of the form, in its order: those whose heads stand in the block.
    fn chains_of(&self, beside: &[Official], block: (usize, usize)) -> Vec<&Chain> {
        let heads: BTreeSet<&Official> = self.heads_of(block).into_iter().collect();
        let said = |chain: &&Chain| {
            let row = match (chain.row.last(), beside.first()) {
                (Some(label), Some(nearest)) => label == nearest,
                (None, None) => true,
                _ => false,
            };
            row && chain.column.iter().all(|label| heads.contains(label))
        };
        let chains: Vec<&Chain> = self.form.chains.iter().filter(said).collect();
        // One label may name rows of two sub-tables; then none can be told.
        let section = chains.first().map(|chain| chain.section);
        if chains.iter().any(|chain| Some(chain.section) != section) {
            return Vec::new();
        }
        chains
    }

    /// The heads of a block, line by line.
    fn heads_of(&self, block: (usize, usize)) -> Vec<&Official> {
        let mut heads = Vec::new();
        for y in block.0..block.1 {
            for number in self.sheet.grid.row(y) {
                if self.sheet.grid.cells[number].y == y {
                    heads.extend(self.sheet.above[number].as_ref().map(|known| &known.official));
                }
            }
        }
        heads
    }

    /// Whether the heads of a block, line by line, are those of the form in its order.
    fn heads_are_in_order(&self, block: (usize, usize), figures: &[usize]) -> bool {
        let of = |figure: &usize| self.form.chains.iter().find(|chain| chain.figure == *figure);
        let chains: Vec<&Chain> = figures.iter().filter_map(of).collect();
        if !self.sheet.grid.is_collapsed {
            let leaf = |x| {
                self.sheet.over(x, block).into_iter().rev().find(|l| self.form.leaves.contains(l))
            };
            let mut heads: Vec<Official> = (0..self.sheet.grid.columns).filter_map(leaf).collect();
            heads.dedup();
            return heads.iter().eq(chains.iter().filter_map(|chain| chain.column.last()));
        }
        let wanted = reading_order(&chains);
        let is_wanted: BTreeSet<&Official> = wanted.iter().collect();
        let heads: Vec<&Official> =
            self.heads_of(block).into_iter().filter(|head| is_wanted.contains(head)).collect();
        heads.into_iter().eq(&wanted)
    }
}
