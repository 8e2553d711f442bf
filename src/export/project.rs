//! The typst project of a report: the files from which the typst command makes the same pages.

use super::Standards;
use crate::world::Project;

/// The file that says how to compile the others.
const README: &str = "说明.txt";

/// Lists the files of a report's typst project as relative paths and contents. `fonts` is the folder to name in
/// the command; the fonts themselves are not copied.
pub fn project(
    project: &Project,
    fonts: &[String],
    standards: &Standards,
) -> Vec<(String, Vec<u8>)> {
    let files = project.files().map(|(path, bytes)| (path.to_owned(), bytes.to_vec()));
    let readme = (README.to_owned(), readme(fonts, standards).into_bytes());
    files.chain([readme]).collect()
}

fn readme(fonts: &[String], standards: &Standards) -> String {
    let folders: String =
        fonts.iter().map(|folder| format!(" --font-path {}", quoted(folder))).collect();
    format!(
        "这个文件夹是一份年度报告的 typst 排版文件：main.typ 是入口，data.json 是内容，其余是版式和图片。

在这个文件夹里运行（需要 typst 0.15）：

    typst compile --root . --ignore-system-fonts{folders} --features a11y-extras --pdf-standard {} main.typ report.pdf

字体文件夹要与生成时相同，页面才会相同。修改数据请改原来的 TOML 文件再重新生成，不要改这里的 data.json：
这里的内容不再经过核对。
",
        standards.name()
    )
}

/// Quotes a path for a shell; a path without special characters stands as it is.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-:\\".contains(c);
    if path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("\"{}\"", path.replace('"', "\\\""))
    }
}
