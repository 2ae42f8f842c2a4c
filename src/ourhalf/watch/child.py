"""Assesses in a process of its own: the memory that it takes ends with it, and what breaks it breaks nothing else."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import msgspec

from ourhalf.model.finding import Assessment
from ourhalf.run import Request

_MAX_BYTES = 1024 * 1024 * 1024


class AssessmentError(Exception):
    """No assessment could be made: the reason in words."""


class Child:
    """Runs assessments one after another, each in a new process that takes what it can from the cache."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def assess(self, request: Request) -> Assessment:
        """What `run` gives for a request. Raises AssessmentError."""
        # -P: nothing is imported from the current folder, which may be the target.
        command = [sys.executable, "-P", "-m", "ourhalf.watch.child"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:  # noqa: S603 - this program
            self._process = process
            try:
                out, err = process.communicate(msgspec.msgpack.encode(request))
            finally:
                self._process = None
        if process.returncode != 0:
            lines = err.decode(errors="replace").strip().splitlines() or [f"it ended with status {process.returncode}"]
            raise AssessmentError(lines[-1][:500])
        return msgspec.msgpack.decode(out, type=Assessment)

    def stop(self) -> None:
        """End the process that is at work."""
        process = self._process
        if process is not None:
            with contextlib.suppress(OSError):
                process.terminate()


def main() -> None:
    """Read a request from standard input, and write the assessment to standard output."""
    from ourhalf.run import run

    request = msgspec.msgpack.decode(sys.stdin.buffer.read(_MAX_BYTES), type=Request)
    out = os.dup(1)
    os.dup2(2, 1)  # nothing else may write where the assessment goes
    try:
        data = msgspec.msgpack.encode(run(request))
    except Exception as error:  # noqa: BLE001 - told by the parent in one line
        sys.exit(f"{type(error).__name__}: {error}")
    with os.fdopen(out, "wb") as stream:
        stream.write(data)


if __name__ == "__main__":
    main()
