//! `preview`: shows the report, or all reports of a folder, in the browser until it is stopped.

use std::io;
use std::path::PathBuf;

use nianbao::output::reason;
use nianbao::preview::{Options, PORTS, Preview};

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
    let path = args.path.clone();
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
        Preview::start(options, generator).map_err(|error| not_started(args.port, &error))?;
    let address = preview.url();
    terminal::print(&format!("预览：{address}\n"))?;
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
