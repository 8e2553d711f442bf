//! OpenDocument sheets: cells as shown, merged ones included.

use std::sync::Arc;

use super::draft::{Draft, Place};
use super::limits::{MOST_CELLS, MOST_COLUMNS, MOST_ROWS};
use super::package::Package;
use super::refusal::Refusal;
use super::rows::{self, Plain};
use super::xml::{Element, Step, Walk, text_of};

const KIND: &str = "ods";

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Draft, Refusal> {
    let mut package = Package::open(bytes, KIND)?;
    if let Some(manifest) = package.part("META-INF/manifest.xml")?
        && manifest.windows(15).any(|window| window == b"encryption-data")
    {
        return Err(Refusal::encrypted(KIND));
    }
    let Some(content) = package.part("content.xml")? else {
        return Err(Refusal::torn(KIND, "缺少 content.xml"));
    };
    let text = text_of(&content);
    let mut walk = Walk::new(&text, KIND);
    let mut draft = Draft::default();
    let mut left = MOST_CELLS;
    loop {
        match walk.next()? {
            Step::Open(element) if element.name == "table" => {
                let name: Arc<str> = Arc::from(element.get("name").unwrap_or("表"));
                let cells = sheet(&mut walk, &mut left)?;
                let place = |y: usize, x: usize| Place::Sheet(Arc::clone(&name), y + 1, x + 1);
                draft.blocks.extend(rows::blocks(cells, &place)?);
            }
            Step::End => return Ok(draft),
            _ => {}
        }
    }
}

fn sheet(walk: &mut Walk, left: &mut usize) -> Result<Vec<Plain>, Refusal> {
    let mut cells: Vec<Plain> = Vec::new();
    let (mut x, mut y, mut repeat) = (0usize, 0usize, 1usize);
    let mut open = 0usize;
    loop {
        match walk.next()? {
            Step::Open(element) => match element.name.as_str() {
                "table-row" => {
                    repeat = element.count("number-rows-repeated", 1).clamp(1, 1 << 21);
                    x = 0;
                    open += 1;
                }
                "table-cell" | "covered-table-cell" => {
                    let times = element.count("number-columns-repeated", 1).clamp(1, 1 << 15);
                    let cell = cell(walk, &element)?;
                    // Repeated blanks fill the sheet to its edge; repeated text does not.
                    if !cell.text.trim().is_empty() && element.name == "table-cell" {
                        let rows = repeat.min(MOST_ROWS);
                        let columns = times.min(MOST_COLUMNS);
                        *left = left.checked_sub(rows * columns).ok_or_else(|| {
                            Refusal::too_large(format!("表格超过 {MOST_CELLS} 格"))
                        })?;
                        for y in y..y + rows {
                            for x in x..x + columns {
                                cells.push(Plain { x, y, ..cell.clone() });
                            }
                        }
                    }
                    x += times;
                }
                _ => open += 1,
            },
            Step::Close if open == 0 => return Ok(cells),
            Step::Close => {
                open -= 1;
                if open == 0 && x > 0 {
                    y += repeat;
                    x = 0;
                    repeat = 1;
                }
            }
            Step::Text(_) => {}
            Step::End => return Ok(cells),
        }
    }
}

fn cell(walk: &mut Walk, element: &Element) -> Result<Plain, Refusal> {
    let mut text = String::new();
    let mut open = 0usize;
    loop {
        match walk.next()? {
            Step::Open(inner) => match inner.name.as_str() {
                "annotation" => walk.skip()?,
                name => {
                    match name {
                        "p" if !text.is_empty() => text.push('\n'),
                        "s" => text.push_str(&" ".repeat(inner.count("c", 1).min(64))),
                        "tab" => text.push('\t'),
                        "line-break" => text.push('\n'),
                        _ => {}
                    }
                    open += 1;
                }
            },
            Step::Text(piece) if open > 0 => text.push_str(&piece),
            Step::Text(_) => {}
            Step::Close if open == 0 => break,
            Step::Close => open -= 1,
            Step::End => break,
        }
    }
    // The value is exact where the text is rounded for the eye.
    let exact = matches!(element.get("value-type"), Some("float"));
    if exact && let Some(value) = element.get("value") {
        text = value.to_owned();
    }
    Ok(Plain {
        x: 0,
        y: 0,
        columns: element.count("number-columns-spanned", 1).clamp(1, MOST_COLUMNS),
        rows: element.count("number-rows-spanned", 1).clamp(1, MOST_ROWS),
        text,
    })
}
