//! All integration tests as one program: one module per area, so that it is linked once.

mod architecture;
mod breaking;
mod check;
mod conformance;
mod emit;
mod examples;
mod formats;
mod identities;
mod layout;
mod pages;
mod paper;
mod read;
mod round_trip;
mod stress;
mod support;
mod typeset;
mod verify;
