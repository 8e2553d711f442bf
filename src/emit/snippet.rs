//! Lines of the file with marks under the places in question.
//!
//! In: texts and marks in them. Out: the frame with the lines, a caret under each mark and what is said beside
//! it. Widths are counted in terminal columns, so marks stand under the right hanzi; a line that is too long is
//! shown in part, around its marks.

use unicode_width::UnicodeWidthChar;

use super::style::Paint;
use super::wrap::{width, wrap};
use crate::diagnostic::{Level, Origin};
use crate::harmless::{plain, push_visible};
use crate::source::{Origins, Source, Span};

const TAB: usize = 4;
/// Prose beside a mark gets at least this many columns, else it goes under the mark.
const NARROWEST: usize = 28;

/// A place to mark and what to say there.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) origin: Origin,
    pub(super) span: Span,
    /// What is wrong, as against what takes part.
    pub(super) is_primary: bool,
    pub(super) texts: Vec<String>,
}

/// Where and how excerpts are drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) path: &'a str,
    pub(super) source: &'a Source,
    pub(super) previous: Option<&'a Source>,
    pub(super) paint: Paint,
    pub(super) level: Level,
    pub(super) columns: usize,
    /// Columns of the line numbers.
    pub(super) gutter: usize,
}

impl<'a> Frame<'a> {
    /// Returns the columns that the line numbers of these places take.
    pub(super) fn gutter_for(source: &Source, previous: Option<&Source>, marks: &[Mark]) -> usize {
        let last = marks.iter().filter_map(|mark| {
            let source = if mark.origin == Origin::Report { Some(source) } else { previous };
            source.map(|source| source.position(mark.span.start).line)
        });
        last.max().unwrap_or(1).to_string().len().max(2)
    }

    /// Draws the marks: those of the report first, then those in last year's file.
    pub(super) fn draw(&self, marks: &[Mark]) -> String {
        let mut out = self.draw_source(self.path, self.source, Origin::Report, "┌─", marks);
        if let Some(previous) = self.previous {
            out += &self.draw_source(previous.name(), previous, Origin::Previous, "├─ 上年", marks);
        }
        out
    }

    /// Draws only where it is.
    pub(super) fn draw_place(&self, span: Option<&Span>) -> String {
        self.place("┌─", self.path, self.source, span)
    }

    fn place(&self, corner: &str, path: &str, source: &Source, span: Option<&Span>) -> String {
        let corner = format!("{:gutter$}{corner}", "", gutter = self.gutter);
        let corner = self.paint.frame(&corner);
        if let Some(origins) = source.origins() {
            return format!("{corner} {} {}\n", plain(path), origins.of("", span).place);
        }
        let Some(span) = span else { return format!("{corner} {}\n", plain(path)) };
        let at = source.position(span.start);
        format!("{corner} {}:{}:{}\n", plain(path), at.line, at.column)
    }

    /// Marks in a file that is no text of lines: each with its place and what is said about it.
    fn draw_places(&self, origins: &Origins, marks: &[Mark]) -> String {
        let mut out = String::new();
        for mark in marks.iter().filter(|mark| !mark.texts.is_empty()) {
            let place = origins.of("", Some(&mark.span)).place;
            for text in &mark.texts {
                let text = plain(text);
                out +=
                    &self.framed(None, &format!("{place}: {}", self.said(mark.is_primary, &text)));
            }
        }
        out
    }

    fn draw_source(
        &self,
        path: &str,
        source: &Source,
        origin: Origin,
        corner: &str,
        marks: &[Mark],
    ) -> String {
        let marks = merge(marks.iter().filter(|mark| mark.origin == origin));
        let Some(first) = marks.iter().find(|mark| mark.is_primary).or(marks.first()) else {
            return String::new();
        };
        let mut out = self.place(corner, path, source, Some(&first.span));
        if let Some(origins) = source.origins() {
            return out + &self.draw_places(origins, &marks);
        }
        let mut last = None;
        for group in marks.chunk_by(|a, b| line_of(source, a) == line_of(source, b)) {
            let line = line_of(source, &group[0]);
            if last.is_some_and(|last| last + 1 < line) {
                out += &format!("{:gutter$}{}\n", "", self.paint.frame("·"), gutter = self.gutter);
            }
            out += &self.draw_line(source, line, group);
            last = Some(line);
        }
        out
    }

