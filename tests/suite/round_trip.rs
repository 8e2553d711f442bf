//! Figures, labels and texts come back from the PDF, each where it belongs.

use std::collections::BTreeMap;

use nianbao::report::State;
use nianbao::verify::figures::{Figures, chains, figure, labels, plain_label, table_figures};
use nianbao::verify::pdf::Page;
use nianbao::verify::tables::squeezed;
use proptest::prelude::*;

use crate::paper::random::{Made, data_file, quoted};
use crate::paper::ruling::Ruling;
use crate::paper::{Paper, examples, input};
use crate::support::generator;

#[test]
fn figures_of_the_examples_stand_in_their_cells() {
    for (name, paper) in examples() {
        check_figures(name, paper);
    }
}

#[test]
fn every_official_label_is_found_whole() {
    for (name, paper) in examples() {
        let text = squeezed(&paper.text());
        for label in labels(paper.format()) {
            assert!(text.contains(&label), "{name}: {label}");
        }
        for part in &paper.format().manifest.parts {
            assert!(text.contains(&squeezed(&part.heading)), "{name}: {}", part.heading);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_figures_stand_in_their_cells(
        digits in 1usize..13,
        seed in any::<u64>(),
        old in any::<bool>(),
    ) {
        let format = &generator().catalog().formats()[usize::from(old)];
        let mut dice = Dice(seed | 1);
        let (mut other, mut third) = (Dice(seed ^ 0x5555), Dice(seed.rotate_left(9) | 1));
        let file = data_file(format, Made {
            agency: "某市某局",
            year: format.manifest.years.from,
            text: "本年度工作情况见下表。",
            count: &mut || dice.below(10u64.pow(third.below(digits as u64) as u32 + 1)),
            amount: &mut || format!("{}.{:04}", other.below(100_000), other.below(10_000)),
        });
        check_figures("random", &Paper::of(&file));
    }
}

/// A small generator of numbers: the choice of figures is made of one seed, so that a failure shrinks to it.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }
}

/// Every figure stands under its labels, by the tags and by the ruled lines, with its value and its note.
fn check_figures(name: &str, paper: &Paper) {
    let (format, report) = (paper.format(), paper.report());
    let tagged = Figures::locate(format, &paper.grids);
    let ruled = by_ruling(paper);
    for index in table_figures(format) {
        let (cell, wanted) = (&format.cells()[index], &report.figures[index]);
        assert_ne!(wanted.state, State::Missing, "{name}: {}", cell.path);
        let note = wanted.note.as_ref().map(|note| squeezed(&note.value)).unwrap_or_default();
        let printed =
            tagged.found.get(&index).unwrap_or_else(|| panic!("{name}: no cell of {}", cell.path));
        assert_eq!(printed.value, squeezed(&wanted.text), "{name}: {}", cell.path);
        assert!(printed.note.contains(&note), "{name}: {} {}", cell.path, printed.note);
        let seen = ruled.get(&index).unwrap_or_else(|| panic!("{name}: no box of {}", cell.path));
        assert!(seen.starts_with(&squeezed(&wanted.text)), "{name}: {} {seen}", cell.path);
    }
    assert!(tagged.repeated.is_empty() && tagged.strange.is_empty(), "{name}: {tagged:?}");
    assert!(tagged.missing_labels.is_empty(), "{name}: {:?}", tagged.missing_labels);
}

/// The text of each figure's box, found by the labels that stand left of it and above it.
fn by_ruling(paper: &Paper) -> BTreeMap<usize, String> {
    let chains = chains(paper.format());
    let mut found = BTreeMap::new();
    let in_page = |page: &Page| -> Vec<(usize, String)> {
        let ruling = Ruling::of(page);
        let starts = page
            .content()
            .filter(|run| run.text.trim().starts_with(|c: char| c.is_ascii_digit() || c == '-'));
        let fields = starts.filter_map(|run| ruling.field(run.bounds().centre()));
        fields
            .filter_map(|field| {
                let labels = ruling.labels(&field).iter().map(|label| plain_label(label)).collect();
                Some((figure(&chains, &labels)?, field.text))
            })
            .collect()
    };
    for page in &paper.pdf.pages {
        found.extend(in_page(page));
    }
    found
}

/// Pieces of text that mean something somewhere: in Typst, in templates, in TOML, to a line breaker.
const PIECES: [&str; 34] = [
    "#",
    "$",
    "{{",
    "}}",
    "{%",
    "%}",
    "\\",
    "\"\"\"",
    "'''",
    "*",
    "_",
    "@",
    "<",
    ">",
    "`",
    "//",
    "/*",
    "= ",
    "- ",
    "+ ",
    "1. ",
    "#set page(width: 1mm)",
    "#panic()",
    "{{ 7 * 7 }}",
    "\\u{1F600}",
    "——",
    "……",
    "“引文”",
    "《书名》〔2021〕",
    "政府信息公开",
    "3.5%",
    "https://example.gov.cn/a?b=c&d=e",
    "㐱玥祎旻",
    " ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_or_is_refused_with_its_place(
        pieces in prop::collection::vec(
            prop_oneof![
                3 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
                2 => prop::char::range('\u{4E00}', '\u{9FA5}').prop_map(String::from),
                1 => prop::char::range(' ', '~').prop_map(String::from),
                1 => any::<char>().prop_map(String::from),
            ],
            1..30,
        ),
        field in 0..FIELDS.len(),
    ) {
        // A title of more than 100 characters is refused for its length.
        let most = if ["report.agency", "report.title"].contains(&FIELDS[field].0) { 60 } else { usize::MAX };
        let text: String = pieces.concat().chars().take(most).collect();
        let text = format!("甲{text}乙");
        prop_assume!(!is_markup(&text));
        comes_back(&text, field)?;
    }
}

