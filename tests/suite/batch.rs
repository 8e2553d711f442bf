//! Batches: what is remade and why, resuming, sharing out, and what one bad report does to the others.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::SystemTime;

use nianbao::batch::{
    self, BatchError, Decision, Entry, NamePattern, Observer, Run, Settings, Shard, Silent, Status,
    Surroundings,
};
use nianbao::export::Standards;
use nianbao::generator::{Config, Generator, Input};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::factory::{self, Fault};
use crate::support::{generator, root};

/// A folder of reports and an empty output folder.
struct Office {
    folder: TempDir,
    output: TempDir,
}

impl Office {
    fn new(count: u64) -> Self {
        let office = Self {
            folder: tempfile::tempdir().expect("a folder"),
            output: tempfile::tempdir().expect("a folder"),
        };
        factory::write_folder(office.folder.path(), count, 0);
        office
    }

    fn settings(&self) -> Settings {
        Settings {
            folder: self.folder.path().to_owned(),
            output: self.output.path().join("out"),
            jobs: NonZeroUsize::new(2).expect("not zero"),
            force: false,
            only_failed: false,
            draft: false,
            standards: Standards::default(),
            kinds: Vec::new(),
            attach_data: false,
            name: NamePattern::default(),
            shard: None,
            previous: None,
        }
    }

    fn out(&self) -> PathBuf {
        self.settings().output
    }

    fn run(&self) -> Run {
        run(generator(), &self.settings())
    }

    fn files(&self) -> Vec<PathBuf> {
        let walk = walkdir::WalkDir::new(self.folder.path()).sort_by_file_name();
        let files = walk.into_iter().map(|entry| entry.expect("readable").into_path());
        files.filter(|path| path.is_file()).collect()
    }
}

fn run(generator: &Generator, settings: &Settings) -> Run {
    batch::run(generator, settings, surroundings(&AtomicBool::new(false))).expect("a run")
}

fn surroundings(stop: &AtomicBool) -> Surroundings<'_> {
    Surroundings { observer: &Silent, stop, clock: &SystemTime::now }
}

/// The PDFs of an output folder by path.
fn pdfs(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let walk = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("readable"));
    walk.filter(|entry| entry.path().extension().is_some_and(|e| e == "pdf"))
        .map(|entry| {
            let name =
                entry.path().strip_prefix(folder).expect("inside").to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("readable"))
        })
        .collect()
}

/// The reports of a run that were made, with their reasons.
fn made(run: &Run) -> BTreeMap<&str, String> {
    let made = run.lines.iter().filter(|line| line.status == Status::Made);
    made.map(|line| (line.source.as_str(), line.reasons.join("；"))).collect()
}

fn with(run: &Run, status: Status) -> Vec<&str> {
    run.lines.iter().filter(|line| line.status == status).map(|line| line.source.as_str()).collect()
}

fn relative(office: &Office, path: &Path) -> String {
    path.strip_prefix(office.folder.path()).expect("inside").to_string_lossy().into_owned()
}

#[test]
fn factory_reports_are_valid_different_and_of_six_pages() {
    let generator = generator();
    let mut texts = std::collections::HashSet::new();
    for seed in 0..60 {
        let sample = factory::report(seed, seed % 5 == 4, None);
        assert!(texts.insert(sample.toml.clone()));
        let input =
            Input { path: sample.path.into(), bytes: sample.toml.into_bytes(), ..Input::default() };
        let checked = generator.check(&input);
        let counts = checked.counts();
        assert_eq!((counts.errors, counts.warnings), (0, 0), "{seed}: {:?}", checked.diagnostics);
        if seed < 3 {
            let pages = generator.typeset(&checked, false).expect("typeset").page_count();
            assert!((5..=8).contains(&pages), "{seed}: {pages} pages");
        }
    }
}

#[test]
fn factory_faults_are_errors() {
    for (seed, fault) in factory::FAULTS.into_iter().enumerate() {
        for old in [false, true] {
            let sample = factory::report(seed as u64, old, Some(fault));
            let input = Input {
                path: sample.path.into(),
                bytes: sample.toml.into_bytes(),
                ..Input::default()
            };
            assert!(generator().check(&input).counts().errors > 0, "{fault:?}");
        }
    }
}

