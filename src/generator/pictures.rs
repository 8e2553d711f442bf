//! Pictures and charts that texts refer to: what can be shown, and findings about what cannot.

use crate::diagnostic::{self, Diagnostic, Level};
use crate::document::{self, Picture};
use crate::report::{Report, Text};

use crate::limits;

use super::Input;
use super::bounded;

/// File name extension by the first bytes of a file, for the kinds that every PDF standard accepts.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(1024)];
    let whole = std::str::from_utf8(head).map_or_else(|error| error.valid_up_to(), str::len);
    let text = std::str::from_utf8(&head[..whole]).unwrap_or("");
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("jpg"),
        _ if text.contains("<svg") => Some("svg"),
        _ => None,
    }
}

/// Says why a picture of a kind cannot be printed; none when it can.
type Printable<'a> = &'a dyn Fn(&str, &[u8]) -> Option<String>;

/// Numbers the pictures in the order of the texts and reports those that cannot be shown and charts that do not
/// exist. `printable` says why a picture of a kind cannot be printed.
pub(super) fn prepare(
    input: &Input,
    report: Option<&Report>,
    printable: Printable<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Picture> {
    let mut pictures: Vec<Picture> = Vec::new();
    let Some(report) = report else { return pictures };
    let mut pixels = 0;
    let is_whole = !diagnostic::is_damaged(findings);
    for text in &report.texts {
        for (target, at) in document::picture_targets(&text.value) {
            let known = pictures.iter().find(|picture| picture.target == target);
            let picture = known
                .cloned()
                .unwrap_or_else(|| load(input, target, pictures.len(), (printable, &mut pixels)));
            if let Some(problem) = &picture.problem {
                findings.push(finding(
                    text,
                    at,
                    "PICTURE",
                    format!("图片“{target}”用不了：{problem}"),
                ));
            }
            if known.is_none() {
                pictures.push(picture);
            }
        }
        for (name, at) in document::chart_targets(&text.value) {
            if is_whole && !report.charts.iter().any(|chart| chart.name == name) {
                let message = format!("没有名为“{name}”的图表");
                findings.push(finding(text, at, "CHART", message));
            }
        }
    }
    pictures
}

/// Finds a picture among the files. `printable` says why a picture of a kind cannot be printed, `pixels` counts those of
/// all pictures so far.
fn load(
    input: &Input,
    target: &str,
    number: usize,
    (printable, pixels): (Printable<'_>, &mut u64),
) -> Picture {
    let found = input.pictures.iter().find(|file| file.target == target);
    let bytes =
        found.map_or_else(|| Err("找不到这个图片文件".to_owned()), |file| file.bytes.clone());
    let read = bytes.and_then(|bytes| match kind(&bytes) {
        Some(kind) => {
            *pixels += bounded::pixels(kind, &bytes)?;
            if *pixels > limits::ALL_PIXELS {
                let most = limits::ALL_PIXELS / 10_000;
                return Err(format!("报告里的图片合计超过 {most} 万个像素；请缩小图片"));
            }
            match printable(kind, &bytes) {
                None => Ok((kind, bytes)),
                Some(problem) => Err(problem),
            }
        }
        None => Err("只能用 PNG、JPEG 或 SVG 图片".to_owned()),
    });
    match read {
        Ok((kind, bytes)) => Picture {
            target: target.to_owned(),
            file: format!("/pictures/{number}.{kind}"),
            bytes: Some(bytes),
            problem: None,
        },
        Err(problem) => Picture {
            target: target.to_owned(),
            file: String::new(),
            bytes: None,
            problem: Some(problem),
        },
    }
}

fn finding(text: &Text, at: crate::source::Span, rule: &str, message: String) -> Diagnostic {
    let help = match rule {
        "CHART" => "在文件里写 [charts.名称] 表，名称与 chart: 后面的一致；或删去这一行",
        _ if message.contains("文件夹") || message.contains("找不到") => {
            "把图片放进报告所在的文件夹，写成 ![说明](文件名.png)；或删去这一行"
        }
        _ => "换上能用的图片，文件名不变；或删去这一行",
    };
    Diagnostic::new(rule, Level::Error, message, &text.path, text.map.span(&at)).with_help(help)
}
