//! The files for the browser, part of the program.

use std::fmt::Write as _;

/// The page of one report.
pub(super) const REPORT: &str = include_str!("assets/report.html");
/// The page that lists reports.
pub(super) const LIST: &str = include_str!("assets/list.html");

/// A file for the browser.
pub(super) struct Asset {
    name: &'static str,
    /// Its media type.
    pub(super) kind: &'static str,
    /// Its text.
    pub(super) text: &'static str,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

macro_rules! assets {
    ($($name:literal $kind:expr),+ $(,)?) => {
        &[$(Asset { name: $name, kind: $kind, text: include_str!(concat!("assets/", $name)) }),+]
    };
}

static ASSETS: &[Asset] = assets![
    "style.css" STYLE,
    "report.css" STYLE,
    "checklist.css" STYLE,
    "icon.svg" PICTURE,
    "report.js" SCRIPT,
    "list.js" SCRIPT,
    "elements.js" SCRIPT,
    "live.js" SCRIPT,
    "pages.js" SCRIPT,
    "findings.js" SCRIPT,
    "source.js" SCRIPT,
    "editor.js" SCRIPT,
    "actions.js" SCRIPT,
];

/// Finds a file by its name.
pub(super) fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// The tag by which browsers know a file they have.
pub(super) fn tag(asset: &Asset) -> String {
    format!("\"{}\"", blake3::hash(asset.text.as_bytes()).to_hex())
}

/// A hash of all files.
pub(super) fn version() -> String {
    let mut hasher = blake3::Hasher::new();
    for text in ASSETS.iter().map(|asset| asset.text).chain([REPORT, LIST]) {
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// A text as a header can hold it.
pub(super) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
