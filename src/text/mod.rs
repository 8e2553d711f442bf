//! Chinese prose → figures with positions → frames → findings.
//!
//! In: the decoded texts of a report, its figures through [`Facts`], and the rules as the format's data
//! states them ([`RuleFile`]). Out: [`Finding`]s with byte ranges in the decoded texts. Nothing here knows
//! of files or the report's type; `check` brings the two together.
//!
//! [`Prose::read`] turns a text into sentences in which each figure is one sign; `reading` says what the text says of
//! each figure; `kinds` compare figures with cells and with each other and look at words, one kind to a file;
//! [`Checker`] runs them all.

pub mod checker;
pub mod data;
mod desk;
pub mod expression;
pub mod facts;
pub mod figures;
pub mod finding;
mod kinds;
pub mod line;
mod lists;
pub mod messages;
mod names;
pub mod numeral;
pub mod ordinary;
pub mod pattern;
pub mod prose;
mod reading;
pub mod relation;
pub mod similarity;
mod words;

pub use checker::Checker;
pub use data::RuleFile;
pub use facts::{Facts, Field, Subject};
pub use finding::{Finding, Operand, Origin, Place};
pub use pattern::PatternError;
pub use prose::Prose;

use rust_decimal::{Decimal, RoundingStrategy};

/// How a printed number fits an exact one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is the exact one, rounded to the digits printed.
    Rounded,
    /// It is cut off instead of rounded.
    Cut,
    /// It is another number.
    None,
}

/// Compares a printed number with an exact one; `step` is one in its last digit.
pub(crate) fn fit(said: Decimal, step: Decimal, exact: Decimal) -> Fit {
    if said == exact {
        return Fit::Rounded;
    }
    let Some(units) = exact.checked_div(step) else { return Fit::None };
    if step == Decimal::ONE && exact.scale() == 0 {
        return Fit::None;
    }
    let is = |value: Decimal| value.checked_mul(step) == Some(said);
    if is(units.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)) {
        Fit::Rounded
    } else if is(units.trunc()) {
        Fit::Cut
    } else {
        Fit::None
    }
}

/// Whether an exact value is printed as `said`: rounded or cut off.
pub(crate) fn agrees(said: Decimal, step: Decimal, exact: Decimal) -> bool {
    fit(said, step, exact) != Fit::None
}

/// Rounds to the last digit of `step`.
pub(crate) fn to_digits(exact: Decimal, step: Decimal) -> Decimal {
    exact.round_dp_with_strategy(step.scale(), RoundingStrategy::MidpointAwayFromZero)
}

/// A part of a whole in per cent.
pub(crate) fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
}
