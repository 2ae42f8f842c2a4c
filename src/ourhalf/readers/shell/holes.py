"""Texts that are known in part: each unknown piece is one character of a private range."""

from __future__ import annotations

import re

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.readers.node import Node

_FIRST = 0xE000
_COUNT = 6399
_HOLE = re.compile("[\ue000-\uf8fe]")
_OPEN_END = "\uf8ff"


class Holes:
    """The unknown pieces of one text and of all that is made of it.

    A hole is a character that no other text uses, so that texts with holes can be cut, joined and
    compared as texts; `value` turns what comes out into a text or an `Unresolved`. `grown` counts the
    characters that expansions have added, which are bounded for all that one text holds.
    """

    def __init__(self) -> None:
        self._reasons: list[tuple[str, Reference | None]] = []
        self.grown = 0
        self._known: dict[tuple[str, Reference | None], str] = {}

    @property
    def count(self) -> int:
        """How many pieces are unknown so far."""
        return len(self._reasons)

    def mark(self, reason: str, reference: Reference | None = None) -> str:
        """The hole for a piece that is not known for `reason`."""
        found = self._known.get((reason, reference))
        if found is not None:
            return found
        if len(self._reasons) < _COUNT:
            self._reasons.append((reason, reference))
        hole = chr(_FIRST + len(self._reasons) - 1)
        self._known[reason, reference] = hole
        return hole

    def text(self, node: Node) -> str | None:
        """The text of `node` with holes for what is not known of it; None where it is no text."""
        value = node.value
        if isinstance(value, str):
            return clean(value)
        if isinstance(value, Reference):
            return self.mark(f"{value} is known only once it is deployed", value)
        if not isinstance(value, Unresolved):
            return None
        pieces = []
        for part in value.parts or (None,):
            match part:
                case str():
                    pieces.append(clean(part))
                case Reference():
                    pieces.append(self.mark(f"{part} is known only once it is deployed", part))
                case None:
                    pieces.append(self.mark(value.reason))
        return "".join(pieces)

    def among_first(self, text: str, count: int) -> bool:
        """Whether the first hole of `text` is one of the first `count`."""
        found = _HOLE.search(text)
        return found is not None and ord(found[0]) - _FIRST < count

    def reason(self, text: str) -> str | None:
        """Why `text` is not known whole; None where it is."""
        found = _HOLE.search(text)
        return self._reasons[ord(found[0]) - _FIRST][0] if found else None

    def value(self, text: str, place: Place) -> str | Unresolved:
        """`text` where it is known, else what is known of it."""
        first = _HOLE.search(text)
        if first is None:
            return text
        parts: list[str | Reference | None] = []
        end = 0
        for found in _HOLE.finditer(text):
            if found.start() > end:
                parts.append(text[end : found.start()])
            parts.append(self._reasons[ord(found[0]) - _FIRST][1])
            end = found.end()
        if end < len(text):
            parts.append(text[end:])
        return Unresolved(self._reasons[ord(first[0]) - _FIRST][0], place, tuple(parts))


def clean(text: str) -> str:
    """`text` without the characters that stand for holes."""
    return _HOLE.sub("\ufffd", text).replace(_OPEN_END, "\ufffd")


def unknown(text: str) -> bool:
    """Whether any piece of `text` is a hole."""
    return _HOLE.search(text) is not None


def only_unknown(text: str) -> bool:
    """Whether `text` is made of holes and nothing else."""
    return bool(text) and not _HOLE.sub("", text)
