"""Runs the user's own helm or kustomize, only when asked to, and gives the documents that it prints."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence

from ourhalf.readers.node import Node
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.yaml import ParseError, documents

TIME_LIMIT = 120.0
"""How long a rendering may take, in seconds."""

MAX_OUTPUT = 64 * 1024 * 1024
"""How many bytes a rendering may print."""


def helm_template(folder: str, path: str, values: Sequence[str] = (), timeout: float = TIME_LIMIT) -> list[Node]:
    """The manifests of the chart in `folder`, a folder of this machine; nodes stand in `path`.

    `values` are files of values. Dependencies are not fetched. Raises UnreadableError where helm is
    missing, fails, takes too long or prints too much.
    """
    command = ["helm", "template", "release", folder, "--skip-tests"]
    for file in values:
        command += ["--values", file]
    return _rendered(command, path, timeout)


def kustomize_build(folder: str, path: str, timeout: float = TIME_LIMIT) -> list[Node]:
    """The objects of the kustomization in `folder`, a folder of this machine; nodes stand in `path`.

    Raises UnreadableError like `helm_template`; with kubectl instead where kustomize is missing.
    """
    command = ["kustomize", "build", folder]
    if shutil.which("kustomize") is None:
        command = ["kubectl", "kustomize", folder]
    return _rendered(command, path, timeout)


def _rendered(command: list[str], path: str, timeout: float) -> list[Node]:
    data = _output(command, timeout)
    try:
        return list(documents(data, path))
    except ParseError as error:
        raise UnreadableError(f"{command[0]} printed no YAML: {error.reason}", error.line) from None


def _output(command: list[str], timeout: float) -> bytes:
    """What a command prints, kept in a file meanwhile so that it cannot fill the memory."""
    program = shutil.which(command[0])
    if program is None:
        raise UnreadableError(f"{command[0]} is not installed")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 - the user asked to run their own program
            [program, *command[1:]], stdin=subprocess.DEVNULL, stdout=out, stderr=complaints, start_new_session=True
        )
        try:
            status = _ended(process, out.fileno(), timeout)
        except BaseException:
            process.kill()
            process.wait()
            raise
        if status != 0:
            complaints.seek(0)
            lines = complaints.read(4096).decode("utf-8", "replace").strip().splitlines()
            raise UnreadableError(f"{command[0]} failed: {lines[0] if lines else f'status {status}'}")
        out.seek(0)
        return out.read(MAX_OUTPUT)


def _ended(process: subprocess.Popen[bytes], out: int, timeout: float) -> int:
    """The status of a process that ends in time and prints no more than is allowed."""
    waited = 0.0
    while True:
        try:
            status = process.wait(0.05)
        except subprocess.TimeoutExpired:
            waited += 0.05
            if waited >= timeout:
                raise UnreadableError(f"it took longer than {timeout:.0f} seconds") from None
        else:
            if os.fstat(out).st_size > MAX_OUTPUT:
                raise UnreadableError(f"it printed more than {MAX_OUTPUT // 1048576} MB")
            return status
        if os.fstat(out).st_size > MAX_OUTPUT:
            raise UnreadableError(f"it printed more than {MAX_OUTPUT // 1048576} MB")
