//! Standard output and standard error. A reader that stops reading (`| head`) is no failure.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use nianbao::harmless;

use crate::args::When;

/// Where lines of prose are broken when nobody knows the window: output that is redirected looks the same everywhere.
const COLUMNS: usize = 80;
/// Narrower, the excerpts have no room; wider, lines are hard to read.
const BOUNDS: std::ops::RangeInclusive<usize> = 60..=120;

/// The columns at which lines of prose are broken: those of the terminal, where there is one.
pub(crate) fn columns() -> usize {
    if !io::stdout().is_terminal() {
        return COLUMNS;
    }
    let size = terminal_size::terminal_size();
    size.map_or(COLUMNS, |(width, _)| usize::from(width.0).clamp(*BOUNDS.start(), *BOUNDS.end()))
}

/// Writes results for people. Whatever a file or its name brings into them cannot act on the terminal.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    raw(&harmless::block(text))
}

/// Writes a JSON document.
pub(crate) fn document(text: &str) -> anyhow::Result<()> {
    raw(&harmless::json(text))
}

/// Writes text that is harmless already, or that a program reads as it is.
pub(crate) fn raw(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("无法写到标准输出"),
    }
}

/// Writes a line about the work; there is nobody to tell when that fails.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", harmless::block(text.trim_end()));
}

/// Writes why something could not be done.
pub(crate) fn failure(text: &str) {
    say(&format!("失败: {text}"));
}

/// Whether results get colours.
pub(crate) fn wants_color(when: When) -> bool {
    let unset = |name: &str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            io::stdout().is_terminal() && unset("NO_COLOR") && !dumb
        }
    }
}
