//! Operators that place and show text.

use lopdf::Object;

use super::super::geometry::{MM_PER_POINT, Matrix};
use super::super::objects::{Unreadable, number};
use super::super::page::{Glyph, Run};
use super::{Interpreter, Resources, first, matrix, second};

impl Interpreter<'_> {
    pub(super) fn text_step(
        &mut self,
        operator: &str,
        operands: &[Object],
        resources: &Resources,
    ) -> Result<(), Unreadable> {
        match operator {
            "BT" => (self.text, self.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            "Tf" => {
                self.state.typeface = self.font(operands, resources)?;
                self.state.size = operands.get(1).and_then(number).unwrap_or(0.0);
            }
            "Tc" => self.state.character_space = first(operands),
            "Tw" => self.state.word_space = first(operands),
            "Tz" => self.state.stretch = first(operands) / 100.0,
            "TL" => self.state.leading = first(operands),
            "Ts" => self.state.rise = first(operands),
            "Tr" => self.state.mode = first(operands) as i64,
            "Td" => self.next_line(first(operands), second(operands)),
            "TD" => {
                self.state.leading = -second(operands);
                self.next_line(first(operands), second(operands));
            }
            "T*" => self.next_line(0.0, -self.state.leading),
            "Tm" => {
                self.line = matrix(operands);
                self.text = self.line;
            }
            "Tj" | "TJ" => self.show(operands)?,
            "'" | "\"" => {
                if let ("\"", [word, character, _]) = (operator, operands) {
                    self.state.word_space = number(word).unwrap_or(0.0);
                    self.state.character_space = number(character).unwrap_or(0.0);
                }
                self.next_line(0.0, -self.state.leading);
                self.show(operands.last().map(std::slice::from_ref).unwrap_or_default())?;
            }
            _ => {}
        }
        Ok(())
    }

    fn font(
        &mut self,
        operands: &[Object],
        resources: &Resources,
    ) -> Result<Option<usize>, Unreadable> {
        let name = operands.first().and_then(|name| name.as_name().ok());
        let fonts = resources.dictionary.and_then(|all| self.objects.dictionary(all, b"Font"));
        match name.zip(fonts).and_then(|(name, fonts)| fonts.get(name).ok()) {
            Some(font) => self.typefaces.number(self.objects, font),
            None => Ok(None),
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::translation(x, y).then(self.line);
        self.text = self.line;
    }

    /// Shows strings, with the adjustments between them when they come as a list.
    fn show(&mut self, operands: &[Object]) -> Result<(), Unreadable> {
        let Some(number_of) = self.state.typeface else { return Ok(()) };
        let pieces = match operands.first() {
            Some(Object::Array(pieces)) => pieces.as_slice(),
            Some(_) => &operands[..1],
            None => return Ok(()),
        };
        let mut run = self.start_run(number_of);
        for piece in pieces {
            match piece {
                Object::String(bytes, _) => self.show_string(bytes, &mut run)?,
                other => {
                    let adjust = number(other).unwrap_or(0.0) / -1000.0 * self.state.size;
                    self.move_pen(adjust * self.state.stretch);
                }
            }
        }
        if let Some(last) = run.glyphs.last() {
            run.width = last.x + last.advance;
            run.text = run.glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
            self.finish_run(run);
        }
        Ok(())
    }

    /// A run without characters. Until it is finished, `x` of its characters is the distance along the line.
    fn start_run(&self, typeface: usize) -> Run {
        let whole = self.text.then(self.state.matrix);
        let (x, y) = whole.apply(0.0, self.state.rise);
        Run {
            text: String::new(),
            glyphs: Vec::new(),
            x,
            y,
            width: 0.0,
            size: self.state.size * whole.stretch_y() / MM_PER_POINT,
            typeface,
            paint: self.state.fill.clone(),
            angle: -whole.angle(),
            outlined: matches!(self.state.mode, 1 | 2 | 5 | 6)
                .then(|| self.state.line_width * self.state.matrix.stretch_x() / MM_PER_POINT),
            visible: self.state.mode != 3,
            mcid: self.mcid(),
            artifact: self.artifact(),
            replaced: self.marks.iter().any(|mark| mark.is_replaced),
        }
    }

    /// Turns distances along the line into places on the page, which upright text needs.
    fn finish_run(&mut self, mut run: Run) {
        if let Some(shift) = run.glyphs.first().map(|glyph| glyph.x) {
            let (sin, cos) = (-run.angle).to_radians().sin_cos();
            (run.x, run.y) = (run.x + shift * cos, run.y + shift * sin);
            run.width -= shift;
            for glyph in &mut run.glyphs {
                glyph.x = run.x + (glyph.x - shift) * cos;
            }
        }
        self.page.runs.push(run);
    }

    fn show_string(&mut self, bytes: &[u8], run: &mut Run) -> Result<(), Unreadable> {
        let codes: Vec<u16> = self.typefaces.all[run.typeface].codes(bytes).collect();
        for code in codes {
            let typeface = &self.typefaces.all[run.typeface];
            let space = if typeface.is_word_space(code) { self.state.word_space } else { 0.0 };
            let step = typeface.advance(code) * self.state.size;
            let text = typeface.text(code).unwrap_or("\u{FFFD}").to_owned();
            let text = self.replacement().unwrap_or(text);
            self.budget.characters(text.len())?;
            let whole = self.text.then(self.state.matrix);
            let (x, y) = whole.apply(0.0, self.state.rise);
            let (sin, cos) = (-run.angle).to_radians().sin_cos();
            let along = (x - run.x) * cos + (y - run.y) * sin;
            let advance = step * self.state.stretch * whole.stretch_x();
            run.glyphs.push(Glyph { text, x: along, advance });
            self.move_pen((step + self.state.character_space + space) * self.state.stretch);
        }
        Ok(())
    }

    fn move_pen(&mut self, by: f64) {
        self.text = Matrix::translation(by, 0.0).then(self.text);
    }
}
