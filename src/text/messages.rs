//! The sentences that people read, as templates of the format's data.
//!
//! In: codes and rules with their templates. Out: rendered headline and remedy of a finding. A template
//! that names an unknown value is an error when the format is loaded or, at the latest, when rendered.

use std::collections::BTreeMap;

use minijinja::value::Value;
use minijinja::{Environment, UndefinedBehavior};

use super::data::{CodeData, Head};
use super::finding::{Finding, Operand, Place};
use super::pattern::PatternError;

/// Levels, templates and grounds of all codes.
#[derive(Debug)]
pub struct Messages {
    environment: Environment<'static>,
    codes: BTreeMap<String, CodeData>,
}

/// What a rule found, before it is put into words.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Where.
    pub place: Place,
    /// What stands there.
    pub reported: Option<String>,
    /// What should.
    pub computed: Option<String>,
    /// The form's figures.
    pub operands: Vec<Operand>,
    /// Further values for the templates.
    pub values: BTreeMap<&'static str, Value>,
}

impl Draft {
    /// Starts a draft.
    pub fn new(place: Place) -> Self {
        Self {
            place,
            reported: None,
            computed: None,
            operands: Vec::new(),
            values: BTreeMap::new(),
        }
    }

    /// Adds a value for the templates.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.insert(name, value.into());
        self
    }
}

impl Messages {
    /// Compiles all templates.
    ///
    /// # Errors
    /// A template cannot be read, or a rule has a code that the data does not describe.
    pub(crate) fn new<'a>(
        codes: BTreeMap<String, CodeData>,
        heads: impl Iterator<Item = &'a Head>,
    ) -> Result<Self, PatternError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut add = |name: String, source: &str| {
            environment
                .add_template_owned(name.clone(), source.to_owned())
                .map_err(|e| PatternError(format!("{name}: {e}")))
        };
        for (code, data) in &codes {
            add(format!("{code}/message"), &data.message)?;
            for (part, source) in [("label", &data.label), ("help", &data.help)] {
                if let Some(source) = source {
                    add(format!("{code}/{part}"), source)?;
                }
            }
        }
        for head in heads {
            if !codes.contains_key(&head.code) {
                return Err(PatternError(format!("{}: no code `{}`", head.key, head.code)));
            }
            if let Some(message) = &head.message {
                add(format!("{}/{}/message", head.code, head.key), message)?;
            }
            if let Some(help) = &head.help {
                add(format!("{}/{}/help", head.code, head.key), help)?;
            }
        }
        Ok(Self { environment, codes })
    }

    /// The codes and what is said about them.
    pub fn codes(&self) -> &BTreeMap<String, CodeData> {
        &self.codes
    }

    /// Puts a draft into words.
    pub(crate) fn finding(&self, head: &Head, draft: Draft) -> Finding {
        let Draft { place, reported, computed, operands, values } = draft;
        let mut context: BTreeMap<&str, Value> = values.into_iter().collect();
        context.insert("reported", reported.clone().unwrap_or_default().into());
        context.insert("computed", computed.clone().unwrap_or_default().into());
        let data = self.codes.get(&head.code);
        Finding {
            code: head.code.clone(),
            level: data.map(|data| data.level.clone()).unwrap_or_default(),
            place,
            message: self.render(head, "message", &context).unwrap_or_default(),
            label: self.render(head, "label", &context).unwrap_or_default(),
            help: self.render(head, "help", &context),
            basis: data.and_then(|data| data.basis.clone()),
            reported,
            computed,
            operands,
        }
    }

    fn render(&self, head: &Head, part: &str, context: &BTreeMap<&str, Value>) -> Option<String> {
        let own = format!("{}/{}/{part}", head.code, head.key);
        let template = self
            .environment
            .get_template(&own)
            .or_else(|_| self.environment.get_template(&format!("{}/{part}", head.code)))
            .ok()?;
        Some(template.render(context).unwrap_or_else(|error| error.to_string()))
    }
}
