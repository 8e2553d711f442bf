//! What stands at the end: signature, date, and on web pages the site's own lines.

use regex::Regex;
use std::sync::LazyLock;

use super::chars::unified;
use super::{Line, Texts};

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[(（]?(20\d\d)[年.\-/](\d{1,2})[月.\-/](\d{1,2})日?[)）]?$")
        .expect("a constant pattern")
});
/// Lines that a site puts below the text of a page.
static OF_SITE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(【?打印|【?关闭|扫一扫|分享到|分享[:：]|上一[篇条]|下一[篇条]|相关(链接|文章|信息|附件|阅读)|版权所有|主办(单位)?[:：]|承办(单位)?[:：]|网站标识码|网站地图|联系我们|责任编辑|返回顶部|.{0,12}ICP备|.{0,8}公网安备|友情链接|\[?责任编辑)",
    )
    .expect("a constant pattern")
});

/// Whether a line is the first of what a site puts below the text.
pub(super) fn begins_site(text: &str) -> bool {
    OF_SITE.is_match(&unified(text))
}

/// A line that is a date.
pub(super) fn date(text: &str) -> Option<(i32, u8, u8)> {
    let text = unified(text);
    let found = DATE.captures(&text)?;
    let part = |at: usize| found.get(at).map_or("", |m| m.as_str());
    let (year, month, day): (i32, u8, u8) =
        (part(1).parse().ok()?, part(2).parse().ok()?, part(3).parse().ok()?);
    let is_real = (1..=12).contains(&month) && (1..=31).contains(&day);
    is_real.then_some((year, month, day))
}

/// Takes signature and date from the end of the last field.
pub(super) fn read(texts: &mut Texts) {
    let Some(last) = texts.fields.iter_mut().rev().find(|field| !field.lines.is_empty()) else {
        return;
    };
    let count = last.lines.len();
    let Some(at) =
        (count.saturating_sub(3)..count).rev().find(|at| date(&last.lines[*at].text).is_some())
    else {
        return;
    };
    let line = last.lines.remove(at);
    texts.date = date(&line.text);
    texts.places.insert("report.date".to_owned(), line.place);
    let mut signature: Vec<Line> = Vec::new();
    while let Some(above) = at.checked_sub(signature.len() + 1).and_then(|at| last.lines.get(at)) {
        if !is_signature(&above.text) || signature.len() == 3 {
            break;
        }
        signature.insert(0, above.clone());
    }
    let names = texts.agencies.concat();
    let signed = |lines: &[Line]| {
        let joined: String = lines.iter().map(|line| unified(&line.text)).collect();
        joined.replace(['、', ' '], "")
    };
    // The name under the text is printed from the data; another one is kept where a person sees it.
    while !signature.is_empty() {
        let first = at - signature.len();
        if signed(&signature) == names.replace('、', "") {
            last.lines.drain(first..at);
            return;
        }
        if signature.len() == 1 {
            break;
        }
        signature.remove(0);
    }
    if !signature.is_empty() {
        let first = at - signature.len();
        let names: Vec<Line> = last.lines.drain(first..at).collect();
        if texts.agencies.is_empty() {
            let name = signed(&names);
            texts.places.insert("report.agency".to_owned(), names[0].place.clone());
            texts.agencies = vec![name];
        } else {
            texts.left.extend(names);
        }
    }
}

fn is_signature(text: &str) -> bool {
    let text = unified(text);
    let length = text.chars().count();
    (3..=40).contains(&length)
        && !text.contains(['。', '，', ',', '；', ':', '：', '|'])
        && !super::is_enumerated(&text)
        && !text.starts_with("###")
        && !text.starts_with("![")
}
