//! Without a data file: whether the page shows what its tags say.
//!
//! In: what the tags and the text say (`verify::pdf`), and the page as a viewer shows it (`verify::rendered`). Every
//! text is drawn again, black, from the shipped face that the file names, with the rules and areas that the page
//! declares; where the two pictures differ, the page shows something else than it says. Pictures and charts cannot be
//! drawn again, and neither can text in a face that is not at hand: that is said, not guessed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hayro::vello_cpu::color::{AlphaColor, Srgb};
use hayro::vello_cpu::kurbo::{Affine, BezPath, Cap, Join, Rect, Stroke};
use hayro::vello_cpu::{
    Level as Speed, Pixmap, RenderContext, RenderMode, RenderSettings, Resources,
};
use typst::text::Font;

use super::Finding;
use super::figures::Figures;
use super::painted::Sheets;
use super::pdf::{Artifact, Bounds, ColorSpace, MM_PER_POINT, Page, Paint, Pdf, Run};
use super::rendered::{self, Picture};
use super::tables::{Grid, squeezed};
use crate::diagnostic::Level;
use crate::fonts::Fonts;
use crate::format::Format;
use crate::limits;

/// Code of findings about what is painted.
const CODE: &str = "PDF-PAINT";
/// Pixels to a point.
const DENSITY: f32 = 2.5;
/// Most places of a page that are told one by one.
const MOST_TOLD: usize = 12;
/// How far from a figure something still belongs to its cell, in millimetres, across and down.
const CELL: (f64, f64) = (6.0, 2.2);

/// What drawing the pages again has shown.
#[derive(Debug, Default)]
pub(super) struct Redrawn {
    /// Figures whose cells show what they say.
    pub(super) cells: usize,
    /// Whether everything that could be compared agrees.
    pub(super) agrees: bool,
    /// What could not be decided.
    pub(super) undecided: Vec<String>,
}

/// What is compared.
pub(super) struct Look<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) pdf: &'a Pdf,
    pub(super) grids: &'a [Grid],
    pub(super) figures: Option<(&'a Format, &'a Figures)>,
    pub(super) sheets: &'a Sheets,
}

