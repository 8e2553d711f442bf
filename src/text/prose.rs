//! A text of a report, read once for all rules.
//!
//! In: the decoded text of a field. Out: two views of it with the way back to byte positions. The
//! *plain* view has no spaces and no marks of emphasis. The *figured* view is cut into sentences; it has
//! one sign for each figure, Chinese punctuation throughout, no quotation marks, empty book titles, and
//! every parenthesis taken out of its sentence and put after it.

use std::ops::Range;

use super::numeral::{self, Kind, Letter, Numeral};
use super::ordinary::{is_invisible, ordinary};

/// The sign of a count in the figured view.
pub const COUNT: char = '\u{E000}';
/// The sign of a share in per cent.
pub const PERCENT: char = '\u{E001}';
/// The sign of a sum of money.
pub const MONEY: char = '\u{E002}';
/// The sign of a year.
pub const YEAR: char = '\u{E003}';
/// The sign of a number that says it is not exact.
pub const ROUGH: char = '\u{E004}';

/// A figure of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was read.
    pub numeral: Numeral,
    /// Its byte range in the field's text, without the measure word.
    pub span: Range<usize>,
    /// Where its sign stands in the figured view.
    pub at: usize,
}

/// A sentence, or a parenthesis taken out of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its range in the figured view, without the closing punctuation.
    pub range: Range<usize>,
    /// Its first and last figure.
    pub figures: Range<usize>,
    /// For a parenthesis: the sentence it was in and the place in the figured view.
    pub host: Option<(usize, usize)>,
    /// The number of the line it is in.
    pub line: usize,
}

/// A text in both views.
#[derive(Debug, Clone, Default)]
pub struct Prose {
    /// The plain view.
    pub plain: String,
    plain_map: Map,
    /// The figured view.
    pub figured: String,
    figured_map: Map,
    /// All figures, by their place in the figured view.
    pub figures: Vec<Figure>,
    /// The sentences, in order; a parenthesis follows its sentence.
    pub sentences: Vec<Sentence>,
}

/// For each character of a view, where it stands there and the range in the text that it came from.
#[derive(Debug, Clone, Default)]
struct Map(Vec<[u32; 3]>);

impl Map {
    fn push(&mut self, view: &mut String, char: char, start: u32, end: u32) {
        self.0.push([view.len() as u32, start, end]);
        view.push(char);
    }

    /// The character whose bytes hold a place of the view.
    fn at(&self, place: usize) -> Option<&[u32; 3]> {
        let after = self.0.partition_point(|[at, _, _]| *at as usize <= place);
        self.0.get(after.checked_sub(1)?)
    }

    fn span(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.at(range.start).map_or(0, |[_, start, _]| *start);
        let last = range.end.checked_sub(1).filter(|last| *last >= range.start);
        let end = last.and_then(|last| self.at(last)).map_or(start, |[_, _, end]| *end);
        start as usize..end.max(start) as usize
    }
}

impl Prose {
    /// Reads a text.
    pub fn read(text: &str) -> Self {
        let mut prose = Self::default();
        let mut lines = Vec::new();
        prose.plain.reserve(text.len());
        prose.figured.reserve(text.len());
        for (number, (start, line)) in lines_of(text).enumerate() {
            let letters = letters(line, start);
            for letter in &letters {
                prose.plain_map.push(&mut prose.plain, letter.char, letter.start, letter.end);
            }
            let end = (start + line.len()) as u32;
            prose.plain_map.push(&mut prose.plain, '\n', end, end);
            if letters.first().is_some_and(|letter| letter.char != '|') {
                join_line(&mut lines, number, letters);
            }
        }
        for (number, letters) in &lines {
            Figured { prose: &mut prose, numerals: Vec::new(), line: *number }.line(letters);
        }
        prose
    }

    /// Returns the byte range in the text of a range of the plain view.
    pub fn plain_span(&self, range: &Range<usize>) -> Range<usize> {
        self.plain_map.span(range)
    }

