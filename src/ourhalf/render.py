"""Renders charts and kustomizations with the user's own `helm` and `kustomize`, only when asked to."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext

import msgspec

from ourhalf.collect import Targets, read_all
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers.reader import UnreadableError, merged
from ourhalf.readers.secrets import scrub

SECONDS = 120
MOST_BYTES = 64 * 1024 * 1024
RENDERED = " (rendered)"
"""What is added to the path of a file that a tool made: its lines are those of what it made."""

_CHART = "Chart.yaml"
_KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_IN_CHART = re.compile(r"(?:.*/)?(?:templates|crds)/")
_SOURCE = re.compile(rb"^# Source: [^/\n]+/([^\n]+)\n", re.MULTILINE)


class _Made:
    """Rendered files by path."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = texts

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._texts))

    def read(self, path: str) -> bytes:
        if path not in self._texts:
            raise UnreadableError("no such file")
        return scrub(self._texts[path])

    def mapped(self, path: str) -> AbstractContextManager[memoryview]:
        """See `Files.mapped`."""
        return nullcontext(memoryview(self.read(path)))

    def exists(self, path: str) -> bool:
        return path in self._texts

    def folder(self, path: str) -> tuple[str, ...]:
        return ()


def with_rendered(evidence: Evidence, targets: Targets) -> Evidence:
    """`evidence`, what the user's tools make of charts and kustomizations in the place of their sources.

    What a tool could not render stays as it was read, and `unread` says why.
    """
    for target, paths in targets.paths.items():
        root = target if os.path.isdir(target) else os.path.dirname(target)
        for chart in _charts(paths):
            evidence = _with_chart(evidence, root, chart)
        for path in _unread_kustomizations(evidence, paths):
            evidence = _with_kustomization(evidence, root, path)
    return evidence


def _charts(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders of charts that lie in no other chart."""
    folders = sorted(posixpath.dirname(path) for path in paths if posixpath.basename(path) == _CHART)
    found: list[str] = []
    for folder in folders:
        if not any(folder.startswith(_inside(outer)) for outer in found):
            found.append(folder)
    return tuple(found)


def _inside(folder: str) -> str:
    return f"{folder}/" if folder else ""


def _with_chart(evidence: Evidence, root: str, chart: str) -> Evidence:
    folder = os.path.join(root, chart) if chart else root
    name = re.sub(r"[^a-z0-9-]", "-", posixpath.basename(os.path.abspath(folder)).lower()).strip("-")[:40] or "chart"
    try:
        text = _run(["helm"], ["template", name, folder])
    except UnreadableError as error:
        return merged([evidence, _unread(posixpath.join(chart, _CHART), "helm", error)])
    made = _by_source(text, chart)
    below = _inside(chart)
    left = _without(evidence, lambda path: path.startswith(below) and _IN_CHART.match(path[len(below) :]) is not None)
    return merged([left, read_all(_Made(made))])


def _by_source(text: bytes, chart: str) -> dict[str, bytes]:
    """Rendered manifests by the template that each is made of."""
    pieces = _SOURCE.split(text)
    found: dict[str, bytes] = {}
    for source, body in zip(pieces[1::2], pieces[2::2], strict=True):
        stem, ending = posixpath.splitext(source.decode("utf-8", "replace").strip())
        path = f"{_inside(chart)}{stem}{RENDERED}{ending}"
        found[path] = found.get(path, b"") + b"---\n" + body
    return found


def _unread_kustomizations(evidence: Evidence, paths: Iterable[str]) -> tuple[str, ...]:
    """The kustomizations that our own reader could not build whole."""
    known = {path for path in paths if posixpath.basename(path) in _KUSTOMIZATIONS}
    return tuple(dict.fromkeys(item.path for item in evidence.unread if item.path in known))


def _with_kustomization(evidence: Evidence, root: str, path: str) -> Evidence:
    folder = os.path.join(root, posixpath.dirname(path))
    try:
        standalone = shutil.which("kustomize") is not None
        text = _run(["kustomize", "build"] if standalone else ["kubectl", "kustomize"], [folder])
    except UnreadableError as error:
        return merged([evidence, _unread(path, "kustomize", error)])
    stem, ending = posixpath.splitext(path)
    left = _without(evidence, lambda other: other == path)
    return merged([left, read_all(_Made({f"{stem}{RENDERED}{ending or '.yaml'}": text}))])


def _run(program: list[str], arguments: list[str]) -> bytes:
    """What a program writes. Raises UnreadableError where it is not there, fails or takes too long."""
    found = shutil.which(program[0])
    if found is None:
        raise UnreadableError(f"--render needs {program[0]}, which is not on the path")
    try:
        done = subprocess.run(  # noqa: S603 - the user's own tool, because the user asked for it
            [found, *program[1:], *arguments],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"{program[0]} took longer than {SECONDS} s") from None
    except OSError as error:
        raise UnreadableError(f"{program[0]} cannot be started: {error.strerror}") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise UnreadableError(f"{program[0]} failed: {said[-1][:300]}")
    if len(done.stdout) > MOST_BYTES:
        raise UnreadableError(f"{program[0]} wrote more than {MOST_BYTES // 1024 // 1024} MB")
    return done.stdout


def _unread(path: str, reader: str, error: UnreadableError) -> Evidence:
    return Evidence(unread=(Unread(path, error.line, reader, error.reason),))


def _without(evidence: Evidence, gone: Callable[[str], bool]) -> Evidence:
    return msgspec.structs.replace(
        evidence,
        resources=tuple(r for r in evidence.resources if not gone(r.place.path)),
        unread=tuple(u for u in evidence.unread if not gone(u.path)),
        suppressions=tuple(s for s in evidence.suppressions if not gone(s.path)),
    )
