//! The words of a format (`words.toml`): what each says of the figures beside it.
//!
//! In: role → value → words. Out: for a place in a text, the longest word that starts there and its value. A word
//! has one meaning; two meanings are a mistake in the data. The words lie sorted, found by their first character, so
//! that making the lexicon costs a sort and reading a text one look for each character.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::text::pattern::PatternError;

/// What a word does in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    /// What is counted: 申请, 行政复议.
    Thing,
    /// That the text speaks of disclosure: 政府信息公开.
    Disclosure,
    /// What happened to it: 收到, 办结.
    Event,
    /// How an application or a case ended.
    Outcome,
    /// Who applied.
    Who,
    /// By which way it came.
    Channel,
    /// When: the report's year, another time.
    Time,
    /// Whose figures: the agency's own, the whole county's.
    Scope,
    /// Somebody else's business, or the same a second time: 指导, 重新.
    Others,
    /// Not as usual: 延期, 撤回.
    Late,
    /// What applications are about: 涉及.
    About,
    /// A comparison: 比, 较.
    Compare,
    /// A change: 增长, 下降.
    Trend,
    /// A part of what stands before: 其中; the opener of a list.
    Part,
    /// A list that is not complete: 主要有.
    Partial,
    /// A total: 共, 合计.
    Total,
    /// The rest of a complete list: 其他.
    Rest,
    /// Each of several: 各, 均为.
    Each,
    /// Names before, figures after, one to one: 分别为.
    Respective,
    /// What is taken off: 扣除.
    Without,
    /// What is over: 后.
    Back,
    /// More than is named: 等.
    Etc,
    /// None at all, in one word: 零申请.
    Zero,
    /// All are finished: 均已办结.
    Done,
    /// A share: 占比.
    Share,
    /// None: 没有, 未.
    Negation,
    /// Says nothing: 的, 了.
    Filler,
}

/// The data of one value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueData {
    /// The words, divided by spaces and lines.
    pub(crate) words: String,
    /// A thing that the form counts.
    #[serde(default)]
    pub(crate) form: bool,
    /// A thing that is a case, or the result of one.
    #[serde(default)]
    pub(crate) case: bool,
    /// A thing that is another one where that has been named.
    #[serde(default)]
    pub(crate) like: Option<String>,
    /// Fields that are about the thing unless a sentence says otherwise.
    #[serde(default)]
    pub(crate) fields: Vec<String>,
    /// An outcome whose word means other things too: counts only where nothing else could be meant.
    #[serde(default)]
    pub(crate) bare: bool,
    /// An outcome that may be several: sums of others.
    #[serde(default)]
    pub(crate) alternatives: Vec<String>,
    /// Columns of an applicant.
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    /// Another value that the word may mean as well.
    #[serde(default)]
    pub(crate) or: Option<String>,
}

/// The word lists as the format's data states them: role → value → words.
pub(crate) type WordData = BTreeMap<Role, BTreeMap<String, ValueData>>;

/// One value of a role.
#[derive(Debug)]
pub(crate) struct Value {
    /// Its role.
    pub(crate) role: Role,
    /// Its name in the data.
    pub(crate) name: String,
    /// What people call it: its first word.
    pub(crate) label: String,
    /// What the data says of it.
    pub(crate) data: ValueData,
}

/// The place of a value in the lexicon.
pub(crate) type ValueId = u16;

/// All words, ready for use.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    values: Vec<Value>,
    words: Vec<(String, ValueId)>,
    by_first: HashMap<char, std::ops::Range<usize>>,
    by_name: HashMap<Role, HashMap<String, ValueId>>,
    cases: Vec<ValueId>,
}

impl Lexicon {
    /// Sorts the words.
    ///
    /// # Errors
    /// A word stands twice.
    pub(crate) fn new(data: WordData) -> Result<Self, PatternError> {
        let mut lexicon = Self::default();
        for (role, values) in data {
            for (name, mut data) in values {
                let id = ValueId::try_from(lexicon.values.len())
                    .map_err(|_| PatternError("words: too many values".to_owned()))?;
                let words = std::mem::take(&mut data.words);
                lexicon.by_name.entry(role).or_default().insert(name.clone(), id);
                if role == Role::Thing && data.case {
                    lexicon.cases.push(id);
                }
                lexicon.words.extend(words.split_whitespace().map(|word| (word.to_owned(), id)));
                let label = words.split_whitespace().next().unwrap_or_default().to_owned();
                lexicon.values.push(Value { role, name, label, data });
            }
        }
        // Of words with one beginning the longest comes first: the first that fits is the longest.
        lexicon.words.sort_by(|(a, _), (b, _)| {
            let first = |word: &str| word.chars().next();
            (first(a), b.len(), a).cmp(&(first(b), a.len(), b))
        });
        if let Some([(word, a), (_, b)]) =
            lexicon.words.windows(2).find(|pair| pair[0].0 == pair[1].0)
        {
            let name = |id: ValueId| &lexicon.values[usize::from(id)].name;
            return Err(PatternError(format!("words: “{word}” is {} and {}", name(*a), name(*b))));
        }
        let mut from = 0;
        while from < lexicon.words.len() {
            let first = |at: usize| lexicon.words[at].0.chars().next();
            let to = (from..lexicon.words.len()).find(|&at| first(at) != first(from));
            let to = to.unwrap_or(lexicon.words.len());
            if let Some(char) = first(from) {
                lexicon.by_first.insert(char, from..to);
            }
            from = to;
        }
        Ok(lexicon)
    }

    /// The longest word with which a text starts: its length in bytes and its value.
    pub(crate) fn word(&self, text: &str) -> Option<(usize, ValueId)> {
        let range = self.by_first.get(&text.chars().next()?)?;
        let words = &self.words[range.clone()];
        let (word, id) = words.iter().find(|(word, _)| text.starts_with(word.as_str()))?;
        Some((word.len(), *id))
    }

    /// A value.
    pub(crate) fn value(&self, id: ValueId) -> &Value {
        &self.values[usize::from(id)]
    }

    /// The value of a role and name.
    pub(crate) fn find(&self, role: Role, name: &str) -> Option<ValueId> {
        self.by_name.get(&role)?.get(name).copied()
    }

    /// The things that are cases.
    pub(crate) fn cases(&self) -> &[ValueId] {
        &self.cases
    }

    /// All values.
    pub(crate) fn values(&self) -> impl Iterator<Item = (ValueId, &Value)> {
        self.values.iter().enumerate().filter_map(|(at, v)| Some((ValueId::try_from(at).ok()?, v)))
    }
}
