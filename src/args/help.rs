//! Help texts laid out in terminal columns: clap counts characters, and a hanzi is two columns wide.

use clap::{Arg, Command};
use nianbao::emit::{width, wrap};

const COLUMNS: usize = 80;
/// Names up to this width have their text beside them, longer ones below.
const NAMES: usize = 26;
const HEADINGS: [&str; 3] = ["参数", "选项", "公共选项"];

/// Renders the help of a command: what it does, usage, arguments, options, commands, what follows.
pub(super) fn render(command: &Command, usage: &str) -> String {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string);
    let mut out = String::new();
    for paragraph in about.unwrap_or_default().split("\n\n") {
        out += &format!("{}\n\n", lines(paragraph, COLUMNS).join("\n"));
    }
    out += &format!("用法: {usage}\n");
    let commands: Vec<(String, String)> = command.get_subcommands().map(named).collect();
    if !commands.is_empty() {
        out += &section("命令", &commands);
    }
    for heading in HEADINGS {
        let of_heading = |arg: &&Arg| arg.get_help_heading() == Some(heading);
        let args: Vec<(String, String)> =
            command.get_arguments().filter(of_heading).map(described).collect();
        if !args.is_empty() {
            out += &section(heading, &args);
        }
    }
    if let Some(after) = command.get_after_help() {
        out += &format!("\n{after}\n");
    }
    out
}

fn named(command: &Command) -> (String, String) {
    let about = command.get_about().map(ToString::to_string);
    (command.get_name().to_owned(), about.unwrap_or_default())
}

fn described(arg: &Arg) -> (String, String) {
    let value = arg.get_value_names().and_then(<[_]>::first).map(|name| format!("<{name}>"));
    let takes_value = arg.get_action().takes_values();
    let value = value.filter(|_| takes_value);
    let name = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (None, Some(long)) => format!("    --{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, None) => return (value.unwrap_or_default(), help_of(arg)),
    };
    let name = value.map_or(name.clone(), |value| format!("{name} {value}"));
    (name, help_of(arg))
}

fn help_of(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

fn section(heading: &str, items: &[(String, String)]) -> String {
    let names = items.iter().map(|(name, _)| width(name)).filter(|&name| name <= NAMES);
    let column = 2 + names.max().unwrap_or(0).max(8) + 2;
    let mut out = format!("\n{heading}:\n");
    for (name, text) in items {
        let text = lines(text, COLUMNS - column);
        let beside = width(name) + 4 <= column;
        let gap =
            if beside { " ".repeat(column - 2 - width(name)) } else { format!("\n{:column$}", "") };
        out += &format!("  {name}{gap}{}\n", text.join(&format!("\n{:column$}", "")));
    }
    out
}

/// Breaks a text; where a source line ended after a Chinese mark, no space belongs.
fn lines(text: &str, columns: usize) -> Vec<String> {
    let text = ["，", "。", "；", "、", "：", "）"]
        .iter()
        .fold(text.to_owned(), |text, mark| text.replace(&format!("{mark} "), mark));
    wrap(&text, columns)
}

#[cfg(test)]
mod tests {
    use super::super::command;
    use super::*;

    #[test]
    fn help_is_chinese_and_fits() {
        let root = command();
        let helps = root.get_subcommands().chain([&root]).map(|command| {
            let name = command.get_name().to_owned();
            let words: Vec<std::ffi::OsString> = match name.as_str() {
                "nianbao" => vec!["nianbao".into(), "--help".into()],
                _ => vec!["nianbao".into(), name.clone().into(), "--help".into()],
            };
            match super::super::parse(words) {
                Err(super::super::Refusal::Asked(text)) => (name, text),
                other => panic!("{name}: {other:?}"),
            }
        });
        for (name, text) in helps {
            for word in ["Usage", "Options", "Arguments", "Commands", "Print", "OPTIONS", "default"]
            {
                assert!(!text.contains(word), "{name}: {word}\n{text}");
            }
            assert!(text.contains("用法: nianbao"), "{name}: {text}");
            for line in text.lines() {
                assert!(width(line) <= COLUMNS, "{name}: {} columns: {line}", width(line));
            }
        }
    }

    #[test]
    fn every_option_is_explained() {
        for command in command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for arg in command.get_arguments() {
                assert!(!help_of(arg).is_empty(), "{} {}", command.get_name(), arg.get_id());
            }
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
