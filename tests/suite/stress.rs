//! Reports of every size and shape: never an overfull page, an overlap or a lost character.

use nianbao::diagnostic::Level;
use nianbao::format::Format;
use proptest::prelude::*;

use crate::paper::random::{Made, data_file, quoted};
use crate::paper::sound::assert_sound;
use crate::paper::{Paper, input};
use crate::support::generator;

fn formats() -> impl Iterator<Item = &'static Format> {
    generator().catalog().formats().iter().map(AsRef::as_ref)
}

/// A report of the format with one text everywhere and one figure everywhere.
fn report(format: &Format, agency: &str, text: &str, count: u64) -> String {
    let made = Made {
        agency,
        year: format.manifest.years.from,
        text,
        count: &mut || count,
        amount: &mut || "59237.2449".to_owned(),
    };
    data_file(format, made)
}

const SENTENCE: &str = "全年主动公开政府信息1649条，其中通过政务公开平台公开376条，办理依申请公开11件，按时答复率为100%。";

#[test]
fn agency_names_of_4_to_60_characters() {
    let name = "某省某市某自治县人力资源和社会保障局与医疗保障局以及退役军人事务局联合办公室信息公开工作领导小组政务服务数据管理中心分中心办事处";
    for length in [4, 8, 12, 20, 28, 40, 60] {
        let agency: String = name.chars().take(length).collect();
        let format = generator().catalog().get("2021").expect("the format in force");
        assert_sound(&agency, &Paper::of(&report(format, &agency, "如下。", 1)));
    }
}

#[test]
fn narratives_of_0_and_of_60_pages() {
    for format in formats() {
        assert_sound("short", &Paper::of(&report(format, "某市某局", "无。", 0)));
    }
    let format = generator().catalog().get("2021").expect("the format in force");
    let long = [SENTENCE; 110].concat();
    let paper = Paper::of(&report(format, "某市某局", &long, 3));
    assert!(paper.pdf.pages.len() > 60, "{}", paper.pdf.pages.len());
    assert_sound("long", &paper);
}

#[test]
fn five_hundred_paragraphs() {
    let format = generator().catalog().get("2021").expect("the format in force");
    let text = vec!["本项工作按要求完成。"; 500].join("\n");
    let file = report(format, "某市某局", "如下。", 1).replacen("\"如下。\"", &quoted(&text), 1);
    let paper = Paper::of(&file);
    assert_sound("paragraphs", &paper);
    assert_eq!(paper.text().matches("本项工作按要求完成。").count(), 500);
}

#[test]
fn figures_of_12_digits() {
    for format in formats() {
        // 21 outcomes of 11 digits make a total of 12.
        assert_sound("digits", &Paper::of(&report(format, "某市某局", "如下。", 4_761_904_761)));
        assert_sound("digits", &Paper::of(&report(format, "某市某局", "如下。", 123_456_789_012)));
    }
}

#[test]
fn rare_characters_print_or_are_refused_with_their_place() {
    let format = generator().catalog().get("2021").expect("the format in force");
    assert_sound("rare", &Paper::of(&report(format, "某市某局", "联系人：玥、祎、旻、㐱。", 1)));
    for (character, code) in [("😀", "1F600"), ("𪚥", "2A6A5"), ("\u{E000}", "E000")] {
        let file = report(format, "某市某局", "如下。", 1).replacen(
            "如下。",
            &format!("如下{character}。"),
            1,
        );
        let checked = generator().check(&input(&file));
        let found: Vec<_> =
            checked.diagnostics.iter().filter(|found| found.level == Level::Error).collect();
        assert!(!found.is_empty(), "{character} passed");
        for found in found {
            assert_eq!(found.rule, "GLYPH", "{}", found.message);
            assert!(found.message.to_uppercase().contains(code), "{}", found.message);
            assert_eq!(&file[found.span.clone().expect("a place")], character);
        }
    }
}

#[test]
fn notes_in_cells_and_under_tables() {
    for format in formats() {
        let note: String = "注：此处的说明文字很长，用来看表格下方的注怎样换行和换页。"
            .chars()
            .cycle()
            .take(500)
            .collect();
        let mut file = report(format, "某市某局", "如下。", 7);
        for table in &format.tables {
            let head = format!("[{}]\n", table.key);
            file = file.replacen(&head, &format!("{head}note = {}\n", quoted(&note)), 1);
        }
        let row = "licensing = ";
        let at = file.find(row).expect("the row") + row.len();
        let end = at + file[at..].find('\n').expect("a line end");
        let value = file[at..end].replace('7', "{ value = 7, note = \"其中含委托实施3件\" }");
        file.replace_range(at..end, &value);
        assert_sound("notes", &Paper::of(&file));
    }
}

#[test]
fn headings_charts_and_pipe_tables() {
    let text = "前文。\n### 小标题\n其**中**：\n| 渠道 | 条数 |\n| --- | ---: |\n| 平台 | 376 |\n| 网站 | 544 |\n后文。\n";
    let format = generator().catalog().get("2021").expect("the format in force");
    for kind in ["column", "bar", "pie", "line"] {
        let mut file =
            report(format, "某市某局", &format!("{text}![各渠道数量](chart:a)\n末段。"), 1);
        file.push_str(&format!(
            "\n[charts.a]\nkind = \"{kind}\"\nunit = \"条\"\ndata = [[\"政务公开平台\", 376], [\"门户网站\", 544], [\"政务新媒体\", 729]]\n"
        ));
        assert_sound(kind, &Paper::of(&file));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_shape_is_sound(
        agency in "[市县区局人力资源和社会保障政务服务数据管理医疗教育卫生健康委员会办公厅]{4,40}",
        paragraphs in prop::collection::vec("[\u{4E00}-\u{9FA5}，。、0-9]{1,120}", 1..8),
        digits in 0u32..12,
        old in any::<bool>(),
    ) {
        let format = &generator().catalog().formats()[usize::from(old)];
        let text = paragraphs.join("\n");
        assert_sound("any", &Paper::of(&report(format, &agency, &text, 10u64.pow(digits) - 1)));
    }
}
