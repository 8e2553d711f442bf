//! Whether the structure of a PDF is intact: what a reader with a screen reader or an archive relies on.
//!
//! In: a PDF that has been read. Out: flaws, each with a Chinese sentence and its page. This looks at what can
//! go wrong with a report between the program that made it and the public (printed to PDF again, merged, run
//! through a converter); it is no replacement for a validator of the standards.

use std::collections::{BTreeMap, HashSet};

use super::pdf::structure::Tree;
use super::pdf::{Artifact, Pdf, Run};
use super::tables::{Cell, CellKind, Grid, is_figure};

/// How far two texts lie over each other before one hides the other, in millimetres.
const COVERED: f64 = 0.5;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// What is wrong, in Chinese.
    pub message: String,
    /// On which page, from 1, where it has a page.
    pub page: Option<usize>,
}

impl Flaw {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), page: None }
    }

    fn on(page: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), page: Some(page) }
    }
}

/// Lists everything about a document that is not intact.
pub fn inspect(pdf: &Pdf, grids: &[Grid]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    document(pdf, &mut flaws);
    typefaces(pdf, &mut flaws);
    text(pdf, &mut flaws);
    if let Some(tree) = &pdf.tree {
        headings(pdf, tree, &mut flaws);
        pictures(tree, &mut flaws);
        loose_content(pdf, tree, &mut flaws);
    }
    for grid in grids {
        table(pdf, grid, &mut flaws);
    }
    laid_over(pdf, grids, &mut flaws);
    flaws
}

fn document(pdf: &Pdf, flaws: &mut Vec<Flaw>) {
    if !pdf.marked || pdf.tree.is_none() {
        flaws.push(Flaw::new("没有结构标签：读屏软件读不出标题和表格，也无法按标签核对数字"));
    }
    match pdf.language.as_deref() {
        None => flaws.push(Flaw::new("没有标明文档语言")),
        Some(language) if !language.to_lowercase().starts_with("zh") => {
            flaws.push(Flaw::new(format!("文档语言标为 {language}，不是中文")));
        }
        Some(_) => {}
    }
    let title = pdf.title.as_deref().unwrap_or_default();
    let declared = pdf.xmp.as_ref().and_then(|xmp| xmp.title.as_deref()).unwrap_or_default();
    if title.is_empty() && declared.is_empty() {
        flaws.push(Flaw::new("文档属性里没有标题"));
    }
    // Since PDF 2.0 the title may stand in one place only.
    if !title.is_empty() && !declared.is_empty() && declared != title {
        flaws.push(Flaw::new(format!("两处文档属性的标题不一致：“{title}”与“{declared}”")));
    }
    let is_accessible = pdf.xmp.as_ref().is_some_and(|xmp| xmp.accessible_part.is_some());
    if is_accessible && !pdf.shows_title {
        flaws.push(Flaw::new("没有设置在窗口标题栏显示文档标题"));
    }
    if pdf.bookmarks.is_empty() {
        flaws.push(Flaw::new("没有书签"));
    }
    for bookmark in pdf.bookmarks.iter().filter(|bookmark| bookmark.page.is_none()) {
        flaws.push(Flaw::new(format!("书签“{}”不指向任何页面", bookmark.title)));
    }
}

fn typefaces(pdf: &Pdf, flaws: &mut Vec<Flaw>) {
    for typeface in &pdf.typefaces {
        if !typeface.embedded {
            flaws.push(Flaw::new(format!(
                "字体 {} 没有嵌入：别的电脑上会换成其他字体",
                typeface.name
            )));
        }
        if !typeface.mapped {
            flaws.push(Flaw::new(format!(
                "字体 {} 没有文字对照表：这些字无法复制和检索",
                typeface.name
            )));
        }
    }
}

/// Characters that mean nothing, and text that is there but not shown.
fn text(pdf: &Pdf, flaws: &mut Vec<Flaw>) {
    for page in &pdf.pages {
        let unknown = |c: char| c == '\u{FFFD}' || ('\u{E000}'..='\u{F8FF}').contains(&c);
        let count: usize =
            page.runs.iter().map(|run| run.text.chars().filter(|c| unknown(*c)).count()).sum();
        if count > 0 {
            flaws.push(Flaw::on(page.number, format!("有 {count} 个字没有对应的文字编码")));
        }
        if page.runs.iter().any(|run| !run.visible && !run.text.trim().is_empty()) {
            flaws.push(Flaw::on(page.number, "有看不见的隐藏文字"));
        }
    }
}

fn headings(pdf: &Pdf, tree: &Tree, flaws: &mut Vec<Flaw>) {
    let mut previous = 0;
    for element in tree.reading_order() {
        let Some(level) = heading_level(&tree.elements[element].standard_role) else { continue };
        let text = tree.text(element, pdf);
        let page = tree.place(element, pdf).map(|(page, _)| page + 1);
        if text.trim().is_empty() {
            flaws.push(Flaw { message: "有空的标题".into(), page });
        }
        if level > previous + 1 {
            let message = format!(
                "标题“{}”的级别跳过了一级（第 {level} 级前面没有第 {} 级）",
                text.trim(),
                level - 1
            );
            flaws.push(Flaw { message, page });
        }
        previous = level;
    }
    if previous == 0 {
        flaws.push(Flaw::new("没有任何标题"));
    }
}

