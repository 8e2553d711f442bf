//! Whether a file may be taken for last year's, and what is said about the files beside a report.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Level};
use crate::report::Report;

use super::{Input, Read, is_same};

/// Last year's file as far as it may be compared, with findings about it and about files that say they are the same
/// report.
pub(super) fn judge(
    input: &Input,
    read: &Read,
    previous: Option<Read>,
) -> (Option<Read>, Vec<Diagnostic>) {
    let Some(report) = &read.report else { return (None, Vec::new()) };
    let mut judge = Judge { report, findings: Vec::new() };
    judge.twins(input);
    let previous = match (previous, &input.previous) {
        (Some(previous), Some((path, bytes))) => judge.previous(input, previous, path, bytes),
        _ => None,
    };
    (previous, judge.findings)
}

struct Judge<'a> {
    report: &'a Report,
    findings: Vec<Diagnostic>,
}

impl Judge<'_> {
    /// Says something at the report's year, which is what makes another file last year's.
    fn tell(&mut self, code: &str, message: String, help: &str) {
        let span = self.report.year.as_ref().map(|year| year.span.clone());
        let level = self.report.format.rule(code).map(|rule| rule.level);
        let level = level.unwrap_or(Level::Warning);
        let finding = Diagnostic::new(code, level, message, "report.year", span).with_help(help);
        self.findings.push(finding);
    }

    fn twins(&mut self, input: &Input) {
        if input.neighbourhood.twins.is_empty() {
            return;
        }
        let names = names(input, &input.neighbourhood.twins);
        let message = format!("同一机关同一年度还有别的数据文件：{names}");
        let help = "留下要报送的一份，另外的移到别的文件夹，或把扩展名改成 .bak；确实是两份不同的报告的，加豁免并写明理由";
        self.tell("TWO-FILES", message, help);
    }

    fn previous(
        &mut self,
        input: &Input,
        previous: Read,
        path: &Path,
        bytes: &[u8],
    ) -> Option<Read> {
        const CODE: &str = "PREV-FILE";
        let shown = near(input, path);
        if is_same(path, &input.path) || bytes == input.bytes {
            let message = format!("给出的上年文件 {shown} 就是这份报告自己，没有与上年比较");
            self.tell(CODE, message, "用 --previous 给出上一年度的数据文件");
            return None;
        }
        let year = previous.report.as_ref().and_then(|report| report.year.as_ref());
        let Some(year) = year.map(|year| year.value).filter(|_| !previous.is_broken()) else {
            let message = format!("上年的文件 {shown} 读不懂，没有与上年比较");
            let help = format!("先运行 nianbao check {shown}，按提示改正");
            self.tell(CODE, message, &help);
            return None;
        };
        let wanted = self.report.year_or_zero() - 1;
        if year != wanted && self.report.year.is_some() {
            let message = format!(
                "给出的上年文件 {shown} 是 {year} 年度的，不是 {wanted} 年度的，没有与它比较"
            );
            self.tell(CODE, message, "用 --previous 给出上一年度的数据文件，或去掉 --previous");
            return None;
        }
        let agency = previous.report.as_ref().map_or("", |report| report.agency.value.as_str());
        let plain = |name: &str| -> String { name.split_whitespace().collect() };
        if plain(agency) != plain(&self.report.agency.value) {
            let message = format!("给出的上年文件 {shown} 是“{agency}”的，与本报告的机关不同");
            let help = "核对是否给错了文件；机关改了名称或者合并的，加豁免并写明理由";
            self.tell(CODE, message, help);
        }
        if !input.neighbourhood.rivals.is_empty() {
            let rivals = names(input, &input.neighbourhood.rivals);
            let message = format!("上年的文件不止一份：比较用的是 {shown}，另外还有 {rivals}");
            let help = "留下已经公布的那一份，另外的移到别的文件夹；或用 --previous 指明";
            self.tell(CODE, message, help);
        }
        Some(previous)
    }
}

/// A path for a message: of a file in the report's folder, its name.
fn near(input: &Input, path: &Path) -> String {
    match path.file_name() {
        Some(name) if folder(path) == folder(&input.path) => name.to_string_lossy().into_owned(),
        _ => path.display().to_string(),
    }
}

/// The folder of a path as neighbours are listed in it: `.` for a name alone.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// File names for a message: the first few.
fn names(input: &Input, paths: &[PathBuf]) -> String {
    const SHOWN: usize = 3;
    let all: Vec<String> = paths.iter().map(|path| near(input, path)).collect();
    let mut text = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("、");
    if all.len() > SHOWN {
        text += &format!(" 等 {} 个", all.len());
    }
    text
}
