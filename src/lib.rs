//! 年报: from one TOML file of figures and text to the official 政府信息公开工作年度报告.

pub mod diagnostic;
pub mod fonts;
pub mod source;