impl Look<'_> {
    /// Draws every page again and compares.
    pub(super) fn check(&self, findings: &mut Vec<Finding>) -> Redrawn {
        let mut result = Redrawn { agrees: true, ..Redrawn::default() };
        let mut faces = Faces { fonts: self.fonts, known: HashMap::new() };
        let mut missing = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        let mut wrong: BTreeSet<usize> = BTreeSet::new();
        let mut pictures = 0;
        if self.pdf.pages.len() > limits::DRAWN_PAGES {
            let message =
                format!("只重画比对了前 {} 页，后面各页的画面没有核对", limits::DRAWN_PAGES);
            findings.push(Finding::new(CODE, Level::Warning, message));
        }
        for (at, page) in self.pdf.pages.iter().enumerate().take(limits::DRAWN_PAGES) {
            let Some(shown) = rendered::draw(self.sheets, at, DENSITY) else {
                result.undecided.push(format!("第 {} 页画不出来", page.number));
                result.agrees = false;
                continue;
            };
            let veiled = self.veiled(at, &mut faces, &mut missing);
            unknown.extend(self.unknown(at, &mut faces));
            self.spacing(at, &mut faces, findings);
            pictures += page.images.len();
            let wanted = draw(self.pdf, page, &mut faces, &shown);
            let boxes = rendered::compare(&wanted, &shown);
            let boxes: Vec<Bounds> = boxes.iter().map(|b| bounds(*b)).collect();
            let seen = |b: &&Bounds| !veiled.iter().any(|veil| veil.holds(b, 0.3));
            let boxes: Vec<&Bounds> = boxes.iter().filter(seen).collect();
            result.agrees &= boxes.is_empty();
            self.tell(at, &boxes, &mut wrong, findings);
        }
        self.artifacts(findings, &mut result);
        let figures = self.figures.map_or(0, |(_, figures)| figures.found.len());
        result.cells = figures - wrong.union(&unknown).count().min(figures);
        if !unknown.is_empty() {
            let message = format!(
                "有 {} 格数字的字体不在手边，看到的是否就是标签里的数字没有核对；生成时用了 --fonts 的，核验时也要加上",
                unknown.len()
            );
            findings.push(Finding::new(CODE, Level::Warning, message));
        }
        result.undecided.push("没有数据文件：数字和文字是否就是上报的内容".to_owned());
        if pictures > 0 {
            result.undecided.push("图片和图表画的内容".to_owned());
        }
        if !missing.is_empty() {
            let names = missing.into_iter().collect::<Vec<_>>().join("、");
            result.undecided.push(format!("用 {names} 画的文字（不是随带字体，不能重画比对）"));
        }
        result
    }

    /// The parts of a page that cannot be drawn again: pictures, charts, text in other faces.
    fn veiled(
        &self,
        at: usize,
        faces: &mut Faces<'_>,
        missing: &mut BTreeSet<String>,
    ) -> Vec<Bounds> {
        let page = &self.pdf.pages[at];
        let mut veiled: Vec<Bounds> = Vec::new();
        for run in &page.runs {
            let name = &self.pdf.typeface(run).name;
            if faces.named(name).is_none() || run.angle.abs() > 0.01 {
                missing.insert(name.clone());
                veiled.push(run.bounds());
            }
        }
        if let Some(tree) = &self.pdf.tree {
            for figure in tree.with_role("Figure") {
                let content: BTreeSet<(usize, u32)> = tree.content(figure).into_iter().collect();
                let own = |mcid: Option<u32>| mcid.is_some_and(|id| content.contains(&(at, id)));
                let runs = page.runs.iter().filter(|run| own(run.mcid)).map(Run::bounds);
                let areas = page.areas.iter().filter(|area| own(area.mcid)).map(|area| area.bounds);
                let images = page.images.iter().filter(|image| own(image.mcid));
                let images = images.map(|image| image.bounds);
                veiled.extend(runs.chain(areas).chain(images).reduce(Bounds::union));
            }
        }
        let grown = |b: Bounds| Bounds {
            left: b.left - 1.0,
            top: b.top - 1.0,
            right: b.right + 1.0,
            bottom: b.bottom + 1.0,
        };
        veiled.into_iter().map(grown).collect()
    }

    /// Figures on a page that are set in a face that is not at hand.
    fn unknown(&self, at: usize, faces: &mut Faces<'_>) -> BTreeSet<usize> {
        let (Some((_, figures)), Some(tree)) = (self.figures, &self.pdf.tree) else {
            return BTreeSet::new();
        };
        let cells = figures.found.iter().filter(|(_, printed)| {
            let element = self.grids[printed.grid].at(printed.cell.0, printed.cell.1);
            let runs = element.map(|cell| tree.runs(cell.element, self.pdf)).unwrap_or_default();
            runs.iter().any(|(page, run)| {
                *page == at && faces.named(&self.pdf.typeface(run).name).is_none()
            })
        });
        cells.map(|(&index, _)| index).collect()
    }

    /// Whether digits move the pen as far as their face says: else those of one figure lie over each other.
    fn spacing(&self, at: usize, faces: &mut Faces<'_>, findings: &mut Vec<Finding>) {
        let page = &self.pdf.pages[at];
        let is_off = |run: &&Run| {
            let Some(font) = faces.named(&self.pdf.typeface(run).name) else { return false };
            let Ok(face) = ttf_parser::Face::parse(font.data(), font.index()) else { return false };
            let em = run.size * MM_PER_POINT;
            run.glyphs.iter().any(|glyph| {
                let Some(digit) = glyph.text.chars().next().filter(char::is_ascii_digit) else {
                    return false;
                };
                let advance = face.glyph_index(digit).and_then(|id| face.glyph_hor_advance(id));
                let wanted = f64::from(advance.unwrap_or(0)) / f64::from(face.units_per_em()) * em;
                (glyph.advance - wanted).abs() > 0.05 * em
            })
        };
        if let Some(run) = page.runs.iter().find(is_off) {
            let text: String = run.text.trim().chars().take(12).collect();
            let message = format!("“{text}”的字距或字宽被改过");
            findings.push(Finding::new(CODE, Level::Error, message).on(Some(page.number)));
        }
    }

    /// Names the cells and lines where the page shows something else.
    fn tell(
        &self,
        at: usize,
        boxes: &[&Bounds],
        wrong: &mut BTreeSet<usize>,
        findings: &mut Vec<Finding>,
    ) {
        let mut told: BTreeMap<String, Finding> = BTreeMap::new();
        for area in boxes {
            let cells = self.cells(at, area);
            for (index, value, label) in &cells {
                wrong.insert(*index);
                let message =
                    format!("“{label}”按标签是“{value}”，画面上看到的不是它，或旁边还有东西");
                told.entry(label.clone()).or_insert(Finding::new(CODE, Level::Error, message));
            }
            if cells.is_empty() {
                let line = self.line(at, area).unwrap_or_default();
                let message = if line.is_empty() {
                    "页面空白处画着标签里没有的东西".to_owned()
                } else {
                    format!("“{line}”这一处，画面上看到的与标签的文字不同")
                };
                told.entry(line).or_insert(Finding::new(CODE, Level::Error, message));
            }
        }
        let more = told.len().saturating_sub(MOST_TOLD);
        findings.extend(told.into_values().take(MOST_TOLD).map(|one| one.on(Some(at + 1))));
        if more > 0 {
            let message = format!("这一页还有 {more} 处看到的与标签不同");
            findings.push(Finding::new(CODE, Level::Error, message).on(Some(at + 1)));
        }
    }

    /// The figures that an area touches: number, value, label.
    fn cells(&self, at: usize, area: &Bounds) -> Vec<(usize, String, String)> {
        let Some((format, figures)) = self.figures else { return Vec::new() };
        let touches = |b: &Bounds| {
            b.left - CELL.0 < area.right
                && b.right + CELL.0 > area.left
                && b.top - CELL.1 < area.bottom
                && b.bottom + CELL.1 > area.top
        };
        let mut found: Vec<(f64, usize, String, String)> = figures
            .found
            .iter()
            .filter_map(|(&index, printed)| {
                let (page, b) = printed.place.filter(|(page, b)| *page == at + 1 && touches(b))?;
                debug_assert_eq!(page, at + 1);
                let label = super::compare::label(&format.cells()[index]);
                Some((super::again::distance(area, &b), index, printed.value.clone(), label))
            })
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let covered = found.iter().filter(|(distance, ..)| *distance == 0.0).count().clamp(1, 6);
        found
            .into_iter()
            .take(covered)
            .map(|(_, index, value, label)| (index, value, label))
            .collect()
    }

    /// The beginning of the text that an area is on or next to.
    fn line(&self, at: usize, area: &Bounds) -> Option<String> {
        let runs = self.pdf.pages[at].runs.iter();
        let nearest = runs
            .filter(|run| !run.text.trim().is_empty())
            .map(|run| (super::again::distance(area, &run.bounds()), run))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(distance, _)| *distance < 3.0)?;
        Some(nearest.1.text.trim().chars().take(16).collect())
    }

    /// Decorations say nothing that the content does not: page numbers, and labels that a table repeats.
    fn artifacts(&self, findings: &mut Vec<Finding>, result: &mut Redrawn) {
        let labels: BTreeSet<String> = self
            .grids
            .iter()
            .flat_map(|grid| &grid.cells)
            .flat_map(|cell| [squeezed(&cell.text), super::figures::plain_label(&cell.text)])
            .collect();
        let whole: String = labels.iter().cloned().collect::<Vec<_>>().join("\n");
        for page in &self.pdf.pages {
            let mut texts: BTreeMap<String, String> = BTreeMap::new();
            let number = page.number.to_string();
            for run in page.runs.iter().filter(|run| !run.is_content()) {
                let text = squeezed(&run.text);
                let words = text.trim_matches(['—', '-', '–', '（', '）', '(', ')', '续']);
                let is_number = words == number && is_pagination(run.artifact.as_ref());
                // A label may be broken over lines; a figure is never part of one.
                let is_label = whole.contains(words) && words.contains(|c: char| c.is_alphabetic());
                if !words.is_empty() && !is_number && !is_label {
                    texts.entry(text.clone()).or_insert(text);
                }
            }
            for text in texts.into_values() {
                let start: String = text.chars().take(20).collect();
                let message = format!("有一处文字标成了装饰，读屏和核对都读不到：“{start}”");
                findings.push(Finding::new(CODE, Level::Error, message).on(Some(page.number)));
                result.agrees = false;
            }
        }
    }
}

