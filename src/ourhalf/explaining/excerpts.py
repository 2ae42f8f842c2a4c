"""The lines of source around a place, without secrets, as the files are now."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from ourhalf.explaining.veil import veiled
from ourhalf.files import TargetFiles
from ourhalf.model.excerpt import Decided, Excerpt
from ourhalf.model.finding import EvidenceItem, Finding
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.secrets import is_marked

CONTEXT = 2
_LONGEST = 160
_MADE = " (rendered)"


class Sources:
    """The files of targets, read again to show their lines."""

    def __init__(self, targets: Iterable[str]) -> None:
        self._targets = {target: TargetFiles(target) for target in targets if os.path.exists(target)}

    def around(self, path: str, line: int, secret: Collection[int] = ()) -> Excerpt:
        """The line and 2 before and after it; `secret` are lines, from 1, that hold a secret."""
        if _MADE in path:
            return Excerpt(path, line, why_not="a tool made this file; it is not on disk")
        having = [files for files in self._targets.values() if files.exists(path)]
        if len(having) != 1:
            why = "the file is in several targets" if having else "the file is not at hand"
            return Excerpt(path, line, why_not=why)
        try:
            text = having[0].read(path).decode("utf-8", "replace")
        except UnreadableError as error:
            return Excerpt(path, line, why_not=error.reason)
        lines = text.replace("\r\n", "\n").split("\n")
        if not 1 <= line <= len(lines):
            return Excerpt(path, line, why_not="the file has no such line now")
        first, last = max(0, line - 1 - CONTEXT), min(len(lines) - 1, line - 1 + CONTEXT)
        shown = veiled(lines, first, last, {number - 1 for number in secret})
        return Excerpt(path, line, tuple((first + 1 + n, _cut(part)) for n, part in enumerate(shown)))


def below(folder: str, targets: Iterable[str]) -> tuple[str, ...]:
    """Those of `targets` that lie in `folder`: an assessment from elsewhere may name any file."""
    root = os.path.realpath(folder)
    inside = root.rstrip(os.sep) + os.sep
    return tuple(t for t in targets if (os.path.realpath(os.path.join(root, t)) + os.sep).startswith(inside))


def decided(finding: Finding, sources: Sources) -> tuple[Decided, ...]:
    """Each field that decided a finding, with its lines; the subject where no field has a place."""
    items = tuple(item for item in finding.evidence if item.path)
    if not items:
        items = (EvidenceItem(finding.subject.path, finding.subject.line, "", ""),)
    secret: dict[str, set[int]] = {}
    for item in items:
        if "redacted)" in item.value or is_marked(item.value):
            secret.setdefault(item.path, set()).add(item.line)
    seen: set[tuple[str, int]] = set()
    found = []
    for item in items:
        place = (item.path, item.line)
        excerpt = None if place in seen else sources.around(*place, secret.get(item.path, ()))
        seen.add(place)
        found.append(Decided(item, excerpt))
    return tuple(found)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
