//! Writing a file so that a reader sees the old content or the new, never half of it.
//!
//! The bytes go to a temporary file in the same folder, which takes the place of the old file in one step.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Writes a file in one step. A link is followed; permissions of the old file are kept.
///
/// # Errors
/// When the folder is not there or the file cannot be written; the old file is then untouched.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let failed = |error| OutputError { path: path.to_owned(), error };
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if target.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    replace(&target, folder, bytes).map_err(failed)
}

/// How old a temporary file must be to be left over from a run that was killed: no write takes so long.
const LEFT_OVER: Duration = Duration::from_secs(600);

/// Removes temporary files that killed runs left in a folder. What cannot be removed does no harm.
pub fn sweep(folder: &Path) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_ours = name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1);
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_ours && age().is_some_and(|age| age > LEFT_OVER) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// How the names of temporary files begin and end.
const TEMPORARY: (&str, &str) = (".nianbao-", ".tmp");

fn replace(target: &Path, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(target).map_or(0o666, |old| old.permissions().mode() & 0o777);
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    if fs::metadata(target).is_ok_and(|old| old.permissions().readonly()) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// A file that could not be written.
#[derive(Debug)]
pub struct OutputError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub error: io::Error,
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "无法写入 {}：{}", self.path.display(), reason(&self.error))
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Says in Chinese why a file could not be read or written, and what helps.
pub fn reason(error: &io::Error) -> String {
    use io::ErrorKind::*;
    let known = match error.kind() {
        NotFound => "文件或文件夹不存在，请检查路径",
        PermissionDenied => "没有权限，请检查文件和文件夹的属性",
        IsADirectory => "这是一个文件夹，请给出文件名",
        NotADirectory => "路径中有一段是文件而不是文件夹",
        ReadOnlyFilesystem => "所在磁盘只读，请换一个位置",
        StorageFull | QuotaExceeded => "磁盘空间不足，请清理后重试",
        FileTooLarge => "文件太大，所在磁盘不支持",
        ResourceBusy | ExecutableFileBusy => "文件正被其他程序使用，请关闭后重试",
        InvalidFilename => "文件名太长，或含有不允许的字符",
        Interrupted => "操作被中断，请重试",
        _ => return error.to_string(),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_replaces() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("年报.pdf");
        write_atomically(&path, b"old").expect("written");
        write_atomically(&path, b"new").expect("replaced");
        assert_eq!(fs::read(&path).expect("readable"), b"new");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1, "nothing left over");
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let old = std::time::SystemTime::now() - 2 * LEFT_OVER;
        for (name, is_old) in
            [(".nianbao-a.tmp", true), (".nianbao-b.tmp", false), ("c.tmp", true), ("d.pdf", true)]
        {
            let file = fs::File::create(folder.path().join(name)).expect("created");
            if is_old {
                file.set_modified(old).expect("made old");
            }
        }
        sweep(folder.path());
        let left = fs::read_dir(folder.path()).expect("readable").count();
        assert_eq!((left, folder.path().join(".nianbao-a.tmp").exists()), (3, false));
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = write_atomically(folder.path(), b"x").expect_err("a folder");
        assert!(error.to_string().contains("这是一个文件夹"), "{error}");
        let error = write_atomically(&folder.path().join("no/file"), b"x").expect_err("no folder");
        assert!(error.to_string().contains("不存在"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (path, link) = (folder.path().join("real"), folder.path().join("link"));
        write_atomically(&path, b"old").expect("written");
        assert_ne!(fs::metadata(&path).expect("there").permissions().mode() & 0o044, 0);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("changed");
        symlink(&path, &link).expect("linked");
        write_atomically(&link, b"new").expect("written through the link");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::read(&path).expect("readable"), b"new");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_file_is_not_replaced() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kept");
        write_atomically(&path, b"old").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("changed");
        let error = write_atomically(&path, b"new").expect_err("read-only");
        assert!(error.to_string().contains("没有权限"), "{error}");
        assert_eq!(fs::read(&path).expect("readable"), b"old");
    }
}
