//! What is to be made and why: facts about the files, compared with the journal.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::key::{Key, Reason, joined, short};
use super::manifest::{Entry, Manifest, Verdict, modified};
use super::survey::{self, Facts, Found, Skipped};
use super::{BatchError, Settings};
use crate::format::Catalog;
use crate::generator::{Generator, read_picture_of};

/// What is known before the first report is made.
#[derive(Debug)]
pub struct Plan {
    /// The reports of this run's share, in the order of their paths.
    pub tasks: Vec<Task>,
    /// Files that are no reports.
    pub skipped: Vec<Skipped>,
    /// Reports made earlier whose data files have gone while their PDFs are still there.
    pub orphans: Vec<Entry>,
}

/// A report and what is to be done about it.
#[derive(Debug)]
pub struct Task {
    /// Path of the data file inside the folder.
    pub source: String,
    /// Path of the output file inside the output folder.
    pub output: String,
    /// What to do.
    pub decision: Decision,
    /// Where the data file is.
    pub(super) path: PathBuf,
    /// Last year's file.
    pub(super) previous: Option<PathBuf>,
    pub(super) facts: Facts,
    pub(super) key: Key,
    /// The last line of the journal, with the output file as it is now.
    pub(super) last: Option<Entry>,
}

/// What is to be done about a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Make it.
    Make(Vec<Reason>),
    /// Nothing has changed since it was made or refused.
    Keep,
    /// Something has changed, but it is not asked for (`--only-failed`).
    Leave(Vec<Reason>),
    /// The data file cannot be read, for this reason.
    Unreadable(String),
}

/// Several reports with one output file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The output file.
    pub output: String,
    /// Their data files.
    pub sources: Vec<String>,
}

/// Looks through the folder and compares it with the journal.
pub(super) fn make(
    generator: &Generator,
    settings: &Settings,
    manifest: &Manifest,
) -> Result<Plan, BatchError> {
    let catalog = generator.catalog();
    let survey = survey::survey(&settings.folder, &settings.output, catalog, manifest)?;
    let named: Vec<(&Found, String)> =
        survey.found.iter().map(|found| (found, output(found, settings))).collect();
    refuse_collisions(&named, settings)?;
    let others = match &settings.previous {
        Some(path) => survey::previous(path, catalog)?,
        None => Vec::new(),
    };
    let years = Years::new(&survey.found, &others);
    let constants = Constants::new(generator, settings)?;
    let tasks = named
        .into_par_iter()
        .filter(|(found, _)| settings.shard.is_none_or(|shard| shard.holds(&found.source)))
        .map(|(found, output)| task(found, output, &years, &constants, manifest, settings))
        .collect();
    let orphans = orphans(&survey.found, manifest, settings);
    Ok(Plan { tasks, skipped: survey.skipped, orphans })
}

fn output(found: &Found, settings: &Settings) -> String {
    let (folder, file) = found.source.rsplit_once('/').unwrap_or(("", &found.source));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let name = settings.name.name(stem, &found.facts);
    if folder.is_empty() { format!("{name}{PDF}") } else { format!("{folder}/{name}{PDF}") }
}

/// What the main output ends in.
pub(super) const PDF: &str = ".pdf";

/// File systems that do not tell capitals apart would make one file of two.
fn refuse_collisions(named: &[(&Found, String)], settings: &Settings) -> Result<(), BatchError> {
    let mut by_output: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (_, output)) in named.iter().enumerate() {
        let stem = output.strip_suffix(PDF).unwrap_or(output).to_lowercase();
        for kind in &settings.kinds {
            by_output.entry(format!("{stem}{}", kind.extension())).or_default().push(at);
        }
        by_output.entry(format!("{stem}{PDF}")).or_default().push(at);
    }
    let collisions: Vec<Collision> = by_output
        .into_values()
        .filter(|which| which.len() > 1)
        .map(|which| Collision {
            output: named[which[0]].1.clone(),
            sources: which.iter().map(|at| named[*at].0.source.clone()).collect(),
        })
        .collect();
    if collisions.is_empty() { Ok(()) } else { Err(BatchError::Collisions(collisions)) }
}

