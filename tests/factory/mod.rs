//! Realistic reports, each different, from a seed: what tests and benchmarks make batches of.
//!
//! The same seed gives the same text on every machine. Figures balance, texts agree with them, and a fault is put in
//! on purpose or not at all. Included by path from `tests/suite` and `benches`.
#![allow(dead_code)]

mod prose;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is wrong with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A printed total that is not the sum of its row.
    RowSum,
    /// A column where received and finished do not balance.
    Balance,
    /// A blank cell.
    Blank,
    /// A row that is not there.
    MissingRow,
    /// A line that is no TOML.
    Syntax,
}

/// All kinds of faults.
pub const FAULTS: [Fault; 5] =
    [Fault::RowSum, Fault::Balance, Fault::Blank, Fault::MissingRow, Fault::Syntax];

/// A data file.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Path inside a folder of reports: a folder for each county, a file for each agency and year.
    pub path: String,
    /// Its text.
    pub toml: String,
    /// 机关全称.
    pub agency: String,
    /// 报告年度.
    pub year: i32,
}

/// Numbers that look random and are the same everywhere.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// A number from a range.
    pub fn range(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// One of several things.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len() as u64) as usize]
    }

    /// Some different things, in their order.
    pub fn some<'a, T>(&mut self, things: &'a [T], count: usize) -> Vec<&'a T> {
        let mut left = count.min(things.len());
        let mut chosen = Vec::new();
        for (at, thing) in things.iter().enumerate() {
            let rest = (things.len() - at) as u64;
            if self.below(rest) < left as u64 {
                chosen.push(thing);
                left -= 1;
            }
        }
        chosen
    }
}

/// Writes report number `seed` of format 2021, or of format 2019 when `old`, with a fault if wanted.
pub fn report(seed: u64, old: bool, fault: Option<Fault>) -> Sample {
    let mut dice = Dice::new(seed);
    let place = prose::place(seed);
    let office = prose::OFFICES[(seed % prose::OFFICES.len() as u64) as usize];
    let agency = format!("{place}{office}");
    let year = if old { 2020 } else { 2021 + (dice.below(4) as i32) };
    let mut toml = String::new();
    let figures = Figures::throw(&mut dice);
    prose::write(&mut toml, &mut dice, &agency, year, &figures);
    proactive(&mut toml, &mut dice, old);
    requests(&mut toml, &figures, old, fault);
    if fault == Some(Fault::Syntax) {
        toml.push_str("“注”＝ [1，2\n");
    }
    Sample { path: format!("{place}/{office}{year}-{seed}.toml"), toml, agency, year }
}

/// Writes `count` reports, every fifth in the old format, into a folder; `faulty` of a hundred have a fault.
pub fn write_folder(folder: &Path, count: u64, faulty: u64) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for seed in 0..count {
        let mut dice = Dice::new(seed ^ 0x5EED);
        let fault = (dice.below(100) < faulty).then(|| *dice.pick(&FAULTS));
        let sample = report(seed, seed % 5 == 4, fault);
        let path = folder.join(&sample.path);
        std::fs::create_dir_all(path.parent().expect("a folder of its own"))
            .expect("a writable folder");
        std::fs::write(&path, sample.toml).expect("a writable file");
        paths.push(path);
    }
    paths
}

/// Table three by applicants: received, carried over, outcomes, carried forward.
#[derive(Debug, Clone)]
pub struct Figures {
    received: [u64; 6],
    carried_over: [u64; 6],
    /// By outcome in the order of [`OUTCOMES`].
    outcomes: Vec<[u64; 6]>,
    carried_forward: [u64; 6],
    /// 复议维持.
    upheld: u64,
}

/// The outcomes of format 2021, by table and key.
const OUTCOMES: [(&str, &str); 21] = [
    ("", "granted"),
    ("", "partly_granted"),
    ("refused", "state_secret"),
    ("refused", "prohibited_by_law"),
    ("refused", "security_and_stability"),
    ("refused", "third_party_rights"),
    ("refused", "internal_affairs"),
    ("refused", "deliberative_process"),
    ("refused", "enforcement_file"),
    ("refused", "administrative_inquiry"),
    ("unavailable", "not_held"),
    ("unavailable", "needs_compilation"),
    ("unavailable", "unclear"),
    ("not_processed", "petition"),
    ("not_processed", "repeated"),
    ("not_processed", "publication"),
    ("not_processed", "excessive"),
    ("not_processed", "reconfirmation"),
    ("other", "not_corrected"),
    ("other", "fee_unpaid"),
    ("other", "misc"),
];

