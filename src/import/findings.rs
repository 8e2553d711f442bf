//! What a person must know about an import.

use crate::diagnostic::{Diagnostic, Level};
use crate::source::Span;

use super::draft::Place;

/// Figures that the file does not show.
pub(super) const MISSING: &str = "IMPORT-MISSING";
/// Figures whose cell leaves a doubt.
pub(super) const DOUBT: &str = "IMPORT-DOUBT";
/// Labels that were known but for a character.
pub(super) const LABEL: &str = "IMPORT-LABEL";
/// What could not be read: pictures, charts, symbols.
pub(super) const LOST: &str = "IMPORT-LOST";

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
    /// Other figures that it is about.
    pub covers: Vec<String>,
    /// Where it is in the source.
    pub place: Place,
    /// The piece of the data file that says so.
    pub span: Span,
    /// What to do.
    pub help: String,
}

impl ImportFinding {
    /// The finding as a check reports it.
    pub fn diagnostic(&self) -> Diagnostic {
        let path = self.path.clone();
        let mut finding =
            Diagnostic::new(self.rule, self.level, self.message.clone(), path, self.span.clone());
        finding.help = Some(self.help.clone());
        finding
    }

    /// Whether a finding of a check only repeats this one.
    pub fn explains(&self, finding: &Diagnostic) -> bool {
        let is_about_cell =
            matches!(finding.rule.as_str(), "BLANK" | "TYPE" | "NUMBER" | "MISSING");
        is_about_cell && (finding.path == self.path || self.covers.contains(&finding.path))
    }
}
