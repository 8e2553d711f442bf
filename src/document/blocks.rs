//! Texts as blocks: one paragraph a line, `**粗体**`, `### 小标题`, pictures, charts, pipe tables.
//!
//! Everything else prints as written; text travels as data and is never read as Typst.

use crate::number::Number;
use crate::report::{Chart, Text};
use crate::source::Span;
use crate::text::line::{Image, cells, heading, image, lines, table_rows, trim};

use super::{Block, Builder, ChartBlock, ChartValue, ColumnAlign, TextRun};

/// Lists the picture files that a text shows, with their place in the text.
pub fn picture_targets(text: &str) -> impl Iterator<Item = (&str, Span)> {
    lines(text).filter_map(|(start, line)| {
        let image = image(line)?;
        image.chart().is_none().then(|| (image.target, start..start + line.len()))
    })
}

/// Lists the charts that a text places, by name, with their place in the text.
pub fn chart_targets(text: &str) -> impl Iterator<Item = (&str, Span)> {
    lines(text).filter_map(|(start, line)| {
        let name = image(line)?.chart()?;
        Some((name, start..start + line.len()))
    })
}

impl Builder<'_> {
    /// Turns a text into blocks.
    pub(super) fn blocks(&mut self, text: &Text) -> Vec<Block> {
        let lines: Vec<(usize, &str)> = lines(&text.value).collect();
        let mut blocks = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let (start, line) = lines[at];
            if line.trim().is_empty() {
                at += 1;
                continue;
            }
            let id = format!("{}#{}", text.path, blocks.len());
            let rows = table_rows(&lines[at..]);
            let taken = rows.max(1);
            let end = lines[at + taken - 1].0 + lines[at + taken - 1].1.len();
            self.places.insert(id.clone(), text.map.span(&(start..end)));
            blocks.push(if rows > 0 {
                pipe_table(id, &lines[at..at + rows])
            } else {
                self.block(id, line)
            });
            at += taken;
        }
        self.mark_first(&text.path, &mut blocks);
        blocks
    }

    fn block(&self, id: String, line: &str) -> Block {
        if let Some(heading) = heading(line) {
            return Block::Heading { id, text: heading.to_owned(), marks: Vec::new() };
        }
        if let Some(image) = image(line)
            && let Some(block) = self.image(&id, &image)
        {
            return block;
        }
        Block::Paragraph { id, marks: Vec::new(), runs: runs(trim(line)) }
    }

    fn image(&self, id: &str, image: &Image<'_>) -> Option<Block> {
        let id = id.to_owned();
        if let Some(name) = image.chart() {
            let chart = self.input.report.charts.iter().find(|chart| chart.name == name)?;
            return Some(Block::Chart(chart_block(id, image.caption, chart)));
        }
        let picture = self.input.pictures.iter().find(|picture| picture.target == image.target)?;
        picture.bytes.as_ref()?;
        let alt = if image.caption.is_empty() { image.target } else { image.caption };
        let (file, caption, alt) = (picture.file.clone(), image.caption.to_owned(), alt.to_owned());
        Some(Block::Picture { id, file, caption, alt })
    }

    /// Puts the marks of a text's findings at its first paragraph, when no section heading carries them.
    fn mark_first(&self, path: &str, blocks: &mut [Block]) {
        if let Some(Block::Paragraph { marks, .. } | Block::Heading { marks, .. }) =
            blocks.first_mut()
            && path == "report.preface"
        {
            *marks = self.marks_at(path);
        }
    }
}

/// Splits a line at `**`; an odd last pair prints as written.
fn runs(line: &str) -> Vec<TextRun> {
    let pieces: Vec<&str> = line.split("**").collect();
    let paired = pieces.len() % 2 == 1;
    let mut runs: Vec<TextRun> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let last_odd = !paired && index + 1 == pieces.len();
        let bold = index % 2 == 1 && !last_odd;
        let text = if last_odd { format!("**{piece}") } else { (*piece).to_owned() };
        match runs.last_mut().filter(|before| before.bold == bold) {
            Some(before) => before.text.push_str(&text),
            None if !text.is_empty() => runs.push(TextRun { text, bold }),
            None => {}
        }
    }
    runs
}

fn pipe_table(id: String, lines: &[(usize, &str)]) -> Block {
    let header = cells(lines[0].1);
    let aligns: Vec<ColumnAlign> = cells(lines[1].1)
        .iter()
        .map(|rule| match (rule.starts_with(':'), rule.ends_with(':')) {
            (true, false) => ColumnAlign::Left,
            (false, true) => ColumnAlign::Right,
            _ => ColumnAlign::Center,
        })
        .collect();
    let rows: Vec<Vec<&str>> = lines[2..].iter().map(|(_, line)| cells(line)).collect();
    let width = rows.iter().map(Vec::len).chain([header.len()]).max().unwrap_or(1);
    let filled = |row: &[&str]| -> Vec<Vec<TextRun>> {
        (0..width).map(|at| row.get(at).map_or_else(Vec::new, |cell| runs(cell))).collect()
    };
    let align =
        (0..width).map(|at| aligns.get(at).copied().unwrap_or(ColumnAlign::Center)).collect();
    let rows: Vec<_> = rows.iter().map(|row| filled(row)).collect();
    Block::Table { id, header: filled(&header), rows, align }
}

fn chart_block(id: String, title: &str, chart: &Chart) -> ChartBlock {
    let largest = chart.data.iter().map(|(_, number)| number.value.abs()).max().unwrap_or_default();
    let data: Vec<ChartValue> = chart
        .data
        .iter()
        .map(|(label, number)| ChartValue {
            label: label.value.clone(),
            value: number.digits.clone(),
            text: number.digits.clone(),
            share: share(number, largest),
        })
        .collect();
    let series: Vec<String> = chart
        .data
        .iter()
        .map(|(label, number)| format!("{}{}{}", label.value, number.digits, chart.unit))
        .collect();
    let title = if title.is_empty() { chart.kind.label() } else { title };
    ChartBlock {
        id,
        kind: chart.kind,
        title: title.to_owned(),
        unit: chart.unit.clone(),
        alt: format!("{title}（{}）：{}", chart.kind.label(), series.join("，")),
        data,
    }
}

/// A figure's fraction of the largest one, for drawing only: six decimal places.
fn share(number: &Number, largest: rust_decimal::Decimal) -> serde_json::Number {
    let share = number.value.checked_div(largest).unwrap_or_default().round_dp(6);
    serde_json::from_str(&share.normalize().to_string()).unwrap_or_else(|_| 0.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_needs_a_pair() {
        let bold = |line: &str| runs(line).iter().map(|run| run.bold).collect::<Vec<_>>();
        assert_eq!(bold("一**二**三"), [false, true, false]);
        assert_eq!(runs("一**二")[0].text, "一**二");
        assert_eq!(runs("**一**二**三")[1].text, "二**三");
    }

    #[test]
    fn images_stand_alone() {
        assert_eq!(picture_targets("一\n![图](a.png)\n![数](chart:x)").count(), 1);
    }
}
