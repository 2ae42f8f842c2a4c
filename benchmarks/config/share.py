"""What part of a run the controls cost: processor time of each step, in one process.

    python -m benchmarks.config.share [--corpus DIR] [--runs N]

Nothing is forked and no cache is used, so that every second is counted once. `controls` is the time inside
their `evaluate` and what they ask of the graph; the clock that takes it costs some of it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import peer

_STEPS = ("start: import the engine", "load all controls", "read", "controls", "make findings", "write JSON")
_ONE_RUN = """
import gc, sys, time
gc.disable()
clock = time.process_time
times = [clock()]
from datetime import date
from ourhalf import assess, collect
from ourhalf.reports import json
collect._PARALLEL_FROM = assess._FORK_FROM = 10**9
times.append(clock())
assess.all_controls()
times.append(clock())
evidence = collect.collect(collect.Targets((sys.argv[1],)))
times.append(clock())
spent = 0.0
judge = assess.judge
def timed(control, case, context):
    global spent
    before = clock()
    verdict = judge(control, case, context)
    spent += clock() - before
    return verdict
assess.judge = timed
assessment = assess.assess(evidence, (sys.argv[1],), date(2026, 1, 1))
times.append(clock())
json.render(assessment)
times.append(clock())
start, load, read, judged, written = (after - before for before, after in zip(times, times[1:]))
print(start, load, read, spent, judged - spent, written)
"""


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=peer.corpus())
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        peer.copy(options.corpus, corpus)
        runs = [_run(corpus) for _ in range(options.runs)]
    medians = [statistics.median(step) for step in zip(*runs, strict=True)]
    print("| step | processor s | share |\n| --- | --- | --- |")
    for name, seconds in zip(_STEPS, medians, strict=True):
        print(f"| {name} | {seconds:.3f} | {seconds / sum(medians):.0%} |")


def _run(corpus: Path) -> list[float]:
    command = [sys.executable, "-c", _ONE_RUN, str(corpus)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    main()
