//! `explain`: one rule in full, all in a line each, or all as a page of documentation.

use anyhow::bail;
use nianbao::explain::{explanations, find, list, markdown, text};
use nianbao::format::{Catalog, Format};

use super::{Outcome, Session, format_of, terminal};
use crate::args::Explain;

pub(crate) fn run(session: &Session, args: &Explain) -> anyhow::Result<Outcome> {
    let catalog = session.catalog()?;
    let formats = chosen(&catalog, args)?;
    let Some(&newest) = formats.first() else { bail!("没有任何格式") };
    let rules = explanations(newest);
    let shown = match &args.code {
        Some(code) => match find(&rules, code) {
            Ok(rule) => text(rule),
            Err(near) => bail!("{}", unknown(code, &near)),
        },
        None if args.markdown => markdown(&formats),
        None if args.all => rules.iter().map(|rule| text(rule)).collect::<Vec<_>>().join("\n"),
        None => list(&rules) + "\n一条规则的详细说明: nianbao explain 代码\n",
    };
    terminal::print(&shown)?;
    Ok(Outcome::Done)
}

/// The format that was named, or all, the newest first.
fn chosen<'a>(catalog: &'a Catalog, args: &Explain) -> anyhow::Result<Vec<&'a Format>> {
    if let Some(id) = &args.format {
        return Ok(vec![format_of(catalog, id)?]);
    }
    let mut formats: Vec<&Format> = catalog.formats().iter().map(AsRef::as_ref).collect();
    formats.sort_by_key(|format| std::cmp::Reverse(format.manifest.years.from));
    Ok(formats)
}

fn unknown(code: &str, near: &[&str]) -> String {
    let hint = match near {
        [] => "不带代码运行 nianbao explain 可列出全部规则".to_owned(),
        near => format!("是不是 {}？", near.join("、")),
    };
    format!("没有 {code} 这条规则；{hint}")
}
