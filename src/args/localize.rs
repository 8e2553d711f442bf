//! clap's command with every heading, usage line and built-in flag in Chinese.

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::{Cli, help_flag};

/// The whole command line, ready to parse or to make completions from.
pub(crate) fn command() -> Command {
    let root = Cli::command()
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .subcommand_value_name("命令")
        .subcommand_help_heading("命令")
        .arg(help_flag())
        .arg(version_flag())
        .subcommand(help_command());
    let shared: Vec<Arg> =
        root.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    let names: Vec<String> = root.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let root = names.iter().fold(root, |root, name| {
        root.mut_subcommand(name, |command| {
            let usage = usage_of(&command, &format!("nianbao {name}"));
            finish(command.disable_help_flag(true).arg(help_flag()), &usage, &shared)
        })
    });
    finish(root, "nianbao [选项] <命令>", &[])
}

fn version_flag() -> Arg {
    Arg::new("version")
        .short('V')
        .long("version")
        .help("显示版本")
        .action(ArgAction::Version)
        .help_heading("选项")
}

fn help_command() -> Command {
    Command::new("help")
        .about("显示一个命令的用法")
        .arg(Arg::new("command").value_name("命令").help("命令").num_args(0..=1))
}

/// Sets headings, usage line and help text; `shared` are options that the root hands down.
fn finish(command: Command, usage: &str, shared: &[Arg]) -> Command {
    let command = command.mut_args(|arg| {
        let heading = if arg.is_positional() { "参数" } else { "选项" };
        if arg.get_help_heading().is_none() { arg.help_heading(heading) } else { arg }
    });
    let help = super::help::render(&command.clone().args(shared), usage);
    command.override_usage(usage.to_owned()).override_help(help)
}

/// The usage line in our words: clap has no setting for its `[OPTIONS]`.
fn usage_of(command: &Command, name: &str) -> String {
    let mut usage = format!("{name} [选项]");
    for arg in command.get_positionals() {
        let value =
            arg.get_value_names().and_then(<[_]>::first).map_or("值", |name| name.as_str());
        let many = matches!(arg.get_action(), ArgAction::Append);
        let value = if arg.is_required_set() { format!("<{value}>") } else { format!("[{value}]") };
        usage += &format!(" {value}{}", if many { "..." } else { "" });
    }
    usage
}

/// The text of `nianbao help` and `nianbao help COMMAND`.
///
/// # Errors
/// A usage error, when there is no such command.
pub(super) fn help(name: Option<&str>) -> Result<String, String> {
    let mut root = command();
    match name {
        None => Ok(root.render_help().to_string()),
        Some(name) => match root.find_subcommand_mut(name) {
            Some(found) => Ok(found.render_help().to_string()),
            None => Err(format!("命令有误: 没有 {name} 这个命令\n\n全部命令请看 nianbao --help\n")),
        },
    }
}
