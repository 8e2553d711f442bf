//! All integration tests as one program: one module per area, so that it is linked once.

mod architecture;
mod check;
mod emit;
mod examples;
mod formats;
mod paper;
mod round_trip;
mod support;