/// Whether a text uses what has a meaning in the data file itself.
fn is_markup(text: &str) -> bool {
    text.contains("**") || text.contains('\n') || text.contains('\r') || text.contains('|')
}

/// Where a text can stand: the field's path, what stands there otherwise, and how the text is written instead.
const FIELDS: [(&str, &str, &str); 7] = [
    ("overview", "= \"如下。\"", "= {}"),
    ("report.agency", "agency = \"某市某局\"", "agency = {}"),
    ("report.title", "year = 2023", "year = 2023\ntitle = {}"),
    ("report.preface", "year = 2023", "year = 2023\npreface = {}"),
    (
        "overview.supervision",
        "supervision = \"如下。\"",
        "supervision = { heading = {}, text = \"如下。\" }",
    ),
    ("requests", "[requests]", "[requests]\nnote = {}"),
    ("proactive_disclosure", "licensing = 1", "licensing = { value = 1, note = {} }"),
];

/// Puts a text into one of the fields, and looks for it in the PDF or for the finding that refuses it.
fn comes_back(text: &str, field: usize) -> Result<(), TestCaseError> {
    let (path, instead_of, written) = FIELDS[field];
    let format = generator().catalog().get("2021").expect("the format in force");
    let made = Made {
        agency: "某市某局",
        year: 2023,
        text: "如下。",
        count: &mut || 1,
        amount: &mut || "1.5".to_owned(),
    };
    let file = data_file(format, made);
    prop_assert!(file.contains(instead_of), "{}", instead_of);
    let file = file.replacen(instead_of, &written.replacen("{}", &quoted(text), 1), 1);
    let checked = generator().check(&input(&file));
    let errors: Vec<_> = checked
        .diagnostics
        .iter()
        .filter(|found| found.level == nianbao::diagnostic::Level::Error)
        .collect();
    if errors.is_empty() {
        let paper = Paper::of_checked(checked, false);
        prop_assert!(
            squeezed(&paper.text()).contains(&squeezed(text)),
            "lost: {text:?}\nread: {}",
            paper.text()
        );
    } else {
        for found in errors {
            prop_assert_eq!(&found.rule, "GLYPH", "{:?}: {}", text, found.message);
            let wanted = file[found.span.clone().expect("a place")].to_owned();
            prop_assert!(
                !wanted.is_empty() && found.path.starts_with(path),
                "{:?} {}",
                text,
                found.path
            );
        }
    }
    Ok(())
}

#[test]
fn code_of_other_languages_comes_back() {
    for text in [
        "#import \"x.typ\": *",
        "#[#set text(fill: red)]",
        "$ x^2 $",
        "{{ config }}",
        "{% for a in b %}",
        "\\#\\$\\{",
        "a ~ b",
        "<label> @ref",
        "`raw`",
        "= 标题",
        "- 列表",
        "/ 术语: 说明",
        "C:\\new\\table",
        "甲\t乙",
        "1.甲",
        "（1）乙",
        "~~删去~~",
        "---",
        "...",
        "''引号''",
        "\u{FEFF}甲",
        "e\u{301}",
        "fi ffi fl",
    ] {
        for (field, (name, ..)) in FIELDS.iter().enumerate() {
            comes_back(text, field).unwrap_or_else(|failure| panic!("{name:?}: {failure}"));
        }
    }
}
