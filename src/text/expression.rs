//! Sums of figures as rules name them: `requests.received.total + requests.carried_over.total`.
//!
//! A term is a dotted path, `previous.` and a dotted path, or a number; a term may be multiplied by
//! numbers. Terms are joined by `+` and `-`.

use rust_decimal::Decimal;

use super::facts::Facts;
use super::finding::{Operand, Origin};

/// A sum of figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    factor: Decimal,
    figure: Option<(String, Origin)>,
}

/// The value of an expression and the figures it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// The value.
    pub value: Decimal,
    /// The figures, in the order of the expression.
    pub operands: Vec<Operand>,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// A message that names the piece that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut terms = Vec::new();
        let mut sign = Decimal::ONE;
        let mut term: Option<Term> = None;
        let mut multiply = false;
        for word in text.split_whitespace() {
            match word {
                "+" | "-" => {
                    terms.push(
                        term.take().ok_or_else(|| format!("`{text}`: nothing before `{word}`"))?,
                    );
                    sign = if word == "-" { -Decimal::ONE } else { Decimal::ONE };
                }
                "*" => multiply = true,
                _ => {
                    let piece = Term::parse(word, sign);
                    term = Some(match term.take() {
                        Some(before) if multiply => before.times(piece, text)?,
                        Some(_) => {
                            return Err(format!(
                                "`{text}`: an operator is missing before `{word}`"
                            ));
                        }
                        None => piece,
                    });
                    (multiply, sign) = (false, Decimal::ONE);
                }
            }
        }
        terms.push(term.ok_or_else(|| format!("`{text}`: the last term is missing"))?);
        Ok(Self { terms })
    }

    /// Computes the value; `None` when a figure is missing.
    pub fn evaluate(&self, facts: &dyn Facts) -> Option<Evaluated> {
        self.evaluate_with(&|path, origin| match origin {
            Origin::Report => facts.figure(path),
            Origin::Previous => facts.previous(path),
        })
    }

    /// Computes the value a year earlier; `None` when there is no such report or figure.
    pub fn evaluate_previous(&self, facts: &dyn Facts) -> Option<Evaluated> {
        let mut evaluated = self.evaluate_with(&|path, _| facts.previous(path))?;
        evaluated.operands.iter_mut().for_each(|operand| operand.origin = Origin::Previous);
        Some(evaluated)
    }

    /// Computes the value with figures from anywhere.
    pub fn evaluate_with(
        &self,
        find: &dyn Fn(&str, Origin) -> Option<Decimal>,
    ) -> Option<Evaluated> {
        let mut value = Decimal::ZERO;
        let mut operands = Vec::new();
        for term in &self.terms {
            let figure = match &term.figure {
                Some((path, origin)) => {
                    let value = find(path, *origin)?;
                    operands.push(Operand { path: path.clone(), value, origin: *origin });
                    value
                }
                None => Decimal::ONE,
            };
            value = value.checked_add(figure.checked_mul(term.factor)?)?;
        }
        Some(Evaluated { value, operands })
    }
}

impl Term {
    fn parse(word: &str, sign: Decimal) -> Self {
        if let Ok(number) = word.parse::<Decimal>() {
            return Self { factor: number * sign, figure: None };
        }
        let figure = match word.strip_prefix("previous.") {
            Some(path) => (path.to_owned(), Origin::Previous),
            None => (word.to_owned(), Origin::Report),
        };
        Self { factor: sign, figure: Some(figure) }
    }

    fn times(self, other: Self, text: &str) -> Result<Self, String> {
        let figure = match (self.figure, other.figure) {
            (Some(_), Some(_)) => {
                return Err(format!("`{text}`: a figure may be multiplied by numbers only"));
            }
            (figure, None) | (None, figure) => figure,
        };
        let factor = self.factor.checked_mul(other.factor);
        Ok(Self { factor: factor.ok_or_else(|| format!("`{text}`: number too large"))?, figure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Table;

    impl Facts for Table {
        fn figure(&self, path: &str) -> Option<Decimal> {
            [("a", 3), ("b.c", 5)]
                .iter()
                .find(|(name, _)| *name == path)
                .map(|(_, v)| Decimal::from(*v))
        }

        fn previous(&self, path: &str) -> Option<Decimal> {
            (path == "a").then(|| Decimal::from(7))
        }
    }

    #[test]
    fn sums() {
        for (text, value) in [
            ("a", 3),
            ("a + b.c", 8),
            ("b.c - a", 2),
            ("a * 10000 + 1", 30001),
            ("previous.a - a", 4),
        ] {
            let expression = Expression::parse(text).expect(text);
            assert_eq!(
                expression.evaluate(&Table).expect(text).value,
                Decimal::from(value),
                "{text}"
            );
        }
        assert_eq!(Expression::parse("x").map(|e| e.evaluate(&Table)), Ok(None));
        for text in ["", "+ a", "a +", "a b", "a * b.c"] {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
    }
}
