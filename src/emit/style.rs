//! Colours of the human form, or none.

use anstyle::{AnsiColor, Style};

use crate::diagnostic::Level;

/// Paints pieces of text, when colours are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Paint {
    color: bool,
}

impl Paint {
    /// Paints, or leaves everything as it is.
    pub fn new(color: bool) -> Self {
        Self { color }
    }

    /// The colour of a level: its name and its carets.
    pub fn level(self, level: Level, text: &str) -> String {
        let color = match level {
            Level::Error => AnsiColor::BrightRed,
            Level::Warning => AnsiColor::BrightYellow,
            Level::Note => AnsiColor::BrightCyan,
        };
        self.styled(color.on_default().bold(), text)
    }

    /// Text that stands out: headlines.
    pub fn strong(self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    /// The frame around an excerpt and the marks of operands.
    pub fn frame(self, text: &str) -> String {
        self.styled(AnsiColor::BrightBlue.on_default(), text)
    }

    /// What is right, or to be pasted.
    pub fn good(self, text: &str) -> String {
        self.styled(AnsiColor::Green.on_default(), text)
    }

    /// What counts less.
    pub fn faint(self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}
