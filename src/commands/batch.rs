//! `batch`: every report of a folder, as far as it needs to be made; or the joined account of shards.

use std::env;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::SystemTime;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use nianbao::batch::{
    self, Decision, Entry, Observer, Plan, Run, Settings, Shard, Status, Surroundings,
};
use nianbao::emit::MessageFormat;
use nianbao::export::Kind;
use serde_json::{Value, json};

use super::{FAILURE, Outcome, Session, terminal};
use crate::args::{Batch, Emit};

/// Longest list on the terminal; the whole of it stands in the account.
const SHOWN: usize = 20;

pub(crate) fn run(session: &Session, args: &Batch) -> anyhow::Result<Outcome> {
    if let Some(output) = &args.merge {
        let run = batch::merge(output)?;
        return tell(session, &run);
    }
    let settings = settings(session, args)?;
    let generator = session.generator()?;
    if args.dry_run {
        return dry_run(session, &batch::plan(&generator, &settings)?);
    }
    keep_memory_flat();
    let stop = stop_on_interrupt()?;
    let progress = Progress::new(session);
    let surroundings = Surroundings { observer: &progress, stop: &stop, clock: &SystemTime::now };
    let run = batch::run(&generator, &settings, surroundings);
    progress.0.finish_and_clear();
    tell(session, &run?)
}

fn settings(session: &Session, args: &Batch) -> anyhow::Result<Settings> {
    if args.attach_data {
        args.standard.take_files()?;
    }
    let missing = "要给出数据文件夹和 -o 输出文件夹";
    let shard = match args.shard {
        Some(shard) => Some(shard),
        None => {
            let count = args.shards.map(NonZeroUsize::get);
            let given = Shard::from_environment(|name| env::var(name).ok(), count)?;
            anyhow::ensure!(
                given.is_some() || count.is_none(),
                "给了 --shards 而环境里没有分片的序号（SLURM_ARRAY_TASK_ID 或 JOB_COMPLETION_INDEX）；请用 --shard I/N"
            );
            given
        }
    };
    Ok(Settings {
        folder: args.folder.clone().context(missing)?,
        output: args.output.clone().context(missing)?,
        jobs: args.jobs.or(thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
        force: args.force,
        only_failed: args.only_failed,
        draft: args.draft,
        standards: args.standard.clone(),
        kinds: kinds(&args.emit)?,
        attach_data: args.attach_data,
        name: args.name.clone().unwrap_or_default(),
        shard,
        previous: session.previous().map(Path::to_owned),
    })
}

/// The kinds besides the PDF, each once.
fn kinds(emit: &[Emit]) -> anyhow::Result<Vec<Kind>> {
    let mut kinds = Vec::new();
    for emit in emit {
        match emit.edition() {
            Some(kind) if !kinds.contains(&kind) => kinds.push(kind),
            None if *emit != Emit::Pdf => {
                anyhow::bail!("batch 不生成 {}；请用 nianbao build 逐份生成", emit.name())
            }
            _ => {}
        }
    }
    Ok(kinds)
}

/// Lets glibc give every larger block (files, tables, pictures of caches) back to the system when it is freed. By
/// default it learns from the first such blocks to keep them among the small ones, and a run of thousands of reports
/// grows by the gaps between them: on two threads by 69 KB a report (docs/performance.md).
fn keep_memory_flat() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const LARGE: libc::c_int = 64 << 10;
        // SAFETY: `mallopt` may be called at any time, from any thread, with any value; it refuses what it cannot use.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
            libc::mallopt(libc::M_TRIM_THRESHOLD, LARGE);
        }
    }
}

/// The first Ctrl-C lets the reports in work be finished, the second ends at once: the journal survives that too.
fn stop_on_interrupt() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let seen = stop.clone();
    ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "who presses twice wants no more work done")]
            std::process::exit(FAILURE.into());
        }
        terminal::say("\n收到中断：做完手头的报告、写好记录就停；再按一次立即停止");
    })
    .context("不能接收中断信号")?;
    Ok(stop)
}

/// A bar on standard error, where that is a terminal.
struct Progress(ProgressBar);

