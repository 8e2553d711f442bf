//! Looking at the pages: with a data file they are set again and compared, without one drawn again from their tags.

use super::again::{Seen, compare_with_fresh};
use super::figures::Figures;
use super::painted::Sheets;
use super::pdf::Pdf;
use super::tables::Grid;
use super::{Finding, Original, Request, Verification, is_draft, placement, redrawn};
use crate::diagnostic::Level;
use crate::export::Standards;
use crate::format::Format;
use crate::generator::Generator;

/// How this program calls itself in the files that it makes.
const PROGRAM: &str = "nianbao ";

/// What is looked at.
pub(super) struct Look<'a> {
    pub(super) generator: &'a Generator,
    pub(super) bytes: &'a [u8],
    pub(super) pdf: &'a Pdf,
    pub(super) grids: &'a [Grid],
    pub(super) figures: Option<(&'a Format, &'a Figures)>,
}

/// What looking has shown.
pub(super) struct Shown {
    /// Whether the pages are those that this program sets.
    pub(super) own_layout: bool,
    /// The same for people.
    pub(super) words: String,
    pub(super) undecided: Vec<String>,
}

impl Look<'_> {
    /// Compares the pages with the report, or with their own tags.
    pub(super) fn at(
        &self,
        original: Option<&Original>,
        request: &Request<'_>,
        findings: &mut Vec<Finding>,
    ) -> Shown {
        match original {
            Some(original) => self.with_report(original, request, findings),
            None if is_draft(self.pdf) => self.undecided("草稿没有数据文件，画面没有核对"),
            None => self.alone(findings),
        }
    }

    fn undecided(&self, why: &str) -> Shown {
        let undecided = vec![why.to_owned()];
        Shown { own_layout: self.is_own(), words: "没有核对".to_owned(), undecided }
    }

    /// Whether the file says that this program made it.
    fn is_own(&self) -> bool {
        self.pdf.creator.as_deref().is_some_and(|creator| creator.starts_with(PROGRAM))
    }

    fn with_report(
        &self,
        original: &Original,
        request: &Request<'_>,
        findings: &mut Vec<Finding>,
    ) -> Shown {
        let differs = |one: &Finding| matches!(one.rule.as_str(), "PDF-FIGURE" | "PDF-TEXT");
        if findings.iter().any(differs) {
            return self.undecided("数字或文字已经与数据文件不同，画面没有再比对");
        }
        let standards = request.standards.clone().unwrap_or_else(|| declared(self.pdf));
        let options = (is_draft(self.pdf), &standards);
        let before = findings.len();
        let seen = compare_with_fresh(self.generator, original, self.bytes, options, findings);
        let pages = self.pdf.pages.len();
        let (own_layout, words) = match seen {
            Seen::SameBytes => (true, "与重新排出的文件逐字节相同".to_owned()),
            Seen::Same => (true, format!("{pages} 页的字形、位置、颜色和画面都与重新排出的相同")),
            Seen::Otherwise => (self.is_own(), "与重新排出的不同".to_owned()),
            Seen::Undecided => (self.is_own(), "没有核对成".to_owned()),
            Seen::OtherLayout if self.is_own() => {
                (true, format!("与重新排出的整体不同{}", self.other_version()))
            }
            Seen::OtherLayout => {
                // Another program's pages are not expected to look like ours.
                findings.truncate(before);
                let words = "不是本程序的版面".to_owned();
                let undecided =
                    vec!["画面是否与标签一致（不是本程序的版面，没有逐页比对）".to_owned()];
                return Shown { own_layout: false, words, undecided };
            }
        };
        Shown { own_layout, words, undecided: Vec::new() }
    }

    fn other_version(&self) -> String {
        let current = concat!("nianbao ", env!("CARGO_PKG_VERSION"));
        match self.pdf.creator.as_deref() {
            Some(other) if other != current => {
                format!("：文件由 {other} 生成，现在是 {current}，请重新生成后再核验")
            }
            _ => String::new(),
        }
    }

    fn alone(&self, findings: &mut Vec<Finding>) -> Shown {
        let Some(sheets) = Sheets::open(self.bytes.to_vec()) else {
            findings.push(Finding::new("PDF-PAINT", Level::Error, "页面无法解读，画面没有核对"));
            return self.undecided("画面");
        };
        let look = redrawn::Look {
            fonts: self.generator.fonts(),
            pdf: self.pdf,
            grids: self.grids,
            figures: self.figures,
            sheets: &sheets,
        };
        let before = findings.len();
        placement::check(self.pdf, self.grids, &sheets, findings);
        let redrawn = look.check(findings);
        let words = if redrawn.agrees && findings.len() == before {
            format!("按标签重画比对，{} 格数字看到的与标签一致", redrawn.cells)
        } else if self.is_own() {
            "看到的与标签不一致".to_owned()
        } else {
            // Its faces are not ours: nothing can be said against what it shows.
            findings.truncate(before);
            "不是本程序的版面，没有重画比对".to_owned()
        };
        Shown { own_layout: self.is_own(), words, undecided: redrawn.undecided }
    }
}

/// The standards that a file declares, as `build` is given them.
fn declared(pdf: &Pdf) -> Standards {
    let declared = pdf.xmp.as_ref().map(|xmp| xmp.standards()).unwrap_or_default();
    let names: Vec<String> =
        declared.iter().map(|name| name.trim_start_matches("PDF/").to_lowercase()).collect();
    let names = if names.is_empty() { pdf.version.clone() } else { names.join(",") };
    names.parse().unwrap_or_default()
}

/// Most findings that are kept of one file; a hostile one has thousands that all say the same.
pub(super) const MOST_FINDINGS: usize = 500;

/// Cuts the findings of a file to a number that can be read, and says how many there were.
pub(super) fn cut(verification: &mut Verification) {
    let more = verification.findings.len().saturating_sub(MOST_FINDINGS);
    if more > 0 {
        verification.findings.truncate(MOST_FINDINGS);
        let message = format!("还有 {more} 处没有列出");
        verification.findings.push(Finding::new("PDF-MORE", Level::Error, message));
    }
}
