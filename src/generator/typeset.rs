//! A typeset report: pages that export themselves.

use std::collections::BTreeMap;

use typst_layout::PagedDocument;

use crate::export::{self, Identity, Standards};
use crate::report::{Date, Report};
use crate::source::Span;
use crate::world::Project;

use super::Failure;

/// The pages of a report.
pub struct Typeset {
    /// The pages as laid out; elements with an id are groups with that label. Figures have one if the report was set
    /// to be [findable](super::Generator::typeset_findable).
    pub document: PagedDocument,
    /// Where in the data file each id comes from.
    pub places: BTreeMap<String, Span>,
    project: Project,
    identity: Identity,
}

impl Typeset {
    pub(super) fn new(
        document: PagedDocument,
        project: Project,
        places: BTreeMap<String, Span>,
        report: &Report,
        date: Date,
    ) -> Self {
        let (agency, year) = (report.agency.value.clone(), report.year_or_zero());
        Self { document, places, project, identity: Identity { agency, year, date } }
    }

    /// The number of pages.
    pub fn page_count(&self) -> usize {
        self.document.pages().len()
    }

    /// Writes the PDF.
    ///
    /// # Errors
    /// When the report cannot meet a standard; the message says which and why.
    pub fn pdf(&self, standards: &Standards) -> Result<Vec<u8>, Failure> {
        export::pdf(&self.document, &self.identity, standards).map_err(Failure::from_error)
    }

    /// Draws a page (from 0) as PNG.
    ///
    /// # Errors
    /// When there is no such page or the density is out of range.
    pub fn png(&self, page: usize, pixels_per_point: f32) -> Result<Vec<u8>, Failure> {
        export::png(&self.document, page, pixels_per_point).map_err(Failure::from_error)
    }

    /// Draws a page (from 0) as SVG.
    ///
    /// # Errors
    /// When there is no such page.
    pub fn svg(&self, page: usize) -> Result<String, Failure> {
        export::svg(&self.document, page).map_err(Failure::from_error)
    }

    /// Lists the files of the typst project that makes the same pages.
    pub fn project(&self, fonts: &[String], standards: &Standards) -> Vec<(String, Vec<u8>)> {
        export::project(&self.project, fonts, standards)
    }
}
