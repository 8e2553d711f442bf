//! A date as people write it: `2024-1-18`, `2024/01/18`, `2024.1.18`, `2024年1月18日`, `20240118`.

use crate::text::numeral::{narrow, whole_number};

/// A date that was recognised, whether or not the calendar has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenDate {
    year: i32,
    month: u8,
    day: u8,
}

impl WrittenDate {
    /// Reads a date; none when the text is something else, or leaves open which number is what (`1/18/2024`).
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'', '“', '”']).trim();
        let is_sign = |c: char| "-/.年月日号－—／．。 \u{A0}\u{3000}".contains(c);
        let parts: Vec<&str> = text.split(is_sign).filter(|part| !part.is_empty()).collect();
        let numbers = match parts.as_slice() {
            [one] if one.chars().count() == 8 => {
                let digits: String = one.chars().map(narrow).collect();
                let cut = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
                [cut(0, 4)?, cut(4, 6)?, cut(6, 8)?]
            }
            [year, month, day] if year.chars().count() == 4 => {
                let number = |part: &str| -> Option<u32> { whole_number(part)?.try_into().ok() };
                [number(year)?, number(month)?, number(day)?]
            }
            _ => return None,
        };
        let [year, month, day] = numbers;
        let small = |number: u32| u8::try_from(number).ok();
        Some(Self { year: i32::try_from(year).ok()?, month: small(month)?, day: small(day)? })
    }

    /// Whether the calendar has the day.
    pub(crate) fn exists(self) -> bool {
        let month = time::Month::try_from(self.month);
        month.is_ok_and(|month| time::Date::from_calendar_date(self.year, month, self.day).is_ok())
    }

    /// The date as the data file has it.
    pub(crate) fn toml(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// The date as people say it.
    pub(crate) fn spoken(self) -> String {
        format!("{}年{}月{}日", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_day() {
        for text in [
            "2024-1-18",
            "2024-01-18",
            "2024/01/18",
            "2024.1.18",
            "2024年1月18日",
            "２０２４年１月１８日",
            "二〇二四年一月十八日",
            "\"2024年1月18日\"",
            "20240118",
            "2024 年 1 月 18 日",
            "2024－1－18",
        ] {
            let date = WrittenDate::read(text).unwrap_or_else(|| panic!("{text}"));
            assert!(date.exists(), "{text}");
            assert_eq!(date.toml(), "2024-01-18", "{text}");
        }
        for text in
            ["", "1/18/2024", "2024-1", "18日", "2024年", "10:00:00", "24-1-18", "2024-1-18-3"]
        {
            assert_eq!(WrittenDate::read(text), None, "{text}");
        }
        let impossible = WrittenDate::read("2024-02-30").expect("a date");
        assert!(!impossible.exists());
        assert_eq!(impossible.spoken(), "2024年2月30日");
    }
}
