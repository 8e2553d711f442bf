//! What the typesetting back end costs: fonts, a document cold and warm, export.
//!
//! Run with `cargo bench --bench backend`. Memory is measured by `cargo bench --bench memory`.

use std::path::{Path, PathBuf};

use divan::{Bencher, black_box};
use nianbao::fonts::{Fonts, Role};
use nianbao::world::Typesetter;

fn main() {
    divan::main();
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts")
}

fn fonts() -> Fonts {
    Fonts::load(&folder(), None).expect("the shipped fonts load")
}

/// Start-up: all faces are listed, no outlines read.
#[divan::bench]
fn fonts_listed() -> Fonts {
    fonts()
}

/// A text of the length of a report against a fresh set of fonts: coverage is computed when first asked.
#[divan::bench]
fn coverage_first(bencher: Bencher) {
    let text = "本年度主动公开政府信息100条。".repeat(300);
    bencher
        .with_inputs(fonts)
        .bench_values(|fonts| black_box(fonts.lacking(Role::Fangsong, &text)));
}

/// The same with coverage known.
#[divan::bench]
fn coverage_again(bencher: Bencher) {
    let (text, fonts) = ("本年度主动公开政府信息100条。".repeat(300), fonts());
    bencher.bench_local(|| black_box(fonts.lacking(Role::Fangsong, &text)));
}

#[divan::bench]
fn typesetter_made(bencher: Bencher) {
    bencher.with_inputs(fonts).bench_values(Typesetter::new);
}
