//! A page as it was set, drawn when first asked for.

use std::sync::{Arc, OnceLock};

use super::appearance;
use crate::export;

/// One page, drawn when first asked for.
pub(super) struct Page {
    /// A hash of what is to be seen on it.
    pub(super) version: String,
    /// Width and height in points.
    pub(super) size: (f64, f64),
    page: typst_layout::Page,
    svg: OnceLock<Arc<[u8]>>,
}

impl Page {
    /// Keeps a page as it was set.
    pub(super) fn new(page: typst_layout::Page) -> Self {
        let hash = appearance::hash(&page);
        let size = page.frame.size();
        Self {
            version: format!("{hash:032x}"),
            size: (size.x.to_pt(), size.y.to_pt()),
            page,
            svg: OnceLock::new(),
        }
    }

    /// The page as it was set.
    pub(super) fn frame(&self) -> &typst::layout::Frame {
        &self.page.frame
    }

    /// The page as SVG.
    pub(super) fn svg(&self) -> Arc<[u8]> {
        self.svg.get_or_init(|| export::page_svg(&self.page).into_bytes().into()).clone()
    }
}
