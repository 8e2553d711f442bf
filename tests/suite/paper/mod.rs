//! A report on paper: built by the front door, read back from its PDF.

pub(crate) mod lines;
pub(crate) mod overlap;
pub(crate) mod random;
pub(crate) mod ruling;
pub(crate) mod sound;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use nianbao::export::Standards;
use nianbao::format::Format;
use nianbao::generator::{Checked, Input, Typeset};
use nianbao::report::Report;
use nianbao::verify::pdf::{Bounds, Pdf, Run};
use nianbao::verify::tables::Grid;

use crate::support::{files, generator};
use lines::Line;

/// The text area of DOMAIN's page: 156 × 225 mm at 28/37 mm.
pub(crate) const TEXT_AREA: Bounds = Bounds { left: 28.0, top: 37.0, right: 184.0, bottom: 262.0 };

/// One built report.
pub(crate) struct Paper {
    pub(crate) bytes: Vec<u8>,
    pub(crate) pdf: Pdf,
    pub(crate) grids: Vec<Grid>,
    pub(crate) checked: Checked,
    pub(crate) typeset: Typeset,
}

/// Every example by name, each built once.
pub(crate) fn examples() -> &'static BTreeMap<String, Paper> {
    static EXAMPLES: LazyLock<BTreeMap<String, Paper>> = LazyLock::new(|| {
        files("examples", "toml").iter().map(|path| (stem(path), Paper::of_file(path))).collect()
    });
    &EXAMPLES
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

impl Paper {
    pub(crate) fn of_file(path: &Path) -> Self {
        Self::of_input(&Input::read(path, None).expect("a readable report"), false)
    }

    /// Builds a report from the text of a data file.
    pub(crate) fn of(text: &str) -> Self {
        Self::of_input(&input(text), false)
    }

    /// Builds a draft.
    pub(crate) fn draft(text: &str) -> Self {
        Self::of_input(&input(text), true)
    }

    fn of_input(input: &Input, draft: bool) -> Self {
        let checked = generator().check(input);
        Self::of_checked(checked, draft)
    }

    pub(crate) fn of_checked(checked: Checked, draft: bool) -> Self {
        let typeset = generator().typeset(&checked, draft).unwrap_or_else(|failure| {
            let findings: Vec<String> = checked
                .diagnostics
                .iter()
                .map(|found| format!("{} {}: {}", found.rule, found.path, found.message))
                .collect();
            panic!("{failure}\n{}", findings.join("\n"))
        });
        let bytes = typeset.pdf(&Standards::default()).expect("a PDF");
        let pdf = Pdf::read(&bytes).expect("a readable PDF");
        let grids = Grid::all(&pdf);
        Self { bytes, pdf, grids, checked, typeset }
    }

    pub(crate) fn format(&self) -> &Arc<Format> {
        self.checked.format().expect("a format")
    }

    pub(crate) fn report(&self) -> &Report {
        self.checked.report.as_ref().expect("a report")
    }

    /// The lines of a page (from 0) that stand in no table and no picture, from the top.
    pub(crate) fn prose(&self, page: usize) -> Vec<Line> {
        let tree = self.pdf.tree.as_ref().expect("a tagged PDF");
        let boxed = ["Table", "Figure"]
            .into_iter()
            .flat_map(|role| tree.with_role(role).collect::<Vec<_>>());
        let boxed: BTreeSet<(usize, u32)> =
            boxed.flat_map(|element| tree.content(element)).collect();
        lines::lines(&self.pdf.pages[page], |run| {
            run.mcid.is_some_and(|mcid| !boxed.contains(&(page, mcid)))
        })
    }

    /// The runs of all elements with a role, each element with its text.
    pub(crate) fn elements(&self, role: &str) -> Vec<(String, Vec<(usize, &Run)>)> {
        let tree = self.pdf.tree.as_ref().expect("a tagged PDF");
        let elements =
            tree.with_role(role).map(|at| (tree.text(at, &self.pdf), tree.runs(at, &self.pdf)));
        elements.collect()
    }

    /// All text in reading order, decoration left out.
    pub(crate) fn text(&self) -> String {
        self.pdf.tree.as_ref().expect("a tagged PDF").text(0, &self.pdf)
    }
}

/// A data file that is not on the disk.
pub(crate) fn input(text: &str) -> Input {
    Input {
        path: PathBuf::from("report.toml"),
        bytes: text.as_bytes().to_vec(),
        previous: None,
        ..Input::default()
    }
}
