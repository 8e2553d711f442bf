//! The front door: owns formats, fonts and the typesetter; checks reports and makes documents.
//!
//! In: an [`Input`], the bytes of a data file and of what it refers to. Out: [`Checked`], its findings, and from
//! that a [`Typeset`] document that exports itself. Files are read only here ([`Input::read`], [`Generator::new`]).

mod attachment;
mod bounded;
mod input;
mod last_year;
mod neighbours;
mod pictures;
mod trial;
mod typeset;

pub use input::{Input, PictureFile};
pub(crate) use input::{read_picture_of, targets_in};
pub use neighbours::{Neighbourhood, Neighbours};
pub(crate) use neighbours::{belief, is_same};
pub use typeset::Typeset;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use typst_layout::PagedDocument;

use crate::check::{self, DataFile, Subject};
use crate::diagnostic::{self, Counts, Diagnostic, Level};
use crate::document::{self, AttachedFile, Document, Picture};
use crate::export::Edition;
use crate::fonts::Fonts;
use crate::format::{Catalog, Format};
use crate::import::{self, Imported, Refusal};
use crate::record::{self, KeyNames, Record};
use crate::report::{self, Date, Report};
use crate::source::Source;
use crate::world::{ATTACHMENT, Layout, Project, Typesetter};

/// What a generator is made from.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// A directory of formats that come before the built-in ones.
    pub templates: Option<PathBuf>,
    /// The folder of the shipped typefaces.
    pub fonts: PathBuf,
    /// A folder of the user's own typefaces.
    pub user_fonts: Option<PathBuf>,
    /// The PDF's date for reports without one (`SOURCE_DATE_EPOCH`); else 1 January after the report year.
    pub default_date: Option<Date>,
}

/// Why the tool could not do its work: a message in Chinese for people. The report itself is not at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    fn from_error(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Checks and typesets reports. Shared by all threads.
pub struct Generator {
    catalog: Catalog,
    typesetter: Typesetter,
    layouts: Mutex<HashMap<String, Arc<Layout>>>,
    names: KeyNames,
    trials: trial::Trials,
    default_date: Option<Date>,
}

/// A data file after reading and checking.
pub struct Checked {
    /// The file's text.
    pub source: Source,
    /// The text of last year's file, where there is one.
    pub previous: Option<Source>,
    /// The report with its format, as complete as the file allows.
    pub report: Option<Report>,
    /// All findings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    pictures: Vec<Picture>,
}

impl Checked {
    /// 机关全称; empty when the file lacks it.
    pub fn agency(&self) -> &str {
        self.report.as_ref().map_or("", |report| report.agency.value.as_str())
    }

    /// 报告年度.
    pub fn year(&self) -> Option<i32> {
        self.report.as_ref()?.year.as_ref().map(|year| year.value)
    }

    /// The report's format; none when the file cannot be read.
    pub fn format(&self) -> Option<&Arc<Format>> {
        self.report.as_ref().map(|report| &report.format)
    }

    /// Numbers of findings that count.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.diagnostics)
    }
}

/// In a line that could not be read, whatever else is found only repeats that.
fn drop_repetitions(source: &Source, findings: &mut Vec<Diagnostic>) {
    let line = |finding: &Diagnostic| finding.line(source).unwrap_or(0);
    // Where a text has no end, it has swallowed the fields behind it: what is said about its words would be about them.
    let is_swallowing =
        |finding: &Diagnostic| finding.rule == "TOML" && finding.message.contains("三引号");
    if findings.iter().any(is_swallowing) {
        findings.retain(|finding| finding.rule == "TOML");
    }
    let unread: BTreeSet<usize> =
        findings.iter().filter(|finding| finding.rule == "TOML").map(line).collect();
    if !unread.is_empty() {
        findings.retain(|finding| finding.rule == "TOML" || !unread.contains(&line(finding)));
    }
}

/// A file read by its format, before the rules run.
struct Read {
    source: Source,
    report: Option<Report>,
    record: Record,
    findings: Vec<Diagnostic>,
}

impl Read {
    /// Whether some of it could not be read.
    fn is_broken(&self) -> bool {
        self.report.is_none() || diagnostic::is_damaged(&self.findings)
    }
}