    /// Returns the byte range in the text of a range of the figured view.
    pub fn figured_span(&self, range: &Range<usize>) -> Range<usize> {
        self.figured_map.span(range)
    }

    /// The figured view of a sentence.
    pub fn sentence(&self, sentence: &Sentence) -> &str {
        &self.figured[sentence.range.clone()]
    }

    /// The figures of a sentence.
    pub fn figures_of(&self, sentence: &Sentence) -> &[Figure] {
        &self.figures[sentence.figures.clone()]
    }

    /// What stands before a figure in its sentence, from the last of the `stops` on.
    pub fn before(&self, figure: usize, stops: &[char]) -> &str {
        let at = self.figures[figure].at;
        let after = self.sentences.partition_point(|sentence| sentence.range.start <= at);
        let sentence = after.checked_sub(1).map(|last| &self.sentences[last]);
        let sentence = sentence.filter(|sentence| sentence.range.contains(&at));
        let before = &self.figured[sentence.map_or(0, |sentence| sentence.range.start)..at];
        before.rsplit(stops).next().unwrap_or(before)
    }

    /// The figure whose sign stands at a place of the figured view.
    pub fn figure_at(&self, at: usize) -> Option<usize> {
        self.figures.binary_search_by_key(&at, |figure| figure.at).ok()
    }
}

/// Lines with words: pictures and charts have none.
fn lines_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split('\n').filter_map(move |line| {
        let start = at;
        at += line.len() + 1;
        let trimmed = line.trim();
        (!trimmed.is_empty() && !trimmed.starts_with("![")).then_some((start, line))
    })
}

/// The characters of a line without spaces and marks of emphasis, digits made ASCII.
fn letters(line: &str, start: usize) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(line.len() / 2);
    let mut gap = false;
    let mut chars = line.char_indices().peekable();
    let body = line.trim_start();
    let heading = if body.starts_with("### ") { line.len() - body.len() + 4 } else { 0 };
    while let Some((at, char)) = chars.next() {
        if is_emphasis(line, at) {
            chars.next();
            continue;
        }
        if is_invisible(char) {
            continue;
        }
        if char.is_whitespace() || at < heading {
            gap = true;
            continue;
        }
        let (from, to) = (start + at, start + at + char.len_utf8());
        letters.push(Letter {
            char: numeral::narrow(ordinary(char).unwrap_or(char)),
            start: from as u32,
            end: to as u32,
            gap,
        });
        gap = false;
    }
    letters
}

/// Whether `**` starts here; three and more stars are no mark of emphasis.
fn is_emphasis(line: &str, at: usize) -> bool {
    let rest = &line[at..];
    rest.starts_with("**") && !rest.starts_with("***") && !line[..at].ends_with('*')
}

/// Adds a line, or continues the one before when that does not end a sentence.
fn join_line(lines: &mut Vec<(usize, Vec<Letter>)>, number: usize, letters: Vec<Letter>) {
    match lines.last_mut() {
        Some((_, before))
            if before
                .last()
                .is_some_and(|l| matches!(l.char, '，' | '、' | ',' | '：' | ':' | '；' | ';')) =>
        {
            before.extend(letters);
        }
        _ => lines.push((number, letters)),
    }
}

/// One sign of the figured view before it is written.
struct Sign {
    char: char,
    start: u32,
    end: u32,
    /// Its place in the list of the line's numerals.
    numeral: Option<u32>,
}

/// Writes the figured view of one line.
struct Figured<'a> {
    prose: &'a mut Prose,
    numerals: Vec<Numeral>,
    line: usize,
}

