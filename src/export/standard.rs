//! PDF standards by name: which there are, which go together, and what typst must be told.

use std::fmt;
use std::str::FromStr;

use typst_pdf::{PdfStandard, PdfStandards};

/// A choice of PDF standards that go together.
#[derive(Debug, Clone)]
pub struct Standards {
    chosen: Vec<&'static Standard>,
    typst: PdfStandards,
}

impl Standards {
    /// The names of the standards, in the order they were given, joined by commas.
    pub fn name(&self) -> String {
        self.chosen.iter().map(|standard| standard.name).collect::<Vec<_>>().join(",")
    }

    /// The names people see, such as `PDF/A-2a`.
    pub fn labels(&self) -> Vec<&'static str> {
        self.chosen.iter().map(|standard| standard.label).collect()
    }

    /// All names that can be given, for help texts.
    pub fn names() -> impl Iterator<Item = &'static str> {
        STANDARDS.iter().map(|standard| standard.name)
    }

    /// Whether a file may be put into the PDF.
    ///
    /// # Errors
    /// The standard that forbids it, with what to do.
    pub fn take_files(&self) -> Result<(), StandardsError> {
        let forbids = |standard: &&&Standard| match standard.family {
            Family::Archive1 | Family::Archive2 => true,
            Family::Archive4 => standard.name != "a-4f",
            _ => false,
        };
        match self.chosen.iter().find(forbids) {
            Some(standard) => Err(StandardsError::NoFiles(standard.label)),
            None => Ok(()),
        }
    }

    pub(super) fn typst(&self) -> PdfStandards {
        self.typst.clone()
    }

    /// Whether a standard of this family, such as `A-1`, is among them.
    pub(super) fn has(&self, family: Family) -> bool {
        self.chosen.iter().any(|standard| standard.family == family)
    }
}

impl Default for Standards {
    /// PDF/A-2a for the archive and PDF/UA-1 for readers who cannot see the page.
    fn default() -> Self {
        "a-2a,ua-1".parse().expect("the default standards go together")
    }
}

impl PartialEq for Standards {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl FromStr for Standards {
    type Err = StandardsError;

    /// Reads names separated by commas, such as `a-2a,ua-1`.
    fn from_str(text: &str) -> Result<Self, StandardsError> {
        let mut chosen: Vec<&'static Standard> = Vec::new();
        for name in text.split([',', '，']).map(str::trim).filter(|name| !name.is_empty()) {
            let standard = find(name).ok_or_else(|| StandardsError::Unknown(name.to_owned()))?;
            if !chosen.iter().any(|other| other.name == standard.name) {
                chosen.push(standard);
            }
        }
        if chosen.is_empty() {
            return Err(StandardsError::Empty);
        }
        clash(&chosen)?;
        let list: Vec<_> = chosen.iter().map(|standard| standard.typst).collect();
        let typst = PdfStandards::new(&list).map_err(|error| {
            StandardsError::Refused(text.to_owned(), error.message().to_string())
        })?;
        Ok(Standards { chosen, typst })
    }
}

/// Why a list of standards cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandardsError {
    /// The list names nothing.
    Empty,
    /// There is no standard of this name.
    Unknown(String),
    /// Two of one kind: their labels and the kind.
    SameKind(&'static str, &'static str, &'static str),
    /// No PDF version satisfies both: their labels and the versions each asks for.
    Versions(&'static str, String, &'static str, String),
    /// The standard forbids files inside the PDF.
    NoFiles(&'static str),
    /// The list and typst's reason.
    Refused(String, String),
}

impl fmt::Display for StandardsError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            StandardsError::Empty => write!(f, "没有给出 PDF 标准；例如 --standard a-2a,ua-1"),
            StandardsError::Unknown(name) => {
                let names: Vec<_> = Standards::names().collect();
                write!(f, "没有“{name}”这个 PDF 标准；可用的有 {}", names.join("、"))
            }
            StandardsError::SameKind(one, other, kind) => {
                write!(f, "{one} 和 {other} 不能同时使用：{kind}只能选一个")
            }
            StandardsError::Versions(one, first, other, second) => write!(
                f,
                "{one} 和 {other} 不能同时使用：{one} 要求 PDF {first}，{other} 要求 PDF {second}；请去掉其中一个"
            ),
            StandardsError::NoFiles(standard) => write!(
                f,
                "{standard} 不允许在 PDF 里附文件；--attach-data 请与 --standard a-3a,ua-1 一起用"
            ),
            StandardsError::Refused(list, reason) => {
                write!(f, "PDF 标准“{list}”不能这样组合（{reason}）")
            }
        }
    }
}

