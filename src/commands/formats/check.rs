//! `formats --check`: every mistake of every file of a folder of formats, what each format changes, and whether its
//! sample and its mapping hold.

use std::path::Path;

use nianbao::diagnostic::Level;
use nianbao::format::{Catalog, Format, Mistake, Survey, survey_directory};
use nianbao::generator::{Config, Generator, Input};
use nianbao::migrate;
use serde_json::json;

use crate::commands::{Outcome, Session, terminal};

pub(super) fn run(session: &Session, folder: &Path) -> anyhow::Result<Outcome> {
    let mut surveys = survey_directory(folder)?;
    let mut told: Vec<Vec<String>> = surveys.iter().map(about).collect();
    let is_sound = |survey: &Survey| survey.mistakes.iter().all(|mistake| mistake.is_doubt);
    if surveys.iter().all(is_sound) {
        let config = Config { templates: Some(folder.to_owned()), ..session.config()? };
        let generator = Generator::new(&config)?;
        for (survey, told) in surveys.iter_mut().zip(&mut told) {
            let Some(format) = generator.catalog().get(&survey.id) else { continue };
            if let Some(base) = base(generator.catalog(), format) {
                told.extend(changes(base, format));
            }
            survey.mistakes.extend(mapping(generator.catalog(), format));
            survey.mistakes.extend(sample(&generator, format));
        }
    }
    let count = |wanted: bool| {
        surveys
            .iter()
            .flat_map(|survey| &survey.mistakes)
            .filter(|mistake| mistake.is_doubt == wanted)
            .count()
    };
    let (errors, doubts) = (count(false), count(true));
    if session.message_format().is_document() {
        let formats: Vec<_> = surveys.iter().map(record).collect();
        terminal::print(&format!("{}\n", json!({"version": 1, "formats": formats})))?;
    } else {
        let mut text = String::new();
        for (survey, told) in surveys.iter().zip(&told) {
            text += &format!("{}  {}\n", survey.id, survey.origin);
            told.iter().for_each(|line| text += &format!("  {line}\n"));
            for mistake in &survey.mistakes {
                let word = if mistake.is_doubt { "待定" } else { "错误" };
                text += &format!("{word} {mistake}\n");
            }
        }
        text += &match (errors, doubts) {
            (0, 0) => "格式没有问题\n".to_owned(),
            (0, doubts) => format!("格式可以用，另有 {doubts} 处待定\n"),
            (errors, 0) => format!("格式不能用：{errors} 处错误\n"),
            (errors, doubts) => format!("格式不能用：{errors} 处错误，另有 {doubts} 处待定\n"),
        };
        terminal::print(&text)?;
    }
    Ok(if errors > 0 { Outcome::Findings } else { Outcome::Done })
}

fn record(survey: &Survey) -> serde_json::Value {
    let mistakes: Vec<_> = survey
        .mistakes
        .iter()
        .map(|mistake| {
            let level = if mistake.is_doubt { "note" } else { "error" };
            json!({"level": level, "file": mistake.file, "line": mistake.line, "column": mistake.column, "message": mistake.message})
        })
        .collect();
    json!({
        "id": survey.id,
        "origin": survey.origin,
        "extends": survey.extends,
        "own": survey.own,
        "replaced": survey.replaced,
        "inherited": survey.inherited,
        "mistakes": mistakes,
    })
}

/// Where the files of a format come from.
fn about(survey: &Survey) -> Vec<String> {
    let mut lines = vec![format!("自有：{}", survey.own.join("、"))];
    if !survey.extends.is_empty() {
        lines.push(format!("沿用：{}", survey.extends.join("、")));
    }
    // A page of its own about where its decisions come from is what every format has.
    let replaced: Vec<&str> =
        survey.replaced.iter().map(String::as_str).filter(|name| !name.ends_with(".md")).collect();
    if !replaced.is_empty() {
        lines.push(format!("替换沿用的：{}", replaced.join("、")));
    }
    lines
}

fn base<'a>(catalog: &'a Catalog, format: &Format) -> Option<&'a std::sync::Arc<Format>> {
    let id = format.manifest.extends.as_deref()?;
    catalog.get(id).filter(|base| base.id() != format.id())
}

