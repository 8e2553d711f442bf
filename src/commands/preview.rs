//! `preview`: shows the report, or all reports of a folder, in the browser until it is stopped.

use std::io;
use std::path::{Path, PathBuf};

use nianbao::generator::Generator;
use nianbao::import;
use nianbao::output::{reason, write_atomically};
use nianbao::preview::{Options, PORTS, Preview, Save};

use super::foreign::{is_foreign, read};
use super::inputs::{Inputs, want_file};
use super::{Outcome, Session, terminal};
use crate::args;

pub(crate) fn run(session: &Session, args: &args::Preview) -> anyhow::Result<Outcome> {
    session.want_previous()?;
    let is_folder = args.path.is_dir();
    if !is_folder {
        want_file(&args.path, "")?;
    }
    let generator = session.generator()?;
    let draft =
        if is_foreign(&args.path) { Some(Draft::of(&generator, &args.path)?) } else { None };
    let path = draft.as_ref().map_or_else(|| args.path.clone(), |draft| draft.save.draft.clone());
    let find = move || -> Vec<PathBuf> {
        if is_folder { Inputs::find(std::slice::from_ref(&path)).files } else { vec![path.clone()] }
    };
    let options = Options {
        root: is_folder.then(|| args.path.clone()),
        find: Box::new(find),
        is_folder,
        config: session.config()?,
        previous: session.previous().map(ToOwned::to_owned),
        port: args.port,
        poll: args.poll,
        editor: args.editor.clone(),
        deny_warnings: session.denies_warnings(),
    };
    let preview =
        Preview::start_draft(options, generator, draft.as_ref().map(|draft| draft.save.clone()))
            .map_err(|error| not_started(args.port, &error))?;
    let address = preview.url();
    terminal::print(&format!("预览：{address}\n"))?;
    if let Some(draft) = &draft {
        session.note(&format!("这是由 {} 导入的草稿：{}", args.path.display(), draft.account));
        session.note("页面上的“保存为数据文件”把它存到原件旁边");
    }
    session.note("保存数据文件后页面自动更新；按 Ctrl+C 结束");
    if args.open && opener::open_browser(&address).is_err() {
        session.note("没能打开浏览器，请把上面的地址粘贴到浏览器里");
    }
    let stop = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Then only ending the process stops it.
            std::future::pending::<()>().await;
        }
    };
    preview.run(stop).map_err(|error| anyhow::anyhow!("预览停了：{}", reason(&error)))?;
    Ok(Outcome::Done)
}

fn not_started(port: Option<u16>, error: &io::Error) -> anyhow::Error {
    match (port, error.kind()) {
        (Some(port), io::ErrorKind::AddrInUse) => {
            anyhow::anyhow!("端口 {port} 已被占用；换一个 --port，或者不给 --port 由程序自己找")
        }
        (Some(port), io::ErrorKind::PermissionDenied) => {
            anyhow::anyhow!("没有权限用端口 {port}；请用 1024 以上的端口")
        }
        (None, io::ErrorKind::AddrInUse) => {
            anyhow::anyhow!(
                "端口 {} 到 {} 都被占用；请用 --port 给出一个",
                PORTS.start,
                PORTS.end - 1
            )
        }
        _ => anyhow::anyhow!("预览没能开始：{}", reason(error)),
    }
}

/// A foreign file as a data file in a folder that is gone when the preview ends.
struct Draft {
    save: Save,
    account: String,
    _folder: tempfile::TempDir,
}

impl Draft {
    fn of(generator: &Generator, path: &Path) -> anyhow::Result<Self> {
        let imported =
            read(generator, path, &import::Options::default()).map_err(anyhow::Error::msg)?;
        let folder = tempfile::tempdir()?;
        let target = path.with_extension("toml");
        let draft = folder.path().join(target.file_name().unwrap_or_default());
        write_atomically(&draft, imported.toml.as_bytes())?;
        let mut pictures = Vec::new();
        for (name, bytes) in &imported.pictures {
            let picture = folder.path().join(name);
            write_atomically(&picture, bytes)?;
            pictures.push(picture);
        }
        let save = Save { draft, pictures, target };
        Ok(Self { save, account: imported.account.to_string(), _folder: folder })
    }
}
