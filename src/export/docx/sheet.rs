//! The sheet in the units of a Word document: twentieths of a point, and the grid of lines and characters.

use super::super::setting;

/// Twips to a millimetre.
const PER_MILLIMETRE: f64 = 1440.0 / 25.4;
/// Twips to a point.
const PER_POINT: f64 = 20.0;

/// Paper, margins, grid and sizes of type of a format. Lengths in twips, sizes in half points.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sheet {
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) top: i64,
    pub(super) right: i64,
    pub(super) bottom: i64,
    pub(super) left: i64,
    /// Distance of the page number's lower edge from that of the paper.
    pub(super) footer: i64,
    /// Distance of a draft's mark from the upper edge of the paper.
    pub(super) header: i64,
    /// Height of a line of the grid.
    pub(super) line: i64,
    /// What a character of the grid is wider than the body type, in 4096ths of a point.
    pub(super) character_space: i64,
    /// Width of a character of the grid.
    pub(super) character: i64,
    pub(super) title: i64,
    pub(super) body: i64,
    pub(super) table: i64,
    pub(super) number: i64,
}

impl Sheet {
    /// Reads the page settings of a format (`[page]`: mm, sizes in points); what it lacks is that of GB/T 9704.
    pub(super) fn of(page: &toml::Table) -> Self {
        let setting = |key: &str, usual: f64| setting(page, key, usual);
        let length = |key: &str, usual: f64| setting(key, usual) * PER_MILLIMETRE;
        let half_points = |key: &str, usual: f64| rounded(setting(key, usual) * 2.0);
        let (width, height) = (length("width", 210.0), length("height", 297.0));
        let (top, right) = (length("top", 37.0), length("right", 26.0));
        let (bottom, left) = (length("bottom", 35.0), length("left", 28.0));
        let body = setting("body_size", 16.0);
        let character = (width - left - right) / setting("characters", 28.0) / PER_POINT;
        let number = setting("number_size", 14.0) * PER_POINT;
        // The dashes of the page number stand this far under the text area, in the middle of their line.
        let footer = bottom - length("number_gap", 7.0) - number / 2.0;
        Self {
            width: rounded(width),
            height: rounded(height),
            top: rounded(top),
            right: rounded(right),
            bottom: rounded(bottom),
            left: rounded(left),
            footer: rounded(footer),
            header: rounded(top / 2.0),
            // Rounded down: of lines half a twip too high one fewer fits the page.
            line: whole((height - top - bottom) / setting("lines", 22.0)),
            character_space: rounded((character - body) * 4096.0),
            character: rounded(character * PER_POINT),
            title: half_points("title_size", 22.0),
            body: half_points("body_size", 16.0),
            table: half_points("table_size", 10.5),
            number: half_points("number_size", 14.0),
        }
    }

    /// Width of the text area.
    pub(super) fn text_width(&self) -> i64 {
        self.width - self.left - self.right
    }
}

/// A share of a width, whole.
pub(super) fn share_of(width: i64, share: f64) -> i64 {
    rounded(i32::try_from(width).map_or(0.0, f64::from) * share)
}

fn rounded(value: f64) -> i64 {
    whole(value.round())
}

/// The whole number below; lengths of paper are far from the limits of the type.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
fn whole(value: f64) -> i64 {
    value.floor() as i64
}

/// About how wide a text is, in halves of a character: what is not ASCII is as wide as a hanzi.
pub(super) fn half_characters(text: &str) -> i64 {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customary_sheet() {
        let sheet = Sheet::of(&toml::Table::new());
        assert_eq!((sheet.width, sheet.height), (11906, 16838));
        assert_eq!([sheet.top, sheet.right, sheet.bottom, sheet.left], [2098, 1474, 1984, 1587]);
        assert_eq!((sheet.line, (sheet.height - sheet.top - sheet.bottom) / sheet.line), (579, 22));
        // 156 mm by 28 is 15.793 pt, 0.207 pt less than 16 pt, in parts of 4096.
        assert_eq!(sheet.character_space, -848);
        assert_eq!((sheet.title, sheet.body, sheet.table, sheet.number), (44, 32, 21, 28));
    }
}
