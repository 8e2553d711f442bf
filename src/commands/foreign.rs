//! Foreign files in commands that take data files: Word, Excel, web pages, PDF, text.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nianbao::generator::{Checked, Generator, Input, Neighbours};
use nianbao::import::{self, Imported, Kind};

use super::inputs::unreadable;

/// How long a conversion by another program may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Whether a path names a foreign file.
pub(super) fn is_foreign(path: &Path) -> bool {
    Kind::of(path).is_some()
}

/// Reads a foreign file, converted first where only LibreOffice can read it.
pub(super) fn read(
    generator: &Generator,
    path: &Path,
    options: &import::Options,
) -> Result<Imported, String> {
    let refused = |refusal: import::Refusal| {
        format!("读不了 {}：{}；{}", path.display(), refusal.reason, refusal.help)
    };
    let length = fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if length > import::limits::MOST_BYTES {
        return Err(format!(
            "读不了 {}：文件有 {} MB，超过 {} MB",
            path.display(),
            length >> 20,
            import::limits::MOST_BYTES >> 20
        ));
    }
    if Kind::of(path) == Some(Kind::Old) {
        let converted = convert(path)?;
        let bytes =
            fs::read(&converted.file).map_err(|error| unreadable(&converted.file, &error))?;
        let stem = options.stem.clone().or_else(|| Some(path.file_stem()?.to_str()?.to_owned()));
        let options = import::Options { stem, ..options.clone() };
        let read = import::read_with(&converted.file, &bytes, generator.catalog(), &options);
        return read.map_err(refused);
    }
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    import::read_with(path, &bytes, generator.catalog(), options).map_err(refused)
}

/// Reads and checks a foreign file, with last year's data file.
pub(super) fn check(
    generator: &Generator,
    path: &Path,
    previous: Option<&Path>,
    neighbours: &Neighbours,
) -> Result<Checked, String> {
    let imported = read(generator, path, &import::Options::default())?;
    let previous = match previous {
        Some(folder) if folder.is_dir() => {
            neighbours.previous(path, imported.toml.as_bytes(), Some(folder))
        }
        Some(previous) => {
            let bytes = fs::read(previous).map_err(|error| unreadable(previous, &error))?;
            Some((previous.to_owned(), bytes))
        }
        None => neighbours.previous(path, imported.toml.as_bytes(), None),
    };
    Ok(generator.check_imported(path, &imported, previous))
}

/// Reads a data file or a foreign file and checks it.
pub(super) fn check_any(generator: &Generator, path: &Path) -> Result<Checked, String> {
    if is_foreign(path) {
        let imported = read(generator, path, &import::Options::default())?;
        return Ok(generator.check_imported(path, &imported, None));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    Ok(generator.check(&Input::assemble(path, bytes, None)))
}

/// A converted file; it is gone when this is.
struct Converted {
    file: PathBuf,
    _folder: tempfile::TempDir,
}

/// Has LibreOffice convert an old file.
fn convert(path: &Path) -> Result<Converted, String> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let to = if extension == "et" { "xlsx" } else { "docx" };
    let advice = format!("请用 Word、WPS 打开，另存为 .{to} 再试");
    let Some(program) = office() else {
        return Err(format!(
            "读不了 {}：.{extension} 要装有 LibreOffice 才能转换；{advice}",
            path.display()
        ));
    };
    let failed = |cause: String| {
        format!("读不了 {}：LibreOffice 没有转换成功（{cause}）；{advice}", path.display())
    };
    let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    // A profile of its own: the user's may be open, and no macro of the document runs in a fresh one.
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let mut child = Command::new(program)
        .args([profile.as_str(), "--headless", "--norestore", "--convert-to", to, "--outdir"])
        .arg(folder.path())
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(_)) => break,
            Ok(None) if begun.elapsed() > LONGEST => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed("超过 60 秒".to_owned()));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(50)),
            Err(error) => return Err(failed(error.to_string())),
        }
    }
    let stem = path.file_stem().unwrap_or_default();
    let file = folder.path().join(stem).with_extension(to);
    let file = if file.is_file() {
        file
    } else {
        let made = fs::read_dir(folder.path()).ok().and_then(|entries| {
            entries
                .flatten()
                .map(|entry| entry.path())
                .find(|p| p.extension().is_some_and(|e| e == to))
        });
        made.ok_or_else(|| failed("没有生成文件".to_owned()))?
    };
    Ok(Converted { file, _folder: folder })
}

/// The program of LibreOffice.
fn office() -> Option<PathBuf> {
    let names = ["soffice", "libreoffice", "soffice.exe"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}