fn is_pagination(artifact: Option<&Artifact>) -> bool {
    artifact.is_some_and(|artifact| artifact.kind == "Pagination" || artifact.subkind == "Footer")
}

fn bounds([left, top, right, bottom]: [f32; 4]) -> Bounds {
    let mm = |points: f32| f64::from(points) * MM_PER_POINT;
    Bounds { left: mm(left), top: mm(top), right: mm(right), bottom: mm(bottom) }
}

/// The shipped and given faces by the names that files call them.
struct Faces<'a> {
    fonts: &'a Fonts,
    known: HashMap<String, Option<Font>>,
}

impl Faces<'_> {
    fn named(&mut self, name: &str) -> Option<Font> {
        let fonts = self.fonts;
        self.known.entry(name.to_owned()).or_insert_with(|| fonts.named(name)).clone()
    }
}

/// Draws what a page says: areas, rules, texts.
fn draw(pdf: &Pdf, page: &Page, faces: &mut Faces<'_>, like: &Picture) -> Picture {
    let (width, height) = (like.width, like.pixels.len() / like.width.max(1));
    let settings = RenderSettings {
        level: Speed::new(),
        num_threads: 0,
        render_mode: RenderMode::OptimizeSpeed,
    };
    let mut context = RenderContext::new_with(width as u16, height as u16, settings);
    let scale = f64::from(like.density) / MM_PER_POINT;
    context.set_paint(color(&Paint { space: ColorSpace::Grey, components: vec![1.0] }));
    context.fill_rect(&Rect::new(0.0, 0.0, width as f64, height as f64));
    for area in &page.areas {
        let b = area.bounds;
        context.set_paint(color(&area.paint));
        context.fill_rect(&Rect::new(
            b.left * scale,
            b.top * scale,
            b.right * scale,
            b.bottom * scale,
        ));
    }
    for line in &page.lines {
        // As thin lines are drawn by viewers: no thinner than a pixel.
        let weight = (line.weight * f64::from(like.density)).max(1.0);
        context.set_paint(color(&line.paint));
        context.set_stroke(Stroke::new(weight).with_caps(Cap::Butt));
        let mut path = BezPath::new();
        path.move_to((line.from.0 * scale, line.from.1 * scale));
        path.line_to((line.to.0 * scale, line.to.1 * scale));
        context.stroke_path(&path);
    }
    for run in page.runs.iter().filter(|run| run.angle.abs() <= 0.01) {
        let Some(font) = faces.named(&pdf.typeface(run).name) else { continue };
        let paint = if run.is_content() { Paint::black() } else { run.paint.clone() };
        context.set_paint(color(&paint));
        text(&mut context, &font, run, scale, f64::from(like.density));
    }
    let mut pixmap = Pixmap::new(width as u16, height as u16);
    context.render_to_pixmap(&mut Resources::default(), &mut pixmap);
    let pixels = pixmap.data().iter().map(|pixel| [pixel.r, pixel.g, pixel.b, pixel.a]).collect();
    Picture { width, pixels, density: like.density }
}

