//! `check --fix`: writes what is certain into the data files and says what was done.

use std::fs;
use std::path::{Path, PathBuf};

use nianbao::fix::{Fixed, fix};
use nianbao::generator::Generator;
use nianbao::output::write_atomically;
use nianbao::record;

use super::inputs::unreadable;
use super::{Outcome, Session, terminal};

/// Remedies named one by one for a file; of more, the number is told.
const MOST_NAMED: usize = 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Mends files one after the other. A file that cannot be read or written is told about, the others are mended.
pub(super) fn files(session: &Session, generator: &Generator, paths: &[PathBuf]) -> Outcome {
    let mut outcome = Outcome::Done;
    let (mut remedies, mut changed) = (0, 0);
    for path in paths {
        match file(generator, path) {
            Ok(Some(fixed)) => {
                remedies += fixed.done.len();
                changed += 1;
                tell(session, path, &fixed);
            }
            Ok(None) => {}
            Err(failure) => {
                terminal::failure(&failure);
                outcome = Outcome::Failed;
            }
        }
    }
    session.note(&match changed {
        0 => "没有可以自动改正的问题，文件都没有动".to_owned(),
        _ => format!("自动改正 {remedies} 处，改动 {changed} 个文件；数字都没有动"),
    });
    outcome
}

fn file(generator: &Generator, path: &Path) -> Result<Option<Fixed>, String> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let decoded = record::decode(&bytes);
    if decoded.finding.is_some() {
        // Another encoding is a finding of the check that follows.
        return Ok(None);
    }
    let Some(fixed) = fix(generator, path, &decoded.text) else { return Ok(None) };
    let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { b"" };
    let written = [mark, fixed.text.as_bytes()].concat();
    write_atomically(path, &written).map_err(|error| error.to_string())?;
    Ok(Some(fixed))
}

fn tell(session: &Session, path: &Path, fixed: &Fixed) {
    for done in fixed.done.iter().take(MOST_NAMED) {
        let (path, line) = (path.display(), done.line);
        session.note(&format!("已改 {path}:{line}: [{}] {}", done.rule, done.message));
    }
    if fixed.done.len() > MOST_NAMED {
        let more = fixed.done.len() - MOST_NAMED;
        session.note(&format!("已改 {}: 还有 {more} 处", path.display()));
    }
}
