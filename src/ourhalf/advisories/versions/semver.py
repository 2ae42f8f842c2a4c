"""The order of Semantic Versioning 2.0.0: npm, Go, Cargo and NuGet; more or fewer than three numbers are taken too."""

from __future__ import annotations

import re
from typing import Any

from ourhalf.advisories.versions.order import Order, UnorderableError

_VERSION = re.compile(r"[vV]?(?P<numbers>\d+(?:\.\d+)*)(?:-?(?P<before>[^+]*))?(?:\+.*)?", re.ASCII | re.DOTALL)
_REGULAR = re.compile(r"[vV]?\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)


def rank(version: str) -> tuple[Any, ...]:
    """Numbers without zeros at the end, then what comes before the release. Raises UnorderableError."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise UnorderableError(f"{version!r} does not begin with a number")
    numbers = [int(n) for n in found["numbers"].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    before = found["before"]
    if not before:
        return tuple(numbers), (1,)
    return tuple(numbers), (0, *map(_identifier, before.split(".")))


def _identifier(text: str) -> tuple[int, int, str]:
    """Numbers sort before words."""
    return (0, int(text), "") if text.isascii() and text.isdigit() else (1, 0, text)


def regular(version: str) -> bool:
    """Whether it is written as Semantic Versioning asks, with up to four numbers."""
    return _REGULAR.fullmatch(version) is not None


SEMVER = Order(("npm", "golang", "cargo", "nuget"), rank, regular=regular)