    fn draw_line(&self, source: &Source, line: usize, marks: &[Mark]) -> String {
        let text = source.line(line);
        let start = source.line_range(line).start;
        let row = Row::new(text);
        let places: Vec<Place> =
            marks.iter().map(|mark| Place::new(&row, source, start, text.len(), mark)).collect();
        let mut out = String::new();
        for window in windows(&places, &row, self.room()) {
            let shown = row.cut(window.start, window.end);
            out += &self.framed(Some(line), &shown);
            let shift = |column: usize| {
                column.clamp(window.start, window.end) - window.start
                    + usize::from(window.start > 0)
            };
            let places: Vec<Place> = window
                .places
                .iter()
                .map(|place| Place {
                    from: shift(place.from),
                    to: shift(place.to),
                    ..place.clone()
                })
                .collect();
            out += &self.draw_marks(&places);
        }
        out
    }

    /// Columns left for text beside the frame.
    fn room(&self) -> usize {
        self.columns.saturating_sub(self.gutter + 2).max(20)
    }

    fn framed(&self, line: Option<usize>, text: &str) -> String {
        let number = line.map(|line| line.to_string()).unwrap_or_default();
        let bar = format!("{number:>gutter$}│", gutter = self.gutter);
        format!("{} {text}", self.paint.frame(&bar)).trim_end().to_owned() + "\n"
    }

    /// The row of marks and what is said about them.
    fn draw_marks(&self, places: &[Place]) -> String {
        let end = places.iter().map(|place| place.to).max().unwrap_or(0);
        let mut beside = None;
        let wrong = places.iter().filter(|place| place.is_primary).count();
        if let Some(last) = places.last()
            && last.to == end
            && wrong < 2
            && places[..places.len() - 1].iter().all(|place| place.from < last.from)
        {
            beside = self.beside(last);
        }
        let mut out = String::new();
        let mut carets = self.carets(places, end);
        if let Some(lines) = &beside {
            carets =
                format!("{carets} {}", self.said(places[places.len() - 1].is_primary, &lines[0]));
        }
        out += &self.framed(None, &carets);
        for line in beside.iter().flat_map(|lines| &lines[1..]) {
            let text = self.said(places[places.len() - 1].is_primary, line);
            out += &self.framed(None, &format!("{:indent$}{text}", "", indent = end + 1));
        }
        let below = if beside.is_some() { &places[..places.len() - 1] } else { places };
        out + &self.below(below)
    }

    fn carets(&self, places: &[Place], end: usize) -> String {
        let mut kinds = vec![' '; end];
        for primary in [false, true] {
            for place in places.iter().filter(|place| place.is_primary == primary) {
                kinds[place.from..place.to].fill(if primary { '^' } else { '-' });
            }
        }
        let mut out = String::new();
        for run in kinds.chunk_by(|a, b| a == b) {
            let text: String = run.iter().collect();
            out += &match run[0] {
                '^' => self.paint.level(self.level, &text),
                '-' => self.paint.frame(&text),
                _ => text,
            };
        }
        out
    }

    /// What is said to the right of the last mark, when there is room.
    fn beside(&self, place: &Place) -> Option<Vec<String>> {
        let room = self.room().saturating_sub(place.to + 1);
        let widest = place.texts.iter().map(|text| width(text)).max()?;
        if widest > room && room < NARROWEST {
            return None;
        }
        Some(place.texts.iter().flat_map(|text| wrap(text, room)).collect())
    }

    /// What is said under the marks: each thing that is wrong on its own line, operands in one list.
    fn below(&self, places: &[Place]) -> String {
        let mut out = String::new();
        let from = |primary: bool| {
            let of_kind = places.iter().filter(|place| place.is_primary == primary);
            of_kind.map(|place| place.from).min().unwrap_or(0)
        };
        for text in places.iter().filter(|place| place.is_primary).flat_map(|place| &place.texts) {
            out += &self.under(from(true), true, text);
        }
        let operands: Vec<&str> = places
            .iter()
            .filter(|place| !place.is_primary)
            .flat_map(|place| place.texts.iter().map(String::as_str))
            .collect();
        if !operands.is_empty() {
            out += &self.under(from(false), false, &operands.join("，"));
        }
        out
    }

    fn under(&self, column: usize, primary: bool, text: &str) -> String {
        let room = self.room();
        let wanted = width(text).min(room * 2 / 3);
        let indent = column.min(room.saturating_sub(wanted));
        wrap(text, room - indent)
            .iter()
            .map(|line| self.framed(None, &format!("{:indent$}{}", "", self.said(primary, line))))
            .collect()
    }

    fn said(&self, primary: bool, text: &str) -> String {
        if primary { self.paint.level(self.level, text) } else { self.paint.frame(text) }
    }
}

fn line_of(source: &Source, mark: &Mark) -> usize {
    source.position(mark.span.start).line
}

