//! The form for people: what is wrong, where, with which figures, what to do, and by which rule.

use super::cluster::{Block, blocks};
use super::snippet::{Frame, Mark};
use super::wrap::{NO_BREAK, width, wrap};
use super::{Options, Paint, ReportFindings, Tally, verdict};
use crate::diagnostic::{Diagnostic, Level, Origin, Term};
use crate::harmless::plain;

/// Operands that are 0 are left out of the excerpt when a finding has more operands than this.
const MOST_OPERANDS: usize = 8;
/// Places and lines shown for many findings of one kind.
const MOST_PLACES: usize = 10;
/// Different remedies and grounds shown for many findings of one kind.
const MOST_NOTES: usize = 3;
/// What is said at one place when many findings point there.
const MOST_TEXTS: usize = 6;

/// Characters of a line of the file that are named beside lines to paste.
const MOST_CHARACTERS: usize = 24;

/// Renders the findings of one report and the line that closes it.
pub(super) fn render(report: &ReportFindings, options: &Options, named: bool) -> String {
    let closing = if options.quiet { String::new() } else { closing(report, options, named) };
    findings(report, options) + &closing
}

/// Renders the findings of one report; nothing when there are none.
pub fn findings(report: &ReportFindings, options: &Options) -> String {
    let mut out = String::new();
    for block in blocks(report.diagnostics) {
        let (first, marks) = marks_of(&block);
        let pen = Pen::new(report, options, first, &marks);
        out += &match &block {
            Block::One(finding) => pen.one(finding, &marks),
            Block::Many(findings) => pen.many(findings, &marks),
            Block::Rest(findings) => pen.rest(findings),
            Block::Waived(finding) => pen.waived(finding),
        };
        out.push('\n');
    }
    out
}

/// The line that closes a report; it names the report when there are several.
fn closing(report: &ReportFindings, options: &Options, named: bool) -> String {
    let mut tally = Tally::default();
    tally.add(report, options.deny_warnings);
    let line = verdict(&tally, options.deny_warnings);
    let paint = Paint::new(options.color);
    let line =
        if tally.is_accepted() { paint.good(&line) } else { paint.level(Level::Error, &line) };
    let line =
        if named { format!("{}: {line}\n", plain(report.path)) } else { format!("{line}\n") };
    // Which file that was must be seen: the program has found it by itself.
    let previous =
        report.previous.map(|previous| format!("对照的上年文件：{}\n", plain(previous.name())));
    line + &previous.unwrap_or_default()
}

fn marks_of<'a>(block: &Block<'a>) -> (&'a Diagnostic, Vec<Mark>) {
    match block {
        Block::One(finding) => (finding, marks_of_one(finding)),
        Block::Many(findings) => (findings[0], marks_of_many(findings)),
        Block::Rest(findings) => {
            (findings[0], findings.iter().filter_map(|f| primary(f, &[])).collect())
        }
        Block::Waived(finding) => (finding, primary(finding, &[]).into_iter().collect()),
    }
}

/// The mark of a finding; none when it stands nowhere.
fn primary(finding: &Diagnostic, texts: &[&str]) -> Option<Mark> {
    let span = finding.span.clone()?;
    let texts = texts.iter().filter(|text| !text.is_empty()).map(|&text| text.to_owned()).collect();
    Some(Mark { origin: Origin::Report, span, is_primary: true, texts })
}

fn marks_of_one(finding: &Diagnostic) -> Vec<Mark> {
    let mut marks: Vec<Mark> = primary(finding, &[&finding.label]).into_iter().collect();
    marks.extend(shown_terms(finding).filter_map(|term| {
        let span = term.span.clone()?;
        let texts = vec![operand(term)];
        Some(Mark { origin: term.origin, span, is_primary: false, texts })
    }));
    marks
}

