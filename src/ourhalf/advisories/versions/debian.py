"""The order of Debian and Ubuntu (Debian Policy Manual, 5.6.12)."""

from __future__ import annotations

import re

from ourhalf.advisories.versions.order import Order, UnorderableError

_PART = re.compile(r"(\D*)(\d*)", re.ASCII)
_END = ((0,), 0)
_REGULAR = re.compile(r"(?:\d+:)?\d[A-Za-z0-9.+~:-]*", re.ASCII)

_Key = tuple[int, tuple[tuple[tuple[int, ...], int], ...], tuple[tuple[tuple[int, ...], int], ...]]


def rank(version: str) -> _Key:
    """Epoch, upstream version and revision, each as a key; no revision is that of 0. Raises UnorderableError."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    if not epoch.isascii() or not epoch.isdigit() or not rest.isascii():
        raise UnorderableError(f"{version!r} is no version of Debian")
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return int(epoch), _parts(upstream), _parts(revision)


def _parts(text: str) -> tuple[tuple[tuple[int, ...], int], ...]:
    found = [(_signs(signs), int(digits or 0)) for signs, digits in _PART.findall(text or "0") if signs or digits]
    return (*found, _END)


def _signs(text: str) -> tuple[int, ...]:
    """`~` sorts before the end, letters before other signs."""
    return (*[-1 if c == "~" else ord(c) if c.isalpha() else ord(c) + 256 for c in text], 0)


def regular(version: str) -> bool:
    """Whether it is written as the policy asks."""
    return _REGULAR.fullmatch(version) is not None


DEBIAN = Order(("debian", "ubuntu"), rank, regular=regular)