impl Generator {
    /// Loads formats and fonts.
    ///
    /// # Errors
    /// When a format is malformed or a wanted font is missing; the message names the file and what to do.
    pub fn new(config: &Config) -> Result<Self, Failure> {
        let catalog = Catalog::load(config.templates.as_deref()).map_err(Failure::from_error)?;
        let fonts = Fonts::load(&config.fonts, config.user_fonts.as_deref())
            .map_err(Failure::from_error)?;
        let names = KeyNames::merged(catalog.formats().iter().map(|format| format.key_names()));
        Ok(Self {
            catalog,
            typesetter: Typesetter::new(fonts),
            layouts: Mutex::default(),
            names,
            trials: trial::Trials::default(),
            default_date: config.default_date,
        })
    }

    /// All formats.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The PDF's date for reports without one.
    pub fn default_date(&self) -> Option<Date> {
        self.default_date
    }

    /// The typefaces.
    pub fn fonts(&self) -> &Fonts {
        self.typesetter.fonts()
    }

    /// Reads and checks a report. Never fails: everything is a finding.
    pub fn check(&self, input: &Input) -> Checked {
        let mut read = self.read(&input.path.to_string_lossy(), &input.bytes);
        let previous = input.previous.as_ref();
        let previous = previous.map(|(path, bytes)| self.read_last_year(path, bytes));
        let (previous, about_files) = last_year::judge(input, &read, previous);
        // Files beside a report say nothing about one that cannot be read.
        if !diagnostic::is_damaged(&read.findings) {
            read.findings.extend(about_files);
        }
        let printable =
            |kind: &str, bytes: &[u8]| self.trials.problem(&self.typesetter, kind, bytes);
        let pictures =
            pictures::prepare(input, read.report.as_ref(), &printable, &mut read.findings);
        let mut diagnostics = match &read.report {
            Some(report) => {
                let subject = Subject {
                    report,
                    file: Some(DataFile { source: &read.source, record: &read.record }),
                    catalog: &self.catalog,
                    fonts: self.fonts(),
                    previous: previous.as_ref().and_then(|previous| previous.report.as_ref()),
                };
                check::check(&subject, read.findings)
            }
            None => read.findings,
        };
        drop_repetitions(&read.source, &mut diagnostics);
        Checked {
            source: read.source,
            previous: previous.map(|previous| previous.source),
            report: read.report,
            diagnostics,
            pictures,
        }
    }

    /// Reads and checks a report in a foreign file (Word, Excel, web page, PDF, text): its findings name the places in
    /// that file.
    ///
    /// # Errors
    /// When the file cannot be read, with its reason.
    pub fn check_foreign(
        &self,
        path: &Path,
        bytes: &[u8],
        previous: Option<(PathBuf, Vec<u8>)>,
        options: &import::Options,
    ) -> Result<(Checked, Imported), Refusal> {
        let imported = import::read_with(path, bytes, &self.catalog, options)?;
        let checked = self.check_imported(path, &imported, previous);
        Ok((checked, imported))
    }

    /// Checks a report that was read out of a foreign file.
    pub fn check_imported(
        &self,
        path: &Path,
        imported: &Imported,
        previous: Option<(PathBuf, Vec<u8>)>,
    ) -> Checked {
        let pictures = imported.pictures.iter().map(|(name, bytes)| input::PictureFile {
            target: name.clone(),
            bytes: Ok(bytes.clone()),
        });
        let input = Input {
            path: path.to_owned(),
            bytes: imported.toml.clone().into_bytes(),
            previous,
            pictures: pictures.collect(),
            ..Input::default()
        };
        let mut checked = self.check(&input);
        checked.source = checked.source.with_origins(Arc::clone(&imported.places));
        checked
            .diagnostics
            .retain(|finding| !imported.findings.iter().any(|import| import.explains(finding)));
        for finding in &mut checked.diagnostics {
            // Lines to paste belong into a data file, and this is none.
            finding.suggestion = None;
            if finding.rule == "MISSING" {
                finding.help = Some("原件里没有找到；对着原件补上".to_owned());
            }
        }
        checked.diagnostics.extend(imported.findings.iter().map(|finding| finding.diagnostic()));
        crate::diagnostic::sort(&mut checked.diagnostics);
        checked
    }

