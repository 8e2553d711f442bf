//! `check`: reads, validates, prints findings.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use nianbao::emit::{MessageFormat, ReportFindings};
use nianbao::generator::{Checked, Generator, Input, Neighbours};
use nianbao::limits;
use nianbao::output::write_atomically;
use nianbao::reading;
use nianbao::record;

use super::foreign::{self, is_foreign};
use super::guard::guarded;
use super::inputs::{Inputs, unreadable};
use super::results::Results;
use super::{Outcome, Session, fix, rule_texts, terminal};
use crate::args::Check;

/// Reports held in memory at a time.
const CHUNK: usize = 64;
/// What stands for standard input among the files.
const STANDARD_INPUT: &str = "-";

pub(crate) fn run(session: &Session, args: &Check) -> anyhow::Result<Outcome> {
    session.want_previous()?;
    refuse(session, args)?;
    let inputs = Inputs::find(&args.paths);
    inputs.tell_skipped(session);
    let mut outcome = Outcome::Done;
    for failure in &inputs.failures {
        terminal::failure(failure);
        outcome = Outcome::Failed;
    }
    if inputs.files.is_empty() && outcome == Outcome::Done {
        anyhow::bail!("没有找到年报数据文件（扩展名 .toml、含 [report] 表）");
    }
    if args.fix_encoding || args.fix {
        outcome = outcome.max(fix_encodings(session, &inputs.files));
    }
    let generator = session.generator()?;
    if args.fix {
        outcome = outcome.max(fix::files(session, &generator, &inputs.files));
    }
    let rules = rule_texts(generator.catalog());
    let mut results = Results::new(session, args, &rules, inputs.files.len() > 1);
    outcome = outcome.max(check(session, &generator, &inputs.files, &mut results)?);
    Ok(outcome.max(results.end()?))
}

/// Refuses what cannot be done with what was named.
fn refuse(session: &Session, args: &Check) -> anyhow::Result<()> {
    if args.fix && args.paths.iter().any(|path| is_standard_input(path)) {
        anyhow::bail!("标准输入不能用 --fix 改写；先存成文件");
    }
    if args.statistics
        && matches!(session.message_format(), MessageFormat::Sarif | MessageFormat::Github)
    {
        anyhow::bail!("--statistics 只能与 --message-format human、short、json 一起用");
    }
    let Some(output) = &args.output_file else { return Ok(()) };
    let whole = |path: &Path| path.canonicalize().ok();
    if whole(output).is_some() && args.paths.iter().any(|path| whole(path) == whole(output)) {
        anyhow::bail!("--output-file 不能是被检查的文件 {}", output.display());
    }
    Ok(())
}

fn check(
    session: &Session,
    generator: &Generator,
    files: &[PathBuf],
    results: &mut Results<'_>,
) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    // Two files of one report are a fact about the folder: told once below, and a finding where they would be printed.
    let neighbours = Neighbours::default();
    let mut reports: BTreeMap<(String, i32), Vec<&Path>> = BTreeMap::new();
    for chunk in files.chunks(CHUNK) {
        for (path, result) in chunk.iter().zip(read_all(session, generator, &neighbours, chunk)) {
            match result {
                Ok(checked) => {
                    if let Some(year) = checked.year().filter(|_| !checked.agency().is_empty()) {
                        let report = (checked.agency().to_owned(), year);
                        reports.entry(report).or_default().push(path);
                    }
                    results.add(&findings(path, &checked));
                }
                Err(failure) => {
                    terminal::failure(&failure);
                    outcome = Outcome::Failed;
                }
            }
        }
        results.flush()?;
    }
    for ((agency, year), paths) in reports.iter().filter(|(_, paths)| paths.len() > 1) {
        session.note(&several(agency, *year, paths));
    }
    Ok(outcome)
}

/// Files of one report that are named; of more, the number says enough.
const MOST_NAMED: usize = 3;

/// What is said of several files of one agency and year.
fn several(agency: &str, year: i32, paths: &[&Path]) -> String {
    let names = paths.iter().take(MOST_NAMED).map(|path| path.display().to_string());
    let names = names.collect::<Vec<_>>().join("、");
    let more = if paths.len() > MOST_NAMED { " 等" } else { "" };
    let count = paths.len();
    format!(
        "注意: {agency}{year}年度的报告有 {count} 个文件：{names}{more}；留下要报送的一份，另外的移到别的文件夹"
    )
}

