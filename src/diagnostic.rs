//! What a person must know about a report: values, no printing.
//!
//! A [`Diagnostic`] names the rule, the place, what stands there, what should, and what to do. `emit` turns it
//! into text; nothing here knows about terminals or JSON.

use crate::source::{Source, Span};

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth a look.
    Note,
    /// Very likely wrong, but may have a reason.
    Warning,
    /// Contradicts the form itself; an official build is refused.
    Error,
}

impl Level {
    /// The name in JSON and in rule files: `error`, `warning`, `note`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }

    /// The name that people see: 错误, 提醒, 提示.
    pub fn label(self) -> &'static str {
        match self {
            Level::Error => "错误",
            Level::Warning => "提醒",
            Level::Note => "提示",
        }
    }

    /// Reads [`Level::name`] back.
    pub fn parse(name: &str) -> Option<Self> {
        [Level::Error, Level::Warning, Level::Note].into_iter().find(|level| level.name() == name)
    }
}

/// In which file a span lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Origin {
    /// The report under check.
    #[default]
    Report,
    /// Last year's report of the same agency.
    Previous,
}

/// One operand of a rule: a figure that took part in a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Dotted path of the figure, such as `requests.granted.natural_person`.
    pub path: String,
    /// The official label people know it by.
    pub label: String,
    /// The exact value as written or computed.
    pub value: String,
    /// Its place, where the file holds it; a total that was computed has none.
    pub span: Option<Span>,
    /// The file of `span`.
    pub origin: Origin,
}

/// A piece of the file and what stands there instead after a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The piece; empty where something is added.
    pub span: Span,
    /// What is written there, as the file spells it.
    pub text: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Rule code, such as `T3-ROW-SUM`.
    pub rule: String,
    /// How serious it is.
    pub level: Level,
    /// Headline in Chinese, without a full stop.
    pub message: String,
    /// Dotted path of the cell or text field; empty for the file as a whole.
    pub path: String,
    /// The smallest piece of the report's source that is wrong; none when it stands nowhere in the file.
    pub span: Option<Span>,
    /// Short text printed beside the caret.
    pub label: String,
    /// The value that stands there.
    pub reported: Option<String>,
    /// The value that should stand there by the other figures.
    pub computed: Option<String>,
    /// All operands, in the order of the form.
    pub terms: Vec<Term>,
    /// What to do.
    pub help: Option<String>,
    /// Lines to paste into the file or other preformatted text, shown as they are.
    pub suggestion: Option<String>,
    /// Whether the suggestion is one line that takes the place of the line where `span` begins; else it stands below.
    pub replaces: bool,
    /// The remedy as changes of the file, where it is certain: it keeps every figure and the rest of the file to the
    /// byte. Empty where a person must decide.
    pub fix: Vec<Edit>,
    /// The legal or formal ground.
    pub basis: Option<String>,
    /// The reason of the waiver that accepts this finding.
    pub waived: Option<String>,
}

impl Diagnostic {
    /// Starts a finding with the parts that every one has.
    pub fn new(
        rule: &str,
        level: Level,
        message: impl Into<String>,
        path: impl Into<String>,
        span: impl Into<Option<Span>>,
    ) -> Self {
        Self {
            rule: rule.to_owned(),
            level,
            message: message.into(),
            path: path.into(),
            span: span.into(),
            label: String::new(),
            reported: None,
            computed: None,
            terms: Vec::new(),
            help: None,
            suggestion: None,
            replaces: false,
            fix: Vec::new(),
            basis: None,
            waived: None,
        }
    }

    /// Sets the text beside the caret.
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets what to do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets lines to paste below the place.
    pub fn with_suggestion(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// Sets the line that takes the place of the one where the finding begins.
    pub fn with_replacement(mut self, line: impl Into<String>) -> Self {
        self.suggestion = Some(line.into());
        self.replaces = true;
        self
    }

    /// Sets the legal or formal ground.
    pub fn with_basis(mut self, basis: impl Into<String>) -> Self {
        self.basis = Some(basis.into());
        self
    }

    /// Sets what stands there and what should.
    pub fn with_values(mut self, reported: impl Into<String>, computed: impl Into<String>) -> Self {
        self.reported = Some(reported.into());
        self.computed = Some(computed.into());
        self
    }

    /// The line where it stands, from 1.
    pub fn line(&self, source: &Source) -> Option<usize> {
        self.span.as_ref().map(|span| source.position(span.start).line)
    }

    /// Whether it counts: a waived finding does not.
    pub fn counts(&self) -> bool {
        self.waived.is_none()
    }
}

/// Numbers of findings that count, by level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Findings of level error.
    pub errors: usize,
    /// Findings of level warning.
    pub warnings: usize,
    /// Findings of level note.
    pub notes: usize,
}

impl Counts {
    /// Counts the findings that are not waived.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let of = |level| diagnostics.iter().filter(|d| d.counts() && d.level == level).count();
        Self { errors: of(Level::Error), warnings: of(Level::Warning), notes: of(Level::Note) }
    }
}

/// Whether some lines of the file could not be read: what it lacks then says nothing.
pub fn is_damaged(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.rule == "TOML")
}

/// Puts findings in the order of the file, those that stand nowhere first; those at one place keep the order in which rules ran.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|d| d.span.as_ref().map(|span| (span.start, span.end)));
}
