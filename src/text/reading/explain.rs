//! Frames as lines, for people who write rules.

use std::fmt::Write as _;

use super::frames::{Frame, Reading};
use super::lexicon::ValueId;

impl Reading<'_> {
    /// Writes a line for each figure of a field: what was read, and why it is silent.
    pub(crate) fn explain(&self, text: &str, out: &mut String) {
        for frame in self.frames.iter().chain(&self.said_none) {
            let line = &self.lines[frame.sentence].0;
            let clause = &line.clauses[frame.clause].tokens;
            let range = line.tokens.get(clause.start).map_or(0, |token| token.range.start)
                ..line.tokens.get(clause.end.saturating_sub(1)).map_or(0, |token| token.range.end);
            let said = text.get(self.prose.figured_span(&range)).unwrap_or_default();
            let figure =
                frame.figure.and_then(|index| text.get(self.prose.figures[index].span.clone()));
            let _ = writeln!(out, "{}\t{}\t{said}", figure.unwrap_or("无"), self.words_of(frame));
        }
    }

    fn words_of(&self, frame: &Frame) -> String {
        let names = |ids: &[ValueId]| {
            ids.iter().map(|id| self.lexicon.value(*id).name.as_str()).collect::<Vec<_>>().join("+")
        };
        let mut parts = vec![
            names(&frame.things),
            names(&frame.events),
            names(&frame.outcomes),
            names(&frame.who),
        ];
        let flags = [
            (frame.part, "part"),
            (frame.total, "total"),
            (frame.each, "each"),
            (!frame.named, "inherited"),
        ];
        parts.extend(flags.iter().filter(|(on, _)| *on).map(|(_, name)| (*name).to_owned()));
        parts.extend(frame.silence.map(|why| format!("silent:{why:?}")));
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }
}
