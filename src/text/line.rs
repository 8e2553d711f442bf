//! What a line of a text is: a paragraph, a `### 小标题`, an image, a row of a pipe table.
//!
//! In: the decoded text of a field, one paragraph a line. Out: its lines with their places and what they say. The document prints
//! by this grammar, and the rules about pasted text find what nearly follows it.

/// A line that is an image: `![caption](target)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    /// What stands under it; may be empty.
    pub caption: &'a str,
    /// A file, or `chart:NAME`.
    pub target: &'a str,
}

impl<'a> Image<'a> {
    /// The name of the chart that it places.
    pub fn chart(&self) -> Option<&'a str> {
        self.target.strip_prefix("chart:")
    }
}

/// Reads a line that consists of one image.
pub fn image(line: &str) -> Option<Image<'_>> {
    let inner = line.trim().strip_prefix("![")?;
    let (caption, rest) = inner.split_once("](")?;
    let target = rest.strip_suffix(')')?.trim();
    (!target.is_empty() && is_balanced(target)).then_some(Image { caption: caption.trim(), target })
}

/// Whether every bracket has its partner: a second copy of a download is called `首页(1).png`.
fn is_balanced(target: &str) -> bool {
    let mut depth = 0i32;
    target.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth >= 0
    }) && depth == 0
}

/// Reads the text of a third-level heading.
pub fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start().strip_prefix("### ")?.trim();
    (!text.is_empty()).then_some(text)
}

/// Lines with their byte offsets, line ends removed.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let at = start;
        start += line.len() + 1;
        (at, line.trim_end_matches('\r'))
    })
}

/// Removes the spaces that people indent with.
pub fn trim(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || c == '\u{3000}' || c == '\u{A0}')
}

/// The number of lines at the beginning that form a pipe table: a head, a rule of dashes, rows.
pub fn table_rows(lines: &[(usize, &str)]) -> usize {
    match lines {
        [(_, head), (_, rule), ..] if is_row(head) && is_rule(rule) => {
            2 + lines[2..].iter().take_while(|(_, line)| is_row(line)).count()
        }
        _ => 0,
    }
}

fn is_row(line: &str) -> bool {
    line.trim().starts_with('|') && line.trim().len() > 1
}

fn is_rule(line: &str) -> bool {
    is_row(line) && line.contains('-') && line.trim().chars().all(|c| "|-: ".contains(c))
}

/// The cells of a row of a pipe table.
pub fn cells(line: &str) -> Vec<&str> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    line.split('|').map(trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_stand_alone() {
        assert_eq!(image(" ![图](a.png) ").expect("an image").target, "a.png");
        assert_eq!(image("![图](chart:x)").expect("an image").chart(), Some("x"));
        assert_eq!(image("![首页](首页(1).png)").expect("an image").target, "首页(1).png");
        assert!(image("见![图](a.png)").is_none());
        assert!(image("![图](a.png) ![图](b.png)").is_none());
    }

    #[test]
    fn tables_need_a_rule() {
        let rows = |text: &str| table_rows(&lines(text).collect::<Vec<_>>());
        assert_eq!(rows("| a | b |\n|---|:-:|\n| 1 | 2 |\n完"), 3);
        assert_eq!(rows("| a | b |\n| 1 | 2 |"), 0);
    }
}
