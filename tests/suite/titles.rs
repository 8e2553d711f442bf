//! Where titles are broken: cases from real shapes of names, and what must hold for every name.

use nianbao::document::break_title;
use proptest::prelude::*;

use crate::support::root;

const LINE: usize = 20;

fn title(agency: &str, year: u32) -> String {
    format!("{agency}{year}年政府信息公开工作年度报告")
}

#[test]
fn cases_break_as_a_typesetter_would() {
    let path = root().join("tests/cases/titles.txt");
    let text = std::fs::read_to_string(path).expect("the cases");
    let mut wrong = Vec::new();
    for case in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (agency, year) = case
            .replace('/', "")
            .strip_suffix("年政府信息公开工作年度报告")
            .map(|start| {
                let at = start.len() - 4;
                (start[..at].to_owned(), start[at..].parse::<u32>().expect("a year"))
            })
            .expect("a title");
        let broken = break_title(&title(&agency, year), &agency).join("/");
        if broken != case {
            wrong.push(format!("{broken}\n  wanted {case}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

proptest! {
    #[test]
    fn nothing_is_lost_and_every_line_fits(agency in "[省市县区人力资源和社会保障局委员会农业村水利发展改革办公室政府街道镇]{4,60}") {
        let title = title(&agency, 2023);
        let lines = break_title(&title, &agency);
        prop_assert_eq!(lines.concat(), title);
        for line in &lines {
            prop_assert!(line.chars().count() <= LINE + 4, "{:?}", lines);
            prop_assert!(!line.starts_with(|c: char| c.is_ascii_digit()) || line.starts_with("2023年"));
        }
        prop_assert!(lines.iter().any(|line| line.contains("年度报告")));
        prop_assert!(lines.iter().any(|line| line.contains("2023年")));
    }
}
