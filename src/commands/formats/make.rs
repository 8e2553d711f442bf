//! Showing, exporting and starting a format.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use nianbao::format::{Catalog, Format, merged_files, suggestion};
use nianbao::migrate;
use nianbao::output::{reason, write_atomically};

use crate::commands::{Outcome, Session, format_of, terminal};

/// Files that are shown when none is named: the data, in the order in which one reads it.
const DATA: [&str; 4] = ["format.toml", "schema.toml", "rules.toml", "mapping.toml"];

/// Prints the merged result of inheritance, of one file or of all data files.
pub(super) fn show(session: &Session, words: &[String]) -> anyhow::Result<Outcome> {
    let id = words.first().map_or("", String::as_str);
    let files = merged_files(session.shared.templates.as_deref(), id)?;
    if let Some(name) = words.get(1) {
        let text = files.get(name).with_context(|| {
            format!(
                "{id} 格式没有 {name} 这个文件{}",
                suggestion(name, files.keys().map(String::as_str))
            )
        })?;
        terminal::print(text)?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for name in DATA {
        if let Some(own) = files.get(name) {
            text += &format!("# ======== {name} ========\n{own}\n");
        }
    }
    let others: Vec<&str> =
        files.keys().map(String::as_str).filter(|name| !DATA.contains(name)).collect();
    text += &format!("# 其余文件（nianbao formats --show {id} 文件名）：\n");
    others.iter().for_each(|name| text += &format!("#   {name}\n"));
    terminal::print(&text)?;
    Ok(Outcome::Done)
}

/// Writes a format whole.
pub(super) fn export(session: &Session, id: &str, folder: &Path) -> anyhow::Result<Outcome> {
    let files = merged_files(session.shared.templates.as_deref(), id)?;
    let target = folder.join(id);
    refuse_full(&target)?;
    for (name, text) in &files {
        write(&target.join(name), text)?;
    }
    session
        .done(&format!("已导出 {id} 格式到 {}（完整的，不再沿用别的格式）", target.display()))?;
    Ok(Outcome::Done)
}

fn refuse_full(folder: &Path) -> anyhow::Result<()> {
    let is_full = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_full {
        bail!("{} 已经存在，没有改动它；请换一个文件夹", folder.display());
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            anyhow::anyhow!("建不了文件夹 {}：{}", folder.display(), reason(&error))
        })?;
    }
    Ok(write_atomically(path, text.as_bytes())?)
}

/// Starts a format that extends another; of one that is there, writes the skeleton of its mapping.
pub(super) fn new(
    session: &Session,
    id: &str,
    from: &str,
    folder: &Path,
) -> anyhow::Result<Outcome> {
    let is_name =
        !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !is_name {
        bail!("格式代号 {id} 只能用字母、数字、- 和 _，例如 2030");
    }
    let target = folder.join(id);
    if target.join("format.toml").exists() {
        return map(session, id, from, folder);
    }
    refuse_full(&target)?;
    let mut catalog = session.catalog()?;
    if catalog.get(from).is_none() && folder.is_dir() {
        // A format of the same folder.
        catalog = Catalog::load(Some(folder))?;
    }
    let base = format_of(&catalog, from)?;
    if id == from {
        bail!("新格式不能与沿用的格式同名：{id}");
    }
    let year = id.parse::<i32>().ok().filter(|year| (2008..=2099).contains(year));
    let year = year.unwrap_or(base.manifest.years.from + 1);
    for (name, text) in [
        ("format.toml", manifest(id, base, year)),
        ("schema.toml", schema(base)),
        ("rules.toml", rules(base)),
        ("PROVENANCE.md", provenance(id, base)),
    ] {
        write(&target.join(name), &text)?;
        session.done(&format!("已写出 {}", target.join(name).display()))?;
    }
    session.done(&format!(
        "下一步：照新格式的文件改 schema.toml、format.toml、rules.toml，再运行\n  nianbao formats --check {0}\n  nianbao formats --new {id} --from {from} {0}（写出 mapping.toml 的骨架）",
        folder.display()
    ))?;
    Ok(Outcome::Done)
}

