//! Typefaces: from folders to roles, coverage, and a font book in a fixed order.
//!
//! In: the folder of the shipped set and, if the user has one, a folder of their own faces. Out: [`Fonts`], which
//! tells for each role what is used, which characters it lacks, and serves the faces to the typesetter. Nothing
//! else is ever used: no system font, no font inside the program.

mod charset;
mod coverage;
mod face;
mod folder;
mod intact;
mod role;
mod summary;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use typst::text::{Font, FontBook, FontVariant, FontWeight};
use typst::utils::{LazyHash, hash128};

use self::charset::CharSet;
use self::face::{Face, Trouble};
use self::folder::font_files;
use self::intact::{Listed, wrong_outlines};
use self::role::WANTED;

pub use self::coverage::{Lack, Lacking};
pub use self::folder::{FONTS_VARIABLE, Places, find_folder};
pub use self::role::Role;
pub use self::summary::{FaceSummary, RoleSummary};

/// All faces a report may be set with.
///
/// Shared by all threads. Faces are listed once and in a fixed order, so the same folders give the same pages.
pub struct Fonts {
    folder: PathBuf,
    book: LazyHash<FontBook>,
    faces: Vec<Face>,
    /// Where the user's faces begin in `faces`.
    shipped: usize,
    families: [Vec<String>; 6],
    characters: [OnceLock<CharSet>; 6],
    unused: Vec<PathBuf>,
    digest: OnceLock<Result<blake3::Hash, FontError>>,
}

impl Fonts {
    /// Reads the shipped set from `folder` and the user's faces from `user`, searched with its subfolders.
    ///
    /// Outlines are read when first used, so this is cheap.
    ///
    /// # Errors
    /// When a wanted face is missing, a file cannot be read, or a face that would be used forbids embedding.
    pub fn load(folder: &Path, user: Option<&Path>) -> Result<Fonts, FontError> {
        let mut faces = shipped_faces(folder)?;
        let shipped = faces.len();
        let mut families = Role::ALL.map(|role| owned(role.shipped()));
        let mut unused = Vec::new();
        if let Some(user) = user {
            let own = user_faces(user)?;
            add_user_families(&own, &mut families);
            for (place, face) in own {
                if place == Place::Unused {
                    unused.push(face.path);
                } else {
                    faces.push(face);
                }
            }
        }
        let book = FontBook::from_infos(faces.iter().map(|face| face.info.clone()));
        Ok(Fonts {
            folder: folder.to_owned(),
            book: LazyHash::new(book),
            faces,
            shipped,
            families,
            characters: Default::default(),
            unused,
            digest: OnceLock::new(),
        })
    }

    /// The folder of the shipped set.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The families of a role as typst names them, in the order in which they are tried.
    pub fn families(&self, role: Role) -> &[String] {
        &self.families[role as usize]
    }

    /// Files of the user's folder that no role uses.
    pub fn unused(&self) -> &[PathBuf] {
        &self.unused
    }

    /// Metadata of all faces, for the typesetter.
    pub fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    /// The face at a place in the book; `None` when there is none or its file has gone.
    pub fn font(&self, index: usize) -> Option<Font> {
        self.faces.get(index)?.font()
    }

    /// The face that files call by this PostScript name.
    pub(crate) fn named(&self, name: &str) -> Option<Font> {
        self.faces.iter().find(|face| face.names.iter().any(|known| known == name))?.font()
    }

    /// Why a face that was wanted could not be used: its file has gone, changed since the fonts were listed, or is
    /// damaged.
    pub fn trouble(&self) -> Option<FontError> {
        self.faces.iter().find_map(|face| {
            Some(match face.trouble()? {
                Trouble::Changed => FontError::Changed(face.path.clone()),
                Trouble::Damaged(why) => FontError::Damaged(face.path.clone(), why.clone()),
            })
        })
    }

    /// Reads the first face of every role and computes the hash by which typst knows it: some 20 ms of work that need
    /// not wait for the page that uses them.
    pub fn warm(&self) {
        for role in Role::ALL {
            let first = self.chain(role).next();
            if let Some(font) = first.and_then(|(_, face)| face.font()) {
                hash128(&font);
            }
        }
    }

