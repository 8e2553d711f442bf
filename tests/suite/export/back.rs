//! What goes out comes in again, and whoever changes a word, a label or a figure of it is found out.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::PathBuf;

use nianbao::export::Kind;
use nianbao::import;
use nianbao::verify::figures::table_figures;
use nianbao::verify::office;

use super::{Sample, unzipped};
use crate::factory;
use crate::paper::input;
use crate::support::generator;

/// How many reports of the factory take part; a longer run asks for more.
fn count() -> u64 {
    std::env::var("NIANBAO_EXPORTS").ok().and_then(|count| count.parse().ok()).unwrap_or(6)
}

fn samples() -> Vec<Sample> {
    let made = (0..count()).map(|seed| {
        let sample = factory::report(seed, seed % 3 == 0, None);
        Sample::of(&format!("factory {seed}"), &sample.toml)
    });
    Sample::all().into_iter().chain(made).collect()
}

fn named(ending: &str) -> PathBuf {
    PathBuf::from(format!("某局{ending}"))
}

/// Lines of a text that are no pictures and no tables: a chart comes back as those.
fn lines(text: &str) -> Vec<String> {
    let is_text =
        |line: &&str| !line.is_empty() && !line.starts_with("![") && !line.starts_with('|');
    text.lines().map(str::trim).filter(is_text).map(str::to_owned).collect()
}

#[test]
fn documents_and_pages_give_back_every_figure_note_and_text() {
    for sample in samples() {
        let report = sample.checked.report.as_ref().expect("a report");
        for kind in [Kind::Docx, Kind::Html, Kind::HtmlFragment] {
            let file = sample.files(kind).remove(0);
            let what = format!("{} {kind:?}", sample.name);
            let read = import::read(&named(&file.ending), &file.bytes, generator().catalog());
            let imported = read.unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
            let back = generator().check(&input(&imported.toml));
            let back = back.report.as_ref().unwrap_or_else(|| panic!("{what}: no report"));
            for (cell, (one, other)) in
                report.format.cells().iter().zip(report.figures.iter().zip(&back.figures))
            {
                assert_eq!(one.text, other.text, "{what}: {}", cell.path);
                let note = |figure: &nianbao::report::Figure| {
                    figure.note.as_ref().map(|note| note.value.clone())
                };
                assert_eq!(note(one), note(other), "{what}: {}", cell.path);
            }
            for text in report.texts.iter().filter(|text| !text.path.contains("section")) {
                let other = back.text(&text.path).map(|text| text.value.as_str());
                // Over a chart stands its title, which is a text of the document but not of the data file.
                let mut other = lines(other.unwrap_or_default());
                other.retain(|line| {
                    !line.contains("（单位：") || text.value.contains(line.as_str())
                });
                assert_eq!(lines(&text.value), other, "{what}: {}", text.path);
            }
            let notes = |report: &nianbao::report::Report| -> Vec<(String, String)> {
                let all = report.table_notes.iter();
                all.map(|note| (note.table.clone(), note.printed())).collect()
            };
            assert_eq!(notes(report), notes(back), "{what}");
            assert_eq!(
                report.title.value.replace('、', ""),
                back.title.value.replace('、', ""),
                "{what}"
            );
        }
    }
}

#[test]
fn sheets_give_back_every_figure() {
    for sample in samples() {
        let report = sample.checked.report.as_ref().expect("a report");
        let wanted: BTreeMap<String, String> = table_figures(&report.format)
            .map(|index| {
                (report.format.cells()[index].path.clone(), report.figures[index].text.clone())
            })
            .collect();
        for kind in [Kind::Xlsx, Kind::Csv] {
            let mut found = BTreeMap::new();
            for file in sample.files(kind) {
                let options =
                    import::Options { format: Some(report.format.id().to_owned()), stem: None };
                let read = import::read_with(
                    &named(&file.ending),
                    &file.bytes,
                    generator().catalog(),
                    &options,
                );
                let Ok(imported) = read else { continue };
                found.extend(imported.figures.into_iter().filter_map(|(path, figure)| {
                    let text = figure.digits.unwrap_or(figure.text);
                    // A workbook keeps numbers: a last zero is its format's.
                    let wanted = wanted.get(&path)?;
                    let is_same = text.parse::<f64>().ok() == wanted.parse::<f64>().ok();
                    Some((path, if kind == Kind::Xlsx && is_same { wanted.clone() } else { text }))
                }));
            }
            assert_eq!(found, wanted, "{} {kind:?}", sample.name);
        }
    }
}

#[test]
fn what_was_not_changed_passes() {
    for sample in samples() {
        for kind in [Kind::Docx, Kind::Html, Kind::HtmlFragment, Kind::Xlsx] {
            let file = sample.files(kind).remove(0);
            let findings = verified(&sample, &file.ending, &file.bytes);
            assert_eq!(findings, Vec::<String>::new(), "{} {kind:?}", sample.name);
        }
    }
}

