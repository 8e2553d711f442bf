//! PDF files: glyphs and lines as the interpreter of hayro draws them, read as a person reads the page.
//!
//! In: bytes. Out: a [`Draft`]. Where the file is tagged, tables and paragraphs are those of its tags; else tables are
//! what ruling lines enclose, or figures in columns under the heads of a form, and paragraphs are lines put together.
//! Text without a way to characters is refused with its reason, as are scans.

mod bounds;
mod cells;
mod columns;
mod device;
mod lines;
mod paragraphs;
mod pictures;
mod ruling;
mod structure;
mod tagged;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::draft::{Block, Draft, Place, Remark};
use super::limits::MOST_PAGES;
use super::refusal::Refusal;
use device::{Exhausted, Page};

pub(super) const KIND: &str = "pdf";

/// Share of glyphs without a character from which a file is refused.
const MOST_UNKNOWN: usize = 10;
/// Share of glyphs that tags must reach, in percent, to be read by them.
const LEAST_TAGGED: usize = 90;

/// Reads a PDF.
pub(super) fn read(bytes: &[u8]) -> Result<Draft, Refusal> {
    bounds::check(bytes)?;
    let read = || read_bounded(bytes.to_vec());
    // The interpreter is stopped from within when it draws without end; a fault of its own is the file's.
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result,
        Err(cause) if cause.is::<Exhausted>() => {
            Err(Refusal::too_large("PDF 里画的东西太多".to_owned()))
        }
        Err(_) => Err(Refusal::torn(KIND, "内容不合规范")),
    }
}

fn read_bounded(bytes: Vec<u8>) -> Result<Draft, Refusal> {
    let pdf = Pdf::new(Arc::new(bytes)).map_err(|cause| match cause {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Refusal::encrypted(KIND),
        LoadPdfError::Decryption(_) => Refusal::encrypted(KIND),
        LoadPdfError::Invalid => Refusal::torn(KIND, "不是完整的 PDF"),
    })?;
    let count = pdf.pages().len();
    if count > MOST_PAGES {
        return Err(Refusal::too_large(format!("PDF 有 {count} 页")));
    }
    let mut pages = device::draw(&pdf);
    known(&pages)?;
    let mut draft = Draft::default();
    remarks(&pages, &mut draft);
    pages.iter_mut().for_each(lines::clean);
    let tree = structure::read(&pdf);
    if let Some(tree) = tree.filter(|tree| is_reached(tree, &pages)) {
        tagged::blocks(&tree, &pages, &mut draft)?;
    } else {
        untagged(&mut pages, &mut draft)?;
    }
    Ok(draft)
}

/// Refuses files whose text cannot be told.
fn known(pages: &[Page]) -> Result<(), Refusal> {
    let glyphs: usize = pages.iter().map(|page| page.glyphs.len()).sum();
    let unknown: usize = pages.iter().map(|page| page.unknown).sum();
    if glyphs + unknown == 0 {
        return Err(Refusal::new(
            "PDF 里没有文字，是扫描件或者把文字画成了图形",
            "请用做这份 PDF 的 Word 文件，或者对着原件填",
        ));
    }
    if unknown * 100 > (glyphs + unknown) * MOST_UNKNOWN {
        return Err(Refusal::new(
            format!(
                "PDF 里 {} 个字有 {unknown} 个没有对应的字符（字体没有 ToUnicode，或者是自造的字体）",
                glyphs + unknown
            ),
            "复制出来会是乱码，读不出数；请用做这份 PDF 的 Word 文件",
        ));
    }
    Ok(())
}

fn remarks(pages: &[Page], draft: &mut Draft) {
    let mut add = |message: String, page: usize| {
        draft.remarks.push(Remark { message, place: Place::Page(page), is_loss: true });
    };
    for page in pages {
        if page.unknown > 0 {
            add(
                format!("这一页有 {} 个字没有对应的字符，读成了 \u{FFFD}", page.unknown),
                page.number,
            );
        }
        if page.turned > 0 {
            add(format!("这一页有 {} 个字是竖排或者斜的，没有读入", page.turned), page.number);
        }
        if page.invisible > 0 && page.invisible * 2 > page.glyphs.len() {
            add("这一页的文字是扫描后识别出来的，可能有错".to_owned(), page.number);
        }
    }
}

/// Whether the tags reach the text of the pages.
fn is_reached(tree: &structure::Tree, pages: &[Page]) -> bool {
    let said = pages.iter().flat_map(|page| {
        page.glyphs.iter().filter(|glyph| !glyph.artifact).map(|glyph| (page.number, glyph.mcid))
    });
    let (mut all, mut reached) = (0usize, 0usize);
    for (page, mcid) in said {
        all += 1;
        reached += usize::from(mcid.is_some_and(|mcid| tree.reaches(page, mcid)));
    }
    all > 0 && reached * 100 >= all * LEAST_TAGGED
}

fn untagged(pages: &mut [Page], draft: &mut Draft) -> Result<(), Refusal> {
    let mut tables = 0usize;
    let mut body: Vec<paragraphs::PageBody> = Vec::new();
    let mut edges: Vec<Vec<Vec<f64>>> = Vec::new();
    for page in pages.iter_mut() {
        let mut grids = Vec::new();
        let mut edges_of_page = Vec::new();
        for region in ruling::regions(page) {
            tables += 1;
            if let Some(grid) = cells::grid(page, &region, tables)? {
                grids.push((region.top, grid));
                edges_of_page.push(region.xs);
            }
        }
        edges.push(edges_of_page);
        let mut lines = lines::of(&page.glyphs);
        if grids.is_empty() {
            for (top, bottom, grid) in columns::grids(&mut lines, page.number, &mut tables)? {
                let _ = bottom;
                grids.push((top, grid));
            }
        }
        let pictures = pictures::take(page, draft);
        body.push(paragraphs::PageBody {
            number: page.number,
            height: page.height,
            lines,
            grids,
            pictures,
        });
    }
    paragraphs::drop_margins(&mut body);
    cells::align_over_pages(&mut body, &edges)?;
    let blocks: Vec<Block> = paragraphs::blocks(body);
    draft.blocks.extend(blocks);
    Ok(())
}
