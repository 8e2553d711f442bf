//! What is to be made and why: facts about the files, compared with the journal.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::entry::{Entry, Verdict};
use super::error::{BatchError, Collision};
use super::facts::{Facts, Skipped};
use super::key::{Key, Reason, joined, short};
use super::manifest::{Manifest, modified};
use super::settings::Settings;
use super::survey::{self, Found};
use crate::format::Catalog;
use crate::generator::{Generator, Neighbourhood, belief, read_picture_of};

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
    /// Last year's file, and the files that say they are that or this one too.
    pub(super) neighbourhood: Neighbourhood,
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
    /// Where its PDF belongs lies a file that no batch has made, as is told.
    Occupied(String),
}

impl Decision {
    /// Whether this run has something to say about the report: it is made, or it fails.
    pub(super) fn is_work(&self) -> bool {
        !matches!(self, Decision::Keep | Decision::Leave(_))
    }
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
    if survey.found.is_empty() {
        return Err(BatchError::Empty(settings.folder.clone(), survey.skipped));
    }
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
    let mut plan = Plan { tasks, skipped: survey.skipped, orphans };
    plan.skipped.extend(useless_previous(settings, &plan.tasks));
    Ok(plan)
}

/// The file of last year that was named, when it is no report's: to pass it over in silence would look like comparing.
fn useless_previous(settings: &Settings, tasks: &[Task]) -> Option<Skipped> {
    let path = settings.previous.as_ref().filter(|path| path.is_file())?;
    let is_used = tasks.iter().any(|task| task.neighbourhood.previous.as_ref() == Some(path));
    let reason = "给出的上年文件没有用上：没有一份报告是同一机关下一年度的".to_owned();
    (!is_used && settings.shard.is_none())
        .then(|| Skipped { path: path.display().to_string(), reason })
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

/// Where to find the files of an agency and year.
struct Years<'a> {
    beside: BTreeMap<(&'a str, String, i32), Vec<&'a Found>>,
    elsewhere: BTreeMap<(String, i32), Vec<&'a Found>>,
}

impl<'a> Years<'a> {
    fn new(found: &'a [Found], others: &'a [Found]) -> Self {
        let mut years = Self { beside: BTreeMap::new(), elsewhere: BTreeMap::new() };
        for found in found {
            if let Some((agency, year)) = identity(found) {
                let place = (folder(&found.source), agency, year);
                years.beside.entry(place).or_default().push(found);
            }
        }
        for found in others {
            if let Some(identity) = identity(found) {
                years.elsewhere.entry(identity).or_default().push(found);
            }
        }
        for files in years.beside.values_mut() {
            files.sort_by_cached_key(|found| belief(&found.path));
        }
        for files in years.elsewhere.values_mut() {
            files.sort_by_cached_key(|found| belief(&found.path));
        }
        years
    }

    /// Last year's file of a report, the others that could be it, and other files of this year.
    fn of(&self, found: &Found) -> (Option<&'a Found>, Vec<&'a Found>, Vec<&'a Found>) {
        let Some((agency, year)) = identity(found) else { return (None, Vec::new(), Vec::new()) };
        let place = folder(&found.source);
        let other = |other: &&'a Found| other.path != found.path;
        let of = |year: i32| self.beside.get(&(place, agency.clone(), year));
        let twins = of(year).into_iter().flatten().copied().filter(other).collect();
        let last = year.saturating_sub(1);
        let named = self.elsewhere.get(&(agency.clone(), last));
        let files = named.or_else(|| of(last)).into_iter().flatten().copied();
        let mut files = files.filter(other);
        (files.next(), files.collect(), twins)
    }
}

fn identity(found: &Found) -> Option<(String, i32)> {
    let agency: String = found.facts.agency.split_whitespace().collect();
    (!agency.is_empty()).then_some((agency, found.facts.year?))
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

    fn key(&self, found: &Found, previous: Option<&Found>, names: &[&Found]) -> Key {
        let format = self.format_of(&found.facts);
        Key {
            data: found.data.clone().unwrap_or_default(),
            pictures: pictures(&found.path, &found.facts),
            previous: self.previous_key(previous, names),
            template: self.template(&format).to_owned(),
            format,
            fonts: self.fonts.clone(),
            options: self.options.clone(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl Constants<'_> {
    /// A hash of last year's file and of the names of files that findings name; empty when there are none.
    fn previous_key(&self, previous: Option<&Found>, names: &[&Found]) -> String {
        let mut parts: Vec<&[u8]> = Vec::new();
        let format = previous.map(|previous| self.format_of(&previous.facts)).unwrap_or_default();
        if let Some(previous) = previous {
            parts.push(previous.data.as_deref().unwrap_or_default().as_bytes());
            parts.push(self.template(&format).as_bytes());
        }
        parts.extend(names.iter().map(|found| found.source.as_bytes()));
        if parts.is_empty() { String::new() } else { joined(parts) }
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
    let (previous, rivals, twins) = years.of(found);
    let named: Vec<&Found> = rivals.iter().chain(&twins).copied().collect();
    let key = constants.key(found, previous, &named);
    let mut last = manifest.get(&found.source).cloned();
    let decision = match &found.data {
        Err(problem) => Decision::Unreadable(problem.clone()),
        Ok(_) => match decide(&key, &output, last.as_mut(), settings) {
            Decision::Make(_) if is_occupied(&output, manifest, settings) => {
                let path = settings.output.join(&output);
                Decision::Occupied(format!(
                    "{} 已经存在，不是本程序生成的，没有覆盖；移走它，或加 --force",
                    path.display()
                ))
            }
            decision => decision,
        },
    };
    let path = |found: &Found| found.path.clone();
    let neighbourhood = Neighbourhood {
        previous: previous.map(path),
        rivals: rivals.into_iter().map(path).collect(),
        twins: twins.into_iter().map(path).collect(),
    };
    Task {
        source: found.source.clone(),
        output,
        decision,
        path: found.path.clone(),
        neighbourhood,
        facts: found.facts.clone(),
        key,
        last,
    }
}

/// Whether a file lies where a PDF belongs that neither the journal knows nor this program has made.
fn is_occupied(output: &str, manifest: &Manifest, settings: &Settings) -> bool {
    let path = settings.output.join(output);
    if settings.force || !path.exists() {
        return false;
    }
    let is_known = manifest.entries().any(|entry| entry.pdf.is_some() && entry.output == output);
    !is_known && !fs::read(&path).is_ok_and(|bytes| is_ours(&bytes))
}

/// Whether a PDF names this program as its maker, in its document information.
fn is_ours(pdf: &[u8]) -> bool {
    const MAKER: &[u8] = b"/Creator(nianbao ";
    pdf.windows(MAKER.len()).any(|bytes| bytes == MAKER)
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
