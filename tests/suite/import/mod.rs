//! Foreign files: what other programs wrote comes in as it is, or is named.

mod cases;
mod faults;
mod hostile;
mod program;
mod round_trip;
