//! `init`: a new data file and the schema beside it. Never overwrites a data file.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use nianbao::format::{Catalog, Format};
use nianbao::generator::{Checked, Input};
use nianbao::init::{Request, render};
use nianbao::migrate::Bridge;
use nianbao::output::{reason, write_atomically};
use nianbao::record;
use nianbao::report::YEARS;
use nianbao::schema;

use super::inputs::unreadable;
use super::{Outcome, Session, format_of};
use crate::args::Init;

/// From this month on, the report to write is that of the running year.
const LATE: u8 = 11;

pub(crate) fn run(session: &Session, args: &Init) -> anyhow::Result<Outcome> {
    if args.file.is_dir() {
        bail!(
            "{} 是文件夹，请给出要新建的文件名，例如 {}",
            args.file.display(),
            args.file.join("年报.toml").display()
        );
    }
    refuse_names(args)?;
    refuse_existing(&args.file)?;
    session.want_previous()?;
    if let Some(folder) = session.previous().filter(|path| path.is_dir()) {
        bail!("{} 是文件夹，这里要给上年的数据文件", folder.display());
    }
    let last = session.previous().map(|path| read(session, path)).transpose()?;
    let catalog = session.catalog()?;
    let last_year = last.as_ref().and_then(Checked::year);
    let year = args.year.or(last_year.map(|year| year + 1)).unwrap_or_else(due_year);
    if let (Some(path), Some(last)) = (session.previous(), &last) {
        refuse_other_year(path, last, year)?;
        if let Some(agency) = args.agency.as_deref().filter(|agency| *agency != last.agency()) {
            session.note(&format!(
                "注意: 上年的文件是“{}”的，新文件写的是“{agency}”；带过来的数请核对",
                last.agency()
            ));
        }
    }
    let format = choose(&catalog, args, year)?;
    let previous =
        last.as_ref().and_then(|checked| Some((checked.report.as_ref()?, checked.source.name())));
    let bridge = bridge(&catalog, last.as_ref(), format)?;
    let agency = args.agency.as_deref();
    let text = render(&Request { format, year, agency, previous, bridge: bridge.as_ref() });
    create(&args.file, text.as_bytes())?;
    session.done(&format!(
        "已新建 {}（{year} 年度，{}）",
        args.file.display(),
        format.manifest.name
    ))?;
    for line in text.lines().filter_map(|line| line.strip_prefix("# TODO ")) {
        session.done(&format!("要由人决定: {line}"))?;
    }
    let beside = args.file.with_file_name(schema::file_name(format));
    write_atomically(&beside, schema::render(format).as_bytes())?;
    session.done(&format!("已生成 {}（供编辑器补全和提示）", beside.display()))?;
    session.done(&format!("填好后运行: nianbao check {}", args.file.display()))?;
    Ok(Outcome::Done)
}

/// Refuses what would make a file that the other commands then refuse or do not see.
fn refuse_names(args: &Init) -> anyhow::Result<()> {
    if !args.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml")) {
        let mut name = args.file.file_name().unwrap_or_default().to_owned();
        name.push(".toml");
        bail!(
            "数据文件的扩展名要是 .toml，否则核对文件夹时找不到它；请写 {}",
            args.file.with_file_name(name).display()
        );
    }
    // For a year without a format there is another message.
    if let Some(year) = args.year.filter(|year| *year > *YEARS.end() || *year < 1900) {
        bail!("--year {year} 不是报告年度；请写四位数的年度，例如 --year 2023");
    }
    let is_odd =
        |c: char| c.is_control() || "\u{200B}\u{200C}\u{200D}\u{FEFF}\u{2028}\u{2029}".contains(c);
    if let Some(agency) = &args.agency {
        if agency.trim().is_empty() {
            bail!("--agency 是空的；请写机关全称");
        }
        if agency.contains(is_odd) {
            bail!("--agency 里有换行、制表符或看不见的字符；请重新输入机关全称");
        }
    }
    Ok(())
}

/// Refuses figures of another year: what is carried over from it would be wrong, and look right.
fn refuse_other_year(path: &Path, last: &Checked, year: i32) -> anyhow::Result<()> {
    match last.year() {
        Some(found) if found != year - 1 => bail!(
            "{} 是 {found} 年度的，不是 {year} 年度的上一年；请给出 {} 年度的数据文件，或去掉 --previous",
            path.display(),
            year - 1
        ),
        _ => Ok(()),
    }
}

/// The way from last year's format to this year's, where they are two.
fn bridge(
    catalog: &Catalog,
    last: Option<&Checked>,
    format: &Format,
) -> anyhow::Result<Option<Bridge>> {
    let Some(old) = last.and_then(|checked| checked.format()) else { return Ok(None) };
    let Some(new) = catalog.get(format.id()).filter(|_| old.id() != format.id()) else {
        return Ok(None);
    };
    Ok(Some(Bridge::new(catalog, old, new)?))
}

fn refuse_existing(path: &Path) -> anyhow::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        bail!("{} 已经存在，没有改动它；请换一个文件名", path.display());
    }
    Ok(())
}

fn read(session: &Session, path: &Path) -> anyhow::Result<Checked> {
    let bytes = fs::read(path).map_err(|error| anyhow::anyhow!(unreadable(path, &error)))?;
    // Last year's file may be in another encoding: it is read here, not handed in.
    let decoded = record::decode(&bytes);
    let bytes = if decoded.recognised.is_some() { decoded.text.into_bytes() } else { bytes };
    let input = Input::assemble(path, bytes, None);
    let checked = session.generator()?.check(&input);
    if checked.report.is_none() || checked.year().is_none() {
        bail!("上年的文件 {0} 读不出年度或数据，请先用 nianbao check {0} 核对", path.display());
    }
    if checked.counts().errors > 0 {
        session.note(&format!(
            "注意: 上年的文件 {} 有 {} 处错误，带过来的数请核对",
            path.display(),
            checked.counts().errors
        ));
    }
    Ok(checked)
}

/// The year whose report is due: the running one near its end, else the one before.
fn due_year() -> i32 {
    let today = time::OffsetDateTime::now_utc();
    if u8::from(today.month()) >= LATE { today.year() } else { today.year() - 1 }
}

fn choose<'a>(catalog: &'a Catalog, args: &Init, year: i32) -> anyhow::Result<&'a Format> {
    if let Some(id) = &args.format {
        return format_of(catalog, id);
    }
    let found = catalog.for_year(year).map(AsRef::as_ref);
    found.with_context(|| {
        format!("{year} 年度没有统一格式；有的格式：{}，可用 --format 指定", catalog.ids())
    })
}

/// Writes a file in one step, unless there is one of its name, even one that appears meanwhile.
fn create(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| {
        let why = match error.kind() {
            std::io::ErrorKind::AlreadyExists => "已经存在，没有改动它".to_owned(),
            _ => reason(&error),
        };
        anyhow::anyhow!("无法写入 {}：{why}", path.display())
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nianbao-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| failed(error.error))?;
    Ok(())
}
