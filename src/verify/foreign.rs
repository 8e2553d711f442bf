//! What this program never writes into a PDF, and what can therefore only have come into it later: changes saved behind
//! the end, two tables of contents, scripts, forms, layers, pages cut or turned, files inside.
//!
//! Viewers differ in what they do with such things; so they are named and refused, not interpreted.

use lopdf::{Dictionary, Object};

use super::pdf::objects::{Objects, as_dictionary};

/// Something that does not belong in a report's PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intruder {
    /// What it is, in Chinese.
    pub message: String,
    /// On which page, from 1.
    pub page: Option<usize>,
}

/// Keys of the catalog that add behaviour or content, each with its name for people.
const CATALOG: [(&[u8], &str); 9] = [
    (b"OpenAction", "打开文件时执行的动作"),
    (b"AA", "自动执行的动作"),
    (b"AcroForm", "表单"),
    (b"OCProperties", "可以隐藏的图层"),
    (b"Threads", "文章线索"),
    (b"Collection", "文件集"),
    (b"Requirements", "对阅读器的特别要求"),
    (b"Perms", "数字签名许可"),
    (b"DSS", "签名数据"),
];
/// Keys of the tree of names, likewise.
const NAMES: [(&[u8], &str); 4] = [
    (b"JavaScript", "脚本"),
    (b"AP", "另外的显示内容"),
    (b"Renditions", "音像"),
    (b"AlternatePresentations", "另外的显示方式"),
];
/// Keys of a page that change what is seen of it.
const PAGE: [(&[u8], &str); 4] = [
    (b"AA", "自动执行的动作"),
    (b"Trans", "翻页效果"),
    (b"PresSteps", "分步显示"),
    (b"VP", "视图设置"),
];
/// The file that `--attach-data` puts in.
const ATTACHED: &str = ".toml";

/// Everything in the structure of the file that this program does not write.
pub(crate) fn intruders(objects: &Objects, bytes: &[u8]) -> Vec<Intruder> {
    let mut found = Vec::new();
    revisions(objects, bytes, &mut found);
    if let Ok(catalog) = objects.catalog() {
        document(objects, catalog, &mut found);
    }
    for (at, id) in objects.pages().into_iter().enumerate() {
        if let Some(page) = as_dictionary(objects.object(id)) {
            self::page(objects, page, at + 1, &mut found);
        }
    }
    found
}

fn add(found: &mut Vec<Intruder>, page: Option<usize>, message: impl Into<String>) {
    found.push(Intruder { message: message.into(), page });
}

/// A file is written in one go: one end, one table of contents, each object once. A file for reading on the web
/// (linearized) has two tables that share nothing.
fn revisions(objects: &Objects, bytes: &[u8], found: &mut Vec<Intruder>) {
    // Maps of characters end with `%%EOF` too, so the ends are known by what stands before them.
    let starts = count(bytes, b"startxref");
    let is_for_web = bytes[..bytes.len().min(1024)].windows(11).any(|part| part == b"/Linearized");
    let usual = if is_for_web { 2 } else { 1 };
    if starts > usual {
        add(found, None, "文件写成以后又被改过、追加保存过（增量更新）：前后内容可能不同");
    }
    let trailer = objects.trailer();
    if trailer.has(b"XRefStm") || count(bytes, b"/XRefStm") > 0 {
        add(found, None, "文件有两套对象目录（混合引用）：不同的阅读器可能显示不同的内容");
    }
    if trailer.has(b"Prev") && !is_for_web {
        add(found, None, "文件引用了以前保存的版本（增量更新）");
    }
    if let Some(number) = twice(bytes) {
        add(found, None, format!("对象 {number} 在文件里写了两次：不同的阅读器可能显示不同的内容"));
    }
}

fn count(bytes: &[u8], word: &[u8]) -> usize {
    bytes.windows(word.len()).filter(|part| *part == word).count()
}

/// The number of an object that is written twice (`12 0 obj` at the start of a line).
fn twice(bytes: &[u8]) -> Option<u32> {
    let mut seen = std::collections::HashSet::new();
    let mut at = 0;
    while let Some(next) = bytes[at..].windows(6).position(|part| part == b" 0 obj") {
        let end = at + next;
        at = end + 6;
        let digits = bytes[..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let before = end.checked_sub(digits + 1).map(|before| bytes[before]);
        if digits == 0 || digits > 9 || !before.is_some_and(|byte| byte.is_ascii_whitespace()) {
            continue;
        }
        let number = std::str::from_utf8(&bytes[end - digits..end]).ok()?.parse().ok()?;
        // The bytes of a compressed stream can look like this once in a very long while; then the word after it does
        // not begin an object.
        let follows = bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'<');
        if follows && !seen.insert(number) {
            return Some(number);
        }
    }
    None
}

