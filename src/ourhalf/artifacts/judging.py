"""Judges a file by every format that its content is: where it is several, the worst counts."""

from __future__ import annotations

import mmap
import os
import stat

from ourhalf.artifacts.format import Content, Format, Found, all_formats
from ourhalf.artifacts.holes import HoleError, missed
from ourhalf.artifacts.judgement import Judgement, Reason, worst

MAX_DEPTH = 5
MAX_PARTS = 10_000
MAX_UNPACKED = 1 << 35
"""How many bytes that were packed in a file, and in what is in it, are looked at; fewer of a small file."""
_FREE, _MOST_RATIO = 1 << 30, 50
UNREAD = "unread"
"""The format that a part is said to be where looking at it would exceed a bound."""


class ArtifactError(OSError):
    """A file that cannot be opened as one, and why in words."""


def judge_file(path: str, name: str) -> tuple[Found, ...]:
    """What the file at `path` is; nothing where its content is no format of models. Raises ArtifactError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise ArtifactError(error.strerror or "cannot be opened") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ArtifactError("not a regular file")
        if status.st_size == 0:
            return ()
        with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as data:
            return judge(Content(name, data))
    finally:
        os.close(descriptor)


def judge(content: Content) -> tuple[Found, ...]:
    """What content is by each format that it is."""
    return _Walk().judge(content, 0)


class _Walk:
    """How much of one file, and of what is inside it, was judged."""

    def __init__(self) -> None:
        self._parts = self._unpacked = 0
        self._most = MAX_UNPACKED

    def judge(self, content: Content, depth: int, outer: object = None) -> tuple[Found, ...]:
        self._parts += 1
        if not depth:
            self._most = min(MAX_UNPACKED, _FREE + _MOST_RATIO * len(content.data))
        elif content.data.obj is not outer:
            self._unpacked += len(content.data)
        what = self._too_much(depth)
        if what:
            return (Found(UNREAD, (Reason(Judgement.UNREAD, f"{what}: not read", 0, content.name),)),)

        def deeper(inner: Content) -> tuple[Found, ...]:
            return self.judge(inner, depth + 1, content.data.obj)

        found = []
        recognised, failed = _recognised(content)
        found += [_failed(content, one, f"telling whether it is {one.title}", error) for one, error in failed]
        for one in recognised:
            try:
                found.append(one.judge(content, deeper))
            except Exception as error:  # noqa: BLE001 - a mistake of ours must not pass for a proof
                found.append(_failed(content, one, f"reading it as {one.title}", error))
        return tuple(found) if depth else _with_holes(content, found)

    def _too_much(self, depth: int) -> str:
        if depth > MAX_DEPTH:
            return f"files in files deeper than {MAX_DEPTH}"
        if self._parts > MAX_PARTS:
            return f"more than {MAX_PARTS:,} files"
        return f"more than {self._most >> 20:,} MB that were packed" if self._unpacked > self._most else ""


def _failed(content: Content, one: Format, what: str, error: Exception) -> Found:
    why = str(error) if isinstance(error, HoleError) else f"{what} failed: {type(error).__name__}"
    return Found(one.name, (Reason(Judgement.UNREAD, why, 0, content.name),))


def _with_holes(content: Content, found: list[Found]) -> tuple[Found, ...]:
    """What was found, and that it is not all where bytes were asked for that were not kept."""
    wrong = missed(content.data)
    if wrong and not any(one.judgement is Judgement.UNREAD for one in found):
        found = [*found, Found(UNREAD, (Reason(Judgement.UNREAD, wrong, 0, content.name),))]
    return tuple(found)


_Failures = list[tuple[Format, Exception]]


def _recognised(content: Content) -> tuple[list[Format], _Failures]:
    """The formats that content is, by name, and those of which it cannot be told."""
    failures: _Failures = []

    def told(one: Format) -> bool:
        try:
            return one.recognises(content)
        except Exception as error:  # noqa: BLE001 - what is not looked at is not told, and that is said
            failures.append((one, error))
            return False

    every = [one for one in all_formats() if not one.rest and told(one)]
    taken = {one.container for one in every}
    rest = [one for one in all_formats() if one.rest and one.container not in taken and told(one)]
    return sorted([*every, *rest], key=lambda one: one.name), failures


def together(found: tuple[Found, ...]) -> tuple[Judgement, tuple[Reason, ...]]:
    """What a file is by all formats at once, and every reason, worst first."""
    reasons = tuple(dict.fromkeys(reason for one in found for reason in one.reasons))
    return worst(reasons), tuple(sorted(reasons, key=lambda reason: -reason.judgement.rank))
