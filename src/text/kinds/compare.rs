//! Relations between figures of the form and of the text.

use std::collections::BTreeMap;

use minijinja::value::Value;
use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::expression::Expression;
use crate::text::finding::{Operand, Origin, Place};
use crate::text::messages::Draft;
use crate::text::pattern::PatternError;
use crate::text::relation::Relation;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Relations `EXPRESSION OP EXPRESSION`; when all hold, it is a finding.
    when: Vec<String>,
    /// The figure that the finding points at.
    at: String,
    /// The expression shown as what should stand there.
    #[serde(default)]
    computed: Option<String>,
}

#[derive(Debug)]
struct Compare {
    head: Head,
    at: String,
    when: Vec<Relation>,
    computed: Option<Expression>,
}

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, Data) = read(data)?;
    let when = data.when.iter().map(|text| Relation::parse(text)).collect::<Result<_, _>>()?;
    let computed =
        data.computed.as_deref().map(Expression::parse).transpose().map_err(PatternError)?;
    Ok(Box::new(Compare { head, at: data.at, when, computed }))
}

impl Check for Compare {
    fn head(&self) -> &Head {
        &self.head
    }

    fn whole(&self, _: &[Page<'_>], desk: &mut Desk<'_>) {
        let Some(draft) = self.draft(desk) else { return };
        let code = &self.head.code;
        let known = desk.findings.iter().any(|f| f.code == *code && f.place == draft.place);
        if !known {
            desk.report(&self.head, draft);
        }
    }
}

impl Compare {
    fn draft(&self, desk: &Desk<'_>) -> Option<Draft> {
        let find = |path: &str, origin: Origin| match (path.strip_prefix("text."), origin) {
            (Some(name), _) => desk.exported.get(name).map(|figure| figure.value),
            (None, Origin::Report) => desk.subject.facts.figure(path),
            (None, Origin::Previous) => desk.subject.facts.previous(path),
        };
        let mut operands: Vec<Operand> = Vec::new();
        for relation in &self.when {
            let (left, right) = relation.holds(&find)?;
            for operand in left.operands.into_iter().chain(right.operands) {
                if !operands.contains(&operand) {
                    operands.push(operand);
                }
            }
        }
        let place = match self.at.strip_prefix("text.") {
            Some(name) => desk.exported.get(name)?.place.clone(),
            None => Place::Value { path: self.at.clone() },
        };
        let value =
            |path: &str, origin| find(path, origin).map(|value| value.normalize().to_string());
        let shown: BTreeMap<String, String> = operands
            .iter()
            .map(|operand| {
                let name = operand.path.replace('.', "_");
                let prefix = if operand.origin == Origin::Previous { "previous_" } else { "" };
                (format!("{prefix}{name}"), operand.value.normalize().to_string())
            })
            .collect();
        let mut draft = Draft::new(place).with("figures", Value::from(shown));
        draft.reported = value(&self.at, Origin::Report);
        if let Some(computed) = &self.computed {
            draft.computed = Some(computed.evaluate_with(&find)?.value.normalize().to_string());
        }
        operands.retain(|operand| !operand.path.starts_with("text."));
        draft.operands = operands;
        Some(draft)
    }
}