/// What lies over the pages and was not there when they were made.
fn laid_over(pdf: &Pdf, grids: &[Grid], flaws: &mut Vec<Flaw>) {
    for page in pdf.pages.iter().filter(|page| page.annotations > 0) {
        flaws
            .push(Flaw::on(page.number, format!("有 {} 处批注或图章盖在页面上", page.annotations)));
    }
    let Some(tree) = &pdf.tree else { return };
    for cell in grids.iter().flat_map(|grid| &grid.cells).filter(|cell| is_figure(&cell.value)) {
        let Some((number, bounds)) = cell.place else { continue };
        let own: HashSet<(usize, u32)> = tree.content(cell.element).into_iter().collect();
        let is_foreign =
            |run: &&Run| !run.mcid.is_some_and(|mcid| own.contains(&(number - 1, mcid)));
        let lies_over = |run: &&Run| {
            run.angle.abs() < 1.0
                && !run.text.trim().is_empty()
                && run.bounds().overlaps(&bounds, COVERED)
        };
        if let Some(run) = pdf.pages[number - 1].runs.iter().filter(is_foreign).find(lies_over) {
            let message = format!("数字 {} 上面还压着“{}”", cell.value, run.text.trim());
            flaws.push(Flaw::on(number, message));
        }
    }
}

/// The level of a heading role: 1 for `H1`.
pub fn heading_level(role: &str) -> Option<usize> {
    role.strip_prefix('H')?.parse().ok()
}

fn pictures(tree: &Tree, flaws: &mut Vec<Flaw>) {
    for element in tree.with_role("Figure") {
        let figure = &tree.elements[element];
        let says =
            |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        if !says(&figure.alternative) && !says(&figure.replacement) {
            let page = tree.content(element).first().map(|(page, _)| page + 1);
            flaws.push(Flaw { message: "有图片没有替代文字".into(), page });
        }
    }
}

/// Content that is neither decoration nor part of the structure: a reader never comes by it.
fn loose_content(pdf: &Pdf, tree: &Tree, flaws: &mut Vec<Flaw>) {
    let reached: HashSet<(usize, u32)> = tree.content(0).into_iter().collect();
    let mut loose: BTreeMap<usize, String> = BTreeMap::new();
    for (at, page) in pdf.pages.iter().enumerate() {
        let is_loose = |run: &&Run| {
            run.is_content() && !run.mcid.is_some_and(|mcid| reached.contains(&(at, mcid)))
        };
        for run in page.runs.iter().filter(is_loose).filter(|run| !run.text.trim().is_empty()) {
            loose.entry(page.number).or_default().push_str(&run.text);
        }
    }
    for (page, text) in loose {
        let start: String = text.chars().take(20).collect();
        flaws.push(Flaw::on(page, format!("有文字不在结构里，读屏软件读不到：“{start}”")));
    }
}

fn table(pdf: &Pdf, grid: &Grid, flaws: &mut Vec<Flaw>) {
    let page = grid.cells.iter().find_map(|cell| cell.place).map(|(page, _)| page);
    let mut flaw = |message: String, page| flaws.push(Flaw { message, page });
    if !grid.cells.iter().any(|cell| cell.kind != CellKind::Data) {
        flaw("表格没有表头单元格".into(), page);
    }
    let holes = (0..grid.rows)
        .flat_map(|y| (0..grid.columns).map(move |x| (x, y)))
        .filter(|&(x, y)| grid.at(x, y).is_none())
        .count();
    if holes > 0 {
        flaw(format!("表格缺 {holes} 个单元格，行列对不齐"), page);
    }
    let is_figure_cell = |cell: &&Cell| cell.kind == CellKind::Data && is_figure(&cell.value);
    let figures: Vec<&Cell> = grid.cells.iter().filter(is_figure_cell).collect();
    let alone = figures.iter().filter(|cell| cell.named_heads.is_empty()).count();
    if alone > 0 && names_heads(pdf) {
        flaw(format!("表格里有 {alone} 个数字没有关联表头"), page);
    }
    let Some(tree) = &pdf.tree else { return };
    for cell in figures {
        if tree.runs(cell.element, pdf).iter().any(|(_, run)| run.replaced) {
            let page = cell.place.map(|(page, _)| page);
            flaw(format!("数字 {} 另有替代文字，看到的与读出的可能不同", cell.value), page);
        }
    }
}

/// Whether cells can name their heads: since PDF 1.5.
fn names_heads(pdf: &Pdf) -> bool {
    pdf.version.as_str() >= "1.5"
}

/// Whether a run is the mark that a draft carries on every page.
pub fn is_draft_mark(run: &Run) -> bool {
    let is_decoration =
        run.artifact.as_ref().is_some_and(|artifact: &Artifact| artifact.subkind != "Footer");
    is_decoration && run.text.contains("草稿")
}