/// Writes the skeleton of the mapping, or says what an existing one leaves open.
fn map(session: &Session, id: &str, from: &str, folder: &Path) -> anyhow::Result<Outcome> {
    let catalog = Catalog::load(Some(folder))?;
    let find = |id: &str| {
        catalog.get(id).with_context(|| format!("没有“{id}”这个格式；有的格式：{}", catalog.ids()))
    };
    let (old, new) = (find(from)?, find(id)?);
    let path = folder.join(id).join("mapping.toml");
    if !path.exists() {
        write(&path, &migrate::skeleton(old, new))?;
        session.done(&format!(
            "已写出 {}：逐行决定每一处不同，再运行 nianbao formats --check {}",
            path.display(),
            folder.display()
        ))?;
        return Ok(Outcome::Done);
    }
    let decided = migrate::decided(&catalog, old, new);
    let mut text = format!("{} 已经存在，没有改动它", path.display());
    for (name, _, open) in &decided.steps {
        for difference in open {
            text += &format!(
                "\n[{name}] 的 {} 里还可以加上：\n  # {}\n  {},",
                difference.list, difference.about, difference.line
            );
        }
    }
    session.done(&text)?;
    Ok(Outcome::Done)
}

fn manifest(id: &str, base: &Format, year: i32) -> String {
    let notice = base.manifest.basis.iter().find(|basis| basis.key == "notice");
    let name =
        notice.map_or("政府信息公开工作年度报告格式", |notice| notice.name.as_str());
    let mut text = format!(
        "# {id} 格式：沿用 {base_id} 格式，只写改动。全部内容见 nianbao formats --show {base_id}\n\
         id = \"{id}\"\n\
         extends = \"{base_id}\"\n\
         name = \"{id} 年格式\"\n\
         years = {{ from = {year} }}  # 从哪个报告年度起；已经被取代的再写 to = 年度\n\n\
         # 依据：换成新格式文件的名称和文号，印在报告里的文号、检查用的文号都从这里来\n\
         [[basis]]\n\
         key = \"notice\"\n\
         name = \"{name}\"\n\
         number = \"国办公开办函〔{year}〕0号\"\n\n\
         # 改一个部分的标题：去掉行首的 #，写新的标题\n",
        base_id = base.id(),
    );
    for part in &base.manifest.parts {
        text +=
            &format!("# [[part]]\n# key = \"{}\"\n# heading = \"{}\"\n", part.key, part.heading);
    }
    text
}

fn schema(base: &Format) -> String {
    let mut text = format!(
        "# 对 {} 格式三张表的改动。没有写到的行、栏照旧。\n\
         # 改：写键名和改了的内容。删：写键名和 remove = true。\n\
         # 增：写键名、label 和 under，用 after = \"键名\" 或 before = \"键名\" 定位置，不写排在最后。\n\
         # 下面是现有的表、栏、行，要改哪一处就去掉那几行行首的“# ”（连同它上面的 [[table]] 和 [[table.section]]）。\n",
        base.id()
    );
    for table in &base.tables {
        text += &format!("\n# [[table]]\n# key = \"{}\"  # {}\n", table.key, table.title);
        for section in &table.sections {
            let head =
                section.head.as_deref().map_or_else(String::new, |head| format!("  # {head}"));
            text += &format!(
                "#\n# [[table.section]]\n# key = \"{}\"{head}\n# columns = [\n",
                section.key
            );
            for column in &section.columns {
                text += &format!(
                    "#   {{ key = \"{}\", label = \"{}\" }},\n",
                    column.key,
                    one_line(&column.label)
                );
            }
            text += "# ]\n";
            for row in &section.rows {
                text += &format!(
                    "#\n# [[table.section.row]]\n# key = \"{}\"\n# label = \"{}\"\n",
                    row.key,
                    one_line(&row.label)
                );
            }
        }
    }
    text
}

fn one_line(label: &str) -> String {
    label
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}

fn rules(base: &Format) -> String {
    let mut text = format!(
        "# 对 {} 格式规则的改动：写 code 和改了的内容（level、message、help ……），或者 remove = true。\n\
         # 现有的规则（nianbao explain 代码 讲解每一条）：\n",
        base.id()
    );
    for rule in &base.rules {
        text += &format!("#   {}  {}\n", rule.code, rule.title);
    }
    text + "# [[rule]]\n# code = \"T4-SUM\"\n# level = \"warning\"\n"
}

fn provenance(id: &str, base: &Format) -> String {
    format!(
        "# {id} 格式的出处\n\n沿用 {} 格式。每一处改动出自哪个文件的哪一页、哪些是推定的，逐条写在这里。\n\n\
         | 改动 | 出处 |\n| --- | --- |\n| | |\n",
        base.id()
    )
}
