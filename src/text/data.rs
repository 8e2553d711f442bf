//! The rules about texts as a format's data states them.
//!
//! A format's `text_rules.toml`, laid over that of the format it extends, deserializes into [`RuleFile`].
//! Every rule has a `key`, by which a later format changes or removes it. [`super::Checker`] compiles the
//! result.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One `text_rules.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Word lists that patterns name as `{name}`.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// Figures of the form that claims are compared with.
    #[serde(default)]
    pub figures: BTreeMap<String, FigureData>,
    /// What texts talk about.
    #[serde(default)]
    pub topics: BTreeMap<String, TopicData>,
    /// How a sentence says which time and whose figures it means.
    #[serde(default)]
    pub context: Option<ContextData>,
    /// Level, messages and ground of each rule code.
    #[serde(default)]
    pub codes: BTreeMap<String, CodeData>,
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleData>,
}

/// A figure of the form, or a sum of several.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureData {
    /// What people call it.
    pub label: String,
    /// The expression.
    pub sum: String,
}

/// A thing that texts talk about.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicData {
    /// Words that name it.
    pub words: String,
    /// Words that name it in the fields below only.
    #[serde(default)]
    pub words_in_fields: Option<String>,
    /// Fields that are about it unless a sentence says otherwise.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Whether it is none of the form's: its figures are no claims.
    #[serde(default)]
    pub foreign: bool,
}

/// How a sentence says which time and whose figures it means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextData {
    /// The report's year without its number: 全年, 本年度.
    pub this_year: String,
    /// The year before: 上年, 去年.
    pub last_year: String,
    /// Words that look like a time and are none: 上年结转.
    pub timeless: String,
    /// A part of a year, or several years.
    pub other_time: String,
    /// A comparison with another time.
    pub comparison: String,
    /// A part of what was said before: 其中.
    pub part: String,
    /// For each scope of a report, how a text means it or another one.
    pub scopes: BTreeMap<String, ScopeData>,
}

impl ContextData {
    /// A format without such words.
    pub fn none() -> Self {
        let never = || r"[^\s\S]".to_owned();
        Self {
            this_year: never(),
            last_year: never(),
            timeless: never(),
            other_time: never(),
            comparison: never(),
            part: never(),
            scopes: BTreeMap::new(),
        }
    }
}

/// Words for what a table counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeData {
    /// Words that mean what the tables count.
    pub own: String,
    /// Words that mean something else.
    pub other: String,
}

/// Level, messages and ground of a rule code.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeData {
    /// `error`, `warning`, `note`.
    pub level: String,
    /// The rule in a few words.
    pub title: String,
    /// Headline, a template.
    pub message: String,
    /// What stands beside the caret, a template.
    #[serde(default)]
    pub label: Option<String>,
    /// What to do, a template.
    #[serde(default)]
    pub help: Option<String>,
    /// The ground.
    #[serde(default)]
    pub basis: Option<String>,
    /// What the rule checks.
    pub summary: String,
    /// For `explain`: an excerpt that fails.
    pub example: String,
    /// For `explain`: the same excerpt repaired.
    pub repair: String,
}

/// The closed set of rule kinds.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RuleData {
    /// A figure of a text against the form's figures.
    Claim(ClaimData),
    /// A total of a text against its items.
    Sum(SumData),
    /// A share in per cent against its two figures.
    Share(ShareData),
    /// A comparison with last year against both years' figures.
    Trend(TrendData),
    /// A year that must be the report's.
    Year(YearData),
    /// Names of the agency.
    Agency(AgencyData),
    /// Words that must not stand there.
    Wording(WordingData),
    /// Words that must stand somewhere.
    Required(RequiredData),
    /// A text that is too short.
    Length(LengthData),
    /// Numbers of a list.
    Enumeration(EnumerationData),
    /// Relations between figures.
    Compare(CompareData),
    /// A last day for the report's date.
    Deadline(DeadlineData),
    /// A text that is last year's.
    Similarity(SimilarityData),
}

impl RuleData {
    /// The name under which a later format changes it.
    pub fn key(&self) -> &str {
        self.head().key
    }

    /// Key, code and own messages.
    pub fn head(&self) -> Head<'_> {
        match self {
            Self::Claim(rule) => rule.head(),
            Self::Sum(rule) => rule.head(),
            Self::Share(rule) => rule.head(),
            Self::Trend(rule) => rule.head(),
            Self::Year(rule) => rule.head(),
            Self::Agency(rule) => rule.head(),
            Self::Wording(rule) => rule.head(),
            Self::Required(rule) => rule.head(),
            Self::Length(rule) => rule.head(),
            Self::Enumeration(rule) => rule.head(),
            Self::Compare(rule) => rule.head(),
            Self::Deadline(rule) => rule.head(),
            Self::Similarity(rule) => rule.head(),
        }
    }
}