/// Sorts marks by place; marks on the same span become one that says all, primary if any is.
fn merge<'m>(marks: impl Iterator<Item = &'m Mark>) -> Vec<Mark> {
    let mut merged: Vec<Mark> = Vec::new();
    let mut sorted: Vec<&Mark> = marks.collect();
    sorted.sort_by_key(|mark| (mark.span.start, mark.span.end, !mark.is_primary));
    for mark in sorted {
        match merged.last_mut().filter(|last| last.span == mark.span) {
            Some(last) => {
                // What is wrong there already names the figure; saying it again as an operand adds nothing.
                if last.is_primary == mark.is_primary || last.texts.is_empty() {
                    let new = mark.texts.iter().filter(|text| !last.texts.contains(text));
                    let new: Vec<String> = new.cloned().collect();
                    last.texts.extend(new);
                }
            }
            None => merged.push(mark.clone()),
        }
    }
    merged
}

/// A mark in columns of one line.
#[derive(Debug, Clone)]
struct Place {
    from: usize,
    to: usize,
    is_primary: bool,
    texts: Vec<String>,
}

impl Place {
    fn new(row: &Row, source: &Source, start: usize, length: usize, mark: &Mark) -> Self {
        let begin = mark.span.start.saturating_sub(start).min(length);
        let end = mark.span.end.saturating_sub(start).clamp(begin, length);
        let from = row.column(begin);
        let mut texts = mark.texts.clone();
        let last = source.position(mark.span.end.saturating_sub(1).max(mark.span.start)).line;
        if last > source.position(mark.span.start).line {
            match texts.last_mut() {
                Some(text) => text.push_str(&format!("（到第 {last} 行）")),
                None => texts.push(format!("到第 {last} 行")),
            }
        }
        Self { from, to: row.column(end).max(from + 1), is_primary: mark.is_primary, texts }
    }
}

/// One line as it is shown: pieces with their columns.
struct Row {
    /// Byte offset, first column, text.
    pieces: Vec<(usize, usize, String)>,
    width: usize,
}

impl Row {
    fn new(line: &str) -> Self {
        let mut column = 0;
        let mut pieces = Vec::new();
        for (at, char) in line.char_indices() {
            let mut shown = String::new();
            if char == '\t' {
                shown = " ".repeat(TAB - column % TAB);
            } else {
                push_visible(&mut shown, &line[at..]);
            }
            // U+FE0F asks for the picture form of the character before it, which is two columns wide.
            let narrow = pieces.last().is_some_and(|(_, start, _)| column - start == 1);
            let widened = usize::from(char == '\u{FE0F}' && narrow);
            let columns: usize = shown.chars().map(|char| char.width().unwrap_or(0)).sum();
            pieces.push((at, column, shown));
            column += columns + widened;
        }
        Self { pieces, width: column }
    }

    /// The column at which the character with this byte offset begins.
    fn column(&self, byte: usize) -> usize {
        let at = self.pieces.partition_point(|(offset, ..)| *offset < byte);
        self.pieces.get(at).map_or(self.width, |(_, column, _)| *column)
    }

    /// The part between two columns, with … where something is left out.
    fn cut(&self, from: usize, to: usize) -> String {
        let mut text = String::new();
        if from > 0 {
            text.push('…');
        }
        let inside = |at: usize| from <= self.pieces[at].1 && self.end(at) <= to;
        for at in (0..self.pieces.len()).filter(|&at| inside(at)) {
            text.push_str(&self.pieces[at].2);
        }
        if to < self.width {
            text.push('…');
        }
        text
    }

    fn end(&self, at: usize) -> usize {
        self.pieces.get(at + 1).map_or(self.width, |(_, column, _)| *column)
    }

    /// The first column of a character at or after this one.
    fn edge(&self, column: usize) -> usize {
        let at = self.pieces.partition_point(|(_, start, _)| *start < column);
        self.pieces.get(at).map_or(self.width, |(_, start, _)| *start)
    }
}

/// A part of a line and the marks in it.
struct Window<'p> {
    start: usize,
    end: usize,
    places: &'p [Place],
}

/// Cuts a line into the parts that must be seen, each no wider than the room there is.
fn windows<'p>(places: &'p [Place], row: &Row, room: usize) -> Vec<Window<'p>> {
    if row.width <= room {
        return vec![Window { start: 0, end: row.width.max(1), places }];
    }
    let room = room - 2;
    let mut windows = Vec::new();
    let mut first = 0;
    while first < places.len() {
        let from = places[first].from;
        let fits = |place: &Place| place.to <= from + room * 3 / 4;
        let more = places[first + 1..].iter().take_while(|place| fits(place)).count();
        let group = &places[first..=first + more];
        let to = group.iter().map(|place| place.to).max().unwrap_or(from).min(from + room);
        let spare = room - (to - from);
        let start = from.saturating_sub(spare / 2).min(row.width.saturating_sub(room));
        let start = row.edge(start).min(from);
        windows.push(Window { start, end: (start + room).min(row.width.max(to)), places: group });
        first += more + 1;
    }
    windows
}
