"""Runs the command line as a process of its own with bounded memory and time, over what a test writes."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ourhalf.model.evidence import Unread
from ourhalf.model.finding import Assessment
from ourhalf.reports.json import load

SOURCE = Path(__file__).parents[2] / "src"
MEMORY = 2 * 1024**3
PROCESSOR_SECONDS = 60
HANGS_AFTER = 180

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers:
    - name: main
      image: registry.example.com/team/train:1.2
      securityContext: {privileged: true}
"""

_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2


class Done(NamedTuple):
    """What a command line did; a status below 0 is the signal that ended it."""

    status: int
    out: str
    err: str


class Assessed(NamedTuple):
    """What `ourhalf assess` did, and the assessment that it wrote."""

    status: int
    err: str
    assessment: Assessment

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What was not read."""
        return self.assessment.unread

    @property
    def names(self) -> list[str]:
        """The names of the workloads that were found."""
        return [workload.name for workload in self.assessment.workloads]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Path and reason of what was not read."""
        return [(unread.path, unread.reason) for unread in self.unread]


def pod(name: str = "good") -> str:
    """The manifest of a pod that fails a control."""
    return POD.replace("NAME", name)


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below `folder`, and the folders that they lie in."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def ourhalf(*arguments: str | os.PathLike[str], cache: Path, cwd: Path | None = None) -> Done:
    """Run a command line within bounds, as one to whom permissions apply."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(SOURCE),
        "OURHALF_CACHE_DIR": str(cache),
        "HOME": str(cache),
    }
    done = subprocess.run(
        [sys.executable, "-m", "ourhalf", *(os.fspath(argument) for argument in arguments)],
        capture_output=True,
        timeout=HANGS_AFTER,
        env=environment,
        cwd=cwd,
        preexec_fn=_bounded,
        check=False,
    )
    err = done.stderr.decode()
    assert "Traceback" not in err, err
    return Done(done.returncode, done.stdout.decode(), err)


def assess(target: Path, *options: str) -> Assessed:
    """Assess `target` once, with a cache beside it; the whole of it went well unless the status says else."""
    cache = target.parent / f"{target.name}.cache"
    done = ourhalf("assess", target, "--format", "json", "--as-of", "2026-11-01", *options, cache=cache)
    assert done.status in (0, 1), (done.status, done.err)
    found = load(done.out.encode())
    assert not [unread for unread in found.unread if "the reader failed" in unread.reason], found.unread
    assert not [finding for finding in found.findings if finding.reason.startswith("control ")]
    return Assessed(done.status, done.err, found)


def _bounded() -> None:
    """Bound this process, and take from root the power to ignore permissions."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and os.geteuid() == 0:
        library = ctypes.CDLL(None)
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            library.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
