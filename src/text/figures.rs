//! Figures of the form under the names that rules use.

use std::collections::BTreeMap;

use super::data::FigureData;
use super::expression::{Evaluated, Expression};
use super::facts::Facts;
use super::pattern::PatternError;

/// Named sums of figures.
#[derive(Debug)]
pub struct Figures(BTreeMap<String, (String, Expression)>);

impl Figures {
    /// Reads the expressions.
    ///
    /// # Errors
    /// An expression cannot be read.
    pub fn compile(data: &BTreeMap<String, FigureData>) -> Result<Self, PatternError> {
        data.iter()
            .map(|(name, figure)| {
                let expression = Expression::parse(&figure.sum).map_err(PatternError)?;
                Ok((name.clone(), (figure.label.clone(), expression)))
            })
            .collect::<Result<_, PatternError>>()
            .map(Self)
    }

    /// Whether there is a figure of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Label and value of a figure.
    pub fn evaluate(&self, name: &str, facts: &dyn Facts) -> Option<(&str, Evaluated)> {
        let (label, expression) = self.0.get(name)?;
        Some((label, expression.evaluate(facts)?))
    }

    /// Label and value of a figure in last year's report.
    pub fn evaluate_previous(&self, name: &str, facts: &dyn Facts) -> Option<(&str, Evaluated)> {
        let (label, expression) = self.0.get(name)?;
        Some((label, expression.evaluate_previous(facts)?))
    }
}
