//! The pages that look different, side by side.

use std::sync::{Arc, LazyLock};

use serde_json::json;

use super::paper::fonts;
use crate::export;
use crate::generator::{Failure, Generator, Typeset};
use crate::world::{Layout, Project};

static LAYOUT: LazyLock<Arc<Layout>> = LazyLock::new(|| {
    let layout = Layout::new([("main.typ".to_owned(), include_str!("pages.typ").to_owned())]);
    Arc::new(layout.expect("one file with a valid path"))
});

/// Pixels per point of the pictures: 108 to an inch.
const DENSITY: f32 = 1.5;

/// A page that looks different.
#[derive(Debug, Clone)]
pub struct PagePair {
    /// Page number, from 1.
    pub number: usize,
    /// Both pages side by side, as PNG.
    pub png: Vec<u8>,
}

/// Draws the pages of two reports that do not look the same.
///
/// # Errors
/// When a page cannot be drawn.
pub fn pages(
    generator: &Generator,
    names: [&str; 2],
    first: &Typeset,
    second: &Typeset,
) -> Result<Vec<PagePair>, Failure> {
    let mut pairs = Vec::new();
    for page in 0..first.page_count().max(second.page_count()) {
        let draw = |typeset: &Typeset| -> Result<Option<Vec<u8>>, Failure> {
            (page < typeset.page_count()).then(|| typeset.png(page, DENSITY)).transpose()
        };
        let (left, right) = (draw(first)?, draw(second)?);
        if left != right {
            let png = beside(generator, names, page + 1, left, right)?;
            pairs.push(PagePair { number: page + 1, png });
        }
    }
    Ok(pairs)
}

fn beside(
    generator: &Generator,
    names: [&str; 2],
    number: usize,
    left: Option<Vec<u8>>,
    right: Option<Vec<u8>>,
) -> Result<Vec<u8>, Failure> {
    let file = |at: usize, there: bool| there.then(|| format!("pictures/{at}.png"));
    let data = json!({
        "fonts": fonts(generator),
        "number": number,
        "sides": [
            {"name": names[0], "file": file(0, left.is_some())},
            {"name": names[1], "file": file(1, right.is_some())},
        ],
    });
    let data = serde_json::to_vec(&data).map_err(|error| Failure(error.to_string()))?;
    let mut project = Project::new(LAYOUT.clone(), data);
    for (name, picture) in [("0.png", left), ("1.png", right)] {
        if let Some(bytes) = picture {
            project.add_picture(name, bytes).map_err(|error| Failure(error.to_string()))?;
        }
    }
    let document = generator.typeset_project(&project)?;
    export::png(&document, 0, DENSITY).map_err(|error| Failure(error.to_string()))
}
