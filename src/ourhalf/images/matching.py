"""Tells for each file of an image who wants to see it, at the cost of a few look-ups for most.

Every `Wanted` is asked of every file. Its pattern is taken apart once, into all ways in which a path can match it:
a way of which every path ends alike (`.../METADATA`, `.json`) is only tried on paths that do, one whose paths begin
alike only on those that begin so, and one whose paths have some text within only where that text is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from ourhalf.images.wanted import Wanted

_LONGEST = 4
_MOST_WAYS = 256
"""Ways of one pattern: of one that has more every path is tried."""

_Try = tuple[re.Pattern[str] | None, Wanted]
"""A pattern and whose it is; None matches every path."""


def asks(wanted: Wanted, path: str, size: int, mode: int) -> bool:
    """Whether a file whose path is wanted is so for all that is known before its bytes."""
    if size < wanted.least:
        return False
    return not wanted.executable or bool(mode & 0o111) or ".so" in path.rpartition("/")[2]


class Matching:
    """Which of some `Wanted` ask for a file."""

    def __init__(self, wanted: Iterable[Wanted]) -> None:
        self._ends: dict[str, list[_Try]] = defaultdict(list)
        self._begins: dict[str, list[_Try]] = defaultdict(list)
        self._within: dict[str, list[_Try]] = defaultdict(list)
        self._always: list[_Try] = []
        self._programs: list[_Try] = []
        for one in wanted:
            self._sort_in(one)
        self._least = min((one.least for _, one in self._programs), default=0)
        self._end_sizes = sorted({len(end) for end in self._ends})
        self._begin_sizes = sorted({len(text) for text in self._begins})

    def _sort_in(self, one: Wanted) -> None:
        compiled = re.compile(one.pattern)
        ways = [] if compiled.flags & re.IGNORECASE else _ways(list(parser.parse(one.pattern)))
        keys = {_key(way) for way in ways}
        if not keys or ("", "") in keys:
            chosen = self._programs if one.executable else self._always
            chosen.append((None if one.pattern == ".*" else compiled, one))
            return
        tables = {"end": self._ends, "begin": self._begins, "within": self._within}
        for where, text in keys:
            tables[where][text].append((compiled, one))

    def of(self, path: str, size: int, mode: int) -> list[Wanted]:
        """Those that ask for a file, each once."""
        found: list[Wanted] = []
        for length in self._end_sizes:
            tries = self._ends.get(path[-length:])
            if tries:
                _matching(tries, path, found)
        for length in self._begin_sizes:
            tries = self._begins.get(path[:length])
            if tries:
                _matching(tries, path, found)
        for text, tries in self._within.items():
            if text in path:
                _matching(tries, path, found)
        if self._always:
            _matching(self._always, path, found)
        if self._programs and size >= self._least and (mode & 0o111 or ".so" in path):
            _matching(self._programs, path, found)
        if not found:
            return found
        found = [one for one in found if asks(one, path, size, mode)]
        return list({id(one): one for one in found}.values()) if len(found) > 1 else found


def _matching(tries: list[_Try], path: str, found: list[Wanted]) -> None:
    for pattern, one in tries:
        if pattern is None or pattern.fullmatch(path):
            found.append(one)


_Way = tuple[str | None, ...]
"""Texts in their order, with None for what may be anything."""


def _key(way: _Way) -> tuple[str, str]:
    """By what paths of one way are known: where, and the text; two empty ones where by nothing."""
    joined: list[str | None] = []
    for part in way:
        if part is not None and joined and joined[-1] is not None:
            joined[-1] += part
        elif part != "":
            joined.append(part)
    if joined and joined[-1] is not None and len(joined[-1]) > 1:
        return "end", joined[-1][-_LONGEST:]
    if joined and joined[0] is not None and len(joined[0]) > 1:
        return "begin", joined[0][:_LONGEST]
    longest = max((part for part in joined if part is not None), key=len, default="")
    return ("within", longest) if len(longest) > 1 else ("", "")


def _ways(tree: list[Any]) -> list[_Way]:
    """All ways in which a path can match; none where there are too many."""
    made: list[_Way] = [()]
    for code, value in tree:
        more = list(_of(code, value))
        if not more or len(made) * len(more) > _MOST_WAYS:
            return []
        made = [(*old, *new) for old in made for new in more]
    return made


def _of(code: Any, value: Any) -> Iterator[_Way]:
    """The ways of one part of a pattern."""
    if code is codes.LITERAL:
        yield (chr(value),)
    elif code in {codes.AT, codes.ASSERT, codes.ASSERT_NOT}:
        yield ("",)
    elif code is codes.IN and len(value) < 4 and all(kind is codes.LITERAL for kind, _ in value):
        for _, one in value:
            yield (chr(one),)
    elif code is codes.SUBPATTERN and not value[1] and not value[2]:
        yield from _ways(list(value[3]))
    elif code is codes.BRANCH:
        each = [_ways(list(branch)) for branch in value[1]]
        yield from chain.from_iterable(each if all(each) else ())
    elif code is codes.MAX_REPEAT and tuple(value[:2]) == (0, 1):
        inner = _ways(list(value[2]))
        yield from ([("",), *inner] if inner else ())
    else:
        yield (None,)