impl Progress {
    fn new(session: &Session) -> Self {
        let is_quiet = session.shared.quiet || session.message_format().is_document();
        if is_quiet || !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let style =
            ProgressStyle::with_template("{bar:24} {pos}/{len} 份  {rate}  {left}  {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .with_key("rate", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                    let _ = write!(out, "每秒 {:.1} 份", state.per_sec());
                })
                .with_key("left", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                    let seconds = state.eta().as_secs();
                    let _ = write!(out, "还要 {}:{:02}", seconds / 60, seconds % 60);
                });
        let bar = ProgressBar::new(0).with_style(style);
        bar.enable_steady_tick(std::time::Duration::from_millis(200));
        Self(bar)
    }
}

impl Observer for Progress {
    fn begin(&self, total: usize) {
        self.0.set_length(total as u64);
    }

    fn start(&self, source: &str) {
        self.0.set_message(source.to_owned());
    }

    fn finish(&self, _: &Entry) {
        self.0.inc(1);
    }
}

fn dry_run(session: &Session, plan: &Plan) -> anyhow::Result<Outcome> {
    if session.message_format() == MessageFormat::Json {
        terminal::print(&format!("{}\n", planned(plan)))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    let mut counts = [0; 4];
    for task in &plan.tasks {
        let (at, verb, why) = match &task.decision {
            Decision::Make(reasons) => (0, "生成", joined(reasons)),
            Decision::Leave(reasons) => (2, "不做", joined(reasons)),
            Decision::Unreadable(problem) => (3, "读不了", problem.clone()),
            Decision::Occupied(problem) => (3, "做不了", problem.clone()),
            Decision::Keep => {
                counts[1] += 1;
                continue;
            }
        };
        counts[at] += 1;
        let _ = writeln!(text, "{verb} {} → {}（{why}）", task.source, task.output);
    }
    let _ = write!(text, "要生成 {} 份，未变 {} 份", counts[0], counts[1]);
    if counts[2] > 0 {
        let _ = write!(text, "，有变化而这次不做 {} 份", counts[2]);
    }
    if counts[3] > 0 {
        let _ = write!(text, "，做不了 {} 份", counts[3]);
    }
    terminal::print(&format!("{text}；这是试运行，什么也没有写\n"))?;
    told_skipped(
        session,
        plan.skipped.iter().map(|file| (file.path.as_str(), file.reason.as_str())),
    );
    tell_orphans(
        session,
        plan.orphans.iter().map(|entry| (entry.source.as_str(), entry.output.as_str())),
    );
    Ok(if counts[3] > 0 { Outcome::Failed } else { Outcome::Done })
}

/// Names PDFs whose data files have gone.
fn tell_orphans<'a>(session: &Session, orphans: impl Iterator<Item = (&'a str, &'a str)>) {
    for (source, output) in orphans.take(SHOWN) {
        session.note(&format!("数据文件 {source} 已不在（或已改名），{output} 仍留着"));
    }
}

fn joined(reasons: &[batch::Reason]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("；")
}

fn planned(plan: &Plan) -> Value {
    let reports: Vec<Value> = plan
        .tasks
        .iter()
        .map(|task| {
            let (decision, reasons) = match &task.decision {
                Decision::Make(reasons) => ("make", reasons.iter().map(ToString::to_string).collect()),
                Decision::Leave(reasons) => ("leave", reasons.iter().map(ToString::to_string).collect()),
                Decision::Keep => ("keep", Vec::new()),
                Decision::Unreadable(problem) => ("unreadable", vec![problem.clone()]),
                Decision::Occupied(problem) => ("occupied", vec![problem.clone()]),
            };
            json!({"path": task.source, "output": task.output, "decision": decision, "reasons": reasons})
        })
        .collect();
    let skipped: Vec<Value> =
        plan.skipped.iter().map(|file| json!({"path": file.path, "reason": file.reason})).collect();
    json!({"version": 1, "dry_run": true, "reports": reports, "skipped": skipped})
}

fn tell(session: &Session, run: &Run) -> anyhow::Result<Outcome> {
    if session.message_format() == MessageFormat::Json {
        terminal::document(&batch::json(run))?;
    } else {
        terminal::print(&account(session, run))?;
    }
    told_skipped(
        session,
        run.skipped.iter().map(|file| (file.path.as_str(), file.reason.as_str())),
    );
    tell_orphans(
        session,
        run.orphans.iter().map(|orphan| (orphan.source.as_str(), orphan.output.as_str())),
    );
    Ok(if !run.is_complete() {
        Outcome::Failed
    } else if run.has_findings(session.denies_warnings()) {
        Outcome::Findings
    } else {
        Outcome::Done
    })
}

