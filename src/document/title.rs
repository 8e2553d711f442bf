//! Where a title is broken: never inside a word, a number or 年度报告, lines forming a lozenge or trapezoid.
//!
//! A line of the title holds 20 characters (156 mm at 22 pt). Words come from ICU's segmenter with its dictionary;
//! pieces that the dictionary cuts too small (suffixes such as 局, 市, 委员会) are joined again by rule.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

use crate::report::Report;

/// Most characters on a line of the title.
const LINE: usize = 20;

/// The last line of every title that fits it, kept whole.
const TAIL: &str = "政府信息公开工作年度报告";

/// Characters that belong to the word before them.
const SUFFIXES: &str =
    "省市区县旗镇乡村街道盟州局厅委办院部会所站室处科队所司署团校馆中心年》）”、";

/// Characters that belong to the word after them.
const PREFIXES: &str = "《（“";

/// Names of offices that stay whole although a dictionary takes them for several words.
const NAMES: &[&str] = &[
    "人力资源和社会保障",
    "住房和城乡建设",
    "住房城乡建设",
    "发展和改革",
    "发展改革",
    "农业农村",
    "卫生健康",
    "文化和旅游",
    "文化旅游",
    "文化广电和旅游",
    "自然资源和规划",
    "自然资源",
    "林业和草原",
    "市场监督管理",
    "应急管理",
    "乡村振兴",
    "综合行政执法",
    "城市管理",
    "生态环境",
    "交通运输",
    "退役军人事务",
    "医疗保障",
    "国有资产监督管理",
    "工业和信息化",
    "民族宗教事务",
    "政务服务",
    "大数据",
    "人民政府",
    "街道办事处",
    "行政审批服务",
    "公共资源交易",
    "高新技术产业",
    "经济技术开发区",
    "自由贸易试验区",
];

/// What ends the name of a place; a line may well end after it.
const PLACES: &[&str] = &["省", "市", "区", "县", "旗", "州", "盟", "镇", "乡", "街道"];

/// The lines of a report's title. The names of a joint report stand on lines of their own.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let (title, agency) = (report.title.value.as_str(), &report.agency);
    let rest = title.strip_prefix(agency.value.as_str()).filter(|_| agency.names.len() > 1);
    let Some(rest) = rest else { return break_title(title, &agency.value) };
    let names = agency.names.iter().map(|name| name.value.as_str());
    names
        .chain([rest])
        .filter(|line| !line.is_empty())
        .flat_map(|line| break_title(line, ""))
        .collect()
}

/// Breaks a title into lines. A title that fits one line stays whole; else the breaks with the least penalty are
/// taken: few lines, an even or widening shape, no single short line.
pub fn break_title(title: &str, agency: &str) -> Vec<String> {
    let words = words(title, agency);
    let lengths: Vec<usize> = words.iter().map(|word| width(word)).collect();
    let total: usize = lengths.iter().sum();
    if total <= LINE {
        return vec![title.to_owned()];
    }
    let fewest = total.div_ceil(LINE);
    let costs: Vec<usize> = (0..words.len()).map(|at| break_cost(&words, at)).collect();
    let best = (fewest..=fewest + 2)
        .filter_map(|count| best_breaks(&Pieces { lengths: &lengths, costs: &costs }, count))
        .min_by_key(|(penalty, breaks)| (*penalty, breaks.len()));
    let Some((_, breaks)) = best else { return hard_breaks(title) };
    let mut lines = Vec::new();
    let mut from = 0;
    for to in breaks.into_iter().chain([words.len()]) {
        lines.push(words[from..to].concat().trim().to_owned());
        from = to;
    }
    lines
}

/// Width of a word in hanzi, rounded up: ASCII characters are half as wide.
fn width(word: &str) -> usize {
    let halves: usize = word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    halves.div_ceil(2)
}

fn words(title: &str, agency: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = title;
    if let Some(after) = title.strip_prefix(agency).filter(|_| !agency.is_empty()) {
        words.extend(segment(agency));
        rest = after;
    }
    match rest.strip_suffix(TAIL) {
        Some(before) => {
            words.extend(segment(before));
            words.extend(["政府信息公开工作".to_owned(), "年度报告".to_owned()]);
        }
        None => words.extend(segment(rest)),
    }
    words
}

/// Characters on a line of a label over several rows; its column is so wide (`templates`, form.typ).
const LABEL_LINE: usize = 4;

/// Breaks the label of a group of rows between words: its number (三、, （三）) first, then as few lines of at most four
/// characters as there can be, the last ones the longer: 三、, 本年度, 办理结果. A label whose words do not fit is left in
/// one piece, to be broken anywhere.
pub(super) fn label_lines(label: &str) -> Vec<String> {
    let number_ends =
        ["、", "）"].iter().filter_map(|end| Some(label.find(end)? + end.len())).min();
    // 本年（度）办理 is no number.
    let (number, rest) = label.split_at(number_ends.filter(|end| *end <= 4 * 3).unwrap_or(0));
    let mut lines: Vec<String> = Vec::new();
    for word in segment(rest).iter().rev() {
        match lines.last_mut().filter(|line| width(line) + width(word) <= LABEL_LINE) {
            Some(line) => line.insert_str(0, word),
            None => lines.push(word.clone()),
        }
    }
    if lines.iter().any(|line| width(line) > LABEL_LINE) {
        lines = vec![rest.to_owned()];
    }
    if !number.is_empty() {
        lines.push(number.to_owned());
    }
    lines.reverse();
    lines
}

