"""From events of a range to intervals of versions, and the question whether a version lies in one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from ourhalf.advisories.record import Interval
from ourhalf.advisories.versions import Order, UnorderableError


class Event(msgspec.Struct, frozen=True):
    """One event of a range as OSV writes them: exactly one of these is set."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


def intervals(events: Sequence[Event], order: Order) -> tuple[Interval, ...]:
    """The versions that the events say are affected (ossf.github.io/osv-schema, "Evaluation").

    Raises UnorderableError where a version has no place that can be relied on.
    """
    if len(events) == 2 and events[0].introduced == "0" and (fix := events[1].fixed) is not None:
        _key(fix, order)  # by far the most common, and nothing to sort
        return (Interval("", fix),)
    marks: list[_Mark] = []
    for event in events:
        if event.introduced is not None:
            key = None if event.introduced == "0" else _key(event.introduced, order)
            marks.append(_Mark(key, _OPENS, event.introduced))
        elif event.last_affected is not None:
            marks.append(_Mark(_key(event.last_affected, order), _LAST, event.last_affected))
        elif (end := event.fixed if event.fixed is not None else event.limit) is not None:
            marks.append(_Mark(_key(end, order), _CLOSES, end))
    marks.sort()
    if marks and marks[0].kind != _OPENS:
        raise UnorderableError(f"ends at {marks[0].version[:40]!r}, before it begins")
    return tuple(_walked(marks))


_CLOSES, _OPENS, _LAST = range(3)
"""At one version what ends before it comes first, then what begins with it, then what ends with it."""


class _Mark:
    """Where an interval begins or ends; `key` is None for the first of all versions."""

    __slots__ = ("key", "kind", "version")

    def __init__(self, key: Any, kind: int, version: str) -> None:
        self.key, self.kind, self.version = key, kind, version

    def __lt__(self, other: _Mark) -> bool:
        if self.key is None or other.key is None:
            return self.key is None and other.key is not None
        if self.key < other.key:
            return True
        return not other.key < self.key and (self.kind, self.version) < (other.kind, other.version)


def _walked(marks: Iterable[_Mark]) -> Iterator[Interval]:
    low: str | None = None
    for mark in marks:
        if mark.kind == _OPENS:
            low = ("" if mark.key is None else mark.version) if low is None else low
        elif low is not None:
            yield Interval(low, mark.version, closed=mark.kind == _LAST)
            low = None
    if low is not None:
        yield Interval(low, "")


@lru_cache(1 << 16)
def _key(version: str, order: Order) -> Any:
    """Kept: feeds name the same versions again and again."""
    key = order.key(version)
    if not order.regular(version):
        raise UnorderableError(f"{version[:40]!r} is not written as versions of {order.families[0]} are")
    return key


def within(key: Any, interval: Interval, key_of: Callable[[str], Any]) -> bool:
    """Whether the version with this key lies in the interval. Raises UnorderableError."""
    if interval.low and key < key_of(interval.low):
        return False
    if not interval.high:
        return True
    high = key_of(interval.high)
    return key < high or (interval.closed and not high < key)
