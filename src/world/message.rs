//! Typst's messages in Chinese: those that a layout can meet are translated, others are quoted.

/// Translates a message.
pub(super) fn translate(message: &str) -> String {
    if let Some(family) = message.strip_prefix("unknown font family: ") {
        return format!("版式用到的字体“{family}”不在字体文件夹中；请检查版式里的字体名称");
    }
    if let Some(rest) = message.strip_prefix("file not found (searched at ") {
        return format!("找不到文件 {}", rest.trim_end_matches(')'));
    }
    if let Some(name) = message.strip_prefix("unknown variable: ") {
        return format!("版式用到了没有定义的名称“{name}”");
    }
    if message.contains("did not converge") {
        return format!("版面反复计算后仍不稳定，页码或表格位置可能出错（{message}）");
    }
    if message.starts_with("failed to decode image") {
        return format!("图片无法读取，文件可能已损坏，请重新导出图片（{message}）");
    }
    if message.starts_with("failed to parse SVG") {
        return format!("SVG 图片无法读取，请重新导出图片（{message}）");
    }
    if message.starts_with("failed to parse JSON") {
        return format!("文档数据无法读取（{message}）");
    }
    if message.contains("does not contain field") || message.contains("does not contain key") {
        return format!("文档数据缺少版式所需的内容（{message}）");
    }
    if message.contains("packages are not available") {
        return "版式不能使用联网下载的扩展包；请把所需文件放进版式文件夹".to_owned();
    }
    format!("排版引擎报告：{message}")
}
