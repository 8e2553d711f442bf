//! `verify`: reads finished PDFs back and compares them with the rules and with a data file.

use std::path::Path;

use nianbao::emit::MessageFormat;
use nianbao::generator::{Checked, Generator};
use nianbao::verify::print::{self, Outcome as Read};
use nianbao::verify::{Request, verify_as};
use nianbao::{limits, reading};

use super::inputs::{unreadable, want_file};
use super::{Outcome, Session, check, terminal};
use crate::args::Verify;

pub(crate) fn run(session: &Session, args: &Verify) -> anyhow::Result<Outcome> {
    if args.data.is_some() && args.files.len() > 1 {
        anyhow::bail!("--data 只能与一个 PDF 核对；请逐个核验");
    }
    let generator = session.generator()?;
    let original = match &args.data {
        Some(data) => {
            want_file(data, "")?;
            Some(check::read(session, &generator, data).map_err(anyhow::Error::msg)?)
        }
        None => None,
    };
    if original.as_ref().is_some_and(|checked| checked.report.is_none()) {
        anyhow::bail!("数据文件读不懂，先用 nianbao check 检查并改正");
    }
    let mut outcome = Outcome::Done;
    let mut read = Vec::new();
    for path in &args.files {
        match read_back(&generator, path, original.as_ref(), args) {
            Ok(one) => read.push(one),
            Err(failure) => {
                terminal::failure(&failure);
                outcome = Outcome::Failed;
            }
        }
    }
    // Nothing can be said about a file that is no PDF or is torn: as with any unreadable file, the work was not done.
    if read.iter().any(|one| one.result.is_err()) {
        outcome = Outcome::Failed;
    }
    let is_accepted =
        |one: &Read| one.is_sound() && !(session.denies_warnings() && one.warnings() > 0);
    if !read.iter().all(is_accepted) {
        outcome = outcome.max(Outcome::Findings);
    }
    session.results(&render(session.message_format(), &read))?;
    Ok(outcome)
}

fn read_back(
    generator: &Generator,
    path: &Path,
    original: Option<&Checked>,
    args: &Verify,
) -> Result<Read, String> {
    let bytes =
        reading::read(path, limits::FOREIGN_FILE).map_err(|error| unreadable(path, &error))?;
    let standards = args.standard.clone();
    let request = Request { original, standards, draft: args.draft };
    Ok(Read {
        path: path.display().to_string(),
        data: args.data.as_ref().map(|data| data.display().to_string()),
        result: verify_as(generator, &bytes, &request),
    })
}

fn render(format: MessageFormat, read: &[Read]) -> String {
    let each = |one: fn(&Read) -> String| read.iter().map(one).collect::<Vec<_>>();
    match format {
        MessageFormat::Human => each(print::human).join("\n"),
        MessageFormat::Short => each(print::short).concat(),
        MessageFormat::Github => each(print::github).concat(),
        MessageFormat::Json => print::json(read),
        MessageFormat::Sarif => print::sarif(read),
    }
}
