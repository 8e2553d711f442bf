//! The content of a page: its operators run on a pen that remembers where it is.
//!
//! In: the decoded content of a page and its resources. Out: the runs, lines, areas and pictures of a [`Page`].
//! Clipping, shading and transparency change how a thing looks, not where it stands; they are passed over.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Object, ObjectId};

use super::geometry::{Bounds, MM_PER_POINT, Matrix};
use super::objects::{Objects, Unreadable, as_dictionary, number};
use super::page::{Area, Artifact, Glyph, Image, Line, Page, Run};
use super::paint::{self, ColorSpace, Paint, Spaces};
use super::typeface::Typeface;

/// How deep forms may nest.
const DEEPEST_FORM: usize = 16;
/// Most operators of a whole file. A report of a hundred pages has some hundred thousand.
pub(crate) const MOST_OPERATORS: usize = 8_000_000;

/// The fonts of a file, each read once.
#[derive(Default)]
pub(crate) struct Typefaces {
    pub(crate) all: Vec<Typeface>,
    known: BTreeMap<ObjectId, usize>,
}

impl Typefaces {
    fn number(&mut self, objects: &Objects, font: &Object) -> Result<Option<usize>, Unreadable> {
        let id = font.as_reference().ok();
        if let Some(&known) = id.and_then(|id| self.known.get(&id)) {
            return Ok(Some(known));
        }
        let Some(dictionary) = as_dictionary(objects.resolve(font)) else { return Ok(None) };
        self.all.push(Typeface::read(objects, dictionary)?);
        let number = self.all.len() - 1;
        self.known.extend(id.map(|id| (id, number)));
        Ok(Some(number))
    }
}

/// What a marked-content operator opened.
#[derive(Default)]
struct Mark {
    mcid: Option<u32>,
    artifact: Option<Artifact>,
    replacement: Option<String>,
    is_replaced: bool,
}

/// Everything that `q` saves.
#[derive(Clone)]
struct State {
    matrix: Matrix,
    fill: Paint,
    stroke: Paint,
    line_width: f64,
    typeface: Option<usize>,
    size: f64,
    character_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    mode: i64,
}

/// Names that a content stream may use.
struct Resources<'a> {
    dictionary: Option<&'a Dictionary>,
    spaces: Spaces,
}

/// Runs the operators of one page.
pub(crate) struct Interpreter<'a> {
    objects: &'a Objects,
    typefaces: &'a mut Typefaces,
    budget: &'a mut usize,
    page: Page,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    marks: Vec<Mark>,
    path: Vec<Vec<(f64, f64)>>,
    /// How many patterns this content is part of.
    depth: usize,
}

impl<'a> Interpreter<'a> {
    /// Prepares an empty page whose user space `matrix` turns into millimetres from the top left.
    pub(crate) fn new(
        objects: &'a Objects,
        typefaces: &'a mut Typefaces,
        budget: &'a mut usize,
        page: Page,
        matrix: Matrix,
    ) -> Self {
        let state = State {
            matrix,
            fill: Paint::black(),
            stroke: Paint::black(),
            line_width: 1.0,
            typeface: None,
            size: 0.0,
            character_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        };
        let (text, line) = (Matrix::IDENTITY, Matrix::IDENTITY);
        let (saved, marks, path) = (Vec::new(), Vec::new(), Vec::new());
        Self { objects, typefaces, budget, page, state, saved, text, line, marks, path, depth: 0 }
    }

    /// Runs the page's content and returns what it painted.
    ///
    /// # Errors
    /// Content that is no sequence of operators, or has no end.
    pub(crate) fn run(
        mut self,
        content: &[u8],
        resources: Option<&Dictionary>,
    ) -> Result<Page, Unreadable> {
        self.stream(content, resources, 0)?;
        Ok(self.page)
    }

    fn stream(
        &mut self,
        content: &[u8],
        dictionary: Option<&Dictionary>,
        depth: usize,
    ) -> Result<(), Unreadable> {
        let number = self.page.number;
        let operations = Content::decode_strict(content)
            .map_err(|_| Unreadable::Damaged(format!("第 {number} 页的内容无法解析")))?
            .operations;
        let spaces =
            dictionary.map(|resources| paint::spaces(self.objects, resources)).unwrap_or_default();
        let resources = Resources { dictionary, spaces };
        for operation in operations {
            *self.budget = self.budget.checked_sub(1).ok_or(Unreadable::Exhausting)?;
            self.step(&operation.operator, &operation.operands, &resources, depth)?;
        }
        Ok(())
    }

