//! One run at a time in an output folder; the shards of one division run beside each other.
//!
//! A whole run holds `lock` alone, shards hold it together. Each shard holds a file of its own, and the division
//! (`1-of-3`, `2-of-3`, … are one) a file that shards of another division find taken.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::shard::Shard;

/// Why the output folder cannot be used now.
#[derive(Debug)]
pub enum LockError {
    /// Another process is at work there.
    Busy {
        /// The output folder's state folder.
        folder: PathBuf,
        /// Its process number, when known.
        holder: Option<String>,
    },
    /// A lock file cannot be used.
    Io(PathBuf, io::Error),
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LockError::Busy { folder, holder } => {
                let output = folder.parent().unwrap_or(folder).display();
                write!(f, "另一个 nianbao batch 正在写 {output}")?;
                if let Some(holder) = holder {
                    write!(f, "（进程 {holder}）")?;
                }
                write!(f, "；等它结束后再运行，或换一个输出文件夹")
            }
            LockError::Io(path, error) => {
                write!(f, "不能锁定 {}：{}", path.display(), crate::output::reason(error))
            }
        }
    }
}

/// Held as long as it lives; the system lets go when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _files: Vec<File>,
}

impl Lock {
    /// Takes the output folder for a whole run, or for a shard.
    pub(super) fn take(state: &Path, shard: Option<Shard>) -> Result<Self, LockError> {
        let whole = state.join("lock");
        let Some(shard) = shard else {
            return Ok(Self { _files: vec![exclusive(&whole)?] });
        };
        let together = shared(&whole)?;
        let division = format!("lock-of-{}", shard.count());
        let ours = shared(&state.join(&division))?;
        refuse_other_divisions(state, &division)?;
        let own = exclusive(&state.join(format!("lock-{}", shard.file_name())))?;
        Ok(Self { _files: vec![together, ours, own] })
    }
}

fn refuse_other_divisions(state: &Path, own: &str) -> Result<(), LockError> {
    let entries = fs::read_dir(state).map_err(|error| LockError::Io(state.to_owned(), error))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("lock-of-") && name != own {
            exclusive(&entry.path())?;
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<File, LockError> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    file.map_err(|error| LockError::Io(path.to_owned(), error))
}

fn exclusive(path: &Path) -> Result<File, LockError> {
    let mut file = open(path)?;
    match file.try_lock() {
        Ok(()) => {
            // The number only helps people to find the other run.
            let _ = file.set_len(0);
            let _ = write!(file, "{}", std::process::id());
            Ok(file)
        }
        Err(error) => Err(refusal(path, file, error)),
    }
}

fn shared(path: &Path) -> Result<File, LockError> {
    let file = open(path)?;
    match file.try_lock_shared() {
        Ok(()) => {
            // Several hold it: the number of an earlier holder would mislead.
            let _ = file.set_len(0);
            Ok(file)
        }
        Err(error) => Err(refusal(path, file, error)),
    }
}

fn refusal(path: &Path, mut file: File, error: TryLockError) -> LockError {
    match error {
        TryLockError::Error(error) => LockError::Io(path.to_owned(), error),
        TryLockError::WouldBlock => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let folder = path.parent().unwrap_or(path).to_owned();
            LockError::Busy { folder, holder: Some(holder).filter(|text| !text.is_empty()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_exclude_each_other_and_shards_of_one_division_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let take = |index, count| Lock::take(folder.path(), Shard::new(index, count).ok());
        let whole = Lock::take(folder.path(), None).expect("free");
        assert!(Lock::take(folder.path(), None).is_err(), "two whole runs");
        assert!(take(1, 3).is_err(), "a shard beside a whole run");
        drop(whole);
        let first = take(1, 3).expect("free");
        let second = take(2, 3).expect("shards stand beside each other");
        assert!(take(1, 3).is_err(), "the same shard twice");
        assert!(take(1, 2).is_err(), "another division");
        let error = Lock::take(folder.path(), None).expect_err("a whole run beside shards");
        assert!(error.to_string().contains("正在写"), "{error}");
        drop((first, second));
        take(1, 2).expect("free again");
    }
}
