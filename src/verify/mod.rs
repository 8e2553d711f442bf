//! Reading finished PDFs back: a clerk's last check before upload, and an auditor's.
//!
//! In: the bytes of a PDF that this program made. Out: its figures with the labels they stand under, found by
//! the tags and places in the file, and whether its structure is intact. There is no hidden copy of the data.

pub mod integrity;
pub mod pdf;
pub mod structure;
pub mod tables;