/// One mark a finding; places where very many meet say how many more there are.
fn marks_of_many(findings: &[&Diagnostic]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for group in findings.chunk_by(|a, b| a.span == b.span).take(MOST_PLACES) {
        let mut texts: Vec<String> = group.iter().map(|finding| in_one_line(finding)).collect();
        texts.dedup();
        if texts.len() > MOST_TEXTS {
            let more = texts.len() - (MOST_TEXTS - 1);
            texts.truncate(MOST_TEXTS - 1);
            texts.push(format!("……这里还有 {more} 处"));
        }
        marks.extend(primary(group[0], &[]).map(|mark| Mark { texts, ..mark }));
    }
    marks
}

/// Operands worth a mark: all of a few, else those that are not 0.
fn shown_terms(finding: &Diagnostic) -> impl Iterator<Item = &Term> {
    let all = finding.terms.len() <= MOST_OPERANDS;
    finding.terms.iter().filter(move |term| all || !is_zero(&term.value))
}

fn is_zero(value: &str) -> bool {
    value.contains('0') && value.chars().all(|char| matches!(char, '0' | '.'))
}

fn operand(term: &Term) -> String {
    let label = if term.label.is_empty() { &term.path } else { &term.label };
    format!("{label}{NO_BREAK}{}", term.value)
}

/// A finding without its excerpt: the headline, and the values where it does not hold them.
pub(super) fn in_one_line(finding: &Diagnostic) -> String {
    match values(finding, &finding.message) {
        Some(values) => format!("{}（{values}）", finding.message),
        None => finding.message.clone(),
    }
}

/// What stands there and what should, unless the text says all of it already.
fn values(finding: &Diagnostic, said: &str) -> Option<String> {
    let [written, right] = [&finding.reported, &finding.computed]
        .map(|value| value.as_deref().filter(|value| !value.trim().is_empty()));
    if [written, right].into_iter().flatten().all(|value| says(said, value)) {
        return None;
    }
    let written = written.map(|value| format!("写的是 {value}"));
    let right = right.map(|value| format!("核算应为 {value}"));
    let parts: Vec<String> = [written, right].into_iter().flatten().collect();
    Some(parts.join("，"))
}

/// Whether a text holds a value as a word of its own: 1 is not said by 11.
fn says(text: &str, value: &str) -> bool {
    let part_of_number = |char: char| char.is_ascii_digit() || char == '.';
    !value.is_empty()
        && text.match_indices(value).any(|(at, _)| {
            !text[..at].ends_with(part_of_number)
                && !text[at + value.len()..].starts_with(part_of_number)
        })
}

/// Draws the blocks of one report.
struct Pen<'a> {
    frame: Frame<'a>,
    paint: Paint,
    options: &'a Options<'a>,
}

impl<'a> Pen<'a> {
    fn new(
        report: &ReportFindings<'a>,
        options: &'a Options<'a>,
        first: &Diagnostic,
        marks: &[Mark],
    ) -> Self {
        let paint = Paint::new(options.color);
        let frame = Frame {
            path: report.path,
            source: report.source,
            previous: report.previous,
            paint,
            level: first.level,
            columns: options.width,
            gutter: Frame::gutter_for(report.source, report.previous, marks),
        };
        Self { frame, paint, options }
    }

    fn one(&self, finding: &Diagnostic, marks: &[Mark]) -> String {
        let mut out = self.headline(finding, finding.level.label(), &finding.message);
        out += &self.nowhere(&[finding]);
        out += &self.frame.draw(marks);
        let said = format!("{} {}", finding.label, finding.message);
        out += &self.note("数值", values(finding, &said).as_deref());
        out += &self.note("另计", without_place(finding).as_deref());
        out += &self.note("怎么改", finding.help.as_deref());
        out += &self.paste(&[finding]);
        out += &self.note("自动改", fixable(&[finding]).as_deref());
        out += &self.note("依据", finding.basis.as_deref());
        out + &self.note("位置", waivable(finding))
    }

