"""One way of ordering versions."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

MAX_VERSION = 256
"""Longer versions are refused: none is so long, and some orders take time that grows with its square."""


class UnorderableError(ValueError):
    """A version that has no place in the order: `str` of it says why."""


def _as_is(version: str) -> str:
    return version


class Order(msgspec.Struct, frozen=True):
    """An order. `families` are the spaces that have it, without their releases.

    `rank` gives something that compares as the version does, or raises UnorderableError. `public` gives the version
    that advisories speak of: without what a builder adds. `regular` says whether the version is written as the rules
    of its family ask; one that is not has a place in the order, but nobody can rely on it.
    """

    families: tuple[str, ...]
    rank: Callable[[str], Any]
    public: Callable[[str], str] = _as_is
    regular: Callable[[str], bool] = bool

    def key(self, version: str) -> Any:
        """`rank` of a version that is no longer than a version can be. Raises UnorderableError."""
        if not version or len(version) > MAX_VERSION:
            raise UnorderableError(f"{version[:40]!r} is no version")
        return _ranked(self.rank, version)


@lru_cache(1 << 13)
def _ranked(rank: Callable[[str], Any], version: str) -> Any:
    """Kept: one version is compared again and again."""
    return rank(version)
