//! What a text is compared with: the report's figures and its other texts.

use rust_decimal::Decimal;

/// The figures of a report and of last year's, by dotted path.
pub trait Facts {
    /// A figure of this year as it will be printed, computed totals included; `None` when the form has no
    /// such figure or the cell is blank.
    fn figure(&self, path: &str) -> Option<Decimal>;

    /// Whether the report speaks of a figure at all; one without a value has a finding of its own.
    fn is_given(&self, path: &str) -> bool {
        self.figure(path).is_some()
    }

    /// The paths of the rows of a group, such as `requests.refused`.
    fn rows(&self, _group: &str) -> Vec<String> {
        Vec::new()
    }

    /// The same figure of last year's report, when there is one.
    fn previous(&self, path: &str) -> Option<Decimal>;
}

/// A text field of a report.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// Dotted path, such as `overview.requests`.
    pub path: &'a str,
    /// The decoded text.
    pub text: &'a str,
}

/// Everything the rules may look at.
pub struct Subject<'a> {
    /// Full names of the agencies: one, of a joint report several.
    pub agencies: Vec<&'a str>,
    /// The title as given in the file; `None` when it is made from agency and year.
    pub title: Option<&'a str>,
    /// The report's year.
    pub year: i32,
    /// `department`, `government`: the rules' data names them.
    pub kind: &'a str,
    /// `own`, `jurisdiction`: what the tables count.
    pub scope: &'a str,
    /// Year, month and day of the report, when given.
    pub date: Option<(i32, u8, u8)>,
    /// All texts, empty ones too; `report.preface` among them.
    pub fields: Vec<Field<'a>>,
    /// Last year's texts, when there is a report.
    pub previous_fields: Vec<Field<'a>>,
    /// The figures.
    pub facts: &'a dyn Facts,
}