    /// A hash of the content and order of all font files, computed when first asked for.
    ///
    /// # Errors
    /// When a file cannot be read any more.
    pub fn digest(&self) -> Result<blake3::Hash, FontError> {
        self.digest.get_or_init(|| digest(&self.faces)).clone()
    }

    /// The faces that a role uses at its weight, in order: what typst would select from the book.
    fn chain(&self, role: Role) -> impl Iterator<Item = (usize, &Face)> {
        let variant = FontVariant {
            weight: FontWeight::from_number(role.weight()),
            ..FontVariant::default()
        };
        self.families(role).iter().filter_map(move |family| {
            let index = self.book.select(&family.to_lowercase(), variant)?;
            Some((index, self.faces.get(index)?))
        })
    }
}

/// Why the fonts cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FontError {
    /// The folder is not there.
    NoFolder(PathBuf),
    /// No folder of fonts was found in any of the places looked at.
    NotFound(Vec<PathBuf>),
    /// Faces of the shipped set are not in the folder: role, family and usual file name of each.
    Missing(PathBuf, Vec<(Role, &'static str, &'static str)>),
    /// A file or folder cannot be read.
    Unreadable(PathBuf, String),
    /// A file that was there has gone or is another one by now.
    Changed(PathBuf),
    /// A file is not whole, in the way that is named.
    Damaged(PathBuf, String),
    /// The maker of a user's face forbids embedding it in documents.
    Restricted(PathBuf, String),
}

impl fmt::Display for FontError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            FontError::NoFolder(folder) => {
                write!(f, "字体文件夹不存在：{}；请检查路径", folder.display())
            }
            FontError::NotFound(places) => {
                write!(f, "找不到字体文件夹 fonts，已找过：")?;
                for (at, place) in places.iter().enumerate() {
                    write!(f, "{}{}", if at == 0 { "" } else { "、" }, place.display())?;
                }
                write!(f, "；请把 fonts 文件夹放在程序旁边，或用环境变量 {FONTS_VARIABLE} 指明位置")
            }
            FontError::Missing(folder, faces) => {
                write!(f, "字体文件夹 {} 缺少字体：", folder.display())?;
                for (at, (role, family, file)) in faces.iter().enumerate() {
                    let separator = if at == 0 { "" } else { "、" };
                    write!(f, "{separator}{family}（{}，文件 {file}）", role.label())?;
                }
                write!(f, "；请从发布包中重新复制 fonts 文件夹")
            }
            FontError::Unreadable(path, reason) => {
                write!(
                    f,
                    "无法读取字体 {}：{reason}；请更换该文件，或把它移出字体文件夹",
                    path.display()
                )
            }
            FontError::Changed(path) => write!(
                f,
                "字体文件 {} 读不出来，或者在运行中被换过；请检查该文件后重新运行",
                path.display()
            ),
            FontError::Damaged(path, why) => write!(
                f,
                "字体文件 {} 已损坏：{why}；请重新复制这个文件（随程序发布的在 fonts 文件夹里）",
                path.display()
            ),
            FontError::Restricted(path, family) => write!(
                f,
                "字体 {family} 的授权禁止嵌入文档（fsType 为 2）：{}；请换用允许嵌入的版本，或把它移出字体文件夹",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FontError {}

/// What a face of the user's is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// First in a role; faces with better known names stand before others.
    Role(Role, usize),
    /// Last in every role, for characters that the others lack.
    Fallback,
    Unused,
}

impl Place {
    fn of(face: &Face) -> Place {
        if let Some((role, rank)) = Role::of(face.names.iter().map(String::as_str)) {
            return Place::Role(role, rank);
        }
        // A face of a few characters, or of another script, is there for those.
        if face.info.coverage.iter().next().is_some() { Place::Fallback } else { Place::Unused }
    }
}

