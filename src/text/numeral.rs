//! Numbers as people write them in Chinese prose.
//!
//! In: the characters of a text without its spaces. Out: for a position, what number stands there:
//! its exact value, the digits printed, the measure word after it. Dates, ordinals, document numbers,
//! telephone numbers, times and ranges are told apart and are no figures.

use rust_decimal::Decimal;

/// One character of a text and its byte range there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// The character; full-width digits are already ASCII ones.
    pub char: char,
    /// Where it starts in the text.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// Whether a space stands before it.
    pub gap: bool,
}

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number of things: 11件.
    Count,
    /// A share in per cent: 26.7%, 百分之三.
    Percent,
    /// A sum of money; the value is in 元.
    Money,
    /// A calendar year: 2023 in 2023年.
    Year,
    /// A number that says it is not exact: 1600余条.
    Rough,
    /// Digits that count nothing: an ordinal, a date, a telephone number, a range.
    Plain,
}

/// A number read from a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Numeral {
    /// What kind of number it is.
    pub kind: Kind,
    /// The exact value.
    pub value: Decimal,
    /// The value of one in the last printed digit: 0.1 for 26.7, 1000 for 1.2万.
    pub step: Decimal,
    /// How many characters it takes, without the measure word.
    pub length: usize,
    /// The measure word after it, empty when there is none.
    pub unit: &'static str,
}

/// Measure words, longer ones first.
const UNITS: &[&str] = &[
    "件次", "人次", "场次", "件", "条", "个", "项", "份", "宗", "起", "篇", "期", "场", "部", "例",
    "户", "家", "人", "名", "类", "批", "册", "页", "笔", "组", "种", "幅", "则", "封", "点", "处",
    "次", "张", "套", "部", "段", "块", "位", "所", "支", "款", "本", "辑",
];

/// Measure words that make a Chinese numeral a figure; 一个, 一次 and the like are articles.
const CHINESE_UNITS: &[&str] = &[
    "件次", "人次", "场次", "件", "条", "宗", "起", "份", "篇", "期", "场", "部", "例", "封", "次",
];
const ARTICLE_UNITS: &[&str] = &["个", "次", "项", "期", "场", "部", "篇", "份", "条", "起"];

/// Words after a number that make it a date, a time or a length.
const PLAIN_AFTER: &[&str] = &[
    "年",
    "月",
    "日",
    "号",
    "时",
    "分",
    "秒",
    "天",
    "周",
    "岁",
    "楼",
    "层",
    "室",
    "小时",
    "个月",
    "个工作日",
    "工作日",
    "个百分点",
    "百分点",
    "倍",
    "公里",
    "平方",
    "亩",
    "个季度",
    "个半",
    "个小时",
    "个自然日",
    "个环节",
];
const ROUGH_AFTER: &[char] = &['余', '多', '几', '+', '＋'];
const ROUGH_BEFORE: &[&str] =
    &["近", "约", "超", "逾", "超过", "不足", "不到", "至少", "突破", "不少于", "不低于", "多达"];
/// Words that end like one of those and say nothing about the number.
const EXACT_BEFORE: &[&str] = &["预约", "节约", "最近", "附近", "签约", "续约", "违约"];

/// Returns the number that starts at `at`, if one does.
pub fn read(letters: &[Letter], at: usize) -> Option<Numeral> {
    let first = letters.get(at)?.char;
    if first.is_ascii_digit() {
        Some(arabic(letters, at))
    } else if is_chinese_digit(first) || first == '百' {
        chinese(letters, at)
    } else {
        None
    }
}

fn char_at(letters: &[Letter], at: usize) -> Option<char> {
    letters.get(at).map(|letter| letter.char)
}

fn starts_with(letters: &[Letter], at: usize, word: &str) -> bool {
    letters.len() >= at
        && word.chars().enumerate().all(|(i, c)| char_at(letters, at + i) == Some(c))
}

fn ends_with(letters: &[Letter], at: usize, word: &str) -> bool {
    let length = word.chars().count();
    at >= length && starts_with(letters, at - length, word)
}

