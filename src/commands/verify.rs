//! `verify`: reads finished reports back (PDF, Word, web page, workbook) and compares them with the rules and with
//! their data files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use nianbao::emit::MessageFormat;
use nianbao::generator::{Checked, Generator};
use nianbao::verify::office::print::FileOutcome as Other;
use nianbao::verify::print::{self, Outcome as Read};
use nianbao::verify::{Request, office, verify_as};
use nianbao::{limits, reading};
use serde_json::{Value, json};

use super::guard::guarded;
use super::inputs::unreadable;
use super::verify_inputs::{Pair, is_other, pairs};
use super::{Outcome, Session, check, terminal};
use crate::args::Verify;

/// One file and what came of reading it.
enum One {
    Pdf(Read),
    Other(Other),
}

impl One {
    fn is_read(&self) -> bool {
        match self {
            One::Pdf(one) => one.result.is_ok(),
            One::Other(one) => one.result.is_ok(),
        }
    }

    fn is_accepted(&self, denies_warnings: bool) -> bool {
        let (is_sound, warnings) = match self {
            One::Pdf(one) => (one.is_sound(), one.warnings()),
            One::Other(one) => (one.is_sound(), one.warnings()),
        };
        is_sound && !(denies_warnings && warnings > 0)
    }
}

pub(crate) fn run(session: &Session, args: &Verify) -> anyhow::Result<Outcome> {
    let pairs = pairs(args)?;
    let generator = session.generator()?;
    let mut originals: BTreeMap<PathBuf, Checked> = BTreeMap::new();
    for data in pairs.iter().filter_map(|pair| pair.data.as_ref()) {
        if !originals.contains_key(data) {
            let checked = check::read(session, &generator, data).map_err(anyhow::Error::msg)?;
            if checked.report.is_none() {
                let data = data.display();
                anyhow::bail!("数据文件 {data} 读不懂，先用 nianbao check 检查并改正");
            }
            originals.insert(data.clone(), checked);
        }
    }
    let mut outcome = Outcome::Done;
    let mut read = Vec::new();
    for pair in &pairs {
        let original = pair.data.as_ref().and_then(|data| originals.get(data));
        let work = || match is_other(&pair.file) {
            true => read_other(&generator, pair, original).map(One::Other),
            false => read_back(&generator, pair, original, args).map(One::Pdf),
        };
        match guarded(&pair.file, work).and_then(|read| read) {
            Ok(one) => read.push(one),
            Err(failure) => {
                terminal::failure(&failure);
                outcome = Outcome::Failed;
            }
        }
    }
    // Nothing can be said about a file that is no report or is torn: as with any unreadable file, the work was not
    // done.
    if !read.iter().all(One::is_read) {
        outcome = Outcome::Failed;
    }
    if !read.iter().all(|one| one.is_accepted(session.denies_warnings())) {
        outcome = outcome.max(Outcome::Findings);
    }
    session.results(&render(session.message_format(), &read))?;
    Ok(outcome)
}

fn read_other(
    generator: &Generator,
    pair: &Pair,
    original: Option<&Checked>,
) -> Result<Other, String> {
    let path = &pair.file;
    let bytes =
        reading::read(path, limits::FOREIGN_FILE).map_err(|error| unreadable(path, &error))?;
    Ok(Other {
        path: path.display().to_string(),
        data: pair.data.as_ref().map(|data| data.display().to_string()),
        result: office::verify(generator, path, &bytes, original),
    })
}

fn read_back(
    generator: &Generator,
    pair: &Pair,
    original: Option<&Checked>,
    args: &Verify,
) -> Result<Read, String> {
    let path = &pair.file;
    let bytes =
        reading::read(path, limits::FOREIGN_FILE).map_err(|error| unreadable(path, &error))?;
    let standards = args.standard.clone();
    let request = Request { original, standards, draft: args.draft };
    Ok(Read {
        path: path.display().to_string(),
        data: pair.data.as_ref().map(|data| data.display().to_string()),
        result: verify_as(generator, &bytes, &request),
    })
}

fn render(format: MessageFormat, read: &[One]) -> String {
    let each = |pdf: fn(&Read) -> String, other: fn(&Other) -> String| -> Vec<String> {
        let one = |one: &One| match one {
            One::Pdf(one) => pdf(one),
            One::Other(one) => other(one),
        };
        read.iter().map(one).collect()
    };
    match format {
        MessageFormat::Human => each(print::human, office::print::human).join("\n"),
        MessageFormat::Short => each(print::short, office::print::short).concat(),
        MessageFormat::Github => each(print::github, office::print::github).concat(),
        MessageFormat::Json => {
            let files = each(
                |pdf| print::json(std::slice::from_ref(pdf)),
                |other| json!({"version": 1, "files": [office::print::json(other)]}).to_string(),
            );
            joined(&files, "/files")
        }
        MessageFormat::Sarif => {
            let logs = each(
                |pdf| print::sarif(std::slice::from_ref(pdf)),
                |other| {
                    let mut log: Value =
                        serde_json::from_str(&print::sarif(&[])).unwrap_or_default();
                    log["runs"][0]["results"] = office::print::sarif(other).into();
                    log.to_string()
                },
            );
            joined(&logs, "/runs/0/results")
        }
    }
}

/// One JSON document of several: the first, with the entries of the others behind its own.
fn joined(documents: &[String], list: &str) -> String {
    let mut documents =
        documents.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok());
    let Some(mut whole) = documents.next() else { return String::new() };
    for mut document in documents {
        let more = document.pointer_mut(list).and_then(Value::as_array_mut).map(std::mem::take);
        if let Some(all) = whole.pointer_mut(list).and_then(Value::as_array_mut) {
            all.extend(more.unwrap_or_default());
        }
    }
    format!("{whole:#}\n")
}
