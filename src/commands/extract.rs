//! `extract`: the data file inside a PDF, as `build --attach-data` put it there.

use std::path::{Path, PathBuf};

use anyhow::bail;
use nianbao::output::write_atomically;
use nianbao::verify::attachment::{Attachment, attachments};

use super::inputs::unreadable;
use super::{Outcome, Session};
use crate::args::Extract;

/// What the name of a data file ends in.
const DATA: &str = "toml";

pub(crate) fn run(session: &Session, args: &Extract) -> anyhow::Result<Outcome> {
    let shown = args.file.display();
    let bytes = std::fs::read(&args.file)
        .map_err(|error| anyhow::anyhow!(unreadable(&args.file, &error)))?;
    let files = attachments(&bytes).map_err(|problem| anyhow::anyhow!("{shown}：{problem}"))?;
    let Some(data) = files.iter().find(|file| is_data(file)) else {
        match files.as_slice() {
            [] => bail!("{shown} 里没有附数据文件；生成时加 --attach-data 才有"),
            [first, ..] => bail!(
                "{shown} 里附的文件不是年报的数据文件（{}）",
                first.name.chars().filter(|c| !c.is_control()).collect::<String>()
            ),
        }
    };
    let output = args.output.clone().unwrap_or_else(|| args.file.with_extension(DATA));
    let output = if output.is_dir() { output.join(beside(&args.file)) } else { output };
    if output.symlink_metadata().is_ok() {
        bail!("{} 已经存在，没有改动它；请用 -o 换一个文件名", output.display());
    }
    write_atomically(&output, &data.bytes)?;
    session.done(&format!("已取出 {}", output.display()))?;
    Ok(Outcome::Done)
}

/// Never a name from inside the PDF: that could lead anywhere.
fn beside(file: &Path) -> PathBuf {
    PathBuf::from(file.with_extension(DATA).file_name().unwrap_or_default())
}

fn is_data(file: &Attachment) -> bool {
    let is_named = file.name.to_lowercase().ends_with(&format!(".{DATA}"));
    is_named && std::str::from_utf8(&file.bytes).is_ok()
}
