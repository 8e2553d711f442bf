//! A last day for the report's date.

use serde::Deserialize;

use super::{Check, Tools, read};
use crate::text::data::Head;
use crate::text::desk::{Desk, Page};
use crate::text::finding::Place;
use crate::text::messages::Draft;
use crate::text::pattern::PatternError;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Kinds of agency it holds for.
    kinds: Vec<String>,
    /// Month of the year after the report's.
    month: u8,
    /// Day.
    day: u8,
}

#[derive(Debug)]
struct Deadline {
    head: Head,
    data: Data,
}

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data) = read(data)?;
    Ok(Box::new(Deadline { head, data }))
}

impl Check for Deadline {
    fn head(&self) -> &Head {
        &self.head
    }

    fn whole(&self, _: &[Page<'_>], desk: &mut Desk<'_>) {
        let subject = desk.subject;
        let Some(date) = subject.date else { return };
        let last = (subject.year + 1, self.data.month, self.data.day);
        if date <= last || !self.data.kinds.iter().any(|kind| kind == subject.kind) {
            return;
        }
        let written = |(year, month, day): (i32, u8, u8)| format!("{year}年{month}月{day}日");
        let mut draft = Draft::new(Place::Value { path: "report.date".to_owned() });
        draft.reported = Some(written(date));
        draft.computed = Some(written(last));
        desk.report(&self.head, draft);
    }
}
