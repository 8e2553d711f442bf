//! PDF/A-2a and PDF/UA-1, structure, metadata, colours, fonts: of every example.

use nianbao::document::PrintedItem;
use std::collections::BTreeSet;

use nianbao::export::Standards;
use nianbao::verify::integrity::heading_level;
use nianbao::verify::tables::{CellKind, squeezed};

use crate::paper::sound::assert_sound;
use crate::paper::{Paper, examples};
use crate::support::{generator, root};

#[test]
fn the_examples_are_sound() {
    for (name, paper) in examples() {
        assert_sound(name, paper);
    }
}

#[test]
fn only_shipped_typefaces_are_embedded() {
    let shipped = shipped_names();
    for (name, paper) in examples() {
        for typeface in &paper.pdf.typefaces {
            assert!(
                typeface.embedded && typeface.subset && typeface.mapped,
                "{name}: {typeface:?}"
            );
            assert!(
                shipped.contains(&typeface.name),
                "{name}: {} is none of {shipped:?}",
                typeface.name
            );
        }
    }
}

/// PostScript names of the faces in `fonts/`.
fn shipped_names() -> BTreeSet<String> {
    let files = std::fs::read_dir(root().join("fonts")).expect("fonts");
    let paths = files.map(|file| file.expect("a file").path());
    let faces = paths.filter(|path| path.extension().is_some_and(|kind| kind == "ttf"));
    faces
        .map(|path| {
            let bytes = std::fs::read(path).expect("a font");
            let face = ttf_parser::Face::parse(&bytes, 0).expect("a face");
            let names = face.names().into_iter();
            let mut named =
                names.filter(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME);
            named.find_map(|name| name.to_string()).expect("a PostScript name")
        })
        .collect()
}

#[test]
fn metadata_are_those_of_the_report() {
    for (name, paper) in examples() {
        let (pdf, report) = (&paper.pdf, paper.report());
        assert_eq!(pdf.title.as_ref(), Some(&report.title.value), "{name}");
        assert_eq!(pdf.author.as_ref(), Some(&report.agency.value), "{name}");
        assert_eq!(pdf.language.as_deref(), Some("zh-CN"), "{name}");
        assert!(pdf.shows_title && pdf.marked, "{name}");
        let date = report.date.as_ref().map_or((report.year_or_zero() + 1, 1, 1), |date| {
            (date.value.year, date.value.month, date.value.day)
        });
        let wanted = format!("D:{:04}{:02}{:02}", date.0, date.1, date.2);
        let created = pdf.created.clone().unwrap_or_default();
        assert!(created.starts_with(&wanted), "{name}: {created}");
        let standards = pdf.xmp.as_ref().map(|xmp| xmp.standards()).unwrap_or_default();
        assert_eq!(standards, ["PDF/A-2a", "PDF/UA-1"], "{name}");
    }
}

#[test]
fn bookmarks_are_the_parts_and_sections_in_order() {
    for (name, paper) in examples() {
        let model = generator().document(&paper.checked, false).expect("a document").model;
        let mut wanted = Vec::new();
        for part in &model.parts {
            wanted.push((1, part.heading.clone()));
            wanted.extend(part.items.iter().filter_map(|item| match item {
                PrintedItem::Section { heading, .. } => Some((2, heading.clone())),
                _ => None,
            }));
        }
        let found: Vec<_> =
            paper.pdf.bookmarks.iter().map(|mark| (mark.level, mark.title.clone())).collect();
        assert_eq!(found, wanted, "{name}");
        let pages: Vec<_> =
            paper.pdf.bookmarks.iter().map(|mark| mark.page.expect("a page")).collect();
        assert!(pages.is_sorted(), "{name}: {pages:?}");
    }
}

