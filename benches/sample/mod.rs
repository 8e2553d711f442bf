//! Reports to measure with: the examples, each time with other words, so that no cache knows them.

use std::path::{Path, PathBuf};

use nianbao::fonts::Fonts;
use nianbao::generator::{Config, Generator, Input, Typeset};

/// The examples, in the order in which they are used.
const EXAMPLES: [&str; 5] =
    ["xiangshan-2023", "xichang-2024", "linwei-2023", "liaocheng-2023", "xiangshan-2020"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Formats and fonts as a user has them.
pub fn generator() -> Generator {
    let config = Config { fonts: root().join("fonts"), ..Config::default() };
    Generator::new(&config).expect("built-in formats and shipped fonts load")
}

/// The path of an example.
pub fn example(number: usize) -> PathBuf {
    root().join("examples").join(format!("{}.toml", EXAMPLES[number % EXAMPLES.len()]))
}

/// The first example, the one that all figures of a single report are given for.
pub fn plain() -> Input {
    Input::read(&example(0), None).expect("a readable example")
}

/// An example in which every sentence ends in other words for each number.
pub fn varied(number: usize) -> Input {
    let mut input = Input::read(&example(number), None).expect("a readable example");
    let text = String::from_utf8(input.bytes).expect("UTF-8");
    let ending: String = format!("{number}").chars().map(|digit| hanzi(digit, number)).collect();
    input.bytes = text.replace('。', &format!("，见{ending}。")).into_bytes();
    input
}

fn hanzi(digit: char, number: usize) -> char {
    let shift = digit as u32 - '0' as u32 + (number as u32 % 7) * 10;
    char::from_u32('一' as u32 + shift).filter(|c| *c != '一').unwrap_or('丁')
}

/// The shipped fonts alone.
pub fn fonts() -> Fonts {
    Fonts::load(&root().join("fonts"), None).expect("the shipped fonts load")
}

/// The plain report, set.
pub fn typeset() -> Typeset {
    let generator = generator();
    generator.typeset(&generator.check(&plain()), true).expect("a document")
}
