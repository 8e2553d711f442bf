//! A report in other kinds of files than pages: Word, web page, workbook.

use std::sync::Arc;

use serde::Deserialize;
use typst_layout::PagedDocument;

use super::html::{self, Fragment};
use super::laid::Laid;
use super::sheets::{self, SentenceFigures};
use super::{ExportError, docx};
use crate::document::{Model, Picture};
use crate::format::Format;
use crate::report::Report;

/// A kind of file that is not pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A Word document.
    Docx,
    /// A web page.
    Html,
    /// A piece of a web page, with its pictures beside it.
    HtmlFragment,
    /// A workbook.
    Xlsx,
    /// A table a file.
    Csv,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 5] = [Kind::Docx, Kind::Html, Kind::HtmlFragment, Kind::Xlsx, Kind::Csv];

    /// What the name of such a file ends in.
    pub fn extension(self) -> &'static str {
        match self {
            Kind::Docx => ".docx",
            Kind::Html => ".html",
            Kind::HtmlFragment => ".fragment.html",
            Kind::Xlsx => ".xlsx",
            Kind::Csv => ".csv",
        }
    }

    /// Whether the finished pages are needed: for widths of tables and drawn charts.
    pub fn needs_pages(self) -> bool {
        !matches!(self, Kind::Xlsx | Kind::Csv)
    }
}

/// A file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What stands behind the report's name, such as `.docx` or `.表二.csv`.
    pub ending: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// A report ready to be written: its document model, its format and its pictures.
pub struct Edition {
    model: Model,
    format: Arc<Format>,
    pictures: Vec<Picture>,
    sentences: Vec<SentenceFigures>,
}

impl Edition {
    /// Takes the document model of a report, in which every figure has its id, with its format and pictures.
    pub(crate) fn new(
        model: Model,
        report: &Report,
        format: Arc<Format>,
        pictures: Vec<Picture>,
    ) -> Self {
        let sentences = sheets::sentences(report, &format);
        Self { model, format, pictures, sentences }
    }

    /// Writes the files of a kind; the first is the main one. `pages` are the finished pages of the same report, for
    /// the kinds that need them; `name` is the report's file name without extension.
    ///
    /// # Errors
    /// When a format's template cannot be used, a picture cannot be read, or there are no pages.
    pub fn files(
        &self,
        kind: Kind,
        pages: Option<&PagedDocument>,
        name: &str,
    ) -> Result<Vec<File>, ExportError> {
        let file = |bytes: Vec<u8>| vec![File { ending: kind.extension().to_owned(), bytes }];
        let pages = || pages.ok_or_else(|| ExportError::one("没有排好的页面"));
        Ok(match kind {
            Kind::Docx => file(self.docx(pages()?)),
            Kind::Html => file(self.html(pages()?)?.into_bytes()),
            Kind::HtmlFragment => {
                let fragment = self.fragment(pages()?, &format!("{name}.fragment"))?;
                let pictures = fragment
                    .pictures
                    .into_iter()
                    .map(|(file, bytes)| File { ending: file[name.len()..].to_owned(), bytes });
                file(fragment.html.into_bytes()).into_iter().chain(pictures).collect()
            }
            Kind::Xlsx => file(self.xlsx()?),
            Kind::Csv => {
                let tables = self.csv().into_iter();
                tables
                    .map(|(table, bytes)| File { ending: format!(".{table}.csv"), bytes })
                    .collect()
            }
        })
    }

    /// Writes a Word document. The finished pages tell the widths of tables and draw the charts.
    pub fn docx(&self, pages: &PagedDocument) -> Vec<u8> {
        docx::write(&self.model, &self.format.manifest.page, &Laid(pages), &self.pictures)
    }

    /// Writes a web page that holds everything, its pictures too.
    ///
    /// # Errors
    /// When the format's web templates cannot be used.
    pub fn html(&self, pages: &PagedDocument) -> Result<String, ExportError> {
        html::page(&self.model, &self.format, &Laid(pages), &self.pictures)
    }

    /// Writes a fragment to paste into the editor of a website; the names of its pictures begin with `name`.
    ///
    /// # Errors
    /// When the format's web templates cannot be used, or a picture cannot be read.
    pub fn fragment(&self, pages: &PagedDocument, name: &str) -> Result<Fragment, ExportError> {
        html::fragment(&self.model, &self.format, &Laid(pages), &self.pictures, name)
    }

    /// Writes a fragment that holds its pictures, for the clipboard.
    ///
    /// # Errors
    /// When the format's web templates cannot be used.
    pub fn clipping(&self, pages: &PagedDocument) -> Result<String, ExportError> {
        html::clipping(&self.model, &self.format, &Laid(pages), &self.pictures)
    }

    /// Writes the figures as a workbook.
    ///
    /// # Errors
    /// When a text is longer than a cell can hold.
    pub fn xlsx(&self) -> Result<Vec<u8>, ExportError> {
        sheets::xlsx::write(&self.model, &self.sheets())
            .map_err(|error| ExportError::one(format!("工作簿无法生成（{error}）")))
    }

    /// Writes the figures as CSV, one file a table: its short name and its bytes.
    pub fn csv(&self) -> Vec<(String, Vec<u8>)> {
        let sheets = self.sheets();
        sheets.iter().map(|sheet| (sheet.name.clone(), sheets::csv::write(sheet))).collect()
    }

    fn sheets(&self) -> Vec<sheets::Sheet> {
        sheets::sheets(&self.model, &self.format, &self.sentences)
    }
}
