//! Texts of files made harmless for where they are shown: one function for each kind of place.
//!
//! Titles, names of files, figures and whole lines come from other people. On a terminal they could move the cursor,
//! write the clipboard or turn the direction of reading; in the log of a build server, give it orders; on a page,
//! become a part of it. Nothing is left out: what would act is shown as its code point.

/// Orders that build servers take from any line of a log: `::error …` at its start, `##[…` anywhere.
const ORDER: &str = "##[";

/// A text as one line for people: line ends and tabs become spaces, what a terminal would act on or hide shows its
/// code point.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        match char {
            '\n' | '\t' => shown.push(' '),
            '\r' => {}
            _ => push_visible(&mut shown, &text[at..]),
        }
    }
    shown
}

/// Text of several lines for a terminal; the colours that this program sets stay.
pub fn block(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut skip = 0;
    for (at, char) in text.char_indices() {
        if at < skip {
            continue;
        }
        match char {
            '\n' | '\t' => shown.push(char),
            '\u{1B}' => match style(&text[at..]) {
                Some(style) => {
                    shown.push_str(style);
                    skip = at + style.len();
                }
                None => push_visible(&mut shown, &text[at..]),
            },
            _ => push_visible(&mut shown, &text[at..]),
        }
    }
    shown
}

/// A colour or weight (`ESC [ 1 ; 31 m`) at the start of a text.
fn style(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("\u{1B}[")?;
    let length = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    (rest.as_bytes()[length] == b'm').then(|| &text[..2 + length + 1])
}

/// A JSON document in which no string holds anything that a terminal or a build server would act on; its values are
/// the same.
pub fn json(document: &str) -> String {
    let mut shown = String::with_capacity(document.len());
    for (at, char) in document.char_indices() {
        // Line ends stand between the values only: inside a string they are escaped already.
        if (is_hidden(char) && char != '\n') || document[at..].starts_with(ORDER) {
            let mut units = [0; 2];
            for unit in char.encode_utf16(&mut units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(char);
        }
    }
    shown
}

/// The text of a workflow command of GitHub; its lines and tabs stay.
pub fn command_text(text: &str) -> String {
    let words = |line: &str| line.split('\t').map(plain).collect::<Vec<_>>().join("\t");
    let lines: Vec<String> = text.split('\n').map(words).collect();
    lines.join("\n").replace('%', "%25").replace('\n', "%0A")
}

/// A property of a workflow command, such as a file's name.
pub fn command_property(text: &str) -> String {
    command_text(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text inside an element or a quoted attribute of a page.
pub fn html(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            '\n' | '\t' => shown.push(char),
            '\r' => {}
            _ if is_hidden(char) => shown.push_str(&format!("&lt;U+{:04X}&gt;", u32::from(char))),
            _ => shown.push(char),
        }
    }
    shown
}

/// Appends the first character of a text, or its code point where it would act or show nothing.
pub fn push_visible(out: &mut String, text: &str) {
    let Some(char) = text.chars().next() else { return };
    if is_hidden(char) || gives_orders(text) {
        out.push_str(&format!("<U+{:04X}>", u32::from(char)));
    } else {
        out.push(char);
    }
}

fn gives_orders(text: &str) -> bool {
    let command = text.strip_prefix("::");
    text.starts_with(ORDER)
        || command.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Control characters, zero-width spaces and joiners, tags, fillers, and marks that turn the direction of writing;
/// not the variation selectors, which rare hanzi in names need.
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character that acts on a terminal or turns the direction of writing, and orders to a build server.
    fn nasty() -> impl Iterator<Item = String> {
        let characters = ('\0'..='\u{10FFFF}').filter(|&char| is_hidden(char));
        let bidi = "\u{61C}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}";
        assert!(bidi.chars().all(is_hidden));
        let orders =
            ["::error::x", "##[error]x", "\u{1B}]52;c;eA==\u{7}", "\u{1B}[2J", "\u{9B}31m"];
        characters.map(|char| format!("甲{char}乙")).chain(orders.map(str::to_owned))
    }

    fn is_quiet(text: &str) -> bool {
        !text.chars().any(is_hidden)
            && !text.trim_start().starts_with("::")
            && !text.contains(ORDER)
    }

    #[test]
    fn nothing_acts_in_any_place() {
        for text in nasty() {
            assert!(is_quiet(&plain(&text)), "{text:?}");
            assert!(is_quiet(&block(&text).replace(['\n', '\t'], "")), "{text:?}");
            for shown in [command_text(&text), command_property(&text)] {
                assert!(is_quiet(&shown.replace('\t', "")), "{text:?}");
            }
            let page = html(&format!("<a href=\"{text}\">'"));
            assert!(!page.replace(['\n', '\t'], "").contains(is_hidden) && !page.contains('<'));
            let document = format!("{:#}", serde_json::json!({&text: [&text]}));
            let shown = json(&document);
            assert!(is_quiet(&shown.replace('\n', "")), "{shown:?}");
            let back: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
            assert_eq!(back, serde_json::json!({&text: [&text]}));
        }
    }

    #[test]
    fn ordinary_text_stays() {
        let text = "“某市”：1::2、##、<b>𠮷 a::b？";
        assert_eq!(plain(text).replace("<U+003A>", ":"), text);
        let colored = "\u{1B}[1m\u{1B}[31m错误\u{1B}[0m\n";
        assert_eq!(block(colored), colored);
        assert_eq!(plain("a\u{1b}[31mb\u{200b}\u{202e}"), "a<U+001B>[31mb<U+200B><U+202E>");
        assert_eq!(block("\u{1B}[2J"), "<U+001B>[2J");
    }
}