/// Cuts a text into words: known names whole, the rest by dictionary.
fn segment(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let known = NAMES.iter().filter_map(|name| rest.find(name).map(|at| (at, *name)));
        let first = known.min_by_key(|(at, name)| (*at, usize::MAX - name.len()));
        let (before, name) = first.map_or((rest, ""), |(at, name)| (&rest[..at], name));
        by_dictionary(before, &mut words);
        if !name.is_empty() {
            words.push(name.to_owned());
        }
        rest = &rest[before.len() + name.len()..];
    }
    words
}

fn by_dictionary(text: &str, words: &mut Vec<String>) {
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let ends: Vec<usize> = segmenter.segment_str(text).collect();
    for pair in ends.windows(2) {
        let piece = &text[pair[0]..pair[1]];
        match words.last_mut().filter(|last| joins(last, piece)) {
            Some(last) => last.push_str(piece),
            None => words.push(piece.to_owned()),
        }
    }
}

/// Whether a piece belongs to the word before it.
fn joins(before: &str, piece: &str) -> bool {
    let opens = before.chars().last().is_some_and(|c| PREFIXES.contains(c));
    let is_suffix = piece.chars().all(|c| SUFFIXES.contains(c));
    let continues_number = before.chars().last().is_some_and(|c| c.is_ascii_digit())
        && piece.chars().next().is_some_and(|c| c.is_ascii_digit() || c == '年');
    let is_autonomous =
        piece.starts_with("自治") || (piece.ends_with('族') && !before.ends_with("自治"));
    opens || is_suffix || continues_number || is_autonomous
}

/// What it costs to break before a word: nothing before the year, little after a place, much after 和.
fn break_cost(words: &[String], at: usize) -> usize {
    let Some(before) = at.checked_sub(1).map(|at| words[at].as_str()) else { return 0 };
    let starts_year = words[at].starts_with(|c: char| c.is_ascii_digit());
    let after_place = PLACES.iter().any(|place| before.ends_with(place));
    match () {
        () if starts_year => 0,
        () if after_place => 2,
        () if before.ends_with('和') || before.ends_with('与') => 30,
        () if before.ends_with('年') => 4,
        () => 9,
    }
}

/// Words by length in hanzi and by what a break before each costs.
struct Pieces<'a> {
    lengths: &'a [usize],
    costs: &'a [usize],
}

/// The breaks into `count` lines with the least penalty; none when no breaks fit.
fn best_breaks(pieces: &Pieces<'_>, count: usize) -> Option<(usize, Vec<usize>)> {
    let mut best = None;
    let mut breaks = Vec::new();
    search(pieces, count, 0, &mut breaks, &mut best);
    best
}

fn search(
    pieces: &Pieces<'_>,
    count: usize,
    from: usize,
    breaks: &mut Vec<usize>,
    best: &mut Option<(usize, Vec<usize>)>,
) {
    let lengths = pieces.lengths;
    if count == 1 {
        if lengths[from..].iter().sum::<usize>() <= LINE && from < lengths.len() {
            let penalty = penalty(pieces, breaks);
            if best.as_ref().is_none_or(|(least, _)| penalty < *least) {
                *best = Some((penalty, breaks.clone()));
            }
        }
        return;
    }
    let mut sum = 0;
    for to in from + 1..lengths.len() {
        sum += lengths[to - 1];
        if sum > LINE {
            break;
        }
        breaks.push(to);
        search(pieces, count - 1, to, breaks, best);
        breaks.pop();
    }
}

/// Uneven neighbours cost their difference; a line shorter than both neighbours (an hourglass) costs most.
fn penalty(pieces: &Pieces<'_>, breaks: &[usize]) -> usize {
    let lengths = pieces.lengths;
    let ends = breaks.iter().copied().chain([lengths.len()]);
    let starts = std::iter::once(0).chain(breaks.iter().copied());
    let lines: Vec<usize> =
        starts.zip(ends).map(|(from, to)| lengths[from..to].iter().sum()).collect();
    let uneven: usize = lines.windows(2).map(|pair| pair[0].abs_diff(pair[1])).sum();
    let hourglass = lines.windows(3).filter(|l| l[1] < l[0] && l[1] < l[2]).count() * 20;
    let equal = lines.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let short = lines.iter().filter(|&&line| line < 6).count() * 12;
    let costs: usize = breaks.iter().map(|&at| pieces.costs[at]).sum();
    lines.len() * 8 + uneven + hourglass + equal + short + costs
}

/// Breaks a title that has no usable word boundaries every [`LINE`] characters.
fn hard_breaks(title: &str) -> Vec<String> {
    let characters: Vec<char> = title.chars().collect();
    characters.chunks(LINE).map(|line| line.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_break_between_words() {
        let title = |agency: &str| break_title(&format!("{agency}2023年{TAIL}"), agency).join("/");
        assert_eq!(
            title("聊城市人力资源和社会保障局"),
            "聊城市人力资源和社会保障局/2023年政府信息公开工作年度报告"
        );
        assert_eq!(title("某局"), "某局2023年政府信息公开工作年度报告");
    }

    #[test]
    fn labels_break_between_words() {
        for (label, lines) in [
            ("三、本年度办理结果", "三、/本年度/办理结果"),
            ("（三）不予公开", "（三）/不予公开"),
            ("（六）其他处理", "（六）/其他处理"),
            ("合计", "合计"),
            ("", ""),
        ] {
            assert_eq!(label_lines(label).join("/"), lines);
        }
    }
}