#[test]
fn a_second_run_makes_nothing_and_a_change_makes_its_report_alone() {
    let office = Office::new(5);
    let first = office.run();
    assert_eq!(made(&first).len(), 5);
    assert!(made(&first).values().all(|reason| reason == "新增"));
    let before = pdfs(&office.out());
    assert_eq!(before.len(), 5);

    let second = office.run();
    assert_eq!(with(&second, Status::Unchanged).len(), 5);
    assert_eq!(pdfs(&office.out()), before);

    let file = &office.files()[2];
    let text = fs::read_to_string(file).expect("readable");
    fs::write(file, text.replace("我单位", "本单位")).expect("writable");
    let third = office.run();
    assert_eq!(
        made(&third),
        BTreeMap::from([(relative(&office, file).as_str(), "数据已变".to_owned())])
    );
    let after = pdfs(&office.out());
    let differ: Vec<_> = after.iter().filter(|(name, bytes)| before[*name] != **bytes).collect();
    assert_eq!(differ.len(), 1);
}

#[test]
fn outputs_that_were_deleted_or_altered_are_made_again() {
    let office = Office::new(3);
    office.run();
    let before = pdfs(&office.out());
    let names: Vec<PathBuf> = before.keys().map(|name| office.out().join(name)).collect();
    fs::remove_file(&names[0]).expect("removable");
    let mut altered = fs::read(&names[1]).expect("readable");
    altered[100] ^= 1;
    fs::write(&names[1], &altered).expect("writable");
    // Only touched: same bytes, another time.
    let same = fs::read(&names[2]).expect("readable");
    fs::write(&names[2], same).expect("writable");
    let run = office.run();
    let mut reasons: Vec<String> = made(&run).into_values().collect();
    reasons.sort();
    assert_eq!(reasons, ["输出被删除", "输出被改动"]);
    assert_eq!(pdfs(&office.out()), before);
    assert_eq!(made(&office.run()).len(), 0);
}

/// Copies the built-in templates, so that one can be changed.
fn templates(folder: &Path) {
    for entry in walkdir::WalkDir::new(root().join("templates")) {
        let entry = entry.expect("readable");
        let target =
            folder.join(entry.path().strip_prefix(root().join("templates")).expect("inside"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("writable");
        } else {
            fs::copy(entry.path(), target).expect("writable");
        }
    }
}

#[test]
fn a_changed_template_touches_the_reports_of_its_format_alone() {
    let office = Office::new(5);
    let own = tempfile::tempdir().expect("a folder");
    templates(own.path());
    let config = Config {
        fonts: root().join("fonts"),
        templates: Some(own.path().to_owned()),
        ..Config::default()
    };
    let load = || Generator::new(&config).expect("formats load");
    run(&load(), &office.settings());
    let rules = own.path().join("2021/rules.toml");
    let text = fs::read_to_string(&rules).expect("readable");
    fs::write(&rules, format!("# 改过\n{text}")).expect("writable");
    // What cannot change a report is no reason to make it again.
    fs::write(own.path().join("2019/PROVENANCE.md"), "x").expect("writable");
    let second = run(&load(), &office.settings());
    let touched = made(&second);
    assert_eq!(touched.len(), 4, "all but the one report of 2019");
    assert!(touched.values().all(|reason| reason == "模板 2021 已变"), "{touched:?}");
    assert!(touched.keys().all(|source| !source.contains("2020")));
}

#[test]
fn fonts_options_pictures_and_last_year_are_reasons() {
    let office = Office::new(2);
    office.run();
    let standards =
        Settings { standards: "a-3a".parse().expect("a standard"), ..office.settings() };
    let run_with = run(generator(), &standards);
    assert!(made(&run_with).values().all(|reason| reason == "选项已变"));
    assert_eq!(made(&run_with).len(), 2);

    let fonts = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(root().join("fonts")).expect("readable").flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), fonts.path().join(entry.file_name())).expect("writable");
        }
    }
    // Bytes behind the last table change the file, not the outlines.
    let font = fonts.path().join("LiberationSerif-Regular.ttf");
    let mut bytes = fs::read(&font).expect("readable");
    let old = bytes.len();
    bytes.extend([0; 16]);
    fs::write(&font, &bytes).expect("writable");
    // Another edition of the set has a list of its own.
    let list = fonts.path().join("FONTS.tsv");
    let known = fs::read_to_string(&list).expect("the list");
    let line =
        known.lines().find(|line| line.starts_with("LiberationSerif-Regular")).expect("a line");
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let (head, _) = line.rsplit_once('\t').expect("columns");
    let changed = format!("{}\t{hash}", head.replace(&old.to_string(), &bytes.len().to_string()));
    fs::write(&list, known.replace(line, &changed)).expect("writable");
    let config = Config { fonts: fonts.path().to_owned(), ..Config::default() };
    let with_fonts = run(&Generator::new(&config).expect("fonts load"), &standards);
    assert!(made(&with_fonts).values().all(|reason| reason == "字体已变"));
    assert_eq!(made(&with_fonts).len(), 2);
}

