//! A text that says nothing.

use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::pattern::{PatternError, meets};
use crate::text::words::{is_shorter, length};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Fields that must say something.
    fields: Vec<String>,
    /// The fewest letters and digits; punctuation and spaces do not count.
    least: usize,
}

#[derive(Debug)]
struct Length {
    head: Head,
    data: Data,
}

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data) = read(data)?;
    Ok(Box::new(Length { head, data }))
}

impl Check for Length {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        let text = page.field.text;
        if !meets(page.field.path, &self.data.fields) || !is_shorter(text, self.data.least) {
            return;
        }
        let mut draft = page.at_all().with("length", length(text)).with("least", self.data.least);
        draft.reported = Some(text.trim().to_owned());
        desk.report(&self.head, draft);
    }
}
