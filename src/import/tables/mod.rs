//! The tables of the form, found in grids by their labels.

pub(crate) mod chain;
pub(crate) mod labels;
mod locate;
mod sheet;
mod stack;
pub(crate) mod value;

pub(crate) use locate::{Doubt, Form, Located, Titled};
pub(crate) use stack::{Stacked, stack};
