//! Why a document fails a standard, in Chinese, with what helps.

use typst::diag::SourceDiagnostic;

use super::Standards;
use super::standard::Family;

/// Words of typst's message, what they mean, and what helps.
const MEANINGS: [(&str, &str, &str); 22] = [
    (
        "image contains transparency",
        "图片有透明部分",
        "把图片另存为不透明的 PNG 或 JPEG，或者改用 a-2a",
    ),
    ("transparency", "版面用了透明色", "改用允许透明的标准，例如 a-2a"),
    ("could not be displayed", "有字符没有字体", "删去该字符，或用 --fonts 添加有这个字的字体"),
    ("license of", "字体的授权禁止嵌入", "换用允许嵌入的字体"),
    ("missing alt text", "图片没有说明文字", "在 ![说明](图片) 的方括号里写上说明"),
    ("not mapped to a code point", "有文字无法提取", "检查图片或文字中的特殊字符"),
    ("missing codepoints", "有文字无法提取", "检查图片或文字中的特殊字符"),
    ("disallowed codepoint", "有不允许的字符", "删去该字符"),
    ("private area", "有自造字（私用区）", "改用 Unicode 中的正式字符"),
    ("missing document title", "文档没有标题", "检查版式的文档信息"),
    ("missing document date", "文档没有日期", "检查版式的文档信息"),
    ("missing document language", "文档没有语言", "检查版式的文档信息"),
    ("smooth scaling", "图片设置了平滑缩放", "去掉版式中图片的 scaling 设置"),
    ("16 bit images", "图片是 16 位色深", "把图片另存为 8 位色深"),
    ("failed to process image", "图片无法写入", "重新导出图片"),
    ("CMYK", "图片或版式用了 CMYK 颜色", "把图片另存为 RGB 或灰度"),
    ("attached file", "文档带有附件", "去掉附件，或者改用 a-3a"),
    ("table header cell cannot be", "表头标记要求 PDF 1.5 以上", "把 PDF 版本改为 1.7"),
    ("headers and footers cannot", "页眉页脚标记要求 PDF 1.7", "把 PDF 版本改为 1.7"),
    ("annotations cannot be navigated", "链接标记要求 PDF 1.5 以上", "把 PDF 版本改为 1.7"),
    ("is longer than", "文字太长，超出标准的限制", "缩短标题或段落，或者改用 a-2a"),
    ("too many indirect objects", "文档太大，超出标准的限制", "缩短文档，或者改用 1.7"),
];

pub(super) fn translate(error: &SourceDiagnostic, standards: &Standards) -> String {
    let labels = standards.labels().join(" 和 ");
    let found = MEANINGS.iter().find(|(words, ..)| error.message.contains(words));
    let Some((_, meaning, remedy)) = found else {
        return format!("不符合 {labels}：{}", error.message);
    };
    // A version below 1.7 may come from PDF/A-1 itself, where another version cannot help.
    let remedy = match standards.has(Family::Archive1) && remedy.contains("PDF 版本") {
        true => "PDF/A-1 只能用 PDF 1.4，与此矛盾；请改用 a-2a,ua-1",
        false => remedy,
    };
    format!("不符合 {labels}：{meaning}；{remedy}（{}）", error.message)
}
