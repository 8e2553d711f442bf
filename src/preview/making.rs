//! Other files than the PDF, made on request: Word, web page, workbook; and the page's content for the clipboard.

use std::path::PathBuf;

use super::options::Options;
use super::session::Session;
use super::state::{is_broken, reasons};
use crate::diagnostic::Level;
use crate::export::Kind;
use crate::generator::{Checked, Failure, Generator, Input};
use crate::output;

/// What became of a request.
pub(super) enum Outcome {
    /// The files were written here.
    Made(Vec<PathBuf>),
    /// The content for the clipboard, as HTML.
    Content(String),
    /// It may not be made, for these reasons.
    Refused(Vec<String>),
}

/// What is wanted of a report.
pub(super) enum Wanted {
    /// Files of these kinds, beside the data file.
    Files(Vec<Kind>),
    /// The content for the clipboard.
    Content,
}

/// Makes what is wanted of the file as it is now. Nothing is made of a report with errors.
pub(super) fn make(
    generator: &Generator,
    options: &Options,
    session: &Session,
    wanted: &Wanted,
) -> Result<Outcome, Failure> {
    let input = Input::read(&session.path, options.previous.as_deref())
        .map_err(|error| Failure(format!("数据文件读不了：{}", output::reason(&error))))?;
    let checked = generator.check(&input);
    let counts = checked.counts();
    let denied = counts.errors + if options.deny_warnings { counts.warnings } else { 0 };
    if is_broken(&checked) || denied > 0 {
        let least = if options.deny_warnings { Level::Warning } else { Level::Error };
        return Ok(Outcome::Refused(reasons(&checked, least)));
    }
    match wanted {
        Wanted::Files(kinds) => files(generator, &checked, &input, kinds),
        Wanted::Content => {
            let edition = generator.edition(&checked, false)?;
            let pages = generator.typeset(&checked, false)?;
            let content = edition.clipping(&pages.document);
            Ok(Outcome::Content(content.map_err(|error| Failure(error.to_string()))?))
        }
    }
}

fn files(
    generator: &Generator,
    checked: &Checked,
    input: &Input,
    kinds: &[Kind],
) -> Result<Outcome, Failure> {
    let edition = generator.edition(checked, false)?;
    let pages = match kinds.iter().any(|kind| kind.needs_pages()) {
        true => Some(generator.typeset(checked, false)?),
        false => None,
    };
    let pages = pages.as_ref().map(|pages| &pages.document);
    let name = input.path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = input.path.parent().unwrap_or(std::path::Path::new(""));
    let pictures: Vec<PathBuf> =
        input.pictures.iter().map(|picture| folder.join(&picture.target)).collect();
    let mut made = Vec::new();
    for kind in kinds {
        let files = edition.files(*kind, pages, &name);
        for file in files.map_err(|error| Failure(error.to_string()))? {
            let path = input.path.with_file_name(format!("{name}{}", file.ending));
            if pictures.contains(&path) {
                let shown = path.display();
                return Err(Failure(format!("{shown} 是报告里的图片，不能覆盖；请给图片改名")));
            }
            output::write_atomically(&path, &file.bytes)
                .map_err(|error| Failure(error.to_string()))?;
            made.push(path);
        }
    }
    Ok(Outcome::Made(made))
}
