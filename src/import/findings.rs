//! What a person must know about an import.

use crate::diagnostic::Level;

use super::draft::Place;

/// Figures that the file does not show.
pub const MISSING: &str = "IMPORT-MISSING";
/// Figures whose cell leaves a doubt.
pub const DOUBT: &str = "IMPORT-DOUBT";
/// Labels that were known but for a character.
pub const LABEL: &str = "IMPORT-LABEL";
/// What could not be read: pictures, charts, symbols.
pub const LOST: &str = "IMPORT-LOST";

/// One finding of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFinding {
    /// Its code.
    pub rule: &'static str,
    /// How serious it is.
    pub level: Level,
    /// What it is, in Chinese.
    pub message: String,
    /// Dotted path of the figure or field; empty for the file as a whole.
    pub path: String,
    /// Where it is in the source.
    pub place: Place,
    /// What to do.
    pub help: String,
}
