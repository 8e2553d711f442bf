//! The look of a line: whether it is numbered, how much it says, where its brackets stay open.

/// Marks that number a line by themselves.
const ITEM_MARKS: &str = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳●○■□◆◇▲△★☆►▪•·–—-*※";
/// Signs of Chinese numbers in front of a line.
const NUMERALS: &str = "一二三四五六七八九十百零〇";

/// Whether a line begins with a number of a list or a section: 一是, （二）, 3., 第四, ①.
pub(super) fn is_numbered(line: &str) -> bool {
    number_length(line) > 0
}

/// Bytes of the number that a line begins with, its punctuation included; 0 when there is none.
pub fn number_length(line: &str) -> usize {
    let Some(first) = line.chars().next() else { return 0 };
    if ITEM_MARKS.contains(first) {
        return first.len_utf8();
    }
    if let Some(inner) = line.strip_prefix(['（', '(', '〔', '[', '【']) {
        let rest = inner.trim_start_matches(is_numeral);
        let closed = rest.strip_prefix(['）', ')', '〕', ']', '】']);
        return match closed {
            Some(after) if rest.len() < inner.len() && inner.len() - rest.len() <= 9 => {
                let after = after.strip_prefix(['、', '.', '．']).unwrap_or(after);
                line.len() - after.len()
            }
            _ => 0,
        };
    }
    let (ordinal, body) = line.strip_prefix('第').map_or((false, line), |rest| (true, rest));
    let rest = body.trim_start_matches(is_numeral);
    if rest.len() == body.len() || body.len() - rest.len() > 9 {
        return 0;
    }
    let hanzi = body.starts_with(|c| NUMERALS.contains(c));
    let after = match rest.chars().next() {
        Some('、' | '．' | '）' | ')') => 1,
        // 1.2万件 is a figure, 1.公开 a number.
        Some('.') if !rest[1..].starts_with(|c: char| c.is_ascii_digit()) => 1,
        Some('是') if hanzi => 1,
        Some('，' | '：' | ',' | ':') if ordinal => 1,
        Some('条' | '章' | '项' | '步') if ordinal => 1,
        _ => return 0,
    };
    let end = rest.char_indices().nth(after).map_or(rest.len(), |(at, _)| at);
    line.len() - rest.len() + end
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c) || NUMERALS.contains(c)
}

/// Characters that say something.
pub(super) fn length(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Only what says something: letters and digits, for comparing two texts.
pub(super) fn essence(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Width on paper in half characters.
pub(super) fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

pub(super) fn is_hanzi(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' | '〇')
}

/// Opening brackets and quotes with their partners; a half-width one may close a full-width one.
pub(super) const PAIRS: [(char, char); 12] = [
    ('（', '）'),
    ('(', ')'),
    ('《', '》'),
    ('〈', '〉'),
    ('“', '”'),
    ('‘', '’'),
    ('〔', '〕'),
    ('﹝', '﹞'),
    ('【', '】'),
    ('「', '」'),
    ('『', '』'),
    ('[', ']'),
];

/// The pair of a bracket: its place in [`PAIRS`] and whether it opens. Round brackets of both widths are one pair.
pub(super) fn bracket(c: char) -> Option<(usize, bool)> {
    let at = PAIRS.iter().position(|(open, close)| c == *open || c == *close)?;
    let pair = if at == 1 { 0 } else { at };
    Some((pair, PAIRS[at].0 == c))
}

/// Pairs that are open at the end of a text, the innermost last.
pub(super) fn left_open(text: &str) -> Vec<usize> {
    let mut open: Vec<usize> = Vec::new();
    for (pair, opens) in text.chars().filter_map(bracket) {
        if opens {
            open.push(pair);
        } else if let Some(at) = open.iter().rposition(|known| *known == pair) {
            open.truncate(at);
        }
    }
    open
}

/// Whether a text closes a pair that it has not opened.
pub(super) fn closes_first(text: &str, pair: usize) -> bool {
    let mut brackets = text.chars().filter_map(bracket).filter(|(known, _)| *known == pair);
    brackets.next().is_some_and(|(_, opens)| !opens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_lines() {
        for line in [
            "一是抓部署",
            "（二）依申请公开",
            "(3)其他",
            "1.公开",
            "2、办理",
            "３．报送",
            "第一，加强",
            "①制度",
            "十二、附则",
            "第三条 公开",
            "1）网站",
            "• 网站",
        ] {
            assert!(is_numbered(line), "{line}");
        }
        for line in [
            "一般申请",
            "1.2万件",
            "12件",
            "2023年",
            "（以下简称",
            "十分重视",
            "第一季度",
            "三级联动",
        ] {
            assert!(!is_numbered(line), "{line}");
        }
        assert_eq!(&"（三）政府信息管理"[number_length("（三）政府信息管理")..], "政府信息管理");
    }

    #[test]
    fn brackets() {
        assert_eq!(left_open("按照《条例》（以下简称“条例"), [0, 4]);
        assert!(closes_first("条例”）的规定", 4));
        assert!(left_open("（含上年结转2件)").is_empty());
    }
}
