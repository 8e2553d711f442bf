//! Characters that no font has, found before anything is typeset.

use unicode_normalization::UnicodeNormalization;

use crate::diagnostic::Diagnostic;
use crate::fonts::{Lack, Lacking, Role};
use crate::record::StringMap;
use crate::report::TableNote;
use crate::source::Span;

use super::Subject;

/// Something that will be printed: its text, role, path and place.
struct Printed<'a> {
    path: &'a str,
    text: &'a str,
    role: Role,
    place: Place<'a>,
}

/// How offsets in a text become places in the file.
enum Place<'a> {
    Mapped(&'a StringMap),
    Whole(Option<Span>),
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Diagnostic>) {
    let report = subject.report;
    let line = |path: &str, text: &str, span: Option<&Span>, role: Role| {
        lacking(subject, &Printed { path, text, role, place: Place::Whole(span.cloned()) })
    };
    let title_path = if report.title.is_given { "report.title" } else { "report.agency" };
    findings.extend(line(
        title_path,
        &report.title.value,
        report.title.span.as_ref(),
        Role::Xiaobiaosong,
    ));
    if report.date.is_some() {
        findings.extend(line(
            "report.agency",
            &report.agency.value,
            report.agency.span.as_ref(),
            Role::Fangsong,
        ));
    }
    for text in &report.texts {
        if let Some(heading) = &text.heading {
            let path = format!("{}.heading", text.path);
            findings.extend(line(&path, &heading.value, Some(&heading.span), Role::Kaiti));
        }
        let printed = |role| Printed {
            path: &text.path,
            text: &text.value,
            role,
            place: Place::Mapped(&text.map),
        };
        let mut found = lacking(subject, &printed(Role::Fangsong));
        if has_tables_or_pictures(&text.value) {
            let more = lacking(subject, &printed(Role::Songti));
            let is_new = |other: &Diagnostic| found.iter().all(|f| f.reported != other.reported);
            let more: Vec<_> = more.into_iter().filter(is_new).collect();
            found.extend(more);
        }
        findings.extend(found);
    }
    for TableNote { text, .. } in &report.table_notes {
        let place = Place::Mapped(&text.map);
        let printed = Printed { path: &text.path, text: &text.value, role: Role::Songti, place };
        findings.extend(lacking(subject, &printed));
    }
    for (cell, figure) in subject.format().cells().iter().zip(&report.figures) {
        if let Some(note) = &figure.note {
            findings.extend(line(&cell.path, &note.value, Some(&note.span), Role::Songti));
        }
    }
    for chart in &report.charts {
        let path = format!("charts.{}", chart.name);
        findings.extend(line(&path, &chart.unit, Some(&chart.span), Role::Songti));
        for (label, _) in &chart.data {
            findings.extend(line(&path, &label.value, Some(&label.span), Role::Songti));
        }
    }
}

/// Whether some lines of a text stand in a table or under a picture, which are set in 宋体.
fn has_tables_or_pictures(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| line.starts_with(['|', '!']))
}

fn lacking(subject: &Subject<'_>, printed: &Printed<'_>) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = Vec::new();
    for lacking in subject.fonts.lacking(printed.role, printed.text) {
        let c = lacking.char;
        let code = format!("U+{:04X}", u32::from(c));
        if findings.iter().any(|known| known.reported.as_deref() == Some(code.as_str())) {
            continue;
        }
        let span = match &printed.place {
            Place::Mapped(map) => Some(map.span(&(lacking.offset..lacking.offset + c.len_utf8()))),
            Place::Whole(span) => span.clone(),
        };
        let shown = if c.is_control() || lacking.lack == Lack::Invisible {
            String::new()
        } else {
            format!("“{c}”")
        };
        let count = printed.text.matches(c).count();
        let times = if count > 1 { format!("，本段共 {count} 处") } else { String::new() };
        let mut finding = Diagnostic::new(
            "GLYPH",
            subject.level("GLYPH"),
            format!("字符{shown}（{code}）印不出来：{}{times}", lacking.lack.label()),
            printed.path,
            span,
        )
        .with_label(lacking.lack.label())
        .with_help(remedy(lacking));
        finding.reported = Some(code);
        finding.basis = subject.format().rule("GLYPH").map(|rule| rule.basis.clone());
        findings.push(finding);
    }
    findings
}

/// What to do about a character: most are look-alikes of ordinary ones, and those need no font.
fn remedy(lacking: Lacking) -> String {
    let c = lacking.char;
    match lacking.lack {
        Lack::Glyph | Lack::Combination if c.is_whitespace() => {
            "这是网页或排版软件里的特殊空格，删去它，或者换成普通空格".to_owned()
        }
        Lack::Glyph | Lack::Combination => match ordinary(c) {
            Some(plain) => format!("这是“{plain}”的兼容写法，多为从 PDF 或网页粘贴时带入；改用普通的“{plain}”"),
            None if is_mark(c) => {
                "这是附在前一个字上的组合符号，删去它；序号用①②③，着重用 **粗体**".to_owned()
            }
            None if is_script(c) => "人名、地名、民族文字确需保留的，把含有这个字的字体文件（汉字可用“花园明朝”HanaMinB）\
                放进一个文件夹，用 --fonts 文件夹 指明；写错的改正"
                .to_owned(),
            None => "表情符号和特殊符号请删去，或改用文字；确需保留的，用 --fonts 文件夹 指明有这个符号的字体".to_owned(),
        },
        Lack::Invisible | Lack::Control => {
            "多为从网页或 Word 粘贴时带入，删去它再重新输入前后的文字".to_owned()
        }
        Lack::PrivateUse => "改用标准汉字；自造字在别的电脑上无法显示".to_owned(),
    }
}

/// The ordinary characters that a compatibility character stands for.
fn ordinary(c: char) -> Option<String> {
    let plain: String = c.nfkc().collect();
    (plain != c.to_string() && !plain.chars().any(char::is_control)).then_some(plain)
}

/// Combining marks, those around a character among them.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Letters of some script, Chinese characters among them.
fn is_script(c: char) -> bool {
    c.is_alphabetic()
}