    fn step(
        &mut self,
        operator: &str,
        operands: &[Object],
        resources: &Resources,
        depth: usize,
    ) -> Result<(), Unreadable> {
        match operator {
            "q" => self.saved.push(self.state.clone()),
            "Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            "cm" => self.state.matrix = matrix(operands).then(self.state.matrix),
            "w" => self.state.line_width = first(operands),
            "Do" => return self.external(operands, resources, depth),
            "BI" => self.inline_image(),
            "BMC" | "BDC" => self.begin_mark(operands, resources),
            "EMC" => drop(self.marks.pop()),
            "m" | "l" | "c" | "v" | "y" | "h" | "re" => self.extend_path(operator, operands),
            "S" | "s" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "n" => {
                self.paint_path(operator)
            }
            "g" | "rg" | "k" | "G" | "RG" | "K" | "cs" | "CS" | "sc" | "scn" | "SC" | "SCN" => {
                self.color(operator, operands, resources)?;
            }
            "sh" => {
                let paint = Paint { space: ColorSpace::Pattern, components: Vec::new() };
                self.page.paints.push(("sh".into(), paint));
            }
            _ => return self.text_step(operator, operands, resources),
        }
        Ok(())
    }

    fn text_step(
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
            "Tj" | "TJ" => self.show(operands),
            "'" | "\"" => {
                if let ("\"", [word, character, _]) = (operator, operands) {
                    self.state.word_space = number(word).unwrap_or(0.0);
                    self.state.character_space = number(character).unwrap_or(0.0);
                }
                self.next_line(0.0, -self.state.leading);
                self.show(operands.last().map(std::slice::from_ref).unwrap_or_default());
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
    fn show(&mut self, operands: &[Object]) {
        let Some(number_of) = self.state.typeface else { return };
        let pieces = match operands.first() {
            Some(Object::Array(pieces)) => pieces.as_slice(),
            Some(_) => &operands[..1],
            None => return,
        };
        let mut run = self.start_run(number_of);
        for piece in pieces {
            match piece {
                Object::String(bytes, _) => self.show_string(bytes, &mut run),
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

    fn show_string(&mut self, bytes: &[u8], run: &mut Run) {
        let codes: Vec<u16> = self.typefaces.all[run.typeface].codes(bytes).collect();
        for code in codes {
            let typeface = &self.typefaces.all[run.typeface];
            let space = if typeface.is_word_space(code) { self.state.word_space } else { 0.0 };
            let step = typeface.advance(code) * self.state.size;
            let text = typeface.text(code).unwrap_or("\u{FFFD}").to_owned();
            let text = self.replacement().unwrap_or(text);
            let whole = self.text.then(self.state.matrix);
            let (x, y) = whole.apply(0.0, self.state.rise);
            let (sin, cos) = (-run.angle).to_radians().sin_cos();
            let along = (x - run.x) * cos + (y - run.y) * sin;
            let advance = step * self.state.stretch * whole.stretch_x();
            run.glyphs.push(Glyph { text, x: along, advance });
            self.move_pen((step + self.state.character_space + space) * self.state.stretch);
        }
    }

    fn move_pen(&mut self, by: f64) {
        self.text = Matrix::translation(by, 0.0).then(self.text);
    }

    /// The text that stands for the characters from here on: whole at the first, empty at the others.
    fn replacement(&mut self) -> Option<String> {
        let mark = self.marks.iter_mut().rev().find(|mark| mark.is_replaced)?;
        Some(mark.replacement.take().unwrap_or_default())
    }

    fn mcid(&self) -> Option<u32> {
        self.marks.iter().rev().find_map(|mark| mark.mcid)
    }

    fn artifact(&self) -> Option<Artifact> {
        self.marks.iter().find_map(|mark| mark.artifact.clone())
    }

    fn begin_mark(&mut self, operands: &[Object], resources: &Resources) {
        let objects = self.objects;
        let properties = match operands.get(1) {
            Some(Object::Dictionary(properties)) => Some(properties),
            Some(Object::Name(name)) => resources
                .dictionary
                .and_then(|all| objects.dictionary(all, b"Properties"))
                .and_then(|all| objects.dictionary(all, name)),
            _ => None,
        };
        let is_artifact = operands.first().and_then(|tag| tag.as_name().ok()) == Some(b"Artifact");
        let replacement = properties.and_then(|properties| objects.text(properties, b"ActualText"));
        let name = |key| properties.and_then(|all| objects.name(all, key)).unwrap_or_default();
        self.marks.push(Mark {
            mcid: properties
                .and_then(|all| objects.integer(all, b"MCID"))
                .and_then(|number| u32::try_from(number).ok()),
            artifact: is_artifact
                .then(|| Artifact { kind: name(b"Type"), subkind: name(b"Subtype") }),
            is_replaced: replacement.is_some(),
            replacement,
        });
    }

    fn color(
        &mut self,
        operator: &str,
        operands: &[Object],
        resources: &Resources,
    ) -> Result<(), Unreadable> {
        let pattern = operands.last().and_then(|name| name.as_name().ok());
        let pattern = pattern.filter(|_| operator.eq_ignore_ascii_case("scn"));
        let pattern = pattern.map(|name| self.pattern(name, resources)).transpose()?;
        let is_stroke = operator.starts_with(|c: char| c.is_ascii_uppercase());
        let current = if is_stroke { &self.state.stroke } else { &self.state.fill };
        let numbers = || operands.iter().filter_map(number).collect::<Vec<_>>();
        let paint = match operator.to_ascii_lowercase().as_str() {
            "g" => Paint { space: ColorSpace::Grey, components: numbers() },
            "rg" => Paint { space: ColorSpace::Rgb, components: numbers() },
            "k" => Paint { space: ColorSpace::Cmyk, components: numbers() },
            "cs" => {
                let name =
                    operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default();
                let defined = resources.spaces.get(name).cloned();
                let space = defined.unwrap_or_else(|| {
                    operands.first().map_or(ColorSpace::Other("?".into()), |name| {
                        paint::space(self.objects, name, 0)
                    })
                });
                let components = space.start();
                Paint { space, components }
            }
            _ => pattern
                .unwrap_or_else(|| Paint { space: current.space.clone(), components: numbers() }),
        };
        if operator.eq_ignore_ascii_case("cs") {
            // Choosing a space paints nothing yet; the colour that follows is what counts.
        } else if !self.page.paints.iter().any(|(name, known)| name == operator && *known == paint)
        {
            self.page.paints.push((operator.to_owned(), paint.clone()));
        }
        if is_stroke {
            self.state.stroke = paint;
        } else {
            self.state.fill = paint;
        }
        Ok(())
    }

    /// The paint of a pattern: grey when it is a tile that is painted with nothing but grey.
    fn pattern(&mut self, name: &[u8], resources: &Resources) -> Result<Paint, Unreadable> {
        let objects = self.objects;
        let other = Paint { space: ColorSpace::Pattern, components: Vec::new() };
        let all = resources.dictionary.and_then(|all| objects.dictionary(all, b"Pattern"));
        let Some(object) = all.and_then(|all| all.get(name).ok()) else { return Ok(other) };
        let Some(dictionary) = as_dictionary(objects.resolve(object)) else { return Ok(other) };
        if objects.integer(dictionary, b"PatternType") != Some(1) {
            return Ok(other);
        }
        if self.depth >= DEEPEST_FORM {
            return Err(Unreadable::Exhausting);
        }
        let content = objects.stream(object, &format!("第 {} 页的图案", self.page.number))?;
        let page = Page::blank(self.page.number);
        let mut tile = Interpreter::new(
            objects,
            &mut *self.typefaces,
            &mut *self.budget,
            page,
            Matrix::IDENTITY,
        );
        tile.depth = self.depth + 1;
        let tile = tile.run(&content, objects.dictionary(dictionary, b"Resources"))?;
        let is_grey = tile.images.iter().all(|image| image.is_grey)
            && tile.paints.iter().all(|(_, paint)| paint.is_grey());
        Ok(if is_grey { Paint::black() } else { other })
    }

    fn extend_path(&mut self, operator: &str, operands: &[Object]) {
        let values: Vec<f64> = operands.iter().filter_map(number).collect();
        let at = |x: f64, y: f64| self.state.matrix.apply(x, y);
        match (operator, values.as_slice()) {
            ("m", &[x, y]) => {
                let point = at(x, y);
                self.path.push(vec![point]);
            }
            ("re", &[x, y, w, h]) => {
                let corners = [at(x, y), at(x + w, y), at(x + w, y + h), at(x, y + h), at(x, y)];
                self.path.push(corners.to_vec());
            }
            ("h", _) => {
                if let Some(part) = self.path.last_mut() {
                    part.extend(part.first().copied());
                }
            }
            (_, &[.., x, y]) => {
                let point = at(x, y);
                match self.path.last_mut() {
                    Some(part) => part.push(point),
                    None => self.path.push(vec![point]),
                }
            }
            _ => {}
        }
    }

    fn paint_path(&mut self, operator: &str) {
        let mut path = std::mem::take(&mut self.path);
        if matches!(operator, "s" | "b" | "b*") {
            for part in &mut path {
                part.extend(part.first().copied());
            }
        }
        if matches!(operator, "f" | "F" | "f*" | "B" | "B*" | "b" | "b*")
            && let Some(bounds) = Bounds::around(path.iter().flatten().copied())
        {
            let (paint, artifact) = (self.state.fill.clone(), self.artifact());
            self.page.areas.push(Area { bounds, paint, artifact, mcid: self.mcid() });
        }
        if matches!(operator, "S" | "s" | "B" | "B*" | "b" | "b*") {
            let weight = self.state.line_width * self.state.matrix.stretch_x() / MM_PER_POINT;
            for ends in path.iter().flat_map(|part| part.windows(2)) {
                let (from, to) = (ends[0], ends[1]);
                let (paint, artifact) = (self.state.stroke.clone(), self.artifact());
                self.page.lines.push(Line { from, to, weight, paint, artifact });
            }
        }
    }

    fn external(
        &mut self,
        operands: &[Object],
        resources: &Resources,
        depth: usize,
    ) -> Result<(), Unreadable> {
        let objects = self.objects;
        let name = operands.first().and_then(|name| name.as_name().ok());
        let all = resources.dictionary.and_then(|all| objects.dictionary(all, b"XObject"));
        let Some(object) = name.zip(all).and_then(|(name, all)| all.get(name).ok()) else {
            return Ok(());
        };
        let Some(dictionary) = as_dictionary(objects.resolve(object)) else { return Ok(()) };
        match objects.name(dictionary, b"Subtype").as_deref() {
            Some("Image") => {
                let space = objects.entry(dictionary, b"ColorSpace");
                let is_mask = objects.entry(dictionary, b"ImageMask").is_some();
                let is_grey = is_mask
                    || space.is_some_and(|s| paint::space(objects, s, 0) == ColorSpace::Grey);
                self.image(is_grey);
                Ok(())
            }
            Some("Form") if depth < DEEPEST_FORM => {
                let content =
                    objects.stream(object, &format!("第 {} 页的图形", self.page.number))?;
                let inner = objects.dictionary(dictionary, b"Resources").or(resources.dictionary);
                let outer = (self.state.clone(), std::mem::take(&mut self.saved));
                self.state.matrix =
                    matrix(objects.list(dictionary, b"Matrix")).then(self.state.matrix);
                self.stream(&content, inner, depth + 1)?;
                (self.state, self.saved) = outer;
                Ok(())
            }
            Some("Form") => Err(Unreadable::Exhausting),
            _ => Ok(()),
        }
    }

    fn inline_image(&mut self) {
        self.image(false);
    }

    fn image(&mut self, is_grey: bool) {
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
        let placed = corners.map(|(x, y)| self.state.matrix.apply(x, y));
        if let Some(bounds) = Bounds::around(placed) {
            self.page.images.push(Image { bounds, is_grey, mcid: self.mcid() });
        }
    }
}

fn first(operands: &[Object]) -> f64 {
    operands.first().and_then(number).unwrap_or(0.0)
}

fn second(operands: &[Object]) -> f64 {
    operands.get(1).and_then(number).unwrap_or(0.0)
}

/// Six numbers as a transformation; anything else changes nothing.
fn matrix(operands: &[Object]) -> Matrix {
    let numbers: Vec<f64> = operands.iter().filter_map(number).collect();
    numbers.try_into().map_or(Matrix::IDENTITY, Matrix)
}
