//! `CHART-UNPLACED` and `CHART-TEXT`: a chart that no text places, and one whose figure is another than the text beside it says.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::page::Kind;
use super::{Chart, Page, Passage, Place, Rule, Slip};
use crate::number::print;
use crate::text::Prose;
use crate::text::ordinary::ordinary_text;

/// `CHART-UNPLACED` needs no words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unplaced {}

impl Rule for Unplaced {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        for (index, chart) in page.charts.iter().enumerate() {
            if page.bodies().any(|(_, passage)| places(passage, chart.name)) {
                continue;
            }
            let mut slip = Slip::new("CHART-UNPLACED", "unplaced", Place::Chart(index, None))
                .with("name", chart.name);
            slip.corrected = Some(format!("![图表标题](chart:{})", chart.name));
            slips.push(slip);
        }
    }
}

fn places(passage: &Passage<'_>, name: &str) -> bool {
    let placed =
        |kind: &Kind<'_>| matches!(kind, Kind::Image(image) if image.chart() == Some(name));
    passage.lines.iter().any(|line| placed(&line.kind))
}

/// The threshold of `CHART-TEXT`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contradicted {
    /// Most characters between a label and its figure.
    reach: usize,
}

impl Rule for Contradicted {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        for (index, chart) in page.charts.iter().enumerate() {
            for (_, passage) in page.bodies().filter(|(_, passage)| places(passage, chart.name)) {
                let prose = Prose::read(passage.text);
                let said: Vec<Vec<Decimal>> = chart
                    .data
                    .iter()
                    .map(|datum| self.said(&prose, datum.label, chart.unit))
                    .collect();
                slips.extend(contradictions(index, chart, &said));
            }
        }
    }
}

/// Figures that the text gives otherwise. That it speaks of the same things is known by another label whose figure agrees.
fn contradictions(index: usize, chart: &Chart<'_>, said: &[Vec<Decimal>]) -> Vec<Slip> {
    let agrees = |at: usize| said[at].contains(&chart.data[at].value);
    if !(0..said.len()).any(agrees) {
        return Vec::new();
    }
    let wrong = (0..said.len()).filter(|&at| !said[at].is_empty() && !agrees(at));
    wrong
        .map(|at| {
            let datum = &chart.data[at];
            Slip::new("CHART-TEXT", "contradicted", Place::Chart(index, Some(at)))
                .with("name", chart.name)
                .with("label", datum.label)
                .with("unit", chart.unit)
                .with("reported", print(datum.value))
                .with("computed", print(said[at][0]))
        })
        .collect()
}

impl Contradicted {
    /// The figures that a text gives right after a label.
    fn said(&self, prose: &Prose, label: &str, unit: &str) -> Vec<Decimal> {
        let label: String = ordinary_text(label)
            .chars()
            .filter(|c| !c.is_whitespace() && !"“”‘’\"".contains(*c))
            .collect();
        let mut values = Vec::new();
        // 2023年 is a time and no thing that a figure belongs to.
        if label.is_empty() || label.chars().any(|c| c.is_ascii_digit()) {
            return values;
        }
        for sentence in &prose.sentences {
            let text = prose.sentence(sentence);
            for (at, _) in text.match_indices(label.as_str()) {
                let end = at + label.len();
                let next = prose
                    .figures_of(sentence)
                    .iter()
                    .find(|figure| figure.at >= sentence.range.start + end);
                let Some(figure) = next else { continue };
                let between = &text[end..figure.at - sentence.range.start];
                let near = between.chars().count() <= self.reach
                    && !between.contains(['，', '；', '、', '（', '和', '及', '与']);
                let same = unit.is_empty() || figure.numeral.unit == unit;
                if near && same {
                    values.push(figure.numeral.value);
                }
            }
        }
        values
    }
}
