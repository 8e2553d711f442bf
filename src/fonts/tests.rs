use std::fs;

use super::*;

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts")
}

fn fonts() -> Fonts {
    Fonts::load(&shipped(), None).expect("the shipped fonts load")
}

/// A copy of a shipped face under other names: family, full and PostScript name in `records`.
fn renamed(file: &str, records: &[(u16, u16, &str)], embedding: u16) -> Vec<u8> {
    let data = fs::read(shipped().join(file)).expect("shipped font");
    let strings: Vec<Vec<u8>> = records
        .iter()
        .map(|(_, _, text)| text.encode_utf16().flat_map(u16::to_be_bytes).collect())
        .collect();
    let mut name = Vec::new();
    name.extend(0u16.to_be_bytes());
    name.extend((records.len() as u16).to_be_bytes());
    name.extend((6 + 12 * records.len() as u16).to_be_bytes());
    let mut at = 0u16;
    for ((id, language, _), string) in records.iter().zip(&strings) {
        for field in [3, 1, *language, *id, string.len() as u16, at] {
            name.extend(field.to_be_bytes());
        }
        at += string.len() as u16;
    }
    name.extend(strings.concat());
    replace_name_table(data, &name, embedding)
}

fn replace_name_table(mut data: Vec<u8>, name: &[u8], embedding: u16) -> Vec<u8> {
    let end = data.len() as u32;
    let count = usize::from(u16::from_be_bytes([data[4], data[5]]));
    for record in (0..count).map(|at| 12 + at * 16) {
        let tag: [u8; 4] = data[record..record + 4].try_into().expect("four bytes");
        if &tag == b"name" {
            data[record + 8..record + 12].copy_from_slice(&end.to_be_bytes());
            data[record + 12..record + 16].copy_from_slice(&(name.len() as u32).to_be_bytes());
        }
        if &tag == b"OS/2" {
            let start =
                u32::from_be_bytes(data[record + 8..record + 12].try_into().expect("four bytes"))
                    as usize;
            data[start + 8..start + 10].copy_from_slice(&embedding.to_be_bytes());
        }
    }
    data.extend(name);
    data
}

#[test]
fn each_role_has_its_chain() {
    let fonts = fonts();
    assert_eq!(fonts.families(Role::Xiaobiaosong), ["Noto Serif SC"]);
    assert_eq!(
        fonts.families(Role::Fangsong),
        ["FandolFang GB", "Gongwen Kai Ext", "Noto Serif SC"]
    );
    let summary = fonts.summary();
    let files: Vec<_> = summary
        .iter()
        .map(|role| role.faces[0].path.file_name().expect("a file").to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        files,
        [
            "NotoSerifSC-Bold.tgh.ttf",
            "FandolFangGB-Regular.ttf",
            "FandolKaiGB-Regular.ttf",
            "NotoSansSC-Medium.tgh.ttf",
            "NotoSerifSC-Regular.ttf",
            "LiberationSerif-Regular.ttf"
        ]
    );
    for role in &summary {
        for face in &role.faces {
            assert_ne!(face.licence, "字体未注明", "{}", face.family);
            assert!(!face.is_own);
        }
    }
    assert_eq!(summary[1].faces[0].characters, 7632);
    assert_eq!(summary[4].faces[0].characters, 30928);
}

#[test]
fn what_is_read_of_a_face_agrees_with_the_whole_file() {
    let fonts = fonts();
    for (index, face) in fonts.faces.iter().enumerate() {
        let whole = fonts.font(index).expect("a readable face");
        assert_eq!(whole.info(), &face.info);
    }
}

#[test]
fn coverage_is_that_of_the_whole_chain() {
    let fonts = fonts();
    for char in "年报玥祎旻㐱（〔—…·％①".chars() {
        assert!(!fonts.lacks(Role::Fangsong, char), "{char}");
        assert!(!fonts.lacks(Role::Kaiti, char), "{char}");
    }
    assert!(fonts.lacks(Role::Fangsong, '😀'));
    assert!(fonts.lacks(Role::Songti, '\u{2A700}'));
    assert!(!fonts.lacks(Role::Fangsong, '\n'));
}

#[test]
fn what_would_vanish_is_lacking() {
    let fonts = fonts();
    let lacking = fonts.lacking(Role::Fangsong, "甲\u{200B}乙\t丙\u{FE0F}丁\u{E000}\n😀\u{AD}");
    let lacks: Vec<_> = lacking.iter().map(|found| (found.offset, found.lack)).collect();
    assert_eq!(
        lacks,
        [
            (3, Lack::Invisible),
            (9, Lack::Control),
            (13, Lack::Invisible),
            (19, Lack::PrivateUse),
            (23, Lack::Glyph),
            (27, Lack::Invisible),
        ]
    );
    assert_eq!(fonts.lacking(Role::Fangsong, "一切正常，100%。\n第二段"), []);
}

#[test]
fn a_mark_needs_one_face_for_its_cluster() {
    let folder = tempfile::tempdir().expect("a folder");
    let face = renamed("LiberationSerif-Regular.ttf", &[(1, 0x409, "SimHei")], 0);
    fs::write(folder.path().join("latin.ttf"), face).expect("a file");
    let fonts = Fonts::load(&shipped(), Some(folder.path())).expect("fonts");
    assert!(!fonts.lacks(Role::Heiti, 'Ǻ') && !fonts.lacks(Role::Heiti, '\u{302A}'));
    let found = fonts.lacking(Role::Heiti, "甲Ǻ\u{302A}");
    assert_eq!(found, [Lacking { offset: 5, char: '\u{302A}', lack: Lack::Combination }]);
    assert_eq!(fonts.lacking(Role::Heiti, "年\u{302A}"), []);
    assert_eq!(fonts.lacking(Role::Heiti, "Ǻ甲\r\n乙"), []);
}

