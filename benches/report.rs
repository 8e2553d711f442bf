//! What one report costs in a running process: start-up, check, typesetting, export.
//!
//! `cargo bench --bench report`. A fresh process, memory and many reports: `cargo bench --bench process`.

#![allow(
    unreachable_pub,
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "benches print what they measure; some files are shared by path"
)]

mod sample;

use std::cell::Cell;

use divan::{Bencher, black_box};
use nianbao::export::Standards;
use nianbao::fonts::{Fonts, Role};
use nianbao::format::Catalog;
use nianbao::world::Typesetter;

fn main() {
    divan::main();
}

fn fonts() -> Fonts {
    sample::fonts()
}

/// All faces are listed; outlines are not read.
#[divan::bench]
fn start_fonts() -> Fonts {
    fonts()
}

/// The built-in formats are parsed and laid over each other.
#[divan::bench]
fn start_formats() -> Catalog {
    Catalog::load(None).expect("the built-in formats load")
}

/// Formats and fonts: what every command waits for.
#[divan::bench]
fn start_all() -> nianbao::generator::Generator {
    sample::generator()
}

#[divan::bench]
fn start_library(bencher: Bencher) {
    bencher.with_inputs(fonts).bench_values(Typesetter::new);
}

/// 4,500 characters against fonts whose coverage nobody has asked for yet.
#[divan::bench]
fn coverage_first(bencher: Bencher) {
    let text = "本年度主动公开政府信息100条。".repeat(300);
    bencher
        .with_inputs(fonts)
        .bench_values(|fonts| black_box(fonts.lacking(Role::Fangsong, &text)));
}

#[divan::bench]
fn check(bencher: Bencher) {
    let (generator, input) = (sample::generator(), sample::plain());
    bencher.bench_local(|| black_box(generator.check(&input).counts()));
}

/// A report that this process has not seen, but others before it.
#[divan::bench]
fn build_warm(bencher: Bencher) {
    let generator = sample::generator();
    let number = Cell::new(0);
    bencher
        .with_inputs(|| {
            number.set(number.get() + 1);
            sample::varied(number.get() * 5)
        })
        .bench_local_values(|input| {
            let typeset = generator.typeset(&generator.check(&input), true).expect("a document");
            typeset.pdf(&Standards::default()).expect("a PDF")
        });
}

/// The same report once more: what a change of one word costs in the preview, nearly.
#[divan::bench]
fn build_again(bencher: Bencher) {
    let (generator, input) = (sample::generator(), sample::plain());
    bencher.bench_local(|| {
        let typeset = generator.typeset(&generator.check(&input), true).expect("a document");
        typeset.pdf(&Standards::default()).expect("a PDF")
    });
}

#[divan::bench]
fn export_pdf(bencher: Bencher) {
    let typeset = sample::typeset();
    bencher.bench_local(|| black_box(typeset.pdf(&Standards::default()).expect("a PDF")));
}

#[divan::bench]
fn export_svg_page(bencher: Bencher) {
    let typeset = sample::typeset();
    bencher.bench_local(|| black_box(typeset.svg(0).expect("a page")));
}

/// A page at 144 dpi.
#[divan::bench]
fn export_png_page(bencher: Bencher) {
    let typeset = sample::typeset();
    bencher.bench_local(|| black_box(typeset.png(0, 2.0).expect("a page")));
}