#[test]
fn last_years_file_is_part_of_the_key() {
    let office = Office::new(1);
    let file = office.files().remove(0);
    let text = fs::read_to_string(&file).expect("readable");
    let year =
        text.split("\nyear = ").nth(1).and_then(|rest| rest.get(..4)).expect("a year").to_owned();
    office.run();
    let before: i32 = year.parse().expect("a number");
    let older = text.replace(&year, &(before - 1).to_string());
    fs::write(file.with_file_name("上年.toml"), &older).expect("writable");
    let second = office.run();
    let reasons = made(&second);
    assert_eq!(
        reasons.get(relative(&office, &file).as_str()).map(String::as_str),
        Some("上年的数据已变")
    );
    assert_eq!(reasons.len(), 2);
    // Elsewhere it is only found when the folder is named.
    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::rename(file.with_file_name("上年.toml"), elsewhere.path().join("x.toml")).expect("movable");
    assert_eq!(made(&office.run()).len(), 1);
    let named = Settings { previous: Some(elsewhere.path().to_owned()), ..office.settings() };
    assert_eq!(
        made(&run(generator(), &named)).into_values().collect::<Vec<_>>(),
        ["上年的数据已变"]
    );
}

#[test]
fn any_number_of_jobs_gives_the_same_bytes() {
    let office = Office::new(9);
    let mut outputs = Vec::new();
    for jobs in [1, 2, 4] {
        let out = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            jobs: NonZeroUsize::new(jobs).expect("not zero"),
            output: out.path().to_owned(),
            ..office.settings()
        };
        run(generator(), &settings);
        outputs.push(pdfs(out.path()));
    }
    assert_eq!(outputs[0].len(), 9);
    assert!(outputs[0] == outputs[1] && outputs[0] == outputs[2]);
}

#[test]
fn bad_reports_stand_alone_and_are_repeated_on_request() {
    let office = Office::new(4);
    for (seed, fault) in [(100, Fault::Blank), (101, Fault::Syntax)] {
        let sample = factory::report(seed, false, Some(fault));
        fs::write(office.folder.path().join(format!("坏{seed}.toml")), sample.toml)
            .expect("writable");
    }
    fs::write(office.folder.path().join("GBK.toml"), b"[report]\nagency = \"\xC4\xB3\xBE\xD6\"\n")
        .expect("writable");
    let first = office.run();
    assert_eq!(made(&first).len(), 4);
    assert_eq!(with(&first, Status::Refused), ["GBK.toml", "坏100.toml", "坏101.toml"]);
    assert!(first.has_findings(false) && first.is_complete());
    let second = office.run();
    assert_eq!(made(&second).len(), 0);
    assert_eq!(
        with(&second, Status::Refused).len(),
        3,
        "they stay refused without being read again"
    );

    let mended = factory::report(100, false, None);
    fs::write(office.folder.path().join("坏100.toml"), mended.toml).expect("writable");
    let files = office.files();
    let file = files.iter().find(|path| relative(&office, path).contains('/'));
    let file = file.expect("a report in a folder");
    let text = fs::read_to_string(file).expect("readable");
    fs::write(file, format!("{text}\n# 改")).expect("writable");
    let repeated = run(generator(), &Settings { only_failed: true, ..office.settings() });
    assert_eq!(made(&repeated).into_keys().collect::<Vec<_>>(), ["坏100.toml"]);
    assert_eq!(with(&repeated, Status::Refused).len(), 2);
    assert_eq!(with(&repeated, Status::Pending).len(), 1, "changed, but not asked for");
    let drafts = run(generator(), &Settings { draft: true, ..office.settings() });
    let draft = drafts.lines.iter().filter(|line| {
        line.entry.as_ref().and_then(|entry| entry.pdf.as_ref()).is_some_and(|pdf| pdf.draft)
    });
    assert!(draft.count() <= 2, "a file that cannot be read has no draft");
}

