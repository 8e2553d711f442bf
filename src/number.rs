//! Exact decimals of cells, kept as written.
//!
//! In: the spelling of a TOML number. Out: its exact value and the digits to print. There is no floating point
//! anywhere: `595.353309` is printed and compared digit for digit.

use rust_decimal::Decimal;

/// Most digits of a figure. Real counts have at most seven, amounts in 万元 at most twelve.
pub const MAX_DIGITS: usize = 18;

/// An exact number and its digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The exact value.
    pub value: Decimal,
    /// The digits to print: as written, without `_` and `+`.
    pub digits: String,
}

/// Why a spelling is no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotANumber {
    /// More than [`MAX_DIGITS`] digits.
    TooLong,
    /// Hexadecimal, exponent, infinity, or no number at all.
    Spelling,
}

impl Number {
    /// Reads a TOML number or a string of ASCII digits.
    ///
    /// # Errors
    /// [`NotANumber`] when it is no plain decimal or too long to be a figure.
    pub fn parse(spelling: &str) -> Result<Self, NotANumber> {
        let digits: String = spelling.chars().filter(|&c| c != '_').collect();
        let digits = digits.strip_prefix('+').unwrap_or(&digits);
        let body = digits.strip_prefix('-').unwrap_or(digits);
        let plain = body.chars().all(|c| c.is_ascii_digit() || c == '.');
        let parts: Vec<&str> = body.split('.').collect();
        if !plain || parts.len() > 2 || parts.iter().any(|part| part.is_empty()) {
            return Err(NotANumber::Spelling);
        }
        if body.chars().filter(char::is_ascii_digit).count() > MAX_DIGITS {
            return Err(NotANumber::TooLong);
        }
        let value = Decimal::from_str_exact(digits).map_err(|_| NotANumber::Spelling)?;
        let digits = if digits == "-0" { "0" } else { digits };
        Ok(Self { value, digits: digits.to_owned() })
    }

    /// Whether it has no decimal places.
    pub fn is_whole(&self) -> bool {
        self.value.fract().is_zero()
    }
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        Self { value, digits: print(value) }
    }
}

/// Prints a computed value without trailing zeros after the point.
pub fn print(value: Decimal) -> String {
    value.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_exact() {
        let number = Number::parse("595.353309").expect("a number");
        assert_eq!(number.digits, "595.353309");
        assert_eq!(Number::parse("24.830").expect("a number").digits, "24.830");
        assert_eq!(Number::parse("1_649").expect("a number").digits, "1649");
        assert_eq!(Number::parse("-3").expect("a number").value, Decimal::from(-3));
    }

    #[test]
    fn other_spellings_are_refused() {
        for spelling in ["0x1F", "1e3", "inf", "nan", "", "-", "1.", "1.2.3", "一"] {
            assert_eq!(Number::parse(spelling), Err(NotANumber::Spelling), "{spelling}");
        }
        assert_eq!(Number::parse(&"9".repeat(40)), Err(NotANumber::TooLong));
    }
}
