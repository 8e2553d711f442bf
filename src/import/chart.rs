//! Charts that say their figures in their description, as those of this program do.
//!
//! `主动公开信息数量（柱形图）：门户网站544条，政务新媒体729条` under the line `主动公开信息数量（单位：条）`.

use std::sync::LazyLock;

use regex::Regex;

use super::texts::chars::unified;

/// Chinese names of charts with their keys in the data file.
const KINDS: [(&str, &str); 4] =
    [("柱形图", "column"), ("条形图", "bar"), ("饼图", "pie"), ("折线图", "line")];

static DESCRIPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?s)(.+?)（(柱形图|条形图|饼图|折线图)）：(.+)$").expect("a constant pattern")
});
static TITLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(.+)\(单位:(.+)\)$").expect("a constant pattern"));

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) kind: &'static str,
    pub(super) unit: String,
    /// Label and digits.
    pub(super) data: Vec<(String, String)>,
}

/// Reads a chart by its description and the line with its unit.
pub(super) fn read(description: &str, line: &str) -> Option<Chart> {
    let found = DESCRIPTION.captures(description)?;
    let group = |at: usize| found.get(at).map_or("", |m| m.as_str());
    let title = group(1).to_owned();
    let line = unified(line);
    let unit = TITLE.captures(&line)?;
    let unit_of = |at: usize| unit.get(at).map_or("", |m| m.as_str());
    if unit_of(1) != unified(&title) {
        return None;
    }
    let kind = KINDS.iter().find(|(label, _)| *label == group(2))?.1;
    let unit = unit_of(2).to_owned();
    let data = group(3).split('，').map(|item| point(item, &unit)).collect::<Option<Vec<_>>>()?;
    Some(Chart { title, kind, unit, data })
}

/// A label with its figure: the digits before the unit.
fn point(item: &str, unit: &str) -> Option<(String, String)> {
    let body = item.strip_suffix(unit)?;
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let start = body.trim_end_matches(digits).len();
    let (label, value) = body.split_at(start);
    let (label, value) = match label.strip_suffix('-') {
        Some(label) => (label, format!("-{value}")),
        None => (label, value.to_owned()),
    };
    // A label that ends in digits runs into its figure: which is which is not said.
    let is_clear = !label.is_empty() && value.trim_start_matches('-').parse::<f64>().is_ok();
    is_clear.then(|| (label.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_read_by_their_description() {
        let chart =
            read("公开数量（柱形图）：门户网站544条，政务新媒体729.5条", "公开数量（单位：条）");
        let chart = chart.expect("a chart");
        assert_eq!((chart.kind, chart.unit.as_str()), ("column", "条"));
        assert_eq!(chart.data[1], ("政务新媒体".to_owned(), "729.5".to_owned()));
        assert_eq!(read("一张照片", "公开数量（单位：条）"), None);
    }
}
