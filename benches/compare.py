#!/usr/bin/env python3
"""Compares batches with the typst command line and with PyPI's typst, on the same made-up reports in one run.

    cargo build --release && python3 benches/compare.py [COUNT]

Every contestant gets the same number of jobs. The rivals compile what `nianbao build --emit typ` writes; they get
it ready made, while nianbao reads and checks the data files as well. A rival that is not installed is left out. All
make PDF/A-2a with PDF/UA-1. Prints reports per second, processor time per report (which
other work on the machine disturbs less), ratios, and the peak memory of all processes together.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FONTS = ROOT / "fonts"

ONCE = """
import sys, typst
main, out, folder = sys.argv[1:]
fonts = typst.Fonts(font_paths=[folder], include_system_fonts=False, include_embedded_fonts=False)
typst.compile(main, output=out, font_paths=fonts, pdf_standards=["a-2a", "ua-1"])
"""

# Each worker is one long-lived process: the interpreter and the fonts are loaded once.
LONG_LIVED = """
import json, sys, typst
fonts = typst.Fonts(font_paths=[sys.argv[1]], include_system_fonts=False, include_embedded_fonts=False)
for main, out in json.load(sys.stdin):
    typst.compile(main, output=out, font_paths=fonts, pdf_standards=["a-2a", "ua-1"])
"""


def run(command, text=None, **options):
    """Runs a command; returns its peak memory in KB and the processor time it took in seconds."""
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.PIPE if text else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **options,
    )
    if text:
        process.stdin.write(text.encode())
        process.stdin.close()
    errors = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]}: {errors[-2000:]}")
    return usage.ru_maxrss, usage.ru_utime + usage.ru_stime


def timed(work):
    start = time.perf_counter()
    peak, processor = work()
    return time.perf_counter() - start, peak, processor


def in_parallel(jobs, commands):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        used = list(pool.map(lambda command: run(*command), commands))
    # As many as run at the same time, at their largest.
    return sum(sorted(peak for peak, _ in used)[-jobs:]), sum(processor for _, processor in used)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=200)
    parser.add_argument("--nianbao", default=ROOT / "target" / "release" / "nianbao")
    parser.add_argument("--reports", help="program that writes made-up reports; made with cargo if not given")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has PyPI's typst")
    parser.add_argument("--typst", default=shutil.which("typst"), help="the typst command")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    os.environ["NIANBAO_FONTS"] = str(FONTS)
    with tempfile.TemporaryDirectory() as folder:
        compare(options, pathlib.Path(folder))


def compare(options, folder):
    reports, typ, jobs = folder / "reports", folder / "typ", options.jobs
    maker = [options.reports] if options.reports else ["cargo", "bench", "-q", "--bench", "reports", "--"]
    run([*maker, reports, options.count], cwd=ROOT)
    files = sorted(reports.rglob("*.toml"))
    mains = []
    for number, file in enumerate(files):
        target = typ / str(number)
        run([options.nianbao, "build", file, "-o", target, "--emit", "typ", "-q"])
        mains.append(next(target.rglob("main.typ")))
    outputs = [folder / "pdf" / f"{number}.pdf" for number in range(len(files))]
    outputs[0].parent.mkdir()
    results = {}

    def contest(name, work):
        seconds, peak, processor = timed(work)
        results[name] = (len(files) / seconds, processor * 1000 / len(files), peak / 1024)
        print(f"{name}: {seconds:.1f} s", file=sys.stderr)

    out = folder / "out"
    contest("nianbao batch", lambda: run([options.nianbao, "batch", reports, "-o", out, "-q", "-j", jobs]))
    contest("nianbao batch, unchanged", lambda: run([options.nianbao, "batch", reports, "-o", out, "-q"]))
    if options.typst:
        command = [options.typst, "compile", "--ignore-system-fonts", "--font-path", FONTS]
        flags = ["--features", "a11y-extras", "--pdf-standard", "a-2a,ua-1"]
        each = [([*command, *flags, "--root", main.parent, main, out],) for main, out in zip(mains, outputs)]
        contest("typst command, once per report", lambda: in_parallel(1, each))
        contest(f"typst command, {jobs} at a time", lambda: in_parallel(jobs, each))
    if subprocess.run([options.python, "-c", "import typst"], capture_output=True).returncode == 0:
        each = [([options.python, "-c", ONCE, main, out, FONTS],) for main, out in zip(mains, outputs)]
        contest("PyPI typst, once per report", lambda: in_parallel(1, each))
        contest(f"PyPI typst, {jobs} at a time", lambda: in_parallel(jobs, each))
        pairs = [(str(main), str(out)) for main, out in zip(mains, outputs)]
        one = [([options.python, "-c", LONG_LIVED, FONTS], json.dumps(pairs))]
        contest("PyPI typst, one long-lived process", lambda: in_parallel(1, one))
        shares = [([options.python, "-c", LONG_LIVED, FONTS], json.dumps(pairs[job::jobs])) for job in range(jobs)]
        contest(f"PyPI typst, {jobs} long-lived processes", lambda: in_parallel(jobs, shares))
    show(results, len(files), jobs)


def show(results, count, jobs):
    own, own_processor, _ = results["nianbao batch"]
    print(f"{count} reports, {jobs} jobs; ratio: how many times as fast nianbao is, by the clock and by processor time")
    print(f"{'':36}{'reports/s':>10}{'ratio':>7}{'CPU ms':>8}{'ratio':>7}{'peak MB':>9}")
    for name, (rate, processor, peak) in results.items():
        ratios = (own / rate, processor / own_processor)
        first, second = (f"{ratio:.2f}" if "unchanged" not in name else "-" for ratio in ratios)
        print(f"{name:36}{rate:10.1f}{first:>7}{processor:8.0f}{second:>7}{peak:9.0f}")


if __name__ == "__main__":
    main()
