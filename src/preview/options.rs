//! What is previewed and how.

use std::path::{Path, PathBuf};

use crate::generator::Config;

/// What is previewed and how.
pub struct Options {
    /// The folder whose reports are shown; none for one report.
    pub root: Option<PathBuf>,
    /// Finds the reports; called again when a file appears.
    pub find: Box<dyn Fn() -> Vec<PathBuf> + Send>,
    /// Whether there may be several reports.
    pub is_folder: bool,
    /// What the generator was made from, to make it again when formats or fonts change.
    pub config: Config,
    /// Last year's file, when it is named.
    pub previous: Option<PathBuf>,
    /// The port; else the first free one of [`super::PORTS`].
    pub port: Option<u16>,
    /// Whether to look for changes instead of waiting to be told.
    pub poll: bool,
    /// Pattern of links into an editor, with `{file}`, `{line}`, `{column}`.
    pub editor: Option<String>,
    /// Whether warnings count as much as errors.
    pub deny_warnings: bool,
}

impl Options {
    /// Makes paths absolute: the system names changed files by whole paths.
    pub(super) fn absolute(mut self) -> Self {
        let places = [
            &mut self.root,
            &mut self.config.templates,
            &mut self.config.user_fonts,
            &mut self.previous,
        ];
        for place in places.into_iter().flatten() {
            if let Ok(whole) = std::path::absolute(&*place) {
                *place = whole;
            }
        }
        self
    }

    /// The path as people know it: within the folder, or the file's name.
    pub(super) fn name(&self, path: &Path) -> String {
        let inside = self.root.as_ref().and_then(|root| path.strip_prefix(root).ok());
        let name = inside.map(Path::as_os_str).or(path.file_name()).unwrap_or_default();
        name.to_string_lossy().replace('\\', "/")
    }
}
