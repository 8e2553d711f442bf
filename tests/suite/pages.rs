//! The look of every page of every example: hashes, pictures, and the pictures' differences.
//!
//! `docs/gallery/` has a small picture of each page and a list of their hashes. After a change of the layout:
//!
//! ```text
//! cargo test --release --test suite -- --ignored pages::show_differences   # pictures in target/pages/
//! cargo test --release --test suite -- --ignored pages::rebuild_gallery
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use crate::paper::examples;
use crate::support::root;

/// Pixels in a point.
const DENSITY: f32 = 1.0;

/// A grey picture.
#[derive(Clone, PartialEq)]
struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Picture {
    /// Reads a PNG as grey on white.
    fn decode(bytes: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().expect("a PNG");
        let mut raw = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut raw).expect("a picture");
        let samples = info.color_type.samples();
        let grey = |pixel: &[u8]| match pixel {
            [red, green, blue, ..] => {
                ((299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue)) / 1000)
                    as u8
            }
            [grey, ..] => *grey,
            [] => 255,
        };
        let pixels = raw[..info.buffer_size()].chunks(samples).map(grey).collect();
        Self { width: info.width, height: info.height, pixels }
    }

    fn encode(&self, color: png::ColorType) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(color);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&self.pixels).expect("pixels");
        writer.finish().expect("an end");
        bytes
    }

    fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(&self.width.to_le_bytes())
            .update(&self.height.to_le_bytes())
            .update(&self.pixels);
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// The grey at a place; white outside.
    fn at(&self, x: u32, y: u32) -> u8 {
        if x < self.width && y < self.height {
            self.pixels[(y * self.width + x) as usize]
        } else {
            255
        }
    }

    /// The picture with a thin frame, as a sheet on a white page.
    fn framed(&self) -> Self {
        let mut framed = self.clone();
        for y in 0..self.height {
            for x in 0..self.width {
                if x == 0 || y == 0 || x + 1 == self.width || y + 1 == self.height {
                    framed.pixels[(y * self.width + x) as usize] = 170;
                }
            }
        }
        framed
    }

    /// This picture and another with a gap between them.
    fn next_to(&self, other: &Self) -> Self {
        let gap = 24;
        let (width, height) = (self.width + gap + other.width, self.height.max(other.height));
        let place = |x: u32, y: u32| {
            if x < self.width + gap { self.at(x, y) } else { other.at(x - self.width - gap, y) }
        };
        let pixels = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| place(x, y))
            .collect();
        Self { width, height, pixels }
    }

    /// Before, after, and both over each other side by side: what went is red, what came is blue.
    fn beside(&self, after: &Self) -> Self {
        let (width, height) = (self.width.max(after.width), self.height.max(after.height));
        let mut pixels = Vec::with_capacity((width * height * 9) as usize);
        for y in 0..height {
            for picture in 0..3 {
                for x in 0..width {
                    let (old, new) = (self.at(x, y), after.at(x, y));
                    pixels.extend(match picture {
                        0 => [old, old, old],
                        1 => [new, new, new],
                        _ => [new, old.max(new), old],
                    });
                }
            }
        }
        Self { width: width * 3, height, pixels }
    }
}

fn gallery() -> PathBuf {
    root().join("docs/gallery")
}

/// Every page of every example by name: `liaocheng-2023-1`.
fn pages() -> BTreeMap<String, Picture> {
    let mut pages = BTreeMap::new();
    for (name, paper) in examples() {
        for page in 0..paper.typeset.page_count() {
            let png = paper.typeset.png(page, DENSITY).expect("a picture");
            pages.insert(format!("{name}-{}", page + 1), Picture::decode(&png));
        }
    }
    pages
}

/// The hashes in the list, by page.
fn known() -> BTreeMap<String, String> {
    let list = fs::read_to_string(gallery().join("pages.txt")).unwrap_or_default();
    let entry =
        |line: &str| line.split_once(' ').map(|(name, hash)| (name.to_owned(), hash.to_owned()));
    list.lines().filter_map(entry).collect()
}

#[test]
fn pages_look_as_in_the_gallery() {
    let found: BTreeMap<String, String> =
        pages().iter().map(|(name, picture)| (name.clone(), picture.hash())).collect();
    let known = known();
    let changed: Vec<&String> = found
        .keys()
        .chain(known.keys())
        .filter(|name| found.get(*name) != known.get(*name))
        .collect();
    assert!(
        changed.is_empty(),
        "pages that look different (see tests/suite/pages.rs): {changed:?}"
    );
}

#[test]
#[ignore = "writes pictures to target/pages"]
fn show_differences() {
    let folder = root().join("target/pages");
    fs::create_dir_all(&folder).expect("a folder");
    let known = known();
    for (name, after) in pages() {
        if known.get(&name) != Some(&after.hash()) {
            let before = fs::read(gallery().join(format!("{name}.png")))
                .map(|bytes| Picture::decode(&bytes));
            let nothing = Picture { width: 0, height: 0, pixels: Vec::new() };
            let picture = before.unwrap_or(nothing).beside(&after);
            let path = folder.join(format!("{name}.png"));
            fs::write(&path, picture.encode(png::ColorType::Rgb)).expect("a file");
            eprintln!("{}", path.display());
        }
    }
}

#[test]
#[ignore = "rewrites docs/gallery"]
fn rebuild_gallery() {
    fs::create_dir_all(gallery()).expect("a folder");
    for old in fs::read_dir(gallery()).expect("the folder") {
        let path = old.expect("a file").path();
        // The picture of the preview is taken by hand.
        if path.extension().is_some_and(|kind| kind == "png") && !path.ends_with("preview.png") {
            fs::remove_file(path).expect("an old picture");
        }
    }
    let pages = pages();
    let save = |name: &str, picture: &Picture| {
        fs::write(gallery().join(format!("{name}.png")), picture.encode(png::ColorType::Grayscale))
            .expect("a file");
    };
    let mut list = String::new();
    for (name, picture) in &pages {
        list += &format!("{name} {}\n", picture.hash());
        save(name, picture);
    }
    fs::write(gallery().join("pages.txt"), list).expect("the list");
    fs::write(gallery().join("README.md"), index(&pages)).expect("the index");
    save("readme", &pages["xichang-2024-1"].framed().next_to(&pages["xichang-2024-3"].framed()));
}

/// A page that shows all pictures, a report a line.
fn index(pages: &BTreeMap<String, Picture>) -> String {
    let mut index = String::from(
        "# The examples' pages\n\nRebuilt by the command in `tests/suite/pages.rs`.\n",
    );
    let mut report = "";
    for name in pages.keys() {
        let (of, number) = name.rsplit_once('-').expect("a page number");
        if of != report {
            index += &format!("\n## {of}\n\n");
            report = of;
        }
        index += &format!("<img src=\"{name}.png\" width=\"240\" alt=\"{of}, page {number}\">\n");
    }
    index
}