#[test]
fn headings_follow_each_other_in_the_order_of_the_form() {
    for (name, paper) in examples() {
        let tree = paper.pdf.tree.as_ref().expect("a tagged PDF");
        let order = tree.reading_order();
        let first = order
            .iter()
            .find(|&&at| !tree.content(at).is_empty() && at > 1)
            .copied()
            .expect("content");
        assert_eq!(
            squeezed(&tree.text(first, &paper.pdf)),
            squeezed(&paper.report().title.value),
            "{name}"
        );
        let with_level = |level: usize| {
            let is =
                move |at: &&usize| heading_level(&tree.elements[**at].standard_role) == Some(level);
            order.iter().filter(is)
        };
        // The list of headings of a screen reader begins with the title.
        assert_eq!(with_level(1).collect::<Vec<_>>(), [&first], "{name}");
        let parts = with_level(2);
        let parts: Vec<String> = parts.map(|&at| squeezed(&tree.text(at, &paper.pdf))).collect();
        let wanted: Vec<String> =
            paper.format().manifest.parts.iter().map(|part| squeezed(&part.heading)).collect();
        assert_eq!(parts, wanted, "{name}");
    }
}

#[test]
fn every_table_says_what_it_is_and_every_figure_names_its_heads() {
    for (name, paper) in examples() {
        for grid in &paper.grids {
            assert!(
                grid.summary.as_ref().is_some_and(|summary| summary.chars().count() > 10),
                "{name}"
            );
            for (cell, rows, columns) in grid.figures() {
                let named: BTreeSet<&str> =
                    cell.named_heads.iter().map(|&head| grid.cells[head].text.as_str()).collect();
                for head in rows.iter().chain(&columns) {
                    assert!(
                        named.contains(head.text.as_str()),
                        "{name}: {} lacks {}",
                        cell.text,
                        head.text
                    );
                }
                assert!(columns.iter().all(|head| head.kind == CellKind::ColumnHead), "{name}");
            }
        }
    }
}

#[test]
fn rules_and_page_numbers_are_decoration() {
    for (name, paper) in examples() {
        for page in &paper.pdf.pages {
            assert!(
                page.lines.iter().all(|line| line.artifact.is_some()),
                "{name} {}",
                page.number
            );
            let footers: String = page
                .runs
                .iter()
                .filter(|run| {
                    run.artifact.as_ref().is_some_and(|artifact| artifact.subkind == "Footer")
                })
                .map(|run| run.text.as_str())
                .collect();
            assert_eq!(squeezed(&footers), format!("—{}—", page.number), "{name}");
        }
    }
}

#[test]
fn pictures_say_what_they_show() {
    let (_, paper) =
        examples().iter().find(|(name, _)| name.starts_with("liaocheng")).expect("the chart");
    let tree = paper.pdf.tree.as_ref().expect("a tagged PDF");
    let figures: Vec<usize> = tree.with_role("Figure").collect();
    assert!(!figures.is_empty());
    for figure in figures {
        let alternative = tree.elements[figure].alternative.clone().unwrap_or_default();
        assert!(alternative.contains("主动公开信息数量"), "{alternative}");
        assert!(
            ["376", "544", "729"].iter().all(|value| alternative.contains(value)),
            "{alternative}"
        );
    }
}

#[test]
fn bytes_are_the_same_on_every_run_and_for_any_number_of_threads() {
    for (name, paper) in examples() {
        for threads in [1, 4] {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let again = pool.install(|| {
                let typeset = generator().typeset(&paper.checked, false).expect("a document");
                typeset.pdf(&Standards::default()).expect("a PDF")
            });
            assert!(again == paper.bytes, "{name} with {threads} threads");
        }
    }
}

#[test]
fn drafts_say_so_on_every_page_and_list_their_findings() {
    let path = root().join("examples/xichang-2024.toml");
    let text = std::fs::read_to_string(path).expect("the example");
    let wrong = text.replacen("carried_forward", "# carried_forward", 1);
    let paper = Paper::draft(&wrong);
    assert!(paper.checked.counts().errors > 0);
    for page in &paper.pdf.pages {
        let marks = page.runs.iter().filter(|run| run.text.contains("草稿"));
        assert!(marks.clone().count() > 0, "page {}", page.number);
        assert!(marks.clone().any(|run| run.artifact.is_some()), "page {}", page.number);
    }
    let last = paper.prose(paper.pdf.pages.len() - 1);
    let text: String = paper.text();
    for found in paper
        .checked
        .diagnostics
        .iter()
        .filter(|found| found.level == nianbao::diagnostic::Level::Error)
    {
        assert!(squeezed(&text).contains(&squeezed(&found.message)), "{}", found.message);
    }
    assert!(!last.is_empty());
}