#[test]
fn a_site_around_the_report_does_not_matter() {
    for sample in Sample::all() {
        let fragment = sample.text(Kind::HtmlFragment);
        let page = format!(
            "<!DOCTYPE html><html><head><title>某市人民政府</title></head><body><div><ul><li><a href=\"/\">首页</a>\
             </li><li>政务公开</li></ul></div><p>当前位置：首页 &gt; 年度报告</p><div>\
             {fragment}</div><p>【打印】【关闭】</p><div><p>主办：某市人民政府办公室</p></div></body></html>"
        );
        assert_eq!(
            verified(&sample, ".html", page.as_bytes()),
            Vec::<String>::new(),
            "{}",
            sample.name
        );
    }
}

fn verified(sample: &Sample, ending: &str, bytes: &[u8]) -> Vec<String> {
    match office::verify(generator(), &named(ending), bytes, Some(&sample.checked)) {
        Ok(verification) => verification
            .findings
            .iter()
            .map(|found| format!("{} {}{}", found.finding.rule, found.place, found.finding.message))
            .collect(),
        Err(refusal) => vec![refusal],
    }
}

/// A small generator of numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a usize")
    }
}

/// Places of the characters that people read: hanzi and digits between tags of certain elements.
fn readable(text: &str, elements: &[&str]) -> Vec<usize> {
    let mut places = Vec::new();
    for element in elements {
        for (at, _) in text.match_indices(&format!("<{element}")) {
            let rest = &text[at + element.len() + 1..];
            if !rest.starts_with(['>', ' ']) {
                continue;
            }
            let Some(open) = rest.find('>') else { continue };
            let start = at + element.len() + 1 + open + 1;
            let inner = text[start..].split('<').next().unwrap_or_default();
            let is_read = |c: &char| c.is_ascii_digit() || ('\u{4E00}'..='\u{9FFF}').contains(c);
            places.extend(inner.char_indices().filter(|(_, c)| is_read(c)).map(|(i, _)| start + i));
        }
    }
    places
}

/// Another character of the same kind.
fn exchanged(text: &str, at: usize) -> String {
    let old = text[at..].chars().next().expect("a character");
    let new = match old {
        '9' => '1',
        '0'..='8' => char::from(old as u8 + 1),
        '某' => '乙',
        _ => '某',
    };
    format!("{}{new}{}", &text[..at], &text[at + old.len_utf8()..])
}

fn zipped(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive
            .start_file(name.as_str(), zip::write::SimpleFileOptions::default())
            .expect("a file");
        archive.write_all(bytes).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn a_changed_character_is_found_wherever_it_stands() {
    for (number, sample) in samples().iter().enumerate() {
        let mut dice = Dice(0x9E37_79B9 + number as u64);
        let mut altered: Vec<(&str, Vec<u8>)> = Vec::new();
        for _ in 0..4 {
            let page = sample.text(Kind::Html);
            let body = page.find("<main>").expect("a body");
            let places = readable(&page, &["p", "h1", "h2", "h3", "th", "td"]);
            let places: Vec<usize> = places.into_iter().filter(|at| *at > body).collect();
            altered
                .push((".html", exchanged(&page, places[dice.below(places.len())]).into_bytes()));
            let mut parts = unzipped(&sample.files(Kind::Docx).remove(0).bytes);
            let document = String::from_utf8(parts["word/document.xml"].clone()).expect("text");
            let places = readable(&document, &["w:t"]);
            let changed = exchanged(&document, places[dice.below(places.len())]);
            parts.insert("word/document.xml".to_owned(), changed.into_bytes());
            altered.push((".docx", zipped(&parts)));
            let mut parts = unzipped(&sample.files(Kind::Xlsx).remove(0).bytes);
            let sheet = format!("xl/worksheets/sheet{}.xml", 1 + dice.below(3));
            let text = String::from_utf8(parts[&sheet].clone()).expect("text");
            // Cells that refer to a text hold its number, which is no figure.
            let figures: Vec<usize> = readable(&text, &["v"])
                .into_iter()
                .filter(|at| {
                    let cell = text[..*at].rfind("<c ").expect("a cell");
                    !text[cell..*at].contains("t=\"s\"")
                })
                .collect();
            let changed = exchanged(&text, figures[dice.below(figures.len())]);
            parts.insert(sheet, changed.into_bytes());
            altered.push((".xlsx", zipped(&parts)));
        }
        for (ending, bytes) in altered {
            let found = verified(sample, ending, &bytes);
            assert!(!found.is_empty(), "{} {ending}", sample.name);
        }
    }
}
