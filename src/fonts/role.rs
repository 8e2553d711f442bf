//! What a typeface is for: the roles of an official document and the names their faces go by.

/// The part a typeface plays in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// 小标宋, the title.
    Xiaobiaosong,
    /// 仿宋, the body.
    Fangsong,
    /// 楷体, second-level headings.
    Kaiti,
    /// 黑体, first-level headings.
    Heiti,
    /// 宋体, tables and page numbers.
    Songti,
    /// Latin letters and digits.
    Latin,
}

impl Role {
    /// All roles, in the order in which they are listed.
    pub const ALL: [Role; 6] =
        [Role::Xiaobiaosong, Role::Fangsong, Role::Kaiti, Role::Heiti, Role::Songti, Role::Latin];

    /// The key in the document model's `fonts`.
    pub fn key(self) -> &'static str {
        match self {
            Role::Xiaobiaosong => "xiaobiaosong",
            Role::Fangsong => "fangsong",
            Role::Kaiti => "kaiti",
            Role::Heiti => "heiti",
            Role::Songti => "songti",
            Role::Latin => "latin",
        }
    }

    /// The name people know.
    pub fn label(self) -> &'static str {
        match self {
            Role::Xiaobiaosong => "小标宋",
            Role::Fangsong => "仿宋",
            Role::Kaiti => "楷体",
            Role::Heiti => "黑体",
            Role::Songti => "宋体",
            Role::Latin => "西文",
        }
    }

    /// The weight the layout asks for. A family with a single face answers to every weight.
    pub fn weight(self) -> u16 {
        match self {
            Role::Xiaobiaosong => 700,
            Role::Heiti => 500,
            _ => 400,
        }
    }

    /// The shipped families, in the order in which they are tried.
    pub(super) fn shipped(self) -> &'static [&'static str] {
        match self {
            Role::Xiaobiaosong | Role::Songti => &["Noto Serif SC"],
            Role::Fangsong => &["FandolFang GB", "Gongwen Kai Ext", "Noto Serif SC"],
            Role::Kaiti => &["FandolKai GB", "Gongwen Kai Ext", "Noto Serif SC"],
            Role::Heiti => &["Noto Sans SC", "Noto Serif SC"],
            Role::Latin => &["Liberation Serif"],
        }
    }

    /// Names of licensed faces that take this role, best first; compared by [`plain`].
    fn names(self) -> &'static [&'static str] {
        match self {
            Role::Xiaobiaosong => &[
                "FZXiaoBiaoSong-B05S",
                "方正小标宋简体",
                "FZXBSJW--GB1-0",
                "FZXiaoBiaoSong-B05",
                "方正小标宋_GBK",
                "FZXBSK--GBK1-0",
                "FZDocXiaoBiaoSong",
                "方正公文小标宋",
                "STZhongsong",
                "华文中宋",
            ],
            Role::Fangsong => &[
                "FangSong_GB2312",
                "仿宋_GB2312",
                "FangSong",
                "仿宋",
                "FZFangSong-Z02S",
                "方正仿宋简体",
                "FZFSJW--GB1-0",
                "FZFangSong-Z02",
                "方正仿宋_GBK",
                "FZFSK--GBK1-0",
                "FZDocFangSong",
                "方正公文仿宋",
                "STFangsong",
                "华文仿宋",
            ],
            Role::Kaiti => &[
                "KaiTi_GB2312",
                "楷体_GB2312",
                "KaiTi",
                "楷体",
                "FZKai-Z03S",
                "方正楷体简体",
                "FZKTJW--GB1-0",
                "FZKai-Z03",
                "方正楷体_GBK",
                "FZKTK--GBK1-0",
                "FZDocKai",
                "方正公文楷体",
                "STKaiti",
                "华文楷体",
            ],
            Role::Heiti => &[
                "SimHei",
                "黑体",
                "FZHei-B01S",
                "方正黑体简体",
                "FZHTJW--GB1-0",
                "FZHei-B01",
                "方正黑体_GBK",
                "FZHTK--GBK1-0",
                "FZDocHei",
                "方正公文黑体",
                "STHeiti",
                "华文黑体",
            ],
            Role::Songti => &[
                "SimSun",
                "宋体",
                "NSimSun",
                "新宋体",
                "FZShuSong-Z01S",
                "方正书宋简体",
                "FZSSJW--GB1-0",
                "FZShuSong-Z01",
                "方正书宋_GBK",
                "FZSSK--GBK1-0",
                "STSong",
                "华文宋体",
            ],
            Role::Latin => &["Times New Roman"],
        }
    }

    /// Returns the role that one of these names stands for, and how high the name ranks in it.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<(Role, usize)> {
        Role::ALL.into_iter().find_map(|role| {
            let rank =
                |name: &str| role.names().iter().position(|known| plain(known) == plain(name));
            names.clone().filter_map(rank).min().map(|rank| (role, rank))
        })
    }
}

