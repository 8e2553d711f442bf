//! Tables that a page or an editor cut are one again.
//!
//! In: the grids of a document in order. Out: each with the rows that stand without heads in the grids behind it.

use crate::import::draft::Grid;
use crate::import::refusal::Refusal;

use super::locate::Form;

/// A grid with the numbers of the blocks it came from.
#[derive(Debug, Clone)]
pub(crate) struct Stacked {
    pub(crate) grid: Grid,
    /// The lines above it.
    pub(crate) lines: Vec<String>,
    /// Numbers of the blocks.
    pub(crate) blocks: Vec<usize>,
}

/// Joins grids. `is_near` says whether nothing that ends a table stands between two blocks.
pub(crate) fn stack(
    grids: Vec<Stacked>,
    form: &Form,
    is_near: &dyn Fn(usize, usize) -> bool,
) -> Result<Vec<Stacked>, Refusal> {
    let mut stacked: Vec<Stacked> = Vec::new();
    for next in grids {
        let block = next.blocks.first().copied().unwrap_or(0);
        let upper = stacked.last_mut().filter(|upper| {
            let last = upper.blocks.last().copied().unwrap_or(0);
            next.grid.columns <= upper.grid.columns
                && next.grid.is_collapsed == upper.grid.is_collapsed
                && is_near(last, block)
                && form.goes_on(&upper.grid, &next.grid)
                // One of another width must show as many figures in a row, or nobody knows which is which.
                && (next.grid.columns == upper.grid.columns
                    || form.figures_in_rows(&next.grid) == form.figures_in_rows(&upper.grid))
        });
        match upper {
            // A piece that lost the column of a merged label ends with the same figures.
            Some(upper) => {
                let shift = upper.grid.columns - next.grid.columns;
                upper.grid.append(next.grid, shift)?;
                upper.blocks.extend(next.blocks);
            }
            None => stacked.push(next),
        }
    }
    Ok(stacked)
}