fn shipped_faces(folder: &Path) -> Result<Vec<Face>, FontError> {
    let mut found: Vec<Option<Face>> = WANTED.iter().map(|_| None).collect();
    for path in font_files(folder, 1)? {
        for face in read_faces(&path)? {
            let weight = face.info.variant.weight.to_number();
            let is_face = |wanted: &&role::Wanted| {
                wanted.family == face.info.family && wanted.weight == weight
            };
            let slot = WANTED.iter().position(|wanted| is_face(&wanted));
            if let Some(slot) = slot
                && found[slot].is_none()
            {
                found[slot] = Some(whole(face)?);
            }
        }
    }
    let missing: Vec<_> = WANTED
        .iter()
        .zip(&found)
        .filter(|(_, face)| face.is_none())
        .map(|(wanted, _)| (wanted.role, wanted.family, wanted.file))
        .collect();
    if missing.is_empty() {
        Ok(found.into_iter().flatten().collect())
    } else {
        Err(FontError::Missing(folder.to_owned(), missing))
    }
}

/// A face of the shipped set whose file has the size that the list says; its content is compared when it is read.
fn whole(mut face: Face) -> Result<Face, FontError> {
    let listed = Listed::find(&face.path);
    if let Some(listed) = &listed {
        let wrong = listed
            .wrong_size(&face.path)
            .map_err(|error| FontError::Unreadable(face.path.clone(), reason(&error)))?;
        if let Some(why) = wrong {
            return Err(FontError::Damaged(face.path, why));
        }
    }
    face.expect(listed);
    Ok(face)
}

fn user_faces(folder: &Path) -> Result<Vec<(Place, Face)>, FontError> {
    let mut own = Vec::new();
    for path in font_files(folder, usize::MAX)? {
        let faces = read_faces(&path)?;
        let data = std::fs::read(&path)
            .map_err(|error| FontError::Unreadable(path.clone(), reason(&error)))?;
        for face in faces {
            if let Some(why) = wrong_outlines(&data, face.index) {
                return Err(FontError::Damaged(path, why));
            }
            let place = Place::of(&face);
            if place != Place::Unused && face.is_restricted() {
                return Err(FontError::Restricted(path, face.info.family));
            }
            own.push((place, face));
        }
    }
    Ok(own)
}

/// Puts the user's families before the shipped ones of their role, or behind those of every role.
fn add_user_families(own: &[(Place, Face)], families: &mut [Vec<String>; 6]) {
    for role in Role::ALL {
        let mut first: Vec<(usize, &str)> = own
            .iter()
            .filter_map(|(place, face)| match place {
                Place::Role(of, rank) if *of == role => Some((*rank, face.info.family.as_str())),
                _ => None,
            })
            .collect();
        first.sort_by_key(|(rank, _)| *rank);
        let last = own
            .iter()
            .filter(|(place, _)| *place == Place::Fallback && role != Role::Latin)
            .map(|(_, face)| face.info.family.clone());
        let chain = &mut families[role as usize];
        let shipped = std::mem::take(chain);
        let all = first.iter().map(|(_, family)| (*family).to_owned()).chain(shipped).chain(last);
        for family in all {
            if !chain.contains(&family) {
                chain.push(family);
            }
        }
    }
}

fn read_faces(path: &Path) -> Result<Vec<Face>, FontError> {
    Face::read(path).map_err(|error| FontError::Unreadable(path.to_owned(), reason(&error)))
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => "没有读取权限".to_owned(),
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
            "文件已损坏，或者不是字体".to_owned()
        }
        std::io::ErrorKind::NotFound => "文件不存在".to_owned(),
        _ => error.to_string(),
    }
}

fn digest(faces: &[Face]) -> Result<blake3::Hash, FontError> {
    let mut hasher = blake3::Hasher::new();
    for face in faces {
        let unreadable =
            |error: std::io::Error| FontError::Unreadable(face.path.clone(), reason(&error));
        let file = std::fs::File::open(&face.path).map_err(unreadable)?;
        let mut content = blake3::Hasher::new();
        content.update_reader(file).map_err(unreadable)?;
        hasher.update(&face.index.to_le_bytes());
        hasher.update(content.finalize().as_bytes());
    }
    Ok(hasher.finalize())
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[cfg(test)]
mod tests;
