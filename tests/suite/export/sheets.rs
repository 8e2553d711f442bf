//! Workbooks and CSV: every figure as a number in its place, totals as formulas, texts as texts.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use nianbao::export::Kind;
use nianbao::verify::figures::table_figures;

use super::{Sample, hostile, unzipped};

fn workbook(sample: &Sample) -> Xlsx<Cursor<Vec<u8>>> {
    let bytes = sample.files(Kind::Xlsx).remove(0).bytes;
    Xlsx::new(Cursor::new(bytes)).expect("a workbook")
}

/// The figures of a report's tables, in the order of the form.
fn figures(sample: &Sample) -> Vec<String> {
    let report = sample.checked.report.as_ref().expect("a report");
    let format = sample.checked.format().expect("a format");
    table_figures(format).map(|index| report.figures[index].text.clone()).collect()
}

#[test]
fn a_workbook_has_every_figure_as_a_number_in_order() {
    for sample in Sample::all() {
        let mut workbook = workbook(&sample);
        let names = workbook.sheet_names();
        assert_eq!(names[..3], ["表二", "表三", "表四"], "{}", sample.name);
        let mut numbers = Vec::new();
        for name in &names[..3] {
            let range = workbook.worksheet_range(name).expect("a sheet");
            numbers.extend(range.cells().filter_map(|(_, _, cell)| match cell {
                Data::Float(value) => Some(value.to_string()),
                Data::Int(value) => Some(value.to_string()),
                _ => None,
            }));
        }
        let plain = |digits: &String| {
            let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
            match decimals.trim_end_matches('0') {
                "" => whole.to_owned(),
                decimals => format!("{whole}.{decimals}"),
            }
        };
        let wanted: Vec<String> = figures(&sample).iter().map(plain).collect();
        // An amount with its unit is a text.
        let is_number = |text: &&String| text.parse::<f64>().is_ok();
        assert_eq!(numbers, wanted.iter().filter(is_number).cloned().collect::<Vec<_>>());
    }
}

#[test]
fn totals_are_formulas_and_texts_never() {
    for sample in Sample::all() {
        let mut workbook = workbook(&sample);
        let formulas = workbook.worksheet_formula("表三").expect("formulas");
        let formulas: Vec<String> = formulas
            .cells()
            .map(|(_, _, formula)| formula.clone())
            .filter(|f| !f.is_empty())
            .collect();
        assert!(formulas.len() > 20, "{}: {}", sample.name, formulas.len());
        assert!(formulas.iter().all(|formula| formula.starts_with("SUM(")), "{formulas:?}");
    }
    let sample = hostile();
    let parts = unzipped(&sample.files(Kind::Xlsx).remove(0).bytes);
    let sheets = parts.iter().filter(|(name, _)| name.starts_with("xl/worksheets/"));
    for (_, bytes) in sheets {
        assert!(
            !String::from_utf8_lossy(bytes).contains("cmd"),
            "texts are in the table of strings"
        );
    }
}

#[test]
fn tables_as_csv_begin_with_a_mark_and_cannot_be_formulas() {
    for sample in Sample::all().into_iter().chain([hostile()]) {
        let files = sample.files(Kind::Csv);
        let names: Vec<&str> = files.iter().map(|file| file.ending.as_str()).collect();
        assert_eq!(names[..3], [".表二.csv", ".表三.csv", ".表四.csv"], "{}", sample.name);
        let mut printed = Vec::new();
        for file in &files {
            let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
            assert!(text.starts_with('\u{FEFF}') && text.ends_with("\r\n"));
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
            for record in reader.records() {
                for field in &record.expect("a record") {
                    let is_number = field.parse::<f64>().is_ok();
                    assert!(is_number || !field.starts_with(['=', '+', '-', '@', '\t']), "{field}");
                    printed.push(field.to_owned());
                }
            }
        }
        for figure in figures(&sample) {
            assert!(printed.contains(&figure), "{}: {figure}", sample.name);
        }
    }
}
