//! Nothing wrong leaves the house in silence: copies beside originals, last year's file, broken pictures and fonts, faults in
//! neighbouring files, outputs that would take the place of something else. Each test is one kind, with several inputs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

use crate::support::root;

/// A folder to work in.
struct Office(TempDir);

/// What a command left: exit code and everything it said.
struct Said {
    code: i32,
    text: String,
}

impl Said {
    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.text);
        assert!(!self.text.contains("panicked"), "{}", self.text);
        self
    }

    #[track_caller]
    fn has(self, words: &str) -> Self {
        // Lines are broken at spaces and between Chinese characters.
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        assert!(plain(&self.text).contains(&plain(words)), "no {words:?} in\n{}", self.text);
        self
    }

    #[track_caller]
    fn lacks(self, words: &str) -> Self {
        assert!(!self.text.contains(words), "{words:?} in\n{}", self.text);
        self
    }
}

impl Office {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
        self
    }

    fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, &root().join("fonts"))
    }

    fn run_with(&self, words: &[&str], fonts: &Path) -> Said {
        let output = Command::new(cargo_bin("nianbao"))
            .current_dir(self.0.path())
            .env("NIANBAO_FONTS", fonts)
            .args(words)
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        Said { code: output.status.code().expect("an exit code"), text }
    }
}

fn sample() -> String {
    fs::read_to_string(root().join("templates/2021/sample.toml")).expect("a sample")
}

/// The sample of another year, whose figures follow on those of the year before.
fn of_year(year: i32) -> String {
    sample()
        .replace("2023年", &format!("{year}年"))
        .replace("year = 2023", &format!("year = {year}"))
        .replace("date = 2024-", &format!("date = {}-", year + 1))
}

#[test]
fn a_copy_never_wins_over_the_original() {
    for copy in [
        "局2022 - 副本.toml",
        "局2022 (1).toml",
        "局2022（2）.TOML",
        "Copy of 局2022.toml",
        "备份局2022.toml",
        "a-副本.toml",
    ] {
        let office = Office::new();
        office
            .write("局2023.toml", sample())
            .write("局2022.toml", of_year(2022))
            .write(copy, of_year(2022));
        let said = office.run(&["check", "局2023.toml"]).has("PREV-FILE").has(copy);
        let said = said.has("对照的上年文件：局2022.toml");
        assert_eq!(said.code, 0, "{}", said.text);
    }
}

#[test]
fn last_years_file_is_named_and_judged() {
    let office = Office::new();
    office
        .write("今年.toml", sample())
        .write("去年.TOML", of_year(2022))
        .write("前年.toml", of_year(2021));
    office.write(
        "别局.toml",
        of_year(2022).replace("agency = \"云河市水务局\"", "agency = \"云河市教育局\""),
    );
    let gbk = encoding_rs::GBK.encode(&of_year(2022)).0.into_owned();
    office.write("编码.toml", gbk);
    let check = |words: &[&str]| office.run(&[&["check", "今年.toml"], words].concat());
    check(&[]).has("对照的上年文件：").has("PREV-FILE").has("编码.toml");
    fs::remove_file(office.at("编码.toml")).expect("removed");
    check(&[]).has("对照的上年文件：去年.TOML").lacks("PREV-FILE");
    check(&["--previous", "前年.toml"])
        .has("PREV-FILE")
        .has("是 2021 年度的，不是 2022 年度的")
        .lacks("对照的上年文件");
    check(&["--previous", "别局.toml"])
        .has("PREV-FILE")
        .has("云河市教育局")
        .has("对照的上年文件：别局.toml");
    check(&["--previous", "今年.toml"])
        .has("PREV-FILE")
        .has("就是这份报告自己")
        .lacks("对照的上年文件");
    check(&["--previous", "./今年.toml"]).has("就是这份报告自己");
    office.write("坏.toml", of_year(2022).replace("licensing = 63", "licensing = = 63"));
    check(&["--previous", "坏.toml"]).has("PREV-FILE").has("读不懂");
    office.write("旧/去年.toml", of_year(2022));
    check(&["--previous", "旧"]).has("对照的上年文件：旧/去年.toml").lacks("PREV-FILE");
    check(&["--message-format", "json"]).has("\"previous\":\"去年.TOML\"");
}

