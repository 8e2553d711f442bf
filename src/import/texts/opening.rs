//! What stands before part one: title, preface, and on web pages what the site puts between.

use regex::Regex;
use std::sync::LazyLock;

use crate::import::draft::{Paragraph, Place};

use super::chars::unified;
use super::{Line, Texts};

/// Longest line of a title.
const LONGEST_LINE: usize = 60;
/// Most lines of a title.
const MOST_LINES: usize = 5;

static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(.*?)(?:关于)?((?:19|20)\d\d)年度?(.*?)(?:的)?((?:年度)?(?:工作)?(?:年度)?报告.{0,12})$",
    )
    .expect("a constant pattern")
});
static PERIOD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(20\d\d)年1月1日").expect("a constant pattern"));
/// What a site writes under the title of a page.
static OF_SITE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(发布|更新|发文|成文|生成)(日期|时间)|来源[:：]|信息来源|浏览(次数|量)|点击(数|量)|阅读(次数|量)|字号|字体[:：]|【?大】?中】?小|打印|分享|索引号|当前位置|首页>|主题分类|发布机构",
    )
    .expect("a constant pattern")
});

/// Whether a line is a site's, not the report's.
pub(super) fn is_of_site(text: &str) -> bool {
    let text = unified(text);
    text.chars().count() <= 160 && !text.ends_with('。') && OF_SITE.is_match(&text)
}

/// Whether a line is, or ends, the title of an annual report.
pub(super) fn ends_title(text: &str) -> bool {
    let text = unified(text);
    let length = text.chars().count();
    let is_report =
        text.contains("年度报告") || (text.contains("报告") && text.contains("信息公开"));
    is_report
        && length <= LONGEST_LINE
        && !text.contains(['。', '，', '：', ':', ',', '《', '>', '|'])
        && !text.contains("现将")
}

/// Sorts the paragraphs before part one. On a web page what stands above the title is the site's.
pub(super) fn read(paragraphs: Vec<Paragraph>, of_page: bool, texts: &mut Texts) -> Vec<Paragraph> {
    let end = paragraphs.iter().rposition(|paragraph| ends_title(&paragraph.text()));
    let Some(end) = end else {
        texts.year = paragraphs.iter().find_map(|paragraph| period(&paragraph.text()));
        return paragraphs;
    };
    let begin = begin_of_title(&paragraphs, end);
    let line = |paragraph: &Paragraph| Line {
        text: one_line(&paragraph.text()),
        place: paragraph.place.clone(),
    };
    texts.title_lines = paragraphs[begin..=end].iter().map(line).collect();
    texts.places.insert("report.title".to_owned(), paragraphs[begin].place.clone());
    let mut rest: Vec<Paragraph> = Vec::new();
    for (at, paragraph) in paragraphs.into_iter().enumerate() {
        let is_above = at < begin;
        let repeats = is_above && ends_title(&paragraph.text());
        if (begin..=end).contains(&at) || repeats {
            continue;
        }
        if of_page && (is_above || is_of_site(&paragraph.text())) {
            continue;
        }
        if is_above {
            texts.left.push(line(&paragraph));
        } else {
            rest.push(paragraph);
        }
    }
    name(texts, &rest);
    if texts.year.is_none() {
        texts.year = rest.iter().find_map(|paragraph| period(&paragraph.text()));
    }
    rest
}

/// The first line of a title that ends in a line: those above that say whose report it is.
fn begin_of_title(paragraphs: &[Paragraph], end: usize) -> usize {
    let mut begin = end;
    while begin > 0 && end - begin + 1 < MOST_LINES {
        let so_far: String = paragraphs[begin..=end].iter().map(|p| unified(&p.text())).collect();
        let above = unified(&paragraphs[begin - 1].text());
        let is_short =
            above.chars().count() <= 30 && !above.contains(['。', '，', '：', ':', '>', '|']);
        let is_cut = !so_far.contains("信息公开") && !so_far.contains("政务公开");
        let names_nobody = so_far.starts_with(|c: char| c.is_ascii_digit())
            || so_far.starts_with("政府信息公开")
            || so_far.starts_with("信息公开")
            || so_far.starts_with('年');
        let may_be_name = is_short && !above.contains("报告") && is_name(&above);
        if is_short && (is_cut || (names_nobody && may_be_name) || (begin < end && may_be_name)) {
            begin -= 1;
        } else {
            break;
        }
    }
    begin
}

