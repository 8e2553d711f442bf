//! Why a foreign file is not read.

use std::fmt;

/// A message in Chinese for people: what is wrong with the file and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub help: String,
}

impl Refusal {
    /// A refusal with its remedy.
    pub fn new(reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { reason: reason.into(), help: help.into() }
    }

    pub(crate) fn too_large(reason: String) -> Self {
        Self::new(
            format!("{reason}，超过了年度报告可能有的大小"),
            "这不像年度报告；请核对是否给错了文件，或者只把报告另存为一个文件",
        )
    }

    pub(crate) fn torn(kind: &str, cause: impl fmt::Display) -> Self {
        Self::new(
            format!("{kind} 文件已损坏，读不下去（{cause}）"),
            "请用原来的软件打开，另存一份再试",
        )
    }

    pub(crate) fn encrypted(kind: &str) -> Self {
        Self::new(
            format!("{kind} 文件加了密码，读不了"),
            "请用原来的软件打开，去掉密码另存一份再试",
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}；{}", self.reason, self.help)
    }
}

impl std::error::Error for Refusal {}
