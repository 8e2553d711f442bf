//! Where the findings of `check` go: listed or counted, to the screen or into a file.

use nianbao::emit::{Emitter, Options, ReportFindings, Statistics, Tally, verdict};
use nianbao::format::Rule;
use nianbao::output::write_atomically;

use super::{Outcome, Session};
use crate::args::Check;

/// Takes in one report after the other.
pub(super) struct Results<'a> {
    session: &'a Session,
    args: &'a Check,
    options: Options<'a>,
    form: Form<'a>,
    /// What is not printed yet; all of it where it goes into a file.
    held: String,
}

enum Form<'a> {
    Listed(Emitter<'a>),
    Counted(Statistics),
}

impl<'a> Results<'a> {
    pub(super) fn new(
        session: &'a Session,
        args: &'a Check,
        rules: &'a [&'a Rule],
        several: bool,
    ) -> Self {
        let mut options = session.options(rules);
        options.color &= args.output_file.is_none();
        let mut held = String::new();
        let form = if args.statistics {
            Form::Counted(Statistics::default())
        } else {
            let mut emitter = Emitter::new(options, several);
            held += &emitter.begin();
            Form::Listed(emitter)
        };
        Self { session, args, options, form, held }
    }

    /// Takes in the findings of a report.
    pub(super) fn add(&mut self, report: &ReportFindings) {
        match &mut self.form {
            Form::Listed(emitter) => self.held += &emitter.report(report),
            Form::Counted(counts) => counts.add(report, self.options.deny_warnings),
        }
    }

    /// Prints what has come so far.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        if self.args.output_file.is_some() {
            return Ok(());
        }
        self.session.results(&std::mem::take(&mut self.held))
    }

    /// Closes the results; tells whether every report may be handed in.
    pub(super) fn end(self) -> anyhow::Result<Outcome> {
        let (tally, end) = match self.form {
            Form::Listed(emitter) => (*emitter.tally(), emitter.end()),
            Form::Counted(counts) => (*counts.tally(), counts.render(&self.options)),
        };
        let text = self.held + &end;
        match &self.args.output_file {
            None => self.session.results(&text)?,
            Some(path) => {
                write_atomically(path, self.session.harmless(&text).as_bytes())?;
                let verdict = verdict(&tally, self.options.deny_warnings);
                self.session.done(&format!("{verdict}；检查结果写在 {}", path.display()))?;
            }
        }
        Ok(outcome(&tally))
    }
}

fn outcome(tally: &Tally) -> Outcome {
    if tally.is_accepted() { Outcome::Done } else { Outcome::Findings }
}
