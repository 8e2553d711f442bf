//! `TEXT-MARKUP`, of tables: lines that are clearly meant as a table and are printed as text.
//!
//! A pipe table needs a head, a rule of dashes and half-width bars. An input method turns the dashes into —— and the bars
//! into ｜; a spreadsheet leaves tabs; the rule is forgotten.

use serde::Deserialize;

use super::page::{Kind, Line};
use super::{Change, Page, Passage, Place, Rule, Slip};
use crate::text::line;

/// Its thresholds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    /// Signs that stand for a bar.
    bars: String,
    /// Signs that stand for a dash in the rule.
    dashes: String,
    /// Fewest lines that are a table.
    least_rows: usize,
}

impl Rule for Tables {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        for (index, passage) in page.bodies() {
            let mut at = 0;
            while at < passage.lines.len() {
                let block = self.block(&passage.lines[at..]);
                if block >= self.least_rows {
                    slips.push(self.slip(index, passage, &passage.lines[at..at + block]));
                }
                at += block.max(1);
            }
        }
    }
}

impl Tables {
    /// The number of lines at the beginning that look like rows of one table and are none.
    fn block(&self, lines: &[Line<'_>]) -> usize {
        let columns = |line: &Line<'_>| match line.kind {
            Kind::Paragraph => self.columns(line.text),
            _ => 0,
        };
        let width = lines.first().map_or(0, columns);
        if width < 2 {
            return 0;
        }
        lines.iter().take_while(|line| columns(line) == width || self.is_rule(line.text)).count()
    }

    /// Columns of a row; 0 when it is none: cells between bars or tabs, none of them a sentence.
    fn columns(&self, text: &str) -> usize {
        if text.contains('。') {
            return 0;
        }
        if text.contains('\t') {
            return text.split('\t').count();
        }
        let bars = text.chars().filter(|c| self.bars.contains(*c)).count();
        let edged = text.starts_with(|c| self.bars.contains(c));
        match bars {
            0 => 0,
            // 微信|微博 in running text is no row; a row without its outer bars has spaces around the inner ones.
            _ if !edged => {
                let spaced = text
                    .split(|c| self.bars.contains(c))
                    .skip(1)
                    .all(|cell| cell.starts_with([' ', '\u{3000}']));
                if spaced { bars + 1 } else { 0 }
            }
            1 => 0,
            _ => line::cells(&self.with_bars(text)).len(),
        }
    }

    fn is_rule(&self, text: &str) -> bool {
        let has_dash = text.chars().any(|c| self.dashes.contains(c));
        has_dash
            && text.chars().all(|c| {
                self.bars.contains(c)
                    || self.dashes.contains(c)
                    || matches!(c, ':' | '：' | ' ' | '\t')
            })
    }

    fn with_bars(&self, text: &str) -> String {
        text.chars().map(|c| if self.bars.contains(c) { '|' } else { c }).collect()
    }

    fn slip(&self, index: usize, passage: &Passage<'_>, lines: &[Line<'_>]) -> Slip {
        let tabs = lines[0].text.contains('\t');
        let rule_at = lines.iter().position(|line| self.is_rule(line.text));
        let name = match (tabs, rule_at) {
            (true, _) => "table_tabs",
            (false, Some(_)) => "table_signs",
            (false, None) => "table_rule",
        };
        let columns = self.columns(lines[0].text);
        let mut changes: Vec<Change> = lines
            .iter()
            .map(|line| Change {
                passage: index,
                range: line.range(),
                put: self.row(line.text, columns),
            })
            .collect();
        if rule_at.is_none()
            && let Some(first) = changes.first_mut()
        {
            first.put += &format!("\n|{}", "---|".repeat(columns));
        }
        let range = lines[0].range();
        let slip = Slip::new("TEXT-MARKUP", name, Place::Text(index, range.clone()))
            .with("rows", lines.len().to_string());
        let mut slip = slip.mended(passage, changes.clone(), rule_at == Some(1));
        let all: Vec<&str> = changes.iter().map(|change| change.put.as_str()).collect();
        slip.corrected = Some(all.join("\n"));
        slip.covers = range.start..lines.last().map_or(range.end, |line| line.range().end);
        slip
    }

    /// A line as a row of a pipe table.
    fn row(&self, text: &str, columns: usize) -> String {
        if self.is_rule(text) {
            return format!("|{}", "---|".repeat(columns));
        }
        let cells: Vec<String> = match text.contains('\t') {
            true => text.split('\t').map(|cell| cell.trim().replace('|', "｜")).collect(),
            false => line::cells(&self.with_bars(text)).into_iter().map(str::to_owned).collect(),
        };
        format!("| {} |", cells.join(" | "))
    }
}
