//! Why a batch cannot run at all.

use std::fmt;
use std::path::{Path, PathBuf};

use super::facts::Skipped;
use super::lock::LockError;
use crate::generator::Failure;
use crate::output::{OutputError, reason};

/// Several reports with one output file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The output file.
    pub output: String,
    /// Their data files.
    pub sources: Vec<String>,
}

/// Why a batch cannot run at all.
#[derive(Debug)]
pub enum BatchError {
    /// A folder or the journal cannot be read or written.
    Io(PathBuf, std::io::Error),
    /// Another run is at work in the output folder.
    Locked(LockError),
    /// Several reports would get the same output file.
    Collisions(Vec<Collision>),
    /// Fonts or formats cannot be used.
    Failure(Failure),
    /// There is no report in the folder; what else there is.
    Empty(PathBuf, Vec<Skipped>),
    /// A file of the run's record cannot be written.
    Record(OutputError),
    /// There are no records of shards to join.
    NoShards(PathBuf),
    /// A record of a shard is not readable.
    Malformed(PathBuf, String),
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BatchError::Io(path, error) => {
                write!(f, "无法读写 {}：{}", path.display(), reason(error))
            }
            BatchError::Locked(error) => error.fmt(f),
            BatchError::Collisions(collisions) => {
                write!(f, "有 {} 个输出文件名重复，什么也没有写：", collisions.len())?;
                for collision in collisions {
                    write!(f, "\n  {} ← {}", collision.output, collision.sources.join("、"))?;
                }
                write!(
                    f,
                    "\n请用 --name 换一种文件名样式（如 \"{{agency}}{{year}}-{{name}}\"），或改数据文件的名字"
                )
            }
            BatchError::Failure(failure) => failure.fmt(f),
            BatchError::Empty(folder, skipped) => {
                write!(
                    f,
                    "{} 里没有找到年报数据文件（扩展名 .toml、含 [report] 表）",
                    folder.display()
                )?;
                for file in skipped.iter().take(5) {
                    write!(f, "\n  {}：{}", file.path, file.reason)?;
                }
                if skipped.len() > 5 {
                    write!(f, "\n  ……共 {} 个别的文件", skipped.len())?;
                }
                Ok(())
            }
            BatchError::Record(error) => error.fmt(f),
            BatchError::NoShards(folder) => write!(
                f,
                "{} 里没有分片的记录；先用 --shard I/N 运行各个分片，再合并",
                folder.display()
            ),
            BatchError::Malformed(path, cause) => {
                write!(f, "分片的记录 {} 读不懂（{cause}）；请重新运行这个分片", path.display())
            }
        }
    }
}

impl std::error::Error for BatchError {}

impl BatchError {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| BatchError::Io(path.to_owned(), error)
    }
}