    fn many(&self, findings: &[&Diagnostic], marks: &[Mark]) -> String {
        let first = findings[0];
        let same = findings.iter().all(|finding| finding.message == first.message);
        let title = match self.options.rule(&first.rule) {
            Some(rule) if !same => rule.headline(),
            None if !same => "同类问题",
            _ => &first.message,
        };
        let title = format!("{title}（共 {} 处）", findings.len());
        let mut out = self.headline(first, first.level.label(), &title);
        out += &self.nowhere(findings);
        out += &self.frame.draw(marks);
        let places = findings.chunk_by(|a, b| a.span == b.span);
        let hidden: usize = places.skip(MOST_PLACES).map(<[_]>::len).sum();
        out += &self.hidden(hidden);
        out += &self.notes("怎么改", findings.iter().map(|f| f.help.as_deref()));
        out += &self.paste(findings);
        out += &self.note("自动改", fixable(findings).as_deref());
        out + &self.notes("依据", findings.iter().map(|f| f.basis.as_deref()))
    }

    fn rest(&self, findings: &[&Diagnostic]) -> String {
        let first = findings[0];
        let title = format!("还有 {} 处同类问题", findings.len());
        let mut out = self.headline(first, first.level.label(), &title);
        out += &self.frame.draw_place(first.span.as_ref());
        for finding in findings.iter().take(MOST_PLACES) {
            out += &self.note(&self.line_of(finding), Some(&in_one_line(finding)));
        }
        out + &self.hidden(findings.len().saturating_sub(MOST_PLACES))
    }

    /// The file, and what is said, of findings that stand nowhere in it.
    fn nowhere(&self, findings: &[&Diagnostic]) -> String {
        let without: Vec<_> = findings.iter().filter(|finding| finding.span.is_none()).collect();
        if without.is_empty() {
            return String::new();
        }
        let mut out = self.frame.draw_place(None);
        if findings.len() > 1 {
            for finding in without {
                out += &self.note("全文", Some(&in_one_line(finding)));
            }
        }
        out
    }

    /// Where a finding is, in short.
    fn line_of(&self, finding: &Diagnostic) -> String {
        match self.frame.source.origins() {
            Some(origins) => origins.of(&finding.path, finding.span.as_ref()).place,
            None => {
                let line = finding.line(self.frame.source);
                line.map_or_else(|| "全文".to_owned(), |line| format!("第 {line} 行"))
            }
        }
    }

    fn waived(&self, finding: &Diagnostic) -> String {
        let kind = format!("已豁免的{}", finding.level.label());
        let mut out = self.headline(finding, &kind, &in_one_line(finding));
        out += &self.frame.draw_place(finding.span.as_ref());
        out + &self.note("豁免理由", finding.waived.as_deref())
    }

    fn headline(&self, finding: &Diagnostic, kind: &str, text: &str) -> String {
        let prefix = format!("{kind}[{}]", plain(&finding.rule));
        let mut lines = wrap(&format!("{prefix}: {text}"), self.options.width).into_iter();
        let first = lines.next().unwrap_or_default();
        let mut out = match first.strip_prefix(&prefix) {
            Some(text) => self.paint.level(finding.level, &prefix) + &self.paint.strong(text),
            None => self.paint.strong(&first),
        };
        let rest: Vec<String> = lines.collect();
        for line in wrap(&rest.join(""), self.options.width - 4).iter().filter(|l| !l.is_empty()) {
            out += &format!("\n    {}", self.paint.strong(line));
        }
        out + "\n"
    }