fn text(context: &mut RenderContext, font: &Font, run: &Run, scale: f64, density: f64) {
    let Ok(face) = ttf_parser::Face::parse(font.data(), font.index()) else { return };
    let size = run.size * density / f64::from(face.units_per_em());
    for glyph in &run.glyphs {
        let Some(char) = glyph.text.chars().next() else { continue };
        let Some(id) = face.glyph_index(char) else { continue };
        let mut outline = Outline(BezPath::new());
        if face.outline_glyph(id, &mut outline).is_some() {
            let place = Affine::new([size, 0.0, 0.0, -size, glyph.x * scale, run.y * scale]);
            let path = place * outline.0;
            context.fill_path(&path);
            if let Some(weight) = run.outlined {
                // Corners as typst writes them.
                let stroke = Stroke::new(weight * density).with_caps(Cap::Butt);
                context.set_stroke(stroke.with_join(Join::Miter).with_miter_limit(4.0));
                context.stroke_path(&path);
            }
        }
    }
}

fn color(paint: &Paint) -> AlphaColor<Srgb> {
    let part = |at: usize| paint.components.get(at).copied().unwrap_or(0.0).clamp(0.0, 1.0) as f32;
    match paint.space {
        ColorSpace::Rgb => AlphaColor::new([part(0), part(1), part(2), 1.0]),
        ColorSpace::Cmyk => {
            let ink = |at: usize| (1.0 - part(at)) * (1.0 - part(3));
            AlphaColor::new([ink(0), ink(1), ink(2), 1.0])
        }
        _ => AlphaColor::new([part(0), part(0), part(0), 1.0]),
    }
}

/// Takes an outline over from a font.
struct Outline(BezPath);

impl ttf_parser::OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to((x1, y1), (x, y));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.curve_to((x1, y1), (x2, y2), (x, y));
    }

    fn close(&mut self) {
        self.0.close_path();
    }
}
