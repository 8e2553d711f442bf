//! Where a title is broken: never inside a word, a number or 年度报告, lines forming a lozenge or trapezoid.
//!
//! A line of the title holds 20 characters (156 mm at 22 pt). Words come from ICU's segmenter with its dictionary;
//! pieces that the dictionary cuts too small (suffixes such as 局, 市, 委员会) are joined again by rule.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

/// Most characters on a line of the title.
const LINE: usize = 20;

/// The last line of every title that fits it, kept whole.
const TAIL: &str = "政府信息公开工作年度报告";

/// Characters that belong to the word before them.
const SUFFIXES: &str =
    "省市区县旗镇乡村街道盟州局厅委办院部会所站室处科队所司署团校馆中心年》）”、";

/// Characters that belong to the word after them.
const PREFIXES: &str = "《（“";

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
    let best = (fewest..=fewest + 2)
        .filter_map(|count| best_breaks(&lengths, count))
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

fn segment(text: &str) -> Vec<String> {
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let ends: Vec<usize> = segmenter.segment_str(text).collect();
    let mut words: Vec<String> = Vec::new();
    for pair in ends.windows(2) {
        let piece = &text[pair[0]..pair[1]];
        match words.last_mut().filter(|last| joins(last, piece)) {
            Some(last) => last.push_str(piece),
            None => words.push(piece.to_owned()),
        }
    }
    words
}

/// Whether a piece belongs to the word before it.
fn joins(before: &str, piece: &str) -> bool {
    let opens = before.chars().last().is_some_and(|c| PREFIXES.contains(c));
    let is_suffix = piece.chars().all(|c| SUFFIXES.contains(c));
    let continues_number = before.chars().last().is_some_and(|c| c.is_ascii_digit())
        && piece.chars().next().is_some_and(|c| c.is_ascii_digit() || c == '年');
    opens || is_suffix || continues_number
}

/// The breaks into `count` lines with the least penalty; none when no breaks fit.
fn best_breaks(lengths: &[usize], count: usize) -> Option<(usize, Vec<usize>)> {
    let mut best = None;
    let mut breaks = Vec::new();
    search(lengths, count, 0, &mut breaks, &mut best);
    best
}

fn search(
    lengths: &[usize],
    count: usize,
    from: usize,
    breaks: &mut Vec<usize>,
    best: &mut Option<(usize, Vec<usize>)>,
) {
    if count == 1 {
        if lengths[from..].iter().sum::<usize>() <= LINE && from < lengths.len() {
            let penalty = penalty(lengths, breaks);
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
        search(lengths, count - 1, to, breaks, best);
        breaks.pop();
    }
}

/// Uneven neighbours cost their difference; a line shorter than both neighbours (an hourglass) costs most.
fn penalty(lengths: &[usize], breaks: &[usize]) -> usize {
    let ends = breaks.iter().copied().chain([lengths.len()]);
    let starts = std::iter::once(0).chain(breaks.iter().copied());
    let lines: Vec<usize> =
        starts.zip(ends).map(|(from, to)| lengths[from..to].iter().sum()).collect();
    let uneven: usize = lines.windows(2).map(|pair| pair[0].abs_diff(pair[1])).sum();
    let hourglass = lines.windows(3).filter(|l| l[1] < l[0] && l[1] < l[2]).count() * 20;
    let equal = lines.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let short = lines.iter().filter(|&&line| line < 6).count() * 12;
    lines.len() * 8 + uneven + hourglass + equal + short
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
}
