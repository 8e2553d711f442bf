//! From blocks to a report: which format, which figures, which texts, and what is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::Level;
use crate::format::{Catalog, Cell, Format};
use crate::source::{Elsewhere, Origins};

use super::account::{Account, TableCount};
use super::chart::{self, Chart};
use super::draft::{Block, Draft, Grid, Place};
use super::findings::{self, ImportFinding};
use super::refusal::Refusal;
use super::tables::{Doubt, Form, Located, Stacked, Titled, stack, value};
use super::texts::{self, Item, Line, Texts};
use super::{Imported, ImportedFigure, Kind, Options, own_table, write};

/// Longest text between two pieces of one table: page numbers, `（续）`.
const LONGEST_BETWEEN: usize = 16;
/// Lines above a table that may name it.
const LINES_ABOVE: usize = 2;

/// Sorts a draft.
pub(super) fn assemble(
    draft: Draft,
    kind: Kind,
    catalog: &Catalog,
    options: &Options,
) -> Result<Imported, Refusal> {
    let found = recognise(&draft, catalog, options)?;
    let Recognised { format, located, grids, .. } = &found;
    let mut findings: Vec<ImportFinding> = Vec::new();
    let (pictures, mut shown) = pictures(&draft, options, &mut findings);
    let charts = charts(&draft, &mut shown, &mut findings);
    let items = items(&draft, &found, &shown, &charts);
    let mut texts = texts::sort(items, format, kind == Kind::Html);
    if located.found.is_empty() && located.doubts.is_empty() && texts.parts.is_empty() {
        return Err(Refusal::new(
            "文件里没有认出年度报告：没有一个表格有表二、表三、表四的栏目，也没有“一、总体情况”等标题",
            "请核对是否给错了文件；表格是图片的，要对着原件填",
        ));
    }
    let format = match (&options.format, located.found.is_empty()) {
        // Without a table the year decides.
        (None, true) => {
            catalog.choose(None, texts.year).cloned().unwrap_or_else(|| Arc::clone(format))
        }
        _ => Arc::clone(format),
    };
    let figures = figures(&format, located, &texts);
    doubts(&format, located, &mut findings);
    missing(&format, located, &mut findings);
    labels(located, &mut findings);
    for remark in &draft.remarks {
        let level = if remark.is_loss { Level::Warning } else { Level::Note };
        findings.push(ImportFinding {
            rule: findings::LOST,
            level,
            message: remark.message.clone(),
            path: String::new(),
            covers: Vec::new(),
            place: remark.place.clone(),
            span: 0..0,
            help: "对着原件核对这里；要紧的内容手工补进数据文件".to_owned(),
        });
    }
    leftovers(located, grids, &mut texts);
    let account = account(&format, located, &figures, &texts, pictures.len());
    let mut places = Origins::default();
    figures.iter().for_each(|(path, figure)| places.put(path, Elsewhere::from(&figure.place)));
    texts.places.iter().for_each(|(path, place)| places.put(path, Elsewhere::from(place)));
    for (index, doubt) in &located.doubts {
        if let Some(cell) = format.cells().get(*index) {
            places.put(&cell.path, Elsewhere::from(&doubt.place));
        }
    }
    let official = catalog.for_year(texts.year.unwrap_or(0)).map(|format| format.id().to_owned());
    let content = write::Content {
        format: &format,
        is_official: official.as_deref() == Some(format.id()),
        figures: &figures,
        located,
        texts: &texts,
        account: &account,
        charts: &charts,
    };
    let toml = write::data_file(&content, &mut places, &mut findings);
    let places = Arc::new(places);
    Ok(Imported { format, toml, pictures, figures, texts, findings, account, places })
}

/// A format and what was found by it.
struct Recognised {
    format: Arc<Format>,
    located: Located,
    grids: Vec<Stacked>,
}

/// The format whose figures a file shows: the one of which most are found.
fn recognise(draft: &Draft, catalog: &Catalog, options: &Options) -> Result<Recognised, Refusal> {
    let formats: Vec<Arc<Format>> = match &options.format {
        None => catalog.formats().to_vec(),
        Some(id) => match catalog.get(id) {
            Some(format) => vec![Arc::clone(format)],
            None => {
                let known = catalog.ids();
                return Err(Refusal::new(
                    format!("没有“{id}”这个格式"),
                    format!("有的格式：{known}"),
                ));
            }
        },
    };
    let mut best: Option<(usize, i32, Recognised)> = None;
    for format in formats {
        let form = Form::of(&format);
        let grids = stack(titled(draft), &form, &|from, to| is_near(draft, from, to))?;
        let views: Vec<Titled> =
            grids.iter().map(|grid| Titled { grid: &grid.grid, lines: &grid.lines }).collect();
        let located = form.locate(&views);
        let wanted = table_cells(&format).count().max(1);
        let share = (located.found.len() + located.doubts.len()) * 10_000 / wanted;
        let from = format.manifest.years.from;
        // Among equals the newest: tables three and four are the same in both.
        let is_better =
            best.as_ref().is_none_or(|(least, year, _)| (share, from) > (*least, *year));
        if is_better {
            best = Some((share, from, Recognised { format, located, grids }));
        }
    }
    best.map(|(.., found)| found)
        .ok_or_else(|| Refusal::new("没有可用的格式", "请核对 --templates"))
}

