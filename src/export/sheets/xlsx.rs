//! All sheets as one workbook: figures are numbers, totals are formulas with their results stored, texts are never
//! formulas. The bytes depend on the report only.

use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};

use super::{Sheet, SheetCell};
use crate::document::Model;
use crate::number::Number;
use crate::report::Date;

/// Rows above a table: the report's title and the table's.
const ABOVE: u32 = 2;
/// Width of all columns together, in characters.
const WIDTH: f64 = 110.0;
/// The number of A4 among paper sizes.
const A4: u8 = 9;
/// From so many columns on a sheet is printed across.
const ACROSS: usize = 9;

/// Writes the workbook.
///
/// # Errors
/// When a text is longer than a cell can hold.
pub(crate) fn write(model: &Model, sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(model)?);
    for sheet in sheets {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&sheet.name)?;
        Page { worksheet, sheet }.write(model)?;
    }
    workbook.save_to_buffer()
}

fn properties(model: &Model) -> Result<DocProperties, XlsxError> {
    let Date { year, month, day } = model.date;
    let properties = DocProperties::new()
        .set_title(&model.title)
        .set_author(&model.agency)
        .set_company(&model.agency)
        .set_keywords(model.keywords.join("；"))
        .set_comment(&model.description);
    let year = u16::try_from(year).unwrap_or(1900).max(1900);
    Ok(properties.set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?))
}

struct Page<'a> {
    worksheet: &'a mut Worksheet,
    sheet: &'a Sheet,
}

impl Page<'_> {
    fn write(mut self, model: &Model) -> Result<(), XlsxError> {
        let last = column(self.sheet.columns.len().saturating_sub(1));
        let title = Format::new().set_bold().set_align(FormatAlign::Center).set_text_wrap();
        for (row, text) in [&model.title, &self.sheet.title].into_iter().enumerate() {
            self.merged((index(row), 0), (index(row), last), text, &title)?;
        }
        for cell in &self.sheet.cells {
            self.cell(cell)?;
        }
        for (number, note) in self.sheet.notes.iter().enumerate() {
            // A line is left free: what stands right under a table reads as a part of it.
            let row = ABOVE + index(self.sheet.rows + 1 + number);
            self.worksheet.write_string(row, 0, note)?;
        }
        self.page()
    }

    fn cell(&mut self, cell: &SheetCell) -> Result<(), XlsxError> {
        let (row, first) = (ABOVE + index(cell.y), column(cell.x));
        let (bottom, right) = (
            row + index(cell.rowspan.saturating_sub(1)),
            first + column(cell.colspan.saturating_sub(1)),
        );
        let number = cell.number();
        let look = look(number.as_ref());
        if (bottom, right) != (row, first) {
            self.worksheet.merge_range(row, first, bottom, right, "", &look)?;
        }
        match number.as_ref().and_then(exact) {
            Some(value) if cell.terms.is_empty() => {
                self.worksheet.write_number_with_format(row, first, value, &look)?
            }
            Some(_) => {
                let sum = Formula::new(format!("=SUM({})", ranges(&cell.terms)));
                let sum = sum.set_result(&cell.text);
                self.worksheet.write_formula_with_format(row, first, sum, &look)?
            }
            None => self.worksheet.write_string_with_format(row, first, &cell.text, &look)?,
        };
        Ok(())
    }

    /// A text over several places, or over one.
    fn merged(
        &mut self,
        (top, left): (u32, u16),
        (bottom, right): (u32, u16),
        text: &str,
        look: &Format,
    ) -> Result<(), XlsxError> {
        if (top, left) == (bottom, right) {
            self.worksheet.write_string_with_format(top, left, text, look)?;
        } else {
            self.worksheet.merge_range(top, left, bottom, right, text, look)?;
        }
        Ok(())
    }

    fn page(&mut self) -> Result<(), XlsxError> {
        let all: f64 = self.sheet.columns.iter().sum();
        for (x, share) in self.sheet.columns.iter().enumerate() {
            self.worksheet.set_column_width(column(x), WIDTH * share / all)?;
        }
        self.worksheet.set_paper_size(A4);
        self.worksheet.set_print_fit_to_pages(1, 0);
        if self.sheet.columns.len() >= ACROSS {
            self.worksheet.set_landscape();
        }
        Ok(())
    }
}

/// How a cell looks: ruled, centred; a figure with the decimals that it was written with.
fn look(number: Option<&Number>) -> Format {
    let look = Format::new()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap();
    let Some(number) = number else { return look };
    let decimals = number.digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    match decimals {
        0 => look.set_num_format("0"),
        _ => look.set_num_format(format!("0.{}", "0".repeat(decimals))),
    }
}

/// The number as spreadsheets keep it, when that loses no digit; else it must be a text.
fn exact(number: &Number) -> Option<f64> {
    let value = number.value.to_f64()?;
    let back: rust_decimal::Decimal = value.to_string().parse().ok()?;
    (back == number.value).then_some(value)
}

/// Places as a list of ranges, as `D6:I6`.
fn ranges(places: &[(usize, usize)]) -> String {
    let mut ranges: Vec<((usize, usize), (usize, usize))> = Vec::new();
    for &(x, y) in places {
        match ranges.last_mut() {
            Some((from, to)) if from.1 == to.1 && to.1 == y && to.0 + 1 == x => *to = (x, y),
            Some((from, to)) if from.0 == to.0 && to.0 == x && to.1 + 1 == y => *to = (x, y),
            _ => ranges.push(((x, y), (x, y))),
        }
    }
    let name = |(x, y): (usize, usize)| {
        rust_xlsxwriter::utility::row_col_to_cell(ABOVE + index(y), column(x))
    };
    let ranges: Vec<String> = ranges
        .into_iter()
        .map(
            |(from, to)| {
                if from == to { name(from) } else { format!("{}:{}", name(from), name(to)) }
            },
        )
        .collect();
    ranges.join(",")
}

/// Rows and columns of forms are few; the writer refuses what a workbook cannot hold.
fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_side_by_side_are_one_range() {
        assert_eq!(ranges(&[(3, 1), (4, 1), (5, 1)]), "D4:F4");
        assert_eq!(ranges(&[(3, 1), (3, 2), (3, 4)]), "D4:D5,D7");
    }

    #[test]
    fn a_number_with_too_many_digits_is_no_number_of_a_spreadsheet() {
        let number = |text: &str| Number::parse(text).expect("a number");
        assert_eq!(exact(&number("595.353309")), Some(595.353309));
        assert_eq!(exact(&number("24.80")), Some(24.8));
        assert_eq!(exact(&number("1234567890123456.78")), None);
    }
}