/// Whether a line may name an agency.
fn is_name(text: &str) -> bool {
    const ENDINGS: [&str; 24] = [
        "政府",
        "委员会",
        "局",
        "厅",
        "办公室",
        "处",
        "中心",
        "院",
        "所",
        "会",
        "街道",
        "镇",
        "乡",
        "部",
        "办",
        "队",
        "委",
        "署",
        "站",
        "公司",
        "学校",
        "银行",
        "社",
        "办事处",
    ];
    text.chars().count() >= 3
        && !text.contains("首页")
        && (ENDINGS.iter().any(|ending| text.ends_with(ending)) || text.contains("20"))
}

/// Reads agency and year out of the title.
fn name(texts: &mut Texts, rest: &[Paragraph]) {
    let joined: String = texts.title_lines.iter().map(|line| unified_title(&line.text)).collect();
    texts.title = joined.clone();
    let spoken = arabic_year(&joined);
    let Some(found) = WHOLE.captures(&spoken) else {
        return;
    };
    let group = |at: usize| found.get(at).map_or("", |m| m.as_str());
    texts.year = group(2).parse().ok();
    let (before, between) = (group(1), group(3));
    let agency = if before.is_empty() {
        let end =
            ["政府信息公开", "政务公开", "信息公开"].iter().filter_map(|w| between.find(w)).min();
        between[..end.unwrap_or(0)].to_owned()
    } else {
        before.to_owned()
    };
    let agency = agency.trim_end_matches('的').to_owned();
    if agency.is_empty() {
        return;
    }
    texts.agencies = joint(texts, &agency, rest).unwrap_or_else(|| vec![agency]);
    let place = texts.title_lines.first().map_or(Place::Whole, |line| line.place.clone());
    texts.places.insert("report.agency".to_owned(), place.clone());
    texts.places.insert("report.year".to_owned(), place);
}

/// The names of a joint report: each on a line of the title, and named together with 、 or 和 elsewhere.
fn joint(texts: &Texts, agency: &str, rest: &[Paragraph]) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for line in &texts.title_lines {
        let line = unified_title(&line.text);
        if agency[names.concat().len()..].starts_with(&line) {
            names.push(line);
        }
    }
    let is_whole = names.len() > 1 && names.concat() == agency && names.iter().all(|n| is_name(n));
    let together = ["、", "和", "与"].map(|between| names.join(between));
    let is_said = rest.iter().any(|paragraph| {
        let text = unified(&paragraph.text());
        together.iter().any(|names| text.contains(names))
    });
    (is_whole && is_said).then_some(names)
}

/// 二〇二三年 as 2023年; the rest as it is.
fn arabic_year(text: &str) -> String {
    const DIGITS: &str = "〇一二三四五六七八九";
    let digit = |c: char| match c {
        '○' | '零' | 'O' | 'Ｏ' => Some(0),
        c => DIGITS.chars().position(|d| d == c),
    };
    let chars: Vec<char> = text.chars().collect();
    for at in 0..chars.len().saturating_sub(4) {
        let digits: Vec<usize> = chars[at..at + 4].iter().filter_map(|c| digit(*c)).collect();
        if digits.len() == 4 && digits[0] == 2 && chars[at + 4] == '年' {
            let before: String = chars[..at].iter().collect();
            let after: String = chars[at + 4..].iter().collect();
            let year: String = digits.iter().map(usize::to_string).collect();
            return format!("{before}{year}{after}");
        }
    }
    text.to_owned()
}

/// A line of a title without the spaces that set it.
fn unified_title(text: &str) -> String {
    let plain = super::chars::unified_kept(text);
    let chars: Vec<char> = plain.trim().chars().collect();
    let latin = |char: Option<&char>| char.is_some_and(|char| char.is_ascii_alphabetic());
    let kept = chars.iter().enumerate().filter(|(at, char)| {
        !char.is_whitespace() || (latin(chars.get(at.wrapping_sub(1))) && latin(chars.get(at + 1)))
    });
    kept.map(|(_, char)| *char).collect()
}

fn period(text: &str) -> Option<i32> {
    PERIOD.captures(&unified(text))?.get(1)?.as_str().parse().ok()
}

fn one_line(text: &str) -> String {
    super::chars::unified_kept(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