fn document(objects: &Objects, catalog: &Dictionary, found: &mut Vec<Intruder>) {
    for (key, name) in CATALOG {
        if objects.entry(catalog, key).is_some() {
            add(found, None, format!("文件里有{name}"));
        }
    }
    if objects.dictionary(catalog, b"Extensions").is_some() {
        add(found, None, "文件用了标准以外的扩展");
    }
    if let Some(names) = objects.dictionary(catalog, b"Names") {
        for (key, name) in NAMES {
            if objects.entry(names, key).is_some() {
                add(found, None, format!("文件里有{name}"));
            }
        }
        if let Some(files) = objects.dictionary(names, b"EmbeddedFiles") {
            embedded(objects, files, found);
        }
    }
    if objects.trailer().has(b"Encrypt") {
        add(found, None, "文件加了密");
    }
}

/// Files inside: the data file may be there, nothing else.
fn embedded(objects: &Objects, files: &Dictionary, found: &mut Vec<Intruder>) {
    if !objects.list(files, b"Kids").is_empty() {
        add(found, None, "文件里嵌了多个别的文件");
        return;
    }
    let names = objects.list(files, b"Names");
    let attached: Vec<String> = names
        .chunks(2)
        .filter_map(|pair| as_dictionary(objects.resolve(pair.get(1)?)))
        .map(|file| objects.text(file, b"UF").or_else(|| objects.text(file, b"F")))
        .map(Option::unwrap_or_default)
        .collect();
    let others: Vec<&String> = attached.iter().filter(|name| !name.ends_with(ATTACHED)).collect();
    if let Some(other) = others.first() {
        add(found, None, format!("文件里嵌了别的文件“{other}”"));
    } else if attached.len() > 1 {
        add(found, None, format!("文件里嵌了 {} 个数据文件", attached.len()));
    }
}

fn page(objects: &Objects, page: &Dictionary, number: usize, found: &mut Vec<Intruder>) {
    let on = Some(number);
    for (key, name) in PAGE {
        if objects.entry(page, key).is_some() {
            add(found, on, format!("页面设了{name}"));
        }
    }
    if objects.entry(page, b"UserUnit").is_some() {
        add(found, on, "页面改了尺寸单位（UserUnit）");
    }
    for annotation in objects.list(page, b"Annots") {
        if let Some(annotation) = as_dictionary(objects.resolve(annotation)) {
            self::annotation(objects, annotation, number, found);
        }
    }
}

/// Links to places inside the document are ours; what is seen or acts is not.
fn annotation(objects: &Objects, of: &Dictionary, number: usize, found: &mut Vec<Intruder>) {
    let kind = objects.name(of, b"Subtype").unwrap_or_default();
    let on = Some(number);
    if kind != "Link" {
        add(
            found,
            on,
            format!("页面上有批注、图章或控件（{}）", kind.chars().take(20).collect::<String>()),
        );
        return;
    }
    if objects.entry(of, b"AP").is_some() {
        add(found, on, "链接上盖了显示内容，会遮住或改变看到的文字");
    }
    if objects.entry(of, b"AA").is_some() {
        add(found, on, "链接设了自动执行的动作");
    }
    let action = objects.dictionary(of, b"A");
    let does = action.and_then(|action| objects.name(action, b"S"));
    if does.as_deref().is_some_and(|does| does != "GoTo") {
        add(found, on, "链接指向文件以外，或会执行动作");
    }
    let width = match objects.entry(of, b"Border") {
        Some(Object::Array(border)) => border.get(2).and_then(|width| objects.number(width)),
        _ => None,
    };
    let style = objects.dictionary(of, b"BS").and_then(|style| objects.entry(style, b"W"));
    let style = style.and_then(|width| objects.number(width));
    if style.or(width).unwrap_or(1.0) > 0.0 && objects.entry(of, b"C").is_some() {
        add(found, on, "链接画了边框");
    }
}
