"""Docker's credential helpers: programs that keep passwords (github.com/docker/docker-credential-helpers)."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping

import msgspec

from ourhalf.registry.credential import Credential

SECONDS = 30
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_NOT_FOUND = b"credentials not found in native keychain"
_MOST = 1 << 20


class HelperError(Exception):
    """A helper gave nothing that can be used: why, without anything that it wrote."""


class _Answer(msgspec.Struct, frozen=True):
    username: str = msgspec.field(name="Username")
    secret: str = msgspec.field(name="Secret")


def ask(name: str, server: str, environment: Mapping[str, str], seconds: float = SECONDS) -> Credential | None:
    """What `docker-credential-NAME get` knows of a server; None where it knows nothing. Raises HelperError."""
    if not _NAME.match(name):
        raise HelperError(f"{name[:64]!r} is no name of a credential helper")
    program = f"docker-credential-{name}"
    path = shutil.which(program, path=environment.get("PATH", os.defpath))
    if path is None:
        raise HelperError(f"{program} is not installed")
    status, output = _run(program, path, server, environment, seconds)
    if status != 0:
        if _NOT_FOUND in output:
            return None
        raise HelperError(f"{program} ended with status {status}; `{program} get` tells why")
    try:
        answer = msgspec.json.decode(output[:_MOST], type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise HelperError(f"{program} wrote no Username and Secret") from None
    if answer.username == "<token>":
        return Credential(origin=program, refresh=answer.secret)
    return Credential(origin=program, user=answer.username, password=answer.secret)


def _run(program: str, path: str, server: str, environment: Mapping[str, str], seconds: float) -> tuple[int, bytes]:
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed name on the user's PATH, no shell
            [path, "get"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            start_new_session=True,
        )
    except OSError as error:
        raise HelperError(f"{program} cannot be started: {error.strerror}") from None
    with process:
        try:
            output, _ = process.communicate(server.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            # with what it started: a child that holds the pipe would hold us
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise HelperError(f"{program} gave no answer in {seconds:g} s") from None
    return process.returncode, output
