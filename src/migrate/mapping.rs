//! `mapping.toml` as typed data: the steps from one format to another.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::format::{Catalog, Format};

use super::MigrateError;

/// One step from a format to another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) from: String,
    pub(super) to: String,
    #[serde(default)]
    pub(super) row: Vec<RowRule>,
    #[serde(default)]
    pub(super) sentence: Vec<SentenceRule>,
}

/// Where a row of the new format comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowRule {
    /// Path of the row in the new format.
    pub(super) key: String,
    /// Columns of the new row by figures of the old format.
    #[serde(default)]
    pub(super) take: BTreeMap<String, String>,
    /// Rows of the old format that it is the sum of.
    #[serde(default)]
    pub(super) sum: Vec<String>,
    /// The row of the old format of which it is a part.
    #[serde(default)]
    pub(super) split: Option<String>,
    /// Why a person is needed.
    #[serde(default)]
    pub(super) why: String,
}

/// Figures of a sentence that the new format asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SentenceRule {
    /// Path of the sentence.
    pub(super) key: String,
    /// Words by which the text tells it already.
    #[serde(default)]
    pub(super) unless: Vec<String>,
    /// Why a person is needed.
    #[serde(default)]
    pub(super) why: String,
}

impl Step {
    pub(super) fn rule(&self, row: &str) -> Option<&RowRule> {
        self.row.iter().find(|rule| rule.key == row)
    }
}

/// All steps that any format knows.
fn steps(catalog: &Catalog) -> Result<Vec<Step>, MigrateError> {
    let mut steps: Vec<Step> = Vec::new();
    for format in catalog.formats() {
        for value in format.mapping.values() {
            let step: Step = value.clone().try_into().map_err(|cause: toml::de::Error| {
                MigrateError::Mapping(format!("{}/mapping.toml", format.origin), cause.to_string())
            })?;
            // Later formats inherit the steps of earlier ones.
            if !steps.iter().any(|known| known.from == step.from && known.to == step.to) {
                steps.push(step);
            }
        }
    }
    Ok(steps)
}

/// The shortest way from a format to another.
pub(super) fn route(
    catalog: &Catalog,
    from: &Format,
    to: &Format,
) -> Result<Vec<Step>, MigrateError> {
    let steps = steps(catalog)?;
    let mut routes: Vec<Vec<Step>> = vec![Vec::new()];
    let mut reached = vec![from.id().to_owned()];
    while !routes.is_empty() {
        let mut longer = Vec::new();
        for route in &routes {
            let end = route.last().map_or(from.id(), |step| &step.to);
            for step in steps.iter().filter(|step| step.from == end) {
                if reached.contains(&step.to) || catalog.get(&step.to).is_none() {
                    continue;
                }
                reached.push(step.to.clone());
                let mut next = route.clone();
                next.push(step.clone());
                if step.to == to.id() {
                    return Ok(next);
                }
                longer.push(next);
            }
        }
        routes = longer;
    }
    Err(MigrateError::NoWay(from.id().to_owned(), to.id().to_owned()))
}

/// Figures of two formats that count the same: the sum of the first side is the sum of the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Paths of figures in the first format.
    pub first: Vec<String>,
    /// Paths of figures in the second format.
    pub second: Vec<String>,
}

/// The figures of two formats that correspond although their paths differ, by the mapping in either direction.
/// Formats that no single step connects have none.
pub fn links(catalog: &Catalog, first: &Format, second: &Format) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for step in steps(catalog).unwrap_or_default() {
        let forward = step.from == first.id() && step.to == second.id();
        let backward = step.from == second.id() && step.to == first.id();
        if !forward && !backward {
            continue;
        }
        let target = if forward { second } else { first };
        for (old, new) in step.row.iter().flat_map(|rule| counterparts(rule, target)) {
            let link = if forward {
                Link { first: old, second: new }
            } else {
                Link { first: new, second: old }
            };
            if !links.contains(&link) {
                links.push(link);
            }
        }
    }
    links
}

/// Pairs of figures of the old format and of the new one.
fn counterparts(rule: &RowRule, new: &Format) -> Vec<(Vec<String>, Vec<String>)> {
    let mut pairs = Vec::new();
    for (column, old) in &rule.take {
        let path =
            if column == "value" { rule.key.clone() } else { format!("{}.{column}", rule.key) };
        pairs.push((vec![old.clone()], vec![path]));
    }
    if !rule.sum.is_empty() {
        let cells = new.cells().iter().filter(|cell| cell.row_path == rule.key);
        for cell in cells {
            let column = cell.path.strip_prefix(&rule.key).unwrap_or("");
            let old = rule.sum.iter().map(|row| format!("{row}{column}")).collect();
            pairs.push((old, vec![cell.path.clone()]));
        }
    }
    pairs
}
