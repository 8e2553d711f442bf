//! From a finished document to files: PDF by a choice of standards, PNG, SVG, and the typst project itself.
//!
//! The bytes depend on the document, the standards and [`Identity`] only.

mod docx;
mod edition;
mod html;
mod laid;
mod message;
mod model;
mod page;
mod pdf;
mod picture;
mod project;
mod sheets;
mod standard;
mod xml;

use std::fmt;

pub use self::edition::{Edition, File, Kind};
pub use self::html::Fragment;
pub use self::page::{DENSITIES, page_svg, png, svg};
pub use self::pdf::{Identity, pdf};
pub use self::project::project;
pub use self::standard::{Standards, StandardsError};

/// Why a document cannot be exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportError {
    /// What is in the way, each with what helps.
    pub problems: Vec<String>,
}

impl ExportError {
    fn one(problem: impl Into<String>) -> Self {
        Self { problems: vec![problem.into()] }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "导出失败")?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ExportError {}

/// A number of a format's page settings (`[page]`: mm, sizes in points), or what is usual.
fn setting(page: &toml::Table, key: &str, usual: f64) -> f64 {
    let value = page.get(key);
    let whole = value.and_then(toml::Value::as_integer);
    let whole = whole.and_then(|value| i32::try_from(value).ok()).map(f64::from);
    value.and_then(toml::Value::as_float).or(whole).unwrap_or(usual)
}

#[cfg(test)]
mod tests;