#[test]
fn a_user_face_takes_its_role_by_its_chinese_name() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("方正")).expect("a folder");
    let names =
        [(1, 0x409, "ABC"), (1, 0x804, "方正小标宋简体"), (4, 0x409, "ABC"), (6, 0x409, "ABC")];
    let face = renamed("GongwenKaiExt-Light.ttf", &names, 0);
    fs::write(folder.path().join("方正/FZXBSJW.TTF"), face).expect("a file");
    fs::write(folder.path().join("._junk.ttf"), "junk").expect("a file");
    let fonts = Fonts::load(&shipped(), Some(folder.path())).expect("fonts");
    assert_eq!(fonts.families(Role::Xiaobiaosong), ["ABC", "Noto Serif SC"]);
    assert_eq!(fonts.families(Role::Songti), ["Noto Serif SC"]);
    let summary = fonts.summary();
    assert!(summary[0].faces[0].is_own);
    assert!(!fonts.lacks(Role::Xiaobiaosong, '年'), "the shipped face stays behind");
}

#[test]
fn faces_without_a_role_stand_last() {
    let folder = tempfile::tempdir().expect("a folder");
    let face = renamed("GongwenKaiExt-Light.ttf", &[(1, 0x409, "Rare Han")], 0);
    fs::write(folder.path().join("rare.ttf"), face).expect("a file");
    let latin = renamed("LiberationSerif-Bold.ttf", &[(1, 0x409, "Some Latin")], 0);
    fs::write(folder.path().join("latin.ttf"), latin).expect("a file");
    let fonts = Fonts::load(&shipped(), Some(folder.path())).expect("fonts");
    // Any face of the user's may have the characters that the others lack: a rare script has few.
    let last = ["Noto Sans SC", "Noto Serif SC", "Some Latin", "Rare Han"];
    assert_eq!(fonts.families(Role::Heiti), last);
    assert!(fonts.unused().is_empty());
}

#[test]
fn a_face_that_forbids_embedding_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let face = renamed("GongwenKaiExt-Light.ttf", &[(1, 0x409, "SimHei")], 2);
    fs::write(folder.path().join("simhei.ttf"), face).expect("a file");
    let error = Fonts::load(&shipped(), Some(folder.path())).err().expect("a refusal");
    assert!(matches!(&error, FontError::Restricted(path, _) if path.ends_with("simhei.ttf")));
    assert!(error.to_string().contains("禁止嵌入"));
}

#[test]
fn missing_faces_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Fonts::load(folder.path(), None).err().expect("a failure");
    let text = error.to_string();
    assert!(text.contains("FandolFangGB-Regular.ttf") && text.contains("小标宋"), "{text}");
    let nowhere = Fonts::load(&folder.path().join("none"), None).err();
    assert_eq!(nowhere, Some(FontError::NoFolder(folder.path().join("none"))));
}

#[test]
fn a_broken_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = fs::read(shipped().join("GongwenKaiExt-Light.ttf")).expect("shipped font");
    for end in [0, 3, 12, 100, 300, 5000] {
        fs::write(folder.path().join("half.ttf"), &whole[..end]).expect("a file");
        let error = Fonts::load(&shipped(), Some(folder.path())).err();
        assert!(matches!(error, Some(FontError::Unreadable(..))), "{end} bytes");
    }
}

#[test]
fn folders_are_looked_for_in_order() {
    let root = tempfile::tempdir().expect("a folder");
    let make = |path: &str| {
        fs::create_dir_all(root.path().join(path)).expect("a folder");
        root.path().join(path)
    };
    let places = Places {
        variable: None,
        executable: Some(root.path().join("bin/nianbao")),
        source_tree: Some(root.path().join("source")),
    };
    assert!(matches!(find_folder(&places), Err(FontError::NotFound(tried)) if tried.len() == 3));
    let source = make("source/fonts");
    assert_eq!(find_folder(&places), Ok(source));
    let shared = make("share/nianbao/fonts");
    assert_eq!(find_folder(&places), Ok(shared));
    let beside = make("bin/fonts");
    assert_eq!(find_folder(&places), Ok(beside));
    let named = Places { variable: Some(make("named")), ..places.clone() };
    assert_eq!(find_folder(&named), Ok(root.path().join("named")));
    let wrong = Places { variable: Some(root.path().join("wrong")), ..places };
    assert_eq!(find_folder(&wrong), Err(FontError::NoFolder(root.path().join("wrong"))));
}

#[test]
fn the_digest_depends_on_the_faces_in_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = fonts().digest().expect("a digest");
    assert_eq!(fonts().digest(), Ok(plain));
    let face = renamed("GongwenKaiExt-Light.ttf", &[(1, 0x409, "SimHei")], 8);
    fs::write(folder.path().join("simhei.ttf"), face).expect("a file");
    let own = Fonts::load(&shipped(), Some(folder.path())).expect("fonts");
    assert_ne!(own.digest(), Ok(plain));
}
