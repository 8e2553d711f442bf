//! A grid with what each of its cells is: label beside figures, head above them, figure, or something else.

use std::collections::BTreeSet;

use crate::import::draft::{Grid, Place, is_space};

use super::labels::{Known, LabelSet, Official};
use super::value::looks_like_figure;

/// Longest text that can be a label; the longest official one has 40 characters.
const LONGEST_LABEL: usize = 80;
/// Most pieces of a label that lines or pages cut.
const MOST_PIECES: usize = 4;

/// A grid whose labels are known.
pub(super) struct Sheet<'a> {
    pub(super) grid: &'a Grid,
    /// By cell: the label it is beside figures.
    pub(super) beside: Vec<Option<Known>>,
    /// By cell: the label it is above figures.
    pub(super) above: Vec<Option<Known>>,
    pub(super) is_number: Vec<bool>,
    pub(super) is_blank: Vec<bool>,
    /// By row: whether it holds heads.
    pub(super) heads: Vec<bool>,
    /// Labels that are known but for a character, each with what stands there and where.
    pub(super) near: Vec<(String, Official, Place)>,
    /// Labels of single columns.
    leaves: &'a BTreeSet<Official>,
}

impl<'a> Sheet<'a> {
    pub(super) fn of(grid: &'a Grid, labels: &LabelSet, leaves: &'a BTreeSet<Official>) -> Self {
        let short = |text: &str| text.chars().count() <= LONGEST_LABEL;
        let is_number: Vec<bool> = grid.cells.iter().map(|c| looks_like_figure(&c.text)).collect();
        let find = |text: &str, of: &super::labels::Labels| {
            if short(text) { of.find(text) } else { None }
        };
        let beside = grid.cells.iter().map(|cell| find(&cell.text, &labels.rows)).collect();
        let above = grid.cells.iter().map(|cell| find(&cell.text, &labels.columns)).collect();
        let is_blank = grid.cells.iter().map(|cell| cell.text.chars().all(is_space)).collect();
        let mut sheet = Self {
            grid,
            beside,
            above,
            is_number,
            is_blank,
            heads: Vec::new(),
            near: Vec::new(),
            leaves,
        };
        sheet.join_cut_labels(labels);
        sheet.heads = (0..grid.rows).map(|y| sheet.holds_heads(y)).collect();
        sheet.find_near(labels);
        sheet
    }

    /// How many of its cells are labels of the form.
    pub(super) fn known(&self) -> usize {
        self.beside.iter().zip(&self.above).filter(|(a, b)| a.is_some() || b.is_some()).count()
    }

    fn text(&self, number: usize) -> &str {
        &self.grid.cells[number].text
    }

    fn is_unknown_text(&self, number: usize) -> bool {
        !self.is_blank[number]
            && !self.is_number[number]
            && self.beside[number].is_none()
            && self.above[number].is_none()
    }

    /// A label whose pieces stand in the rows below each other, as where a page cuts it or lines are read as rows.
    fn join_cut_labels(&mut self, labels: &LabelSet) {
        for number in 0..self.grid.cells.len() {
            if !self.is_unknown_text(number) {
                continue;
            }
            let mut pieces = vec![number];
            let mut joined = self.text(number).to_owned();
            while let Some(below) = self.below(pieces[pieces.len() - 1]) {
                joined.push_str(self.text(below));
                pieces.push(below);
                if pieces.len() > MOST_PIECES || joined.chars().count() > LONGEST_LABEL {
                    break;
                }
                let (beside, above) = (labels.rows.find(&joined), labels.columns.find(&joined));
                if beside.is_some() || above.is_some() {
                    for &piece in &pieces {
                        self.beside[piece].clone_from(&beside);
                        self.above[piece].clone_from(&above);
                    }
                    break;
                }
            }
        }
    }

    /// The next piece of text below a cell. Where lines are rows, blank places lie between.
    fn below(&self, number: usize) -> Option<usize> {
        let cell = &self.grid.cells[number];
        let most = if self.grid.has_spans { 1 } else { MOST_PIECES };
        let rows = cell.y + cell.rows..(cell.y + cell.rows + most).min(self.grid.rows);
        for y in rows {
            match self.grid.number_at(cell.x, y) {
                Some(below) if !self.is_blank[below] => {
                    return (!self.is_number[below]).then_some(below);
                }
                _ => {}
            }
        }
        None
    }

