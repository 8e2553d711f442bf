//! Figures of the form under the names that rules use (`figures.toml`).
//!
//! A figure is a sum of rows, each with the column that is asked for (`requests.received + requests.carried_over`), of
//! all rows of a group (`requests.refused.*`), or of cells (`proactive_disclosure.fees * 10000`).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::expression::{Evaluated, Expression};
use super::facts::Facts;
use super::finding::{Operand, Origin};
use super::pattern::PatternError;

/// A figure of the form, or a sum of several.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureData {
    /// What people call it.
    pub label: String,
    /// Rows or groups of rows (`GROUP.*`), joined by `+`.
    #[serde(default)]
    pub rows: Option<String>,
    /// An expression of cells.
    #[serde(default)]
    pub cells: Option<String>,
}

#[derive(Debug)]
enum Sum {
    Rows(Vec<String>),
    Cells(Expression),
}

/// Named sums of figures.
#[derive(Debug)]
pub(crate) struct Figures(BTreeMap<String, (String, Sum)>);

impl Figures {
    /// Reads the expressions.
    ///
    /// # Errors
    /// An expression cannot be read.
    pub(crate) fn compile(data: &BTreeMap<String, FigureData>) -> Result<Self, PatternError> {
        data.iter()
            .map(|(name, figure)| {
                let sum = match (&figure.rows, &figure.cells) {
                    (Some(rows), None) => {
                        Sum::Rows(rows.split('+').map(|row| row.trim().to_owned()).collect())
                    }
                    (None, Some(cells)) => {
                        Sum::Cells(Expression::parse(cells).map_err(PatternError)?)
                    }
                    _ => return Err(PatternError(format!("figure `{name}`: rows or cells"))),
                };
                Ok((name.clone(), (figure.label.clone(), sum)))
            })
            .collect::<Result<_, PatternError>>()
            .map(Self)
    }

    /// Whether there is a figure of this name.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What people call a figure.
    pub(crate) fn label(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |(label, _)| label.as_str())
    }

    /// The group of rows that a figure is, without the star.
    pub(crate) fn group(&self, name: &str) -> Option<&str> {
        match &self.0.get(name)?.1 {
            Sum::Rows(rows) => rows.first()?.strip_suffix(".*"),
            Sum::Cells(_) => None,
        }
    }

    /// Whether a figure is one row of a group.
    pub(crate) fn is_within(&self, name: &str, group: &str) -> bool {
        match self.0.get(name).map(|(_, sum)| sum) {
            Some(Sum::Rows(rows)) => rows.iter().all(|row| {
                row.strip_prefix(group).is_some_and(|rest| rest.starts_with('.') && rest != ".*")
            }),
            _ => false,
        }
    }

    /// The value of a figure; of rows, in some columns. `None` when a cell is missing or blank.
    pub(crate) fn evaluate(
        &self,
        name: &str,
        columns: &[&str],
        facts: &dyn Facts,
        origin: Origin,
    ) -> Option<Evaluated> {
        let find = |path: &str| match origin {
            Origin::Report => facts.figure(path),
            Origin::Previous => facts.previous(path),
        };
        match &self.0.get(name)?.1 {
            Sum::Cells(cells) => {
                let mut evaluated = cells.evaluate_with(&|path, _| find(path))?;
                evaluated.operands.iter_mut().for_each(|operand| operand.origin = origin);
                Some(evaluated)
            }
            Sum::Rows(rows) => {
                let mut sum = Evaluated { value: Decimal::ZERO, operands: Vec::new() };
                for row in rows {
                    let of_group = row.strip_suffix(".*").map(|group| facts.rows(group));
                    let each = of_group.unwrap_or_else(|| vec![row.clone()]);
                    if each.is_empty() {
                        return None;
                    }
                    for path in each
                        .iter()
                        .flat_map(|row| columns.iter().map(move |c| format!("{row}.{c}")))
                    {
                        let value = find(&path)?;
                        sum.value = sum.value.checked_add(value)?;
                        sum.operands.push(Operand { path, value, origin });
                    }
                }
                Some(sum)
            }
        }
    }
}
