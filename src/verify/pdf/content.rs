//! The content of a page: its operators run on a pen that remembers where it is.
//!
//! In: the decoded content of a page and its resources. Out: the runs, lines, areas and pictures of a [`Page`].
//! Clipping, shading and transparency change how a thing looks, not where it stands; they are passed over here and
//! looked at in `verify::painted`.

mod budget;
mod text;

use std::collections::{BTreeMap, HashSet};

use lopdf::content::Content;
use lopdf::{Dictionary, Object, ObjectId};

use super::geometry::{Bounds, MM_PER_POINT, Matrix};
use super::objects::{Objects, Unreadable, as_dictionary, number};
use super::page::{Area, Artifact, Image, Line, Page};
use super::paint::{self, ColorSpace, Paint, Spaces};
use super::typeface::Typeface;

pub(crate) use budget::Budget;

/// How deep forms may nest.
const DEEPEST_FORM: usize = 16;
/// How deep states may be saved, and marked content may nest.
pub(crate) const DEEPEST_STATE: usize = 512;
/// Most characters of a name that is kept with every run, line and area.
const LONGEST_NAME: usize = 64;

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
    budget: &'a mut Budget,
    page: Page,
    /// The paints of the page, to know them again.
    paints: HashSet<String>,
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
        budget: &'a mut Budget,
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
        Self {
            objects,
            typefaces,
            budget,
            page,
            paints: HashSet::new(),
            state,
            saved,
            text,
            line,
            marks,
            path,
            depth: 0,
        }
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
        self.budget.content(content)?;
        let operations = Content::decode_strict(content)
            .map_err(|_| Unreadable::Damaged(format!("第 {number} 页的内容无法解析")))?
            .operations;
        let spaces =
            dictionary.map(|resources| paint::spaces(self.objects, resources)).unwrap_or_default();
        let resources = Resources { dictionary, spaces };
        for operation in operations {
            self.budget.operator()?;
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
            "q" if self.saved.len() >= DEEPEST_STATE => return Err(Unreadable::Exhausting),
            "q" => self.saved.push(self.state.clone()),
            "Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            "cm" => self.state.matrix = matrix(operands).then(self.state.matrix),
            "w" => self.state.line_width = first(operands),
            "Do" => return self.external(operands, resources, depth),
            "BI" => self.inline_image(),
            "BMC" | "BDC" if self.marks.len() >= DEEPEST_STATE => {
                return Err(Unreadable::Exhausting);
            }
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
        let name = |key| {
            let name = properties.and_then(|all| objects.name(all, key)).unwrap_or_default();
            name.chars().take(LONGEST_NAME).collect::<String>()
        };
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
        } else if self.paints.insert(format!("{operator} {paint:?}")) {
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
