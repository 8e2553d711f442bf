//! Official labels and the keys they stand for, to correct Chinese keys.

/// Official labels and the keys they stand for, to correct a Chinese key.
#[derive(Debug, Clone, Default)]
pub struct KeyNames {
    pairs: Vec<(String, String)>,
}

impl KeyNames {
    /// Collects pairs of label and key.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs = pairs.into_iter().map(|(label, key)| (bare_label(label), key.to_owned()));
        Self { pairs: pairs.filter(|(label, _)| !label.is_empty()).collect() }
    }

    /// Puts the names of several formats together.
    pub fn merged(all: impl IntoIterator<Item = Self>) -> Self {
        let mut pairs: Vec<(String, String)> =
            all.into_iter().flat_map(|names| names.pairs).collect();
        pairs.sort();
        pairs.dedup();
        Self { pairs }
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