fn account(session: &Session, run: &Run) -> String {
    let summary = run.summary();
    let mut text = format!("共 {} 份：", summary.total());
    let counts: Vec<String> = Status::ALL
        .into_iter()
        .filter(|status| *status != Status::Pending || summary.of(*status) > 0)
        .map(|status| format!("{} {}", status.label(), summary.of(status)))
        .collect();
    text += &counts.join("，");
    let seconds = run.time.1.duration_since(run.time.0).unwrap_or_default().as_secs_f64();
    let _ = write!(text, "（用时 {seconds:.1} 秒");
    let made = summary.of(Status::Made);
    if made > 0 && seconds > 0.0 {
        let _ = write!(text, "，每秒 {:.1} 份", made as f64 / seconds);
    }
    text += "）\n";
    if run.interrupted {
        text += "已中断：再运行一次即从断处继续\n";
    }
    if !run.missing_shards.is_empty() {
        let names: Vec<String> = run.missing_shards.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "缺少分片 {} 的记录：还没有运行完", names.join("、"));
    }
    for status in [Status::Refused, Status::Failed] {
        list(&mut text, run, status);
    }
    list_doubles(&mut text, run);
    if !session.shared.quiet {
        let name = run
            .shard
            .map_or_else(|| "run".to_owned(), |s| format!("run-{}-of-{}", s.index(), s.count()));
        let page = run.output.join(format!("{name}.html"));
        let _ = writeln!(text, "记录：{}", page.display());
    }
    text
}

/// The reports that were not made, each with its first reason.
fn list(text: &mut String, run: &Run, status: Status) {
    let lines: Vec<_> = run.lines.iter().filter(|line| line.status == status).collect();
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}：", status.label());
    for line in lines.iter().take(SHOWN) {
        let entry = line.entry.as_ref();
        let why = match entry {
            Some(entry) if status == Status::Refused => {
                let first = entry.first_error.as_deref().unwrap_or("见记录");
                format!("{} 个错误：{first}", entry.errors)
            }
            Some(entry) => entry.message.clone().unwrap_or_default(),
            None => line.reasons.join("；"),
        };
        let _ = writeln!(text, "  {}  {}", line.source, why.replace('\n', " "));
    }
    if lines.len() > SHOWN {
        let _ = writeln!(text, "  ……还有 {} 份，见记录", lines.len() - SHOWN);
    }
}

/// The reports of which there are two, and those whose last year's file was one of several: two PDFs of one report, or a
/// comparison with a copy, must not leave the house unseen.
fn list_doubles(text: &mut String, run: &Run) {
    const RULES: [&str; 2] = ["TWO-FILES", "PREV-FILE"];
    let mut lines = Vec::new();
    for line in &run.lines {
        let entry = line.entry.as_ref();
        let Some(entry) =
            entry.filter(|entry| RULES.iter().any(|rule| entry.findings.contains(rule)))
        else {
            continue;
        };
        let findings: Vec<Value> = serde_json::from_str(&entry.findings).unwrap_or_default();
        let told = findings.iter().filter(|finding| {
            RULES.iter().any(|rule| finding["rule"] == *rule) && finding["waived"].is_null()
        });
        lines.extend(told.map(|finding| {
            format!("  {}  {}", line.source, finding["message"].as_str().unwrap_or(""))
        }));
    }
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "请核对：\n{}",
        lines.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n")
    );
    if lines.len() > SHOWN {
        let _ = writeln!(text, "  ……还有 {} 处，见记录", lines.len() - SHOWN);
    }
}

fn told_skipped<'a>(session: &Session, skipped: impl Iterator<Item = (&'a str, &'a str)>) {
    let skipped: Vec<_> = skipped.collect();
    for (path, reason) in skipped.iter().take(SHOWN) {
        session.note(&format!("跳过 {path}：{reason}"));
    }
    if skipped.len() > SHOWN {
        session.note(&format!("……还跳过 {} 个文件，见记录", skipped.len() - SHOWN));
    }
}
