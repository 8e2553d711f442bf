//! 年报 on the command line: parse, dispatch, exit code. Everything else is in the library.

mod args;
mod commands;

use std::process::ExitCode;

use args::Refusal;
use commands::terminal;

fn main() -> ExitCode {
    match args::parse(std::env::args_os()) {
        Ok(cli) => commands::run(cli),
        Err(Refusal::Asked(text)) => match terminal::print(&text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => commands::failed(&error),
        },
        Err(Refusal::Mistake(text)) => {
            terminal::say(&text);
            commands::FAILURE.into()
        }
    }
}
