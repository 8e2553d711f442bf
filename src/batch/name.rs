//! Names of output files by a pattern.

use std::fmt;
use std::str::FromStr;

use super::facts::Facts;

/// How output files are named: `{agency}`, `{year}` and `{name}` (the data file's name) stand for their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(String);

/// A pattern that cannot be used: a message in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameError(pub String);

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NameError {}

const FIELDS: [&str; 3] = ["agency", "year", "name"];

/// Longest file name, in bytes, that file systems accept, less the extension and room for temporary names.
const LONGEST: usize = 230;

impl Default for NamePattern {
    fn default() -> Self {
        Self("{name}".to_owned())
    }
}

impl FromStr for NamePattern {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let text = text.strip_suffix(".pdf").unwrap_or(text);
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let inner = rest[at..].strip_prefix('{').and_then(|inner| inner.split_once('}'));
            match inner {
                Some((field, after)) if FIELDS.contains(&field) => rest = after,
                _ => {
                    return Err(NameError(format!(
                        "文件名样式“{text}”里只能用 {{agency}}、{{year}}、{{name}}"
                    )));
                }
            }
        }
        if text.contains(['/', '\\']) {
            return Err(NameError(
                "文件名样式不能含有“/”“\\”：输出保持数据文件的文件夹结构".to_owned(),
            ));
        }
        if !FIELDS.iter().any(|field| text.contains(&format!("{{{field}}}"))) {
            return Err(NameError(format!(
                "文件名样式“{text}”里没有 {{agency}}、{{year}} 或 {{name}}，所有报告会同名"
            )));
        }
        Ok(Self(text.to_owned()))
    }
}

impl NamePattern {
    /// Returns the file name of a report, without extension. What the report does not tell, such as the agency of a
    /// file that cannot be read, makes it fall back to the data file's own name.
    pub(super) fn name(&self, stem: &str, facts: &Facts) -> String {
        let year = facts.year.map(|year| year.to_string()).unwrap_or_default();
        let lacks = |field: &str, value: &str| value.is_empty() && self.0.contains(field);
        if lacks("{agency}", &facts.agency) || lacks("{year}", &year) {
            return stem.to_owned();
        }
        let fill = |text: &str| {
            let mut name = String::new();
            let mut rest = text;
            while let Some((before, after)) = rest.split_once('{') {
                name.push_str(before);
                let (field, after) = after.split_once('}').unwrap_or((after, ""));
                name.push_str(match field {
                    "agency" => &facts.agency,
                    "year" => &year,
                    _ => stem,
                });
                rest = after;
            }
            name + rest
        };
        plain(&fill(&self.0))
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes a text a file name on every system.
fn plain(text: &str) -> String {
    let allowed = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c };
    let name: String = text.trim().chars().map(allowed).collect();
    let name = name.trim_end_matches(['.', ' ']);
    let name = &name[..name.floor_char_boundary(LONGEST)];
    if name.is_empty() || name.starts_with('.') { format!("_{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(agency: &str, year: Option<i32>) -> Facts {
        Facts { agency: agency.to_owned(), year, ..Facts::default() }
    }

    #[test]
    fn fields_are_filled_once() {
        let pattern: NamePattern = "{agency}{year}年报-{name}.pdf".parse().expect("a pattern");
        let facts = facts("某市{name}局/..", Some(2023));
        assert_eq!(pattern.name("a", &facts), "某市{name}局_..2023年报-a");
    }

    #[test]
    fn unknown_agencies_keep_the_name_of_their_file() {
        let pattern: NamePattern = "{agency}{year}".parse().expect("a pattern");
        assert_eq!(pattern.name("乱码", &facts("", Some(2023))), "乱码");
        assert_eq!(pattern.name("乱码", &facts("局", None)), "乱码");
    }

    #[test]
    fn patterns_are_checked() {
        for wrong in ["年报", "{agencies}", "{", "a/{name}", ""] {
            assert!(wrong.parse::<NamePattern>().is_err(), "{wrong}");
        }
    }
}