    /// Reads a data file by the format it calls for. A file with syntax errors is not read further: what is missing
    /// from it would only repeat the syntax errors.
    fn read(&self, name: &str, bytes: &[u8]) -> Read {
        let decoded = record::decode(bytes);
        let source = Source::new(name, decoded.text);
        if let Some(finding) = decoded.finding {
            let record = Record::default();
            return Read { source, report: None, record, findings: vec![finding] };
        }
        self.read_text(source)
    }

    /// Reads last year's file, in whichever encoding it is: it is compared, not printed.
    fn read_last_year(&self, path: &Path, bytes: &[u8]) -> Read {
        let decoded = record::decode(bytes);
        let source = Source::new(path.to_string_lossy(), decoded.text);
        match decoded.finding {
            Some(finding) if decoded.recognised.is_none() => {
                let record = Record::default();
                Read { source, report: None, record, findings: vec![finding] }
            }
            _ => self.read_text(source),
        }
    }

    fn read_text(&self, source: Source) -> Read {
        let (record, mut findings) = record::parse(&source, &self.names);
        let format = self.format_of(&record, &mut findings);
        let report = format.as_ref().map(|format| {
            let (report, found) = report::read(&source, &record, format);
            if findings.is_empty() {
                findings = found;
            }
            report
        });
        Read { source, report, record, findings }
    }

    /// The format that the file names, else the one of its year, else the newest.
    fn format_of(&self, record: &Record, findings: &mut Vec<Diagnostic>) -> Option<Arc<Format>> {
        if let Some(node) = record.get("format")
            && let Some(id) = node.as_str()
        {
            if let Some(format) = self.catalog.get(id.trim()) {
                return Some(format.clone());
            }
            let message = format!("没有“{id}”这个格式");
            let help = format!("可以用的格式：{}；删去这一行则按年度自动选用", self.catalog.ids());
            let mut finding =
                Diagnostic::new("TYPE", Level::Error, message, "format", node.span.clone())
                    .with_help(help);
            finding.reported = Some(id.to_owned());
            findings.push(finding);
        }
        let year = record.get("report.year").and_then(|node| match &node.value {
            record::Value::Number(year) => year.parse::<i32>().ok(),
            _ => None,
        });
        self.catalog.choose(None, year).cloned()
    }

    /// The document model of a checked report: everything that is printed; none when there is nothing to print.
    pub fn document(&self, checked: &Checked, draft: bool) -> Option<Document> {
        let report = checked.report.as_ref()?;
        Some(document::build(&self.document_input(checked, report, draft)))
    }

