"""How long the guide takes: a deployment of many workloads, made of copies of examples/acme.

    python -m benchmarks.guide.measure [--workloads 500] [--runs 5]

Every figure is of a whole process: wall time, the median and the slowest of the runs, the processor time of the
median run on all cores, and peak memory.
`from configuration` reads and assesses all of it without any cache; `from an assessment` takes the finished JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ACME = Path(__file__).parents[2] / "examples" / "acme"
_DAY = "2026-11-02"


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        assessment = _deployment(work, options.workloads)
        count = len(json.loads(assessment.read_bytes())["workloads"])
        print(
            f"{count} workloads\n\n| | pages | MB | median s | slowest s | processor s | peak MB |\n| --- "
            + "| --- " * 6
            + "|"
        )
        for form in ("html", "markdown"):
            for name, target in (("configuration", str(work / "all")), ("an assessment", str(assessment))):
                _measure(f"{form} from {name}", target, form, work, options.runs)


def _deployment(work: Path, wanted: int) -> Path:
    """Copies of acme below `work`/all, and their assessment."""
    number = 0
    while number * _workloads_of_one() < wanted:
        number += 1
        shutil.copytree(ACME, work / "all" / f"team-{number:03}", ignore=shutil.ignore_patterns("ourhalf.yaml"))
    assessment = work / "assessment.json"
    _run(["assess", str(work / "all"), "--as-of", _DAY, "--format", f"json={assessment}", "--fail-on", "none"], work)
    return assessment


def _workloads_of_one() -> int:
    return 13


def _measure(title: str, target: str, form: str, work: Path, runs: int) -> None:
    times, spent, peak = [], [], 0.0
    site = work / "site"
    call = ["guide", target, "--output", str(site), "--format", form]
    if not target.endswith(".json"):
        call += ["--as-of", _DAY, "--no-cache"]
    for _ in range(runs):
        shutil.rmtree(site, ignore_errors=True)
        seconds, processor, megabytes = _run(call, work)
        times.append(seconds)
        spent.append(processor)
        peak = max(peak, megabytes)
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".md"}]
    size = sum(path.stat().st_size for path in files) / 1e6
    wall = f"{statistics.median(times):.2f} | {max(times):.2f} | {statistics.median(spent):.2f}"
    print(f"| {title} | {len(files)} | {size:.1f} | {wall} | {peak:.0f} |", flush=True)


def _run(arguments: list[str], work: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak MB of one command."""
    environment = {**os.environ, "OURHALF_CACHE_DIR": str(work / "cache")}
    command = [str(Path(sys.executable).parent / "ourhalf"), *arguments]
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"ourhalf {arguments[0]} failed: {process.stderr.read().decode() if process.stderr else ''}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
