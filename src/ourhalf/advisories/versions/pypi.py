"""The order of Python packages (PEP 440), with that of setuptools for what is older than it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from packaging.version import InvalidVersion, Version

from ourhalf.advisories.versions.order import Order

_PIECE = re.compile(r"(\d+|[a-z]+|\.|-)", re.ASCII)
_NOTHING = re.compile(r"-(?:NA|cu\d+|cpu)$", re.ASCII)
"""What advisories made from CPE names write behind a release: that it has no update, or its local part."""
_WORDS = {"pre": "c", "preview": "c", "-": "final-", "rc": "c", "dev": "@"}


def rank(version: str) -> tuple[int, Any]:
    """What PEP 440 makes of it; what is no such version sorts before all that are."""
    try:
        return 1, Version(_NOTHING.sub("", version))
    except InvalidVersion:
        return 0, _old(version)


def _old(version: str) -> tuple[str, ...]:
    """The key of setuptools before PEP 440: numbers as eight digits, words behind a `*`."""
    parts: list[str] = []
    for part in _pieces(version.lower()):
        if part.startswith("*"):
            if part < "*final":
                while parts and parts[-1] == "*final-":
                    parts.pop()
            while parts and parts[-1] == "00000000":
                parts.pop()
        parts.append(part)
    return tuple(parts)


def _pieces(version: str) -> Iterator[str]:
    for part in _PIECE.split(version):
        word = _WORDS.get(part, part)
        if not word or word == ".":
            continue
        yield word.zfill(8) if word[0].isdigit() else f"*{word}"
    yield "*final"


def public(version: str) -> str:
    """Without the local part (`+cu126`): a build of the version that advisories name."""
    return version.partition("+")[0]


def regular(version: str) -> bool:
    """Whether it is a version of PEP 440."""
    return rank(version)[0] == 1


PYPI = Order(("pypi",), rank, public, regular)
