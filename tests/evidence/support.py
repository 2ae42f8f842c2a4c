"""A bundle to try things on, made once, and keys to sign it with."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ourhalf.evidence.bundle import Bundle, make
from ourhalf.evidence.opened import Opened
from ourhalf.evidence.verify import Verification, Wanted, verify
from ourhalf.profile.document import load
from ourhalf.run import Request
from tests.hostile.samples import PASSWORD

SOURCE = Path(__file__).parents[2] / "src"
DAY = date(2026, 11, 1)
MADE = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
NOBODY = Wanted()
NOW = datetime(2026, 11, 20, tzinfo=UTC)

FILES = {
    "pod.yaml": f"""\
apiVersion: v1
kind: Pod
metadata: {{name: serve}}
spec:
  containers:
    - name: main
      image: registry.example.com/team/serve:1.2
      securityContext: {{privileged: true}}
      args: [--api-key, {PASSWORD}]
      env:
        - {{name: DB_PASSWORD, value: {PASSWORD}}}
        - {{name: OTHER_PASSWORD, value: another-Secret-9}}
""",
    "Dockerfile": f"FROM python:3.11\nUSER 1000\nENV API_KEY={PASSWORD}\n# ourhalf: ignore\n",
    "broken.yaml": "kind: Pod\napiVersion: v1\n  x: [\n",
    "ourhalf.yaml": """\
version: 1
sensitivity: confidential
exceptions:
  - {control: container-unprivileged, owner: me, expires: 2027-01-01, reason: driver needs it}
""",
    "README.md": "Nothing here is read.\n",
}


def write(folder: Path) -> Path:
    """Write the sample below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def request(target: Path) -> Request:
    """What is asked of a run over a sample with its profile."""
    profile = target / "ourhalf.yaml"
    return Request((str(target),), DAY, load(str(profile)), str(profile))


@cache
def _made() -> tuple[tuple[str, bytes], ...]:
    with TemporaryDirectory() as folder:
        return tuple(make(request(write(Path(folder) / "sample")), MADE, keep=False).items())


def bundle() -> Bundle:
    """The files of a bundle of the sample, not signed."""
    return dict(_made())


def verified(files: Bundle, wanted: Wanted = NOBODY, now: datetime = NOW) -> Verification:
    """What is found of these files."""
    return verify(Opened(files, ()), wanted, now)


def ourhalf(*arguments: str, cwd: Path, umask: int = 0o022, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own, with no environment but this."""
    return subprocess.run(
        [sys.executable, "-m", "ourhalf", *arguments],
        cwd=cwd,
        umask=umask,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
