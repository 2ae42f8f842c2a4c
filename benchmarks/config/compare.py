"""ourhalf and Checkov over the same configuration, in one run: wall time, memory, growth.

    python -m benchmarks.config.compare [--corpus DIR] [--checkov PATH] [--runs N] [--scale]

Checkov 3.3.30 is installed into an environment of its own (benchmarks/.checkov) unless
--checkov names one. Files that Checkov cannot finish are left out of both and listed. Every figure
is of a whole process as the operating system accounts for it; ratios are of medians.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import peer


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=peer.corpus())
    parser.add_argument("--checkov", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", action="store_true", help="also ours at 1x, 4x and 16x of the corpus")
    options = parser.parse_args()
    checkov = options.checkov or peer.install()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        corpus = work / "corpus"
        left_out = peer.copy(options.corpus, corpus)
        print(f"corpus: {sum(1 for p in corpus.rglob('*') if p.is_file())} files; left out of both: {len(left_out)}")
        for path in left_out:
            print(f"- {path}")
        _table(work, corpus, checkov, options.runs)
        if options.scale:
            _scale(work, corpus, options.runs)


def _measure(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall seconds and peak MB (the largest process of the run) of one command."""
    script = (
        "import os,resource,subprocess,sys,time;t=time.perf_counter();"
        "r=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL).returncode;"
        "w=time.perf_counter()-t;u=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(w,u.ru_maxrss/1024,r)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True, check=True, env=environment
    )
    wall, memory, status = done.stdout.split()
    if int(status) not in (0, 1):
        sys.exit(f"{command[0]} ended with status {status}: nothing was compared")
    return float(wall), float(memory)


def _median(
    command: list[str], environment: dict[str, str], runs: int, fresh: Path | None = None
) -> tuple[float, float]:
    times, memories = [], []
    for _ in range(runs):
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)
        wall, memory = _measure(command, environment)
        times.append(wall)
        memories.append(memory)
    return statistics.median(times), max(memories)


def _ours(corpus: Path, work: Path) -> tuple[list[str], dict[str, str], Path]:
    cache = work / "cache"
    program = Path(sys.executable).parent / "ourhalf"
    command = [str(program), "assess", str(corpus), "--format", f"json={work / 'ours.json'}"]
    return command, {**os.environ, "OURHALF_CACHE_DIR": str(cache)}, cache


def _table(work: Path, corpus: Path, checkov: Path, runs: int) -> None:
    command, environment, cache = _ours(corpus, work)
    cold = _median(command, environment, runs, cache)
    warm = _median(command, environment, runs)
    start = _median([command[0], "--help"], environment, runs)
    peer_command = peer.command(checkov, corpus, "--quiet")
    theirs = _median(peer_command, dict(os.environ), max(1, runs // 2))
    their_start = _median([str(checkov), "--help"], dict(os.environ), max(1, runs // 2))
    print("\n| what | ourhalf | Checkov 3.3.30 | ratio |\n| --- | --- | --- | --- |")
    for name, a, b in (
        ("cold run, wall s", cold[0], theirs[0]),
        ("cold run, peak MB of one process", cold[1], theirs[1]),
        ("second run, nothing changed, wall s", warm[0], theirs[0]),
        ("--help, wall s", start[0], their_start[0]),
    ):
        print(f"| {name} | {a:.3f} | {b:.3f} | {b / a:.1f}x |")
    assessed = json.loads((work / "ours.json").read_bytes())
    print(f"\nfindings of ours: {len(assessed['findings'])}, unread: {len(assessed['unread'])}")


def _scale(work: Path, corpus: Path, runs: int) -> None:
    print("\n| corpus | wall s | per copy | peak MB |\n| --- | --- | --- | --- |")
    for times in (1, 4, 16):
        grown = work / f"grown-{times}"
        for number in range(times):
            shutil.copytree(corpus, grown / f"copy{number}")
        command, environment, cache = _ours(grown, work)
        wall, memory = _median(command, environment, max(1, runs // 2), cache)
        print(f"| {times}x | {wall:.2f} | {wall / times:.3f} | {memory:.0f} |")
        shutil.rmtree(grown)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    started = time.perf_counter()
    main()
    print(f"\nmeasured in {time.perf_counter() - started:.0f} s on {os.cpu_count()} cores")
