//! From a path to bytes, whatever lies there: no more than a bound, and never waiting for another program.
//!
//! A path can lead to a pipe that nobody writes to, to a device without end, or to a file that grows while it is
//! read. Only regular files are read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Why there are no bytes, besides what the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A pipe, a device, a socket.
    NoFile,
    /// More than so many bytes.
    TooLarge(usize),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoFile => f.write_str("这不是普通文件（是管道、设备或套接字），没有读取"),
            Self::TooLarge(most) => write!(f, "文件超过 {} MB，没有读取", most >> 20),
        }
    }
}

impl std::error::Error for Refused {}

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> Self {
        let kind = match refused {
            Refused::NoFile => io::ErrorKind::InvalidInput,
            Refused::TooLarge(_) => io::ErrorKind::InvalidData,
        };
        Self::new(kind, refused)
    }
}

/// Reads a file of at most `most` bytes.
///
/// # Errors
/// What the system says, or [`Refused`] for what is no regular file or larger.
pub fn read(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(Refused::NoFile.into());
    }
    if metadata.len() > most as u64 {
        return Err(Refused::TooLarge(most).into());
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // One more than allowed: the file may have grown since.
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(Refused::TooLarge(most).into());
    }
    Ok(bytes)
}

/// Opens without waiting: opening a pipe would else last until somebody writes to it.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(NONBLOCK);
    }
    options.open(path)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const NONBLOCK: i32 = 0o4000;
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
const NONBLOCK: i32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_regular_files_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        std::fs::write(&path, b"12345").expect("written");
        assert_eq!(read(&path, 5).expect("read"), b"12345");
        let refused = |path: &Path, most| read(path, most).expect_err("refused").to_string();
        assert!(refused(&path, 4).contains("超过"));
        assert_eq!(
            read(folder.path(), 9).expect_err("refused").kind(),
            io::ErrorKind::IsADirectory
        );
        #[cfg(unix)]
        assert!(refused(Path::new("/dev/zero"), 4).contains("不是普通文件"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_without_writer_is_not_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo");
        assert!(made.success());
        assert!(read(&path, 9).expect_err("refused").to_string().contains("不是普通文件"));
    }
}
