//! All integration tests as one program: one module per area, so that it is linked once.

mod architecture;
mod check;
mod emit;
mod examples;
mod formats;
mod identities;
mod paper;
mod read;
mod round_trip;
mod support;
