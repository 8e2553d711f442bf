//! How much of a text is another text.
//!
//! In: two texts. Out: the share of one's runs of four characters that the other has too. Digits and
//! punctuation do not count, so that a new year or number does not hide a copy. The runs of the other
//! text are kept as bits of a field 64 times as large, so about one run in a hundred may be taken for
//! another; a share of three quarters is far from that.

const RUN: usize = 4;

/// Returns how many per cent of the runs of `text` stand in `other`, and how many characters count.
pub fn common(text: &str, other: &str) -> (u32, usize) {
    let (text, other) = (letters(text), letters(other));
    if text.len() < RUN || other.len() < RUN {
        return (0, text.len());
    }
    let size = (other.len() * 64).next_power_of_two();
    let mut bits = vec![0u64; size / 64];
    for run in other.windows(RUN) {
        let place = hash(run) & (size - 1);
        bits[place / 64] |= 1 << (place % 64);
    }
    let shared = text.windows(RUN).filter(|run| {
        let place = hash(run) & (size - 1);
        bits[place / 64] & 1 << (place % 64) != 0
    });
    let percent = shared.count() * 100 / (text.len() - RUN + 1);
    (u32::try_from(percent).unwrap_or(100), text.len())
}

fn letters(text: &str) -> Vec<u32> {
    let is_numeral =
        |c| matches!(c, '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十');
    let counts = |c: &char| {
        matches!(c, '\u{4E00}'..='\u{9FFF}') && !is_numeral(*c) || c.is_ascii_alphabetic()
    };
    text.chars().filter(counts).map(u32::from).collect()
}

/// A multiplicative hash whose high bits are mixed down.
fn hash(run: &[u32]) -> usize {
    let mixed = run.iter().fold(0u64, |hash, &c| {
        (hash ^ u64::from(c)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    });
    (mixed ^ (mixed >> 32)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        let text = "部分科室对公开时限的要求把握不准，信息分类还不够科学合理，群众查找起来不方便。";
        assert_eq!(common(text, text).0, 100);
        assert_eq!(common(&format!("2023年{text}"), &format!("2022年{text}")).0, 100);
        let other =
            "解读材料专业术语偏多，老年群体反映看不懂；线下公开点数量少，乡镇覆盖不到一半。";
        assert!(common(text, other).0 < 10);
        assert_eq!(common("无", "无"), (0, 1));
        let half = "部分科室对公开时限的要求把握不准，解读材料专业术语偏多，老年群体反映看不懂。";
        assert!((20..70).contains(&common(text, half).0));
    }
}
