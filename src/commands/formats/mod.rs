//! `formats`: which formats there are, for which years, by which law, and where they come from; and what it takes to
//! write a new one: show, export, start, check, rehearse.

mod check;
mod compare;
mod make;
mod page;

use nianbao::format::Format;
use serde_json::json;

use super::{Outcome, Session, terminal};
use crate::args::Formats;

pub(crate) fn run(session: &Session, args: &Formats) -> anyhow::Result<Outcome> {
    if let Some(words) = &args.show {
        return make::show(session, words);
    }
    if let [id, folder] = args.export.as_deref().unwrap_or_default() {
        return make::export(session, id, folder.as_ref());
    }
    if let (Some(id), Some(from), Some(folder)) = (&args.new, &args.from, &args.folder) {
        return make::new(session, id, from, folder);
    }
    if let Some(folder) = &args.check {
        return check::run(session, folder);
    }
    if let [old, new, folder] = args.compare.as_deref().unwrap_or_default() {
        let folder: &std::path::Path = folder.as_ref();
        return compare::run(session, [old, new], folder, args.output.as_deref());
    }
    if let Some(folder) = &args.folder {
        anyhow::bail!(
            "{} 要做什么？核对写 --check {0}，新建写 --new 代号 --from 代号 {0}",
            folder.display()
        );
    }
    list(session)
}

fn list(session: &Session) -> anyhow::Result<Outcome> {
    let catalog = session.catalog()?;
    if session.message_format().is_document() {
        let formats: Vec<_> = catalog.formats().iter().map(|format| record(format)).collect();
        terminal::document(&format!("{}\n", json!({"version": 1, "formats": formats})))?;
        return Ok(Outcome::Done);
    }
    let shown: Vec<String> = catalog.formats().iter().map(|format| describe(format)).collect();
    terminal::print(&shown.join("\n"))?;
    Ok(Outcome::Done)
}

fn record(format: &Format) -> serde_json::Value {
    let basis: Vec<_> = format
        .manifest
        .basis
        .iter()
        .map(|basis| json!({"name": basis.name, "number": basis.number}))
        .collect();
    json!({
        "id": format.id(),
        "name": format.manifest.name,
        "from": format.manifest.years.from,
        "to": format.manifest.years.to,
        "extends": format.manifest.extends,
        "basis": basis,
        "origin": format.origin,
    })
}

fn describe(format: &Format) -> String {
    let years = format.manifest.years;
    let years = match years.to {
        Some(to) => format!("{}—{to} 年度", years.from),
        None => format!("{} 年度起", years.from),
    };
    let is_own = std::path::Path::new(&format.origin).is_dir();
    let origin = if is_own { &format.origin } else { "内置" };
    let mut text = format!("{}  {}\n", format.id(), format.manifest.name);
    text += &format!("  年度: {years}\n");
    for basis in &format.manifest.basis {
        text += &format!("  依据: 《{}》（{}）\n", basis.name, basis.number);
    }
    if let Some(base) = &format.manifest.extends {
        text += &format!("  沿用: {base} 格式，只列改动\n");
    }
    text + &format!("  来源: {origin}\n")
}
