//! Data files with random damage: nothing panics, findings point into the file, and what is called fit can be built and
//! verified.
//!
//! `NIANBAO_MUTATIONS` sets the number of files, `NIANBAO_SEED` the first seed; `.ci/long damage` runs 20,000.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use nianbao::diagnostic::Level;
use nianbao::emit::{MessageFormat, Options, ReportFindings, render};
use nianbao::export::Standards;
use nianbao::generator::{Checked, Input};
use nianbao::verify::verify;

use crate::factory;
use crate::support::{generator, root};

/// Files that are changed by default; a run of all kinds of mutation takes some thousand.
const FEW: u64 = 150;
/// Of so many files, one is also set, written and read back.
const BUILT: u64 = 5;

/// SplitMix64: small, even, the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// The files that are damaged: examples, samples, reading cases, inputs that a fuzzer found, and made-up reports.
fn bases() -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in
        ["examples", "tests/cases/read", "templates/2019", "templates/2021", "fuzz/seeds/check"]
    {
        let entries = fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
        paths.extend(entries.map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        path.extension().is_some_and(|ending| ending == "toml")
            && !["format", "schema", "rules", "text_rules", "mapping", "words"]
                .iter()
                .any(|other| name.starts_with(other))
    });
    paths.sort();
    let mut bases: Vec<(String, Vec<u8>)> = paths
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read(path).expect("a readable file")))
        .collect();
    for seed in 0..12 {
        let made = factory::report(seed, seed % 3 == 0, None);
        bases.push((format!("factory {seed}"), made.toml.into_bytes()));
    }
    assert!(bases.len() > 20, "{}", bases.len());
    bases
}

/// Pieces that come into files by paste, by input method or by mistake.
const PIECES: [&str; 44] = [
    "\"\"\"",
    "“““",
    "”",
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "=",
    "＝",
    ",",
    "，",
    "#",
    "\\",
    "\\u",
    "\\u4E",
    "\\x文",
    "\u{0}",
    "\u{200B}",
    "\u{202E}",
    "\u{A0}",
    "\u{3000}",
    "\u{FEFF}",
    "\u{E000}",
    "\u{2F45}",
    "\u{F981}",
    "1\u{20E3}",
    "😀",
    "𠮷",
    "𪚥",
    "བོད",
    "\u{301}",
    "\t",
    "\r",
    "\r\n",
    "\n\n",
    "**",
    "### 小标题",
    "![图](a.png)",
    "![图](chart:x)",
    "| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |",
    "![](",
];

/// Values that stand where a figure belongs.
const VALUES: [&str; 30] = [
    "0",
    "-1",
    "1.5",
    "1.0",
    "99999999999999999999",
    "0x1F",
    "1e3",
    "inf",
    "\"\"",
    "\"/\"",
    "—",
    "无",
    "12件",
    "\"12件\"",
    "六十三",
    "[1, 2]",
    "[1, 2, 3, 4, 5, 6, 7, 8]",
    "[]",
    "{ value = 3, note = \"其中\" }",
    "{}",
    "true",
    "2024-01-01",
    "1,063",
    "[1 2 3]",
    "[1, , 3]",
    "[1\t\t3]",
    "\"5000元\"",
    "",
    "  # 空",
    "[[1], 2]",
];

/// Lines that say something about the whole.
const LINES: [&str; 16] = [
    "[[waivers]]\nrule = \"T3-BALANCE\"\nreason = \"测试\"",
    "[[waivers]]\nrule = \"BLANK\"\nwhere = \"requests\"\nreason = \"测试\"",
    "[charts.x]\nkind = \"pie\"\ndata = [[\"甲\", 0], [\"乙\", 0]]",
    "[charts.x]\nkind = \"line\"\nunit = \"条\"\ndata = [[\"甲\", -5]]",
    "[report]\nyear = 2024",
    "format = \"2019\"",
    "note = \"注：含委托。\"",
    "unknown = 1",
    "title = \"年度报告\"",
    "date = 0001-01-01",
    "date = 9999-12-31",
    "kind = \"government\"",
    "before = \"\"\"\n如下。\n\"\"\"",
    "run_in = true",
    "order = \"file\"",
    "agency = [\"某区人民政府\", \"某开发区管委会\"]",
];

fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    match dice.below(5) {
        0 => damage_bytes(bytes, dice),
        _ => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            *bytes = damage_text(text, dice).into_bytes();
        }
    }
}