/// What every rule has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// The name under which a later format changes it.
    pub key: &'a str,
    /// Rule code.
    pub code: &'a str,
    /// Replaces the code's headline.
    pub message: Option<&'a str>,
    /// Replaces the code's remedy.
    pub help: Option<&'a str>,
}

/// Declares the data of a rule kind: what every rule has and its own fields.
macro_rules! rule_data {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The name under which a later format changes it.
            pub key: String,
            /// Rule code.
            pub code: String,
            /// Replaces the code's headline.
            #[serde(default)]
            pub message: Option<String>,
            /// Replaces the code's remedy.
            #[serde(default)]
            pub help: Option<String>,
            $($body)*
        }

        impl $name {
            /// Key, code and own messages.
            pub fn head(&self) -> Head<'_> {
                Head {
                    key: &self.key,
                    code: &self.code,
                    message: self.message.as_deref(),
                    help: self.help.as_deref(),
                }
            }
        }
    };
}

fn all_fields() -> Vec<String> {
    vec!["*".to_owned()]
}

fn yes() -> bool {
    true
}

rule_data! {
    /// A figure of a text against the form's figures.
    pub struct ClaimData {
        /// What the figure is said to be.
        pub label: String,
        /// Patterns with one figure sign: the figure that is claimed.
        #[serde(default)]
        pub find: Vec<String>,
        /// Patterns without a figure that claim none at all.
        #[serde(default)]
        pub absent: Vec<String>,
        /// The topic that must be under discussion.
        #[serde(default)]
        pub topic: Option<String>,
        /// Patterns that, in the same part of the sentence, make it another figure.
        #[serde(default)]
        pub unless: Vec<String>,
        /// Pattern that, later in the sentence, makes it another figure.
        #[serde(default)]
        pub unless_later: Option<String>,
        /// Pattern that must stand before it in the sentence.
        #[serde(default)]
        pub needs: Option<String>,
        /// Names of figures; one of them must agree.
        #[serde(default)]
        pub equals: Vec<String>,
        /// Names of figures; all of them must agree.
        #[serde(default)]
        pub every: Vec<String>,
        /// Whether it may stand under 其中.
        #[serde(default = "yes")]
        pub part: bool,
        /// Measure words it may have; empty: the usual ones.
        #[serde(default)]
        pub units: Vec<String>,
        /// Fields it is looked for in.
        #[serde(default = "all_fields")]
        pub fields: Vec<String>,
        /// The name under which relations find the claimed figure, as `text.NAME`.
        #[serde(default)]
        pub export: Option<String>,
        /// Whether a comparison with last year may refer to it.
        #[serde(default)]
        pub trend: bool,
    }
}

rule_data! {
    /// A total of a text against its items.
    pub struct SumData {
        /// Words of a total.
        pub total: String,
        /// Words between a total and its items.
        pub breakdown: String,
        /// Which of these begin another division of the same total.
        pub sibling: String,
        /// Words after which items are surely all there.
        pub complete: String,
        /// Words of a total that stands after its items.
        pub closing: String,
        /// Words that say that a list is not complete.
        pub open: String,
        /// Words with which a list is over.
        pub apart: String,
        /// Words of a change: such a figure is no item.
        pub change: String,
        /// Lists of periods that make up the year.
        pub periods: Vec<Vec<String>>,
        /// Ways of division that may stand in one list, each with its words.
        pub divisions: Vec<String>,
        /// The share of the total, in per cent, from which a short list counts as meant to be complete.
        pub nearly: u32,
        /// The same, after a word of `complete`.
        pub nearly_complete: u32,
    }
}

rule_data! {
    /// A share in per cent against its two figures.
    pub struct ShareData {
        /// Patterns with the per cent sign: a share of a figure before, which the group may name.
        #[serde(default)]
        pub shares: Vec<String>,
        /// Names of the whole that any figure before may have.
        pub whole: String,
        /// Names of the form's figures that may be the whole as well.
        #[serde(default)]
        pub wholes: Vec<String>,
        /// Patterns with a group and the per cent sign: a rate of what the group names.
        #[serde(default)]
        pub stems: Vec<String>,
        /// Patterns that, in the same part of the sentence, make it another share.
        #[serde(default)]
        pub unless: Vec<String>,
        /// Patterns of rates of the form's figures.
        #[serde(default)]
        pub rates: Vec<RateData>,
    }
}

/// A rate that the form's figures give.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateData {
    /// Pattern with the per cent sign.
    pub find: String,
    /// Patterns that make it another rate.
    #[serde(default)]
    pub unless: Vec<String>,
    /// The topic that must be under discussion.
    pub topic: String,
    /// Pairs of names: part and whole; one must agree.
    pub ratios: Vec<(String, String)>,
}

