//! Workbooks: `.xlsx` and `.xls` through calamine, `.ods` by its own text, which calamine reads without merged cells.
//!
//! In: bytes. Out: a [`Draft`] with a grid for each table of each sheet that is shown. Figures are those that the sheet
//! stores, to the fifteen digits that a spreadsheet itself shows.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{Data, Dimensions, Reader as _, SheetVisible, Xls, Xlsx};

use super::draft::{Draft, Place, Remark};
use super::limits::{MOST_CELLS, MOST_PART, MOST_UNFOLDED};
use super::package::Package;
use super::refusal::Refusal;
use super::rows::{self, Plain};

/// Most sheets that are read.
const MOST_SHEETS: usize = 200;

/// Reads a workbook of Excel 2007 and later.
pub(super) fn read_xlsx(bytes: &[u8]) -> Result<Draft, Refusal> {
    guarded("xlsx", || xlsx(bytes))
}

/// Reads a workbook of Excel 97 to 2003.
pub(super) fn read_xls(bytes: &[u8]) -> Result<Draft, Refusal> {
    guarded("xls", || xls(bytes))
}

/// A fault of calamine in a torn file is the file's: in builds that check arithmetic, a merged region that ends before
/// it begins stops it (0.38, `get_dimension`).
fn guarded(kind: &str, read: impl FnOnce() -> Result<Draft, Refusal>) -> Result<Draft, Refusal> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result,
        Err(_) => Err(Refusal::torn(kind, "内容不合规范")),
    }
}

fn xlsx(bytes: &[u8]) -> Result<Draft, Refusal> {
    let mut package = Package::open(bytes, "xlsx")?;
    // calamine unfolds the shared texts whole: what the directory announces is bounded first.
    let announced = package.announced();
    if announced > MOST_UNFOLDED {
        return Err(Refusal::too_large(format!("文件解压后超过 {} MB", MOST_UNFOLDED >> 20)));
    }
    if let Some(shared) = package.part("xl/sharedStrings.xml")? {
        debug_assert!(shared.len() as u64 <= MOST_PART);
    }
    let torn = |cause: calamine::XlsxError| match cause {
        calamine::XlsxError::Password => Refusal::encrypted("xlsx"),
        cause => Refusal::torn("xlsx", cause),
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(torn)?;
    let mut draft = Draft::default();
    let mut count = 0usize;
    for (name, shown) in shown_sheets(book.sheets_metadata()) {
        if !shown {
            hidden(&mut draft, &name);
            continue;
        }
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let mut cells: Vec<(u32, u32, String)> = Vec::new();
        let mut reader = book.worksheet_cells_reader(&name).map_err(torn)?;
        while let Some(cell) = reader.next_cell().map_err(torn)? {
            count += 1;
            if count > MOST_CELLS {
                return Err(too_many());
            }
            let (row, column) = cell.get_position();
            cells.push((row, column, text(&Data::from(cell.get_value().clone()))));
        }
        drop(reader);
        let mut formulas: Vec<(u32, u32)> = Vec::new();
        if let Ok(mut reader) = book.worksheet_cells_reader(&name) {
            while let Ok(Some(cell)) = reader.next_formula() {
                formulas.push(cell.get_position());
                if formulas.len() > MOST_CELLS {
                    return Err(too_many());
                }
            }
        }
        for (row, column) in formulas {
            let at = cells.iter_mut().find(|cell| (cell.0, cell.1) == (row, column));
            let uncomputed = "=公式（没有存下结果）";
            match at {
                Some(cell) if cell.2.is_empty() => cell.2 = uncomputed.to_owned(),
                Some(_) => {}
                None => cells.push((row, column, uncomputed.to_owned())),
            }
        }
        add_sheet(&mut draft, &name, cells, &merged)?;
    }
    let has_pictures = ["xl/media/image1.png", "xl/media/image1.jpeg", "xl/media/image1.jpg"];
    if has_pictures.iter().any(|part| package.has(part)) {
        let message = "工作簿里有图片，没有读入；图片里的数和文字要对着原件填".to_owned();
        draft.remarks.push(Remark { message, place: Place::Whole, is_loss: true });
    }
    Ok(draft)
}

fn xls(bytes: &[u8]) -> Result<Draft, Refusal> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|cause| match cause {
        calamine::XlsError::Password => Refusal::encrypted("xls"),
        cause => Refusal::torn("xls", cause),
    })?;
    let mut draft = Draft::default();
    for (name, shown) in shown_sheets(book.sheets_metadata()) {
        if !shown {
            hidden(&mut draft, &name);
            continue;
        }
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let range = book.worksheet_range(&name).map_err(|cause| Refusal::torn("xls", cause))?;
        if range.used_cells().count() > MOST_CELLS {
            return Err(too_many());
        }
        let (top, left) = range.start().unwrap_or((0, 0));
        let cell = |(y, x, value): (usize, usize, &Data)| {
            let (y, x) = (u32::try_from(y).unwrap_or(0), u32::try_from(x).unwrap_or(0));
            (top + y, left + x, text(value))
        };
        let cells = range.used_cells().map(cell).collect();
        add_sheet(&mut draft, &name, cells, &merged)?;
    }
    Ok(draft)
}

fn too_many() -> Refusal {
    Refusal::too_large(format!("表格超过 {MOST_CELLS} 格"))
}

fn shown_sheets(sheets: &[calamine::Sheet]) -> Vec<(String, bool)> {
    let is_shown = |sheet: &calamine::Sheet| sheet.visible == SheetVisible::Visible;
    sheets.iter().take(MOST_SHEETS).map(|sheet| (sheet.name.clone(), is_shown(sheet))).collect()
}

fn hidden(draft: &mut Draft, name: &str) {
    let message = format!("工作表“{name}”是隐藏的，没有读入");
    draft.remarks.push(Remark { message, place: Place::Whole, is_loss: false });
}

/// What a cell shows.
fn text(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Float(number) => decimal(*number),
        Data::Int(number) => number.to_string(),
        Data::String(text) => text.clone(),
        Data::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year}年{month}月{day}日")
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
    }
}

/// A number to the fifteen digits that spreadsheets show: sums leave dust behind them.
#[allow(clippy::float_arithmetic)]
fn decimal(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let exact = format!("{number}");
    if exact.chars().filter(char::is_ascii_digit).count() <= 15 {
        return exact;
    }
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    format!("{rounded}")
}

fn add_sheet(
    draft: &mut Draft,
    name: &str,
    cells: Vec<(u32, u32, String)>,
    merged: &[Dimensions],
) -> Result<(), Refusal> {
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let span_of = |row: u32, column: u32| {
        let region = merged.iter().find(|region| region.start == (row, column));
        region.map_or((1, 1), |r| {
            // A region that ends before it begins covers nothing.
            let length = |from: u32, to: u32| size(to.saturating_sub(from)) + 1;
            (length(r.start.1, r.end.1), length(r.start.0, r.end.0))
        })
    };
    // Cells far out that hold nothing only carry a look.
    let cells = cells.into_iter().filter(|(_, _, text)| !text.trim().is_empty());
    let plain = cells.map(|(row, column, text)| {
        let (columns, rows) = span_of(row, column);
        Plain {
            x: size(column),
            y: size(row),
            columns: columns.min(512),
            rows: rows.min(20_000),
            text,
        }
    });
    let sheet: Arc<str> = Arc::from(name);
    let place = |row: usize, column: usize| Place::Sheet(Arc::clone(&sheet), row + 1, column + 1);
    draft.blocks.extend(rows::blocks(plain.collect(), &place)?);
    Ok(())
}
