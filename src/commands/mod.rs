//! One file per command: what was typed becomes calls of the library, results go to standard output, failures to
//! standard error, and the outcome becomes the exit code.

#![allow(
    clippy::disallowed_methods,
    reason = "commands are where environment, clock and signals are read"
)]

mod batch;
mod build;
mod check;
mod completions;
mod diff;
mod explain;
mod extract;
mod fix;
mod fonts;
mod foreign;
mod formats;
mod guard;
mod import;
mod init;
mod inputs;
mod into;
mod migrate;
mod outputs;
mod preview;
mod results;
mod schema;
pub(crate) mod terminal;
mod verify;
mod verify_inputs;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use nianbao::emit::{MessageFormat, Options};
use nianbao::fonts::{FONTS_VARIABLE, Places, find_folder};
use nianbao::format::{Catalog, Format, Rule};
use nianbao::generator::{Config, Generator};
use nianbao::report::Date;

use crate::args::{Cli, Command, Deny, Shared};

/// Exit code of a tool that could not do its work.
pub(crate) const FAILURE: u8 = 2;
/// Exit code of a run whose reports have findings that stop them.
const FINDINGS: u8 = 1;

/// How a command ended. The greater one counts when several reports end differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// All done.
    Done,
    /// A report has error-level findings, or warnings where they are denied.
    Findings,
    /// Something could not be done; it has been said what.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Findings => FINDINGS.into(),
            Outcome::Failed => FAILURE.into(),
        }
    }
}

/// Runs a command.
pub(crate) fn run(cli: Cli) -> ExitCode {
    guard::quiet_panics();
    let session = Session { shared: cli.shared };
    let result =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(&session, cli.command)));
    match result {
        Ok(outcome) => outcome.map_or_else(|error| failed(&error), ExitCode::from),
        Err(cause) => {
            let text = guard::said(&*cause);
            terminal::failure(&format!(
                "程序内部出错（{text}）；请把数据文件和所用的命令发给开发者"
            ));
            FAILURE.into()
        }
    }
}

fn dispatch(session: &Session, command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Init(args) => init::run(session, &args),
        Command::Check(args) => check::run(session, &args),
        Command::Import(args) => import::run(session, &args),
        Command::Build(args) => build::run(session, &args),
        Command::Formats(args) => formats::run(session, &args),
        Command::Fonts(args) => fonts::run(session, &args),
        Command::Schema(args) => schema::run(session, &args),
        Command::Explain(args) => explain::run(session, &args),
        Command::Completions(args) => completions::run(&args),
        Command::Diff(args) => diff::run(session, &args),
        Command::Batch(args) => batch::run(session, &args),
        Command::Migrate(args) => migrate::run(session, &args),
        Command::Verify(args) => verify::run(session, &args),
        Command::Extract(args) => extract::run(session, &args),
        Command::Preview(args) => preview::run(session, &args),
    }
}

/// Says why the tool could not do its work.
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    terminal::failure(&format!("{error:#}"));
    FAILURE.into()
}

/// The options of every command and what follows from them.
pub(crate) struct Session {
    pub(crate) shared: Shared,
}

impl Session {
    /// The front door of the library, with formats and fonts.
    pub(crate) fn generator(&self) -> anyhow::Result<Generator> {
        Ok(Generator::new(&self.config()?)?)
    }