#[test]
fn last_years_file_in_another_encoding_is_compared() {
    let office = Office::new();
    let text = of_year(2022).replace("carried_forward = [2", "carried_forward = [7");
    let gbk = encoding_rs::GBK.encode(&text).0.into_owned();
    office.write("今年.toml", sample()).write("去年.toml", gbk);
    office.run(&["check", "今年.toml"]).has("对照的上年文件：去年.toml").lacks("ENCODING");
}

#[test]
fn two_files_of_one_report_are_pointed_out() {
    let office = Office::new();
    office.write("in/水务局-2023.toml", sample());
    office
        .write("in/水务局-2023 - 副本.toml", sample().replace("licensing = 63", "licensing = 61"));
    office
        .run(&["check", "in"])
        .lacks("TWO-FILES")
        .has("年度的报告有 2 个文件")
        .has("水务局-2023 - 副本.toml")
        .has("水务局-2023.toml");
    office.run(&["check", "in/水务局-2023.toml"]).lacks("TWO-FILES");
    let both = ["build", "in/水务局-2023.toml", "in/水务局-2023 - 副本.toml", "-o", "out2"];
    office.run(&both).has("TWO-FILES");
    office
        .run(&["batch", "in", "-o", "out"])
        .has("同一机关同一年度还有别的数据文件")
        .has("水务局-2023 - 副本.toml");
}

#[test]
fn init_refuses_what_the_other_commands_would_not_take() {
    let office = Office::new();
    office.write("前年.toml", of_year(2021));
    for (words, told) in [
        (&["--year", "20233", "a.toml"][..], "不是报告年度"),
        (&["--year", "23", "a.toml"], "不是报告年度"),
        (&["--year", "2023", "报告"], "报告.toml"),
        (&["--year", "2023", "报告.txt"], ".toml"),
        (&["--year", "2023", "--agency", "某\n局", "a.toml"], "--agency"),
        (&["--year", "2023", "--agency", "某\u{200B}局", "a.toml"], "--agency"),
        (&["--year", "2023", "--agency", "某\t局", "a.toml"], "--agency"),
        (&["--year", "2023", "--agency", " ", "a.toml"], "--agency"),
        (&["--year", "2023", "--previous", "前年.toml", "a.toml"], "2021 年度"),
    ] {
        office.run(&[&["init"], words].concat()).ends(2).has(told);
        assert!(!office.at("a.toml").exists() && !office.at("报告").exists(), "{words:?}");
    }
    office
        .run(&["init", "--agency", "云河市农业局", "--previous", "前年.toml", "b.toml"])
        .ends(0)
        .has("云河市水务局");
}

#[test]
fn migrate_never_touches_its_input() {
    let old = fs::read(root().join("templates/2019/sample.toml")).expect("a sample");
    for output in ["o.toml", "./o.toml", "sub/../o.toml", "link.toml"] {
        for more in [&[][..], &["--force"]] {
            let office = Office::new();
            office.write("o.toml", &old).write("sub/x", "");
            #[cfg(unix)]
            std::os::unix::fs::symlink(office.at("o.toml"), office.at("link.toml"))
                .expect("a link");
            let words = [&["migrate", "o.toml", "--to", "2021", "-o", output], more].concat();
            office.run(&words).ends(2).has("原文件");
            assert_eq!(fs::read(office.at("o.toml")).expect("it is there"), old, "{words:?}");
        }
    }
    let office = Office::new();
    office.write("in/x.txt", "x").run(&["migrate", "in", "--to", "2021"]).ends(2);
}

#[test]
fn batch_replaces_no_file_that_it_did_not_make() {
    let office = Office::new();
    office.write("in/a.toml", sample()).write("out/a.pdf", "%PDF-1.7 盖过章的文件");
    office.run(&["batch", "in", "-o", "out"]).ends(2).has("没有覆盖");
    assert_eq!(
        fs::read(office.at("out/a.pdf")).expect("it is there"),
        "%PDF-1.7 盖过章的文件".as_bytes()
    );
    office.run(&["batch", "in", "-o", "out", "--dry-run"]).ends(2).has("没有覆盖");
    office.run(&["batch", "in", "-o", "out", "--force"]).ends(0);
    fs::remove_dir_all(office.at("out/.nianbao")).expect("removed");
    office.run(&["batch", "in", "-o", "out"]).ends(0).lacks("没有覆盖");
}

