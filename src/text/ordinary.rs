//! The ordinary character for one that only looks like it.
//!
//! Text copied out of a PDF holds radicals (U+2F00 KANGXI RADICAL ONE for 一) and compatibility ideographs: on paper
//! they look right, but no search and no rule finds them. Rules read the ordinary ones; what is printed is left
//! to the writer, who is told by `TEXT-CHARS`.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Radicals that Unicode gives no decomposition, each before the character that it equals (`EquivalentUnifiedIdeograph`
/// of Unicode 14): ⻅ for 见 comes out of PDFs as often as a Kangxi radical.
const RADICALS: &[&str] = &[
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺒巳",
    "⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬",
    "⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺫目⺬示⺭礻⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺶羊",
    "⺹耂⺺肀⺻聿⺼肉⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车",
    "⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞",
    "⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿",
    "⻯竜⻰龙⻱龜⻲亀⻳龟",
];

/// Returns the ordinary character for a radical, a compatibility ideograph, or a styled letter or digit; none for
/// all others. Punctuation, circled numbers and units of measurement are no look-alikes.
pub fn ordinary(c: char) -> Option<char> {
    let ordinary = match c {
        '\u{2E80}'..='\u{2EFF}' => radical(c)?,
        '\u{2F00}'..='\u{2FDF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{2F800}'..='\u{2FA1F}'
        | '\u{1D400}'..='\u{1D7FF}' => only(std::iter::once(c).nfkc())?,
        _ => return None,
    };
    (ordinary != c).then_some(ordinary)
}

fn radical(c: char) -> Option<char> {
    let pairs = RADICALS.iter().flat_map(|row| {
        let chars = row.chars();
        chars.clone().step_by(2).zip(chars.skip(1).step_by(2))
    });
    pairs.into_iter().find_map(|(from, to)| (from == c).then_some(to))
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// The text as rules read it.
pub fn ordinary_text(text: &str) -> Cow<'_, str> {
    // No look-alike is below U+2E80, and most texts hold none at all.
    if text.chars().all(|c| ordinary(c).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| ordinary(c).unwrap_or(c)).collect())
}

/// Whether a character takes no room and says nothing: zero-width, bidirectional and variation marks, soft hyphens.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes() {
        for (from, to) in [
            ('\u{2F00}', Some('一')),
            ('\u{2F54}', Some('水')),
            ('\u{2EC5}', Some('见')),
            ('\u{2EA0}', Some('民')),
            ('\u{F981}', Some('女')),
            ('\u{2F800}', Some('丽')),
            ('\u{1D7D0}', Some('2')),
            // A unified ideograph among the compatibility ones.
            ('\u{FA0E}', None),
            ('①', None),
            ('㎡', None),
            ('，', None),
            ('水', None),
        ] {
            assert_eq!(ordinary(from), to, "U+{:04X}", from as u32);
        }
        assert!(matches!(ordinary_text("收到申请12件"), Cow::Borrowed(_)));
        assert_eq!(ordinary_text("\u{2F00}件"), "一件");
    }
}
