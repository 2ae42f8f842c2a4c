"""Patterns of profiles: `*` and `?` as in a shell but across folders too, `**/` for any folders or none."""

from __future__ import annotations

import re
from functools import cache
from typing import Protocol

_FEW = 4
_TOKENS = re.compile(r"\*\*/|\*|\?|[^*?]+")


class Glob(Protocol):
    """A pattern."""

    def match(self, text: str, /) -> object:
        """Something true where the whole text matches."""
        ...


@cache
def glob(pattern: str) -> Glob:
    """The pattern, ready to match. It takes time by the length of the text, however many stars it has."""
    tokens = tuple(_TOKENS.findall(pattern))
    if sum(token.startswith("*") for token in tokens) > _FEW:
        return _Steps(tokens)
    text = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text + r"\Z", re.DOTALL)


class _Steps:
    """Follows all ways to match at once, where an expression would try one after the other."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self._tokens = tokens

    def match(self, text: str, /) -> bool:
        """See `Glob.match`."""
        ends = {0}
        for token in self._tokens:
            if not ends:
                return False
            match token:
                case "*":
                    ends = set(range(min(ends), len(text) + 1))
                case "**/":
                    first = min(ends)
                    ends |= {at + 1 for at in range(first, len(text)) if text[at] == "/"}
                case "?":
                    ends = {end + 1 for end in ends if end < len(text)}
                case _:
                    ends = {end + len(token) for end in ends if text.startswith(token, end)}
        return len(text) in ends
