//! Which files `verify` reads, and the data file of each.

use std::path::{Path, PathBuf};

use anyhow::bail;
use nianbao::verify::office::is_office;
use walkdir::WalkDir;

use super::inputs::{Inputs, want_file};
use crate::args::Verify;

/// A file to read with the data file that it should agree with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) file: PathBuf,
    pub(crate) data: Option<PathBuf>,
}

/// What a report's outputs may have behind its name, the longest first.
const BEHIND: [&str; 2] = [".fragment", "-草稿"];
/// The account of a batch, which lies among its outputs.
const ACCOUNT: &str = "run.html";

/// Finds the files and pairs each with its data file.
///
/// # Errors
/// When nothing is there to read, or `--data` cannot belong to all files.
pub(crate) fn pairs(args: &Verify) -> anyhow::Result<Vec<Pair>> {
    let mut files = Vec::new();
    let has_folder = args.files.iter().any(|path| path.is_dir());
    for path in &args.files {
        if path.is_dir() {
            let before = files.len();
            files.extend(outputs(path).map(|file| (file.clone(), relative(&file, path))));
            if files.len() == before {
                bail!("{} 里没有可以核验的文件（PDF、docx、HTML、xlsx）", path.display());
            }
        } else {
            files.push((path.clone(), PathBuf::from(path.file_name().unwrap_or_default())));
        }
    }
    let Some(data) = &args.data else {
        return Ok(files.into_iter().map(|(file, _)| Pair { file, data: None }).collect());
    };
    if data.is_dir() {
        let known = Inputs::find(std::slice::from_ref(data)).files;
        return files.into_iter().map(|(file, below)| pair(file, &below, data, &known)).collect();
    }
    want_file(data, "")?;
    if has_folder || files.iter().any(|(file, _)| name(file) != name(&files[0].0)) {
        bail!("--data 是一份数据文件，只能与它的报告核对；几份报告请用 --data 给出数据文件夹");
    }
    Ok(files.into_iter().map(|(file, _)| Pair { file, data: Some(data.clone()) }).collect())
}

fn outputs(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let is_output = |path: &Path| {
        let extension = path.extension().map(|ext| ext.to_string_lossy().to_lowercase());
        let is_known = extension
            .is_some_and(|ext| ["pdf", "docx", "html", "htm", "xlsx"].contains(&ext.as_str()));
        is_known && path.file_name().is_some_and(|name| name != ACCOUNT)
    };
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    walk.filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(move |path| is_output(path))
}

fn relative(file: &Path, folder: &Path) -> PathBuf {
    file.strip_prefix(folder).unwrap_or(file).to_owned()
}

/// The name of the report that an output is of.
fn name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = BEHIND.iter().find_map(|ending| stem.strip_suffix(ending));
    ending.map_or_else(|| stem.clone(), str::to_owned)
}

/// The data file of the same name: at the same place below its folder, else the only one.
fn pair(file: PathBuf, below: &Path, folder: &Path, known: &[PathBuf]) -> anyhow::Result<Pair> {
    let wanted = name(&file);
    let same: Vec<&PathBuf> = known
        .iter()
        .filter(|data| data.file_stem().is_some_and(|stem| stem.to_string_lossy() == wanted))
        .collect();
    let beside = |data: &&&PathBuf| relative(data, folder).parent() == below.parent();
    let data = same.iter().find(beside).or(match same.as_slice() {
        [only] => Some(only),
        _ => None,
    });
    match data {
        Some(data) => Ok(Pair { file, data: Some((*data).clone()) }),
        None => bail!(
            "{} 在 {} 里{}名为 {wanted}.toml 的数据文件；请用 --data 指明",
            file.display(),
            folder.display(),
            if same.is_empty() { "没有" } else { "有几个" }
        ),
    }
}

/// Whether a file is read as a document, a page or a workbook rather than as a PDF.
pub(crate) fn is_other(file: &Path) -> bool {
    is_office(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_known_by_their_name() {
        assert_eq!(name(Path::new("a/某局-2023.fragment.html")), "某局-2023");
        assert_eq!(name(Path::new("某局-2023-草稿.pdf")), "某局-2023");
        assert_eq!(name(Path::new("某局-2023.docx")), "某局-2023");
    }

    #[test]
    fn the_data_file_beside_comes_before_one_elsewhere() {
        let known = ["d/a/x.toml", "d/b/x.toml", "d/y.toml"].map(PathBuf::from);
        let find = |file: &str| {
            let below = PathBuf::from(file);
            pair(PathBuf::from(file), &below, Path::new("d"), &known)
        };
        let data = |file: &str| find(file).ok().and_then(|pair| pair.data);
        assert_eq!(data("b/x.pdf"), Some(known[1].clone()));
        assert_eq!(data("c/y.fragment.html"), Some(known[2].clone()));
        assert!(find("c/x.pdf").is_err_and(|error| error.to_string().contains("有几个")));
        assert!(find("z.pdf").is_err_and(|error| error.to_string().contains("没有")));
    }
}