/// The cells of tables: those of sentences stand in the text.
fn table_cells(format: &Format) -> impl Iterator<Item = (usize, &Cell)> {
    let in_table =
        |cell: &Cell| format.table(&cell.table).is_some() && !cell.column_label.is_empty();
    format.cells().iter().enumerate().filter(move |(_, cell)| in_table(cell))
}

fn titled(draft: &Draft) -> Vec<Stacked> {
    let mut grids = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for (number, block) in draft.blocks.iter().enumerate() {
        match block {
            Block::Paragraph(paragraph) => {
                lines.push(paragraph.text());
                if lines.len() > LINES_ABOVE {
                    lines.remove(0);
                }
            }
            Block::Grid(grid) => grids.push(Stacked {
                grid: grid.clone(),
                lines: std::mem::take(&mut lines),
                blocks: vec![number],
            }),
            Block::Picture(..) => {}
        }
    }
    grids
}

fn is_near(draft: &Draft, from: usize, to: usize) -> bool {
    let between = draft.blocks.get(from + 1..to).unwrap_or_default();
    between.iter().all(|block| match block {
        Block::Paragraph(paragraph) => {
            let text = paragraph.text();
            text.trim().chars().count() <= LONGEST_BETWEEN && !texts::is_enumerated(&text)
        }
        Block::Grid(_) => false,
        Block::Picture(..) => true,
    })
}

/// A picture beside the data file: name and bytes.
type PictureFile = (String, Vec<u8>);

/// Names the pictures and says how the text shows each; what cannot be used is named.
fn pictures(
    draft: &Draft,
    options: &Options,
    findings: &mut Vec<ImportFinding>,
) -> (Vec<PictureFile>, BTreeMap<usize, String>) {
    let stem = options.stem.as_deref().unwrap_or("报告");
    let stem: String =
        stem.chars().map(|c| if "()[]!|\\/:*?\"<>".contains(c) { '_' } else { c }).collect();
    let mut files: Vec<PictureFile> = Vec::new();
    let mut shown = BTreeMap::new();
    let places: BTreeMap<usize, &Place> = draft
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Picture(number, place) => Some((*number, place)),
            _ => None,
        })
        .collect();
    for (number, picture) in draft.pictures.iter().enumerate() {
        // A picture in a cell is named with the cell.
        let Some(place) = places.get(&number) else { continue };
        let refused = match &picture.bytes {
            Ok(bytes) => match extension(bytes) {
                Some(extension) => {
                    let name = format!("{stem}-图{}.{extension}", files.len() + 1);
                    let alt: String =
                        picture.alt.chars().filter(|c| !"[]()!\n\r".contains(*c)).collect();
                    shown.insert(number, format!("![{}]({name})", alt.trim()));
                    files.push((name, bytes.clone()));
                    continue;
                }
                None => "图片的格式不能用（只能是 png、jpg、gif、webp）".to_owned(),
            },
            Err(reason) => reason.clone(),
        };
        findings.push(ImportFinding {
            rule: findings::LOST,
            level: Level::Warning,
            message: refused,
            path: String::new(),
            covers: Vec::new(),
            place: (*place).clone(),
            span: 0..0,
            help: "图片里有数或文字的，对着原件补进数据文件；要印的图另存为 png 放在数据文件旁边"
                .to_owned(),
        });
    }
    (files, shown)
}

/// Charts that say their figures: number of the block with the line that names it, and the chart.
pub(super) type Charts = Vec<(usize, Chart)>;

/// Finds the charts among pictures that could not be taken out.
fn charts(
    draft: &Draft,
    shown: &mut BTreeMap<usize, String>,
    findings: &mut Vec<ImportFinding>,
) -> Charts {
    let mut charts = Charts::new();
    for (number, block) in draft.blocks.iter().enumerate() {
        let Block::Picture(picture, _) = block else { continue };
        let Some(Err(reason)) = draft.pictures.get(*picture).map(|p| p.bytes.as_ref()) else {
            continue;
        };
        let alt = &draft.pictures[*picture].alt;
        for beside in [number.wrapping_sub(1), number + 1] {
            let Some(Block::Paragraph(line)) = draft.blocks.get(beside) else { continue };
            if let Some(chart) = chart::read(alt, &line.text()) {
                let name = format!("chart_{}", charts.len() + 1);
                shown.insert(*picture, format!("![{}](chart:{name})", chart.title));
                findings.retain(|finding| finding.message != *reason);
                charts.push((beside, chart));
                break;
            }
        }
    }
    charts
}

