"""The actions that AWS has, by `actions.txt` beside this file: a copy of the Service Authorization Reference.

It is read when the first action is asked for, and each service's actions when the first of them is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from ourhalf.iam.wildcards import matches_any
from ourhalf.model.field import Unresolved

_PLACEHOLDER = re.compile(r"[${}<>%]")
_NAME = re.compile(r"[a-z0-9*?-]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
_LONGEST = 80
"""Longer names are those of no action (the longest has 63 letters), and nothing near them is looked for."""


@cache
def _copy() -> tuple[str, dict[str, str]]:
    """The day of the reference, and by the prefix of each service its actions, one a line."""
    head, *blocks = Path(__file__).with_name("actions.txt").read_text("ascii").rstrip("\n").split("\n\n")
    day = head.rpartition("# day: ")[2]
    return day, {prefix: f"\n{names}\n" for prefix, _, names in (block.partition("\n") for block in blocks)}


def day() -> str:
    """The day that the copy of the reference is of."""
    return _copy()[0]


@cache
def _names(prefix: str) -> str | None:
    """The actions of a service in lower case, one a line."""
    found = _copy()[1].get(prefix)
    return found.lower() if found is not None else None


@lru_cache(65_536)
def misnamed(action: str) -> str | Unresolved | None:
    """What is wrong with an action of a policy, as the end of a sentence; None where AWS has what it names.

    An action with wildcards names every action that it matches. Unresolved where a tool will put a name in.
    """
    if action in ("*", "*:*"):
        return None
    if _PLACEHOLDER.search(action):
        return Unresolved(f"{action} is no name yet")
    prefix, colon, name = action.lower().partition(":")
    if not colon:
        return "names no service"
    if "*" in prefix or "?" in prefix:
        return "puts a wildcard for its service, where IAM takes none"
    names = _names(prefix)
    if names is None:
        found = _near(prefix, frozenset(_copy()[1]))
        return _wrong("is of no service", f"{found} is one" if found else "")
    if _some(name, names):
        return None
    if "*" in name or "?" in name:
        return _wrong(f"matches no action of {prefix}")
    found = _near(name, _set(prefix))
    return _wrong(f"is no action of {prefix}", f"{prefix}:{_written(prefix, found)} is" if found else "")


def _some(name: str, names: str) -> bool:
    if not _NAME.fullmatch(name):
        return False
    return matches_any(name, names) if "*" in name or "?" in name else f"\n{name}\n" in names


def _wrong(what: str, instead: str = "") -> str:
    return f"{what} by AWS's list of {day()}" + (f" ({instead})" if instead else "")


@cache
def _set(prefix: str) -> frozenset[str]:
    return frozenset((_names(prefix) or "").split())


def _written(prefix: str, name: str) -> str:
    """The name of an action as AWS writes it."""
    whole = _copy()[1][prefix]
    start = whole.lower().index(f"\n{name}\n") + 1
    return whole[start : start + len(name)]


def _near(word: str, known: frozenset[str]) -> str | None:
    """A known word that is one slip away: a letter too many, missing, wrong, or two that changed places."""
    if len(word) > _LONGEST:
        return None
    return next((slip for slip in _slips(word) if slip in known), None)


def _slips(word: str) -> Iterator[str]:
    for i in range(len(word) + 1):
        before, after = word[:i], word[i:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after[1:]
            yield before + letter + after
