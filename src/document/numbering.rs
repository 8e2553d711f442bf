//! Numbers of section headings: （一）, （二）, … in order of what is there.

/// Counts the sections of a part.
#[derive(Debug, Default)]
pub(super) struct Sections {
    count: usize,
}

impl Sections {
    /// Returns a heading with the next number; one that brings a number of its own keeps it.
    pub(super) fn heading(&mut self, heading: &str) -> String {
        self.count += 1;
        let heading = heading.trim();
        let own = heading.starts_with('（')
            && heading.find('）').is_some_and(|at| is_number(&heading[3..at]));
        if own { heading.to_owned() } else { format!("（{}）{heading}", hanzi(self.count)) }
    }
}

/// A heading that runs on into its text, ended by a full stop unless it ends in a sign of its own.
pub(super) fn closed(heading: &str) -> String {
    let is_open =
        heading.chars().last().is_some_and(|last| last.is_alphanumeric() || "）》”".contains(last));
    if is_open { format!("{heading}。") } else { heading.to_owned() }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| "一二三四五六七八九十".contains(c))
}

/// Writes 1–99 in hanzi.
fn hanzi(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (number / 10 % 10, number % 10);
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        _ => format!("{}十", DIGITS[tens]),
    };
    format!("{tens}{}", DIGITS[ones])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_numbered_in_order() {
        let mut sections = Sections::default();
        assert_eq!(sections.heading("主动公开"), "（一）主动公开");
        assert_eq!(sections.heading("（二）依申请公开"), "（二）依申请公开");
        assert_eq!(sections.heading("（含）其他"), "（三）（含）其他");
        assert_eq!(hanzi(21), "二十一");
    }

    #[test]
    fn headings_that_run_on_end_in_a_sign() {
        assert_eq!(closed("（一）组织领导"), "（一）组织领导。");
        assert_eq!(closed("（一）组织领导："), "（一）组织领导：");
        assert_eq!(closed("（二）主动公开（含转载）"), "（二）主动公开（含转载）。");
    }
}