/// Reads and checks some reports on all processors; the results come in the order of the files. One that breaks the
/// program is a failure of its own: the others go on.
fn read_all(
    session: &Session,
    generator: &Generator,
    neighbours: &Neighbours,
    files: &[PathBuf],
) -> Vec<Result<Checked, String>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
    let results: Vec<Mutex<Option<Result<Checked, String>>>> =
        files.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = files.get(at) else { break };
            let result = guarded(path, || read_among(session, generator, neighbours, path));
            let result = result.and_then(|read| read);
            *results[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    };
    std::thread::scope(|scope| {
        let started = (0..threads).filter(|_| {
            let thread = std::thread::Builder::new().stack_size(limits::STACK);
            thread.spawn_scoped(scope, work).is_ok()
        });
        if started.count() == 0 {
            work();
        }
    });
    let taken = |slot: Mutex<Option<_>>| slot.into_inner().ok().flatten();
    let results = results.into_iter().map(taken).zip(files);
    results.map(|(result, path)| result.unwrap_or_else(|| Err(broken(path)))).collect()
}

/// What is said about a file that breaks the program.
fn broken(path: &Path) -> String {
    format!("{}：程序内部出错，没有核对完；请把这份文件发给开发者", path.display())
}

/// Reads and checks one report.
pub(super) fn read(
    session: &Session,
    generator: &Generator,
    path: &Path,
) -> Result<Checked, String> {
    read_among(session, generator, &Neighbours::default(), path)
}

fn read_among(
    session: &Session,
    generator: &Generator,
    neighbours: &Neighbours,
    path: &Path,
) -> Result<Checked, String> {
    if is_foreign(path) {
        return foreign::check(generator, path, session.previous(), neighbours);
    }
    let input = if is_standard_input(path) {
        standard_input(session.previous())
    } else {
        Input::read_among(path, session.previous(), neighbours)
    };
    Ok(generator.check(&input.map_err(|error| unreadable(path, &error))?))
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

/// A report from standard input; pictures are looked for in the current folder.
fn standard_input(previous: Option<&Path>) -> io::Result<Input> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(limits::DATA_FILE as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limits::DATA_FILE {
        return Err(reading::Refused::TooLarge(limits::DATA_FILE).into());
    }
    let previous = match previous {
        Some(path) => Some((path.to_owned(), reading::read(path, limits::DATA_FILE)?)),
        None => None,
    };
    Ok(Input::assemble(Path::new(STANDARD_INPUT), bytes, previous))
}

/// What is rendered about a checked report.
pub(super) fn findings<'a>(path: &'a Path, checked: &'a Checked) -> ReportFindings<'a> {
    ReportFindings::of(path.to_str().unwrap_or(checked.source.name()), checked)
}

/// Rewrites files of a recognised encoding as UTF-8 and keeps the old bytes beside them.
fn fix_encodings(session: &Session, files: &[PathBuf]) -> Outcome {
    let mut outcome = Outcome::Done;
    for path in files {
        match fix_encoding(path) {
            Ok(Some(told)) => session.note(&told),
            Ok(None) => {}
            Err(failure) => {
                terminal::failure(&failure);
                outcome = Outcome::Failed;
            }
        }
    }
    outcome
}

fn fix_encoding(path: &Path) -> Result<Option<String>, String> {
    // A file that cannot be read is told about when it is checked.
    let Ok(bytes) = reading::read(path, limits::DATA_FILE) else { return Ok(None) };
    let decoded = record::decode(&bytes);
    let Some(encoding) = decoded.recognised else { return Ok(None) };
    let backup = unused_name(path);
    write_atomically(&backup, &bytes).map_err(|error| error.to_string())?;
    write_atomically(path, decoded.text.as_bytes()).map_err(|error| error.to_string())?;
    let (path, backup) = (path.display(), backup.display());
    Ok(Some(format!("已把 {path} 从 {encoding} 改写为 UTF-8，原文件存为 {backup}")))
}

/// A name for the backup that no file has: `.bak`, `.bak2`, ….
fn unused_name(path: &Path) -> PathBuf {
    let name = |suffix: String| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let first = name(".bak".to_owned());
    let mut more = (2..).map(|number: u32| name(format!(".bak{number}")));
    if first.exists() { more.find(|path| !path.exists()).unwrap_or(first) } else { first }
}
