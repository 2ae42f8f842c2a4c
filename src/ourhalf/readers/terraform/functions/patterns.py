"""Regular expressions of a configuration, refused where they could take long."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ourhalf.model.field import Unresolved
from ourhalf.readers.terraform.values import Fault, NotKnown

_MOST_STEPS = 5_000_000


def compiled(pattern: str, subject: str) -> re.Pattern[str]:
    """The pattern, fit to run over `subject`.

    Raises NotKnown where it might take too long or is written in a way that Python's differs in,
    Fault where it is malformed.
    """
    found, repeats = _parsed(pattern)
    if repeats < 0 or max(len(subject), 1) ** max(repeats, 1) > _MOST_STEPS:
        raise NotKnown(Unresolved("a regular expression too complex to evaluate"))
    return found


def replacement(text: str) -> str:
    """Go's `$1` and `${name}` as Python writes them."""
    text = text.replace("\\", "\\\\")
    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", lambda found: f"\\g<{found[1] or found[2]}>", text)


@lru_cache(maxsize=256)
def _parsed(pattern: str) -> tuple[re.Pattern[str], int]:
    """The compiled pattern and how many open repetitions it has; -1 where one lies inside another."""
    if "[[:" in pattern or len(pattern) > 2000:
        raise NotKnown(Unresolved("a regular expression too complex to evaluate"))
    try:
        found = re.compile(pattern.replace("\\z", "\\Z"))
        repeats = _open_repeats(re._parser.parse(pattern.replace("\\z", "\\Z")))  # type: ignore[attr-defined]
    except (re.error, OverflowError, RecursionError):
        raise Fault("a malformed regular expression") from None
    return found, repeats


def _open_repeats(parsed: Any, inside: bool = False) -> int:
    total = 0
    for operation, argument in parsed:
        name = str(operation)
        if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            _, most, inner = argument
            wide = int(most) > 16
            if wide and inside:
                return -1
            below = _open_repeats(inner, inside or wide)
            if below < 0:
                return -1
            total += below + wide
            continue
        for part in _parts(name, argument):
            below = _open_repeats(part, inside)
            if below < 0:
                return -1
            total += below
    return total


def _parts(name: str, argument: Any) -> list[Any]:
    match name:
        case "SUBPATTERN":
            return [argument[3]]
        case "BRANCH":
            return list(argument[1])
        case "ASSERT" | "ASSERT_NOT":
            return [argument[1]]
        case "ATOMIC_GROUP":
            return [argument]
    return []
