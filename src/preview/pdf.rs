//! PDFs that are asked for in the browser, written beside the data file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::job::{INTERNAL, PdfOutcome};
use super::options::Options;
use super::patient;
use super::session::{Edition, Made, Session};
use super::state::{is_broken, reasons};
use crate::diagnostic::Level;
use crate::export::Standards;
use crate::generator::{Failure, Generator};
use crate::output;

/// Makes a PDF of the file as it is now, beside it.
pub(super) fn make(
    generator: &Generator,
    options: &Options,
    session: &Session,
    edition: Edition,
) -> PdfOutcome {
    match catch_unwind(AssertUnwindSafe(|| attempt(generator, options, session, edition))) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(failure)) => PdfOutcome::Refused(vec![failure.0]),
        Err(_) => PdfOutcome::Refused(vec![INTERNAL.to_owned()]),
    }
}

fn attempt(
    generator: &Generator,
    options: &Options,
    session: &Session,
    edition: Edition,
) -> Result<PdfOutcome, Failure> {
    let input = patient::read(&session.path, options.previous.as_deref())
        .map_err(|error| Failure(format!("数据文件读不了：{}", output::reason(&error))))?;
    let checked = generator.check(&input);
    let counts = checked.counts();
    let denied = counts.errors + if options.deny_warnings { counts.warnings } else { 0 };
    if is_broken(&checked) || (edition == Edition::Official && denied > 0) {
        let least = if options.deny_warnings { Level::Warning } else { Level::Error };
        return Ok(PdfOutcome::Refused(reasons(&checked, least)));
    }
    let typeset = generator.typeset(&checked, edition == Edition::Draft)?;
    let bytes = typeset.pdf(&Standards::default())?;
    let stem = session.path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match edition {
        Edition::Official => format!("{stem}.pdf"),
        Edition::Draft => format!("{stem}-草稿.pdf"),
    };
    let path = session.path.with_file_name(&name);
    output::write_atomically(&path, &bytes).map_err(|error| Failure(error.to_string()))?;
    let (pages, size) = (typeset.page_count(), bytes.len());
    session.keep(edition, Made { name, bytes: bytes.into() });
    Ok(PdfOutcome::Made { path, pages, size })
}
