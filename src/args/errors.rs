//! Usage errors in Chinese: what is wrong with what was typed, the nearest right word, and where the help is.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Refusal;

/// Turns clap's verdict into text for people.
pub(super) fn refusal(error: Error) -> Refusal {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Refusal::Asked(error.to_string()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Refusal::Mistake(error.to_string()),
        _ => Refusal::Mistake(mistake(&error)),
    }
}

fn mistake(error: &Error) -> String {
    let mut text = format!("命令有误: {}\n", sentence(error));
    for kind in
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
    {
        if let Some(words) = words(error, kind) {
            text += &format!("  是不是想写 {words}？\n");
        }
    }
    if let Some(values) = words(error, ContextKind::ValidValue).filter(|values| !values.is_empty())
    {
        text += &format!("  可以写: {values}\n");
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        text += &format!("\n{}\n", usage.to_string().replace("Usage:", "用法:").trim());
    }
    text + "\n详细用法请看 nianbao --help 或 nianbao 命令 --help\n"
}

fn sentence(error: &Error) -> String {
    let argument = words(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = words(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => format!("没有 {argument} 这个选项或参数"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "没有 {} 这个命令",
                words(error, ContextKind::InvalidSubcommand).unwrap_or_default()
            )
        }
        ErrorKind::MissingSubcommand => "没有给出命令".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("还缺 {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 后面要有值"),
        ErrorKind::InvalidValue => format!("{argument} 的值不能是“{value}”"),
        ErrorKind::ValueValidation => match cause(error) {
            Some(cause) => format!("{argument} 的值“{value}”不对：{cause}"),
            None => format!("{argument} 的值“{value}”不对"),
        },
        ErrorKind::TooManyValues => format!("{argument} 的值太多了，“{value}”是多余的"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} 的值的个数不对")
        }
        ErrorKind::NoEquals => format!("{argument} 与它的值之间要有等号"),
        ErrorKind::ArgumentConflict => match words(error, ContextKind::PriorArg) {
            Some(prior) if prior != argument => format!("{argument} 不能与 {prior} 同用"),
            _ => format!("{argument} 只能给一次"),
        },
        ErrorKind::InvalidUtf8 => "参数里有不是 UTF-8 的字节".to_owned(),
        _ => error.to_string(),
    }
}

/// The reason why a value was refused; those of numbers come from the standard library in English.
fn cause(error: &Error) -> Option<String> {
    let text = std::error::Error::source(error)?.to_string();
    if let Some((_, range)) = text.split_once(" is not in ") {
        return Some(format!("应在 {} 的范围内", range.replace("..=", " 到 ")));
    }
    if text.contains("zero for non-zero") {
        return Some("应大于 0".to_owned());
    }
    if text.contains("digit") || text.contains("number too") {
        return Some("应为数字，且不能太大".to_owned());
    }
    text.chars().any(|char| char > '\u{2E80}').then_some(text)
}

fn words(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(word) => Some(word.clone()),
        ContextValue::Strings(words) => Some(words.join("、")),
        ContextValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
