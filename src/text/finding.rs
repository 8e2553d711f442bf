//! What a text rule found.

use std::ops::Range;

use rust_decimal::Decimal;

/// The file that a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The report under check.
    Report,
    /// Last year's report.
    Previous,
}

/// A figure of the form that took part in a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operand {
    /// Dotted path.
    pub path: String,
    /// Its value.
    pub value: Decimal,
    /// Its file.
    pub origin: Origin,
}

/// Where a finding points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A byte range in the decoded text of a field.
    Text {
        /// The field's path.
        field: String,
        /// The range; the whole text for a finding about the text as a whole.
        range: Range<usize>,
    },
    /// A figure, or a value such as `report.date`.
    Value {
        /// Its path.
        path: String,
    },
}

impl Place {
    /// The path of the field or value.
    pub fn path(&self) -> &str {
        match self {
            Place::Text { field, .. } => field,
            Place::Value { path } => path,
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Rule code, such as `TEXT-TABLE`.
    pub code: String,
    /// `error`, `warning`, `note`.
    pub level: String,
    /// Where it points.
    pub place: Place,
    /// Headline in Chinese.
    pub message: String,
    /// Short text beside the caret.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// The ground.
    pub basis: Option<String>,
    /// What stands there.
    pub reported: Option<String>,
    /// What should, when the rule can tell.
    pub computed: Option<String>,
    /// The figures of the form that were compared with.
    pub operands: Vec<Operand>,
}