rule_data! {
    /// A comparison with last year against both years' figures.
    pub struct TrendData {
        /// Words of growth before a figure.
        pub up: String,
        /// Words of decline before a figure.
        pub down: String,
        /// Words of equality.
        pub same: String,
        /// How messages say these.
        pub says: TrendWords,
        /// What is compared, when the sentence names it without a figure.
        #[serde(default)]
        pub subjects: Vec<TrendSubject>,
        /// What is compared with: must be last year.
        pub last_year: String,
        /// Comparisons with something else.
        pub unless: String,
    }
}

/// Words of growth, decline and equality.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrendWords {
    /// Growth.
    pub up: String,
    /// Decline.
    pub down: String,
    /// Equality.
    pub same: String,
}

/// A thing whose number is compared with last year's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrendSubject {
    /// Pattern of its name.
    pub find: String,
    /// The topic that must be under discussion.
    #[serde(default)]
    pub topic: Option<String>,
    /// Names of figures.
    pub equals: Vec<String>,
}

rule_data! {
    /// A year that must be the report's.
    pub struct YearData {
        /// Patterns over the plain view with `@` for the year; each `@` must be the report's.
        pub find: Vec<String>,
        /// Patterns that, in the same sentence, excuse another year.
        #[serde(default)]
        pub unless: Vec<String>,
        /// Fields it is looked for in.
        #[serde(default = "all_fields")]
        pub fields: Vec<String>,
    }
}

rule_data! {
    /// Names of the agency.
    pub struct AgencyData {
        /// Patterns with a group: the name as the report's own, which must be the full one.
        #[serde(default)]
        pub full: Vec<String>,
        /// Patterns with a group: a name that may be short but must be this agency's.
        #[serde(default)]
        pub any: Vec<String>,
        /// Pattern of a name: what does not end so is none.
        pub name: String,
        /// Names that every agency may use of itself.
        pub own: String,
        /// Words before a name that a pattern may have taken in.
        pub lead: String,
        /// Endings of names of places.
        pub places: String,
        /// Fields of the full names.
        #[serde(default = "all_fields")]
        pub fields: Vec<String>,
    }
}

rule_data! {
    /// Words that must not stand there.
    pub struct WordingData {
        /// Patterns over the plain view; a group narrows the place.
        pub find: Vec<String>,
        /// Patterns one of which must stand in the same sentence.
        #[serde(default)]
        pub near: Vec<String>,
        /// Patterns that, in the same sentence, excuse it.
        #[serde(default)]
        pub unless: Vec<String>,
        /// Texts that the group may be; numbers may be written in any way.
        #[serde(default)]
        pub allowed: Vec<String>,
        /// What should stand there; `$1` and the like are the pattern's groups.
        #[serde(default)]
        pub instead: Option<String>,
        /// Whether one finding stands for all of a field.
        #[serde(default)]
        pub once: bool,
        /// Fields it is looked for in.
        #[serde(default = "all_fields")]
        pub fields: Vec<String>,
    }
}

rule_data! {
    /// Words that must stand somewhere.
    pub struct RequiredData {
        /// What must be mentioned.
        pub items: Vec<RequiredItem>,
        /// Fields that may mention it.
        pub fields: Vec<String>,
        /// The field that the finding names.
        pub at: String,
        /// Kinds of agency it holds for; empty: all.
        #[serde(default)]
        pub kinds: Vec<String>,
        /// A figure that, when given, says it as well.
        #[serde(default)]
        pub or_figure: Option<String>,
    }
}

/// One thing that must be mentioned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredItem {
    /// What people call it.
    pub label: String,
    /// Pattern over the plain view.
    pub find: String,
}

rule_data! {
    /// A text that is too short.
    pub struct LengthData {
        /// Fields that must say something.
        pub fields: Vec<String>,
        /// The fewest letters and digits; punctuation and spaces do not count.
        pub least: usize,
    }
}

rule_data! {
    /// Numbers of a list.
    pub struct EnumerationData {
        /// Patterns over the plain view with a group: the number.
        pub find: Vec<String>,
        /// How a marker is written, for messages, with `{}` for the number.
        pub shape: String,
        /// Fields it is looked for in.
        #[serde(default = "all_fields")]
        pub fields: Vec<String>,
    }
}

rule_data! {
    /// Relations between figures.
    pub struct CompareData {
        /// Relations `EXPRESSION OP EXPRESSION`; when all hold, it is a finding.
        pub when: Vec<String>,
        /// The figure that the finding points at.
        pub at: String,
        /// The expression shown as what should stand there.
        #[serde(default)]
        pub computed: Option<String>,
    }
}

rule_data! {
    /// A last day for the report's date.
    pub struct DeadlineData {
        /// Kinds of agency it holds for.
        pub kinds: Vec<String>,
        /// Month of the year after the report's.
        pub month: u8,
        /// Day.
        pub day: u8,
    }
}

rule_data! {
    /// A text that is last year's.
    pub struct SimilarityData {
        /// Fields that are compared.
        pub fields: Vec<String>,
        /// The fewest characters a text must have.
        pub least: usize,
        /// From how many per cent of common text it is a finding.
        pub threshold: u32,
    }
}
