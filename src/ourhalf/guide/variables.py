"""Puts texts in the place of `{{ name }}`. Nothing is evaluated: what is no plain name is an error.

`\\{{` writes two braces as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")

_BRACES = re.compile(r"\\\{\{|\{\{[ \t]*(" + NAME.pattern + r")[ \t]*\}\}|\{\{")
_MOST_LISTED = 12
_EXCERPT = 40


class VariableError(ValueError):
    """A variable that cannot be replaced: the place in the text, from 0, and the reason in words."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        self.reason = reason


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with every variable replaced, and nothing else changed. Raises VariableError for the first that is not."""

    def value(name: str, at: int) -> str:
        if name not in values:
            raise VariableError(at, undefined(name, values))
        return values[name]

    return replaced(text, value)


def replaced(text: str, value: Callable[[str, int], str]) -> str:
    """`text` with what `value` gives for each name and its place. Raises VariableError for what is no name."""

    def one(found: re.Match[str]) -> str:
        name = found[1]
        if name is not None:
            return value(name, found.start())
        if found[0] == r"\{{":
            return "{{"
        shown = text[found.start() : found.start() + _EXCERPT].split("\n", 1)[0].strip()
        raise VariableError(
            found.start(),
            f"`{shown}` is no variable: only a name may stand between the braces, and nothing is evaluated; "
            r"write \{{ for two braces as they are",
        )

    return _BRACES.sub(one, text)


def undefined(name: str, known: Mapping[str, object]) -> str:
    """Why a name cannot be replaced, with those that are near."""
    near = get_close_matches(name, known, 3, 0.5)
    if near:
        return f"no variable is named {name}; did you mean {' or '.join(near)}?"
    names = list(known)
    rest = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return f"no variable is named {name}; the glossary has {', '.join(names[:_MOST_LISTED]) or 'none'}{rest}"


def line_of(text: str, at: int) -> int:
    """The line, from 1, of a place in a text."""
    return text.count("\n", 0, at) + 1