#[test]
fn files_that_are_no_reports_are_told() {
    let office = Office::new(1);
    fs::write(office.folder.path().join("Cargo.toml"), "[package]\nname = \"x\"\n")
        .expect("writable");
    fs::write(office.folder.path().join("说明.docx"), "x").expect("writable");
    fs::create_dir(office.folder.path().join(".git")).expect("writable");
    fs::write(office.folder.path().join(".git/a.toml"), "[report]\n").expect("writable");
    let run = office.run();
    let skipped: Vec<&str> = run.skipped.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(skipped, ["说明.docx", "Cargo.toml"]);
    assert_eq!(run.lines.len(), 1);
}

#[test]
fn collisions_stop_the_run_before_anything_is_written() {
    let office = Office::new(1);
    let file = office.files().remove(0);
    fs::copy(&file, file.with_file_name("副本.toml")).expect("writable");
    let settings =
        Settings { name: "{agency}{year}".parse().expect("a pattern"), ..office.settings() };
    let result = batch::run(generator(), &settings, surroundings(&AtomicBool::new(false)));
    let Err(BatchError::Collisions(collisions)) = result else { panic!("two reports of one name") };
    assert_eq!(collisions.len(), 1);
    assert_eq!(collisions[0].sources.len(), 2);
    assert!(pdfs(&office.out()).is_empty());
    assert!(!office.out().join("run.json").exists());
}

#[test]
fn a_plan_tells_what_and_why_and_writes_nothing() {
    let office = Office::new(2);
    let plan = batch::plan(generator(), &office.settings()).expect("a plan");
    let reasons = |decision: &Decision| match decision {
        Decision::Make(reasons) => {
            reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("；")
        }
        other => format!("{other:?}"),
    };
    assert!(plan.tasks.iter().all(|task| reasons(&task.decision) == "新增"));
    assert!(!office.out().exists());
    office.run();
    let plan = batch::plan(generator(), &office.settings()).expect("a plan");
    assert!(plan.tasks.iter().all(|task| task.decision == Decision::Keep));
    let forced = Settings { force: true, ..office.settings() };
    let plan = batch::plan(generator(), &forced).expect("a plan");
    assert!(plan.tasks.iter().all(|task| reasons(&task.decision) == "要求全部重做"));
}

/// Stops the run after some reports.
struct StopAfter<'a> {
    stop: &'a AtomicBool,
    left: AtomicUsize,
}

impl Observer for StopAfter<'_> {
    fn begin(&self, _: usize) {}
    fn start(&self, _: &str) {}
    fn finish(&self, _: &Entry) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_stopped_run_accounts_for_the_rest_and_goes_on() {
    let office = Office::new(6);
    let stop = AtomicBool::new(false);
    let observer = StopAfter { stop: &stop, left: AtomicUsize::new(2) };
    let settings = Settings { jobs: NonZeroUsize::MIN, ..office.settings() };
    let surroundings = Surroundings { observer: &observer, stop: &stop, clock: &SystemTime::now };
    let first = batch::run(generator(), &settings, surroundings).expect("a run");
    assert!(first.interrupted && !first.is_complete());
    assert_eq!((made(&first).len(), with(&first, Status::Pending).len()), (2, 4));
    let second = office.run();
    assert_eq!((made(&second).len(), with(&second, Status::Unchanged).len()), (4, 2));
}

