//! Names of the agency: [`crate::text::names`] as a check.

use super::{Check, Tools, read};
use crate::text::data::{AgencyData, Head};
use crate::text::desk::{Desk, Page};
use crate::text::names::{Fault, Names};
use crate::text::pattern::PatternError;

#[derive(Debug)]
struct Agency {
    head: Head,
    names: Names,
}

pub(super) fn make(data: toml::Table, _: Tools<'_>) -> Result<Box<dyn Check>, PatternError> {
    let (head, data): (Head, AgencyData) = read(data)?;
    Ok(Box::new(Agency { head, names: Names::new(data)? }))
}

impl Check for Agency {
    fn head(&self) -> &Head {
        &self.head
    }

    fn page(&self, page: &Page<'_>, desk: &mut Desk<'_>) {
        let (first, others) = match desk.subject.agencies.split_first() {
            Some((first, others)) => (*first, others),
            None => return,
        };
        let mut wrong = self.names.of(&page.prose.plain, first);
        for agency in others {
            // A name in a joint report is wrong only if it is none of its agencies'.
            let also = self.names.of(&page.prose.plain, agency);
            wrong.retain(|(range, _)| also.iter().any(|(other, _)| other == range));
        }
        for (range, fault) in wrong {
            let fault = match fault {
                Fault::Misspelt => "misspelt",
                Fault::Elsewhere => "elsewhere",
                Fault::Other => "other",
            };
            let mut draft = page.at_plain(&range).with("fault", fault);
            draft.computed = Some(desk.subject.agencies.join("、"));
            desk.report(&self.head, draft);
        }
    }
}
