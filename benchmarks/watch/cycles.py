"""Times cycles of `ourhalf watch` over a tree that does not change, and watches its memory.

    python -m benchmarks.watch.cycles --files 2000 --cycles 10000

The parts are those of the command; only the wait between cycles is left out. Memory is what the system holds for
the process (VmRSS), taken after each hundredth part of the cycles.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from ourhalf.history.outbox import Outbox
from ourhalf.history.store import History
from ourhalf.run import Request
from ourhalf.watch.child import Child
from ourhalf.watch.delivery import Delivery
from ourhalf.watch.loop import Parts, Watch
from ourhalf.watch.metrics import Metrics
from ourhalf.watch.sight import glance

_POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: pod-{0}, namespace: team-{1}}}
spec:
  hostNetwork: {2}
  containers:
    - name: train
      image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.8.0-gpu-py312-cu129-ubuntu22.04-ec2
      securityContext: {{privileged: {2}}}
"""
_BUCKET = """\
resource "aws_s3_bucket" "data_{0}" {{
  bucket = "data-{0}"
}}
"""


def tree(folder: Path, files: int) -> None:
    """Write so many files: three of four are manifests, the others Terraform."""
    for number in range(files):
        place = folder / f"team-{number % 50}"
        place.mkdir(exist_ok=True)
        if number % 4:
            (place / f"pod-{number}.yaml").write_text(_POD.format(number, number % 50, str(number % 3 == 0).lower()))
        else:
            (place / f"bucket-{number}.tf").write_text(_BUCKET.format(number))


def memory() -> int:
    """What the system holds for this process, in KiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def measured(folder: Path, files: int, cycles: int) -> str:
    """The figures, one a line."""
    target = folder / "target"
    target.mkdir()
    tree(target, files)
    os.environ["OURHALF_CACHE_DIR"] = str(folder / "cache")
    with History(str(folder / "history.sqlite"), create=True) as history:
        parts = Parts(history, Delivery(Outbox(history), ()), Metrics(), Child().assess, lambda: datetime.now(UTC))
        watch = Watch(Request((str(target),), date(2026, 11, 1)), parts, date(2026, 11, 1))
        begun = time.perf_counter()
        first = watch.cycle()
        took = time.perf_counter() - begun
        times, cpu, sizes = [], [], []
        for number in range(cycles):
            begun, worked = time.perf_counter(), time.process_time()
            if watch.cycle().result != "unchanged":
                raise SystemExit("something changed")
            watch.send()
            times.append(time.perf_counter() - begun)
            cpu.append(time.process_time() - worked)
            if number % max(cycles // 100, 1) == 0:
                sizes.append(memory())
        looks = []
        for _ in range(20):
            begun = time.perf_counter()
            glance((str(target),))
            looks.append(time.perf_counter() - begun)
        (entry,) = history.entries()
    tenth = max(len(sizes) // 10, 1)
    lines = [
        f"files {files:,}, findings {entry.findings:,}, cycles {cycles:,}, first {took:.1f} s ({first.result})",
        f"unchanged cycle: median {statistics.median(times):.3f} s, slowest {max(times):.3f} s; "
        f"processor {statistics.median(cpu):.3f} s",
        f"look at the state of all files: median {statistics.median(looks):.3f} s",
        f"memory: first tenth {max(sizes[:tenth]):,} KiB at most, last tenth {max(sizes[-tenth:]):,} KiB at most",
        f"history: {os.path.getsize(folder / 'history.sqlite'):,} bytes",
    ]
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--cycles", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(measured(Path(folder), given.files, given.cycles))


if __name__ == "__main__":
    main()