#[test]
fn nothing_found_is_no_success() {
    let office = Office::new();
    office
        .write("in/readme.txt", "x")
        .write("in/空.toml", " \n")
        .write("in/Cargo.toml", "[package]\n")
        .write("in/报告", sample());
    for words in [
        &["batch", "in", "-o", "out"][..],
        &["batch", "in", "-o", "out", "--dry-run"],
        &["check", "in"],
    ] {
        office.run(words).ends(2).has("没有找到年报数据文件");
    }
    office.run(&["batch", "in", "-o", "out"]).has("空.toml").has("readme.txt");
    office.run(&["check", "in"]).has("是空文件").has("另有 2 个文件").has("报告").has("readme.txt");
    #[cfg(unix)]
    {
        office.write("in2/a.toml", sample());
        std::os::unix::fs::symlink("nowhere", office.at("in2/dead.toml")).expect("a link");
        office.run(&["check", "in2"]).ends(2).has("dead.toml");
        office.run(&["batch", "in2", "-o", "out2"]).ends(2).has("dead.toml");
        assert!(office.at("out2/a.pdf").exists(), "the healthy one is made");
        office.run(&["batch", "in2", "-o", "out2", "--dry-run"]).ends(2).has("dead.toml");
    }
}

#[test]
fn a_mistake_in_one_file_stays_there() {
    for broken in ["\\u开头", "\\x文件", "\\U张三", "\\u12文", "\\U0011FFFF年", "\\uD800", "\\"]
    {
        let office = Office::new();
        let bad = of_year(2022).replace("对公文逐件", &format!("{broken}对公文逐件"));
        office.write("in/a.toml", sample()).write("in/b.toml", &bad);
        office.run(&["check", "in/a.toml"]).ends(0).has("PREV-FILE");
        office.run(&["check", "in"]).ends(1).has("共 2 份");
        office.run(&["batch", "in", "-o", "out"]).ends(1).has("生成 1");
        for command in [
            &["build", "in/b.toml"][..],
            &["fonts", "in/b.toml"],
            &["migrate", "in/b.toml", "--to", "2021"],
            &["diff", "in/a.toml", "in/b.toml"],
            &["init", "--previous", "in/b.toml", "c.toml"],
        ] {
            let said = office.run(command);
            assert!(
                (0..=2).contains(&said.code) && !said.text.contains("panicked"),
                "{}",
                said.text
            );
        }
    }
}

#[test]
fn outputs_have_an_ending_that_is_made() {
    let office = Office::new();
    office.write("r.toml", sample());
    for output in ["报告.pfd", "-", "报告.doc", "年报.PDFX", "a.toml2", "结果.zip"] {
        office.run(&["build", "r.toml", "-o", output]).ends(2).has("-o");
        assert!(!office.at(output).exists(), "{output}");
    }
    for output in ["输出", "2023.01", "结果.v2/", "报告.pdf"] {
        office.run(&["build", "r.toml", "-o", output]).ends(0);
    }
}

/// A font file of the set that is there in part, or with other bytes.
#[test]
fn a_damaged_font_is_refused() {
    let office = Office::new();
    office.write("r.toml", sample());
    let fonts = office.at("f");
    let faces =
        ["NotoSerifSC-Regular.ttf", "FandolFangGB-Regular.ttf", "LiberationSerif-Regular.ttf"];
    for face in faces {
        for damage in ["short", "half", "zeros", "byte"] {
            fs::create_dir_all(&fonts).expect("made");
            for entry in fs::read_dir(root().join("fonts")).expect("the set").flatten() {
                if entry.path().is_file() {
                    #[cfg(unix)]
                    std::os::unix::fs::symlink(entry.path(), fonts.join(entry.file_name()))
                        .expect("a link");
                }
            }
            let mut bytes = fs::read(root().join("fonts").join(face)).expect("a face");
            let length = bytes.len();
            match damage {
                "short" => bytes.truncate(100_000),
                "half" => bytes.truncate(length * 2 / 3),
                "zeros" => bytes[length / 2..].fill(0),
                _ => bytes[length / 2] ^= 1,
            }
            fs::remove_file(fonts.join(face)).expect("removed");
            fs::write(fonts.join(face), bytes).expect("written");
            office.run_with(&["build", "r.toml"], &fonts).ends(2).has(face).has("已损坏");
            assert!(!office.at("r.pdf").exists(), "{face} {damage}");
            fs::remove_dir_all(&fonts).expect("removed");
        }
    }
}

