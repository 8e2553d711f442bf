//! `SECTION`: a customary section that is left out, a heading with nothing under it.

use serde::Deserialize;

use super::page::Kind;
use super::{Page, Place, Rule, Slip};

/// Its words and thresholds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sections {
    /// Sections of a part that show that its customary division is used.
    least_given: usize,
    /// The customary sections, with words by which another heading covers one.
    customary: Vec<Customary>,
}

/// A customary section.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Customary {
    path: String,
    words: Vec<String>,
}

impl Rule for Sections {
    fn check(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        self.left_out(page, slips);
        for (index, section) in page.sections.iter().enumerate() {
            if section.is_given && section.is_blank && !section.heading.is_empty() {
                let slip = Slip::new("SECTION", "empty", Place::Section(index));
                slips.push(slip.with("heading", section.own_heading.unwrap_or(section.heading)));
            }
        }
        for (index, passage) in page.bodies() {
            let mut lines = passage.lines.iter().filter(|line| line.kind != Kind::Blank).peekable();
            while let Some(line) = lines.next() {
                let follows = lines.peek().is_some_and(|next| next.kind != Kind::Heading);
                if line.kind == Kind::Heading && !follows {
                    let slip =
                        Slip::new("SECTION", "heading_only", Place::Text(index, line.range()));
                    slips.push(slip.with("heading", line.text.trim_start_matches("### ")));
                }
            }
        }
    }
}

impl Sections {
    fn left_out(&self, page: &Page<'_>, slips: &mut Vec<Slip>) {
        let customary = |path: &str| self.customary.iter().any(|section| section.path == path);
        let given = page
            .sections
            .iter()
            .filter(|section| section.is_given && !section.is_blank && customary(&section.path));
        if given.count() < self.least_given {
            return;
        }
        for (index, section) in page.sections.iter().enumerate() {
            let known = self.customary.iter().find(|known| known.path == section.path);
            let Some(known) = known.filter(|_| !section.is_given) else { continue };
            if self.is_covered(page, known) {
                continue;
            }
            let slip = Slip::new("SECTION", "left_out", Place::Section(index))
                .with("heading", section.heading)
                .with("part", section.part_heading)
                .with("key", section.path.rsplit('.').next().unwrap_or(&section.path));
            slips.push(slip);
        }
    }

    /// Whether another heading of the part speaks of what the section is about.
    fn is_covered(&self, page: &Page<'_>, known: &Customary) -> bool {
        let says = |heading: &str| known.words.iter().any(|word| heading.contains(word.as_str()));
        let part = known.path.split('.').next().unwrap_or("");
        let headings = page
            .sections
            .iter()
            .filter(|section| {
                section.part == part && section.is_given && section.path != known.path
            })
            .map(|section| section.own_heading.unwrap_or(section.heading));
        let mut inside = page
            .bodies()
            .filter(|(_, passage)| passage.path.split('.').next() == Some(part))
            .flat_map(|(_, passage)| &passage.lines);
        headings.into_iter().any(says)
            || inside.any(|line| match line.kind {
                Kind::Heading => says(line.text),
                // （六）教育培训 and **平台建设** on lines of their own are headings too.
                Kind::Paragraph => {
                    line.text.chars().count() <= 30 && !line.text.contains('。') && says(line.text)
                }
                _ => false,
            })
    }
}