fn damage_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let length = dice.below(40).min(bytes.len() - at);
    match dice.below(6) {
        0 => drop(bytes.drain(at..at + length)),
        1 => bytes.truncate(at),
        2 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        3 => bytes.insert(at, dice.below(256) as u8),
        4 => {
            let piece = bytes[at..at + length].to_vec();
            let to = dice.below(bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        _ => {
            let (gbk, ..) = encoding_rs::GBK.encode("年度报告");
            bytes.splice(at..at, gbk.into_owned());
        }
    }
}

fn damage_text(text: String, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let at = dice.below(lines.len());
    match dice.below(11) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 => {
            let other = dice.below(lines.len());
            lines.swap(at, other);
        }
        3 => lines.insert(at, dice.pick(&LINES).to_owned()),
        4 | 5 => {
            let piece = dice.pick(&PIECES);
            let line = &mut lines[at];
            let place = line.floor_char_boundary(dice.below(line.len() + 1));
            line.insert_str(place, piece);
        }
        6 => lines[at] = lines[at].replace('，', ",").replace(", ", "，"),
        7 => {
            let line = lines[at].clone();
            let length = 1 + dice.below(30);
            lines[at] = vec![line; length].concat();
        }
        _ => {
            // A figure of the form, so that rules and totals have something to say.
            let figures: Vec<usize> = (0..lines.len())
                .filter(|line| {
                    let value = lines[*line].split_once('=').map(|(_, value)| value.trim_start());
                    value.is_some_and(|value| {
                        value.starts_with(['[', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
                    })
                })
                .collect();
            if let Some(&line) = figures.get(dice.below(figures.len())) {
                lines[line] = match (dice.below(2), lines[line].split_once('=')) {
                    (0, Some((key, _))) => format!("{key}= {}", dice.pick(&VALUES)),
                    _ => another_digit(&lines[line], dice),
                };
            }
        }
    }
    lines.join("\n")
}

/// The line with one digit changed.
fn another_digit(line: &str, dice: &mut Dice) -> String {
    let digits: Vec<usize> =
        line.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
    let mut line = line.to_owned();
    if let Some(&at) = digits.get(dice.below(digits.len())) {
        line.replace_range(at..at + 1, &dice.below(10).to_string());
    }
    line
}

/// What became of the files of a run.
#[derive(Default)]
struct Account(Mutex<BTreeMap<&'static str, u64>>);

impl Account {
    fn count(&self, what: &'static str) {
        *self.0.lock().expect("nobody panics holding it").entry(what).or_default() += 1;
    }
}

fn check(bytes: &[u8]) -> Checked {
    let input = Input { path: "report.toml".into(), bytes: bytes.to_vec(), ..Input::default() };
    generator().check(&input)
}

/// Checks a file and says it in every form; panics when something does not hold.
fn look(bytes: &[u8], is_built: bool, account: &Account) {
    let checked = check(bytes);
    let text = checked.source.text();
    for finding in &checked.diagnostics {
        assert!(
            finding.span.clone().is_none_or(|span| text.get(span).is_some()),
            "a span outside: {finding:?}"
        );
        assert!(finding.waived.is_none() || finding.level != Level::Error, "waived: {finding:?}");
    }
    let report = ReportFindings::of("report.toml", &checked);
    for format in
        [MessageFormat::Human, MessageFormat::Json, MessageFormat::Short, MessageFormat::Sarif]
    {
        render(&[report], &Options { format, ..Options::default() });
    }
    let errors = checked.counts().errors;
    account.count(if errors == 0 { "fit" } else { "with errors" });
    if !is_built {
        return;
    }
    if checked.report.is_some() {
        // A file whose text cannot be read is refused as a draft, too; whatever is set must be written.
        if let Ok(draft) = generator().typeset(&checked, true) {
            let pdf = draft
                .pdf(&Standards::default())
                .unwrap_or_else(|error| panic!("the draft: {error}"));
            verify(generator(), &pdf, Some(&checked))
                .unwrap_or_else(|error| panic!("the draft is read: {error}"));
            account.count("drafts");
        } else {
            panic!("no draft");
        }
    }
    if errors == 0 {
        let made =
            generator().typeset(&checked, false).unwrap_or_else(|error| panic!("fit, but {error}"));
        let pdf =
            made.pdf(&Standards::default()).unwrap_or_else(|error| panic!("fit, but {error}"));
        let read = verify(generator(), &pdf, Some(&checked))
            .unwrap_or_else(|error| panic!("fit, but {error}"));
        let wrong: Vec<_> =
            read.findings.iter().filter(|finding| finding.level == Level::Error).collect();
        assert!(wrong.is_empty(), "fit, but verify says {wrong:?}");
        account.count("built and verified");
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn damaged_files_are_told_about_and_fit_ones_can_be_built() {
    let (count, seed) = (number("NIANBAO_MUTATIONS", FEW), number("NIANBAO_SEED", 0));
    let bases = bases();
    let account = Account::default();
    let failures = Mutex::new(Vec::new());
    let next = AtomicU64::new(0);
    let work = || loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        if at >= count {
            break;
        }
        let mut dice = Dice((seed + at).wrapping_mul(0x5851_F42D_4C95_7F2D));
        let (name, base) = &bases[dice.below(bases.len())];
        let mut bytes = base.clone();
        for _ in 0..dice.below(4) {
            damage(&mut bytes, &mut dice);
        }
        let result =
            catch_unwind(AssertUnwindSafe(|| look(&bytes, at.is_multiple_of(BUILT), &account)));
        if let Err(cause) = result {
            let text = cause.downcast_ref::<String>().cloned();
            let text = text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let told = format!("seed {} of {name}: {}", seed + at, text.unwrap_or_default());
            if let Some(folder) = std::env::var_os("NIANBAO_KEEP") {
                let path = PathBuf::from(folder).join(format!("{}.toml", seed + at));
                fs::write(path, &bytes).expect("written");
            }
            failures.lock().expect("nobody panics holding it").push(told);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let account = account.0.into_inner().expect("nobody panics holding it");
    println!("{count} files: {account:?}");
    let failures = failures.into_inner().expect("nobody panics holding it");
    assert!(failures.is_empty(), "{} of {count} files:\n{}", failures.len(), failures.join("\n"));
}