    /// What the generator is made from.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        Ok(Config {
            templates: self.shared.templates.clone(),
            fonts: font_folder()?,
            user_fonts: self.shared.fonts.clone(),
            default_date: source_date()?,
        })
    }

    /// The formats alone, for commands that set nothing.
    pub(crate) fn catalog(&self) -> anyhow::Result<Catalog> {
        Ok(Catalog::load(self.shared.templates.as_deref())?)
    }

    /// Last year's file, when it is named.
    pub(crate) fn previous(&self) -> Option<&Path> {
        self.shared.previous.as_deref()
    }

    /// Refuses a named file of last year that cannot be read, before it is taken for a fault of the report.
    pub(crate) fn want_previous(&self) -> anyhow::Result<()> {
        let Some(path) = self.previous() else { return Ok(()) };
        if path.is_dir() {
            return Ok(());
        }
        inputs::want_file(path, "")?;
        let read = nianbao::reading::read(path, nianbao::limits::DATA_FILE);
        read.map(drop).map_err(|error| anyhow::anyhow!(inputs::unreadable(path, &error)))
    }

    pub(crate) fn message_format(&self) -> MessageFormat {
        self.shared.message_format.into()
    }

    pub(crate) fn denies_warnings(&self) -> bool {
        self.shared.deny == Some(Deny::Warnings)
    }

    /// How findings are rendered on standard output.
    pub(crate) fn options<'a>(&self, rules: &'a [&'a Rule]) -> Options<'a> {
        Options {
            format: self.message_format(),
            color: terminal::wants_color(self.shared.color),
            width: terminal::columns(),
            deny_warnings: self.denies_warnings(),
            quiet: self.shared.quiet,
            rules,
        }
    }

    /// The folders of all fonts in use, for commands that others run.
    pub(crate) fn font_folders(&self, generator: &Generator) -> Vec<String> {
        let shipped = generator.fonts().folder();
        let folders = std::iter::once(shipped).chain(self.shared.fonts.as_deref());
        let whole =
            folders.map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.to_owned()));
        whole.map(|folder| folder.display().to_string()).collect()
    }

    /// Writes findings in the form that was asked for.
    pub(crate) fn results(&self, text: &str) -> anyhow::Result<()> {
        terminal::raw(&self.harmless(text))
    }

    /// Findings in the form that was asked for, in which nothing of a file can act.
    pub(crate) fn harmless(&self, text: &str) -> String {
        match self.message_format() {
            MessageFormat::Human | MessageFormat::Short => nianbao::harmless::block(text),
            MessageFormat::Json | MessageFormat::Sarif => nianbao::harmless::json(text),
            // Its commands are made of harmless pieces; what makes them commands must stay.
            MessageFormat::Github => text.to_owned(),
        }
    }

    /// Says something about the work that is no result.
    pub(crate) fn note(&self, text: &str) {
        if !self.shared.quiet {
            terminal::say(text);
        }
    }

    /// Says what was done: with the results, or beside them where they are a document for a program.
    pub(crate) fn done(&self, text: &str) -> anyhow::Result<()> {
        if self.shared.quiet {
            return Ok(());
        }
        if self.message_format().is_document() {
            terminal::say(text);
            return Ok(());
        }
        terminal::print(&format!("{text}\n"))
    }
}

/// The folder of the shipped fonts.
fn font_folder() -> anyhow::Result<std::path::PathBuf> {
    let places = Places {
        variable: std::env::var_os(FONTS_VARIABLE).map(Into::into),
        executable: std::env::current_exe().ok().and_then(|path| path.canonicalize().ok()),
        source_tree: Some(env!("CARGO_MANIFEST_DIR").into()),
    };
    Ok(find_folder(&places)?)
}

/// The date that `SOURCE_DATE_EPOCH` gives to reports without one.
fn source_date() -> anyhow::Result<Option<Date>> {
    const VARIABLE: &str = "SOURCE_DATE_EPOCH";
    let Some(value) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let seconds = value.to_str().and_then(|text| text.trim().parse::<i64>().ok());
    let moment =
        seconds.and_then(|seconds| time::OffsetDateTime::from_unix_timestamp(seconds).ok());
    let moment = moment.with_context(|| format!("环境变量 {VARIABLE} 不是有效的秒数"))?;
    Ok(Some(Date { year: moment.year(), month: moment.month().into(), day: moment.day() }))
}

/// What people are told about the rules of formats, each code once, those of the latest format first.
pub(crate) fn rule_texts(catalog: &Catalog) -> Vec<&Rule> {
    let mut formats: Vec<&Format> = catalog.formats().iter().map(AsRef::as_ref).collect();
    formats.sort_by_key(|format| std::cmp::Reverse(format.manifest.years.from));
    let mut texts: Vec<&Rule> = Vec::new();
    for text in formats.into_iter().flat_map(nianbao::explain::explanations) {
        if !texts.iter().any(|known| known.code == text.code) {
            texts.push(text);
        }
    }
    texts
}

/// The format of an id, or what there is instead.
pub(crate) fn format_of<'a>(catalog: &'a Catalog, id: &str) -> anyhow::Result<&'a Format> {
    let found = catalog.get(id).map(AsRef::as_ref);
    found.with_context(|| format!("没有“{id}”这个格式；有的格式：{}", catalog.ids()))
}
