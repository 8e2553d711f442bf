//! Text files and comma-separated values: lines with tabs or bars are tables, the others text.

use encoding_rs::GB18030;

use super::draft::{Block, Cell, Draft, Grid, Paragraph, Place};
use super::limits::{MOST_CELLS, MOST_CHARACTERS, MOST_COLUMNS};
use super::refusal::Refusal;
use super::rows::{self, Plain};
use super::texts::join::{append, goes_on};

/// Reads bytes as text: by their mark, as UTF-8, else as GB 18030, which holds all that Chinese offices write.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0.into_owned(),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                let (text, _, has_errors) = GB18030.decode(bytes);
                if has_errors || bytes.contains(&0) {
                    return Err(Refusal::new(
                        "这个文件不是文字（不是 UTF-8，也不是 GB18030）",
                        "请核对扩展名，或者另存为 UTF-8 再试",
                    ));
                }
                text.into_owned()
            }
        },
    };
    if text.len() > MOST_CHARACTERS * 3 {
        return Err(Refusal::too_large("文字太多".to_owned()));
    }
    Ok(text)
}

/// Reads a `.csv`.
pub(super) fn read_csv(bytes: &[u8]) -> Result<Draft, Refusal> {
    let text = decode(bytes)?;
    let delimiter = delimiter(&text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut cells: Vec<Plain> = Vec::new();
    for (y, record) in reader.records().enumerate() {
        let record = record.map_err(|cause| Refusal::torn("csv", cause))?;
        if record.len() > MOST_COLUMNS || cells.len() + record.len() > MOST_CELLS {
            return Err(Refusal::too_large(format!("表格超过 {MOST_CELLS} 格")));
        }
        for (x, text) in record.iter().enumerate() {
            cells.push(Plain { x, y, columns: 1, rows: 1, text: text.to_owned() });
        }
    }
    let place = |row: usize, column: usize| Place::Cell(1, row + 1, column + 1);
    Ok(Draft { blocks: rows::blocks(cells, &place)?, ..Draft::default() })
}

fn delimiter(text: &str) -> u8 {
    let head: String = text.lines().take(20).collect();
    let count = |c: char| head.matches(c).count();
    [(count('\t'), b'\t'), (count(';'), b';')]
        .into_iter()
        .find(|(number, _)| *number > count(','))
        .map_or(b',', |(_, delimiter)| delimiter)
}

/// Reads a `.txt`.
pub(super) fn read_txt(bytes: &[u8]) -> Result<Draft, Refusal> {
    let text = decode(bytes)?;
    let lines: Vec<&str> = text.lines().collect();
    let mut draft = Draft::default();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let with = |sign: char| {
            let is_row = |line: &&&str| line.contains(sign) && !line.trim().is_empty();
            let blank = |line: &str| line.trim().is_empty();
            let mut end = at;
            while end < lines.len() && (is_row(&&lines[end]) || blank(lines[end])) {
                end += 1;
            }
            while end > at && blank(lines[end - 1]) {
                end -= 1;
            }
            end
        };
        if line.contains('\t') && !line.trim().is_empty() {
            let end = with('\t');
            draft.blocks.extend(tabbed(&lines[at..end], at)?);
            at = end;
        } else if line.contains('|') {
            let end = with('|');
            draft.blocks.extend(barred(&lines[at..end], at)?);
            at = end;
        } else {
            if !line.trim().is_empty() {
                text_line(&mut draft, line, at);
            }
            at += 1;
        }
    }
    Ok(draft)
}

/// A line of text: one that the copy broke goes behind the one before.
fn text_line(draft: &mut Draft, line: &str, at: usize) {
    let next = Paragraph::plain(line.trim(), Place::Line(at + 1));
    if let Some(Block::Paragraph(last)) = draft.blocks.last_mut()
        && goes_on(&last.text(), line)
        && (last.text().chars().count() > 20 || last.text().ends_with(['，', '、', ',']))
        && !last.text().ends_with("报告")
    {
        append(last, next);
        return;
    }
    draft.blocks.push(Block::Paragraph(next));
}

fn tabbed(lines: &[&str], first: usize) -> Result<Vec<Block>, Refusal> {
    let mut cells: Vec<Plain> = Vec::new();
    for (y, line) in lines.iter().enumerate() {
        for (x, text) in line.split('\t').enumerate() {
            if x > MOST_COLUMNS || cells.len() > MOST_CELLS {
                return Err(Refusal::too_large(format!("表格超过 {MOST_CELLS} 格")));
            }
            cells.push(Plain { x, y, columns: 1, rows: 1, text: text.trim().to_owned() });
        }
    }
    rows::blocks(cells, &|row, _| Place::Line(first + row + 1))
}

/// Tables with bars: a row a line, or, as copies of web pages have them, a cell a line with as many bars in each row
/// as the table has columns.
fn barred(lines: &[&str], first: usize) -> Result<Vec<Block>, Refusal> {
    let said: Vec<(usize, &str)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(y, l)| (y, *l))
        .collect();
    let single = said.iter().filter(|(_, line)| line.matches('|').count() == 1).count();
    if single * 2 < said.len() {
        return piped(&said, first);
    }
    let mut pieces: Vec<(usize, String)> = Vec::new();
    let mut width = 0;
    for (y, line) in &said {
        let bars = line.matches('|').count();
        if width == 0 && bars > 1 {
            width = pieces.len() + bars;
        }
        pieces.extend(line.split('|').take(bars).map(|text| (*y, text.trim().to_owned())));
    }
    if width == 0 {
        width = pieces.len();
    }
    let mut cells: Vec<Cell> = Vec::new();
    for (row, pieces) in pieces.chunks(width.max(1)).enumerate() {
        // Dropped columns stand as blanks at the end of a row.
        let end = pieces.iter().rposition(|(_, text)| !text.is_empty()).map_or(0, |at| at + 1);
        for (x, (y, text)) in pieces[..end].iter().enumerate() {
            let place = Place::Line(first + y + 1);
            cells.push(Cell {
                x,
                y: row,
                columns: 1,
                rows: 1,
                text: text.clone(),
                place,
                ..Cell::default()
            });
        }
    }
    let mut grid = Grid::of(cells, false)?;
    grid.is_collapsed = true;
    Ok(vec![Block::Grid(grid)])
}

/// A pipe table: a row a line; the line of dashes is no row.
fn piped(lines: &[(usize, &str)], first: usize) -> Result<Vec<Block>, Refusal> {
    let mut cells: Vec<Plain> = Vec::new();
    for (y, line) in lines {
        let line = line.trim();
        if line.chars().all(|c| "|-: ".contains(c)) {
            continue;
        }
        let inner = line.strip_prefix('|').unwrap_or(line);
        let inner = inner.strip_suffix('|').unwrap_or(inner);
        for (x, text) in inner.split('|').enumerate() {
            if x > MOST_COLUMNS || cells.len() > MOST_CELLS {
                return Err(Refusal::too_large(format!("表格超过 {MOST_CELLS} 格")));
            }
            cells.push(Plain { x, y: *y, columns: 1, rows: 1, text: text.trim().to_owned() });
        }
    }
    rows::blocks(cells, &|row, _| Place::Line(first + row + 1))
}