fn extension(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        _ => None,
    }
}

/// The running text with the tables of the form in their places.
fn items(
    draft: &Draft,
    found: &Recognised,
    shown: &BTreeMap<usize, String>,
    charts: &Charts,
) -> Vec<Item> {
    let mut tables: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut of_form: BTreeSet<usize> = BTreeSet::new();
    for (number, grid) in found.grids.iter().enumerate() {
        if !found.located.used.contains(&number) {
            continue;
        }
        of_form.extend(&grid.blocks);
        let keys = keys_of(&found.format, &found.located, number);
        if let Some(first) = grid.blocks.first() {
            tables.insert(*first, keys);
        }
    }
    let mut items = Vec::new();
    for (number, block) in draft.blocks.iter().enumerate() {
        match block {
            // The line over a chart is printed from its data.
            Block::Paragraph(_) if charts.iter().any(|(line, _)| *line == number) => {}
            Block::Paragraph(paragraph) => items.push(Item::Paragraph(paragraph.clone())),
            Block::Grid(_) if of_form.contains(&number) => {
                let keys = tables.remove(&number).unwrap_or_default();
                items.extend(keys.into_iter().map(Item::Table));
            }
            Block::Grid(grid) => {
                let lines = own_table::lines(grid);
                let place = grid.cells.first().map(|cell| cell.place.clone()).unwrap_or_default();
                if !lines.is_empty() {
                    items.push(Item::Ready(lines, place));
                }
            }
            Block::Picture(picture, place) => {
                if let Some(line) = shown.get(picture) {
                    items.push(Item::Ready(vec![line.clone()], place.clone()));
                }
            }
        }
    }
    items
}

/// The tables whose figures a grid holds, in the order of the form.
fn keys_of(format: &Format, located: &Located, grid: usize) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let figures = located.found.iter().filter(|(_, found)| found.grid == grid).map(|(f, _)| f);
    for figure in figures {
        let key = &format.cells()[*figure].table;
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}

fn figures(format: &Format, located: &Located, texts: &Texts) -> BTreeMap<String, ImportedFigure> {
    let mut figures = BTreeMap::new();
    for (index, found) in &located.found {
        if located.doubts.contains_key(index) {
            continue;
        }
        let Some(cell) = format.cells().get(*index) else { continue };
        let value = value::read(&found.text, Some(cell));
        figures.insert(
            cell.path.clone(),
            ImportedFigure {
                digits: value.digits,
                text: value.text,
                note: value.note,
                place: found.place.clone(),
            },
        );
    }
    for (path, line) in &texts.sentences {
        let value = value::read(&line.text, format.cell(path));
        figures.insert(
            path.clone(),
            ImportedFigure {
                digits: value.digits,
                text: value.text,
                note: None,
                place: line.place.clone(),
            },
        );
    }
    figures
}