impl Figured<'_> {
    fn line(&mut self, letters: &[Letter]) {
        let signs = signs(letters, &mut self.numerals);
        let closing = closing(&signs);
        let mut depth = 0usize;
        let mut start = 0;
        for (at, sign) in signs.iter().enumerate() {
            match sign.char {
                '（' => depth += 1,
                '）' => depth = depth.saturating_sub(1),
                '。' | '！' | '？' if depth == 0 => {
                    self.sentence(&signs, &closing, start..at);
                    start = at + 1;
                }
                _ => {}
            }
        }
        self.sentence(&signs, &closing, start..signs.len());
    }

    /// Writes a sentence, then the parentheses in it, each followed by those in it. Parentheses may nest by the ten
    /// thousand (a pasted row of brackets did), so what waits to be written is a list.
    fn sentence(&mut self, signs: &[Sign], closing: &[usize], range: Range<usize>) {
        let mut waiting = vec![(range, None)];
        while let Some((range, host)) = waiting.pop() {
            let number = self.prose.sentences.len();
            let asides = self.piece(signs, closing, range, host);
            let hosted = asides.into_iter().map(|(aside, at)| (aside, Some((number, at))));
            let first = waiting.len();
            waiting.extend(hosted);
            waiting[first..].reverse();
        }
    }

    /// Writes a sentence without its parentheses; returns those, each with its place in the figured view.
    fn piece(
        &mut self,
        signs: &[Sign],
        closing: &[usize],
        range: Range<usize>,
        host: Option<(usize, usize)>,
    ) -> Vec<(Range<usize>, usize)> {
        let mut asides: Vec<(Range<usize>, usize)> = Vec::new();
        let Some(last) = range.clone().next_back().map(|last| signs[last].end) else {
            return asides;
        };
        let (from, figures) = (self.prose.figured.len(), self.prose.figures.len());
        let mut at = range.start;
        while at < range.end {
            let close = closing[at];
            if close < range.end && !is_number(&signs[at + 1..close]) {
                if close > at + 2 {
                    asides.push((at + 1..close, self.prose.figured.len()));
                }
                at = close + 1;
                continue;
            }
            self.sign(&signs[at]);
            at += 1;
        }
        let range = from..self.prose.figured.len();
        let figures = figures..self.prose.figures.len();
        let prose = &mut *self.prose;
        prose.figured_map.push(&mut prose.figured, '。', last, last);
        prose.sentences.push(Sentence { range, figures, host, line: self.line });
        asides
    }

    fn sign(&mut self, sign: &Sign) {
        let prose = &mut *self.prose;
        if let Some(index) = sign.numeral {
            let numeral = &self.numerals[index as usize];
            let span = sign.start as usize..sign.end as usize;
            prose.figures.push(Figure { numeral: numeral.clone(), span, at: prose.figured.len() });
        }
        prose.figured_map.push(&mut prose.figured, sign.char, sign.start, sign.end);
    }
}

/// Turns characters into signs: figures become one sign, titles in 《》 lose their text.
fn signs(letters: &[Letter], numerals: &mut Vec<Numeral>) -> Vec<Sign> {
    let mut signs = Vec::with_capacity(letters.len());
    let (mut at, mut title) = (0, 0usize);
    while at < letters.len() {
        let letter = letters[at];
        let chinese = chinese_mark(letters, at);
        match chinese {
            '《' => title += 1,
            '》' => title = title.saturating_sub(1),
            _ if title > 0 => {
                at += 1;
                continue;
            }
            _ => {}
        }
        let numeral = if title == 0 { numeral::read(letters, at) } else { None };
        match numeral {
            Some(numeral) if sign_of(numeral.kind).is_some() => {
                let end = letters[at + numeral.length - 1].end;
                let char = sign_of(numeral.kind).unwrap_or(COUNT);
                at += numeral.length;
                let index = u32::try_from(numerals.len()).ok();
                numerals.push(numeral);
                signs.push(Sign { char, start: letter.start, end, numeral: index });
            }
            Some(numeral) => {
                for letter in &letters[at..at + numeral.length] {
                    signs.push(Sign {
                        char: letter.char,
                        start: letter.start,
                        end: letter.end,
                        numeral: None,
                    });
                }
                at += numeral.length;
            }
            None if matches!(chinese, '“' | '”' | '‘' | '’' | '"') => at += 1,
            None => {
                signs.push(Sign {
                    char: chinese,
                    start: letter.start,
                    end: letter.end,
                    numeral: None,
                });
                at += 1;
            }
        }
    }
    signs
}