    fn document_input<'a>(
        &'a self,
        checked: &'a Checked,
        report: &'a Report,
        draft: bool,
    ) -> document::Input<'a> {
        document::Input {
            report,
            fonts: self.fonts(),
            diagnostics: &checked.diagnostics,
            pictures: &checked.pictures,
            default_date: self.date(report),
            draft,
            figure_ids: true,
        }
    }

    /// The PDF's date.
    fn date(&self, report: &Report) -> Date {
        let date = report.date.as_ref().map(|date| date.value).or(self.default_date);
        date.unwrap_or(Date { year: report.year_or_zero() + 1, month: 1, day: 1 })
    }

    /// A checked report ready to be written as something else than pages.
    ///
    /// # Errors
    /// As [`Generator::typeset`].
    pub fn edition(&self, checked: &Checked, draft: bool) -> Result<Edition, Failure> {
        let report = printable(checked, draft)?;
        let document = document::build(&self.document_input(checked, report, draft));
        let (format, pictures) = (Arc::clone(&report.format), checked.pictures.clone());
        Ok(Edition::new(document.model, report, format, pictures))
    }

    /// Typesets a checked report for paper.
    ///
    /// # Errors
    /// When the report has error-level findings and is no draft, when there is nothing to typeset, or when the
    /// format's layout fails.
    pub fn typeset(&self, checked: &Checked, draft: bool) -> Result<Typeset, Failure> {
        self.set(checked, draft, false)
    }

    /// Typesets a checked report so that every figure can be found on its page: in the document, it is a group with
    /// its path as label. The pages look the same; setting many reports takes longer.
    ///
    /// # Errors
    /// As [`Generator::typeset`].
    pub fn typeset_findable(&self, checked: &Checked, draft: bool) -> Result<Typeset, Failure> {
        self.set(checked, draft, true)
    }

    /// Typesets a checked report for an archive: its data file, without comments and waivers, goes into the PDF. The
    /// pages are the same.
    ///
    /// # Errors
    /// As [`Generator::typeset`], and for a draft whose data file is no TOML.
    pub fn typeset_with_data(&self, checked: &Checked, draft: bool) -> Result<Typeset, Failure> {
        let report = printable(checked, draft)?;
        let input =
            document::Input { figure_ids: false, ..self.document_input(checked, report, draft) };
        let mut document = document::build(&input);
        document.model.attachment = Some(AttachedFile {
            path: ATTACHMENT.to_owned(),
            description: "生成本报告的数据文件".to_owned(),
        });
        let data = attachment::bare(checked.source.text())?;
        self.set_document(checked, document, Some(data))
    }

    fn set(&self, checked: &Checked, draft: bool, figure_ids: bool) -> Result<Typeset, Failure> {
        let report = printable(checked, draft)?;
        let input = self.document_input(checked, report, draft);
        let document = document::build(&document::Input { figure_ids, ..input });
        self.set_document(checked, document, None)
    }

    fn set_document(
        &self,
        checked: &Checked,
        document: Document,
        attached: Option<String>,
    ) -> Result<Typeset, Failure> {
        let Some(report) = &checked.report else {
            return Err(Failure("没有可以排版的内容".to_owned()));
        };
        // A draft too must end; what an official report could not be is refused above.
        if let Some(excess) = check::size::excess(report) {
            return Err(Failure(format!("{}，没有排版", excess.message)));
        }
        let date = self.date(report);
        let data = match document.model.draft {
            true => {
                let mut model =
                    serde_json::to_value(&document.model).map_err(Failure::from_error)?;
                document::replace_unprintable(self.fonts(), &mut model);
                serde_json::to_vec(&model)
            }
            false => serde_json::to_vec(&document.model),
        };
        let data = data.map_err(Failure::from_error)?;
        let mut project = Project::new(self.layout(&report.format)?, data);
        if let Some(attached) = attached {
            project.attach(attached);
        }
        for picture in &checked.pictures {
            if let (Some(bytes), Some(name)) = (&picture.bytes, picture.file.rsplit('/').next()) {
                project.add_picture(name, bytes.clone()).map_err(Failure::from_error)?;
            }
        }
        let paged = self.typesetter.typeset(&project).map_err(Failure::from_error)?;
        Ok(Typeset::new(paged, project, document.places, report, date))
    }

    /// Typesets something that is no report with the same fonts.
    pub(crate) fn typeset_project(&self, project: &Project) -> Result<PagedDocument, Failure> {
        self.typesetter.typeset(project).map_err(Failure::from_error)
    }

    /// The parsed layout of a format, made once.
    fn layout(&self, format: &Format) -> Result<Arc<Layout>, Failure> {
        let mut layouts = self.layouts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(layout) = layouts.get(format.id()) {
            return Ok(layout.clone());
        }
        let layout = Arc::new(Layout::of(format).map_err(Failure::from_error)?);
        layouts.insert(format.id().to_owned(), layout.clone());
        Ok(layout)
    }
}

/// What of a checked report is printed; nothing when it has errors and is no draft.
fn printable(checked: &Checked, draft: bool) -> Result<&Report, Failure> {
    let Some(report) = &checked.report else {
        return Err(Failure("文件读不懂，先改正上面的错误".to_owned()));
    };
    if !draft && checked.counts().errors > 0 {
        return Err(Failure(
            "报告还有错误，不能生成正式文件；先改正，或用 --draft 生成草稿".to_owned(),
        ));
    }
    Ok(report)
}