/// What a format changes, in the words of the form.
fn changes(base: &Format, format: &Format) -> Vec<String> {
    let mut lines = Vec::new();
    let rows = |format: &Format| -> Vec<(String, String)> {
        let tables = format.tables.iter().flat_map(|table| {
            table.sections.iter().flat_map(move |section| {
                section
                    .rows
                    .iter()
                    .map(move |row| (format!("{}.{}", table.key, row.key), row.label.clone()))
            })
        });
        tables.collect()
    };
    let columns = |format: &Format| -> Vec<(String, String)> {
        let tables = format.tables.iter().flat_map(|table| {
            table.sections.iter().flat_map(move |section| {
                let columns = section.columns.iter();
                columns.map(move |column| {
                    (format!("{}.{}·{}", table.key, section.key, column.key), column.label.clone())
                })
            })
        });
        tables.collect()
    };
    let parts = |format: &Format| -> Vec<(String, String)> {
        format.manifest.parts.iter().map(|part| (part.key.clone(), part.heading.clone())).collect()
    };
    compare(&mut lines, "行", &rows(base), &rows(format));
    compare(&mut lines, "栏", &columns(base), &columns(format));
    compare(&mut lines, "部分", &parts(base), &parts(format));
    let rules = |format: &Format| -> Vec<(String, String)> {
        format.rules.iter().map(|rule| (rule.code.clone(), level(rule.level).to_owned())).collect()
    };
    compare(&mut lines, "规则", &rules(base), &rules(format));
    lines
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "错误",
        Level::Warning => "提醒",
        Level::Note => "提示",
    }
}

fn compare(
    lines: &mut Vec<String>,
    what: &str,
    old: &[(String, String)],
    new: &[(String, String)],
) {
    for (key, label) in old {
        match new.iter().find(|(other, _)| other == key) {
            None => lines.push(format!("删去{what} {key}（{label}）")),
            Some((_, now)) if now != label => {
                lines.push(format!("改{what} {key}：{label} → {now}"))
            }
            Some(_) => {}
        }
    }
    for (key, label) in new.iter().filter(|(key, _)| !old.iter().any(|(other, _)| other == key)) {
        lines.push(format!("新增{what} {key}（{label}）"));
    }
}

/// Mistakes of the mapping and what it leaves open.
fn mapping(catalog: &Catalog, format: &Format) -> Vec<Mistake> {
    let (Some(base), Some(own)) = (base(catalog, format), catalog.get(format.id())) else {
        return Vec::new();
    };
    let decided = migrate::decided(catalog, base, own);
    let mut mistakes = decided.mistakes;
    let file = format!("{}/mapping.toml", format.origin);
    for (name, line, open) in decided.steps {
        let doubt = |message: String| {
            let line = line.unwrap_or(1);
            Mistake { file: file.clone(), line, column: 1, message, is_doubt: true }
        };
        if line.is_none() {
            mistakes.push(doubt(format!(
                "没有写 [{name}]：这个方向不能改写；做不到的写 impossible = \"原因\""
            )));
            continue;
        }
        mistakes.extend(open.into_iter().map(|open| {
            doubt(format!("[{name}] 的 {} 没有说到：{}  {}", open.list, open.about, open.line))
        }));
    }
    mistakes
}

/// What the checker finds in the format's own sample, or in that of the format it extends, rewritten.
fn sample(generator: &Generator, format: &Format) -> Vec<Mistake> {
    let file = format!("{}/sample.toml", format.origin);
    let Some(text) = format.files.get("sample.toml") else { return Vec::new() };
    let is_own = Path::new(&file).exists();
    let (text, shown) = match is_own {
        true => (text.clone(), file),
        false => match migrate::migrate(generator.catalog(), text.as_bytes(), format.id()) {
            Ok(migration) => (migration.text, format!("{}（沿用的样例改写为本格式）", format.id())),
            Err(_) => return Vec::new(),
        },
    };
    let checked = generator.check(&Input::assemble(Path::new(&shown), text.into_bytes(), None));
    let waits = |path: &str| !is_own && path.is_empty();
    checked
        .diagnostics
        .iter()
        .filter(|finding| {
            finding.counts() && finding.level == Level::Error && !waits(&finding.path)
        })
        .map(|finding| {
            let place = checked.source.position(finding.span.as_ref().map_or(0, |span| span.start));
            Mistake {
                file: shown.clone(),
                line: place.line,
                column: place.column,
                message: format!("[{}] {}", finding.rule, finding.message),
                is_doubt: !is_own,
            }
        })
        .collect()
}
