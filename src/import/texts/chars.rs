//! Characters that look the same and are not: radicals from PDFs, full-width forms, spaces of all kinds.

use unicode_normalization::UnicodeNormalization as _;

use crate::import::draft::is_space;

/// Radicals of the supplement that Unicode does not equate with the characters they are in print.
const RADICALS: [(char, char); 36] = [
    ('⺀', '冫'),
    ('⺁', '厂'),
    ('⺃', '乙'),
    ('⺅', '亻'),
    ('⺈', '刀'),
    ('⺉', '刂'),
    ('⺋', '㔾'),
    ('⺌', '小'),
    ('⺎', '兀'),
    ('⺏', '尣'),
    ('⺕', '彐'),
    ('⺗', '心'),
    ('⺙', '攵'),
    ('⺚', '旡'),
    ('⺝', '月'),
    ('⺟', '母'),
    ('⺠', '民'),
    ('⺮', '竹'),
    ('⺴', '网'),
    ('⻁', '虎'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻩', '黄'),
];
/// The rest of them.
const MORE_RADICALS: [(char, char); 8] = [
    ('⻨', '麦'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
    ('⻳', '龟'),
    ('⻒', '镸'),
    ('⻏', '阝'),
    ('⻑', '長'),
];

/// A radical as the character that it is in print; other characters stay.
pub(crate) fn without_radical(char: char) -> char {
    match char {
        // Unicode names the traditional form; in simplified print the radical is the simplified one.
        '⼾' => '户',
        '⾭' => '青',
        '\u{2F00}'..='\u{2FDF}' => std::iter::once(char).nfkc().next().unwrap_or(char),
        '\u{2E80}'..='\u{2EFF}' => {
            let known = RADICALS.iter().chain(&MORE_RADICALS).find(|(radical, _)| *radical == char);
            known.map_or(char, |(_, plain)| *plain)
        }
        _ => char,
    }
}

/// A text to compare labels by: no spaces, one form for each character, `①` as `1.`.
pub(crate) fn unified(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars().filter(|char| !is_space(*char)) {
        match char {
            '①'..='⑳' => {
                out.push_str(&(char as u32 - '①' as u32 + 1).to_string());
                out.push('.');
            }
            _ => out.extend(std::iter::once(without_radical(char)).nfkc()),
        }
    }
    out
}

/// A line with plain spaces and without radicals, everything else as it is.
pub(crate) fn unified_kept(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{2060}' | '\u{AD}' => {}
            char if char.is_control() && char != '\t' => {}
            char if is_space(char) => out.push(' '),
            char => out.push(without_radical(char)),
        }
    }
    out
}
