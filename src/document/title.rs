//! Where a title is broken: never inside a word, a number or 年度报告, lines forming a lozenge or trapezoid.
//!
//! A line of the title holds 20 characters (156 mm at 22 pt). Words come from ICU's segmenter with its dictionary;
//! pieces that the dictionary cuts too small (suffixes such as 局, 市, 委员会) are joined again by rule.

use std::collections::HashMap;

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

use crate::report::Report;

/// Most characters on a line of the title.
const LINE: usize = 20;

/// Longest title whose words are looked at. A longer one (only in a draft: it is an error) is somebody's paragraph.
const LONGEST: usize = 120;

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
    if title.chars().nth(LONGEST).is_some() {
        return hard_breaks(title);
    }
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

/// The breaks into `count` lines with the least penalty; none when no breaks fit. Of equal ones the earliest breaks.
fn best_breaks(pieces: &Pieces<'_>, count: usize) -> Option<(usize, Vec<usize>)> {
    let mut search = Search { pieces, known: HashMap::new() };
    let (penalty, first) = search.best(Lines { left: count, before: 0, last: 0, from: 0 })?;
    let mut breaks = Vec::new();
    let mut lines = Lines { left: count, before: 0, last: 0, from: 0 };
    let mut to = first;
    while to < pieces.lengths.len() {
        breaks.push(to);
        lines = lines.with(pieces, to);
        to = search.best(lines)?.1;
    }
    Some((penalty, breaks))
}

/// What the best way to break the rest of a title depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Lines {
    /// Lines still to be made.
    left: usize,
    /// Length of the line before the last one; 0 when there is none.
    before: usize,
    /// Length of the last line; 0 when there is none.
    last: usize,
    /// The first word that is on no line yet.
    from: usize,
}

impl Lines {
    /// The state behind one more line, which ends before the word `to`.
    fn with(self, pieces: &Pieces<'_>, to: usize) -> Self {
        let length = pieces.lengths[self.from..to].iter().sum();
        Self { left: self.left - 1, before: self.last, last: length, from: to }
    }

    /// What the last line costs by itself, with the break before it at the word `from`.
    fn cost_of_last(self, pieces: &Pieces<'_>, from: usize) -> usize {
        // 8 a line: few lines; below 6 characters a line looks lost. Weighed on the titles of tests/cases/titles.txt.
        let alone = 8 + if self.last < 6 { 12 } else { 0 };
        alone + if from == 0 { 0 } else { pieces.costs[from] }
    }
}

/// The search for the best breaks: every state is looked at once, so its time grows with the length of the title.
struct Search<'a> {
    pieces: &'a Pieces<'a>,
    known: HashMap<Lines, Option<(usize, usize)>>,
}

impl Search<'_> {
    /// The least penalty of the lines still to be made, and where the first of them ends.
    fn best(&mut self, lines: Lines) -> Option<(usize, usize)> {
        if let Some(known) = self.known.get(&lines) {
            return *known;
        }
        let all = self.pieces.lengths.len();
        let mut best: Option<(usize, usize)> = None;
        let mut length = 0;
        for to in lines.from + 1..=all {
            length += self.pieces.lengths[to - 1];
            if length > LINE {
                break;
            }
            if (lines.left == 1) != (to == all) {
                continue;
            }
            let next = lines.with(self.pieces, to);
            let rest = if next.left == 0 { Some(0) } else { self.best(next).map(|(cost, _)| cost) };
            let Some(rest) = rest else { continue };
            let cost = rest + next.cost_of_last(self.pieces, lines.from) + beside(lines, length);
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, to));
            }
        }
        self.known.insert(lines, best);
        best
    }
}

/// What a line of a length costs beside the two before it: uneven neighbours cost their difference; a line shorter than
/// both neighbours (an hourglass) costs most.
fn beside(lines: Lines, length: usize) -> usize {
    if lines.last == 0 {
        return 0;
    }
    let uneven = lines.last.abs_diff(length) + usize::from(lines.last == length);
    let hourglass = lines.before > lines.last && lines.last < length;
    uneven + if hourglass { 20 } else { 0 }
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
