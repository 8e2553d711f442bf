//! PDF: the document by the standards chosen, with metadata that never depends on the day it is made.

use std::panic::{AssertUnwindSafe, catch_unwind};

use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use super::message::translate;
use super::{ExportError, Standards};
use crate::report::Date;

/// What makes a report this report: its PDF identifier and date come from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The agency's full name.
    pub agency: String,
    /// The year reported on.
    pub year: i32,
    /// The day the file bears as its date.
    pub date: Date,
}

/// Beijing time, in minutes east of Greenwich.
const TIME_ZONE: i32 = 8 * 60;

/// Writes a document as PDF.
///
/// # Errors
/// When the document does not satisfy one of the standards.
pub fn pdf(
    document: &PagedDocument,
    identity: &Identity,
    standards: &Standards,
) -> Result<Vec<u8>, ExportError> {
    let options = PdfOptions {
        ident: Smart::Custom(format!("nianbao\n{}\n{}", identity.agency, identity.year)),
        creator: Smart::Custom(Some(format!("nianbao {}", env!("CARGO_PKG_VERSION")))),
        timestamp: Some(timestamp(identity.date)?),
        page_ranges: None,
        standards: standards.typst(),
        tagged: true,
        pretty: false,
    };
    // A fault inside the writer must not take other reports of a batch with it.
    let result = catch_unwind(AssertUnwindSafe(|| typst_pdf::pdf(document, &options)));
    let written =
        result.map_err(|_| ExportError::one("PDF 引擎内部出错，请把数据文件发给开发者"))?;
    written.map(without_suspects).map_err(|errors| ExportError {
        problems: errors.iter().map(|error| translate(error, standards)).collect(),
    })
}

/// Blanks the entry `Suspects false` of the catalogue, which says nothing: it is the default. Poppler before 23 takes its
/// value for one of a wrong type and reports a syntax error for each file. Blanks keep all offsets.
fn without_suspects(mut pdf: Vec<u8>) -> Vec<u8> {
    const ENTRY: &[u8] = b"/Suspects false";
    // The catalogue is the last object and no stream: behind it stands the table of objects only.
    let body = pdf.windows(6).rposition(|bytes| bytes == b"endobj").unwrap_or(0);
    let object = pdf[..body].windows(6).rposition(|bytes| bytes == b"endobj").unwrap_or(body);
    let found = pdf[object..body].windows(ENTRY.len()).position(|bytes| bytes == ENTRY);
    if let Some(at) = found {
        pdf[object + at..][..ENTRY.len()].fill(b' ');
    }
    pdf
}

fn timestamp(date: Date) -> Result<Timestamp, ExportError> {
    Datetime::from_ymd_hms(date.year, date.month, date.day, 0, 0, 0)
        .and_then(|midnight| Timestamp::new_local(midnight, TIME_ZONE))
        .ok_or_else(|| {
            let Date { year, month, day } = date;
            ExportError::one(format!("没有 {year} 年 {month} 月 {day} 日这一天；请改正报告的日期"))
        })
}
