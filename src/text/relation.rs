//! Relations between figures: `a.b * 10000 >= c + 1`.

use rust_decimal::Decimal;

use super::expression::{Evaluated, Expression};
use super::finding::Origin;
use super::pattern::PatternError;

/// A relation of two expressions.
#[derive(Debug)]
pub struct Relation {
    left: Expression,
    operator: Operator,
    right: Expression,
}

#[derive(Debug, Clone, Copy)]
enum Operator {
    Greater,
    AtLeast,
    Less,
    AtMost,
    Equal,
    Different,
}

impl Relation {
    /// Reads a relation.
    ///
    /// # Errors
    /// There is no operator, or a side cannot be read.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let operators = [
            (" >= ", Operator::AtLeast),
            (" <= ", Operator::AtMost),
            (" == ", Operator::Equal),
            (" != ", Operator::Different),
            (" > ", Operator::Greater),
            (" < ", Operator::Less),
        ];
        for (word, operator) in operators {
            if let Some((left, right)) = text.split_once(word) {
                let side = |text: &str| Expression::parse(text).map_err(PatternError);
                return Ok(Self { left: side(left)?, operator, right: side(right)? });
            }
        }
        Err(PatternError(format!("`{text}`: no relation")))
    }

    /// Both sides, when the relation holds and all figures are known.
    pub fn holds(
        &self,
        find: &dyn Fn(&str, Origin) -> Option<Decimal>,
    ) -> Option<(Evaluated, Evaluated)> {
        let (left, right) = (self.left.evaluate_with(find)?, self.right.evaluate_with(find)?);
        let (a, b) = (left.value, right.value);
        let holds = match self.operator {
            Operator::Greater => a > b,
            Operator::AtLeast => a >= b,
            Operator::Less => a < b,
            Operator::AtMost => a <= b,
            Operator::Equal => a == b,
            Operator::Different => a != b,
        };
        holds.then_some((left, right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations() {
        let find = |path: &str, _| (path == "a").then_some(Decimal::from(3));
        for (text, holds) in [
            ("a > 2", true),
            ("a >= 3", true),
            ("a < 3", false),
            ("a * 2 == 6", true),
            ("b > 0", false),
        ] {
            assert_eq!(Relation::parse(text).expect(text).holds(&find).is_some(), holds, "{text}");
        }
        assert!(Relation::parse("a").is_err());
    }
}