fn doubts(format: &Format, located: &Located, findings: &mut Vec<ImportFinding>) {
    let doubts: Vec<(&Cell, &Doubt)> = located
        .doubts
        .iter()
        .filter_map(|(index, doubt)| Some((format.cells().get(*index)?, doubt)))
        .collect();
    // A row that cannot be told is said once.
    let of_one = |a: &(&Cell, &Doubt), b: &(&Cell, &Doubt)| {
        a.0.row_path == b.0.row_path && a.1.reason == b.1.reason
    };
    for group in doubts.chunk_by(of_one) {
        let (cell, doubt) = group[0];
        let label = match group {
            [_] => cell.label(),
            _ => {
                let row = cell.row_labels.last().map_or("", String::as_str);
                let columns: Vec<&str> =
                    group.iter().map(|(cell, _)| cell.column_label.as_str()).collect();
                format!("{row}·{}", columns.join("、"))
            }
        };
        let mut texts: Vec<String> = group
            .iter()
            .map(|(_, doubt)| doubt.text.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        texts.dedup();
        let text = texts.join(" | ");
        let said =
            if text.is_empty() { String::new() } else { format!("，原文是“{text}”") };
        findings.push(ImportFinding {
            rule: findings::DOUBT,
            level: Level::Error,
            message: format!("“{label}”存疑：{}{said}", doubt.reason),
            path: cell.path.clone(),
            covers: group.iter().map(|(cell, _)| cell.path.clone()).collect(),
            place: doubt.place.clone(),
            span: 0..0,
            help: "对着原件把这个数填进数据文件".to_owned(),
        });
    }
    for (index, found) in &located.found {
        if found.has_picture && found.text.trim().is_empty() && !located.doubts.contains_key(index)
        {
            let cell = &format.cells()[*index];
            findings.push(ImportFinding {
                rule: findings::DOUBT,
                level: Level::Error,
                message: format!("“{}”是一张图片，读不出数", cell.label()),
                path: cell.path.clone(),
                covers: Vec::new(),
                place: found.place.clone(),
                span: 0..0,
                help: "对着原件把这个数填进数据文件".to_owned(),
            });
        }
    }
    for place in &located.by_order {
        findings.push(ImportFinding {
            rule: findings::LABEL,
            level: Level::Note,
            message: "这一行的格子与表头没有对齐，格数与列数相同，按表头的次序读入".to_owned(),
            path: String::new(),
            covers: Vec::new(),
            place: place.clone(),
            span: 0..0,
            help: "对着原件核对这一行".to_owned(),
        });
    }
}

/// Figures that were not found: a row as a whole where all of it is missing.
fn missing(format: &Format, located: &Located, findings: &mut Vec<ImportFinding>) {
    let is_known =
        |index: &usize| located.found.contains_key(index) || located.doubts.contains_key(index);
    let cells: Vec<(usize, &Cell)> = table_cells(format).collect();
    for row in cells.chunk_by(|a, b| a.1.row_path == b.1.row_path) {
        let lost: Vec<&Cell> = row.iter().filter(|(i, _)| !is_known(i)).map(|(_, c)| *c).collect();
        let Some(first) = lost.first() else { continue };
        let whole = lost.len() == row.len();
        let label = first.row_labels.last().map_or("", String::as_str);
        let path = if whole { first.row_path.clone() } else { first.path.clone() };
        let message = if whole {
            format!("没有找到“{label}”一行的数")
        } else {
            let columns: Vec<&str> = lost.iter().map(|cell| cell.column_label.as_str()).collect();
            format!("“{label}”一行没有找到{}的数", columns.join("、"))
        };
        findings.push(ImportFinding {
            rule: findings::MISSING,
            level: Level::Error,
            message,
            path,
            covers: lost.iter().map(|cell| cell.path.clone()).collect(),
            place: Place::Whole,
            span: 0..0,
            help: "没有找到不等于 0：对着原件填，原件确实没有的，问报送机关".to_owned(),
        });
    }
}

fn labels(located: &Located, findings: &mut Vec<ImportFinding>) {
    for (text, official, place) in &located.near {
        let text = text.split_whitespace().collect::<String>();
        findings.push(ImportFinding {
            rule: findings::LABEL,
            level: Level::Warning,
            message: format!("栏目写的是“{text}”，按“{official}”读入"),
            path: String::new(),
            covers: Vec::new(),
            place: place.clone(),
            span: 0..0,
            help: "对着原件核对；原件写错的，改正原件".to_owned(),
        });
    }
}

/// Figures in tables of the form that stand under none of its labels.
fn leftovers(located: &Located, grids: &[Stacked], texts: &mut Texts) {
    for strange in &located.strange {
        let row = grids.get(strange.grid).map(|grid| row_text(&grid.grid, &strange.place));
        let text =
            format!("表里的数 {}（这一行：{}）", strange.text.trim(), row.unwrap_or_default());
        texts.left.push(Line { text, place: strange.place.clone() });
    }
}

fn row_text(grid: &Grid, place: &Place) -> String {
    let Some(cell) = grid.cells.iter().find(|cell| cell.place == *place) else {
        return String::new();
    };
    let texts = grid
        .row(cell.y)
        .into_iter()
        .map(|number| grid.cells[number].text.split_whitespace().collect::<String>());
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ")
}

fn account(
    format: &Format,
    located: &Located,
    figures: &BTreeMap<String, ImportedFigure>,
    texts: &Texts,
    pictures: usize,
) -> Account {
    let mut tables: Vec<TableCount> = Vec::new();
    for table in &format.tables {
        let cells: Vec<(usize, &Cell)> =
            table_cells(format).filter(|(_, cell)| cell.table == table.key).collect();
        let found: Vec<&ImportedFigure> =
            cells.iter().filter_map(|(_, cell)| figures.get(&cell.path)).collect();
        let is_blank =
            |figure: &&&ImportedFigure| figure.digits.is_none() && figure.text.is_empty();
        let of_part = format.manifest.parts.iter().find(|part| {
            part.items
                .iter()
                .any(|item| item.key == table.key && item.kind == crate::format::ItemKind::Table)
        });
        let number = of_part.and_then(|part| part.heading.split_once('、')).map_or("", |(n, _)| n);
        tables.push(TableCount {
            name: format!("表{number}"),
            found: found.len(),
            blank: found.iter().filter(is_blank).count(),
            doubtful: cells.iter().filter(|(index, _)| located.doubts.contains_key(index)).count(),
            wanted: cells.len(),
        });
    }
    Account { tables, paragraphs: texts.paragraphs(), pictures, left: texts.left.len() }
}