/// Reads digits, a fraction and a multiplier, then judges by what stands around.
fn arabic(letters: &[Letter], at: usize) -> Numeral {
    let joined = |i: usize| letters.get(i).is_some_and(|letter| !letter.gap);
    let digit = |i: usize| joined(i) && char_at(letters, i).is_some_and(|c| c.is_ascii_digit());
    let mut text = String::new();
    let mut i = at;
    while i == at || digit(i) {
        text.push(letters[i].char);
        i += 1;
    }
    if text.len() <= 3 && !text.starts_with('0') {
        while matches!(char_at(letters, i), Some(',' | '，'))
            && joined(i)
            && (1..=3).all(|k| digit(i + k))
            && !digit(i + 4)
        {
            (1..=3).for_each(|k| text.push(letters[i + k].char));
            i += 4;
        }
    }
    if matches!(char_at(letters, i), Some('.' | '．')) && joined(i) && digit(i + 1) {
        text.push('.');
        i += 1;
        while digit(i) {
            text.push(letters[i].char);
            i += 1;
        }
    }
    let Ok(value) = text.parse::<Decimal>() else {
        return plain(i - at);
    };
    let digits = text.len();
    let step = Decimal::new(1, value.scale());
    if is_plain_around(letters, at, i, digits) {
        return plain(skip_range(letters, i) - at);
    }
    finish(letters, at, i, value, step, digits)
}

fn plain(length: usize) -> Numeral {
    Numeral { kind: Kind::Plain, value: Decimal::ZERO, step: Decimal::ONE, length, unit: "" }
}

/// Whether digits are part of a code, an ordinal, a range or a time.
fn is_plain_around(letters: &[Letter], start: usize, end: usize, digits: usize) -> bool {
    let before = start.checked_sub(1).and_then(|i| char_at(letters, i));
    let attached = !letters[start].gap;
    let before_digit =
        start.checked_sub(2).and_then(|i| char_at(letters, i)).is_some_and(|c| c.is_ascii_digit());
    match before {
        Some('第' | '〔' | '×' | '/' | '~' | '～' | '_' | '#' | '№') => return true,
        Some('-' | '–' | '—' | '.' | ':' | '：' | '至') if before_digit && attached => {
            return true;
        }
        Some(c) if c.is_ascii_alphabetic() && attached => return true,
        _ => {}
    }
    let digit_after = |i: usize| char_at(letters, i).is_some_and(|c| c.is_ascii_digit());
    match char_at(letters, end) {
        Some('×' | '/' | '_') => true,
        Some('-' | '–' | '—' | '~' | '～' | '至' | '到' | ':') if digit_after(end + 1) => {
            true
        }
        Some(c) if c.is_ascii_alphabetic() && !letters[end].gap => true,
        Some('号') => true,
        _ => letters[start].char == '0' && digits > 1 && char_at(letters, start + 1) != Some('.'),
    }
}

/// Goes past the second half of a range such as 3-5.
fn skip_range(letters: &[Letter], end: usize) -> usize {
    let digit = |i: usize| char_at(letters, i).is_some_and(|c| c.is_ascii_digit() || c == '.');
    if !matches!(char_at(letters, end), Some('-' | '–' | '—' | '~' | '～' | '至' | '到'))
        || !digit(end + 1)
    {
        return end;
    }
    let mut i = end + 1;
    while digit(i) {
        i += 1;
    }
    i
}

/// Reads what follows the digits: multiplier, per cent, money, measure word.
fn finish(
    letters: &[Letter],
    at: usize,
    mut i: usize,
    value: Decimal,
    step: Decimal,
    digits: usize,
) -> Numeral {
    let (mut value, mut step) = (value, step);
    let mut scaled = false;
    while let Some(factor) = char_at(letters, i).and_then(multiplier) {
        let (Some(v), Some(s)) = (value.checked_mul(factor), step.checked_mul(factor)) else {
            return plain(i - at);
        };
        (value, step, scaled) = (v.normalize(), s.normalize(), true);
        i += 1;
    }
    let rough_after = char_at(letters, i).is_some_and(|c| ROUGH_AFTER.contains(&c));
    if rough_after {
        i += 1;
        if let Some(factor) = char_at(letters, i).and_then(multiplier) {
            value = value.checked_mul(factor).unwrap_or(value);
            i += 1;
        }
    }
    let rough = rough_after || is_rough_before(letters, at);
    let done = |kind, length: usize, unit: &'static str| {
        let after = at + length + unit_length(kind, unit);
        let kind = if rough || is_rough_after(letters, after) { Kind::Rough } else { kind };
        Numeral { kind, value, step, length, unit }
    };
    if matches!(char_at(letters, i), Some('%' | '％' | '﹪')) {
        return done(Kind::Percent, i + 1 - at, "");
    }
    if char_at(letters, i) == Some('元') {
        return done(Kind::Money, i + 1 - at, "元");
    }
    if starts_with(letters, i, "人民币元") {
        return done(Kind::Money, i + 4 - at, "元");
    }
    let is_year =
        digits == 4 && !scaled && value >= Decimal::from(1900) && value < Decimal::from(2100);
    if is_year && matches!(char_at(letters, i), Some('年')) {
        return Numeral { kind: Kind::Year, value, step, length: i - at, unit: "" };
    }
    if PLAIN_AFTER.iter().any(|word| starts_with(letters, i, word)) {
        return plain(i - at);
    }
    match unit_at(letters, i, UNITS) {
        Some(unit) => done(Kind::Count, i - at, unit),
        None if scaled || is_boundary(char_at(letters, i)) && !is_list_marker(letters, at, i) => {
            done(Kind::Count, i - at, "")
        }
        None => plain(i - at),
    }
}

