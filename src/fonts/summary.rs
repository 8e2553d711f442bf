//! What `nianbao fonts` lists: per role the faces in use.

use std::path::PathBuf;

use super::face::Face;
use super::{Fonts, Role};

/// A role and what it is set with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSummary {
    /// The role.
    pub role: Role,
    /// Its faces, in the order in which they are tried.
    pub faces: Vec<FaceSummary>,
    /// The number of characters that at least one of them has.
    pub characters: usize,
}

/// A face in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceSummary {
    /// The family as typst names it.
    pub family: String,
    /// Its file.
    pub path: PathBuf,
    /// Its place in a font collection; 0 for a single font.
    pub index: u32,
    /// Its weight, 100 to 900.
    pub weight: u16,
    /// The number of characters it has.
    pub characters: usize,
    /// Its licence, as short as it can be told.
    pub licence: String,
    /// Whether it comes from the user's folder.
    pub is_own: bool,
}

impl Fonts {
    /// Lists what each role uses.
    pub fn summary(&self) -> Vec<RoleSummary> {
        let role = |role| RoleSummary {
            role,
            faces: self.chain(role).map(|(index, face)| self.describe(index, face)).collect(),
            characters: self.characters(role).len(),
        };
        Role::ALL.into_iter().map(role).collect()
    }

    fn describe(&self, index: usize, face: &Face) -> FaceSummary {
        FaceSummary {
            family: face.info.family.clone(),
            path: face.path.clone(),
            index: face.index,
            weight: face.info.variant.weight.to_number(),
            characters: face.characters().len(),
            licence: licence(face),
            is_own: index >= self.shipped,
        }
    }
}

/// Longest licence text shown as it stands.
const LONGEST_LICENCE: usize = 40;

fn licence(face: &Face) -> String {
    let text = face.licence.as_deref().unwrap_or_default().trim();
    let known = [
        ("Open Font License", "OFL-1.1"),
        ("GPL-3.0 with font exception", "GPL-3.0（附字体例外）"),
    ];
    if let Some((_, short)) = known.iter().find(|(mark, _)| text.contains(mark)) {
        return (*short).to_owned();
    }
    match text.char_indices().nth(LONGEST_LICENCE) {
        None if text.is_empty() => "字体未注明".to_owned(),
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
