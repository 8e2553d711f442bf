//! Official labels and the keys they stand for, to correct Chinese keys.

use std::collections::BTreeSet;

/// Official labels and the keys they stand for, to correct a Chinese key.
#[derive(Debug, Clone, Default)]
pub struct KeyNames {
    pairs: Vec<(String, String)>,
    /// Keys whose value is a figure or a row of figures.
    figures: BTreeSet<String>,
}

impl KeyNames {
    /// Collects pairs of label and key.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs = pairs.into_iter().map(|(label, key)| (bare_label(label), key.to_owned()));
        let pairs = pairs.filter(|(label, _)| !label.is_empty()).collect();
        Self { pairs, figures: BTreeSet::new() }
    }

    /// Adds the keys whose value is a figure or a row of figures.
    pub fn with_figures<'a>(mut self, keys: impl IntoIterator<Item = &'a str>) -> Self {
        self.figures.extend(keys.into_iter().map(str::to_owned));
        self
    }

    /// Whether the value of a key is a figure or a row of figures.
    pub fn is_figure(&self, key: &str) -> bool {
        self.figures.contains(key)
    }

    /// The label of a key, without its number; none when several keys of one name have different labels.
    pub fn label(&self, key: &str) -> Option<&str> {
        let mut labels =
            self.pairs.iter().filter(|(_, known)| known == key).map(|(label, _)| label);
        let first = labels.next()?;
        labels.all(|label| label == first).then_some(first)
    }

    /// Puts the names of several formats together.
    pub fn merged(all: impl IntoIterator<Item = Self>) -> Self {
        let mut merged = Self::default();
        for names in all {
            merged.pairs.extend(names.pairs);
            merged.figures.extend(names.figures);
        }
        merged.pairs.sort();
        merged.pairs.dedup();
        merged
    }

    /// Returns the key of a label; numbering and brackets do not matter, nor does a missing part of a long label
    /// as long as only one key fits.
    pub fn key(&self, label: &str) -> Option<&str> {
        let wanted = bare_label(label);
        if wanted.is_empty() {
            return None;
        }
        if let Some((_, key)) = self.pairs.iter().find(|(label, _)| *label == wanted) {
            return Some(key);
        }
        let mut fitting = self
            .pairs
            .iter()
            .filter(|(label, _)| label.contains(&wanted) || wanted.contains(label.as_str()))
            .map(|(_, key)| key.as_str());
        let first = fitting.next()?;
        fitting.all(|key| key == first).then_some(first)
    }
}

/// A label without numbering, brackets and their content, spaces and signs.
fn bare_label(label: &str) -> String {
    let mut depth = 0usize;
    let mut bare = String::new();
    for c in label.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            '、' | '.' if bare.chars().all(is_numbering) => bare.clear(),
            _ if depth == 0 && c.is_alphanumeric() => bare.push(c),
            _ => {}
        }
    }
    bare
}

fn is_numbering(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_need_no_numbering() {
        let names = KeyNames::new([
            ("二、上年结转政府信息公开申请数量", "carried_over"),
            ("（一）予以公开", "granted"),
        ]);
        assert_eq!(names.key("上年结转"), Some("carried_over"));
        assert_eq!(names.key("（一）予以公开"), Some("granted"));
        assert_eq!(names.key("无此项"), None);
    }
}
