//! An imported draft becomes a data file, when the person who looks at it wants that.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::output::{reason, write_atomically};

/// A draft that was made of a foreign file, and where it is to be saved.
#[derive(Debug, Clone)]
pub struct Save {
    /// The draft under preview.
    pub draft: PathBuf,
    /// Pictures beside it.
    pub pictures: Vec<PathBuf>,
    /// The data file that it becomes; its pictures stand beside it.
    pub target: PathBuf,
}

impl Save {
    /// Writes the data file as the draft is now. What is there already is never overwritten.
    pub(super) fn write(&self) -> Result<&Path, String> {
        let folder = self.target.parent().unwrap_or(Path::new("."));
        let beside = |picture: &PathBuf| folder.join(picture.file_name().unwrap_or_default());
        let files = || std::iter::once(self.target.clone()).chain(self.pictures.iter().map(beside));
        if let Some(there) = files().find(|path| fs::symlink_metadata(path).is_ok()) {
            return Err(format!("{} 已经存在，没有改动它", there.display()));
        }
        let failed = |path: &Path, error: &std::io::Error| {
            format!("不能写 {}：{}", path.display(), reason(error))
        };
        for picture in &self.pictures {
            let bytes = fs::read(picture).map_err(|error| failed(picture, &error))?;
            write_atomically(&beside(picture), &bytes).map_err(|error| error.to_string())?;
        }
        let text = fs::read(&self.draft).map_err(|error| failed(&self.draft, &error))?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.target)
            .map_err(|error| failed(&self.target, &error))?;
        file.write_all(&text).map_err(|error| failed(&self.target, &error))?;
        Ok(&self.target)
    }
}
