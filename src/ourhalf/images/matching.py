"""Tells for each path of an image who wants to see the file, at the cost of a few look-ups for most paths.

Every `Wanted` is asked of every file. Its pattern is taken apart once: a pattern of which every text ends alike
(`.../METADATA`, `.json`) is only tried on paths that do, one whose texts begin alike only on paths that begin so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from ourhalf.images.wanted import Wanted

_LONGEST = 4
_MOST = 64
"""Different ends of one pattern: more are not worth telling apart."""


class Matching:
    """Which of some `Wanted` ask for a path."""

    def __init__(self, wanted: Iterable[Wanted]) -> None:
        self._ends: dict[str, list[tuple[re.Pattern[str], Wanted]]] = defaultdict(list)
        self._begins: dict[str, list[tuple[re.Pattern[str], Wanted]]] = defaultdict(list)
        self._rest: list[tuple[re.Pattern[str], Wanted]] = []
        for one in wanted:
            compiled = re.compile(one.pattern)
            tree = [] if compiled.flags & re.IGNORECASE else list(parser.parse(one.pattern))
            ends = {end[-_LONGEST:] for end in _texts(tree, last=True)[0]}
            ends = {end for end in ends if not any(end != other and end.endswith(other) for other in ends)}
            begins = {text[:_LONGEST] for text in _texts(tree, last=False)[0]}
            begins = {text for text in begins if not any(text != other and text.startswith(other) for other in begins)}
            if "" not in ends:
                for end in ends:
                    self._ends[end].append((compiled, one))
            elif "" not in begins:
                for text in begins:
                    self._begins[text].append((compiled, one))
            else:
                self._rest.append((compiled, one))
        self._end_sizes = sorted({len(end) for end in self._ends})
        self._begin_sizes = sorted({len(text) for text in self._begins})
        self._any = _together(self._rest)

    def of(self, path: str) -> list[Wanted]:
        """Those that ask for `path`, each once."""
        found: list[Wanted] = []
        for size in self._end_sizes:
            for pattern, one in self._ends.get(path[-size:], ()):
                if pattern.fullmatch(path):
                    found.append(one)
        for size in self._begin_sizes:
            for pattern, one in self._begins.get(path[:size], ()):
                if pattern.fullmatch(path):
                    found.append(one)
        if self._rest and (self._any is None or self._any.fullmatch(path)):
            found.extend(one for pattern, one in self._rest if pattern.fullmatch(path))
        return found


def _together(rest: list[tuple[re.Pattern[str], Wanted]]) -> re.Pattern[str] | None:
    """All patterns as one; None where they cannot stand in one."""
    try:
        return re.compile("|".join(f"(?:{one.pattern})" for _, one in rest))
    except re.error:  # flags that stand for a whole pattern, or names of groups that are taken
        return None


_Texts = tuple[set[str], bool]
"""Texts, and whether they are all that there is: else anything may stand beyond them."""


def _texts(tree: list[Any], last: bool) -> _Texts:
    """Texts with which all that a pattern matches begins, or ends with `last`; "" where anything may stand there."""
    made = {""}
    for code, value in reversed(tree) if last else tree:
        more, whole = _of(code, value, last)
        if ("" in more and not whole) or len(made) * len(more) > _MOST:
            return made, False
        made = {new + old if last else old + new for old in made for new in more}
        if not whole:
            return made, False
    return made, True


def _of(code: Any, value: Any, last: bool) -> _Texts:
    """The same of one part of a pattern."""
    if code is codes.LITERAL:
        return {chr(value)}, True
    if code is codes.AT:
        return {""}, True
    if code is codes.IN and all(kind is codes.LITERAL for kind, _ in value):
        return {chr(one) for _, one in value}, True
    if code is codes.SUBPATTERN and not value[1] and not value[2]:
        return _texts(list(value[3]), last)
    if code is codes.BRANCH:
        each = [_texts(list(branch), last) for branch in value[1]]
        return set().union(*(texts for texts, _ in each)), all(whole for _, whole in each)
    if code is codes.MAX_REPEAT and tuple(value[:2]) == (0, 1):
        texts, whole = _texts(list(value[2]), last)
        return texts | {""}, whole
    return {""}, False
