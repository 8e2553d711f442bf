//! What a change of format leaves to people, as tables that can be sent out: CSV with a mark of its encoding, so that a
//! spreadsheet opens it without being asked.

use super::{Account, Migration};

/// One rewritten file of a folder.
pub struct Listed<'a> {
    /// The new file, as people know it.
    pub path: &'a str,
    /// What was done.
    pub migration: &'a Migration,
}

/// One line for each row or figure that waits for a person.
pub fn open(files: &[Listed<'_>]) -> Vec<u8> {
    let mut lines = vec![
        ["机关", "年度", "文件", "行号", "位置", "项目", "原来的数", "原因"].map(str::to_owned),
    ];
    for file in files {
        let Migration { agency, year, text, account, .. } = file.migration;
        for open in &account.open {
            let figures: Vec<String> = open
                .figures
                .iter()
                .map(|(label, value)| format!("{label} {value}").trim().to_owned())
                .collect();
            lines.push([
                agency.clone(),
                year.map_or_else(String::new, |year| year.to_string()),
                file.path.to_owned(),
                line_of(text, &open.path, &open.label)
                    .map_or_else(String::new, |line| line.to_string()),
                open.path.clone(),
                open.label.clone(),
                figures.join("；"),
                open.why.clone(),
            ]);
        }
    }
    csv(&lines)
}

/// One line for each file: how many figures went where, and the sums of its tables.
pub fn accounts(files: &[Listed<'_>]) -> Vec<u8> {
    let head = [
        "机关",
        "年度",
        "文件",
        "旧格式",
        "新格式",
        "数的个数",
        "照搬",
        "相加",
        "从注释取回",
        "为0不用安排",
        "不再统计",
        "留给人",
        "各表合计",
    ];
    let mut lines = vec![head.map(str::to_owned)];
    for file in files {
        let Migration { agency, year, account, from, to, .. } = file.migration;
        let Account { carried, summed, left, ended, zeros, restored, .. } = account;
        lines.push([
            agency.clone(),
            year.map_or_else(String::new, |year| year.to_string()),
            file.path.to_owned(),
            from.clone(),
            to.clone(),
            account.total().to_string(),
            carried.to_string(),
            summed.to_string(),
            restored.to_string(),
            zeros.to_string(),
            ended.to_string(),
            left.to_string(),
            account.sums().join("；"),
        ]);
    }
    csv(&lines)
}

/// The line of the new file that waits, from 1.
fn line_of(text: &str, path: &str, label: &str) -> Option<usize> {
    let key = path.rsplit('.').next().unwrap_or(path);
    let waits = |line: &str| line.starts_with(super::kept::TODO);
    let at = text.lines().position(|line| {
        waits(line)
            && (line.contains(path) || line.contains(&format!("{key} = ")) && line.contains(label))
    });
    at.map(|at| at + 1)
}

fn csv<const N: usize>(lines: &[[String; N]]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        // What begins like a formula is text: a spreadsheet would run it.
        let safe = line.each_ref().map(|cell| {
            match cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err() {
                true => format!("'{cell}"),
                false => cell.clone(),
            }
        });
        // Writing to memory does not fail.
        let _ = writer.write_record(&safe);
    }
    let body = writer.into_inner().unwrap_or_default();
    [b"\xEF\xBB\xBF".as_slice(), &body].concat()
}
