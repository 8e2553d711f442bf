//! Checks and typesets the annual reports on government information disclosure (政府信息公开工作年度报告).
//!
//! One TOML file of figures and text goes in; findings and a print-ready PDF come out. `generator` is the front
//! door; `docs/architecture.md` shows the way through the modules.

#![cfg_attr(
    test,
    allow(clippy::disallowed_methods, reason = "tests write the files that they read")
)]

pub mod batch;
pub mod check;
pub mod diagnostic;
pub mod diff;
pub mod document;
pub mod emit;
pub mod explain;
pub mod export;
pub mod fix;
pub mod fonts;
pub mod format;
pub mod generator;
pub mod harmless;
pub mod import;
pub mod init;
pub mod into;
pub mod limits;
pub mod migrate;
pub mod number;
pub mod output;
pub mod pasted;
pub mod preview;
pub mod reading;
pub mod record;
pub mod report;
pub mod schema;
pub mod source;
pub mod template;
pub mod text;
pub mod verify;
pub mod world;