#[test]
fn shards_together_make_one_whole_run() {
    let office = Office::new(12);
    let whole = tempfile::tempdir().expect("a folder");
    run(generator(), &Settings { output: whole.path().to_owned(), ..office.settings() });
    let share = |index| Settings { shard: Shard::new(index, 3).ok(), ..office.settings() };
    let mut counts = Vec::new();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| run(generator(), &share(1)).lines.len());
        let third = scope.spawn(|| run(generator(), &share(3)).lines.len());
        counts.extend([first.join().expect("done"), third.join().expect("done")]);
    });
    let partial = batch::merge(&office.out()).expect("joined");
    assert_eq!(partial.missing_shards, [Shard::new(2, 3).expect("a share")]);
    assert!(!partial.is_complete());
    counts.push(run(generator(), &share(2)).lines.len());
    assert_eq!(counts.iter().sum::<usize>(), 12);
    let joined = batch::merge(&office.out()).expect("joined");
    assert!(joined.missing_shards.is_empty() && joined.is_complete());
    assert_eq!(joined.lines.len(), 12);
    assert!(pdfs(&office.out()) == pdfs(whole.path()));
    let json = |folder: &Path| -> serde_json::Value {
        let text = fs::read(folder.join("run.json")).expect("a record");
        serde_json::from_slice(&text).expect("JSON")
    };
    let named = |value: serde_json::Value| -> Vec<(String, String)> {
        let reports = value["reports"].as_array().expect("reports").clone();
        let field =
            |report: &serde_json::Value, name: &str| report[name].as_str().unwrap_or("").to_owned();
        reports.iter().map(|report| (field(report, "path"), field(report, "blake3"))).collect()
    };
    assert_eq!(named(json(&office.out())), named(json(whole.path())));
    // The journals are one now: nothing is left to do, for a whole run too.
    assert_eq!(with(&office.run(), Status::Unchanged).len(), 12);
}

#[test]
fn two_runs_exclude_each_other() {
    struct Inner<'a>(&'a Office, AtomicBool);
    impl Observer for Inner<'_> {
        fn begin(&self, _: usize) {
            let result =
                batch::run(generator(), &self.0.settings(), surroundings(&AtomicBool::new(false)));
            let message = result.expect_err("the folder is taken").to_string();
            self.1.store(message.contains("另一个 nianbao batch 正在写"), Ordering::Relaxed);
        }
        fn start(&self, _: &str) {}
        fn finish(&self, _: &Entry) {}
    }
    let office = Office::new(1);
    let inner = Inner(&office, AtomicBool::new(false));
    let stop = AtomicBool::new(false);
    let surroundings = Surroundings { observer: &inner, stop: &stop, clock: &SystemTime::now };
    batch::run(generator(), &office.settings(), surroundings).expect("a run");
    assert!(inner.1.load(Ordering::Relaxed));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_fails_alone() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::new(3);
    office.run();
    let name = pdfs(&office.out()).into_keys().next().expect("a PDF");
    let output = office.out().join(&name);
    fs::set_permissions(&output, fs::Permissions::from_mode(0o444)).expect("changed");
    let forced = run(generator(), &Settings { force: true, ..office.settings() });
    assert_eq!((made(&forced).len(), with(&forced, Status::Failed).len()), (2, 1));
    let failed =
        forced.lines.iter().find(|line| line.status == Status::Failed).expect("one failed");
    let message = failed.entry.as_ref().and_then(|entry| entry.message.as_deref());
    assert!(message.is_some_and(|text| text.contains("没有权限")), "{message:?}");
    assert!(!forced.is_complete());
    // A folder where the file should be.
    fs::set_permissions(&output, fs::Permissions::from_mode(0o644)).expect("changed");
    fs::remove_file(&output).expect("removable");
    fs::create_dir(&output).expect("creatable");
    assert_eq!(with(&office.run(), Status::Failed).len(), 1);
    fs::remove_dir(&output).expect("removable");
    assert_eq!(made(&office.run()).len(), 1, "a failure is tried again by itself");
}

#[test]
fn the_page_shows_texts_without_obeying_them() {
    let office = Office::new(0);
    let sample = factory::report(1, false, None);
    let evil = sample.toml.replace(&sample.agency, "<script>alert(1)</script>{rows}局");
    fs::write(office.folder.path().join("a&b.toml"), evil).expect("writable");
    office.run();
    let page = fs::read_to_string(office.out().join("run.html")).expect("a page");
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;{rows}局"));
    assert!(page.contains("a&amp;b.toml"));
    assert!(!page.contains("http://") && !page.contains("https://"), "the page needs no network");
}
