"""An order for what has no rules of its own: libraries by their own versions, products of vendors."""

from __future__ import annotations

import re
from typing import Any

from ourhalf.advisories.versions.order import Order, UnorderableError

_PART = re.compile(r"\d+|[a-z]+", re.ASCII)
_BEFORE = {"dev": -6, "snapshot": -6, "alpha": -5, "beta": -4, "m": -4, "milestone": -4, "pre": -3, "preview": -3}
_BEFORE |= {"rc": -2, "r": 0, "v": 0}
_UPDATE = re.compile(r"\s*(?:update\s*|u)(\d+)$", re.IGNORECASE | re.ASCII)
_REGULAR = re.compile(
    r"[vVrR]?\d+(?:\.\d+)*[a-z]{0,2}(?:-0|[-_. ]?(?:alpha|beta|rc|pre|dev|r|p)[-.]?\d*)?(?:\+\S*)?", re.ASCII
)


def rank(version: str) -> tuple[Any, ...]:
    """Numbers without zeros at the end, words before a release below it, letters (`1.1.1k`) above it.

    `12.6 Update 1` is `12.6.1`; `1.26.0-0` comes before all that leads to `1.26.0`, as advisories of Go mean it; what
    stands after a `+` does not count. Raises UnorderableError.
    """
    text = _UPDATE.sub(r".\1", version.strip().lower().partition("+")[0]).lstrip("vr")
    text = f"{text[:-2]}-dev" if text.endswith("-0") else text
    if not text[:1].isdigit():
        raise UnorderableError(f"{version!r} does not begin with a number")
    parts: list[tuple[int, int, str]] = []
    for part in _PART.findall(text):
        if part.isdigit():
            parts.append((2, int(part), ""))
        elif part in _BEFORE:
            _drop_zeros(parts)
            if _BEFORE[part]:
                parts.append((-1, _BEFORE[part], ""))
        else:
            _drop_zeros(parts)
            parts.append((1, 0, part))
    _drop_zeros(parts)
    return (*parts, (0, 0, ""))


def _drop_zeros(parts: list[tuple[int, int, str]]) -> None:
    while parts and parts[-1] == (2, 0, ""):
        parts.pop()


def regular(version: str) -> bool:
    """Whether it is numbers, with a letter or a word for what comes before a release at most."""
    return _REGULAR.fullmatch(version) is not None


GENERIC = Order(("generic",), rank, regular=regular)