fn sign_of(kind: Kind) -> Option<char> {
    match kind {
        Kind::Count => Some(COUNT),
        Kind::Percent => Some(PERCENT),
        Kind::Money => Some(MONEY),
        Kind::Year => Some(YEAR),
        Kind::Rough => Some(ROUGH),
        Kind::Plain => None,
    }
}

/// Chinese punctuation for the ASCII one that clerks type.
fn chinese_mark(letters: &[Letter], at: usize) -> char {
    match letters[at].char {
        ',' | '﹐' => '，',
        ';' => '；',
        ':' => '：',
        '(' => '（',
        ')' => '）',
        '!' => '！',
        '?' => '？',
        '<' | '〈' => '《',
        '>' | '〉' => '》',
        '｡' => '。',
        '.' | '．' if at + 1 == letters.len() => '。',
        char => char,
    }
}

/// For each sign that opens a parenthesis, the place of the one that closes it; for all others no place at all.
fn closing(signs: &[Sign]) -> Vec<usize> {
    let mut closing = vec![usize::MAX; signs.len()];
    let mut open = Vec::new();
    for (at, sign) in signs.iter().enumerate() {
        match sign.char {
            '（' => open.push(at),
            '）' => {
                if let Some(start) = open.pop() {
                    closing[start] = at;
                }
            }
            _ => {}
        }
    }
    closing
}

/// Whether a parenthesis holds only a number, as in （一）.
fn is_number(signs: &[Sign]) -> bool {
    !signs.is_empty()
        && signs.iter().all(|sign| {
            sign.numeral.is_none() && "一二三四五六七八九十0123456789".contains(sign.char)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readable(prose: &Prose) -> String {
        let sentences: Vec<String> =
            prose.sentences.iter().map(|sentence| prose.sentence(sentence).to_owned()).collect();
        sentences
            .join(" | ")
            .replace(COUNT, "#")
            .replace(PERCENT, "%")
            .replace(MONEY, "¥")
            .replace(YEAR, "@")
            .replace(ROUGH, "≈")
    }

    #[test]
    fn figured_view() {
        let cases = [
            ("2023 年，共收到 11 件,下降26.7%。", "@年，共收到#件，下降%"),
            ("收到申请13件（含上年结转2件），办结12件。", "收到申请#件，办结#件 | 含上年结转#件"),
            ("收到11件（次）。", "收到#件"),
            ("（一）项有3件", "（一）项有#件"),
            ("印发《2023年要点》2份；", "印发《》#份；"),
            ("公开63条，\n\n办理23条。", "公开#条，办理#条"),
            ("其中：\n1.公开17件；\n2.不予公开5件。", "其中：1.公开#件；2.不予公开#件"),
            ("共收费1.5万元\n\n![图](chart:a)\n| a | 3条 |", "共收费¥"),
            ("**一是**公开约30条", "一是公开约≈条"),
            ("“予以公开”9件，***", "予以公开#件，***"),
            ("新\u{200B}收⼗\u{FEFF}⼆件，办结⼀件", "新收#件，办结#件"),
        ];
        for (text, expected) in cases {
            assert_eq!(readable(&Prose::read(text)), expected, "{text}");
        }
    }

    #[test]
    fn spans_lead_back() {
        let text = "　　2023 年**收到** 1，649 件（含结转 十二 件）。\n共１２条";
        let prose = Prose::read(text);
        let spans: Vec<&str> =
            prose.figures.iter().map(|figure| &text[figure.span.clone()]).collect();
        assert_eq!(spans, ["2023", "1，649", "十二", "１２"]);
        for figure in &prose.figures {
            assert_eq!(prose.figured_span(&(figure.at..figure.at + 3)), figure.span);
        }
        let at = prose.plain.find("收到").expect("收到");
        assert_eq!(&text[prose.plain_span(&(at..at + 6))], "收到");
    }
}