impl Figures {
    fn throw(dice: &mut Dice) -> Self {
        let mut figures = Self {
            received: [0; 6],
            carried_over: [0; 6],
            outcomes: vec![[0; 6]; OUTCOMES.len()],
            carried_forward: [0; 6],
            upheld: dice.below(3),
        };
        for column in 0..6 {
            let most = if column == 0 { 60 } else { 5 };
            let (new, old) = (dice.below(most + 1), dice.below(most / 8 + 1));
            figures.received[column] = new;
            figures.carried_over[column] = old;
            let forward = dice.below((new + old) / 6 + 1);
            figures.carried_forward[column] = forward;
            for _ in 0..new + old - forward {
                // Most requests are granted; the rest falls anywhere but on unpaid fees, which want a sentence.
                let outcome = match dice.below(10) {
                    0..=4 => 0,
                    5 => 1,
                    6 | 7 => 10,
                    _ => *dice.pick(&[3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 18, 20]),
                };
                figures.outcomes[outcome][column] += 1;
            }
        }
        figures
    }

    /// 本年新收.
    pub fn received(&self) -> u64 {
        self.received.iter().sum()
    }

    /// 上年结转.
    pub fn carried_over(&self) -> u64 {
        self.carried_over.iter().sum()
    }

    /// 本年办结.
    pub fn finished(&self) -> u64 {
        self.outcomes.iter().flatten().sum()
    }

    /// 结转下年.
    pub fn carried_forward(&self) -> u64 {
        self.carried_forward.iter().sum()
    }

    /// 予以公开.
    pub fn granted(&self) -> u64 {
        self.outcomes[0].iter().sum()
    }

    /// 行政复议维持.
    pub fn upheld(&self) -> u64 {
        self.upheld
    }
}

fn proactive(toml: &mut String, dice: &mut Dice, old: bool) {
    toml.push_str("\n# 二、主动公开政府信息情况\n[proactive_disclosure]\n");
    let issued = dice.below(12);
    let in_force = issued + dice.below(40);
    let (permits, penalties, measures) = (dice.below(4000), dice.below(300), dice.below(20));
    let mut line = |text: String| {
        toml.push_str(&text);
        toml.push('\n');
    };
    line("regulations         = [0, 0, 0]".to_owned());
    if old {
        line(format!("normative_documents = [{issued}, {issued}, {in_force}]"));
        line(format!("licensing           = [{}, 0, {permits}]  # 行政许可", dice.below(60)));
        line(format!("other_services      = [{}, -1, {}]", dice.range(1, 30), dice.below(50)));
        line(format!("penalties           = [{}, 2, {penalties}]", dice.below(200)));
        line(format!("compulsory_measures = [{}, 0, {measures}]", dice.below(20)));
        line(format!("fees                = [{}, 0]", dice.below(9)));
        line(format!(
            "procurement         = [{}, {}.{:02}]",
            dice.below(30),
            dice.below(900),
            dice.below(100)
        ));
    } else {
        let repealed = dice.below(5);
        line(format!("normative_documents = [{issued}, {repealed}, {in_force}]"));
        line(format!("licensing           = {permits}  # 行政许可"));
        line(format!("penalties           = {penalties}"));
        line(format!("compulsory_measures = {measures}"));
        line(format!("fees                = {}.{:04}", dice.below(900), dice.below(10_000)));
    }
}

fn requests(toml: &mut String, figures: &Figures, old: bool, fault: Option<Fault>) {
    let row = |values: &[u64; 6]| {
        let list: Vec<String> = values.iter().map(u64::to_string).collect();
        if values.iter().all(|value| *value == 0) {
            "0".to_owned()
        } else {
            format!("[{}]", list.join(", "))
        }
    };
    toml.push_str("\n# 三、收到和处理政府信息公开申请情况\n[requests]\n");
    let mut received = figures.received;
    if fault == Some(Fault::Balance) {
        received[0] += 1;
    }
    let mut first = row(&received);
    if fault == Some(Fault::RowSum) {
        let list: Vec<String> = received.iter().map(u64::to_string).collect();
        first = format!("[{}, {}]", list.join(", "), received.iter().sum::<u64>() + 1);
    }
    let _ = writeln!(toml, "received        = {first}  # 一、本年新收");
    if fault != Some(Fault::MissingRow) {
        let _ = writeln!(toml, "carried_over    = {}", row(&figures.carried_over));
    }
    let forward = match fault {
        Some(Fault::Blank) => "[\"\", 0, 0, 0, 0, 0]".to_owned(),
        _ => row(&figures.carried_forward),
    };
    let _ = writeln!(toml, "carried_forward = {forward}");
    let mut table = "";
    if old {
        let others = figures.outcomes[18..].iter().fold([0; 6], |mut sum, row| {
            (0..6).for_each(|column| sum[column] += row[column]);
            sum
        });
        let _ = writeln!(toml, "other           = {}  # （六）其他处理", row(&others));
    }
    let count = if old { 18 } else { 21 };
    for ((group, key), values) in OUTCOMES.iter().zip(&figures.outcomes).take(count) {
        if *group != table {
            let _ = writeln!(toml, "\n[requests.{group}]");
            table = group;
        }
        let _ = writeln!(toml, "{key} = {}", row(values));
    }
    let _ = write!(
        toml,
        "\n# 四、政府信息公开行政复议、行政诉讼情况\n[appeals]\nreconsideration                  = [{}, 0, 0, 0]\n\
         litigation_direct                = 0\nlitigation_after_reconsideration = 0\n",
        figures.upheld
    );
}
