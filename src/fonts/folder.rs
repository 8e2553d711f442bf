//! Where fonts lie: the order of places for the shipped set, and the font files of a folder.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::FontError;

/// The environment variable that names the folder of the shipped set.
pub const FONTS_VARIABLE: &str = "NIANBAO_FONTS";

/// What the caller knows about its surroundings; the library reads neither environment nor executable path.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The value of [`FONTS_VARIABLE`], if it is set.
    pub variable: Option<PathBuf>,
    /// The path of the running program, links resolved.
    pub executable: Option<PathBuf>,
    /// The root of the source tree the program was built from.
    pub source_tree: Option<PathBuf>,
}

/// Finds the folder of the shipped set: the one named by the variable, else `fonts` beside the executable, else
/// `../share/nianbao/fonts` from there (where a Linux package puts it), else `fonts` of the source tree.
///
/// # Errors
/// When the named folder is not there (it is not passed over in silence), or none of the others is.
pub fn find_folder(places: &Places) -> Result<PathBuf, FontError> {
    if let Some(named) = &places.variable {
        let found = named.is_dir().then(|| named.clone());
        return found.ok_or_else(|| FontError::NoFolder(named.clone()));
    }
    let beside = places.executable.as_deref().and_then(Path::parent);
    let shared = beside.and_then(Path::parent).map(|prefix| prefix.join("share/nianbao/fonts"));
    let candidates: Vec<_> = [
        beside.map(|folder| folder.join("fonts")),
        shared,
        places.source_tree.as_deref().map(|root| root.join("fonts")),
    ]
    .into_iter()
    .flatten()
    .collect();
    match candidates.iter().find(|folder| folder.is_dir()) {
        Some(folder) => Ok(folder.clone()),
        None => Err(FontError::NotFound(candidates)),
    }
}

/// Lists the font files of a folder, sorted by path, `depth` levels deep. Hidden files are left out: they hold
/// what other systems store beside a font.
pub(super) fn font_files(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, FontError> {
    if !folder.is_dir() {
        return Err(FontError::NoFolder(folder.to_owned()));
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).max_depth(depth).follow_links(true) {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            let reason = match error.loop_ancestor() {
                Some(_) => "文件夹的链接成环".to_owned(),
                None => error.io_error().map(super::reason).unwrap_or_default(),
            };
            FontError::Unreadable(path, reason)
        })?;
        if entry.file_type().is_file() && is_font(entry.path()) {
            files.push(entry.into_path());
        }
    }
    files.sort();
    Ok(files)
}

fn is_font(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    !hidden
        && extension
            .is_some_and(|ext| ["ttf", "otf", "ttc", "otc"].iter().any(|known| ext == *known))
}