    /// Whether a row holds heads: labels of columns and no figure.
    fn holds_heads(&self, y: usize) -> bool {
        let row = self.grid.row(y);
        if row.iter().any(|&number| self.is_number[number]) {
            return false;
        }
        let strength = |known: &Option<Known>| known.as_ref().map(|known| known.strength);
        let (mut heads, mut labels) = (0, 0);
        for &number in &row {
            let (beside, above) = (strength(&self.beside[number]), strength(&self.above[number]));
            match above.cmp(&beside) {
                std::cmp::Ordering::Greater => heads += 1,
                // A label over several rows says nothing of this one.
                std::cmp::Ordering::Less if self.grid.cells[number].y == y => labels += 1,
                _ => {}
            }
        }
        heads > 0 && labels == 0
    }

    /// Labels that miss an official one by a character, where no other cell is that one.
    fn find_near(&mut self, labels: &LabelSet) {
        let taken: BTreeSet<Official> = self
            .beside
            .iter()
            .chain(&self.above)
            .flatten()
            .map(|known| known.official.clone())
            .collect();
        for number in 0..self.grid.cells.len() {
            if !self.is_unknown_text(number) || self.text(number).chars().count() > LONGEST_LABEL {
                continue;
            }
            let cell = &self.grid.cells[number];
            let in_head = (cell.y..cell.y + cell.rows).any(|y| self.heads[y]);
            let of = if in_head { &labels.columns } else { &labels.rows };
            let Some(known) = of.near(&cell.text) else { continue };
            if taken.contains(&known.official) {
                continue;
            }
            self.near.push((cell.text.clone(), known.official.clone(), cell.place.clone()));
            let slot = if in_head { &mut self.above } else { &mut self.beside };
            slot[number] = Some(known);
        }
    }

    /// The first row of the nearest block of heads over a row, and the row behind its last.
    pub(super) fn head_block(&self, y: usize) -> Option<(usize, usize)> {
        let last = (0..y).rev().find(|y| self.heads[*y])?;
        let first = (0..=last).rev().take_while(|y| self.heads[*y]).last()?;
        Some((first, last + 1))
    }

    /// The labels over a column in a block of heads, from the outermost.
    pub(super) fn over(&self, x: usize, block: (usize, usize)) -> Vec<Official> {
        let mut labels: Vec<Official> = Vec::new();
        let mut last = None;
        for y in block.0..block.1 {
            let Some(number) = self.head_at(x, y) else { continue };
            if last == Some(number) {
                continue;
            }
            last = Some(number);
            labels.extend(self.above[number].as_ref().map(|known| known.official.clone()));
        }
        labels
    }

    /// The head over a column in a row. Where merged cells are not known, a blank one goes on from its left.
    fn head_at(&self, x: usize, y: usize) -> Option<usize> {
        let number = self.grid.number_at(x, y);
        if self.grid.has_spans || number.is_some_and(|number| !self.is_blank[number]) {
            return number;
        }
        let mut left = (0..x).rev().filter_map(|x| self.grid.number_at(x, y));
        // Only the heads of groups go on: a column has its own.
        let said = left.find(|&number| !self.is_blank[number])?;
        let is_leaf = self.above[said].as_ref().is_none_or(|k| self.leaves.contains(&k.official));
        (!is_leaf).then_some(said)
    }

    /// The labels beside a place, the nearest first; none where an unknown text stands between.
    pub(super) fn beside(
        &self,
        x: usize,
        y: usize,
        has_leaf: &dyn Fn(usize) -> bool,
    ) -> Vec<Official> {
        let mut labels: Vec<Official> = Vec::new();
        let mut last = None;
        for x in (0..x).rev() {
            let Some(number) = self.grid.number_at(x, y) else { continue };
            if last == Some(number) || self.is_number[number] || self.is_blank[number] {
                continue;
            }
            last = Some(number);
            match &self.beside[number] {
                Some(known) if !labels.contains(&known.official) => {
                    labels.push(known.official.clone());
                }
                Some(_) => {}
                None if labels.is_empty() && !has_leaf(x) => return Vec::new(),
                None => {}
            }
        }
        labels
    }

    /// Whether a cell is a label rather than something to be read as a figure, in a row of figures.
    pub(super) fn is_label(&self, number: usize) -> bool {
        !self.is_number[number] && self.beside[number].is_some()
    }
}
