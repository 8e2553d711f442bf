//! A text of a report, understood: words, clauses, frames.
//!
//! In: [`super::prose::Prose`], the format's words, the report's year, scope and agency. Out: for each figure what the
//! text says of it ([`frames::Frame`]), and what it says there is none of. The kinds of check compare frames with cells
//! ([`super::meanings`]) and figures with figures; none of them looks for a sentence.

pub(crate) mod context;
mod explain;
pub(crate) mod frames;
pub(crate) mod lexicon;
mod none;
pub(crate) mod tokens;

pub(crate) use context::Walk;
pub(crate) use frames::{Frame, Reading, Silence};
pub(crate) use lexicon::{Lexicon, Role, ValueId, WordData};