/// Where to find last year's file of an agency.
struct Years<'a> {
    beside: HashMap<(&'a str, &'a str, i32), &'a Found>,
    elsewhere: HashMap<(&'a str, i32), &'a Found>,
}

impl<'a> Years<'a> {
    fn new(found: &'a [Found], others: &'a [Found]) -> Self {
        let mut years = Self { beside: HashMap::new(), elsewhere: HashMap::new() };
        let usable = |found: &&Found| found.is_utf8 && !found.facts.agency.is_empty();
        for found in found.iter().filter(usable) {
            if let Some(year) = found.facts.year {
                let place = (folder(&found.source), found.facts.agency.as_str(), year);
                years.beside.entry(place).or_insert(found);
            }
        }
        for found in others.iter().filter(usable) {
            if let Some(year) = found.facts.year {
                years.elsewhere.entry((found.facts.agency.as_str(), year)).or_insert(found);
            }
        }
        years
    }

    fn before(&self, found: &Found) -> Option<&'a Found> {
        let year = found.facts.year?.checked_sub(1)?;
        let agency = found.facts.agency.as_str();
        let named = self.elsewhere.get(&(agency, year));
        named.or_else(|| self.beside.get(&(folder(&found.source), agency, year))).copied()
    }
}

fn folder(source: &str) -> &str {
    source.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The parts of keys that all reports of a run share.
struct Constants<'a> {
    catalog: &'a Catalog,
    templates: HashMap<String, String>,
    fonts: String,
    options: String,
}

impl<'a> Constants<'a> {
    fn new(generator: &'a Generator, settings: &Settings) -> Result<Self, BatchError> {
        let catalog = generator.catalog();
        let templates = catalog.formats().iter();
        let digest = generator
            .fonts()
            .digest()
            .map_err(|error| BatchError::Failure(crate::generator::Failure(error.to_string())))?;
        let date = generator.default_date().map(|date| format!("{date:?}")).unwrap_or_default();
        let draft: &[u8] = if settings.draft { b"draft" } else { b"" };
        let standards = settings.standards.name();
        let attached: &[u8] = if settings.attach_data { b"data" } else { b"" };
        let kinds = settings.kinds.iter().map(|kind| kind.extension().as_bytes());
        // Without other kinds the hash is what it was before there were any.
        let more = [attached].into_iter().filter(|part| !part.is_empty()).chain(kinds);
        Ok(Self {
            catalog,
            templates: templates.map(|f| (f.id().to_owned(), short(&f.digest))).collect(),
            fonts: short(&digest),
            options: joined([standards.as_bytes(), date.as_bytes(), draft].into_iter().chain(more)),
        })
    }

    fn format_of(&self, facts: &Facts) -> String {
        let format = self.catalog.choose(facts.format.as_deref(), facts.year);
        format.map(|format| format.id().to_owned()).unwrap_or_default()
    }

    fn template(&self, format: &str) -> &str {
        self.templates.get(format).map_or("", String::as_str)
    }

