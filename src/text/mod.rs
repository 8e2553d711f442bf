//! Chinese prose → figures with positions → claims → findings.
//!
//! In: the decoded texts of a report, its figures through [`Facts`], and the rules as the format's data
//! states them ([`RuleFile`]). Out: [`Finding`]s with byte ranges in the decoded texts. Nothing here knows
//! of files, TOML or the report's type; `check` brings the two together.
//!
//! [`Prose::read`] turns a text into sentences in which each figure is one sign; `context` says what a
//! place in a sentence is about; `claim`, `sum`, `share`, `trend` compare figures; `wording`, `agency`,
//! `similarity` look at the words. [`Checker`] runs them all.

pub mod agency;
pub mod checker;
pub mod claim;
pub mod context;
pub mod data;
pub mod expression;
pub mod facts;
pub mod figures;
pub mod finding;
pub mod line;
pub mod messages;
pub mod numeral;
pub mod ordinary;
pub mod pattern;
pub mod prose;
pub mod relation;
pub mod share;
pub mod similarity;
pub mod sum;
pub mod trend;
pub mod wording;

pub use checker::Checker;
pub use data::RuleFile;
pub use facts::{Facts, Field, Subject};
pub use finding::{Finding, Operand, Origin, Place};
pub use pattern::PatternError;
pub use prose::Prose;
