//! How much of a report was found in a file.

use std::fmt;

/// Counts for the line that closes an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Tables in the order of the form.
    pub tables: Vec<TableCount>,
    /// Paragraphs with a place in the data file.
    pub paragraphs: usize,
    /// Pictures taken out.
    pub pictures: usize,
    /// Paragraphs, cells and the like without a place, kept as comments.
    pub left: usize,
}

/// Cells of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCount {
    /// 表二, by the number of its part.
    pub name: String,
    /// Cells that were found.
    pub found: usize,
    /// Of these, cells that say nothing.
    pub blank: usize,
    /// Cells whose figure leaves a doubt.
    pub doubtful: usize,
    /// Cells of the form.
    pub wanted: usize,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &self.tables {
            write!(f, "{} {}/{} 格", table.name, table.found, table.wanted)?;
            let mut more = Vec::new();
            if table.blank > 0 {
                more.push(format!("其中空白 {} 格", table.blank));
            }
            if table.doubtful > 0 {
                more.push(format!("另有存疑 {} 格", table.doubtful));
            }
            if !more.is_empty() {
                write!(f, "（{}）", more.join("，"))?;
            }
            f.write_str("，")?;
        }
        write!(f, "正文 {} 段", self.paragraphs)?;
        if self.pictures > 0 {
            write!(f, "，图片 {} 张", self.pictures)?;
        }
        write!(f, "，未归类 {} 段", self.left)
    }
}
