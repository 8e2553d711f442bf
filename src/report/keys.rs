//! Keys that every format has, beside those that its parts and tables name.

/// The key of the sections that a file adds to a part.
pub(super) const SECTION: &str = "section";

/// The key that says whether a part's sections stand in the order of the form or of the file.
pub(super) const ORDER: &str = "order";

/// Keys of the texts above and below a table.
pub(crate) const BESIDE: [(&str, &str); 2] = [("before", "表前的文字"), ("after", "表后的文字")];