    fn key(&self, found: &Found, previous: Option<&Found>) -> Key {
        let format = self.format_of(&found.facts);
        Key {
            data: found.data.clone().unwrap_or_default(),
            pictures: pictures(&found.path, &found.facts),
            previous: previous.map_or_else(String::new, |previous| {
                let data = previous.data.as_deref().unwrap_or_default();
                joined([
                    data.as_bytes(),
                    self.template(&self.format_of(&previous.facts)).as_bytes(),
                ])
            }),
            template: self.template(&format).to_owned(),
            format,
            fonts: self.fonts.clone(),
            options: self.options.clone(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// One hash of the pictures of a report; empty when it has none.
pub(super) fn pictures(path: &Path, facts: &Facts) -> String {
    if facts.pictures.is_empty() {
        return String::new();
    }
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for target in &facts.pictures {
        let picture = read_picture_of(path, target.clone());
        parts.push(target.clone().into_bytes());
        parts.push(match picture.bytes {
            Ok(bytes) => blake3::hash(&bytes).as_bytes().to_vec(),
            Err(problem) => problem.into_bytes(),
        });
    }
    joined(parts.iter().map(Vec::as_slice))
}

fn task(
    found: &Found,
    output: String,
    years: &Years<'_>,
    constants: &Constants<'_>,
    manifest: &Manifest,
    settings: &Settings,
) -> Task {
    let previous = years.before(found).filter(|previous| previous.path != found.path);
    let key = constants.key(found, previous);
    let mut last = manifest.get(&found.source).cloned();
    let decision = match &found.data {
        Err(problem) => Decision::Unreadable(problem.clone()),
        Ok(_) => decide(&key, &output, last.as_mut(), settings),
    };
    Task {
        source: found.source.clone(),
        output,
        decision,
        path: found.path.clone(),
        previous: previous.map(|previous| previous.path.clone()),
        facts: found.facts.clone(),
        key,
        last,
    }
}

fn decide(key: &Key, output: &str, last: Option<&mut Entry>, settings: &Settings) -> Decision {
    let Some(last) = last else {
        return select(vec![Reason::New], false, settings);
    };
    let mut reasons = key.changes(&last.key);
    if last.verdict == Verdict::Failed {
        reasons.push(Reason::Failed);
    }
    if last.output != output {
        reasons.push(Reason::Renamed(last.output.clone()));
    } else if last.verdict == Verdict::Made {
        reasons.extend(altered(last, settings));
    }
    let unsuccessful = last.verdict != Verdict::Made;
    if settings.force {
        reasons.insert(0, Reason::Forced);
    } else if settings.only_failed && unsuccessful && last.verdict != Verdict::Failed {
        reasons.push(Reason::Repeated);
    }
    select(reasons, unsuccessful, settings)
}

fn select(reasons: Vec<Reason>, unsuccessful: bool, settings: &Settings) -> Decision {
    if reasons.is_empty() {
        Decision::Keep
    } else if settings.only_failed && !unsuccessful {
        Decision::Leave(reasons)
    } else {
        Decision::Make(reasons)
    }
}

/// Whether the output file is still as written. Size and time tell most; when they differ, its content decides, and
/// a file that was only touched is remembered with its new time.
fn altered(last: &mut Entry, settings: &Settings) -> Option<Reason> {
    let pdf = last.pdf.as_mut()?;
    let main = (last.output.as_str(), pdf.hash.as_str(), pdf.bytes, &mut pdf.modified);
    let beside = last
        .beside
        .iter_mut()
        .map(|file| (file.path.as_str(), file.hash.as_str(), file.bytes, &mut file.modified));
    std::iter::once(main).chain(beside).find_map(|(output, hash, bytes, time)| {
        let path = settings.output.join(output);
        let Ok(metadata) = fs::metadata(&path) else { return Some(Reason::OutputMissing) };
        if metadata.len() != bytes {
            return Some(Reason::OutputAltered);
        }
        let now = modified(&metadata);
        let is_same = now == *time
            || fs::read(&path).is_ok_and(|bytes| blake3::hash(&bytes).to_hex().as_str() == hash);
        *time = now;
        (!is_same).then_some(Reason::OutputAltered)
    })
}

fn orphans(found: &[Found], manifest: &Manifest, settings: &Settings) -> Vec<Entry> {
    let known: HashMap<&str, ()> = found.iter().map(|found| (found.source.as_str(), ())).collect();
    let gone = |entry: &&Entry| {
        let own = settings.shard.is_none_or(|shard| shard.holds(&entry.source));
        own && entry.pdf.is_some()
            && !known.contains_key(entry.source.as_str())
            && settings.output.join(&entry.output).exists()
    };
    manifest.entries().filter(gone).cloned().collect()
}