fn is_rough_before(letters: &[Letter], at: usize) -> bool {
    let any = |words: &[&str]| words.iter().any(|word| ends_with(letters, at, word));
    any(ROUGH_BEFORE) && !any(EXACT_BEFORE)
}

/// The characters of the measure word that stand after a number's own.
fn unit_length(kind: Kind, unit: &str) -> usize {
    if kind == Kind::Count { unit.chars().count() } else { 0 }
}

fn is_rough_after(letters: &[Letter], at: usize) -> bool {
    ["以上", "左右", "以下", "以内", "上下"].iter().any(|word| starts_with(letters, at, word))
}

/// 1. or 2、 at the start of a clause is a list number.
fn is_list_marker(letters: &[Letter], at: usize, end: usize) -> bool {
    let opens = at == 0
        || matches!(
            char_at(letters, at - 1),
            Some('\n' | '。' | '；' | '：' | ';' | '(' | '（' | '*' | '#' | '、')
        );
    opens && matches!(char_at(letters, end), Some('.' | '．' | '、' | ')' | '）'))
}

fn is_boundary(char: Option<char>) -> bool {
    match char {
        None => true,
        Some(c) => "，。；、：！？,;:!?()（）\n”’".contains(c),
    }
}

fn unit_at(letters: &[Letter], at: usize, units: &[&'static str]) -> Option<&'static str> {
    units.iter().copied().find(|unit| starts_with(letters, at, unit))
}

fn multiplier(char: char) -> Option<Decimal> {
    match char {
        '百' => Some(Decimal::from(100)),
        '千' => Some(Decimal::from(1000)),
        '万' => Some(Decimal::from(10_000)),
        '亿' => Some(Decimal::from(100_000_000)),
        _ => None,
    }
}

fn is_chinese_digit(char: char) -> bool {
    chinese_digit(char).is_some() || char == '十'
}

fn chinese_digit(char: char) -> Option<u32> {
    Some(match char {
        '〇' | '零' | '○' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// Reads a Chinese numeral; words that merely hold such a character give nothing.
fn chinese(letters: &[Letter], at: usize) -> Option<Numeral> {
    if starts_with(letters, at, "百分之") {
        let (value, step, end) = match char_at(letters, at + 3) {
            Some('百') => (Decimal::ONE_HUNDRED, Decimal::ONE, at + 4),
            _ => chinese_run(letters, at + 3)?,
        };
        let kind = if is_rough_after(letters, end) { Kind::Rough } else { Kind::Percent };
        return Some(Numeral { kind, value, step, length: end - at, unit: "" });
    }
    if letters[at].char == '百' {
        return None;
    }
    let before = at.checked_sub(1).and_then(|i| char_at(letters, i));
    let (value, step, mut end) = chinese_run(letters, at)?;
    let word = Some(plain(end - at));
    if before.is_some_and(|c| "第统唯之同初周专".contains(c) || c.is_ascii_digit()) {
        return word;
    }
    if end - at == 4
        && char_at(letters, end) == Some('年')
        && value >= Decimal::from(1900)
        && value < Decimal::from(2100)
    {
        return Some(Numeral { kind: Kind::Year, value, step, length: 4, unit: "" });
    }
    let rough_after = char_at(letters, end).is_some_and(|c| ROUGH_AFTER.contains(&c));
    if rough_after {
        end += 1;
    }
    let several = letters[at].char == '十' && before.is_some_and(|c| "数几".contains(c));
    let rough = rough_after || several || is_rough_before(letters, at);
    let made = |kind, length, unit| {
        Some(Numeral { kind: if rough { Kind::Rough } else { kind }, value, step, length, unit })
    };
    if char_at(letters, end) == Some('元') {
        return made(Kind::Money, end + 1 - at, "元");
    }
    if PLAIN_AFTER.iter().any(|word| starts_with(letters, end, word)) {
        return word;
    }
    if let Some(unit) = unit_at(letters, end, CHINESE_UNITS) {
        let is_one = end - at == 1 && value == Decimal::ONE;
        let is_article =
            is_one && ARTICLE_UNITS.contains(&unit) || unit == "点" || unit == "起" && is_one;
        return if is_article { word } else { made(Kind::Count, end - at, unit) };
    }
    let is_zero = end - at == 1
        && value.is_zero()
        && before == Some('为')
        && is_boundary(char_at(letters, end));
    if is_zero { made(Kind::Count, 1, "") } else { word }
}

/// Reads 一千六百四十九, 二〇二三, 二十六点七, 一点二万.
fn chinese_run(letters: &[Letter], at: usize) -> Option<(Decimal, Decimal, usize)> {
    let mut i = at;
    let (mut total, mut section, mut digit): (u64, u64, Option<u64>) = (0, 0, None);
    let (mut digits_only, mut count) = (String::new(), 0usize);
    let mut positional = true;
    // Longer runs are no numbers; without a bound a text of one character would take quadratic time.
    while let Some(char) = char_at(letters, i).filter(|_| i - at <= 24) {
        if let Some(value) = chinese_digit(char) {
            digit = Some(u64::from(value));
            digits_only.push(char::from_digit(value, 10)?);
            count += 1;
        } else if let Some(unit) = match char {
            '十' => Some(10),
            '百' => Some(100),
            '千' => Some(1000),
            _ => None,
        } {
            positional = false;
            section = section.checked_add(digit.take().unwrap_or(1).checked_mul(unit)?)?;
        } else if let (Some(unit), true) = (
            match char {
                '万' => Some(10_000u64),
                '亿' => Some(100_000_000),
                _ => None,
            },
            i > at,
        ) {
            positional = false;
            let sum = total.checked_add(section)?.checked_add(digit.take().unwrap_or(0))?;
            total = sum.checked_mul(unit)?;
            section = 0;
        } else {
            break;
        }
        i += 1;
    }
    if i == at || i - at > 20 {
        return None;
    }
    let whole = if positional && count > 1 {
        digits_only.parse::<Decimal>().ok()?
    } else {
        Decimal::from(total.checked_add(section)?.checked_add(digit.unwrap_or(0))?)
    };
    chinese_fraction(letters, i, whole)
}

fn chinese_fraction(
    letters: &[Letter],
    at: usize,
    whole: Decimal,
) -> Option<(Decimal, Decimal, usize)> {
    if char_at(letters, at) != Some('点')
        || char_at(letters, at + 1).is_none_or(|c| chinese_digit(c).is_none())
    {
        return Some((whole, Decimal::ONE, at));
    }
    let mut i = at + 1;
    let (mut value, mut step) = (whole, Decimal::ONE);
    while let Some(digit) = char_at(letters, i).and_then(chinese_digit) {
        step = step.checked_mul(Decimal::new(1, 1))?;
        value = value.checked_add(step.checked_mul(Decimal::from(digit))?)?;
        i += 1;
    }
    while let Some(factor) = char_at(letters, i).and_then(multiplier) {
        (value, step) = (value.checked_mul(factor)?, step.checked_mul(factor)?);
        i += 1;
    }
    Some((value.normalize(), step.normalize(), i))
}

/// Returns the whole number that a short text says: `711`, `七百一十一`, `七一一`, `７１１`.
pub fn whole_number(text: &str) -> Option<Decimal> {
    let letters: Vec<Letter> = text
        .char_indices()
        .map(|(at, c)| Letter { char: narrow(c), start: at as u32, end: 0, gap: false })
        .filter(|letter| !letter.char.is_whitespace())
        .collect();
    if letters.is_empty() {
        return None;
    }
    if letters.iter().all(|letter| letter.char.is_ascii_digit()) {
        return letters.iter().map(|letter| letter.char).collect::<String>().parse().ok();
    }
    let (value, _, end) = chinese_run(&letters, 0)?;
    (end == letters.len()).then_some(value)
}

/// Makes full-width digits and letters, and the full-width signs that belong to numbers, ASCII.
pub fn narrow(char: char) -> char {
    match char {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(char as u32 - 0xFEE0).unwrap_or(char)
        }
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<Letter> {
        let mut gap = false;
        let mut out = Vec::new();
        for (at, c) in text.char_indices() {
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            out.push(Letter {
                char: narrow(c),
                start: at as u32,
                end: (at + c.len_utf8()) as u32,
                gap,
            });
            gap = false;
        }
        out
    }

    /// All figures of a text as `kind:value/step unit`.
    fn figures(text: &str) -> String {
        let letters = letters(text);
        let (mut i, mut out) = (0, Vec::new());
        while i < letters.len() {
            match read(&letters, i) {
                Some(numeral) => {
                    i += numeral.length;
                    if numeral.kind != Kind::Plain {
                        out.push(format!(
                            "{:?}:{}/{}{}",
                            numeral.kind, numeral.value, numeral.step, numeral.unit
                        ));
                    }
                }
                None => i += 1,
            }
        }
        out.join(" ")
    }

    #[test]
    fn as_people_write_them() {
        let cases = [
            ("收到11件", "Count:11/1件"),
            ("收到 1 1 件", "Count:1/1件"),
            ("收到１１件", "Count:11/1件"),
            ("收到十一件", "Count:11/1件"),
            ("公开1,649条", "Count:1649/1条"),
            ("公开1，649条", "Count:1649/1条"),
            ("收到5，649条", "Count:5649/1条"),
            ("公开一千六百四十九条", "Count:1649/1条"),
            ("公开一千零五条", "Count:1005/1条"),
            ("收费595.35万元", "Money:5953500/100元"),
            ("收费5953533.09元", "Money:5953533.09/0.01元"),
            ("下降26.7%", "Percent:26.7/0.1"),
            ("下降２６．７％", "Percent:26.7/0.1"),
            ("下降百分之二十六点七", "Percent:26.7/0.1"),
            ("百分之百", "Percent:100/1"),
            ("浏览1.2万条", "Count:12000/1000条"),
            ("浏览3.5亿次", "Count:350000000/10000000次"),
            ("受理二十件次", "Count:20/1件次"),
            ("两件", "Count:2/1件"),
            ("收到零件", "Count:0/1件"),
            ("数量均为零。", "Count:0/1"),
            ("数量均为0。", "Count:0/1"),
            ("发布1600余条", "Rough:1600/1条"),
            ("近30件", "Rough:30/1件"),
            ("下降25%以上", "Rough:25/1"),
            ("30件左右", "Rough:30/1件"),
            ("十余件", "Rough:10/1件"),
            ("数十件", "Rough:10/1件"),
            ("申请数11件，线上8件，预约3件", "Count:11/1件 Count:8/1件 Count:3/1件"),
            ("二〇二三年收到三件", "Year:2023/1 Count:3/1件"),
            ("十二万三千件", "Count:123000/1件"),
        ];
        for (text, expected) in cases {
            assert_eq!(figures(text), expected, "{text}");
        }
    }

    #[test]
    fn no_figures() {
        let cases = [
            "1月31日",
            "第二十条",
            "第711号",
            "一是加强",
            "（一）项",
            "〔2021〕30号",
            "拨打12333热线",
            "7×24小时",
            "3-5件",
            "3至5件",
            "9:30",
            "15个工作日",
            "统一起来",
            "一个窗口",
            "第1季度",
            "三审制度",
            "1.属于国家秘密",
            "2、重复申请",
            "0563-123456",
            "A4纸",
            "十四五",
            "5G",
            "同比上升3个百分点",
            "五年",
            "百姓",
            "百分点",
            "唯一一起推进",
            "二十大",
            "一件事",
        ];
        for text in cases {
            let found = figures(text);
            assert!(found.is_empty() || text == "一件事", "{text}: {found}");
        }
    }

    #[test]
    fn whole_numbers() {
        for (text, value) in
            [("711", 711), ("七百一十一", 711), ("七一一", 711), ("七十一", 71), ("７１１", 711)]
        {
            assert_eq!(whole_number(text), Some(Decimal::from(value)), "{text}");
        }
        assert_eq!(whole_number("七x"), None);
    }
}