impl std::error::Error for StandardsError {}

/// What kind of standard it is; of each kind a file has at most one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Version,
    Archive1,
    Archive2,
    Archive3,
    Archive4,
    Access,
}

impl Family {
    fn kind(self) -> &'static str {
        match self {
            Family::Version => "PDF 版本",
            Family::Access => "PDF/UA 标准",
            _ => "PDF/A 标准",
        }
    }
}

#[derive(Debug)]
struct Standard {
    name: &'static str,
    label: &'static str,
    family: Family,
    /// The lowest and highest PDF version it allows, in tenths.
    versions: (u8, u8),
    typst: PdfStandard,
}

const STANDARDS: [Standard; 17] = [
    standard("a-1b", "PDF/A-1b", Family::Archive1, (14, 14), PdfStandard::A_1b),
    standard("a-1a", "PDF/A-1a", Family::Archive1, (14, 14), PdfStandard::A_1a),
    standard("a-2b", "PDF/A-2b", Family::Archive2, (14, 17), PdfStandard::A_2b),
    standard("a-2u", "PDF/A-2u", Family::Archive2, (14, 17), PdfStandard::A_2u),
    standard("a-2a", "PDF/A-2a", Family::Archive2, (14, 17), PdfStandard::A_2a),
    standard("a-3b", "PDF/A-3b", Family::Archive3, (14, 17), PdfStandard::A_3b),
    standard("a-3u", "PDF/A-3u", Family::Archive3, (14, 17), PdfStandard::A_3u),
    standard("a-3a", "PDF/A-3a", Family::Archive3, (14, 17), PdfStandard::A_3a),
    standard("a-4", "PDF/A-4", Family::Archive4, (20, 20), PdfStandard::A_4),
    standard("a-4f", "PDF/A-4f", Family::Archive4, (20, 20), PdfStandard::A_4f),
    standard("a-4e", "PDF/A-4e", Family::Archive4, (20, 20), PdfStandard::A_4e),
    standard("ua-1", "PDF/UA-1", Family::Access, (14, 17), PdfStandard::Ua_1),
    standard("1.4", "PDF 1.4", Family::Version, (14, 14), PdfStandard::V_1_4),
    standard("1.5", "PDF 1.5", Family::Version, (15, 15), PdfStandard::V_1_5),
    standard("1.6", "PDF 1.6", Family::Version, (16, 16), PdfStandard::V_1_6),
    standard("1.7", "PDF 1.7", Family::Version, (17, 17), PdfStandard::V_1_7),
    standard("2.0", "PDF 2.0", Family::Version, (20, 20), PdfStandard::V_2_0),
];

const fn standard(
    name: &'static str,
    label: &'static str,
    family: Family,
    versions: (u8, u8),
    typst: PdfStandard,
) -> Standard {
    Standard { name, label, family, versions, typst }
}

/// Finds a standard by its name, also as people write it: `PDF/A-2a`, `A2A`, `ua1`.
fn find(name: &str) -> Option<&'static Standard> {
    let bare = |name: &str| {
        let lower = name.to_lowercase().replace(['-', '/', ' '], "");
        lower.strip_prefix("pdf").map(str::to_owned).unwrap_or(lower)
    };
    STANDARDS.iter().find(|standard| bare(standard.name) == bare(name))
}

fn clash(chosen: &[&'static Standard]) -> Result<(), StandardsError> {
    for (at, one) in chosen.iter().enumerate() {
        for other in &chosen[at + 1..] {
            if one.family.kind() == other.family.kind() {
                return Err(StandardsError::SameKind(one.label, other.label, one.family.kind()));
            }
            let lowest = one.versions.0.max(other.versions.0);
            if lowest > one.versions.1.min(other.versions.1) {
                return Err(StandardsError::Versions(
                    one.label,
                    range(one),
                    other.label,
                    range(other),
                ));
            }
        }
    }
    Ok(())
}

fn range(standard: &Standard) -> String {
    let version = |tenths: u8| format!("{}.{}", tenths / 10, tenths % 10);
    match standard.versions {
        (low, high) if low == high => version(low),
        (low, high) => format!("{}–{}", version(low), version(high)),
    }
}

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = (&'static str, PdfStandard)> {
    STANDARDS.iter().map(|standard| (standard.name, standard.typst))
}
