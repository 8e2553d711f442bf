//! Lines that belong to one paragraph.

use crate::import::draft::{Paragraph, Run};

use super::heading::is_enumerated;

/// Signs that end a sentence, closing quotation marks and brackets after them included.
fn is_closed(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || "”’」』）)】".contains(c));
    text.is_empty() || text.ends_with(['。', '！', '？', '；', '：', '!', '?', ';', ':', '…'])
}

/// Whether a line goes on in the next one: it ends inside a sentence, and the next begins no item.
pub(crate) fn goes_on(line: &str, next: &str) -> bool {
    let (line, next) = (line.trim(), next.trim());
    if line.is_empty() || next.is_empty() || is_enumerated(next) {
        return false;
    }
    // A title ends without a sign, and so does a heading; half a sentence does too, but is longer.
    if super::opening::ends_title(line) {
        return false;
    }
    let is_heading = is_enumerated(line) && line.chars().count() <= 24;
    !is_closed(line) && !is_heading
}

/// Divides a paragraph at its line breaks, but where a sentence runs over them.
pub(crate) fn divided(paragraph: &Paragraph) -> Vec<Paragraph> {
    if !paragraph.runs.iter().any(|run| run.text.contains('\n')) {
        return vec![paragraph.clone()];
    }
    let mut lines: Vec<Paragraph> = Vec::new();
    let empty =
        || Paragraph { runs: Vec::new(), level: paragraph.level, place: paragraph.place.clone() };
    let mut line = empty();
    for run in &paragraph.runs {
        for (at, piece) in run.text.split('\n').enumerate() {
            if at > 0 {
                lines.push(std::mem::replace(&mut line, empty()));
            }
            line.push(piece, run.bold);
        }
    }
    lines.push(line);
    let mut joined: Vec<Paragraph> = Vec::new();
    for line in lines.into_iter().filter(|line| !line.is_blank()) {
        match joined.last_mut().filter(|last| goes_on(&last.text(), &line.text())) {
            Some(last) => append(last, line),
            None => joined.push(line),
        }
    }
    joined
}

/// Puts a line behind another: between Latin words goes a space, between hanzi none.
pub(crate) fn append(paragraph: &mut Paragraph, mut line: Paragraph) {
    trim_end(&mut paragraph.runs);
    trim_start(&mut line.runs);
    let latin = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphabetic());
    let last = paragraph.runs.last().and_then(|run| run.text.chars().last());
    let first = line.runs.first().and_then(|run| run.text.chars().next());
    if latin(last) && latin(first) {
        let bold = paragraph.runs.last().is_some_and(|run| run.bold);
        paragraph.push(" ", bold);
    }
    for run in line.runs {
        paragraph.push(&run.text, run.bold);
    }
}

fn trim_end(runs: &mut Vec<Run>) {
    while let Some(run) = runs.last_mut() {
        run.text.truncate(run.text.trim_end().len());
        if !run.text.is_empty() {
            return;
        }
        runs.pop();
    }
}

fn trim_start(runs: &mut Vec<Run>) {
    while let Some(run) = runs.first_mut() {
        run.text = run.text.trim_start().to_owned();
        if !run.text.is_empty() {
            return;
        }
        runs.remove(0);
    }
}

/// A paragraph as the data file spells it: bold between `**`, spaces of indents gone.
pub(crate) fn spelt(paragraph: &Paragraph) -> String {
    let mut runs: Vec<Run> = Vec::new();
    for run in &paragraph.runs {
        let text = super::chars::unified_kept(&run.text);
        // Bold spaces and signs between are as good as the text around them.
        let bold = run.bold && text.chars().any(|c| !c.is_whitespace());
        match runs.last_mut().filter(|last| last.bold == bold || text.trim().is_empty()) {
            Some(last) => last.text.push_str(&text),
            None => runs.push(Run { text, bold }),
        }
    }
    trim_start(&mut runs);
    trim_end(&mut runs);
    let all_bold = runs.iter().all(|run| run.bold);
    let mut out = String::new();
    for run in &runs {
        if run.bold && !run.text.contains("**") && !(all_bold && runs.len() > 1) {
            out.push_str("**");
            out.push_str(&run.text);
            out.push_str("**");
        } else {
            out.push_str(&run.text);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::draft::Place;

    #[test]
    fn breaks_inside_sentences_are_no_paragraphs() {
        let of = |text: &str| {
            let divided = divided(&Paragraph::plain(text, Place::Whole));
            divided.iter().map(Paragraph::text).collect::<Vec<_>>()
        };
        assert_eq!(of("全年公开信息\n12 条。\n新增 3 条"), ["全年公开信息12 条。", "新增 3 条"]);
        assert_eq!(of("（一）主动公开\n全年公开"), ["（一）主动公开", "全年公开"]);
        assert_eq!(of("一是甲；\n二是乙"), ["一是甲；", "二是乙"]);
    }

    #[test]
    fn bold_is_spelt_with_stars() {
        let paragraph = Paragraph {
            runs: vec![
                Run { text: "　　甲".into(), bold: false },
                Run { text: "乙".into(), bold: true },
                Run { text: "丙".into(), bold: false },
            ],
            ..Paragraph::default()
        };
        assert_eq!(spelt(&paragraph), "甲**乙**丙");
    }
}
