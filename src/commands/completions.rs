//! `completions`: a script that teaches a shell our commands.

use super::{Outcome, terminal};
use crate::args::{self, Completions};

pub(crate) fn run(args: &Completions) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::command(), "nianbao", &mut script);
    terminal::raw(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}