    fn note(&self, label: &str, text: Option<&str>) -> String {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return String::new() };
        let lead = format!("{:gutter$}=", "", gutter = self.frame.gutter);
        let indent = width(&lead) + width(label) + 3;
        let lines = wrap(text, self.options.width.saturating_sub(indent).max(20));
        let body = lines.join(&format!("\n{:indent$}", ""));
        let label = self.paint.strong(&format!("{label}:"));
        format!("{} {label} {body}\n", self.paint.frame(&lead))
    }

    /// Notes that findings share are said once; of different ones the first few are shown.
    fn notes<'t>(&self, label: &str, texts: impl Iterator<Item = Option<&'t str>>) -> String {
        let mut different: Vec<&str> = Vec::new();
        for text in texts.flatten() {
            if !different.contains(&text) {
                different.push(text);
            }
        }
        let mut out: String =
            different.iter().take(MOST_NOTES).map(|text| self.note(label, Some(text))).collect();
        if different.len() > MOST_NOTES {
            let more = format!("还有 {} 条，各处不同", different.len() - MOST_NOTES);
            out += &self.note(label, Some(&more));
        }
        out
    }

    /// Lines to paste: never broken, nothing before them but spaces. Those for different places are told apart.
    fn paste(&self, findings: &[&Diagnostic]) -> String {
        let with_lines: Vec<&&Diagnostic> =
            findings.iter().filter(|f| f.suggestion.is_some()).collect();
        if with_lines.is_empty() {
            return String::new();
        }
        let places: Vec<_> = with_lines.chunk_by(|a, b| a.span == b.span).collect();
        let replaced = match places.as_slice() {
            [one] if one[0].replaces => one[0].line(self.frame.source),
            _ => None,
        };
        let lead = replaced.map_or_else(
            || "（下面的行可以直接粘贴）".to_owned(),
            |line| format!("（把第 {line} 行换成下面这一行）"),
        );
        let mut out = self.note("可以这样写", Some(&lead));
        for group in &places {
            if places.len() > 1 {
                let where_to = if group[0].replaces { "换成" } else { "下面" };
                let at = |line| {
                    let text = plain(self.frame.source.line(line).trim());
                    format!("# 第 {line} 行 {} {where_to}", shortened(&text))
                };
                let line = group[0].line(self.frame.source);
                let above = line.map_or_else(|| "# 另起一段".to_owned(), at);
                out += &format!("      {}\n", self.paint.faint(&above));
            }
            for line in group.iter().filter_map(|f| f.suggestion.as_deref()).flat_map(str::lines) {
                let shown: String = line.split('\t').map(plain).collect::<Vec<_>>().join("\t");
                out += format!("      {}", self.paint.good(shown.trim_end())).trim_end();
                out.push('\n');
            }
        }
        out
    }

    fn hidden(&self, count: usize) -> String {
        if count == 0 {
            return String::new();
        }
        let text = format!("还有 {count} 处没有列出，加 --message-format short 可逐条看全");
        self.note("未列", Some(&text))
    }
}

/// Says that the program can mend findings itself, and how many of them.
fn fixable(findings: &[&Diagnostic]) -> Option<String> {
    let count = findings.iter().filter(|finding| !finding.fix.is_empty()).count();
    let which = match count {
        0 => return None,
        all if all == findings.len() => String::new(),
        some => format!("其中 {some} 处"),
    };
    Some(format!("{which}可以运行 nianbao check --fix 文件名 改好"))
}

/// The path that a waiver names; errors are there to be repaired.
fn waivable(finding: &Diagnostic) -> Option<&str> {
    (finding.level != Level::Error).then_some(finding.path.as_str())
}

/// The beginning of a line, enough to know it by.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Operands that no file holds (totals that were computed) and those left out because they are 0.
fn without_place(finding: &Diagnostic) -> Option<String> {
    let computed: Vec<String> =
        shown_terms(finding).filter(|term| term.span.is_none()).map(operand).collect();
    let left_out = finding.terms.len() - shown_terms(finding).count();
    let mut parts = Vec::new();
    if !computed.is_empty() {
        parts.push(format!("{}（文件中没有写，由各项算出）", computed.join("，")));
    }
    if left_out == finding.terms.len() && left_out > 0 {
        parts.push(format!("参加计算的 {left_out} 项都是 0"));
    } else if left_out > 0 {
        parts.push(format!("其余 {left_out} 项都是 0"));
    }
    (!parts.is_empty()).then(|| parts.join("；"))
}
