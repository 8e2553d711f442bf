//! Everything that is read from disk for one report.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{Neighbourhood, Neighbours};
use crate::document::picture_targets;
use crate::limits;
use crate::reading;
use crate::record;
use crate::source::Source;

/// A data file with what it refers to, as bytes.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Path of the data file, shown in messages.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Last year's file: path and bytes.
    pub previous: Option<(PathBuf, Vec<u8>)>,
    /// Picture files by the target written in the text.
    pub pictures: Vec<PictureFile>,
    /// What lies beside the data file, and how last year's file was chosen.
    pub neighbourhood: Neighbourhood,
}

/// A picture file that a text refers to.
#[derive(Debug, Clone)]
pub struct PictureFile {
    /// The path as written.
    pub target: String,
    /// Its bytes, or why it cannot be used, in Chinese.
    pub bytes: Result<Vec<u8>, String>,
}

impl Input {
    /// Reads a data file, its pictures, and last year's file: the one named, else the file of the same agency for
    /// the year before in the folder named, else in the report's own.
    ///
    /// # Errors
    /// When the data file or the named file of last year cannot be read.
    pub fn read(path: &Path, previous: Option<&Path>) -> io::Result<Self> {
        Self::read_among(path, previous, &Neighbours::default())
    }

    /// The same for one of many reports: a folder is looked through for last year's files once.
    ///
    /// # Errors
    /// As [`Input::read`].
    pub fn read_among(
        path: &Path,
        previous: Option<&Path>,
        neighbours: &Neighbours,
    ) -> io::Result<Self> {
        let bytes = reading::read(path, limits::DATA_FILE)?;
        let (folder, file) = match previous {
            Some(named) if named.is_dir() => (Some(named), None),
            named => (None, named),
        };
        let mut neighbourhood = neighbours.of(path, &bytes, folder);
        if let Some(file) = file {
            neighbourhood = Neighbourhood {
                previous: Some(file.to_owned()),
                rivals: Vec::new(),
                ..neighbourhood
            };
        }
        Self::with(path, bytes, neighbourhood)
    }

    /// Reads the pictures of a data file whose bytes are known, and last year's file as it was chosen.
    ///
    /// # Errors
    /// When last year's file cannot be read.
    pub fn with(path: &Path, bytes: Vec<u8>, neighbourhood: Neighbourhood) -> io::Result<Self> {
        let previous = match &neighbourhood.previous {
            Some(previous) => Some((previous.clone(), fs::read(previous)?)),
            None => None,
        };
        Ok(Self { neighbourhood, ..Self::assemble(path, bytes, previous) })
    }

    /// Reads the pictures of a data file whose bytes, and those of last year's file, are known already.
    pub fn assemble(path: &Path, bytes: Vec<u8>, previous: Option<(PathBuf, Vec<u8>)>) -> Self {
        let pictures =
            targets(&bytes).into_iter().map(|target| read_picture_of(path, target)).collect();
        Self {
            path: path.to_owned(),
            bytes,
            previous,
            pictures,
            neighbourhood: Neighbourhood::default(),
        }
    }
}

/// Reads a picture that the data file at a path refers to.
pub(crate) fn read_picture_of(path: &Path, target: String) -> PictureFile {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    picture(folder, target)
}

/// The picture targets in all strings of a data file.
fn targets(bytes: &[u8]) -> Vec<String> {
    let source = Source::new("", record::decode(bytes).text);
    if !source.text().contains("](") {
        return Vec::new();
    }
    let (record, _) = record::parse(&source, &record::KeyNames::default());
    targets_in(&record)
}

/// The picture targets in all strings of a record, each once.
pub(crate) fn targets_in(record: &record::Record) -> Vec<String> {
    let mut targets: Vec<String> = Vec::new();
    collect(&record.root, &mut targets);
    targets
}

fn collect(table: &record::Table, targets: &mut Vec<String>) {
    for entry in &table.entries {
        match &entry.node.value {
            record::Value::String(text) => {
                for (target, _) in picture_targets(text) {
                    if !targets.iter().any(|known| known == target) {
                        targets.push(target.to_owned());
                    }
                }
            }
            record::Value::Table(inner) => collect(inner, targets),
            _ => {}
        }
    }
}

fn picture(folder: &Path, target: String) -> PictureFile {
    let bytes = read_picture(folder, &target);
    PictureFile { target, bytes }
}

/// Reads a picture inside the report's folder; links that lead out of it are refused as well.
fn read_picture(folder: &Path, target: &str) -> Result<Vec<u8>, String> {
    let outside = || "图片必须放在报告所在的文件夹里".to_owned();
    let relative = Path::new(target);
    let plain = relative
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if !plain {
        return Err(outside());
    }
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "找不到这个图片文件".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限读这个图片文件".to_owned(),
        _ => format!("读不了这个图片文件（{error}）"),
    };
    let path = folder.join(relative).canonicalize().map_err(unreadable)?;
    let folder = folder.canonicalize().map_err(unreadable)?;
    if !path.starts_with(&folder) {
        return Err(outside());
    }
    let metadata = fs::metadata(&path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("这不是一个文件".to_owned());
    }
    if metadata.len() > limits::PICTURE_FILE as u64 {
        return Err(format!("图片超过 {} MB，请缩小", limits::PICTURE_FILE >> 20));
    }
    reading::read(&path, limits::PICTURE_FILE).map_err(unreadable)
}
