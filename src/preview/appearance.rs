//! What a page looks like, as a hash: two pages with the same hash give the same drawing.
//!
//! The hash of the whole page is of no use here: it takes in tags, by which typst finds elements again, and they
//! change on every page when one figure on one page does.

use std::hash::{Hash, Hasher};

use typst::layout::{Frame, FrameItem};
use typst_layout::Page;

/// Hashes what is to be seen of a page.
pub(super) fn hash(page: &Page) -> u128 {
    typst::utils::hash128(&(&page.fill, Looks(&page.frame)))
}

struct Looks<'a>(&'a Frame);

impl Hash for Looks<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.size().hash(state);
        for (at, item) in self.0.items() {
            match item {
                FrameItem::Tag(_) | FrameItem::Link(..) => {}
                FrameItem::Group(group) => {
                    (0_u8, at, &group.transform, &group.clip, group.label).hash(state);
                    Looks(&group.frame).hash(state);
                    // So that an item after a group differs from one inside it.
                    1_u8.hash(state);
                }
                FrameItem::Text(_) | FrameItem::Shape(..) | FrameItem::Image(..) => {
                    (2_u8, at, item).hash(state);
                }
            }
        }
    }
}