/// A face of the shipped set that must be there.
pub(super) struct Wanted {
    pub(super) family: &'static str,
    pub(super) weight: u16,
    pub(super) file: &'static str,
    pub(super) role: Role,
}

/// The shipped set, in the order of the font book.
pub(super) const WANTED: [Wanted; 8] = [
    wanted("Noto Serif SC", 700, "NotoSerifSC-Bold.tgh.ttf", Role::Xiaobiaosong),
    wanted("FandolFang GB", 400, "FandolFangGB-Regular.ttf", Role::Fangsong),
    wanted("FandolKai GB", 400, "FandolKaiGB-Regular.ttf", Role::Kaiti),
    wanted("Noto Sans SC", 500, "NotoSansSC-Medium.tgh.ttf", Role::Heiti),
    wanted("Noto Serif SC", 400, "NotoSerifSC-Regular.ttf", Role::Songti),
    wanted("Gongwen Kai Ext", 300, "GongwenKaiExt-Light.ttf", Role::Fangsong),
    wanted("Liberation Serif", 400, "LiberationSerif-Regular.ttf", Role::Latin),
    wanted("Liberation Serif", 700, "LiberationSerif-Bold.ttf", Role::Latin),
];

const fn wanted(family: &'static str, weight: u16, file: &'static str, role: Role) -> Wanted {
    Wanted { family, weight, file, role }
}

/// Strips what varies between spellings of one name: case, spaces, hyphens, underscores, and the style word
/// that full names carry.
fn plain(name: &str) -> String {
    let bare: String = name
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_' | '\u{3000}'))
        .flat_map(char::to_lowercase)
        .collect();
    let stripped = bare.strip_suffix("regular").or_else(|| bare.strip_suffix("常规"));
    stripped.filter(|rest| !rest.is_empty()).map(str::to_owned).unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(names: &[&str]) -> Option<Role> {
        Role::of(names.iter().copied()).map(|(role, _)| role)
    }

    #[test]
    fn licensed_faces_are_known_by_either_name() {
        assert_eq!(role(&["方正小标宋简体"]), Some(Role::Xiaobiaosong));
        assert_eq!(role(&["FZXiaoBiaoSong-B05S"]), Some(Role::Xiaobiaosong));
        assert_eq!(role(&["仿宋_GB2312"]), Some(Role::Fangsong));
        assert_eq!(role(&["Fangsong GB2312 Regular"]), Some(Role::Fangsong));
        assert_eq!(role(&["无关", "KAITI"]), Some(Role::Kaiti));
        assert_eq!(role(&["SimSun-ExtB", "宋体-ExtB"]), None);
        assert_eq!(role(&["Noto Serif SC"]), None);
        assert_eq!(role(&["Regular"]), None);
    }

    #[test]
    fn better_names_rank_higher() {
        let rank = |name| Role::of([name].into_iter()).map(|(_, rank)| rank);
        assert!(rank("FangSong_GB2312") < rank("STFangsong"));
    }

    #[test]
    fn every_shipped_family_is_wanted() {
        for family in Role::ALL.iter().flat_map(|role| role.shipped()) {
            assert!(WANTED.iter().any(|wanted| wanted.family == *family), "{family}");
        }
    }
}
