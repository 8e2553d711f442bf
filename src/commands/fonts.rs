//! `fonts`: per role what is used, from which file; of a report, which characters a role lacks.

use nianbao::emit::plain;
use nianbao::fonts::{FaceSummary, Fonts, RoleSummary};
use nianbao::generator::{Checked, Input};
use serde_json::{Value, json};

use super::inputs::{unreadable, want_file};
use super::{Outcome, Session, font_folder, terminal};
use crate::args::FontsArgs;

pub(crate) fn run(session: &Session, args: &FontsArgs) -> anyhow::Result<Outcome> {
    let fonts = Fonts::load(&font_folder()?, session.shared.fonts.as_deref())?;
    let lacks = match &args.file {
        None => None,
        Some(file) => {
            want_file(file, "")?;
            session.want_previous()?;
            let input = Input::read(file, session.previous())
                .map_err(|error| anyhow::anyhow!(unreadable(file, &error)))?;
            Some(lacking(&session.generator()?.check(&input)))
        }
    };
    if session.message_format().is_document() {
        terminal::document(&format!("{}\n", document(&fonts, lacks.as_deref())))?;
    } else {
        terminal::print(&listing(&fonts, lacks.as_deref()))?;
    }
    let is_lacking = lacks.is_some_and(|lacks| !lacks.is_empty());
    Ok(if is_lacking { Outcome::Findings } else { Outcome::Done })
}

/// A character that cannot be printed: what is said about it, and its place.
struct Lack {
    message: String,
    line: usize,
    column: usize,
}

fn lacking(checked: &Checked) -> Vec<Lack> {
    let glyphs = checked.diagnostics.iter().filter(|finding| finding.rule == "GLYPH");
    let lack = glyphs.map(|finding| {
        let at = checked.source.position(finding.span.as_ref().map_or(0, |span| span.start));
        Lack { message: finding.message.clone(), line: at.line, column: at.column }
    });
    lack.collect()
}

fn listing(fonts: &Fonts, lacks: Option<&[Lack]>) -> String {
    let mut text = format!("字体文件夹: {}\n", fonts.folder().display());
    for role in fonts.summary() {
        text += &format!("\n{}（共 {} 字）\n", role.role.label(), role.characters);
        for (at, face) in role.faces.iter().enumerate() {
            text += &describe(at, face);
        }
    }
    if !fonts.unused().is_empty() {
        text += "\n没有用到的自有字体（字体名不属于以上各类）\n";
        for path in fonts.unused() {
            text += &format!("  {}\n", path.display());
        }
    }
    match lacks {
        None => {}
        Some([]) => text += "\n这份报告没有缺字\n",
        Some(lacks) => {
            text += &format!("\n这份报告有 {} 处缺字\n", lacks.len());
            for lack in lacks {
                text += &format!(
                    "  第 {} 行第 {} 列: {}\n",
                    lack.line,
                    lack.column,
                    plain(&lack.message)
                );
            }
        }
    }
    text
}

fn describe(at: usize, face: &FaceSummary) -> String {
    let order = if at == 0 { "首选" } else { "后备" };
    let own = if face.is_own { "，自有" } else { "" };
    let name =
        face.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    format!(
        "  {order} {}（字重 {}，{} 字{own}）  {name}  许可: {}\n",
        face.family, face.weight, face.characters, face.licence
    )
}

fn document(fonts: &Fonts, lacks: Option<&[Lack]>) -> Value {
    let roles: Vec<Value> = fonts.summary().iter().map(record).collect();
    let lacking = lacks.map(|lacks| {
        let entry = |lack: &Lack| json!({"message": lack.message, "line": lack.line, "column": lack.column});
        lacks.iter().map(entry).collect::<Vec<_>>()
    });
    json!({
        "version": 1,
        "folder": fonts.folder().display().to_string(),
        "roles": roles,
        "unused": fonts.unused().iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        "lacking": lacking,
    })
}

fn record(role: &RoleSummary) -> Value {
    let faces: Vec<Value> = role
        .faces
        .iter()
        .map(|face| {
            json!({
                "family": face.family,
                "path": face.path.display().to_string(),
                "index": face.index,
                "weight": face.weight,
                "characters": face.characters,
                "licence": face.licence,
                "own": face.is_own,
            })
        })
        .collect();
    json!({"role": role.role.key(), "label": role.role.label(), "characters": role.characters, "faces": faces})
}
