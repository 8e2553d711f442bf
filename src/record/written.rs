//! A figure as people write it: with a unit, in words, with separators, in brackets.

use rust_decimal::Decimal;

use crate::number::Number;
use crate::text::numeral::{narrow, whole_number};

/// Measure words that say what is counted and nothing about how much.
const COUNTERS: &[&str] = &[
    "件", "条", "份", "项", "次", "个", "人", "起", "宗", "部", "户", "例", "篇", "期", "封", "场",
    "件次", "人次", "年", "年度", "%", "％",
];

/// Units of money with the number of 元 in each.
const MONEY: &[(&str, u64)] = &[
    ("元", 1),
    ("元整", 1),
    ("块", 1),
    ("百元", 100),
    ("千元", 1_000),
    ("万元", 10_000),
    ("十万元", 100_000),
    ("百万元", 1_000_000),
    ("千万元", 10_000_000),
    ("亿元", 100_000_000),
];

/// A number and the unit behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The digits of the number, ASCII, as written but for separators.
    pub(crate) digits: String,
    /// What stands behind the number; may be empty.
    pub(crate) unit: String,
}

impl Written {
    /// Reads `63件`, `（63）`, `六十三`, `63%`, `63；`, `1,063`, `０．５亿元`; none when there is no number at the
    /// beginning, or more than a unit behind it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = unbracketed(text.trim());
        let text = text.trim_end_matches(is_stop).trim();
        let end = text.find(|c| !is_digit_sign(c)).unwrap_or(text.len());
        let (digits, unit) = if end > 0 {
            (arabic(&text[..end])?, &text[end..])
        } else {
            let end = text.find(|c| !"〇零一二两三四五六七八九十百千".contains(c));
            let (number, unit) = text.split_at(end.unwrap_or(text.len()));
            // 万 and 亿 belong to the unit (五万元), but a count of them is no unit that we know.
            (whole_number(number)?.to_string(), unit)
        };
        let unit = unit.trim();
        (unit.chars().count() <= 3 && !unit.chars().any(|c| c.is_ascii_digit()))
            .then(|| Self { digits, unit: unit.to_owned() })
    }

    /// Whether the number stands for itself in a cell that counts.
    pub(crate) fn is_count(&self) -> bool {
        self.unit.is_empty() || COUNTERS.contains(&self.unit.as_str())
    }

    /// The exact amount in another unit of money, such as 万元; none when one of the units is no money.
    pub(crate) fn amount_in(&self, unit: &str) -> Option<Decimal> {
        let factor = |unit: &str| {
            MONEY.iter().find(|(name, _)| *name == unit).map(|(_, yuan)| Decimal::from(*yuan))
        };
        let own = Number::parse(&self.digits).ok()?.value.checked_mul(factor(&self.unit)?)?;
        own.checked_div(factor(unit)?)
    }
}

/// The text inside one pair of brackets around it.
fn unbracketed(text: &str) -> &str {
    let pairs = [("(", ")"), ("（", "）"), ("〔", "〕")];
    let inner = |(open, close): (&str, &str)| text.strip_prefix(open)?.strip_suffix(close);
    pairs.into_iter().find_map(inner).map_or(text, str::trim)
}

fn is_stop(c: char) -> bool {
    c.is_whitespace() || ",，、;；.。．".contains(c)
}

fn is_digit_sign(c: char) -> bool {
    narrow(c).is_ascii_digit() || "-+.．,，_".contains(c)
}

/// ASCII digits of a number with separators; none when the separators do not part thousands.
fn arabic(text: &str) -> Option<String> {
    let plain: String = text
        .trim()
        .chars()
        .map(|c| match narrow(c) {
            '．' => '.',
            '，' => ',',
            c => c,
        })
        .collect();
    let whole = plain.split('.').next().unwrap_or("").trim_start_matches(['-', '+']);
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let grouped =
        groups.all(|group| group.len() == 3) && (!whole.contains(',') || first.len() <= 3);
    let digits = plain.replace(',', "");
    let number = Number::parse(&digits).ok()?;
    // 05 is as likely 5 as 0 and 5 or 0.5: nobody but the writer knows.
    let padded = whole.len() > 1 && whole.starts_with('0');
    (grouped && !padded).then_some(number.digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_units() {
        for (text, digits, unit) in [
            ("63件", "63", "件"),
            ("（63）", "63", ""),
            ("63；", "63", ""),
            ("63,,", "63", ""),
            ("六十三", "63", ""),
            ("63%", "63", "%"),
            ("1,063 件", "1063", "件"),
            ("12,500.00元", "12500.00", "元"),
            ("０．５亿元", "0.5", "亿元"),
            ("5千元", "5", "千元"),
            ("五万元", "5", "万元"),
            ("-3", "-3", ""),
        ] {
            let wanted = Written { digits: digits.to_owned(), unit: unit.to_owned() };
            assert_eq!(Written::read(text), Some(wanted), "{text}");
        }
        for text in
            ["", "无", "1,06", "1 0 2", "1 063", "05", "3至5件", "12月31日", "O", "约3件", "1,0,0"]
        {
            assert_eq!(Written::read(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_exact() {
        let amount = |text: &str, unit: &str| {
            let amount = Written::read(text).and_then(|written| written.amount_in(unit));
            amount.map(crate::number::print)
        };
        assert_eq!(amount("5000元", "万元").as_deref(), Some("0.5"));
        assert_eq!(amount("5千元", "万元").as_deref(), Some("0.5"));
        assert_eq!(amount("0.5亿元", "万元").as_deref(), Some("5000"));
        assert_eq!(amount("12.5万元", "元").as_deref(), Some("125000"));
        assert_eq!(amount("12.5万件", "元"), None);
        assert_eq!(amount("12.5", "万元"), None);
    }
}