/// Pictures that a build could not print are findings of the check.
#[test]
fn pictures_that_cannot_be_printed_are_found() {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 40, 30);
    encoder.set_color(png::ColorType::Rgb);
    let noise: Vec<u8> =
        (0..3600u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&noise)).expect("encoded");
    let picture = image::load_from_memory(&png).expect("decoded");
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("encoded");
    let jpeg = jpeg.into_inner();
    let svg = |inside: &str| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20\">{inside}</svg>"
        )
        .into_bytes()
    };
    let mut zeros = jpeg.clone();
    let length = zeros.len();
    zeros[length / 2..].fill(0);
    let bad: [(&str, Vec<u8>); 10] = [
        ("a.png", png[..png.len() / 2].to_vec()),
        ("b.png", png[..33].to_vec()),
        ("c.jpg", jpeg[..jpeg.len() / 2].to_vec()),
        ("d.jpg", zeros),
        ("e.svg", svg("<rect width=\"30\"")[..80].to_vec()),
        ("f.svg", svg("<image href=\"a.png\" width=\"9\" height=\"9\"/>")),
        ("g.svg", svg("<text x=\"1\" y=\"9\">\u{1F600}</text>")),
        ("h.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"9\"><rect width=\"3\" height=\"3\"/></svg>".to_vec()),
        ("i.png", Vec::new()),
        ("j.png", b"GIF89a".to_vec()),
    ];
    let good: [(&str, Vec<u8>); 4] = [
        ("a.png", png.clone()),
        ("b.jpg", jpeg.clone()),
        ("c.svg", svg("<rect width=\"9\" height=\"9\"/>")),
        ("d.png", jpeg),
    ];
    let with = |name: &str| {
        sample().replace("门户网站的供水专栏", &format!("![示意]({name})\n门户网站的供水专栏"))
    };
    for (name, bytes) in bad {
        let office = Office::new();
        office.write(name, bytes).write("r.toml", with(name));
        office.run(&["check", "r.toml"]).ends(1).has("PICTURE").has(name);
        office.run(&["build", "r.toml"]).ends(1);
        office.run(&["build", "r.toml", "--draft"]).ends(1);
        assert!(office.at("r.pdf").exists(), "a draft of {name}");
    }
    for (name, bytes) in good {
        let office = Office::new();
        office.write(name, bytes).write("r.toml", with(name));
        office.run(&["check", "r.toml"]).ends(0);
        office.run(&["build", "r.toml"]).ends(0);
    }
}

/// A draft prints 〓 for what no font has, wherever it stands.
#[test]
fn a_draft_is_made_whatever_letters_it_has() {
    for (from, to) in [
        ("水务信息120条", "水务\u{1F600}信息120条"),
        ("agency = \"云河市水务局\"", "agency = \"云河市\u{2A6A5}水务局\""),
        ("水务信息120条", "**水务\u{0F40}信息**120条"),
        ("水务信息120条", "水务\u{E000}信息1\u{20E3}20条"),
        ("licensing = 63", "licensing = { value = 63, note = \"\u{1F600}\" }"),
        ("水务信息120条", "信息\n| 甲\u{1F600} | 乙 |\n| --- | --- |\n| 1 | 2 |\n水务信息120条"),
        ("水务信息120条", "信息\n### 小\u{1F600}标题\n水务信息120条"),
        ("year = 2023", "title = \"年\u{1F600}报\"\nyear = 2023"),
    ] {
        let office = Office::new();
        assert!(sample().contains(from), "{from}");
        office.write("r.toml", sample().replacen(from, to, 1));
        office.run(&["check", "r.toml"]).ends(1).has("GLYPH");
        office.run(&["build", "r.toml", "--draft"]).ends(1);
        assert!(office.at("r.pdf").exists(), "a draft of {to}");
    }
}

/// A title of hundreds of characters is a finding at once, and a draft of it does not take for ever.
#[test]
fn a_paragraph_in_the_title_is_told_at_once() {
    let words = "云河市经济技术开发区管理委员会综合行政执法和应急管理局关于";
    for length in [101, 250, 400, 5_000] {
        let title: String = words.chars().cycle().take(length).collect();
        let office = Office::new();
        office.write(
            "r.toml",
            sample().replacen("year = 2023", &format!("title = \"{title}\"\nyear = 2023"), 1),
        );
        let begun = std::time::Instant::now();
        office.run(&["check", "r.toml"]).ends(1).has("太长");
        office.run(&["build", "r.toml", "--draft"]).ends(1);
        assert!(begun.elapsed().as_secs() < 60, "{length} characters took {:?}", begun.elapsed());
    }
}
