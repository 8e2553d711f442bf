//! The comparison as a PDF, set by a layout of its own.

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use super::{Comparison, show};
use crate::export::{self, Identity, Standards};
use crate::fonts::Role;
use crate::generator::{Failure, Generator};
use crate::report::Date;
use crate::world::{Layout, Project};

static LAYOUT: LazyLock<Arc<Layout>> = LazyLock::new(|| {
    let layout = Layout::new([("main.typ".to_owned(), include_str!("comparison.typ").to_owned())]);
    Arc::new(layout.expect("one file with a valid path"))
});

/// Sets a comparison as PDF.
///
/// # Errors
/// When the layout fails or a name holds a character that no font has.
pub fn pdf(
    generator: &Generator,
    comparison: &Comparison,
    standards: &Standards,
) -> Result<Vec<u8>, Failure> {
    let data = serde_json::to_vec(&model(generator, comparison))
        .map_err(|error| Failure(error.to_string()))?;
    let project = Project::new(LAYOUT.clone(), data);
    let document = generator.typeset_project(&project)?;
    let [_, second] = &comparison.sides;
    let year = second.year.unwrap_or_default();
    let identity = Identity {
        agency: second.agency.clone(),
        year,
        date: Date { year: year.max(1) + 1, month: 1, day: 1 },
    };
    export::pdf(&document, &identity, standards).map_err(|error| Failure(error.to_string()))
}

fn model(generator: &Generator, comparison: &Comparison) -> Value {
    let tables: Vec<Value> = comparison
        .tables
        .iter()
        .map(|table| {
            let rows: Vec<Value> = table
                .figures
                .iter()
                .map(|figure| {
                    json!([
                        figure.label,
                        figure.values[0].as_deref().unwrap_or("（空）"),
                        figure.values[1].as_deref().unwrap_or("（空）"),
                        show::signed(figure),
                        show::percent(figure),
                    ])
                })
                .collect();
            json!({"title": table.title, "rows": rows})
        })
        .collect();
    let alone: Vec<Value> = comparison
        .alone
        .iter()
        .map(|lone| lone.iter().map(|figure| json!([figure.label, figure.value])).collect())
        .collect();
    let sides: Vec<Value> = comparison
        .sides
        .iter()
        .map(|side| json!({"name": side.name, "about": show::about(side)}))
        .collect();
    let texts: Vec<&str> = comparison.texts.iter().map(|(_, label)| label.as_str()).collect();
    json!({
        "fonts": fonts(generator),
        "sides": sides,
        "tables": tables,
        "alone": alone,
        "texts": texts,
        "count": comparison.count(),
        "same": comparison.same,
    })
}

/// Families by role, Latin letters first.
pub(super) fn fonts(generator: &Generator) -> Value {
    let chain = |role: Role| -> Vec<&String> {
        let fonts = generator.fonts();
        fonts.families(Role::Latin).iter().chain(fonts.families(role)).collect()
    };
    json!({"title": chain(Role::Heiti), "body": chain(Role::Songti)})
}
